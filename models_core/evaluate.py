"""How good are the models on real learners? `python -m models_core.evaluate --train A --valid V --test T --out DIR`

Letters: R rows of a corpus.

Trains a teacher and students on A, chooses by V, scores on T, beside logistic regression on the same features and
fitted BKT, which learn from the same rows. With `--never-seen` nothing is trained: the shipped teacher is put before a
course that it has never seen. DIR/report.json holds the scores, DIR/report.md the same for people, with pictures.
"""

import argparse
import json
import math
import shlex
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from models_core import metrics
from models_core.artifacts import ArtifactRefused, load_teacher, save_teacher
from models_core.bkt import BKT
from models_core.calibration import Calibration
from models_core.commands import add_texts_options, add_training_options, not_negative, out_folder, positive, told
from models_core.corpus import Corpus, corpus_of, out_of_fold, thinned
from models_core.curriculum import Curriculum, CurriculumError
from models_core.embeddings import EncoderMissing
from models_core.evaluation_report import write_report
from models_core.item_statistics import ItemStatistics
from models_core.logistic import LogisticRegression
from models_core.logs import LearnerLog, LogFileError, curriculum_of, log_events, read_logs, refuse_shared_learners
from models_core.record import LOCAL
from models_core.teacher import TeacherModel
from models_core.train_students import Body, StudentConfig, exercises, follow, train_students
from models_core.train_teacher import Lesson, TrainConfig, console, predict, read, shown, train_teacher

SHIPPED = Path(__file__).parent / "weights" / "teacher"
Rows = NDArray[np.float64]
Tell = Callable[[Curriculum], Curriculum]  # may add texts to a curriculum


@dataclass(frozen=True, eq=False)
class Splits:
    """Learners to train on, to choose by, and to be judged by; of one curriculum."""

    train: Corpus
    valid: Corpus
    test: Corpus


@dataclass(frozen=True, eq=False)
class Forecast:
    """What one model said of every row of the test.

    Attributes:
        probability: (R,), NaN where a row is not scored.
        parameters: how many numbers were fitted.
        train_seconds: wall time of the fitting, without reading the logs.
    """

    probability: Rows
    parameters: int
    train_seconds: float


def read_splits(train: Path, valid: Path, test: Path, tell: Tell = lambda curriculum: curriculum) -> Splits:
    """Logs as corpora of one curriculum, to which `tell` may add texts. Raises LogFileError and CurriculumError."""
    logs = {name: read_logs(path) for name, path in (("train", train), ("valid", valid), ("test", test))}
    refuse_shared_learners(logs)
    curriculum = tell(curriculum_of([log for split in logs.values() for log in split], course=train.stem))
    events = {name: [log_events(log) for log in split] for name, split in logs.items()}
    for name, those in events.items():
        if not any(not event.aided for log in those for event in log):
            raise LogFileError(f"The {name} logs hold no answer without hints: there is nothing to predict.")
    plain = corpus_of(curriculum, events["train"], None, lambda rows: shown(rows, "reading the training logs"))
    everybody = plain.statistics()
    return Splits(
        corpus_of(curriculum, events["train"], out_of_fold(plain), lambda rows: shown(rows, "measuring steps by fold")),
        corpus_of(curriculum, events["valid"], everybody, lambda rows: shown(rows, "reading the validation logs")),
        corpus_of(curriculum, events["test"], everybody, lambda rows: shown(rows, "reading the test logs")),
    )


# Ours -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Ours:
    """A teacher, its students, and the two numbers that calibrate them; trained on one course."""

    teacher: TeacherModel
    body: Body
    calibration: Calibration

    def forecast(self, corpus: Corpus, state: str = "fresh", *, fast: bool = True) -> Rows:
        """(R,) what students say on a context that is fresh, stale or missing; NaN where a row is not scored."""
        data = exercises(corpus, *read(self.teacher, corpus))
        said = np.full(len(corpus.asked), np.nan)
        said[data.row] = self.calibration.apply(follow(self.body, data, *self.body.look(data, state), fast=fast))
        return said

    @property
    def parameters(self) -> int:
        everybody = sum(p.numel() for module in (self.teacher, self.body.net) for p in module.parameters())
        return everybody + self.body.last.size + 2


