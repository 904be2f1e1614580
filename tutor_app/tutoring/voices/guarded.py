"""The last look at a reply, whoever speaks: where the move allows no answer yet, a sentence that tells it stays unsaid.

The ladder itself (hints, smaller steps, the worked step) says what its author decided, and the tutor's own fixed
words hold no answer to anything."""

from collections.abc import Callable, Iterable, Iterator

import structlog
from django.utils.translation import gettext as _

from tutor_app.tutoring.moves import Move
from tutor_app.tutoring.voices.grounded import Matter
from tutor_app.tutoring.voices.phrasing import Gate

log = structlog.get_logger(__name__)

# Moves that may say a course's probes, remedies and passages.
GUARDED = frozenset({Move.PROBE, Move.FOCUS, Move.EXPLAIN, Move.ENCOURAGE})


class LazyGate:
    """A gate that is made when the first sentence comes to it: most replies have none that needs one."""

    def __init__(self, make: Callable[[], Gate]) -> None:
        self._make = make
        self._gate: Gate | None = None

    def passes(self, sentence: str) -> bool:
        if self._gate is None:
            self._gate = self._make()
        return self._gate.passes(sentence)


def guarded(sentences: Iterable[str], *, matter: Matter, gate: Gate) -> Iterator[str]:
    """The sentences that may be said. Joined they are Markdown, as before."""
    if matter.move not in GUARDED or not (matter.error or matter.explanation):
        yield from sentences
        return
    said = held = 0
    for sentence in sentences:
        if sentence.strip() and not gate.passes(sentence):
            held += 1
            log.warning("a sentence would have given the answer away", move=str(matter.move))
            continue
        said += bool(sentence.strip())
        yield sentence
    if held and not said:
        yield _("Not yet. Go through your working line by line: does each line follow from the one before?")
