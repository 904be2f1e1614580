"""Training a teacher, on a very small scale: the seed decides it, the plan covers everything once, it begins where
logistic regression is, and the command writes what can be loaded or says what is wrong.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models_core import metrics
from models_core import train_teacher as module
from models_core.artifacts import load_teacher, read_metrics
from models_core.corpus import Corpus, corpus_of
from models_core.events import HAPPENED, NOTE_COLUMNS
from models_core.logistic import LogisticRegression
from models_core.logs import log_events
from models_core.record import LOCAL, Record, query_features
from models_core.teacher import Content, TeacherConfig, TeacherModel
from models_core.train_teacher import (
    POPULATIONS,
    Average,
    Lesson,
    begin_with_counting,
    course_of,
    epoch_of,
    for_any_course,
    home_of,
    judged,
    known_skills,
    known_steps,
    lesson_loss,
    main,
    pace,
    predict,
    probe_of,
    read,
    spread_loss,
    stretches_of,
    train_teacher,
)
from tests.kt_logs import Quick, learner, logs_of, plain_corpus, simulated_learners, told_corpus, write_log

QUICK = Quick()


def silent(_line: str) -> None:
    pass


@pytest.fixture(scope="module")
def train() -> Corpus:
    return told_corpus(simulated_learners(20, seed=1))


@pytest.fixture(scope="module")
def valid(train: Corpus) -> Corpus:
    logs = logs_of(simulated_learners(8, seed=2))
    return corpus_of(train.curriculum, [log_events(log) for log in logs], train.statistics())


@pytest.fixture(scope="module")
def trained(train: Corpus, valid: Corpus) -> TeacherModel:
    return train_teacher([Lesson(train)], [valid], QUICK, seed=1, say=silent)


# What training does ---------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_teacher_and_another_seed_another(train, valid, trained):
    again, other = (train_teacher([Lesson(train)], [valid], QUICK, seed, silent) for seed in (1, 2))
    assert trained.fingerprint() == again.fingerprint() != other.fingerprint()


def test_a_trained_teacher_is_ready_to_serve(trained, train):
    assert not trained.training
    assert trained.config.dropout == 0
    assert not any(parameter.requires_grad for parameter in trained.parameters())
    assert trained.config.skills == train.curriculum.skills
    assert set(trained.config.steps) <= set(train.curriculum.steps)


def thinkers(count: int, seed: int) -> Corpus:
    """Everybody is helped five times; those who took their time are right after that. The record keeps no times."""
    rng = np.random.default_rng(seed)
    learners = []
    for number, slow in enumerate(rng.integers(2, size=count).tolist()):
        rows = [("i", "x", 1)] * 5 + [("i", "x", slow)]
        learners.append(learner(f"{number}", rows, [1] * 5 + [0]) | {"elapsed_s": [90 if slow else 2] * 6})
    return plain_corpus(learners)


def test_training_finds_what_no_counting_can():
    train, valid = thinkers(80, seed=1), thinkers(40, seed=2)
    config = replace(QUICK, fewest_steps=40, batch_rows=500, learning_rate=0.01, average=0.9)
    teacher = train_teacher([Lesson(train)], [valid], config, 0, silent)
    counted, trained = (predict(each, valid)[valid.scored] for each in (untrained(train), teacher))
    assert np.ptp(counted) < 1e-6
    assert metrics.auc(valid.correct[valid.scored], trained) > 0.99


def test_the_epoch_that_predicts_the_validation_learners_best_is_kept(train, valid):
    said: list[str] = []
    config = replace(QUICK, epochs=6, fewest_steps=0, learning_rate=0.05, warm_up=1, average=0.5)
    teacher = train_teacher([Lesson(train)], [valid], config, 0, said.append)
    losses = [float(re.search(r"log loss ([\d.]+),", line)[1]) for line in said]
    assert len(losses) == 6
    assert min(losses) < max(losses)
    assert judged(teacher, [valid])[0] == pytest.approx(min(losses), abs=1e-4)


@pytest.mark.parametrize(
    ("epochs", "most_rows", "fewest_steps", "expected"),
    [(3, 2_000_000, 0, 3), (9, 1000, 0, 2), (9, 0, 0, 1), (1, 2_000_000, 9, 3)],  # 500 rows, 3 or 4 steps an epoch
)
def test_epochs_fit_the_limits_on_rows_and_steps(train, valid, epochs, most_rows, fewest_steps, expected):
    said: list[str] = []
    config = replace(QUICK, epochs=epochs, most_rows=most_rows, fewest_steps=fewest_steps)
    train_teacher([Lesson(train)], [valid], config, 0, said.append)
    assert len(said) == expected


def test_a_stretch_in_which_nothing_is_scored_does_no_harm(valid):
    learners = simulated_learners(6, seed=3)
    for each in learners[:3]:
        each["hints"] = [1] * 25
    config = replace(QUICK, batch_rows=25)  # one learner a batch
    teacher = train_teacher([Lesson(plain_corpus(learners))], [valid], config, 0, silent)
    assert all(torch.isfinite(parameter).all() for parameter in teacher.parameters())


def test_notes_are_learned_from_where_there_are_any(train, valid):
    notes = np.random.default_rng(0).normal(size=(len(train.asked), 5)).astype(np.float32)
    config = replace(QUICK, learning_rate=0.02)
    plain, noted = (
        train_teacher([Lesson(train, notes=each)], [valid], config, 0, silent).happened[0].weight[:, NOTE_COLUMNS]
        for each in (None, notes)
    )
    assert not plain.any()  # what training never showed says nothing
    assert noted.abs().max() > 0.01


def test_truth_teaches_how_far_off_a_forecast_may_be(train, valid):
    truth = np.full(len(train.asked), 0.6, np.float32)
    plain, told = (
        train_teacher([lesson], [valid], QUICK, 0, silent)
        for lesson in (Lesson(train), Lesson(train, truth=truth, typical=truth))
    )
    assert not plain.to_log_sd.weight.any()  # as it began
    assert told.to_log_sd.weight.any()


# Where it begins ------------------------------------------------------------------------------------------------------


def untrained(*corpora: Corpus, seed: int = 0, **more: Any) -> TeacherModel:
    torch.manual_seed(seed)
    teacher = TeacherModel(TeacherConfig(width=16, heads=2, layers=2, hidden=32, **more))
    begin_with_counting(teacher, corpora)
    return teacher.eval()


def test_a_teacher_begins_where_logistic_regression_on_the_record_is(train, valid):
    fitted = LogisticRegression.fit(train.local[train.scored], train.correct[train.scored])
    for corpus in (train, valid):
        assert predict(untrained(train), corpus) == pytest.approx(fitted.predict(corpus.local), abs=1e-5)


def test_of_several_corpora_all_scored_rows_count():
    corpora = [told_corpus(simulated_learners(8, seed=seed)) for seed in (1, 2)]
    for corpus in corpora:
        corpus.scored[::3] = False
    rows = np.concatenate([corpus.local[corpus.scored] for corpus in corpora])
    y = np.concatenate([corpus.correct[corpus.scored] for corpus in corpora])
    assert predict(untrained(*corpora), corpora[0]) == pytest.approx(
        LogisticRegression.fit(rows, y).predict(corpora[0].local), abs=1e-5
    )


def test_a_feature_that_never_varied_says_nothing_when_it_does(train):
    teacher = untrained(train)
    column = LOCAL.index("typical")  # every row of a log is about a step
    assert not train.local[:, column].any()
    changed = train.local.copy()
    changed[:, column] = 1
    assert np.array_equal(predict(teacher, train), predict(teacher, replace(train, local=changed)))


# The plan -------------------------------------------------------------------------------------------------------------


def test_stretches_cut_each_learner_into_pieces_of_at_most_so_many_rows():
    corpus = plain_corpus([learner("a", [("i", "x", 1)] * 5), learner("b", [("i", "x", 1)] * 2)])
    assert stretches_of(corpus, 2) == [slice(0, 2), slice(2, 4), slice(4, 5), slice(5, 7)]
    assert stretches_of(corpus, 5) == [slice(0, 5), slice(5, 7)]


LENGTHS = st.lists(st.integers(1, 60), min_size=1, max_size=40)


@given(lengths=st.lists(LENGTHS, min_size=1, max_size=3), batch_rows=st.integers(1, 200), seed=st.integers(0, 9))
def test_an_epoch_covers_each_stretch_once_in_batches_that_are_not_too_large(lengths, batch_rows, seed):
    stretches = []
    for each in lengths:
        ends = np.cumsum([0, *each]).tolist()
        stretches.append([slice(begin, end) for begin, end in pairwise(ends)])
    epoch = epoch_of(stretches, batch_rows, np.random.default_rng(seed))
    seen = sorted((which, part.start) for which, parts in epoch for part in parts)
    assert seen == sorted((which, part.start) for which, parts in enumerate(stretches) for part in parts)
    for _, parts in epoch:
        longest = max(part.stop - part.start for part in parts)
        assert len(parts) * longest <= batch_rows or len(parts) == 1


def test_epochs_differ_and_batches_hold_stretches_of_about_equal_length():
    rng = np.random.default_rng(0)
    stretches = [[slice(0, length) for length in (10,) * 20 + (100,) * 20]]
    epoch = epoch_of(stretches, 400, rng)
    order = [[part.stop for part in parts] for _, parts in epoch]
    assert sorted(order) == [[10] * 20, *[[100] * 4] * 5]
    assert order != [[part.stop for part in parts] for _, parts in epoch_of(stretches, 400, rng)]


def test_the_pace_warms_up_and_falls_along_a_cosine():
    assert pace(0, 1000, 10) == pytest.approx(1 / 10)
    assert pace(4, 1000, 10) == pytest.approx(5 / 10, abs=1e-4)
    assert pace(250, 1000, 10) == pytest.approx(0.5 + 0.5 * math.sqrt(0.5))
    assert pace(500, 1000, 10) == pytest.approx(0.5)
    assert pace(750, 1000, 10) == pytest.approx(0.5 - 0.5 * math.sqrt(0.5))
    assert pace(999, 1000, 10) == 0.02  # never quite nothing


def test_the_average_is_hardly_held_back_at_first():
    teacher = TeacherModel(TeacherConfig(width=16, heads=2, layers=1, hidden=32, dropout=0.3))
    with torch.no_grad():
        teacher.to_logit.bias.fill_(0.0)
        average = Average(teacher, keep=0.5)
        teacher.to_logit.bias.fill_(11.0)
        average.update(teacher)  # keeps 2 / 11
        assert float(average.model().to_logit.bias) == pytest.approx(9.0)
        for _ in range(20):
            teacher.to_logit.bias.fill_(0.0)
            average.update(teacher)
        before = float(average.model().to_logit.bias)
        average.update(teacher)  # keeps one half from now on
        assert float(average.model().to_logit.bias) == pytest.approx(before / 2)
    assert average.model().config.dropout == 0


# What it knows by name ------------------------------------------------------------------------------------------------


def test_only_steps_that_were_tried_often_enough_unaided_are_known_by_name():
    rows = [("often", "x", 1)] * 5 + [("seldom", "x", 0)] * 4 + [("alone", "y", 1)] * 9 + [("other", "x", 1)]
    corpus = plain_corpus([learner("a", rows), learner("b", [("helped", "x", 1)] * 9, hints=[1] * 9)])
    assert known_steps([Lesson(corpus)], tries=5) == ("often/x",)  # "alone" is all of its skill: that says it
    assert set(known_steps([Lesson(corpus)], tries=4)) == {"often/x", "seldom/x"}
    assert known_steps([Lesson(corpus)], tries=10) == ()


def test_skills_that_somebody_was_asked_about_unaided_are_known_by_name_once():
    first = plain_corpus([learner("a", [("i", "x", 1), ("i", "helped", 1)], hints=[0, 1])])
    second = plain_corpus([learner("a", [("i", "y", 1), ("i", "x", 0)])])
    assert known_skills([Lesson(first), Lesson(second)]) == ("x", "y")


def test_without_names_a_teacher_knows_none(train, valid):
    teacher = train_teacher([Lesson(train)], [valid], replace(QUICK, names=False), 0, silent)
    assert teacher.config.skills == teacher.config.steps == ()


# What it is asked -----------------------------------------------------------------------------------------------------


def test_a_probe_asks_what_a_query_about_the_skill_would_ask():
    log = simulated_learners(1, seed=4, rows=12)
    corpus = told_corpus(log)
    content = Content.of(corpus.curriculum)
    moments = torch.tensor([7, 0, 11])
    found = probe_of(corpus.batch(content, [slice(0, 12)]), moments)
    skills = [corpus.curriculum.main_skills[corpus.asked[t]] for t in moments.tolist()]
    asked = [len(corpus.curriculum.steps) + skill for skill in skills]
    assert found.asked.tolist() == [asked]
    record, expected = Record(), {}
    for t, event in enumerate(log_events(logs_of(log)[0])):
        thing = len(corpus.curriculum.steps) + corpus.curriculum.main_skills[corpus.asked[t]]
        expected[t] = query_features(record, corpus.curriculum, thing, event.at)
        record = record.after(event, corpus.curriculum)
    assert found.local[0].numpy() == pytest.approx(np.stack([expected[t] for t in moments.tolist()]), abs=1e-5)


def test_the_loss_of_a_stretch_is_that_of_its_scored_rows(train):
    teacher = untrained(train)
    config = replace(QUICK, forget_skill=0.0, forget_step=0.0, forget_event=0.0, probes=0)
    corpus = replace(train, scored=np.arange(len(train.asked)) % 2 == 0)
    content = Content.of(corpus.curriculum, teacher.config)
    loss = lesson_loss(teacher, content, Lesson(corpus), [slice(0, 25), slice(25, 31)], config)
    p, y = predict(teacher, corpus)[:31][::2], corpus.correct[:31][::2]
    assert float(loss.detach()) == pytest.approx(-np.mean(np.where(y == 1, np.log(p), np.log(1 - p))), abs=1e-5)


def test_the_spread_is_least_costly_where_it_says_how_far_off_the_forecast_is():
    truth = torch.tensor([1 / (1 + math.exp(-2.0))])
    logit = torch.zeros(1, requires_grad=True)
    log_sd = torch.zeros(1, requires_grad=True)
    assert float(spread_loss(log_sd, logit, truth).detach()) == pytest.approx(0.5 * 2**2)
    at_best = spread_loss(torch.tensor([math.log(2.0)]), logit, truth)
    assert float(at_best.detach()) == pytest.approx(math.log(2.0) + 0.5)
    spread_loss(log_sd, logit, truth).sum().backward()
    assert float(log_sd.grad) == pytest.approx(1 - 2**2)
    assert logit.grad is None  # the spread never moves the forecast


# What it says ---------------------------------------------------------------------------------------------------------


def test_reading_many_learners_together_is_reading_each_alone(trained):
    learners = [each for seed, rows in enumerate((1, 7, 40, 900)) for each in simulated_learners(3, seed, rows=rows)]
    corpus = plain_corpus(learners)
    logits, contexts = read(trained, corpus)
    assert logits.shape == (len(corpus.asked),)
    assert contexts.shape == (len(corpus.asked), QUICK.width)
    for number, each in enumerate(learners):
        alone_logits, alone_contexts = read(trained, plain_corpus([each], corpus.curriculum))
        assert logits[corpus.rows(number)] == pytest.approx(alone_logits, abs=1e-4)
        assert contexts[corpus.rows(number)] == pytest.approx(alone_contexts, abs=1e-4)


def test_a_forecast_knows_nothing_of_the_answer_or_of_what_came_after(trained):
    (before,) = simulated_learners(1, seed=8)
    after = {**before, "correct": [*before["correct"][:15], *(1 - y for y in before["correct"][15:])]}
    curriculum = plain_corpus([before]).curriculum
    first, second = (predict(trained, plain_corpus([each], curriculum)) for each in (before, after))
    assert first[:16] == pytest.approx(second[:16], abs=1e-6)
    assert abs(first[16:] - second[16:]).max() > 1e-3


def test_other_things_that_happened_can_be_read_instead(trained, valid):
    rng = np.random.default_rng(0)
    happened = valid.happened + rng.normal(size=valid.happened.shape).astype(np.float32)
    plain, other = read(trained, valid)[0], read(trained, valid, happened)[0]
    assert not np.allclose(plain, other, atol=1e-6)
    assert plain[valid.begins[:-1]] == pytest.approx(other[valid.begins[:-1]], abs=1e-5)  # nothing happened before


EXTREME = {
    "all right": [learner("a", [("i00", "s0", 1)] * 60)],
    "all wrong": [learner("a", [("i00", "s0", 0)] * 60)],
    "one row": [learner("a", [("i00", "s0", 1)])],
    "ids never seen": [learner("a", [(f"new{n}", f"new{n % 3}", n % 2) for n in range(30)])],
    "3,000 rows": simulated_learners(1, seed=5, rows=3000),
    "a year's pause": [learner("a", [("i00", "s0", 1)] * 3) | {"time_s": [0, 0, 3e7]}],
}


@pytest.mark.parametrize("learners", EXTREME.values(), ids=EXTREME.keys())
def test_forecasts_are_never_certain_and_always_a_number(trained, learners):
    said = predict(trained, plain_corpus(learners))
    assert len(said) == len(learners[0]["correct"])
    assert ((said > 0) & (said < 1)).all()  # NaN is neither


def test_learners_who_are_all_right_or_all_wrong_can_be_learned_from(valid):
    for outcome in (0, 1):
        corpus = plain_corpus(learner(f"{n}", [("i", "x", outcome)] * 9) for n in range(6))
        teacher = train_teacher([Lesson(corpus)], [valid], QUICK, 0, silent)
        said = predict(teacher, corpus)
        assert ((said > 0.5) == outcome).all()


# Courses never seen ---------------------------------------------------------------------------------------------------


def test_lessons_for_any_course_are_told_by_populations_of_many_sizes():
    logs = logs_of(simulated_learners(12, seed=9))
    found = for_any_course(logs, "c", rows=10_000, times=3, rng=np.random.default_rng(0))
    assert [corpus.learners for corpus in found] == [12, 12, 12]
    column = LOCAL.index("skill_log_tried")
    told = [corpus.local[corpus.begins[:-1], column].max() for corpus in found]
    assert all(most > 0 for most in told)
    assert any((corpus.local[corpus.begins[:-1], column] == 0).any() for corpus in found)
    assert 0 in POPULATIONS  # a course that opens today


def test_lessons_for_any_course_hold_about_so_many_rows():
    logs = logs_of(simulated_learners(12, seed=9))
    (found,) = for_any_course(logs, "c", rows=60, times=1, rng=np.random.default_rng(0))
    assert found.learners == 3  # 25 rows each: the third fills it


def test_a_course_is_what_the_name_of_a_file_says_before_the_split():
    names = {"assist2009_train": "assist2009", "a-b_c_valid": "a-b_c", "alone": "alone"}
    assert {name: course_of(name) for name in names} == names


# The command ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    write_log(folder / "c_train.jsonl", simulated_learners(15, seed=1))
    write_log(folder / "c_valid.jsonl", simulated_learners(6, seed=2))
    write_log(folder / "other_valid.jsonl", simulated_learners(6, seed=3))
    write_log(folder / "bad_train.jsonl", [*simulated_learners(2, seed=4), {"user": 1, "skill": [1], "correct": [2]}])
    write_log(folder / "c_test.jsonl", simulated_learners(3, seed=1))  # the first learners of c_train again
    return folder


@pytest.fixture(autouse=True, scope="module")
def quick() -> Iterator[None]:
    """The command with settings for tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "TrainConfig", Quick)
        yield


