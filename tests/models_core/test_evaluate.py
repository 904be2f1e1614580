"""The evaluation: what is reported is what was forecast, on learners nobody was trained on, beside two yardsticks."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models_core import evaluate as module
from models_core import train_teacher as trainer
from models_core.artifacts import load_teacher, read_metrics
from models_core.bkt import BKT
from models_core.corpus import Corpus, corpus_of
from models_core.evaluate import (
    Forecast,
    Splits,
    bkt,
    by_scenario,
    compare,
    differences,
    drifting,
    logistic,
    main,
    never_seen,
    read_splits,
    scenarios,
    scores,
    train_ours,
)
from models_core.logs import LogFileError, log_events
from models_core.record import LOCAL
from models_core.train_students import StudentConfig
from models_core.train_teacher import TrainConfig
from tests.kt_logs import Learner, Quick, learner, logs_of, plain_corpus, simulated_learners, write_log

ROOT = Path(__file__).resolve().parents[2]
KT = Path(os.environ.get("TUTOR_SHARED_DATA", ROOT.parent / "shared" / "data")) / "kt"

SEVEN = {"auc", "auc_within", "auc_new_skill", "log_loss", "ece", "parameters", "train_seconds"}
STEP_LOG_TRIED = LOCAL.index("step_log_tried")


def outcomes(*correct: Sequence[int], **more: list[Any]) -> Corpus:
    """One learner per row of outcomes, all on one step."""
    return plain_corpus(learner(f"{n}", [("i", "x", y) for y in each]) | more for n, each in enumerate(correct))


def forecast(*probability: float) -> Forecast:
    return Forecast(np.array(probability), 3, 1.26)


# Scores ---------------------------------------------------------------------------------------------------------------


def test_the_seven_numbers_are_of_the_scored_rows():
    ann = learner("ann", [("i", "x", 0), ("i", "x", 1), ("i", "y", 1), ("i", "x", 1)], hints=[0, 0, 0, 1])
    ben = learner("ben", [("i", "x", 1), ("i", "y", 0)])
    found = scores(forecast(0.2, 0.6, 0.5, np.nan, 0.8, 0.7), plain_corpus([ann, ben]))
    # right: .6 .5 .8, wrong: .2 .7; the pairs in the right order are all but .6 < .7 and .5 < .7
    assert found["auc"] == pytest.approx(4 / 6, abs=1e-4)
    assert found["auc_within"] == 1  # ann's .6 and .5 above .2, ben's .8 above .7
    assert found["auc_new_skill"] == 0.75  # right: .5 .8, wrong: .2 .7
    assert found["log_loss"] == pytest.approx(-np.log([0.8, 0.6, 0.5, 0.8, 0.3]).mean(), abs=1e-4)
    assert (found["parameters"], found["train_seconds"]) == (3, 1.3)
    assert found.keys() == SEVEN


def test_a_scored_row_without_a_forecast_is_refused():
    with pytest.raises(ValueError, match="1 of 2 forecasts are not a number"):
        scores(forecast(0.2, np.nan), outcomes([0, 1]))


def test_ours_is_ahead_by_what_its_auc_is_higher():
    corpus = outcomes([0, 1, 1, 0], [1, 0])
    good, fair, bad = (
        forecast(0.1, 0.9, 0.8, 0.2, 0.7, 0.3),
        forecast(*[0.5] * 6),
        forecast(0.9, 0.1, 0.2, 0.8, 0.3, 0.7),
    )
    found = differences({"ours": good, "fair": fair, "bad": bad}, corpus, seed=0, draws=20)
    assert {name: each["value"] for name, each in found.items()} == {"fair": 0.5, "bad": 1.0}
    assert all(each["low"] <= each["value"] <= each["high"] for each in found.values())


# Scenarios ------------------------------------------------------------------------------------------------------------


def test_scenarios_pick_rows_by_what_came_before():
    ann = learner("ann", [("i", "x", 1), ("i", "x", 0), ("i", "y", 1)]) | {"time_s": [0, 60, 60 + 86_401]}
    ben = learner("ben", [("i", "x", 1), ("i", "y", 0), ("i", "x", 1)], hints=[0, 1, 0])
    ben |= {"time_s": [9e5, 9e5 + 9e4, 9e5 + 9e4 + 86_400]}
    found = {name: np.flatnonzero(rows).tolist() for name, rows in scenarios(plain_corpus([ann, ben])).items()}
    assert found == {  # ben's second row was aided; his third came a day later, and not over a day
        "everything": [0, 1, 2, 3, 5],
        "new learner (first 10 rows)": [0, 1, 2, 3, 5],
        "new skill": [0, 2, 3],
        "known skill": [1, 5],
        "after a pause (over a day)": [2],  # a new learner is not after a pause
    }


def test_new_learners_and_long_histories_are_counted_by_row():
    found = scenarios(outcomes([1] * 203, [0] * 12))
    new, long = found["new learner (first 10 rows)"], found["long history (after 200 rows)"]
    assert np.flatnonzero(new).tolist() == [*range(10), *range(203, 213)]
    assert np.flatnonzero(long).tolist() == [200, 201, 202]


def test_a_learner_drifts_where_the_share_of_right_answers_before_and_after_differs():
    corpus = outcomes([1, 1, 0, 0, 0, 1], [1, 0, 0], [0, 0, 1, 1])
    # at row 2 of the first: 2 of 2 right before, none of the 2 from there on; ben is too short to tell
    assert np.flatnonzero(drifting(corpus, size=2, change=1.0)).tolist() == [2, 11]
    # by half: also rows 3 (1 of 2, then 0) and 4 (0, then 1 of 2)
    assert np.flatnonzero(drifting(corpus, size=2, change=0.5)).tolist() == [2, 3, 4, 11]


def test_drift_is_seen_over_twenty_rows_and_a_quarter():
    some = ([1] * 20 + [1] * 15 + [0] * 5, [1] * 20 + [1] * 16 + [0] * 4, [1] * 39)
    assert np.flatnonzero(drifting(outcomes(*some))).tolist() == [20]


def test_a_scenario_with_one_kind_of_outcome_has_no_auc():
    corpus = outcomes([1, 0, 1, 0])  # the one row on a new skill is right
    found = by_scenario({"ours": forecast(0.5, 0.4, 0.6, 0.3), "other": forecast(*[0.5] * 4)}, corpus)
    assert set(found) == {"everything", "new learner (first 10 rows)", "known skill"}
    assert found["everything"] == {"ours": 1.0, "other": 0.5, "rows": 4}
    assert found["known skill"] == {"ours": 1.0, "other": 0.5, "rows": 3}


# Ours, and the yardsticks ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    for seed, (name, count) in enumerate({"train": 20, "valid": 8, "test": 8}.items(), start=1):
        write_log(folder / f"c_{name}.jsonl", simulated_learners(count, seed))
    write_log(folder / "bad.jsonl", [*simulated_learners(2, seed=4), {"user": 1, "skill": [1], "correct": [2]}])
    write_log(folder / "same.jsonl", simulated_learners(2, seed=1))  # the first learners of c_train again
    return folder


@pytest.fixture(scope="module")
def splits(files: Path) -> Splits:
    return read_splits(*(files / f"c_{name}.jsonl" for name in ("train", "valid", "test")))


STUDENTS = StudentConfig(steps=12, hidden=8, features=3)


def test_steps_are_as_hard_for_judges_as_all_training_learners_found_them(splits):
    told = splits.train.statistics()
    assert told.tried.sum() == 500
    for corpus in (splits.valid, splits.test):
        expected = [told.log_step_tried[step] for step in corpus.asked]
        assert corpus.local[:, STEP_LOG_TRIED] == pytest.approx(expected, abs=1e-6)
    for row, step in enumerate(splits.train.asked):  # those who are trained on, by the other folds
        assert splits.train.local[row, STEP_LOG_TRIED] < told.log_step_tried[step]


def test_no_forecast_knows_its_own_or_later_answers(splits):
    """Of anything that is judged: after row 12 of each learner the test comes out the other way."""
    ours = train_ours(splits.train, splits.valid, Quick(), STUDENTS, 0)
    learners = simulated_learners(8, seed=3)
    turned = [{**each, "correct": [*each["correct"][:12], *(1 - y for y in each["correct"][12:])]} for each in learners]
    events = [log_events(log) for log in logs_of(turned)]
    changed = corpus_of(splits.test.curriculum, events, splits.train.statistics())
    early = np.concatenate([np.arange(25) for _ in range(8)]) <= 12
    fitted = BKT.fit(splits.train.practice())
    for said in (
        ours.forecast,
        lambda corpus: ours.forecast(corpus, "stale"),
        lambda corpus: ours.forecast(corpus, "none"),
        lambda corpus: logistic(Splits(splits.train, splits.valid, corpus)).probability,
        lambda corpus: np.concatenate([fitted.predict(practice) for practice in corpus.practice()]),
    ):
        before, after = said(splits.test), said(changed)
        assert before[early] == pytest.approx(after[early], abs=1e-5)
        assert abs(before[~early] - after[~early]).max() > 0.01


def test_every_model_forecasts_every_unaided_row_and_nothing_else(splits):
    test = replace(splits.test, scored=np.arange(200) % 3 > 0)
    ours, found = compare(replace(splits, test=test), Quick(), STUDENTS, 0)
    assert list(found) == ["ours", "teacher", "students", "logistic", "bkt"]
    for name, each in found.items():
        assert each.probability.shape == (200,), name
        assert np.array_equal(np.isnan(each.probability), ~test.scored), name
        kept = each.probability[test.scored]
        assert ((kept > 0) & (kept < 1)).all(), name
    assert found["logistic"].parameters == len(LOCAL) + 1
    assert found["bkt"].parameters == 4 * 4
    teacher, students = found["teacher"].parameters, found["students"].parameters
    assert found["ours"].parameters == teacher + students
    assert students == sum(p.numel() for p in ours.body.net.parameters()) + ours.body.last.size + 2
    assert found["ours"].train_seconds > 0


def test_yardsticks_learn_what_there_is_to_learn(splits):
    for each in (logistic(splits), bkt(splits.train, splits.test)):
        assert scores(each, splits.test)["auc"] > 0.6


# A course never seen --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def artifact(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A teacher for any course, as the training command makes them."""
    out = tmp_path_factory.mktemp("any") / "teacher"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trainer, "TrainConfig", Quick)
        train, valid = (str(files / f"c_{name}.jsonl") for name in ("train", "valid"))
        assert trainer.main(["--train", train, "--valid", valid, "--out", str(out), "--any-course"]) == 0
    return out


