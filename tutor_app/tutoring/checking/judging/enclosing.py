"""Reading what stands between brackets: groups, tuples, sets, vectors, matrices."""

from __future__ import annotations

from dataclasses import replace

from .cursor import Cursor
from .lexicon import NUMBER_SETS
from .lexing import Token, Unread
from .nodes import (
    Builder,
    Call,
    Const,
    Func,
    Group,
    Listing,
    Matrix,
    Node,
    Num,
    Ratio,
    SetOf,
    Sym,
    Tuple,
    bare,
)  # fmt: skip

_OPENING, _CLOSING = {"(", "[", "{", "\\{", "langle", "|open"}, {")", "]", "}", "\\}", "rangle", "|close"}
_OPERATORS = {"+", "-", "*", "/", "÷", "^", "_", ",", ";", "±", "["}


def _is_gap(before: Token, here: Token, after: Token) -> bool:
    """Whether white space before `here` parts two cells: `1 -2` does, `1 - 2` does not."""
    if before.kind in _OPERATORS or before.kind == "cmd":
        return False
    return here.kind not in _OPERATORS | _CLOSING or (here.kind in {"-", "+"} and not after.spaced)


class Enclosing(Cursor):
    def bracketed(self) -> Node:
        opening = self.here
        named = self.composed() or self.spaced_matrix()
        if named is not None:
            return named
        self.at += 1
        bars, self.bars = self.bars, 0
        inside = self.rows() if opening.kind == "[" and self.here.kind == "[" else self.listing()
        self.bars = bars
        closing = self.take(")", "]")
        if closing is None:
            raise self.stuck()
        if isinstance(inside, Matrix):
            return inside
        if isinstance(inside, Listing) and inside.joint == ",":
            return Tuple(inside.items, opening.kind, closing.kind)
        if (opening.kind, closing.kind) not in {("(", ")"), ("[", "]")}:
            raise Unread("unread", closing.start)
        return Group(inside)

    def composed(self) -> Node | None:
        r"""`(f \circ g)(x)` is a name."""
        kinds = [self.ahead(offset) for offset in range(5)]
        if kinds[0].kind == "(" and kinds[2].text in {"circ", "∘"} and kinds[4].kind == ")":
            self.at += 5
            return Sym(f"({kinds[1].text}∘{kinds[3].text})")
        return None

    def spaced_matrix(self) -> Node | None:
        """`[1 2; 3 4]`: rows between semicolons, of two things or more between commas or gaps."""
        if self.here.kind != "[":
            return None
        rows: list[list[tuple[int, int]]] = [[]]  # the tokens of each cell, from and to
        start, end, depth = self.at + 1, self.at + 1, 0
        while True:
            token, before = self.tokens[end], self.tokens[end - 1]
            if token.kind == "end":
                return None
            closes = token.kind == "]" and depth == 0
            gap = token.spaced and start < end and _is_gap(before, token, self.tokens[end + 1])
            if depth == 0 and (closes or gap or token.kind in {",", ";"}):
                rows[-1].append((start, end))
                start = end if gap else end + 1
                if token.kind == ";":
                    rows.append([])
            if closes:
                break
            depth += (token.kind in _OPENING) - (token.kind in _CLOSING)
            end += 1
        if len(rows) < 2 or {len(row) for row in rows} != {len(rows[0])} or len(rows[0]) < 2:
            return None
        matrix: list[tuple[Node, ...]] = []
        for row in rows:
            matrix.append(tuple(self.cell(first, past) for first, past in row))
        self.at = end + 1
        return Matrix(tuple(matrix))

    def cell(self, first: int, past: int) -> Node:
        """What the tokens from `first` to before `past` say by themselves."""
        tokens, stop = self.tokens, self.tokens[past]
        self.tokens, self.at = [*tokens[first:past], replace(stop, kind="end", text="")], 0
        node = self.deeper(self.sum)
        if self.here.kind != "end":
            raise self.stuck()
        self.tokens = tokens
        return node

    def rows(self) -> Node:
        """`[[1, 2], [3, 4]]`"""
        rows: list[tuple[Node, ...]] = []
        while self.here.kind == "[":
            row = self.deeper(self.bracketed)
            rows.append(row.items if isinstance(row, Tuple) else (bare(row),))
            self.take(",", ";")
        if len({len(row) for row in rows}) != 1:
            raise self.stuck()
        return Matrix(tuple(rows))

    def vector(self) -> Node:
        r"""`\langle 1, 2 \rangle` or `<1, 2>`"""
        opening = self.here
        self.at += 1
        items = [self.sum()]
        while self.take(","):
            items.append(self.sum())
        if self.take("rangle" if opening.kind == "langle" else ">") is None or len(items) < 2:
            raise self.stuck()
        return Tuple(tuple(items), "<", ">")

    def braces(self) -> Node:
        self.need("{")
        if self.here.kind == "}" and self.ahead(1).kind == "_" and self.ahead(2).kind in {"num", "{"}:
            self.at += 1
            return self.choose()
        node = self.set_until("}")
        if isinstance(node, SetOf) and len(node.items) == 1:  # braces of LaTeX around one thing are no set
            only = node.items[0]
            return only if isinstance(only, Num | Sym | Const | Group) else Group(only)
        return node

    def set_until(self, closing: str) -> Node:
        if self.take(closing):
            return SetOf(())
        self.element_of()
        bars, self.bars = self.bars, 1  # a bar here separates: {x | x > 3}
        if self.here.kind == "name" and self.ahead(1).kind == ":" and self.ahead(2).kind in {"name", "num", "-"}:
            element = self.letter(self.here.text) if len(self.here.text) == 1 else Sym(self.here.text)
            self.at += 2
            condition = self.deeper(self.listing)
            self.bars = bars
            self.need(closing)
            return Builder(element, condition)
        inside = self.deeper(self.listing)
        self.bars = bars
        if self.take("|", ":"):
            condition = self.deeper(self.listing)
            self.need(closing)
            return Builder(inside, condition)
        self.need(closing)
        if isinstance(inside, Ratio) and isinstance(inside.items[0], Sym):  # "{x : x > 3}" read as a ratio
            raise self.stuck()
        return SetOf(inside.items if isinstance(inside, Listing) else (inside,))

    def element_of(self) -> None:
        r"""Takes `x in R |` typed for `x \in \mathbb{R} |`."""
        sign, numbers = self.ahead(1), self.ahead(2)
        if self.here.kind == "name" and self.word(1) == "in" and self.ahead(3).kind in {"|", ":"}:
            name = NUMBER_SETS.get(numbers.text, "reals" if numbers.text == "R" else "")
            if numbers.kind == "name" and not name:
                return
            self.tokens[self.at + 1] = replace(sign, kind="in")
            if name:
                self.tokens[self.at + 2] = replace(numbers, kind="numbers", text=name)

    def augmented(self) -> None:
        """Passes the bar of an augmented matrix, which stands in a cell of its own or between two."""
        if [self.ahead(offset).kind for offset in range(3)] in (["&", "|", "&"], ["and", "|", "and"]):
            self.at += 2

    def matrix(self) -> Node:
        environment = self.here.text
        self.at += 1
        rows: list[list[Node]] = [[]]
        while True:
            if self.word() in {"if", "for", "when"}:
                self.at += 1
            rows[-1].append(self.item())
            self.augmented()
            if self.take("&", ","):
                continue
            if self.take("row"):
                if self.here.kind == "finish":
                    break
                rows.append([])
                continue
            break
        closing = self.take("finish")
        if closing is None or closing.text != environment:
            raise self.stuck()
        if environment in {"cases", "aligned"}:
            return Listing(tuple(row[0] if len(row) == 1 else Call("case", tuple(row)) for row in rows), "and")
        if len({len(row) for row in rows}) != 1:
            raise Unread("unread", closing.start)
        matrix = Matrix(tuple(tuple(row) for row in rows))
        return Func("abs", matrix) if environment == "vmatrix" else matrix
