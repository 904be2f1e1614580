"""Keys as other courses of OATutor's kind have them: each against itself, rewritten by rule, and with a slip."""

import os
from collections import Counter
from pathlib import Path

import pytest

from tests.tutoring.checking.rewritings import rewritings
from tests.tutoring.checking.slips import slips
from tutor_app.tutoring.checking import CheckerPool, Question, Verdict

KEYS = (Path(__file__).parents[2] / "data" / "answers" / "keys.txt").read_text(encoding="utf-8").splitlines()


def counted(pool: CheckerPool, texts: dict[str, list[str]], *, right: bool) -> tuple[int, int]:
    """(how many were judged as they should, how many there are); what was not is printed."""
    found: Counter[bool] = Counter()
    for key, others in texts.items():
        for text in others:
            verdict = pool.check(Question("arithmetic", (key,)), text).verdict
            well = (verdict is Verdict.CORRECT) == right
            found[well] += 1
            if not well:
                print(verdict.value, "for", text, "where the key is", key)
    return found[True], sum(found.values())


@pytest.mark.slow
def test_every_key_is_right_against_itself(pool: CheckerPool) -> None:
    right, total = counted(pool, {key: [key] for key in KEYS}, right=True)
    assert right == total > 400


@pytest.mark.slow
def test_rewritings_of_the_keys_are_right(pool: CheckerPool) -> None:
    right, total = counted(pool, {key: [text for _, text in rewritings(key)] for key in KEYS}, right=True)
    print(f"\n{right}/{total} rewritings right")
    assert total > 2500
    assert right >= 0.985 * total


@pytest.mark.slow
def test_slips_in_the_keys_are_not_right(pool: CheckerPool) -> None:
    """Of every third key (of all, in 90 s, if CHECK_KEYS=all). Those that are right say the same: `-2k pi`
    for `+2k pi` in a family, `|x^2| < 1` for `|x| < 1`."""
    keys = KEYS if os.environ.get("CHECK_KEYS") == "all" else KEYS[::3]
    wrong, total = counted(pool, {key: [text for _, text in slips(key)] for key in keys}, right=False)
    print(f"\n{wrong}/{total} slips not right")
    assert total > 5 * len(keys)
    assert wrong >= 0.997 * total
