"""How hard the steps of a course proved, how its forecasts are mended, and what a refresh changes in its room."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from celery.schedules import crontab
from django.conf import settings as site
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from models_core.calibration import NOTHING_TO_MEND, Calibration
from models_core.curriculum import Curriculum
from tests.factories import (
    LONG_AGO,
    CourseFactory,
    CourseStatisticsFactory,
    EventFactory,
    StepFactory,
    TeacherVersionFactory,
    UserFactory,
)
from tutor_app.celery import app
from tutor_app.courses.models import Course, Step
from tutor_app.learners.models import Event, SkillState, User
from tutor_app.learners.rights import delete_account
from tutor_app.registry import statistics, tasks
from tutor_app.registry.classrooms import Room, _curriculum_bytes, model_events, rebuild, rooms
from tutor_app.registry.curricula import curriculum_for
from tutor_app.registry.models import CourseStatistics, TeacherVersion
from tutor_app.registry.shipped import register_weights
from tutor_app.registry.statistics import SCALES, SHIFTS, calibration_for, composed, refresh

ROOT = Path(__file__).resolve().parents[2]
SAMPLE_COURSE = ROOT / "tests" / "sample_course"
NIGHT = LONG_AGO + timedelta(days=1)
NEXT_NIGHT = NIGHT + timedelta(days=1)


@pytest.fixture
def served(course: Course, small_models: Path) -> Course:
    """The sample course, served since long before the first event."""
    register_weights(small_models)
    TeacherVersion.objects.update(created_at=LONG_AGO - timedelta(days=30))
    return course


def step(key: str) -> Step:
    problem, slug = key.split("/")
    return Step.objects.get(problem__slug=problem, slug=slug)


def answer(key: str, outcomes: str, learner: User | None = None, **fields: Any) -> None:
    """One learner's unaided attempts at a step: "+" for a right one, "-" for a wrong one."""
    learner = learner or UserFactory()
    for outcome in outcomes:
        EventFactory(learner=learner, step=step(key), correct=outcome == "+", **fields)


def practise(*, right_of_20: int, said: float, learners: int = 10, since: datetime = LONG_AGO) -> None:
    """Each learner tries "add/solve" twenty times, a minute apart, and is forecast to be right with `said`."""
    asked, rows = step("add/solve"), []
    for learner in UserFactory.create_batch(learners):
        for number in range(1, 21):
            rows.append(
                EventFactory.build(
                    learner=learner,
                    step=asked,
                    course=asked.problem.course,
                    number=number,
                    at=since + timedelta(minutes=number),
                    correct=number <= right_of_20,
                    student_probability=said,
                )
            )
    Event.objects.bulk_create(rows)


def ask_again(course: Course) -> Room:
    """The room once the second in which it is taken as it is, is over."""
    rooms._asked_at[course.pk] -= 2
    return rooms.room(course)


class TestCounting:
    def test_unaided_attempts_of_all_learners_count_by_step(self, course: Course):
        mia = UserFactory()
        answer("add/solve", "+-", mia)
        answer("two/first", "-", mia)
        answer("add/solve", "++-")
        answer("add-left/solve", "+")
        row = refresh(course, now=NIGHT)
        assert row.counts == {"add/solve": [5, 3], "add-left/solve": [1, 1], "two/first": [1, 0]}
        assert (row.attempts, row.learners, row.refreshed_at) == (7, 3, NIGHT)

    def test_aided_attempts_hints_and_chat_do_not_count(self, course: Course):
        mia = UserFactory()
        answer("add/solve", "-", mia)
        answer("add/solve", "+", mia, hints=1)
        answer("add/solve", "+", hints=2)
        EventFactory(learner=mia, step=step("add/solve"), kind=Event.Kind.HINT, correct=None, level=1)
        EventFactory(learner=mia, step=step("add/solve"), kind=Event.Kind.CHAT, correct=None)
        row = refresh(course, now=NIGHT)
        assert (row.counts, row.attempts, row.learners) == ({"add/solve": [1, 0]}, 1, 1)

    def test_other_courses_do_not_count(self, course: Course):
        answer("add/solve", "+")
        EventFactory()
        assert refresh(course, now=NIGHT).counts == {"add/solve": [1, 1]}

    def test_retired_steps_still_count(self, course: Course):
        answer("two/first", "-")
        Step.objects.filter(slug="first").update(retired=True)
        assert refresh(course, now=NIGHT).counts == {"two/first": [1, 0]}

    def test_what_is_counted_takes_one_query_however_many_steps_and_learners(
        self, course: Course, django_assert_num_queries: Any
    ):
        for _ in range(3):
            answer("add/solve", "+-")
            answer("two/solve", "+")
        with django_assert_num_queries(1):
            assert statistics._counts(course) == {"add/solve": [6, 3], "two/solve": [3, 3]}

    def test_a_course_that_nobody_tried_is_left_as_it_is(self, course: Course):
        answer("add/solve", "+", hints=1)
        assert refresh(course, now=NIGHT) is None
        assert not CourseStatistics.objects.exists()

    def test_whoever_left_is_forgotten(self, course: Course):
        mia, leo = UserFactory(), UserFactory()
        answer("add/solve", "-", mia)
        answer("add/solve", "+", leo)
        refresh(course, now=NIGHT)
        delete_account(user=mia)
        row = refresh(course, now=NEXT_NIGHT)
        assert (row.counts, row.attempts, row.learners) == ({"add/solve": [1, 1]}, 1, 1)
        delete_account(user=leo)
        assert refresh(course, now=NEXT_NIGHT) is None
        assert not CourseStatistics.objects.exists()


