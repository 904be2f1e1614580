"""Tokens, evidence and stretches: where a message's words stand, and what is cut from it as the answer."""

from pathlib import Path

import numpy as np
import pytest
import torch

from models_core.embeddings import FILES, TextEncoder
from models_core.understanding.evidence import MARKS, NUMBERS, Situation, evidence_in, placed
from models_core.understanding.network import LONGEST_ANSWER, NEVER, UnderstandNet
from models_core.understanding.reader import MOST_TOKENS, read, tokens_of
from models_core.understanding.stretches import tidied
from models_core.understanding.student import answer_at
from models_core.upper_layers import UpperLayers

ENCODER = Path(__file__).resolve().parents[3] / "var" / "encoder"


@pytest.fixture(scope="module")
def encoder() -> TextEncoder:
    if not all((ENCODER / name).is_file() for name in FILES):
        pytest.skip("The text encoder was not exported here (make install does it).")
    return TextEncoder(ENCODER)


def test_tokens_stand_where_the_words_do(encoder: TextEncoder) -> None:
    text = "i think it's 3x, naïve − ½"
    found = read(encoder, text, "Simplify 6x/2", ("3x",))
    assert found.ids[0] == 101
    assert found.ids.count(102) == 2
    first, last = tokens_of(found, text.index("3x"), text.index("3x") + 2) or (0, 0)
    assert text[found.offsets[first][0] : found.offsets[last][1]] == "3x"
    assert tokens_of(found, len(text), len(text) + 3) is None


def test_of_a_long_message_the_beginning_and_the_end_are_read(encoder: TextEncoder) -> None:
    text = "start " + "and so on " * 300 + "finish"
    found = read(encoder, text, "word " * 5000)
    assert found.count == MOST_TOKENS
    assert text[slice(*found.offsets[0])] == "start"
    assert text[slice(*found.offsets[-1])] == "finish"
    assert len(found.ids) < MOST_TOKENS + 40


def test_the_key_shows_its_sort_and_nothing_else(encoder: TextEncoder) -> None:
    text = "is it 5 or 6?"
    one, other = (read(encoder, text, "Solve it.", (key,)) for key in ("5", "6"))
    assert one == other
    assert np.array_equal(evidence_in(one, ("5",)).numbers, evidence_in(other, ("6",)).numbers)
    assert read(encoder, text, "Solve it.", ("mitosis",)) != one


def test_the_rules_mark_what_could_be_the_answer(encoder: TextEncoder) -> None:
    found = read(encoder, "i added 4 so x is 9", "", ("9",))
    marks = dict(zip(MARKS, evidence_in(found, ("9",)).marks.T, strict=True))
    nine, _ = tokens_of(found, 18, 19) or (0, 0)
    four, _ = tokens_of(found, 8, 9) or (0, 0)
    assert marks["inside"][nine] == marks["inside"][four] == 1
    assert (marks["picked"][nine], marks["picked"][four]) == (1, 0)


def test_what_is_known_of_the_conversation_is_filled_in() -> None:
    nothing = np.zeros(len(NUMBERS), np.float32)
    there = placed(nothing, Situation(open=False, tries=9, verdict="incorrect"), np.array([0.75, 0.1]))
    told = dict(zip(NUMBERS, there.tolist(), strict=True))
    assert (told["situation"], told["open"], told["tries"], told["last wrong"]) == (1, 0, 1, 1)
    assert (told["context"], told["forecast"]) == (1, 0.25)
    assert not nothing.any()


