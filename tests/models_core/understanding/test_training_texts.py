"""Training texts: every intent many times, the marks gone from the text, the same for the same seed."""

from collections import Counter
from pathlib import Path

import pytest

from models_core.understanding.student import INTENTS, SENTIMENTS
from models_core.understanding.training_texts import examples, templates


def test_every_intent_has_hundreds_of_texts_from_a_hundred_templates() -> None:
    texts = examples(1)
    assert set(INTENTS) == {text.intent for text in texts}
    assert min(Counter(text.intent for text in texts).values()) > 500
    assert min(Counter(template.intent for template in templates()).values()) > 100


def test_no_slot_and_no_mark_is_left_in_a_text() -> None:
    for text in examples(2):
        assert "[[" not in text.text
        assert "{num" not in text.text
        assert text.sentiment in SENTIMENTS


def test_an_answer_stands_in_its_message_and_only_there() -> None:
    for text in examples(3):
        assert (text.answer is not None) == (text.intent == "answer")
        if text.answer is not None:
            assert text.answer in text.text


def test_the_same_seed_gives_the_same_texts() -> None:
    assert examples(4) == examples(4)
    assert examples(4) != examples(5)


@pytest.mark.parametrize("content", ["give me a hint\n", "# hints | merry\ngive me a hint\n"])
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "hint.txt").write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"hint\.txt, line 1"):
        templates(tmp_path)
