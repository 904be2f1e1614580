"""Is the site well? Asked by the start command and by load balancers."""

from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

HEARTBEAT_KEY = "tutor:worker:live:heartbeat"


def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database, Redis and a live worker answer; 503 with what does not."""
    parts = {"database": database_answers(), "redis": redis_answers(), "worker": worker_answers()}
    return JsonResponse({"healthy": all(parts.values()), **parts}, status=200 if all(parts.values()) else 503)


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def redis_client() -> Any:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2)


def redis_answers() -> bool:
    try:
        return bool(redis_client().ping())
    except redis.RedisError:
        return False


def worker_answers() -> bool:
    """A live worker writes a key with a short life every few seconds (see `worker.py`)."""
    try:
        return bool(redis_client().exists(HEARTBEAT_KEY))
    except redis.RedisError:
        return False
