"""The engine: it says what a full pass says, memories stay what they were, and how one was come by does not matter."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from models_core.engine import Engine, Said
from models_core.events import encode_log
from models_core.record import LOCAL_WIDTH
from models_core.teacher import RELATIONS, Content, Probe, TeacherModel
from tests.teacher_logs import LOCAL, as_batch, differing, remember, remembered, upto, with_config


@pytest.fixture(scope="module")
def content(curriculum, teacher):
    return Content.of(curriculum, teacher.config)


@pytest.fixture(scope="module")
def engine(curriculum, teacher):
    return Engine(teacher, curriculum)


def same(one: Said, two: Said) -> bool:
    """Bit for bit."""
    return all(np.array_equal(mine, theirs) for mine, theirs in zip(one, two, strict=True))


# A full pass and one event at a time ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("window", "length"), [(200, 150), (20, 150), (1, 40), (20, 600), (200, 600), (300, 600)])
def test_one_event_at_a_time_gives_what_a_full_pass_gives(teacher, curriculum, content, long_code, window, length):
    """Within a window and a block, beyond the window, beyond the block, and with a window that spans blocks."""
    teacher, code = with_config(teacher, window=window), upto(long_code, length)
    full, _ = teacher(as_batch(content, code))
    _, heard = remember(Engine(teacher, curriculum), code)
    for name in ("context", "logit", "log_sd"):
        one_by_one = np.concatenate([getattr(said, name) for said in heard])
        assert np.allclose(one_by_one, getattr(full, name)[0].numpy(), atol=1e-5), name


@pytest.mark.parametrize("window", [200, 20])
def test_reading_many_queries_from_memory_gives_what_a_probe_in_a_full_pass_gives(
    teacher, curriculum, content, code, window
):
    teacher, skill = with_config(teacher, window=window), content.step_count + 1
    moments = torch.tensor([0, 1, 40, 149])
    probe = Probe(torch.full((1, 4), skill), torch.from_numpy(LOCAL[600:604])[None], moments)
    _, probed = teacher(as_batch(content, code), probe)
    engine = Engine(teacher, curriculum)
    memories, _ = remember(engine, code)
    for i, t in enumerate(moments.tolist()):
        said = engine.read(memories[t], np.array([skill, 0, 3]), float(code.at[t]), LOCAL[[600 + i, 0, 0]])
        assert said.context.shape == (3, 16)
        for name in ("context", "logit", "log_sd"):
            assert np.allclose(getattr(said, name)[0], getattr(probed, name)[0, i].numpy(), atol=1e-5), name


def test_a_course_without_texts_is_read_as_in_a_full_pass(teacher, curriculum, code):
    bare = replace(curriculum, step_vectors=None, skill_vectors=None)
    full, _ = teacher(as_batch(Content.of(bare, teacher.config), code))
    _, heard = remember(Engine(teacher, bare), code)
    assert np.allclose(np.concatenate([said.context for said in heard]), full.context[0].numpy(), atol=1e-5)


def test_wild_records_are_held_back_as_in_a_full_pass(teacher, content, engine, code):
    wild = 100 * LOCAL[:1]
    full, _ = teacher(replace(as_batch(content, upto(code, 1)), local=torch.from_numpy(wild)[None]))
    said = engine.read(engine.remember_nothing(), code.asked[:1], float(code.at[0]), wild)
    assert np.allclose(said.context, full.context[0].numpy(), atol=1e-5)
    assert np.allclose(said.logit, full.logit[0].numpy(), atol=1e-5)


def test_events_hidden_from_one_query_are_those_that_a_full_pass_forgets(teacher, curriculum, content, code):
    """With one layer: with more, a full pass forgets them in the middle as well."""
    teacher = with_config(teacher, window=40, layers=1)
    engine = Engine(teacher, curriculum)
    memory = remembered(engine, code, 149)
    unseen = np.random.default_rng(1).random((3, 40)) < [[0.0], [0.3], [0.9]]
    said = engine.read(memory, code.asked[[149, 149, 149]], float(code.at[149]), LOCAL[[149, 149, 149]], unseen)
    for row in range(3):
        forgotten = torch.zeros(1, 150, dtype=torch.bool)
        forgotten[0, 109:149] = torch.from_numpy(unseen[row])
        full, _ = teacher(replace(as_batch(content, code), forgotten=forgotten))
        assert np.allclose(said.context[row], full.context[0, 149].numpy(), atol=1e-5)
        assert np.allclose(said.logit[row], full.logit[0, 149].numpy(), atol=1e-5)
    assert not np.allclose(said.context[0], said.context[1], atol=1e-4)


def test_with_everything_hidden_a_query_is_read_as_that_of_a_newcomer(engine, code):
    memory, asked, at = remembered(engine, code, 50), np.arange(9), float(code.at[50])
    hidden = engine.read(memory, asked, at, LOCAL[:9], np.ones((9, 50), bool))
    newcomer = engine.read(engine.remember_nothing(), asked, at, LOCAL[:9])
    assert np.allclose(hidden.context, newcomer.context, atol=1e-6)
    assert same(
        engine.read(memory, asked, at, LOCAL[:9], np.zeros((9, 50), bool)), engine.read(memory, asked, at, LOCAL[:9])
    )


def test_queries_asked_together_do_not_see_each_other(engine, code):
    memory, at = remembered(engine, code, 30), float(code.at[30])
    together = engine.read(memory, np.arange(9), at, LOCAL[:9]).logit
    alone = [engine.read(memory, np.array([i]), at, LOCAL[i : i + 1]).logit[0] for i in range(9)]
    assert np.allclose(together, alone, atol=1e-6)


def test_every_relation_every_count_and_every_part_of_what_happened_matters(teacher, curriculum, engine, code):
    before, memory = remember(engine, upto(code, 40))[0][-2:]
    at = float(code.at[40])
    said = engine.read(memory, np.arange(6), at, LOCAL[:6]).logit
    for r, name in enumerate(RELATIONS):
        other = TeacherModel(teacher.config)
        other.load_state_dict(teacher.state_dict())
        with torch.no_grad():
            for layer in other.layers:
                layer.relation_bias[:, r] += 1.0
        biased = Engine(other, curriculum)
        changed = biased.read(remembered(biased, code, 40), np.arange(6), at, LOCAL[:6]).logit
        assert not np.allclose(said, changed, atol=1e-6), name
    for column in range(LOCAL_WIDTH):
        local = LOCAL[:6].copy()
        local[:, column] += 1
        assert not np.array_equal(said, engine.read(memory, np.arange(6), at, local).logit), column
    for column in range(code.happened.shape[1]):
        happened = code.happened[39].copy()
        happened[column] += 1
        changed, _ = engine.append(before, int(code.asked[39]), float(code.at[39]), LOCAL[39], happened, code.said[39])
        assert not np.array_equal(said, engine.read(changed, np.arange(6), at, LOCAL[:6]).logit), column
    for t in (38, 39):  # and so do words, where there are any
        mute = replace(code, said=np.where(np.arange(150)[:, None] == t, code.said + 0.1, code.said))
        changed = remembered(engine, mute, 40)
        assert not np.array_equal(said, engine.read(changed, np.arange(6), at, LOCAL[:6]).logit), t


def test_a_clock_that_runs_backwards_is_held_still(engine, code):
    memory, at = remembered(engine, code, 30), float(code.at[29])
    assert np.isfinite(engine.read(memory, np.arange(9), at - 1e9, LOCAL[:9]).logit).all()
    lone = remembered(engine, code, 1)
    early, then = (engine.read(lone, np.arange(9), float(code.at[0]) - ago, LOCAL[:9]) for ago in (1e9, 0))
    assert same(early, then)


# Memory ---------------------------------------------------------------------------------------------------------------


def test_an_old_memory_stays_valid_when_a_newer_one_grows_and_branches(engine, code):
    old = remembered(engine, code, 100)
    digest, at = old.digest(), float(code.at[100])
    said = engine.read(old, np.arange(6), at, LOCAL[:6])
    row = (int(code.asked[100]), at, LOCAL[100], code.happened[100])
    first, _ = engine.append(old, *row)
    second, _ = engine.append(old, *row)  # a turn that is done again from the same state
    third, _ = engine.append(old, 5, at, LOCAL[3], code.happened[3])
    assert first.digest() == second.digest() != third.digest()
    assert old.length == 100
    assert old.digest() == digest
    assert same(said, engine.read(old, np.arange(6), at, LOCAL[:6]))


@pytest.mark.parametrize("window", [1, 20, 70])
def test_a_memory_holds_the_last_w_events_and_takes_room_for_no_more_than_twice_as_many(
    teacher, curriculum, long_code, window
):
    teacher = with_config(teacher, window=window)
    row_bytes = 4 * teacher.config.layers * teacher.config.width
    memories, _ = remember(Engine(teacher, curriculum), upto(long_code, 300))
    for t, memory in enumerate(memories):
        assert memory.length == t
        asked, at = memory.events()
        assert asked.tolist() == long_code.asked[max(0, t - window) : t].tolist()
        assert at.tolist() == long_code.at[max(0, t - window) : t].tolist()
        for kept in memory.layer(0):
            assert kept.shape == (2, min(t, window), 8)
            assert kept.base.nbytes <= 2 * window * row_bytes
    # and moves house seldom: while it doubles, then every W events
    assert len({id(memory.layer(0)[0].base) for memory in memories}) <= 2 + 300 / window


@pytest.mark.parametrize(("window", "branches"), [(20, (0, 19, 20, 39, 40, 45, 59)), (70, (64, 130, 139, 140, 150))])
def test_going_on_from_an_old_memory_is_bit_for_bit_a_straight_replay(teacher, curriculum, long_code, window, branches):
    engine, code = Engine(with_config(teacher, window=window), curriculum), upto(long_code, 250)
    memories, _ = remember(engine, code)  # the strips of old memories are taken by newer ones
    digests = [memory.digest() for memory in memories]
    for length in branches:
        other = upto(differing(code, np.arange(250) >= length), length + 25)
        (*_, memory), heard = remember(engine, other, memories[length])
        (*_, straight), straight_heard = remember(engine, other)
        assert memory.digest() == straight.digest()
        assert all(map(same, heard, straight_heard[length:]))
        # its rows lie where a replay puts them, which sums in the same order on any machine
        for mine, theirs in zip(memory.layer(1), straight.layer(1), strict=True):
            assert (place(mine), mine.strides, mine.base.shape) == (place(theirs), theirs.strides, theirs.base.shape)
    assert [memory.digest() for memory in memories] == digests  # nor did branching off harm what was there


def place(part: np.ndarray) -> int:
    """How many bytes into its array a part begins."""
    return part.__array_interface__["data"][0] - part.base.__array_interface__["data"][0]


@pytest.mark.parametrize("layers", [1, 3])
def test_an_event_further_back_than_every_layer_reaches_changes_nothing_but_the_record(
    teacher, curriculum, long_code, layers
):
    """A memory that holds no trace of the event at k is bit for bit that of a learner who never lived through it."""
    engine, k, window = Engine(with_config(teacher, window=20, layers=layers), curriculum), 50, 20
    other = differing(long_code, np.arange(600) <= k)  # with the same records
    last = k + layers * window
    (mine, said), (theirs, heard) = (remember(engine, upto(code, last + 9)) for code in (long_code, other))
    assert mine[last + 1].digest() == theirs[last + 1].digest()
    assert mine[last].digest() != theirs[last].digest()
    assert all(map(same, said[last + 1 :], heard[last + 1 :]))
    assert not same(said[last], heard[last])


# Courses --------------------------------------------------------------------------------------------------------------


def test_a_step_and_a_skill_added_at_the_end_leave_what_is_said_of_the_old_ones_bit_for_bit(
    teacher, curriculum, content, engine, code
):
    memory, at = remembered(engine, code, 150), float(code.at[-1]) + 60
    steps, skills = np.arange(6), np.arange(6, 9)
    for more in (1, 7, 30):  # matrices of other sizes are summed in other orders, if one is not careful
        longer = replace(
            curriculum,
            skills=(*curriculum.skills, *(f"new-{i}" for i in range(more))),
            prerequisites=(*curriculum.prerequisites, *((2, 0),) * more),
            steps=(*curriculum.steps, *(f"new/{i}" for i in range(more))),
            step_skills=(*curriculum.step_skills, *((3, 1) for _ in range(more))),
            step_vectors=np.concatenate([curriculum.step_vectors, curriculum.step_vectors[:1].repeat(more, 0)]),
            skill_vectors=np.concatenate([curriculum.skill_vectors, curriculum.skill_vectors[:1].repeat(more, 0)]),
            statistics=None,
        )
        wider = Engine(teacher, longer)
        nothing = len(longer.steps) + len(longer.skills)
        moved = np.where(code.asked == content.nothing, nothing, code.asked)
        again = remembered(wider, replace(code, asked=moved), 150)
        assert same(engine.read(memory, steps, at, LOCAL[:6]), wider.read(again, steps, at, LOCAL[:6]))
        assert same(engine.read(memory, skills, at, LOCAL[:3]), wider.read(again, skills + more, at, LOCAL[:3]))


def test_names_that_the_teacher_does_not_know_make_no_difference(teacher, curriculum, log):
    code = encode_log(log, curriculum)
    heard = []
    for graph in ("draw", "plot", "graph"):  # the teacher knows the last by name
        engine = Engine(teacher, replace(curriculum, skills=("add", "solve", graph)))
        heard.append(engine.read(remembered(engine, code, 60), np.arange(9), float(code.at[60]), LOCAL[:9]))
    assert same(heard[0], heard[1])
    assert not np.allclose(heard[1].context, heard[2].context, atol=1e-3)
