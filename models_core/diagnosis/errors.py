"""Every error in words: a name, a question that gets at the reasoning, and a remedy. The texts are in `errors.json`.

`steps` are the labels of the `diagnose` student for equation steps, `rules` are what `findings.what_happened` names.
The texts are English and stand in one place, so that a site can translate them.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ErrorText:
    """How to speak of an error with a learner.

    Attributes:
        name: what it is, in a few words.
        probe: a question that asks for the reasoning and gives nothing away.
        remedy: the rule that was missed, with a small example of other numbers.
    """

    name: str
    probe: str
    remedy: str


@cache
def error_texts(kind: str = "steps") -> dict[str, ErrorText]:
    """All texts of a kind ("steps" or "rules") by label. Raises KeyError for another kind."""
    texts = json.loads((Path(__file__).parent / "errors.json").read_text(encoding="utf-8"))
    return {label: ErrorText(**text) for label, text in texts[kind].items()}
