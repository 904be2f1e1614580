"""A course as the models see it: its skills, prerequisites and steps with the vectors of their texts, and how hard the
steps proved.

The vectors are made once per text and kept in a file beside the database; the curriculum itself is plain values.
"""

import threading
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import structlog
from django.conf import settings

from models_core.curriculum import Curriculum
from models_core.embeddings import TextEncoder
from tutor_app.courses.models import Course
from tutor_app.courses.variants import realise
from tutor_app.registry.models import CourseStatistics

log = structlog.get_logger(__name__)

FEWEST_LEARNERS = 3  # who tell how hard a course's steps are


def step_key(problem_slug: str, step_slug: str) -> str:
    """A step's name in a curriculum and in the models' log."""
    return f"{problem_slug}/{step_slug}"


def curriculum_for(course: Course) -> Curriculum:
    """The course's curriculum, with all that has retired: somebody's log may speak of it."""
    skills = list(course.skills.prefetch_related("prerequisites"))
    index = {skill.pk: position for position, skill in enumerate(skills)}
    keys, step_skills, texts = [], [], []
    problems = course.problems.order_by("slug").with_everything()
    for problem in problems.iterator(chunk_size=500):
        variant = realise(problem, seed=0)
        asked = {step.step_id: step for step in variant.steps}
        for row in problem.steps.all():
            about = sorted(index[skill.pk] for skill in row.skills.all())
            if not about:
                continue  # nothing can be said about a step of no skill
            step = asked.get(row.pk, row)  # a retired step is in logs, but not in the problem any more
            keys.append(step_key(problem.slug, row.slug))
            step_skills.append(tuple(about))
            names = ", ".join(skills[position].name for position in about)
            texts.append(f"{names}. {variant.title} {variant.body} {step.title} {step.body}"[:1000])
    vectors = TextVectors(course).of(texts + [f"{skill.name}. {skill.description}"[:1000] for skill in skills])
    curriculum = Curriculum(
        course=course.slug,
        skills=tuple(skill.slug for skill in skills),
        prerequisites=tuple(
            tuple(sorted(index[before.pk] for before in skill.prerequisites.all())) for skill in skills
        ),
        steps=tuple(keys),
        step_skills=tuple(step_skills),
        step_vectors=vectors[: len(keys)],
        skill_vectors=vectors[len(keys) :],
    )
    return _known_by_its_learners(curriculum, course)


def _known_by_its_learners(curriculum: Curriculum, course: Course) -> Curriculum:
    """With the course's item statistics where a few learners told them: of one or two they would say again what these
    did themselves. A step that they don't speak of was never tried."""
    told = CourseStatistics.objects.filter(course=course, learners__gte=FEWEST_LEARNERS)
    counts = told.values_list("counts", flat=True).first()
    if not counts:
        return curriculum
    table = np.array([counts.get(step, (0, 0)) for step in curriculum.steps], np.int64).reshape(-1, 2)
    return curriculum.known_by(tried=table[:, 0], right=table[:, 1])


class TextVectors:
    """The vectors of a course's texts, by text, in one npz file; only new texts are encoded."""

    _lock = threading.Lock()

    def __init__(self, course: Course) -> None:
        self.path = Path(settings.VAR) / "vectors" / f"{course.slug}.npz"

    def of(self, texts: list[str]) -> np.ndarray:
        """(n, 384) float32 unit vectors. Writes the file anew if there were texts it did not hold."""
        with self._lock:
            known = self._read()
            missing = sorted({text for text in texts if text not in known})
            if missing:
                log.info("encoding texts", course=self.path.stem, texts=len(missing))
                encoder = TextEncoder(Path(settings.ENCODER_PATH))
                known |= dict(zip(missing, encoder.encode(missing), strict=True))
                self._write({text: known[text] for text in dict.fromkeys(texts)})
            return np.stack([known[text] for text in texts])

    def _read(self) -> dict[str, np.ndarray]:
        try:
            with np.load(self.path, allow_pickle=False) as file:
                return dict(zip(file["texts"].tolist(), file["vectors"], strict=True))
        except FileNotFoundError:
            return {}
        except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
            log.warning("vectors are made anew", path=str(self.path), error=repr(error))
            return {}

    def _write(self, known: dict[str, np.ndarray]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        scratch = self.path.with_suffix(f".{threading.get_native_id()}.tmp")
        with scratch.open("wb") as file:
            np.savez(file, texts=np.array(list(known)), vectors=np.stack(list(known.values())))
        scratch.replace(self.path)
