"""Trains the `diagnose` student on labelled wrong steps, and says how well it does on equations it has not seen.

    python -m models_core.diagnosis.train --data FILE.jsonl [--data MORE.jsonl] --out FOLDER

Lines: {"equation", "action", "input", "result", "previous_action", "label"} and, where a teacher was there, "context"
(as many numbers as its contexts have). Everything is judged by cross-validation in which all steps of an equation are
on one side: each part holds out `--valid-fraction` of the equations, and all of that `--repeats` times. Temperature
and threshold come from the held-out answers; the weights that are written have seen all steps.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from models_core.artifacts import save_student
from models_core.commands import out_folder, positive
from models_core.diagnosis.evidence import Step, evidence, step_from
from models_core.diagnosis.scoring import Scores, score
from models_core.diagnosis.student import DiagnoseConfig, DiagnoseStudent
from models_core.metrics import calibration_error

CONTEXT_WIDTH = 64
NO_TEACHER = "none"  # the data has no contexts: the student belongs to every teacher and to none
FEWEST = 4  # steps that evidence must be seen in
BLANK_SHARE = 0.03  # steps shown without their equation, so that base rates are learned
COST_OF_WRONG = 3.0  # naming the wrong error costs as much as three right names gain
TEMPERATURES = np.exp(np.linspace(np.log(0.5), np.log(3.0), 61))


TOLD = ("accuracy", "macro_f1", "accuracy_of_surest_half", "answered", "answered_accuracy", "log_loss")


class DataError(ValueError):
    """A training file that cannot be used; the sentence says where and why."""


@dataclass(frozen=True)
class Plan:
    """How a network is trained; chosen by cross-validation."""

    hidden: int = 48
    epochs: int = 30
    batch: int = 64
    learning_rate: float = 4e-3
    decay: float = 0.02
    dropout: float = 0.3


@dataclass(frozen=True)
class Steps:
    """Labelled steps with their evidence."""

    steps: tuple[Step, ...]
    labels: tuple[str, ...]
    found: tuple[Mapping[str, float], ...]
    blank: tuple[Mapping[str, float], ...]  # what is left when the equation is hidden
    contexts: NDArray[np.float32] | None  # (n, D), where every line has one

    def __len__(self) -> int:
        return len(self.labels)

    def only(self, chosen: NDArray[np.int64]) -> "Steps":
        return Steps(
            tuple(self.steps[i] for i in chosen),
            tuple(self.labels[i] for i in chosen),
            tuple(self.found[i] for i in chosen),
            tuple(self.blank[i] for i in chosen),
            None if self.contexts is None else self.contexts[chosen],
        )


def read_steps(paths: Sequence[Path]) -> Steps:
    """The labelled steps of files. Raises DataError with the line."""
    steps, labels, contexts = [], [], []
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"{path} cannot be read: {error}") from error
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip():
                continue
            try:
                values = json.loads(line)
                if not isinstance(values, dict) or not isinstance(values.get("label"), str):
                    raise ValueError("A line has to be an object with a label.")
                steps.append(step_from(values))
                contexts.append(_context(values.get("context")))
            except (ValueError, RecursionError) as error:
                raise DataError(f"{path}, line {number}: {error}") from error
            labels.append(values["label"])
    if len(set(labels)) < 2:
        raise DataError(f"There are {len(steps)} steps with {len(set(labels))} labels; two labels are the least.")
    some = [context for context in contexts if context is not None]
    if some and len(some) < len(contexts):
        raise DataError(f"{len(some)} of {len(contexts)} steps have a context: it has to be all or none.")
    return Steps(
        tuple(steps),
        tuple(labels),
        tuple(evidence(step) for step in steps),
        tuple(evidence(replace(step, equation="")) for step in steps),
        np.stack(some) if some else None,
    )


def _context(values: Any) -> NDArray[np.float32] | None:
    if values is None:
        return None
    try:
        context = np.asarray(values, np.float32)
    except (TypeError, ValueError) as error:
        raise ValueError("A context has to be a list of numbers.") from error
    if context.shape != (CONTEXT_WIDTH,) or not np.isfinite(context).all():
        raise ValueError(f"A context has to be {CONTEXT_WIDTH} finite numbers.")
    return context


def names_of(steps: Steps) -> tuple[str, ...]:
    """The evidence that is seen often enough to learn from."""
    seen = Counter(name for found in (*steps.found, *steps.blank) for name in found)
    return tuple(sorted(name for name, times in seen.items() if times >= FEWEST))


def matrix(found: Sequence[Mapping[str, float]], names: Sequence[str]) -> NDArray[np.float32]:
    """Evidence as rows (n, E)."""
    place = {name: i for i, name in enumerate(names)}
    rows = np.zeros((len(found), len(names)), np.float32)
    for row, values in zip(rows, found, strict=True):
        for name, value in values.items():
            if name in place:
                row[place[name]] = value
    return rows


class _Net(nn.Module):
    def __init__(self, evidence_width: int, labels: int, plan: Plan) -> None:
        super().__init__()
        self.inward = nn.Linear(evidence_width, plan.hidden)
        self.context = nn.Linear(CONTEXT_WIDTH, plan.hidden, bias=False)
        self.outward = nn.Linear(plan.hidden, labels)
        self.dropout = nn.Dropout(plan.dropout)
        nn.init.zeros_(self.context.weight)

    def forward(self, rows: Tensor, contexts: Tensor | None) -> Tensor:
        """(n, E), (n, D) or None -> log-odds (n, L)."""
        hidden = self.inward(rows)
        if contexts is not None:
            hidden = hidden + self.context(contexts)
        return self.outward(self.dropout(torch.relu(hidden)))


def fit(steps: Steps, labels: Sequence[str], plan: Plan, seed: int) -> DiagnoseStudent:
    """A student trained on all these steps; it says everything with temperature 1 and abstains from nothing."""
    torch.manual_seed(seed)
    names = names_of(steps)
    rows, blank = torch.from_numpy(matrix(steps.found, names)), torch.from_numpy(matrix(steps.blank, names))
    contexts = None if steps.contexts is None else torch.from_numpy(steps.contexts)
    truth = torch.tensor([labels.index(label) for label in steps.labels])
    net = _Net(len(names), len(labels), plan).train()
    net.context.requires_grad_(contexts is not None)
    optimiser = torch.optim.AdamW(
        [p for p in net.parameters() if p.requires_grad], lr=plan.learning_rate, weight_decay=plan.decay
    )
    batches = -(-len(truth) // plan.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, plan.learning_rate, plan.epochs * batches)
    for _ in range(plan.epochs):
        order = torch.randperm(len(truth))
        hide = torch.rand(len(truth), 1) < BLANK_SHARE
        shown = torch.where(hide, blank, rows)
        for chosen in order.split(plan.batch):
            optimiser.zero_grad()
            scores = net(shown[chosen], None if contexts is None else contexts[chosen])
            nn.functional.cross_entropy(scores, truth[chosen]).backward()
            optimiser.step()
            schedule.step()
    weights = {name: weight.detach().clone() for name, weight in net.state_dict().items()}
    settings = DiagnoseConfig(tuple(labels), names, hidden=plan.hidden, context_width=CONTEXT_WIDTH)
    return DiagnoseStudent(settings, weights, skill="equation-steps", teacher=NO_TEACHER)


def folds(steps: Steps, parts: int, seed: int) -> NDArray[np.int64]:
    """Which part (n,) each step is held out in; steps of one equation share it."""
    equations = sorted({step.equation for step in steps.steps})
    order = np.random.default_rng(seed).permutation(len(equations))
    part = {equations[i]: place % parts for place, i in enumerate(order)}
    return np.array([part[step.equation] for step in steps.steps])


@dataclass(frozen=True)
class HeldOut:
    """Answers for steps whose equations were held out.

    Attributes:
        probabilities: (n, L), at temperature 1.
        truth: the true label of each.
        run: (n,), in which part of which repeat it was held out.
    """

    probabilities: NDArray[np.float64]
    truth: tuple[str, ...]
    run: NDArray[np.int64]


def cross_validate(steps: Steps, labels: Sequence[str], plan: Plan, *, parts: int, repeats: int, seed: int) -> HeldOut:
    """Every step answered `repeats` times by a student that has not seen its equation."""
    rows, truth, runs = [], [], []
    for repeat in range(repeats):
        held_in = folds(steps, parts, seed + repeat)
        for part in range(parts):
            out = np.flatnonzero(held_in == part)
            student = fit(steps.only(np.flatnonzero(held_in != part)), labels, plan, seed + repeat)
            for i in out:
                context = None if steps.contexts is None else steps.contexts[i]
                rows.append(student.weigh(steps.found[i], context))
                truth.append(steps.labels[i])
                runs.append(repeat * parts + part)
    return HeldOut(np.array(rows), tuple(truth), np.array(runs))


def tempered(probabilities: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Probabilities (n, L) when log-odds are divided by a temperature."""
    logs = np.log(np.clip(probabilities, 1e-12, 1)) / temperature
    odds = np.exp(logs - logs.max(1, keepdims=True))
    return odds / odds.sum(1, keepdims=True)