def train_ours(train: Corpus, valid: Corpus, config: TrainConfig, students: StudentConfig, seed: int) -> Ours:
    """The teacher first, then the students on what it gives them."""
    teacher = train_teacher([Lesson(train)], [valid], config, seed)
    lessons, held = (exercises(corpus, *read(teacher, corpus)) for corpus in (train, valid))
    body = train_students(teacher, lessons, held, len(train.curriculum.skills), students, seed)
    said = follow(body, held, *body.look(held, "fresh"))
    return Ours(teacher, body, Calibration.fit(said, held.correct))


# The yardsticks -------------------------------------------------------------------------------------------------------


def logistic(splits: Splits) -> Forecast:
    """Logistic regression on the features that the record gives to teacher and students."""
    began = time.monotonic()
    kept = splits.train.scored
    fitted = LogisticRegression.fit(splits.train.local[kept], splits.train.correct[kept])
    seconds = time.monotonic() - began
    return Forecast(_scored_only(splits.test, fitted.predict(splits.test.local)), fitted.parameters, seconds)


def bkt(train: Corpus, test: Corpus) -> Forecast:
    """Bayesian knowledge tracing, fitted by skill."""
    began = time.monotonic()
    fitted = BKT.fit(train.practice())
    seconds = time.monotonic() - began
    said = np.full(len(test.asked), np.nan)
    said[test.scored] = np.concatenate([fitted.predict(practice) for practice in test.practice()])
    return Forecast(said, 4 * len(fitted.skills), seconds)


def _scored_only(corpus: Corpus, said: Rows) -> Rows:
    return np.where(corpus.scored, said, np.nan)


# Scores ---------------------------------------------------------------------------------------------------------------


def scores(forecast: Forecast, corpus: Corpus) -> dict[str, float | int | None]:
    """The seven numbers of one model; None where the rows do not tell."""
    kept = corpus.scored
    y, p, new = corpus.correct[kept], forecast.probability[kept], corpus.new_skill()[kept]
    found = metrics.scores(corpus.split(forecast.probability))
    return {
        "auc": _known(found["auc"]),
        "auc_within": _known(found["auc_within"]),
        "auc_new_skill": _known(round(metrics.new_skill_auc(y, p, new), 4)) if new.any() else None,
        "log_loss": found["log_loss"],
        "ece": found["ece"],
        "parameters": forecast.parameters,
        "train_seconds": round(forecast.train_seconds, 1),
    }


def _known(value: float) -> float | None:
    """JSON has no NaN, which is what an AUC is where all outcomes are the same."""
    return None if math.isnan(value) else value


def scenarios(corpus: Corpus) -> dict[str, NDArray[np.bool_]]:
    """Rows (R,) by what the models are up against there; empty ones are left out."""
    new_skill = corpus.new_skill()
    place = np.concatenate([np.arange(n) for n in np.diff(corpus.begins)])
    gap_s = np.concatenate(
        [np.diff(corpus.at[corpus.rows(i)], prepend=corpus.at[corpus.begins[i]]) for i in range(corpus.learners)]
    )
    found = {
        "everything": np.ones(len(place), bool),
        "new learner (first 10 rows)": place < 10,
        "new skill": new_skill,
        "known skill": ~new_skill,
        "long history (after 200 rows)": place >= 200,
        "after a pause (over a day)": gap_s > 86_400,
        "drifting learner": drifting(corpus),
    }
    return {name: rows & corpus.scored for name, rows in found.items() if (rows & corpus.scored).any()}


def drifting(corpus: Corpus, size: int = 20, change: float = 0.25) -> NDArray[np.bool_]:
    """(R,) True where the learner's share of right answers in the next `size` rows differs from that in the last `size`
    by `change` or more: found with hindsight, so it says where models have it hard, not what they could know."""
    found = np.zeros(len(corpus.asked), bool)
    for learner in range(corpus.learners):
        rows = corpus.rows(learner)
        right = np.concatenate([[0.0], np.cumsum(corpus.correct[rows])])
        at = np.arange(size, rows.stop - rows.start - size + 1)
        before, after = right[at] - right[at - size], right[at + size] - right[at]
        found[rows.start + at[np.abs(after - before) >= change * size]] = True
    return found


