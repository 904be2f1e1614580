"""The doors by which work enters a worker: each takes an id and leaves quietly if the world has moved on."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

import redis
import structlog
from django.utils import timezone
from kombu.exceptions import OperationalError

from tutor_app.celery import app
from tutor_app.courses.models import Course
from tutor_app.tutoring import turns
from tutor_app.tutoring.alerts import tell
from tutor_app.tutoring.health import redis_client
from tutor_app.tutoring.worker import checker

log = structlog.get_logger(__name__)

# An overdue turn that waits in a long queue is queued a second time only after this.
ASK_AGAIN_AFTER_S = 20


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


def queue_alert(alert_id: int) -> None:
    """Asks a worker to write to the people whom an alert is for. Their pages show it in any case."""
    try:
        tell_of_alert.apply_async((alert_id,), retry=False)
    except OperationalError as error:
        log.warning("broker away", alert=alert_id, error=repr(error))


# Mail may be slow, and a live worker has learners waiting. Taken off the queue before it is done, as is all that may
# take more than a few seconds: the broker would hand it out again, and people would be written to twice.
@app.task(queue="training", acks_late=False)
def tell_of_alert(alert_id: int) -> None:
    tell(alert_id)


def queue_indexing(course_id: int) -> None:
    """Asks a worker to make a course's texts ready. Without a broker nothing is lost: the first question does it."""
    try:
        index_texts.apply_async((course_id,), retry=False)
    except OperationalError as error:
        log.info("not indexed ahead", course=course_id, reason=repr(error))


@app.task(queue="training", acks_late=False)
def index_texts(course_id: int) -> None:
    """Fills the file of the course's text vectors, which every worker reads."""
    from tutor_app.tutoring.passages import shelves

    course = Course.objects.filter(pk=course_id).first()
    if course is not None:
        shelves.shelf(course)


@app.task(queue="live")
def requeue_overdue_turns(now: datetime | None = None) -> int:
    """Turns that were accepted and that nobody is at work on any more are queued again. Run every two seconds."""
    client, queued = redis_client(), 0
    for turn in turns.overdue_turns(now or timezone.now()):
        # Each beginning is asked for once in a while: a long queue must not grow by what already stands in it.
        asked = f"tutor:asked:{turn.pk.hex}:{turn.begun}"
        with suppress(redis.RedisError):
            if client.set(asked, 1, nx=True, ex=ASK_AGAIN_AFTER_S):
                if queue_reply(turn.pk):
                    queued += 1
                else:
                    client.delete(asked)
    return queued
