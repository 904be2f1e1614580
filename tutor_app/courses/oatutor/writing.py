"""Making the database say what a course's records say: all of a course or nothing, and nothing twice.

Rows are found again by their natural keys (slugs). What is unchanged is not touched: a second import of the same files
writes nothing. Problems, steps and hints that are gone retire: learners' events point at them.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import TypeVar

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils.translation import gettext as _

from tutor_app.courses.models import Course, Figure, Hint, Lesson, LessonSkill, Problem, Skill, Step
from tutor_app.courses.oatutor.folder import LARGEST_PICTURE, read_bytes
from tutor_app.courses.oatutor.records import CourseRecord, FigureRecord, HintRecord, ProblemRecord, StepRecord

BATCH = 400  # rows of one statement; SQLite allows a limited number of values in each

Row = TypeVar("Row", bound=models.Model)
Key = TypeVar("Key", bound=Hashable)


class CourseTaken(ValueError):
    """A course of another origin bears the name; the message is a sentence."""


@dataclass
class Changes:
    created: int = 0
    updated: int = 0
    retired: int = 0
    links: int = 0  # pairs of many-to-many tables made or removed

    def __bool__(self) -> bool:
        return any(astuple(self))

    def __add__(self, other: "Changes") -> "Changes":
        return Changes(*map(sum, zip(astuple(self), astuple(other), strict=True)))


@transaction.atomic
def write_course(*, record: CourseRecord) -> Changes:
    """Create or update a course with all that it holds. Raises CourseTaken, and FileRefused for a vanished picture."""
    course, created = _write_course_row(record)
    changes = Changes(created=int(created))
    skills, skill_changes = _sync(
        Skill,
        {skill.slug: skill for skill in course.skills.all()},
        {
            skill.slug: {"course_id": course.pk, "slug": skill.slug, "name": skill.name, "position": position}
            for position, skill in enumerate(record.skills.values())
        },
    )
    lessons, lesson_changes = _write_lessons(course, record, skills)
    problems, problem_changes = _write_problems(course, record, lessons)
    steps, step_changes = _write_steps(course, record.problems, problems, skills)
    changes += skill_changes + lesson_changes + problem_changes + step_changes
    changes += _write_hints(course, record.problems, steps)
    changes += _write_figures(course, record.problems, problems)
    if changes and not created:  # creating has told the rest of the site already, once is enough
        course.save()
    return changes


# --- rows by natural key ------------------------------------------------------------------------------------------


def _sync(
    model: type[Row], existing: Mapping[Key, Row], wanted: Mapping[Key, Mapping[str, object]]
) -> tuple[dict[Key, Row], Changes]:
    """Rows for all `wanted` keys, with their fields; rows of other keys retire if the model knows how, else stay."""
    rows: dict[Key, Row] = {}
    fresh: list[Row] = []
    changed: list[Row] = []
    changed_fields: set[str] = set()
    for key, fields in wanted.items():
        row = existing.get(key)
        if row is None:
            row = model(**fields)
            fresh.append(row)
        elif any(getattr(row, name) != value for name, value in fields.items()):
            for name, value in fields.items():
                setattr(row, name, value)
            changed.append(row)
            changed_fields |= fields.keys()
        rows[key] = row
    manager = model._default_manager
    manager.bulk_create(fresh, batch_size=BATCH)
    if changed:
        names = sorted(name.removesuffix("_id") for name in changed_fields)
        manager.bulk_update(changed, names, batch_size=BATCH)
    gone = [row for key, row in existing.items() if key not in wanted and getattr(row, "retired", True) is False]
    for row in gone:
        row.retired = True  # type: ignore[attr-defined]
    if gone:
        manager.bulk_update(gone, ["retired"], batch_size=BATCH)
    return rows, Changes(len(fresh), len(changed), len(gone))


def _sync_pairs(
    through: type[models.Model], columns: tuple[str, str], owners: Collection[int], wanted: Iterable[tuple[int, int]]
) -> int:
    """Make the pairs of a many-to-many table those that are wanted, for these owners; the number of rows changed."""
    owner, other = columns
    manager = through._default_manager
    have: dict[tuple[int, int], int] = {
        (row[0], row[1]): row[2]
        for chunk in _chunks(sorted(owners))
        for row in manager.filter(**{f"{owner}__in": chunk}).values_list(owner, other, "pk")
    }
    wanted_pairs = dict.fromkeys(wanted)
    fresh = [through(**{owner: pair[0], other: pair[1]}) for pair in wanted_pairs if pair not in have]
    stale = [key for pair, key in have.items() if pair not in wanted_pairs]
    manager.bulk_create(fresh, batch_size=BATCH)
    for chunk in _chunks(stale):
        manager.filter(pk__in=chunk).delete()
    return len(fresh) + len(stale)


def _chunks(keys: Sequence[int]) -> Iterable[Sequence[int]]:
    return (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))


# --- the parts of a course ----------------------------------------------------------------------------------------


def _write_course_row(record: CourseRecord) -> tuple[Course, bool]:
    """The course and whether it is new. One that is there is locked, and saved if its own fields change."""
    fields = {
        "title": record.title,
        "language": record.language,
        "attribution": record.source.attribution,
        "attribution_url": record.source.attribution_url,
        "licence": record.source.licence,
        "licence_url": record.source.licence_url,
    }
    course, created = Course.objects.select_for_update().get_or_create(
        slug=record.slug, defaults={**fields, "source": Course.Source.OATUTOR}
    )
    if course.source != Course.Source.OATUTOR:
        raise CourseTaken(
            _("There is a course “%(slug)s” already that does not come from OATutor.") % {"slug": record.slug}
        )
    if not created and any(getattr(course, name) != value for name, value in fields.items()):
        for name, value in fields.items():
            setattr(course, name, value)
        course.save()
    return course, created


def _write_lessons(
    course: Course, record: CourseRecord, skills: Mapping[str, Skill]
) -> tuple[dict[str, Lesson], Changes]:
    """Lessons and the skills they are about. A lesson that is gone is deleted: no event points at it."""
    existing = {lesson.slug: lesson for lesson in course.lessons.all()}
    gone = [lesson.pk for slug, lesson in existing.items() if slug not in record.lessons]
    lessons, changes = _sync(
        Lesson,
        existing,
        {
            lesson.slug: {"course_id": course.pk, "slug": lesson.slug, "title": lesson.title, "position": position}
            for position, lesson in enumerate(record.lessons.values())
        },
    )
    existing_goals = {
        (row.lesson_id, row.skill_id): row
        for row in LessonSkill.objects.filter(lesson__course=course).exclude(lesson__in=gone)
    }
    wanted_goals: dict[tuple[int, int], Mapping[str, object]] = {}
    for lesson_record in record.lessons.values():
        for slug, goal in lesson_record.goals.items():
            key = (lessons[lesson_record.slug].pk, skills[slug].pk)
            wanted_goals[key] = {"lesson_id": key[0], "skill_id": key[1], "goal": goal}
    _rows, goal_changes = _sync(LessonSkill, existing_goals, wanted_goals)
    stale = [row.pk for key, row in existing_goals.items() if key not in wanted_goals]
    LessonSkill.objects.filter(pk__in=stale).delete()
    Lesson.objects.filter(pk__in=gone).delete()
    return lessons, changes + goal_changes + Changes(retired=len(stale) + len(gone))


def _write_problems(
    course: Course, record: CourseRecord, lessons: Mapping[str, Lesson]
) -> tuple[dict[str, Problem], Changes]:
    return _sync(
        Problem,
        {problem.slug: problem for problem in course.problems.all()},
        {
            problem.slug: {
                "course_id": course.pk,
                "slug": problem.slug,
                "lesson_id": lessons[problem.lesson].pk if problem.lesson else None,
                "title": problem.title,
                "body": problem.body,
                "parameters": {},
                "attribution": problem.source.attribution,
                "attribution_url": problem.source.attribution_url,
                "licence": problem.source.licence,
                "licence_url": problem.source.licence_url,
                "retired": False,
            }
            for problem in record.problems
        },
    )


StepKey = tuple[str, str]  # slugs of problem and step


def _write_steps(
    course: Course,
    records: Sequence[ProblemRecord],
    problems: Mapping[str, Problem],
    skills: Mapping[str, Skill],
) -> tuple[dict[StepKey, Step], Changes]:
    existing = {(step.problem.slug, step.slug): step for step in _steps_of(course)}
    of_key: dict[StepKey, StepRecord] = {}
    wanted: dict[StepKey, Mapping[str, object]] = {}
    for problem in records:
        for position, step in enumerate(problem.steps):
            of_key[problem.slug, step.slug] = step
            wanted[problem.slug, step.slug] = _step_fields(problems[problem.slug].pk, position, step)
    steps, changes = _sync(Step, existing, wanted)
    changes.links += _sync_pairs(
        Step.skills.through,
        ("step_id", "skill_id"),
        [step.pk for step in steps.values()],
        ((steps[key].pk, skills[slug].pk) for key, record in of_key.items() for slug in record.skills),
    )
    return steps, changes


def _steps_of(course: Course) -> models.QuerySet[Step]:
    return Step.objects.filter(problem__course=course).select_related("problem")


def _step_fields(problem_id: int, position: int, step: StepRecord) -> dict[str, object]:
    """All that the data says: where it asks for no form, what a person has put there stays."""
    asked = {"asked": step.asked} if step.asked else {}
    return {
        **asked,
        "problem_id": problem_id,
        "slug": step.slug,
        "position": position,
        "title": step.title,
        "body": step.body,
        "answer_kind": step.answer_kind,
        "answers": list(step.answers),
        "answer_latex": step.answer_latex,
        "choices": list(step.choices),
        "retired": False,
    }


def _write_hints(course: Course, records: Sequence[ProblemRecord], steps: Mapping[StepKey, Step]) -> Changes:
    in_use = {step.pk for step in steps.values()}
    existing = {
        (hint.step_id, hint.slug): hint
        for hint in Hint.objects.filter(step__problem__course=course)
        if hint.step_id in in_use
    }
    of_key: dict[tuple[int, str], HintRecord] = {}
    wanted: dict[tuple[int, str], Mapping[str, object]] = {}
    for problem in records:
        for step in problem.steps:
            step_id = steps[problem.slug, step.slug].pk
            for position, hint in enumerate(step.hints):
                of_key[step_id, hint.slug] = hint
                wanted[step_id, hint.slug] = _hint_fields(step_id, position, hint)
    hints, changes = _sync(Hint, existing, wanted)
    changes.links += _sync_pairs(
        Hint.dependencies.through,
        ("from_hint_id", "to_hint_id"),
        [hint.pk for hint in hints.values()],
        ((hints[key].pk, hints[key[0], slug].pk) for key, record in of_key.items() for slug in record.dependencies),
    )
    return changes


def _hint_fields(step_id: int, position: int, hint: HintRecord) -> dict[str, object]:
    return {
        "step_id": step_id,
        "slug": hint.slug,
        "position": position,
        "kind": hint.kind,
        "title": hint.title,
        "text": hint.text,
        "answer_kind": hint.answer_kind,
        "answers": list(hint.answers),
        "choices": list(hint.choices),
        "retired": False,
    }


def _write_figures(course: Course, records: Sequence[ProblemRecord], problems: Mapping[str, Problem]) -> Changes:
    """Figure rows and their files, which are named by their content: a file that is there is the right one."""
    existing = {(row.problem_id, row.name): row for row in Figure.objects.filter(problem__course=course)}
    of_key: dict[tuple[int, str], FigureRecord] = {
        (problems[problem.slug].pk, figure.name): figure for problem in records for figure in problem.figures
    }
    for figure in {figure.stored_as: figure for figure in of_key.values()}.values():
        if not default_storage.exists(figure.stored_as):
            default_storage.save(figure.stored_as, ContentFile(read_bytes(figure.path, LARGEST_PICTURE)))
    _rows, changes = _sync(
        Figure,
        existing,
        {key: {"problem_id": key[0], "name": figure.name, "file": figure.stored_as} for key, figure in of_key.items()},
    )
    in_use = {problem.pk for problem in problems.values()}
    stale = [row.pk for key, row in existing.items() if key not in of_key and row.problem_id in in_use]
    Figure.objects.filter(pk__in=stale).delete()
    changes.retired += len(stale)
    return changes