class TestCurricula:
    def test_steps_know_how_often_they_were_tried(self, course: Course):
        answer("add/solve", "+-")
        answer("two/solve", "+")
        answer("two/solve", "-")
        refresh(course, now=NIGHT)
        curriculum = curriculum_for(course)
        assert curriculum.steps == ("add/solve", "add-left/solve", "two/first", "two/solve")
        assert curriculum.statistics.tried.tolist() == [2, 0, 0, 2]
        assert curriculum.statistics.right.tolist() == [1, 0, 0, 1]

    def test_two_learners_tell_nobody_how_hard_steps_are(self, course: Course):
        answer("add/solve", "+-")
        answer("two/solve", "+")
        assert refresh(course, now=NIGHT).learners == 2
        assert curriculum_for(course).statistics is None

    def test_a_course_without_statistics_has_none(self, course: Course):
        assert curriculum_for(course).statistics is None

    def test_steps_that_are_gone_are_left_out(self, course: Course):
        CourseStatisticsFactory(course=course, learners=3, counts={"gone/solve": [9, 9], "add/solve": [2, 1]})
        assert curriculum_for(course).statistics.tried.tolist() == [2, 0, 0, 0]


class TestCalibrating:
    def test_forecasts_that_say_too_much_are_lowered_by_what_they_lack(self, served: Course):
        practise(right_of_20=10, said=0.8)  # 200 attempts, half of them right
        row = refresh(served, now=NIGHT)
        expected = Calibration.fit([0.8] * 200, ([1] * 10 + [0] * 10) * 10)
        assert (row.scale, row.shift) == pytest.approx((expected.scale, expected.shift))
        assert 0.5 < calibration_for(served, row.teacher).of(0.8) < 0.6  # held back a little by the prior
        assert row.calibrated_at == NIGHT

    def test_the_next_calibration_is_the_present_one_mended_by_forecasts_made_under_it(self, served: Course):
        practise(right_of_20=10, said=0.8)
        first = refresh(served, now=NIGHT)
        practise(right_of_20=15, said=0.55, since=NIGHT + timedelta(hours=1))
        second = refresh(served, now=NEXT_NIGHT)
        lacking = Calibration.fit([0.55] * 200, ([1] * 15 + [0] * 5) * 10)
        assert second.scale == pytest.approx(first.scale * lacking.scale)
        assert second.shift == pytest.approx(first.shift * lacking.scale + lacking.shift)
        once = Calibration(second.scale, second.shift)
        assert once.of(0.7) == pytest.approx(lacking.of(Calibration(first.scale, first.shift).of(0.7)))
        assert second.attempts == 400

    def test_199_forecasts_change_nothing(self, served: Course):
        practise(right_of_20=10, said=0.8)
        Event.objects.first().delete()
        row = refresh(served, now=NIGHT)
        assert (row.attempts, row.learners, row.scale, row.shift) == (199, 10, 1.0, 0.0)
        assert row.calibrated_at < LONG_AGO  # so that they count again the next time

    def test_forecasts_about_nine_people_change_nothing(self, served: Course):
        practise(right_of_20=10, said=0.8, learners=9)
        answer("add/solve", "+" * 30, User.objects.first())
        row = refresh(served, now=NIGHT)
        assert (row.attempts, row.learners, row.scale, row.shift) == (210, 9, 1.0, 0.0)

    def test_forecasts_that_were_there_before_the_calibration_do_not_count(self, served: Course):
        practise(right_of_20=10, said=0.8)
        first = refresh(served, now=NIGHT)
        practise(right_of_20=20, said=0.5, since=NIGHT - timedelta(minutes=30))  # written late, forecast before
        second = refresh(served, now=NEXT_NIGHT)
        assert (second.scale, second.shift, second.calibrated_at) == (first.scale, first.shift, NIGHT)

    def test_attempts_without_a_forecast_or_with_help_do_not_count(self, served: Course):
        for _ in range(10):
            mia = UserFactory()
            answer("add/solve", "-" * 11, mia, student_probability=None)
            answer("add/solve", "-" * 11, mia, hints=1)
        row = refresh(served, now=NIGHT)
        assert (row.attempts, row.scale, row.shift) == (110, 1.0, 0.0)

    def test_forecasts_older_than_the_teacher_are_not_the_teachers(self, served: Course):
        practise(right_of_20=10, said=0.8)
        TeacherVersion.objects.update(created_at=NIGHT)
        row = refresh(served, now=NEXT_NIGHT)
        assert (row.scale, row.shift, row.attempts) == (1.0, 0.0, 200)

    def test_another_teacher_starts_without_a_calibration(self, served: Course):
        practise(right_of_20=10, said=0.8)
        old = refresh(served, now=NIGHT).teacher
        TeacherVersion.objects.update(active=False)
        new = TeacherVersionFactory(active=True)
        assert calibration_for(served, new) == NOTHING_TO_MEND
        assert calibration_for(served, old) != NOTHING_TO_MEND
        practise(right_of_20=10, said=0.8, since=NIGHT + timedelta(hours=1))  # whose they are, nobody knows
        row = refresh(served, now=NEXT_NIGHT)
        assert (row.teacher, row.scale, row.shift, row.calibrated_at) == (new, 1.0, 0.0, NEXT_NIGHT)

    def test_without_a_teacher_steps_are_counted_all_the_same(self, course: Course):
        practise(right_of_20=10, said=0.8)
        row = refresh(course, now=NIGHT)
        assert (row.teacher, row.scale, row.shift, row.attempts) == (None, 1.0, 0.0, 200)

    def test_the_latest_forecasts_count_when_there_are_too_many(self, served: Course, monkeypatch: pytest.MonkeyPatch):
        practise(right_of_20=20, said=0.5)
        practise(right_of_20=0, said=0.5, since=LONG_AGO + timedelta(hours=1))
        monkeypatch.setattr(statistics, "MOST_FORECASTS", 200)
        assert refresh(served, now=NIGHT).shift < -1

    def test_a_chain_of_calibrations_stays_within_bounds(self):
        flat, low = NOTHING_TO_MEND, NOTHING_TO_MEND
        for _ in range(20):
            flat, low = composed(flat, Calibration(0.5, 0.0)), composed(low, Calibration(1.0, -1.0))
        assert (flat.scale, low.shift) == (SCALES[0], SHIFTS[0])

    def test_the_database_refuses_a_scale_that_turns_forecasts_round(self, db: None):
        with pytest.raises(IntegrityError), transaction.atomic():
            CourseStatisticsFactory(scale=0.0)


