"""The border to a language model: what one is asked, what it owes us, and how long its words are waited for.

A writer works in a thread of its own and pushes text as it comes. Whoever waits for it looks at the clock and holds on
to the turn meanwhile, so a server that hangs, drips or floods costs a bounded time and bounded memory, nothing else.
"""

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from queue import Empty, SimpleQueue
from typing import Protocol

import structlog

from tutor_app.tutoring.voices.sentences import sentences

log = structlog.get_logger(__name__)

# So much is taken from a writer, whatever it sends; three sentences need far less.
MOST_CHARS = 4_000
MOST_SENTENCE_CHARS = 240
# Whoever waits wakes up this often, to look at the clock and to hold on to the turn.
TICK_S = 0.25


class Why(StrEnum):
    """Why the course's own words were said instead of a model's; kept with the turn."""

    NONE = ""
    NOT_CONFIGURED = "not configured"
    LANGUAGE = "no vocabulary for this language"
    BUDGET = "over budget"
    RESTING = "failed several times, left alone for a while"
    BUSY = "busy"
    UNREACHABLE = "not reachable"
    REFUSED = "the server refused"
    SERVER_ERROR = "the server failed"
    MALFORMED = "the stream could not be read"
    CUT_OFF = "the stream ended too early"
    DECLINED = "the model declined"
    SLOW_TO_BEGIN = "slow to begin"
    OUT_OF_TIME = "out of time"
    EMPTY = "said nothing"
    UNFINISHED = "no whole sentence"
    BROKEN = "failed"
    INTERRUPTED = "the turn was given up meanwhile"
    # Of a sentence that was held back:
    LEAK = "gives the answer away"
    TOO_LONG = "too long"
    MARKUP = "markup, links or unusual characters"
    MATHEMATICS = "mathematics that was not given to it"
    VOCABULARY = "words that were not given to it"
    VERDICT = "speaks of right and wrong otherwise than the verdict"
    QUESTION = "asks a question of its own"
    HUMAN = "speaks of itself"


# Failures that say something about the server, not about one reply.
SERVERS_FAULT = frozenset(
    {Why.UNREACHABLE, Why.REFUSED, Why.SERVER_ERROR, Why.MALFORMED, Why.CUT_OFF, Why.SLOW_TO_BEGIN, Why.OUT_OF_TIME}
)


class VoiceFailed(Exception):
    """A writer can't go on; `why` says why not, `detail` is for the log."""

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}" if detail else str(why))
        self.why = why
        self.detail = detail


class Enough(Exception):
    """Nobody listens to the writer any more, or it has said too much: it should stop. No failure."""


@dataclass(frozen=True)
class Prompt:
    """What a model is given: `system` is ours and always the same, `material` is all quoted data."""

    system: str
    material: str

    @property
    def most_tokens(self) -> int:
        """No tokeniser makes more tokens of a text than it has bytes."""
        return len((self.system + self.material).encode())


@dataclass(frozen=True)
class Tokens:
    """What a reply took; `counted` by the one that wrote it, or else estimated from the length of the texts."""

    read: int = 0
    written: int = 0
    counted: bool = False


class Writer(Protocol):
    """A language model. `write` pushes pieces of text and returns what they took.

    It lets `Enough`, which a push may raise, pass; it looks at `stop` at least once a second; it raises VoiceFailed for
    whatever goes wrong. It runs in a thread of its own and touches no database.
    """

    @property
    def name(self) -> str: ...

    @property
    def most_tokens(self) -> int: ...

    def write(self, prompt: Prompt, push: Callable[[str], None], stop: threading.Event) -> Tokens | None: ...


@dataclass(frozen=True)
class Patience:
    """How long a writer is waited for: for its first word, and in all."""

    first_word_s: float = 4.0
    total_s: float = 12.0


class Writing:
    """One reply while it is being written: iterate over it for the pieces. Raises VoiceFailed."""

    def __init__(self, writer: Writer, prompt: Prompt, patience: Patience, hold: Callable[[], None]) -> None:
        self.writer, self.prompt, self.patience, self.hold = writer, prompt, patience, hold
        self.first_word_s: float | None = None
        self.chars = 0
        self._counted: Tokens | None = None
        self._pieces: SimpleQueue[str | VoiceFailed | None] = SimpleQueue()
        self._stop = threading.Event()

    @property
    def tokens(self) -> Tokens:
        if self._counted is not None:
            return self._counted
        given = len(self.prompt.system) + len(self.prompt.material)
        return Tokens(read=given // 4 + 1, written=self.chars // 4 + 1)

    def __iter__(self) -> Iterator[str]:
        begun = time.monotonic()
        threading.Thread(target=self._write, name="voice", daemon=True).start()
        try:
            while True:
                self.hold()
                waited = time.monotonic() - begun
                allowed = self.patience.first_word_s if self.first_word_s is None else self.patience.total_s
                if waited >= allowed:
                    raise VoiceFailed(Why.SLOW_TO_BEGIN if self.first_word_s is None else Why.OUT_OF_TIME)
                try:
                    piece = self._pieces.get(timeout=min(TICK_S, allowed - waited))
                except Empty:
                    continue
                if piece is None:
                    return
                if isinstance(piece, VoiceFailed):
                    raise piece
                if self.first_word_s is None:
                    self.first_word_s = time.monotonic() - begun
                yield piece
        finally:
            self._stop.set()

    def _write(self) -> None:
        try:
            self._counted = self.writer.write(self.prompt, self._push, self._stop)
            self._pieces.put(None)
        except Enough:
            self._pieces.put(None)
        except VoiceFailed as failure:
            self._pieces.put(failure)
        except Exception as error:
            log.exception("voice broke", model=self.writer.name)
            self._pieces.put(VoiceFailed(Why.BROKEN, repr(error)))

    def _push(self, piece: str) -> None:
        if self._stop.is_set() or self.chars > MOST_CHARS:
            raise Enough
        if piece:
            self.chars += len(piece)
            self._pieces.put(piece)


# --- sentences of a text that is still coming -----------------------------------------------------------------------

ENDED = re.compile(r"[.!?…。！？][”\"')*\]]*\s*\Z")
DOLLAR = re.compile(r"(?<!\\)\$")


def whole_sentences(pieces: Iterable[str]) -> Iterator[str]:
    """Each sentence as soon as it has surely ended, without the white space around it. What has no end is dropped.

    Raises VoiceFailed when a sentence grows past all bounds.
    """
    rest = ""
    for piece in pieces:
        rest += piece
        *ended, rest = _cut(rest)
        yield from (sentence.strip() for sentence in ended if sentence.strip())
        if len(rest) > MOST_SENTENCE_CHARS:
            raise VoiceFailed(Why.TOO_LONG)
    if ENDED.search(rest) and len(DOLLAR.findall(rest)) % 2 == 0:
        yield rest.strip()


def _cut(text: str) -> list[str]:
    """The sentences, the last of them not ended yet; a dollar that is still open keeps its sentence together."""
    cut = [""]
    for sentence in sentences(text):
        if len(DOLLAR.findall(cut[-1])) % 2:
            cut[-1] += sentence
        else:
            cut.append(sentence)
    return cut if len(cut) == 1 else cut[1:]
