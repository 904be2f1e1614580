"""The one door from a worker to the browsers of a session.

Messages of one session leave in order, those that are ready together in one hop. A push is never the only copy: the
turn's row is the truth, and until it is written the chunks so far are kept in Redis for a browser that reconnects.
"""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Awaitable, Sequence
from typing import Any
from uuid import UUID

import redis.asyncio
import structlog
from channels.layers import get_channel_layer
from django.conf import settings

from tutor_app.tutoring.messages import Chunk, ToBrowser

log = structlog.get_logger(__name__)

KEEP_CHUNKS_S = 600


def group_of(session_id: UUID) -> str:
    return f"session.{session_id.hex}"


def chunks_key(turn_id: UUID, begun: int) -> str:
    return f"tutor:chunks:{turn_id.hex}:{begun}"


class Door:
    """Sends from any thread; a loop thread of its own does the waiting, so a worker never blocks on a socket."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._waiting: dict[UUID, list[ToBrowser]] = defaultdict(list)
        self._busy: set[UUID] = set()
        self._lock = threading.Lock()
        self._redis: Any = None
        threading.Thread(target=self._loop.run_forever, name="push", daemon=True).start()

    def send(self, session_id: UUID, *messages: ToBrowser) -> None:
        with self._lock:
            self._waiting[session_id].extend(messages)
            if session_id in self._busy:
                return
            self._busy.add(session_id)
        asyncio.run_coroutine_threadsafe(self._drain(session_id), self._loop)

    async def _drain(self, session_id: UUID) -> None:
        while True:
            with self._lock:
                messages = self._waiting.pop(session_id, [])
                if not messages:
                    self._busy.discard(session_id)
                    return
            frames = [message.model_dump_json() for message in messages]
            await self._attempt(self._keep_chunks(messages), session_id)
            push = {"type": "push", "frames": frames}
            await self._attempt(get_channel_layer().group_send(group_of(session_id), push), session_id)

    async def _attempt(self, sending: Awaitable[None], session_id: UUID) -> None:
        """The rows are written whether it succeeds or not; the browser gets them on its next connect."""
        try:
            await sending
        except Exception as error:
            log.warning("push failed", session=str(session_id), error=repr(error))

    async def _keep_chunks(self, messages: Sequence[ToBrowser]) -> None:
        chunks = [message for message in messages if isinstance(message, Chunk)]
        if not chunks:
            return
        if self._redis is None:
            self._redis = redis.asyncio.Redis.from_url(settings.REDIS_URL, decode_responses=True)
        pipe = self._redis.pipeline(transaction=False)
        for chunk in chunks:
            key = chunks_key(chunk.turn, chunk.begun)
            pipe.rpush(key, chunk.text)
            pipe.expire(key, KEEP_CHUNKS_S)
        await pipe.execute()


_door: Door | None = None
_door_lock = threading.Lock()


def door() -> Door:
    """This process's door, opened at first use (never before a fork)."""
    global _door
    with _door_lock:
        if _door is None:
            _door = Door()
        return _door
