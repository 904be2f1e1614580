"""The health page tells which part is away, and to nobody more than that."""

import redis
from django.test import Client

from tutor_app.tutoring import health


class Alive:
    """A Redis-compatible server that answers, with a heartbeat or without."""

    def __init__(self, heartbeat: bool) -> None:
        self.heartbeat = heartbeat

    def ping(self) -> bool:
        return True

    def exists(self, key: str) -> int:
        assert key == health.HEARTBEAT_KEY
        return int(self.heartbeat)


def test_without_redis_the_site_is_not_well_and_says_so_quickly(db, client: Client):
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"healthy": False, "database": True, "redis": False, "worker": False}


def test_with_everything_there_the_site_is_well(db, client: Client, monkeypatch):
    monkeypatch.setattr(health, "redis_client", lambda: Alive(heartbeat=True))
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["healthy"]


def test_a_worker_that_stopped_beating_is_missed(db, client: Client, monkeypatch):
    monkeypatch.setattr(health, "redis_client", lambda: Alive(heartbeat=False))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"healthy": False, "database": True, "redis": True, "worker": False}


def test_a_redis_that_hangs_is_given_two_seconds():
    assert health.redis_client().connection_pool.connection_kwargs["socket_timeout"] == 2
    assert isinstance(health.redis_client(), redis.Redis)
