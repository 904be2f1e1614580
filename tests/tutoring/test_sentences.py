"""Cutting for streaming: nothing lost, nothing cut inside mathematics."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor_app.tutoring.voices.sentences import sentences


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", []),
        ("One", ["One"]),
        ("One. Two.", ["One. ", "Two."]),
        ("One? Two! Three… Four", ["One? ", "Two! ", "Three… ", "Four"]),
        ("He said “no.” Then", ["He said “no.” ", "Then"]),
        ("First part\n\nSecond part", ["First part\n\n", "Second part"]),
        ("Take $x. Then$ it. Done", ["Take $x. Then$ it. ", "Done"]),
        ("See $$a = 1.\n\nB = 2.$$ Then", ["See $$a = 1.\n\nB = 2.$$ Then"]),
        ("It is 3.5 here", ["It is 3.5 here"]),
        ("Use e.g. Seven", ["Use e.g. Seven"]),
        ("Two dots.. then small", ["Two dots.. then small"]),
        (r"It costs \$5. Solve $x. 1$. Then", [r"It costs \$5. ", "Solve $x. 1$. ", "Then"]),
        (r"From \$5. To \$6. Done", [r"From \$5. ", r"To \$6. ", "Done"]),
    ],
)
def test_cuts(text: str, pieces: list[str]):
    assert list(sentences(text)) == pieces


@given(st.text())
def test_joined_they_are_the_text(text: str):
    assert "".join(sentences(text)) == text


@given(st.text(alphabet="$\\.ab! \n?9(["))
def test_joined_they_are_the_text_also_where_it_is_made_to_confuse(text: str):
    assert "".join(sentences(text)) == text


PROSE = st.text(alphabet=st.sampled_from("abcXYZ .!?\n,)*"), max_size=20) | st.just(r"costs \$5. And ")
INLINE = st.text(alphabet=st.sampled_from("xyz .!?+=2\n"), min_size=1, max_size=15).map(lambda inner: f"${inner}$")
DISPLAY = st.text(alphabet=st.sampled_from("xyz .!?+=2\n"), min_size=1, max_size=15).map(lambda inner: f"$${inner}$$")


@given(st.lists(st.tuples(PROSE, st.booleans() | st.just(True), INLINE | DISPLAY), max_size=6))
def test_no_cut_falls_inside_mathematics(parts: list[tuple[str, bool, str]]):
    text, forbidden = "", set()
    for prose, _, mathematics in parts:
        text += prose + " "
        forbidden |= set(range(len(text) + 1, len(text) + len(mathematics)))
        text += mathematics
    cuts = set(accumulate(len(piece) for piece in sentences(text)))
    assert not cuts & forbidden


@given(st.text(max_size=300))
def test_no_piece_is_empty(text: str):
    assert all(sentences(text))


def test_a_long_text_without_an_end_is_cut_in_no_time():
    assert len(list(sentences("$" * 5_001 + "a" * 5_000 + "\\" * 5_001))) == 1
