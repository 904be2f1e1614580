"""Labelled messages: what learners might type, with what it means, one JSON object a line.

`text` and `intent`, and, where known, `problem`, `key` (a list), `answer` (what the message offers, as it stands in it;
null if nothing; a list where several readings are fine) and `sentiment`.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models_core.understanding.network import INTENTS, SENTIMENTS
from models_core.understanding.student import Message

FOLDER = Path(__file__).parent / "messages"


class BadLine(ValueError):
    """A line that is no labelled message; the sentence says which and why."""


@dataclass(frozen=True)
class Labelled:
    """A message with what people say it means; `answers` are the readings that count as found."""

    message: Message
    intent: str
    answers: tuple[str, ...]
    sentiment: str | None


def read_labelled(path: Path) -> list[Labelled]:
    """The labelled messages of a file. Raises BadLine."""
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    return [_labelled(line, f"{path.name}, line {number}") for number, line in lines if line.strip()]


def _labelled(line: str, where: str) -> Labelled:
    try:
        row: Any = json.loads(line)
    except ValueError as error:
        raise BadLine(f"{where} is not JSON: {error}.") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise BadLine(f'{where} is no object with a "text".')
    if row.get("intent") not in INTENTS:
        raise BadLine(f"{where}: {row.get('intent')!r} is no intent (known: {', '.join(INTENTS)}).")
    if row.get("sentiment") not in (None, *SENTIMENTS):
        raise BadLine(f"{where}: {row.get('sentiment')!r} is no sentiment (known: {', '.join(SENTIMENTS)}).")
    answer = row.get("answer")
    answers = () if answer is None else tuple(map(str, answer)) if isinstance(answer, list) else (str(answer),)
    keys = row.get("key") or ()
    keys = (keys,) if isinstance(keys, str) else tuple(map(str, keys))
    message = Message(row["text"], str(row.get("problem") or ""), keys)
    return Labelled(message, row["intent"], answers, row.get("sentiment"))
