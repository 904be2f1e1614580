"""What the tutor does next, and why: one readable decision over what is known at that moment."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tutor_app.tutoring.checking import Verdict
from tutor_app.tutoring.understanding import Intent

# Struggling is how one learns, for a while: from so many wrong answers on the tutor offers help. It never forces it.
TRIES_BEFORE_OFFER = 2
# Without a ladder to offer, so many wrong answers bring the answer to whoever asks for help.
TRIES_BEFORE_TELLING = 3
# So many wrong answers to a scaffold, and its answer is told: it is a means, not the end.
TRIES_BEFORE_SCAFFOLD_IS_TOLD = 2
# So many pieces of help one right after the other, and the tutor asks to try once before it goes on.
HELPS_IN_A_ROW = 2


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
    HAND_OVER = "hand over"


@dataclass(frozen=True)
class Situation:
    """All that a decision looks at. Counts are of the step on the table and include the message at hand.

    `offered`, `probing`, `slowed`: the tutor's last words offered a hint, asked for the reasoning, asked to try first.
    `proactive`: help may be offered before it is asked for; the learner or the class may have switched it off.
    """

    intent: Intent
    verdict: Verdict | None = None
    on_scaffold: bool = False
    solved: bool = False
    last_step: bool = True
    wrong_tries: int = 0
    scaffold_tries: int = 0
    rungs_shown: int = 0
    next_rung: str | None = None  # the kind of the next rung of the ladder
    helps_in_a_row: int = 0  # asked for quickly, with no try between them
    misconception: str | None = None
    probed_before: bool = False  # for this misconception, at this step
    slip: str | None = None  # a common slip that no misconception of the course explains
    frustrated: bool = False
    offered: bool = False
    probing: bool = False
    slowed: bool = False
    proactive: bool = True


@dataclass(frozen=True)
class Decision:
    """The move and what led to it; kept with the turn, so that an instructor can see why.

    `offers`: the move ends with the offer of a hint; "yes" will take it.
    """

    move: Move
    because: str
    offers: bool = False
    looked_at: dict[str, Any] = field(default_factory=dict)


def decide(situation: Situation) -> Decision:
    """The tutor's move. Asks before it tells; help grows on request, is offered on errors; the worked step is last."""
    move, because = _choose(situation)
    looked_at = {
        name: value for name, value in vars(situation).items() if value not in (None, False, 0) or name == "wrong_tries"
    }
    return Decision(move, because, _offers(situation, move), {name: str(value) for name, value in looked_at.items()})


def _choose(now: Situation) -> tuple[Move, str]:
    match now.intent:
        case Intent.GREETING:
            return Move.GREET, "the conversation begins"
        case Intent.DISTRESS:
            return Move.HAND_OVER, "the words are about harm: a person has to know"
        case Intent.PERSON:
            return Move.HAND_OVER, "asked for a person"
        case Intent.NEXT:
            return Move.NEXT, "asked for another problem"
        case Intent.SUMMARY:
            return Move.SUMMARISE, "asked how it went"
        case Intent.CONCEPT:
            return Move.EXPLAIN, "asked what something means"
        case Intent.META:
            return Move.EXPLAIN, "asked about the tutor or the page"
        case Intent.WHY_THIS:
            return Move.EXPLAIN, "asked why this problem"
        case Intent.CHAT | Intent.EXPLAINS if now.probing and not now.solved:
            return Move.FOCUS, "said how they thought, after being asked"
        case Intent.CHAT:
            return Move.ENCOURAGE, "fed up" if now.frustrated else "small talk"
        case Intent.IDLE:
            return Move.ENCOURAGE, "has been quiet for a while"
        case Intent.DECLINE:
            return Move.ENCOURAGE, "would rather go on alone"
        case Intent.WHY_WRONG:
            return Move.FOCUS, "asked why the answer is not right"
        case Intent.STUCK if now.frustrated and not now.solved and not now.offered:
            return Move.ENCOURAGE, "fed up, without asking for anything"
        case Intent.HINT | Intent.STUCK | Intent.ACCEPT:
            if now.solved:
                return Move.NEXT, "asked for help, but the problem is done"
            if now.intent != Intent.STUCK and _rushes(now):
                return Move.FOCUS, f"asked for help {now.helps_in_a_row + 1} times in a row without a try"
            return _help(now, "took the help that was offered" if now.intent == Intent.ACCEPT else "asked for help")
        case Intent.UNCLEAR | Intent.EXPLAINS:
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
        case Verdict.INCORRECT if now.misconception and not now.probed_before:
            return Move.PROBE, "the answer is what a known misconception gives"
        case Verdict.INCORRECT if now.slip and now.wrong_tries <= 1:
            return Move.PROBE, "the answer is what a common slip gives"
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
    if now.next_rung is None and not now.rungs_shown and now.wrong_tries < TRIES_BEFORE_TELLING:
        return Move.FOCUS, f"{because}; the step has no ladder, and trying comes before telling"
    return Move.SHOW, f"{because}; the ladder is used up"


def _rushes(now: Situation) -> bool:
    """Clicks through the ladder. Asked once to try first; who asks again gets the next rung."""
    return now.helps_in_a_row >= HELPS_IN_A_ROW and not now.slowed and now.next_rung is not None


def _offers(now: Situation, move: Move) -> bool:
    """Whether the move ends with the offer of a hint: after some errors, in silence, or where somebody is fed up."""
    nothing_left = now.next_rung is None and now.wrong_tries < TRIES_BEFORE_TELLING
    if now.solved or now.on_scaffold or not now.proactive or nothing_left:
        return False
    match move:
        case Move.FOCUS:
            errs = now.verdict == Verdict.INCORRECT and now.wrong_tries >= TRIES_BEFORE_OFFER
            return errs or (now.intent == Intent.WHY_WRONG and now.probed_before)
        case Move.ENCOURAGE:
            return now.intent == Intent.IDLE or (now.intent in (Intent.CHAT, Intent.STUCK) and now.frustrated)
    return False
