"""Patterns by their text, each compiled once.

`re` keeps 512 patterns and then starts to throw some out; a gate makes some for every step, and would push out those
that every sentence needs.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache


@lru_cache(maxsize=8192)
def compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def search(pattern: str, text: str) -> re.Match[str] | None:
    return compiled(pattern).search(text)


def fullmatch(pattern: str, text: str) -> re.Match[str] | None:
    return compiled(pattern).fullmatch(text)


def findall(pattern: str, text: str) -> list[str]:
    return compiled(pattern).findall(text)


def finditer(pattern: str, text: str) -> Iterator[re.Match[str]]:
    return compiled(pattern).finditer(text)


def split(pattern: str, text: str) -> list[str]:
    return compiled(pattern).split(text)


def sub(pattern: str, by: str | Callable[[re.Match[str]], str], text: str) -> str:
    return compiled(pattern).sub(by, text)