def run(files: Path, train: str, valid: str, out: Path, *more: str) -> int:
    return main(["--train", str(files / train), "--valid", str(files / valid), "--out", str(out), *more])


def test_the_command_writes_a_teacher_that_can_be_loaded(files, tmp_path):
    assert run(files, "c_train.jsonl", "c_valid.jsonl", tmp_path / "t", "--seed", "3", "--licence", "Free to use.") == 0
    teacher = load_teacher(tmp_path / "t")
    assert len(teacher.config.skills) == 4
    assert teacher.config.steps
    metrics = read_metrics(tmp_path / "t")
    assert 0.5 < metrics["validation"]["auc"] < 1
    assert metrics["seed"] == 3
    assert metrics["config"]["width"] == teacher.config.width == 16
    card = (tmp_path / "t" / "card.md").read_text()
    assert f"python -m models_core.train_teacher --train {files}/c_train.jsonl --valid" in card
    assert "--seed 3" in card
    assert "c_train: 15 learners, 375 rows" in card
    assert "Free to use." in card


def test_the_command_gives_the_same_teacher_again(files, tmp_path):
    for name in ("first", "again"):
        assert run(files, "c_train.jsonl", "c_valid.jsonl", tmp_path / name) == 0
    assert load_teacher(tmp_path / "first").fingerprint() == load_teacher(tmp_path / "again").fingerprint()


