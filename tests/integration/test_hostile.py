"""Bad frames, bad answers, other people's doors: each gets a sentence or a closed door, and changes nothing."""

import json
import time
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.integration.conftest import check_vocabulary, events_of, turns_of
from tests.site import Learner, Site

ID = "00000000-0000-4000-8000-0000000000"


def say(text: str, **more: object) -> str:
    return json.dumps({"type": "say", "turn": str(uuid4()), "text": text, **more})


FRAMES = {
    "empty": "",
    "blank": " ",
    "100 kB": "x" * 100_000,
    "100 kB of JSON": say("x" * 100_000),
    "a text over the limit": say("x" * 2001),
    "an empty text": say(""),
    "a text of spaces": say("   "),
    "a NUL": say("a\x00b"),
    "binary": b"\x00\x01\xff",
    "binary JSON": say("5").encode(),
    "half a JSON": '{"type": "say", "turn": ',
    "two JSONs": say("5") + say("6"),
    "a number": "42",
    "null": "null",
    "a list": "[]",
    "NaN": "NaN",
    "an unknown field": say("5", admin=True),
    "an unknown type": '{"type": "promote", "turn": "x"}',
    "a type of the server's": '{"type": "done", "turn": {}}',
    "no type": '{"turn": "x", "text": "5"}',
    "a text that is an object": '{"type": "say", "turn": "' + ID + '01", "text": {"$ne": ""}}',
    "an id that is none": '{"type": "say", "turn": "1; DROP TABLE", "text": "5"}',
    "a lone surrogate": '{"type": "say", "turn": "' + ID + '02", "text": "\\ud800"}',
    "a lone surrogate in a name": '{"type": "say", "\\udfff": 1}',
    "deep lists": "[" * 10_000,
    "deep objects": '{"a":' * 3_000 + "1" + "}" * 3_000,
    "a negative number": '{"type": "resume", "turn": "' + ID + '03", "after": -1}',
    "a huge number": '{"type": "resume", "turn": "' + ID + '04", "after": 1' + "0" * 400 + "}",
    "a turn that is not there": '{"type": "resume", "turn": "' + ID + '05"}',
}


@pytest.fixture(scope="module")
def patient(learners):
    """One learner who bears all bad frames over one line, to show that it stays open."""
    learner = next(learners)
    with learner.socket() as socket:
        socket.ready()
        yield learner, socket
        assert socket.ask("thanks")["turn"]["state"] == "done"
        check_vocabulary(socket)


@pytest.mark.parametrize("name", FRAMES)
def test_a_bad_frame_gets_a_sentence_and_changes_nothing(patient, rows, name: str):
    learner, socket = patient
    time.sleep(0.06)  # below the limit of frames per second
    socket.send(FRAMES[name])
    refused = socket.receive(5)
    assert refused["type"] == "refused"
    assert 10 < len(refused["reason"]) < 300
    assert refused["reason"].endswith((".", ")."))
    assert turns_of(rows, learner) == []
    assert events_of(rows, learner) == []


def test_a_name_that_cannot_be_said_does_not_break_the_line(patient):
    _learner, socket = patient
    socket.send('{"type": "say", "turn": "' + ID + '06", "text": "5", "' + "ä" * 5000 + '": 1}')
    assert len(socket.until("refused")["reason"]) < 300


def say_and_hear(socket) -> None:
    """Sends nonsense until the line is cut."""
    for _ in range(10):
        socket.send("x")
        socket.receive(5)


def test_more_frames_than_a_person_sends_are_refused_with_a_pause_and_then_the_door_is_shut(learner: Learner):
    with learner.socket() as socket:
        socket.ready()
        for _ in range(60):
            socket.send("x")
        hasty = [socket.receive(5) for _ in range(60)]
        assert any(frame["retry_after_s"] for frame in hasty)
        for _ in range(39):
            socket.send("x")
            socket.receive(5)
        with pytest.raises(ConnectionClosed) as closed:
            say_and_hear(socket)
        assert closed.value.rcvd.code == 4429


def test_a_turn_of_somebody_elses_conversation_is_not_to_be_had(learners, rows):
    mine, theirs = next(learners), next(learners)
    with theirs.socket() as socket:
        socket.ready()
        turn = socket.say("my secret thought")
        socket.done(turn)
    with mine.socket() as socket:
        socket.ready()
        socket.send({"type": "resume", "turn": turn})
        assert "not yours" in socket.until("refused")["reason"]
        socket.send({"type": "say", "turn": turn, "text": "hint"})
        assert "not yours" in socket.until("refused")["reason"]
        assert "secret" not in json.dumps(socket.seen)
    assert len(turns_of(rows, theirs)) == 1
    assert turns_of(rows, mine) == []


