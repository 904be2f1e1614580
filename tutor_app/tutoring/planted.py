"""Simulated learners with planted misconceptions, on the real problems of a course: for training and for measuring.

Each holds some of the course's misconceptions, often none. Where a held one could show, it mostly does, and the answer
is the wrong one that the course foresees for this variant; otherwise the answer is right, or a slip. How often learners
slip differs, and so does where their slips land: on the key with its sign turned, one off, ten times off, on a number
of the question or of another step, or anywhere. What was held is known for every answer, so naming can be judged.

Nothing here knows how misconceptions are named, and no number of `models_core.misconceptions` is used.
"""

import math
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from models_core.misconceptions import SLIP, Planted
from tutor_app.courses.models import Course
from tutor_app.courses.variants import LARGEST_SEED, ProblemVariant, StepVariant, realise
from tutor_app.registry.misconceptions import encounter_of, key_number, slip_values_of
from tutor_app.tutoring.checking import CheckerPool, Question, Verdict
from tutor_app.tutoring.diagnosing import misconceptions_fitting
from tutor_app.tutoring.table import kind_of

Slips = Literal["people", "near", "random"]  # where slips land: as people's may, all near the key, anywhere
REDRAWS = 20

# How people's slips are shared out among the shapes of `slip_values`, before each learner's own leaning. A guess: no
# log with the wrong answers of people was at hand.
LEANINGS = {
    "minus": 3.0,
    "one-sign": 1.0,
    "reciprocal": 0.7,
    "tens": 0.8,
    "part": 1.5,
    "one-off": 3.0,
    "two-off": 1.2,
    "number": 1.5,
    "anywhere": 5.0,
}


@dataclass(frozen=True)
class PlantedConfig:
    """How the learners are.

    Attributes:
        none: share who hold no misconception.
        held: share of the misconceptions that the others hold, on average.
        expression: how often a held one shows, between the least and the most of learners.
        slip: how often an answer is a slip otherwise, between the least and the most.
        unlearning: the chance that a misconception is gone after it showed.
        problems: how many problems a learner works on.
        insists: the chance that a second try is the same wrong idea again.
        slips: where slips land.
    """

    none: float = 0.3
    held: float = 0.1
    expression: tuple[float, float] = (0.8, 0.95)
    slip: tuple[float, float] = (0.02, 0.25)
    unlearning: float = 0.08
    problems: int = 60
    insists: float = 0.3
    slips: Slips = "people"


@dataclass(frozen=True)
class Answer:
    """One answer of a simulated learner. `cause`: see `models_core.misconceptions.Planted`."""

    variant: ProblemVariant
    step: StepVariant
    text: str
    cause: str | None
    forecast: float | None
    try_number: int


class PlantedLearners:
    """Learners of one course; the same seed and number give the same learner for ever."""

    def __init__(self, course: Course, config: PlantedConfig | None = None, *, seed: int) -> None:
        self.config = config or PlantedConfig()
        self.seed = seed
        self.problems = list(course.problems.in_use().with_everything().order_by("slug"))
        errors = (e for problem in self.problems for step in problem.steps.all() for e in step.expected_errors.all())
        self.slugs = sorted({error.misconception.slug for error in errors})

    def answers(self, number: int) -> Iterator[Answer]:
        """The answers of learner `number`, first to last."""
        return _Life(self, random.Random(f"planted {self.seed} {number}")).live()


