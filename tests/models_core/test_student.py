"""The students: one interface, one registry, one task so far."""

import numpy as np
import pytest
import torch

from models_core.record import CONTEXT_AGE, CONTEXT_GIVEN, LOCAL_WIDTH
from models_core.student import PredictConfig, PredictNet, PredictStudent, StudentModel
from models_core.teacher import TeacherModel
from models_core.train_students import shared_net


def test_a_task_is_found_by_its_class_and_no_task_has_two():
    assert StudentModel.tasks["predict"] is PredictStudent
    with pytest.raises(TypeError, match="two classes for the task 'predict'"):

        class Another(PredictStudent):
            task = "predict"

    class Variant(PredictStudent):  # a subclass without a task of its own is nobody's rival
        pass

    assert StudentModel.tasks["predict"] is PredictStudent


def test_a_student_that_begins_as_the_teachers_head_says_what_the_teacher_says():
    settings = PredictConfig(context_width=4, prior_variance=0.0)
    net = PredictNet(settings)
    head = torch.tensor([0.5, -1.0, 0.0, 2.0])
    with torch.no_grad():
        net.offset.weight[0, :4] = head
        net.offset.weight[0, 4] = 0.25  # the head reads the record as well
    student = PredictStudent(net, settings, skill="add", teacher="")
    context = np.array([[1.0, 1.0, 1.0, 1.0]], np.float32)
    local = np.zeros((1, LOCAL_WIDTH))
    local[0, 0] = 2.0
    ((p, _),) = student.predict(student.start(), context, local)
    assert p == pytest.approx(1 / (1 + np.exp(-1.5 - 0.5)))


def test_a_student_hears_how_old_its_context_is_which_its_teacher_never_did(teacher):
    learned = TeacherModel(teacher.config)
    learned.local_gain[[CONTEXT_GIVEN, CONTEXT_AGE]] = 0  # as training leaves what never varied
    net = shared_net(learned, PredictConfig(context_width=16))
    for column in (CONTEXT_GIVEN, CONTEXT_AGE):
        assert (net.local_mean[column], net.local_gain[column]) == (0, 1)
        assert net.offset.weight[0, 16 + column] == 0  # what to make of it is left to learn


def test_counts_are_measured_by_what_records_usually_say_by_hand():
    net = PredictNet(PredictConfig(context_width=1))
    with torch.no_grad():
        net.offset.weight[0, 1:4] = 1.0
        net.local_mean[:3] = torch.tensor([1.0, 1.0, 5.0])
        net.local_gain[:3] = torch.tensor([2.0, 2.0, 0.0])
    local = torch.zeros(1, LOCAL_WIDTH)
    local[0, :3] = torch.tensor([2.5, 101.0, 9.0])
    # (2.5 - 1) 2 = 3; (101 - 1) 2 = 200 is held back at 6; the third never varied in training and says nothing
    _, offset, _ = net(torch.zeros(1, 1), local)
    assert offset.tolist() == [9.0]


def test_observing_moves_the_learner_and_leaves_the_student(students):
    student = students["add"]
    weights = {name: tensor.clone() for name, tensor in student.tensors().items()}
    context, local = np.ones(16, np.float32), np.zeros(LOCAL_WIDTH)
    after = student.observe(student.start(), context, local, correct=False)
    assert student.predict(after, context[None], local[None]) < student.predict(
        student.start(), context[None], local[None]
    )
    assert student.start().updates == 0
    assert all(torch.equal(weights[name], tensor) for name, tensor in student.tensors().items())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"features": 0}, "features must be a whole number from 1 to 64, not 0"),
        ({"hidden": 10**7}, "hidden must be a whole number"),
        ({"prior_variance": -1}, r"prior_variance must lie in \[0, 100\], not -1"),
        ({"noise_scale": float("nan")}, "noise_scale must lie in"),
        ({"local_width": 2}, "local_width = 2"),
    ],
)
def test_an_impossible_config_is_refused_at_construction(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        PredictConfig(**change)
