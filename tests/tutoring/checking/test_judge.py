"""Verdicts, one claim per row: key, given, what the step asks, and what is said."""

import pytest

from tutor_app.tutoring.checking import CheckerPool, Question, Verdict, key_problem

CORRECT, FORM, INCORRECT, UNREAD = Verdict.CORRECT, Verdict.FORM, Verdict.INCORRECT, Verdict.NOT_UNDERSTOOD


def verdict(pool: CheckerPool, key: str, given: str, asked: str = "") -> Verdict:
    return pool.check(Question("arithmetic", (key,), asked=asked), given).verdict


@pytest.mark.parametrize(
    ("key", "given", "said"),
    [
        # numbers
        ("5", "5", CORRECT), ("5", "5.0", CORRECT), ("5", "+5", CORRECT), ("5", "-5", INCORRECT), ("5", "6", INCORRECT),
        ("1/2", "0.5", CORRECT), ("1/2", "2/4", CORRECT), (r"\frac{-1}{2}", "-1/2", CORRECT), ("1/2", "50%", CORRECT),
        ("5", "15/3", CORRECT), ("5", "5/0", INCORRECT),
        ("1/3", "0.33", INCORRECT),
        ("12000", "12,000", CORRECT), ("12000", "12 000", CORRECT), ("2 1/3", "7/3", CORRECT), ("7/3", "2⅓", CORRECT),
        ("5", "$5", CORRECT), ("5", "5 miles", CORRECT), ("25%", "0.25", CORRECT), ("25%", "25", FORM),
        ("25", "25%", INCORRECT),
        (r"3.4\times{10}^5", "340000", CORRECT), (r"3.4\times{10}^5", "3.4*10^5", CORRECT),
        ("340000", "3.4E5", CORRECT),
        # units: compared where both have one
        ("5 cm", "5 cm", CORRECT), ("5 cm", "5", CORRECT), ("5 cm", "50 mm", CORRECT), ("5 cm", "5 km", INCORRECT),
        ("5 cm", "5 kg", INCORRECT), ("3 hours", "180 minutes", CORRECT), ("2 km", "2000 m", CORRECT),
        ("3 tickets", "3 ticket", CORRECT),
        ("3 tickets", "3 coins", INCORRECT), ("$0.39", "39 cents", CORRECT), ("5m", "5m", CORRECT),
        ("5m", "5", INCORRECT),
        # rounding: only more exact answers, and not for short decimals that look exact
        ("16.67", "50/3", CORRECT), ("3.14", "3.14159", CORRECT), ("3.14", "3.15", INCORRECT),
        ("3.14", "3.1", INCORRECT),
        ("0.5", "0.54", INCORRECT), ("16.7", "16.6667", CORRECT), ("3.46", r"2\sqrt{3}", CORRECT),
        # expressions
        ("4x+12", "4(x+3)", CORRECT), ("4x+12", "12+4x", CORRECT), ("4x+12", "4x+13", INCORRECT),
        ("4x+12", "4y+12", INCORRECT),
        ("3x^2", "3X^2", CORRECT), ("2x", "x+x", CORRECT), (r"1+\sqrt{2}", r"\frac{1}{\sqrt2-1}", CORRECT),
        ("|x|", "x", INCORRECT), ("|x|", "sqrt(x^2)", CORRECT), (r"5y^2\sqrt{y}", "5sqrt(y^5)", CORRECT),
        (r"x^{\frac{1}{3}}", "∛x", CORRECT), (r"\log_{3}(8)", "3log_3(2)", CORRECT), ("x+1", "(x^2-1)/(x-1)", CORRECT),
        ("(x-2)(x-6)", "(6-x)(2-x)", CORRECT), ("sin(x)^2+cos(x)^2", "1", CORRECT), ("ab", "ba", CORRECT),
        ("1/(2x)", "1/2x", INCORRECT),
        # equations
        ("4", "x=4", CORRECT), ("4", "4=x", CORRECT), ("x=4", "4", CORRECT), ("x=4", "4 = x", CORRECT),
        ("x=4", "y=4", INCORRECT),
        ("x=4", "x = 8/2 = 4", CORRECT), ("x=4", "x=8/2=5", INCORRECT), ("x=4", "2x=8", FORM), ("x=4", "x-4=0", FORM),
        ("5", "2+3=5", CORRECT),
        ("3x=15", "15=3x", CORRECT), ("3x=15", "x=5", FORM), ("3x=15", "6x=30", CORRECT), ("3x=15", "3x=14", INCORRECT),
        ("3x=15", "5", INCORRECT),
        ("y=3x+2", "y=2+3x", CORRECT), ("y=3x+2", "y-3x=2", CORRECT), ("y=3x+2", "3x+2", FORM),
        ("y=3x+2", "y=3x-2", INCORRECT),
        ("2x+3y=6", "4x+6y=12", CORRECT), ("2x+3y=6", "y=-2/3x+2", CORRECT), ("(c+2)^2=9", "c^2+4c-5=0", CORRECT),
        ("(c+2)^2=9", "c+2=3", INCORRECT),
        ("f(x)=2x+1", "f(x)=1+2x", CORRECT), ("2x+1", "f(x)=1+2x", CORRECT), ("2x+1", "y=1+2x", CORRECT),
        ("P=10n", "P=10*n", CORRECT),
        # inequalities and intervals
        ("x>=-4", "-4<=x", CORRECT), ("x>=-4", "[-4,inf)", CORRECT), ("x>=-4", "2x>=-8", FORM),
        ("x>=-4", "x>-4", INCORRECT),
        ("x>=-4", "x<=-4", INCORRECT), ("x>=-4", "y>=-4", INCORRECT), ("(-inf,8]", "x<=8", CORRECT),
        ("(-inf,8]", "(-inf,8)", INCORRECT),
        ("(-inf,8]", "[8,-inf)", INCORRECT), ("-2<x<=5", "x>-2 and x<=5", CORRECT), ("-2<x<=5", "(-2,5]", CORRECT),
        ("x<2 or x>5", "(-inf,2)U(5,inf)", CORRECT), ("x<2 or x>5", "x>5 or x<2", CORRECT),
        ("x<2 or x>5", "2<x<5", INCORRECT),
        ("y<2x+1", "y-2x<1", CORRECT), ("y<2x+1", "-2y>-4x-2", CORRECT), ("y<2x+1", "y>2x+1", INCORRECT),
        ("y<2x+1", "y<=2x+1", INCORRECT),
        # pairs, lists, sets
        ("(2,3)", "(2, 3)", CORRECT), ("(2,3)", "(3,2)", INCORRECT), ("(2,3)", "2,3", FORM),
        ("(2,3)", "x=2, y=3", CORRECT),
        ("(1/2,3)", "(0.5,3)", CORRECT), ("(2,3)", "(2,3]", INCORRECT), ("(2,3)", "(2,3,4)", INCORRECT),
        ("x=-3, x=2", "2, -3", CORRECT), ("x=-3, x=2", "x=2 or x=-3", CORRECT), ("x=-3, x=2", "x=2", INCORRECT),
        ("x=-3, x=2", "2,-3,4", INCORRECT),
        ("{1,2}", "{2,1}", CORRECT), (r"\{1,2\}", "2,1", CORRECT), ("{1,2}", "{1,2,2}", CORRECT),
        ("{1,2}", "{1,3}", INCORRECT),
        (r"1\pm\sqrt{2}", "1+√2, 1-√2", CORRECT), (r"x=1\pm\sqrt{2}", "1-√2 or 1+√2", CORRECT),
        (r"x=\frac{1\pm\sqrt5}{2}", r"\frac12\pm\frac{\sqrt5}{2}", CORRECT),
        # phrases
        ("no solution", "DNE", CORRECT), ("no solution", "∅", CORRECT), ("no solution", "0", INCORRECT),
        ("undefined", "und", CORRECT),
        ("all real numbers", "(-inf, inf)", CORRECT), ("all real numbers", "ℝ", CORRECT),
        ("5", "no solution", INCORRECT),
        (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", CORRECT),
        # not read
        ("5", "hello", UNREAD), ("5", "3 +", UNREAD), ("5", "   ", UNREAD), ("3x", "x2", UNREAD),
    ],
)  # fmt: skip
def test_a_given_answer_against_a_key(pool: CheckerPool, key: str, given: str, said: Verdict) -> None:
    assert verdict(pool, key, given) == said


@pytest.mark.parametrize(
    ("key", "given", "asked", "said"),
    [
        ("5", "15/3", "Find the value.", FORM),
        ("5", "2+3", "Add.", FORM),
        ("20", "4*5", "Multiply.", FORM),
        ("2x", "x+x", "Add.", FORM),
        ("3x=15", "6x=30", "Subtract 2 from both sides.", FORM),
        ("3x=15", "3x+2=17", "Subtract 2 from both sides.", FORM),
        ("y=3x+2", "y-3x=2", "Find the equation of the line.", CORRECT),
        ("r=d/t", "d=rt", "Solve for r.", FORM),
        ("2x+3y=6", "y=-2/3x+2", "Write it in standard form.", FORM),
        ("1/2", "2/4", "Write your answer in lowest terms.", FORM),
        ("16/36", "8/18", "Simplify.", CORRECT),  # the key itself is not reduced
        ("1/2", "0.5", "Write it as a fraction.", FORM),
        ("0.5", "1/2", "Write it as a decimal.", FORM),
        ("16.7", "16.67", "Round to the nearest tenth.", FORM),
        ("4x+12", "4(x+3)", "Simplify using the distributive property.", FORM),
        ("4(x+3)", "4x+12", "Factor completely.", FORM),
        ("4(x+2)(x-2)", "4(x^2-4)", "Factor completely.", FORM),
        ("4(x+2)(x-2)", "4(x-2)(x+2)", "Factor completely.", CORRECT),
        ("12", "12", "List the factors of 12.", CORRECT),
        ("x+1", "(x^2-1)/(x-1)", "Simplify.", FORM),
        (r"2\sqrt{2}", "sqrt(8)", "Simplify.", FORM),
        (r"\frac{\sqrt{2}}{2}", "1/sqrt(2)", "Rationalize the denominator.", FORM),
        (r"\frac{1}{x^2}", "x^-2", "Write with positive exponents.", FORM),
        ("y=3x+2", "y-3x=2", "Write it in slope-intercept form.", FORM),
        ("x>=-4", "[-4,inf)", "Write the inequality.", FORM),
        ("[-4,inf)", "x>=-4", "Write it in interval notation.", FORM),
        ("2 1/3", "7/3", "Write it as a mixed number.", FORM),
        ("7/3", "2 1/3", "Write it as an improper fraction.", FORM),
        (r"3.4\times10^5", "340000", "Write it in scientific notation.", FORM),
        ("25", "25%", "What percent of 80 is 20?", CORRECT),
        ("1, 2, 3", "3, 2, 1", "List them from smallest to largest.", INCORRECT),
        ("3^8", "6561", "Write it in exponential form.", FORM),
        ("x=4", "4", "Write the equation.", FORM),
    ],
)
def test_the_asked_form(pool: CheckerPool, key: str, given: str, asked: str, said: Verdict) -> None:
    assert verdict(pool, key, given, asked) == said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("Yes", CORRECT), ("yes ", CORRECT), ("b", CORRECT), ("B)", CORRECT), ("(b)", CORRECT), ("2", CORRECT),
        ("no", INCORRECT),
        ("a", INCORRECT), ("c", INCORRECT), ("x+1", INCORRECT), ("1+x", INCORRECT), (r"x^2\left(1\right)", UNREAD),
        ("maybe", UNREAD),
        ("d", UNREAD), ("0", UNREAD), ("99", UNREAD),
    ],
)  # fmt: skip
def test_a_choice_is_picked_by_text_letter_or_place(pool: CheckerPool, given: str, said: Verdict) -> None:
    question = Question("choice", ("Yes",), ("No", "Yes", "$$x+1$$"))
    assert pool.check(question, given).verdict == said


