"""`manage.py diagnose_errors FILE.jsonl`: names the error behind each wrong step, one JSON object per line.

Lines that have a `label` are scored, on standard error. A line that cannot be used is told there with its number; the
others are answered and the exit status is 1.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from models_core.artifacts import ArtifactRefused
from models_core.diagnosis.evidence import Step, step_from
from models_core.diagnosis.scoring import Scores, score
from models_core.diagnosis.shipped import EQUATION_STEPS, load_diagnose_student
from models_core.diagnosis.student import Diagnosis
from tutor_app.tutoring.json_lines import BadLine, JsonLinesCommand, text_of


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


def step_of(row: dict[str, Any]) -> tuple[Step, str]:
    """The step and its label, "" where it has none. Raises BadLine."""
    label = text_of(row, "label", needed=False)
    try:
        return step_from(row), label
    except ValueError as problem:
        raise BadLine(str(problem).removesuffix(".")) from None


def as_row(diagnosis: Diagnosis) -> dict[str, Any]:
    """What is printed for a step."""
    return {
        "prediction": diagnosis.label,
        "probability": round(diagnosis.probability, 4),
        "abstains": diagnosis.abstains,
        "ranked": [[label, round(probability, 4)] for label, probability in diagnosis.ranked],
    }


class Command(JsonLinesCommand):
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
        told = Told()

        def answer(row: dict[str, Any]) -> dict[str, Any]:
            step, label = step_of(row)
            diagnosis = diagnosing.diagnose(step)
            if label:
                told.add(label, diagnosis)
            return as_row(diagnosis)

        refused = self.answer_each(file, answer)
        if told.truth:
            self._tell(told.scores())
        self.leave(refused)

    def _tell(self, scores: Scores) -> None:
        curve = ", ".join(f"{share:.0%} {accuracy:.4f}" for share, accuracy in scores.curve)
        self.stderr.write(f"steps with a label: {scores.steps}")
        self.stderr.write(f"accuracy: {scores.accuracy:.4f}")
        self.stderr.write(f"macro F1: {scores.macro_f1:.4f}")
        self.stderr.write(f"answered: {scores.answered:.4f}, accuracy of the answered: {scores.answered_accuracy:.4f}")
        self.stderr.write(f"accuracy by share answered, surest first: {curve}")
