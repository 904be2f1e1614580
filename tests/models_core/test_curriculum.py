"""A curriculum: it contradicts itself or it loads, and nothing in between."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from models_core.curriculum import Curriculum, CurriculumError, UnknownSkill, UnknownStep
from models_core.item_statistics import ItemStatistics


def test_saving_and_loading_gives_the_same_curriculum(curriculum, tmp_path):
    curriculum.save(tmp_path / "c.npz")
    loaded = Curriculum.load(tmp_path / "c.npz")
    for name in ("course", "skills", "prerequisites", "steps", "step_skills"):
        assert getattr(loaded, name) == getattr(curriculum, name)
    for name in ("step_vectors", "skill_vectors"):
        assert np.array_equal(getattr(loaded, name), getattr(curriculum, name))
    for name in ("tried", "right", "main_skill", "skills"):
        assert np.array_equal(getattr(loaded.statistics, name), getattr(curriculum.statistics, name))
    assert loaded.item_statistics.step_logit == curriculum.item_statistics.step_logit


def test_nobody_need_have_tried_a_course(curriculum, tmp_path):
    replace(curriculum, statistics=None).save(tmp_path / "c.npz")
    loaded = Curriculum.load(tmp_path / "c.npz")
    assert loaded.statistics is None
    assert loaded.item_statistics.tried.tolist() == loaded.item_statistics.right.tolist() == [0] * 6
    # all steps are as hard as those of a usual course, of which 65 % are answered right
    assert loaded.item_statistics.step_logit == pytest.approx([np.log(0.65 / 0.35)] * 6)


@pytest.mark.parametrize("missing", [("step_vectors",), ("skill_vectors",), ("step_vectors", "skill_vectors")])
def test_a_course_need_have_no_texts(curriculum, tmp_path, missing):
    replace(curriculum, **dict.fromkeys(missing)).save(tmp_path / "c.npz")
    loaded = Curriculum.load(tmp_path / "c.npz")
    for name in ("step_vectors", "skill_vectors"):
        expected = None if name in missing else getattr(curriculum, name)
        assert np.array_equal(getattr(loaded, name), expected)


def test_a_course_gets_to_know_how_hard_its_steps_are_by_hand(curriculum):
    nobody = replace(curriculum, statistics=None)
    known = nobody.known_by(np.array([1, 4, 4, 1, 10, 0]), np.array([1, 4, 0, 0, 2, 0]))
    assert nobody.statistics is None
    # shares of right answers: see the course's own words
    shares = np.array([4 / 5, 7 / 8, 1 / 8, 1 / 5, 8 / 35, 3 / 10])
    assert known.item_statistics.step_logit == pytest.approx(np.log(shares / (1 - shares)))


def test_steps_are_about_the_skill_of_theirs_that_is_taught_last(curriculum):
    assert curriculum.main_skills == (0, 0, 1, 1, 2, 2)
    turned = replace(curriculum, prerequisites=((1,), (2,), ()), statistics=None)
    assert turned.main_skills == (0, 0, 1, 1, 2, 0)


def test_steps_that_exercise_the_same_skills_share_a_set_by_hand(curriculum):
    sets, of_step = curriculum.skill_sets
    assert sets == ((0,), (1,), (2,), (0, 2))
    assert of_step.tolist() == [0, 0, 1, 1, 2, 3]
    sets, of_step = replace(curriculum, step_skills=((0, 2), *curriculum.step_skills[1:]), statistics=None).skill_sets
    assert sets == ((0, 2), (0,), (1,), (2,))
    assert of_step.tolist() == [0, 1, 2, 2, 3, 0]  # in whatever order they stand


def test_lookups(curriculum):
    assert curriculum.step_index("p2/a") == 2
    assert curriculum.skills_of("p5/a") == ("graph", "add")
    with pytest.raises(UnknownStep, match=r"Step 'x' is not in the curriculum of 'small'\."):
        curriculum.step_index("x")
    with pytest.raises(UnknownSkill, match="Skill 'x'"):
        curriculum.skill_index("x")


def test_teaching_order_puts_prerequisites_first(curriculum):
    turned = replace(curriculum, prerequisites=((1,), (2,), ()), statistics=None)
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
        ({"statistics": ItemStatistics.none((0, 0, 1, 1, 2), 3)}, "statistics are those of another course"),
        ({"statistics": ItemStatistics.none((0, 0, 1, 1, 2, 0), 3)}, "statistics are those of another course"),
        ({"statistics": ItemStatistics.none((0, 0, 1, 1, 2, 2), 4)}, "statistics are those of another course"),
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


@pytest.mark.parametrize(
    "counts",
    [
        {"right": np.array([2, 4, 0, 0, 2, 0])},  # more than tried
        {"right": np.array([-1, 4, 0, 0, 2, 0])},
        {"tried": np.array([1, 4, 4, 1, 10])},
        {"tried": np.full(6, np.nan), "right": np.full(6, np.nan)},
        {"tried": np.full(6, np.inf)},
        {"tried": np.full((6, 2), 10)},
        {"tried": np.array([{}] * 6, object)},
        {"right": None},
    ],
)
def test_statistics_in_a_file_that_cannot_be_are_refused(curriculum, tmp_path, counts):
    curriculum.save(tmp_path / "c.npz")
    with np.load(tmp_path / "c.npz") as file:
        arrays = {name: array for name, array in {**file, **counts}.items() if array is not None}
    np.savez(tmp_path / "c.npz", **arrays)
    with pytest.raises(CurriculumError, match=r"c\.npz is not a curriculum file"):
        Curriculum.load(tmp_path / "c.npz")
