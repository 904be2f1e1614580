"""The websocket of one conversation: takes the learner's messages, relays the tutor's.

It keeps nothing: what a browser missed it gets from the rows when it comes back.
"""

import time
from collections import deque
from collections.abc import Callable
from typing import Any
from uuid import UUID

import redis.asyncio
import structlog
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import ValidationError

from tutor_app.learners.models import User
from tutor_app.tutoring import turns
from tutor_app.tutoring.messages import (
    MAX_FRAME_CHARS,
    Accepted,
    Chunk,
    Done,
    FromBrowser,
    Quiet,
    Refused,
    Resume,
    Say,
    State,
    ToBrowser,
)
from tutor_app.tutoring.models import Session, Turn
from tutor_app.tutoring.push import chunks_key, group_of
from tutor_app.tutoring.standing import TURNS_SHOWN, standing_of, turn_view
from tutor_app.tutoring.tasks import queue_reply

log = structlog.get_logger(__name__)

# So many refused frames, and the door is shut.
MOST_REFUSED = 100

NOT_SIGNED_IN, NOT_YOURS, TOO_MUCH = 4401, 4404, 4429


def in_database(function: Callable[..., Any]) -> Callable[..., Any]:
    """Runs in a thread: one for all on SQLite, which has one writer anyway; many on PostgreSQL, which likes many."""
    return database_sync_to_async(function, thread_sensitive=connection.vendor == "sqlite")


