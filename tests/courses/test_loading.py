"""A course folder goes into the database whole or not at all, and keeps the ids that learners' logs point at."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models.signals import post_save
from django.utils import timezone

from tests.courses.folders import png, small_course, template_problem, write_course
from tutor_app.courses import loading
from tutor_app.courses.folders import CourseRefused
from tutor_app.courses.loading import load_course
from tutor_app.courses.models import (
    Course,
    ExpectedError,
    Figure,
    Hint,
    LessonSkill,
    Misconception,
    Passage,
    Problem,
    Skill,
    Step,
)
from tutor_app.courses.variants import realise
from tutor_app.learners.models import Event, User
from tutor_app.tutoring.models import Session

pytestmark = pytest.mark.django_db
ROWS = (Course, Skill, LessonSkill, Passage, Misconception, Problem, Figure, Step, Hint, ExpectedError)


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_course(tmp_path / "course")


def ids() -> dict[str, list[int]]:
    return {model.__name__: sorted(model.objects.values_list("pk", flat=True)) for model in ROWS}


def change_problem(folder: Path, **changes: Any) -> dict[str, Any]:
    problem = {**template_problem(), **changes}
    write_course(folder, problems=[problem])
    return problem


def attempt(step: Step) -> Event:
    learner = User.objects.create(username="ana")
    course, now = step.problem.course, timezone.now()
    return Event.objects.create(
        learner=learner, course=course, number=1, kind="attempt", at=now, step=step, correct=True
    )


def test_everything_is_stored(folder: Path) -> None:
    report = load_course(folder)
    course = Course.objects.get(slug="small")
    assert [skill.slug for skill in course.skills.all()] == ["add", "undo"]
    assert [skill.slug for skill in course.skills.get(slug="undo").prerequisites.all()] == ["add"]
    assert course.skills.get(slug="add").passages.get().text.startswith("Adding puts")
    assert LessonSkill.objects.get(skill__slug="undo").goal == 0.9
    problem = Problem.objects.with_everything().get(slug="undo-a-sum")
    assert (problem.licence, problem.attribution, problem.lesson.slug) == ("CC BY 4.0", "The project", "one")
    assert problem.figures.get().file.read() == png()
    variant = realise(problem, 3)
    assert [step.key for step in variant.steps] == ["undo", "solve"]
    assert [hint.key for hint in variant.steps[1].hints] == ["look", "small", "rung-3"]
    assert variant.steps[1].hints[1].depends_on == ("look",)
    assert variant.steps[1].expected_errors[0].slug == "adds-instead"
    assert report.counts["problems"].added == 2


def test_a_second_loading_changes_nothing(folder: Path, media: Path) -> None:
    load_course(folder)
    before, files, updated = ids(), sorted(media.rglob("*")), Course.objects.get().updated_at
    report = load_course(folder)
    assert (ids(), sorted(media.rglob("*")), Course.objects.get().updated_at) == (before, files, updated)
    assert not report.changed


def test_the_course_is_saved_once_because_others_listen(folder: Path) -> None:
    saved: list[str] = []

    def note(sender: Any, instance: Course, **_kwargs: Any) -> None:
        saved.append(instance.title)

    post_save.connect(note, sender=Course)
    load_course(folder)
    write_course(folder, {**small_course(), "title": "Renamed"})
    load_course(folder)
    load_course(folder)
    assert saved == ["Small", "Renamed"]
    assert Course.objects.get().title == "Renamed"


def test_changed_texts_keep_their_ids(folder: Path) -> None:
    load_course(folder)
    before = ids()
    change_problem(folder, title="Another title")
    report = load_course(folder)
    assert ids() == before
    assert Problem.objects.get(slug="undo-a-sum").title == "Another title"
    assert report.counts["problems"].changed == 1


def test_a_problem_that_vanished_retires_and_may_come_back(folder: Path) -> None:
    load_course(folder)
    before = ids()
    write_course(folder, problems=[])
    assert load_course(folder).counts["problems"].retired == 1
    assert [problem.slug for problem in Problem.objects.in_use()] == ["sum"]
    write_course(folder)
    load_course(folder)
    assert ids() == before
    assert Problem.objects.in_use().count() == 2


def test_a_step_with_history_retires_and_one_without_goes(folder: Path) -> None:
    load_course(folder)
    event = attempt(Step.objects.get(slug="undo"))
    change_problem(folder, steps=template_problem()["steps"][1:])
    assert load_course(folder).counts["steps"].retired == 1
    event.refresh_from_db()
    assert event.step.retired
    assert [step.key for step in realise(Problem.objects.get(slug="undo-a-sum"), 1).steps] == ["solve"]
    change_problem(folder, steps=template_problem()["steps"][:1])
    assert load_course(folder).counts["steps"].removed == 1
    assert not Step.objects.get(slug="undo").retired


def test_a_rung_that_a_learner_stands_on_retires(folder: Path) -> None:
    load_course(folder)
    learner = User.objects.create(username="ana")
    Session.objects.create(learner=learner, course=Course.objects.get(), scaffold=Hint.objects.get(slug="small"))
    problem = template_problem()
    problem["steps"][1]["hints"] = problem["steps"][1]["hints"][:1]
    write_course(folder, problems=[problem])
    counts = load_course(folder).counts["hints"]
    assert (counts.retired, counts.removed) == (1, 1)
    assert [hint.key for hint in realise(Problem.objects.get(slug="undo-a-sum"), 1).steps[1].hints] == ["look"]


def test_a_skill_that_logged_steps_are_about_stays(folder: Path) -> None:
    load_course(folder)
    attempt(Step.objects.get(slug="say"))
    course = small_course()
    course["skills"] = [{"slug": "undo", "name": "Undo"}]
    course["lessons"], course["problems"] = [], ["problems/undo.json"]
    problem = template_problem()
    problem["steps"][1]["skills"] = ["undo"]
    write_course(folder, course, [problem])
    assert load_course(folder).counts["skills"].kept == 1
    assert [skill.slug for skill in Step.objects.get(slug="say").skills.all()] == ["add"]
    assert not Passage.objects.exists()


def test_a_skill_without_history_goes(folder: Path) -> None:
    course = small_course()
    course["skills"].append({"slug": "extra", "name": "Extra"})
    write_course(folder, course)
    load_course(folder)
    write_course(folder)
    assert load_course(folder).counts["skills"].removed == 1


def test_a_new_picture_takes_the_place_of_the_old(
    folder: Path, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    load_course(folder)
    old = Figure.objects.get()
    (folder / "figures" / "balance.png").write_bytes(png(red=9))
    with django_capture_on_commit_callbacks(execute=True):
        load_course(folder)
    new = Figure.objects.get()
    assert new.pk != old.pk
    assert new.file.read() == png(red=9)
    assert len([path for path in media.rglob("*") if path.is_file()]) == 1


def test_a_refused_folder_changes_nothing(folder: Path, media: Path) -> None:
    load_course(folder)
    before, files = ids(), sorted(media.rglob("*"))
    problem = change_problem(folder, title="Another title")
    problem["steps"][1]["answers"] = []
    write_course(folder, problems=[problem])
    with pytest.raises(CourseRefused):
        load_course(folder)
    assert (ids(), sorted(media.rglob("*"))) == (before, files)
    assert Problem.objects.get(slug="undo-a-sum").title == "Undo a sum"


@pytest.mark.django_db(transaction=True)
def test_a_failure_half_way_leaves_neither_rows_nor_files(
    folder: Path, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(loading._Loading, "_remove_vanished", fail)
    with pytest.raises(RuntimeError):
        load_course(folder)
    assert not any(ids().values())
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_a_course_that_came_from_elsewhere_is_not_written_over(folder: Path) -> None:
    Course.objects.create(slug="small", title="Imported", source=Course.Source.OATUTOR)
    with pytest.raises(CourseRefused, match="came from elsewhere"):
        load_course(folder)
    assert Course.objects.get().title == "Imported"


def test_the_command_says_what_it_did(folder: Path) -> None:
    said = StringIO()
    call_command("load_course", str(folder), stdout=said)
    assert "Course “Small” (small) is loaded." in said.getvalue()
    assert "2 problems: 2 new" in said.getvalue()


def test_the_command_refuses_with_the_sentences(folder: Path) -> None:
    (folder / "figures" / "balance.png").unlink()
    said = StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("load_course", str(folder), stderr=said)
    assert left.value.code == 1
    assert "“figures/balance.png” is missing." in said.getvalue()
    assert "1 defect. Nothing has changed." in said.getvalue()
    assert not Course.objects.exists()


def test_json_that_a_browser_would_take_is_stored_as_it_is(folder: Path) -> None:
    change_problem(folder, title="<script>alert(1)</script>")
    load_course(folder)
    assert Problem.objects.get(slug="undo-a-sum").title == "<script>alert(1)</script>"
    assert json.loads((folder / "problems" / "undo.json").read_text())
