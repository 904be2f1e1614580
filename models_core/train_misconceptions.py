"""Fits the parameters of `models_core.misconceptions` to simulated learners.

    python -m models_core.train_misconceptions --train A.jsonl --valid B.jsonl --out models_core/weights/misconceptions

The logs are written by `manage.py diagnose_simulated COURSE --seed N --out A.jsonl`. Where slips land is counted. The
other parameters are those under which the answers of the training learners are likeliest, found by a simplex search
that starts from the seed. From which probability on an answer is named is chosen on the validation learners.
"""

import argparse
import json
import math
import random
import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from models_core.commands import out_folder, positive
from models_core.misconceptions import (
    CHOICE,
    LANDINGS,
    NUMERIC,
    SLIP,
    TEXT,
    Belief,
    Encounter,
    Misconceptions,
    Parameters,
    Planted,
    save_parameters,
    score,
)

Log = list[Planted]  # one learner's
BARS = [round(0.30 + 0.02 * n, 2) for n in range(34)]
# What the search moves: name, where it begins, and whether it is a probability.
MOVED = (
    ("prior", 0.1, True),
    ("expression", 0.85, True),
    ("slip", 0.08, True),
    ("unlearning", 0.05, True),
    ("relapse", 0.005, True),
    ("slip_by_forecast", 0.3, False),
    ("belief_by_forecast", 0.3, False),
)


class LogRefused(ValueError):
    """A file of simulated learners that can't be read; the sentence names the line."""


# --- logs as files ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SlipShape:
    """The shape of a slip, and the shapes that it could have had at this step."""

    made: str
    possible: tuple[str, ...]


@dataclass(frozen=True)
class Shapes:
    """How many slips had which shape, and how many could have had it."""

    made: Counter[str] = field(default_factory=Counter)
    possible: Counter[str] = field(default_factory=Counter)

    def share(self, shape: str) -> float:
        """Of the slips that could have this shape, those that have it; one more of each kind is added."""
        return (self.made[shape] + 1) / (self.possible[shape] + len(NUMERIC))


def write_log(answers: Iterable[tuple[Planted, SlipShape | None]]) -> str:
    """One learner as a line of JSON: each answer, and the shape of a slip in a number or text (else None)."""
    return json.dumps(
        [
            {**asdict(answer.encounter), "cause": answer.cause, "shape": None if shape is None else asdict(shape)}
            for answer, shape in answers
        ]
    )


