"""The same code on PostgreSQL and Redis, where they are installed (Debian: postgresql, redis-server).

Skipped with a reason where they are not; with REQUIRE_SERVICES=1 their absence is a failure.
"""

import json
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.integration.conftest import SAMPLE_COURSE, check_vocabulary, key_of, make_learners, wrong_for
from tests.site import Learner, Site, free_port, wait_for

pytestmark = pytest.mark.slow


def missing(what: str) -> None:
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(f"{what}, and REQUIRE_SERVICES=1 asks for it.")
    pytest.skip(f"{what}.")


def newest_postgres() -> Path:
    """The folder with initdb and postgres."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    if initdb := shutil.which("initdb"):
        return Path(initdb).resolve().parent
    missing("PostgreSQL is not installed")
    raise AssertionError


def as_nobody_special(folder: Path) -> dict[str, Any]:
    """How to start a program that refuses to run as root: as the owner of nothing but this folder."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, user.pw_uid, user.pw_gid)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    missing("There is no user but root to run PostgreSQL as")
    raise AssertionError


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL of our own, empty."""
    binaries = newest_postgres()
    folder = Path(tempfile.mkdtemp(prefix="tutor-postgres-"))
    process = None
    try:
        who = as_nobody_special(folder)
        data = folder / "data"
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "tutor", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True, capture_output=True, cwd=folder, **who,
        )  # fmt: skip
        port = free_port()
        process = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder, "-c", "fsync=off"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **who,
        )  # fmt: skip
        address = f"postgresql://tutor@127.0.0.1:{port}/postgres"
        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(address, connect_timeout=2).close()
                break
            except psycopg.OperationalError:
                assert process.poll() is None, "PostgreSQL ended at once"
                assert time.monotonic() < deadline, "PostgreSQL did not come up"
                time.sleep(0.1)
        yield address
    finally:
        if process is not None:
            process.terminate()
            process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def redis_address() -> Iterator[str]:
    """The address of a Redis of our own."""
    program = shutil.which("redis-server")
    if program is None:
        missing("Redis is not installed")
    port, folder = free_port(), Path(tempfile.mkdtemp(prefix="tutor-redis-"))
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
        stdout=subprocess.DEVNULL,
    )
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(10)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def production(postgres: str, redis_address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site on both, with two courses and two live workers."""
    with Site(env={"DATABASE_URL": postgres, "REDIS_URL": redis_address}, course=SAMPLE_COURSE) as site:
        other = tmp_path_factory.mktemp("other") / "other"
        shutil.copytree(SAMPLE_COURSE, other)
        course = json.loads((other / "course.json").read_text())
        (other / "course.json").write_text(json.dumps({**course, "slug": "other", "title": "Other course"}))
        site.manage("load_course", str(other))
        site.start_worker("worker2")
        yield site


