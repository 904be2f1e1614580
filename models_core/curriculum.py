"""A curriculum: what can be asked in one course, as plain arrays that any model can read.

Letters: N steps, S skills, E text embedding width (384 for MiniLM).

A model never sees an identity, only content: what a step says (its text vector), which skills it exercises, which
skills those build on, how hard it proved. So a model trained on one course can serve another, and a new step costs one
row.
"""

import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

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
        step_vectors: (N, E) float32 unit vectors of the steps' texts.
        skill_vectors: (S, E) float32 unit vectors of the skills' names and descriptions.
        difficulty: (N,) float32, how much harder than its course a step proved, in shrunken logits; 0 = not known to
            differ.

    Raises:
        CurriculumError: when the parts do not fit each other.
    """

    course: str
    skills: tuple[str, ...]
    prerequisites: tuple[tuple[int, ...], ...]
    steps: tuple[str, ...]
    step_skills: tuple[tuple[int, ...], ...]
    step_vectors: NDArray[np.float32]
    skill_vectors: NDArray[np.float32]
    difficulty: NDArray[np.float32] | None = None

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
        _check_vectors("step_vectors", self.step_vectors, n)
        _check_vectors("skill_vectors", self.skill_vectors, s)
        if self.difficulty is not None:
            if self.difficulty.shape != (n,):
                raise CurriculumError(f"difficulty has shape {self.difficulty.shape}, expected ({n},).")
            if not np.isfinite(self.difficulty).all():
                raise CurriculumError("difficulty holds values that are not finite.")

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

    def difficulty_of(self, step: int) -> float:
        """Difficulty of the step at this position in logits, 0 where it is unknown."""
        return 0.0 if self.difficulty is None else float(self.difficulty[step])

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
            "step_vectors": self.step_vectors,
            "skill_vectors": self.skill_vectors,
        }
        if self.difficulty is not None:
            arrays["difficulty"] = self.difficulty
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
                return cls(
                    course=header["course"],
                    skills=tuple(header["skills"]),
                    prerequisites=tuple(tuple(before) for before in header["prerequisites"]),
                    steps=tuple(header["steps"]),
                    step_skills=tuple(tuple(skills) for skills in header["step_skills"]),
                    step_vectors=file["step_vectors"],
                    skill_vectors=file["skill_vectors"],
                    difficulty=file.get("difficulty"),
                )
        except CurriculumError:
            raise
        except (OSError, KeyError, TypeError, ValueError, AttributeError, EOFError, zipfile.BadZipFile) as error:
            raise CurriculumError(f"{path.name} is not a curriculum file: {error}") from error


def shrunken_difficulty(
    steps: ArrayLike, correct: ArrayLike, step_count: int, *, strength: float = 5.0
) -> NDArray[np.float32]:
    """How much harder each step proved than the average, in logits, shrunk towards 0.

    Args:
        steps: step position per attempt.
        correct: outcome per attempt.
        step_count: N.
        strength: the shrinkage: as if so many average attempts came first; a step nobody tried gets exactly 0.

    Returns:
        (N,) float32, positive = harder.
    """
    tried = np.bincount(np.asarray(steps, np.int64), minlength=step_count).astype(float)
    failed = np.bincount(np.asarray(steps, np.int64), 1.0 - np.asarray(correct, float), minlength=step_count)
    average = (failed.sum() + 1) / (tried.sum() + 2)
    share = (failed + strength * average) / (tried + strength)
    return (np.log(share / (1 - share)) - np.log(average / (1 - average))).astype(np.float32)


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
