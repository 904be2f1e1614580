"""The ablation: contexts as old as they say, two routes counted by hand, and every variant in the report."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models_core import ablate as module
from models_core.ablate import SURE, ablation, aged, main, notes, routes, unbounded
from models_core.evaluate import read_splits
from models_core.events import HAPPENED, NOTE_COLUMNS
from models_core.logistic import LogisticRegression
from models_core.record import LOCAL_WIDTH
from models_core.train_students import Exercises, StudentConfig, exercises
from models_core.train_teacher import predict, read
from tests.kt_logs import Quick, learner, plain_corpus, simulated_learners, write_log
from tests.teacher_logs import with_config

VARIANTS = {
    "teacher alone",
    "teacher alone, attention without a window",
    "students alone (no context)",
    "students, context 1 events old",
    "students, context 5 events old",
    "students, context 20 events old",
    "students, context from the last time on the skill",
    "teacher -> students",
    "teacher -> students, no distillation",
    "teacher -> students, no fast update",
    "no context, no fast update",
    "students -> teacher",
    "teacher <-> students",
}


# Old contexts ---------------------------------------------------------------------------------------------------------


def bare(rows: Sequence[int], learners: Sequence[int]) -> Exercises:
    """Exercises of which only the rows and whose they are say anything; each row's context is its number. A learner's
    log begins with their first row here."""
    n, every = len(rows), max(rows) + 1
    return Exercises(
        context=np.arange(every, dtype=np.float32)[:, None],
        row=np.array(rows),
        before=np.full(n, -1),
        age=np.zeros(n, np.int64),
        begin=np.array([rows[list(learners).index(who)] for who in learners]),
        local=np.zeros((n, LOCAL_WIDTH), np.float32),
        correct=np.zeros(n, np.float32),
        teacher=np.full(n, 0.5),
        skill=np.zeros(n, np.int64),
        learner=np.array(learners),
    )


def test_an_old_context_is_that_of_the_same_learners_row_so_many_events_ago():
    data = bare(rows=range(7), learners=[0, 0, 0, 0, 1, 1, 1])
    for events, before in {
        1: [-1, 0, 1, 2, -1, 4, 5],
        2: [-1, -1, 0, 1, -1, -1, 4],
        3: [-1, -1, -1, 0, -1, -1, -1],
        4: [-1] * 7,
    }.items():
        old = aged(data, events)
        assert old.before.tolist() == before
        assert old.age.tolist() == [0 if row < 0 else events for row in before]
        context, _ = old.given("stale")
        assert context[:, 0].tolist() == [max(row, 0) for row in before]  # none is zero


def test_events_that_are_not_scored_count_as_events():
    data = bare(rows=[0, 2, 5, 6], learners=[0, 0, 0, 1])
    assert aged(data, 1).before.tolist() == [-1, 1, 4, -1]
    assert aged(data, 3).before.tolist() == [-1, -1, 2, -1]


def test_an_event_before_the_first_that_is_scored_gives_a_context_too(teacher):
    rows = [("i", "add", 1)] * 3
    corpus = plain_corpus([learner("ann", rows), learner("ben", rows, hints=[1, 0, 0])])
    assert aged(exercises(corpus, *read(teacher, corpus)), 1).before.tolist() == [-1, 0, 1, 3, 4]


# Two routes -----------------------------------------------------------------------------------------------------------


def test_the_routes_are_counted_by_how_far_a_student_is_from_even_chances():
    correct, full = np.array([1.0, 1, 0, 0]), np.array([0.9, 0.6, 0.2, 0.1])
    short = np.array([0.17, 0.97, 0.62, 0.03])  # .33 .47 .12 .47 from even
    found = routes(full, short, correct)
    assert [row["sure"] for row in found] == list(SURE)
    assert [row["share"] for row in found] == [0, 0.5, 0.5, 0.75, 0.75, 0.75, 0.75, 1, 1, 1]
    # from .3 on the first success is said to be .17, below the first failure's .2: one of four pairs is lost
    assert [row["auc"] for row in found] == [1, 1, 1, *[0.75] * 7]
    assert [row["lost"] for row in found] == [0, 0, 0, *[0.25] * 7]


def test_the_first_route_is_the_full_one_and_the_last_the_short_one_for_everybody():
    correct, full = np.array([1.0, 1, 0, 0]), np.array([0.9, 0.15, 0.2, 0.1])  # one pair wrong
    short = np.array([0.9, 0.7, 0.2, 0.1])  # none
    found = routes(full, short, correct)
    assert found[0] == {"sure": 0.5, "share": 0, "auc": 0.75, "lost": 0}
    assert found[-1] == {"sure": 0.0, "share": 1, "auc": 1, "lost": -0.25}


# What is told and what is seen ----------------------------------------------------------------------------------------


def test_without_a_window_a_teacher_says_the_same_until_the_window_is_full(teacher):
    corpus = plain_corpus(simulated_learners(3, seed=1, rows=14))
    windowed = with_config(teacher, window=8)
    narrow, wide = predict(windowed, corpus), predict(unbounded(windowed), corpus)
    apart = np.abs(narrow - wide).reshape(3, 14)
    assert apart[:, :9].max() < 1e-6  # the ninth row has eight before it
    assert (apart[:, 9:] > 1e-6).all()
    assert wide == pytest.approx(predict(teacher, corpus), abs=1e-6)  # whose window of 200 was never full


def test_notes_are_of_the_scored_rows_and_hold_how_wrong_they_were(teacher):
    corpus = plain_corpus([learner("ann", [("i", "add", 1), ("j", "add", 0), ("i", "add", 1)], hints=[0, 1, 0])])
    student = LogisticRegression.fit(corpus.local, np.array([1.0, 0, 1]))
    said, found = student.predict(corpus.local), notes(student, teacher, corpus)
    given, surprise = (HAPPENED.index(name) - NOTE_COLUMNS.start for name in ("note_given", "note_surprise"))
    assert found[:, given].tolist() == [1, 0, 1]
    assert found[1].tolist() == [0] * 5
    assert found[[0, 2], surprise] == pytest.approx(1 - said[[0, 2]], abs=1e-6)
    heard = module.noted(corpus, found)
    assert np.array_equal(heard.happened[:, NOTE_COLUMNS], found)
    assert np.array_equal(heard.happened[:, : NOTE_COLUMNS.start], corpus.happened[:, : NOTE_COLUMNS.start])


# The command ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Brief(Quick):
    """With a window that the logs of 25 events outgrow."""

    window: int = 12


@pytest.fixture(autouse=True, scope="module")
def quick() -> Iterator[None]:
    """The command with settings for tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "TrainConfig", Brief)
        yield


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    for seed, (name, count) in enumerate({"train": 16, "valid": 6, "test": 8}.items(), start=1):
        write_log(folder / f"{name}.jsonl", simulated_learners(count, seed))
    return folder


