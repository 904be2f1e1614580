"""One real site for all integration tests: Redis-compatible server, web, live worker, a database file."""

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from tests.site import Learner, Site, Socket
from tutor_app.tutoring.messages import ToBrowser

SAMPLE_COURSE = Path(__file__).resolve().parent.parent / "sample_course"
VOCABULARY: TypeAdapter[Any] = TypeAdapter(ToBrowser)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.integration)


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with Site(course=SAMPLE_COURSE) as site:
        yield site


def make_learners(site: Site, usernames: list[str], course: str = "sample") -> list[Learner]:
    """Signed-in learners with an open conversation each, all from one process."""
    made = site.shell(f"""
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone
from tutor_app.courses.models import Course
from tutor_app.learners.models import User
from tutor_app.tutoring.turns import open_session
from tutor_app.tutoring.tasks import queue_reply
course, result = Course.objects.get(slug={course!r}), []
for username in {usernames!r}:
    user, _ = User.objects.get_or_create(username=username)
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    session, greeting = open_session(learner=user, course=course, section=None, now=timezone.now())
    queue_reply(greeting.pk)
    result.append([username, store.session_key, str(session.pk)])
""")
    return [Learner(site, *each) for each in made]


@pytest.fixture(scope="session")
def learners(site: Site) -> Iterator[Learner]:
    return iter(make_learners(site, [f"learner{n}" for n in range(60)]))


@pytest.fixture
def learner(learners: Iterator[Learner]) -> Learner:
    """Somebody new, whom no other test has met."""
    return next(learners)


@pytest.fixture(scope="session")
def rows(site: Site) -> Callable[..., list[tuple[Any, ...]]]:
    """Asks the site's database file."""

    def rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(f"file:{site.var / 'tutor.sqlite3'}?mode=ro", uri=True, timeout=20)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    return rows


def turns_of(rows: Callable[..., list[tuple[Any, ...]]], learner: Learner) -> list[tuple[Any, ...]]:
    """(state, begun, text) of the learner's turns, the greeting left out."""
    session = learner.session.replace("-", "")
    return rows(
        "SELECT state, begun, text FROM tutoring_turn WHERE session_id = ? AND text != '' ORDER BY number", session
    )


def events_of(rows: Callable[..., list[tuple[Any, ...]]], learner: Learner) -> list[tuple[Any, ...]]:
    """(number, kind, text) of the learner's log."""
    return rows(
        "SELECT number, kind, text FROM learners_event JOIN learners_user u ON u.id = learner_id"
        " WHERE u.username = ? ORDER BY number",
        learner.username,
    )


def key_of(problem: dict[str, Any]) -> str:
    """The right answer, worked out from what the learner sees, as a learner does."""
    if problem["answer_kind"] == "choice":
        return "The addition"
    if found := re.fullmatch(r"\$x \+ (\d+) = (\d+)\$", problem["body"]):
        return str(int(found[2]) - int(found[1]))
    if found := re.fullmatch(r"\$(\d+) = (\d+) \+ n\$", problem["body"]):
        return str(int(found[1]) - int(found[2]))
    a, b, c = map(int, re.fullmatch(r"\$(\d+)x \+ (\d+) = (\d+)\$", problem["body"]).groups())
    return str((c - b) // a)


def wrong_for(problem: dict[str, Any]) -> str:
    return "The multiplication" if problem["answer_kind"] == "choice" else "977"


def check_vocabulary(socket: Socket) -> None:
    for frame in socket.seen:
        VOCABULARY.validate_python(frame)


def wait_until(true: Callable[[], Any], timeout_s: float = 20) -> Any:
    deadline = time.monotonic() + timeout_s
    while not (value := true()):
        assert time.monotonic() < deadline, f"not within {timeout_s} s"
        time.sleep(0.1)
    return value
