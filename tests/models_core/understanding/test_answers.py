"""The answer inside a sentence: found by the words around it, as the learner wrote it."""

import time

import pytest

from models_core.understanding.answers import best, candidates, cleaned, is_unfinished, sort_of, whole_answer


def offered(text: str, *keys: str) -> str | None:
    plain = cleaned(text)
    whole = whole_answer(plain, keys)
    if whole is not None:
        return whole
    span = best(candidates(plain, keys))
    return span.text if span else None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("I think it's 3x because 6x/2 = 3x", "3x"),
        ("my answer is x = 4, since 2*4=8", "x = 4"),
        ("is it (2,3)?", "(2,3)"),
        ("so y=2x+1 right?", "y=2x+1"),
        ("umm 5?", "5"),
        ("I got 1/2 but not sure", "1/2"),
        ("seven", "seven"),
        ("the answer is negative three", "negative three"),
        ("no solution i guess", "no solution"),
        ("the second one", "the second one"),
        ("is it B?", "B"),
        ("x is greater than 4", "x is greater than 4"),
        ("(-inf, 8] i guess", "(-inf, 8]"),
        (r"is the answer \frac{1}{2}?", r"\frac{1}{2}"),
        ("x²+1 maybe?", "x²+1"),
        ("the area is 24 square feet", "24 square feet"),
        ("it's $12", "$12"),
        ("x=2 or x=-3", "x=2 or x=-3"),
        ("ANSWER IS 42!!!!", "42"),
        ("pretty sure it's -11 100%", "-11"),
    ],
)
def test_an_answer_is_found_as_it_was_written(text: str, answer: str) -> None:
    assert offered(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("not 5, it's 6", "6"),
        ("5 no wait 6", "6"),
        ("i dont think its 3, more like 4", "4"),
        ("first i got 5 but then i realized it's 7", "7"),
        ("it can't be 5 so it must be 8", "8"),
        ("i divided both sides by 3 and got 7", "7"),
        ("I added 4 to both sides so i think x is 9", "9"),
        ("if x=2 then 3x is 6 so the answer is 6", "6"),
        ("its 7 i checked by plugging in 7 and got 21", "7"),
        ("Since 4*3=12, the answer should be 12", "12"),
    ],
)
def test_numbers_of_the_working_are_not_taken_for_the_answer(text: str, answer: str) -> None:
    assert offered(text) == answer


def test_of_a_derivation_the_last_line_counts() -> None:
    assert offered("2x + 3 = 11 so 2x = 8 and then x = 4") == "x = 4"
    assert offered("2x+3=11, 2x=8, x=4") == "x=4"
    assert offered("2x + 3x = 5x", "5x") == "5x"


def test_a_word_is_found_where_the_key_is_one() -> None:
    assert offered("I think it's a parallelogram because both sides are parallel", "parallelogram") == "parallelogram"
    assert offered("Is it the commutative property?", "associative property") == "commutative property"


def test_the_key_never_picks_between_answers() -> None:
    """The same message offers the same answer whichever of its numbers is the key."""
    text = "not 5, it's 6"
    assert offered(text, "5") == offered(text, "6") == "6"


def test_the_sort_of_a_key() -> None:
    assert sort_of(["$x=3$"]).equation
    assert sort_of(["(2, 3)"]).pair
    assert sort_of(["x \\leq 4"]).inequality
    assert sort_of(["parallelogram"]).wordy
    assert sort_of(["B"]).letter
    assert sort_of(["3/4"]).number
    assert not sort_of([]).known


@pytest.mark.parametrize("text", ["hint please", "what is a slope?", "I hate fractions", "next", "hello there", ""])
def test_what_is_no_answer_never_takes_the_fast_path(text: str) -> None:
    assert whole_answer(cleaned(text), ("5",)) is None


def test_plain_mathematics_takes_less_than_a_millisecond() -> None:
    texts = ["x = 4", "3x^2 - 1/2", "B", "(2, 3)", r"\frac{1}{2}", "seven", "no solution"]
    began = time.perf_counter()
    for _ in range(100):
        for text in texts:
            assert whole_answer(cleaned(text)) is not None
    assert (time.perf_counter() - began) / 700 < 0.001


def test_hidden_characters_and_tags_are_not_read() -> None:
    assert cleaned("5\u200b\x00 <script src=x>ok</script>") == "5 ok"
    assert cleaned("a<b and c>d") == "a<b and c>d"


@pytest.mark.parametrize(
    "piece", ["(", "1,", "x = ", "a ", "because it's 5 ", "((((1", "$", "\\frac{", "not 5, it's 6 "]
)
def test_ten_thousand_characters_of_anything_are_read_in_bounded_time(piece: str) -> None:
    text = cleaned(piece * (10_000 // len(piece)))
    began = time.perf_counter()
    best(candidates(text, ("5",)))
    whole_answer(text)
    assert time.perf_counter() - began < 1.0


@pytest.mark.parametrize("text", ["((((", "3x + (", "x = = 4", "5/", "[2, 3", "2 +"])
def test_mathematics_that_is_broken_off_is_still_meant_as_an_answer(text: str) -> None:
    assert is_unfinished(text)


@pytest.mark.parametrize("text", [":)", "(:", "...", "???", "!!!", "x", "hint", "why (", "👍", "ok.", ""])
def test_a_smile_or_a_sigh_is_not(text: str) -> None:
    assert not is_unfinished(text)
