"""Logs of real learners: read from JSON lines, refused where they cannot be true, turned into events and a curriculum.

Letters: T rows of one learner, N steps, S skills, E text embedding width.

One learner per line, rows in time order: {"user": "a", "item": [7, 7], "skill": [2, 2], "correct": [0, 1]}, and per row
where it is known "time_s" (seconds on any clock), "elapsed_s" (how long the answer took), "hints" (how many were used)
and "attempt" (which try, from 1). Without "item" the skill stands in for it; null is the same as absent. Ids are whole
numbers or texts, and 7 is the same id as "7". Any other key is refused: it may be one of these misspelt.
"""

import json
import math
import reprlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from models_core.curriculum import Curriculum
from models_core.events import Attempt

LIMIT_BYTES = 64 * 2**20  # of one line, and of a file of texts
LIMIT_ROWS = 1_000_000  # of one learner
LIMIT_NUMBER = 1e12  # no clock in seconds gets there, but one in milliseconds has


class LogFileError(ValueError):
    """A file that is not what it should be; the sentence says which, the line where there is one, and why."""


@dataclass(frozen=True, eq=False)
class LearnerLog:
    """What one learner did, oldest row first.

    Attributes:
        user: the learner's id.
        item: T ids of what was asked.
        skill: T ids of what it was about.
        correct: (T,) bool.
        time_s: (T,) float64, never decreasing, always finite; a row whose time is unknown has that of the row before
            (the first known one at the start). None where no time is known.
        elapsed_s: (T,) float64, NaN = unknown; None where the file has none.
        hints: (T,) int64, 0 where unknown; None where the file has none.
        attempt: (T,) int64 from 1, 1 where unknown; None where the file has none.
    """

    user: str
    item: tuple[str, ...]
    skill: tuple[str, ...]
    correct: NDArray[np.bool_]
    time_s: NDArray[np.float64] | None
    elapsed_s: NDArray[np.float64] | None
    hints: NDArray[np.int64] | None
    attempt: NDArray[np.int64] | None

    def __len__(self) -> int:
        return len(self.skill)


def read_logs(path: Path | str) -> list[LearnerLog]:
    """Every learner of a file, in its order; blank lines are skipped.

    Raises:
        LogFileError: when the file cannot be read or has no learners, or a line is not a learner as the head of this
            module describes, is longer than LIMIT_BYTES or LIMIT_ROWS, or is about a learner of an earlier line.
    """
    path = Path(path)
    logs: list[LearnerLog] = []
    line_of: dict[str, int] = {}
    for number, line in _lines(path):
        try:
            log = _learner(line)
            before = line_of.setdefault(log.user, number)
            if before != number:
                raise ValueError(f"learner {reprlib.repr(log.user)} is already on line {before}.")
        except ValueError as error:
            raise LogFileError(f"{path.name}, line {number}: {error}") from error
        logs.append(log)
    if not logs:
        raise LogFileError(f"{path.name}: there are no learners in it.")
    return logs


def refuse_shared_learners(splits: Mapping[str, Sequence[LearnerLog]]) -> None:
    """Raises LogFileError, naming some of them, when a learner is in two splits: scores on them would be too good."""
    users = {name: dict.fromkeys(log.user for log in logs) for name, logs in splits.items()}
    for one, other in combinations(users, 2):
        shared = [user for user in users[one] if user in users[other]]
        if shared:
            named, more = shared[:3], len(shared) - 3
            last = f"{more} more" if more > 0 else named.pop()
            listed = f"{', '.join(named)} and {last}" if named else last
            raise LogFileError(f"Learners in both {one} and {other}: {listed}.")


def step_key(item: str, skill: str) -> str:
    """A step is an item with a skill: some logs tag one item with different skills in different rows."""
    return f"{item}/{skill}"


def log_events(log: LearnerLog) -> list[Attempt]:
    """The log as T attempts. Without a clock all of them are at 0: the gaps read as nothing."""
    rows = len(log)
    at = [0.0] * rows if log.time_s is None else log.time_s.tolist()
    elapsed_s = [math.nan] * rows if log.elapsed_s is None else log.elapsed_s.tolist()
    hints = [0] * rows if log.hints is None else log.hints.tolist()
    tries = [1] * rows if log.attempt is None else log.attempt.tolist()
    return [
        Attempt(
            step=step_key(log.item[t], log.skill[t]),
            correct=correct,
            at=at[t],
            seconds=None if math.isnan(elapsed_s[t]) else elapsed_s[t],
            hints=hints[t],
            try_number=tries[t],
        )
        for t, correct in enumerate(log.correct.tolist())
    ]


