"""A new skill: nothing of it is in the training, and what is added for it touches nothing else."""

import json
from pathlib import Path

import numpy as np
import pytest

from models_core import new_skill as module
from models_core.logs import LogFileError, curriculum_of, log_events
from models_core.new_skill import LEARNERS, added, chosen_skills, main, skill_of, train_without, without
from models_core.train_students import StudentConfig
from tests.kt_logs import Quick, learner, logs_of, simulated_learners, write_log

COUNTS = {"train": 30, "valid": 6, "test": 10}


@pytest.fixture(scope="module")
def splits():
    logs = {name: logs_of(simulated_learners(n, seed=i)) for i, (name, n) in enumerate(COUNTS.items())}
    curriculum = curriculum_of([log for split in logs.values() for log in split], course="small")
    return curriculum, {name: [log_events(log) for log in split] for name, split in logs.items()}


@pytest.fixture(scope="module")
def trained(splits):
    curriculum, events = splits
    rest, held = (without(curriculum, events[name], {0}) for name in ("train", "valid"))
    return train_without(curriculum, rest, held, Quick(), StudentConfig(steps=12), seed=0)


def test_logs_without_a_skill_hold_everything_else_in_order():
    logs = logs_of([learner("ann", [("a", "x", 1), ("b", "y", 0), ("c", "x", 1)]), learner("ben", [("a", "x", 1)])])
    curriculum = curriculum_of(logs, course="small")
    events = [log_events(log) for log in logs]
    assert [[event.step for event in log] for log in without(curriculum, events, {0})] == [["b/y"]]
    assert without(curriculum, events, set()) == events


def test_skills_to_keep_out_go_from_rare_to_frequent(monkeypatch):
    monkeypatch.setattr(module, "ENOUGH_LEARNERS", 2)
    monkeypatch.setattr(module, "ENOUGH_ROWS", 1)
    people = {"w": 1, "x": 2, "y": 3, "z": 4}  # how many practise each; one is too few
    everybody = [learner(f"{n}", [("a", skill, 1) for skill, most in people.items() if n < most]) for n in range(4)]
    curriculum = curriculum_of(logs_of(everybody), course="small")
    events = [log_events(log) for log in logs_of(everybody)]
    names = [[curriculum.skills[s] for s in chosen_skills(curriculum, events, events, n)] for n in (2, 3)]
    assert names == [["x", "z"], ["x", "y", "z"]]
    with pytest.raises(LogFileError, match="Only 3 skills have enough data to be kept out, not 4"):
        chosen_skills(curriculum, events, events, 4)


def test_a_skill_that_was_kept_out_is_known_to_nobody(splits, trained):
    curriculum, _ = splits
    assert curriculum.skills[0] not in trained.teacher.config.skills
    main_skill = np.array(curriculum.main_skills)
    assert not trained.known.tried[main_skill == 0].any()
    assert trained.known.tried[main_skill != 0].all()
    assert np.array_equal(trained.body.last[0], trained.body.net.last.detach().numpy().astype(float))


def test_adding_a_skill_changes_its_own_last_layer_and_its_own_steps_alone(splits, trained):
    curriculum, events = splits
    body, told = added(trained, curriculum, events["train"], [0], 0, seed=0)
    assert np.array_equal(body.last, trained.body.last)
    assert np.array_equal(told.tried, trained.known.tried)
    before, tried = body.last, []
    for n in (3, 10):
        body, told = added(trained, curriculum, events["train"], [0], n, seed=0)
        assert np.array_equal(body.last[1:], before[1:])
        assert not np.allclose(body.last[0], before[0])
        of_it = np.array(curriculum.main_skills) == 0
        assert np.array_equal(told.tried[~of_it], trained.known.tried[~of_it])
        tried.append(int(told.tried[of_it].sum()))
    rows = [sum(skill_of(curriculum, event) == 0 for event in log) for log in events["train"]]
    assert 3 <= tried[0] < tried[1] <= sum(rows)


def test_the_command_scores_students_of_every_size_beside_knowledge_tracing(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.setattr(module, "TrainConfig", Quick)
    monkeypatch.setattr(module, "ENOUGH_LEARNERS", 5)
    monkeypatch.setattr(module, "ENOUGH_ROWS", 5)
    paths = [
        word
        for seed, (name, count) in enumerate(COUNTS.items())
        for word in (f"--{name}", str(write_log(tmp_path / f"{name}.jsonl", simulated_learners(count, seed))))
    ]
    out = tmp_path / "out"
    assert main([*paths, "--out", str(out), "--skills", "2", "--student-steps", "12"]) == 0
    found = json.loads((out / "new_skill.json").read_text())
    assert len(found["about"]["skills"]) == 2
    names = {f"{who}, {n} learners" for who in ("student", "teacher alone") for n in LEARNERS} | {"BKT, all learners"}
    assert found["scores"].keys() == names
    assert all(0 < row["auc"] < 1 and row["log_loss"] > 0 for row in found["scores"].values())
    assert main([*paths, "--out", str(out), "--skills", "9"]) == 1
    assert "skills have enough data to be kept out, not 9" in capsys.readouterr().err