def test_a_teacher_for_any_course_knows_no_names_and_may_be_chosen_by_another_course(files, tmp_path):
    assert run(files, "c_train.jsonl", "other_valid.jsonl", tmp_path / "t", "--any-course", "--times", "1") == 0
    teacher = load_teacher(tmp_path / "t")
    assert teacher.config.skills == teacher.config.steps == ()
    assert "knows no skill or step by name" in (tmp_path / "t" / "card.md").read_text()


@pytest.mark.parametrize(
    ("train", "valid", "sentence"),
    [
        ("gone_train.jsonl", "c_valid.jsonl", r"gone_train\.jsonl cannot be read: No such file"),
        ("bad_train.jsonl", "c_valid.jsonl", r"bad_train\.jsonl, line 3: 'correct' of row 1 is 2, expected 0 or 1"),
        ("c_train.jsonl", "c_test.jsonl", r"Learners in both c_train and c_test: 1-0, 1-1 and 1-2\."),
    ],
)
def test_the_command_says_what_is_wrong_with_a_file_and_writes_nothing(files, tmp_path, capsys, train, valid, sentence):
    assert run(files, train, valid, tmp_path / "t") == 1
    said = capsys.readouterr().err
    assert "Not trained. " in said
    assert "Traceback" not in said
    assert re.search(sentence, said)
    assert not (tmp_path / "t").exists()


