"""A learner's record: what they did on each skill and step, in numbers that a model can use at once.

Letters: G features.

The record is the part of a learner that needs no attention: it is exact, always fresh, costs microseconds, and sums up
a past of any length. Beside counts it keeps abilities in the manner of Elo (Pelánek 2016, "Applications of the Elo
rating system in adaptive educational systems"): after every unaided answer the learner's general ability and their
ability on the skill move towards what the answer says, less and less as answers come in. A record is never changed;
`after` gives the next one.
"""

import math
from dataclasses import dataclass, field

import numpy as np
from immutables import Map
from numpy.typing import NDArray

from models_core.curriculum import Curriculum
from models_core.events import Attempt, Event, HintShown

FAST, MIDDLE, SLOW = 0.6, 0.85, 0.97  # how much a recent outcome counts after one more attempt, in three memories
STREAK = 8  # longer ones say no more


@dataclass(frozen=True, slots=True)
class Tally:
    """What a learner did on one skill or one step. A success is a right answer without hints.

    Attributes:
        recent, weight: successes with a memory of 0.8 an attempt, and what that would be had all been successes.
        latest, latest_weight: the same with a memory of 0.5.
        ability: how much better than the average learner, in logits, given how hard the steps are.
        plain_ability: the same as if all steps were equally hard: for courses of which nothing is known.
        surprise: successes less what the steps' difficulty led to expect, with a memory of 0.75 an attempt.
        gain: the same, summed.
        last_number: how many attempts the learner had made anywhere before the last one here.
    """

    attempts: int = 0
    successes: int = 0
    hints: int = 0
    streak: int = 0  # successes in a row, negative for failures in a row
    recent: float = 0.0
    weight: float = 0.0
    latest: float = 0.0
    latest_weight: float = 0.0
    ability: float = 0.0
    plain_ability: float = 0.0
    surprise: float = 0.0
    gain: float = 0.0
    last_number: int = 0
    last_at: float = 0.0


NOTHING = Tally()


@dataclass(frozen=True, slots=True)
class Overall:
    """What a learner did on everything together; fields as in `Tally`, and the outcomes in three memories."""

    attempts: int = 0
    successes: int = 0
    streak: int = 0
    fast: float = 0.6
    middle: float = 0.6
    slow: float = 0.6
    ability: float = 0.0
    plain_ability: float = 0.0
    surprise: float = 0.0
    gain: float = 0.0
    last_step: int = -1
    last_skill: int = -1
    last_success: bool = False
    run: int = 0  # attempts in a row on the same skill, before the last one


@dataclass(frozen=True, slots=True)
class Record:
    """Everything a learner did so far; skills and steps by their position in the curriculum."""

    overall: Overall = Overall()
    skills: Map[int, Tally] = field(default_factory=Map)
    steps: Map[int, Tally] = field(default_factory=Map)

    def skill(self, skill: int) -> Tally:
        return self.skills.get(skill, NOTHING)

    def step(self, step: int) -> Tally:
        return self.steps.get(step, NOTHING)

    def after(self, event: Event, curriculum: Curriculum) -> "Record":
        """The record with one more event in it. Raises UnknownStep."""
        if event.step is None:
            return self
        step = curriculum.step_index(event.step)
        if isinstance(event, Attempt):
            return self._after_attempt(event, step, curriculum)
        if isinstance(event, HintShown):
            skills = self.skills
            for skill in curriculum.step_skills[step]:
                skills = skills.set(skill, _hinted(self.skill(skill)))
            return Record(self.overall, skills, self.steps.set(step, _hinted(self.step(step))))
        return self

    def _after_attempt(self, event: Attempt, step: int, curriculum: Curriculum) -> "Record":
        success = event.correct and not event.aided
        statistics = curriculum.item_statistics
        overall, on_step, number = self.overall, self.step(step), self.overall.attempts
        main = curriculum.main_skills[step]
        on_main = self.skill(main)
        hardness = statistics.step_logit[step]
        beyond = success - _sigmoid(hardness)  # what difficulty alone does not explain
        if event.aided:  # tells little about what the learner can do alone
            miss = plain_miss = 0.0
        else:
            miss = success - _sigmoid(hardness + overall.ability + on_main.ability)
            plain = overall.plain_ability + on_main.plain_ability + on_step.plain_ability
            plain_miss = success - _sigmoid(statistics.base_logit + plain)
        skills = self.skills
        for skill in curriculum.step_skills[step]:
            tally = self.skill(skill)
            pace = 0.56 / (1 + 0.12 * tally.attempts) + 0.056
            skills = skills.set(
                skill, _attempted(tally, event, success, beyond, number, pace * miss, pace * plain_miss)
            )
        pace = 0.3 / (1 + 0.06 * number) + 0.02
        return Record(
            overall=Overall(
                attempts=number + 1,
                successes=overall.successes + success,
                streak=_streak(overall.streak, success),
                fast=FAST * overall.fast + (1 - FAST) * success,
                middle=MIDDLE * overall.middle + (1 - MIDDLE) * success,
                slow=SLOW * overall.slow + (1 - SLOW) * success,
                ability=overall.ability + pace * miss,
                plain_ability=overall.plain_ability + pace * plain_miss,
                surprise=0.9 * overall.surprise + 0.1 * beyond,
                gain=overall.gain + beyond,
                last_step=step,
                last_skill=main,
                last_success=success,
                run=overall.run + 1 if overall.last_skill == main else 0,
            ),
            skills=skills,
            steps=self.steps.set(step, _attempted(on_step, event, success, beyond, number, 0.0, 0.5 * plain_miss)),
        )

    def rate(self, skill: int) -> float:
        """A plain estimate of success on a skill, without any model: recent successes, shrunk to the overall rate."""
        overall = (self.overall.successes + 3 * 0.6) / (self.overall.attempts + 3)
        tally = self.skill(skill)
        return (tally.recent + 2 * overall) / (tally.weight + 2)


