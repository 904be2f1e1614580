"""Which misconceptions a learner holds: a small Bayesian model over what they answered where it could have shown.

A misconception is a hidden switch, on or off. At a step it may lead to one wrong answer, and what is answered there is
evidence:

    held, and the answer is the one it leads to        it showed                     `expression`
    the answer is right, at the first try, unaided     it did not show               1 - `expression`
    a wrong answer that it happens to lead to          or else a slip landed there   `slip` times `lands`

Several misconceptions may lead to the same number: all ways of holding them (2^n, n at most `MOST_AT_ONCE`) are weighed
against each other and against "a slip, none of these". Where they can't be told apart, what the learner answered before
decides. Between misconceptions of different steps nothing is assumed, and after each answer a switch may flip: off
(`unlearning`) or on (`relapse`).

`Parameters` are fitted by `models_core.train_misconceptions` and stored with the weights. What is kept of a learner is
one `Belief` per misconception, a cache of their log: `Misconceptions.after` is the only place where it changes.

No torch here, and nothing of it is a network: web processes may import it. It is a `diagnose` student in what it does,
not a `StudentModel`: it has no tensors, belongs to no teacher, and one set of a dozen numbers serves every course.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).parent / "weights" / "misconceptions"
CONFIG = "config.json"
FORMAT = 1
SLIP = ""  # the name of the hypothesis that no misconception is behind an answer
MOST_AT_ONCE = 6  # misconceptions weighed together at one step; beyond that the least believed wait
RIGHT_TO_RESOLVE = 3  # unaided first tries that were right where it could have shown, and it counts as behind
SURE = 0.8  # met twice and believed this much: confirmed without having been asked about

# Where a slip lands that is no misconception: the shapes of a numeric answer, and the other kinds of answer.
MINUS, ONE_SIGN, RECIPROCAL, TENS, PART = "minus", "one-sign", "reciprocal", "tens", "part"
ONE_OFF, TWO_OFF, NUMBER, ANYWHERE = "one-off", "two-off", "number", "anywhere"
CHOICE, TEXT = "choice", "text"
NUMERIC = (MINUS, ONE_SIGN, RECIPROCAL, TENS, PART, ONE_OFF, TWO_OFF, NUMBER, ANYWHERE)
NAMED_SLIPS = (MINUS, ONE_SIGN, RECIPROCAL, TENS, PART)  # those that somebody can be asked about
LANDINGS = (*NUMERIC, CHOICE, TEXT)

Lands = tuple[tuple[str, int], ...]  # shapes that an answer has, each with how many answers have that shape


class WeightsRefused(ValueError):
    """A file of parameters that can't be used; the sentence says why."""


# --- what is believed ---------------------------------------------------------------------------------------------


class Stage(StrEnum):
    """How far the tutor is with a misconception of a learner."""

    UNSEEN = "unseen"
    SUSPECTED = "suspected"
    PROBED = "probed"
    CONFIRMED = "confirmed"
    RESOLVED = "resolved"


