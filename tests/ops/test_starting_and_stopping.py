"""`make run` starts every process, stops every process, and says in one sentence why it cannot start."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import run
from tests.ops.stand_in import build_site

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc to see which processes are left"),
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """One start of a stand-in site."""

    def __init__(self, site: Path, port: int) -> None:
        self.site = site
        self.output = site / f"output-{time.monotonic_ns()}.txt"
        env = {
            name: value
            for name, value in os.environ.items()
            if name not in ("TUTOR_VAR", "REDIS_URL", "DATABASE_URL", run.MARK)
        }
        with self.output.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "deploy.run", "--port", str(port)],
                cwd=site,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def text(self) -> str:
        return self.output.read_text()

    def wait_for(self, words: str, seconds: float = 60) -> str:
        deadline = time.monotonic() + seconds
        while words not in self.text():
            assert self.process.poll() is None, self.text()
            assert time.monotonic() < deadline, self.text()
            time.sleep(0.1)
        return self.text()

    def processes(self) -> list[int]:
        return run.marked_processes(self.site / "var")

    def gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.1)
        return not self.processes()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_site(tmp_path_factory.mktemp("site"))


@pytest.fixture
def running(site: Path) -> Iterator[Running]:
    started = Running(site, free_port())
    try:
        started.wait_for("Ctrl-C stops it")
        yield started
    finally:
        if started.process.poll() is None:
            started.process.kill()
            started.process.wait()
        run.end_processes(started.processes())


def test_a_start_shows_the_address_and_three_accounts_and_ctrl_c_leaves_no_process(running: Running) -> None:
    text = running.text()
    assert re.search(r"Ready after \d+ s:  http://127\.0\.0\.1:\d+", text)
    assert re.findall(r"^  (\w+) +(\w+) +password (\S+)$", text, re.M) == [
        ("learner", "lea", "pw-learner"),
        ("teacher", "ins", "pw-instructor"),
        ("admin", "adm", "pw-administrator"),
    ]
    assert (running.site / "var").stat().st_mode & 0o077 == 0  # learners' data is for nobody else on this machine
    assert len(running.processes()) >= 6  # supervisor, redis, web, two workers, beat
    os.killpg(running.process.pid, signal.SIGINT)
    os.killpg(running.process.pid, signal.SIGINT)  # an impatient person presses twice
    assert running.process.wait(timeout=40) == 0
    assert running.processes() == []
    assert "Traceback" not in running.text()


def test_a_closed_terminal_leaves_no_process(running: Running) -> None:
    os.killpg(running.process.pid, signal.SIGHUP)
    assert running.process.wait(timeout=40) == 0
    assert running.processes() == []


def test_a_second_start_is_told_where_the_first_one_runs(running: Running) -> None:
    second = Running(running.site, free_port())
    assert second.process.wait(timeout=20) == 1
    assert f"running already (process {running.process.pid}, http://127.0.0.1:" in second.text()
    assert "Traceback" not in second.text()
    assert running.process.poll() is None


def test_what_a_crashed_run_left_behind_is_ended_by_the_next_start(site: Path) -> None:
    first = Running(site, free_port())
    first.wait_for("Ctrl-C stops it")
    supervisor = int(
        subprocess.run(
            ["ps", "--ppid", str(first.process.pid), "-o", "pid="], capture_output=True, text=True, check=True
        ).stdout
    )
    os.kill(supervisor, signal.SIGKILL)  # nobody is left to end the others ...
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()
    while supervisor in first.processes():  # dying, and soon collected
        time.sleep(0.05)
    orphans = first.processes()
    assert len(orphans) == 5
    second = Running(site, free_port())
    try:
        text = second.wait_for("Ctrl-C stops it")
        assert f"left {len(orphans)} processes behind" in text
        assert not set(orphans) & set(second.processes())
    finally:
        second.process.terminate()
        assert second.process.wait(timeout=40) == 0
    assert second.processes() == []


def test_when_the_start_command_is_killed_outright_everything_ends_with_it(running: Running) -> None:
    running.process.kill()
    assert running.gone_within(30)


def test_a_program_that_cannot_start_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    site = build_site(tmp_path)
    (site / "tutor_app" / "asgi.py").write_text("raise RuntimeError('the pages are missing')\n")
    started = Running(site, free_port())
    assert started.process.wait(timeout=60) == 1
    text = started.text()
    assert "The web server does not start; its log ends:" in text
    assert "RuntimeError: the pages are missing" in text
    assert "Traceback" not in text
    assert started.processes() == []


def test_on_a_database_of_ones_own_no_demo_accounts_are_made(tmp_path: Path) -> None:
    site = build_site(tmp_path)
    (site / ".env").write_text("DATABASE_URL=sqlite:///other.sqlite3\n")
    started = Running(site, free_port())
    text = started.wait_for("Ctrl-C stops it")
    started.process.terminate()
    assert started.process.wait(timeout=40) == 0
    assert "no demo accounts are made" in text
    assert "password" not in text


def test_a_preparation_that_fails_is_named_with_its_last_words(tmp_path: Path) -> None:
    site = build_site(tmp_path)
    (site / "manage.py").write_text("import sys; sys.exit('CommandError: course.json is missing')\n")
    started = Running(site, free_port())
    assert started.process.wait(timeout=60) == 1
    assert "Preparing the database failed: CommandError: course.json is missing" in started.text()
    assert "Traceback" not in started.text()
    assert started.processes() == []


def test_ctrl_c_during_the_preparation_ends_that_too(tmp_path: Path) -> None:
    site = build_site(tmp_path)
    (site / "manage.py").write_text("import time; time.sleep(60)\n")
    started = Running(site, free_port())
    started.wait_for("Preparing the database ...")
    os.killpg(started.process.pid, signal.SIGINT)
    assert started.process.wait(timeout=30) == 0
    assert "Traceback" not in started.text()
    assert started.processes() == []
