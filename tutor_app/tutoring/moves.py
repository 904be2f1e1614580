"""What the tutor does next, and why: one readable decision over what is known at that moment."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tutor_app.tutoring.checking import Verdict
from tutor_app.tutoring.understanding import Intent

# So many wrong answers to one step, and help comes without being asked for.
TRIES_BEFORE_HELP = 3
# So many wrong answers to a scaffold, and its answer is told: it is a means, not the end.
TRIES_BEFORE_SCAFFOLD_IS_TOLD = 2


class Move(StrEnum):
    GREET = "greet"
    CONFIRM = "confirm"
    PROBE = "probe"
    FOCUS = "focus"
    HINT = "hint"
    SCAFFOLD = "scaffold"
    SHOW = "show"
    EXPLAIN = "explain"
    ENCOURAGE = "encourage"
    NEXT = "next"
    SUMMARISE = "summarise"
    ASK_BACK = "ask back"


@dataclass(frozen=True)
class Situation:
    """All that a decision looks at. Counts are of the step on the table and include the message at hand."""

    intent: Intent
    verdict: Verdict | None = None
    on_scaffold: bool = False
    solved: bool = False
    last_step: bool = True
    wrong_tries: int = 0
    scaffold_tries: int = 0
    rungs_shown: int = 0
    next_rung: str | None = None  # the kind of the next rung of the ladder
    misconception: str | None = None
    probed_before: bool = False  # for this misconception, at this step


@dataclass(frozen=True)
class Decision:
    """The move and what led to it; kept with the turn, so that an instructor can see why."""

    move: Move
    because: str
    looked_at: dict[str, Any] = field(default_factory=dict)


def decide(situation: Situation) -> Decision:
    """The tutor's move. Asks before it tells; help grows with errors and on request; the worked step comes last."""
    move, because = _choose(situation)
    looked_at = {
        name: value for name, value in vars(situation).items() if value not in (None, False, 0) or name == "wrong_tries"
    }
    return Decision(move, because, {name: str(value) for name, value in looked_at.items()})


def _choose(now: Situation) -> tuple[Move, str]:
    match now.intent:
        case Intent.GREETING:
            return Move.GREET, "the conversation begins"
        case Intent.NEXT:
            return Move.NEXT, "asked for another problem"
        case Intent.SUMMARY:
            return Move.SUMMARISE, "asked how it went"
        case Intent.CONCEPT:
            return Move.EXPLAIN, "asked what something means"
        case Intent.CHAT:
            return Move.ENCOURAGE, "small talk"
        case Intent.WHY_THIS:
            return Move.EXPLAIN, "asked why this problem"
        case Intent.WHY_WRONG:
            return Move.FOCUS, "asked why the answer is not right"
        case Intent.HINT | Intent.STUCK:
            if now.solved:
                return Move.NEXT, "asked for help, but the problem is done"
            return _help(now, "asked for help")
        case Intent.UNCLEAR:
            return Move.ASK_BACK, "the message was not understood"
    return _after_answer(now)


def _after_answer(now: Situation) -> tuple[Move, str]:
    match now.verdict:
        case Verdict.CORRECT:
            return Move.CONFIRM, "the answer is right"
        case Verdict.FORM:
            return Move.FOCUS, "right in value, not in the form asked for"
        case Verdict.INCORRECT if now.on_scaffold:
            if now.scaffold_tries >= TRIES_BEFORE_SCAFFOLD_IS_TOLD:
                return Move.SHOW, "the smaller step has been tried enough"
            return Move.FOCUS, "the smaller step is not right yet"
        case Verdict.INCORRECT if now.wrong_tries >= TRIES_BEFORE_HELP:
            return _help(now, f"wrong {now.wrong_tries} times")
        case Verdict.INCORRECT if now.misconception and not now.probed_before:
            return Move.PROBE, "the answer is what a known misconception gives"
        case Verdict.INCORRECT if now.misconception:
            return Move.FOCUS, "the same misconception again, after asking about it"
        case Verdict.INCORRECT:
            return Move.FOCUS, "the answer is not right, for no known reason"
    return Move.ASK_BACK, "the answer could not be read"


def _help(now: Situation, because: str) -> tuple[Move, str]:
    """The next rung of the ladder; where it is used up, the worked step."""
    match now.next_rung:
        case "hint":
            return Move.HINT, because
        case "scaffold":
            return Move.SCAFFOLD, because
    if now.next_rung is None and not now.rungs_shown and now.wrong_tries < TRIES_BEFORE_HELP:
        return Move.FOCUS, f"{because}; the step has no ladder, and trying comes before telling"
    return Move.SHOW, f"{because}; the ladder is used up"
