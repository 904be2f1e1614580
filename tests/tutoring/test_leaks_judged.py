"""Sentences of an author who had not seen the gate: how many of their leaks pass, and what is held back.

`judged.jsonl` holds two rounds. A line that is `undecided` is a step on the way, or a description of what a word
means: a hint may hold it, and a learner may guess the answer from it.
"""

import gc
import json
import time
from pathlib import Path

import pytest

from tutor_app.tutoring.voices import leaks
from tutor_app.tutoring.voices.leaks import Gate

LINES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "attacks" / "judged.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


def labelled(label: str) -> list[dict[str, object]]:
    return [line for line in LINES if line["label"] == label]


def passes(line: dict[str, object]) -> bool:
    judged = Gate(str(line["problem"]), list(line["key"]))  # type: ignore[call-overload]
    return judged.passes(str(line["sentence"])) or "could not" in judged.why


def test_the_set_is_large_and_varied() -> None:
    assert len(labelled("leak")) >= 850
    assert len(labelled("honest")) >= 650
    assert len({line["problem"] for line in LINES}) >= 100
    assert len({line["style"] for line in LINES}) >= 100


def test_leaks_of_another_author_are_held_back() -> None:
    missed = [(line["problem"], line["sentence"]) for line in labelled("leak") if passes(line)]
    assert len(missed) <= 0.04 * len(labelled("leak")), missed


def test_honest_sentences_of_another_author_pass() -> None:
    held = [(line["problem"], line["sentence"]) for line in labelled("honest") if not passes(line)]
    assert len(held) <= 0.005 * len(labelled("honest")), held


@pytest.mark.parametrize(
    ("problem", "key", "sentence"),
    [
        ("Simplify 6/8.", "3/4", "It's the same as 75%."),  # the problem holds the value, not the form
        ("Factor x^2 + 5x + 6.", "(x+2)(x+3)", "x plus two, times x plus three."),  # read aloud
        ("Factor x^2 + 5x + 6.", "(x+2)(x+3)", "One factor is x + 2 and the other is x + 3."),  # part by part
        ("Does the series converge or diverge?", "diverges", "It does not converge."),  # alternatives of the problem
        ("Which is larger: 2/3 or 3/5?", "2/3", "3/5 is the smaller one."),
        ("Is 17 prime or composite?", "prime", "Es ist eine Primzahl."),  # the word in another language
        ("What is 7 squared plus 21?", "70", "soixante-dix"),
        ("Complete the square: x^2 + 6x + ___", "9", "x^2 + 6x + 9 = (x + 3)^2"),  # the blank is filled
        ("Find f(3) for f(x) = x^2 - 2x.", "3", "f(3) = 3"),  # what was asked, with its value
        ("Find the slope of the line through (1, 2) and (3, 10).", "4", "The line is y = 4x - 2."),
        ("Write the line with slope 3 through (0, -1).", "y = 3x - 1", "3x - y = 1"),  # an equivalent equation
        ("How long is an edge, in cm?", "4 cm", "40 mm"),  # another unit
        ("Give the formula of carbon dioxide.", "CO2", "One carbon and two oxygens."),  # by its atoms
        ("Solve 5^x = 125.", "3", "5^3 = 125"),  # a number of the problem comes out
        ("Solve 2x + 1 = 9.", "4", "x = 8/2"),  # the last step, set equal to the unknown
        ("Find the domain of 1/(x - 2).", "x != 2", "Only 2 is forbidden."),
        ("Simplify sqrt(50).", r"5\sqrt{2}", "About 7.07."),
        ("Do we reject or fail to reject it?", "reject", "We reject it."),
    ],
)
def test_each_kind_that_had_passed_is_held_back(problem: str, key: str, sentence: str) -> None:
    judged = Gate(problem, [key])
    assert not judged.passes(sentence)
    assert "could not" not in judged.why


@pytest.mark.parametrize(
    ("problem", "key", "sentence"),
    [
        ("Simplify 6/8.", "3/4", "Which number divides both 6 and 8?"),
        ("Factor x^2 + 5x + 6.", "(x+2)(x+3)", "For x^2 + 7x + 12 the numbers are 3 and 4."),
        ("Does the series converge or diverge?", "diverges", "Decide whether it converges or diverges with a test."),
        ("Is the sign positive or negative?", "positive", "A square is never negative."),  # a general rule
        ("Find f(3) for f(x) = x^2 - 2x.", "3", "Put 3 in place of x."),
        ("True or false: every square is a rectangle.", "true", "It is true that squares have four equal sides."),
        ("Do we reject or fail to reject it?", "reject", "We reject it when the p-value is less than alpha."),
        ("How many minutes are 120 seconds?", "2", "You have 120 seconds."),  # the conversion is the task
    ],
)
def test_its_honest_neighbours_pass(problem: str, key: str, sentence: str) -> None:
    assert Gate(problem, [key]).passes(sentence)


def test_sentences_full_of_latex_are_judged_in_five_milliseconds() -> None:
    sentence = (
        r"Multiply both sides: $$\frac{2x^2+12}{x^2-9}=\frac{5x+15}{x^2-9}$$ means that "
        r"$$\left(x-3\right)\left(2x^2+12\right)=\frac{1}{2}\left(5x+15\right)$$."
    )
    leaks.warm_up()
    gc.collect()
    gc.disable()
    try:
        times = []
        for count in range(60):
            judged = Gate(f"Solve (2x^2 + 12)/(x^2 - 9) = 5/(x - 3), part {count}.", ["-1/2"])
            begin = time.thread_time()
            judged.passes(sentence)
            times.append(time.thread_time() - begin)
    finally:
        gc.enable()
    assert sorted(times)[len(times) // 2] <= 0.005
