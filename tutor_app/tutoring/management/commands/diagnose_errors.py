"""`manage.py diagnose_errors FILE.jsonl`: names the error behind each wrong step, one JSON object per line.

Lines that have a `label` are scored, on standard error. A line that cannot be used is told there with its number; the
others are answered and the exit status is 1.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from models_core.artifacts import ArtifactRefused
from models_core.diagnosis.evidence import Step, step_from
from models_core.diagnosis.scoring import Scores, score
from models_core.diagnosis.shipped import EQUATION_STEPS, load_diagnose_student
from models_core.diagnosis.student import Diagnosis

MOST_BYTES = 1_000_000  # of a line


class BadLine(Exception):
    """A line that is not a step; the message says what is wrong."""


@dataclass
class Told:
    """What was said of the steps that have a label."""

    truth: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    sure: list[float] = field(default_factory=list)
    abstains: list[bool] = field(default_factory=list)
    to_truth: list[float] = field(default_factory=list)

    def add(self, label: str, diagnosis: Diagnosis) -> None:
        self.truth.append(label)
        self.said.append(diagnosis.label)
        self.sure.append(diagnosis.probability)
        self.abstains.append(diagnosis.abstains)
        self.to_truth.append(dict(diagnosis.ranked).get(label, 0.0))

    def scores(self) -> Scores:
        return score(self.truth, self.said, self.sure, self.abstains, self.to_truth)


def step_of(line: bytes) -> tuple[Step, str | None]:
    """The step on a line and its label, where it has one. Raises BadLine."""
    if len(line) > MOST_BYTES:
        raise BadLine(_("the line is longer than %(most)d bytes") % {"most": MOST_BYTES})
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise BadLine(_("this is not JSON (%(problem)s)") % {"problem": problem}) from None
    if not isinstance(values, dict):
        raise BadLine(_("this is not a JSON object"))
    label = values.get("label")
    if not isinstance(label, str | None):
        raise BadLine(_("the label has to be a text or null, not %(value).60r") % {"value": label})
    try:
        return step_from(values), label or None
    except ValueError as problem:
        raise BadLine(str(problem).removesuffix(".")) from None


def numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines that hold something, with their numbers; of one that is too long only the beginning."""
    with path.open("rb") as file:
        number, continued = 0, False
        while line := file.readline(MOST_BYTES + 1):
            if not continued:
                number += 1
                if line.strip():
                    yield number, line
            continued = not line.endswith(b"\n")


def as_line(diagnosis: Diagnosis) -> str:
    """The JSON object that is printed for a step."""
    return json.dumps(
        {
            "prediction": diagnosis.label,
            "probability": round(diagnosis.probability, 4),
            "abstains": diagnosis.abstains,
            "ranked": [[label, round(probability, 4)] for label, probability in diagnosis.ranked],
        }
    )


class Command(BaseCommand):
    help = (
        'Names errors: FILE holds lines {"equation", "action", "input", "result", "previous_action"} and perhaps '
        '"label". Prints {"prediction", "probability", "abstains", "ranked"} for each; with labels, scores too.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.jsonl")
        parser.add_argument("--student", type=Path, default=EQUATION_STEPS, help="folder of a diagnose student")

    def handle(self, *args: Any, file: Path, student: Path, **options: Any) -> None:
        try:
            diagnosing = load_diagnose_student(student)
        except ArtifactRefused as problem:
            raise CommandError(str(problem)) from problem
        told, refused = Told(), 0
        try:
            for number, line in numbered_lines(file):
                try:
                    step, label = step_of(line)
                except BadLine as problem:
                    refused += 1
                    self.stderr.write(_("Line %(number)d: %(problem)s.") % {"number": number, "problem": problem})
                    continue
                diagnosis = diagnosing.diagnose(step)
                self.stdout.write(as_line(diagnosis))
                self.stdout.flush()
                if label is not None:
                    told.add(label, diagnosis)
        except OSError as problem:
            raise CommandError(
                _("%(file)s cannot be read: %(problem)s") % {"file": file, "problem": problem.strerror}
            ) from problem
        if told.truth:
            self._tell(told.scores())
        if refused:
            self.stderr.write(_("%(count)d lines could not be used; the others are answered.") % {"count": refused})
            sys.exit(1)

    def _tell(self, scores: Scores) -> None:
        curve = ", ".join(f"{share:.0%} {accuracy:.4f}" for share, accuracy in scores.curve)
        self.stderr.write(f"steps with a label: {scores.steps}")
        self.stderr.write(f"accuracy: {scores.accuracy:.4f}")
        self.stderr.write(f"macro F1: {scores.macro_f1:.4f}")
        self.stderr.write(f"answered: {scores.answered:.4f}, accuracy of the answered: {scores.answered_accuracy:.4f}")
        self.stderr.write(f"accuracy by share answered, surest first: {curve}")
