"""Says what messages from a file are meant as, one JSON object per line in, one per line out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from models_core.embeddings import EncoderMissing
from models_core.understanding import load
from models_core.understanding.student import Meaning, Message

MAX_LINE_BYTES = 1_000_000


class BadLine(Exception):
    """A line that is not a message; the sentence says what is wrong."""


def message_of(line: bytes) -> Message:
    """The message on a line; fields that it does not need are passed over. Raises BadLine."""
    if len(line) > MAX_LINE_BYTES:
        raise BadLine(_("the line is longer than %(most)d bytes") % {"most": MAX_LINE_BYTES})
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise BadLine(_("this is not JSON (%(problem)s)") % {"problem": problem}) from None
    if not isinstance(row, dict):
        raise BadLine(_("this is not a JSON object"))
    text, step, key = row.get("text"), row.get("problem"), row.get("key")
    if not isinstance(text, str):
        raise BadLine(_("text has to be a text, not %(value).60r") % {"value": text})
    if step is not None and not isinstance(step, str):
        raise BadLine(_("problem has to be a text, not %(value).60r") % {"value": step})
    keys = [] if key is None else key
    if not isinstance(keys, list) or not all(isinstance(each, str) for each in keys):
        raise BadLine(_("key has to be a list of texts, not %(value).60r") % {"value": key})
    return Message(text=text, problem=step or "", keys=tuple(keys))


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


def told(meaning: Meaning) -> str:
    return json.dumps(
        {
            "intent": meaning.intent,
            "answer": meaning.answer,
            "sentiment": meaning.sentiment,
            "confidence": round(meaning.confidence, 4),
        },
        ensure_ascii=False,
    )


class Command(BaseCommand):
    help = (
        'Understands messages: FILE holds lines {"text": "...", "problem": "...", "key": ["..."]}; problem and key may '
        'be missing. Prints {"intent", "answer", "sentiment", "confidence"} for each.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.jsonl")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        student = load(Path(settings.WEIGHTS_PATH) / "understand", settings.ENCODER_PATH)
        refused = 0
        try:
            for number, line in numbered_lines(file):
                try:
                    message = message_of(line)
                except BadLine as problem:
                    refused += 1
                    self.stderr.write(_("Line %(number)d: %(problem)s.") % {"number": number, "problem": problem})
                    continue
                self.stdout.write(told(student.respond(message)))
                self.stdout.flush()
        except EncoderMissing as problem:
            raise CommandError(str(problem)) from None
        except OSError as problem:
            raise CommandError(
                _("%(file)s cannot be read: %(problem)s") % {"file": file, "problem": problem.strerror}
            ) from None
        if refused:
            self.stderr.write(_("%(count)d lines could not be used; the others are answered.") % {"count": refused})
            sys.exit(1)
