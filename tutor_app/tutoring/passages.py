"""The course's own words on what a learner asks about: the `answer` student, with the place where it is said."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import structlog
from django.conf import settings
from numpy.typing import NDArray

from models_core.embeddings import TextEncoder
from models_core.retrieval import Answerer, Index, Text, Weights, WeightsRefused
from tutor_app.courses.models import Course
from tutor_app.courses.texts import CourseText, states_an_answer, texts_of
from tutor_app.registry.curricula import TextVectors
from tutor_app.tutoring.table import Table

log = structlog.get_logger(__name__)

MOST_TEXTS = 3
MOST_COURSES = 16  # whose texts a process keeps in memory
# How much a skill is in play: that of the step on the table, and the others that the problem needs or builds on.
ON_TABLE, BUILT_UPON = 1.0, 0.5


@dataclass(frozen=True)
class Explanation:
    """A text of the course that answers, word for word, with where it stands and whose it is."""

    title: str
    text: str
    url: str
    source: str
    attribution: str
    probability: float = 1.0


def explanations_for(question: str, *, course: Course, table: Table | None = None) -> list[Explanation]:
    """The course's texts that answer the question, best first; none if the course does not say.

    A question that names nothing ("what does this mean?") is about the skill on the table. What stands on the ladder of
    the problem on the table is never among them, nor a hint of another that states its answer.
    """
    try:
        shelf = shelves.shelf(course)
    except (
        OSError,
        WeightsRefused,
    ) as missing:  # nothing can be searched: the course says nothing, and the turn goes on
        log.error("no explanations", course=course.slug, reason=str(missing))
        return []
    if not shelf.texts:
        return []
    answer = shelf.answerer.answer(question, in_play=in_play_at(table), without=shelf.kept_back(table), most=MOST_TEXTS)
    if answer.abstains:
        return []
    chances = [answer.probability] + [0.0] * (len(answer.found) - 1)
    return [
        explanation_of(shelf.texts[found.position], course, chance)
        for found, chance in zip(answer.found, chances, strict=True)
    ]


def in_play_at(table: Table | None) -> dict[str, float]:
    """By skill, how much it is in play."""
    if table is None:
        return {}
    return dict.fromkeys((skill.slug for skill in table.in_play), BUILT_UPON) | dict.fromkeys(
        table.step.skills, ON_TABLE
    )


def explanation_of(text: CourseText, course: Course, probability: float = 1.0) -> Explanation:
    return Explanation(
        title=text.title,
        text=text.text,
        url=text.url,
        source=f"{course.title}: {text.about}",
        attribution=", ".join(part for part in (text.attribution, text.licence) if part),
        probability=probability,
    )


# --- what a process keeps -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shelf:
    """A course's texts and the student that searches them."""

    texts: tuple[CourseText, ...]
    answerer: Answerer

    def kept_back(self, table: Table | None) -> list[int]:
        """Texts that may not be told now: hints of the problem on the table, or with the answer to its step."""
        if table is None:
            return []
        keys = (*table.step.answers, table.step.answer_latex)
        return [
            position
            for position, text in enumerate(self.texts)
            if text.problems and (table.problem.pk in text.problems or states_an_answer(text.text, keys))
        ]


class Shelves:
    """The shelves of this process, one per course as it is now. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._building: dict[int, threading.Lock] = {}
        self._shelves: OrderedDict[int, tuple[object, Shelf]] = OrderedDict()

    def shelf(self, course: Course) -> Shelf:
        """The course's shelf, made anew when the course was loaded again. Seconds for a large course whose vectors are
        not yet on disk: workers call this before they say that they are ready, and when a course was imported."""
        with self._lock:
            building = self._building.setdefault(course.pk, threading.Lock())
        with building:
            with self._lock:
                version, known = self._shelves.get(course.pk, (None, None))
                if known is not None and version == course.updated_at:
                    self._shelves.move_to_end(course.pk)
                    return known
            shelf = _make_shelf(course)
            with self._lock:
                self._shelves[course.pk] = (course.updated_at, shelf)
                while len(self._shelves) > MOST_COURSES:
                    self._shelves.popitem(last=False)
            return shelf

    def remembers(self, course_id: int) -> bool:
        """The course has a shelf, if perhaps of an older version: the next question will hardly wait."""
        with self._lock:
            return course_id in self._shelves

    def forget_all(self) -> None:
        with self._lock:
            self._shelves.clear()


shelves = Shelves()


class ExplanationVectors(TextVectors):
    """The vectors of the texts that a course explains with, in a file of their own."""

    def __init__(self, course: Course) -> None:
        super().__init__(course)
        self.path = self.path.with_suffix(".texts.npz")


def _make_shelf(course: Course) -> Shelf:
    texts = tuple(texts_of(course))
    vectors = ExplanationVectors(course)
    index = Index([as_read(text) for text in texts], lambda pieces: vectors.of(list(pieces)))
    log.info("texts indexed", course=course.slug, texts=len(texts), kilobytes=index.size_bytes // 1024)
    return Shelf(texts, Answerer(index, weights(), encode))


def as_read(text: CourseText) -> Text:
    """A course's text as the student reads it. Of the hints of one skill only the best is told."""
    group = text.skills[0] if text.problems else text.name
    return Text(text.name, text.title, text.about, text.also, text.text, text.skills, group)


@lru_cache(maxsize=1)
def weights() -> Weights:
    return Weights.load()


@lru_cache(maxsize=1)
def encoder(path: Path) -> TextEncoder:
    return TextEncoder(path)


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """Vectors of what a learner asks."""
    return encoder(Path(settings.ENCODER_PATH)).encode(texts)