def run(files: Path, out: Path, test: str = "test.jsonl") -> int:
    paths = [word for name in ("train", "valid") for word in (f"--{name}", str(files / f"{name}.jsonl"))]
    return main([*paths, "--test", str(files / test), "--out", str(out), "--student-steps", "12", "--seed", "5"])


@pytest.fixture(scope="module")
def out(files: Path, quick: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out") / "deep" / "ablation"
    assert run(files, folder) == 0
    return folder


@pytest.fixture(scope="module")
def found(out: Path) -> dict[str, Any]:
    return json.loads((out / "ablation.json").read_text())


def test_every_variant_is_scored_beside_the_teacher_alone(found):
    variants = found["variants"]
    assert variants.keys() == VARIANTS
    alone = variants["teacher alone"]
    assert alone["ahead"] == [0, 0, 0]
    for name, row in variants.items():
        assert row["rows"] == 200, name
        assert 0.4 < row["auc"] < 1, name
        value, low, high = row["ahead"]
        assert low <= value <= high, name
        assert value == pytest.approx(row["auc"] - alone["auc"], abs=2e-4), name
    assert found["about"]["seed"] == 5
    assert found["scenarios"]["everything"] == {name: row["auc"] for name, row in variants.items()} | {"rows": 200}


def test_no_variant_is_another_under_a_second_name(files):
    splits = read_splits(*(files / f"{name}.jsonl" for name in ("train", "valid", "test")))
    forecasts, route = ablation(splits, Brief(), StudentConfig(steps=12), seed=5)
    assert forecasts.keys() == VARIANTS
    kept = splits.test.scored
    for one, other in combinations(VARIANTS, 2):
        apart = np.abs(forecasts[one].probability - forecasts[other].probability)[kept]
        assert apart.max() > 1e-6, (one, other)
    assert np.array_equal(route["full"], forecasts["teacher -> students"].probability[kept])
    assert np.array_equal(route["correct"], splits.test.correct[kept])


def test_the_routes_lead_from_the_full_exchange_to_students_on_old_contexts(found):
    first, last = found["routes"][0], found["routes"][-1]
    assert (first["share"], first["lost"], last["share"]) == (0, 0, 1)
    assert first["auc"] == found["variants"]["teacher -> students"]["auc"]
    assert last["auc"] == found["variants"]["students, context from the last time on the skill"]["auc"]
    shares = [row["share"] for row in found["routes"]]
    assert shares == sorted(shares)


def test_the_report_for_people_shows_the_same_numbers_and_the_picture(out, found):
    text = (out / "ablation.md").read_text()
    for name, row in found["variants"].items():
        (auc,) = re.findall(rf"^\| {re.escape(name)} \| (0\.\d+) \| .* to .*$", text, re.MULTILINE)
        assert float(auc) == row["auc"], name
    assert found["about"]["command"] in text
    for row in found["routes"]:
        assert f"| {100 * row['sure']:.0f} points | {row['share']:.1%} | {row['auc']:.4f} |" in text
    assert "![AUC by the share of turns on the short route](routes.svg)" in text
    assert (out / "routes.svg").read_text().lstrip().startswith("<svg")


@pytest.mark.parametrize(
    ("test", "sentence"),
    [
        ("gone.jsonl", "gone.jsonl cannot be read: No such file"),
        ("train.jsonl", "Learners in both train and test: 1-0"),
    ],
)
def test_the_command_says_what_is_wrong_and_writes_nothing(files, tmp_path, capsys, test, sentence):
    assert run(files, tmp_path / "out", test) == 1
    said = capsys.readouterr().err
    assert said.startswith("Not ablated. ")
    assert sentence in said
    assert not (tmp_path / "out").exists()
