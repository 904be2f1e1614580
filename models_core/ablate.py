"""What is each direction of the exchange worth? `python -m models_core.ablate --train A --valid V --test T --out DIR`

Letters: R rows of a corpus, n scored rows.

The same learners, the same training, parts of the exchange taken away: the teacher alone, students alone, students
whose context is k events old, with and without the teacher's word in their training, with and without what students
said in the teacher's memory. Then the two routes of a turn: a student that is sure enough on the last known context
answers alone; how much AUC does that cost, by the share of turns that go so? DIR/ablation.json and DIR/ablation.md.
"""

import argparse
import json
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from models_core import metrics
from models_core.commands import add_split_options, add_training_options, out_folder
from models_core.corpus import Corpus, notes_of
from models_core.curriculum import CurriculumError
from models_core.evaluate import Forecast as Said
from models_core.evaluate import Splits, by_scenario, read_splits
from models_core.events import NOTE_COLUMNS
from models_core.logistic import LogisticRegression
from models_core.logs import LogFileError
from models_core.pictures import line_chart
from models_core.teacher import TeacherModel
from models_core.train_students import Body, Exercises, StudentConfig, exercises, follow, train_students
from models_core.train_teacher import Lesson, TrainConfig, console, predict, read, train_teacher

AGES = (1, 5, 20)  # events that a stale context is old
SURE = (0.5, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05, 0.0)  # how far from 50 % a student must be to answer alone

Rows = NDArray[np.float64]


def notes(student: LogisticRegression, teacher: TeacherModel, corpus: Corpus) -> NDArray[np.float32]:
    """(R, notes) what was said before each attempt: by logistic regression on the record, which stands for the students
    in training and test alike (a trained student has seen its training rows, so its notes there would be too good)."""
    return notes_of(corpus, student.predict(corpus.local), predict(teacher, corpus))


def noted(corpus: Corpus, said: NDArray[np.float32]) -> Corpus:
    """The corpus with these notes in its events."""
    return replace(corpus, happened=np.concatenate([corpus.happened[:, : NOTE_COLUMNS.start], said], 1))


def aged(data: Exercises, events: int) -> Exercises:
    """Exercises whose stale context is that of the learner's query so many events ago, whatever it was about."""
    before = data.row - events
    known = before >= data.begin
    return replace(data, before=np.where(known, before, -1), age=np.where(known, events, 0))


def unbounded(teacher: TeacherModel) -> TeacherModel:
    """The same teacher, but attending to everything that ever happened."""
    other = TeacherModel(replace(teacher.config, window=65_536))
    other.load_state_dict(teacher.state_dict())
    return other.eval()


def ablation(
    splits: Splits, config: TrainConfig, settings: StudentConfig, seed: int
) -> tuple[dict[str, Said], dict[str, Rows]]:
    """Forecasts of the test by variant, and what the routes need: full, short and how sure the short one is."""
    test, skills = splits.test, len(splits.train.curriculum.skills)
    teacher = train_teacher([Lesson(splits.train)], [splits.valid], config, seed)
    train, valid, data = (exercises(corpus, *read(teacher, corpus)) for corpus in (splits.train, splits.valid, test))
    body = train_students(teacher, train, valid, skills, settings, seed)
    alone = train_students(teacher, train, valid, skills, replace(settings, distillation=0.0), seed)
    found = {
        "teacher alone": _placed(test, data, data.teacher),
        "teacher alone, attention without a window": Said(predict(unbounded(teacher), test), 0, 0.0),
        "students alone (no context)": _told(test, body, data, "none"),
        **{f"students, context {age} events old": _told(test, body, aged(data, age), "stale") for age in AGES},
        "students, context from the last time on the skill": _told(test, body, data, "stale"),
        "teacher -> students": _told(test, body, data, "fresh"),
        "teacher -> students, no distillation": _told(test, alone, data, "fresh"),
        "teacher -> students, no fast update": _told(test, body, data, "fresh", fast=False),
        "no context, no fast update": _told(test, body, data, "none", fast=False),
    }
    student = LogisticRegression.fit(splits.train.local[splits.train.scored], splits.train.correct[splits.train.scored])
    heard = {name: notes(student, teacher, corpus) for name, corpus in vars(splits).items()}
    listening = train_teacher(
        [Lesson(splits.train, notes=heard["train"])], [noted(splits.valid, heard["valid"])], config, seed
    )
    hearing = {name: noted(corpus, heard[name]) for name, corpus in vars(splits).items()}
    train, valid, told = (exercises(corpus, *read(listening, corpus)) for corpus in hearing.values())
    both = train_students(listening, train, valid, skills, settings, seed)
    found["students -> teacher"] = _placed(test, told, told.teacher)
    found["teacher <-> students"] = _told(test, both, told, "fresh")
    short = follow(body, data, *body.look(data, "stale"))
    full = follow(body, data, *body.look(data, "fresh"))
    return found, {"full": full, "short": short, "correct": data.correct.astype(np.float64)}


