"""The network over the evidence: its arithmetic, its temperature, when it abstains, and what it refuses."""

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from models_core.artifacts import ArtifactRefused, load_any_student, save_student
from models_core.diagnosis.evidence import Step, step_from
from models_core.diagnosis.scoring import macro_f1, score
from models_core.diagnosis.shipped import EQUATION_STEPS, load_diagnose_student
from models_core.diagnosis.student import DiagnoseConfig, DiagnoseStudent

CONFIG = DiagnoseConfig(labels=("a", "b"), evidence=("one", "two"), hidden=2, context_width=3)


def student(settings: DiagnoseConfig = CONFIG) -> DiagnoseStudent:
    """Hidden units are `one` and `two` themselves; label a gets the first, b the second; context[0] speaks for b."""
    weights = {
        "inward.weight": torch.eye(2),
        "inward.bias": torch.zeros(2),
        "context.weight": torch.tensor([[0.0, 0, 0], [1, 0, 0]]),
        "outward.weight": torch.eye(2),
        "outward.bias": torch.zeros(2),
    }
    return DiagnoseStudent(settings, weights, skill="s", teacher="t")


def test_evidence_is_weighed():
    assert student().weigh({"one": 1.0}) == pytest.approx([np.e / (np.e + 1), 1 / (np.e + 1)])
    assert student().weigh({}) == pytest.approx([0.5, 0.5])
    assert student().weigh({"unheard of": 9.0}) == pytest.approx([0.5, 0.5])


def test_the_teacher_s_context_counts_where_there_is_one():
    context = np.array([2, 5, 5], np.float32)
    assert student().weigh({"one": 1.0}, context) == pytest.approx([1 / (1 + np.e), np.e / (1 + np.e)])
    with pytest.raises(ValueError, match="3 numbers"):
        student().weigh({}, np.zeros(4, np.float32))


def test_temperature_makes_it_less_sure():
    cooler = student(replace(CONFIG, temperature=2.0))
    assert cooler.weigh({"one": 2.0})[0] == pytest.approx(np.e / (np.e + 1))


def test_it_abstains_below_its_threshold():
    step = Step("x=1", "ADD_SIDE", "1")
    assert student(replace(CONFIG, abstain_below=0.51)).diagnose(step).abstains
    assert not student(replace(CONFIG, abstain_below=0.5)).diagnose(step).abstains


@pytest.mark.parametrize(
    "change",
    [
        {"labels": []},
        {"labels": ["a", "a"]},
        {"labels": "ab"},
        {"evidence": [1, 2]},
        {"hidden": 0},
        {"hidden": 2.0},
        {"hidden": True},
        {"context_width": 10**6},
        {"temperature": 0},
        {"temperature": "hot"},
        {"abstain_below": 2},
        {"extra": 1},
    ],
)
def test_an_impossible_config_is_refused(change):
    with pytest.raises(ValueError, match=r"\w"):
        DiagnoseStudent.shapes({**student().config(), **change})


def test_saved_and_read_again_it_says_the_same(tmp_path):
    save_student(student(), tmp_path / "it", metrics={}, card="")
    again = load_any_student(tmp_path / "it")
    assert isinstance(again, DiagnoseStudent)
    assert again.settings == CONFIG
    assert again.weigh({"one": 1.0, "two": 0.5}) == pytest.approx(student().weigh({"one": 1.0, "two": 0.5}))


def test_a_changed_shape_is_refused(tmp_path):
    save_student(student(), tmp_path / "it", metrics={}, card="")
    config = json.loads((tmp_path / "it" / "config.json").read_text())
    config["model"]["labels"].append("c")
    (tmp_path / "it" / "config.json").write_text(json.dumps(config))
    with pytest.raises(ArtifactRefused, match="shape"):
        load_any_student(tmp_path / "it")


# Scores ---------------------------------------------------------------------------------------------------------------


def test_macro_f1_is_the_mean_over_labels():
    assert macro_f1(["a", "a", "b"], ["a", "b", "b"]) == pytest.approx((2 / 3 + 2 / 3) / 2)
    assert macro_f1(["a", "a"], ["a", "c"]) == pytest.approx((2 / 3 + 0) / 2)


def test_the_curve_counts_the_surest_first():
    scores = score(
        ["a"] * 4, ["a", "a", "b", "b"], [0.9, 0.8, 0.7, 0.6], [False, False, False, True], [0.9, 0.8, 0.3, 0.4]
    )
    assert dict(scores.curve)[0.5] == 1.0
    assert dict(scores.curve)[1.0] == 0.5
    assert scores.answered == 0.75
    assert scores.answered_accuracy == pytest.approx(2 / 3)
    with pytest.raises(ValueError, match="no labelled steps"):
        score([], [], [], [], [])


