"""Who speaks in a conversation, what it costs, and that a budget holds."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from tests.factories import CourseFactory, SectionFactory, SessionFactory, TurnFactory, UserFactory
from tests.tutoring.voices.conftest import Open
from tests.tutoring.voices.servers import asked, bad_server
from tutor_app.environment import VoiceServer
from tutor_app.tutoring.models import Turn, VoiceSettings, VoiceUse
from tutor_app.tutoring.moves import Move
from tutor_app.tutoring.voices import budget, choice, grounded
from tutor_app.tutoring.voices.grounded import Matter
from tutor_app.tutoring.voices.phrasing import Account
from tutor_app.tutoring.voices.writing import Tokens, Why

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with bad_server() as address:
        yield address


@pytest.fixture
def turn(db: None) -> Turn:
    learner = UserFactory(username="ana", first_name="Xanthippe", last_name="Silva", email="ana@example.org")
    section = SectionFactory(course=CourseFactory(language="en"), learners=[learner])
    session = SessionFactory(learner=learner, course=section.course, section=section)
    return TurnFactory(session=session, text="I am Xanthippe, ana@example.org, and I say x = 8")


@pytest.fixture
def choose(turn: Turn, settings: Any, address: str) -> Callable[..., VoiceSettings]:
    """Configures the scripted server and chooses one of its models for the class."""
    models = ["kind", "refusal", "hang", "status-500", "unknown"]
    settings.VOICE_SERVERS = {"scripted": VoiceServer(url=address, key="secret", models=models)}
    settings.VOICE_FIRST_WORD_S, settings.VOICE_TOTAL_S = 3.0, 5.0
    choice.rests.forget()
    asked.clear()

    def choose(model: str, **values: Any) -> VoiceSettings:
        values = {"section": turn.session.section, "voice": "remote", "server": "scripted", "model": model, **values}
        return VoiceSettings.objects.create(**values)

    return choose


def said(matter: Matter, turn: Turn) -> str:
    return "".join(choice.say(matter, turn=turn, session=turn.session, gate=Open()))


def course_words(matter: Matter) -> str:
    return "".join(grounded.say(matter))


def test_without_a_choice_the_course_speaks_and_nothing_is_written_down(right: Matter, turn: Turn, settings: Any):
    settings.VOICE_SERVERS = {"scripted": VoiceServer(url="http://127.0.0.1:9/v1", models=["kind"])}
    assert said(right, turn) == course_words(right)
    assert not VoiceUse.objects.exists()


def test_nobody_asks_the_database_where_no_model_is_configured(
    right: Matter, turn: Turn, django_assert_num_queries: Any
):
    VoiceSettings.objects.create(voice="remote", server="gone", model="kind")
    with django_assert_num_queries(0):
        assert said(right, turn) == course_words(right)


def test_the_chosen_model_speaks_and_what_it_took_is_kept(right: Matter, turn: Turn, choose: Callable[..., Any]):
    choose("kind", price_in="2", price_out="10")
    assert "Let's look at it together. Take your time." in said(right, turn)
    use = VoiceUse.objects.get()
    assert (use.turn, use.section, use.voice, use.server, use.model) == (
        turn, turn.session.section, "remote", "scripted", "kind",
    )  # fmt: skip
    assert (use.tokens_in, use.tokens_out, use.counted, use.outcome, use.why) == (321, 12, True, "spoken", "")
    assert use.cost == Decimal("0.000762")  # (321 * 2 + 12 * 10) / 1,000,000
    assert 0 < use.first_word_ms <= use.total_ms


def test_no_name_no_address_and_no_id_is_sent(right: Matter, turn: Turn, choose: Callable[..., Any]):
    choose("kind")
    said(right, turn)
    [request] = asked
    sent = str(request["body"])
    session = turn.session
    for private in ("Xanthippe", "Silva", "ana", "example.org", str(turn.pk), str(session.pk), session.section.name):
        assert private not in sent.replace("Already", ""), private
    assert "x = 8" in sent
    assert not {name for name in request["headers"] if name.startswith(("openai", "cookie", "referer"))}


def test_a_move_with_fixed_words_asks_no_model(right: Matter, turn: Turn, choose: Callable[..., Any]):
    choose("kind")
    summary = replace(right, move=Move.SUMMARISE, facts=["You practised."])
    assert said(summary, turn) == course_words(summary)
    assert not asked


@pytest.mark.parametrize(
    ("model", "why"),
    [
        ("refusal", Why.DECLINED),
        ("hang", Why.SLOW_TO_BEGIN),
        ("status-500", Why.SERVER_ERROR),
        ("unknown", Why.REFUSED),
    ],
)
def test_a_failure_is_kept_with_its_reason(right: Matter, turn: Turn, choose: Callable[..., Any], model: str, why: Why):
    choose(model)
    assert said(right, turn) == course_words(right)
    use = VoiceUse.objects.get()
    assert (use.outcome, use.why) == ("grounded", why)


def test_a_model_that_fails_again_and_again_is_left_alone_for_a_while(
    right: Matter, turn: Turn, choose: Callable[..., Any]
):
    choose("status-500")
    for _ in range(5):
        assert said(right, turn) == course_words(right)
    assert len(asked) == 3
    assert VoiceUse.objects.filter(why=Why.RESTING).count() == 2


@pytest.mark.parametrize("language", ["de", "zh"])
def test_a_language_without_a_vocabulary_is_left_to_the_course(
    right: Matter, turn: Turn, choose: Callable[..., Any], language: str
):
    choose("kind")
    turn.session.course.language = language
    assert said(right, turn) == course_words(right)
    assert VoiceUse.objects.get().why == Why.LANGUAGE


def test_a_server_or_model_that_the_operator_took_away_is_not_asked(
    right: Matter, turn: Turn, choose: Callable[..., Any]
):
    choose("not among them")
    assert said(right, turn) == course_words(right)
    assert VoiceUse.objects.get().why == Why.NOT_CONFIGURED
    assert not asked


def test_the_classs_choice_wins_over_the_sites_and_the_site_speaks_for_those_without(turn: Turn, choose: Any):
    site = VoiceSettings.objects.create(voice="remote", server="scripted", model="kind")
    alone = SessionFactory(course=turn.session.course)
    assert choice.voice_of(turn.session) == choice.voice_of(alone) == site
    own = choose("kind", voice="none")
    assert choice.voice_of(turn.session) is None
    assert choice.voice_of(alone) == site
    own.delete()
    assert choice.voice_of(turn.session) == site


def test_two_defaults_for_the_site_are_refused_by_the_database(db: None):
    VoiceSettings.objects.create()
    with pytest.raises(IntegrityError):
        VoiceSettings.objects.create()


class TestBudget:
    def test_over_budget_the_course_speaks_and_the_reason_is_kept(self, right: Matter, turn: Turn, choose: Any):
        choose("kind", daily_tokens=100)
        assert said(right, turn) == course_words(right)
        use = VoiceUse.objects.get()
        assert (use.outcome, use.why, use.tokens_in, use.cost) == ("grounded", Why.BUDGET, 0, 0)
        assert not asked

    def test_it_counts_by_class_and_by_the_sites_day(self, right: Matter, turn: Turn, choose: Any):
        settings = choose("kind", daily_tokens=10_000)
        other = SessionFactory(course=turn.session.course, section=SectionFactory(course=turn.session.course))
        now, most = timezone.now(), Tokens(6_000, 100)

        def set_aside(session: Any, when: Any) -> Any:
            return budget.set_aside(settings=settings, turn=turn, session=session, model="kind", most=most, now=when)

        assert set_aside(turn.session, now)
        assert not set_aside(turn.session, now)
        assert set_aside(other, now)
        assert set_aside(turn.session, now + timezone.timedelta(days=1))

    def test_what_was_not_used_is_free_again(self, turn: Turn, choose: Any):
        settings = choose("kind", daily_tokens=6_500)
        arguments = {"settings": settings, "turn": turn, "session": turn.session, "model": "kind"}
        arguments |= {"most": Tokens(6_000, 100), "now": timezone.now()}
        use = budget.set_aside(**arguments)
        assert use is not None
        assert not budget.set_aside(**arguments)
        budget.settle(use, Account(sentences=1, tokens=Tokens(300, 20)), settings)
        assert VoiceUse.objects.of_day(turn.session.section_id, use.day).tokens() == 320
        assert budget.set_aside(**arguments)

    def test_what_was_spent_stays_spent_when_the_learner_leaves(self, right: Matter, turn: Turn, choose: Any):
        choose("kind")
        said(right, turn)
        turn.session.learner.delete()
        use = VoiceUse.objects.get()
        assert use.turn is None
        assert use.tokens_in == 321

    def test_a_turn_that_is_given_up_in_the_middle_is_settled(self, right: Matter, turn: Turn, choose: Any):
        choose("kind")

        class LeaseLost(Exception):
            pass

        def hold() -> None:
            raise LeaseLost

        with pytest.raises(LeaseLost):
            list(choice.say(right, turn=turn, session=turn.session, gate=Open(), hold=hold))
        use = VoiceUse.objects.get()
        assert (use.outcome, use.why) == ("grounded", Why.INTERRUPTED)
        assert 0 < use.tokens_in < 2_000


@pytest.mark.slow
def test_replies_at_the_same_time_cannot_overrun_the_budget_together(tmp_path: Path):
    """On a database file, as a site has it: eight threads at once, each with a connection of its own."""
    env = {**os.environ, "TUTOR_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": ""}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True)
    done = subprocess.run([sys.executable, "-c", EIGHT_AT_ONCE], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    # 3 * 3,100 <= 10,000 < 4 * 3,100
    assert done.stdout.split() == ["3", "9300"]


EIGHT_AT_ONCE = """
import threading
from concurrent.futures import ThreadPoolExecutor
import django
django.setup()
from django.db import connection
from django.utils import timezone
from tests.factories import SectionFactory, SessionFactory, TurnFactory
from tutor_app.tutoring.models import VoiceSettings, VoiceUse
from tutor_app.tutoring.voices import budget
from tutor_app.tutoring.voices.writing import Tokens

section = SectionFactory()
turn = TurnFactory(session=SessionFactory(course=section.course, section=section))
settings = VoiceSettings.objects.create(section=section, voice="remote", daily_tokens=10_000)
start, now = threading.Barrier(8), timezone.now()

def set_aside(_number):
    start.wait()
    use = budget.set_aside(
        settings=settings, turn=turn, session=turn.session, model="m", most=Tokens(3_000, 100), now=now
    )
    connection.close()
    return use is not None

with ThreadPoolExecutor(8) as pool:
    print(sum(pool.map(set_aside, range(8))))
print(VoiceUse.objects.of_day(section.pk, budget.day_of(now)).tokens())
"""
