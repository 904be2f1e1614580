"""From files in OATutor's layout to the records of its courses, without touching the database."""

import hashlib
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.text import slugify
from django.utils.translation import gettext as _

from tutor_app.courses.oatutor.answers import AnswerRefused, is_ordered_list, read_answer
from tutor_app.courses.oatutor.folder import (
    IDENTIFIER,
    LARGEST_PICTURE,
    ContentFolder,
    FileRefused,
    FolderRefused,
    files_in,
    folders_in,
    read_bytes,
    read_json,
)
from tutor_app.courses.oatutor.ladders import read_ladder
from tutor_app.courses.oatutor.records import (
    CourseRecord,
    FigureRecord,
    Findings,
    LessonRecord,
    ProblemRecord,
    Remark,
    SkillRecord,
    Source,
    StepRecord,
)
from tutor_app.courses.oatutor.texts import FIGURE_NAME, INVISIBLE, TextRefused, figures_in, first_values, markdown
from tutor_app.courses.pictures import PictureRefused, check_picture

IN_ORDER = "in order"  # what the answer checker looks for in a step's words
DEFAULT_GOAL = 0.85
MAX_STEPS = 100  # of a problem
MAX_FIGURES = 100  # of a problem
MAX_SLUG = 150

NAMED_LINK = re.compile(r"\s*(https?://[^\s<>\"']{1,480})?\s*(?:<([^<>]*)>)?\s*")
SKILL_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?")


class Unusable(ValueError):
    """A step, or a problem with all its steps, that cannot be used; the message is a clause that says why."""


def read_courses(
    folder: ContentFolder, only: str | None = None, advance: Callable[[int, int], None] = lambda done, total: None
) -> tuple[list[CourseRecord], Findings]:
    """All courses of the folder, or the one of that name, and what there is to say about them.

    `advance(done, total)` is called after every problem. Raises FolderRefused where there is no such course.
    """
    findings = Findings()
    shelf = Shelf(folder, findings)
    wanted = shelf.courses_named(only)
    names = folders_in(folder.pool)
    for done, name in enumerate(names, start=1):
        shelf.add_problem(name, wanted)
        advance(done, len(names))
    return [course for course in shelf.courses.values() if course.slug in wanted], findings


