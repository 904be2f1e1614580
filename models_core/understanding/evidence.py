"""What the rules of `answers.py` say of a message, and where the conversation stands: evidence that the network weighs.

Letters: n tokens of the message, K marks of a token, F numbers about a message.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models_core.understanding.answers import Span, best, candidates, sort_of, whole_answer
from models_core.understanding.reader import Read, tokens_of

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Situation:
    """Where the conversation stands, as far as it says what a message may mean.

    Attributes:
        open: a question is on the table that an answer would be checked against.
        kind: of that question: "arithmetic", "string", "choice" or "".
        tries: wrong answers to it so far.
        hints: hints seen on it so far.
        verdict: on the learner's last message, if that was an answer: "correct", "form", "incorrect" or "".
    """

    open: bool = True
    kind: str = ""
    tries: int = 0
    hints: int = 0
    verdict: str = ""


# Of a token: a stretch that could be an answer begins here, lies here, ends here; the same of the one that the rules
# would pick.
MARKS = ("begins", "inside", "ends", "picked begins", "picked", "picked ends")
SORTS = ("math", "words", "phrase", "choice", "key", "lead")
NUMBERS = (
    "words", "whole", "candidates", "score", "led", "share", "first", *(f"sort {sort}" for sort in SORTS),
    "key known", "key wordy", "key said",
    "situation", "open", "tries", "hints", "last right", "last wrong", "choice question",
    "context", "forecast", "doubt",
)  # fmt: skip
SITUATION_AT = NUMBERS.index("situation")
CONTEXT_WIDTH = 2  # the teacher's forecast for the step on the table, and its standard deviation
MOST_CANDIDATES = 60


@dataclass(frozen=True, slots=True)
class Evidence:
    """`marks` (n, K) of the tokens, `numbers` (F,) of the message."""

    marks: Floats
    numbers: Floats


def evidence_in(found: Read, keys: Sequence[str] = (), choices: Sequence[str] = ()) -> Evidence:
    """What the rules say; situation and context are left at 0, which means unknown."""
    spans = candidates(found.text, keys, choices)[:MOST_CANDIDATES]
    picked = best(spans)
    marks = np.zeros((found.count, len(MARKS)), np.float32)
    for span in spans:
        _mark(marks[:, :3], found, span)
    if picked is not None:
        _mark(marks[:, 3:], found, picked)
    return Evidence(marks, _numbers(found.text, spans, picked, keys, choices))


def _mark(marks: Floats, found: Read, span: Span) -> None:
    tokens = tokens_of(found, span.start, span.end)
    if tokens is not None:
        first, last = tokens
        marks[first, 0] = marks[last, 2] = 1
        marks[first : last + 1, 1] = 1


def _numbers(
    text: str, spans: Sequence[Span], picked: Span | None, keys: Sequence[str], choices: Sequence[str]
) -> Floats:
    key = sort_of(keys)
    values: list[float] = [
        math.log1p(len(text.split())) / 4,
        whole_answer(text, keys, choices) is not None,
        min(len(spans), 4) / 4,
        max(-1.0, min(picked.score / 5, 2.0)) if picked else -1.0,
        picked is not None and picked.led,
        len(picked.text) / max(len(text), 1) if picked else 0.0,
        picked is not None and picked.start < 3,
        *(picked is not None and picked.sort == sort for sort in SORTS),
        key.known,
        key.wordy,
        any(span.sort == "key" for span in spans),
    ]
    return np.array([*values, *[0.0] * (len(NUMBERS) - len(values))], np.float32)


def placed(numbers: Floats, situation: Situation | None, context: NDArray[np.floating] | None) -> Floats:
    """The numbers with what is known about the conversation filled in."""
    filled = numbers.copy()
    if situation is not None:
        filled[SITUATION_AT : SITUATION_AT + 7] = (
            1.0,
            situation.open,
            min(situation.tries, 5) / 5,
            min(situation.hints, 5) / 5,
            situation.verdict in ("correct", "form"),
            situation.verdict == "incorrect",
            situation.kind == "choice",
        )
    if context is not None:
        forecast, sd = (float(value) for value in context)
        filled[SITUATION_AT + 7 :] = (1.0, forecast - 0.5, min(sd, 1.0))
    return filled
