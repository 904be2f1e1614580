"""The teacher: the future stays out of the past, names are all that differs where names differ, and the parts do what
their names say. That one event at a time gives the same: `test_engine`."""

import json
import math
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from models_core.curriculum import TEXT_WIDTH
from models_core.record import LOCAL_WIDTH
from models_core.teacher import (
    BLOCK,
    RELATIONS,
    Batch,
    Content,
    Layer,
    Probe,
    TeacherConfig,
    TeacherModel,
    config_from,
    relate,
)
from tests.teacher_logs import LOCAL, as_batch, differing, upto, with_config

BORDERS = [(20, 600, 255), (20, 600, 256), (200, 600, 511), (200, 600, 599)]  # of blocks of 256 rows
COLUMNS = ("asked", "at", "local", "happened", "said")  # of a batch


@pytest.fixture(scope="module")
def content(curriculum, teacher):
    return Content.of(curriculum, teacher.config)


def test_a_probe_leaves_no_trace(teacher, content, code):
    probe = Probe(torch.full((1, 2), 7), torch.from_numpy(LOCAL[600:602])[None], torch.tensor([40, 149]))
    plain, nothing = teacher(as_batch(content, code))
    full, probed = teacher(as_batch(content, code), probe)
    assert nothing is None
    assert probed.context.shape == (1, 2, 16)
    assert torch.equal(plain.context, full.context)


def test_a_probe_that_asks_what_came_is_told_the_same(teacher, content, code):
    moments = torch.tensor([0, 1, 40, 149])
    probe = Probe(torch.from_numpy(code.asked)[None, moments], torch.from_numpy(LOCAL)[None, moments], moments)
    full, probed = teacher(as_batch(content, code), probe)
    for name in ("context", "logit", "log_sd"):
        assert torch.allclose(getattr(probed, name), getattr(full, name)[:, moments], atol=1e-6), name


def test_a_probe_of_more_than_a_block_is_refused(teacher, content, long_code):
    probe = Probe(torch.zeros(1, 1, dtype=torch.int64), torch.zeros(1, 1, LOCAL_WIDTH), torch.tensor([5]))
    assert teacher(as_batch(content, upto(long_code, BLOCK)), probe)[1].logit.shape == (1, 1)
    with pytest.raises(ValueError, match="Logs of 257 events cannot be probed, only up to 256"):
        teacher(as_batch(content, upto(long_code, BLOCK + 1)), probe)


def test_learners_of_one_batch_do_not_see_each_other_nor_the_padding(teacher, content, code):
    one, two = as_batch(content, upto(code, 90)), as_batch(content, differing(upto(code, 90), np.ones(90, bool)))
    both = replace(
        one,
        **{name: torch.cat([getattr(one, name), getattr(two, name)]) for name in ("asked", "at", "happened", "local")},
        said=torch.cat([one.said, two.said]),
    )
    both.asked[1, 60:] = content.nothing  # the second learner did less
    both.at[1, 60:] = both.happened[1, 60:] = both.said[1, 60:] = 0
    together, (first, second) = teacher(both)[0], (teacher(each)[0] for each in (one, two))
    assert torch.allclose(together.context[0], first.context[0], atol=1e-6)
    assert torch.allclose(together.context[1, :60], second.context[0, :60], atol=1e-6)


@pytest.mark.parametrize(("window", "length", "t"), [(200, 150, 0), (200, 150, 20), (200, 150, 148), *BORDERS])
def test_changing_an_event_and_all_after_it_never_changes_what_was_said_before(
    teacher, content, long_code, window, length, t
):
    teacher, code = with_config(teacher, window=window), upto(long_code, length)
    before, _ = teacher(as_batch(content, code))
    changed = replace(
        code,
        happened=np.concatenate([code.happened[:t], -3 * code.happened[t:] + 1]),
        said=np.concatenate([code.said[:t], 1 - code.said[t:]]),
        asked=np.concatenate([code.asked[: t + 1], (code.asked[t + 1 :] + 1) % 7]),
        at=np.concatenate([code.at[: t + 1], code.at[t + 1 :] + 1e6]),
    )
    after, _ = teacher(as_batch(content, changed))
    # position t itself is asked the same question at the same time, and must not see its own outcome
    assert torch.equal(before.context[0, : t + 1], after.context[0, : t + 1])
    if t + 1 < length:
        assert not torch.allclose(before.context[0, t + 1], after.context[0, t + 1])


