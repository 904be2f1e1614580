"""Sentences of an author who had not seen the gate: how many of their leaks pass, and what is held back.

`judged.jsonl` holds several rounds, each of other problems. A line that is `undecided` is a step on the way, or a
description of what a word means: a hint may hold it, and a learner may guess the answer from it.
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
    assert len(labelled("leak")) >= 1_500
    assert len(labelled("honest")) >= 1_000
    assert len({line["problem"] for line in LINES}) >= 250
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
        ("Solve for x: 4x - 7 = 21", "7", "Notice that 4(7) - 7 = 21."),  # the problem's equation, its number the key
        ("Find the hypotenuse of a right triangle with legs 6 and 8.", "10", "6² + 8² = 10²"),
        ("A circle has area 49π. Find its radius.", "7", "π·7² = 49π"),
        ("What is the next number: 3, 6, 12, 24, ...?", "48", "3, 6, 12, 24, 48"),  # the list goes on
        ("What is the mean of 4, 8, 9, 11, 13?", "9", "The sum is 45 and 45/5 = 9."),
        ("Write the circle with center (0, 0) and radius 6.", "x^2+y^2=36", "Put 36 on the right side."),
        ("What is the y-intercept of y = -4x + 9?", "(0, 9)", "It hits the y-axis at 9."),  # the other part is known
        ("Find the distance between (1, 1) and (4, 5).", "5", "The two points are 5 units apart."),
        ("Solve x - 9 = -2.", "7", "If you type 7 it will be marked right."),  # not a label: `type 7`
        ("What is 45 divided by 9?", "5", "It goes in five times."),
        ("A jacket costs $60 and is 25% off. What is it now?", "$45", "It is five dollars less than fifty."),
        ("How many sides does a hexagon have?", "6", "One more side than a pentagon."),  # counts that all know
        ("What is the sum of 12 and 14?", "26", "Half as many as weeks in a year."),
        ("What is 12 times 4?", "48", "Number of hours in two days."),
        ("Solve x - 9 = -2.", "7", "The seventh positive integer."),
        ("Two angles add up to 90 degrees. One is 35 degrees. Find the other.", "55", "Both digits are 5."),
        ("What is the measure of each angle in an equilateral triangle?", "60°", "π/3"),
        ("Evaluate 2^5.", "32", "Das Ergebnis ist zweiunddreißig."),
        ("Solve the equation x^2 - 7x + 10 = 0.", "x = 2, x = 5", "Les solutions sont deux et cinq."),
        ("What is the domain of f(x) = sqrt(x - 3)?", "[3, inf)", "x muss mindestens 3 sein."),
        ("Solve 2x + 3 <= 11.", "(-inf, 4]", "everything up to and including four"),
        ("Solve -2x > 10.", "x < -5", "Shade everything to the left of -5 with an open circle."),
        ("What is the domain of f(x) = 1/(x - 5)?", "x != 5", "(-∞, 5) ∪ (5, ∞)"),
        ("Solve x^2 = 49.", "x=7, x=-7", "One solution is 7, and the other is its opposite."),
        ("Simplify: 3(2x - 5) + 4x", "10x - 15", "It equals 5(2x - 3)."),
        ("Find the inverse of f(x) = 2x + 6.", "f^-1(x)=(x-6)/2", "y = 0.5x - 3"),
        ("Factor completely: 2x^2 - 18", "2(x-3)(x+3)", "Pull out a 2, and the rest is (x - 3)(x + 3)."),
        ("Multiply: (2 + 3i)(1 - i)", "5+i", "The real part is 5 and the imaginary part is 1."),
        ("Simplify (x^5)(x^3).", "x^8", "Add the exponents, 5 + 3 = 8, and put it on x."),
        ("Which is larger, 3/8 or 2/5?", "2/5", "It's not 3/8."),  # behind an opening clause
        ("If the price rises, is demand elastic or inelastic?", "elastic", "The former of the two words."),
        ("Is the pattern linear or exponential?", "exponential", "It grows exponentially."),
        ("Which shows it? (A) positive (B) negative (C) none", "B", "It shows a negative correlation."),
        ("Which is a vector quantity? A. mass B. speed C. velocity", "C. velocity", "Velocity is a vector."),
        ("Which is a vector quantity? A. mass B. speed C. velocity", "C. velocity", "Mass and speed are scalars."),
        ('Who wrote "Hamlet"?', "William Shakespeare", "Shakespeare wrote it."),
        ("Who developed general relativity?", "Albert Einstein", "His initials are A.E."),
        ("What turns water vapor into liquid?", "condensation", "The vapor condenses."),  # another form of the word
        ("What triangle has equal sides?", "equilateral", "equi + lateral"),
        ("What is the SI unit of force?", "newton", "The unit is N."),
        ("What gas do plants take in?", "carbon dioxide", "CO₂ is what they absorb."),
        ("How many solutions does it have?", "no solution", "The lines never meet."),
        ('In "The cat sat on the mat", what is the verb?', "sat", "It's the third word."),
        ("True or False: The square root of 2 is rational.", "False", "The square root of 2 is irrational."),
        ("Does the test reject the null at alpha = 0.05?", "yes", "Since 0.03 < 0.05, we reject the null."),
        ("Solve for t: 6t - 4 = 20", "4", "If everything goes right, t should come out as 4."),
        ("Solve for t: 6t - 4 = 20", "4", "Plug it back in: 6·4 - 4 = 24 - 4 = 20."),
        ("What is the mode of 2, 3, 3, 5, 7, 7, 7?", "7", "7 shows up most often."),
        ("What is the third quartile of 1, 3, 5, 7, 9, 11, 13?", "11", "The median of the upper half is 11."),
        ("What is the third quartile of 1, 3, 5, 7, 9, 11, 13?", "11", "Q3 is eleven."),
        ("Express 0.75 as a fraction.", "3/4", "75/100 = 3/4"),  # the notation that is asked for
        ("How many terms does 3x^2 + 2x - 7 have?", "3", "It's a trinomial."),
        ("Rewrite 8 = 2^3 in logarithmic form.", "log_2(8) = 3", "log₂ 8 = 3"),
        ("Which property is shown by 3 + 5 = 5 + 3?", "commutative property", "It's commutativity."),
        ("Are they parallel, perpendicular, or neither?", "perpendicular", "They're perpendicular."),
        ("What does a positive slope look like?", "rising", "It goes up."),
        ("Is HCl a strong acid or a weak acid?", "strong acid", "It is not weak."),
        ("True or false: all prime numbers are odd.", "false", "False, because 2 is prime and even."),
        ("True or false: all prime numbers are odd.", "false", "Two is a counterexample."),
        ("Describe the change from y = x^2 to y = x^2 + 3.", "shift up 3", "It moves up by three."),
        ("What comes next: Monday, Wednesday, Friday, ...?", "Sunday", "The day after Saturday."),
        ("Identify the constant term in 4x^2 - 3x + 9.", "9", "The constant term is 9."),
        ("What is the period of y = sin(2x)?", "pi", "180 degrees"),
        ("What is the period of y = sin(2x)?", "pi", "roughly 3.14"),
        ("Which number is prime: 21, 27, 29, or 33?", "29", "29 is the prime one."),
        ("Which number is prime: 21, 27, 29, or 33?", "29", "The third number."),
        ("They left (there/their/they're) books.", "their", 'Use "their".'),
        ("They left (there/their/they're) books.", "their", 'Neither "there" nor "they\'re".'),
        ('What is used in "The wind whispered"?', "personification", "The wind is personified."),
        ("Estimate 198 + 403.", "600", "A six with two zeros."),
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
        ("Solve for x: 4x - 7 = 21", "7", "Adding 7 to both sides gives 4x = 28."),
        ("Find the greatest common factor of 8 and 18.", "2", "8 = 4 * 2 and 18 = 9 * 2."),
        ("Simplify -sqrt(81).", "-9", "9^2 = 81"),
        ("What is the y-intercept of y = -4x + 9?", "(0, 9)", "The y-intercept is where x = 0."),
        ("Factor completely: 4m^2 - 4m - 8", "4(m+1)(m-2)", "It should look like this: 4(m^2 - m - 2)."),
        ("Square the binomial: (3x - y)^2", "9x^2 - 6xy + y^2", "(3x - y)^2 = (3x)^2 - 2*3xy + y^2"),
        ("Which is larger, 3/8 or 2/5?", "2/5", "Write both fractions with denominator 40."),
        ("Which is a vector quantity? A. mass B. speed C. velocity", "C. velocity", "Compare mass with speed."),
        ("What turns water vapor into liquid?", "condensation", "It is the reverse of evaporation."),
        ("How many solutions does it have?", "no solution", "The slopes are equal, so the lines are parallel."),
        ("Does the test reject the null at alpha = 0.05?", "yes", "If p is less than alpha, we reject the null."),
        ("What kind of function is f(x) = 3^x?", "exponential", "Is the variable in the base or in the exponent?"),
        ("Is it an expression or an equation: 3x + 5?", "expression", "Every equation contains two expressions."),
        ("Describe the change from y = x^2 to y = x^2 + 3.", "shift up 3", "For y = x^2 - 2 it moves down by 2."),
        ("What is the period of y = sin(2x)?", "pi", "The period of sin(bx) is 2π divided by b."),
        ("Which number is prime: 21, 27, 29, or 33?", "29", "21 = 3 * 7, so it isn't prime."),
        ("They left (there/their/they're) books.", "their", "Which one shows that something belongs to them?"),
        ("Express 0.75 as a fraction.", "3/4", "Write 0.75 as 75 over 100 first."),
        ("What is the mode of 2, 3, 3, 5, 7, 7, 7?", "7", "The number 3 appears twice. Which appears more often?"),
        ("Which property is shown by 3 + 5 = 5 + 3?", "commutative property", "The associative one groups terms."),
        ("Are they parallel, perpendicular, or neither?", "perpendicular", "Parallel lines have equal slopes."),
        ("True or False: The square root of 2 is rational.", "False", "A rational number is a fraction of integers."),
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
