"""Would the leak gate hold a sentence back? One JSON line for each line of a JSONL file.

Input lines: `{"problem": "...", "key": ["..."], "sentence": "..."}`, and, where they are at hand, `"kind"`
(`arithmetic`, `string`, `choice`), `"choices"` and `"allowed"` (texts that the learner has seen already).
"""

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tutor_app.tutoring.voices.leaks import Gate, warm_up

TEXTS = {"problem": str, "sentence": str}
LISTS = ("key", "choices", "allowed")
KINDS = ("", "arithmetic", "string", "choice")


class LineRefused(ValueError):
    """A line that cannot be judged; the message says why."""


class Command(BaseCommand):
    help = "Judges sentences of a JSONL file with the leak gate and prints one JSON line for each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help='lines {"problem": "...", "key": ["..."], "sentence": "..."}')
        parser.add_argument("--why", action="store_true", help="say in each line what was found")

    def handle(self, *args: Any, **options: Any) -> None:
        refused = 0
        warm_up()
        try:
            for number, line in _lines(Path(options["file"])):
                try:
                    self._answer(read_line(line), why=options["why"])
                except LineRefused as error:
                    refused += 1
                    self.stderr.write(_("line %(number)d: %(reason)s") % {"number": number, "reason": error})
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(
                _("%(file)s cannot be read: %(reason)s") % {"file": options["file"], "reason": error}
            ) from error
        if refused:
            sys.exit(1)

    def _answer(self, line: dict[str, Any], *, why: bool) -> None:
        begin = time.perf_counter()
        gate = Gate(line["problem"], line["key"], line["kind"], line["choices"], line["allowed"])
        leaks = not gate.passes(line["sentence"])
        answer: dict[str, Any] = {"leaks": leaks, "ms": round((time.perf_counter() - begin) * 1000, 3)}
        if why:
            answer["why"] = gate.why
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
        self.stdout.flush()


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, line


def read_line(line: str) -> dict[str, Any]:
    """A line's fields, all there. Raises LineRefused with a sentence."""
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LineRefused(_("this is not JSON (%(reason)s)") % {"reason": error}) from error
    if not isinstance(raw, dict):
        raise LineRefused(_("expected an object with problem, key and sentence"))
    for name in TEXTS:
        if not isinstance(raw.get(name), str):
            raise LineRefused(_("“%(name)s” has to be a text") % {"name": name})
    fields: dict[str, Any] = {"problem": raw["problem"], "sentence": raw["sentence"]}
    for name in LISTS:
        value = raw.get(name)
        value = [value] if isinstance(value, str) else value
        value = [] if value is None and name != "key" else value
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            raise LineRefused(_("“%(name)s” has to be a list of texts") % {"name": name})
        fields[name] = value
    if not any(key.strip() for key in fields["key"]):
        raise LineRefused(_("“key” has to hold at least one text"))
    fields["kind"] = raw.get("kind") or ""
    if fields["kind"] not in KINDS:
        raise LineRefused(_("“kind” has to be arithmetic, string or choice"))
    return fields
