"""Keys and choices: mended where one reading is possible, refused where a learner could be misled."""

from typing import Any

import pytest

from tutor_app.courses.models import AnswerKind
from tutor_app.courses.oatutor.answers import Answer, AnswerRefused, is_ordered_list, read_answer


def read(key: object, *choices: object, problem: str = "TextBox", answer: str = "arithmetic", **more: Any) -> Answer:
    raw = {"stepAnswer": key, "problemType": problem, "answerType": answer, "choices": list(choices) or None, **more}
    return read_answer(raw, "stepAnswer", {"n": "3"})


def choose(key: object, *choices: object) -> Answer:
    return read(key, *choices, problem="MultipleChoice", answer="string")


@pytest.mark.parametrize(
    ("key", "latex"),
    [
        ("$$\\frac{1}{2}$$", r"\frac{1}{2}"),
        ("$$2h$$ + $$4$$", "2h + 4"),
        ("0.5*(2h**2 + 4h)", r"0.5 \cdot (2h^{2} + 4h)"),
        ("$$(-inf, 3]$$", r"(-\infty , 3]"),
        ("-@{n}", "-3"),
        (7, "7"),
        (2.5, "2.5"),
    ],
)
def test_a_key_of_mathematics_is_bare_latex(key: object, latex: str) -> None:
    assert read([key]) == Answer(AnswerKind.ARITHMETIC, (latex,), latex)


def test_every_key_of_several_counts() -> None:
    assert read(["$$3$$", "$$x=3$$", "$$3$$"]).answers == ("3", "x=3")


@pytest.mark.parametrize(
    ("key", "kind", "stored"),
    [
        ("y**4", AnswerKind.ARITHMETIC, "y^{4}"),
        ("(x-4)/(2(x+3))", AnswerKind.ARITHMETIC, "(x-4)/(2(x+3))"),
        ("12", AnswerKind.ARITHMETIC, "12"),
        ("$1.79", AnswerKind.ARITHMETIC, "1.79"),
        ("$1,250", AnswerKind.ARITHMETIC, "1250"),
        ("r+5/2r(r+2)", AnswerKind.STRING, "r+5/2r(r+2)"),
        ("8,13", AnswerKind.STRING, "8,13"),
        ("DNE", AnswerKind.STRING, "DNE"),
        ("a=5, a=-3", AnswerKind.ARITHMETIC, "a=5, a=-3"),
        ("a=5, b=-3", AnswerKind.STRING, "a=5, b=-3"),
        ("a=5, none", AnswerKind.STRING, "a=5, none"),
        ("4 m", AnswerKind.ARITHMETIC, "4 m"),
        ("4 meters", AnswerKind.STRING, "4 meters"),
        ("x−7", AnswerKind.ARITHMETIC, "x-7"),
    ],
)
def test_words_that_are_one_expression_are_mathematics(key: str, kind: AnswerKind, stored: str) -> None:
    found = read([key], answer="string")
    assert (found.kind, found.answers) == (kind, (stored,))


@pytest.mark.parametrize(
    ("wording", "ordered"),
    [
        ("Find the length and width (enter the answer as x,y).", True),
        ("How many of each (enter the answer as child tickets,adult tickets)?", True),
        ("Find the two numbers.", False),
        ("Please input the answer as $\\text{variable}=\\text{answer}$. Use a comma, if needed.", False),
    ],
)
def test_a_list_has_an_order_where_the_words_give_one(wording: str, ordered: bool) -> None:
    assert is_ordered_list(["14,12"], wording) is ordered
    assert not is_ordered_list(["14"], wording)


def test_amounts_run_together_are_no_product() -> None:
    """105a42c has the same product as 42a105c, and is wrong."""
    assert read(["42a105c"]).kind == AnswerKind.STRING


def test_true_or_false_called_mathematics_is_a_choice() -> None:
    assert read(["TRUE"], "TRUE", "FALSE") == Answer(AnswerKind.CHOICE, ("TRUE",), "", ("TRUE", "FALSE"))


@pytest.mark.parametrize(
    ("key", "choices"),
    [
        ("$$x=2$$", ("$$x = 2$$", "$$x=3$$")),
        ("$$\\left(x+1\\right)^2$$", ("$$(x+1)^2$$", "$$(x-1)^2$$")),
        ("Yes", ("Yes ", "No")),
        ("Rose", ("Rose.", "Tulip")),
        ("$$7$$", (7, 8)),
    ],
)
def test_a_key_that_differs_in_spaces_or_brackets_finds_its_choice(key: str, choices: tuple[object, ...]) -> None:
    found = choose([key], *choices)
    assert len(found.answers) == 1
    assert found.answers[0] in found.choices