def strangers(count: int, seed: int = 9) -> list[Learner]:
    """Learners of another course."""
    found = simulated_learners(count, seed, name=f"stranger-{seed}")
    return [each | {key: [f"other {id_}" for id_ in each[key]] for key in ("item", "skill")} for each in found]


def test_of_a_course_that_opens_today_nothing_is_known(artifact):
    corpus, found = never_seen(load_teacher(artifact), logs_of(strangers(6)), [], warm=0, seed=0)
    assert not corpus.local[:, STEP_LOG_TRIED].any()
    assert list(found) == ["ours", "rate"]
    assert np.isfinite(found["ours"].probability).all()
    rate = found["rate"].probability  # of a learner's right answers so far, shrunk
    assert rate[corpus.begins[:-1]] == pytest.approx([0.65] * 6)
    assert rate[1] == pytest.approx((corpus.correct[0] + 1.95) / 4)


@pytest.mark.parametrize("warm", [1, 4])
def test_so_many_other_learners_tell_everybody_how_hard_steps_are(artifact, warm):
    others = [learner(f"other-{n}", [("i", f"s{n}", 1)] * 10) for n in range(6)]
    asks_all = [learner(f"l{n}", [("i", f"s{m}", n % 2) for m in range(6)]) for n in range(4)]
    corpus, found = never_seen(load_teacher(artifact), logs_of(asks_all), logs_of(others), warm, seed=0)
    told = corpus.local[:, STEP_LOG_TRIED].reshape(4, 6)
    assert (told == told[0]).all()
    assert sorted(told[0]) == pytest.approx([0.0] * (6 - warm) + [np.log(11)] * warm)
    assert found["bkt"].parameters == 4 * warm  # fitted on the same learners


