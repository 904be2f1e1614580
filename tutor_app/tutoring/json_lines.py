"""Commands that answer a file of JSON objects, one a line: one JSON line out for each, in order.

A line that cannot be used is told on standard error with its number; the others are answered, and the exit status is 1.
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

MAX_LINE_BYTES = 1_000_000


class BadLine(ValueError):
    """A line that cannot be used; the message says what is wrong, without a full stop."""


class JsonLinesCommand(BaseCommand):
    def answer_each(self, file: Path, answer: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
        """Prints the answer to every object of a file; how many lines could not be used. `answer` may raise BadLine."""
        refused = 0
        try:
            for number, line in numbered_lines(file):
                try:
                    told = answer(object_of(line))
                except BadLine as problem:
                    refused += 1
                    self.stderr.write(_("Line %(number)d: %(problem)s.") % {"number": number, "problem": problem})
                    continue
                self.stdout.write(json.dumps(told, ensure_ascii=False))
                self.stdout.flush()
        except OSError as problem:
            raise CommandError(
                _("%(file)s cannot be read: %(problem)s") % {"file": file, "problem": problem.strerror}
            ) from None
        return refused

    def leave(self, refused: int) -> None:
        """Ends with status 1 if lines could not be used."""
        if refused:
            self.stderr.write(_("%(count)d lines could not be used; the others are answered.") % {"count": refused})
            sys.exit(1)


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


def object_of(line: bytes) -> dict[str, Any]:
    """The object on a line. Raises BadLine."""
    if len(line) > MAX_LINE_BYTES:
        raise BadLine(_("the line is longer than %(most)d bytes") % {"most": MAX_LINE_BYTES})
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise BadLine(_("this is not JSON (%(problem)s)") % {"problem": problem}) from None
    if not isinstance(row, dict):
        raise BadLine(_("this is not a JSON object"))
    return row


def text_of(row: dict[str, Any], name: str, *, needed: bool = True) -> str:
    """A field that is a text; "" where it may be missing or null and is. Raises BadLine."""
    value = row.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str):
        raise BadLine(_("%(name)s has to be a text, not %(value).60r") % {"name": name, "value": value})
    return value


def texts_of(row: dict[str, Any], name: str, *, needed: bool = True) -> tuple[str, ...]:
    """A field that is a list of texts, with one at least where it is needed. Raises BadLine."""
    value = row.get(name)
    if value is None and not needed:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value) or (needed and not value):
        raise BadLine(_("%(name)s has to be a list of texts, not %(value).60r") % {"name": name, "value": value})
    return tuple(value)
