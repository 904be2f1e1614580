"""A server's worst cases: whatever it does, the reply is whole, in time, and holds nothing that it should not."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.tutoring.voices.conftest import Open, spoken
from tests.tutoring.voices.servers import LEAKS, asked, bad_server
from tutor_app.tutoring.voices import grounded
from tutor_app.tutoring.voices.grounded import Matter
from tutor_app.tutoring.voices.openai import OpenAIWriter, Server
from tutor_app.tutoring.voices.phrasing import Account
from tutor_app.tutoring.voices.writing import Patience, Why


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with bad_server() as address:
        yield address


def ask(matter: Matter, address: str, name: str, **settings: Any) -> tuple[str, Account, float]:
    asked.clear()
    server = Server(address, key="secret", connect_s=0.5, silence_s=0.8, **settings)
    begun = time.monotonic()
    reply, account = spoken(matter, OpenAIWriter(server, name), Open(), patience=Patience(1.0, 1.6))
    return "".join(reply), account, time.monotonic() - begun


def test_a_good_server_speaks_and_its_count_of_tokens_is_taken(right: Matter, address: str):
    text, account, _took = ask(right, address, "kind")
    said = "Let's look at it together. Take your time."
    assert text == f"Yes, $x = 977$ is right. {said}\n\nSay “next” when you are ready for another."
    assert account.why == Why.NONE
    assert (account.tokens.read, account.tokens.written, account.tokens.counted) == (321, 12, True)
    [request] = asked
    assert request["headers"]["authorization"] == "Bearer secret"
    assert request["body"]["stream"] is True
    assert request["body"]["max_tokens"] == 160
    assert [message["role"] for message in request["body"]["messages"]] == ["system", "user"]


def test_what_is_sent_with_a_request_is_the_operators_to_say(right: Matter, address: str):
    ask(right, address, "kind", parameters='{"max_completion_tokens": 90, "stop": ["\\n"]}')
    body = asked[0]["body"]
    assert body["max_completion_tokens"] == 90
    assert body["stop"] == ["\n"]
    assert "max_tokens" not in body
    assert "temperature" not in body


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("refusal", Why.DECLINED),
        ("refusal field", Why.DECLINED),
        ("filter", Why.DECLINED),
        ("hang", Why.SLOW_TO_BEGIN),
        ("slow headers", Why.SLOW_TO_BEGIN),
        ("comments", Why.SLOW_TO_BEGIN),
        ("drip", Why.SLOW_TO_BEGIN),
        ("malformed", Why.MALFORMED),
        ("error event", Why.MALFORMED),
        ("no choices", Why.MALFORMED),
        ("flood", Why.TOO_LONG),
        ("endless line", Why.TOO_LONG),
        ("long", Why.TOO_LONG),
        ("empty", Why.EMPTY),
        ("html", Why.EMPTY),
        ("json", Why.EMPTY),
        ("redirect", Why.REFUSED),
        ("unknown", Why.REFUSED),
        ("status-401", Why.REFUSED),
        ("status-429", Why.REFUSED),
        ("status-500", Why.SERVER_ERROR),
        ("status-503", Why.SERVER_ERROR),
    ],
)
def test_the_course_words_are_said_instead_in_the_same_turn_and_in_time(
    right: Matter, address: str, name: str, why: Why
):
    text, account, took = ask(right, address, name)
    assert text == "".join(grounded.say(right))
    assert (account.why, account.sentences) == (why, 0)
    assert took < 2.5
    assert len(asked) == 1  # nothing is tried twice, and no redirect is followed


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("dies", Why.CUT_OFF),
        ("no finish", Why.CUT_OFF),
        ("hang midway", Why.CUT_OFF),
        ("malformed later", Why.MALFORMED),
        ("length", Why.NONE),
    ],
)
def test_a_server_that_ends_in_the_middle_leaves_no_half_sentence(right: Matter, address: str, name: str, why: Why):
    text, account, took = ask(right, address, name)
    assert text == "Yes, $x = 977$ is right. You stayed with it.\n\nSay “next” when you are ready for another."
    assert (account.why, account.sentences) == (why, 1)
    assert took < 2.5


@pytest.mark.parametrize("number", range(len(LEAKS)))
def test_a_model_that_tells_the_answer_in_disguise_is_not_heard(not_yet: Matter, address: str, number: int):
    assert not_yet.table is not None
    assert not_yet.table.step.answers == ("5",)
    text, account, _took = ask(not_yet, address, f"leak-{number}")
    script = "".join(grounded.say(not_yet))
    assert text.replace("Let's see. ", "", 1).replace("Let's look. ", "", 1) == script
    assert account.why


def test_nobody_listens_where_nobody_is(right: Matter):
    text, account, took = ask(right, "http://127.0.0.1:9/v1", "kind")
    assert text == "".join(grounded.say(right))
    assert account.why == Why.UNREACHABLE
    assert took < 2


def test_a_name_that_leads_nowhere_is_not_reachable(right: Matter):
    text, account, _took = ask(right, "http://no-such-host.invalid/v1", "kind")
    assert text == "".join(grounded.say(right))
    assert account.why in (Why.UNREACHABLE, Why.SLOW_TO_BEGIN)
