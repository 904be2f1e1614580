"""Training from a file: what is read and refused, how equations are kept apart, what is chosen and written."""

import json
import random

import numpy as np
import pytest

from models_core.diagnosis.shipped import load_diagnose_student
from models_core.diagnosis.train import (
    DataError,
    HeldOut,
    choose_temperature,
    choose_threshold,
    folds,
    main,
    read_steps,
    tempered,
)


def lines(n: int, contexts: bool = False) -> list[dict]:
    """Steps with two errors that differ in one thing: the wrong sign, or the wrong operation."""
    rng, found = random.Random(0), []
    for i in range(n):
        a, b = rng.randint(2, 40), rng.randint(2, 40)
        label = ("SUBTRACT_TO_REMOVE", "ISOLATE_HINT")[i % 2]
        step = (
            {"equation": f"x+{a}={b}", "action": "ADD_SIDE", "input": str(a)}
            if i % 2 == 0
            else {"equation": f"{a}x={b + 41}", "action": "ADD_SIDE", "input": str(a)}
        )
        found.append({**step, "result": "", "previous_action": None, "label": label})
        if contexts:
            found[-1]["context"] = [float(i % 2)] * 64
    return found


@pytest.fixture
def file(tmp_path):
    def write(*objects):
        path = tmp_path / "steps.jsonl"
        path.write_text("\n".join(o if isinstance(o, str) else json.dumps(o) for o in objects), encoding="utf-8")
        return path

    return write


def test_a_trained_student_is_written_and_says_what_was_planted(file, tmp_path, capsys):
    out = tmp_path / "student"
    small = ["--epochs", "30", "--repeats", "1", "--hidden", "8", "--attribution", "Made up here."]
    main(["--data", str(file(*lines(120))), "--out", str(out), *small])
    told = capsys.readouterr().out
    assert "accuracy" in told
    student = load_diagnose_student(out)
    assert student.diagnose(read_steps([file(*lines(2))]).steps[0]).label == "SUBTRACT_TO_REMOVE"
    assert not student.tensors()["context.weight"].any()
    card = (out / "card.md").read_text()
    assert "Made up here." in card
    assert "--valid-fraction 0.2" in card
    assert json.loads((out / "metrics.json").read_text())["scores"]["accuracy"]["mean"] > 0.9


def test_contexts_are_learned_from_where_the_data_has_them(file, tmp_path):
    out = tmp_path / "student"
    main(["--data", str(file(*lines(60, contexts=True))), "--out", str(out), "--epochs", "2", "--repeats", "1"])
    assert load_diagnose_student(out).tensors()["context.weight"].any()


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("{", "line 3"),
        ("[]", "object with a label"),
        ({"equation": "x=1", "action": "ADD_SIDE", "input": "1"}, "label"),
        ({"equation": "x=1", "action": "ADD_SIDE", "input": 1, "label": "A"}, "'input'"),
        ({**lines(1)[0], "context": [1, 2]}, "64 finite numbers"),
        ({**lines(1)[0], "context": "abc"}, "list of numbers"),
        ({**lines(1)[0], "context": [0] * 64}, "all or none"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(file, bad, why):
    with pytest.raises(DataError, match=why):
        read_steps([file(*lines(2), bad)])


def test_one_label_is_nothing_to_learn(file):
    with pytest.raises(DataError, match="two labels"):
        read_steps([file(*lines(9)[::2])])


@pytest.mark.parametrize("options", [["--valid-fraction", "0.9"], ["--valid-fraction", "x"], ["--repeats", "0"]])
def test_nonsense_options_are_refused_before_any_work(file, tmp_path, options):
    with pytest.raises(SystemExit):
        main(["--data", str(file(*lines(4))), "--out", str(tmp_path / "s"), *options])


def test_steps_of_one_equation_are_held_out_together(file):
    steps = read_steps([file(*lines(40), *lines(40))])
    part = folds(steps, 5, seed=0)
    assert set(part) == {0, 1, 2, 3, 4}
    for equation in {step.equation for step in steps.steps}:
        assert len({p for p, step in zip(part, steps.steps, strict=True) if step.equation == equation}) == 1


def test_the_temperature_undoes_overconfidence():
    """Half of these are wrong although each says 0.99: the best temperature is the hottest one."""
    said = np.tile([0.99, 0.01], (100, 1))
    held = HeldOut(said, ("a", "b") * 50, np.zeros(100, np.int64))
    assert choose_temperature(held, ["a", "b"]) == pytest.approx(3.0)
    assert tempered(said, 1e9)[0] == pytest.approx([0.5, 0.5])
    assert tempered(said, 1.0) == pytest.approx(said)


def test_the_threshold_is_where_wrong_names_begin_to_cost_more_than_right_ones_gain():
    sure = np.array([0.95, 0.9, 0.8, 0.7, 0.6])
    probabilities = np.stack([sure, 1 - sure], 1)
    assert choose_threshold(probabilities, np.array([True, True, True, False, True])) == 0.8
    assert choose_threshold(probabilities, np.array([True] * 5)) == 0.6