# What ships -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "label"),
    [
        (("3y+5=20", "ADD_SIDE", "5", None), "SUBTRACT_TO_REMOVE"),
        (("3y-5=20", "SUB_SIDE", "5", None), "ADD_TO_REMOVE"),
        (("-11y=4", "DIV_SIDE", "11", None), "DIVIDE_NEGATIVE_BETTER"),
        (("11y=4", "DIV_SIDE", "11y", None), "DIVIDE_TO_ISOLATE"),
        (("11y=4", "DIV_SIDE", "4", None), "FOCUS_ON_VARIABLE"),
        (("11y=4", "MUL_SIDE", "11", None), "DIVIDE_TO_SIMPLIFY"),
        (("11y=4", "SUB_SIDE", "11", None), "ISOLATE_HINT"),
        (("17y+5y=4", "SUB_SIDE", "5", None), "COMBINE_LIKE_TERMS"),
        (("11/y=4", "MUL_SIDE", "11", None), "REMOVE_VARIABLE_DENOMINATOR"),
        (("x=-55/11", "COMBINE_MUL", "5", "divide"), "DIVIDE_MULTIPLY_OPP_SIGNS"),
        (("x=55/11", "COMBINE_MUL", "605", "divide"), "WRONG_OPERATION"),
        (("x=11-55", "COMBINE_ADD", "66", "subtract"), "WRONG_OPERATION"),
        (("15-3=-13x+3-3", "COMBINE_ADD", "13x", "subtract"), "FORGOT_NEGATIVE"),
        (("15-3=-13x+3-3", "COMBINE_ADD", "-13", "subtract"), "FORGOT_VARIABLE"),
        (("x=14/22", "COMBINE_MUL", "14/22", None), "SIMPLIFY_FRACTION"),
        (("x=14/22", "COMBINE_MUL", "5", None), "EXPRESSION_NOT_EQUIVALENT"),
        (("x=-14/22", "COMBINE_MUL", "7/11", None), "CHECK_SIGN"),
    ],
)
def test_the_shipped_student_names_plain_cases(line, label):
    equation, action, given, before = line
    diagnosis = load_diagnose_student().diagnose(Step(equation, action, given, "", before))
    assert diagnosis.label == label
    assert not diagnosis.abstains


@pytest.mark.parametrize("step", [Step("?!", "COMBINE_MUL", "5"), Step("3x=6", "STARE_AT", "3")])
def test_it_abstains_where_the_equation_cannot_be_read_or_the_action_is_not_known(step):
    diagnosis = load_diagnose_student().diagnose(step)
    assert diagnosis.abstains
    assert sum(p for _, p in diagnosis.ranked) == pytest.approx(1)


def test_the_weights_are_small_and_the_card_says_whose_data_it_is():
    assert sum(path.stat().st_size for path in EQUATION_STEPS.iterdir()) < 500_000
    card = (EQUATION_STEPS / "card.md").read_text()
    for told in ("CC BY 4.0", "CogTutorBugs", "python -m models_core.diagnosis.train", "macro f1"):
        assert told in card


def test_without_contexts_in_the_data_the_context_has_no_say():
    assert not load_diagnose_student().tensors()["context.weight"].any()


def test_the_stored_scores_reach_the_goals():
    scores = json.loads((EQUATION_STEPS / "metrics.json").read_text())["scores"]
    assert scores["accuracy"]["mean"] >= 0.90
    assert scores["macro_f1"]["mean"] >= 0.87
    assert scores["accuracy_of_surest_half"]["mean"] >= 0.97


def test_weighing_takes_less_than_a_millisecond():
    shipped = load_diagnose_student()
    found = dict.fromkeys(shipped.settings.evidence[::4], 1.0)
    context = np.zeros(64, np.float32)
    times = []
    for _ in range(50):
        started = time.perf_counter()
        shipped.weigh(found, context)
        times.append(time.perf_counter() - started)
    assert np.median(times) < 1e-3


DATA = next(
    (
        path
        for parent in Path(__file__).resolve().parents
        if (path := parent / "shared" / "data" / "algebra-errors" / "train.jsonl").is_file()
    ),
    None,
)


@pytest.mark.slow
@pytest.mark.skipif(DATA is None, reason="the labelled steps are not here")
def test_a_student_trained_on_some_equations_names_errors_of_others(tmp_path):
    from models_core.diagnosis.train import Plan, fit, folds, read_steps

    assert DATA is not None
    lines = DATA.read_text().splitlines()[::2]
    (tmp_path / "half.jsonl").write_text("\n".join(lines))
    steps = read_steps([tmp_path / "half.jsonl"])
    labels = sorted(set(steps.labels))
    part = folds(steps, 4, seed=1)
    trained = fit(steps.only(np.flatnonzero(part)), labels, Plan(epochs=12), seed=1)
    out = np.flatnonzero(part == 0)
    right = [trained.diagnose(step_from(json.loads(lines[i]))).label == steps.labels[i] for i in out]
    assert np.mean(right) >= 0.90
