"""A curriculum: it contradicts itself or it loads, and nothing in between."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from models_core.curriculum import Curriculum, CurriculumError, UnknownSkill, UnknownStep, shrunken_difficulty


def test_saving_and_loading_gives_the_same_curriculum(curriculum, tmp_path):
    curriculum.save(tmp_path / "c.npz")
    loaded = Curriculum.load(tmp_path / "c.npz")
    for name in ("course", "skills", "prerequisites", "steps", "step_skills"):
        assert getattr(loaded, name) == getattr(curriculum, name)
    for name in ("step_vectors", "skill_vectors", "difficulty"):
        assert np.array_equal(getattr(loaded, name), getattr(curriculum, name))


def test_difficulty_may_be_unknown(curriculum, tmp_path):
    replace(curriculum, difficulty=None).save(tmp_path / "c.npz")
    loaded = Curriculum.load(tmp_path / "c.npz")
    assert loaded.difficulty is None
    assert loaded.difficulty_of(3) == 0


def test_lookups(curriculum):
    assert curriculum.step_index("p2/a") == 2
    assert curriculum.skills_of("p5/a") == ("graph", "add")
    with pytest.raises(UnknownStep, match=r"Step 'x' is not in the curriculum of 'small'\."):
        curriculum.step_index("x")
    with pytest.raises(UnknownSkill, match="Skill 'x'"):
        curriculum.skill_index("x")


def test_teaching_order_puts_prerequisites_first(curriculum):
    turned = replace(curriculum, prerequisites=((1,), (2,), ()))
    assert turned.teaching_order == (2, 1, 0)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"prerequisites": ((2,), (0,), (1,))}, "run in a circle"),
        ({"prerequisites": ((0,), (), ())}, "'add' run in a circle"),
        ({"prerequisites": ((), ())}, "3 skills but 2 lists"),
        ({"prerequisites": ((), (7,), ())}, "'solve' refers to skill number 7, but there are 3"),
        ({"skills": ("add", "add", "graph")}, "skill 'add' is there twice"),
        ({"steps": ("p1/a",) * 6}, "step 'p1/a' is there twice"),
        ({"step_skills": ((0,),) * 5}, "6 steps but 5 lists"),
        ({"step_skills": ((0,),) * 5 + ((),)}, "'p5/a' has no skill"),
        ({"step_skills": ((0,),) * 5 + ((-1,),)}, "skill number -1"),
        ({"step_vectors": np.ones((6, 384), np.float32)}, "Row 0 of step_vectors has length 19.596"),
        ({"step_vectors": np.full((6, 384), np.nan, np.float32)}, "expected unit vectors"),
        ({"skill_vectors": np.ones((3, 5), np.float32)}, r"shape \(3, 5\), expected \(3, 384\)"),
        ({"step_vectors": np.ones((6, 384))}, "float64, expected float32"),
        ({"difficulty": np.zeros(5, np.float32)}, r"difficulty has shape \(5,\)"),
        ({"difficulty": np.full(6, np.inf, np.float32)}, "not finite"),
        ({"skills": (), "prerequisites": ()}, "has no skills"),
    ],
)
def test_a_contradiction_is_refused_with_its_place(curriculum, change, sentence):
    with pytest.raises(CurriculumError, match=sentence):
        replace(curriculum, **change)


@pytest.mark.parametrize(
    "content", [b"", b"not a zip", pickle.dumps({"course": "x"}), b"PK\x03\x04broken", b"\x93NUMPY\x01\x00"]
)
def test_another_kind_of_file_is_refused(tmp_path, content):
    path = tmp_path / "c.npz"
    path.write_bytes(content)
    with pytest.raises(CurriculumError, match=r"c\.npz is not a curriculum file"):
        Curriculum.load(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(CurriculumError, match="not a curriculum file"):
        Curriculum.load(tmp_path / "c.npz")


def test_a_pickled_array_inside_is_refused(tmp_path):
    np.savez(tmp_path / "c.npz", header=np.array([{"course": "x"}], object))
    with pytest.raises(CurriculumError):
        Curriculum.load(tmp_path / "c.npz")


def test_difficulty_by_hand():
    # 4 attempts, 2 failures: average (2 + 1) / (4 + 2) = 1/2. Step 0 failed 2 of 2, shrunk: (2 + 5/2) / (2 + 5) = 9/14
    found = shrunken_difficulty([0, 0, 1, 1], [False, False, True, True], 3)
    assert found.tolist() == [pytest.approx(np.log(9 / 5)), pytest.approx(-np.log(9 / 5)), 0]