@pytest.mark.parametrize("layers", [1, 3])
def test_an_event_further_back_than_every_layer_reaches_changes_nothing_but_the_record(
    teacher, content, long_code, layers
):
    """A layer reaches W events back, so L layers reach L W: the event at k is last felt at k + L W."""
    teacher, k, window = with_config(teacher, window=20, layers=layers), 230, 20
    other = differing(long_code, np.arange(600) <= k)  # with the same records
    last = k + layers * window
    (one, _), (two, _) = (teacher(as_batch(content, code)) for code in (long_code, other))
    assert torch.equal(one.context[0, last + 1 :], two.context[0, last + 1 :])
    assert torch.equal(one.logit[0, last + 1 :], two.logit[0, last + 1 :])
    assert not torch.equal(one.context[0, last], two.context[0, last])


# Names ----------------------------------------------------------------------------------------------------------------


def said_of(teacher, curriculum, code, **hidden) -> torch.Tensor:
    """(T, D) contexts of a log in this course."""
    batch = as_batch(Content.of(curriculum, teacher.config), code)
    return teacher(replace(batch, **hidden))[0].context[0]


def renamed(curriculum, what: str, letter: str):
    return replace(curriculum, **{what: tuple(f"{letter}{i}" for i in range(len(getattr(curriculum, what))))})


def test_names_that_the_teacher_does_not_know_make_no_difference(teacher, curriculum, code):
    unknown = renamed(renamed(curriculum, "skills", "x"), "steps", "y")
    others = renamed(renamed(curriculum, "skills", "v"), "steps", "w")
    assert torch.equal(said_of(teacher, unknown, code), said_of(teacher, others, code))
    # a teacher that knows no names is told none
    nameless = Content.of(curriculum)
    assert not nameless.skill_id.any()
    assert not nameless.step_id.any()


def test_the_names_that_a_teacher_knows_are_the_only_difference(teacher, curriculum, code):
    known = said_of(teacher, curriculum, code)
    for what in ("skills", "steps"):
        assert not torch.allclose(known, said_of(teacher, renamed(curriculum, what, "x"), code)), what
    # "solve" and "p1/a" are not among them
    still = replace(curriculum, skills=("add", "x", "graph"), steps=("y", *curriculum.steps[1:]))
    assert torch.equal(known, said_of(teacher, still, code))


def test_a_content_says_which_names_are_known_by_hand(teacher, curriculum, content):
    # known skills: juggle, add, graph; known steps: p2/a, p5/a, p9/z; 0 = not known. Six steps, three skills, nothing
    assert teacher.config.skills == ("juggle", "add", "graph")
    assert teacher.config.steps == ("p2/a", "p5/a", "p9/z")
    assert content.skill_id.tolist() == [2, 2, 0, 0, 3, 3, 2, 0, 3, 0]
    assert content.step_id.tolist() == [0, 0, 1, 0, 0, 2, 0, 0, 0, 0]
    assert content.main_skill.tolist() == [6, 6, 7, 7, 8, 8, 6, 7, 8, 9]
    # a step is about the skill of its that is taught last, in whatever order they stand
    turned = replace(curriculum, step_skills=(*curriculum.step_skills[:-1], (0, 2)))
    assert Content.of(turned, teacher.config).skill_id.tolist() == content.skill_id.tolist()
    assert content.kind.argmax(1).tolist() == [0, 0, 0, 0, 0, 0, 1, 1, 1, 2]
    assert content.nothing == 9


@pytest.mark.parametrize(("hidden", "what"), [("known_skill", "skills"), ("known_step", "steps")])
def test_a_name_that_training_hides_is_a_name_not_known(teacher, curriculum, code, hidden, what):
    nowhere = torch.zeros(1, len(code), dtype=torch.bool)
    assert torch.equal(
        said_of(teacher, curriculum, code, **{hidden: nowhere}),
        said_of(teacher, renamed(curriculum, what, "x"), code),
    )
    assert torch.equal(said_of(teacher, curriculum, code, **{hidden: ~nowhere}), said_of(teacher, curriculum, code))


@pytest.mark.parametrize("hidden", ["known_skill", "known_step"])
@pytest.mark.parametrize("after", [50, BLOCK, 2 * BLOCK])
def test_a_name_hidden_in_one_row_is_missing_there_and_not_before(teacher, curriculum, long_code, hidden, after):
    t = next(t for t in range(after, 600) if long_code.asked[t] == 5)  # "graph" and "p5/a" are both known
    shown = torch.ones(1, 600, dtype=torch.bool)
    shown[0, t] = False
    partly, known = said_of(teacher, curriculum, long_code, **{hidden: shown}), said_of(teacher, curriculum, long_code)
    assert torch.equal(partly[:t], known[:t])
    assert not torch.allclose(partly[t], known[t])