@pytest.mark.parametrize(
    ("choices", "parts"),
    [
        (("It is.", "It is.IIt is not."), {"It is.", "It is not."}),
        (("It is.|It is not.",), {"It is.", "It is not."}),
    ],
)
def test_choices_that_lost_their_separators_are_taken_apart(choices: tuple[str, ...], parts: set[str]) -> None:
    assert set(choose(["It is."], *choices).choices) == parts


def test_separators_that_became_variables_are_found() -> None:
    found = choose(["$$x=5, y=3$$"], "$$x=4, y=5Ix=2$$, $$8Ix=5, y=3$$", "$$x=5, y=3$$")
    assert set(found.choices) == {"$x=5, y=3$", "$x=4, y=5$", "$x=2, 8$"}


def test_the_key_again_in_other_writing_does_not_count_as_wrong() -> None:
    assert set(choose(["$$8$$ oz."], "$$8$$ oz", "$$8$$ oz.", "$$9$$ oz.").choices) == {"$8$ oz.", "$9$ oz."}


def test_the_key_in_another_order_is_right_too() -> None:
    found = choose(["$$8$$ nickels, $$2$$ dimes"], "$$8$$ nickels, $$2$$ dimes", "$$2$$ dimes, $$8$$ nickels", "none")
    assert set(found.answers) == {"$8$ nickels, $2$ dimes", "$2$ dimes, $8$ nickels"}


def test_the_order_of_points_matters() -> None:
    assert choose(["$$(1,2)$$"], "$$(1,2)$$", "$$(2,1)$$", "$$(0,0)$$").answers == ("$(1,2)$",)


def test_choices_are_shuffled_the_same_way_every_time_and_none_of_these_stays_last() -> None:
    choices = ["$$9$$", "$$1$$", "$$5$$", "$$3$$", "None of these"]
    shuffled = choose(["$$9$$"], *choices).choices
    assert shuffled == choose(["$$9$$"], *choices).choices
    assert set(shuffled) == {"$9$", "$1$", "$5$", "$3$", "None of these"}
    assert shuffled[-1] == "None of these"


@pytest.mark.parametrize("choices", [("A", "B", "C"), ("Yes", "No"), ("$$1$$", "$$2$$", "$$3$$")])
def test_choices_with_an_order_of_their_own_keep_it(choices: tuple[str, ...]) -> None:
    shown = tuple(choice.replace("$$", "$") for choice in choices)
    assert choose([choices[0]], *choices).choices == shown


def test_a_lesson_can_keep_the_order() -> None:
    raw = {"stepAnswer": ["b"], "choices": ["b", "d", "a", "c"], "problemType": "MultipleChoice"}
    assert read_answer(raw, "stepAnswer", {}, keep_order=True).choices == ("b", "d", "a", "c")


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"stepAnswer": None},
        {"stepAnswer": []},
        {"stepAnswer": ["", "  ", "$$ $$"]},
        {"stepAnswer": [None, {"a": 1}, ["x"], True]},
        {"stepAnswer": "x" * 3000},
        {"stepAnswer": ["@{missing}"]},
        {"stepAnswer": ["4"], "problemType": "DragAndDrop"},
        {"stepAnswer": ["4"], "problemType": ["TextBox"]},
        {"stepAnswer": ["4"], "problemType": "MultipleChoice"},
        {"stepAnswer": ["4"], "problemType": "MultipleChoice", "choices": ["4"]},
        {"stepAnswer": ["4"], "problemType": "MultipleChoice", "choices": ["5", "6"]},
        {"stepAnswer": ["4"], "problemType": "MultipleChoice", "choices": "4567"},
        {"stepAnswer": ["4"], "problemType": "MultipleChoice", "choices": [str(n) for n in range(100)]},
        {"stepAnswer": ["4"], "problemType": "MultipleChoice", "choices": ["4", "##x##"]},
        {
            "stepAnswer": ["2 pens, 3 nibs"],
            "problemType": "MultipleChoice",
            "choices": ["2 pens, 3 nibs", "3 nibs, 2 pens"],
        },
    ],
)
def test_a_question_that_could_mislead_is_refused_with_a_reason(raw: dict[str, object]) -> None:
    with pytest.raises(AnswerRefused, match=r"\w+ \w+"):
        read_answer(raw, "stepAnswer", {})
