"""Keys that are more than a number: expressions, equations, sets of numbers, pairs and lists."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

from .expressions import Reader, Relation, Run, Tuple
from .keys import EVERYWHERE, Keys, Known, Region, as_region, as_solved, pairs_of, region_of
from .numbers import mark, values_in
from .patterns import search
from .plain import listed
from .telling import told
from .values import Value, close

OF_NUMBERS = frozenset(
    listed(
        "number numbers value values everything anything all any every solution solutions answer it domain range they"
    )
)
ABROAD = (  # bounds in other languages: `x muss mindestens 3 sein`
    r"(?P<least>mindestens|wenigstens|au moins|al menos|por lo menos|como minimo|almeno|pelo menos|no minimo|"
    r"(?:mayor|superieur|maggiore|maior) o[u]? (?:igual|egal|uguale) (?:que|a)|großer (?:oder )?gleich)$|"
    r"(?P<most>hochstens|maximal|au plus|a lo sumo|como maximo|al massimo|no maximo|"
    r"(?:menor|inferieur|minore) o[u]? (?:igual|egal|uguale) (?:que|a)|kleiner (?:oder )?gleich)$|"
    r"(?P<low>mayor(?:es)? que|mas grandes? que|superieure?s? a|plus grande?s? que|gro(?:ß|ss)er als|maggiori? di|"
    r"maior(?:es)? (?:do )?que)$|"
    r"(?P<high>menor(?:es)? que|inferieure?s? a|plus petite?s? que|kleiner als|minori? di)$"
)
OPPOSITES = (
    r"\b(?:its|the|their|that|this)(?: number's)? (?:opposite|negative)\b|\bnegative of (?:it|that|this|the)\b|"
    r"\b(?:both|either) signs?\b|\bwith (?:a|the) (?:minus|negative|opposite)(?: sign)?\b|\bsame number\b.*\bnegative|"
    r"\bmirror image\b"
)
JOINTS = frozenset(  # what may stand between the parts of a pair
    listed(
        ", and or et und e vale vaut ist est ; & comma then with | ( ) . the also "
        "as well x y = is equals other second one next z first by coordinate "
        "its their has have value followed - a b both while paired to over up across right down for { } ["
    )
)


class Shapes:
    """The keys with letters or with several parts, and how sentences tell them."""

    def __init__(self, keys: Keys, known: Known, asked: tuple[str, ...], letters: tuple[str, ...]) -> None:
        self.keys, self.known, self.asked, self.letters = keys, known, asked, letters
        self.told: set[Fraction] = set()  # parts of a pair or list that this reply has told
        self.simplifies = {
            key.form: known.has(key) for key in keys.expressions
        }  # the key is worth what the problem shows
        self.equations = tuple(run for run in known.runs if isinstance(run, Relation))

    def leak(self, reader: Reader) -> str:
        for run in reader.runs:
            why = self._expressions(reader, run) or self._relations(reader, run) or self._regions(reader, run)
            if why:
                return why
        return self._spoken_regions(reader) or self._bracketed(reader) or self._sequences(reader)

    # -- expressions -----------------------------------------------------------------------------------------------

    def _expressions(self, reader: Reader, run: Run) -> str:
        parts = (
            [run]
            if isinstance(run, Value)
            else [p for p in (run.sides if isinstance(run, Relation) else run.items) if p]
        )
        solved = as_solved(run) if isinstance(run, Relation) else None
        for part in parts:
            for key in self.keys.expressions:
                if (
                    solved is not None
                    and part is solved[1]
                    and key.names == part.names
                    and part.steps <= key.steps
                    and part.same(key)
                    and not self.known.has(part)
                ):
                    return "names the expression"
                if self._tells(reader, part, key):
                    return "names the expression"
                if "?" not in reader.lows and part.form[0] == "*" and self._without_its_factor(reader, part, key):
                    return "tells its factors"
        return ""

    def _tells(self, reader: Reader, part: Value, key: Value) -> bool:
        if key.steps == 0 and key.form[0] == "s":  # a single letter or sign
            if key.is_number and part.exact is not None:  # `3.14` for pi
                return self._rounds(part, key)
            if part.form != key.form:
                return False
            marked = mark(reader, {part.start: (part.end, True)})
            return told(marked, self.asked, ())
        if not key.names and part.exact is not None and key.exact is None:
            return self._rounds(part, key)
        if part.names != key.names:
            return False
        if part.form == key.form:
            if self._is_shown(key):
                framed = told(mark(reader, {part.start: (part.end, True)}), self.asked, self.letters)
                return framed and sorted(part.literals) == sorted(key.literals)
            if self._in_text(reader, part):
                return told(mark(reader, {part.start: (part.end, True)}), self.asked, self.letters)
            if sorted(map(abs, part.literals)) == sorted(map(abs, key.literals)) or part.steps <= key.steps:
                return True
            return not self._is_way(part)
        if part.steps == 0 or not part.same(key):
            return False
        if part.form in self.known.forms or self._in_text(reader, part):
            return False
        framed = told(mark(reader, {part.start: (part.end, True)}), self.asked, self.letters)
        if self.simplifies[key.form]:
            short = part.steps <= key.steps or (part.form[0] == "*" and part.steps == key.steps + 1)
            return framed and short and "?" not in reader.lows and "factor" not in self.known.own.text
        return framed or not self._is_way(part)

    @staticmethod
    def _without_its_factor(reader: Reader, part: Value, key: Value) -> bool:
        """`Pull out a 2, and the rest is (x - 3)(x + 3)` for 2(x - 3)(x + 3)."""
        if key.form[0] != "*" or part.points is None or key.points is None or part.steps < 2 or part.names != key.names:
            return False
        factors = {token.value for token in reader.tokens[: part.start] if token.value} - EVERYWHERE
        return any(
            all(close(one * float(factor), two) for one, two in zip(part.points, key.points, strict=True))
            for factor in factors
            if factor is not None
        )

    @staticmethod
    def _rounds(part: Value, key: Value) -> bool:
        """`0.785` for pi/4: a decimal of three figures or more."""
        exact = part.exact
        if exact is None or key.points is None or part.steps or exact.denominator == 1:
            return False
        places = next((count for count in range(1, 9) if (exact * 10**count).denominator == 1), 0)
        figures = len(str(abs(exact.numerator * 10**places // exact.denominator))) if places else 0
        return figures >= 3 and abs(key.points[0] - float(exact)) <= 0.51 * 10**-places

    def _is_shown(self, key: Value) -> bool:
        """The problem shows the key as it is written, not only what it comes from: `x^7`, not `x^3 * x^4`."""
        return any(
            part.form == key.form and part.steps <= key.steps and sorted(part.literals) == sorted(key.literals)
            for part in self.known.parts
        )

    def _is_way(self, part: Value) -> bool:
        """Only numbers of the problem, or what one operation makes of them: a step on the way."""
        near = self.known.derived
        whole = [value for value in self.known.numbers if value.denominator == 1 and value]
        return all(
            literal in near
            or -literal in near
            or any(literal and (value / literal).denominator == 1 for value in whole)
            for literal in part.literals
        )

    def _in_text(self, reader: Reader, part: Value) -> bool:
        start, end = reader.tokens[part.start].start, reader.tokens[part.end - 1].end
        piece = " ".join(reader.text[start:end].casefold().split())
        return len(piece) > 2 and piece in self.known.text

    # -- equations -------------------------------------------------------------------------------------------------

    def _relations(self, reader: Reader, run: Run) -> str:
        if not isinstance(run, Relation):
            return ""
        if len(run.signs) > 1 and any(self._relations(reader, pair) for pair in pairs_of(run)):
            return "names the equation"
        for key in self.keys.relations:
            if (
                len(run.sides) < 2
                or len(key.sides) != len(run.sides)
                or (set(run.signs) != set(key.signs) and len(key.signs) > 1)
            ):
                continue
            if self._equivalent(run, key):
                return "names the equation in another form"
            if self._same_relation(run, key):
                shown = any(self._same_relation(other, key, exact=True) for other in self.equations)
                if not shown or self._framed(reader, run.start, run.end):
                    return "names the equation"
        return ""

    def _equivalent(self, run: Relation, key: Relation) -> bool:
        """`3x - y = 1` for y = 3x - 1, unless the problem gives the line by an equation itself."""
        ratio = _proportion(run, key)
        return ratio is not None and not any(_proportion(other, key) for other in self.equations)

    def _same_relation(self, run: Relation, key: Relation, exact: bool = False) -> bool:
        if any(side is None for side in (*run.sides, *key.sides)):
            return False
        turned = tuple({"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(sign, sign) for sign in reversed(run.signs))
        for signs, sides in ((run.signs, run.sides), (turned, run.sides[::-1])):
            pairs = list(zip(sides, key.sides, strict=False))
            if signs != key.signs or len(sides) != len(key.sides):
                continue
            if all(one is not None and two is not None and one.form == two.form for one, two in pairs):
                return True
            if not exact and all(one is not None and two is not None and one.same(two) for one, two in pairs):
                return not all(one is not None and self._is_way(one) for one, _ in pairs)
        return False

    # -- sets of numbers -------------------------------------------------------------------------------------------

    def _regions(self, reader: Reader, run: Run) -> str:
        region = as_region([run])
        if region is None or region not in self.keys.regions:
            return ""
        if isinstance(run, Relation):
            shown = any(isinstance(other, Relation) and region_of(other) == region for other in self.known.runs)
            bare = run.sides[0] is None
            if (shown and not self._framed(reader, run.start, run.end)) or (
                bare and not self._about_numbers(reader, run)
            ):
                return ""
        elif any(isinstance(other, Tuple) and as_region([other]) == region for other in self.known.runs):
            return "told as the answer" if self._framed(reader, run.start, run.end) else ""
        return "names the set"

    def _framed(self, reader: Reader, start: int, end: int) -> bool:
        return told(mark(reader, {start: (end, True)}), self.asked, self.letters)

    def _about_numbers(self, reader: Reader, run: Relation) -> bool:
        """`all numbers greater than 4`, `x, which is at least 4`, or nothing else in the sentence."""
        words = set(reader.lows[max(0, run.start - 8) : run.start])
        return bool(words & (OF_NUMBERS | set(self.letters))) or run.start <= 2

    def _spoken_regions(self, reader: Reader) -> str:
        """`4 or more`, `from -4 up to infinity`, `-4 and up`, `everything up to 8`."""
        if not self.keys.regions:
            return ""
        found: list[Region] = []
        for run in reader.runs:
            if not isinstance(run, Value) or run.exact is None:
                continue
            after, before = reader.lows[run.end : run.end + 6], reader.lows[max(0, run.start - 4) : run.start]
            after = [
                word for word in after if word not in ("everything", "anything", "all", "any", "number", "numbers")
            ]
            if after[:1] in (["or"], ["and"]) and len(after) > 1:
                if after[1] in (
                    "more",
                    "greater",
                    "above",
                    "higher",
                    "larger",
                    "bigger",
                    "up",
                    "upward",
                    "upwards",
                    "beyond",
                    "over",
                ):
                    found.append(Region(run.exact, True, None, False))
                if after[1] in ("less", "fewer", "below", "lower", "smaller", "under", "down"):
                    found.append(Region(None, False, run.exact, True))
            if after[:1] in (["upwards"], ["onwards"], ["upward"], ["onward"]):
                found.append(Region(run.exact, True, None, False))
            if before[-2:] in (["left", "of"], ["right", "of"]) and before[-2:] != after[:2]:
                closed = search(
                    r"\b(?:closed|solid|filled|full|shaded|including|included|inclusive)\b", reader.text.casefold()
                )
                inclusive = closed is not None
                circled = search(r"\b(?:circle|dot|point|bracket|parenthesis|shade|everything|all|line)\b", reader.text)
                if circled and before[-2] == "left":
                    found.append(Region(None, False, run.exact, inclusive))
                elif circled:
                    found.append(Region(run.exact, inclusive, None, False))
            if before[-2:] == ["and", "including"]:
                found.append(Region(None, False, run.exact, True))
            sides = search(ABROAD, " ".join(before))
            if sides is not None:
                from_below, inclusive = bool(sides["low"] or sides["least"]), bool(sides["least"] or sides["most"])
                found.append(
                    Region(run.exact, inclusive, None, False)
                    if from_below
                    else Region(None, False, run.exact, inclusive)
                )
            if before[-2:] == ["up", "to"] or before[-1:] == ["until"]:
                found += [Region(None, False, run.exact, True), Region(None, False, run.exact, False)]
            if (
                before[-1:] == ["from"]
                or before[-2:]
                in (
                    ["starting", "at"],
                    ["starting", "from"],
                    ["begins", "at"],
                    ["starts", "at"],
                )
            ) and search(r"\b(?:inf|infinity|up|upward|upwards|onwards|onward)\b", " ".join(reader.lows[run.end :])):
                found += [Region(run.exact, True, None, False), Region(run.exact, False, None, False)]
            if before[-1:] == ["to"] and search(
                r"(?:from|minus|negative|-) (?:minus |negative |- )*inf", " ".join(reader.lows[: run.start])
            ):
                found += [Region(None, False, run.exact, True), Region(None, False, run.exact, False)]
        relations = [run for run in reader.runs if isinstance(run, Relation)]
        for one, two in itertools.pairwise(relations):
            first, second = region_of(one), region_of(two)
            if first and second and (first.low is None) != (second.low is None):
                low, high = (first, second) if first.low is not None else (second, first)
                found.append(Region(low.low, low.low_in, high.high, high.high_in))
        for region in found:
            for key in self.keys.regions:
                if (
                    region == key
                    or ((region.low, region.high) == (key.low, key.high) != (None, None) and region in found[-2:])
                ) and (region == key or "inf" in reader.text or len(found) > 1):
                    shown = any(isinstance(run, Relation) and region_of(run) == key for run in self.known.runs)
                    if not shown:
                        return "names the set in words"
        return ""

    def _bracketed(self, reader: Reader) -> str:
        """`A square bracket at -3 and a round one at 2.`"""
        text = reader.text.casefold()
        if (
            "?" in text
            or not search(r"\b(?:square|closed) |\[", text)
            or not search(r"\b(?:round|open|parenthes[ie]s)\b", text)
        ):
            return ""
        said = [run.exact for run in reader.runs if isinstance(run, Value) and run.exact is not None]
        for region in self.keys.regions:
            if None not in (region.low, region.high) and region.low in said and region.high in said:
                return "describes the interval"
        return ""

    # -- pairs and lists -------------------------------------------------------------------------------------------

    def _sequences(self, reader: Reader) -> str:
        for key in self.keys.sequences:
            if self._whole(reader, key):
                return "names all parts"
            exact = [item.exact for item in key]
            if len(exact) == 2 and self._one_and_its_opposite(reader, exact):
                return "names both"
            if len(exact) == 2 and None not in exact and self._plus_minus(reader, exact):
                return "names both"
            if None not in exact and self._checked(reader, exact):
                return "put into the problem"
            if None in exact or len(key) > 12:
                continue
            wanted = {value for value in exact if value is not None}
            told_now = {value for value in wanted if self._part_told(reader, value)}
            before = self.told & wanted
            self.told |= told_now
            if (told_now - before or told_now == wanted) and wanted <= before | told_now:
                return "tells the last part"
        return ""

    @staticmethod
    def _one_and_its_opposite(reader: Reader, pair: Sequence[Fraction | None]) -> bool:
        """`One is 7 and the other is its opposite.`"""
        one, two = pair
        if one is None or two is None or one != -two or not one or "?" in reader.lows:
            return False
        said = any(token.value == abs(one) for token in reader.tokens)
        return said and search(OPPOSITES, " ".join(reader.lows)) is not None

    def _plus_minus(self, reader: Reader, pair: Sequence[Fraction | None]) -> bool:
        """`x = ±3`, `plus or minus three`, `|x| = 3`."""
        for at, word in enumerate(reader.lows):
            start = at + 1 if word == "±" else at + 3 if reader.lows[at : at + 3] == ["plus", "or", "minus"] else 0
            value = reader.sum(start) if start else None
            if value is None or value.exact is None:
                continue
            before = next((part.exact for run in reader.runs for part in values_in(run) if part.end == at), None)
            for middle in (before or Fraction(0), Fraction(0)):
                if {middle + value.exact, middle - value.exact} == set(pair):
                    return True
        return False

    def _checked(self, reader: Reader, key: Sequence[Fraction | None]) -> bool:
        """`6 + 4 = 10 and 6 - 4 = 2`: every part is worked with, and no letter is left."""
        if "?" in reader.text or set(key) <= self.known.numbers | EVERYWHERE:
            return False
        used: set[Fraction] = set()
        for run in reader.runs:
            sides = run.sides if isinstance(run, Relation) else (run,) if isinstance(run, Value) else ()
            for side in sides:
                if side is not None and not side.names and side.steps:
                    used.update(side.literals)
        return set(key) <= used

    def _whole(self, reader: Reader, key: tuple[Value, ...]) -> bool:
        """The parts one after the other: `(5, 2)`, `5 and 2`, `x is 5, y is 2`."""
        flat: list[Value] = []
        for run in reader.runs:
            if isinstance(run, Value):
                if not run.is_number and not run.steps:
                    continue
                if run.exact != 1 or reader.lows[run.start] != "one" or any(item.exact == 1 for item in key):
                    flat.append(run)
            elif isinstance(run, Tuple):
                flat += run.items
            else:
                flat += [side for side in run.sides if side is not None and (side.is_number or side.steps)]
        size = len(key)
        for index in range(len(flat) - size + 1):
            window = flat[index : index + size]
            matches = all(one.same(two) for one, two in zip(window, key, strict=True))
            if not matches and not self.keys.in_order and size <= 6:
                rest = list(key)
                matches = True
                for one in window:
                    hit = next((two for two in rest if one.same(two)), None)
                    if hit is None:
                        matches = False
                        break
                    rest.remove(hit)
            if (
                matches
                and self._together(reader, window)
                and not self._listed(reader, flat, index, size)
                and (not self._shown(window) or self._framed(reader, window[0].start, window[-1].end))
            ):
                return True
        return False

    @staticmethod
    def _together(reader: Reader, window: Sequence[Value]) -> bool:
        joints = [reader.lows[one.end : two.start] for one, two in itertools.pairwise(window)]
        return all(len(joint) <= 7 and set(joint) <= JOINTS for joint in joints)

    @staticmethod
    def _listed(reader: Reader, flat: Sequence[Value], index: int, size: int) -> bool:
        """A longer list of numbers, such as the data put in order."""
        beside = [flat[i] for i in (index - 1, index + size) if 0 <= i < len(flat)]
        edges = (flat[index].start, flat[index + size - 1].end)
        return any(
            (value.end <= edges[0] and set(reader.lows[value.end : edges[0]]) <= {","} and value.end != edges[0])
            or (
                value.start >= edges[1]
                and set(reader.lows[edges[1] : value.start]) <= {",", "and"}
                and value.start != edges[1]
            )
            for value in beside
        )

    def _shown(self, window: Sequence[Value]) -> bool:
        forms = [value.form for value in window]
        for run in self.known.runs:
            if isinstance(run, Tuple) and [item.form for item in run.items] == forms:
                return True
        parts = [part.form for part in self.known.parts]
        return any(parts[i : i + len(forms)] == forms for i in range(len(parts) - len(forms) + 1))

    def _part_told(self, reader: Reader, value: Fraction) -> bool:
        seen = value in self.known.numbers or value in EVERYWHERE
        for run in reader.runs:
            if isinstance(run, Relation):
                solved = as_solved(run)
                if solved is not None and solved[1].exact == value:
                    return True
            elif (isinstance(run, Value) and run.exact == value) and (
                not seen or told(mark(reader, {run.start: (run.end, True)}), self.asked, self.letters)
            ):
                return True
        return False


def _proportion(one: Relation, two: Relation) -> float | None:
    """How many times one equation is the other, at three places; None where they are not the same."""
    if one.signs != ("=",) or two.signs != ("=",):
        return None
    differences = []
    for relation in (one, two):
        left, right = relation.sides
        if left is None or right is None or left.points is None or right.points is None:
            return None
        differences.append([a - b for a, b in zip(left.points, right.points, strict=True)])
    names = [frozenset[str]().union(*(side.names for side in run.sides if side)) for run in (one, two)]
    if names[0] != names[1] or len(names[0]) < 2 or not all(map(abs, differences[1])):
        return None
    ratios = [a / b for a, b in zip(*differences, strict=True)]
    return ratios[0] if ratios[0] and all(close(ratio, ratios[0]) for ratio in ratios) else None
