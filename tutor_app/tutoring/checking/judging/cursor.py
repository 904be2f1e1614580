"""A place in a list of tokens: looking, taking, and saying where reading stopped."""

from __future__ import annotations

from collections.abc import Callable

from .lexing import Manner, Token, Unread, tokens
from .nodes import Node

MAX_DEPTH = 30


class Cursor:
    """What the parts of the grammar share. The methods at its end are those of the grammar that its parts call."""

    def __init__(self, text: str, manner: Manner) -> None:
        self.text, self.manner = text, manner
        self.tokens = tokens(text, manner)
        self.at, self.depth, self.bars = 0, 0, 0

    @property
    def here(self) -> Token:
        return self.tokens[self.at]

    def ahead(self, offset: int) -> Token:
        return self.tokens[min(self.at + offset, len(self.tokens) - 1)]

    def take(self, *kinds: str) -> Token | None:
        if self.here.kind in kinds:
            self.at += 1
            return self.tokens[self.at - 1]
        return None

    def need(self, *kinds: str) -> None:
        if self.take(*kinds) is None:
            raise self.stuck()

    def stuck(self) -> Unread:
        return Unread("unfinished" if self.here.kind == "end" else "unread", self.here.start)

    def deeper(self, parse: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unread("too_deep", self.here.start)
        node = parse()
        self.depth -= 1
        return node

    def word(self, offset: int = 0) -> str:
        """The word that stands there in small letters, "" where there is something else."""
        token = self.ahead(offset)
        return token.text.lower() if token.kind in {"name", "text"} else ""

    def letter(self, char: str) -> Node:
        raise NotImplementedError

    def argument(self) -> Node:
        raise NotImplementedError

    def bracketed(self) -> Node:
        raise NotImplementedError

    def exponent(self) -> Node:
        raise NotImplementedError

    def factor(self) -> Node:
        raise NotImplementedError

    def primary(self) -> Node:
        raise NotImplementedError

    def starts_factor(self) -> bool:
        raise NotImplementedError

    def is_product(self, word: str) -> bool:
        raise NotImplementedError

    def choose(self) -> Node:
        raise NotImplementedError

    def item(self) -> Node:
        raise NotImplementedError

    def listing(self) -> Node:
        raise NotImplementedError

    def sum(self) -> Node:
        raise NotImplementedError
