"""What the files of a course folder may say: the shape of `course.json` and of problems, as `docs/course-format.md`
tells authors. Shapes only; `proofs` looks at what the parts say together.
"""

import re
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from tutor_app.courses.variants import ExpectedErrorVariant, HintVariant, ProblemVariant, StepVariant, ladder


def _web_address(url: str) -> str:
    if url and not re.fullmatch(r"https?://[^\s<>\"'\\]+", url):
        raise ValueError(_("“%(url)s” is not a web address (http:// or https://)") % {"url": url[:80]})
    return url


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=100)]
Line = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True, pattern=r"^[^\n]*$")]
Name = Annotated[Line, StringConstraints(min_length=1)]
Text = Annotated[str, StringConstraints(max_length=20_000, strip_whitespace=True)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
Url = Annotated[str, StringConstraints(max_length=500), AfterValidator(_web_address)]
Licence = Annotated[str, StringConstraints(max_length=100, strip_whitespace=True)]
Kind = Literal["arithmetic", "string", "choice"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class FigureSpec(Strict):
    file: str
    description: Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]

    @property
    def name(self) -> str:
        return PurePosixPath(self.file).name


class HintSpec(Strict):
    slug: Slug = ""
    kind: Literal["hint", "scaffold", "bottom_out"] = "hint"
    title: Text = ""
    text: Annotated[Text, StringConstraints(min_length=1)]
    depends_on: list[Slug] = []
    answer_kind: Kind = "arithmetic"
    answers: list[Key] = []
    choices: list[Key] = []


class ExpectedErrorSpec(Strict):
    misconception: Slug
    answer: Key


class StepSpec(Strict):
    slug: Slug
    title: Text = ""
    body: Text = ""
    skills: Annotated[list[Slug], Field(min_length=1)]
    answer_kind: Kind = "arithmetic"
    answers: list[Key]
    answer_latex: Key | None = None
    choices: list[Key] = []
    asked: Line = ""
    hints: list[HintSpec] = []
    expected_errors: list[ExpectedErrorSpec] = []

    def rungs(self) -> list[tuple[str, HintSpec]]:
        """The hints with their slugs; one that has none is called by its number."""
        return [(hint.slug or f"rung-{number}", hint) for number, hint in enumerate(self.hints, start=1)]


class ProblemSpec(Strict):
    slug: Slug
    title: Name
    lesson: Slug | None = None
    body: Text = ""
    parameters: dict[str, Any] = {}
    figures: list[FigureSpec] = []
    steps: Annotated[list[StepSpec], Field(min_length=1)]
    attribution: Line = ""
    attribution_url: Url = ""
    licence: Licence = ""
    licence_url: Url = ""


class LessonSkillSpec(Strict):
    skill: Slug
    goal: Annotated[float, Field(gt=0, lt=1)] = 0.85


class LessonSpec(Strict):
    slug: Slug
    title: Name
    skills: Annotated[list[LessonSkillSpec | Slug], Field(min_length=1)]

    def goals(self) -> list[LessonSkillSpec]:
        return [entry if isinstance(entry, LessonSkillSpec) else LessonSkillSpec(skill=entry) for entry in self.skills]


class SkillSpec(Strict):
    slug: Slug
    name: Name
    description: Text = ""
    prerequisites: list[Slug] = []
    passages: list[str] = []


class MisconceptionSpec(Strict):
    slug: Slug
    name: Name
    description: Text = ""
    probe: Text = ""
    remedy: Text = ""


class CourseSpec(Strict):
    format: Literal[1]
    slug: Slug
    title: Name
    description: Text = ""
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$", max_length=10)] = "en"
    attribution: Line = ""
    attribution_url: Url = ""
    licence: Licence = ""
    licence_url: Url = ""
    skills: Annotated[list[SkillSpec], Field(min_length=1)]
    lessons: list[LessonSpec] = []
    misconceptions: list[MisconceptionSpec] = []
    problems: list[str | dict[str, Any]] = []  # names of files that hold lists of problems, or the problems themselves


def template_of(problem: ProblemSpec) -> ProblemVariant:
    """The problem as the variants engine takes it, before it has rows (every id is 0)."""
    return ProblemVariant(
        problem_id=0,
        seed=0,
        title=problem.title,
        body=problem.body,
        steps=tuple(_template_of_step(step) for step in problem.steps),
    )


def _template_of_step(step: StepSpec) -> StepVariant:
    return StepVariant(
        step_id=0,
        key=step.slug,
        title=step.title,
        body=step.body,
        answer_kind=step.answer_kind,
        answers=tuple(step.answers),
        answer_latex=step.answer_latex or "",
        choices=tuple(step.choices),
        skills=tuple(step.skills),
        hints=ladder(
            [
                HintVariant(
                    hint_id=0,
                    key=slug,
                    kind=hint.kind,
                    title=hint.title,
                    text=hint.text,
                    answer_kind=hint.answer_kind if hint.kind == "scaffold" else "",
                    answers=tuple(hint.answers),
                    choices=tuple(hint.choices),
                    depends_on=tuple(hint.depends_on),
                )
                for slug, hint in step.rungs()
            ]
        ),
        expected_errors=tuple(
            ExpectedErrorVariant(misconception_id=0, slug=error.misconception, name="", answer=error.answer)
            for error in step.expected_errors
        ),
        asked=step.asked,
    )
