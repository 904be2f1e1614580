"""The vocabulary: what is not in it is refused, both ways."""

import json
from uuid import UUID, uuid4

import pytest
from pydantic import TypeAdapter, ValidationError

from tutor_app.tutoring import messages
from tutor_app.tutoring.consumer import what_is_wrong
from tutor_app.tutoring.messages import FromBrowser, Message, Resume, Say, ToBrowser

TURN = "00000000-0000-4000-8000-000000000001"
SAY = {"type": "say", "turn": TURN, "text": "5"}


def read(frame: object) -> Say | Resume:
    return FromBrowser.validate_json(frame if isinstance(frame, str) else json.dumps(frame))


def test_what_a_browser_says_is_read():
    assert read(SAY) == Say(type="say", turn=UUID(TURN), text="5")
    assert read({"type": "resume", "turn": TURN}) == Resume(type="resume", turn=UUID(TURN), begun=0, after=0)


@pytest.mark.parametrize(
    "frame",
    [
        {**SAY, "admin": True},
        {**SAY, "type": "promote"},
        {**SAY, "type": "done"},
        {**SAY, "type": ["say"]},
        {**SAY, "text": ""},
        {**SAY, "text": 5},
        {**SAY, "text": None},
        {**SAY, "text": "x" * (messages.MAX_TEXT_CHARS + 1)},
        {**SAY, "turn": "1"},
        {**SAY, "turn": 1},
        {"type": "say"},
        {"type": "resume", "turn": TURN, "after": -1},
        {"type": "resume", "turn": TURN, "after": "1.5"},
        {"type": "resume", "turn": TURN, "begun": 10**30},
        {"type": "resume", "turn": TURN, "text": "5"},
        {},
        [],
        "say",
        "",
        "{",
        "[" * 5000,
        '{"type": "say", "turn": "' + TURN + '", "text": "\\ud800"}',
    ],
)
def test_anything_else_is_refused_in_a_short_sentence(frame: object):
    with pytest.raises(ValidationError) as refused:
        read(frame)
    sentence = what_is_wrong(refused.value)
    assert 10 < len(sentence) < 250
    assert sentence.endswith(".")
    assert "Input tag" not in sentence


def test_a_text_of_the_greatest_length_is_taken():
    assert len(read({**SAY, "text": "x" * messages.MAX_TEXT_CHARS}).text) == messages.MAX_TEXT_CHARS


@pytest.mark.parametrize("kind", Message.__subclasses__())
def test_every_message_refuses_unknown_fields_and_changes(kind: type[Message]):
    assert kind.model_config["extra"] == "forbid"
    assert kind.model_config["frozen"]


@pytest.mark.parametrize("kind", Message.__subclasses__())
def test_no_message_has_a_place_for_a_key(kind: type[Message]):
    names = set(kind.model_fields)
    assert not names & {"answer", "answers", "answer_latex", "key", "keys", "expected_errors", "solution", "hints"}


def test_every_frame_to_the_browser_says_its_type():
    vocabulary = TypeAdapter(ToBrowser)
    refused = messages.Refused(turn=None, reason="No.")
    assert json.loads(refused.model_dump_json())["type"] == "refused"
    assert vocabulary.validate_json(refused.model_dump_json()) == refused
    with pytest.raises(ValidationError):
        vocabulary.validate_python({"type": "chunk", "turn": uuid4(), "begun": 1, "number": 1, "text": "a", "key": "5"})
