"""The teacher: cached and full agree, the future stays out of the past, and the parts do what their names say."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from models_core.events import EncodedLog, encode_log
from models_core.record import LOCAL_WIDTH
from models_core.teacher import (
    RELATIONS,
    Batch,
    Content,
    Layer,
    Memory,
    Probe,
    TeacherConfig,
    TeacherModel,
    config_from,
    relate,
)

LOCAL = np.random.default_rng(9).normal(size=(204, LOCAL_WIDTH)).astype(np.float32)  # made-up counts


def as_batch(content: Content, code: EncodedLog) -> Batch:
    said = None if code.said is None else torch.from_numpy(code.said)[None]
    asked, at, happened = (torch.from_numpy(a)[None] for a in (code.asked, code.at, code.happened))
    return Batch(content, asked, at, torch.from_numpy(LOCAL[: len(code)])[None], happened, said)


def remember(teacher, content, code, upto: int) -> tuple[Memory, list]:
    memory, readings = teacher.remember_nothing(content), []
    for t in range(upto):
        said = None if code.said is None else code.said[t]
        memory, reading = teacher.append(
            memory, int(code.asked[t]), float(code.at[t]), LOCAL[t], code.happened[t], said
        )
        readings.append(reading)
    return memory, readings


@pytest.fixture(scope="module")
def content(curriculum):
    return Content.of(curriculum)


@pytest.fixture(scope="module")
def code(log, curriculum):
    return encode_log(log, curriculum)


def test_one_event_at_a_time_gives_what_a_full_pass_gives(teacher, content, code):
    full, _ = teacher(as_batch(content, code))
    _, one_by_one = remember(teacher, content, code, len(code))
    for name in ("context", "logit", "log_sd"):
        cached = torch.cat([getattr(reading, name) for reading in one_by_one])
        assert torch.allclose(cached, getattr(full, name)[0], atol=1e-5), name


def test_reading_many_queries_from_memory_gives_what_a_probe_in_a_full_pass_gives(teacher, content, code):
    skill = content.step_count + 1
    moments = torch.tensor([0, 1, 40, 149])
    probe = Probe(torch.full((1, 4), skill), torch.from_numpy(LOCAL[200:204])[None], moments)
    _, probed = teacher(as_batch(content, code), probe)
    for i, t in enumerate(moments.tolist()):
        memory, _ = remember(teacher, content, code, t)
        reading = teacher.read(memory, np.array([skill, 0, 3]), float(code.at[t]), LOCAL[[200 + i, 0, 0]])
        assert reading.context.shape == (3, 16)
        assert torch.allclose(reading.logit[0], probed.logit[0, i], atol=1e-5)


def test_queries_asked_together_do_not_see_each_other(teacher, content, code):
    memory, _ = remember(teacher, content, code, 30)
    at = float(code.at[30])
    together = teacher.read(memory, np.arange(9), at, LOCAL[:9]).logit
    alone = torch.cat([teacher.read(memory, np.array([i]), at, LOCAL[i : i + 1]).logit for i in range(9)])
    assert torch.allclose(together, alone, atol=1e-6)


@pytest.mark.parametrize("t", [0, 20, 148])
def test_changing_an_event_and_all_after_it_never_changes_what_was_said_before(teacher, content, code, t):
    before, _ = teacher(as_batch(content, code))
    changed = replace(
        code,
        happened=np.concatenate([code.happened[:t], -3 * code.happened[t:] + 1]),
        asked=np.concatenate([code.asked[: t + 1], (code.asked[t + 1 :] + 1) % 7]),
        at=np.concatenate([code.at[: t + 1], code.at[t + 1 :] + 1e6]),
    )
    after, _ = teacher(as_batch(content, changed))
    # position t itself is asked the same question at the same time, and must not see its own outcome
    assert torch.equal(before.context[0, : t + 1], after.context[0, : t + 1])
    if t < 148:
        assert not torch.allclose(before.context[0, t + 1 :], after.context[0, t + 1 :])


def test_every_relation_and_every_part_of_what_happened_matters(teacher, content, code):
    memory, _ = remember(teacher, content, code, 40)
    said = teacher.read(memory, np.arange(6), float(code.at[40]), LOCAL[:6]).logit
    for r, name in enumerate(RELATIONS):
        other = TeacherModel(teacher.config)
        other.load_state_dict(teacher.state_dict())
        with torch.no_grad():
            for layer in other.layers:
                layer.relation_bias[:, r] += 1.0
        changed, _ = remember(other.eval(), content, code, 40)
        assert not torch.allclose(
            said, other.read(changed, np.arange(6), float(code.at[40]), LOCAL[:6]).logit, atol=1e-6
        ), name
    for column in range(code.happened.shape[1]):
        happened = code.happened.copy()
        happened[39, column] += 1
        changed, _ = remember(teacher, content, replace(code, happened=happened), 40)
        assert not torch.equal(said, teacher.read(changed, np.arange(6), float(code.at[40]), LOCAL[:6]).logit), column


def test_an_old_memory_stays_valid_when_a_newer_one_grows_and_branches(teacher, content, code):
    old, _ = remember(teacher, content, code, 100)
    digest, at = old.digest(), float(code.at[100])
    said = teacher.read(old, np.arange(6), at, LOCAL[:6]).logit
    row = (int(code.asked[100]), at, LOCAL[100], code.happened[100])
    first, _ = teacher.append(old, *row)
    second, _ = teacher.append(old, *row)  # a turn that is done again from the same state
    third, _ = teacher.append(old, 5, at, LOCAL[3], code.happened[3])
    assert first.digest() == second.digest() != third.digest()
    assert old.length == 100
    assert old.digest() == digest
    assert torch.equal(said, teacher.read(old, np.arange(6), at, LOCAL[:6]).logit)


def test_relations_say_what_a_reader_of_the_log_would_say(content):
    # asked: p2/a (skill "solve"); past: p1/a ("add"), p2/a itself, p4/a ("graph"), 3, 2 and 1 events ago
    ago, time = torch.tensor([[3, 2, 1]]), torch.tensor([[0.0, math.e**4 - 1, 0.0]])
    found = dict(zip(RELATIONS, relate(content, torch.tensor([2]), torch.tensor([0, 2, 4]), ago, time), strict=True))
    assert found["same_step"].tolist() == [[0, 1, 0]]
    assert found["same_skill"].tolist() == [[0, 1, 0]]
    assert found["prerequisite"].tolist() == [[1, 0, 0]]  # "solve" builds on "add"
    assert found["builds_on"].tolist() == [[0, 0, 1]]  # "graph" builds on "solve"
    assert found["log_events_ago"].tolist() == [[pytest.approx(math.log(3)), pytest.approx(math.log(2)), 0]]
    assert found["log_time_ago"].tolist() == [[0, pytest.approx(1), 0]]


def test_a_skill_or_nothing_is_never_the_same_step(content):
    skill, nothing = content.step_count, content.nothing
    found = relate(
        content, torch.tensor([skill, nothing]), torch.tensor([skill, nothing]), torch.ones(2, 2), torch.zeros(2, 2)
    )
    assert found[RELATIONS.index("same_step")].sum() == 0
    assert found[RELATIONS.index("same_skill")].tolist() == [[1, 0], [0, 0]]


def test_attention_by_hand_bias_of_log_3_makes_one_event_weigh_three_times_the_null_event():
    layer = Layer(TeacherConfig(width=2, heads=1, layers=1, hidden=1))
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.zero_()
        layer.merge.weight.copy_(torch.eye(2))
        layer.relation_bias[0, RELATIONS.index("same_step")] = math.log(3)
    keys, values = layer.with_null(torch.zeros(1, 1, 2), torch.tensor([[[8.0, 4.0]]]))  # (H, 1 + T, d) = (1, 2, 2)
    relations = torch.zeros(len(RELATIONS), 1, 2)
    relations[RELATIONS.index("same_step"), 0, 1] = 1
    # queries and null key are zero, so scores are 0 for the null event and log 3 for the event: weights 1/4 and 3/4
    assert layer.read(torch.zeros(1, 2), keys, values, relations, None).tolist() == [
        [pytest.approx(6), pytest.approx(3)]
    ]


def test_the_fingerprint_names_exactly_these_weights(teacher):
    same = TeacherModel(teacher.config)
    same.load_state_dict(teacher.state_dict())
    assert same.fingerprint() == teacher.fingerprint()
    with torch.no_grad():
        same.norm.bias[0] += 1e-6
    assert same.fingerprint() != teacher.fingerprint()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"width": 10, "heads": 4}, "width of 10 cannot be shared by 4 heads"),
        ({"layers": 0}, "layers must be a whole number from 1 to 16, not 0"),
        ({"width": 10**9}, "width must be a whole number from 1 to 1024"),
        ({"width": True}, "width must be a whole number"),
        ({"happened_width": 3}, "happened_width = 3"),
        ({"dropout": 1.0}, "Dropout must lie in"),
    ],
)
def test_an_impossible_config_is_refused_at_construction(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        TeacherConfig(**change)


def test_a_stored_config_with_an_unknown_field_is_refused():
    with pytest.raises(ValueError, match="surprise"):
        config_from({**TeacherConfig().__dict__, "surprise": 1})