class Shelf:
    """The courses of a folder while they are filled with problems."""

    def __init__(self, folder: ContentFolder, findings: Findings) -> None:
        self.folder = folder
        self.findings = findings
        self.courses: dict[str, CourseRecord] = {}  # by OATutor's name
        self.lesson_slugs: dict[tuple[str, str], str] = {}  # by course slug and OATutor's lesson id
        self.by_skill: dict[str, list[tuple[CourseRecord, LessonRecord]]] = {}
        for raw in folder.plans:
            self._add_course(raw)

    # --- courses and lessons ---

    def _add_course(self, raw: object) -> None:
        name = _line(raw.get("courseName"), 200) if isinstance(raw, dict) else ""
        slug = slugify(name)[:100].strip("-")
        if not isinstance(raw, dict) or not slug:
            self.findings.remark("coursePlans.json", _("left out a course without a name"))
            return
        if any(slug == course.slug for course in self.courses.values()):
            self.findings.remark(slug, _("left out a second course of that name"))
            return
        attribution, attribution_url = read_link(raw.get("courseOER"), 300)
        licence, licence_url = read_link(raw.get("courseLicense"), 100)
        language = raw.get("language")
        course = CourseRecord(
            slug,
            name,
            language if isinstance(language, str) and re.fullmatch(r"[A-Za-z-]{2,10}", language) else "en",
            Source(attribution, attribution_url, licence, licence_url),
        )
        self.courses[str(raw["courseName"])] = course
        lessons = raw.get("lessons")
        for raw_lesson in lessons if isinstance(lessons, list) else []:
            self._add_lesson(course, raw_lesson)

    def _add_lesson(self, course: CourseRecord, raw: object) -> None:
        if not isinstance(raw, dict):
            self.findings.remark(course.slug, _("one of its lessons is no object"))
            return
        name, topics = _line(raw.get("name"), 300), _line(raw.get("topics"), 300)
        raw_id = raw.get("id") if isinstance(raw.get("id"), str) else name
        slug = re.sub(r"[^A-Za-z0-9._-]+", "-", str(raw_id)).strip("-.")[:MAX_SLUG]
        if not slug or slug in course.lessons:
            self.findings.remark(course.slug, _("left out the lesson “%(name)s”: its id is taken") % {"name": name})
            return
        title = f"{name.rstrip(' :')}: {topics}" if topics and topics not in name else name.rstrip(" :")
        objectives = raw.get("learningObjectives")
        goals: dict[str, float] = {}
        for key, goal in objectives.items() if isinstance(objectives, dict) else ():
            if _line(key, 500):
                skill = self._skill(course, key)
                goals[skill.slug] = self._goal(goal, slug)
        lesson = LessonRecord(slug, title[:300] or slug, goals, keep_order=raw.get("keepMCOrder") is True)
        course.lessons[slug] = lesson
        self.lesson_slugs[course.slug, str(raw_id)] = slug
        for skill_slug in goals:
            self.by_skill.setdefault(skill_slug, []).append((course, lesson))

    def _goal(self, raw: object, lesson: str) -> float:
        if isinstance(raw, int | float) and not isinstance(raw, bool) and math.isfinite(raw) and raw > 0:
            return min(float(raw), 0.99)
        self.findings.remark(lesson, _("a mastery goal is no share; took %(goal)s") % {"goal": DEFAULT_GOAL})
        return DEFAULT_GOAL

    def _skill(self, course: CourseRecord, key: str) -> SkillRecord:
        skill = SkillRecord(skill_slug(key), skill_name(key))
        return course.skills.setdefault(skill.slug, skill)

    def courses_named(self, only: str | None) -> frozenset[str]:
        """Slugs of the courses that are wanted. Raises FolderRefused if there are none."""
        slugs = frozenset(
            course.slug
            for name, course in self.courses.items()
            if only is None or only.casefold() in (name.casefold(), course.title.casefold(), course.slug)
        )
        if slugs:
            return slugs
        if only is None:
            raise FolderRefused(_("coursePlans.json names no course."))
        known = ", ".join(course.title for course in self.courses.values())
        raise FolderRefused(_("There is no course “%(name)s”; there are: %(known)s.") % {"name": only, "known": known})

    # --- problems ---

    def add_problem(self, name: str, wanted: frozenset[str]) -> None:
        """Read a problem and put it into its course if that is wanted; refuse what of it cannot be used."""
        folder = self.folder.pool / name
        steps = folders_in(folder / "steps")
        raw, trouble = _object(folder / f"{name}.json")
        course = self._course_of(raw, steps)
        if course is not None and course.slug not in wanted:
            return
        self.findings.steps += len(steps)
        try:
            if trouble:
                raise Unusable(trouble)
            if not IDENTIFIER.fullmatch(name):
                raise Unusable(_("its folder's name is no identifier"))
            if course is None:
                raise Unusable(_("its course “%(name)s” is unknown") % {"name": _line(raw.get("courseName"), 80)})
            if not steps:
                raise Unusable(_("it has no steps"))
            if len(steps) > MAX_STEPS:
                raise Unusable(_("it has more than %(most)d steps") % {"most": MAX_STEPS})
            problem = self._problem(course, name, raw, steps)
        except (Unusable, TextRefused) as refused:
            for step in steps:
                self.findings.refuse_step(f"{name}/{step}", str(refused))
            if not steps:
                self.findings.refusals.append(Remark(name, str(refused)))
            return
        if problem.steps:
            course.problems.append(problem)

    def _course_of(self, raw: Mapping[str, object], steps: Sequence[str]) -> CourseRecord | None:
        """The course that the problem names; where it names none, the first that has a skill of its steps."""
        name = raw.get("courseName")
        if isinstance(name, str) and name.strip():
            return self.courses.get(name) or self.courses.get(name.strip())
        for key in (key for step in steps for key in self._skill_keys(step)):
            for course, _lesson in self.by_skill.get(skill_slug(key), ()):
                return course
        return None

    def _skill_keys(self, step: str) -> list[str]:
        raw = self.folder.skill_model.get(step)
        listed = raw if isinstance(raw, list) else [raw]
        return [key for key in dict.fromkeys(key for key in listed if isinstance(key, str)) if _line(key, 500)]

    def _problem(
        self, course: CourseRecord, name: str, raw: Mapping[str, object], step_names: Sequence[str]
    ) -> ProblemRecord:
        values = first_values(raw.get("variabilization"))
        if values:
            self.findings.remark(name, _("comes in several variants; the first was taken"))
        figures = dict(self._figures(name))
        title = markdown(_text(raw.get("title")), values, one_line=True)
        body = markdown(_text(raw.get("body")), values)
        _need_figures((title, body), figures)
        if len(title) > 300:
            title, body = "", f"{title}\n\n{body}".strip()
        lesson = self._lesson_of(course, raw, step_names)
        reader = StepReader(self, course, name, lesson, values, frozenset(figures), bool(title or body))
        steps: list[StepRecord] = []
        hint_sources: set[str] = set()
        for step_name in step_names:
            try:
                step, sources = reader.read(step_name)
            except (Unusable, AnswerRefused, TextRefused) as refused:
                self.findings.refuse_step(f"{name}/{step_name}", str(refused))
            else:
                steps.append(step)
                hint_sources |= sources
        used = set(figures_in("\n".join([body, *(text for step in steps for text in _texts_of(step))])))
        return ProblemRecord(
            slug=name,
            lesson=lesson.slug if lesson else None,
            title=title,
            body=body,
            source=_source(raw, course.source, hint_sources),
            steps=tuple(steps),
            figures=tuple(figure for figure in figures.values() if figure.name in used),
        )

    def _lesson_of(self, course: CourseRecord, raw: Mapping[str, object], steps: Sequence[str]) -> LessonRecord | None:
        """The lesson that the problem names; where it names none, the first of the course with a skill of its steps."""
        slug = self.lesson_slugs.get((course.slug, _text(raw.get("lessonId")).strip()))
        if slug:
            return course.lessons[slug]
        for key in (key for step in steps for key in self._skill_keys(step)):
            for owner, lesson in self.by_skill.get(skill_slug(key), ()):
                if owner is course:
                    return lesson
        return None

    def skills_of(self, course: CourseRecord, step: str, lesson: LessonRecord | None) -> tuple[str, ...]:
        """Slugs of a step's skills; a step without stands for its lesson's, if that has one only."""
        keys = self._skill_keys(step)
        if not keys and lesson and len(lesson.goals) == 1:
            self.findings.remark(step, _("is not in skillModel.json; took the one skill of its lesson"))
            return tuple(lesson.goals)
        return tuple(dict.fromkeys(self._skill(course, key).slug for key in keys))

    def _figures(self, name: str) -> Iterator[tuple[str, FigureRecord]]:
        """The pictures of a problem that are what they should be."""
        folder = self.folder.pool / name / "figures"
        for file_name in files_in(folder)[:MAX_FIGURES]:
            if not FIGURE_NAME.fullmatch(file_name):
                continue
            path = folder / file_name
            try:
                data = read_bytes(path, LARGEST_PICTURE)
                kind = check_picture(data)
            except (FileRefused, PictureRefused) as refused:
                self.findings.remark(f"{name}/{file_name}", str(refused).rstrip("."))
                continue
            stored_as = f"figures/{hashlib.sha256(data).hexdigest()[:32]}.{kind}"
            yield file_name, FigureRecord(file_name, path, stored_as)