def by_scenario(forecasts: Mapping[str, Forecast], corpus: Corpus) -> dict[str, dict[str, float]]:
    """AUC by scenario and model; scenarios with one kind of outcome only are left out."""
    found = {}
    for name, rows in scenarios(corpus).items():
        y = corpus.correct[rows]
        if 0 < y.sum() < len(y):
            found[name] = {model: round(metrics.auc(y, f.probability[rows]), 4) for model, f in forecasts.items()}
            found[name]["rows"] = int(rows.sum())
    return found


def differences(
    forecasts: Mapping[str, Forecast], corpus: Corpus, seed: int, draws: int = 500
) -> dict[str, dict[str, float | None]]:
    """How much AUC ours is ahead of each other model, with 95 % intervals by learner."""
    mine = corpus.split(forecasts["ours"].probability)
    found = {}
    for name, other in forecasts.items():
        if name != "ours":
            ahead = metrics.auc_difference(mine, corpus.split(other.probability), draws=draws, seed=seed)
            found[name] = {key: _known(round(value, 4)) for key, value in asdict(ahead).items()}
    return found


def compare(
    splits: Splits, config: TrainConfig, students: StudentConfig, seed: int
) -> tuple[Ours, dict[str, Forecast]]:
    """Train everything, and let everything forecast the test."""
    began = time.monotonic()
    ours = train_ours(splits.train, splits.valid, config, students, seed)
    seconds = time.monotonic() - began
    teacher = _scored_only(splits.test, predict(ours.teacher, splits.test))
    count = sum(p.numel() for p in ours.teacher.parameters())
    forecasts = {
        "ours": Forecast(ours.forecast(splits.test), ours.parameters, seconds),
        "teacher": Forecast(teacher, count, seconds),
        "students": Forecast(ours.forecast(splits.test, "none"), ours.parameters - count, seconds),
        "logistic": logistic(splits),
        "bkt": bkt(splits.train, splits.test),
    }
    return ours, forecasts


# A course never seen --------------------------------------------------------------------------------------------------


def never_seen(
    teacher: TeacherModel,
    logs: Sequence[LearnerLog],
    others: Sequence[LearnerLog],
    warm: int,
    seed: int,
    tell: Tell = lambda curriculum: curriculum,
) -> tuple[Corpus, dict[str, Forecast]]:
    """Put a teacher before a course that it has never seen.

    Args:
        teacher: nothing about it changes.
        logs: learners of the course.
        others: learners who tell how hard its steps are; without any, every learner is told by others of `logs`.
        warm: how many of them; 0 = a course that opens today.
        seed: who they are.
        tell: may add texts to the curriculum.

    Raises:
        LogFileError: when there are not so many.
    """
    rng = np.random.default_rng(seed)
    curriculum = tell(curriculum_of([*logs, *others], course="never seen"))
    events = [log_events(log) for log in logs]
    told: list[ItemStatistics | None] = [None] * len(logs)
    fitted: BKT | None = None
    if warm:
        source = list(others) or list(logs)
        plenty = len(source) if others else len(source) * 4 // 5
        if warm > plenty:
            raise LogFileError(f"--warm {warm} asks for more learners than the {plenty} that there are.")
        plain = corpus_of(curriculum, [log_events(log) for log in source], None)
        if others:
            chosen = rng.permutation(len(source))[:warm].tolist()
            told = [plain.statistics(chosen)] * len(logs)
            practice = plain.practice()
            fitted = BKT.fit([practice[learner] for learner in chosen])
        else:
            told = list(thinned(plain, [warm], rng))
    if not any(not event.aided for log in events for event in log):
        raise LogFileError("The test logs hold no answer without hints: there is nothing to predict.")
    corpus = corpus_of(curriculum, events, told, lambda rows: shown(rows, "reading the logs"))
    count = sum(p.numel() for p in teacher.parameters())
    forecasts = {"ours": Forecast(_scored_only(corpus, predict(teacher, corpus)), count, 0.0)}
    rate = corpus.local[:, LOCAL.index("rate")].astype(np.float64)
    forecasts["rate"] = Forecast(_scored_only(corpus, rate), 0, 0.0)
    if fitted is not None:
        said = np.full(len(corpus.asked), np.nan)
        said[corpus.scored] = np.concatenate([fitted.predict(practice) for practice in corpus.practice()])
        forecasts["bkt"] = Forecast(said, 4 * len(fitted.skills), 0.0)
    return corpus, forecasts