class TestRooms:
    def test_a_refresh_makes_a_new_room_within_a_second(self, served: Course):
        room = rooms.room(served)
        for outcomes in ("--", "-", "-"):
            answer("add/solve", outcomes)
        refresh(served, now=NIGHT)
        assert rooms.room(served) is room  # asked no more than once a second
        newer = ask_again(served)
        assert newer.version != room.version
        assert newer.classroom.curriculum.statistics.tried.tolist() == [4, 0, 0, 0]
        assert newer.classroom.calibration == NOTHING_TO_MEND

    def test_a_refresh_that_finds_nothing_new_keeps_what_is_known_of_learners(self, served: Course):
        for outcomes in ("--", "-", "-"):
            answer("add/solve", outcomes)
        refresh(served, now=NIGHT)
        room, learner = rooms.room(served), UserFactory()
        state = rooms.state(learner, served, 0)
        refresh(served, now=NEXT_NIGHT)
        assert ask_again(served).version == room.version
        assert rooms.state(learner, served, 0) is state

    def test_a_calibration_moves_what_the_room_says_and_only_that(self, served: Course):
        practise(right_of_20=0, said=0.8)
        refresh(served, now=NIGHT)
        after = rooms.room(served)
        CourseStatistics.objects.update(scale=1.0, shift=0.0, refreshed_at=NEXT_NIGHT)
        before = ask_again(served)
        assert before.version != after.version
        [raw], [mended] = [
            room.classroom.predict(room.classroom.start(), ["add/solve"], 0.0) for room in (before, after)
        ]
        assert mended.probability == after.classroom.calibration.of(raw.probability) < raw.probability
        assert mended.teacher_probability == raw.teacher_probability

    def test_nobodys_answers_and_no_statistics_are_one_to_the_models(self, course: Course):
        curriculum = curriculum_for(course)
        zero, one = np.zeros(4, np.int64), np.ones(4, np.int64)
        assert _curriculum_bytes(curriculum) == _curriculum_bytes(curriculum.known_by(zero, zero))
        different = {_curriculum_bytes(curriculum.known_by(one, right)) for right in (zero, one)}
        assert len(different | {_curriculum_bytes(curriculum)}) == 3

    def test_a_curriculum_without_texts_has_a_name_too(self):
        plain = Curriculum("c", ("s",), ((),), ("p/a",), ((0,),), None, None)
        assert _curriculum_bytes(plain) != _curriculum_bytes(
            Curriculum("c", ("s",), ((),), ("p/b",), ((0,),), None, None)
        )


