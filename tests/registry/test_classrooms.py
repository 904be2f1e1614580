"""The models at work: which serve, what a broken one costs, and what is remembered of learners."""

import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models_core import artifacts
from models_core.curriculum import UnknownStep
from models_core.events import Attempt, Chat, HintShown
from tests.factories import EventFactory, UserFactory
from tests.weights import encoder_path, save_small_models
from tutor_app.courses.loading import load_course
from tutor_app.courses.models import Course, Step
from tutor_app.learners.models import Event, Record, SkillState
from tutor_app.registry import classrooms
from tutor_app.registry.classrooms import NoTeacher, model_event, rebuild, rooms
from tutor_app.registry.curricula import TextVectors, curriculum_for
from tutor_app.registry.models import Promotion, StudentVersion, TeacherVersion
from tutor_app.registry.shipped import register_weights

SAMPLE_COURSE = Path(__file__).resolve().parent.parent / "sample_course"


@pytest.fixture
def weights(small_models: Path, tmp_path: Path) -> Path:
    """A copy that a test may break."""
    return Path(shutil.copytree(small_models, tmp_path / "weights"))


def ask_again(course: Course) -> None:
    """The second in which a room is taken as it is, is over."""
    rooms._asked_at[course.pk] -= 2


class TestRegistering:
    def test_shipped_weights_serve_at_once_and_only_once(self, course: Course, weights: Path):
        first, again = register_weights(weights), register_weights(weights)
        assert (first.students, again.students) == (1, 0)
        assert TeacherVersion.objects.active() == first.teacher
        assert StudentVersion.objects.serving(course).count() == 1
        assert Promotion.objects.count() == 1

    def test_students_of_courses_that_are_not_here_are_left_out(self, course: Course, weights: Path):
        shutil.copytree(weights / "students" / "sample", weights / "students" / "elsewhere")
        assert register_weights(weights).students == 1

    def test_a_broken_student_is_refused_with_its_reason_and_the_rest_serves(self, course: Course, weights: Path):
        file = weights / "students" / "sample" / "undo-addition" / artifacts.WEIGHTS
        file.write_bytes(file.read_bytes()[:100])
        registered = register_weights(weights)
        assert registered.students == 0
        assert "undo-addition" in registered.refused[0]
        assert TeacherVersion.objects.active() is not None

    def test_a_broken_teacher_changes_nothing(self, course: Course, weights: Path):
        (weights / "teacher" / artifacts.WEIGHTS).write_bytes(b"\x80\x04pickle")
        with pytest.raises(artifacts.ArtifactRefused):
            register_weights(weights)
        assert not TeacherVersion.objects.exists()

    def test_a_teacher_that_somebody_put_in_place_stays(self, course: Course, weights: Path, tmp_path: Path):
        register_weights(weights)
        TeacherVersion.objects.update(name="ours")
        register_weights(save_small_models(tmp_path / "newer", seed=3))
        assert TeacherVersion.objects.active().name == "ours"

    def test_newer_shipped_weights_retire_the_older_and_say_so(self, course: Course, weights: Path, tmp_path: Path):
        old = register_weights(weights).teacher
        new = register_weights(save_small_models(tmp_path / "newer", seed=3)).teacher
        assert TeacherVersion.objects.active() == new != old
        states = list(StudentVersion.objects.order_by("number").values_list("state", flat=True))
        assert states == ["retired", "active"]
        assert Promotion.objects.filter(to_state="retired").count() == 1


class TestRooms:
    def test_without_a_teacher_there_is_no_room(self, course: Course):
        with pytest.raises(NoTeacher, match="register_weights"):
            rooms.room(course)

    def test_a_room_is_made_once_and_found_again(self, course: Course, weights: Path):
        register_weights(weights)
        room = rooms.room(course)
        ask_again(course)
        assert rooms.room(course) is room
        assert set(room.classroom.students) == {"undo-addition"}

    def test_a_student_that_is_broken_on_disk_leaves_its_skill_to_the_teacher(self, course: Course, weights: Path):
        register_weights(weights)
        (weights / "students" / "sample" / "undo-addition" / artifacts.WEIGHTS).write_bytes(b"")
        room = rooms.room(course)
        assert room.classroom.students == {}
        [prediction] = room.classroom.predict(room.classroom.start(), ["add/solve"], 0.0)
        assert prediction.route == "teacher"

    def test_another_version_serves_within_a_second(self, course: Course, weights: Path):
        register_weights(weights)
        room = rooms.room(course)
        StudentVersion.objects.update(state=StudentVersion.State.RETIRED)
        assert rooms.room(course) is room  # asked no more than once a second
        ask_again(course)
        assert rooms.room(course).classroom.students == {}
        assert rooms.room(course).version != room.version

    def test_a_course_loaded_again_unchanged_keeps_what_is_known_of_its_learners(self, course: Course, weights: Path):
        register_weights(weights)
        room, learner = rooms.room(course), UserFactory()
        state = rooms.state(learner, course, 0)
        load_course(SAMPLE_COURSE)
        ask_again(course)
        assert rooms.room(course).version == room.version
        assert rooms.state(learner, course, 0) is state

    def test_no_more_learners_are_remembered_than_there_is_room_for(self, course: Course, weights: Path, monkeypatch):
        register_weights(weights)
        monkeypatch.setattr(classrooms, "MOST_REMEMBERED", 2)
        people = UserFactory.create_batch(3)
        states = [rooms.state(person, course, 0) for person in people]
        assert rooms.state(people[2], course, 0) is states[2]
        assert rooms.state(people[0], course, 0) is not states[0]

    def test_a_step_that_the_curriculum_does_not_hold_says_nothing_to_the_models(self, course: Course, weights: Path):
        register_weights(weights)
        room = rooms.room(course)
        state = room.classroom.start()
        stray = HintShown(step="gone/solve", level=1, at=1.0)
        with pytest.raises(UnknownStep):
            room.classroom.observe(state, stray)
        assert room.observe(state, stray) is state


