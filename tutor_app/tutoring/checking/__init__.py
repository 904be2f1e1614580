"""Checking answers: is this text, typed by a learner, the answer that the step asks for?

Learners' text is hostile input. It is read by a whitelist parser of our own (`judging/reading.py`), never by `eval`
or a SymPy parser; what needs SymPy is asked of killable child processes with limits on memory and time (`pool.py`).
The front door is `CheckerPool.check`.
"""

from .pool import CheckerPool
from .sentences import key_problem
from .vocabulary import Check, Question, Verdict

__all__ = ["Check", "CheckerPool", "Question", "Verdict", "key_problem"]