def test_a_step_that_everybody_fails_is_expected_to_go_worse(course: Course):
    """With the shipped teacher, which has learned what statistics mean."""
    register_weights()
    before = rooms.room(course)
    for _ in range(30):
        mia = UserFactory()
        answer("add/solve", "-", mia)
        answer("add-left/solve", "+", mia)
    refresh(course, now=NIGHT)
    after = ask_again(course)
    keys = ["add/solve", "add-left/solve"]
    failed, passed = [
        [room.classroom.predict(room.classroom.start(), [key], NIGHT.timestamp())[0].probability for key in keys]
        for room in (before, after)
    ]
    assert passed[0] < failed[0] - 0.1
    assert passed[0] < passed[1] - 0.2


class TestReplay:
    @pytest.fixture
    def refreshed(self, served: Course) -> Course:
        """Statistics and a calibration that both differ from nothing, and a room that knows them."""
        practise(right_of_20=5, said=0.8)
        rooms.room(served)
        refresh(served, now=NIGHT)
        assert ask_again(served).classroom.calibration != NOTHING_TO_MEND
        return served

    @pytest.fixture
    def learner(self, refreshed: Course) -> User:
        mia = UserFactory()
        answer("add/solve", "-+", mia)
        answer("two/first", "+", mia)
        answer("two/solve", "-", mia, hints=1)
        answer("add/solve", "+", mia)
        return mia

    def test_a_learner_is_recalled_from_the_log_bit_for_bit(self, refreshed: Course, learner: User):
        room = rooms.room(refreshed)
        events = model_events(Event.objects.of(learner, refreshed))
        lived = room.classroom.start()
        for event in events:
            lived = room.observe(lived, event)
        rebuild(learner, refreshed)
        assert rooms.state(learner, refreshed, len(events)).digest() == lived.digest()
        rooms.forget_all()  # as another process would begin
        assert rooms.state(learner, refreshed, len(events)).digest() == lived.digest()
        assert rooms.room(refreshed).version == room.version

    def test_what_was_known_before_the_refresh_is_known_anew(self, served: Course):
        mia = UserFactory()
        answer("add/solve", "-+", mia)
        before = rooms.state(mia, served, 2)
        practise(right_of_20=5, said=0.8)
        refresh(served, now=NIGHT)
        room = ask_again(served)
        after = rooms.state(mia, served, 2)
        assert after.digest() != before.digest()
        assert after.digest() == room.classroom.recall(model_events(Event.objects.of(mia, served))).digest()

    def test_rebuilding_gives_the_same_rows_each_time(self, refreshed: Course, learner: User):
        def rows() -> list[tuple[Any, ...]]:
            rooms.forget_all()
            rebuild(learner, refreshed)
            states = SkillState.objects.filter(learner=learner).order_by("skill")
            return list(states.values_list("skill", "mastery", "sd", "attempts", "correct", "due_at"))

        first = rows()
        assert len(first) == 2
        refresh(refreshed, now=NEXT_NIGHT)  # counts mia too
        second = rows()
        assert second != first
        assert rows() == second


