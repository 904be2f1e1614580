"""The students: one interface, one registry, one task so far."""

import numpy as np
import pytest
import torch

from models_core.record import LOCAL_WIDTH
from models_core.student import PredictConfig, PredictNet, PredictStudent, StudentModel


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
    student = PredictStudent(net, settings, skill="add", teacher="")
    context = np.array([[1.0, 1.0, 1.0, 1.0]], np.float32)
    ((p, _),) = student.predict(student.start(), context, np.zeros((1, LOCAL_WIDTH)))
    assert p == pytest.approx(1 / (1 + np.exp(-1.5)))


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
