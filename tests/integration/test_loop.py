"""The main loop through real processes: websocket, database, queue, worker with models, channel layer, websocket."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from uuid import uuid4

import pytest

from tests.integration.conftest import check_vocabulary, events_of, key_of, turns_of, wrong_for
from tests.site import Learner, Site, Socket


def pieces(frames: list[dict], turn: str) -> list[dict]:
    return [frame for frame in frames if frame["type"] == "chunk" and frame["turn"] == turn]


def test_a_learner_is_greeted_answers_is_confirmed_and_sees_the_mastery_move(site: Site, learner: Learner, rows):
    with learner.socket() as socket:
        standing = socket.ready()["standing"]
        problem = standing["problem"]
        turn = socket.say(wrong_for(problem))
        wrong = socket.done(turn)
        assert wrong["turn"]["verdict"] == "incorrect"
        right = socket.ask(key_of(problem))
        assert right["turn"]["verdict"] == "correct"
        assert right["turn"]["move"] == "confirm"
        masteries = {skill["slug"]: skill for skill in right["standing"]["skills"]}
        moved = [skill for skill in masteries.values() if skill["attempts"] == 2]
        assert moved
        assert all(skill["change"] is not None for skill in moved)
        kinds = [
            frame["type"] for frame in socket.seen if turn in (frame.get("turn"), (frame.get("turn") or {}) and None)
        ]
        assert kinds[0] == "accepted"
        assert "status" in kinds
        assert "chunk" in kinds
        numbers = [chunk["number"] for chunk in pieces(socket.seen, turn)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert "".join(chunk["text"] for chunk in pieces(socket.seen, turn)) == "".join(wrong["turn"]["reply"])
        check_vocabulary(socket)
    assert [event[1] for event in events_of(rows, learner)] == ["attempt", "attempt"]


def test_two_tabs_of_one_conversation_see_the_same(learner: Learner):
    with learner.socket() as one, learner.socket() as other:
        one.ready()
        other.ready()
        turn = one.say("hint")
        mine, theirs = one.done(turn), other.done(turn)
        assert mine == theirs
        assert pieces(one.seen, turn) == pieces(other.seen, turn)
        assert sum(frame["type"] == "accepted" for frame in one.seen) == 1
        assert sum(frame["type"] == "accepted" for frame in other.seen) == 1
        back = other.say("thanks")
        assert one.done(back) == other.done(back)


def test_the_same_message_sent_ten_times_at_once_is_one_turn_and_one_event(learner: Learner, rows):
    turn = uuid4()

    def send(_: int) -> dict:
        with learner.socket() as socket:
            socket.ready()
            socket.say("977", turn)
            return socket.done(str(turn))

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(send, range(10)))
    assert {"".join(answer["turn"]["reply"]) for answer in answers} == {"".join(answers[0]["turn"]["reply"])}
    assert [row[2] for row in turns_of(rows, learner)] == ["977"]
    assert len(events_of(rows, learner)) == 1


def test_a_message_sent_again_after_it_was_answered_gets_the_answer_that_was_kept(learner: Learner, rows):
    turn = uuid4()
    with learner.socket() as socket:
        socket.ready()
        socket.say("thanks", turn)
        first = socket.done(str(turn))
        socket.say("thanks", turn)
        socket.until("accepted", turn=str(turn))
        again = socket.done(str(turn))
    assert again["turn"] == first["turn"]
    assert len(events_of(rows, learner)) == 1


def test_messages_sent_in_one_breath_are_answered_in_order(learner: Learner, rows):
    with learner.socket() as socket:
        socket.ready()
        said = [socket.say(text) for text in ("thanks", "hint", "why this one?", "summary")]
        done = [socket.until("done")["turn"]["turn"] for _ in said]
    assert done == said
    assert [event[0] for event in events_of(rows, learner)] == [1, 2, 3, 4]


def test_who_comes_back_finds_the_conversation_as_it_was(learner: Learner):
    with learner.socket() as socket:
        socket.ready()
        done = socket.ask("hint")
    with learner.socket() as socket:
        state = socket.until("state")
    assert state["turns"][-1] == done["turn"]
    assert state["standing"]["problem"] == done["standing"]["problem"]


@pytest.mark.slow
def test_no_frame_holds_the_key_before_it_was_shown_or_said(learner: Learner):
    """Everything that can be had without asking for the end of the ladder, over several problems."""
    walked = 0
    with learner.socket() as socket:
        problem = socket.ready()["standing"]["problem"]
        for _ in range(12):
            key = key_of(problem)
            if problem["answer_kind"] == "choice" or len(key) < 2:
                # Choices are in sight, and a one-digit key may stand in the question by chance.
                problem = ask(socket, "next")["standing"]["problem"]
                continue
            begin = len(socket.seen)
            for text in ("977", "978", "why?", "why this one?", "what is an equation?", "summary", "thanks"):
                ask(socket, text)
            if problem["hints_total"] > 2:
                ask(socket, "hint")  # as far as the scaffold; in this course its answer is the step's
                ask(socket, "hint")
                ask(socket, "977")
            frames = socket.seen[begin:]
            assert len(frames) > 20
            texts = [text for frame in frames for text in strings(frame)]
            assert not [text for text in texts if re.search(rf"(?<![\d-]){key}(?![\d-])", text)]
            walked += 1
            problem = ask(socket, "next")["standing"]["problem"]
            if walked == 3:
                break
        check_vocabulary(socket)
    assert walked == 3


def ask(socket: Socket, text: str) -> dict:
    """Asks as fast as a person might: more than twenty messages in a second are refused."""
    time.sleep(0.06)
    return socket.ask(text)


def strings(value: object) -> list[str]:
    """Every text in a frame but the ids (their digits mean nothing)."""
    if isinstance(value, dict):
        return [
            text
            for name, each in value.items()
            if name not in ("turn", "session") or isinstance(each, dict)
            for text in strings(each)
        ]
    if isinstance(value, list):
        return [text for each in value for text in strings(each)]
    return [value] if isinstance(value, str) else []


def test_the_frames_of_a_turn_come_in_the_order_of_the_work(learner: Learner):
    with learner.socket() as socket:
        socket.ready()
        turn = socket.say("977")
        socket.done(turn)
        kinds = [frame["type"] for frame in socket.seen if frame.get("turn") == turn or frame["type"] == "done"]
    order = ["accepted", "status", "understood", "status", "chunk", "done"]
    seen = [kind for kind, following in pairwise([*kinds, None]) if kind != following]
    assert seen[-6:] == order
