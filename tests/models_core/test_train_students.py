"""Students: they begin with the teacher's word, move as far as answers are worth, and mind nobody else's business."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from models_core.classroom import Classroom
from models_core.corpus import Corpus
from models_core.fast import FastLayer, sigmoid
from models_core.logs import log_events
from models_core.record import CONTEXT_AGE, CONTEXT_GIVEN, LOCAL_WIDTH
from models_core.student import PredictConfig, PredictNet
from models_core.teacher import TeacherConfig, TeacherModel
from models_core.train_students import (
    Body,
    Exercises,
    StudentConfig,
    exercises,
    fit_shared,
    fit_skill,
    follow,
    log_loss_of,
    shared_net,
    train_students,
    with_learners,
    with_skills,
)
from models_core.train_teacher import begin_with_counting, predict, read
from tests.kt_logs import learner, logs_of, plain_corpus, simulated_learners, told_corpus

SETTINGS = PredictConfig(context_width=16, hidden=8, features=3, prior_variance=0.2)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return told_corpus(simulated_learners(12, seed=1))


@pytest.fixture(scope="module")
def teacher(corpus: Corpus) -> TeacherModel:
    """Begun with counting, and with a head that its contexts reach."""
    torch.manual_seed(0)
    model = TeacherModel(TeacherConfig(width=16, heads=2, layers=1, hidden=32, skills=corpus.curriculum.skills))
    begin_with_counting(model, [corpus])
    torch.nn.init.normal_(model.to_logit.weight)
    torch.nn.init.constant_(model.to_logit.bias, 0.5)
    return model.eval().requires_grad_(False)


@pytest.fixture(scope="module")
def data(corpus: Corpus, teacher: TeacherModel) -> Exercises:
    return exercises(corpus, *read(teacher, corpus))


def shaken(net: PredictNet, seed: int = 0) -> PredictNet:
    torch.manual_seed(seed)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return net


@pytest.fixture
def body(teacher: TeacherModel, corpus: Corpus) -> Body:
    """Four students with every weight alive, each with a last layer of its own."""
    last = np.random.default_rng(3).normal(size=(len(corpus.curriculum.skills), SETTINGS.features))
    return Body(shaken(shared_net(teacher, SETTINGS)), last, SETTINGS, 0.1)


def bare_exercises(skill: Sequence[int], learners: Sequence[int], correct: Sequence[int]) -> Exercises:
    """Exercises of which only skill, learner and outcome say anything."""
    n = len(skill)
    return Exercises(
        context=np.zeros((n, 16), np.float32),
        row=np.arange(n),
        before=np.full(n, -1),
        age=np.zeros(n, np.int64),
        begin=np.zeros(n, np.int64),
        local=np.zeros((n, LOCAL_WIDTH), np.float32),
        correct=np.array(correct, np.float32),
        teacher=np.full(n, 0.5),
        skill=np.array(skill),
        learner=np.array(learners),
    )


def constant_body(skills: int, level: float = 0.0, variance: float = 0.1) -> Body:
    """Students without an offset and with features (1, 0): the first number of their last layer is their log-odds."""
    settings = replace(SETTINGS, features=2, prior_variance=variance)
    net = PredictNet(settings).eval()
    with torch.no_grad():
        net.features.weight.zero_()
        net.features.bias.zero_()
        net.last[0] = level
    return Body(net, np.tile([level, 0.0], (skills, 1)), settings, 0.0)


# What students learn from ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def by_hand() -> Exercises:
    """Rows 0 to 4 are ann's, on skills x y x x y, the third aided; 5 and 6 are ben's, on y y. The context of a row is
    its number."""
    ann = learner("ann", [("a", "x", 1), ("b", "y", 0), ("a", "x", 1), ("c", "x", 0), ("b", "y", 1)], [0, 0, 1, 0, 0])
    ben = learner("ben", [("b", "y", 1), ("b", "y", 0)])
    rows = np.arange(7, dtype=np.float32)
    return exercises(plain_corpus([ann, ben]), logits=np.zeros(7, np.float32), contexts=rows[:, None])


def test_exercises_are_the_unaided_rows(by_hand):
    assert by_hand.row.tolist() == [0, 1, 3, 4, 5, 6]
    assert by_hand.correct.tolist() == [1, 0, 0, 1, 1, 0]
    assert by_hand.skill.tolist() == [0, 1, 0, 1, 1, 1]
    assert by_hand.learner.tolist() == [0, 0, 0, 0, 1, 1]
    assert by_hand.teacher.tolist() == [0.5] * 6


def test_a_fresh_context_is_that_of_the_row_itself(by_hand):
    context, local = by_hand.given("fresh")
    assert context[:, 0].tolist() == [0, 1, 3, 4, 5, 6]
    assert local[:, CONTEXT_GIVEN].tolist() == [1] * 6
    assert local[:, CONTEXT_AGE].tolist() == [0] * 6


def test_a_stale_context_is_that_of_the_learners_last_event_on_the_skill_aided_or_not(by_hand):
    context, local = by_hand.given("stale")
    assert context[:, 0].tolist() == [0, 0, 2, 1, 0, 5]
    assert local[:, CONTEXT_GIVEN].tolist() == [0, 0, 1, 1, 0, 1]
    assert local[:, CONTEXT_AGE].numpy() == pytest.approx(np.log1p([0, 0, 1, 3, 0, 1]))
    assert by_hand.before.tolist() == [-1, -1, 2, 1, -1, 5]


def test_without_a_context_there_are_zeros_and_the_record_stays(by_hand):
    context, local = by_hand.given("none")
    assert not context.any()
    assert not local[:, [CONTEXT_GIVEN, CONTEXT_AGE]].any()
    others = [n for n in range(LOCAL_WIDTH) if n not in (CONTEXT_GIVEN, CONTEXT_AGE)]
    assert np.array_equal(local[:, others], by_hand.local[:, others])
    assert (by_hand.local[:, CONTEXT_GIVEN] == 1).all()  # the exercises themselves stay as they are


def test_some_exercises_can_be_asked_for_in_any_order(by_hand):
    for state in ("fresh", "stale", "none"):
        (context, local), (all_contexts, all_local) = by_hand.given(state, np.array([5, 2, 2])), by_hand.given(state)
        assert torch.equal(context, all_contexts[[5, 2, 2]])
        assert torch.equal(local, all_local[[5, 2, 2]])


def test_several_populations_keep_their_rows_and_learners_apart(by_hand):
    other = replace(by_hand, context=by_hand.context + 100)
    both = Exercises.together([by_hand, other])
    assert len(both.correct) == 12
    assert both.learner.tolist() == [0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 3]
    assert both.before.tolist() == [-1, -1, 2, 1, -1, 5, -1, -1, 9, 8, -1, 12]
    for state in ("fresh", "stale", "none"):
        for part, rows in ((by_hand, slice(0, 6)), (other, slice(6, 12))):
            assert torch.equal(both.given(state)[0][rows], part.given(state)[0])
            assert torch.equal(both.given(state)[1][rows], part.given(state)[1])
    assert both.truth is None


def test_the_truth_goes_with_its_rows():
    corpus = plain_corpus([learner("ann", [("a", "x", 1), ("a", "x", 0), ("a", "x", 1)], [0, 1, 0])])
    truth = np.array([0.1, 0.2, 0.3], np.float32)
    found = exercises(corpus, np.zeros(3, np.float32), np.zeros((3, 16), np.float32), truth)
    assert found.truth == pytest.approx(np.array([0.1, 0.3]))
    assert Exercises.together([found, found]).truth == pytest.approx(np.array([0.1, 0.3, 0.1, 0.3]))


# Everybody ------------------------------------------------------------------------------------------------------------


def test_a_student_begins_by_saying_exactly_what_the_teacher_says(teacher, corpus, data):
    net = shared_net(teacher, SETTINGS)
    with torch.inference_mode():
        phi, offset, _ = net(*data.given("fresh"))
        said = torch.sigmoid(offset + phi @ net.last)
    assert said.numpy() == pytest.approx(predict(teacher, corpus)[data.row], abs=1e-5)
    assert np.ptp(said.numpy()) > 0.5


def test_how_old_a_context_is_says_nothing_yet(teacher, data):
    net = shared_net(teacher, SETTINGS)
    context, local = data.given("fresh")
    older = local.clone()
    older[:, CONTEXT_GIVEN], older[:, CONTEXT_AGE] = 0, 3
    with torch.inference_mode():
        assert torch.equal(net(context, local)[1], net(context, older)[1])


def fitted(teacher: TeacherModel, data: Exercises, *, distillation: float = 0.3, seed: int = 0) -> PredictNet:
    torch.manual_seed(0)
    net = shared_net(teacher, SETTINGS)
    for _ in fit_shared(net, data, steps=5, rate=0.01, distillation=distillation, seed=seed, batch=64):
        pass
    return net


def same(one: PredictNet, other: PredictNet) -> bool:
    return all(torch.equal(tensor, other.state_dict()[name]) for name, tensor in one.state_dict().items())


def test_distillation_is_the_share_of_the_teachers_word(teacher, data):
    other_outcomes = replace(data, correct=1 - data.correct)
    other_word = replace(data, teacher=1 - data.teacher)
    assert same(fitted(teacher, data, distillation=1), fitted(teacher, other_outcomes, distillation=1))
    assert not same(fitted(teacher, data, distillation=1), fitted(teacher, other_word, distillation=1))
    assert same(fitted(teacher, data, distillation=0), fitted(teacher, other_word, distillation=0))
    assert not same(fitted(teacher, data, distillation=0), fitted(teacher, other_outcomes, distillation=0))


def test_the_seed_decides_what_the_shared_network_learns(teacher, data):
    assert same(fitted(teacher, data, seed=1), fitted(teacher, data, seed=1))
    assert not same(fitted(teacher, data, seed=1), fitted(teacher, data, seed=2))


def test_the_shared_network_learns_from_outcomes(teacher, data):
    """The teacher is good; told that everything comes out the other way, students must leave it."""
    turned = replace(data, correct=(data.teacher < 0.5).astype(np.float32))
    torch.manual_seed(0)
    net = shared_net(teacher, SETTINGS)
    losses = list(fit_shared(net, turned, steps=80, rate=0.05, distillation=0, seed=0, batch=128))
    assert len(losses) == 80
    assert np.mean(losses[-5:]) < 0.5 * np.mean(losses[:5])
    assert not net.training


def test_only_the_truth_teaches_a_student_how_far_off_it_may_be(teacher, data):
    assert not fitted(teacher, data).log_sd.weight.any()  # as it began
    told = replace(data, truth=np.full(len(data.correct), 0.6, np.float32))
    assert fitted(teacher, told).log_sd.weight.any()


# A skill --------------------------------------------------------------------------------------------------------------


def constant(right: int, wrong: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """phi = 1 and no offset: the log-odds are w."""
    n = right + wrong
    return np.ones((n, 1)), np.zeros(n), np.array([1.0] * right + [0.0] * wrong)


PRIOR = np.array([0.3])


def test_a_skill_without_answers_or_without_leave_to_differ_has_the_shared_last_layer():
    assert fit_skill(*constant(0, 0), PRIOR, 1.0).tolist() == [0.3]
    assert fit_skill(*constant(5, 1), PRIOR, 0.0).tolist() == [0.3]


@pytest.mark.parametrize(("right", "wrong"), [(30, 10), (2, 7), (1, 1)])
def test_with_much_leave_a_skill_says_what_share_of_its_answers_was_right(right, wrong):
    (w,) = fit_skill(*constant(right, wrong), PRIOR, 1e6)
    assert w == pytest.approx(np.log(right / wrong), abs=1e-4)


def test_between_the_two_pulls_the_last_layer_comes_to_rest():
    (w,) = fit_skill(*constant(30, 10), PRIOR, 0.05)
    assert 30 - 40 / (1 + np.exp(-w)) == pytest.approx((w - 0.3) / 0.05, abs=1e-6)
    assert 0.3 < w < np.log(3)


def test_more_answers_and_more_leave_move_a_skill_further():
    by_answers = [fit_skill(*constant(3 * n, n), PRIOR, 0.1)[0] for n in (1, 5, 50)]
    assert 0.3 < by_answers[0] < by_answers[1] < by_answers[2] < np.log(3)
    by_leave = [fit_skill(*constant(30, 10), PRIOR, variance)[0] for variance in (0.01, 0.1, 1.0)]
    assert 0.3 < by_leave[0] < by_leave[1] < by_leave[2] < np.log(3)


def test_what_the_offset_explains_moves_nothing():
    phi, _, correct = constant(30, 10)
    (w,) = fit_skill(phi, np.full(40, np.log(3) - 0.3), correct, PRIOR, 1.0)
    assert w == pytest.approx(0.3, abs=1e-6)


def test_answers_that_are_all_right_or_all_wrong_give_finite_last_layers():
    assert 2 < fit_skill(*constant(500, 0), PRIOR, 100.0)[0] < 50
    assert -50 < fit_skill(*constant(0, 500), PRIOR, 100.0)[0] < -2


def test_with_several_features_no_nearby_last_layer_is_more_likely():
    rng = np.random.default_rng(0)
    phi, offset, prior = rng.normal(size=(60, 3)), rng.normal(size=60), rng.normal(size=3)
    correct = (rng.random(60) < 0.5).astype(float)

    def likely(w: np.ndarray) -> float:
        z = offset + phi @ w
        return float((correct * z - np.logaddexp(0, z)).sum() - ((w - prior) ** 2).sum() / (2 * 0.5))

    found = fit_skill(phi, offset, correct, prior, 0.5)
    assert np.abs(prior - found).max() > 0.05
    assert all(likely(found) > likely(found + 0.01 * rng.normal(size=3)) for _ in range(50))


def test_skills_go_their_own_ways_only_where_that_predicts_other_learners():
    seven, five, six = [1] * 7 + [0] * 3, [1] * 5 + [0] * 5, [1] * 6 + [0] * 4
    train = bare_exercises([0] * 10 + [1] * 10, [0] * 20, seven + five)
    alike = bare_exercises([0] * 10 + [1] * 10, [0] * 20, six + six)
    start = constant_body(3, level=float(np.log(1.5)))
    found = with_skills(start, train, alike, 3, (0.0, 0.1, 1.0))
    assert found.skill_variance == 0
    assert found.last[:, 0] == pytest.approx([np.log(1.5)] * 3)

    right, wrong = [1] * 9 + [0], [0] * 9 + [1]
    apart = bare_exercises([0] * 10 + [1] * 10, [0] * 20, right + wrong)
    found = with_skills(start, apart, apart, 3, (0.0, 0.1, 1.0))
    assert found.skill_variance == 1.0
    assert found.last[0, 0] > 1 > 0 > found.last[1, 0]
    assert found.last[2, 0] == pytest.approx(np.log(1.5))  # nobody practised it: the shared one


# A learner ------------------------------------------------------------------------------------------------------------


def test_following_a_learner_is_the_fast_update_by_hand(body, data):
    phi, offset, noise = body.look(data, "fresh")
    layers: dict[tuple[int, int], FastLayer] = {}
    for i, said in enumerate(follow(body, data, phi, offset, noise)):
        key = (int(data.learner[i]), int(data.skill[i]))
        layer = layers.get(key, FastLayer(body.last[key[1]], 0.2 * np.eye(3)))
        assert said == pytest.approx(layer.predict(phi[i], offset[i])[0], abs=1e-12)
        layers[key] = layer.after(phi[i], offset[i], bool(data.correct[i]), noise[i])
    assert max(layer.updates for layer in layers.values()) > 5


def test_without_fast_updates_students_stay_what_they_are_for_everybody(body, data):
    phi, offset, noise = body.look(data, "fresh")
    plain = [sigmoid(offset[i] + phi[i] @ body.last[data.skill[i]]) for i in range(len(offset))]
    still = replace(body, settings=replace(SETTINGS, prior_variance=0.0))
    assert follow(body, data, phi, offset, noise, fast=False) == pytest.approx(plain)
    assert follow(still, data, phi, offset, noise) == pytest.approx(plain)
    assert follow(body, data, phi, offset, noise) != pytest.approx(plain, abs=1e-3)


def test_a_forecast_knows_nothing_of_its_own_or_later_answers(body, data):
    phi, offset, noise = body.look(data, "fresh")
    turned = replace(data, correct=np.concatenate([data.correct[:10], 1 - data.correct[10:]]))
    before, after = follow(body, data, phi, offset, noise), follow(body, turned, phi, offset, noise)
    assert np.array_equal(before[:11], after[:11])
    assert not np.allclose(before[11:25], after[11:25], atol=1e-3)  # the rest of the first learner


def test_last_layers_follow_learners_as_freely_as_learners_differ():
    start = constant_body(1)
    outcomes = [learner_ % 2 for learner_ in range(20) for _ in range(15)]
    apart = bare_exercises([0] * 300, np.repeat(range(20), 15), outcomes)
    assert with_learners(start, apart, (0.001, 0.1, 1.0)).settings.prior_variance == 1.0
    coins = np.tile([1, 0, 0, 1], 75)
    alike = bare_exercises([0] * 300, np.repeat(range(20), 15), coins)
    assert with_learners(start, alike, (0.001, 0.1, 1.0)).settings.prior_variance == 0.001


def test_the_loss_of_students_who_toss_coins_is_one_bit():
    data = bare_exercises([0, 0], [0, 1], [1, 0])
    start = constant_body(1, variance=0.0)
    assert log_loss_of(start, data, *start.look(data, "none")) == pytest.approx(np.log(2))


# All of it ------------------------------------------------------------------------------------------------------------


def test_students_are_trained_in_one_go_and_the_seed_decides_them(teacher, corpus, data):
    config = StudentConfig(steps=12, hidden=8, features=3)
    valid = told_corpus(simulated_learners(6, seed=2), corpus.curriculum)
    held = exercises(valid, *read(teacher, valid))
    first, again, other = (train_students(teacher, data, held, 4, config, seed) for seed in (1, 1, 2))
    assert same(first.net, again.net)
    assert np.array_equal(first.last, again.last)
    assert not same(first.net, other.net)
    assert first.last.shape == (4, 3)
    assert first.skill_variance in config.skill_variances
    assert first.settings.prior_variance in config.prior_variances
    said = follow(first, held, *first.look(held, "none"))
    assert ((said > 0) & (said < 1)).all()


def test_each_student_has_the_last_layer_of_its_skill(body, teacher, corpus):
    skills, fingerprint = corpus.curriculum.skills, teacher.fingerprint()
    students = body.students(skills, fingerprint)
    assert list(students) == list(skills)
    for number, (skill, student) in enumerate(students.items()):
        assert (student.skill, student.teacher) == (skill, fingerprint)
        assert student.start().mean == pytest.approx(body.last[number], abs=1e-6)
    assert list(body.students(skills, fingerprint, only=[2])) == [skills[2]]


@pytest.fixture
def events():
    return [log_events(log) for log in logs_of(simulated_learners(12, seed=1))]


def test_adding_a_skill_touches_nothing_else(body, teacher, corpus, events):
    skills = corpus.curriculum.skills
    before = teacher.fingerprint()
    all_but_one = body.students(skills, before, only=[0, 1, 3])
    with_all = all_but_one | body.students(skills, before, only=[2])
    rooms = [Classroom(teacher, students, corpus.curriculum) for students in (all_but_one, with_all)]
    log = events[0]
    states = [room.recall(log) for room in rooms]
    few, many = (
        room.predict(state, corpus.curriculum.steps, log[-1].at) for room, state in zip(rooms, states, strict=True)
    )
    changed = 0
    for skill, one, other in zip(corpus.curriculum.main_skills, few, many, strict=True):
        assert one.teacher_probability == other.teacher_probability
        if skill == 2:
            changed += one.probability != other.probability
        else:
            assert (one.probability, one.sd, one.route) == (other.probability, other.sd, other.route)
    assert changed > 0
    assert states[0].memory.digest() == states[1].memory.digest()
    for skill in all_but_one:
        if skill in states[0].fast:
            assert states[0].fast[skill].digest() == states[1].fast[skill].digest()
    assert teacher.fingerprint() == before


def test_what_students_are_judged_by_is_what_a_classroom_serves(body, teacher, corpus, events):
    plain = plain_corpus(simulated_learners(12, seed=1), corpus.curriculum)
    data = exercises(plain, *read(teacher, plain))
    judged = follow(body, data, *body.look(data, "fresh"))
    room = Classroom(teacher, body.students(corpus.curriculum.skills, teacher.fingerprint()), corpus.curriculum)
    served = []
    for log in events[:3]:
        state = room.start()
        for event in log:
            served.append(room.predict(state, [event.step], event.at)[0].probability)
            state = room.observe(state, event)
    assert served == pytest.approx(judged[: len(served)], abs=1e-4)
