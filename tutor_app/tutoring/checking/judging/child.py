"""A checking child: reads one JSON question per line from standard input, answers with one JSON line, dies with its
parent.

Started by `pool.py` as a process of its own, with nothing of the site imported. Before it reads anything of a
learner's it gives up what it does not need: memory beyond a limit, CPU time beyond a limit per question, core dumps,
new files, and, by an audit hook, starting programs, opening sockets and writing files.
"""

from __future__ import annotations

import ctypes
import json
import logging
import math
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

from . import MAX_LINE
from .judge import Asked, equivalent, first_match, judge

_FORBIDDEN = (
    "subprocess.", "socket.", "shutil.", "ctypes.", "pty.", "os.exec", "os.system", "os.fork", "os.posix_spawn",
    "os.spawn", "os.kill", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod",
    "os.chown", "os.truncate",
)  # fmt: skip
SOFT = 0.75  # of the time limit: then a question is given up from within, and the child need not be killed
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC


def _forbid(event: str, args: tuple[Any, ...]) -> None:
    writes = event == "open" and len(args) > 2 and isinstance(args[2], int) and args[2] & _WRITING
    if writes or event.startswith(_FORBIDDEN):
        os._exit(3)


def _limit(memory_mb: int) -> None:
    memory = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))


def _limit_cpu(seconds: float) -> None:
    """Lets the process run for that much more CPU time; the kernel ends it after."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


class TimeUp(BaseException):
    """The question took its time; the child itself goes on."""


def _time_is_up(*_: object) -> None:
    raise TimeUp


def _leave_with(parent: int) -> None:
    """Ends this process when its parent is gone, even in the middle of a question."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


def _answer(message: dict[str, Any], algebra: Any) -> dict[str, Any]:
    if message["ask"] == "equivalent":
        return {"equivalent": equivalent(message["left"], message["right"], algebra)}
    if message["ask"] == "first_match":
        return {"match": first_match(message["given"], message["candidates"], algebra)}
    asked = Asked(message["kind"], tuple(message["answers"]), tuple(message["choices"]), message["asked"])
    return judge(asked, message["given"], algebra).to_json()


def main(arguments: Sequence[str]) -> None:
    """`arguments`: the parent's process id, memory in MB, seconds per question."""
    parent, memory_mb, time_limit_s = int(arguments[0]), int(arguments[1]), float(arguments[2])
    logging.disable()
    _limit(memory_mb)
    ctypes.CDLL(None)  # loaded by SymPy's dependencies later otherwise, which the hook would take amiss
    threading.stack_size(256 * 1024)
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    sys.setrecursionlimit(3000)
    from .symbolic import Symbolic

    sys.modules["numpy"] = None  # type: ignore[assignment]  # pint would load it, and no answer needs it
    algebra = Symbolic()
    algebra.worth("meter", "inch")
    for key, given in (
        ("(x-1)(x+2)", "x^2+x-2"),
        ("x>=-4", "[-4,inf)"),
        (r"\sqrt[3]{8x}", "2x^(1/3)"),
        ("x=2", "2x=4"),
    ):
        judge(Asked("arithmetic", (key,), (), "simplify, factor"), given, algebra)  # loads what SymPy loads lazily
    signal.signal(signal.SIGALRM, _time_is_up)
    replies = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints must not be taken for a reply
    sys.addaudithook(_forbid)
    replies.write(json.dumps({"ready": True}) + "\n")
    while True:
        line = sys.stdin.buffer.readline(MAX_LINE)
        if not line:
            return
        _limit_cpu(time_limit_s)
        try:
            signal.setitimer(signal.ITIMER_REAL, time_limit_s * SOFT)
            try:
                reply = _answer(json.loads(line), algebra)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        except TimeUp:
            reply = {"outcome": "not_understood", "code": "too_slow"}
            algebra.forget()
        except MemoryError:
            os._exit(4)
        except RecursionError:
            reply = {"outcome": "not_understood", "code": "too_deep"}
        except Exception as problem:  # a bug here or in SymPy costs one check, and is told to the parent's log
            reply = {"failed": type(problem).__name__}
        replies.write(json.dumps(reply) + "\n")