def choose_temperature(held: HeldOut, labels: Sequence[str]) -> float:
    """The one that makes the held-out truth likeliest."""
    places = np.array([labels.index(label) for label in held.truth])
    rows = np.arange(len(places))
    losses = [
        -np.log(np.clip(tempered(held.probabilities, float(t))[rows, places], 1e-9, 1)).mean() for t in TEMPERATURES
    ]
    return round(float(TEMPERATURES[int(np.argmin(losses))]), 4)


def choose_threshold(probabilities: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Below which saying nothing pays: a wrong name costs COST_OF_WRONG, a right one gains 1."""
    sure = probabilities.max(1)
    order = np.argsort(-sure, kind="stable")
    gain = np.cumsum(np.where(right[order], 1.0, -COST_OF_WRONG))
    return round(float(sure[order][int(np.argmax(gain))]), 4)


def held_out_scores(held: HeldOut, labels: Sequence[str], temperature: float, threshold: float) -> list[Scores]:
    """Scores of each held-out part, then of everything together."""
    probabilities = tempered(held.probabilities, temperature)
    said = np.array([labels[i] for i in probabilities.argmax(1)])
    sure = probabilities.max(1)
    truth = np.array(held.truth)
    to_truth = probabilities[np.arange(len(truth)), [labels.index(label) for label in held.truth]]
    whole = [np.flatnonzero(held.run == run) for run in np.unique(held.run)] + [np.arange(len(truth))]
    return [
        score(list(truth[i]), list(said[i]), list(sure[i]), list(sure[i] < threshold), list(to_truth[i])) for i in whole
    ]


def confusions(held: HeldOut, labels: Sequence[str]) -> list[tuple[str, str, int]]:
    """(true label, answer, how often), most frequent first, over all repeats."""
    said = [labels[i] for i in held.probabilities.argmax(1)]
    counted = Counter((a, b) for a, b in zip(held.truth, said, strict=True) if a != b)
    return [(a, b, times) for (a, b), times in counted.most_common()]


def by_label(held: HeldOut, labels: Sequence[str]) -> dict[str, dict[str, float]]:
    """Precision, recall and F1 of every label, and how many steps have it."""
    said = np.array([labels[i] for i in held.probabilities.argmax(1)])
    truth = np.array(held.truth)
    found = {}
    for label in labels:
        hits, so, called = (
            int(((truth == label) & (said == label)).sum()),
            (truth == label).sum(),
            (said == label).sum(),
        )
        found[label] = {
            "precision": round(hits / max(int(called), 1), 3),
            "recall": round(hits / max(int(so), 1), 3),
            "f1": round(2 * hits / max(int(so + called), 1), 3),
            "steps": int(so),
        }
    return found


def summary(parts: Sequence[Scores], together: Scores) -> dict[str, Any]:
    """Mean and spread over the held-out parts, and the curve over all of them."""
    half = [dict(part.curve)[0.5] for part in parts]
    rows = {
        "accuracy": [part.accuracy for part in parts],
        "macro_f1": [part.macro_f1 for part in parts],
        "accuracy_of_surest_half": half,
        "answered": [part.answered for part in parts],
        "answered_accuracy": [part.answered_accuracy for part in parts],
        "log_loss": [part.log_loss for part in parts],
    }
    told = {
        name: {"mean": round(float(np.mean(v)), 4), "sd": round(float(np.std(v)), 4), "least": round(min(v), 4)}
        for name, v in rows.items()
    }
    return {**told, "curve": [[share, round(accuracy, 4)] for share, accuracy in together.curve]}


def _card(command: str, steps: Steps, scores: Mapping[str, Any], student: DiagnoseStudent, attribution: str) -> str:
    rows = "\n".join(
        " | ".join(
            [f"| {name.replace('_', ' ')}", *(f"{scores[name][which]:.3f}" for which in ("mean", "sd", "least"))]
        )
        + " |"
        for name in TOLD
    )
    curve = ", ".join(f"{share:.0%} {accuracy:.3f}" for share, accuracy in scores["curve"])
    settings = student.settings
    context = "is used" if steps.contexts is not None else "has zero weights, as the data has none"
    return f"""# Student for wrong steps of equation solving

Serves `{student.skill}`, task `{student.task}`: which of {len(settings.labels)} errors is behind a wrong step.

Made by `{command}`.

Data: {len(steps)} labelled steps of {len({step.equation for step in steps.steps})} equations. {attribution}

Inputs: {len(settings.evidence)} named kinds of evidence from exact algebra (`models_core/diagnosis/evidence.py`), one
hidden layer of {settings.hidden}; the teacher's context {context}.
Temperature {settings.temperature}, abstains below {settings.abstain_below}.

Held-out equations ({scores["parts"]} parts, each {scores["valid_fraction"]:.0%} of the equations, {scores["repeats"]} \
times; temperature and threshold were chosen on the same answers):

| | mean | sd over parts | least |
|---|---|---|---|
{rows}

Accuracy of the surest steps, by share: {curve}. Calibration error of the first label: {scores["calibration_error"]}.

Limits: the labels are what one tutor said; where its rules depend on something that a line does not hold, steps that
look alike have different labels. Learners and equations are those of one programme (secondary school, linear equations,
in English).
"""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--data", type=Path, action="append", required=True, help="labelled steps, one JSON object a line"
    )
    parser.add_argument("--out", type=out_folder, required=True, help="folder of the artifact")
    parser.add_argument("--valid-fraction", type=_fraction, default=0.2, help="share of equations held out at a time")
    parser.add_argument("--repeats", type=positive, default=2, help="how often all equations are held out once")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--hidden", type=positive, default=Plan.hidden)
    parser.add_argument("--epochs", type=positive, default=Plan.epochs)
    parser.add_argument("--threads", type=positive, default=1)
    parser.add_argument("--attribution", default="", help="whose data this is, with its licence; goes into the card")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    try:
        steps = read_steps(options.data)
    except DataError as error:
        parser.error(str(error))
    labels = sorted(set(steps.labels))
    equations = len({step.equation for step in steps.steps})
    parts = max(2, round(1 / options.valid_fraction))
    if equations < parts:
        parser.error(f"{equations} equations cannot be held out in {parts} parts.")
    plan = Plan(hidden=options.hidden, epochs=options.epochs)
    started = time.monotonic()
    print(
        f"{len(steps)} steps of {equations} equations, {len(labels)} labels, {len(names_of(steps))} kinds of evidence"
    )
    held = cross_validate(steps, labels, plan, parts=parts, repeats=options.repeats, seed=options.seed)
    temperature = choose_temperature(held, labels)
    probabilities = tempered(held.probabilities, temperature)
    right = np.array([labels[i] for i in probabilities.argmax(1)]) == np.array(held.truth)
    threshold = choose_threshold(probabilities, right)
    *each, together = held_out_scores(held, labels, temperature, threshold)
    scores = summary(each, together)
    scores["calibration_error"] = round(calibration_error(right, probabilities.max(1)), 4)
    scores |= {"parts": parts, "repeats": options.repeats, "valid_fraction": options.valid_fraction}
    for name in TOLD:
        print(f"{name:24} {scores[name]['mean']:.4f} ± {scores[name]['sd']:.4f} (least {scores[name]['least']:.4f})")
    print("accuracy by share answered:", ", ".join(f"{share:.0%} {value:.4f}" for share, value in scores["curve"]))
    print(f"calibration error of the first label {scores['calibration_error']:.4f}")
    print("most frequent confusions (true, answered, times):")
    for true, answered, times in confusions(held, labels)[:15]:
        print(f"  {true:28} {answered:28} {times}")
    student = fit(steps, labels, plan, options.seed)
    student = DiagnoseStudent(
        replace(student.settings, temperature=temperature, abstain_below=threshold),
        student.tensors(),
        skill=student.skill,
        teacher=student.teacher,
    )
    names = " ".join(f"--data {path.name}" for path in options.data)
    command = (
        f"python -m models_core.diagnosis.train {names} --valid-fraction {options.valid_fraction} "
        f"--repeats {options.repeats} --seed {options.seed} --hidden {options.hidden} --epochs {options.epochs}"
    )
    metrics = {
        "scores": scores,
        "by_label": by_label(held, labels),
        "confusions": confusions(held, labels)[:30],
        "seed": options.seed,
        "plan": asdict(plan),
        "steps": len(steps),
        "equations": equations,
    }
    save_student(
        student, options.out, metrics=metrics, card=_card(command, steps, scores, student, options.attribution)
    )
    print(f"written to {options.out} in {time.monotonic() - started:.0f} s")


def _fraction(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.02 <= value <= 0.5:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share from 0.02 to 0.5.")
    return value


if __name__ == "__main__":
    main()
