"""Words of distress are heard whatever else is said; figures of speech are not taken for them."""

import time

import pytest

from models_core.understanding.distress import cries_for_help


@pytest.mark.parametrize(
    "text",
    [
        "i want to die",
        "I've been thinking about killing myself",
        "x = 4 but honestly I want to kill myself",
        "this homework is killing me and also I want to end my life",
        "my dad hits me when I get bad grades",
        "I cut myself again last night",
        "they bully me every day at school",
        "I don't want to live anymore",
        "nobody would miss me",
        "i dont feel safe at home",
        "my uncle touches me and told me not to tell",
        "kms",
    ],
)
def test_a_cry_for_help_is_heard(text: str) -> None:
    assert cries_for_help(text)


@pytest.mark.parametrize(
    "text",
    [
        "this homework is killing me",
        "I'm dying lol",
        "im dead 💀",
        "kill me now, another fraction",
        "my brain hurts",
        "my brother beat me at chess",
        "I would rather die than do another fraction",
        "hit me with another one",
        "the test killed me",
        "my phone is dying",
        "should i cut the pizza by 3",
        "my dad helped me with this",
        "a ball is hit at 30 m/s, how high does it go",
    ],
)
def test_a_figure_of_speech_is_not(text: str) -> None:
    assert not cries_for_help(text)


@pytest.mark.parametrize("piece", ["my ", "he ", "i want to ", "this is ", "a", "he said they "])
def test_a_long_message_is_searched_in_bounded_time(piece: str) -> None:
    began = time.perf_counter()
    cries_for_help((piece * 2000)[:2000])
    assert time.perf_counter() - began < 1.0


@pytest.mark.parametrize(
    "text",
    [
        "me quiero morir de verdad",
        "No quiero vivir más",
        "mi padre me pega",
        "je veux mourir",
        "J'ai envie de me tuer",
        "Ich möchte nicht mehr leben",
        "mein Vater schlägt mich",
        "eu quero morrer",
        "não quero mais viver",
        "voglio morire",
        "ölmek istiyorum",
    ],
)
def test_the_plainest_words_are_heard_in_other_languages(text: str) -> None:
    assert cries_for_help(text)


@pytest.mark.parametrize(
    "text", ["no quiero hacer esto", "je veux une indication", "ich will nicht mehr rechnen", "me gusta"]
)
def test_other_words_in_other_languages_are_no_cry(text: str) -> None:
    assert not cries_for_help(text)
