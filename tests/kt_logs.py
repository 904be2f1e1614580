"""Logs of simulated learners in the JSON-lines format of `models_core.logs`: some skills, items and learners really are
better than others, and practice helps, so that models have something to learn. The same seed gives the same learners.
And how to read them into a corpus, and to train on them in a moment.
"""

import json
import math
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from models_core.corpus import Corpus, corpus_of, out_of_fold
from models_core.curriculum import Curriculum
from models_core.logs import LearnerLog, curriculum_of, log_events, read_logs
from models_core.train_teacher import TrainConfig

torch.set_num_threads(1)

EASE = (-1.0, -0.3, 0.4, 1.2)  # of the skills, in logits
ITEMS = (-1.5, -0.5, 0.5, 1.5)  # of the items of each skill, on top
Learner = dict[str, Any]


@dataclass(frozen=True)
class Quick(TrainConfig):
    """A teacher that is trained in a second."""

    width: int = 16
    heads: int = 2
    layers: int = 1
    epochs: int = 1
    fewest_steps: int = 4
    warm_up: int = 2
    stretch: int = 50
    batch_rows: int = 200
    probes: int = 4
    step_tries: int = 5


def simulated_learners(count: int, seed: int, *, rows: int = 25, name: str = "") -> list[Learner]:
    """`count` learners who practise four skills of four items each, with blocks of the same skill, one row a minute."""
    rng = np.random.default_rng(seed)
    return [_learner(f"{name or seed}-{number}", rows, rng) for number in range(count)]


def _learner(user: str, rows: int, rng: np.random.Generator) -> Learner:
    ability, skill = float(rng.normal()), int(rng.integers(4))
    practised = [0] * 4
    found: Learner = {"user": user, "item": [], "skill": [], "correct": [], "time_s": []}
    for row in range(rows):
        if rng.random() < 0.3:
            skill = int(rng.integers(4))
        item = int(rng.integers(4))
        logit = ability + EASE[skill] + ITEMS[item] + 0.2 * practised[skill]
        practised[skill] += 1
        found["item"].append(f"i{skill}{item}")
        found["skill"].append(f"s{skill}")
        found["correct"].append(int(rng.random() < 1 / (1 + math.exp(-logit))))
        found["time_s"].append(60.0 * row)
    return found


def learner(user: str, rows: Sequence[tuple[str, str, int]], hints: Sequence[int] | None = None) -> Learner:
    """A learner by hand: rows of (item, skill, correct)."""
    item, skill, correct = zip(*rows, strict=True)
    return {"user": user, "item": item, "skill": skill, "correct": correct, "hints": hints}


def write_log(path: Path, learners: Iterable[Learner]) -> Path:
    """One learner per line."""
    path.write_text("".join(json.dumps(each) + "\n" for each in learners), encoding="utf-8")
    return path


def logs_of(learners: Iterable[Learner]) -> list[LearnerLog]:
    """As they are read from a file."""
    with tempfile.TemporaryDirectory() as folder:
        return read_logs(write_log(Path(folder) / "log.jsonl", learners))


def plain_corpus(learners: Iterable[Learner], curriculum: Curriculum | None = None) -> Corpus:
    """Of learners whom nobody told how hard the steps are."""
    logs = logs_of(learners)
    return corpus_of(curriculum or curriculum_of(logs, course="small"), [log_events(log) for log in logs], None)


def told_corpus(learners: Iterable[Learner], curriculum: Curriculum | None = None) -> Corpus:
    """Of learners who are told by those in the other folds."""
    logs = logs_of(learners)
    curriculum = curriculum or curriculum_of(logs, course="small")
    events = [log_events(log) for log in logs]
    return corpus_of(curriculum, events, out_of_fold(corpus_of(curriculum, events, None)))
