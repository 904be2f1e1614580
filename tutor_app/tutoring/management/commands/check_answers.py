"""Checks answers from a file, one JSON object per line, and prints one verdict per line."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from tutor_app.tutoring.checking import Check, CheckerPool, Question, Verdict
from tutor_app.tutoring.json_lines import BadLine, JsonLinesCommand, text_of, texts_of

KINDS = ("arithmetic", "string", "choice")
SPOKEN = {Verdict.NOT_UNDERSTOOD: "unreadable"}  # other verdicts are printed by their own name


def question_of(row: dict[str, Any]) -> tuple[Question, str]:
    """The question and the given answer. Raises BadLine."""
    kind = row.get("kind")
    if kind not in KINDS:
        raise BadLine(_("kind is one of %(kinds)s, not %(value).60r") % {"kinds": ", ".join(KINDS), "value": kind})
    question = Question(
        kind=kind,
        answers=texts_of(row, "key"),
        choices=texts_of(row, "choices", needed=False),
        asked=text_of(row, "asked", needed=False),
    )
    return question, text_of(row, "given")


def told(check: Check) -> dict[str, Any]:
    verdict = SPOKEN.get(check.verdict, check.verdict.value)
    return {"verdict": verdict, "ms": round(check.ms, 1), "read_as": check.read_as}


class Command(JsonLinesCommand):
    help = (
        'Checks answers: FILE holds lines {"key": [...], "kind": "arithmetic|string|choice", "given": "...", '
        '"choices": [...] or null, "asked": "..." or null}. Prints {"verdict", "ms", "read_as"} for each.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.jsonl")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        with CheckerPool(size=1) as pool:

            def answer(row: dict[str, Any]) -> dict[str, Any]:
                question, given = question_of(row)
                pool.wait_ready()  # a child that was killed by the line before is replaced first
                return told(pool.check(question, given))

            refused = self.answer_each(file, answer)
        self.leave(refused)