# What is forgotten, what is added, what is missing --------------------------------------------------------------------


@pytest.mark.parametrize("window", [200, 20])
def test_forgotten_events_are_not_seen(teacher, curriculum, long_code, window):
    teacher, code = with_config(teacher, window=window), upto(long_code, 300)
    which = np.random.default_rng(3).random(300) < 0.3
    forgotten = torch.from_numpy(which)[None]
    other = replace(differing(code, which), asked=code.asked, at=code.at)  # the same queries, other outcomes and words
    lived = said_of(teacher, curriculum, code)
    assert not torch.allclose(lived, said_of(teacher, curriculum, other))
    mine, theirs = (said_of(teacher, curriculum, each, forgotten=forgotten) for each in (code, other))
    assert torch.equal(mine, theirs)
    first = int(which.argmax())
    assert torch.equal(mine[: first + 1], lived[: first + 1])  # a forgotten event is hidden from the queries after it
    assert not torch.allclose(mine[first + 1], lived[first + 1])


def test_with_everything_forgotten_every_query_is_read_as_that_of_a_newcomer(teacher, content, curriculum, code):
    said = said_of(teacher, curriculum, code, forgotten=torch.ones(1, 150, dtype=torch.bool))
    batch = as_batch(content, code)  # 150 learners who have done one thing each
    newcomers = Batch(content, *(getattr(batch, name).transpose(0, 1) for name in COLUMNS))
    assert torch.allclose(said, teacher(newcomers)[0].context[:, 0], atol=1e-6)


def test_each_learner_forgets_alone(teacher, content, code):
    batch = as_batch(content, code)
    both = Batch(content, *(getattr(batch, name).repeat_interleave(2, 0) for name in COLUMNS))
    forgotten = torch.zeros(2, 150, dtype=torch.bool)
    forgotten[1, 40] = True
    said, lived = teacher(replace(both, forgotten=forgotten))[0].context, teacher(both)[0].context
    assert torch.equal(said[0], lived[0])
    assert torch.equal(said[1, :41], lived[1, :41])
    assert not torch.allclose(said[1, 41], lived[1, 41])


def test_a_course_without_texts_is_read_as_one_whose_texts_say_nothing(teacher, curriculum, code):
    content = Content.of(curriculum, teacher.config)
    blank = replace(content, step_text=torch.zeros(10, TEXT_WIDTH), skill_text=torch.zeros(10, TEXT_WIDTH))
    without = Content.of(replace(curriculum, step_vectors=None, skill_vectors=None), teacher.config)
    assert without.step_text is without.skill_text is None
    said, silent, texts = (teacher(as_batch(each, code))[0].context for each in (blank, without, content))
    assert torch.equal(said, silent)
    assert not torch.allclose(said, texts)


def test_counts_are_measured_by_what_the_record_usually_says_by_hand():
    teacher = TeacherModel(TeacherConfig(width=2, heads=1, layers=1, hidden=1))
    with torch.no_grad():
        teacher.local_mean[:3] = torch.tensor([1.0, 1.0, 5.0])
        teacher.local_gain[:3] = torch.tensor([2.0, 2.0, 0.0])  # the third never varied in training
    local = torch.zeros(LOCAL_WIDTH)
    local[:3] = torch.tensor([2.5, 101.0, 9.0])
    # (2.5 - 1) 2 = 3; (101 - 1) 2 = 200 is held back at 6; what never varied says nothing
    assert teacher.usual(local)[:4].tolist() == [3.0, 6.0, 0.0, 0.0]
    assert teacher.usual(-99 * torch.ones(LOCAL_WIDTH))[0] == -6.0


# The parts ------------------------------------------------------------------------------------------------------------


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


def test_what_two_things_have_in_common_by_hand(content):
    # sets of skills: {add}, {solve}, {graph}, {add, graph} of steps, then add, solve, graph of skills, then none
    assert content.skill_set.tolist() == [0, 0, 1, 1, 2, 3, 4, 5, 6, 7]
    asked = content.skill_set[[0, 2, 4, 5, 9]]  # p1/a, p2/a, p4/a, p5/a, nothing
    assert content.shares[asked][:, asked].tolist() == [
        [1, 0, 0, 1, 0],
        [0, 1, 0, 0, 0],
        [0, 0, 1, 1, 0],
        [1, 0, 1, 1, 0],
        [0, 0, 0, 0, 0],
    ]
    # solve builds on add, graph on solve
    assert content.builds_on[asked][:, asked].tolist() == [
        [0, 0, 0, 0, 0],
        [1, 0, 0, 1, 0],
        [0, 1, 0, 0, 0],
        [0, 1, 0, 0, 0],
        [0, 0, 0, 0, 0],
    ]


