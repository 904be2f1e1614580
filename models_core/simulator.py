"""Simulated learners, whose true probability of success is known.

They practise any curriculum and leave the same events as people do. What they have and people have too: an ability, a
pace, a leaning towards hints; a strength per skill that grows with practice, faster where the prerequisites are strong,
and fades between sessions; steps that differ in difficulty; lucky guesses and slips. A mood that drifts from step to
step and is another after a break: in a bad one they know less and more often do not even try. Some spin their wheels:
on some skills they practise and do not learn. Some abuse hints: they click through to the last, which is the answer,
and learn next to nothing from it.

How strong each of these is by default was chosen so that `phenomena` measures what it measures on real logs. Of hints
we have no real log; how many abuse them is a guess.

The truth that comes with each attempt is the best that any model could say, even one that sees the mood; its AUC is the
ceiling for all of them.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models_core.curriculum import TEXT_WIDTH, Curriculum
from models_core.events import Attempt, Event, HintShown
from models_core.fast import sigmoid

DAY_S = 86_400.0
HINTS = 4  # of each step; the last one is the answer


@dataclass(frozen=True)
class WorldConfig:
    """How learners and steps vary; logits unless said otherwise.

    Attributes:
        ability_sd: between learners.
        difficulty_sd: between the steps of a skill.
        skill_difficulty_sd: between skills.
        learning_rate: share of the missing strength that one attempt gains, on average.
        memory_days: time for two thirds of what is not yet settled to fade, on average.
        mood_sd: between the moments of one learner.
        mood_steps: number of steps for two thirds of a mood to pass.
        wheel_spinners: share of learners who do not learn some skills.
        disengaged: share of answers given without trying, on average.
        hint_leaning: how readily an average learner asks for help, 0 to 1.
        hint_abusers: share of learners who click through the hints of a step instead of reading them.
        attempts: mean number of attempts in a log.
        tries: how often a step is tried before the tutor moves on.
    """

    ability_sd: float = 2.0
    difficulty_sd: float = 2.4
    skill_difficulty_sd: float = 0.9
    learning_rate: float = 0.1
    memory_days: float = 3.0
    mood_sd: float = 2.3
    mood_steps: float = 6.0
    wheel_spinners: float = 0.2
    disengaged: float = 0.04
    hint_leaning: float = 0.3
    hint_abusers: float = 0.1
    attempts: int = 70
    tries: int = 3


@dataclass(frozen=True, eq=False)
class SimulatedLog:
    """One learner's events, and the truth about each.

    Attributes:
        events: oldest first.
        truth: (T,) P(correct unaided answer) to the step of each event, just before it, in the mood of that moment.
        typical: (T,) the same for a typical step of its main skill.
    """

    events: list[Event]
    truth: NDArray[np.float64]
    typical: NDArray[np.float64]


class World:
    """One population and one set of invented step difficulties for a curriculum; everything follows from the seed."""

    def __init__(self, curriculum: Curriculum, config: WorldConfig | None = None, *, seed: int) -> None:
        self.curriculum = curriculum
        self.config = config or WorldConfig()
        self.seed = seed
        rng = random.Random(f"world {seed}")
        skill_base = [rng.gauss(0, self.config.skill_difficulty_sd) for _ in curriculum.skills]
        self.difficulty = [
            skill_base[skill] + rng.gauss(0, self.config.difficulty_sd) for skill in curriculum.main_skills
        ]
        self.guess = [rng.choice((0.03, 0.05, 0.08, 0.25)) for _ in curriculum.steps]  # some are multiple choice
        self.slip = [rng.uniform(0.02, 0.1) for _ in curriculum.steps]
        self.rate = [self.config.learning_rate * math.exp(rng.gauss(0, 0.3)) for _ in curriculum.skills]

    def learner(self, number: int) -> SimulatedLog:
        """The log of learner `number`; the same number gives the same log for ever."""
        return _Life(self, random.Random(f"learner {self.seed} {number}")).live()

    def learners(self, count: int, *, first: int = 0) -> list[SimulatedLog]:
        """Logs of learners `first` to `first + count - 1`."""
        return [self.learner(first + i) for i in range(count)]

    @cached_property
    def problems(self) -> dict[int, list[list[int]]]:
        """Problems by main skill: lists of step positions (the steps of a problem share what is before the slash)."""
        by_problem: dict[str, list[int]] = {}
        for step, key in enumerate(self.curriculum.steps):
            by_problem.setdefault(key.split("/")[0], []).append(step)
        found: dict[int, list[list[int]]] = {skill: [] for skill in range(len(self.curriculum.skills))}
        for steps in by_problem.values():
            found[self.curriculum.main_skills[steps[0]]].append(steps)
        return {skill: problems for skill, problems in found.items() if problems}

    @cached_property
    def steps_of(self) -> list[list[int]]:
        """Per skill, the steps whose main skill it is."""
        return [
            [step for step, main in enumerate(self.curriculum.main_skills) if main == skill]
            for skill in range(len(self.curriculum.skills))
        ]


class _Life:
    """One learner from the first session to the last."""

    def __init__(self, world: World, rng: random.Random) -> None:
        self.world, self.rng = world, rng
        config, curriculum = world.config, world.curriculum
        self.ability = rng.gauss(0, config.ability_sd)
        self.speed = math.exp(rng.gauss(0, 0.4))
        self.pace = math.exp(rng.gauss(0, 0.4))
        self.leaning = min(1.0, config.hint_leaning * math.exp(rng.gauss(0, 0.7)))
        self.abuses_hints = rng.random() < config.hint_abusers
        self.disengaged = config.disengaged * math.exp(rng.gauss(-0.5, 1))
        self.mood = rng.gauss(0, 1)  # in standard deviations
        self.memory_days = config.memory_days * math.exp(rng.gauss(0, 0.5))
        spinner = rng.random() < config.wheel_spinners
        self.stuck = {s for s in range(len(curriculum.skills)) if spinner and rng.random() < 0.4}
        self.strength = [0.0] * len(curriculum.skills)  # 0 to 1
        self.settled = [0.0] * len(curriculum.skills)  # what does not fade
        for skill in curriculum.teaching_order:
            start = sigmoid(rng.gauss(-1.3 + 0.6 * self.ability, 1.5)) * (0.3 + 0.7 * self.readiness(skill))
            self.strength[skill] = self.settled[skill] = start
        self.passed: set[int] = set()
        self.streak: dict[int, int] = {}
        self.practised: dict[int, int] = {}
        self.at = 1.7e9 + rng.uniform(0, 200) * DAY_S
        self.events: list[Event] = []
        self.truth: list[float] = []
        self.typical: list[float] = []
        self.attempts = 0

    def readiness(self, skill: int) -> float:
        """Mean strength of the prerequisites; 1 where there are none."""
        before = self.world.curriculum.prerequisites[skill]
        return sum(self.strength[b] for b in before) / len(before) if before else 1.0

    @property
    def absent(self) -> float:
        """The chance that the next answer is given without trying."""
        return min(0.9, self.disengaged * math.exp(-self.mood - 0.5))

    def level(self, skills: Sequence[int]) -> float:
        """What the learner can do at this moment where these skills are needed, in logits."""
        weakest = min(skills, key=self.strength.__getitem__)
        lasting = self.ability + 5 * (self.strength[weakest] - 0.4) + 1.3 * (self.readiness(weakest) - 0.5)
        return lasting + self.world.config.mood_sd * self.mood

    def trying(self, step: int, level: float) -> float:
        """P(correct unaided answer) of a learner who tries."""
        guess, slip = self.world.guess[step], self.world.slip[step]
        return guess + (1 - guess - slip) * sigmoid(level - self.world.difficulty[step])

    def chance(self, step: int) -> float:
        """The true P(correct unaided answer)."""
        trying = self.trying(step, self.level(self.world.curriculum.step_skills[step]))
        return trying + self.absent * (self.world.guess[step] - trying)

    def typical_chance(self, skill: int) -> float:
        """The mean of it over a skill's steps, if they needed no other skill."""
        steps, level = self.world.steps_of[skill], self.level((skill,))
        trying = sum(self.trying(step, level) for step in steps) / len(steps)
        guess = sum(self.world.guess[step] for step in steps) / len(steps)
        return trying + self.absent * (guess - trying)

    def live(self) -> SimulatedLog:
        planned = max(5, int(self.rng.gauss(1, 0.35) * self.world.config.attempts))
        while self.attempts < planned:
            for _ in range(self.rng.randint(3, 12)):
                self.solve(self.next_problem())
                if self.attempts >= planned:
                    break
            self.rest()
        return SimulatedLog(self.events, np.array(self.truth), np.array(self.typical))

    def next_problem(self) -> list[int]:
        """Mostly the frontier (the first skill not yet passed), some review, now and then a look ahead."""
        order = [skill for skill in self.world.curriculum.teaching_order if skill in self.world.problems]
        frontier = next((i for i, skill in enumerate(order) if skill not in self.passed), len(order) - 1)
        draw = self.rng.random()
        if draw < 0.2 and frontier:
            frontier = self.rng.randrange(frontier)
        elif draw > 0.9:
            frontier = min(frontier + self.rng.randint(1, 2), len(order) - 1)
        return self.rng.choice(self.world.problems[order[frontier]])

    def solve(self, problem: Sequence[int]) -> None:
        for step in problem:
            hints, correct = 0, False
            for try_number in range(1, self.world.config.tries + 1):
                self.at += self.rng.uniform(2, 15)
                hints += self.ask_for_help(step, hints, try_number)
                correct = self.answer(step, hints, try_number)
                if correct:
                    break
            self.count(step, unaided=correct and not hints and try_number == 1)
            self.drift()

    def ask_for_help(self, step: int, hints: int, try_number: int) -> int:
        """How many more hints are taken before the answer."""
        taken = 0
        appetite = self.leaning * (1 - self.chance(step)) * (0.5 if try_number == 1 else 1.5)
        while hints + taken < HINTS and ((self.abuses_hints and taken) or self.rng.random() < appetite):
            taken += 1
            self.at += self.rng.uniform(0.4, 1.6) if self.abuses_hints else self.rng.uniform(3, 25)
            self.log(HintShown(self.world.curriculum.steps[step], hints + taken, round(self.at, 3)), step)
        return taken

    def answer(self, step: int, hints: int, try_number: int) -> bool:
        world, rng = self.world, self.rng
        alone = self.trying(step, self.level(world.curriculum.step_skills[step]))
        absent = not hints and rng.random() < self.absent
        correct = rng.random() < (world.guess[step] if absent else 1 - (1 - alone) * 0.55**hints)
        effort = 0.12 if absent else 1 + 1.5 * (1 - alone)
        seconds = 18 * self.pace * effort * math.exp(rng.gauss(0, 0.35))
        self.at += seconds
        key = world.curriculum.steps[step]
        self.log(Attempt(key, correct, round(self.at, 3), round(seconds, 2), hints, try_number), step)
        self.attempts += 1
        self.learn(step, hints)
        return correct

    def learn(self, step: int, hints: int) -> None:
        help_gives = 1.0
        if hints:
            help_gives = 0.1 if self.abuses_hints else 1.3
        for skill in self.world.curriculum.step_skills[step]:
            rate = self.world.rate[skill] * self.speed * (0.3 + 0.7 * self.readiness(skill)) * help_gives
            if skill in self.stuck:
                rate *= 0.05
            self.strength[skill] += min(rate, 0.6) * (1 - self.strength[skill])
            self.settled[skill] += 0.2 * min(rate, 0.6) * (self.strength[skill] - self.settled[skill])

    def count(self, step: int, *, unaided: bool) -> None:
        """A skill is passed after three steps in a row right at once and unaided, and given up after 15."""
        for skill in self.world.curriculum.step_skills[step]:
            self.practised[skill] = self.practised.get(skill, 0) + 1
            self.streak[skill] = self.streak.get(skill, 0) + 1 if unaided else 0
            if self.streak[skill] >= 3 or self.practised[skill] >= 15:
                self.passed.add(skill)

    def drift(self) -> None:
        """The mood a step later: some of it stays, the rest is new, and it varies as much as before."""
        stays = math.exp(-1 / self.world.config.mood_steps)
        self.mood = stays * self.mood + math.sqrt(1 - stays**2) * self.rng.gauss(0, 1)

    def rest(self) -> None:
        """The time between two sessions, in which what is not settled fades and the mood becomes another."""
        days = math.exp(self.rng.gauss(0.2, 0.9)) + (self.rng.uniform(7, 40) if self.rng.random() < 0.1 else 0)
        self.at += days * DAY_S
        self.mood = self.rng.gauss(0, 1)
        kept = math.exp(-days / self.memory_days)
        for skill, strength in enumerate(self.strength):
            self.strength[skill] = self.settled[skill] + (strength - self.settled[skill]) * kept

    def log(self, event: Event, step: int) -> None:
        self.events.append(event)
        self.truth.append(self.chance(step))
        self.typical.append(self.typical_chance(self.world.curriculum.main_skills[step]))