def curriculum_of(logs: Iterable[LearnerLog], *, course: str) -> Curriculum:
    """The steps and skills that the logs mention, in order of first appearance, without prerequisites or texts.

    Raises CurriculumError when there are no logs, or when two pairs make one step key ("a/b" + "c" and "a" + "b/c").
    """
    pairs = dict.fromkeys(pair for log in logs for pair in zip(log.item, log.skill, strict=True))
    skills = {skill: i for i, skill in enumerate(dict.fromkeys(skill for _, skill in pairs))}
    return Curriculum(
        course=course,
        skills=tuple(skills),
        prerequisites=((),) * len(skills),
        steps=tuple(step_key(item, skill) for item, skill in pairs),
        step_skills=tuple((skills[skill],) for _, skill in pairs),
        step_vectors=None,
        skill_vectors=None,
    )


def with_texts(
    curriculum: Curriculum, path: Path | str, encode: Callable[[list[str]], NDArray[np.float32]]
) -> Curriculum:
    """The curriculum of some logs, with the vectors of its texts.

    Args:
        curriculum: what `curriculum_of` made.
        path: a JSON file {"items": {id: text}, "skills": {id: text}}. A step says its item's text, failing that its
            skill's, failing that the item's id; a skill its own text or its id. A blank text is no text.
        encode: n texts to their (n, E) float32 unit vectors; called once, with no text twice.

    Raises:
        LogFileError: when the file is not like that, or all its texts are about other ids.
        CurriculumError: when the vectors are not unit vectors of width E.
    """
    path = Path(path)
    items, skills = _texts(path)
    skill_of = [curriculum.skills[skill] for skill in curriculum.main_skills]
    item_of = [step.removesuffix(step_key("", skill)) for step, skill in zip(curriculum.steps, skill_of, strict=True)]
    if (items or skills) and items.keys().isdisjoint(item_of) and skills.keys().isdisjoint(skill_of):
        raise LogFileError(f"{path.name}: none of its ids is in the curriculum of {curriculum.course!r}.")
    step_says = [items.get(i) or skills.get(s) or i for i, s in zip(item_of, skill_of, strict=True)]
    skill_says = [skills.get(skill) or skill for skill in curriculum.skills]
    place = {text: i for i, text in enumerate(dict.fromkeys([*step_says, *skill_says]))}
    vectors = encode(list(place))  # (n, E)
    return replace(
        curriculum,
        step_vectors=vectors[[place[text] for text in step_says]],  # (N, E)
        skill_vectors=vectors[[place[text] for text in skill_says]],  # (S, E)
    )


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers from 1."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(LIMIT_BYTES + 1), b""), 1):
                if len(line) > LIMIT_BYTES:
                    raise LogFileError(f"{path.name}, line {number}: longer than {LIMIT_BYTES // 2**20} MiB.")
                if not line.isspace():
                    yield number, line.rstrip(b"\r\n")
    except OSError as error:
        raise LogFileError(f"{path} cannot be read: {error.strerror}.") from error


