"""Says what messages from a file are meant as, one JSON object per line in, one per line out."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from models_core.embeddings import EncoderMissing
from models_core.understanding import load
from models_core.understanding.student import Meaning, Message
from tutor_app.tutoring.json_lines import JsonLinesCommand, text_of, texts_of


def message_of(row: dict[str, Any]) -> Message:
    """The message; fields that it does not need are passed over. Raises BadLine."""
    keys = texts_of(row, "key", needed=False) if row.get("key") else ()
    return Message(text=text_of(row, "text"), problem=text_of(row, "problem", needed=False), keys=keys)


def told(meaning: Meaning) -> dict[str, Any]:
    return {
        "intent": meaning.intent,
        "answer": meaning.answer,
        "sentiment": meaning.sentiment,
        "confidence": round(meaning.confidence, 4),
    }


class Command(JsonLinesCommand):
    help = (
        'Understands messages: FILE holds lines {"text": "...", "problem": "...", "key": ["..."]}; problem and key may '
        'be missing. Prints {"intent", "answer", "sentiment", "confidence"} for each.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.jsonl")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        student = load(Path(settings.UNDERSTAND_PATH), settings.ENCODER_PATH)
        try:
            refused = self.answer_each(file, lambda row: told(student.respond(message_of(row))))
        except EncoderMissing as problem:
            raise CommandError(str(problem)) from None
        self.leave(refused)
