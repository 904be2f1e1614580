"""The doors by which work enters a worker: each takes an id and leaves quietly if the world has moved on."""

from datetime import datetime
from uuid import UUID

import structlog
from django.utils import timezone
from kombu.exceptions import OperationalError

from tutor_app.celery import app
from tutor_app.tutoring import turns
from tutor_app.tutoring.worker import checker

log = structlog.get_logger(__name__)


def queue_reply(turn_id: UUID) -> bool:
    """Asks a live worker to do a turn. False when the broker is away: the sweep asks again when it is back."""
    try:
        reply.apply_async((str(turn_id),), retry=False)
    except OperationalError as error:
        log.warning("broker away", turn=str(turn_id), error=repr(error))
        return False
    return True


@app.task(queue="live")
def reply(turn_id: str) -> None:
    """Does one turn, then asks for the next of the same conversation that came in meanwhile."""
    # The models live in workers only: a web process that queues this task must not import torch.
    from tutor_app.tutoring.reply import answer_turn

    following = answer_turn(UUID(turn_id), checker=checker())
    if following is not None:
        queue_reply(following)


@app.task(queue="live")
def requeue_overdue_turns(now: datetime | None = None) -> int:
    """Turns that were accepted and that nobody is at work on any more are queued again. Run every two seconds."""
    overdue = turns.overdue_turns(now or timezone.now())
    for turn_id in overdue:
        queue_reply(turn_id)
    return len(overdue)
