"""Every label can be spoken of, in words that a learner can use."""

import pytest

from models_core.diagnosis.errors import error_texts
from models_core.diagnosis.shipped import load_diagnose_student


def test_every_label_of_the_shipped_student_has_its_words():
    assert set(load_diagnose_student().settings.labels) == set(error_texts("steps"))


@pytest.mark.parametrize("kind", ["steps", "rules"])
def test_a_probe_asks_and_the_texts_are_different(kind):
    texts = error_texts(kind)
    for text in texts.values():
        assert text.probe.endswith("?")
        assert text.remedy.endswith(".")
        assert 10 <= len(text.name) <= 80
        assert "_" not in text.name
    assert len({text.name for text in texts.values()}) == len(texts)
    assert len({text.remedy for text in texts.values()}) == len(texts)