@dataclass(frozen=True)
class StepReader:
    """Reads the steps of one problem."""

    shelf: Shelf
    course: CourseRecord
    problem: str
    lesson: LessonRecord | None
    values: Mapping[str, str]
    figures: frozenset[str]
    problem_has_text: bool

    def read(self, name: str) -> tuple[StepRecord, set[str]]:
        """The step and whose hints it has. Raises Unusable, AnswerRefused or TextRefused."""
        folder = self.shelf.folder.pool / self.problem / "steps" / name
        if not IDENTIFIER.fullmatch(name):
            raise Unusable(_("its folder's name is no identifier"))
        raw, trouble = _object(folder / f"{name}.json")
        if trouble:
            raise Unusable(trouble)
        values = {**self.values, **first_values(raw.get("variabilization"))}
        title = markdown(_text(raw.get("stepTitle")), values)
        body = markdown(_text(raw.get("stepBody")), values)
        if not (title or body or self.problem_has_text):
            raise Unusable(_("it asks nothing"))
        _need_figures((title, body), self.figures)
        answer = read_answer(raw, "stepAnswer", values, keep_order=bool(self.lesson and self.lesson.keep_order))
        _need_figures(answer.choices, self.figures)
        skills = self.shelf.skills_of(self.course, name, self.lesson)
        if not skills:
            raise Unusable(_("skillModel.json names no skill for it"))
        pathway = self._pathway(folder / "tutoring", name)
        ladder = read_ladder(pathway, name, answer, values, self.figures, self.shelf.findings)
        step = StepRecord(
            slug=name,
            title=title,
            body=body,
            answer_kind=answer.kind,
            answers=answer.answers,
            answer_latex=answer.latex,
            choices=answer.choices,
            skills=skills,
            hints=ladder,
            asked=IN_ORDER if is_ordered_list(answer.answers, f"{title}\n{body}") else "",
        )
        return step, set(_hint_sources(pathway))

    def _pathway(self, folder: Path, name: str) -> object:
        """The raw hints: of the default pathway, else of the first there is; None if there are none to be read."""
        default = folder / f"{name}DefaultPathway.json"
        if folder.is_symlink():
            return None
        if not default.exists():
            others = [file for file in files_in(folder) if file.endswith("Pathway.json")]
            if not others:
                return None
            default = folder / others[0]
        try:
            return read_json(default)
        except FileRefused as refused:
            self.shelf.findings.remark(name, _("has no hints: %(why)s") % {"why": refused})
            return None


