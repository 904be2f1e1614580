"""The last look at a reply, whoever speaks: where the move allows no answer yet, a sentence with the answer in it stays
unsaid. The ladder itself (hints, smaller steps, the worked step) says what its author decided."""

from collections.abc import Iterable, Iterator

import structlog
from django.utils.translation import gettext as _

from tutor_app.tutoring.moves import Move
from tutor_app.tutoring.voices.phrasing import Gate

log = structlog.get_logger(__name__)

# Moves whose words come from a course's remedies, probes and passages, or quote the learner.
GUARDED = frozenset({Move.PROBE, Move.FOCUS, Move.EXPLAIN, Move.ENCOURAGE, Move.ASK_BACK})


def guarded(sentences: Iterable[str], *, move: Move, gate: Gate) -> Iterator[str]:
    """The sentences that may be said. Joined they are Markdown, as before."""
    if move not in GUARDED:
        yield from sentences
        return
    said = held = 0
    for sentence in sentences:
        if sentence.strip() and not gate.passes(sentence):
            held += 1
            log.warning("a sentence would have given the answer away", move=str(move))
            continue
        said += bool(sentence.strip())
        yield sentence
    if held and not said:
        yield _("Not yet. Go through your working line by line: does each line follow from the one before?")
