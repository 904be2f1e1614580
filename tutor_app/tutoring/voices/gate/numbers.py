"""Numbers that must not be told: mentions in any notation, arithmetic that comes to them, bounds that pin them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property, lru_cache
from math import factorial

from .counts import ORDINAL_OF, counts_of, in_figures, odds_of
from .expressions import ENGLISH, Reader, Relation, Run, Tuple
from .keys import EVERYWHERE, Known, as_solved, pairs_of
from .numerals import ORDINALS, PARTS, SMALL, foreign_compounds, foreign_words, in_english, to_roman
from .patterns import findall, finditer, fullmatch, search, sub
from .plain import listed, plain
from .telling import KEY, LABELS, OTHER, is_harmless, told
from .values import Value

OF_A_GIVEN = frozenset({"said of a letter", "for the letter", "value of", "to put in"})
NEIGHBOURS = frozenset(listed("after before following follows preceding precedes past successor predecessor"))
SETTING = frozenset(listed("set let when if where make setting letting making suppose"))
SMALLEST, LARGEST_SMALL = 2, 12
COMMANDS = frozenset(listed("divide multiply subtract add dividing multiplying subtracting adding combine split"))
OF_A_WAY = frozenset(
    {"comes out", "to try", "said of a letter", "for the letter", "pointed at", "to write", "to put in"}
)  # frames that an unfinished calculation may stand in
RIDDLE = re.compile(
    r"\b(?:the|your|my|our|this|that)(?: correct| right| final)? (?:answer|solution|result|unknown|"
    r"missing number|number|value)\b|\bit\b"
)
EQUALS = re.compile(
    r"\b(?:is|gives|makes|make|you get|you have|equals|results in|comes to|yields|to get|you will "
    r"get|you'd get|becomes|would be)\b"
)
RATIO_WORDS = re.compile(r"\bin\b|\bper\b|\bout of\b|:")
RATIO = re.compile(
    r"(?<![\w./])(?P<part>\d+)(?P<thing>(?: [a-z]+){0,3}?) (?::|in|out of|per|in every|out of every) (?:each |the )?"
    r"(?P<whole>\d+)(?![\w/])"
)
DEGREES = {
    2: r"second[- ]degree|quadratic", 3: r"third[- ]degree|\bcubic", 4: r"fourth[- ]degree|quartic",
    5: r"fifth[- ]degree|quintic", 6: r"sixth[- ]degree",
}  # fmt: skip
CHEERS = frozenset("🎉👍👏😀😊🙂🌟⭐✨💪🔥🚀🙌😄🤔💡✅❗❓‼👀❤🎊🥳☆★")
UNARY_COUNT = re.compile(r"([^\w\s.,!?\-_=~#\"'()…$\\:;<>{}\[\]/^&%@`])(?:\s?\1\ufe0f?){1,39}")


class Numbers:
    """The numbers that are keys of a step, and how sentences tell them."""

    def __init__(self, keys: Sequence[Value], known: Known, asked: tuple[str, ...], letters: tuple[str, ...]) -> None:
        self.keys = tuple(keys)
        self.known, self.asked, self.letters = known, asked, letters
        self.exact = frozenset(key.exact for key in keys if key.exact is not None)
        self.in_sight = any(value in known.written or value in EVERYWHERE for value in self.exact)

    @cached_property
    def aliases(self) -> frozenset[str]:
        """The names of the keys: digits, English words, Roman numerals, compound words of other languages."""
        found: set[str] = set()
        for value in self.exact:
            found_so_far = _names(abs(value))
            found |= (
                found_so_far
                if value >= 0
                else {f"{sign} {name}" for sign in ("minus", "negative") for name in found_so_far}
            )
        return frozenset(found)

    @cached_property
    def foreign(self) -> frozenset[str]:
        return frozenset(
            plain(name).casefold().replace("-", " ")
            for value in self.exact
            if value.denominator == 1
            for name in foreign_compounds(abs(int(value)))
        )

    @cached_property
    def _is_given(self) -> bool:
        """The problem itself sets a letter to the key: `for y = -1/4`."""
        solved = [as_solved(run) for run in self.known.runs if isinstance(run, Relation)]
        if any(pair is not None and self.equal(pair[1]) for pair in solved):
            return True
        return any(
            search(
                rf"(?<![a-z])[a-z] ?\({value}\)|\b(?:as|when|where|at|let) [a-z] (?:->|is|approaches) {value}("
                r"?![\d./])",
                text,
            )
            for value in self.exact
            for text in (self.known.own.text,)
        )

    def equal(self, value: Value) -> bool:
        """The key itself, or the key rounded to two decimals or more."""
        for key in self.keys:
            if key.exact is not None and value.exact is not None:
                if key.exact == value.exact or _rounded(key.exact, value):
                    return True
            elif value.is_number and (key.same(value) or _rounded_real(key, value)):
                return True
        return False

    # -- judging ---------------------------------------------------------------------------------------------------

    def leak(self, reader: Reader) -> str:
        """Why the sentence gives a key away; "" where it does not."""
        marks: dict[int, tuple[int, bool]] = {}
        for run in reader.runs:
            why = self._run(reader, run, marks)
            if why:
                return why
        if any(literal for _end, literal in marks.values()):
            named = mark(reader, {start: place for start, place in marks.items() if place[1]})
            if self._is_given:  # `f(3) means that x is 3`
                named = sub(rf"(?<!\w)[a-z] (?:is|=|equals) {KEY}", OTHER, named)
            if told(named, self.asked, self.letters, without=OF_A_GIVEN if self._is_given else frozenset()):
                return "told as the answer"
        worked = {start: place for start, place in marks.items() if not place[1]}
        without = OF_A_WAY | {"bare"} if "=" in reader.lows else OF_A_WAY
        if worked and told(mark(reader, worked), self.asked, self.letters, without=without, questions=False):
            return "told as the answer"
        return (
            self._riddle(reader)
            or self._ratio(reader)
            or self._in_another_role(reader.text.casefold())
            or self._bounds(reader)
            or self._facts(reader.text.casefold())
            or self._told_in_figures(reader)
            or self._digits(reader)
            or self._decimals(reader.text.casefold())
            or self._foreign(reader)
        )

    def _run(self, reader: Reader, run: Run, marks: dict[int, tuple[int, bool]]) -> str:
        if isinstance(run, Relation):
            if self._is_trivial(reader, run):
                return "an equation that is solved at sight"
            if len(run.signs) > 1:
                for pair in pairs_of(run):
                    why = self._run(reader, pair, marks)
                    if why:
                        return why
                return ""
            solved = as_solved(run)
            if solved is not None and solved[1].is_number and self.equal(solved[1]):
                set_to = self.in_sight and (self._is_given or (run.start > 0 and reader.lows[run.start - 1] in SETTING))
                if set_to:
                    return ""
                way = solved[1].steps > 0 and not self._is_written_so(solved[1]) and self._is_derived(solved[1])
                way = way and not self._is_last_step(solved[1])
                if self._is_the_unknown(solved[0]) and not way and not self._relation_known(reader, run):
                    return "the unknown is set to it"
            others = [side for side in run.sides if side is not None]
            symbolic = any(side.names and side.steps and side.literals for side in others)
            if self._ends_in_it(reader, run):
                return "works it out"
            for side in others:
                why = self._value(reader, side, marks, beside_letters=symbolic)
                if why:
                    return why
            return ""
        if isinstance(run, Tuple):
            return next(filter(None, (self._value(reader, item, marks) for item in run.items)), "")
        return self._value(reader, run, marks)

    def _ends_in_it(self, reader: Reader, run: Relation) -> bool:
        """`1/(1 - 1/2) = 2`: a calculation whose result is the key, though the problem holds that number too."""
        left, right = run.sides[0], run.sides[-1]
        if not self.in_sight or set(run.signs) != {"="} or left is None or right is None or "?" in reader.lows:
            return False
        if right.steps or right.exact not in self.exact or not left.steps or not left.is_number or not left.same(right):
            return False
        if left.steps < 2 and not (self._is_last_step(left) and search(r"/|divided|over", reader.text.casefold())):
            return False
        return not self._said_already(reader, left) and self._is_derived(left)

    def _is_trivial(self, reader: Reader, run: Relation) -> bool:
        """`x - 7 = 0`, `x + 0 = 7`, `1x = 7`, where the problem has nothing of the kind."""
        if run.signs != ("=",) or self.in_sight or None in run.sides:
            return False
        left, right = run.sides
        if left is None or right is None or len(left.names | right.names) != 1 or left.steps + right.steps > 1:
            return False
        shown = "".join(
            reader.text[reader.tokens[left.start].start : reader.tokens[left.end - 1].end].casefold().split()
        )
        if left.end > left.start and left.steps and shown in "".join(self.known.text.split()):
            return False
        literals = {abs(literal) for literal in (*left.literals, *right.literals)}
        return (
            any(literals - EVERYWHERE == {abs(exact)} for exact in self.exact)
            and bool(literals & EVERYWHERE)
            and right.exact != 1
        )

    def _is_the_unknown(self, name: str) -> bool:
        return name in self.letters or name in self.known.names or not self.in_sight or name in "xyn"

    def _relation_known(self, reader: Reader, run: Relation) -> bool:
        """`x = 3` that the problem itself says."""
        return any(
            isinstance(other, Relation) and other.signs == run.signs
            and [side and side.form for side in other.sides] == [side and side.form for side in run.sides]
            for other in self.known.runs
        )  # fmt: skip

    def _value(
        self, reader: Reader, value: Value, marks: dict[int, tuple[int, bool]], beside_letters: bool = False
    ) -> str:
        if not value.is_number:
            return self._inside(reader, value)
        if not self.equal(value):
            if value.steps and not value.names:
                return self._inside(reader, value)
            return ""
        literal = value.steps == 0 or self._is_written_so(value)
        if literal:
            how = next((reader.tokens[i].how for i in range(value.start, value.end) if reader.tokens[i].how), "")
            if how in ("coded", "huge"):
                return "written in another base"
            if how == "roman" and not self._is_label(reader, value):
                return "written as a Roman numeral"
            if how == "foreign" and not _is_foreign(reader):
                return "written in another language"
            if how == "soft" or (how == "chinese" and self._is_chinese_word(reader, value)):
                marks[value.start] = (value.end, True)
                return ""
            if self._counted_up(reader, value):
                return "counts up to it"
            if self._is_enumerated(reader, value):
                return ""
            hidden = value.exact is not None and value.exact.denominator > 1 and not self._notation_shown(reader, value)
            if self.in_sight and hidden and not self._commands(reader, value) and "?" not in reader.lows:
                return "names it in the notation that is asked for"
            if self.in_sight and value.steps and self._commands(reader, value):
                return ""  # `divide 3 by 8` where 3/8 is to be written as a decimal
            marks[value.start] = (value.end, True)
            if how in ("foreign", "chinese") and self._told_abroad(reader, value):
                return "written in another language"
            if self._said_by_learner(reader, value):
                return ""
            if self.in_sight or (how == "foreign" and self._in_known(value)):
                return ""
            before, after = reader.lows[: value.start], reader.lows[value.end : value.end + 5]
            small = (
                value.exact is not None and value.exact.denominator == 1 and SMALLEST <= value.exact <= LARGEST_SMALL
            )
            if is_harmless(before, after, self.asked, small, how == "words"):
                return ""
            if beside_letters and small:
                return ""
            if self._is_operand(before) and value.exact in self.known.derived and not self._asks_for_operand():
                return ""
            if small and search(r"\b(?:exponents?|powers?|degree|index)(?: of| is| to)?$", " ".join(before[-3:])):
                return ""
            if value.exact == 100 and search(r"(?:out of|per|over|percent) ?(?:a )?$", " ".join(before[-3:])):
                return ""
            if value.exact == 10 and search(r"powers? of ?$|base ?$", " ".join(before[-3:])):
                return ""
            return "names it"
        if self._said_already(reader, value) or self._said_by_learner(reader, value):
            return ""
        if self._is_code(reader):
            return "code that works it out"
        if reader.lows[value.start : value.start + 2] in (["number", "between"], ["integer", "between"]):
            return "the number between two others"
        if reader.lows[value.start] in NEIGHBOURS or "after" in reader.lows[value.start : value.end]:
            return "the number next to another"
        unreduced = self._is_unreduced(value)
        if unreduced and search(r"reduc|simplif|lowest|cancel|common|divide", reader.text.casefold()):
            return ""
        if not self._commands(reader, value):
            marks[value.start] = (value.end, False)
        if unreduced:
            return ""
        spoken = any(
            reader.tokens[i].kind == "word" and len(reader.tokens[i].text) > 2 for i in range(value.start, value.end)
        )
        allowed = self.known.numbers if spoken and not self._is_instruction(reader, value) else self.known.derived
        free = (2, 3) if "^" in reader.lows[value.start : value.end] else ()  # squares and cubes come from formulas
        if value.literals and all(
            literal in allowed or abs(literal) in allowed or literal in free for literal in value.literals
        ):
            return ""
        if value.exact in EVERYWHERE and search(r"for example|for instance|e\.g|such as|rule", reader.text.casefold()):
            return ""
        if len(value.literals) > 1 and (
            self._rewrites_fractions(value) or self._splits_problem(value) or self._is_factored(reader, value)
        ):
            return ""
        return "arithmetic that comes to it"

    @staticmethod
    def _is_code(reader: Reader) -> bool:
        return bool(
            search(
                r"\b(?:print|eval|console\.log|system\.out|echo|puts|printf|return)\b|>>>|python",
                reader.text.casefold(),
            )
        )

    @staticmethod
    def _told_abroad(reader: Reader, value: Value) -> bool:
        """`Son siete`, `平均数是八`: a sentence of another language that says a number and no operation."""
        text = reader.text.casefold()
        if ENGLISH.intersection(reader.lows) or len(reader.lows) > 12:
            return False
        return not search(
            r"rest|sum[ae]|divid|multipl|soustra|ajout|divis|subtrah|addier|teil|minus|plus|mas\b|entre|por\b|durch|"
            r"sottra|aggiun|\?|除|乘|加|减|步|个",
            text,
        )

    @staticmethod
    def _said_by_learner(reader: Reader, value: Value) -> bool:
        """`You wrote 42 * 10^-5; ...`: the value is right, and the form is not."""
        if value.steps == 0:
            return False
        before = " ".join(reader.lows[max(0, value.start - 5) : value.start])
        return bool(search(r"\byou (?:wrote|said|typed|answered|have|got|entered|put|gave)(?: down)?$", before))

    @staticmethod
    def _commands(reader: Reader, value: Value) -> bool:
        """`divide 180 by 3` as something to do."""
        return any(reader.tokens[index].text in COMMANDS for index in range(value.start, value.end))

    def _is_derived(self, value: Value) -> bool:
        return all(literal in self.known.derived for literal in value.literals)

    def _is_last_step(self, value: Value) -> bool:
        """`x = 8/2` after `2x = 8`: one operation with a number that is no longer the problem's."""
        return value.steps == 1 and not all(abs(literal) in self.known.own.numbers for literal in value.literals)

    def _is_unreduced(self, value: Value) -> bool:
        """`375/1000` on the way to 3/8."""
        exact = value.exact
        return (
            exact is not None
            and exact.denominator > 1
            and value.steps == 1
            and len(value.literals) == 2
            and value.literals[1] > exact.denominator
        )

    def _rewrites_fractions(self, value: Value) -> bool:
        """`21/36 + 10/36` for `7/12 + 5/18`: each part is one of the problem's own fractions."""
        tops, bottoms = value.literals[::2], value.literals[1::2]
        return len(tops) == len(bottoms) > 1 and all(
            bottom and abs(top / bottom) in self.known.numbers for top, bottom in zip(tops, bottoms, strict=True)
        )

    def _splits_problem(self, value: Value) -> bool:
        """`7 * 4 + 7 * 4` for `7 * 8`: each product holds a number of the problem; it is a way, not a result."""
        return (
            value.form[0] == "n"
            and value.steps >= 3
            and sum(literal in self.known.numbers for literal in value.literals) * 2 >= len(value.literals)
        )

    def _is_factored(self, reader: Reader, value: Value) -> bool:
        """`2 * 3 * 3`, from factors of the problem's numbers."""
        signs = {
            reader.tokens[index].text
            for index in range(value.start, value.end)
            if reader.tokens[index].kind != "number"
        }
        return (
            signs <= {"*", "times", "(", ")", "/", "-"}
            and len(value.literals) > 1
            and all(abs(literal) > 1 and self.known.divides(literal) for literal in value.literals)
        )

    @staticmethod
    def _counted_up(reader: Reader, value: Value) -> bool:
        """`Count: 1, 2, 3, 4, 5, 6.`"""
        if (
            value.exact is None
            or "count" not in reader.text.casefold()
            or reader.lows[value.end : value.end + 1] == [","]
        ):
            return False
        row = [token.value for token in reader.tokens[: value.end] if token.value is not None]
        size = int(value.exact) if value.exact.denominator == 1 and 3 <= value.exact <= 20 else 0
        return size > 0 and row[-size:] == list(map(Fraction, range(1, size + 1)))

    @staticmethod
    def _is_enumerated(reader: Reader, value: Value) -> bool:
        """One of many in a list: `15, 30, 45, 60, …`."""
        run = [value.exact]
        for step in (1, -1):
            at = value.end if step == 1 else value.start - 1
            while (
                0 <= at + step < len(reader.tokens)
                and reader.lows[at] == ","
                and reader.tokens[at + step].value is not None
            ):
                run.append(reader.tokens[at + step].value)
                at += 2 * step
        return len(set(run)) >= (3 if "..." in reader.lows else 4)

    def _is_written_so(self, value: Value) -> bool:
        """`11/12` for the key 11/12: one division of two whole numbers in lowest terms."""
        exact = value.exact
        as_keyed = any(
            key.steps == value.steps and key.form == value.form and key.literals == value.literals for key in self.keys
        )
        if exact is None or as_keyed:
            return as_keyed
        return (
            value.steps == 1
            and exact.denominator > 1
            and [abs(part) for part in value.literals] == [abs(exact.numerator), exact.denominator]
        )

    def _is_label(self, reader: Reader, value: Value) -> bool:
        before = reader.lows[value.start - 1] if value.start else ""
        return before in LABELS or before in (
            "war",
            "henry",
            "louis",
            "act",
            "charles",
            "elizabeth",
            "edward",
            "richard",
            "collagen",
            "photosystem",
            "prophase",
            "meiosis",
            "diabetes",
        )

    @staticmethod
    def _is_chinese_word(reader: Reader, value: Value) -> bool:
        """`三角形` and `第二步` hold numerals that are no numbers."""
        token = reader.tokens[value.start]
        before, after = reader.text[: token.start][-1:], reader.text[token.end :][:1]
        return (
            before == "第"
            or after in tuple("角边次步项元样起些点定般直致条方")
            or (token.raw in "一两" and len(token.raw) == 1)
        )

    def _notation_shown(self, reader: Reader, value: Value) -> bool:
        """Whether the problem holds the value as it is written here: a fraction, or a decimal."""
        if value.exact not in self.known.own.written or value.exact is None:
            return True
        own = self.known.own.text
        text = reader.text[reader.tokens[value.start].start : reader.tokens[value.end - 1].end]
        if value.steps:
            top, bottom = abs(value.exact.numerator), value.exact.denominator
            return search(rf"(?<![\d.]){top}\)? ?/ ?\(?{bottom}(?!\d)", own) is not None or "." not in own
        return "." not in text or search(rf"(?<!\d)0?{re.escape(text.lstrip('-0'))}(?!\d)", own) is not None

    def _in_known(self, value: Value) -> bool:
        return value.exact in self.known.numbers

    def _said_already(self, reader: Reader, value: Value) -> bool:
        start, end = reader.tokens[value.start].start, reader.tokens[value.end - 1].end
        piece = " ".join(reader.text[start:end].casefold().split())
        if len(piece) > 2 and piece in self.known.text:
            return True
        return any(part.steps and part.literals == value.literals and part.same(value) for part in self.known.parts)

    @staticmethod
    def _is_operand(before: Sequence[str]) -> bool:
        return bool(
            search(
                r"\b(?:divid|multipl|subtract|add|times|plus|minus|tak|remov|factor)\w*(?: (?:both|"
                r"each|every|the|all|sides?|it|by|"
                r"with|of|equation|out|away|term|terms|whole|left|right|this|that|everything|two|them))*$",
                " ".join(before[-7:]),
            )
        )

    @staticmethod
    def _is_instruction(reader: Reader, value: Value) -> bool:
        if value.start and reader.lows[value.start - 1] in ("take", "with", "at", "from", "begin", "start", "pick"):
            return False
        words = {reader.tokens[i].text for i in range(value.start, value.end)}
        return bool(
            words
            & {
                "divide",
                "multiply",
                "subtract",
                "add",
                "divided",
                "times",
                "multiplied",
                "minus",
                "plus",
                "dividing",
                "squared",
                "sqrt",
                "square",
                "root",
                "sum",
                "product",
                "of",
                "over",
                "difference",
                "quotient",
                "half",
                "percent",
                "multiplying",
                "adding",
                "subtracting",
            }
        ) and not words & {"start", "more", "less", "after", "before", "fewer"}

    def _asks_for_operand(self) -> bool:
        return (
            bool(
                search(
                    r"(?:multiply|divide|common|factor|by what|by which|which number|what number|lcd|lcm|gcf|gcd)",
                    self.known.text,
                )
            )
            or "factor" in self.asked
        )

    def _inside(self, reader: Reader, value: Value) -> str:
        """The key put into the problem's own expression: `2(7) + 3 = 17` shows that it fits."""
        if self.in_sight or value.names or value.steps == 0:
            return ""
        if value.exact is not None and value.exact.denominator > 1 and abs(value.exact) in self.known.numbers:
            return ""
        for exact in self.exact:
            alike = len(value.literals) == exact > 2 and len(set(value.literals)) == 1 and value.steps == exact - 1
            if alike and value.exact is not None and value.exact in self.known.own.numbers:
                return "factors to count"
            if exact in value.literals:
                rest = list(value.literals)
                rest.remove(exact)
                if self._gives_back(value, exact, rest):
                    return "put into the problem"
                small = exact.denominator == 1 and SMALLEST <= exact <= LARGEST_SMALL
                if small and self._only_exponent(reader, value, exact):
                    continue
                if not small or any(literal in self.known.numbers for literal in rest):
                    return "put into the problem"
        return ""

    def _gives_back(self, value: Value, key: Fraction, rest: Sequence[Fraction]) -> bool:
        """`2^5` for log_2(32), `4 * 4 * 4` for the cube root of 64: with the key a number of the problem comes out."""
        known = self.known.own.numbers
        if value.exact is None or value.exact in EVERYWHERE or value.exact not in known or key in EVERYWHERE:
            return False
        if self._asks_for_operand():
            return False
        return value.steps <= 6 and all(literal in known or literal in (key, 2, 3) for literal in rest)

    @staticmethod
    def _only_exponent(reader: Reader, value: Value, exact: Fraction) -> bool:
        places = [index for index in range(value.start, value.end) if reader.tokens[index].value == exact]
        return bool(places) and all(
            (index and reader.lows[index - 1] in ("^", "**"))
            or (index > 1 and reader.lows[index - 2 : index] == ["^", "("])
            for index in places
        )

    def _ratio(self, reader: Reader) -> str:
        """`3:4`, `three in five`, `one in every four`, `6 favorable pairs out of 36`."""
        text = reader.text.casefold()
        if not any(value.denominator > 1 for value in self.exact) or not RATIO_WORDS.search(text):
            return ""
        numbers = self.known.own.numbers
        row = " ".join(token.text if token.value is None else str(token.value) for token in reader.tokens)
        for found in RATIO.finditer(row.replace("per hundred", "per 100")):
            part, whole = Fraction(found["part"]), Fraction(found["whole"])
            if whole <= 1 or part / whole not in self.exact:
                continue
            alone = len(reader.tokens) <= 7
            if alone or found["thing"] or not {part, whole} <= numbers:
                return "a ratio"
        return ""

    def _in_another_role(self, text: str) -> str:
        """`3!` alone, `the fifth power`, `2-` as a charge."""
        whole = [value for value in self.exact if value.denominator == 1]
        if not whole:
            return ""
        factorial_of = fullmatch(r"\W*(?:it's |it is )?([3-9])!\W*", text)
        if factorial_of and Fraction(factorial(int(factorial_of[1]))) in whole:
            return "a factorial"
        power = None if self.in_sight else search(r"\bthe ([a-z]+|\d+th) power\b", text)
        if power:
            order = ORDINALS.get(power[1]) or (int(power[1][:-2]) if power[1][:-2].isdigit() else 0)
            if Fraction(order) in whole:
                return "names it as a power"
        if search(r"\bcharged?\b|\bions?\b|oxidation|valence", text):
            for value in filter(None, whole):
                sign = "-" if value < 0 else r"\+"
                if search(rf"(?<![\w.+\-]){abs(value)} ?{sign}(?!\d| ?\w)", text):
                    return "written as a charge"
        return ""

    def _bounds(self, reader: Reader) -> str:
        """`more than 6 but less than 8`, `between 6 and 8`: bounds that leave the key alone."""
        lows: list[tuple[Fraction, bool]] = []
        highs: list[tuple[Fraction, bool]] = []
        for run in reader.runs:
            if isinstance(run, Relation):
                for index, sign in enumerate(run.signs):
                    left, right = run.sides[index], run.sides[index + 1]
                    if right is not None and right.exact is not None and (left is None or left.exact is None):
                        (highs if sign[0] == "<" else lows if sign[0] == ">" else []).append((right.exact, "=" in sign))
                    elif left is not None and left.exact is not None and (right is None or right.exact is None):
                        (lows if sign[0] == "<" else highs if sign[0] == ">" else []).append((left.exact, "=" in sign))
        numbers = [run for run in reader.runs if isinstance(run, Value) and run.exact is not None]
        for one in numbers:
            for word in ("between", "from"):
                if word in reader.lows[max(0, one.start - 3) : one.start]:
                    for two in numbers:
                        joint = reader.lows[one.end : two.start]
                        if two.start > one.end and len(joint) <= 3 and set(joint) & {"and", "to", "&", "-"}:
                            inclusive = word == "from" or "inclusive" in reader.lows
                            low, high = sorted((one.exact or Fraction(0), two.exact or Fraction(0)))
                            lows.append((low, inclusive))
                            highs.append((high, inclusive))
        text = reader.text.casefold()
        said = {token.value for token in reader.tokens}
        for exact in self.exact:
            if (
                exact.denominator == 1
                and "between" in text
                and {exact - 1, exact + 1} <= said
                and not {exact - 1, exact + 1} <= self.known.numbers
            ):
                return "the number between two others"
            for low, low_in in lows:
                for high, high_in in highs:
                    if self._pins(exact, low, low_in, high, high_in) and not self._bounds_known(low, high, text):
                        return "bounds that leave nothing else"
        return ""

    @staticmethod
    def _pins(key: Fraction, low: Fraction, low_in: bool, high: Fraction, high_in: bool) -> bool:
        if not (low <= key <= high) or (key == low and not low_in) or (key == high and not high_in):
            return False
        if key.denominator == 1:
            first = low if low_in and low.denominator == 1 else low.__floor__() + 1
            last = high if high_in and high.denominator == 1 else high.__ceil__() - 1
            return first == last == key
        return high - low <= max(abs(key) / 20, Fraction(1, 50))

    def _bounds_known(self, low: Fraction, high: Fraction, text: str) -> bool:
        return search(rf"between [^.]{{0,20}}{low}[^.]{{0,20}}{high}(?!\d)", self.known.own.text) is not None

    def _riddle(self, reader: Reader) -> str:
        """`Twice the answer is 14`, `add one to it and you get 8`: an equation with numbers of its own."""
        folded = reader.text.casefold()
        strange = "/" in folded or any(
            token.value is not None and token.value not in self.known.derived for token in reader.tokens
        )
        if not strange or not RIDDLE.search(folded) or not ("=" in folded or EQUALS.search(folded)):
            return ""
        for exact in list(self.exact)[:2]:
            stated = EQUALS.sub(" = ", RIDDLE.sub(f" ({exact}) ", folded))
            stated = sub(r"(?:,|\band\b|\bthen\b|\byou\b|\bif\b|\bwhen\b)\s*(?==)", " ", stated)
            stated = sub(r"\b(?:a number such that|if you|when you)\b", " ", stated)
            for run in Reader(stated).runs:
                if not isinstance(run, Relation) or "=" not in run.signs or None in run.sides[:2]:
                    continue
                left, right = run.sides[0], run.sides[1]
                if left is None or right is None or not left.is_number or not right.is_number or not left.same(right):
                    continue
                literals = [*left.literals, *right.literals]
                if exact not in literals or left.steps + right.steps == 0:
                    continue
                literals.remove(exact)
                if not all(literal in self.known.derived for literal in literals):
                    return "an equation of the answer"
        return ""

    def _told_in_figures(self, reader: Reader) -> str:
        """`Half as many as weeks in a year`, `five dollars less than fifty`: arithmetic with counts that all know."""
        folded = reader.text.casefold()
        figures = in_figures(folded)
        if figures == folded:
            return ""
        again = Reader(figures)
        marks: dict[int, tuple[int, bool]] = {}
        for run in again.runs:
            for value in values_in(run):
                if value.steps and self._value(again, value, marks):
                    return "arithmetic that comes to it"
                alone = value.is_number and not value.steps and self.equal(value)
                if (
                    alone
                    and again.tokens[value.start].raw not in folded.split()
                    and len(again.tokens) < len(reader.tokens)
                ):
                    return "a well-known count"
        return ""

    def _facts(self, text: str) -> str:
        if any(search(odds_of(value), text) for value in self.exact):
            return "what a chance is called"
        if not any(value.denominator == 1 for value in self.exact):
            return ""
        if search(r"\bterms?\b", self.known.own.text):
            for count, name in ((1, "monomial"), (2, "binomial"), (3, "trinomial")):
                if Fraction(count) in self.exact and name in text and name not in self.known.own.text:
                    return "the name of a number of terms"
        if "degree" in self.known.own.text:
            for exact in self.exact:
                if exact.denominator == 1 and search(DEGREES.get(int(exact), "$^"), text):
                    return "the name of a degree"
        place = search(ORDINAL_OF, text)
        if place is not None:
            order = ORDINALS.get(place["place"]) or (int(place["place"][:-2]) if place["place"][0].isdigit() else 0)
            if Fraction(order) in self.exact:
                return "its place among the numbers"
        for exact in self.exact:
            pattern = counts_of(int(exact)) if exact.denominator == 1 else None
            told_by = pattern.search(text) if pattern is not None else None
            if told_by is not None and told_by.group() not in self.known.own.text:
                return "a well-known count"
        for found in finditer(
            r"(?:letters|characters) (?:are |there are |are there )?(?:in|of|has|does) (?:the word |"
            r"the name )?[\"'“]?([a-z]+)",
            text,
        ):
            if Fraction(len(found[1])) in self.exact and found[1] not in ("the", "a", "it", "this", "word"):
                return "letters to count"
        return ""

    def _digits(self, reader: Reader) -> str:
        """`1 then 2`, `a 1 followed by a 2`, `first digit 1, second digit 2`, `1 2` for twelve."""
        digits = [
            token
            for token in reader.tokens
            if token.value is not None and token.value.denominator == 1 and 0 <= token.value <= 9
        ]
        text = reader.text.casefold()
        for exact in self.exact:
            wanted = str(abs(exact)) if exact.denominator == 1 else _decimal(abs(exact))
            only = wanted.replace(".", "")
            if len(only) < 2 or "/" in only:
                continue
            grouped = sub(r"(?<=\d)(?=(?:\d{3})+$)", "[ .']", only)
            if abs(exact) >= 1000 and not self.in_sight and search(rf"(?<!\d){grouped}(?!\d)", text):
                return "names it"
            if len(set(only)) == 1 and search(
                r"\b(?:both|all|each|every|the two|the three)(?: of)?(?: the| its)? digits? (?:is|are|equals?) "
                rf"(?:a |an )?(?:{only[0]}|{in_english(int(only[0]))})\b",
                text,
            ):
                return "digit by digit"
            zeros = search(r"\b(\w+),? (?:with|followed by|and then|and|then) (?:a |\w+ )?(\w+) zeros?\b", text)
            count = SMALL.get(zeros[2], 1 if zeros[2] == "a" else 0) if zeros else 0
            if zeros and count and only == str(SMALL.get(zeros[1], zeros[1])) + "0" * count:
                return "digit by digit"
            if exact.denominator == 1 and exact >= 20 and exact % 10 and self._tens_and_ones(reader, exact):
                return "tens and ones"
            said = "".join(str(token.value) for token in digits)
            if only in said:
                at = list(digits)
                index = said.index(only)
                between = text[at[index].end : at[index + len(only) - 1].start]
                between = sub(r"\b(?:zero|one|two|three|four|five|six|seven|eight|nine)\b", "0", between)
                plain_between = sub(
                    r"\b(?:then|and then|followed by|and|next to|a|an|the|dash|space|digit|second|"
                    r"after that|point|dot|comma|next|comes|by|with|decimal|is|it|first|last|after|"
                    r"third|one|of|ones|tens|place|in|follow|put|write|place|add|behind|start|your|attach)\b|[\s,.\-–_/|'\"+;:\d]|(?:zero|one|two|three|"
                    r"four|five|six|seven|eight|nine)",
                    "",
                    between,
                )
                if not plain_between and (
                    search(
                        r"digit|then|follow|next to|dash|after|tens|place|space|comes|together|side "
                        r"by side|point|dot|glue|concat|join",
                        text,
                    )
                    or (
                        set(findall(r"\D+", between)) <= {" ", "-", "_", "|", "  ", "·"}
                        and len(only) == len(sub(r"\D", "", between)) + 2
                    )
                ):
                    return "digit by digit"
            backwards = only[::-1]
            if (
                backwards != only
                and search(
                    r"revers|backward|mirror|right to left|swap|flip|turn .* around|other way|behind|switch", text
                )
                and (search(rf"(?<!\d){backwards}(?!\d)", text) or backwards in said)
            ):
                return "written backwards"
        return ""

    def _tens_and_ones(self, reader: Reader, exact: Fraction) -> bool:
        """`50 and 6`."""
        tokens = reader.tokens
        for at in range(len(tokens) - 2):
            one, joint, two = tokens[at : at + 3]
            if joint.text in ("and", "&") and one.value == exact - exact % 10 and two.value == exact % 10:
                return not {one.value, two.value} <= self.known.numbers
        return False

    def _decimals(self, text: str) -> str:
        """`1,5`, `3 . 1 4`, `tres coma catorce`, `about 3.9`."""
        for exact in self.exact:
            if exact.denominator == 1:
                continue
            decimal = _decimal(abs(exact))
            whole, point, digits = decimal.partition(".")
            if not point:
                continue
            with_comma = f"{whole},{digits}" in text and search(
                rf"(?<![\d,.(\[])(?<![(\[] ){whole},{digits}(?!\d|[.,]\d|\s?[)\]])", text
            )
            if with_comma and f"{whole},{digits}" not in self.known.own.text:
                return "with a decimal comma"
            if fullmatch(r"[\d .,\-]+", text) and sub(r"[^\d.]", "", text.strip(" .")) == decimal:
                return "spaced out"
            joint = search(r"(.*)\b(?:coma|virgule|komma|virgola|virgula|punto|punkt|ponto)\b(.*)", text)
            if joint:
                before, after = _foreign_names(int(whole)), _foreign_names(int(digits))
                spoken = [_foreign_names(int(digit)) for digit in digits]
                ends = joint[2].replace(",", " ").split()
                each = len(ends) >= len(digits) and all(w in names for w, names in zip(ends, spoken, strict=False))
                if any(joint[1].strip().endswith(name) for name in before) and (
                    each or any(joint[2].strip(" .!").startswith(name) for name in after)
                ):
                    return "written in another language"
            near = search(r"(?:about|roughly|approximately|around|nearly|~) ?(-?\d+\.\d)(?!\d)", text)
            if near and exact not in self.known.own.numbers and round(float(exact), 1) == float(near[1]):
                return "rounded"
        return ""

    def _foreign(self, reader: Reader) -> str:
        text = reader.text.casefold().replace("-", " ")
        if "roman" in text and any(token.raw in self.roman_names for token in reader.tokens):
            return "written as a Roman numeral"
        if any(name in text and search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in self.foreign):
            return "written in another language"
        return ""

    # -- hidden writing --------------------------------------------------------------------------------------------

    def named_in(self, text: str) -> bool:
        """A reading of hidden writing that holds the key's number, bare."""
        if len(text) > 400:
            text = text[:400]
        squeezed = sub(r"\s", "", text.casefold())
        if any(len(alias) > 2 and alias.replace(" ", "").replace("-", "") == squeezed for alias in self.aliases):
            return True
        for run in Reader(text.casefold()).runs:
            for value in values_in(run):
                if value.is_number and self.equal(value) and (value.exact not in EVERYWHERE or len(text.strip()) < 5):
                    return True
        return False

    def counted(self, raw: str) -> bool:
        """Strokes, fruit and other signs to count: `|||||||`, `🍎🍎🍎`."""
        for found in UNARY_COUNT.finditer(raw):
            if found[1] in CHEERS:
                continue
            count = found.group().count(found[1])
            counting = search(r"count|tally|strokes?|marks|how many", raw.casefold())
            if Fraction(count) in self.exact and count > (1 if counting else 2):
                return True
        for found in finditer(r"(?<!\w)([iIlo])\1{2,30}(?!\w)|(?<![\w.])\.{4,30}(?!\.)", raw):
            if Fraction(len(found.group())) in self.exact:
                return True
        groups = findall(r"\|+(?:[/\\]\|*)?(?: \|+)+", raw)
        return any(Fraction(group.count("|") + group.count("/")) in self.exact for group in groups)

    @cached_property
    def roman_names(self) -> frozenset[str]:
        return frozenset(to_roman(int(value)) for value in self.exact if value.denominator == 1 and 0 < value < 4000)


