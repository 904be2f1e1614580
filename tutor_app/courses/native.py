"""The native course format: a folder with one `course.json`, Markdown passages and pictures, read whole and checked.

`docs/course-format.md` describes it for authors. `read_course` gives a typed tree, or refuses with every defect it
found, each with its place. `loading.load_course` puts the tree into the database.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError

from tutor_app.courses.folders import CourseFolder, CourseRefused
from tutor_app.courses.lettering import flaws_of_text
from tutor_app.courses.pictures import PictureRefused, check_picture
from tutor_app.courses.proofs import FIGURE, defects_of_course, defects_of_templates
from tutor_app.courses.spec import CourseSpec, FigureSpec, ProblemSpec, SkillSpec

LARGEST_PICTURE = 2_000_000  # bytes
LONGEST_PASSAGE, LONGEST_TITLE = 20_000, 200  # characters
PICTURE_SUFFIXES = {".png": "png", ".jpg": "jpg", ".jpeg": "jpg", ".gif": "gif", ".webp": "webp"}


@dataclass(frozen=True)
class PassageText:
    slug: str
    title: str
    text: str


@dataclass(frozen=True)
class CourseTree:
    """A course that was found without a defect: what `course.json` says and all that it points to."""

    course: CourseSpec
    problems: tuple[ProblemSpec, ...]
    passages: Mapping[str, tuple[PassageText, ...]]  # by skill
    pictures: Mapping[str, bytes]  # by the name that figures give them


def read_course(folder: Path) -> CourseTree:
    """The course in the folder. Raises CourseRefused with all defects that were found."""
    reader = _Reader(Path(folder))
    course = reader.course()
    if course is None:
        raise CourseRefused(reader.defects)
    problems = reader.problems(course)
    passages = {skill.slug: tuple(reader.passages(skill)) for skill in course.skills}
    pictures = {
        figure.file: picture
        for place, problem in problems
        for figure in problem.figures
        if (picture := reader.picture(figure, place)) is not None
    }
    defects = [*reader.defects, *defects_of_course(course, problems), *defects_of_templates(problems)]
    if defects:
        raise CourseRefused(list(dict.fromkeys(defects)))
    return CourseTree(course, tuple(problem for _place, problem in problems), passages, pictures)


Spec = TypeVar("Spec", bound=BaseModel)


class _Reader(CourseFolder):
    """Makes specs, texts and pictures of the files of one folder."""

    def course(self) -> CourseSpec | None:
        if not self.folder.is_dir():
            self.note(str(self.folder), _("This is not a folder."))
            return None
        raw = self.json("course.json")
        return None if raw is None else self.spec(CourseSpec, raw, "course.json")

    def problems(self, course: CourseSpec) -> list[tuple[str, ProblemSpec]]:
        """Every problem that can be read, with its place."""
        found: list[tuple[str, ProblemSpec]] = []
        for entry in course.problems:
            file, raws = ("course.json", [entry]) if isinstance(entry, dict) else (entry, self.json(entry))
            if raws is None:
                continue
            if not isinstance(raws, list):
                self.note(file, _("A file of problems holds a list of them."))
                continue
            for index, raw in enumerate(raws):
                place = f"{file}, {_called('problem', raw, index)}"
                if (problem := self.spec(ProblemSpec, raw, place)) is not None:
                    found.append((place, problem))
        return found

    def passages(self, skill: SkillSpec) -> Iterator[PassageText]:
        for file in skill.passages:
            text = self.text(file, {".md"})
            if text is None:
                continue
            heading, _newline, rest = text.strip().partition("\n")
            if not heading.startswith("# ") or not rest.strip():
                self.note(file, _("A passage begins with a line “# Title” and goes on with its text."))
            elif FIGURE.search(rest):
                self.note(file, _("A passage cannot show pictures; only problems can."))
            elif len(heading) > LONGEST_TITLE or len(rest) > LONGEST_PASSAGE:
                self.note(
                    file,
                    _("A passage may have %(text)d characters and its title %(title)d.")
                    % {"text": LONGEST_PASSAGE, "title": LONGEST_TITLE},
                )
            else:
                for flaw in flaws_of_text(rest):
                    self.note(file, _("It reads badly: %(flaw)s.") % {"flaw": flaw})
                yield PassageText(PurePosixPath(file).stem, heading[2:].strip(), rest.strip())

    def picture(self, figure: FigureSpec, place: str) -> bytes | None:
        data = self.bytes(figure.file, set(PICTURE_SUFFIXES), LARGEST_PICTURE, place)
        if data is None:
            return None
        try:
            kind = check_picture(data)
        except PictureRefused as error:
            self.note(f"{place}, {figure.file}", str(error))
            return None
        if kind != PICTURE_SUFFIXES[PurePosixPath(figure.file).suffix.lower()]:
            self.note(f"{place}, {figure.file}", _("The picture is really a %(kind)s.") % {"kind": kind})
            return None
        return data

    def spec(self, kind: type[Spec], raw: Any, place: str) -> Spec | None:
        try:
            return kind.model_validate(raw)
        except ValidationError as error:
            for fault in error.errors():
                self.note(_place_within(place, raw, fault["loc"]), _sentence_of(fault))
            return None


def _called(kind: str, raw: Any, index: int) -> str:
    """How a part is called in a defect's place: by its slug, else by its number."""
    slug = raw.get("slug") if isinstance(raw, Mapping) else None
    return f"{kind} “{slug[:100]}”" if isinstance(slug, str) else f"{kind} {index + 1}"


def _place_within(place: str, raw: Any, location: Sequence[int | str]) -> str:
    """Where in the raw value the location is, said with slugs: `..., step “solve”, answers`."""
    words = [place]
    kind = ""
    for part in location:
        if isinstance(part, int):
            raw = raw[part] if isinstance(raw, list) and part < len(raw) else None
            words[-1:] = [_called(kind.removesuffix("s"), raw, part)] if len(words) > 1 else [*words, str(part + 1)]
        else:
            kind = part
            raw = raw.get(part) if isinstance(raw, Mapping) else None
            words.append(part)
    return ", ".join(words)


def _sentence_of(fault: Any) -> str:
    name = str(fault["loc"][-1]) if fault["loc"] else ""
    match fault["type"]:
        case "missing":
            return _("“%(name)s” is not given.") % {"name": name}
        case "extra_forbidden":
            return _("“%(name)s” is not a field of the format.") % {"name": name[:80]}
        case "too_short":
            return _("“%(name)s” is empty.") % {"name": name}
    return _("“%(value)s” will not do: %(why)s.") % {"value": str(fault["input"])[:60], "why": fault["msg"]}