@pytest.fixture(scope="module")
def ask(postgres: str, production: Site):
    """Asks the site's database."""

    def ask(sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(postgres) as connection:
            return connection.execute(sql, values).fetchall()

    return ask


def log_of(ask: Any, username: str, course: str) -> list[tuple[Any, ...]]:
    """(number, turn) of a learner's log of a course."""
    return ask(
        "SELECT e.number, e.turn FROM learners_event e JOIN learners_user u ON u.id = e.learner_id"
        " JOIN courses_course c ON c.id = e.course_id WHERE u.username = %s AND c.slug = %s ORDER BY e.number",
        username,
        course,
    )


def chat_away(learner: Learner, texts: list[str]) -> list[dict[str, Any]]:
    with learner.socket() as socket:
        socket.ready()
        done = [socket.ask(text) for text in texts]
        check_vocabulary(socket)
    return done


def test_the_main_loop_runs_on_postgresql_and_redis(production: Site, ask):
    [learner] = make_learners(production, ["ada"])
    with learner.socket() as socket:
        problem = socket.ready()["standing"]["problem"]
        wrong = socket.ask(wrong_for(problem))
        hinted = socket.ask("hint")
        right = socket.ask(key_of(problem))
        following = socket.ask("next")
        check_vocabulary(socket)
    moves = [frame["turn"]["move"] for frame in (wrong, hinted, right, following)]
    assert moves == ["focus", "hint", "confirm", "next"]
    assert [number for number, _turn in log_of(ask, "ada", "sample")] == [1, 2, 3, 4]
    assert any(skill["attempts"] == 2 for skill in right["standing"]["skills"])
    assert ask("SELECT count(*) FROM django_migrations")[0][0] > 20  # it was this database


def test_the_log_rebuilds_the_rows_on_postgresql_bit_for_bit(production: Site):
    [learner] = make_learners(production, ["grace"])
    chat_away(learner, ["977", "hint", "978", "next", "11", "thanks", "12", "13", "14", "hint", "next", "977"])
    before, after = production.shell("""
from tutor_app.courses.models import Course
from tutor_app.learners.models import Record, SkillState, User
from tutor_app.registry.classrooms import rebuild
user, course = User.objects.get(username="grace"), Course.objects.get(slug="sample")
def rows():
    states = list(SkillState.objects.filter(learner=user).order_by("skill").values())
    records = list(Record.objects.filter(learner=user).values())
    return [
        [sorted((k, repr(v)) for k, v in row.items() if k not in ("id", "updated_at")) for row in each]
        for each in (states, records)
    ]
before = rows()
SkillState.objects.filter(learner=user).delete()
rebuild(user, course)
result = [before, rows()]
""")
    assert before[0]
    assert before == after


def test_one_learner_in_two_courses_at_once_has_two_whole_logs(production: Site, ask):
    [here] = make_learners(production, ["emmy"])
    [there] = make_learners(production, ["emmy"], course="other")
    texts = ["977", "hint", "thanks", "978", "next", "summary"] * 2
    with ThreadPoolExecutor(2) as threads:
        for done in threads.map(lambda learner: chat_away(learner, texts), [here, there]):
            assert [frame["turn"]["state"] for frame in done] == ["done"] * len(texts)
    for course in ("sample", "other"):
        log = log_of(ask, "emmy", course)
        assert [number for number, _turn in log] == list(range(1, len(log) + 1))
        assert len({turn for _number, turn in log}) == len(texts)


def test_two_conversations_of_one_course_at_once_share_one_log_without_twins_or_losses(production: Site, ask):
    [first] = make_learners(production, ["sofia"])
    # The pages open one conversation per course; a second one comes about only beside them, and must do no harm.
    second = production.shell("""
from uuid import uuid4
from django.utils import timezone
from tutor_app.courses.models import Course
from tutor_app.learners.models import User
from tutor_app.tutoring.models import Session, Turn
from tutor_app.tutoring.tasks import queue_reply
session = Session.objects.create(learner=User.objects.get(username="sofia"), course=Course.objects.get(slug="sample"))
queue_reply(Turn.objects.create(pk=uuid4(), session=session, number=1, accepted_at=timezone.now()).pk)
result = str(session.pk)
""")
    other = Learner(production, "sofia", first.cookie, second)
    texts = ["977", "978", "thanks", "hint"] * 5
    with ThreadPoolExecutor(2) as threads:
        for done in threads.map(lambda learner: chat_away(learner, texts), [first, other]):
            assert [frame["turn"]["state"] for frame in done] == ["done"] * len(texts)
    log = log_of(ask, "sofia", "sample")
    assert [number for number, _turn in log] == list(range(1, len(log) + 1))
    assert len({turn for _number, turn in log}) == 2 * len(texts)
    [(count,)] = ask(
        "SELECT r.event_count FROM learners_record r JOIN learners_user u ON u.id = r.learner_id"
        " WHERE u.username = 'sofia'"
    )
    assert count == len(log)


def test_the_same_message_ten_times_at_once_is_one_turn(production: Site, ask):
    [learner] = make_learners(production, ["mary"])
    turn = uuid4()

    def send(_: int) -> dict[str, Any]:
        with learner.socket() as socket:
            socket.ready()
            socket.say("977", turn)
            return socket.done(str(turn))

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(send, range(10)))
    assert len({"".join(answer["turn"]["reply"]) for answer in answers}) == 1
    assert len(log_of(ask, "mary", "sample")) == 1


def test_one_id_in_two_conversations_at_the_same_moment_is_refused_in_one_of_them(production: Site):
    [here] = make_learners(production, ["rosa"])
    [there] = make_learners(production, ["rosa"], course="other")
    with here.socket() as one, there.socket() as other:
        one.ready()
        other.ready()
        for _ in range(5):
            turn = uuid4()
            with ThreadPoolExecutor(2) as threads:
                list(threads.map(lambda socket: socket.say("thanks", turn), [one, other]))  # noqa: B023
            first = [next(f for f in iter(s.receive, None) if f["type"] in ("done", "refused")) for s in (one, other)]
            assert sorted(frame["type"] for frame in first) == ["done", "refused"]


def test_a_worker_killed_in_mid_turn_is_replaced_by_the_other(production: Site, ask):
    [learner] = make_learners(production, ["lise"])
    with learner.socket() as socket:
        socket.ready()
        said = [socket.say(text) for text in ("977", "978", "thanks")]
        production.kill("worker")
        done = [socket.done(turn, 40)["turn"]["state"] for turn in said]
    production.start_worker()
    wait_for(lambda: production.processes["worker"].poll() is None, "the worker", production)
    assert done == ["done"] * 3
    assert [number for number, _turn in log_of(ask, "lise", "sample")] == [1, 2, 3]
