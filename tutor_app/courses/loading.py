"""Putting a course folder into the database, whole or not at all, again and again.

Rows keep their ids by their slugs, because learners' logs point at them. What vanished from the folder is deleted where
nobody's history hangs on it, and retired or kept where it does; problems always retire.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import models, transaction
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _

from tutor_app.courses.folders import CourseRefused, Defect
from tutor_app.courses.models import (
    Course,
    ExpectedError,
    Figure,
    Hint,
    Lesson,
    LessonSkill,
    Misconception,
    Passage,
    Problem,
    Skill,
    Step,
)
from tutor_app.courses.native import CourseTree, read_course
from tutor_app.courses.spec import ProblemSpec, StepSpec

Row = TypeVar("Row", bound=models.Model)


@dataclass
class Count:
    """What became of the rows of one kind."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    retired: int = 0
    removed: int = 0
    kept: int = 0  # gone from the folder, but learners' history hangs on them

    @property
    def in_use(self) -> int:
        return self.added + self.changed + self.unchanged


@dataclass
class LoadReport:
    """What loading a folder did."""

    slug: str
    title: str
    counts: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))

    @property
    def changed(self) -> bool:
        return any(
            count.added or count.changed or count.retired or count.removed or count.kept
            for count in self.counts.values()
        )

    def lines(self) -> list[str]:
        """For a terminal: one line for the course, one for each kind of part."""
        lines = [_("Course “%(title)s” (%(slug)s) is loaded.") % {"title": self.title, "slug": self.slug}]
        for kind, count in self.counts.items():
            said = [
                _("%(n)d new") % {"n": count.added},
                _("%(n)d changed") % {"n": count.changed},
                _("%(n)d as before") % {"n": count.unchanged},
                _("%(n)d retired") % {"n": count.retired} if count.retired else "",
                _("%(n)d removed") % {"n": count.removed} if count.removed else "",
                _("%(n)d kept for the log's sake") % {"n": count.kept} if count.kept else "",
            ]
            lines.append(f"  {count.in_use:5d} {kind}: " + ", ".join(part for part in said if part))
        return lines


def load_course(folder: Path) -> LoadReport:
    """Reads, checks and stores the course. Raises CourseRefused, and then nothing has changed."""
    tree = read_course(folder)
    loading = _Loading(tree)
    try:
        with transaction.atomic():
            loading.store()
    except BaseException:
        loading.forget_new_files()
        raise
    return loading.report


