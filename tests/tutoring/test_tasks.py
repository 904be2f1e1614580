"""The doors of a worker: the sweep asks for what was left behind, and not over and over."""

from datetime import timedelta
from typing import Any

import pytest
import redis

from tests.factories import LONG_AGO, SessionFactory, TurnFactory
from tutor_app.tutoring import tasks, turns
from tutor_app.tutoring.models import Turn

pytestmark = pytest.mark.django_db
LATER = LONG_AGO + timedelta(seconds=10)


class Keys:
    """As much of Redis as the sweep uses; nothing lapses."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def set(self, key: str, value: Any, *, nx: bool, ex: int) -> bool | None:
        assert nx
        assert ex > 0
        return None if key in self.kept else self.kept.setdefault(key, True)

    def delete(self, key: str) -> None:
        self.kept.pop(key)


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Keys:
    keys = Keys()
    monkeypatch.setattr(tasks, "redis_client", lambda: keys)
    return keys


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    queue: list[str] = []
    monkeypatch.setattr(tasks.reply, "apply_async", lambda arguments, retry: queue.append(arguments[0]))
    return queue


def left_behind() -> Turn:
    return TurnFactory(session=SessionFactory(), state=Turn.State.ACCEPTED, reply=[])


def test_a_turn_left_behind_is_queued_once_for_each_beginning(keys: Keys, queue: list[str]):
    turn = left_behind()
    assert tasks.requeue_overdue_turns(LATER) == 1
    assert tasks.requeue_overdue_turns(LATER) == 0  # it stands in the queue already
    turns.take_lease(turn.pk, LATER)
    assert tasks.requeue_overdue_turns(LATER + timedelta(seconds=1)) == 0  # somebody is at it
    assert tasks.requeue_overdue_turns(LATER + turns.LEASE + timedelta(seconds=1)) == 1  # and died
    assert queue == [str(turn.pk)] * 2


def test_a_turn_that_could_not_be_queued_is_asked_for_at_the_next_sweep(keys: Keys, monkeypatch: pytest.MonkeyPatch):
    left_behind()
    monkeypatch.setattr(tasks, "queue_reply", lambda turn_id: False)
    assert tasks.requeue_overdue_turns(LATER) == 0
    assert keys.kept == {}


def test_without_redis_the_sweep_ends_quietly(monkeypatch: pytest.MonkeyPatch, queue: list[str]):
    class Away(Keys):
        def set(self, key: str, value: Any, *, nx: bool, ex: int) -> bool | None:
            raise redis.ConnectionError

    monkeypatch.setattr(tasks, "redis_client", Away)
    left_behind()
    assert tasks.requeue_overdue_turns(LATER) == 0
    assert queue == []


def test_asking_for_a_turn_while_the_broker_is_away_fails_at_once_and_quietly():
    assert tasks.queue_reply(left_behind().pk) is False
