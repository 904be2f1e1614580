"""A real OpenAI-compatible server, `transformers serve`, with a tiny model made here. Nothing is fetched."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.site import free_port
from tests.tutoring.voices.conftest import SAYS, Tiny, spoken
from tutor_app.tutoring.voices import grounded
from tutor_app.tutoring.voices.grounded import Matter
from tutor_app.tutoring.voices.openai import OpenAIWriter, Server
from tutor_app.tutoring.voices.writing import Patience, Why

pytestmark = pytest.mark.slow
PATIENT = Patience(30, 60)


@pytest.fixture(scope="module")
def served(tiny: Tiny, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    program = Path(sys.executable).parent / "transformers"
    log = tmp_path_factory.mktemp("serve") / "log"
    offline = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    with log.open("wb") as out:
        server = subprocess.Popen(
            [program, "serve", "--host", "127.0.0.1", "--port", str(port), "--device", "cpu", str(tiny.path)],
            env={**os.environ, **offline},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        for _ in range(240):
            assert server.poll() is None, log.read_text()[-2000:]
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1):
                    break
            except OSError:
                time.sleep(0.5)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        server.wait(10)


def test_a_served_model_speaks_in_the_reply_and_its_tokens_are_counted(right: Matter, tiny: Tiny, served: str):
    writer = OpenAIWriter(Server(served, silence_s=30), str(tiny.path))
    reply, account = spoken(right, writer, patience=PATIENT)
    assert "".join(reply) == f"Yes, $x = 977$ is right. {SAYS}\n\nSay “next” when you are ready for another."
    assert (account.sentences, account.why) == (2, Why.NONE)
    assert account.tokens.counted
    assert account.tokens.read > 300
    assert 5 < account.tokens.written < 40


def test_the_wrong_name_of_a_model_leaves_the_course_words(right: Matter, served: str):
    reply, account = spoken(right, OpenAIWriter(Server(served, silence_s=30), "gpt-none"), patience=PATIENT)
    assert "".join(reply) == "".join(grounded.say(right))
    assert account.why == Why.REFUSED
    assert "400" in account.detail


def test_a_model_that_babbles_leaves_the_course_words(not_yet: Matter, tiny: Tiny, served: str):
    """Asked about something that it has not learnt, so tiny a model says what may not be said, or is kind."""
    writer = OpenAIWriter(Server(served, silence_s=30), str(tiny.path))
    reply, account = spoken(not_yet, writer, message="what is a slope, and " * 30, patience=PATIENT)
    script = "".join(grounded.say(not_yet))
    assert "".join(reply) == script or account.sentences
    assert "".join(reply).startswith("Not yet.")