def _attempted(
    tally: Tally, event: Attempt, success: bool, beyond: float, number: int, moved: float, moved_plain: float
) -> Tally:
    return Tally(
        attempts=tally.attempts + 1,
        successes=tally.successes + success,
        hints=tally.hints,
        streak=_streak(tally.streak, success),
        recent=0.8 * tally.recent + success,
        weight=0.8 * tally.weight + 1,
        latest=0.5 * tally.latest + success,
        latest_weight=0.5 * tally.latest_weight + 1,
        ability=tally.ability + moved,
        plain_ability=tally.plain_ability + moved_plain,
        surprise=0.75 * tally.surprise + 0.25 * beyond,
        gain=tally.gain + beyond,
        last_number=number,
        last_at=event.at,
    )


def _hinted(tally: Tally) -> Tally:
    fields = {name: getattr(tally, name) for name in Tally.__slots__}
    return Tally(**{**fields, "hints": tally.hints + 1})


def _streak(streak: int, success: bool) -> int:
    return max(streak, 0) + 1 if success else min(streak, 0) - 1


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))


# The record as numbers ------------------------------------------------------------------------------------------------

LOCAL = (
    # everything the learner did
    "log_attempts",
    "rate",
    "fast",
    "middle",
    "slow",
    "last",  # +1 the last answer anywhere was a success, -1 not, 0 there was none
    "streak",
    # on the skill
    "skill_log_successes",
    "skill_log_failures",
    "skill_recent",
    "skill_latest",
    "skill_new",
    "skill_log_since",  # attempts since the last one on the skill
    "skill_last",
    "skill_streak",
    "skill_share",
    "skill_run",
    "skill_again",  # the last attempt was on it too
    "skill_again_last",
    "skill_log_hints",
    "skill_log_away",  # time since
    # on the step
    "step_log_successes",
    "step_log_failures",
    "step_last",
    "step_log_since",
    "step_again",
    "step_again_last",
    "step_log_hints",
    # abilities, of which those without the steps' difficulty need nobody else's answers
    "plain_ability",
    "plain_skill_ability",
    "plain_step_ability",
    "plain_logit",
    # beside everybody else
    "step_logit",
    "step_log_tried",
    "skill_logit",
    "skill_log_tried",
    "ability",
    "skill_ability",
    "logit",
    "surprise",
    "gain",
    "skill_surprise",
    "skill_gain",
    "step_surprise",
    # what is asked, and who is told
    "typical",  # no step in particular: the skill's typical one
    "context_given",
    "context_log_age",  # events since the teacher was asked; 0 = just now
)
LOCAL_WIDTH = len(LOCAL)  # G
CONTEXT_GIVEN, CONTEXT_AGE = LOCAL.index("context_given"), LOCAL.index("context_log_age")
OTHERS = slice(LOCAL.index("step_logit"), LOCAL.index("typical"))  # what the answers of others enter


