"""Which voice speaks in a conversation, and the one door by which a reply is said.

An administrator chooses per class, or once for the site: no language model, the local one, or one of the operator's
servers. Whatever is chosen, whoever speaks: the reply is whole and in the same turn.
"""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import structlog
from django.conf import settings as site
from django.utils import timezone
from django.utils.translation import get_language

from tutor_app.environment import VoiceServer
from tutor_app.tutoring.models import Session, Turn, VoiceSettings
from tutor_app.tutoring.voices import budget, grounded, tone
from tutor_app.tutoring.voices.grounded import Matter
from tutor_app.tutoring.voices.phrasing import Account, Gate, build_prompt, may_be_phrased, script_of, speak
from tutor_app.tutoring.voices.writing import SERVERS_FAULT, Patience, Tokens, VoiceFailed, Why, Writer

log = structlog.get_logger(__name__)

# After so many failures in a row a model is left alone for so long: a server that hangs costs few learners their time.
FAILURES_BEFORE_REST = 3
REST_S = 30.0


def say(
    matter: Matter, *, turn: Turn, session: Session, gate: Gate, hold: Callable[[], None] = lambda: None
) -> Iterator[str]:
    """The reply in the voice of the class, sentence by sentence; joined it is Markdown. Only a model's sentences are
    held against the gate here: the course's own words are the ladder. `hold` is called while a model is waited for."""
    settings = voice_of(session)
    if settings is None or not may_be_phrased(matter):
        yield from grounded.say(matter)
        return
    now = timezone.now()
    try:
        writer = writer_for(settings, session, matter)
    except VoiceFailed as failure:
        budget.note_silence(settings=settings, turn=turn, session=session, why=failure.why, now=now)
        yield from grounded.say(matter)
        return
    script = script_of(matter)
    learner = session.learner
    names = (learner.first_name, learner.last_name, learner.username, learner.email)
    prompt = build_prompt(matter, script, turn.text, names)
    most = Tokens(prompt.most_tokens, writer.most_tokens)
    use = budget.set_aside(settings=settings, turn=turn, session=session, model=writer.name, most=most, now=now)
    if use is None:
        yield from grounded.say(matter)
        return
    account = Account()
    try:
        yield from speak(
            matter,
            script,
            prompt,
            writer=writer,
            gate=gate,
            message=turn.text,
            language=session.course.language,
            patience=Patience(site.VOICE_FIRST_WORD_S, site.VOICE_TOTAL_S),
            hold=hold,
            account=account,
        )
    except BaseException:
        account.why = Why.INTERRUPTED
        raise
    finally:
        budget.settle(use, account, settings)
        rests.count(_rests_as(settings), failed=account.why in SERVERS_FAULT)
    if account.why:
        log.info("course's words instead", turn=str(turn.pk), why=account.why, detail=account.detail[:200])


def voice_of(session: Session) -> VoiceSettings | None:
    """The choice for this conversation, or None where no model is to speak. Without one configured nobody asks."""
    if not site.VOICE_SERVERS and site.LOCAL_VOICE_MODEL is None:
        return None
    settings = VoiceSettings.objects.for_section(session.section_id)
    return None if settings is None or settings.voice == VoiceSettings.Voice.NONE else settings


def writer_for(settings: VoiceSettings, session: Session, matter: Matter) -> Writer:
    """The model that was chosen. Raises VoiceFailed where it can't be asked."""
    if not speaks(session.course.language):
        raise VoiceFailed(Why.LANGUAGE)
    if rests.resting(_rests_as(settings)):
        raise VoiceFailed(Why.RESTING)
    if settings.voice == VoiceSettings.Voice.LOCAL:
        return _local_writer(settings, matter)
    server = site.VOICE_SERVERS.get(settings.server)
    if server is None or settings.model not in server.models:
        raise VoiceFailed(Why.NOT_CONFIGURED)
    return _remote_writer(server, settings.model)


def speaks(language: str) -> bool:
    """Whether a model may speak it: its words can be checked, and the course's words come in the same language."""
    code = language.split("-")[0]
    return code in tone.languages() and (get_language() or code).split("-")[0] == code


def _local_writer(settings: VoiceSettings, matter: Matter) -> Writer:
    if site.LOCAL_VOICE_MODEL is None:
        raise VoiceFailed(Why.NOT_CONFIGURED)
    from tutor_app.tutoring.voices.local import LocalWriter, local_model

    model = local_model(site.LOCAL_VOICE_MODEL, site.LOCAL_VOICE_ADAPTERS, site.LOCAL_VOICE_DEVICE)
    table = matter.table or matter.after
    adapters = [
        settings.adapters[skill] for skill in (table.step.skills if table else ()) if skill in settings.adapters
    ]
    return LocalWriter(model, adapters[0] if adapters else "")


def _remote_writer(allowed: VoiceServer, model: str) -> Writer:
    from tutor_app.tutoring.voices.openai import OpenAIWriter, server_at

    return OpenAIWriter(
        server_at(
            url=allowed.url,
            key=allowed.key.get_secret_value(),
            connect_s=site.VOICE_CONNECT_S,
            silence_s=site.VOICE_FIRST_WORD_S,
            parameters=json.dumps(allowed.parameters, sort_keys=True),
        ),
        model,
    )


# --- leaving a failing model alone ----------------------------------------------------------------------------------


@dataclass
class Rest:
    failures: int = 0
    until: float = 0.0


class Rests:
    """Counts the failures of each model in this process. After a rest one is tried again, and one more failure is
    enough for the next rest."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rests: defaultdict[str, Rest] = defaultdict(Rest)

    def resting(self, name: str) -> bool:
        with self._lock:
            return time.monotonic() < self._rests[name].until

    def count(self, name: str, *, failed: bool) -> None:
        with self._lock:
            rest = self._rests[name]
            rest.failures = rest.failures + 1 if failed else 0
            if rest.failures >= FAILURES_BEFORE_REST:
                rest.until = time.monotonic() + REST_S

    def forget(self) -> None:
        with self._lock:
            self._rests.clear()


rests = Rests()


def _rests_as(settings: VoiceSettings) -> str:
    return f"{settings.voice} {settings.server} {settings.model}"
