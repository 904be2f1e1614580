"""What the tutor said last, as far as the next move depends on it."""

from dataclasses import dataclass
from datetime import timedelta

from tutor_app.tutoring.models import Turn
from tutor_app.tutoring.moves import HELPS_IN_A_ROW, Move
from tutor_app.tutoring.understanding import Intent

# Whoever asks for the next hint sooner than this has hardly read the last one.
READS_IN = timedelta(seconds=8)


@dataclass(frozen=True)
class Recent:
    """`offered`, `probing`, `slowed`: the last words offered a hint, asked for the reasoning, asked to try first.
    `helps_in_a_row`: hints asked for in one breath, up to now. `first`: nothing was said in this conversation yet."""

    offered: bool = False
    probing: bool = False
    slowed: bool = False
    helps_in_a_row: int = 0
    verdict: str = ""  # on the last message, if it was an answer
    first: bool = True


def recent_of(turn: Turn) -> Recent:
    """What came right before a turn, in its conversation."""
    earlier = Turn.objects.filter(session=turn.session_id, number__lt=turn.number).order_by("-number")
    last = list(earlier.only("move", "intent", "reasons", "verdict", "accepted_at")[: HELPS_IN_A_ROW + 1])
    if not last:
        return Recent()
    helps, asked_at = 0, turn.accepted_at
    for before in last:
        helped = before.move in (Move.HINT, Move.SCAFFOLD) and before.intent in (Intent.HINT, Intent.ACCEPT)
        if not helped or asked_at - before.accepted_at > READS_IN:
            break
        helps, asked_at = helps + 1, before.accepted_at
    return Recent(
        offered=bool(last[0].reasons.get("offers")),
        probing=last[0].move == Move.PROBE,
        slowed=last[0].move == Move.FOCUS and last[0].intent == Intent.HINT,
        helps_in_a_row=helps,
        verdict=last[0].verdict,
        first=False,
    )
