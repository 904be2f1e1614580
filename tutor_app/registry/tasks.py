"""Work on models that no learner waits for."""

import structlog
from django.utils import timezone
from kombu.exceptions import OperationalError

from tutor_app.celery import app
from tutor_app.courses.models import Course

log = structlog.get_logger(__name__)


def queue_preparation(course_id: int) -> None:
    """Asks a worker to prepare a course. Without a broker nothing is lost: the first learner's turn prepares it."""
    try:
        prepare_course.apply_async((course_id,), retry=False)
    except OperationalError as error:
        log.info("not prepared ahead", course=course_id, reason=repr(error))


@app.task(queue="training", acks_late=False)
def prepare_course(course_id: int) -> None:
    """Makes the vectors of a course's texts, which takes about a minute for a few thousand."""
    # Only workers have the encoder; a web process that queues this must not load it.
    from tutor_app.registry.curricula import curriculum_for

    course = Course.objects.filter(pk=course_id).first()
    if course is not None:
        curriculum_for(course)


# Taken off the queue before it is done: the broker would hand a task of more than a few seconds out again.
@app.task(queue="training", acks_late=False)
def refresh_statistics() -> None:
    """Counts what the courses' logs say about their steps and mends the forecasts. Run every night."""
    # It needs the models' arithmetic, which a web process has no use for.
    from tutor_app.registry.statistics import refresh

    for course in Course.objects.order_by("pk"):
        try:
            refresh(course, now=timezone.now())
        except Exception:
            log.exception("statistics not refreshed", course=course.slug)  # the next night tries again; others go on