def routes(full: Rows, short: Rows, correct: Rows) -> list[dict[str, float]]:
    """Share of turns on the short route against AUC lost, by how sure a student must be to answer alone."""
    whole = metrics.auc(correct, full)
    found = []
    for sure in SURE:
        alone = np.abs(short - 0.5) >= sure
        mixed = metrics.auc(correct, np.where(alone, short, full))
        found.append(
            {
                "sure": sure,
                "share": round(float(alone.mean()), 4),
                "auc": round(mixed, 4),
                "lost": round(whole - mixed, 4),
            }
        )
    return found


def _told(corpus: Corpus, body: Body, data: Exercises, state: str, *, fast: bool = True) -> Said:
    return _placed(corpus, data, follow(body, data, *body.look(data, state), fast=fast))


def _placed(corpus: Corpus, data: Exercises, said: Rows) -> Said:
    rows = np.full(len(corpus.asked), np.nan)
    rows[data.row] = said
    return Said(rows, 0, 0.0)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m models_core.ablate", description=__doc__)
    add_split_options(parser)
    parser.add_argument("--out", type=out_folder, required=True)
    add_training_options(
        parser, epochs=TrainConfig.epochs, width_of=TrainConfig.width, student_steps=StudentConfig.steps
    )
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    command = "python -m models_core.ablate " + shlex.join(sys.argv[1:] if arguments is None else arguments)
    try:
        splits = read_splits(options.train, options.valid, options.test)
    except (LogFileError, CurriculumError) as error:
        print(f"Not ablated. {error}", file=sys.stderr)
        return 1
    config = TrainConfig(epochs=options.epochs, width=options.width)
    console.print(f"{config}\nseed {options.seed}, torch {torch.__version__}, {options.threads} thread(s)")
    forecasts, route = ablation(splits, config, StudentConfig(steps=options.student_steps), options.seed)
    curve = routes(route["full"], route["short"], route["correct"])
    whole = splits.test.split(forecasts["teacher alone"].probability)
    rows: dict[str, Any] = {}
    for name, said in forecasts.items():
        mine = splits.test.split(said.probability)
        ahead = metrics.auc_difference(mine, whole, draws=500, seed=options.seed)
        rows[name] = metrics.scores(mine) | {"ahead": [round(v, 4) for v in (ahead.value, ahead.low, ahead.high)]}
    found = {"about": {"command": command, "seed": options.seed}, "variants": rows, "routes": curve}
    found["scenarios"] = by_scenario(forecasts, splits.test)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "ablation.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    write(options.out, found)
    return 0


def write(folder: Path, found: Mapping[str, Any]) -> None:
    """DIR/ablation.md and its picture."""
    line_chart(
        folder / "routes.svg",
        title="AUC by the share of turns on the short route",
        x_label="share of turns that students answer alone",
        y_label="AUC",
        series={"AUC": [(row["share"], row["auc"]) for row in found["routes"]]},
    )
    scenarios = found["scenarios"]
    lines = [
        "# What the exchange is worth",
        "",
        f"Made by `{found['about']['command']}`.",
        "",
        "| variant | AUC | within a learner | log loss | ahead of the teacher alone (95 %) |",
        "|---|---:|---:|---:|---:|",
        *(
            f"| {name} | {row['auc']:.4f} | {row['auc_within']:.4f} | {row['log_loss']:.4f} |"
            f" {row['ahead'][0]:+.4f} ({row['ahead'][1]:+.4f} to {row['ahead'][2]:+.4f}) |"
            for name, row in found["variants"].items()
        ),
        "",
        "## By scenario (AUC)",
        "",
        "| variant | " + " | ".join(scenarios) + " |",
        "|---|" + "---:|" * len(scenarios),
        *(
            f"| {name} | " + " | ".join(f"{row[name]:.4f}" for row in scenarios.values()) + " |"
            for name in found["variants"]
        ),
        "",
        "## Two routes",
        "",
        "| a student answers alone when its forecast is so far from 50 % | share of turns | AUC | lost |",
        "|---:|---:|---:|---:|",
        *(
            f"| {100 * r['sure']:.0f} points | {r['share']:.1%} | {r['auc']:.4f} | {r['lost']:+.4f} |"
            for r in found["routes"]
        ),
        "",
        "![AUC by the share of turns on the short route](routes.svg)",
        "",
    ]
    (folder / "ablation.md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
