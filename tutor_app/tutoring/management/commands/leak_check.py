"""Would the leak gate hold a sentence back? One JSON line for each line of a JSONL file.

Input lines: `{"problem": "...", "key": ["..."], "sentence": "..."}`, and, where they are at hand, `"kind"`
(`arithmetic`, `string`, `choice`), `"choices"` and `"allowed"` (texts that the learner has seen already).
"""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from tutor_app.tutoring.json_lines import BadLine, JsonLinesCommand, text_of, texts_of
from tutor_app.tutoring.voices.leaks import Gate, warm_up

KINDS = ("", "arithmetic", "string", "choice")


class Command(JsonLinesCommand):
    help = "Judges sentences of a JSONL file with the leak gate and prints one JSON line for each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help='lines {"problem": "...", "key": ["..."], "sentence": "..."}')
        parser.add_argument("--why", action="store_true", help="say in each line what was found")

    def handle(self, *args: Any, file: Path, why: bool, **options: Any) -> None:
        warm_up()
        self.leave(self.answer_each(file, lambda row: judged(row, why=why)))


def judged(row: dict[str, Any], *, why: bool) -> dict[str, Any]:
    """Raises BadLine."""
    row = {**row, "key": [row["key"]]} if isinstance(row.get("key"), str) else row
    problem, keys, sentence = text_of(row, "problem"), texts_of(row, "key"), text_of(row, "sentence")
    if not any(key.strip() for key in keys):
        raise BadLine(_("key has to hold at least one text"))
    kind = text_of(row, "kind", needed=False)
    if kind not in KINDS:
        raise BadLine(_("kind has to be arithmetic, string or choice, not %(value).60r") % {"value": kind})
    begun = time.perf_counter()
    gate = Gate(problem, keys, kind, texts_of(row, "choices", needed=False), texts_of(row, "allowed", needed=False))
    leaks = not gate.passes(sentence)
    answer: dict[str, Any] = {"leaks": leaks, "ms": round((time.perf_counter() - begun) * 1000, 3)}
    return {**answer, "why": gate.why} if why else answer