class TutoringConsumer(AsyncWebsocketConsumer):
    """One browser tab in one conversation. Tabs of the same conversation share a group and stay in step."""

    user: User
    session_id: UUID
    joined = False
    queue = staticmethod(queue_reply)
    frames_per_second = 20  # that a browser may send

    async def connect(self) -> None:
        await self.accept()
        user = self.scope.get("user")
        self.session_id = self.scope["url_route"]["kwargs"]["session"]
        self._frames: deque[float] = deque(maxlen=self.frames_per_second)
        self._refused = 0
        if user is None or not user.is_authenticated:
            await self._shut(NOT_SIGNED_IN, _("Please sign in again."))
            return
        self.user = user
        if not await in_database(owns)(self.session_id, user):
            await self._shut(NOT_YOURS, _("This conversation does not exist, or it is not yours."))
            return
        # Listen first and read the state after: what happens between the two arrives twice, never not at all.
        await self.channel_layer.group_add(group_of(self.session_id), self.channel_name)
        self.joined = True
        await self._tell(await in_database(state_of)(self.session_id))
        for turn in await in_database(unfinished)(self.session_id):
            await self._tell_chunks(turn.pk, turn.begun, after=0)

    async def disconnect(self, code: int) -> None:
        if self.joined:
            await self.channel_layer.group_discard(group_of(self.session_id), self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.joined:
            return
        if self._hasty():
            await self._refuse(None, _("Messages come in faster than I can read them. Wait a moment."), 1.0)
            return
        if text_data is None:
            await self._refuse(None, _("Only text can be sent here."))
            return
        if len(text_data) > MAX_FRAME_CHARS:
            await self._refuse(
                None,
                _("That is %(size)d characters; a message may have %(limit)d. Please shorten it.")
                % {"size": len(text_data), "limit": MAX_FRAME_CHARS},
            )
            return
        try:
            message = FromBrowser.validate_json(text_data)
        except ValidationError as error:
            await self._refuse(None, what_is_wrong(error))
            return
        match message:
            case Say():
                await self._say(message)
            case Resume():
                await self._resume(message)
            case Quiet():
                await self._quiet(message)

    async def _say(self, message: Say) -> None:
        try:
            acceptance = await in_database(turns.accept_turn)(
                session_id=self.session_id,
                learner=self.user,
                turn_id=message.turn,
                text=message.text,
                now=timezone.now(),
            )
        except turns.TurnRefused as refusal:
            await self._refuse(message.turn, refusal.reason, refusal.retry_after_s)
            return
        turn = acceptance.turn
        accepted = Accepted(turn=turn.pk, number=turn.number, text=turn.text)
        await self._tell(accepted)
        if acceptance.repeated and turn.state in (Turn.State.DONE, Turn.State.FAILED):
            await self._tell(await in_database(done_view)(turn.pk))
            return
        # Before a worker can know of it: no tab is to hear the reply before the question.
        if not acceptance.repeated:
            await self._tell_other_tabs(accepted)
        # A repeat of a waiting turn queues it again: harmless, and a cure where the queue lost it.
        await in_database(self.queue)(turn.pk)

    async def _quiet(self, message: Quiet) -> None:
        turn = await in_database(turns.accept_silence)(
            session_id=self.session_id, learner=self.user, turn_id=message.turn, now=timezone.now()
        )
        if turn is not None:
            accepted = Accepted(turn=turn.pk, number=turn.number, text="")
            await self._tell(accepted)
            await self._tell_other_tabs(accepted)
            await in_database(self.queue)(turn.pk)

    async def _resume(self, message: Resume) -> None:
        turn = await in_database(turn_of)(self.session_id, message.turn)
        if turn is None:
            await self._refuse(message.turn, _("This message belongs to a conversation that is not yours."))
        elif turn.state in (Turn.State.DONE, Turn.State.FAILED):
            await self._tell(await in_database(done_view)(turn.pk))
        else:
            await self._tell_chunks(turn.pk, turn.begun, after=message.after if message.begun == turn.begun else 0)

    async def _tell_chunks(self, turn_id: UUID, begun: int, *, after: int) -> None:
        """The chunks of a turn that is being written, from Redis; without Redis the whole reply comes with `done`."""
        client = redis.asyncio.Redis.from_url(settings.REDIS_URL, decode_responses=True)
        try:
            chunks = await client.lrange(chunks_key(turn_id, begun), after, -1)
        except redis.RedisError as error:
            log.warning("no chunks to resume from", error=repr(error))
            return
        finally:
            await client.aclose()
        for number, text in enumerate(chunks, start=after + 1):
            await self._tell(Chunk(turn=turn_id, begun=begun, number=number, text=str(text)))

    async def push(self, event: dict[str, Any]) -> None:
        """From a worker or another tab: frames that are ready to be sent."""
        if event.get("not_to") == self.channel_name:
            return
        for frame in event["frames"]:
            await self.send(text_data=frame)

    async def _tell(self, message: ToBrowser) -> None:
        await self.send(text_data=message.model_dump_json())

    async def _tell_other_tabs(self, message: ToBrowser) -> None:
        frames = [message.model_dump_json()]
        try:
            await self.channel_layer.group_send(
                group_of(self.session_id), {"type": "push", "frames": frames, "not_to": self.channel_name}
            )
        except (redis.RedisError, OSError) as error:
            log.warning("other tabs not told", error=repr(error))

    async def _refuse(self, turn: UUID | None, reason: str, retry_after_s: float | None = None) -> None:
        await self._tell(Refused(turn=turn, reason=reason, retry_after_s=retry_after_s))
        self._refused += 1
        if self._refused >= MOST_REFUSED:
            await self.close(code=TOO_MUCH)

    async def _shut(self, code: int, reason: str) -> None:
        await self._tell(Refused(turn=None, reason=reason))
        await self.close(code=code)

    def _hasty(self) -> bool:
        """More frames in this second than a person or a reconnect could send."""
        now = time.monotonic()
        hasty = len(self._frames) == self.frames_per_second and now - self._frames[0] < 1.0
        if not hasty:
            self._frames.append(now)
        return hasty


# --- what the consumer asks of the database -----------------------------------------------------------------------


def owns(session_id: UUID, user: User) -> bool:
    return Session.objects.of(user).filter(pk=session_id).exists()


def state_of(session_id: UUID) -> State:
    session = Session.objects.select_related("course").get(pk=session_id)
    shown = list(session.turns.order_by("-number")[:TURNS_SHOWN])[::-1]
    return State(
        session=session_id, turns=[turn_view(turn) for turn in shown], standing=standing_of(session, timezone.now())
    )


def unfinished(session_id: UUID) -> list[Turn]:
    return list(Turn.objects.unfinished().filter(session=session_id).order_by("number"))


def turn_of(session_id: UUID, turn_id: UUID) -> Turn | None:
    return Turn.objects.filter(session=session_id, pk=turn_id).first()


def done_view(turn_id: UUID) -> Done:
    turn = Turn.objects.select_related("session__course").get(pk=turn_id)
    return Done(turn=turn_view(turn), standing=standing_of(turn.session, timezone.now()))


def what_is_wrong(error: ValidationError) -> str:
    """The first defect of a frame, in a sentence."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"] if part not in ("say", "resume", "quiet"))
    if first["type"] == "json_invalid":
        return _("The message could not be read: it is not JSON.")
    if first["type"] == "string_too_long":
        return _("The message is too long: it may have %(limit)d characters.") % {"limit": first["ctx"]["max_length"]}
    if first["type"] == "string_too_short":
        return _("The message is empty.")
    if first["type"].startswith(("union_tag", "dict_")):
        return _("The message is of no kind that is known here.")
    if first["type"] == "extra_forbidden":
        return _("The message has a field “%(field)s” that is not known here.") % {"field": place[:60]}
    return _("The message could not be read: %(what)s (%(where)s).") % {
        "what": first["msg"],
        "where": place[:60] or "-",
    }