@pytest.mark.django_db(transaction=True)
def test_threads_that_ask_at_once_get_one_room(settings: Any, weights: Path):
    settings.ENCODER_PATH = encoder_path()
    load_course(SAMPLE_COURSE)
    register_weights(weights)
    rooms.forget_all()
    course, found = Course.objects.get(slug="sample"), []

    def enter() -> None:
        from django.db import connection

        try:
            found.append(rooms.room(course))
        finally:
            connection.close()

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    rooms.forget_all()
    assert len(found) == 4
    assert len({id(room) for room in found}) == 1


class TestTheLogAsTheModelsReadIt:
    def test_rows_become_the_models_events(self, course: Course):
        step = Step.objects.get(problem__slug="add")
        attempt = model_event(EventFactory(step=step, hints=2, try_number=3, misconception="adds-instead"))
        assert isinstance(attempt, Attempt)
        assert (attempt.step, attempt.correct, attempt.hints, attempt.try_number) == ("add/solve", True, 2, 3)
        assert (attempt.note.probability, attempt.note.diagnosis) == (0.6, "adds-instead")
        hint = model_event(EventFactory(step=step, kind=Event.Kind.HINT, level=2))
        assert hint == HintShown(step="add/solve", level=2, at=hint.at)
        chat = model_event(EventFactory(step=None, course=course, kind=Event.Kind.CHAT))
        assert chat == Chat(step=None, at=chat.at)

    def test_an_attempt_of_which_nothing_was_said_has_no_note(self, course: Course):
        step = Step.objects.get(problem__slug="add")
        assert model_event(EventFactory(step=step, student_probability=None)).note is None

    def test_rebuilding_nobodys_log_gives_an_empty_record(self, course: Course, weights: Path):
        register_weights(weights)
        record = rebuild(UserFactory(), course)
        assert record.event_count == 0
        assert not SkillState.objects.exists()

    def test_rebuilding_twice_changes_nothing_and_touches_nobody_else(self, course: Course, weights: Path):
        register_weights(weights)
        mia, leo, step = UserFactory(), UserFactory(), Step.objects.get(problem__slug="add")
        for learner in (mia, leo):
            for right in (False, True, True):
                EventFactory(learner=learner, step=step, correct=right)
            rebuild(learner, course)
        before = list(SkillState.objects.order_by("learner").values("learner", "mastery", "sd", "attempts", "due_at"))
        rebuild(mia, course)
        assert before == list(
            SkillState.objects.order_by("learner").values("learner", "mastery", "sd", "attempts", "due_at")
        )
        assert Record.objects.get(learner=mia).event_count == 3

    def test_the_next_turn_is_quick_only_while_the_room_is_known_to_be_up_to_date(self, course: Course, weights: Path):
        register_weights(weights)
        mia = UserFactory()
        assert not rooms.remembers(mia.pk, course.pk)
        rooms.state(mia, course, 0)
        assert rooms.remembers(mia.pk, course.pk)
        ask_again(course)
        assert not rooms.remembers(mia.pk, course.pk)
        course.save()  # as a loaded course is: the room will be built anew, which may take a minute
        Step.objects.filter(problem__slug="two").first().skills.clear()
        rooms.room(course)
        assert not rooms.remembers(mia.pk, course.pk)


class TestCurricula:
    def test_every_step_stands_in_it_with_its_skills_also_when_it_has_retired(self, course: Course):
        before = curriculum_for(course)
        Step.objects.filter(problem__slug="two").update(retired=True)
        after = curriculum_for(course)
        assert before.steps == ("add/solve", "add-left/solve", "two/first", "two/solve")
        assert after.steps == before.steps
        assert after.step_skills == before.step_skills
        assert before.prerequisites == ((), (0,))

    def test_vectors_are_made_once_and_read_again(self, course: Course, settings: Any):
        first = curriculum_for(course)
        settings.ENCODER_PATH = Path("/nowhere")
        again = curriculum_for(course)
        assert np.array_equal(first.step_vectors, again.step_vectors)
        assert np.allclose(np.linalg.norm(again.skill_vectors, axis=1), 1, atol=1e-5)

    @pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 half a zip", b"\x80\x04pickle"])
    def test_a_damaged_file_of_vectors_is_made_anew(self, course: Course, damage: bytes):
        first = curriculum_for(course)
        TextVectors(course).path.write_bytes(damage)
        assert np.array_equal(curriculum_for(course).step_vectors, first.step_vectors)