def invented_curriculum(seed: int, *, skills: int | None = None, steps: int | None = None) -> Curriculum:
    """A made-up course, for training teachers that must serve courses they have never seen.

    Its text vectors lie as real ones do: all steps of a course somewhat alike, those of a skill more so.
    """
    rng = np.random.default_rng(seed)
    skill_count = _round_number(rng, 3, 60) if skills is None else skills
    step_count = skill_count * _round_number(rng, 1, 20) if steps is None else steps
    course = _unit(rng.normal(size=TEXT_WIDTH))
    themes = _unit(0.8 * course + _unit(rng.normal(size=(skill_count, TEXT_WIDTH))))
    prerequisites = tuple(
        tuple(sorted({int(i - 1 - min(rng.geometric(0.6) - 1, i - 1)) for _ in range(int(rng.integers(0, 3)))}))
        if i
        else ()
        for i in range(skill_count)
    )
    step_skills: list[tuple[int, ...]] = []
    keys: list[str] = []
    vectors: list[NDArray[np.float64]] = []
    problem = 0
    for step in range(step_count):
        main = step * skill_count // step_count
        others = [b for b in prerequisites[main] if rng.random() < 0.15]
        step_skills.append((main, *others))
        follows = bool(keys) and step_skills[-2][0] == main and rng.random() < 0.25
        problem += not follows
        keys.append(f"problem-{problem}/step-{step}")
        vectors.append(_unit(themes[main] + 0.6 * _unit(rng.normal(size=TEXT_WIDTH))))
    return Curriculum(
        course=f"invented-{seed}",
        skills=tuple(f"skill-{i}" for i in range(skill_count)),
        prerequisites=prerequisites,
        steps=tuple(keys),
        step_skills=tuple(step_skills),
        step_vectors=np.stack(vectors).astype(np.float32),
        skill_vectors=themes.astype(np.float32),
    )


def _round_number(rng: np.random.Generator, low: int, high: int) -> int:
    """A whole number, as likely to lie between 4 and 8 as between 8 and 16."""
    return int(np.exp(rng.uniform(np.log(low), np.log(high + 1))))


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
