"""Logs of real learners: what cannot be true is refused with its place, the rest says the same as the file."""

import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models_core.curriculum import TEXT_WIDTH, Curriculum, CurriculumError
from models_core.events import Attempt
from models_core.logs import (
    LIMIT_BYTES,
    LIMIT_ROWS,
    LearnerLog,
    LogFileError,
    curriculum_of,
    log_events,
    read_logs,
    refuse_shared_learners,
    with_texts,
)

ROOT = Path(__file__).resolve().parent.parent.parent
KT = Path(os.environ.get("TUTOR_SHARED_DATA", ROOT.parent / "shared" / "data")) / "kt"

ANNA = {
    "user": "anna",
    "item": [7, 7, "b"],
    "skill": [2, 3, 2],
    "correct": [0, True, 1.0],
    "time_s": [10, None, 12.5],
    "elapsed_s": [3.5, None, 0],
    "hints": [2, None, 0.0],
    "attempt": [1, 2, None],
}
BEN = {"user": 12345678901234567890123, "skill": ["x", "y"], "correct": [1, 0]}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes learners, or lines as they are, to train.jsonl."""

    def to_file(*lines: Any) -> Path:
        path = tmp_path / "train.jsonl"
        path.write_bytes(b"".join((line if isinstance(line, bytes) else as_line(line)) + b"\n" for line in lines))
        return path

    return to_file


@pytest.fixture
def texts(tmp_path: Path) -> Callable[[str], Path]:
    """Writes texts.json."""

    def to_file(content: str) -> Path:
        path = tmp_path / "texts.json"
        path.write_text(content, encoding="utf-8")
        return path

    return to_file


def as_line(learner: Any) -> bytes:
    return json.dumps(learner).encode()


def learner(user: str, *pairs: tuple[str, str]) -> LearnerLog:
    items, skills = zip(*pairs, strict=True)
    return LearnerLog(user, items, skills, np.ones(len(pairs), bool), None, None, None, None)


def learners(*users: str) -> list[LearnerLog]:
    return [learner(user, ("i", "s")) for user in users]


class Encoder:
    """Gives the n-th text the n-th unit vector, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: list[str]) -> np.ndarray:
        self.asked += texts
        return np.eye(TEXT_WIDTH, dtype=np.float32)[: len(texts)]

    def said_by(self, vectors: np.ndarray) -> list[str]:
        return [self.asked[i] for i in vectors.argmax(axis=1)]


def test_a_line_is_read_as_it_stands(write):
    log = read_logs(write(ANNA))[0]
    assert len(log) == 3
    assert (log.user, log.item, log.skill) == ("anna", ("7", "7", "b"), ("2", "3", "2"))
    assert log.correct.tolist() == [False, True, True]
    assert np.array_equal(log.elapsed_s, [3.5, math.nan, 0], equal_nan=True)
    assert log.hints.tolist() == [2, 0, 0]
    assert log.attempt.tolist() == [1, 2, 1]


def test_what_a_file_does_not_say_is_none_and_the_skill_stands_in_for_the_item(write):
    log = read_logs(write({**BEN, "hints": None}))[0]
    assert log.user == "12345678901234567890123"
    assert log.item == log.skill == ("x", "y")
    assert log.time_s is log.elapsed_s is log.hints is log.attempt is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ([5, None, None, 8], [5, 5, 5, 8]),
        ([None, None, 5, 5], [5, 5, 5, 5]),
        ([-1e9, 0, None, 0.5], [-1e9, 0, 0, 0.5]),
    ],
)
def test_an_unknown_time_is_that_of_the_row_before(write, written, read):
    log = read_logs(write({"user": 1, "skill": [1] * 4, "correct": [1] * 4, "time_s": written}))[0]
    assert log.time_s.tolist() == read


def test_times_that_are_all_unknown_are_no_clock(write):
    assert read_logs(write({**BEN, "time_s": [None, None]}))[0].time_s is None


def test_blank_lines_windows_line_ends_and_a_byte_order_mark_do_no_harm(write):
    path = write(b"\xef\xbb\xbf" + as_line(ANNA) + b"\r", b"", b"  \r", as_line(BEN))
    assert [log.user for log in read_logs(str(path))] == ["anna", "12345678901234567890123"]


def but(**change: Any) -> bytes:
    """Anna's line with a change."""
    return as_line({**ANNA, **change})