def _texts(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The texts of items and of skills by id, without the blank ones. Raises LogFileError."""
    try:
        with path.open("rb") as file:
            content = file.read(LIMIT_BYTES + 1)
        if len(content) > LIMIT_BYTES:
            raise ValueError(f"longer than {LIMIT_BYTES // 2**20} MiB.")
        found = _json_object(content, keys=("items", "skills"))
        for key, texts in found.items():
            if not isinstance(texts, dict):
                raise ValueError(f"{key!r} must be an object, not {reprlib.repr(texts)}.")
            for name, text in texts.items():
                if not isinstance(text, str):
                    raise ValueError(f"the text of {reprlib.repr(name)} in {key!r} is {reprlib.repr(text)}.")
    except OSError as error:
        raise LogFileError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise LogFileError(f"{path.name}: {error}") from error
    items, skills = (
        {name: text for name, text in found.get(key, {}).items() if text.strip()} for key in ("items", "skills")
    )
    return items, skills


def _json_object(content: bytes, *, keys: Iterable[str]) -> dict[str, Any]:
    """A JSON object with no keys but these, none of them twice, and no NaN. Raises ValueError with a sentence."""
    try:
        found = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start + 1}.") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON at character {error.pos + 1}: {error.msg}.") from error
    except RecursionError as error:
        raise ValueError("lists are nested too deeply.") from error
    if not isinstance(found, dict):
        raise ValueError(f"a JSON object is expected, not {reprlib.repr(found)}.")
    for key in found:
        if key not in keys:
            raise ValueError(f"unknown key {reprlib.repr(key)}; the keys are {', '.join(keys)}.")
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"key {reprlib.repr(twice)} is there twice.")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number that can be used.")


def _is_id(value: Any) -> bool:
    return type(value) is int or (type(value) is str and not value.isspace() and value != "")


def _is_number(value: Any, least: float) -> bool:
    return value is None or (type(value) in (int, float) and least <= value <= LIMIT_NUMBER)


def _is_count(value: Any, least: int) -> bool:
    return value is None or (_is_number(value, least) and value == int(value))


# What fits into the columns, and how to say so.
COLUMNS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "item": (_is_id, "a whole number or a text"),
    "skill": (_is_id, "a whole number or a text"),
    "correct": (lambda value: value in (0, 1), "0 or 1"),  # True and 1.0 are 1
    "time_s": (lambda value: _is_number(value, -LIMIT_NUMBER), f"seconds, at most {LIMIT_NUMBER:.0e}"),
    "elapsed_s": (lambda value: _is_number(value, 0), f"seconds from 0 to {LIMIT_NUMBER:.0e}"),
    "hints": (lambda value: _is_count(value, 0), "a whole number from 0"),
    "attempt": (lambda value: _is_count(value, 1), "a whole number from 1"),
}


def _learner(line: bytes) -> LearnerLog:
    """One line of a log. Raises ValueError with a sentence."""
    found = {key: value for key, value in _json_object(line, keys=("user", *COLUMNS)).items() if value is not None}
    for key in ("user", "skill", "correct"):
        if key not in found:
            raise ValueError(f"{key!r} is missing.")
    if not _is_id(found["user"]):
        raise ValueError(f"'user' is {reprlib.repr(found['user'])}, expected a whole number or a text.")
    columns: dict[str, list[Any]] = {name: found[name] for name in COLUMNS if name in found}
    _check_lengths(columns)
    for name, values in columns.items():
        fits, expected = COLUMNS[name]
        for row, value in enumerate(values, 1):
            if not fits(value):
                raise ValueError(f"{name!r} of row {row} is {reprlib.repr(value)}, expected {expected}.")
    skill = _names(columns["skill"])
    return LearnerLog(
        user=str(found["user"]),
        item=_names(columns["item"]) if "item" in columns else skill,
        skill=skill,
        correct=np.array(columns["correct"], np.bool_),
        time_s=_clock(columns["time_s"]) if "time_s" in columns else None,
        elapsed_s=np.array(columns["elapsed_s"], np.float64) if "elapsed_s" in columns else None,  # null becomes NaN
        hints=_counts(columns["hints"], unknown=0) if "hints" in columns else None,
        attempt=_counts(columns["attempt"], unknown=1) if "attempt" in columns else None,
    )


def _check_lengths(columns: Mapping[str, Any]) -> None:
    for name, values in columns.items():
        if not isinstance(values, list):
            raise ValueError(f"{name!r} must be a list, not {reprlib.repr(values)}.")
    first, rows = next((name, len(values)) for name, values in columns.items())
    for name, values in columns.items():
        if len(values) != rows:
            raise ValueError(f"{name!r} has {len(values)} entries but {first!r} has {rows}.")
    if not rows:
        raise ValueError("the learner has no rows.")
    if rows > LIMIT_ROWS:
        raise ValueError(f"the learner has {rows:,} rows, more than {LIMIT_ROWS:,}.")


def _names(ids: list[int | str]) -> tuple[str, ...]:
    name_of = {id_: str(id_) for id_ in set(ids)}  # one string per id, not per row
    return tuple(map(name_of.__getitem__, ids))


def _counts(values: list[Any], *, unknown: int) -> NDArray[np.int64]:
    return np.array([unknown if value is None else value for value in values], np.int64)


def _clock(values: list[float | None]) -> NDArray[np.float64] | None:
    """The times with their gaps filled from the row before, or None. Raises ValueError where time runs backwards."""
    time_s = np.array(values, np.float64)  # (T,), null becomes NaN
    known = ~np.isnan(time_s)
    if not known.any():
        return None
    time_s = time_s[np.maximum.accumulate(np.where(known, np.arange(len(time_s)), known.argmax()))]
    backwards = np.flatnonzero(time_s[1:] < time_s[:-1])
    if len(backwards):
        t = int(backwards[0]) + 1
        raise ValueError(f"'time_s' runs backwards at row {t + 1}: {time_s[t]} after {time_s[t - 1]}.")
    return time_s
