"""A pool of checking children: separate processes that may be killed at any moment, with warm spares.

`check` first tries what needs no SymPy in this process. Otherwise it takes an idle child, sends one JSON line and
waits no longer than the time limit. A child that is late is killed, one that dies (out of memory) costs only its own
check; either way a tender thread starts a replacement in the background while a spare serves. Children are programs
of their own (not forks), import only `judging`, and leave when their standard input closes or their parent is gone.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import os
import select
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .judging import MAX_LINE
from .judging.algebra import NeedsAlgebra, Plain
from .judging.judge import Asked, Judgement, equivalent, first_match, judge
from .judging.keys import MAX_KEY_CHARS, read_key
from .judging.typography import wording
from .sentences import sentence
from .vocabulary import Check, Question, Verdict

logger = logging.getLogger(__name__)

START_LIMIT_S = 30.0  # a child that has not come up by then is given up
WITH_WAITING = 1.25  # times the time limit: the longest that a call takes, waiting for a free child included
CHECKS_PER_CHILD = 2000  # after which it is replaced, because SymPy's caches grow
_BOOT = "import sys; sys.path.append(sys.argv[1]); from judging.child import main; main(sys.argv[2:])"


_after_fork = threading.Lock()


class _Late(Exception):
    """The child did not answer in time."""


class _Dead(Exception):
    """The child is gone."""


class _Child:
    """One child process and the pipe to it."""

    def __init__(self, memory_mb: int, time_limit_s: float) -> None:
        here = str(Path(__file__).parent)
        # A clean environment: no secrets of the site, one thread, the same hash seed in every child.
        env = {
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "OMP_NUM_THREADS": "1",
            "PYTHONHASHSEED": "0",
            "SYMPY_CACHE_SIZE": "500",
        }
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own constant program
            [sys.executable, "-s", "-P", "-c", _BOOT, here, str(os.getpid()), str(memory_mb), str(time_limit_s)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=env,
            cwd="/",
            close_fds=True,
            start_new_session=True,  # a Ctrl-C in the terminal is ours to handle
        )
        self.checks = 0
        self._buffer = b""

    def wait_ready(self) -> bool:
        try:
            return bool(self._receive(time.monotonic() + START_LIMIT_S).get("ready"))
        except (_Late, _Dead):
            return False

    def ask(self, message: dict[str, Any], limit_s: float) -> dict[str, Any]:
        """Raises _Late or _Dead."""
        self.checks += 1
        assert self.process.stdin is not None
        line = json.dumps(message).encode() + b"\n"
        if len(line) > MAX_LINE:
            return {"outcome": "not_understood", "code": "too_long"}
        try:
            self.process.stdin.write(line)
            self.process.stdin.flush()
        except OSError as problem:
            raise _Dead from problem
        return self._receive(time.monotonic() + limit_s)

    def _receive(self, deadline: float) -> dict[str, Any]:
        assert self.process.stdout is not None
        pipe = self.process.stdout.fileno()
        while b"\n" not in self._buffer:
            poll = select.poll()
            poll.register(pipe, select.POLLIN)
            if not poll.poll(max(deadline - time.monotonic(), 0) * 1000):
                raise _Late
            piece = os.read(pipe, 65536)
            if not piece:
                raise _Dead
            self._buffer += piece
        line, self._buffer = self._buffer.split(b"\n", 1)
        reply: dict[str, Any] = json.loads(line)
        return reply

    def kill(self) -> None:
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self.process.wait()


class CheckerPool:
    """Checks answers; safe to share between threads.

    `size` children may work at once and one more waits warm. A call returns within the time limit; a quarter more where
    it had to wait for a free child. Every process that checks needs a pool of its own; a pool
    carried over a fork starts afresh there.
    """

    def __init__(
        self, size: int = 2, time_limit_s: float = 1.5, memory_mb: int = 512, max_chars: int = 500, spares: int = 1
    ) -> None:
        if size < 1 or time_limit_s <= 0 or memory_mb < 256 or max_chars < 1:
            raise ValueError(
                "A checker pool needs size >= 1, a time limit, 256 MB and some characters; "
                f"got {size=}, {time_limit_s=}, {memory_mb=}, {max_chars=}."
            )
        self.size, self.time_limit_s, self.memory_mb, self.max_chars = size, time_limit_s, memory_mb, max_chars
        self.wanted = size + spares
        self._begin()
        atexit.register(self.close)

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._changed = threading.Condition()
        self._idle: deque[_Child] = deque()
        self._busy: set[_Child] = set()
        self._starting = 0
        self._closed = False
        self._tender = threading.Thread(target=self._tend, name="checker-tender", daemon=True)
        self._tender.start()

    # -- children --------------------------------------------------------------------------------------------------

    def _tend(self) -> None:
        """Keeps as many children as wanted alive. The only thread that starts any."""
        failures = 0
        while True:
            with self._changed:
                while not self._closed and len(self._idle) + len(self._busy) >= self.wanted:
                    self._changed.wait()
                if self._closed:
                    return
            try:
                child = _Child(self.memory_mb, self.time_limit_s)
            except OSError:
                logger.exception("A checking child could not be started")
                child = None
            if child is not None and child.wait_ready():
                failures = 0
                with self._changed:
                    if not self._closed:
                        self._idle.append(child)
                        child = None
                        self._changed.notify_all()
            else:
                failures += 1
                logger.error("A checking child did not come up (%d in a row)", failures)
            if child is not None:
                child.kill()
            if failures:
                time.sleep(min(2.0**failures, 30.0))

    def wait_ready(self, timeout_s: float = START_LIMIT_S) -> bool:
        """Waits until a child can take a question, for a worker that wants to be warm before its first turn."""
        self._same_process()
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._idle or self._busy or self._closed), timeout_s)

    def _same_process(self) -> None:
        """After a fork: leaves the children to the process that started them, and starts our own."""
        if os.getpid() == self._pid:
            return
        with _after_fork:
            if os.getpid() == self._pid:
                return
            for child in (*self._idle, *self._busy):
                child.process.returncode = 0  # not ours to wait for
                for pipe in (child.process.stdin, child.process.stdout):
                    if pipe is not None:
                        pipe.close()
            self._begin()

    def _has_free_child(self) -> bool:
        """Whether a living child may take a question now. Buries those that died while they were idle."""
        while self._idle and self._idle[0].process.poll() is not None:
            self._idle.popleft().kill()
            self._changed.notify_all()
        return bool(self._idle) and len(self._busy) < self.size

    def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        """The reply of a child, or a judgement with the code "busy" or "too_slow"."""
        self._same_process()
        latest = time.monotonic() + self.time_limit_s * WITH_WAITING
        with self._changed:
            free = self._changed.wait_for(lambda: self._closed or self._has_free_child(), self.time_limit_s)
            if not free or self._closed:
                return {"outcome": "not_understood", "code": "busy"}
            child = self._idle.popleft()
            self._busy.add(child)
        sound = False
        try:
            reply = child.ask(message, min(self.time_limit_s, latest - time.monotonic()))
            sound = child.checks < CHECKS_PER_CHILD
            if "failed" in reply:
                logger.warning("A checking child failed with %s", reply["failed"])
                return {"outcome": "not_understood", "code": "failed"}
            return reply
        except _Late:
            return {"outcome": "not_understood", "code": "too_slow"}
        except (_Dead, ValueError):
            return {"outcome": "not_understood", "code": "too_slow"}
        finally:
            if not sound:
                child.kill()
            with self._changed:
                self._busy.discard(child)
                if sound and not self._closed:
                    self._idle.append(child)
                elif sound:
                    child.kill()
                self._changed.notify_all()

    # -- questions -------------------------------------------------------------------------------------------------

    def check(self, question: Question, given: str) -> Check:
        """The verdict on what a learner wrote. Never raises for anything in `given`."""
        begun = time.perf_counter()
        judgement = self._judge(question, given)
        return Check(
            verdict=Verdict(judgement.outcome),
            read_as=judgement.read_as,
            reason=sentence(judgement, given),
            ms=(time.perf_counter() - begun) * 1000,
            unread_from=judgement.unread_from,
        )

    def _judge(self, question: Question, given: str) -> Judgement:
        if len(given) > self.max_chars:
            return Judgement("not_understood", "too_long")
        asked = Asked(question.kind, question.answers, question.choices, question.asked[:MAX_KEY_CHARS])
        try:
            return judge(asked, given, Plain())
        except NeedsAlgebra:
            pass
        except RecursionError:
            return Judgement("not_understood", "too_deep")
        except Exception:  # a fault of ours that some text found must not cost the learner the turn
            logger.exception("Judging an answer failed")
            return Judgement("not_understood", "failed")
        reply = self._ask(
            {
                "ask": "check",
                "kind": asked.kind,
                "answers": asked.answers,
                "choices": asked.choices,
                "asked": asked.asked,
                "given": given,
            }
        )
        return Judgement(**reply)

    def equivalent(self, left: str, right: str) -> bool:
        """Both texts say the same, in whatever form. False where either cannot be read or it takes too long."""
        if max(len(left), len(right)) > MAX_KEY_CHARS:
            return left == right
        try:
            return equivalent(left, right, Plain())
        except NeedsAlgebra:
            return bool(self._ask({"ask": "equivalent", "left": left, "right": right}).get("equivalent"))

    def first_match(self, given: str, candidates: Sequence[str]) -> int | None:
        """The index of the first candidate that `given` is, in whatever form: for wrong answers that were foreseen."""
        if len(given) > self.max_chars or not candidates:
            return None
        try:
            return first_match(given, candidates, Plain())
        except NeedsAlgebra:
            match = self._ask({"ask": "first_match", "given": given, "candidates": list(candidates)}).get("match")
            return match if isinstance(match, int) else None

    def readable(self, key: str) -> bool:
        """Whether an author's key can be read as mathematics; where not, it is compared as text."""
        return bool(wording(key)) and read_key(key) is not None

    def close(self) -> None:
        """Ends all children. Checks that are running are answered with "busy" or "too slow"."""
        if os.getpid() != self._pid:
            return
        with self._changed:
            if self._closed:
                return
            self._closed = True
            idle = list(self._idle)
            self._idle.clear()
            busy = list(self._busy)
            self._changed.notify_all()
        for child in (*idle, *busy):
            child.process.kill()
        for child in idle:
            child.kill()
        atexit.unregister(self.close)

    def __enter__(self) -> CheckerPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