def test_begin_inside_and_end_are_chosen_together() -> None:
    """By hand: begin [0, 2, 1], inside [0, -3, 1], end [0, 0, 4]. 1 to 2: 2 - 3 + 1 + 4; 2 to 2: 1 + 1 + 4."""
    net = UnderstandNet(UpperLayers()).eval()
    with torch.no_grad():
        net.stretch.weight.zero_()
        net.stretch.bias.zero_()
        for mark, head in ((0, 0), (1, 1), (2, 2)):
            net.stretch.weight[head, -len(MARKS) + mark] = 1
        marks = torch.zeros(1, 3, len(MARKS))
        marks[0, :, :3] = torch.tensor([[0.0, 0.0, 0.0], [2.0, -3.0, 0.0], [1.0, 1.0, 4.0]])
        _, scores = net(torch.zeros(1, 5, 384), None, torch.ones(1, 3), marks, torch.zeros(1, len(NUMBERS)))
    assert scores[0, 1, 2].item() == pytest.approx(4)
    assert scores[0, 2, 2].item() == pytest.approx(6)
    assert scores[0, 2, 1].item() == NEVER
    assert int(scores[0].argmax()) == 8


def test_no_stretch_is_longer_than_an_answer() -> None:
    net = UnderstandNet(UpperLayers()).eval()
    words = LONGEST_ANSWER + 5
    with torch.inference_mode():
        _, scores = net(
            torch.zeros(1, words + 2, 384),
            None,
            torch.ones(1, words),
            torch.zeros(1, words, len(MARKS)),
            torch.zeros(1, len(NUMBERS)),
        )
    assert scores[0, 0, LONGEST_ANSWER - 1].item() > NEVER
    assert scores[0, 0, LONGEST_ANSWER].item() == NEVER


def test_filling_up_a_batch_changes_nothing() -> None:
    torch.manual_seed(0)
    net = UnderstandNet(UpperLayers()).eval()
    states, marks, numbers = torch.randn(1, 6, 384), torch.rand(1, 4, len(MARKS)), torch.rand(1, len(NUMBERS))
    with torch.inference_mode():
        alone = net(states, None, torch.ones(1, 4), marks, numbers)
        there = torch.tensor([[1, 1, 1, 1, 1, 1, 0, 0]])
        filled = nn_pad(states, 2), there, nn_pad(torch.ones(1, 4, 1), 1)[..., 0], nn_pad(marks, 1), numbers
        together = net(*filled)
    assert torch.allclose(alone[0], together[0], atol=1e-5)
    assert torch.allclose(alone[1], together[1][:, :4, :4], atol=1e-5)


def nn_pad(x: torch.Tensor, more: int) -> torch.Tensor:
    return torch.nn.functional.pad(x, (0, 0, 0, more))


@pytest.mark.parametrize(
    ("text", "piece", "answer"),
    [
        ("i got 5, ok", "5,", "5"),
        ("so (2, 3)!", "(2, 3", "(2, 3)"),
        ("[1, 4) fits", "[1, 4", "[1, 4)"),
        ("(it is 7)", "7)", "7"),
        ("its -4 then", "4", "-4"),
        ("5-4 then", "4", "4"),
        ("about $12.50.", "12.50.", "$12.50"),
        ("it is .5", ".5", ".5"),
        ("maybe 5! is it", "5!", "5!"),
        ("42!!", "42!!", "42"),
        ("no solution...", "no solution...", "no solution"),
        ('"mitosis"', '"mitosis"', "mitosis"),
        ("so $4$ then", "4", "4"),
        ("that is pi/6 and only it", "6", "pi/6"),
        ("so sqrt(3)/3", "(3)/3", "sqrt(3)/3"),
        ("2x2x3x7", "2x2x3x", "2x2x3x7"),
        ("x=13 then", "13", "13"),
        ("1+4=5", "5", "5"),
        ("about 12% of it", "12", "12%"),
        ("it is **4** now", "4", "4"),
        ("and/or 5", "5", "5"),
        ("f(3) = 2)", "f(3) = 2)", "f(3) = 2"),
        ("???", "???", ""),
    ],
)
def test_an_answer_is_cut_at_its_own_edges(text: str, piece: str, answer: str) -> None:
    start = text.index(piece)
    assert tidied(text, start, start + len(piece)) == answer


def test_where_nothing_is_said_nothing_is_offered(encoder: TextEncoder) -> None:
    assert answer_at(read(encoder, ""), np.zeros((0, 0), np.float32)) is None