def test_a_choice_that_is_a_number_is_picked_by_its_text_before_its_place(pool: CheckerPool) -> None:
    question = Question("choice", ("2",), ("3", "2", "1"))
    assert pool.check(question, "2").verdict == CORRECT
    assert pool.check(question, "3").verdict == INCORRECT


def test_among_numbers_a_bare_number_is_no_place_in_the_list(pool: CheckerPool) -> None:
    question = Question("choice", ("$6$",), ("$5$", "$-2$", "$6$"))
    assert pool.check(question, "3").verdict == UNREAD
    assert pool.check(question, "c").verdict == CORRECT
    assert pool.check(question, "6").verdict == CORRECT


@pytest.mark.parametrize(
    ("key", "given", "said"),
    [
        ("Complex", "complex", CORRECT), ("Complex", "  COMPLEX. ", CORRECT), ("Complex", "complx", CORRECT),
        ("Complex", "simple", INCORRECT),
        ("N", "n", CORRECT), ("23,24", "24, 23", CORRECT), ("b=6, b=-2", "-2, 6", CORRECT), ("x**3", "x^3", CORRECT),
        ("$0.39", "0.39", CORRECT),
        ("DNE", "does not exist", CORRECT), ("(0,-19), DNE", "(0,-19), none", CORRECT),
        ("Speed = 50, Pace = 65", "50 and 65", CORRECT),
        ("Speed = 50, Pace = 65", "65, 50", INCORRECT), ("can't", "can’t", CORRECT),
    ],
)  # fmt: skip
def test_words(pool: CheckerPool, key: str, given: str, said: Verdict) -> None:
    assert pool.check(Question("string", (key,)), given).verdict == said


