"""A curriculum: what can be asked in one course, as plain arrays that any model can read.

Letters: N steps, S skills, E text embedding width (384 for MiniLM).

What a model needs to see is content: what a step says (its text vector), which skills it exercises, which skills those
build on, how hard it proved for others. So a model trained on one course can serve another, and a new step costs one
row.
"""

import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models_core.item_statistics import ItemStatistics

TEXT_WIDTH = 384  # E: the width of the MiniLM text vectors
FILE_LIMIT_BYTES = 256 * 1024 * 1024


class CurriculumError(ValueError):
    """A curriculum contradicts itself; the sentence says where."""


class UnknownStep(KeyError):
    """A step key that the curriculum does not hold."""

    def __init__(self, step: str, course: str) -> None:
        super().__init__(step)
        self.step, self.course = step, course

    def __str__(self) -> str:
        return f"Step {self.step!r} is not in the curriculum of {self.course!r}."


class UnknownSkill(KeyError):
    """A skill slug that the curriculum does not hold."""

    def __init__(self, skill: str, course: str) -> None:
        super().__init__(skill)
        self.skill, self.course = skill, course

    def __str__(self) -> str:
        return f"Skill {self.skill!r} is not in the curriculum of {self.course!r}."


@dataclass(frozen=True, eq=False)
class Curriculum:
    """One course as the models see it.

    Attributes:
        course: name of the course, for messages only.
        skills: S skill slugs.
        prerequisites: per skill, the indices of the skills that it directly builds on; free of cycles.
        steps: N step keys, "problem-slug/step-key".
        step_skills: per step, the indices of its skills, at least one, in any order.
        step_vectors: (N, E) float32 unit vectors of the steps' texts; None where there are no texts.
        skill_vectors: (S, E) float32 unit vectors of the skills' names and descriptions; None likewise.
        statistics: how hard the steps proved for others; None where nobody has tried them.

    Raises:
        CurriculumError: when the parts do not fit each other.
    """

    course: str
    skills: tuple[str, ...]
    prerequisites: tuple[tuple[int, ...], ...]
    steps: tuple[str, ...]
    step_skills: tuple[tuple[int, ...], ...]
    step_vectors: NDArray[np.float32] | None
    skill_vectors: NDArray[np.float32] | None
    statistics: ItemStatistics | None = None

    def __post_init__(self) -> None:
        n, s = len(self.steps), len(self.skills)
        if not s:
            raise CurriculumError(f"The curriculum of {self.course!r} has no skills.")
        _refuse_duplicates("skill", self.skills)
        _refuse_duplicates("step", self.steps)
        if len(self.prerequisites) != s:
            raise CurriculumError(f"There are {s} skills but {len(self.prerequisites)} lists of prerequisites.")
        if len(self.step_skills) != n:
            raise CurriculumError(f"There are {n} steps but {len(self.step_skills)} lists of step skills.")
        for step, skills in zip(self.steps, self.step_skills, strict=True):
            if not skills:
                raise CurriculumError(f"Step {step!r} has no skill.")
            _refuse_out_of_range(f"Step {step!r}", skills, s)
        for skill, before in zip(self.skills, self.prerequisites, strict=True):
            _refuse_out_of_range(f"Skill {skill!r}", before, s)
        _ = self.teaching_order  # raises on a cycle
        for name, vectors, rows in (("step_vectors", self.step_vectors, n), ("skill_vectors", self.skill_vectors, s)):
            if vectors is not None:
                _check_vectors(name, vectors, rows)
        if self.statistics is not None and (
            self.statistics.skills != s or self.statistics.main_skill.tolist() != list(self.main_skills)
        ):
            raise CurriculumError("The item statistics are those of another course.")

    @cached_property
    def _step_index(self) -> dict[str, int]:
        return {step: i for i, step in enumerate(self.steps)}

    @cached_property
    def _skill_index(self) -> dict[str, int]:
        return {skill: i for i, skill in enumerate(self.skills)}

    def step_index(self, step: str) -> int:
        """Position of a step. Raises UnknownStep."""
        try:
            return self._step_index[step]
        except KeyError:
            raise UnknownStep(step, self.course) from None

    def skill_index(self, skill: str) -> int:
        """Position of a skill. Raises UnknownSkill."""
        try:
            return self._skill_index[skill]
        except KeyError:
            raise UnknownSkill(skill, self.course) from None

    def skills_of(self, step: str) -> tuple[str, ...]:
        """Slugs of a step's skills. Raises UnknownStep."""
        return tuple(self.skills[i] for i in self.step_skills[self.step_index(step)])

    @cached_property
    def main_skills(self) -> tuple[int, ...]:
        """Per step, the skill it is about: of its skills the one taught last; the others are what it needs."""
        place = {skill: i for i, skill in enumerate(self.teaching_order)}
        return tuple(max(skills, key=place.__getitem__) for skills in self.step_skills)

    @cached_property
    def item_statistics(self) -> ItemStatistics:
        """How hard the steps proved for others; all zero where nobody has tried them."""
        return self.statistics or ItemStatistics.none(self.main_skills, len(self.skills))

    @cached_property
    def skill_sets(self) -> tuple[tuple[tuple[int, ...], ...], NDArray[np.int64]]:
        """The different sets of skills that steps exercise, and per step (N,) which of them it is."""
        numbers: dict[tuple[int, ...], int] = {}
        of_step = [numbers.setdefault(tuple(sorted(skills)), len(numbers)) for skills in self.step_skills]
        return tuple(numbers), np.array(of_step, np.int64)

    @cached_property
    def teaching_order(self) -> tuple[int, ...]:
        """Skill indices, prerequisites first, otherwise as listed. Raises CurriculumError on a cycle."""
        order: list[int] = []
        placed: set[int] = set()
        while len(order) < len(self.skills):
            ready = [i for i, before in enumerate(self.prerequisites) if i not in placed and placed.issuperset(before)]
            if not ready:
                stuck = next(name for i, name in enumerate(self.skills) if i not in placed)
                raise CurriculumError(f"The prerequisites of skill {stuck!r} run in a circle.")
            order += ready
            placed.update(ready)
        return tuple(order)

    def known_by(self, tried: NDArray[np.int64], right: NDArray[np.int64]) -> "Curriculum":
        """The same course, now that its steps (N,) were tried so often and answered right so often."""
        main = np.array(self.main_skills, np.int64)
        return replace(self, statistics=ItemStatistics(tried, right, main, len(self.skills)))

    def save(self, path: Path | str) -> None:
        """Write one `.npz` file (arrays and a JSON header, no pickle)."""
        header = {
            "course": self.course,
            "skills": self.skills,
            "prerequisites": self.prerequisites,
            "steps": self.steps,
            "step_skills": self.step_skills,
        }
        arrays: dict[str, NDArray[np.generic]] = {
            "header": np.frombuffer(json.dumps(header).encode(), np.uint8),
        }
        for name, vectors in (("step_vectors", self.step_vectors), ("skill_vectors", self.skill_vectors)):
            if vectors is not None:
                arrays[name] = vectors
        if self.statistics is not None:
            arrays |= {"tried": self.statistics.tried, "right": self.statistics.right}
        with Path(path).open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, path: Path | str) -> "Curriculum":
        """Read what `save` wrote. Raises CurriculumError with a sentence on any other file."""
        path = Path(path)
        try:
            if path.stat().st_size > FILE_LIMIT_BYTES:
                raise CurriculumError(f"{path.name} is larger than {FILE_LIMIT_BYTES // 2**20} MB.")
            with np.load(path, allow_pickle=False) as file:
                header = json.loads(file["header"].tobytes())
                found = cls(
                    course=header["course"],
                    skills=tuple(header["skills"]),
                    prerequisites=tuple(tuple(before) for before in header["prerequisites"]),
                    steps=tuple(header["steps"]),
                    step_skills=tuple(tuple(skills) for skills in header["step_skills"]),
                    step_vectors=file.get("step_vectors"),
                    skill_vectors=file.get("skill_vectors"),
                )
                return found.known_by(file["tried"], file["right"]) if "tried" in file else found
        except CurriculumError:
            raise
        except (OSError, KeyError, TypeError, ValueError, AttributeError, EOFError, zipfile.BadZipFile) as error:
            raise CurriculumError(f"{path.name} is not a curriculum file: {error}") from error


def _refuse_duplicates(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise CurriculumError(f"The {what} {name!r} is there twice.")
        seen.add(name)


def _refuse_out_of_range(whose: str, indices: Iterable[int], size: int) -> None:
    for index in indices:
        if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < size:
            raise CurriculumError(f"{whose} refers to skill number {index!r}, but there are {size} skills.")


def _check_vectors(name: str, vectors: NDArray[np.float32], rows: int) -> None:
    if vectors.shape != (rows, TEXT_WIDTH):
        raise CurriculumError(f"{name} has shape {vectors.shape}, expected ({rows}, {TEXT_WIDTH}).")
    if vectors.dtype != np.float32:
        raise CurriculumError(f"{name} is {vectors.dtype}, expected float32.")
    length = np.linalg.norm(vectors, axis=1)
    if not np.all(np.abs(length - 1) < 1e-2):  # also catches NaN
        worst = int(np.argmax(~(np.abs(length - 1) < 1e-2)))
        raise CurriculumError(f"Row {worst} of {name} has length {length[worst]:.3f}, expected unit vectors.")
