"""The demo class: made once, its passwords made anew each time."""

import hashlib
import json
from datetime import timedelta
from io import StringIO
from itertools import pairwise

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from models_core.artifacts import save_teacher
from models_core.curriculum import TEXT_WIDTH
from models_core.events import Attempt
from models_core.teacher import TeacherConfig, TeacherModel
from tests.factories import (
    CourseFactory,
    ExpectedErrorFactory,
    MisconceptionFactory,
    ProblemFactory,
    SkillFactory,
    StepFactory,
    TeacherVersionFactory,
    UserFactory,
)
from tutor_app.environment import environment
from tutor_app.learners.models import Event, Membership, Record, Section, SkillState, User
from tutor_app.registry import curricula, demo_history
from tutor_app.registry.classrooms import rebuild, rooms
from tutor_app.registry.demo import demo_section, open_accounts
from tutor_app.registry.demo_history import in_the_last_weeks, make_learners
from tutor_app.registry.demo_people import LEARNERS, SimulatedLearner
from tutor_app.registry.models import TeacherVersion

pytestmark = pytest.mark.django_db


class LettersEncoder:
    """Stands in for the text encoder: a vector that follows from the text's bytes."""

    def __init__(self, path: object) -> None: ...

    def encode(self, texts: list[str]) -> np.ndarray:
        seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) for text in texts]
        vectors = np.stack([np.random.default_rng(seed).normal(size=TEXT_WIDTH) for seed in seeds])
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def course(db, monkeypatch, settings, tmp_path):
    """A small course under the demo's name, and a small untrained teacher in service."""
    monkeypatch.setattr(curricula, "TextEncoder", LettersEncoder)
    settings.VAR = tmp_path
    course = CourseFactory(slug="linear-equations")
    first, second = SkillFactory(course=course), SkillFactory(course=course)
    second.prerequisites.add(first)
    for skill in (first, second):
        for _ in range(3):
            step = StepFactory(problem=ProblemFactory(course=course), skills=[skill])
            ExpectedErrorFactory(step=step, misconception=MisconceptionFactory(course=course, slug=f"sign-{step.pk}"))
    teacher = TeacherModel(TeacherConfig())
    save_teacher(teacher, tmp_path / "teacher", metrics={}, card="A teacher for tests.")
    TeacherVersionFactory(path=str(tmp_path / "teacher"), fingerprint=teacher.fingerprint(), active=True)
    rooms.forget_all()
    yield course
    rooms.forget_all()


@pytest.fixture
def short_lives(monkeypatch):
    """A dozen attempts each and two candidates a kind, so that tests take seconds."""
    kinds = {
        kind: (demo_history.replace(config, attempts=12), rank, days)
        for kind, (config, rank, days) in demo_history.KINDS.items()
    }
    monkeypatch.setattr(demo_history, "KINDS", kinds)
    monkeypatch.setattr(demo_history, "CANDIDATES", 6)


@pytest.fixture(autouse=True)
def laptop(monkeypatch):
    monkeypatch.setattr(environment, "database_url", "")


def load() -> tuple[dict[str, str], str]:
    """Runs the command: passwords by username, and all that it printed."""
    out = StringIO()
    call_command("load_demo", stdout=out)
    accounts = json.loads(out.getvalue().strip().splitlines()[-1])["accounts"]
    assert all(set(account) == {"role", "username", "password"} for account in accounts)
    return {account["username"]: account["password"] for account in accounts}, out.getvalue()


def test_the_demo_is_made_whole(course, short_lives, client):
    passwords, _ = load()
    assert list(passwords) == ["ana", "teacher", "admin"]
    section = Section.objects.get(name="Algebra I, period 3")
    assert section.memberships.learners().count() == 13
    assert section.memberships.instructors().get().user.username == "teacher"
    for username, password in passwords.items():
        assert User.objects.get(username=username).check_password(password)
    ana, admin = User.objects.get(username="ana"), User.objects.get(username="admin")
    assert (ana.is_instructor, ana.is_staff) == (False, False)
    assert admin.is_superuser
    assert Event.objects.filter(learner=ana).exists()


def test_the_log_reads_like_a_real_one(course, short_lives):
    load()
    for learner in LEARNERS:
        events = list(Event.objects.filter(learner__first_name=learner.first_name).order_by("number"))
        assert [event.number for event in events] == list(range(1, len(events) + 1))
        assert all(earlier.at <= later.at for earlier, later in pairwise(events))
        assert 0 <= (timezone.now() - events[0].at).days <= 21
        assert events[-1].at < timezone.now()
        attempts = [event for event in events if event.kind == Event.Kind.ATTEMPT]
        assert all(0 <= event.student_probability <= 1 and event.route for event in attempts)
        assert all(event.text == "5" for event in attempts if event.correct)
        assert all(event.text == "25/3" and event.misconception for event in attempts if not event.correct)