OPEN = (Stage.SUSPECTED, Stage.PROBED, Stage.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Belief:
    """One misconception of one learner.

    Attributes:
        probability: that it is held.
        times_met: answers that were named after it.
        opportunities_since: unaided first tries since it was last met, right where it could have shown.
    """

    probability: float
    stage: Stage = Stage.UNSEEN
    times_met: int = 0
    opportunities_since: int = 0


def transition(before: Belief, *, probability: float, named: bool, probed: bool, passed: bool) -> Belief:
    """Where a misconception stands after an answer. The whole lifecycle is here.

    Args:
        before: as it was.
        probability: that it is held, the answer included.
        named: the answer was named after it.
        probed: and the tutor's reply asked about it.
        passed: it could have shown, and the answer was right: unaided, at the first try.
    """
    stage, met, since = before.stage, before.times_met, before.opportunities_since
    if named:
        met, since = met + 1, 0
        if stage in (Stage.UNSEEN, Stage.RESOLVED):
            stage = Stage.SUSPECTED
        elif stage == Stage.PROBED or probability >= SURE:
            stage = Stage.CONFIRMED
        if probed and stage == Stage.SUSPECTED:
            stage = Stage.PROBED
    elif passed:
        since += 1
        if stage in OPEN and since >= RIGHT_TO_RESOLVE:
            stage = Stage.RESOLVED
    return Belief(probability, stage, met, since)


# --- what happened ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Encounter:
    """One answer to a step where misconceptions could show.

    Attributes:
        could_show: slugs of those that lead to a wrong answer here.
        correct: the answer was right.
        fits: slugs of those that lead to just this answer.
        lands: the shapes of the answer, where something fits: how likely a slip is to land there.
        forecast: P(correct unaided answer) before the answer was known; None where nobody said.
        counts: an unaided first try; at others, help and the tutor's "not yet" speak as well.
    """

    could_show: tuple[str, ...]
    correct: bool
    fits: tuple[str, ...] = ()
    lands: Lands = ()
    forecast: float | None = None
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is behind a wrong answer: misconceptions and `SLIP`, the likeliest first; the probabilities sum to 1."""

    ranked: tuple[tuple[str, float], ...]
    abstains: bool

    @property
    def named(self) -> str | None:
        """The misconception that the answer is named after, None where the model abstains."""
        return None if self.abstains else self.ranked[0][0]


NOTHING_FITS = Diagnosis(((SLIP, 1.0),), abstains=True)


# --- the model ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Parameters:
    """What is the same for all learners and courses; probabilities unless said otherwise.

    Attributes:
        prior: that a learner holds a misconception of which nothing was seen yet.
        expression: that a held one shows where it can.
        slip: of a wrong answer that no misconception is behind, at a usual forecast.
        unlearning: that a held one is gone after an answer at which it could have shown.
        relapse: that one which was not held is, after such an answer.
        usual: the log-odds of a usual forecast.
        slip_by_forecast: how much the log-odds of a slip fall as those of the forecast rise.
        belief_by_forecast: how much the log-odds that a misconception is held fall as those of the forecast rise.
        name_above: an answer is named from this probability on.
        name_slip_above: a slip of no misconception is named from this probability on.
        landing: by shape, the share of slips that have it.
    """

    prior: float
    expression: float
    slip: float
    unlearning: float
    relapse: float
    usual: float
    slip_by_forecast: float
    belief_by_forecast: float
    name_above: float
    name_slip_above: float
    landing: Mapping[str, float]

    def __post_init__(self) -> None:
        for name in ("prior", "expression", "slip", "unlearning", "relapse", "name_above", "name_slip_above"):
            value = getattr(self, name)
            if not _is_number(value) or not 0 < value < 1:
                raise WeightsRefused(f"{name} must lie between 0 and 1, not {value!r}.")
        for name in ("usual", "slip_by_forecast", "belief_by_forecast"):
            value = getattr(self, name)
            if not _is_number(value) or abs(value) > 10:
                raise WeightsRefused(f"{name} must lie in [-10, 10], not {value!r}.")
        if not isinstance(self.landing, Mapping) or set(self.landing) != set(LANDINGS):
            raise WeightsRefused(f"landing must have a share for each of {', '.join(LANDINGS)}.")
        for name, value in self.landing.items():
            if not _is_number(value) or not 0 < value <= 1:
                raise WeightsRefused(f"The landing {name} must lie in (0, 1], not {value!r}.")


class Misconceptions:
    """The `diagnose` student for courses whose misconceptions have names. Holds no learner; threads may share it."""

    def __init__(self, parameters: Parameters) -> None:
        self.parameters = parameters

    def newcomer(self) -> Belief:
        """What is believed before anything was seen."""
        return Belief(self.parameters.prior)

    def diagnose(self, beliefs: Mapping[str, Belief], encounter: Encounter) -> Diagnosis:
        """What is behind a wrong answer, before the learner's beliefs learn of it.

        Args:
            beliefs: by slug, as they were before the answer; those that are missing are a newcomer's.
            encounter: the answer.
        """
        if encounter.correct or not encounter.fits:
            return NOTHING_FITS
        slugs, weights = self._ways_of_holding(beliefs, encounter)
        chance = self._slip(encounter) * self.landing(encounter.lands)
        masses = dict.fromkeys((*encounter.fits, SLIP), 0.0)
        for way, weight in enumerate(weights):
            held = [slug for number, slug in enumerate(slugs) if way >> number & 1]
            for slug in held:
                if slug in masses:
                    masses[slug] += weight * self.parameters.expression / len(held)
            masses[SLIP] += weight * self._silent(held) * chance
        total = sum(masses.values())
        ranked = sorted(((slug, mass / total) for slug, mass in masses.items()), key=lambda pair: (-pair[1], pair[0]))
        best, probability = ranked[0]
        return Diagnosis(tuple(ranked), abstains=best == SLIP or probability < self.parameters.name_above)

    def after(
        self, beliefs: Mapping[str, Belief], encounter: Encounter, *, named: str | None = None, probed: bool = False
    ) -> dict[str, Belief]:
        """The beliefs that an answer changes, as they are after it.

        Args:
            beliefs: by slug, as they were before.
            encounter: the answer.
            named: the slug that it was named after at the time, if it was.
            probed: the tutor's reply asked about it.
        """
        probabilities = self._probabilities_after(beliefs, encounter)
        passed = encounter.correct and encounter.counts
        return {
            slug: transition(
                beliefs.get(slug, self.newcomer()),
                probability=probability,
                named=slug == named,
                probed=probed and slug == named,
                passed=passed,
            )
            for slug, probability in probabilities.items()
        }

    def log_likelihood(self, beliefs: Mapping[str, Belief], encounter: Encounter) -> float:
        """Of how the answer came out: right, wrong as foreseen, or wrong in another way."""
        if not _tells(encounter):
            return 0.0
        _, weights = self._ways_of_holding(beliefs, encounter)
        chances = self._chances(encounter)
        return math.log(max(sum(w * c for w, c in zip(weights, chances, strict=True)), 1e-300))

    def landing(self, lands: Lands) -> float:
        """The chance that a slip gives just this answer."""
        return min(1.0, sum(self.parameters.landing[shape] / max(count, 1) for shape, count in lands))

    def slip_shapes(self, lands: Lands) -> list[tuple[str, float]]:
        """The shapes of a wrong answer that no misconception leads to, the likeliest first, with probabilities."""
        shares = [(shape, self.parameters.landing[shape] / max(count, 1)) for shape, count in lands]
        total = sum(share for _, share in shares)
        return sorted(((shape, share / total) for shape, share in shares), key=lambda pair: -pair[1]) if total else []

    # How likely is what happened ----------------------------------------------------------------------------------

    def _probabilities_after(self, beliefs: Mapping[str, Belief], encounter: Encounter) -> dict[str, float]:
        before = {slug: beliefs.get(slug, self.newcomer()).probability for slug in encounter.could_show}
        if not _tells(encounter):
            return before
        slugs, weights = self._ways_of_holding(beliefs, encounter)
        posterior = [w * c for w, c in zip(weights, self._chances(encounter), strict=True)]
        total = sum(posterior)
        shift = self._shift(encounter)
        after = dict(before)
        for number, slug in enumerate(slugs):
            held = sum(mass for way, mass in enumerate(posterior) if way >> number & 1) / total
            lasting = _sigmoid(_logit(held) + shift)  # the forecast spoke about this moment only
            after[slug] = lasting * (1 - self.parameters.unlearning) + (1 - lasting) * self.parameters.relapse
        return after

    def _ways_of_holding(
        self, beliefs: Mapping[str, Belief], encounter: Encounter
    ) -> tuple[tuple[str, ...], list[float]]:
        """The misconceptions weighed, and the prior of each way of holding them: bit k of its place says that the
        k-th is held."""
        shift = self._shift(encounter)
        believed = {slug: beliefs.get(slug, self.newcomer()).probability for slug in encounter.could_show}
        fitting = set(encounter.fits)
        slugs = sorted(believed, key=lambda slug: (slug not in fitting, -believed[slug], slug))[:MOST_AT_ONCE]
        weights = [1.0]
        for slug in reversed(slugs):
            p = _sigmoid(_logit(believed[slug]) - shift)
            weights = [weight * share for weight in weights for share in (1 - p, p)]
        return tuple(slugs), weights

    def _chances(self, encounter: Encounter) -> list[float]:
        """For each way of holding, the chance of the answer. Same order as `_ways_of_holding`."""
        count = min(len(encounter.could_show), MOST_AT_ONCE)
        fitting = min(len(encounter.fits), count)  # they stand first
        slip = self._slip(encounter)
        chance = self.landing(encounter.lands) if encounter.fits else 1.0
        chances = []
        for way in range(1 << count):
            held = way.bit_count()
            silent = 1 - self.parameters.expression if held else 1.0
            if encounter.correct:
                chances.append(silent * (1 - slip))
                continue
            shown = (way & ((1 << fitting) - 1)).bit_count()
            chances.append((self.parameters.expression * shown / held if held else 0.0) + silent * slip * chance)
        return chances

    def _silent(self, held: Sequence[str]) -> float:
        return 1 - self.parameters.expression if held else 1.0

    def _slip(self, encounter: Encounter) -> float:
        odds = _logit(self.parameters.slip) - self.parameters.slip_by_forecast * self._surprise(encounter)
        return _sigmoid(odds)

    def _shift(self, encounter: Encounter) -> float:
        return self.parameters.belief_by_forecast * self._surprise(encounter)

    def _surprise(self, encounter: Encounter) -> float:
        """How far the forecast lies above a usual one, in log-odds."""
        if encounter.forecast is None:
            return 0.0
        return _logit(min(max(encounter.forecast, 0.02), 0.98)) - self.parameters.usual


def _tells(encounter: Encounter) -> bool:
    """Whether the answer says something about what is held: a later try or an aided one only by what it fits."""
    return bool(encounter.could_show) and (encounter.counts or bool(encounter.fits))


# --- where a slip lands -------------------------------------------------------------------------------------------


def slip_values(
    key: Fraction, *, parts: Iterable[Fraction] = (), numbers: Iterable[Fraction] = ()
) -> dict[str, tuple[Fraction, ...]]:
    """By shape, the wrong answers near a numeric key.

    Args:
        key: the right answer.
        parts: right answers of the problem's other steps and of the step's smaller ones.
        numbers: that stand in the question.
    """
    stated = sorted(set(numbers))
    shapes: dict[str, list[Fraction]] = {
        MINUS: [-key],
        ONE_SIGN: [
            wrong for one in stated for other in stated if one < other for wrong in _one_sign_wrong(key, one, other)
        ],
        RECIPROCAL: [1 / key, -1 / key] if key else [],
        TENS: [key * 10, key / 10],
        PART: sorted(set(parts)),
        ONE_OFF: [key + 1, key - 1],
        TWO_OFF: [key + 2, key - 2],
        NUMBER: stated,
    }
    return {shape: tuple(dict.fromkeys(v for v in values if v != key)) for shape, values in shapes.items()}


def _one_sign_wrong(key: Fraction, one: Fraction, other: Fraction) -> list[Fraction]:
    """Where the key is a sum or difference of two numbers of the question: what it is with one sign turned."""
    if not one or not other:
        return []
    made = [(a, b) for a in (one, -one) for b in (other, -other) if a + b == key]
    return [wrong for a, b in made for wrong in (a - b, b - a)]


def lands_on(value: Fraction, key: Fraction, values: Mapping[str, tuple[Fraction, ...]]) -> Lands:
    """The shapes of a numeric answer: those of `slip_values` that it has, and that it may be any number so large."""
    shapes = [(shape, len(found)) for shape, found in values.items() if value in found]
    return (*shapes, (ANYWHERE, round(4 * abs(key)) + 21))


# --- parameters as a file -----------------------------------------------------------------------------------------


def save_parameters(parameters: Parameters, folder: Path, *, metrics: Mapping[str, Any], card: str) -> None:
    """Writes config, metrics and card."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {"format": FORMAT, "kind": "misconceptions", **asdict(parameters)}
    (folder / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    (folder / "card.md").write_text(card, encoding="utf-8")


def load_parameters(folder: Path) -> Parameters:
    """Reads what `save_parameters` wrote. Raises WeightsRefused."""
    path = folder / CONFIG
    try:
        config = json.loads(path.read_bytes()[:65_536])
    except OSError as error:
        raise WeightsRefused(f"{path} cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise WeightsRefused(f"{path} is not valid JSON.") from error
    if not isinstance(config, dict) or config.get("format") != FORMAT or config.get("kind") != "misconceptions":
        raise WeightsRefused(f"{path} does not hold parameters of misconceptions of format {FORMAT}.")
    values = {name: value for name, value in config.items() if name not in ("format", "kind")}
    if odd := values.keys() ^ {field.name for field in fields(Parameters)}:
        raise WeightsRefused(f"{path} has other fields than expected: {', '.join(sorted(odd))}.")
    return Parameters(**values)


@lru_cache(maxsize=1)
def shipped() -> Misconceptions:
    """The model that comes with the site. Raises WeightsRefused."""
    return Misconceptions(load_parameters(SHIPPED))


# --- how good it is -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Planted:
    """An answer of a simulated learner: what happened, and what was behind it.

    `cause`: slug of the planted misconception that gave a wrong answer, `SLIP` for another wrong answer, None for a
    right one.
    """

    encounter: Encounter
    cause: str | None


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over wrong answers of simulated learners.

    Attributes:
        planted: that a planted misconception gave.
        right, other, silent: of those, how many were named right, named after another one, not named.
        tied: of those, how many fit more than one misconception; `tied_right` of them named right.
        slips: wrong answers that no planted misconception gave; `slips_named` of them named all the same.
        foreseen_slips: slips that landed on a foreseen wrong answer.
    """

    planted: int = 0
    right: int = 0
    other: int = 0
    silent: int = 0
    tied: int = 0
    tied_right: int = 0
    slips: int = 0
    slips_named: int = 0
    foreseen_slips: int = 0

    @property
    def named_right(self) -> float:
        return self.right / self.planted if self.planted else math.nan

    @property
    def named_wrongly(self) -> float:
        return self.slips_named / self.slips if self.slips else math.nan

    def plus(self, diagnosis: Diagnosis, answer: Planted) -> "Score":
        """With one more wrong answer."""
        named, tied = diagnosis.named, len(answer.encounter.fits) > 1
        if answer.cause == SLIP:
            return replace(
                self,
                slips=self.slips + 1,
                slips_named=self.slips_named + (named is not None),
                foreseen_slips=self.foreseen_slips + bool(answer.encounter.fits),
            )
        right = named == answer.cause
        return replace(
            self,
            planted=self.planted + 1,
            right=self.right + right,
            other=self.other + (named is not None and not right),
            silent=self.silent + (named is None),
            tied=self.tied + tied,
            tied_right=self.tied_right + (tied and right),
        )


def score(model: Misconceptions, learners: Iterable[Sequence[Planted]]) -> Score:
    """Names every wrong answer as the site would, each learner's beliefs growing with their answers."""
    total = Score()
    for answers in learners:
        beliefs: dict[str, Belief] = {}
        for answer in answers:
            named = None
            if answer.cause is not None:
                diagnosis = model.diagnose(beliefs, answer.encounter)
                named = diagnosis.named
                total = total.plus(diagnosis, answer)
            beliefs |= model.after(beliefs, answer.encounter, named=named, probed=named is not None)
    return total


# ------------------------------------------------------------------------------------------------------------------


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _logit(p: float) -> float:
    p = min(max(p, 1e-9), 1 - 1e-9)
    return math.log(p / (1 - p))


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))
