"""A template and a seed make one problem, the same one for ever."""

import random
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from tutor_app.courses.variants import (
    ExpectedErrorVariant,
    HintVariant,
    ProblemVariant,
    StepVariant,
    TemplateRefused,
    draw,
    fill,
    fresh_seed,
    ladder,
    number_of_variants,
    read_parameters,
    realise,
)

TWO_STEPS: dict[str, Any] = {
    "given": {
        "a": {"from": 2, "to": 9},
        "x": {"from": -9, "to": 9, "except": [0, 1]},
        "b": {"from": -12, "to": 12, "except": [0]},
    },
    "let": {"c": "a*x + b"},
    "where": ["c != 0", "gcd(a, b) == 1"],
}


def hint(key: str, *depends_on: str, text: str = "Look.") -> HintVariant:
    return HintVariant(0, key, "hint", "", text, "", (), (), depends_on)


def template(**changes: Any) -> ProblemVariant:
    step = StepVariant(
        step_id=1,
        key="solve",
        title="Solve $[[linear(a, 'x', b)]] = [[c]]$.",
        body="",
        answer_kind="arithmetic",
        answers=("[[x]]",),
        answer_latex="x = [[x]]",
        choices=(),
        skills=("two-step",),
        hints=(hint("h", text="Undo the $[[b|signed]]$ first? It is [[b]]."),),
        expected_errors=(
            ExpectedErrorVariant(1, "adds", "Adds", "[[(c + b)/a]]"),
            ExpectedErrorVariant(2, "right-after-all", "Right after all", "[[(c - b)/a]]"),
            ExpectedErrorVariant(3, "sometimes", "Sometimes", "[['' if b > 0 else c]]"),
        ),
        asked="",
    )
    return ProblemVariant(problem_id=1, seed=0, title="T", body="", steps=(replace(step, **changes),))


def test_golden_values_hold_for_ever() -> None:
    """A learner's log keeps the seed alone: whoever changes these numbers changes what learners were asked."""
    parameters = read_parameters(TWO_STEPS)
    assert [tuple(int(draw(parameters, seed)[name]) for name in "axbc") for seed in (0, 1, 2, 2**31 - 1)] == [
        (4, 4, 11, 27),
        (5, 5, -2, 23),
        (8, -8, -5, -69),
        (8, -7, -9, -65),
    ]


def test_the_order_of_parameters_does_not_matter() -> None:
    shuffled = {**TWO_STEPS, "given": dict(reversed(TWO_STEPS["given"].items()))}
    for seed in range(50):
        assert draw(read_parameters(TWO_STEPS), seed) == draw(read_parameters(shuffled), seed)


def test_constraints_hold_for_every_seed() -> None:
    for seed in range(300):
        values = draw(read_parameters(TWO_STEPS), seed)
        assert values["c"] != 0
        assert values["x"] not in (0, 1)


def test_every_text_is_filled() -> None:
    raw = {"given": {"a": {"one_of": [3]}, "x": {"one_of": [8]}, "b": {"one_of": [-4]}}, "let": {"c": "a*x + b"}}
    (step,) = fill(template(), raw, 7).steps
    assert step.title == "Solve $3x - 4 = 20$."
    assert step.answers == ("8",)
    assert step.answer_latex == "x = 8"
    assert step.hints[0].text == "Undo the $- 4$ first? It is -4."
    assert [(error.slug, error.answer) for error in step.expected_errors] == [
        ("adds", r"\frac{16}{3}"),
        ("sometimes", "20"),
    ]


def test_an_expected_error_that_meets_the_key_is_left_out() -> None:
    for seed in range(100):
        (step,) = fill(template(), TWO_STEPS, seed).steps
        assert "right-after-all" not in [error.slug for error in step.expected_errors]
        assert all(error.answer for error in step.expected_errors)


def test_choices_that_come_out_alike_are_one_and_are_shuffled_by_the_seed() -> None:
    written = ("[[a]]", "[[a]]", "[[b]]", "[[c]]")
    choices = template(answer_kind="choice", answers=written[:1], choices=written, hints=(), expected_errors=())
    raw = {"given": {"a": {"one_of": [1]}, "b": {"one_of": [2]}, "x": {"one_of": [5]}}, "let": {"c": "3"}}
    assert fill(choices, raw, 1).steps[0].choices == ("1", "2", "3")
    orders = {fill(choices, {**raw, "shuffle": True}, seed).steps[0].choices for seed in range(60)}
    assert len(orders) == 6