def _names(value: Fraction) -> set[str]:
    """A positive number in English words, with and without hyphens."""
    if value.denominator == 1:
        return _spellings(int(value)) if value < 10_000 else set()
    found: set[str] = set()
    top = value.numerator
    for word, part in PARTS.items():
        if part == value.denominator and top < 10_000 and (word[-1] == "s") == (top != 1):
            found.update(f"{name} {word}" for name in _spellings(top))
    if value.denominator < 10_000 and top < 10_000:
        for joint in ("over", "divided by"):
            found.update(f"{one} {joint} {two}" for one in _spellings(top) for two in _spellings(value.denominator))
    decimal = _decimal(value)
    if "." in decimal and value < 10_000:
        whole, digits = decimal.split(".")
        spoken = " ".join(in_english(int(digit)) for digit in digits)
        found.update(f"{name} point {spoken}" for name in _spellings(int(whole)))
    return found


@lru_cache(maxsize=256)
def _foreign_names(value: int) -> frozenset[str]:
    """A whole number in the words of other languages, and in digits."""
    words = {word for word, (number, _language) in foreign_words().items() if number == value}
    return frozenset({str(value), *words, *(name.replace("-", " ") for name in foreign_compounds(value))})


def _spellings(value: int) -> set[str]:
    name = in_english(value)
    with_and = sub(r" hundred (?=\w)", " hundred and ", name)
    return {name, name.replace("-", " "), with_and, with_and.replace("-", " ")}