# The command ----------------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m models_core.evaluate", description=__doc__)
    parser.add_argument("--train", type=Path, help="logs to learn from (with --never-seen: who tells about the steps)")
    parser.add_argument("--valid", type=Path, help="logs to choose by")
    parser.add_argument("--test", type=Path, required=True, help="logs to be judged by")
    parser.add_argument("--out", type=out_folder, required=True, help="folder for report.json, report.md and pictures")
    parser.add_argument("--never-seen", action="store_true", help="score a trained teacher on a course it never saw")
    parser.add_argument("--warm", type=not_negative, default=0, metavar="N", help="learners who tell about the steps")
    parser.add_argument("--teacher", type=Path, default=SHIPPED, help="the artifact, with --never-seen")
    parser.add_argument("--most-rows", type=positive, default=TrainConfig.most_rows, help="rows to learn from in all")
    add_texts_options(parser)
    add_training_options(
        parser, epochs=TrainConfig.epochs, width_of=TrainConfig.width, student_steps=StudentConfig.steps
    )
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    command = "python -m models_core.evaluate " + shlex.join(sys.argv[1:] if arguments is None else arguments)

    def tell(curriculum: Curriculum) -> Curriculum:
        return told(curriculum, options.texts, options.encoder)

    about = {"command": command, "seed": options.seed, "threads": options.threads, "torch": torch.__version__}
    try:
        if options.never_seen:
            teacher = load_teacher(options.teacher)
            others = read_logs(options.train) if options.train else []
            logs = read_logs(options.test)
            refuse_shared_learners({"train": others, "test": logs})
            corpus, forecasts = never_seen(teacher, logs, others, options.warm, options.seed, tell)
            about |= {"never_seen": True, "warm": options.warm, "teacher": teacher.fingerprint()}
        else:
            if options.train is None or options.valid is None:
                parser.error("--train and --valid are needed, unless --never-seen is given.")
            splits = read_splits(options.train, options.valid, options.test, tell)
            config = TrainConfig(epochs=options.epochs, width=options.width, most_rows=options.most_rows)
            students = StudentConfig(steps=options.student_steps)
            console.print(f"{config}\n{students}\n{about}")
            ours, forecasts = compare(splits, config, students, options.seed)
            corpus = splits.test
            about |= {
                "config": asdict(config),
                "students": asdict(students),
                "skill_variance": ours.body.skill_variance,
                "prior_variance": ours.body.settings.prior_variance,
                "calibration": asdict(ours.calibration),
            }
            card = f"Trained for an evaluation: `{command}`\n"
            save_teacher(ours.teacher, options.out / "teacher", metrics=scores(forecasts["teacher"], corpus), card=card)
    except (LogFileError, CurriculumError, ArtifactRefused, EncoderMissing, OSError) as error:
        print(f"Not evaluated. {error}", file=sys.stderr)
        return 1
    found: dict[str, Any] = {name: scores(forecast, corpus) for name, forecast in forecasts.items()}
    found |= {
        "ahead": differences(forecasts, corpus, options.seed),
        "scenarios": by_scenario(forecasts, corpus),
        "rows": int(corpus.scored.sum()),
        "learners": corpus.learners,
        "about": about,
    }
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "report.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    write_report(options.out, found, {name: forecast.probability for name, forecast in forecasts.items()}, corpus)
    for name in forecasts:
        console.print(f"{name:9} {found[name]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
