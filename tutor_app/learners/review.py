"""When to see a skill again: spaced review by the `fsrs` library, read off the log alone."""

from datetime import datetime
from typing import Any, cast

from fsrs import Card, Rating, Scheduler
from fsrs.card import CardDict

# No fuzz: the same log must give the same dates for ever.
SCHEDULER = Scheduler(desired_retention=0.9, learning_steps=(), relearning_steps=(), enable_fuzzing=False)


def rate(*, try_number: int, hints: int) -> Rating:
    """How well a skill was remembered, from how the step was solved in the end."""
    if try_number == 1 and hints == 0:
        return Rating.Good
    if try_number <= 2 and hints <= 1:
        return Rating.Hard
    return Rating.Again


def review(card: dict[str, Any], *, skill_id: int, try_number: int, hints: int, at: datetime) -> dict[str, Any]:
    """The skill's card after a solved step; an empty card is a skill never solved before."""
    before = Card.from_dict(cast(CardDict, card)) if card else Card(card_id=skill_id, due=at)
    after, _ = SCHEDULER.review_card(before, rate(try_number=try_number, hints=hints), review_datetime=at)
    return dict(after.to_dict())


def due_at(card: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(card["due"])
