"""`manage.py diagnose_simulated COURSE`: are planted misconceptions named, and nothing else? Prints both shares.

Simulated learners answer real variants of the course; their answers go through the answer checker and are named as a
live turn names them. With `--out`, writes them as `models_core.train_misconceptions` reads them, and names nothing.
"""

import json
from argparse import ArgumentTypeError
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

from django.core.management.base import BaseCommand, CommandError, CommandParser

from models_core.misconceptions import (
    ANYWHERE,
    NUMERIC,
    SLIP,
    TEXT,
    Belief,
    Score,
    lands_on,
    shipped,
)
from models_core.train_misconceptions import SlipShape, write_log
from tutor_app.courses.models import Course
from tutor_app.registry.misconceptions import key_number, number_of, slip_values_of
from tutor_app.tutoring.checking import CheckerPool
from tutor_app.tutoring.diagnosing import diagnose, slip_behind
from tutor_app.tutoring.planted import Answer, PlantedConfig, PlantedLearners, Slips, heard


def at_least_one(text: str) -> int:
    number = int(text) if text.strip().isdecimal() else 0
    if number < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1.")
    return number


class Command(BaseCommand):
    help = "Names the wrong answers of simulated learners with planted misconceptions; counts how often it is right."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("course", help="the course's slug")
        parser.add_argument("--learners", type=at_least_one, default=200)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--slips", choices=get_args(Slips), default="people", help="where slips land")
        parser.add_argument("--out", type=Path, help="write the answers here, for training, and name nothing")

    def handle(
        self, *args: Any, course: str, learners: int, seed: int, slips: Slips, out: Path | None, **options: Any
    ) -> None:
        found = Course.objects.filter(slug=course).first()
        if found is None:
            known = ", ".join(Course.objects.values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no course “{course}” here. There are: {known}.")
        school = PlantedLearners(found, PlantedConfig(slips=slips), seed=seed)
        if not school.slugs:
            raise CommandError(f"No step of “{course}” foresees a wrong answer, so nothing can be planted.")
        with CheckerPool(size=1) as checker:
            if out is not None:
                self.write(school, learners, checker, out)
            else:
                self.stdout.write(json.dumps(measure(school, learners, checker)))

    def write(self, school: PlantedLearners, learners: int, checker: CheckerPool, out: Path) -> None:
        try:
            with out.open("w", encoding="utf-8") as file:
                for number in range(learners):
                    answers = heard(school.answers(number), checker)
                    file.write(write_log((planted, shape_of(answer)) for answer, planted in answers) + "\n")
        except OSError as error:
            raise CommandError(f"{out} cannot be written ({error.strerror}).") from error
        self.stdout.write(f"{learners} learners in {out}.")


def shape_of(answer: Answer) -> SlipShape | None:
    """The shape of a slip; one that has several is counted under the one with the fewest values."""
    if answer.cause != SLIP or answer.step.choices:
        return None
    key, value = key_number(answer.step), number_of(answer.text)
    if key is None or value is None:
        return SlipShape(TEXT, (TEXT,))
    values = slip_values_of(answer.variant, answer.step, key)
    made = min(lands_on(value, key, values), key=lambda pair: (pair[1], NUMERIC.index(pair[0])))[0]
    return SlipShape(made, (*(shape for shape, found in values.items() if found), ANYWHERE))


def measure(school: PlantedLearners, learners: int, checker: CheckerPool) -> dict[str, Any]:
    """Both shares with their counts, those of learners who showed no misconception, and how the rest comes about."""
    total, first, showed_none = Score(), Score(), Score()
    slips: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for number in range(learners):
        score, at_first = Score(), Score()
        beliefs: dict[str, Belief] = {}
        for answer, planted in heard(school.answers(number), checker):
            named = None
            if answer.cause is not None:
                fits = planted.encounter.fits
                found = diagnose(fits, answer.variant, answer.step, beliefs=beliefs, forecast=answer.forecast)
                named = found.named
                score = score.plus(found, planted)
                if answer.cause == SLIP or not met_before(beliefs, answer.cause):
                    at_first = at_first.plus(found, planted)
                if answer.cause not in (SLIP, named):
                    missed[f"{answer.cause} as {named or 'nothing'}"] += 1
                if not fits and answer.cause == SLIP:
                    count_slip(slips, answer, checker)
            beliefs |= shipped().after(beliefs, planted.encounter, named=named, probed=named is not None)
        total, first = added(total, score), added(first, at_first)
        showed_none = added(showed_none, score) if not score.planted else showed_none
    return {
        "named_right": round(total.named_right, 4),
        "named_where_none_was_planted": round(total.named_wrongly, 4),
        "counts": asdict(total),
        "named_right_until_named_once": round(first.named_right, 4),
        "named_of_learners_who_showed_none": [showed_none.slips_named, showed_none.slips],
        "common_slips_named": [slips["named"], slips["numeric"]],
        "missed": dict(missed.most_common(8)),
    }


def met_before(beliefs: dict[str, Belief], slug: str | None) -> bool:
    return slug in beliefs and beliefs[slug].times_met > 0


def count_slip(slips: Counter[str], answer: Answer, checker: CheckerPool) -> None:
    """Counts a numeric slip that fits no misconception, and whether it is named a common one."""
    if answer.step.choices or key_number(answer.step) is None:
        return
    slips["numeric"] += 1
    slips["named"] += slip_behind(answer.text, answer.variant, answer.step, checker) is not None


def added(one: Score, other: Score) -> Score:
    return Score(**{name: value + asdict(other)[name] for name, value in asdict(one).items()})