@dataclass
class _Loading:
    """One loading under way: the tree, what was done so far, and the files written for it."""

    tree: CourseTree
    new_files: list[tuple[Storage, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.report = LoadReport(self.tree.course.slug, self.tree.course.title)

    def store(self) -> None:
        self.course = self._course()
        self.skills = self._skills()
        self.lessons = self._lessons()
        self.misconceptions = self._misconceptions()
        self._problems()
        self._remove_vanished()
        if self.report.changed and not self.report.counts["course"].added:
            self.course.save()  # `updated_at` tells caches that the content is new

    def forget_new_files(self) -> None:
        for storage, name in self.new_files:
            storage.delete(name)

    # --- the parts, in the order in which they point at each other

    def _course(self) -> Course:
        """The course's row, locked, so that two loadings of one course come one after the other. It is saved once,
        at creation or at the end: others listen to that."""
        spec = self.tree.course
        fields = spec.model_dump(include={"title", "description", "language", *LICENSING})
        course, created = Course.objects.select_for_update().get_or_create(
            slug=spec.slug, defaults={**fields, "source": Course.Source.NATIVE}
        )
        if course.source != Course.Source.NATIVE:
            sentence = _("There is a course “%(slug)s” already that came from elsewhere (%(source)s).")
            raise CourseRefused(
                [Defect("course.json", sentence % {"slug": spec.slug, "source": course.get_source_display()})]
            )
        self._put("course", course, fields, created=created)
        return course

    def _skills(self) -> dict[str, Skill]:
        rows = _by_slug(self.course.skills.prefetch_related("prerequisites", "passages"))
        wanted = {}
        for position, spec in enumerate(self.tree.course.skills):
            fields = {"name": spec.name, "description": spec.description, "position": position}
            wanted[spec.slug] = self._row("skills", rows, Skill(course=self.course, slug=spec.slug), fields)
            self._passages(wanted[spec.slug])
        for spec in self.tree.course.skills:
            self._link(wanted[spec.slug].prerequisites, [wanted[slug] for slug in spec.prerequisites])
        self.vanished_skills = rows
        return wanted

    def _passages(self, skill: Skill) -> None:
        rows = _by_slug(skill.passages.all())
        for position, passage in enumerate(self.tree.passages[skill.slug]):
            fields = {"title": passage.title, "text": passage.text, "position": position}
            self._row("passages", rows, Passage(skill=skill, slug=passage.slug), fields)
        self._remove("passages", rows.values())

    def _lessons(self) -> dict[str, Lesson]:
        rows = _by_slug(self.course.lessons.all())
        wanted = {}
        for position, spec in enumerate(self.tree.course.lessons):
            fields = {"title": spec.title, "position": position}
            lesson = self._row("lessons", rows, Lesson(course=self.course, slug=spec.slug), fields)
            goals = {self.skills[goal.skill].pk: goal.goal for goal in spec.goals()}
            if goals != dict(LessonSkill.objects.filter(lesson=lesson).values_list("skill", "goal")):
                LessonSkill.objects.filter(lesson=lesson).delete()
                LessonSkill.objects.bulk_create(
                    LessonSkill(lesson=lesson, skill_id=skill, goal=goal) for skill, goal in goals.items()
                )
            wanted[spec.slug] = lesson
        self._remove("lessons", rows.values())
        return wanted

    def _misconceptions(self) -> dict[str, Misconception]:
        rows = _by_slug(self.course.misconceptions.all())
        wanted = {
            spec.slug: self._row(
                "misconceptions",
                rows,
                Misconception(course=self.course, slug=spec.slug),
                spec.model_dump(include={"name", "description", "probe", "remedy"}),
            )
            for spec in self.tree.course.misconceptions
        }
        self.vanished_misconceptions = rows
        return wanted

    def _problems(self) -> None:
        rows = _by_slug(self.course.problems.with_everything())
        lesson_of = self._lesson_of_skills()
        for spec in self.tree.problems:
            fields = {
                **spec.model_dump(include={"title", "body", "parameters"}),
                "lesson_id": self.lessons[spec.lesson].pk if spec.lesson else lesson_of.get(spec.steps[0].skills[0]),
                "retired": False,
                # What the problem does not say of itself it has from the course.
                **{name: getattr(spec, name) or getattr(self.tree.course, name) for name in LICENSING},
            }
            problem = self._row("problems", rows, Problem(course=self.course, slug=spec.slug), fields)
            self._figures(problem, spec)
            self._steps(problem, spec)
        for problem in rows.values():
            if not problem.retired:
                problem.retired = True
                problem.save(update_fields=["retired"])
                self.report.counts["problems"].retired += 1

    def _lesson_of_skills(self) -> dict[str, int]:
        """Where a problem belongs that does not say so: the first lesson about its first step's first skill."""
        return {
            goal.skill: self.lessons[lesson.slug].pk
            for lesson in reversed(self.tree.course.lessons)
            for goal in lesson.goals()
        }

    def _figures(self, problem: Problem, spec: ProblemSpec) -> None:
        rows = {figure.name: figure for figure in _all(problem, "figures")}
        for figure in spec.figures:
            row, picture = rows.pop(figure.name, None), self.tree.pictures[figure.file]
            if row is not None and _content(row) == picture:
                self._put("figures", row, {"description": figure.description}, created=False)
                continue
            if row is not None:
                self._remove_figure(row)  # a new picture gets a new id, so that no browser shows the old one
            row = Figure(problem=problem, name=figure.name, description=figure.description)
            row.file.save(
                f"{sha256(picture).hexdigest()[:32]}{Path(figure.name).suffix}", ContentFile(picture), save=False
            )
            self.new_files.append((row.file.storage, str(row.file.name)))
            row.save()
            self.report.counts["figures"].added += 1
        for row in rows.values():
            self._remove_figure(row)

    def _remove_figure(self, figure: Figure) -> None:
        storage, name = figure.file.storage, str(figure.file.name)
        figure.delete()
        transaction.on_commit(lambda: storage.delete(name))
        self.report.counts["figures"].removed += 1

    def _steps(self, problem: Problem, spec: ProblemSpec) -> None:
        rows = _by_slug(_all(problem, "steps"))
        for position, step_spec in enumerate(spec.steps):
            fields = {
                **step_spec.model_dump(include={"title", "body", "answer_kind", "answers", "choices", "asked"}),
                "answer_latex": step_spec.answer_latex or "",
                "position": position,
                "retired": False,
            }
            step = self._row("steps", rows, Step(problem=problem, slug=step_spec.slug), fields)
            self._link(step.skills, [self.skills[slug] for slug in step_spec.skills])
            self._hints(step, step_spec)
            self._expected_errors(step, step_spec)
        self._remove("steps", rows.values())

    def _hints(self, step: Step, spec: StepSpec) -> None:
        rows = _by_slug(_all(step, "hints"))
        wanted = {}
        for position, (slug, hint) in enumerate(spec.rungs()):
            fields = {
                **hint.model_dump(include={"kind", "title", "text", "answers", "choices"}),
                "answer_kind": hint.answer_kind if hint.kind == "scaffold" else "",
                "position": position,
                "retired": False,
            }
            wanted[slug] = self._row("hints", rows, Hint(step=step, slug=slug), fields)
        for slug, hint in spec.rungs():
            self._link(wanted[slug].dependencies, [wanted[other] for other in hint.depends_on])
        self._remove("hints", rows.values())

    def _expected_errors(self, step: Step, spec: StepSpec) -> None:
        rows = {(error.misconception_id, error.answer): error for error in _all(step, "expected_errors")}
        for error in spec.expected_errors:
            misconception = self.misconceptions[error.misconception]
            row = rows.pop((misconception.pk, error.answer), None)
            if row is None:
                ExpectedError.objects.create(step=step, misconception=misconception, answer=error.answer)
            self.report.counts["expected errors"].added += row is None
            self.report.counts["expected errors"].unchanged += row is not None
        self._remove("expected errors", rows.values())

    def _remove_vanished(self) -> None:
        """Last, when nothing in use points at them any more. A skill that retired steps are about has to stay: the log
        of those steps is about it."""
        self._remove("misconceptions", self.vanished_misconceptions.values())
        for skill in self.vanished_skills.values():
            self._link(skill.prerequisites, [])
            skill.passages.all().delete()
            if skill.steps.exists():
                self.report.counts["skills"].kept += 1
            else:
                self._remove("skills", [skill])

    # --- one row

    def _row(self, kind: str, rows: dict[str, Row], fresh: Row, fields: Mapping[str, Any]) -> Row:
        """The row with the fresh one's slug, taken out of `rows` if it was there, else the fresh one; saved if need
        be."""
        known = rows.pop(fresh.slug, None)  # type: ignore[attr-defined]
        row = known or fresh
        self._put(kind, row, fields, created=known is None)
        return row

    def _put(self, kind: str, row: models.Model, fields: Mapping[str, Any], *, created: bool) -> None:
        changed = [name for name, value in fields.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, fields[name])
        if row.pk is None:
            row.save()
        elif changed and not isinstance(row, Course):
            row.save(update_fields=changed)
        count = self.report.counts[kind]
        count.added += created
        count.changed += bool(changed) and not created
        count.unchanged += not changed and not created

    def _link(self, manager: Any, wanted: list[Any]) -> None:
        if {row.pk for row in manager.all()} != {row.pk for row in wanted}:
            manager.set(wanted)

    def _remove(self, kind: str, rows: Iterable[models.Model]) -> None:
        """Deletes what nobody's history hangs on; retires or keeps the rest."""
        count = self.report.counts[kind]
        for row in rows:
            if _hangs_alone(row):
                row.delete()
                count.removed += 1
            elif not isinstance(row, Step | Hint):
                count.kept += 1
            elif not row.retired:
                row.retired = True
                row.save(update_fields=["retired"])
                count.retired += 1


LICENSING = ("attribution", "attribution_url", "licence", "licence_url")


def _by_slug(rows: Iterable[Row]) -> dict[str, Row]:
    return {row.slug: row for row in rows}  # type: ignore[attr-defined]


def _all(parent: models.Model, relation: str) -> Iterable[Any]:
    return getattr(parent, relation).all()


def _content(figure: Figure) -> bytes | None:
    try:
        with figure.file.open("rb") as file:
            return file.read()
    except OSError:
        return None  # the file was lost: written again


def _hangs_alone(row: models.Model) -> bool:
    """Whether deleting the row would take nothing along but parts of courses."""
    collector = Collector(using=row._state.db or "default", origin=row)
    try:
        collector.collect([row])
    except (models.ProtectedError, models.RestrictedError):
        return False
    return all(model._meta.app_label == "courses" for model in collector.data) and not any(
        rows.model._meta.app_label != "courses" and rows.exists() for rows in collector.fast_deletes
    )
