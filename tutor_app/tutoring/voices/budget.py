"""What language models take and cost, turn by turn, and the budget of a class and day.

The most that a reply can take is set aside before a word is asked for, under the lock of the settings that hold for the
class; afterwards what it took is put in its place. So replies at the same time can't overrun the budget together, and
what a worker that died had set aside stays spent for the day.
"""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from tutor_app.tutoring.models import Session, Turn, VoiceSettings, VoiceUse
from tutor_app.tutoring.voices.phrasing import Account
from tutor_app.tutoring.voices.writing import Tokens, Why

MILLION = Decimal(1_000_000)


def set_aside(
    *, settings: VoiceSettings, turn: Turn, session: Session, model: str, most: Tokens, now: datetime
) -> VoiceUse | None:
    """Room for one reply, or None where the day's budget has no room left for it; that is noted too."""
    use = use_of(settings=settings, turn=turn, session=session, model=model, now=now)
    with transaction.atomic():
        # The lock makes the replies of a class one queue, for as long as this takes.
        budget = VoiceSettings.objects.select_for_update().get(pk=settings.pk).daily_tokens
        used = VoiceUse.objects.of_day(session.section_id, use.day).tokens()
        if used + most.read + most.written > budget:
            use.outcome, use.why = VoiceUse.Outcome.GROUNDED, Why.BUDGET
        else:
            use.tokens_in, use.tokens_out = most.read, most.written
            use.cost = cost_of(most, settings)
        use.save()
    return use if use.outcome == VoiceUse.Outcome.SPEAKING else None


def settle(use: VoiceUse, account: Account, settings: VoiceSettings) -> None:
    """Puts what the reply took, and what came of it, in the place of what was set aside."""
    tokens = account.tokens
    use.tokens_in, use.tokens_out, use.counted = tokens.read, tokens.written, tokens.counted
    use.cost = cost_of(tokens, settings)
    use.first_word_ms, use.total_ms, use.why = account.first_word_ms, account.total_ms, account.why
    if not account.why:
        use.outcome = VoiceUse.Outcome.SPOKEN
    else:
        use.outcome = VoiceUse.Outcome.PARTLY if account.sentences else VoiceUse.Outcome.GROUNDED
    use.save()


def note_silence(*, settings: VoiceSettings, turn: Turn, session: Session, why: Why, now: datetime) -> None:
    """A model was chosen and is not even asked: that, and why, can be looked up."""
    use = use_of(settings=settings, turn=turn, session=session, model=settings.model, now=now)
    use.outcome, use.why = VoiceUse.Outcome.GROUNDED, why
    use.save()


def use_of(*, settings: VoiceSettings, turn: Turn, session: Session, model: str, now: datetime) -> VoiceUse:
    return VoiceUse(
        turn=turn,
        section_id=session.section_id,
        at=now,
        day=day_of(now),
        voice=settings.voice,
        server=settings.server if settings.voice == VoiceSettings.Voice.REMOTE else "",
        model=model,
    )


def day_of(now: datetime) -> date:
    return timezone.localdate(now)


def cost_of(tokens: Tokens, settings: VoiceSettings) -> Decimal:
    return (tokens.read * settings.price_in + tokens.written * settings.price_out) / MILLION