def test_somebody_elses_conversation_is_shut(learners):
    mine, theirs = next(learners), next(learners)
    with mine.socket(session=theirs.session) as socket:
        assert "not yours" in socket.receive()["reason"]
        with pytest.raises(ConnectionClosed) as closed:
            socket.receive()
        assert closed.value.rcvd.code == 4404


def test_a_conversation_that_is_not_there_is_shut_with_the_same_words(learners):
    mine, theirs = next(learners), next(learners)
    words = []
    for session in (theirs.session, str(uuid4())):
        with mine.socket(session=session) as socket:
            words.append(socket.receive())
    assert words[0] == words[1]


def test_who_is_not_signed_in_is_told_so_and_nothing_else(site: Site, learner: Learner):
    for cookie in ("", "forged"):
        stranger = Learner(site, "nobody", cookie, learner.session)
        with stranger.socket() as socket:
            assert socket.receive()["reason"] == "Please sign in again."
            with pytest.raises(ConnectionClosed) as closed:
                socket.receive()
            assert closed.value.rcvd.code == 4401


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1.evil.example", "null"])
def test_another_sites_page_cannot_open_the_socket(learner: Learner, origin: str):
    with pytest.raises(InvalidStatus) as refused, learner.socket(origin=origin):
        pass
    assert refused.value.response.status_code == 403


def test_a_socket_without_origin_is_refused(site: Site, learner: Learner):
    url = f"ws://127.0.0.1:{site.port}/ws/sessions/{learner.session}/"
    with pytest.raises(InvalidStatus), connect(url, additional_headers={"Cookie": f"sessionid={learner.cookie}"}):
        pass


@pytest.mark.parametrize("path", ["ws/sessions/1/", "ws/sessions/", "ws/other/"])
def test_an_address_that_is_none_is_refused_and_the_web_process_lives(site: Site, learner: Learner, path: str):
    with (
        pytest.raises((InvalidStatus, ConnectionClosed)),
        connect(
            f"ws://127.0.0.1:{site.port}/{path}",
            origin=site.url,
            additional_headers={"Cookie": f"sessionid={learner.cookie}"},
        ) as connection,
    ):
        connection.recv(5)
    with learner.socket() as socket:
        socket.until("state")


ANSWERS = {
    "a tower of powers": "9^{9^{9^9}}",
    "a factorial tower": "9!!!!!!!",
    "Python": "__import__('os').system('touch /tmp/hacked')",
    "400 brackets": "(" * 400 + "1" + ")" * 400,
    "400 open brackets": "[" * 400,
    "400 fractions": r"\frac{" * 60 + "1" + "}{2}" * 60,
    "2000 characters": "1+" * 999 + "1",
    "right to left": "\u202e5\u202c",
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_hostile_answer_is_answered_within_five_seconds_and_the_worker_lives(site: Site, learner: Learner, name: str):
    with learner.socket() as socket:
        socket.ready()
        begun = time.monotonic()
        done = socket.ask(ANSWERS[name])
        assert time.monotonic() - begun < 5
        assert done["turn"]["state"] == "done"
        assert done["turn"]["begun"] == 1
        assert done["turn"]["verdict"] in ("not_understood", "incorrect", "")
        assert socket.ask("thanks")["turn"]["state"] == "done"
    assert site.processes["worker"].poll() is None


def test_a_learner_may_not_run_far_ahead_of_the_tutor(learner: Learner, rows):
    with learner.socket() as socket:
        socket.ready()
        said = [socket.say("thanks") for _ in range(18)]
        ends = []
        while len(ends) < len(said):
            frame = socket.receive()
            ends += [frame] if frame["type"] in ("done", "refused") else []
    refused = [frame for frame in ends if frame["type"] == "refused"]
    done = [frame["turn"]["turn"] for frame in ends if frame["type"] == "done"]
    assert len(done) >= 5
    assert done == [turn for turn in said if turn in done]
    assert all(frame["turn"] in said and frame["retry_after_s"] for frame in refused)
    assert {*done, *(frame["turn"] for frame in refused)} == set(said)
    assert len(turns_of(rows, learner)) == len(events_of(rows, learner)) == len(done)
