"""The words of the checking border: what is asked of it and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Verdict(StrEnum):
    CORRECT = "correct"
    FORM = "form"  # equivalent, but not in the asked form
    INCORRECT = "incorrect"
    NOT_UNDERSTOOD = "not_understood"  # costs the learner nothing


@dataclass(frozen=True, slots=True)
class Question:
    """What a step asks, as far as checking needs it.

    `answers`: the accepted keys, LaTeX or plain, with or without `$`. `asked`: the step's own words, which may name a
    form ("in lowest terms", "factor").
    """

    kind: Literal["arithmetic", "string", "choice"]
    answers: tuple[str, ...]
    choices: tuple[str, ...] = ()
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """The verdict on one answer.

    `read_as`: LaTeX of what was understood, as the learner wrote it, "" if nothing. `reason`: a sentence for the
    learner, "" where the verdict needs none. `unread_from`: index in the learner's text where reading stopped.
    """

    verdict: Verdict
    read_as: str = ""
    reason: str = ""
    ms: float = 0.0
    unread_from: int | None = None