def query_features(record: Record, curriculum: Curriculum, asked: int, at: float) -> NDArray[np.float32]:
    """What the record says about anything that can be asked, as the teacher is told it: (G,).

    Args:
        record: the learner's record before the event.
        curriculum: N steps and S skills.
        asked: a step (below N), a typical step of a skill (below N + S), or nothing in particular: all zero.
        at: now, seconds since the epoch.
    """
    skill = asked - len(curriculum.steps)
    if skill < 0:
        return local_features(record, curriculum, curriculum.main_skills[asked], asked, at, 0).astype(np.float32)
    if skill < len(curriculum.skills):
        return local_features(record, curriculum, skill, None, at, 0).astype(np.float32)
    return np.zeros(LOCAL_WIDTH, np.float32)


def local_features(
    record: Record, curriculum: Curriculum, skill: int, step: int | None, at: float, context_age: int | None
) -> NDArray[np.float64]:
    """What can be known without the teacher, as (G,) numbers of order one.

    Args:
        record: the learner's record before the attempt.
        curriculum: where `skill` and `step` are positions.
        skill: the skill that is served.
        step: the step about to be asked, or None for a typical one.
        at: now, seconds since the epoch.
        context_age: how many events ago the teacher's context was read; 0 = fresh, None = there is none.
    """
    log1p = math.log1p
    statistics, overall, tally = curriculum.item_statistics, record.overall, record.skill(skill)
    on_step = NOTHING if step is None else record.step(step)
    number = overall.attempts
    last = 0.0 if not number else 1.0 if overall.last_success else -1.0
    again, step_again = float(overall.last_skill == skill), float(step is not None and overall.last_step == step)
    away_h = max(at - tally.last_at, 0.0) / 3600 if tally.attempts else 0.0
    skill_logit = statistics.skill_logit[skill]
    hardness = skill_logit if step is None else statistics.step_logit[step]
    plain = overall.plain_ability + tally.plain_ability + on_step.plain_ability
    return np.array(
        (
            log1p(number),
            (overall.successes + 1.95) / (number + 3),
            overall.fast,
            overall.middle,
            overall.slow,
            last,
            _capped(overall.streak) / 4,
            log1p(tally.successes),
            log1p(tally.attempts - tally.successes),
            (tally.recent + 0.65) / (tally.weight + 1),
            (tally.latest + 0.65) / (tally.latest_weight + 1),
            0.0 if tally.attempts else 1.0,
            log1p(number - tally.last_number) if tally.attempts else 0.0,
            _sign(tally.streak),
            _capped(tally.streak) / 4,
            tally.attempts / number if number else 0.0,
            log1p(overall.run),
            again,
            again * last,
            log1p(tally.hints),
            log1p(away_h) / 3,
            log1p(on_step.successes),
            log1p(on_step.attempts - on_step.successes),
            _sign(on_step.streak),
            log1p(number - on_step.last_number) if on_step.attempts else 0.0,
            step_again,
            step_again * last,
            log1p(on_step.hints),
            overall.plain_ability,
            tally.plain_ability,
            on_step.plain_ability,
            statistics.base_logit + plain,
            hardness,
            statistics.log_skill_tried[skill] if step is None else statistics.log_step_tried[step],
            skill_logit,
            statistics.log_skill_tried[skill],
            overall.ability,
            tally.ability,
            hardness + overall.ability + tally.ability,
            overall.surprise,
            overall.gain / (number + 4),
            tally.surprise,
            tally.gain / (tally.attempts + 2),
            on_step.surprise,
            0.0 if step is not None else 1.0,
            0.0 if context_age is None else 1.0,
            0.0 if context_age is None else log1p(context_age),
        )
    )


def as_typical(local: NDArray[np.float32]) -> NDArray[np.float32]:
    """The features (..., G) of queries about steps, as they would be for a typical step of the same skill."""
    typical = local.copy()
    column = LOCAL.index
    typical[..., column("plain_logit")] -= typical[..., column("plain_step_ability")]
    typical[..., column("logit")] += typical[..., column("skill_logit")] - typical[..., column("step_logit")]
    typical[..., column("step_logit")] = typical[..., column("skill_logit")]
    typical[..., column("step_log_tried")] = typical[..., column("skill_log_tried")]
    for name in LOCAL[column("step_log_successes") : column("plain_ability")]:
        typical[..., column(name)] = 0
    typical[..., [column("plain_step_ability"), column("step_surprise")]] = 0
    typical[..., column("typical")] = 1
    return typical


def _capped(streak: int) -> int:
    return max(-STREAK, min(STREAK, streak))


def _sign(streak: int) -> float:
    return 1.0 if streak > 0 else -1.0 if streak < 0 else 0.0
