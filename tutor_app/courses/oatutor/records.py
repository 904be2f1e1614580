"""A course as it was read from files, before any row is made of it. Texts are Markdown, references are slugs."""

from dataclasses import dataclass, field
from pathlib import Path

from tutor_app.courses.models import AnswerKind, Hint


@dataclass(frozen=True)
class Remark:
    """Something that the reader of an import's report should know: `where` is an id, `reason` a clause."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


@dataclass(frozen=True)
class Source:
    """Whose content it is and on what terms."""

    attribution: str = ""
    attribution_url: str = ""
    licence: str = ""
    licence_url: str = ""


@dataclass(frozen=True)
class HintRecord:
    slug: str
    kind: Hint.Kind
    title: str
    text: str
    answer_kind: AnswerKind | str = ""
    answers: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()  # slugs of hints of the same step


@dataclass(frozen=True)
class StepRecord:
    slug: str
    title: str
    body: str
    answer_kind: AnswerKind
    answers: tuple[str, ...]
    answer_latex: str
    choices: tuple[str, ...]
    skills: tuple[str, ...]
    hints: tuple[HintRecord, ...]
    asked: str = ""  # a form of the answer that the data asks for; empty where it does not


@dataclass(frozen=True)
class FigureRecord:
    """A picture file that was read and found whole; `stored_as` is its name in the media folder."""

    name: str
    path: Path
    stored_as: str


@dataclass(frozen=True)
class ProblemRecord:
    slug: str
    lesson: str | None
    title: str
    body: str
    source: Source
    steps: tuple[StepRecord, ...]
    figures: tuple[FigureRecord, ...]


@dataclass(frozen=True)
class SkillRecord:
    slug: str
    name: str


@dataclass(frozen=True)
class LessonRecord:
    slug: str
    title: str
    goals: dict[str, float]  # by skill slug, in order
    keep_order: bool = False  # of choices


@dataclass
class CourseRecord:
    slug: str
    title: str
    language: str
    source: Source
    lessons: dict[str, LessonRecord] = field(default_factory=dict)
    skills: dict[str, SkillRecord] = field(default_factory=dict)
    problems: list[ProblemRecord] = field(default_factory=list)


@dataclass
class Findings:
    """What reading came upon: how many steps there were, what was refused, what was mended or left out."""

    steps: int = 0
    refused_steps: int = 0
    refusals: list[Remark] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def refuse_step(self, where: str, reason: str) -> None:
        self.refused_steps += 1
        self.refusals.append(Remark(where, reason))

    def remark(self, where: str, reason: str) -> None:
        self.remarks.append(Remark(where, reason))
