"""Sentences of a text that is still coming, and the time and memory that a writer may cost."""

import pytest

from tutor_app.tutoring.voices.writing import VoiceFailed, whole_sentences

TEXTS = [
    ("One. Two! Three", ["One.", "Two!"]),
    ("One. Two.", ["One.", "Two."]),
    ("Take $3. 5$ away. Then", ["Take $3. 5$ away."]),
    ("Take $x = 3.5$, e.g. once. Then.", ["Take $x = 3.5$, e.g. once.", "Then."]),
    ("He said “no.” Then. ", ["He said “no.”", "Then."]),
    ("A paragraph\n\nAnother one.", ["A paragraph", "Another one."]),
    ("It costs \\$5. Then.", ["It costs \\$5.", "Then."]),
    ("Wait… What? Go.", ["Wait…", "What?", "Go."]),
    ("", []),
    ("   ", []),
    ("An open $3. And. More.", []),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_sentences_are_the_same_however_the_text_is_cut_into_pieces(text: str, expected: list[str], size: int):
    pieces = [text[begin : begin + size] for begin in range(0, len(text), size)]
    assert list(whole_sentences(pieces)) == expected


def test_a_sentence_goes_out_before_the_next_piece_is_asked_for():
    asked = []

    def pieces():
        for piece in ["One. ", "Two. ", "Three. "]:
            asked.append(piece)
            yield piece

    stream = whole_sentences(pieces())
    assert next(stream) == "One."
    assert asked == ["One. ", "Two. "]  # only the next word shows that a sentence has ended


def test_a_sentence_without_an_end_is_no_sentence():
    with pytest.raises(VoiceFailed):
        list(whole_sentences("word " for _ in range(10_000)))
