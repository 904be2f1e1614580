"""Reading equations as written, exact values, and what is refused."""

import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models_core.diagnosis.equations import (
    Minus,
    Number,
    Quotient,
    Sum,
    Unreadable,
    Value,
    read_equation,
    read_expression,
    terms_of,
    value_of,
)


def worth(text: str) -> Value:
    return value_of(read_expression(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2(x+3)", "2x+6"),
        ("-x/6*6", "-x"),
        ("3-(-4)", "7"),
        ("3--4", "7"),
        ("-3^2", "-9"),
        ("(-3)^2", "9"),
        ("2 1/2", "5/2"),
        ("x+2 1/2", "x+2.5"),
        ("-4/3x", "(-4/3)*x"),
        ("x/x", "1"),
        ("1/x*x", "1"),
        ("(2x+2)/(x+1)", "2"),
        ("6/y", "6*1/y"),
        ("X+x", "2x"),
        ("3×x÷6", "x/2"),
        ("−5", "-5"),
        (".5x", "x/2"),
        ("gr+5n", "n*5+r*g"),
        ("0.1+0.2", "0.3"),
    ],
)
def test_texts_that_are_worth_the_same(one, other):
    assert worth(one).same(worth(other))


@pytest.mark.parametrize(("one", "other"), [("x+1", "x-1"), ("x", "y"), ("1/3", "0.3333"), ("2x", "x^2")])
def test_texts_that_are_not(one, other):
    assert not worth(one).same(worth(other))


def test_the_tree_keeps_how_it_was_written():
    left = read_expression("3-(-4)")
    assert [type(term) for term in terms_of(left)] == [Number, Minus]
    assert isinstance(read_expression("-9/8"), Quotient)
    assert read_expression("-9/8").top == Number(Fraction(-9))
    assert isinstance(read_expression("3+4"), Sum)
    assert read_expression("0.50") == Number(Fraction(1, 2), places=2)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "nothing to read"),
        ("x+", "missing at the end"),
        ("(x", "not closed"),
        ("x)", "closing bracket"),
        ("x;y", "cannot be read"),
        ("__import__('os')", "cannot be read"),
        ("x^99", "up to 6"),
        ("x^y", "up to 6"),
        ("1/0", "divided by zero"),
        ("1/(x-x)", "divided by zero"),
        ("3 4", "gap"),
        (".", "point"),
        ("1++2", "plus signs"),
        ("9" * 25, "24 digits"),
        ("x" * 201, "201 characters"),
        ("(" * 60 + "x" + ")" * 60, "deep"),
        ("-" * 100 + "x", "deep"),
        ("(((9^6)^6)^6)^6", "too large"),
        ("((x^6)^6)^6", "power"),
        ("(a+b+c+d+f)^6", "terms"),
        ("٣x", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(text, why):
    with pytest.raises(Unreadable, match=why):
        worth(text)


@pytest.mark.parametrize("text", ["x", "x=1=2", "==", "=3", "x="])
def test_an_equation_has_two_sides(text):
    with pytest.raises(Unreadable):
        read_equation(text)


def test_a_letter_can_be_given_a_number():
    assert worth("3x/2+1").with_letters({"x": Fraction(4)}).number == 7
    with pytest.raises(Unreadable):
        worth("1/x").with_letters({"x": Fraction(0)})


@given(st.text(alphabet="0123456789xy+-*/()^.= ", max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text):
    try:
        value = worth(text)
    except Unreadable:
        return
    assert value.same(value)


def test_the_worst_that_fits_is_over_soon():
    heavy = "(a+b+c+d)^3*(a+b)^3*(1+x)/(x+y+2)+" * 5 + "(1/(1+1/(1+1/(1+1/(x+1)))))"
    started = time.process_time()
    with pytest.raises(Unreadable):
        worth(heavy)
    assert time.process_time() - started < 1
