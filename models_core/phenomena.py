"""Phenomena: what the log of any tutor shows about how people practise, one number each.

A simulator is a test bed only as far as these come out as they do on real logs; `measure` says it of either.

Letters: V visits of one learner, P practices (one learner's outcomes on one skill, oldest first), n opportunities.

A log is a list of visits: once through a step, of which the first answer counts (DataShop: right only if right at once
and without a hint). A number for which no row of the log speaks is NaN: few logs have clocks, fewer say when each hint
was read, and where every step is a skill of its own nobody practises any.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models_core.curriculum import Curriculum
from models_core.events import Attempt, Event, HintShown
from models_core.logs import LearnerLog

HOUR_S, DAY_S = 3600.0, 86_400.0
READ_S = 2.0  # nobody has read a hint sooner


class Visit(NamedTuple):
    """Once through a step.

    Attributes:
        step, skill: their names; the skill is the step's main one.
        correct: whether the first answer was right, and no hint came before it.
        at: when it was given, in seconds on any clock; None where there is no clock.
        hints_s: for how long each hint of the visit was looked at; None where that is not known.
    """

    step: str
    skill: str
    correct: bool
    at: float | None = None
    hints_s: tuple[float, ...] | None = None


Logs = Sequence[Sequence[Visit]]  # one list of visits for each learner, oldest first
Practices = Sequence[Sequence[bool]]


@dataclass(frozen=True, slots=True)
class Phenomena:
    """What one log shows; each is explained at the function of its name."""

    success: float
    step_spread: float
    learner_spread: float
    recency: float
    mood: float
    practice_slope: float
    wheel_spinning: float
    right_after_failures: float
    wrong_after_successes: float
    forgetting_by_visits: float
    forgetting_by_days: float
    hint_abuse: float


def measure(logs: Logs) -> Phenomena:
    """All phenomena of a log."""
    practices = practices_of(logs)
    return Phenomena(
        success=success(logs),
        step_spread=step_spread(logs),
        learner_spread=learner_spread(logs),
        recency=recency(practices),
        mood=mood(logs),
        practice_slope=practice_slope(practices),
        wheel_spinning=wheel_spinning(practices),
        right_after_failures=right_after_failures(practices),
        wrong_after_successes=wrong_after_successes(practices),
        forgetting_by_visits=forgetting_by_visits(logs),
        forgetting_by_days=forgetting_by_days(logs),
        hint_abuse=hint_abuse(logs),
    )


# Logs as visits -----------------------------------------------------------------------------------------------------


def visits_of_log(log: LearnerLog) -> list[Visit]:
    """The visits of a real learner; second tries are no visits, and nobody knows how the hints were read."""
    at: Iterable[float | None] = [None] * len(log) if log.time_s is None else log.time_s.tolist()
    rows = zip(log.item, log.skill, log.correct.tolist(), at, strict=True)
    if log.attempt is None:
        return [Visit(*row) for row in rows]
    return [Visit(*row) for row, first in zip(rows, (log.attempt == 1).tolist(), strict=True) if first]


def visits_of_events(events: Sequence[Event], curriculum: Curriculum) -> list[Visit]:
    """The visits of a learner of ours; a visit that ends without an answer is none. Raises UnknownStep."""
    visits = []
    for visit in _cut_into_visits(events):
        answers = [event for event in visit if isinstance(event, Attempt)]
        if answers:
            step = curriculum.step_index(answers[0].step)
            skill = curriculum.skills[curriculum.main_skills[step]]
            hints_s = tuple(after.at - hint.at for hint, after in pairwise(visit) if isinstance(hint, HintShown))
            correct = answers[0].correct and not answers[0].aided
            visits.append(Visit(answers[0].step, skill, correct, answers[0].at, hints_s))
    return visits


def _cut_into_visits(events: Sequence[Event]) -> Iterator[list[Attempt | HintShown]]:
    """Attempts and hints that belong together; chats belong to no visit."""
    visit: list[Attempt | HintShown] = []
    tries = hints = 0
    for event in events:
        if not isinstance(event, Attempt | HintShown):
            continue
        over = visit and (
            event.step != visit[0].step
            or (isinstance(visit[-1], Attempt) and visit[-1].correct)
            or (event.try_number <= tries if isinstance(event, Attempt) else event.level <= hints)
        )
        if over:
            yield visit
            visit, tries, hints = [], 0, 0
        visit.append(event)
        if isinstance(event, Attempt):
            tries = event.try_number
        else:
            hints = event.level
    if visit:
        yield visit


def practices_of(logs: Logs) -> list[list[bool]]:
    """The P practices of all learners."""
    found: list[list[bool]] = []
    for log in logs:
        outcomes: dict[str, list[bool]] = defaultdict(list)
        for visit in log:
            outcomes[visit.skill].append(visit.correct)
        found += outcomes.values()
    return found


# Spread -------------------------------------------------------------------------------------------------------------


def success(logs: Logs) -> float:
    """Share of right answers, 0 to 1."""
    return _share([visit.correct for log in logs for visit in log])


def step_spread(logs: Logs) -> float:
    """How much steps differ in difficulty: `spread` between them, >= 0.

    It is that of everybody's answers to a step: for one learner at one moment, steps differ more.
    """
    return _spread_by((visit.step, visit.correct) for log in logs for visit in log)


def learner_spread(logs: Logs) -> float:
    """How much learners differ in success: `spread` between them, >= 0."""
    return _spread_by((number, visit.correct) for number, log in enumerate(logs) for visit in log)


def _spread_by(answers: Iterable[tuple[Hashable, bool]], least: int = 10) -> float:
    """The spread between groups with at least so many answers."""
    tried: Counter[Hashable] = Counter()
    right: Counter[Hashable] = Counter()
    for group, correct in answers:
        tried[group] += 1
        right[group] += correct
    groups = [group for group, count in tried.items() if count >= least]
    return spread([right[group] for group in groups], [tried[group] for group in groups])


def spread(right: ArrayLike, tried: ArrayLike) -> float:
    """Standard deviation, in logits, of the chances behind so many right answers in so many; 0 to 5.

    The chances p_i = sigmoid(m + s z_i), z_i normal, have a mean and a variance; s is where both are those seen:

        mean = mean(r_i / n_i)        variance = var(r_i / n_i) - mean(r_i (n_i - r_i) / (n_i^2 (n_i - 1)))

    The second term is what counting n_i answers adds to the variance, without bias for any n_i > 1. NaN for fewer than
    two groups, or when every answer is the same.
    """
    r, n = np.asarray(right, np.float64), np.asarray(tried, np.float64)
    if len(n) < 2 or r.sum() in (0, n.sum()):
        return math.nan
    share = r / n
    mean, variance = float(share.mean()), float(share.var(ddof=1) - np.mean(share * (1 - share) / (n - 1)))
    z, weight = np.polynomial.hermite_e.hermegauss(31)
    weight /= weight.sum()

    def chances(s: float) -> NDArray[np.float64]:
        centre = _root(lambda m: float(weight @ _sigmoid(m + s * z)) - mean, -20, 20)
        return _sigmoid(centre + s * z)

    return _root(lambda s: float(weight @ (chances(s) - mean) ** 2) - variance, 0, 5)


# What the last outcomes tell ----------------------------------------------------------------------------------------


def recency(practices: Practices, far: int = 5) -> float:
    """How much more the last outcome on a skill tells than the fifth last; -2 to 2, 0 if order does not matter.

    With y_t the outcomes of a practice, over all t that have a fifth last:

        P(y_t | y_t-1 = 1) - P(y_t | y_t-1 = 0)  -  (P(y_t | y_t-5 = 1) - P(y_t | y_t-5 = 0))
    """
    return _last_against_past(
        (practice[t], practice[t - 1], practice[t - far]) for practice in practices for t in range(far, len(practice))
    )


def mood(logs: Logs, far: int = 10) -> float:
    """How much more the last outcome on another skill tells than the tenth last; -2 to 2, 0 if order does not matter.

    The formula of `recency`, over the visits t of a learner where neither t - 1 nor t - 10 was to the skill of t: what
    is measured belongs to the learner and the moment, not to what they know of the skill.
    """
    return _last_against_past(
        (log[t].correct, log[t - 1].correct, log[t - far].correct)
        for log in logs
        for t in range(far, len(log))
        if log[t].skill not in (log[t - 1].skill, log[t - far].skill)
    )


def _last_against_past(outcomes: Iterable[tuple[bool, bool, bool]]) -> float:
    """From (now, last, past): how much more likely a success is after a success, less the same for the past."""
    now, last, past = np.array([*outcomes], np.bool_).reshape(-1, 3).T
    after_last, after_past = (_share(now[then]) - _share(now[~then]) for then in (last, past))
    return after_last - after_past


def right_after_failures(practices: Practices, run: int = 4) -> float:
    """Success rate after the last four outcomes (or more) on the skill were wrong, 0 to 1: guessing is its floor."""
    return _share([now for practice in practices for now in _after_run(practice, right=False, run=run)])


def wrong_after_successes(practices: Practices, run: int = 4) -> float:
    """Failure rate after the last four outcomes (or more) on the skill were right, 0 to 1: slipping is its floor."""
    return 1 - _share([now for practice in practices for now in _after_run(practice, right=True, run=run)])


def _after_run(practice: Iterable[bool], *, right: bool, run: int) -> Iterator[bool]:
    """The outcomes before which the last `run` were all right, or all wrong."""
    length = 0
    for now in practice:
        if length >= run:
            yield now
        length = length + 1 if now == right else 0


# Practice and forgetting --------------------------------------------------------------------------------------------


def practice_curve(practices: Practices, n: int = 10) -> NDArray[np.float64]:
    """(n,) success rate at the first n opportunities of the practices that are so long; NaN if none is.

    The same learners are in all of its points, so nobody's dropping out bends it. Where practice ends with mastery they
    are those who did not get there early, which makes the first points low and the curve steep: compare like with like.
    """
    long = [practice[:n] for practice in practices if len(practice) >= n]
    return np.mean(long, axis=0) if long else np.full(n, math.nan)


def practice_slope(practices: Practices, n: int = 10) -> float:
    """Logits gained when practice becomes e times as long; any number, 0 if practice does nothing.

    Least squares of logit(`practice_curve`) on log(opportunity); half a success and half a failure are added to each
    point, so that none is infinite.
    """
    count = sum(len(practice) >= n for practice in practices)
    right = practice_curve(practices, n) * count
    logit = np.log((right + 0.5) / (count - right + 0.5))
    x = np.log(np.arange(1, n + 1))
    x -= x.mean()
    return float(x @ logit / (x @ x))


def wheel_spinning(practices: Practices, n: int = 10, streak: int = 3) -> float:
    """Share of practices without three right in a row within ten opportunities, 0 to 1 (Beck & Gong 2013).

    Practices that ended sooner, and without three in a row, are not decided and do not count.
    """
    decided = []
    for practice in practices:
        mastered = any(True for _ in _after_run([*practice[:n], True], right=True, run=streak))
        if mastered or len(practice) >= n:
            decided.append(not mastered)
    return _share(decided)


def forgetting_by_visits(logs: Logs, long: int = 10) -> float:
    """Success on a skill at once after a success on it, minus success ten or more other visits after one; -1 to 1."""
    return _forgetting(logs, lambda gap, _: gap == 1, lambda gap, _: gap > long)


def forgetting_by_days(logs: Logs) -> float:
    """Success within an hour of a success on a skill, minus success a day or more after one; -1 to 1."""
    return _forgetting(logs, lambda _, gap_s: gap_s < HOUR_S, lambda _, gap_s: gap_s >= DAY_S)


def _forgetting(logs: Logs, short: Callable[[int, float], bool], long: Callable[[int, float], bool]) -> float:
    """Gaps are told in visits and in seconds (NaN where there is no clock)."""
    soon: list[bool] = []
    late: list[bool] = []
    for log in logs:
        last: dict[str, int] = {}
        for t, visit in enumerate(log):
            before = last.get(visit.skill)
            last[visit.skill] = t
            if before is None or not log[before].correct:
                continue
            then = log[before].at
            gap_s = math.nan if visit.at is None or then is None else visit.at - then
            if short(t - before, gap_s):
                soon.append(visit.correct)
            elif long(t - before, gap_s):
                late.append(visit.correct)
    return _share(soon) - _share(late)


# Hints --------------------------------------------------------------------------------------------------------------


def hint_abuse(logs: Logs) -> float:
    """Share of the visits in which all hints of the step were taken, none but the last for READ_S or longer; 0 to 1.

    How many hints a step has is not in the log: at least two, and as many as anybody took. NaN where nobody knows how
    hints were read. So it is on the real logs that we have; the nearest published figure is 14 % of *actions* in a
    geometry tutor known for it (Aleven et al. 2006, a run of quick hints being one action).
    """
    seen = [(visit.step, visit.hints_s) for visit in chain.from_iterable(logs) if visit.hints_s is not None]
    there: dict[str, int] = {}
    for step, hints_s in seen:
        there[step] = max(len(hints_s), there.get(step, 2))
    return _share([len(h) == there[step] and all(seconds < READ_S for seconds in h[:-1]) for step, h in seen])


# Arithmetic ---------------------------------------------------------------------------------------------------------


def _share(outcomes: Sequence[bool] | NDArray[np.bool_]) -> float:
    """Share that is true, NaN of nothing."""
    return float(np.mean(outcomes)) if len(outcomes) else math.nan


def _sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-x))


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function is nought between two numbers, or the end that is nearer to it."""
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2
