"""Scoring: answers compare by what they say, and messages are never printed."""

import json
from pathlib import Path

import pytest

from models_core.understanding.labelled import FOLDER, BadLine, read_labelled
from models_core.understanding.network import INTENTS
from models_core.understanding.score import same

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [("x = 4", "4"), ("$x=4$", "x = 4"), ("1/2", r"\frac{1}{2}"), ("seven", "7"), ("12 cm", "12"),
     ("the second one", "second"),
     ("option b", "B"), ("x^2", "x²"), ("no solutions", "no solution"), ("0.5", "1/2"), ("negative three", "-3")],
)  # fmt: skip
def test_two_ways_to_write_one_answer_are_the_same(said: str, wanted: str) -> None:
    assert same(said, wanted)


@pytest.mark.parametrize(("said", "wanted"), [("4", "5"), ("x = 4", "x = -4"), ("2x", "x2y"), ("1/0", "0"), ("A", "B")])
def test_different_answers_are_not(said: str, wanted: str) -> None:
    assert not same(said, wanted)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "a.jsonl, line 2 is not JSON"),
        ('{"intent": "hint"}', 'no object with a "text"'),
        ('{"text": "", "intent": "x"}', "'x' is no intent"),
        ('{"text": "", "intent": "chat", "sentiment": "blue"}', "'blue' is no sentiment"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "hi", "intent": "chat"}) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(BadLine, match=reason):
        read_labelled(path)


def test_what_is_learnt_from_says_what_it_means_and_where_the_answer_stands() -> None:
    files = sorted(FOLDER.rglob("*.jsonl"))
    assert len(files) >= 7
    met = set()
    for path in files:
        rows = read_labelled(path)
        met |= {row.intent for row in rows}
        for row in rows:
            assert bool(row.answers) == (row.intent == "answer"), row
            assert all(answer in row.message.text for answer in row.answers), row
            assert row.sentiment is not None, row
    assert met == set(INTENTS)


def test_no_message_is_both_learnt_from_and_scored() -> None:
    learnt = {row.message.text.casefold() for path in FOLDER.glob("*.jsonl") for row in read_labelled(path)}
    tests = ROOT / "tests" / "data" / "understanding"
    for path in (*(FOLDER / "held_out").glob("*.jsonl"), *tests.glob("*.jsonl")):
        scored = {row.message.text.casefold() for row in read_labelled(path)}
        both = {text for text in scored & learnt if len(text.split()) > 4}
        assert len(both) < 0.02 * len(scored), both  # "how am i doing so far" is anybody's