def test_without_others_learners_of_the_other_folds_tell(artifact):
    each_their_own = [learner(f"l{n}", [("i", "shared", n % 2), (f"i{n}", f"s{n}", 1)]) for n in range(10)]
    corpus, found = never_seen(load_teacher(artifact), logs_of(each_their_own), [], warm=3, seed=0)
    told = corpus.local[:, STEP_LOG_TRIED].reshape(10, 2)
    assert told[:, 0] == pytest.approx([np.log(4)] * 10)
    assert not told[:, 1].any()  # nobody tells themselves
    assert "bkt" not in found


def test_more_learners_than_there_are_are_refused(artifact):
    teacher, logs = load_teacher(artifact), logs_of(strangers(10))
    others = logs_of(strangers(3, seed=10))
    with pytest.raises(LogFileError, match="--warm 9 asks for more learners than the 8 that there are"):
        never_seen(teacher, logs, [], warm=9, seed=0)
    with pytest.raises(LogFileError, match="--warm 4 asks for more learners than the 3 that there are"):
        never_seen(teacher, logs, others, warm=4, seed=0)
    never_seen(teacher, logs, [], warm=8, seed=0)
    never_seen(teacher, logs, others, warm=3, seed=0)


# The command ----------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True, scope="module")
def quick() -> Iterator[None]:
    """The command with settings for tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "TrainConfig", Quick)
        yield


def run(files: Path, out: Path, *more: str, **names: str) -> int:
    named = {"train": "c_train.jsonl", "valid": "c_valid.jsonl", "test": "c_test.jsonl"} | names
    paths = [word for split, name in named.items() for word in (f"--{split}", str(files / name))]
    return main([*paths, "--out", str(out), "--student-steps", "12", *more])


def pictures_of(out: Path) -> set[str]:
    return set(re.findall(r"!\[.+?\]\((.+?)\)", (out / "report.md").read_text()))


@pytest.fixture(scope="module")
def reported(files: Path, quick: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "deep" / "report"
    assert run(files, out, "--seed", "5") == 0
    return out


def test_the_report_has_the_seven_numbers_of_each_model(reported):
    report = json.loads((reported / "report.json").read_text())
    for name in ("ours", "teacher", "students", "logistic", "bkt"):
        assert report[name].keys() == SEVEN, name
        assert 0.5 < report[name]["auc"] < 1, name
        assert report[name]["parameters"] > 0
    assert (report["rows"], report["learners"]) == (200, 8)
    assert report["ahead"].keys() == {"teacher", "students", "logistic", "bkt"}
    ahead = report["ahead"]["bkt"]
    assert ahead["value"] == pytest.approx(report["ours"]["auc"] - report["bkt"]["auc"], abs=2e-4)
    assert report["scenarios"]["everything"]["ours"] == report["ours"]["auc"]
    assert report["about"]["seed"] == 5
    assert report["about"]["config"]["width"] == 16


def test_the_report_for_people_shows_the_same_numbers_and_its_pictures(reported):
    report, text = json.loads((reported / "report.json").read_text()), (reported / "report.md").read_text()
    for name in ("ours", "logistic", "bkt"):
        (row,) = re.findall(rf"^\| {name} \| (0\.\d+) .*$", text, re.MULTILINE)[:1]
        assert float(row) == report[name]["auc"]
    assert report["about"]["command"] in text
    assert pictures_of(reported) == {"calibration.svg", "history.svg", "scenarios.svg", "both.svg"}
    for name in pictures_of(reported):
        assert (reported / name).read_text().lstrip().startswith("<svg"), name


def test_the_teacher_of_an_evaluation_is_kept(reported):
    teacher = load_teacher(reported / "teacher")
    assert teacher.config.width == 16
    assert read_metrics(reported / "teacher").keys() == SEVEN
    assert "python -m models_core.evaluate --train" in (reported / "teacher" / "card.md").read_text()


def test_the_command_reports_the_same_numbers_again(files, reported, tmp_path):
    assert run(files, tmp_path / "again", "--seed", "5") == 0
    first, again = (json.loads((out / "report.json").read_text()) for out in (reported, tmp_path / "again"))
    for name in ("ours", "logistic", "bkt"):
        assert {**first[name], "train_seconds": 0} == {**again[name], "train_seconds": 0}


@pytest.mark.parametrize("warm", [0, 5])
def test_a_course_never_seen_is_reported(files, artifact, tmp_path, warm):
    write_log(tmp_path / "test.jsonl", strangers(8))
    arguments = ["--never-seen", "--teacher", str(artifact), "--warm", str(warm)]
    assert main(["--test", str(tmp_path / "test.jsonl"), "--out", str(tmp_path / "out"), *arguments]) == 0
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["ours"].keys() == report["rate"].keys() == SEVEN
    assert report["about"]["warm"] == warm
    assert report["about"]["teacher"] == load_teacher(artifact).fingerprint()
    assert not (tmp_path / "out" / "teacher").exists()
    for name in pictures_of(tmp_path / "out"):
        assert (tmp_path / "out" / name).exists(), name


def test_learners_of_another_file_may_tell_about_a_course_never_seen(artifact, tmp_path):
    write_log(tmp_path / "test.jsonl", strangers(6))
    write_log(tmp_path / "others.jsonl", strangers(6, seed=10))
    arguments = ["--never-seen", "--teacher", str(artifact), "--warm", "6", "--train", str(tmp_path / "others.jsonl")]
    assert main(["--test", str(tmp_path / "test.jsonl"), "--out", str(tmp_path / "out"), *arguments]) == 0
    assert json.loads((tmp_path / "out" / "report.json").read_text())["bkt"]["parameters"] == 16


def assert_refused(code: int, sentence: str, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = capsys.readouterr().err
    assert code == 1
    assert "Traceback" not in said
    assert re.search(rf"^Not evaluated\. .*{sentence}", said, re.MULTILINE), said
    assert not out.exists()


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ({"test": "gone.jsonl"}, r"gone\.jsonl cannot be read: No such file"),
        ({"train": "bad.jsonl"}, r"bad\.jsonl, line 3: 'correct' of row 1 is 2, expected 0 or 1"),
        ({"test": "same.jsonl"}, r"Learners in both train and test: 1-0 and 1-1\."),
        ({"valid": "same.jsonl"}, r"Learners in both train and valid: 1-0 and 1-1\."),
    ],
)
def test_the_command_says_what_is_wrong_with_a_file_and_writes_nothing(files, tmp_path, capsys, names, sentence):
    assert_refused(run(files, tmp_path / "out", **names), sentence, tmp_path / "out", capsys)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--warm", "7"], "--warm 7 asks for more learners than the 6 that there are"),  # four fifths of eight
        (["--warm", "21", "--train", "c_train.jsonl"], "--warm 21 asks for more learners than the 20"),
        (["--train", "c_test.jsonl"], "Learners in both train and test: 3-0, 3-1, 3-2 and 5 more"),
        (["--teacher", "gone"], r"gone: config\.json is missing"),
    ],
)
def test_what_cannot_be_done_on_a_course_never_seen_is_said_and_nothing_written(
    files, artifact, tmp_path, capsys, monkeypatch, more, sentence
):
    monkeypatch.chdir(files)
    arguments = ["--never-seen", "--teacher", str(artifact), "--test", "c_test.jsonl", "--out", str(tmp_path / "out")]
    assert_refused(main([*arguments, *more]), sentence, tmp_path / "out", capsys)


def test_without_logs_to_learn_from_the_command_asks_for_them(files, tmp_path, capsys):
    with pytest.raises(SystemExit) as left:
        main(["--test", str(files / "c_test.jsonl"), "--out", str(tmp_path / "out")])
    assert left.value.code == 2
    assert "--train and --valid are needed" in capsys.readouterr().err


# Real learners --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(not KT.is_dir(), reason="the logs of real learners are not here (TUTOR_SHARED_DATA)")
def test_on_real_learners_ours_is_better_than_what_everyone_knows(tmp_path):
    paths = []
    for name in ("train", "valid", "test"):
        with (KT / f"assist2009_{name}.jsonl").open(encoding="utf-8") as lines:
            paths.append(tmp_path / f"{name}.jsonl")
            paths[-1].write_text("".join(line for line, _ in zip(lines, range(250), strict=False)), encoding="utf-8")
    splits = read_splits(*paths)
    config = TrainConfig(width=32, epochs=2, fewest_steps=0, average=0.98)
    students = StudentConfig(steps=300, prior_variances=(0.01, 0.03))
    _, forecasts = compare(splits, config, students, seed=0)
    found = {name: scores(each, splits.test) for name, each in forecasts.items()}
    # measured: ours .729, logistic .724, BKT .684
    assert found["ours"]["auc"] > 0.715
    assert found["ours"]["auc"] >= found["logistic"]["auc"] - 0.003
    assert found["ours"]["auc"] > found["bkt"]["auc"] + 0.025
    assert found["ours"]["auc_within"] > found["bkt"]["auc_within"] + 0.01
    assert found["ours"]["auc_new_skill"] > found["bkt"]["auc_new_skill"] + 0.01
    assert found["ours"]["log_loss"] < found["bkt"]["log_loss"] - 0.02
    assert found["ours"]["ece"] < 0.04


# Texts ----------------------------------------------------------------------------------------------------------------


class Encoder:
    """Every text gets a unit vector of its own."""

    asked: list[str] = []

    def __init__(self, _path: Path) -> None:
        pass

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        Encoder.asked = list(texts)
        return np.eye(384, dtype=np.float32)[: len(texts)]


def test_texts_of_items_and_skills_reach_the_models(artifact, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("models_core.commands.TextEncoder", Encoder)
    test = str(write_log(tmp_path / "test.jsonl", simulated_learners(6, seed=3)))
    texts = tmp_path / "texts.json"
    texts.write_text(json.dumps({"items": {"i00": "Solve x + 1 = 2."}, "skills": {"s0": "Undoing additions"}}))
    told = ["--never-seen", "--teacher", str(artifact), "--test", test, "--texts", str(texts)]
    assert main([*told, "--out", str(tmp_path / "out")]) == 0
    assert {"Solve x + 1 = 2.", "Undoing additions"} <= set(Encoder.asked)
    texts.write_text("[]")
    assert main([*told, "--out", str(tmp_path / "none")]) == 1
    assert "texts.json" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_without_the_encoder_texts_are_refused_in_a_sentence(artifact, tmp_path, capsys):
    test = str(write_log(tmp_path / "test.jsonl", simulated_learners(6, seed=3)))
    texts = tmp_path / "texts.json"
    texts.write_text(json.dumps({"items": {"i00": "Solve x + 1 = 2."}}))
    told = ["--never-seen", "--teacher", str(artifact), "--test", test, "--texts", str(texts)]
    assert main([*told, "--encoder", str(tmp_path / "nowhere"), "--out", str(tmp_path / "none")]) == 1
    assert "There is no text encoder at" in capsys.readouterr().err
