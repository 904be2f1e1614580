"""What a live worker keeps for its whole life: the checker's children, the models, and a sign that it is alive."""

import sys
import threading
from typing import Any

import redis
import structlog
from celery.signals import worker_ready, worker_shutdown
from django.conf import settings

from tutor_app.tutoring.checking import CheckerPool
from tutor_app.tutoring.health import HEARTBEAT_KEY, redis_client

log = structlog.get_logger(__name__)

HEARTBEAT_EVERY_S = 2.0
HEARTBEAT_LASTS_S = 8

_checker: CheckerPool | None = None
_lock = threading.Lock()
_stopping = threading.Event()


def checker() -> CheckerPool:
    """This process's checker, started at first use."""
    global _checker
    with _lock:
        if _checker is None:
            _checker = CheckerPool(size=settings.CHECKER_PROCESSES)
        return _checker


@worker_ready.connect
def on_ready(sender: Any, **_kwargs: Any) -> None:
    """Loads what the first learner would wait for, takes up what a dead worker left, and then says that it is alive."""
    if "live" not in sender.app.amqp.queues.consume_from:
        return
    warm_up()
    threading.Thread(target=_beat, name="heartbeat", daemon=True).start()
    sender.app.send_task("tutor_app.tutoring.tasks.requeue_overdue_turns", queue="live")


def warm_up() -> None:
    """Loads the models of every course that somebody follows."""
    import torch

    from tutor_app.courses.models import Course
    from tutor_app.registry.classrooms import NoTeacher, rooms
    from tutor_app.tutoring.listening import Surroundings, listen
    from tutor_app.tutoring.passages import shelves
    from tutor_app.tutoring.recent import Recent
    from tutor_app.tutoring.voices import leaks

    torch.set_num_threads(1)
    # The thread that sends to browsers waits for its turn behind those that compute: make the turns short.
    sys.setswitchinterval(0.0005)
    checker().wait_ready()
    listen("Are you there?", Surroundings(recent=Recent(first=False)))  # the first message waits for no file
    leaks.warm_up()
    _warm_voices()
    for course in Course.objects.all():
        try:
            rooms.room(course)
            shelves.shelf(course)
        except NoTeacher as nobody:
            log.warning("no teacher", reason=str(nobody))
            return
        except Exception:
            log.exception("course could not be warmed", course=course.slug)


def _warm_voices() -> None:
    """The first reply of a language model should not wait for files."""
    if settings.VOICE_SERVERS:
        import openai  # noqa: F401
    if settings.LOCAL_VOICE_MODEL:
        from tutor_app.tutoring.voices.local import local_model

        try:
            local_model(settings.LOCAL_VOICE_MODEL, settings.LOCAL_VOICE_ADAPTERS, settings.LOCAL_VOICE_DEVICE).load()
        except Exception:  # a wrong folder must not keep the worker from serving: the course's words remain
            log.exception("the local voice could not be loaded", path=str(settings.LOCAL_VOICE_MODEL))


def _beat() -> None:
    client = redis_client()
    while not _stopping.is_set():
        try:
            client.set(HEARTBEAT_KEY, "1", ex=HEARTBEAT_LASTS_S)
        except redis.RedisError as error:
            log.warning("no heartbeat", error=repr(error))
        _stopping.wait(HEARTBEAT_EVERY_S)


@worker_shutdown.connect
def on_shutdown(**_kwargs: Any) -> None:
    _stopping.set()
    if _checker is not None:
        _checker.close()
