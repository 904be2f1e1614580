"""What is checked before anything runs: the port, the data folder, the settings, what the demo says."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import run
from models_core.embeddings import FILES

ROOT = Path(__file__).resolve().parent.parent.parent


def test_a_taken_port_is_said_in_one_sentence_with_the_command_that_avoids_it() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(run.CannotRun) as refusal:
            run.check_port("127.0.0.1", port)
    assert str(refusal.value) == (
        f"Port {port} is taken by another program: stop that one, or start here with make run PORT={port + 1}."
    )


def test_a_free_port_is_accepted_and_left_free() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    run.check_port("127.0.0.1", port)
    run.check_port("127.0.0.1", port)


@pytest.mark.parametrize("text", ["", "http", "0", "65536", "-1", "8000.5", "8000; ls", "٨٠٠٠"])
def test_a_port_that_is_no_port_number_is_refused(text: str) -> None:
    with pytest.raises(run.CannotRun, match="PORT is"):
        run.port_number(text)


@pytest.mark.parametrize("address", ["203.0.113.7", "no such host", "a" * 300])
def test_an_address_of_another_machine_is_refused(address: str) -> None:
    with pytest.raises(run.CannotRun, match="no address of this machine"):
        run.check_port(address, 8000)


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("tutor.local", "http://tutor.local:8000"),
    ],
)
def test_the_address_shown_is_one_a_browser_can_open(address: str, url: str) -> None:
    assert run.url_of(address, 8000) == url


def test_the_demo_accounts_are_read_from_the_last_line_it_prints() -> None:
    line = '{"accounts": [{"role": "learner", "username": "ana", "password": "p w"}]}'
    assert run.accounts_from(f"loading\n{line}\n") == [run.Account("learner", "ana", "p w")]


@pytest.mark.parametrize("printed", ["", "done", '{"accounts": [{}]}', '{"accounts": null}', "[]", "3"])
def test_a_demo_that_does_not_say_its_accounts_is_a_sentence(printed: str) -> None:
    with pytest.raises(run.CannotRun, match="did not say its accounts"):
        run.accounts_from(printed)


def test_the_last_words_of_a_log_skip_empty_lines_and_name_the_file(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    assert run.last_words(log) == f"there is nothing in {log}"
    log.write_text("\n")
    assert run.last_words(log) == f"{log} is empty"
    log.write_text("one\ntwo\n\n three \n\n")
    assert run.last_words(log, 2) == f"two / three (see {log})"


def test_a_data_folder_has_one_run_at_a_time(tmp_path: Path) -> None:
    with (
        run.only_one(tmp_path, "http://127.0.0.1:8000"),
        pytest.raises(run.CannotRun, match=rf"process {os.getpid()}, http://127.0.0.1:8000"),
        run.only_one(tmp_path, "http://127.0.0.1:8001"),
    ):
        pass
    with run.only_one(tmp_path, "http://127.0.0.1:8002"):
        assert "8002" in (tmp_path / "run.lock").read_text()


def test_a_lock_file_left_by_a_crash_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "run.lock").write_text("process 1, http://127.0.0.1:8000\n")
    with run.only_one(tmp_path, "http://127.0.0.1:8001"):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_only_processes_of_the_same_data_folder_are_found_and_ended(tmp_path: Path) -> None:
    sleepers = []
    for folder in (tmp_path / "mine", tmp_path / "mine2"):
        env = {**os.environ, run.MARK: str(folder)}
        sleepers.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], env=env))
    mine, other = sleepers
    try:
        assert run.marked_processes(tmp_path / "mine") == [mine.pid]
        run.end_processes([mine.pid])
        assert mine.wait(timeout=5) != 0
        assert other.poll() is None
    finally:
        for sleeper in sleepers:
            sleeper.kill()
            sleeper.wait()


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    from tutor_app.environment import Environment

    text = (ROOT / ".env.example").read_text()
    documented = re.findall(r"^#?([A-Z][A-Z_]+)=", text, re.M)
    settings = [str(field.validation_alias or name).upper() for name, field in Environment.model_fields.items()]
    assert sorted(documented) == sorted(settings)


def test_the_documented_defaults_are_the_real_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    from tutor_app.environment import Environment

    for name, field in Environment.model_fields.items():
        monkeypatch.delenv(str(field.validation_alias or name).upper(), raising=False)
    assert Environment(_env_file=ROOT / ".env.example") == Environment(_env_file=None)


def test_the_encoder_is_made_where_any_file_of_it_is_missing() -> None:
    assert run.ENCODER_FILES == FILES
