"""Scoring: answers compare by what they say, and messages are never printed."""

import json
from pathlib import Path

import pytest

from models_core.understanding.score import BadLine, read, same


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
        ("{", "Line 2 is not JSON"),
        ('{"intent": "hint"}', 'no object with a "text"'),
        ('{"text": "", "intent": "x"}', "'x'"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "hi", "intent": "chat"}) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(BadLine, match=reason):
        read(path)