def test_any_of_several_keys_is_right(pool: CheckerPool) -> None:
    question = Question("arithmetic", ("x=4", "x=5"))
    assert [pool.check(question, given).verdict for given in ("4", "x=5", "6")] == [CORRECT, CORRECT, INCORRECT]


def test_a_key_that_cannot_be_read_is_compared_as_text(pool: CheckerPool) -> None:
    question = Question("arithmetic", ("42a105c",))
    assert not pool.readable("42a105c")
    assert [pool.check(question, given).verdict for given in ("42a105c", "42a")] == [CORRECT, INCORRECT]


def test_what_was_read_is_shown_as_written(pool: CheckerPool) -> None:
    assert pool.check(Question("arithmetic", ("8",)), "x=8").read_as == "x = 8"
    assert pool.check(Question("arithmetic", ("5",)), "15/3").read_as == r"\frac{15}{3}"


def test_an_unread_answer_says_how_far_it_was_read(pool: CheckerPool) -> None:
    check = pool.check(Question("arithmetic", ("3x+2",)), "3x + @2")
    assert (check.verdict, check.unread_from, check.read_as) == (UNREAD, 5, "3x")
    assert check.reason == "I could read up to “3x +” but not what follows: “@2”."


def test_foreseen_wrong_answers_are_recognised_in_any_form(pool: CheckerPool) -> None:
    assert pool.first_match("-3+x", ["x+3", "x-3"]) == 1
    assert pool.first_match("7", ["x+3", "x-3"]) is None
    assert pool.first_match("10/2", ["4", "5"]) == 1
    assert pool.first_match("7", []) is None


def test_equivalent_ignores_form(pool: CheckerPool) -> None:
    assert pool.equivalent("2(x+1)", "2x+2")
    assert not pool.equivalent("2(x+1)", "2x+1")
    assert not pool.equivalent("2(x+1)", "import os")


def test_an_author_is_told_which_keys_are_compared_as_text() -> None:
    assert key_problem("x+1") == ""
    assert key_problem("x+#") == (
        "The key “x+#” is compared as text. I could read up to “x+” but not what follows: “#”."
    )
    assert key_problem("9^9^9^9").startswith("The key “9^9^9^9” is compared as text.")


def test_one_key_that_cannot_be_read_leaves_the_others_their_mathematics(pool: CheckerPool) -> None:
    question = Question("arithmetic", ("x+1", "see figure #2"))
    assert [pool.check(question, given).verdict for given in ("1+x", "see figure #2", "x+2")] == [
        CORRECT,
        CORRECT,
        INCORRECT,
    ]