def values_in(run: Run) -> list[Value]:
    if isinstance(run, Value):
        return [run]
    return [part for part in (run.sides if isinstance(run, Relation) else run.items) if part is not None]


def _decimal(value: Fraction) -> str:
    """The finite decimal of a fraction, or the fraction itself."""
    for places in range(1, 7):
        scaled = value * 10**places
        if scaled.denominator == 1:
            digits = str(scaled.numerator).rjust(places + 1, "0")
            return f"{digits[:-places]}.{digits[-places:]}"
    return str(value)


def _rounded(key: Fraction, value: Value) -> bool:
    if (
        key.denominator == 1
        or value.exact is None
        or value.steps
        or value.exact.denominator not in (10, 100, 1000, 10000, 20, 50, 25, 4, 200, 500, 125, 8, 40, 250, 2500, 5000)
    ):
        return False
    places = len(_decimal(abs(value.exact)).partition(".")[2])
    return places >= 2 and round(key, places) == value.exact


def _rounded_real(key: Value, value: Value) -> bool:
    if value.exact is None or key.points is None or value.exact.denominator == 1 or value.steps:
        return False
    places = len(_decimal(abs(value.exact)).partition(".")[2])
    return places >= 1 and abs(key.points[0] - float(value.exact)) <= 0.5001 * 10**-places


def _is_foreign(reader: Reader) -> bool:
    return not ENGLISH.intersection(reader.lows) and sum(token.kind == "word" for token in reader.tokens) >= 1


def mark(reader: Reader, marks: dict[int, tuple[int, bool]]) -> str:
    """The tokens, folded, with KEY in the marked places and OTHER for other mathematics."""
    others: dict[int, int] = {}
    for run in reader.runs:
        for value in values_in(run):
            if value.end > value.start and (value.literals or value.steps):
                others[value.start] = value.end
    out: list[str] = []
    at = 0
    while at < len(reader.tokens):
        if at in marks:
            bracketed = reader.lows[at] == "(" and reader.lows[at + 1 : at + 2] != ["("]
            out.append(f"( {KEY} )" if bracketed else KEY)
            at = max(marks[at][0], at + 1)
        elif at in others:
            out.append(OTHER)
            at = max(others[at], at + 1)
        else:
            out.append(reader.lows[at])
            at += 1
    return " ".join(out)