def read_logs(path: Path) -> tuple[list[Log], Shapes]:
    """The learners of a file, and the shapes of their slips. Raises LogRefused."""
    logs: list[Log] = []
    shapes = Shapes()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise LogRefused(f"{path} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise LogRefused(f"{path} is not UTF-8.") from error
    for number, line in enumerate(lines, start=1):
        try:
            answers = json.loads(line)
            logs.append([_planted(answer) for answer in answers])
            for shape in filter(None, (answer["shape"] for answer in answers)):
                shapes.made[shape["made"]] += 1
                shapes.possible.update(shape["possible"])
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise LogRefused(f"{path}, line {number}, is not a simulated learner ({error!r}).") from error
    if not any(answer.cause == SLIP for log in logs for answer in log):
        raise LogRefused(f"{path} holds no slip to learn from.")
    return logs, shapes


def _planted(raw: dict[str, Any]) -> Planted:
    encounter = Encounter(
        could_show=tuple(raw["could_show"]),
        correct=bool(raw["correct"]),
        fits=tuple(raw["fits"]),
        lands=tuple((str(shape), int(count)) for shape, count in raw["lands"]),
        forecast=None if raw["forecast"] is None else float(raw["forecast"]),
        counts=bool(raw["counts"]),
    )
    return Planted(encounter, raw["cause"])


# --- fitting ------------------------------------------------------------------------------------------------------


def landing_shares(shapes: Shapes, logs: Sequence[Log]) -> dict[str, float]:
    """By shape, the share of slips that had it where they could.

    A choice that is wrong is always one of the wrong choices. Of slips in an answer that is neither a choice nor a
    number, the share is counted that landed on what a misconception leads to.
    """
    shares = {shape: shapes.share(shape) for shape in NUMERIC}
    slips = [answer.encounter for log in logs for answer in log if answer.cause == SLIP]
    landed = sum(any(shape == TEXT for shape, _ in slip.lands) for slip in slips)
    shares[CHOICE] = 1.0
    shares[TEXT] = (landed + 1) / (shapes.made[TEXT] + 2)
    return {shape: round(min(shares[shape], 1.0), 5) for shape in LANDINGS}


def fit(logs: Sequence[Log], shapes: Shapes, *, rounds: int, seed: int, say: Callable[[str], None]) -> Parameters:
    """The parameters under which these learners' answers are likeliest."""
    forecasts = [p for log in logs for a in log if (p := a.encounter.forecast) is not None]
    usual = sum(math.log(p / (1 - p)) for p in (min(max(p, 0.02), 0.98) for p in forecasts)) / max(len(forecasts), 1)
    fixed = {"usual": round(usual, 4), "name_above": 0.5, "name_slip_above": 0.8}
    landing = landing_shares(shapes, logs)

    def parameters(point: Sequence[float]) -> Parameters:
        values = {
            name: 1 / (1 + math.exp(-x)) if chance else x for (name, _, chance), x in zip(MOVED, point, strict=True)
        }
        return Parameters(**fixed, **values, landing=landing)

    def loss(point: Sequence[float]) -> float:
        if max(map(abs, point)) > 8:
            return math.inf
        model = Misconceptions(parameters(point))
        return -sum(likelihood(model, log) for log in logs)

    start = [math.log(begin / (1 - begin)) if chance else begin for _, begin, chance in MOVED]
    best = simplex_search(loss, start, rounds=rounds, rng=random.Random(seed), say=say)
    found = parameters(best)
    return replace(found, **{name: round(getattr(found, name), 5) for name, _, _ in MOVED})


def likelihood(model: Misconceptions, log: Log) -> float:
    """Log-likelihood of one learner's answers, each given those before it. Nothing of what was planted is used."""
    beliefs: dict[str, Belief] = {}
    total = 0.0
    for answer in log:
        total += model.log_likelihood(beliefs, answer.encounter)
        beliefs |= model.after(beliefs, answer.encounter)
    return total


def choose_bar(model: Misconceptions, logs: Sequence[Log], *, most_false: float) -> Misconceptions:
    """The model with the lowest bar at which no more than this share of slips is named, else with the highest."""

    def barred(bar: float) -> Misconceptions:
        return Misconceptions(replace(model.parameters, name_above=bar))

    place = bisect_left(BARS, True, key=lambda bar: score(barred(bar), logs).named_wrongly <= most_false)
    return barred(BARS[min(place, len(BARS) - 1)])


def simplex_search(
    loss: Callable[[Sequence[float]], float],
    start: Sequence[float],
    *,
    rounds: int,
    rng: random.Random,
    say: Callable[[str], None] = lambda _: None,
) -> list[float]:
    """The lowest point that Nelder and Mead's method finds; it needs no derivative."""
    corners = [list(start)]
    for axis in range(len(start)):
        corner = list(start)
        corner[axis] += rng.uniform(0.3, 0.6) * rng.choice((-1, 1))
        corners.append(corner)
    valued = sorted((loss(corner), corner) for corner in corners)
    for number in range(rounds):
        worst_value, worst = valued[-1]
        middle = [sum(column) / len(start) for column in zip(*(c for _, c in valued[:-1]), strict=True)]

        found = _beyond(loss, middle, worst, 1.0)
        if found[0] < valued[0][0]:
            found = min(found, _beyond(loss, middle, worst, 2.0))
        elif found[0] >= valued[-2][0]:
            found = _beyond(loss, middle, worst, 0.5 if found[0] < worst_value else -0.5)
        if found[0] < worst_value:
            valued[-1] = found
        else:
            best = valued[0][1]
            shrunk = [[(b + c) / 2 for b, c in zip(best, corner, strict=True)] for _, corner in valued[1:]]
            valued[1:] = [(loss(corner), corner) for corner in shrunk]
        valued.sort()
        if number % 20 == 19:
            say(f"round {number + 1}: {valued[0][0]:.2f}")
        if valued[-1][0] - valued[0][0] < 0.01:
            break
    return valued[0][1]


def _beyond(
    loss: Callable[[Sequence[float]], float], middle: Sequence[float], worst: Sequence[float], factor: float
) -> tuple[float, list[float]]:
    """The point on the line from the worst corner through the middle of the others, and its loss."""
    point = [m + factor * (m - w) for m, w in zip(middle, worst, strict=True)]
    return loss(point), point


# --- the command --------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--train", type=Path, required=True, help="simulated learners to learn from")
    parser.add_argument("--valid", type=Path, required=True, help="others, to choose the bar by")
    parser.add_argument("--out", type=out_folder, required=True)
    parser.add_argument("--rounds", type=positive, default=80, help="of the simplex search, at most")
    parser.add_argument("--most-false", type=float, default=0.012, help="share of slips that may be named")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    try:
        (train, shapes), (valid, _) = read_logs(options.train), read_logs(options.valid)
    except LogRefused as refusal:
        say(str(refusal))
        return 1
    parameters = fit(train, shapes, rounds=options.rounds, seed=options.seed, say=say)
    model = choose_bar(Misconceptions(parameters), valid, most_false=options.most_false)
    metrics = {"train_learners": len(train), "valid_learners": len(valid), "valid": asdict(score(model, valid))}
    save_parameters(model.parameters, options.out, metrics=metrics, card=card(model, options, metrics))
    print(json.dumps(metrics))
    return 0


def card(model: Misconceptions, options: argparse.Namespace, metrics: dict[str, Any]) -> str:
    found = metrics["valid"]
    lines = (
        "# Which misconceptions a learner holds",
        "",
        "Parameters of the Bayesian model in `models_core/misconceptions.py`, for courses that name their",
        "misconceptions and the wrong answers that these lead to. Not a network; no learner's data is in it.",
        "",
        f"- Data: {metrics['train_learners']} simulated learners to learn from, {metrics['valid_learners']} to choose "
        "the bar by, both with planted misconceptions on real variants of the built-in course.",
        "- Command: `python -m models_core.train_misconceptions --train A.jsonl --valid B.jsonl "
        f"--most-false {options.most_false} --seed {options.seed} --out ...` (how A and B are made: "
        "`docs/tutoring/misconceptions.md`).",
        f"- On the validation learners: {found['right']} of {found['planted']} planted named right, "
        f"{found['slips_named']} of {found['slips']} slips named all the same.",
        "- Limits: where people's slips land is assumed, not measured; refit when logs of people are there.",
        "- Licence: that of this repository.",
    )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