class _Life:
    def __init__(self, school: PlantedLearners, rng: random.Random) -> None:
        self.school, self.config, self.rng = school, school.config, rng
        holds = rng.random() >= self.config.none
        share = min(1.0, self.config.held * rng.uniform(0.3, 1.7)) if holds else 0.0
        self.held = {slug for slug in school.slugs if rng.random() < share}
        self.expression = rng.uniform(*self.config.expression)
        least, most = self.config.slip
        self.slip = math.exp(rng.uniform(math.log(least), math.log(most)))
        self.record: defaultdict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))  # first tries right, and all
        self.leanings = {shape: share * rng.gammavariate(1.0, 1.0) for shape, share in LEANINGS.items()}

    def live(self) -> Iterator[Answer]:
        problems = self.rng.sample(self.school.problems, min(self.config.problems, len(self.school.problems)))
        for problem in problems:
            variant = realise(problem, self.rng.randrange(LARGEST_SEED))
            for step in variant.steps:
                yield from self.work_on(variant, step)

    def work_on(self, variant: ProblemVariant, step: StepVariant) -> Iterator[Answer]:
        cause: str | None = None
        for try_number in (1, 2):
            forecast = self.forecast(step)
            again = cause if try_number == 2 and cause and self.rng.random() < self.config.insists else None
            cause = again or self.what_happens(step, after_not_yet=try_number == 2)
            text = self.text(variant, step, cause)
            if text is None:
                return  # nothing wrong could be thought of here
            if try_number == 1:
                self.remember(step, correct=cause is None)
            yield Answer(variant, step, text, cause, forecast, try_number)
            if cause is None:
                return
            if cause in self.held and self.rng.random() < self.config.unlearning:
                self.held.discard(cause)

    def what_happens(self, step: StepVariant, *, after_not_yet: bool) -> str | None:
        """A held misconception shows, or a slip happens, or the answer is right."""
        showing = self.showing(step)
        if showing and self.rng.random() < self.expression * (0.4 if after_not_yet else 1.0):
            return self.rng.choice(showing)
        return SLIP if self.rng.random() < self.slip else None

    def showing(self, step: StepVariant) -> list[str]:
        return sorted({error.slug for error in step.expected_errors} & self.held)

    def forecast(self, step: StepVariant) -> float | None:
        """What a model that saw the first tries so far would expect of this one: the rate on its main skill, drawn to
        the rate on all. It knows nothing of what is held. Now and then nobody says."""
        if self.rng.random() < 0.05:
            return None
        right, tries = self.record[""]
        usual = (right + 8) / (tries + 10)
        right, tries = self.record[step.skills[0]] if step.skills else (0, 0)
        rate = (right + 3 * usual) / (tries + 3)
        odds = math.log(rate / (1 - rate)) + self.rng.gauss(0, 0.4)
        return round(1 / (1 + math.exp(-odds)), 4)

    def remember(self, step: StepVariant, *, correct: bool) -> None:
        for about in ("", *step.skills[:1]):
            right, tries = self.record[about]
            self.record[about] = right + correct, tries + 1

    # What is typed ----------------------------------------------------------------------------------------------------

    def text(self, variant: ProblemVariant, step: StepVariant, cause: str | None) -> str | None:
        if cause is None:
            return step.answers[0]
        if cause != SLIP:
            return self.rng.choice([error.answer for error in step.expected_errors if error.slug == cause])
        if step.choices:
            wrong = [choice for choice in step.choices if choice not in step.answers]
            return self.rng.choice(wrong) if wrong else None
        if key_number(step) is not None:
            return as_text(self.slipped_number(variant, step))
        return slipped_text(step.answers[0], self.rng)

    def slipped_number(self, variant: ProblemVariant, step: StepVariant) -> Fraction:
        key = key_number(step)
        assert key is not None
        shapes = slip_values_of(variant, step, key)
        shares = {shape: share for shape, share in self.leanings.items() if shapes.get(shape) or shape == "anywhere"}
        if self.config.slips == "random":
            shares = {"anywhere": 1.0}
        elif self.config.slips == "near":
            shares = {shape: share for shape, share in shares.items() if shape != "anywhere"} or {"anywhere": 1.0}
        [shape] = self.rng.choices(list(shares), weights=list(shares.values()))
        return self.rng.choice(shapes[shape]) if shape != "anywhere" else self.any_number(key)

    def any_number(self, key: Fraction) -> Fraction:
        """Of about the size of the key, and whole as often as keys are."""
        size = math.ceil(2 * abs(key)) + 10
        below = key.denominator if self.rng.random() < 0.6 else 1
        value = key
        while value == key:
            value = Fraction(self.rng.randint(-size * below, size * below), below)
        return value


def slipped_text(answer: str, rng: random.Random) -> str | None:
    """An expression with a number or a sign in it changed; None where it has neither."""

    def other_number(found: re.Match[str]) -> str:
        return str(max(0, int(found[0]) + rng.choice((-2, -1, 1, 2, 10))))

    def other_sign(found: re.Match[str]) -> str:
        return "-" if found[0] == "+" else "+"

    changes: list[Callable[[], str]] = []
    for pattern, change in ((r"\d+", other_number), (r"(?<=[\w)}])\s*[+-]", other_sign)):
        changes += [
            lambda found=found, change=change: answer[: found.start()] + change(found) + answer[found.end() :]  # type: ignore[misc]
            for found in re.finditer(pattern, answer)
        ]
    return rng.choice(changes)() if changes else None


def as_text(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


# --- as the site would hear it ------------------------------------------------------------------------------------


def heard(answers: Sequence[Answer] | Iterator[Answer], checker: CheckerPool) -> Iterator[tuple[Answer, Planted]]:
    """The answers, each with what the checker finds; a slip that happens to be right is left out."""
    for answer in answers:
        step = answer.step
        question = Question(kind_of(step.answer_kind), step.answers, step.choices)
        verdict = checker.check(question, answer.text).verdict
        if (verdict == Verdict.CORRECT) != (answer.cause is None) or verdict == Verdict.NOT_UNDERSTOOD:
            continue
        correct = answer.cause is None
        fits = () if correct else misconceptions_fitting(answer.text, step, checker)
        encounter = encounter_of(
            answer.variant,
            step,
            correct=correct,
            fits=fits,
            forecast=answer.forecast,
            counts=answer.try_number == 1,
        )
        yield answer, Planted(encounter, answer.cause)