# --- small readings -----------------------------------------------------------------------------------------------


def _object(path: Path) -> tuple[Mapping[str, object], str]:
    """The object in a JSON file, and in words what is wrong with the file, if anything is."""
    try:
        raw = read_json(path)
    except FileRefused as refused:
        return {}, str(refused)
    return (raw, "") if isinstance(raw, dict) else ({}, _("%(file)s holds no object") % {"file": path.name})


def _text(raw: object) -> str:
    return raw if isinstance(raw, str) else ""


def _line(raw: object, most: int) -> str:
    """A short plain text in one line."""
    return re.sub(r"\s+", " ", INVISIBLE.sub(" ", raw)).strip()[:most] if isinstance(raw, str) else ""


def _need_figures(texts: Sequence[str], figures: Mapping[str, object] | frozenset[str]) -> None:
    for name in (name for text in texts for name in figures_in(text)):
        if name not in figures:
            raise Unusable(_("its picture %(name)s is missing or broken") % {"name": name})


def _texts_of(step: StepRecord) -> list[str]:
    own = [step.title, step.body, *step.choices]
    return own + [text for hint in step.hints for text in (hint.title, hint.text, *hint.choices)]


def read_link(raw: object, most: int) -> tuple[str, str]:
    """`https://... <Name>` as (name, address); text without address is a name, an address alone has its host's."""
    text = _line(raw, 1000)
    match = NAMED_LINK.fullmatch(text)
    if not match:
        return text[:most], ""
    address, name = match.group(1) or "", (match.group(2) or "").strip()
    return (name or re.sub(r"^https?://(?:www\.)?|/.*$", "", address))[:most], address


def _source(raw: Mapping[str, object], course: Source, hint_sources: set[str]) -> Source:
    """Whose problem it is: as it says itself, else as its course says."""
    attribution, attribution_url = read_link(raw.get("oer"), 300)
    if not attribution:
        attribution, attribution_url = course.attribution, course.attribution_url
    licence, licence_url = read_link(raw.get("license"), 100)
    if not licence:
        licence, licence_url = course.licence, course.licence_url
    others = sorted(name for name in hint_sources if name.casefold() not in attribution.casefold())
    if others:
        attribution = _("%(source)s (hints: %(others)s)") % {"source": attribution, "others": ", ".join(others)}
    return Source(attribution[:300], attribution_url, licence, licence_url)


def _hint_sources(pathway: object) -> Iterator[str]:
    for hint in pathway if isinstance(pathway, list) else ():
        name = read_link(hint.get("oer"), 100)[0] if isinstance(hint, dict) else ""
        if name:
            yield name


def skill_slug(key: str) -> str:
    """OATutor's key if it can stand in an address; else made so, with a bit of its hash to tell it from others."""
    if len(key) <= MAX_SLUG and SKILL_SLUG.fullmatch(key):
        return key
    plain = re.sub(r"[^a-z0-9]+", "_", key.lower())[: MAX_SLUG - 10].strip("_")
    return f"{plain or 'skill'}_{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:6]}"


def skill_name(key: str) -> str:
    """`use_place_value_with_whole_numbers` as words."""
    words = re.sub(r"_{3,}", " - ", INVISIBLE.sub(" ", key)).replace("**", "^").replace("_", " ")
    words = re.sub(r"\b(?:[a-z]\.){2,}", lambda initials: initials.group().upper(), words)
    words = re.sub(r"\s+", " ", words).strip(" .")[:200]
    return (words[:1].upper() + words[1:]) or key[:200]
