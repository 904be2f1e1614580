"""A turn's life in the database: accepted once, done once, by one worker at a time.

Every function here is safe to repeat and safe to run twice at once; that is what makes killing any process harmless.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tutor_app.courses.models import Course
from tutor_app.learners.models import Section, User
from tutor_app.tutoring.models import Session, Turn

# A worker renews its lease with every chunk; a turn whose worker died is taken over after this.
LEASE = timedelta(seconds=5)
# After this many beginnings a turn is given up: it kills whoever tries it.
MOST_BEGINNINGS = 8
# A learner may be this many messages ahead of the tutor.
MOST_WAITING = 5
# Only after so long a silence may the tutor speak first.
QUIET_FOR = timedelta(seconds=60)
# A conversation picked up after this pause starts anew.
SESSION_PAUSE = timedelta(hours=12)


class TurnRefused(Exception):
    """The learner's message can't be taken; the text says why, for the learner. Nothing has changed."""

    def __init__(self, reason: str, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after_s = retry_after_s


class LeaseLost(Exception):
    """Somebody else has taken over the turn while we were at work on it: leave it to them."""


@dataclass(frozen=True)
class Acceptance:
    """What became of a message: the turn, and whether it was already known."""

    turn: Turn
    repeated: bool


@transaction.atomic
def accept_turn(*, session_id: UUID, learner: User, turn_id: UUID, text: str, now: datetime) -> Acceptance:
    """Writes the learner's message down. A message with a known id is recognised, not written again.

    Raises TurnRefused with a sentence when the message can't be taken.
    """
    # The lock makes the session's turns one queue, numbered without gaps.
    session = Session.objects.of(learner).select_for_update(of=("self",)).filter(pk=session_id).first()
    known = Turn.objects.filter(pk=turn_id).first()
    if session is None or (known is not None and known.session_id != session_id):
        raise TurnRefused(_("This message belongs to a conversation that is not yours."))
    if known is not None:
        return Acceptance(known, repeated=True)
    if session.ended_at is not None:
        raise TurnRefused(_("This conversation has ended. Start a new one from the home page."))
    if not text.strip():
        raise TurnRefused(_("The message is empty."))
    if "\x00" in text:
        raise TurnRefused(_("The message holds characters that are not text."))
    so_far = session.turns.aggregate(last=Max("number"), waiting=Count("pk", filter=Turn.UNFINISHED))
    refuse_haste(learner, so_far["waiting"], now)
    last = so_far["last"] or 0
    try:
        with transaction.atomic():
            turn = Turn.objects.create(pk=turn_id, session=session, number=last + 1, text=text.strip(), accepted_at=now)
    except IntegrityError as twin:  # at this very moment another conversation got the same id
        raise TurnRefused(_("This message belongs to a conversation that is not yours.")) from twin
    return Acceptance(turn, repeated=False)


@transaction.atomic
def accept_silence(*, session_id: UUID, learner: User, turn_id: UUID, now: datetime) -> Turn | None:
    """Lets the tutor speak first, once per silence: a turn without words of the learner. None where there is nothing to
    help with, somebody is still at work, or the learner or the class do not want it."""
    session = (
        Session.objects.of(learner).select_for_update(of=("self",)).select_related("section").filter(pk=session_id)
    ).first()
    if session is None or session.ended_at is not None or Turn.objects.filter(pk=turn_id).exists():
        return None
    last = session.turns.order_by("-number").first()
    quiet = last is not None and last.done_at is not None and last.done_at <= now - QUIET_FOR
    spoke_first = last is not None and not last.text and last.number > 1
    if session.problem_id is None or session.solved or not quiet or spoke_first or not session.proactive:
        return None
    return Turn.objects.create(pk=turn_id, session=session, number=last.number + 1 if last else 1, accepted_at=now)


def refuse_haste(learner: User, waiting: int, now: datetime) -> None:
    """Raises TurnRefused when the learner is too far ahead of the tutor or over the limit per minute."""
    if waiting >= MOST_WAITING:
        raise TurnRefused(_("Let me answer first: several of your messages are still waiting."), retry_after_s=2)
    minute = Turn.objects.filter(session__learner=learner, accepted_at__gt=now - timedelta(minutes=1)).exclude(text="")
    if minute.count() >= settings.TURNS_PER_MINUTE:
        raise TurnRefused(
            ngettext(
                "That is more than one message in a minute. Take a moment, then send it again.",
                "That is more than %(limit)d messages in a minute. Take a moment, then send it again.",
                settings.TURNS_PER_MINUTE,
            )
            % {"limit": settings.TURNS_PER_MINUTE},
            retry_after_s=15,
        )


@transaction.atomic
def open_session(
    *, learner: User, course: Course, section: Section | None, now: datetime
) -> tuple[Session, Turn | None]:
    """The learner's open session of a course, or a new one whose first turn, the tutor's greeting, is returned too."""
    User.objects.select_for_update().get(pk=learner.pk)  # two clicks at once open one session
    session = Session.objects.of(learner).open().filter(course=course).first()
    if session is not None:
        last = session.turns.order_by("-number").values_list("accepted_at", flat=True).first() or session.started_at
        if now - last < SESSION_PAUSE:
            return session, None
        session.ended_at = last
        session.save(update_fields=["ended_at"])
    session = Session.objects.create(learner=learner, course=course, section=section, started_at=now)
    return session, Turn.objects.create(pk=uuid4(), session=session, number=1, accepted_at=now)


def take_lease(turn_id: UUID, now: datetime) -> Turn | None:
    """Makes this worker the one that does the turn, or None: it is done, held by another, or not the oldest waiting.

    One UPDATE decides, so two workers can't both win.
    """
    earlier = Turn.objects.unfinished().filter(session=OuterRef("session"), number__lt=OuterRef("number"))
    lease = uuid4()
    won = (
        Turn.objects.unfinished()
        .filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now), ~Exists(earlier), pk=turn_id)
        .update(state=Turn.State.WORKING, lease=lease, lease_until=now + LEASE, begun=F("begun") + 1)
    )
    if not won:
        return None
    return Turn.objects.select_related("session__course", "session__learner").get(pk=turn_id, lease=lease)


def begin_again(turn: Turn, now: datetime) -> None:
    """Counts a new beginning by whoever holds the lease, from the session as it is stored: what was said since the
    last one is replaced. Raises LeaseLost."""
    renewed = Turn.objects.filter(pk=turn.pk, lease=turn.lease)
    if not renewed.update(lease_until=now + LEASE, begun=F("begun") + 1):
        raise LeaseLost(turn.pk)
    turn.refresh_from_db(fields=["lease_until", "begun"])
    turn.session = Session.objects.select_related("course", "learner").get(pk=turn.session_id)


def renew_lease(turn: Turn, now: datetime) -> None:
    """Raises LeaseLost if the turn is no longer ours."""
    if not Turn.objects.filter(pk=turn.pk, lease=turn.lease).update(lease_until=now + LEASE):
        raise LeaseLost(turn.pk)


def finish(turn: Turn, now: datetime, **values: Any) -> None:
    """Inside the final transaction, before all else: the turn is done, with these values. The UPDATE locks its row and
    makes sure that it is still ours. Raises LeaseLost."""
    _end(turn, state=Turn.State.DONE, done_at=now, lease_until=None, **values)


def give_up(turn: Turn, now: datetime, reply: list[str]) -> None:
    """Ends a turn that can't be done, with these words, so that it doesn't block the conversation. Raises LeaseLost."""
    _end(turn, state=Turn.State.FAILED, done_at=now, lease_until=None, reply=reply)


def _end(turn: Turn, **values: Any) -> None:
    if not Turn.objects.filter(pk=turn.pk, lease=turn.lease).update(**values):
        raise LeaseLost(turn.pk)
    for name, value in values.items():
        setattr(turn, name, value)


def let_go(turn: Turn) -> None:
    """Returns the lease unused, so that the turn may be begun again at once."""
    Turn.objects.filter(pk=turn.pk, lease=turn.lease).update(lease_until=None)


def next_waiting(session_id: UUID) -> UUID | None:
    return Turn.objects.unfinished().filter(session=session_id).order_by("number").values_list("pk", flat=True).first()


def overdue_turns(now: datetime, *, grace: timedelta = timedelta(seconds=3)) -> list[Turn]:
    """The oldest unfinished turn of each session that nobody is at work on, and that had time to be begun."""
    earlier = Turn.objects.unfinished().filter(session=OuterRef("session"), number__lt=OuterRef("number"))
    return list(
        Turn.objects.overdue(now)
        .filter(~Exists(earlier), accepted_at__lt=now - grace)
        .order_by("accepted_at")
        .only("pk", "begun")[:500]
    )