def test_records_draw_a_whole_story_at_once() -> None:
    raw = {"given": {"story": {"one_of": [{"who": "Ana", "price": 2.5}, {"who": "Ben", "price": 3}]}}}
    assert {(s["who"], s["price"]) for s in (draw(read_parameters(raw), n)["story"] for n in range(20))} == {
        ("Ana", Fraction(5, 2)),
        ("Ben", Fraction(3)),
    }


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        ({"given": {}}, "given"),
        ({"gven": {"a": {"from": 1, "to": 2}}}, "gven"),
        ({"given": {"a": {"from": 1}}}, "to"),
        ({"given": {"a": {"from": "x", "to": 2}}}, "x"),
        ({"given": {"a": {"from": 1, "to": 2, "step": 0}}}, "step"),
        ({"given": {"a": {"from": 3, "to": 2}}}, "a"),
        ({"given": {"a": {"from": 0, "to": 10**9}}}, "values"),
        ({"given": {"a": {"one_of": []}}}, "one_of"),
        ({"given": {"a": {"one_of": [{"x": 1}, {"y": 1}]}}}, "fields"),
        ({"given": {"a": {"one_of": [True]}}}, "number"),
        ({"given": {"if": {"from": 1, "to": 2}}}, "if"),
        ({"given": {"a b": {"from": 1, "to": 2}}}, "a b"),
        ({"given": {"a": {"from": 1, "to": 2}}, "let": {"a": "1"}}, "a"),
        ({"given": {"a": {"from": 1, "to": 2}}, "let": {"b": "c", "c": "b"}}, "itself"),
        ({"given": {"a": {"from": 1, "to": 2}}, "let": {"b": "z"}}, "z"),
        ({"given": {"a": {"from": 1, "to": 2}}, "where": ["a > 5"]}, "where"),
        ({"given": {"a": {"from": 1, "to": 2}}, "where": ["a"]}, "true nor false"),
        ({"given": {"a": {"from": 1, "to": 2}}, "let": {"b": "1/(a - a)"}}, "zero"),
        ({"given": {"a": {"from": 1, "to": 2}}, "let": {"b": "9**9**9"}}, "large"),
        ({"given": {"a": {"from": 1, "to": 2}}, "let": {"b": "__import__('os')"}}, "__import__"),
    ],
)
def test_parameters_that_cannot_be_drawn_are_refused_with_the_reason(raw: dict[str, Any], word: str) -> None:
    with pytest.raises(TemplateRefused, match=word):
        draw(read_parameters(raw), 1)


def test_a_where_is_asked_before_a_let_that_needs_it() -> None:
    raw = {"given": {"a": {"from": 0, "to": 1}}, "let": {"b": "1/a"}, "where": ["a != 0"]}
    assert draw(read_parameters(raw), 0)["b"] == 1


def test_variants_are_counted_exactly_while_they_are_few() -> None:
    few = {"given": {"a": {"from": 1, "to": 6}, "b": {"from": 1, "to": 6}}, "where": ["a < b"]}
    assert number_of_variants(read_parameters(few)) == 15
    assert number_of_variants(read_parameters(TWO_STEPS), enough=100) == 100
    many = {"given": {name: {"from": 1, "to": 50} for name in "abcd"}}
    assert number_of_variants(read_parameters(many), enough=100) == 100


class FixedProblem:
    pk = 5
    title, body = "Fixed", "An interval [[1, 2]]"
    parameters: dict[str, Any] = {}

    class steps:  # noqa: N801 (stands in for a related manager)
        @staticmethod
        def all() -> list[Any]:
            return []


class Template(FixedProblem):
    parameters = {"given": {"a": {"from": 1, "to": 3}}}


def test_a_fixed_problem_ignores_the_seed_and_is_not_read_as_a_template() -> None:
    assert realise(FixedProblem(), 1) == realise(FixedProblem(), 99)  # type: ignore[arg-type]
    assert realise(FixedProblem(), 1).body == "An interval [[1, 2]]"  # type: ignore[arg-type]


def test_a_fresh_seed_makes_a_variant_that_was_not_seen() -> None:
    rng = random.Random(4)
    parameters = read_parameters(Template.parameters)
    used: list[int] = []
    for _ in range(3):
        used.append(fresh_seed(Template(), used, rng))  # type: ignore[arg-type]
    assert {draw(parameters, seed)["a"] for seed in used} == {1, 2, 3}
    assert fresh_seed(Template(), used, rng) not in used  # type: ignore[arg-type]
    assert fresh_seed(FixedProblem(), [0], rng) == 0  # type: ignore[arg-type]


def test_what_a_rung_depends_on_comes_before_it() -> None:
    assert [rung.key for rung in ladder([hint("c", "a"), hint("a", "b"), hint("b"), hint("d")])] == ["b", "a", "c", "d"]


def test_a_circle_of_rungs_loses_none() -> None:
    assert {rung.key for rung in ladder([hint("a", "b"), hint("b", "a")])} == {"a", "b"}