def without(key: str) -> bytes:
    return as_line({name: value for name, value in ANNA.items() if name != key})


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"user,item", "line 2: not JSON at character 1"),
        (b'{"user": "ann', "line 2: not JSON at character 10: Unterminated"),
        (b"[" * 100_000, "line 2: lists are nested too deeply"),
        (b"\xff\xfe{}", "line 2: not UTF-8 at byte 1"),
        (b"\0", "line 2: not JSON"),
        (b"[1, 2]", r"line 2: a JSON object is expected, not \[1, 2\]"),
        (b"null", "line 2: a JSON object is expected, not None"),
        (b'{"user": 1, "user": 2, "skill": [1], "correct": [1]}', "line 2: key 'user' is there twice"),
        (but(elapsed=[1, 2, 3]), "line 2: unknown key 'elapsed'; the keys are user, item, .*elapsed_s"),
        (without("user"), "line 2: 'user' is missing"),
        (without("skill"), "line 2: 'skill' is missing"),
        (without("correct"), "line 2: 'correct' is missing"),
        (but(skill=None), "line 2: 'skill' is missing"),
        (but(user=""), "'user' is '', expected a whole number or a text"),
        (but(user=True), "'user' is True, expected"),
        (but(user=["anna"]), r"'user' is \['anna'\], expected"),
        (but(user="ben"), "line 2: learner 'ben' is already on line 1"),
        (but(skill="223"), "'skill' must be a list, not '223'"),
        (but(hints=2), "'hints' must be a list, not 2"),
        (but(correct=[1, 0]), "line 2: 'correct' has 2 entries but 'item' has 3"),
        (but(time_s=[1, 2, 3, 4]), "'time_s' has 4 entries but 'item' has 3"),
        (as_line({"user": 1, "skill": [1], "correct": []}), "'correct' has 0 entries but 'skill' has 1"),
        (as_line({"user": 1, "skill": [], "correct": []}), "the learner has no rows"),
        (but(item=[7, True, 7]), "'item' of row 2 is True, expected a whole number or a text"),
        (but(item=[7, 7, 7.0]), "'item' of row 3 is 7.0, expected"),
        (but(skill=[None, 1, 1]), "'skill' of row 1 is None, expected"),
        (but(skill=[1, [2, 3], 1]), r"'skill' of row 2 is \[2, 3\], expected"),
        (but(skill=[1, 1, " "]), "'skill' of row 3 is ' ', expected"),
        (but(correct=[0, 1, 2]), "'correct' of row 3 is 2, expected 0 or 1"),
        (but(correct=[0, 0.5, 1]), "'correct' of row 2 is 0.5, expected 0 or 1"),
        (but(correct=["1", 1, 1]), "'correct' of row 1 is '1', expected 0 or 1"),
        (but(correct=[None, 1, 1]), "'correct' of row 1 is None, expected 0 or 1"),
        (but(time_s=[1, 3, 2]), "'time_s' runs backwards at row 3: 2.0 after 3.0"),
        (but(time_s=[3, None, 2]), "'time_s' runs backwards at row 3: 2.0 after 3.0"),
        (but(time_s=[1.7e12, 1.7e12, 1.7e12]), "'time_s' of row 1 is 1700000000000.0, expected seconds"),
        (but(time_s=[1, 2, "3"]), "'time_s' of row 3 is '3', expected seconds"),
        (but(time_s=[1, 2, math.nan]), "line 2: NaN is not a number that can be used"),
        (but(elapsed_s=[1, 2, math.inf]), "Infinity is not a number that can be used"),
        (without("elapsed_s")[:-1] + b', "elapsed_s": [1, 2, 1e999]}', "'elapsed_s' of row 3 is inf, expected"),
        (but(elapsed_s=[1, -0.5, 1]), "'elapsed_s' of row 2 is -0.5, expected seconds from 0"),
        (but(elapsed_s=[1, 10**400, 1]), r"'elapsed_s' of row 2 is 10+\.\.\.0+, expected seconds"),
        (but(hints=[0, -1, 0]), "'hints' of row 2 is -1, expected a whole number from 0"),
        (but(hints=[0, 1.5, 0]), "'hints' of row 2 is 1.5, expected a whole number from 0"),
        (but(hints=[0, False, 0]), "'hints' of row 2 is False, expected"),
        (but(hints=[0, 2**64, 0]), "'hints' of row 2 is 18446744073709551616, expected"),
        (but(attempt=[1, 0, 1]), "'attempt' of row 2 is 0, expected a whole number from 1"),
    ],
)
def test_a_line_that_cannot_be_true_is_refused_with_its_place(write, line, sentence):
    with pytest.raises(LogFileError, match=rf"^train\.jsonl, .*{sentence}"):
        read_logs(write({**BEN, "user": "ben"}, line))