def test_what_no_event_of_the_training_has_says_nothing():
    """These logs have answers and their times, but nobody's hints and no notes."""
    lessons = [Lesson(told_corpus(simulated_learners(12, seed=1)))]
    teacher = train_teacher(lessons, [lessons[0].corpus], QUICK, seed=0, say=silent)
    entry = teacher.happened[0].weight
    for column in ("hint", "chat", "log_hints", "note_given", "note_surprise"):
        assert not entry[:, HAPPENED.index(column)].any(), column
    for column in ("attempt", "outcome"):
        assert entry[:, HAPPENED.index(column)].any(), column


def test_a_validation_file_belongs_to_the_only_training_file_or_to_the_one_of_its_name():
    assert home_of("V", ["A"]) == "A"
    assert home_of("b_valid", ["a_train", "b_train"]) == "b_train"
    assert home_of("V", ["A", "B"]) is None


def test_files_of_any_name_and_several_courses_are_learned_from(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "TrainConfig", Quick)
    paths = [str(write_log(tmp_path / f"{name}.jsonl", simulated_learners(8, seed))) for seed, name in enumerate("ABV")]
    for train, known in ((paths[:1], {"s0", "s1", "s2", "s3"}), (paths[:2], set())):
        out = tmp_path / f"of-{len(train)}"
        assert main(["--train", *train, "--valid", paths[2], "--out", str(out)]) == 0
        assert set(load_teacher(out).config.skills) == known  # s0 of another course is another skill
