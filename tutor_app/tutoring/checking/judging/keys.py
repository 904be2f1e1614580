"""An author's key, read as mathematics where it can be."""

from __future__ import annotations

from functools import lru_cache

from .nodes import Node, TooBig
from .reading import Manner, Unread, read, unreadable
from .typography import HiddenCharacters

MAX_KEY_CHARS = 4000


@lru_cache(maxsize=4096)
def read_key(key: str) -> Node | None:
    """The key as a node; None where it cannot be read and has to be compared as text."""
    return _read(key, Manner())


@lru_cache(maxsize=4096)
def read_keys(key: str) -> tuple[Node, ...]:
    """Every sensible reading of a key: `9.8 m/s^2` is also a quantity, though m and s may be variables."""
    first = read_key(key)
    other = _read(key, Manner(letter_units=True, things=True))
    return tuple(dict.fromkeys(node for node in (first, other) if node is not None))


def key_fault(key: str) -> tuple[str, int | None] | None:
    """Why a key cannot be read: the code of a sentence, and where reading stopped. None where it can be read."""
    if len(key) > MAX_KEY_CHARS:
        return "too_long", None
    try:
        read(key, Manner())
    except Unread as stop:
        return stop.code, stop.index
    except HiddenCharacters:
        return "hidden", None
    except TooBig:
        return "too_big", None
    except RecursionError:
        return "too_deep", None
    return None


def _read(key: str, manner: Manner) -> Node | None:
    if len(key) > MAX_KEY_CHARS:
        return None
    try:
        return read(key, manner)
    except (*unreadable, RecursionError):
        return None
