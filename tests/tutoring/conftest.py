"""A loaded course, small real models that serve it, a real checker, and a learner who walks through it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest

from tests.factories import LONG_AGO, UserFactory
from tests.weights import encoder_path, save_small_models
from tutor_app.courses.loading import load_course
from tutor_app.courses.models import Course
from tutor_app.learners.models import User
from tutor_app.registry.classrooms import rooms
from tutor_app.registry.shipped import register_weights
from tutor_app.tutoring import turns
from tutor_app.tutoring.checking import CheckerPool
from tutor_app.tutoring.models import Session, Turn
from tutor_app.tutoring.reply import answer_turn
from tutor_app.tutoring.table import Table, table_of

SAMPLE_COURSE = Path(__file__).resolve().parent.parent / "sample_course"
NAMES = UUID("6f9d3f0e-5f1c-4f7e-9a54-0d8f3c1c2b11")


@pytest.fixture(scope="session")
def checker() -> Iterator[CheckerPool]:
    with CheckerPool(size=1) as pool:
        assert pool.wait_ready()
        yield pool


@pytest.fixture(scope="session")
def small_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_small_models(tmp_path_factory.mktemp("weights"))


@pytest.fixture
def course(db: None) -> Course:
    load_course(SAMPLE_COURSE)
    return Course.objects.get(slug="sample")


@pytest.fixture
def served(course: Course, small_models: Path, settings: Any) -> Iterator[Course]:
    """The sample course with models in service."""
    settings.ENCODER_PATH = encoder_path()
    rooms.forget_all()
    register_weights(small_models)
    yield course
    rooms.forget_all()


@dataclass
class Walk:
    """One learner's conversation without a browser: says something, has it answered at once, a minute apart."""

    session_id: UUID
    learner: User
    checker: CheckerPool
    commit: Callable[..., AbstractContextManager[Any]]
    now: datetime = LONG_AGO
    said: int = 0
    turns: list[Turn] = field(default_factory=list)

    def say(self, text: str) -> Turn:
        """The turn, done. The minutes and the ids are the same in every run."""
        self.now += timedelta(minutes=1)
        self.said += 1
        turn_id = uuid5(NAMES, f"{self.learner.username} {self.said}")
        turns.accept_turn(session_id=self.session_id, learner=self.learner, turn_id=turn_id, text=text, now=self.now)
        return self.answer(turn_id)

    def answer(self, turn_id: UUID) -> Turn:
        with self.commit(execute=True):
            answer_turn(turn_id, checker=self.checker)
        turn = Turn.objects.get(pk=turn_id)
        self.turns.append(turn)
        return turn

    @property
    def session(self) -> Session:
        return Session.objects.select_related("course", "learner").get(pk=self.session_id)

    @property
    def table(self) -> Table:
        table = table_of(self.session)
        assert table is not None
        return table

    def right(self) -> Turn:
        """The key of the step on the table, typed as a learner would."""
        return self.say(self.table.step.answers[0])

    def wrong(self) -> Turn:
        """An answer that no misconception explains."""
        return self.say("The multiplication" if self.table.step.answer_kind == "choice" else "977")

    def go_to(self, problem: str) -> None:
        """Asks for the next problem until this one is on the table."""
        for _ in range(12):
            if self.table.problem.slug == problem and not self.session.solved:
                return
            self.say("next")
        raise AssertionError(f"{problem} never came")


@pytest.fixture
def begin(
    served: Course, checker: CheckerPool, django_capture_on_commit_callbacks: Callable[..., Any]
) -> Callable[..., Walk]:
    """Begins a conversation of a new learner; the tutor has greeted."""

    def begin(username: str = "mia", learner: User | None = None) -> Walk:
        learner = learner or UserFactory(username=username)
        session, greeting = turns.open_session(learner=learner, course=served, section=None, now=LONG_AGO)
        walk = Walk(session.pk, learner, checker, django_capture_on_commit_callbacks)
        if greeting is not None:
            # The greeting's id is random; a fixed one makes the first problem the same in every run.
            Turn.objects.filter(pk=greeting.pk).delete()
            fixed = Turn.objects.create(
                pk=uuid5(NAMES, f"{learner.username} 0"), session=session, number=1, accepted_at=LONG_AGO
            )
            walk.answer(fixed.pk)
        return walk

    return begin


@pytest.fixture
def walk(begin: Callable[..., Walk]) -> Walk:
    return begin()
