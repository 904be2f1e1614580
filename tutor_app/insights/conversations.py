"""A learner's conversations, to read."""

from typing import Any

from tutor_app.learners.models import User
from tutor_app.learners.rights import part_of_my_data
from tutor_app.tutoring.models import Session, Turn


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
