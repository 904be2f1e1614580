"""An evaluation for people: DIR/report.md with its tables and pictures. The numbers are those of DIR/report.json."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models_core import metrics
from models_core.corpus import Corpus
from models_core.pictures import bar_chart, line_chart, scatter_chart

NUMBERS = ("auc", "auc_within", "auc_new_skill", "log_loss", "ece", "parameters", "train_seconds")
AHEAD = ("value", "low", "high")
HISTORY = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)  # edges of numbers of past events
FEWEST = 200  # rows behind a point of a picture
SHOWN = 2_000  # points of a scatter picture


def write_report(
    folder: Path, found: Mapping[str, Any], said: Mapping[str, NDArray[np.float64]], corpus: Corpus
) -> None:
    """Write report.md and its pictures.

    Args:
        folder: exists.
        found: what report.json holds.
        said: (R,) forecasts by model.
        corpus: R rows that they are about.
    """
    about = found["about"]
    lines = [
        f"# How well {', '.join(said)} predict {found['learners']:,} learners",
        "",
        f"{found['rows']:,} answers of learners whom no model was trained on; each model sees what came before.",
        f"Made by `{about['command']}` (seed {about['seed']}, torch {about['torch']}, {about['threads']} thread(s)).",
        "",
        "| model | " + " | ".join(name.replace("_", " ") for name in NUMBERS) + " |",
        "|---|" + "---:|" * len(NUMBERS),
        *(f"| {name} | " + " | ".join(_number(found[name][key]) for key in NUMBERS) + " |" for name in said),
        "",
        "## Ahead by how much (AUC, with 95 % intervals over learners)",
        "",
        "| ours against | ahead by | from | to |",
        "|---|---:|---:|---:|",
        *(f"| {name} | {' | '.join(_signed(a[key]) for key in AHEAD)} |" for name, a in found["ahead"].items()),
        "",
        "## By scenario (AUC)",
        "",
        "| scenario | answers | " + " | ".join(said) + " |",
        "|---|---:|" + "---:|" * len(said),
        *(
            f"| {name} | {row['rows']:,} | " + " | ".join(f"{row[model]:.4f}" for model in said) + " |"
            for name, row in found["scenarios"].items()
        ),
        "",
        "![AUC by scenario](scenarios.svg)",
        "",
        "## Does 70 % mean 70 %?",
        "",
        "![Calibration: what was said against what happened](calibration.svg)",
        "",
        "## How much past does it take?",
        "",
        "![AUC by the number of past events](history.svg)",
        "",
    ]
    calibration = {name: _reliability(corpus, p) for name, p in said.items()}
    line_chart(
        folder / "calibration.svg",
        title="What was said, and how often it came true",
        x_label="forecast",
        y_label="share of right answers",
        series=calibration,
        diagonal=True,
    )
    line_chart(
        folder / "history.svg",
        title="AUC by the number of past events",
        x_label="past events",
        y_label="AUC",
        series={name: _by_history(corpus, p) for name, p in said.items()},
        log_x=True,
    )
    scenarios = {
        name: {model: value for model, value in row.items() if model != "rows"}
        for name, row in found["scenarios"].items()
    }
    bar_chart(folder / "scenarios.svg", title="AUC by scenario", y_label="AUC", groups=scenarios)
    if {"ours", "teacher", "students"} <= said.keys():
        lines += ["## Teacher, students, and both", "", "![The teacher against the students](both.svg)", ""]
        lines += [f"{_agreement(corpus, said)}", ""]
        rows = np.flatnonzero(corpus.scored)
        rows = rows[:: max(1, len(rows) // SHOWN)]
        points = [
            (float(said["teacher"][r]), float(said["students"][r]), "right" if corpus.correct[r] else "wrong")
            for r in rows
        ]
        scatter_chart(
            folder / "both.svg",
            title="The teacher alone and students without a context",
            x_label="teacher",
            y_label="students",
            points=points,
            diagonal=True,
        )
    (folder / "report.md").write_text("\n".join(lines), encoding="utf-8")


def _agreement(corpus: Corpus, said: Mapping[str, NDArray[np.float64]]) -> str:
    kept = corpus.scored
    y, teacher, students, ours = corpus.correct[kept], *(said[n][kept] for n in ("teacher", "students", "ours"))
    apart = np.abs(teacher - students) > 0.1
    text = f"They are more than 10 points apart in {apart.mean():.1%} of the answers."
    if 0 < y[apart].sum() < apart.sum():
        scores = (metrics.auc(y[apart], p[apart]) for p in (teacher, students, ours))
        text += " There, AUC is {:.3f} (teacher), {:.3f} (students) and {:.3f} (both together).".format(*scores)
    return text


def _reliability(corpus: Corpus, p: NDArray[np.float64], bins: int = 15) -> list[tuple[float, float]]:
    """(mean forecast, share of right answers) per bin."""
    y, said = corpus.correct[corpus.scored], p[corpus.scored]
    place = np.minimum((said * bins).astype(int), bins - 1)
    return [
        (float(said[place == b].mean()), float(y[place == b].mean()))
        for b in range(bins)
        if (place == b).sum() >= FEWEST // 4
    ]


def _by_history(corpus: Corpus, p: NDArray[np.float64]) -> list[tuple[float, float]]:
    """(number of past events, AUC); a bin with few answers or one kind of outcome is left out."""
    past = np.concatenate([np.arange(n) for n in np.diff(corpus.begins)])
    found = []
    for low, high in pairwise(HISTORY):
        rows = corpus.scored & (past >= low) & (past < high)
        y = corpus.correct[rows]
        if rows.sum() >= FEWEST and 0 < y.sum() < len(y):
            found.append((float(np.mean(past[rows])) + 1, metrics.auc(y, p[rows])))
    return found


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.4f}"


def _number(value: float | None) -> str:
    """A number of a table; a dash where there is none."""
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}" if value >= 10 else f"{value:.4f}"
