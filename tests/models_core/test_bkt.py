"""BKT: the textbook update by hand, and known parameters found again."""

import random

import pytest

from models_core.bkt import BKT, SkillBKT, fit_skill


def test_the_textbook_update_by_hand():
    skill = SkillBKT(known=0.5, learn=0.2, guess=0.25, slip=0.25)
    assert skill.chance(0.5) == 0.5
    assert skill.after(0.5, True) == pytest.approx(0.75 + 0.25 * 0.2)
    assert skill.after(0.5, False) == pytest.approx(0.25 + 0.75 * 0.2)


def test_fitting_finds_the_parameters_that_made_the_data():
    rng = random.Random(0)
    true = SkillBKT(known=0.3, learn=0.2, guess=0.15, slip=0.1)
    sequences = []
    for _ in range(800):
        known, outcomes = rng.random() < true.known, []
        for _ in range(12):
            outcomes.append(rng.random() < ((1 - true.slip) if known else true.guess))
            known = known or rng.random() < true.learn
        sequences.append(outcomes)
    found = fit_skill(sequences)
    for name in ("known", "learn", "guess", "slip"):
        assert getattr(found, name) == pytest.approx(getattr(true, name), abs=0.05), name


def test_a_prediction_uses_only_what_came_before():
    model = BKT.fit([[("a", True), ("a", False), ("b", True)]] * 5)
    longer = model.predict([("a", True), ("b", True), ("a", False), ("never-seen", True)])
    assert longer[:2] == model.predict([("a", True), ("b", False)])
    assert 0 < longer[3] < 1


def test_one_answer_is_enough_to_fit():
    assert 0 < fit_skill([[True]]).known < 1
