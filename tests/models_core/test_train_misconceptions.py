"""Fitting: a search that finds the bottom, shares that are counted, and parameters that come back."""

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from models_core.misconceptions import SLIP, Encounter, Misconceptions, Planted, load_parameters
from models_core.train_misconceptions import (
    LogRefused,
    Shapes,
    SlipShape,
    choose_bar,
    fit,
    landing_shares,
    main,
    read_logs,
    simplex_search,
    write_log,
)

SLUGS = ("a", "b", "c")
FAR = (("anywhere", 40),)
ALL_ANYWHERE = Shapes(Counter(anywhere=100), Counter(anywhere=100))


def learners(count: int, *, prior: float, expression: float, slip: float, seed: int) -> list[list[Planted]]:
    """Who answers as the model thinks: a held misconception shows, else the answer is right or a slip."""
    rng = random.Random(seed)
    logs = []
    for _ in range(count):
        held = {slug for slug in SLUGS if rng.random() < prior}
        log = []
        for _ in range(20):
            slug = rng.choice(SLUGS)
            if slug in held and rng.random() < expression:
                log.append(Planted(Encounter((slug,), False, (slug,), FAR), slug))
            elif rng.random() < slip:
                lands = rng.random() < 0.02
                log.append(Planted(Encounter((slug,), False, (slug,) if lands else (), FAR if lands else ()), SLIP))
            else:
                log.append(Planted(Encounter((slug,), True), None))
        logs.append(log)
    return logs


def written(path: Path, logs: list[list[Planted]]) -> Path:
    slip = SlipShape("anywhere", ("minus", "anywhere"))
    lines = [write_log((a, slip if a.cause == SLIP else None) for a in log) for log in logs]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_the_search_finds_the_bottom_of_a_bowl():
    found = simplex_search(lambda x: (x[0] - 1) ** 2 + 3 * (x[1] + 2) ** 2, [0, 0], rounds=200, rng=random.Random(0))
    assert found == pytest.approx([1, -2], abs=0.1)


def test_the_parameters_of_simulated_learners_come_back():
    logs = learners(60, prior=0.25, expression=0.85, slip=0.1, seed=3)
    found = fit(logs, ALL_ANYWHERE, rounds=30, seed=0, say=lambda _: None)
    # With six or seven chances each, whoever held one showed it.
    shown = sum(len({answer.cause for answer in log} & set(SLUGS)) for log in logs)
    assert found.prior == pytest.approx(shown / (len(logs) * len(SLUGS)), abs=0.05)
    assert found.expression == pytest.approx(0.85, abs=0.06)
    assert found.slip == pytest.approx(0.1, abs=0.03)


def test_landing_shares_are_counted():
    made, possible = Counter(minus=29, anywhere=62), Counter(minus=91, anywhere=91, part=41)
    shares = landing_shares(Shapes(made, possible), [])
    # One more of each of nine shapes: 30 and 63 of 100 that could be so; none of 50.
    assert (shares["minus"], shares["anywhere"]) == (0.3, 0.63)
    assert shares["part"] == 0.02
    assert shares["choice"] == 1.0


def test_the_bar_is_as_low_as_the_share_of_slips_allows():
    logs = learners(25, prior=0.25, expression=0.85, slip=0.1, seed=4)
    model = Misconceptions(fit(logs, ALL_ANYWHERE, rounds=5, seed=0, say=lambda _: None))
    loose, strict = (choose_bar(model, logs, most_false=most).parameters.name_above for most in (0.5, 0.0))
    assert loose < strict


def test_logs_come_back_as_they_were_written(tmp_path: Path):
    logs = learners(3, prior=0.5, expression=0.9, slip=0.3, seed=1)
    read, shapes = read_logs(written(tmp_path / "log.jsonl", logs))
    assert read == logs
    assert shapes.made["anywhere"] == shapes.possible["minus"] == sum(a.cause == SLIP for log in logs for a in log)


@pytest.mark.parametrize("line", ["{", "3", '[{"correct": true}]', "[[]]"])
def test_a_line_that_is_no_learner_is_refused_with_its_number(tmp_path: Path, line):
    path = written(tmp_path / "log.jsonl", learners(1, prior=0.5, expression=0.9, slip=0.3, seed=1))
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(LogRefused, match="line 2"):
        read_logs(path)


def test_the_command_writes_what_the_site_reads(tmp_path: Path, capsys):
    logs = learners(20, prior=0.25, expression=0.85, slip=0.2, seed=5)
    train, valid = written(tmp_path / "train.jsonl", logs), written(tmp_path / "valid.jsonl", logs)
    arguments = ["--train", str(train), "--valid", str(valid), "--rounds", "2", "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    assert json.loads(capsys.readouterr().out)["train_learners"] == 20
    assert load_parameters(tmp_path / "out").landing["anywhere"] > 0.8


def test_the_command_says_what_is_wrong_with_its_input(tmp_path: Path, capsys):
    assert main(["--train", "nowhere.jsonl", "--valid", "nowhere.jsonl", "--out", str(tmp_path / "out")]) == 1
    assert "nowhere.jsonl cannot be read" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
