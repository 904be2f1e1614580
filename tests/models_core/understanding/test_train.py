"""Training: what a row holds, that learning learns, and how the thresholds are chosen."""

import random

import numpy as np
import pytest
import torch

from models_core.understanding.labelled import Labelled
from models_core.understanding.network import INTENTS
from models_core.understanding.student import Message, UnderstandConfig, UnderstandStudent
from models_core.understanding.train import (
    choose_distress,
    choose_sure,
    choose_temperature,
    fit,
    loss_of,
    row_of,
    shuffled,
    with_thresholds,
)
from tests.models_core.understanding.stand_in import WordEncoder

SAID = [
    Labelled(Message("i make it 12", "Solve it.", ("5",)), "answer", ("12",), "neutral"),
    Labelled(Message("that comes to 7 surely", "Solve it.", ("5",)), "answer", ("7",), "positive"),
    Labelled(Message("please nudge me along"), "hint", (), "neutral"),
    Labelled(Message("what a silly riddle"), "stuck", (), "frustrated"),
]
ENCODER = WordEncoder()


def test_a_row_knows_where_the_answer_stands() -> None:
    row = row_of(SAID[1], ENCODER)
    assert row.answer == (3, 3)
    assert (INTENTS[row.intent], row.sentiment) == ("answer", 2)
    assert row_of(SAID[2], ENCODER).answer is None
    assert len(row.halfway) == len(row.found.ids)


def test_learning_learns_meaning_and_stretch() -> None:
    torch.manual_seed(0)
    rows = [row_of(each, ENCODER) for each in SAID]
    config = UnderstandConfig(rank=2)
    once = fit(rows, ENCODER, config, seed=1, epochs=1, batch=4)
    net = fit(rows, ENCODER, config, seed=1, epochs=30, batch=2)
    assert loss_of(net, rows).item() < 0.7 * loss_of(once, rows).item()
    student = UnderstandStudent(net.brought(), config, encoder=ENCODER)
    for each in SAID:
        meaning = student.respond(each.message)
        assert meaning.intent == each.intent
        assert meaning.answer == (each.answers[0] if each.answers else None)


def test_the_encoders_own_weights_are_not_trained() -> None:
    net = fit([row_of(each, ENCODER) for each in SAID], ENCODER, UnderstandConfig(rank=2), seed=1, epochs=1, batch=4)
    own = ENCODER.upper_weights()
    assert all(torch.equal(net.upper.layers.get_parameter(name), tensor) for name, tensor in own.items())
    assert any(tensor.abs().sum() > 0 for name, tensor in net.brought().items() if name.endswith(".up"))


def test_the_same_seed_gives_the_same_network() -> None:
    rows = [row_of(each, ENCODER) for each in SAID]
    one, other = (fit(rows, ENCODER, UnderstandConfig(rank=2), seed=3, epochs=2, batch=2).brought() for _ in range(2))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_every_row_is_in_one_batch() -> None:
    rows = [row_of(each, ENCODER) for each in SAID * 9]
    batches = list(shuffled(rows, 5, random.Random(1)))
    assert sum(len(batch) for batch in batches) == len(rows)
    assert {id(row) for batch in batches for row in batch} == {id(row) for row in rows}


def test_an_overconfident_network_is_cooled() -> None:
    rng = np.random.default_rng(0)
    scores, right = np.zeros((400, 10)), rng.integers(0, 10, 400)
    scores[np.arange(400), np.where(rng.random(400) < 0.7, right, (right + 1) % 10)] = 9.0
    assert choose_temperature(scores, right) > 1.5


def test_sure_is_where_enough_are_right() -> None:
    p = np.full((100, 10), 0.05)
    p[:50, 0], p[50:, 0] = 0.9, 0.555
    intents = np.array([0] * 50 + [0] * 25 + [1] * 25)
    assert choose_sure(p, intents) == pytest.approx(0.56)


def test_distress_that_words_miss_sets_its_threshold() -> None:
    at = INTENTS.index("distress")
    p = np.zeros((4, 10))
    p[:, at] = (0.3, 0.8, 0.45, 0.1)
    intents, cries = np.array([at, at, at, 0]), np.array([True, False, False, False])
    assert choose_distress(p, intents, cries) == 0.45  # the first was found by its words


def test_thresholds_come_from_the_held_out() -> None:
    rows = [row_of(each, ENCODER) for each in SAID]
    net = fit(rows, ENCODER, UnderstandConfig(rank=2), seed=1, epochs=2, batch=4)
    chosen = with_thresholds(UnderstandConfig(rank=2), net, rows)
    assert 0.3 <= chosen.temperature <= 3
    assert 0.2 <= chosen.sure_from <= 0.95