class TestTheNightlyJob:
    def test_it_is_scheduled_for_the_training_worker(self):
        [entry] = [
            entry for entry in site.CELERY_BEAT_SCHEDULE.values() if entry["task"] == tasks.refresh_statistics.name
        ]
        assert entry["schedule"] == crontab(hour=3, minute=20)
        assert entry["options"]["queue"] == tasks.refresh_statistics.queue == "training"
        assert tasks.refresh_statistics.name in app.tasks

    def test_it_refreshes_every_course_and_one_that_fails_does_not_stop_the_rest(
        self, db: None, monkeypatch: pytest.MonkeyPatch
    ):
        broken, fine = EventFactory(), EventFactory()
        CourseFactory()
        real = statistics.refresh

        def refresh(course: Course, **options: Any) -> CourseStatistics | None:
            if course == broken.course:
                raise RuntimeError("no luck tonight")
            return real(course, **options)

        monkeypatch.setattr(statistics, "refresh", refresh)
        tasks.refresh_statistics()
        assert list(CourseStatistics.objects.values_list("course", flat=True)) == [fine.course.pk]


class TestTheCommand:
    @pytest.fixture
    def say(self, db: None) -> Callable[..., list[str]]:
        for slug, outcomes in (("algebra", "+-"), ("biology", "+"), ("chemistry", "")):
            asked = StepFactory(problem__course=CourseFactory(slug=slug))
            for outcome in outcomes:
                EventFactory(step=asked, correct=outcome == "+")

        def say(*courses: str) -> list[str]:
            out = StringIO()
            call_command("refresh_statistics", *courses, stdout=out)
            return out.getvalue().splitlines()

        return say

    def test_it_says_a_line_for_every_course(self, say: Callable[..., list[str]]):
        assert say() == [
            "algebra: 2 attempts, 2 learners, scale 1.000, shift +0.000",
            "biology: 1 attempts, 1 learners, scale 1.000, shift +0.000",
            "chemistry: nobody has tried it yet.",
        ]

    def test_it_leaves_alone_what_is_not_named(self, say: Callable[..., list[str]]):
        assert say("biology", "biology") == ["biology: 1 attempts, 1 learners, scale 1.000, shift +0.000"]
        assert CourseStatistics.objects.get().course.slug == "biology"

    def test_it_refuses_a_course_that_is_not_there_before_it_changes_anything(self, say: Callable[..., list[str]]):
        with pytest.raises(CommandError, match=r"“physics”.*algebra, biology, chemistry"):
            say("algebra", "physics")
        assert not CourseStatistics.objects.exists()


@pytest.mark.slow
def test_refreshing_at_once_makes_one_row(tmp_path: Path):
    """In processes of their own, on a database file: each waits for its turn and none is refused."""
    environment = {
        **os.environ,
        "TUTOR_VAR": str(tmp_path / "var"),
        "DJANGO_SETTINGS_MODULE": "tutor_app.settings",
        "DATABASE_URL": "",
        "REDIS_URL": "memory://",
    }
    make = """
from tests.factories import EventFactory, StepFactory
EventFactory.create_batch(3, step=StepFactory(slug="s", problem__slug="p"))
"""
    count = "from tutor_app.registry.models import *; print([row.counts for row in CourseStatistics.objects.all()])"

    def manage(*arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )

    assert manage("migrate", "--verbosity=0").wait() == 0
    assert manage("shell", "--verbosity=0", "-c", make).wait() == 0
    assert [job.wait() for job in [manage("refresh_statistics") for _ in range(3)]] == [0, 0, 0]
    shown, _errors = manage("shell", "--verbosity=0", "-c", count).communicate()
    assert shown.strip() == "[{'p/s': [3, 3]}]"


def test_counting_needs_no_torch():
    script = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
import tutor_app.registry.statistics
print("torch" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False"]