def test_the_number_of_a_line_counts_blank_ones(write):
    with pytest.raises(LogFileError, match="line 4: not JSON"):
        read_logs(write(ANNA, b"", b"", b"}"))


def test_a_line_longer_than_the_limit_is_refused_unread(write):
    path = write(ANNA)
    with path.open("r+b") as file:
        file.truncate(len(as_line(ANNA)) + 1 + LIMIT_BYTES + 1)
    with pytest.raises(LogFileError, match=r"train\.jsonl, line 2: longer than 64 MiB"):
        read_logs(path)


def test_a_learner_with_more_rows_than_the_limit_is_refused(write):
    many = [1] * (LIMIT_ROWS + 1)
    with pytest.raises(LogFileError, match="line 1: the learner has 1,000,001 rows, more than 1,000,000"):
        read_logs(write({"user": 1, "skill": many, "correct": many}))


@pytest.mark.parametrize("content", [b"", b"\n", b"\n \n\r\n"])
def test_a_file_without_learners_is_refused(tmp_path, content):
    (tmp_path / "none.jsonl").write_bytes(content)
    with pytest.raises(LogFileError, match=r"none\.jsonl: there are no learners in it"):
        read_logs(tmp_path / "none.jsonl")


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(LogFileError, match=r"gone\.jsonl cannot be read: No such file"):
        read_logs(tmp_path / "gone.jsonl")
    with pytest.raises(LogFileError, match="cannot be read: Is a directory"):
        read_logs(tmp_path)


IDS = st.integers() | st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda text: not text.isspace())
ROWS = st.lists(
    st.tuples(IDS, IDS, st.booleans(), st.none() | st.floats(0, 1e9), st.integers(0, 99), st.integers(1, 99)),
    min_size=1,
    max_size=8,
)


@settings(deadline=None)  # files on a busy disk
@given(user=IDS, rows=ROWS, clock=st.lists(st.floats(-1e9, 1e9), min_size=8, max_size=8).map(sorted))
def test_what_was_written_is_what_happened(tmp_path_factory, user, rows, clock):
    names = ("item", "skill", "correct", "elapsed_s", "hints", "attempt")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    path = tmp_path_factory.mktemp("logs") / "one.jsonl"
    path.write_bytes(as_line({"user": user, "time_s": clock[: len(rows)], **columns}))
    (log,) = read_logs(path)
    assert (log.user, len(log)) == (str(user), len(rows))
    assert log_events(log) == [
        Attempt(f"{item}/{skill}", correct, at, seconds, hints, tries)
        for at, (item, skill, correct, seconds, hints, tries) in zip(clock, rows, strict=False)
    ]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3), lambda x: st.lists(x, max_size=3)
)


@settings(deadline=None)  # files on a busy disk
@given(key=st.sampled_from(list(ANNA)), value=ANYTHING)
def test_whatever_stands_in_a_line_it_is_read_or_refused_in_a_sentence(tmp_path_factory, key, value):
    path = tmp_path_factory.mktemp("logs") / "odd.jsonl"
    path.write_bytes(but(**{key: value}))
    try:
        (log,) = read_logs(path)
    except LogFileError as error:
        assert str(error).startswith("odd.jsonl, line 1: ")  # noqa: PT017  # either way is right
    else:
        assert len(log_events(log)) == 3


@pytest.mark.parametrize(
    ("test", "listed"),
    [
        (["9", "17"], "17"),
        (["23", "17"], "17 and 23"),
        (["42", "23", "17"], "17, 23 and 42"),
        (["5", "42", "8", "23", "17"], "17, 23, 42 and 2 more"),
    ],
)
def test_learners_in_two_splits_are_named(test, listed):
    train = learners("1", "17", "23", "42", "5", "8")
    with pytest.raises(LogFileError, match=rf"^Learners in both train and test: {listed}\.$"):
        refuse_shared_learners({"train": train, "valid": learners("3"), "test": learners(*test)})


def test_splits_without_shared_learners_pass():
    refuse_shared_learners({"train": learners("1", "2"), "test": learners("3"), "none": []})