def test_the_caches_are_those_of_the_log(course, short_lives):
    load()
    user = User.objects.get(first_name="Hana")
    record = Record.objects.get(learner=user)
    assert record.event_count == Event.objects.filter(learner=user).count()
    before = list(
        SkillState.objects.filter(learner=user).order_by("skill").values_list("skill", "mastery", "sd", "attempts")
    )
    assert before
    rooms.forget_all()
    rebuild(user, course)
    after = list(
        SkillState.objects.filter(learner=user).order_by("skill").values_list("skill", "mastery", "sd", "attempts")
    )
    assert before == after


def test_the_second_time_only_the_passwords_are_new(course, short_lives, monkeypatch):
    first, _ = load()
    events = Event.objects.count()
    monkeypatch.setattr(demo_history, "make_learners", lambda *a, **k: pytest.fail("the class was made again"))
    second, _ = load()
    assert Event.objects.count() == events
    assert User.objects.count() == 15
    assert set(first) == set(second)
    assert not set(first.values()) & set(second.values())
    assert not User.objects.get(username="ana").check_password(first["ana"])


def test_what_a_broken_run_left_out_is_made_by_the_next(course, short_lives):
    load()
    User.objects.get(first_name="Mia").delete()
    load()
    assert Event.objects.filter(learner__first_name="Mia").exists()
    assert User.objects.count() == 15


def test_a_class_that_was_renamed_stays_the_demo_class(course, short_lives):
    load()
    Section.objects.update(name="Mine now")
    load()
    assert Section.objects.count() == 1


def test_an_account_of_the_same_name_that_is_somebodys_own_is_left_alone(course, short_lives):
    own = UserFactory(username="admin", email="head@school.example")
    passwords, printed = load()
    own.refresh_from_db()
    assert not own.is_superuser
    assert list(passwords) == ["ana", "teacher"]
    assert "'admin'" in printed


def test_on_a_production_database_it_refuses_and_changes_nothing(course, short_lives, monkeypatch):
    monkeypatch.setattr(environment, "database_url", "postgres://db/tutor")
    with pytest.raises(CommandError, match="--force"):
        call_command("load_demo", stdout=StringIO())
    assert not User.objects.exists()
    call_command("load_demo", "--force", stdout=StringIO())
    assert User.objects.count() == 15


def test_without_the_course_it_says_what_to_do():
    with pytest.raises(CommandError, match="load_course"):
        call_command("load_demo", stdout=StringIO())
    assert not User.objects.exists()


def test_without_a_teacher_it_says_what_to_do(course):

    TeacherVersion.objects.all().delete()
    rooms.forget_all()
    with pytest.raises(CommandError, match="register_weights"):
        call_command("load_demo", stdout=StringIO())
    assert not Event.objects.exists()


def test_the_same_learner_lives_the_same_life(course, short_lives):
    now = timezone.now()
    section = demo_section(course)
    lives = []
    for _ in range(2):
        make_learners([SimulatedLearner("Ben", "Okafor", "weak")], section=section, now=now, say=lambda _: None)
        lives.append(
            list(Event.objects.order_by("number").values_list("step", "correct", "at", "text", "student_probability"))
        )
        User.objects.filter(first_name="Ben").delete()
    assert lives[0] == lives[1]


def test_breaks_are_shortened_and_sittings_are_not():
    day = 86_400.0
    times = [0.0, 60.0, 100 * day, 100 * day + 30.0]
    events = [Attempt("p/s", True, at, 5.0, 0, 1) for at in times]
    ends = timezone.now()
    moved = in_the_last_weeks(events, begins=ends - timedelta(weeks=3), ends=ends)
    gaps = [later.at - earlier.at for earlier, later in pairwise(moved)]
    assert gaps[0] == pytest.approx(60, abs=0.01)
    assert gaps[2] == pytest.approx(30, abs=0.01)
    assert moved[-1].at == pytest.approx(ends.timestamp(), abs=0.01)
    assert moved[0].at == pytest.approx(ends.timestamp() - 21 * day, abs=0.01)


def test_accounts_are_made_in_one_go_and_passwords_differ():
    accounts = open_accounts(lambda _: None)
    assert len({account.password for account in accounts}) == 3
    assert all(len(account.password) == 14 for account in accounts)
    assert Membership.objects.count() == 0