def plain_layer() -> Layer:
    """Nothing in it but a bias of log 3 towards the same step."""
    layer = Layer(TeacherConfig(width=2, heads=1, layers=1, hidden=1))
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.zero_()
        layer.merge.weight.copy_(torch.eye(2))
        layer.relation_bias[0, RELATIONS.index("same_step")] = math.log(3)
    return layer


def test_attention_by_hand_bias_of_log_3_makes_one_event_weigh_three_times_the_null_event():
    layer = plain_layer()
    keys, values = torch.zeros(1, 1, 2), torch.tensor([[[8.0, 4.0]]])  # (H, T, d) = (1, 1, 2)
    relations = torch.zeros(len(RELATIONS), 1, 1)
    relations[RELATIONS.index("same_step")] = 1
    # queries and null key are zero, so scores are 0 for the null event and log 3 for the event: weights 1/4 and 3/4
    assert layer.read(torch.zeros(1, 2), keys, values, relations, None).tolist() == [
        [pytest.approx(6), pytest.approx(3)]
    ]
    with torch.no_grad():
        layer.null_value.copy_(torch.tensor([[[4.0, -8.0]]]))
    # 3/4 (8, 4) + 1/4 (4, -8)
    assert layer.read(torch.zeros(1, 2), keys, values, relations, None).tolist() == [
        [pytest.approx(7), pytest.approx(1)]
    ]


def test_a_query_that_sees_no_event_reads_the_null_event_alone():
    layer = plain_layer()
    with torch.no_grad():
        layer.null_value.copy_(torch.tensor([[[4.0, -8.0]]]))
    keys, values = torch.zeros(1, 1, 2), torch.tensor([[[8.0, 4.0]]])
    relations = torch.ones(len(RELATIONS), 1, 1)
    hidden = layer.read(torch.zeros(1, 2), keys, values, relations, torch.ones(1, 1, dtype=torch.bool))
    newcomer = layer.read(torch.zeros(1, 2), keys[:, :0], values[:, :0], relations[..., :0], None)
    assert hidden.tolist() == newcomer.tolist() == [[4.0, -8.0]]


def test_the_fingerprint_names_exactly_these_weights(teacher):
    same = TeacherModel(teacher.config)
    same.load_state_dict(teacher.state_dict())
    assert same.fingerprint() == teacher.fingerprint()
    with torch.no_grad():
        same.norm.bias[0] += 1e-6
    assert same.fingerprint() != teacher.fingerprint()
    with torch.no_grad():
        same.norm.bias.copy_(teacher.norm.bias)
        same.local_mean[0] += 1e-6
    assert same.fingerprint() != teacher.fingerprint()
    for change in ({"window": 199}, {"skills": ("juggle", "add", "solve")}):
        assert with_config(teacher, **change).fingerprint() != teacher.fingerprint(), change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"width": 10, "heads": 4}, "width of 10 cannot be shared by 4 heads"),
        ({"layers": 0}, "layers must be a whole number from 1 to 16, not 0"),
        ({"width": 10**9}, "width must be a whole number from 1 to 1024"),
        ({"width": True}, "width must be a whole number"),
        ({"window": 0}, "window must be a whole number from 1 to 65536, not 0"),
        ({"happened_width": 3}, "happened_width = 3"),
        ({"local_width": 15}, "local_width = 15"),
        ({"relations": 7}, "relations = 7"),
        ({"skills": ["add"]}, "skills must be a list of names"),
        ({"steps": (1,)}, "steps must be a list of names"),
        ({"skills": ("add", "add")}, "skills must be at most 100000 different names"),
        ({"dropout": 1.0}, "Dropout must lie in"),
    ],
)
def test_an_impossible_config_is_refused_at_construction(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        TeacherConfig(**change)


def test_a_stored_config_with_an_unknown_field_is_refused():
    with pytest.raises(ValueError, match="surprise"):
        config_from({**TeacherConfig().__dict__, "surprise": 1})


def test_a_config_comes_back_from_json(teacher):
    assert config_from(json.loads(json.dumps(asdict(teacher.config)))) == teacher.config