def test_a_log_becomes_attempts_by_hand(write):
    anna, ben = read_logs(write(ANNA, BEN))
    assert log_events(anna) == [
        Attempt("7/2", False, 10.0, 3.5, 2, 1),
        Attempt("7/3", True, 10.0, None, 0, 2),
        Attempt("b/2", True, 12.5, 0.0, 0, 1),
    ]
    assert log_events(ben) == [Attempt("x/x", True, 0.0, None, 0, 1), Attempt("y/y", False, 0.0, None, 0, 1)]


@pytest.fixture
def small() -> Curriculum:
    logs = [learner("1", ("b", "2"), ("a", "1"), ("b", "2")), learner("2", ("c", "1"), ("b", "1"), ("a", "1"))]
    return curriculum_of(iter(logs), course="small")


def test_a_curriculum_has_every_pair_and_skill_once_in_order_of_first_appearance(small):
    assert small.course == "small"
    assert small.skills == ("2", "1")
    assert small.steps == ("b/2", "a/1", "c/1", "b/1")
    assert small.step_skills == ((0,), (1,), (1,), (1,))
    assert small.prerequisites == ((), ())
    assert small.step_vectors is small.skill_vectors is None


def test_two_pairs_that_make_one_step_key_are_refused():
    with pytest.raises(CurriculumError, match="step 'a/b/c' is there twice"):
        curriculum_of([learner("1", ("a", "b/c"), ("a/b", "c"))], course="small")


def test_a_step_says_its_items_text_or_its_skills_or_its_items_id(small, texts):
    encode = Encoder()
    found = with_texts(small, texts('{"items": {"b": "2x = 6", "a": " "}, "skills": {"2": "Solve"}}'), encode)
    assert encode.asked == ["2x = 6", "a", "c", "Solve", "1"]
    assert encode.said_by(found.step_vectors) == ["2x = 6", "a", "c", "2x = 6"]
    assert encode.said_by(found.skill_vectors) == ["Solve", "1"]
    found = with_texts(small, texts('{"skills": {"1": "Add"}}'), encode := Encoder())
    assert encode.said_by(found.step_vectors) == ["b", "Add", "Add", "Add"]
    assert found.steps == small.steps


def test_an_item_keeps_its_text_when_ids_have_slashes(texts):
    encode = Encoder()
    slashed = curriculum_of([learner("1", ("a/b", "b/c"))], course="slashed")
    found = with_texts(slashed, texts('{"items": {"a/b": "yes", "a": "no"}}'), encode)
    assert encode.said_by(found.step_vectors) == ["yes"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "not JSON at character 1"),
        ("[]", r"a JSON object is expected, not \[\]"),
        ('{"item": {}}', "unknown key 'item'; the keys are items, skills"),
        ('{"items": ["b"]}', r"'items' must be an object, not \['b'\]"),
        ('{"items": {"b": 3}}', "the text of 'b' in 'items' is 3"),
        ('{"skills": {"1": null}}', "the text of '1' in 'skills' is None"),
        ('{"items": {"b": "x", "b": "y"}}', "key 'b' is there twice"),
        ('{"items": {"1": "a skill"}, "skills": {"b": "an item"}}', "none of its ids is in the curriculum of 'small'"),
    ],
)
def test_a_file_of_texts_that_is_not_one_is_refused(small, texts, content, sentence):
    with pytest.raises(LogFileError, match=rf"^texts\.json: {sentence}"):
        with_texts(small, texts(content), Encoder())


def test_a_missing_file_of_texts_is_refused(small, tmp_path):
    with pytest.raises(LogFileError, match=r"gone\.json cannot be read: No such file"):
        with_texts(small, tmp_path / "gone.json", Encoder())


@pytest.mark.skipif(not KT.is_dir(), reason="the logs of real learners are not here (TUTOR_SHARED_DATA)")
def test_the_logs_of_real_learners_are_read_whole():
    splits = {name: read_logs(KT / f"assist2017-actions_{name}.jsonl") for name in ("train", "valid")}
    refuse_shared_learners(splits)
    assert [len(logs) for logs in splits.values()] == [1023, 341]
    assert [sum(map(len, logs)) for logs in splits.values()] == [545_328, 192_064]
    curriculum = curriculum_of(splits["valid"], course="assist2017")
    assert {event.step for event in log_events(splits["valid"][0])} <= set(curriculum.steps)
