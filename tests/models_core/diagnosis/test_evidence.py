"""What the algebra says of single steps; every expectation can be checked by hand."""

import time

import pytest

from models_core.diagnosis.evidence import Step, evidence, step_from


def of(equation: str, action: str, given: str, before: str | None = None, result: str = "") -> dict[str, float]:
    return evidence(Step(equation, action, given, result, before))


def test_adding_a_term_that_is_there_doubles_it():
    found = of("3x+5=20", "ADD_SIDE", "5")
    assert found["effect_x_first_positive_number_doubled"]
    assert "effect_x_first_number_removed" not in found
    assert of("3x+5=20", "SUB_SIDE", "5")["effect_x_first_number_removed"]
    assert of("3x-5=20", "SUB_SIDE", "5")["effect_x_first_negative_number_doubled"]


def test_what_is_left_in_front_of_the_letter():
    assert of("-6x=12", "DIV_SIDE", "6")["effect_x_only_multiplier_minus_one"]
    assert of("-6x=12", "DIV_SIDE", "-6")["effect_x_only_multiplier_one"]
    assert of("x/-4=1", "MUL_SIDE", "4")["effect_x_only_multiplier_minus_one"]
    assert of("4x=3", "MUL_SIDE", "4")["effect_x_only_multiplier_squared"]
    assert of("-3(x+1)=5", "DIV_SIDE", "3")["effect_x_only_multiplier_minus_one"]


def test_where_the_input_comes_from():
    assert of("7y=-5", "DIV_SIDE", "-5")["move_o_whole"]
    assert of("7y=-5", "DIV_SIDE", "7y")["move_x_first_letter_term"]
    assert of("9/y=-5", "MUL_SIDE", "9")["move_x_first_top"]
    assert of("x/6=-5", "DIV_SIDE", "6")["move_x_first_bottom"]
    assert of("x/6=-5", "MUL_SIDE", "1")["move_x_first_top_coefficient"]


def test_what_should_be_done_first():
    assert of("3x+x=8", "SUB_SIDE", "x")["x_like_letters"]
    assert of("y=-4+1", "MUL_SIDE", "1")["o_like_numbers"]
    assert of("-7*-3=y", "ADD_SIDE", "3")["o_product_only_numbers"]
    assert of("2x/2=10", "SUB_SIDE", "2")["x_fraction_reducible"]
    assert "x_fraction_reducible" not in of("x/2=10", "SUB_SIDE", "2")
    assert of("1y=4", "DIV_SIDE", "1")["x_written_one"]


@pytest.mark.parametrize(
    ("equation", "action", "given", "before", "name"),
    [
        ("x=-14/7", "COMBINE_MUL", "2", "divide", "part_any_opposite"),
        ("x=-6/10", "COMBINE_MUL", "3/5", "divide", "part_o_opposite_of_negative"),
        ("x=3-(-7)", "COMBINE_ADD", "-10", "subtract", "part_o_opposite_of_positive"),
        ("x=-3-4", "COMBINE_ADD", "1", "subtract", "part_o_turned_last"),
        ("x=5-8", "COMBINE_ADD", "-13", "subtract", "part_o_turned_first"),
        ("70=-54y-32+32", "COMBINE_ADD", "-54", "add", "part_x_letter_lost"),
        ("x=8/2", "COMBINE_MUL", "16", "divide", "part_quotient_times"),
        ("x=2/8", "COMBINE_MUL", "4", "divide", "part_quotient_under"),
        ("x=-7/-8", "COMBINE_MUL", "-7/-8", None, "part_o_written_same"),
        ("4=-y*-1", "COMBINE_MUL", "y", "multiply", "part_x_equal"),
    ],
)
def test_how_the_input_relates_to_what_it_replaces(equation, action, given, before, name):
    assert of(equation, action, given, before)[name]


def test_decimals_that_round_to_the_same_hundredths_are_the_same():
    assert of("x=2/3", "COMBINE_MUL", "0.67")["part_o_rounded"]
    assert of("x=2/3", "COMBINE_MUL", "-0.667")["part_o_opposite"]
    assert "part_o_rounded" not in of("x=2/3", "COMBINE_MUL", "0.66")
    assert "part_o_equal" not in of("x=2/3", "COMBINE_MUL", "0.67")


def test_other_numbers_and_letters_with_the_same_relations_give_the_same_evidence():
    assert of("3x+5=20", "ADD_SIDE", "5") == of("7y+4=31", "ADD_SIDE", "4")
    assert of("x=-14/7", "COMBINE_MUL", "2", "divide", "x=2") == of("k=-15/5", "COMBINE_MUL", "3", "divide", "k=3")


def test_evidence_is_numbers_that_are_not_zero():
    for value in of("3=-4+(x/-2)", "MUL_SIDE", "4").values():
        assert type(value) is float
        assert value != 0


@pytest.mark.parametrize("hidden", ["equation", "input", "action"])
def test_what_cannot_be_read_is_evidence_of_its_own(hidden):
    step = {"equation": "3x=6", "action": "DIV_SIDE", "input": "3"}
    found = evidence(step_from({**step, hidden: "\\frac?!"}))
    assert found[{"equation": "equation_unreadable", "input": "input_unreadable", "action": "action_other"}[hidden]]


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"equation": "x=1", "action": "ADD_SIDE", "input": 5},
        {"equation": "x=1", "action": None, "input": "5"},
        {"equation": "x=1", "action": "ADD_SIDE", "input": "5", "previous_action": ["add"]},
        {"equation": "x=1", "action": "ADD_SIDE", "input": "5", "result": 1},
    ],
)
def test_a_step_with_a_field_of_the_wrong_kind_is_refused(line):
    with pytest.raises(ValueError, match="field"):
        step_from(line)


@pytest.mark.parametrize(
    ("equation", "given"),
    [
        ("(a+b)*(c+d)*(x+y)=" + "+".join("abcdxy" * 10), "(a+b)(c+d)(x+y)"),
        ("/".join(["(x+1)"] * 12) + "=1", "(x+1)/(x+2)/(x+3)"),
        ("1=" + "+".join(f"{n}/{n + 1}x" for n in range(2, 22)), "x"),
        ("((((((x+1)/2+1)/3+1)/4+1)/5+1)/6+1)/7=" + "-".join("123456789" * 3), "1/7"),
    ],
)
@pytest.mark.parametrize("action", ["COMBINE_MUL", "DIV_SIDE"])
def test_long_equations_are_over_soon(equation, given, action):
    started = time.process_time()
    of(equation, action, given, "subtract", "x=1")
    assert time.process_time() - started < 2
