"""Checks answers from a file, one JSON object per line, and prints one verdict per line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from tutor_app.tutoring.checking import Check, CheckerPool, Question, Verdict

MAX_LINE_BYTES = 1_000_000
KINDS = ("arithmetic", "string", "choice")
FIELDS = ("key", "kind", "given", "choices", "asked")
SPOKEN = {Verdict.NOT_UNDERSTOOD: "unreadable"}  # other verdicts are printed by their own name


class BadLine(Exception):
    """A line that is not a question; the message says what is wrong."""


def question_of(line: bytes) -> tuple[Question, str]:
    """The question and the given answer on a line. Raises BadLine."""
    if len(line) > MAX_LINE_BYTES:
        raise BadLine(_("the line is longer than %(most)d bytes") % {"most": MAX_LINE_BYTES})
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise BadLine(_("this is not JSON (%(problem)s)") % {"problem": problem}) from None
    if not isinstance(row, dict):
        raise BadLine(_("this is not a JSON object"))
    missing = [name for name in FIELDS if name not in row]
    unknown = [name for name in row if name not in FIELDS]
    if missing or unknown:
        names = ", ".join(
            [*(_("%s is missing") % name for name in missing), *(_("%r is unknown") % n for n in unknown)]
        )
        raise BadLine(_("the fields are wrong: %(names)s") % {"names": names})
    return _question(row), row["given"]


def _question(row: dict[str, Any]) -> Question:
    texts = [("key", row["key"], True), ("choices", row["choices"] if row["choices"] is not None else [], False)]
    for name, value, needed in texts:
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value) or (needed and not value):
            raise BadLine(_("%(name)s has to be a list of texts, not %(value).60r") % {"name": name, "value": value})
    if row["kind"] not in KINDS:
        raise BadLine(
            _("kind is one of %(kinds)s, not %(value).60r") % {"kinds": ", ".join(KINDS), "value": row["kind"]}
        )
    if not isinstance(row["given"], str):
        raise BadLine(_("given has to be a text, not %(value).60r") % {"value": row["given"]})
    if row["asked"] is not None and not isinstance(row["asked"], str):
        raise BadLine(_("asked has to be a text or null, not %(value).60r") % {"value": row["asked"]})
    return Question(
        kind=row["kind"], answers=tuple(row["key"]), choices=tuple(row["choices"] or ()), asked=row["asked"] or ""
    )


def numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines that hold something, with their numbers. A line that is too long comes cut, so memory stays bounded."""
    with path.open("rb") as file:
        number, continued = 0, False
        while line := file.readline(MAX_LINE_BYTES + 1):
            if not continued:
                number += 1
                if line.strip():
                    yield number, line
            continued = not line.endswith(b"\n")


def told(check: Check) -> str:
    verdict = SPOKEN.get(check.verdict, check.verdict.value)
    return json.dumps({"verdict": verdict, "ms": round(check.ms, 1), "read_as": check.read_as})


class Command(BaseCommand):
    help = (
        'Checks answers: FILE holds lines {"key": [...], "kind": "arithmetic|string|choice", "given": "...", '
        '"choices": [...] or null, "asked": "..." or null}. Prints {"verdict", "ms", "read_as"} for each.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.jsonl")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        refused = 0
        try:
            lines = numbered_lines(file)
            first = next(lines, None)
        except OSError as problem:
            raise CommandError(
                _("%(file)s cannot be read: %(problem)s") % {"file": file, "problem": problem.strerror}
            ) from None
        with CheckerPool(size=1) as pool:
            pool.wait_ready()
            for number, line in [] if first is None else _chained(first, lines):
                try:
                    question, given = question_of(line)
                except BadLine as problem:
                    refused += 1
                    self.stderr.write(_("Line %(number)d: %(problem)s.") % {"number": number, "problem": problem})
                    continue
                pool.wait_ready()  # a child that was killed by the line before is replaced first
                self.stdout.write(told(pool.check(question, given)))
                self.stdout.flush()
        if refused:
            self.stderr.write(_("%(count)d lines could not be used; the others are answered.") % {"count": refused})
            sys.exit(1)


def _chained(first: tuple[int, bytes], rest: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    yield first
    yield from rest
