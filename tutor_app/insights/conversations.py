"""A learner's conversations, to read."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext_lazy as _

from tutor_app.courses.models import Course
from tutor_app.learners.models import User
from tutor_app.learners.rights import part_of_my_data
from tutor_app.tutoring.checking import Verdict
from tutor_app.tutoring.models import Session, Turn
from tutor_app.tutoring.moves import Move

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@part_of_my_data("conversations")
def conversations_of(user: User) -> list[dict[str, Any]]:
    """Every conversation with its turns, oldest first."""
    sessions = Session.objects.filter(learner=user).order_by("started_at").select_related("course")
    return [
        {
            "course": session.course.slug,
            "started_at": session.started_at,
            "ended_at": session.ended_at,
            "turns": [turn_values(turn) for turn in session.turns.all()],
        }
        for session in sessions.prefetch_related("turns")
    ]


def turn_values(turn: Turn) -> dict[str, Any]:
    return {
        "number": turn.number,
        "at": turn.accepted_at,
        "text": turn.text,
        "read_as": turn.read_as,
        "verdict": turn.verdict,
        "reply": "".join(turn.reply),
        "move": turn.move,
        "intent": turn.intent,
    }


VERDICTS: dict[str, "StrOrPromise"] = {
    Verdict.CORRECT: _("Right"),
    Verdict.FORM: _("Right, but not in the form asked for"),
    Verdict.INCORRECT: _("Not yet"),
    Verdict.NOT_UNDERSTOOD: _("Could not be read, not counted"),
}
MOVES: dict[str, "StrOrPromise"] = {
    Move.GREET: _("greets"),
    Move.CONFIRM: _("confirms"),
    Move.PROBE: _("asks for the reasoning"),
    Move.FOCUS: _("points at the place"),
    Move.HINT: _("gives a hint"),
    Move.SCAFFOLD: _("asks for a smaller step"),
    Move.SHOW: _("shows the worked step"),
    Move.EXPLAIN: _("explains"),
    Move.ENCOURAGE: _("encourages"),
    Move.NEXT: _("gives a problem"),
    Move.SUMMARISE: _("looks back"),
    Move.HAND_OVER: _("calls a person"),
    Move.ASK_BACK: _("asks what was meant"),
}


@dataclass(frozen=True)
class Said:
    """One turn as an instructor reads it."""

    turn: Turn

    @property
    def reply(self) -> str:
        return "".join(self.turn.reply)

    @property
    def verdict(self) -> str:
        """The verdict in words; empty where there was nothing to judge."""
        return str(VERDICTS.get(self.turn.verdict, ""))

    @property
    def move(self) -> str:
        """What the tutor did, in words."""
        return str(MOVES.get(self.turn.move, self.turn.move))


def sessions_of(learner: User, course: Course) -> QuerySet[Session]:
    """A learner's conversations of one course, latest first, with their number of turns."""
    sessions = Session.objects.filter(learner=learner, course=course).order_by("-started_at", "pk")
    return sessions.annotate(turn_count=Count("turns"), last_at=Max("turns__accepted_at"))
