"""Keys in words: said, bent, spelled with gaps, hinted at by letters or rhyme; and the yes and no of a question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache

from .codes import shifted
from .expressions import ENGLISH
from .formulas import symbols_of
from .keys import Known
from .numerals import ORDINALS, in_english
from .patterns import findall, fullmatch, search, sub
from .plain import listed, plain
from .telling import KEY, told

COMMON = frozenset(
    listed(
        "a an the is are was were be been am do does did has have had go goes went it its he she they "
        "we you i me my in on at to "
        "of by for from with and or but not no yes true false if then than that this these those there "
        "here what which who when "
        "where why how can could will would shall should may might must so as up down out off over "
        "under more less one two all "
        "any some each both first second last left right same other true even odd up good more most "
        "much many very too also "
        "none nothing add plus minus equal zero positive negative up always never sometimes"
    )
)
THING = (
    r"(?:\b(?:it|f|g|y|r|they|function|graph|curve|line|slope|sign|values?|correlation|relationship|trend|derivative|"
    r"amount|population|series|sequence|number|result|answer)\b(?: (?:of|for) \w+)?(?: is| are|'s)?)"
)
RISING = r"(?:goes up|going up|rises|rising|grows|growing|climbs|climbing|gets (?:larger|bigger|higher))\b"
FALLING = r"(?:goes down|going down|falls|falling|shrinks|shrinking|drops|dropping|declines|gets (?:smaller|lower))\b"
SYNONYMS: tuple[tuple[frozenset[str], tuple[str, ...]], ...] = (
    (
        frozenset(
            {
                "no solution",
                "no solutions",
                "none",
                "dne",
                "does not exist",
                "empty set",
                "the empty set",
                "no real solution",
                "{}",
                "∅",
                "no real solutions",
            }
        ),
        (
            r"no (?:real |possible )?(?:solutions?|answers?|values?)\b",
            r"(?:does not|doesn't) exist",
            r"\bdne\b",
            r"empty set",
            r"∅",
            r"(?:has|have|there are|there is|with) (?:none|no solutions?)\b",
            r"unsolvable|inconsistent|cannot be solved|can't be solved|impossible to solve",
            r"(?:no|not a single|not one|no single) (?:number|value|x)\b(?: [a-z]+){0,4} (?:works?|"
            r"fits?|satisf|makes?|solves?|possible)",
            r"nothing (?:works|solves|satisfies|fits)",
            r"(?:zero|0) solutions",
            r"(?:set|list) is empty",
            r"^\W*none(?: at all)?\W*$|^\W*(?:zero|0)(?: of them)?\W*$",
            r"\b(?:lines|they|these|graphs)\b(?: [a-z]+){0,4} (?:never|do not|don't) (?:meet|cross|intersect|touch)",
            r"is a contradiction|\b(?:it is|it's|that is|that's) impossible\b",
        ),
    ),
    (
        frozenset(
            {
                "infinitely many solutions",
                "infinitely many",
                "infinite",
                "all real numbers",
                "infinite solutions",
                "all reals",
                "identity",
            }
        ),
        (
            r"infinitely many|infinite(?:ly)? (?:many |number of )?solutions?",
            r"all (?:the )?(?:real )?numbers",
            r"(?:any|every) (?:real )?(?:number|value|x)\b(?: [a-z]+){0,3} (?:works|solves|"
            r"satisfies|fits|will do|is a solution)",
            r"all reals|endless(?:ly)? (?:many )?solutions|unlimited solutions|everything works|"
            r"true for (?:all|every|any)",
        ),
    ),
    (
        frozenset({"undefined", "not defined"}),
        (r"\bundefined\b", r"(?:not|isn't) defined", r"has no (?:defined )?value"),
    ),
    (
        frozenset({"diverges", "diverge", "divergent", "divergence"}),
        (
            r"without bound|\b(?:goes|go|grows?|tends?) to (?:inf|infinity)|(?:sum|total|limit) is (?:inf|infinite)|"
            r"no finite (?:sum|limit|value)|grows? forever",
        ),
    ),
    (
        frozenset({"converges", "converge", "convergent", "convergence"}),
        (r"(?:has|have|to|is|settles? (?:at|on|down to)) (?:a )?finite (?:sum|limit|value|number)",),
    ),
    (
        frozenset({"increasing", "increases", "increase", "rises", "rising", "growing", "ascending"}),
        (rf"{THING} (?:\w+ )?{RISING}",),
    ),
    (
        frozenset({"decreasing", "decreases", "decrease", "falls", "falling", "shrinking", "descending"}),
        (rf"{THING} (?:\w+ )?{FALLING}",),
    ),
    (
        frozenset({"negative"}),
        (
            rf"{THING} (?:\w+ )?(?:below|under|less than|smaller than|<) (?:zero|0)|^\W*(?:below|less than) ("
            rf"?:zero|0)\W*$|{THING} (?:has |is )(?:a )?minus(?: sign)?\b",
        ),
    ),
    (
        frozenset({"positive"}),
        (
            rf"{THING} (?:\w+ )?(?:above|over|greater than|larger than|more than|>) (?:zero|0)|^\W*(?:above|"
            rf"greater than) (?:zero|0)\W*$|{THING} (?:has |is )(?:a )?plus(?: sign)?\b",
        ),
    ),
    (frozenset({"upward", "upwards", "up"}), (r"\bopens? up(?:wards?)?\b|\bpoints? up(?:wards?)?\b",)),
    (frozenset({"downward", "downwards", "down"}), (r"\bopens? down(?:wards?)?\b|\bpoints? down(?:wards?)?\b",)),
    (frozenset({"bar chart", "bar graph", "bar plot"}), (r"\b(?:bar|column) (?:chart|graph|plot|diagram)s?\b",)),
    (frozenset({"scatter plot", "scatterplot"}), (r"\bscatter ?(?:plot|graph|chart|gram|diagram)s?\b",)),
    (frozenset({"pie chart", "pie graph"}), (r"\b(?:pie|circle) (?:chart|graph|diagram)s?\b",)),
    (frozenset({"box plot", "boxplot"}), (r"\bbox(?: and |-and-| )?(?:whisker)?s? ?(?:plot|diagram|graph)s?\b",)),
    (
        frozenset({"quadrant i", "i", "first quadrant"}),
        (r"\b(?:upper|top)[ -]right\b|\bquadrant (?:1|one)\b|\b(?:1st|first) quadrant",),
    ),
    (
        frozenset({"quadrant ii", "ii", "second quadrant"}),
        (r"\b(?:upper|top)[ -]left\b|\bquadrant (?:2|two)\b|\b(?:2nd|second) quadrant",),
    ),
    (
        frozenset({"quadrant iii", "iii", "third quadrant"}),
        (r"\b(?:lower|bottom)[ -]left\b|\bquadrant (?:3|three)\b|\b(?:3rd|third) quadrant",),
    ),
    (
        frozenset({"quadrant iv", "iv", "fourth quadrant"}),
        (r"\b(?:lower|bottom)[ -]right\b|\bquadrant (?:4|four)\b|\b(?:4th|fourth) quadrant",),
    ),
    (frozenset({"categorical", "categorical variable"}), (r"\bqualitative\b",)),
    (frozenset({"quantitative", "quantitative variable"}), (r"\bnumerical\b",)),
    (
        frozenset({"right", "skewed right", "right skewed", "right - skewed"}),
        (r"\bpositively skewed|\bpositive skew|\bto the right\b",),
    ),
    (
        frozenset({"left", "skewed left", "left skewed", "left - skewed"}),
        (r"\bnegatively skewed|\bnegative skew|\bto the left\b",),
    ),
    (
        frozenset({"wider", "larger", "bigger", "greater"}),
        (rf"{THING} ?(?:becomes?|gets?|grows?|will be)? (?:wider|larger|broader|bigger|longer)\b",),
    ),
    (
        frozenset({"narrower", "smaller", "less"}),
        (rf"{THING} ?(?:becomes?|gets?|will be)? (?:narrower|smaller|tighter|shorter)\b",),
    ),
    (
        frozenset({"speed up", "speeds up", "faster"}),
        (
            r"\b(?:it|they|reactions?)(?: \w+)? (?:get|gets|go|goes|run|runs|become|becomes|is|are) faster|"
            r"\baccelerat\w+",
        ),
    ),
    (
        frozenset({"slow down", "slows down", "slower"}),
        (
            r"\b(?:it|they|reactions?)(?: \w+)? (?:get|gets|go|goes|run|runs|become|becomes|is|are) slower|"
            r"\bdecelerat\w+",
        ),
    ),
    (
        frozenset({"reject", "reject the null hypothesis", "reject h0"}),
        (r"\b(?:do not|don't|can't|cannot) (?:keep|retain|accept) (?:the null|it|h0?|h_0)",),
    ),
    (frozenset({"mean", "average"}), (r"\b(?:arithmetic mean|average)\b",)),
    (frozenset({"perpendicular"}), (r"\bright angles?\b|\borthogonal\b",)),
    (
        frozenset({"release", "releases", "release heat", "releases heat", "exothermic"}),
        (r"\bexothermic\b|\b(?:gives?|giving) off heat|\bheat is (?:released|given off)|\bgets? (?:hot|warm)",),
    ),
    (
        frozenset({"absorb", "absorbs", "absorb heat", "absorbs heat", "endothermic"}),
        (r"\bendothermic\b|\b(?:takes?|taking) (?:in|up) heat|\bheat is (?:absorbed|taken (?:in|up))|\bgets? cold",),
    ),
    (frozenset({"parallel"}), (r"never (?:meet|cross|intersect|touch)",)),
    (frozenset({"perpendicular"}), (r"(?:meet|cross|intersect) at (?:a )?(?:right|90)",)),
)
WHICH_IS = (
    r"\b(?:which|what|who)\b(?: one)?(?: of (?:these|the following|them|the)(?: [a-z]+)?)?(?: [a-z]+)?(?: of [a-z]+)? "
    r"(?:is|are|was|has|have|does|will|can|would|shows?|gives?|makes?|describes?|measures?|uses?|wrote|best)\b"
    r"(?P<predicate>[^?:.(;]*)"
)
ABOUT_PEOPLE = (
    r"\bwho\b|\bwhose\b|\bwhom\b|\b(?:author|writer|scientist|president|mathematician|painter|artist|composer|"
    r"inventor|physicist|chemist|biologist|philosopher|explorer|person|poet|king|queen|leader|economist)\b"
)
ABOUT_WORDS = r"\b(?:tense|plural|singular|synonym|antonym|spell|grammar|translat|conjugat|verb|pronoun|word)"
FOREIGN_YES = r"^\W*(?:si|oui|ja|sim|yes)\b,? (?!.*\b(?:the|it|is|this)\b)"
FOREIGN_NO = (
    r"\bno (?:es|lo es|son|tiene|hay)\b|\bn'est pas\b|\bne sont pas\b|\bist (?:keine?|nicht|falsch)\b|\bsind nicht\b|"
    r"\bnon (?:e|sono)\b|\bnao (?:e|sao)\b"
)
NOUN_ENDS = (
    "ication",
    "ization",
    "isation",
    "ation",
    "ition",
    "ction",
    "sion",
    "tion",
    "sis",
    "ment",
    "ance",
    "ence",
    "ity",
    "ing",
)
VERB_ENDS = (
    r"(?:e|es|ed|ing|s|t|ts|ting|ted|te|tes|ates?|ated|ating|ize[sd]?|izing|ise[sd]?|ize|y|ies|ied|c?t(?:s|ed|ing)?)?"
)
TALK = frozenset(  # stems that hints use for what they say, not for what is asked
    listed(
        "multipli divis subtr transl refle combin substitu consider represent determin evalu simplif factor expan equa "
        "expres opera func solu estim approxim informa instruc direc explan addi distribu produc selec situa applica "
        "calcula posi posit condi rela comput frac integr deriva differenti limi"
    )
)
SMALL_WORDS = COMMON | frozenset(
    listed("say said says really every each statement true false decide following correct fact case")
)
KINDS = frozenset(  # of a thing, said after its name
    listed(
        "property law theorem rule bond bonds reaction triangle angle angles clause sampling graph chart plot variable "
        "variables function tense sentence method test distribution process sequence series equation number numbers"
    )
)
MOVES = {"shift": "shift|move|mov|translat", "translate": "shift|mov|translat", "stretch": "stretch|pull"}
SIBLINGS = {  # other words that begin like the key
    "exponential": "exponents?", "proportional": "proportions?", "experimental": "experiments?",
    "fractional": "fractions?",
    "functional": "functions?", "directional": "directions?", "expression": "express(?:es|ed)?",
}  # fmt: skip
TALKING = frozenset(
    listed("need want have know look start think write make take does this that could would should must")
)
FAILS = r"(?:isn't|is not|aren't|are not|doesn't|does not|don't|do not|hasn't|has not|can't|cannot|can not)"
NOT_OF_WORDS = frozenset({"is what was asked", "works"})
ANTONYMS = {
    "prime": "composite", "even": "odd", "odd": "even", "rational": "irrational", "irrational": "rational",
    "equal": "unequal",
    "composite": "prime", "linear": "nonlinear", "positive": "negative", "negative": "positive",
    "equivalent": "different",
}  # fmt: skip
PLACES = {place: word for word, place in ORDINALS.items()}
YES = frozenset(listed("yes true correct right y"))
NO = frozenset(listed("no false incorrect wrong n"))
SAID_OF_QUESTION = re.compile(
    r"\b(?:is|are|does|do|was|were|can|has|will) (?P<subject>.{1,80}?) (?P<rest>(?:an?|the|in|on|"
    r"also|always|ever|even|odd|prime|parallel|equal|"
    r"equivalent|perpendicular|linear|rational|proportional|continuous|true|false|possible|[a-z]{4,})\b[^?]{0,60})\?",
)


SAID_OF_STATEMENT = (
    r"\btrue or false\b[^a-z]*(?P<subject>[^.?!]{1,80}?) (?:is|are) (?:an? |the |always |also )*(?P<rest>[a-z]{4,}"
    r"(?: [a-z]+){0,2})\W*$"
)


class Words:
    """The keys that are words, and how sentences tell them."""

    def __init__(self, keys: Sequence[str], known: Known, asked: tuple[str, ...], letters: tuple[str, ...]) -> None:
        self.keys = tuple(
            dict.fromkeys(" ".join(findall(r"[^\W_]+(?:'[a-z]+)?|[+\-]", plain(key).casefold())) for key in keys)
        )
        self.keys = tuple(key for key in self.keys if key)
        self.known_words = tuple(findall(r"[^\W_]+", known.text))
        for key in self.keys:  # `commutativity` for the commutative property
            first, _space, kind = key.rpartition(" ")
            if kind in KINDS and len(first) > 5 and " " not in first and first not in COMMON | {*self.known_words}:
                self.keys += (first,)
        self.initials: tuple[str, ...] = ()
        quoted = search(r"[\"“]([^\"”]{5,200})[\"”]", known.own.text)
        self.quoted = tuple(findall(r"[^\W\d_]+(?:'[a-z]+)?", quoted[1])) if quoted else ()
        self.about_words = bool(search(ABOUT_WORDS, known.own.text))
        if search(ABOUT_PEOPLE, known.own.text):  # `Shakespeare` for William Shakespeare
            self.initials = tuple("".join(part[0] for part in key.split()) for key in self.keys if " " in key)
            names = [name for key in self.keys if len(key.split()) in (2, 3) for name in key.split()]
            self.keys += tuple(name for name in names if len(name) > 3 and name not in self.keys)
        self.shown = tuple(keys)
        self.known_text, self.own_text = known.text, known.own.text
        self.asked, self.letters = asked, letters

    def in_sight(self, key: str) -> bool:
        if (key in COMMON and not (self.about_words and len(key) > 3)) or len(key) == 1:
            return True
        return bool(_pattern(key).search(self.known_text))

    def leak(self, raw: str, text: str) -> str:
        folded = _counted(" ".join(text.casefold().split()), self.keys)
        for key in self.keys:
            if key in YES | NO and (key in ("yes", "no", "true", "false")):
                why = (
                    self._polar(folded, key) or self._existence(folded, key in YES) or self._stated(folded, key in YES)
                )
            else:
                placed = self._placed(folded, key) or _in_row(folded, key, self.known_text)
                why = (
                    ("its place" if placed else "")
                    or self._named(folded, key)
                    or self.hinted(raw, folded, key)
                    or self._symbol(text, key)
                )
            if why:
                return why
        if self.initials and "initial" in folded:
            said = search(
                r"initials?\b[^a-z]*(?:(?:are|is|of|being)\b)? ?[\"'“(]?((?:[a-z]\b[. ]*(?:and )?){2,4})", folded
            )
            if said and sub(r"and|[^a-z]", "", said[1]) in self.initials:
                return "its initials"
        for group, patterns in SYNONYMS:
            if group.intersection(self.keys) and any(
                (found := search(pattern, folded)) and found.group() not in self.known_text and not _is_asking(folded)
                for pattern in patterns
            ):
                return "says the same in other words"
        return ""

    def _named(self, folded: str, key: str) -> str:
        pattern = _pattern(key)
        if not pattern.search(folded):
            if self._nearly(folded, key):
                return "misspelled"
            if self._derived(folded, key):
                return "another form of the word"
            return "in pieces" if self._in_pieces(folded, key) else ""
        if not self.in_sight(key):
            if len(key) <= 2 and not search(rf"(?<!\w){re.escape(key)}(?!\w)", folded):
                return ""
            return "names the word"
        tokens = " ".join(findall(r"[^\W_]+(?:'[a-z]+)?|[^\w\s]", pattern.sub(f" {KEY} ", folded)))
        if (
            code(folded)
            or told(tokens, self.asked, self.letters, without=NOT_OF_WORDS)
            or self._asserted(tokens, folded)
            or self._predicated(tokens)
        ):
            return "told as the answer"
        return ""

    def _asserted(self, tokens: str, folded: str) -> bool:
        """`the lines are parallel`: the question's own subject with the key as what is said of it."""
        if "?" in folded:
            return False
        said = search(
            rf"(?:^|[,:;.] |so |then |hence |thus |therefore )(?:they're|it's|that's)(?: an?| the| both)? "
            rf"{KEY}(?: [.!,]|$)|"
            rf"(?:^|[,:;.] |so |then |hence |thus |therefore )(?:the|these|those|both|they|it|this|"
            rf"that|our|your|its)(?: [a-z]+){{0,4}}? (?:is|are|was|were|must be|have to be|has to be|"
            rf"should be|will be|would be|shows?|has|have|grows?|displays?|indicates?|gives?|makes?|forms?|follows?|"
            rf"represents?|suggests?|describes?|belongs? to)"
            rf"(?: [a-z]+)?(?: the| a| an)? {KEY}(?! (?:if|when|exactly|only if|means|to|or|and|"
            rf"lines|as long|provided))",
            tokens,
        )
        said = said or (
            None
            if search(r"^\W*(?:an?|any|every|each|all|some|functions|numbers|lines)\b|\b(?:or|but)\b", tokens)
            else (self._subject(tokens) if KEY in tokens else None)
            or search(
                r"\b(?:(?:we )?call|called|named|classified as|known as) (?:it |this |them |that |[a-z] |the "
                rf"[a-z]+ )?(?:an? |the )?{KEY}"
                rf"(?= |$)(?! (?:if|when|only))|"
                rf"(?:^|[,:;] |so |then )(?:it|this|that|they|the [a-z]+|[a-z])(?: [a-z]+)? "
                r"(?:opens?|points?|turns?|becomes?|stays?|remains?|goes|go|moves?|slopes?|shifts?|faces?|"
                rf"bends?|looks?) (?:to the )?{KEY}(?: [.!]|$)",
                tokens,
            )
        )
        return bool(said) and not search(r"\b(?:if|when|whether|unless|suppose)\b", tokens)

    @cached_property
    def _predicate(self) -> frozenset[str]:
        """What the question says of the thing that it asks for: `vector` of `Which of these is a vector quantity?`"""
        found = search(WHICH_IS, self.own_text)
        words = findall(r"[a-z]{4,}", found["predicate"]) if found else []
        return frozenset(_stem(word) for word in words if word not in SMALL_WORDS)

    def _predicated(self, tokens: str) -> bool:
        """`Velocity is a vector`: the question with the key in the place of `which`."""
        if not self._predicate or "?" in tokens or search(r"\b(?:if|when|whether|or|unless|but)\b", tokens):
            return False
        said = search(rf"^\W*(?:(?:so|then|only|hence|here|the|an?) )*{KEY}(?: \w+)? (?P<rest>.*)$", tokens)
        if said is None or not search(r"^(?:[a-z]+ )?[a-z]+", said["rest"]) or search(r"\bnot\b|n't\b", said["rest"]):
            return False
        rest = frozenset(map(_stem, findall(r"[a-z]{4,}", said["rest"])))
        return 2 * len(rest & self._predicate) >= len(self._predicate)

    def _subject(self, tokens: str) -> re.Match[str] | None:
        """`HCl is a strong acid` for the question `Is HCl a strong acid or a weak acid?`"""
        found = search(rf"^\W*(?:so |then )?([a-z]\w*(?: [a-z]\w*)?) (?:is|are) (?:an? |the )?{KEY}(?: [.!]|$)", tokens)
        known = found and search(rf"\b(?:is|are|was|were) (?:the |an? )?{re.escape(found[1])}\b", self.own_text)
        return found if known else None

    def _nearly(self, folded: str, key: str) -> bool:
        if len(key) < 6 or " " in key or key in self.known_words:
            return False
        for word in set(findall(r"[^\W\d_]{5,}", folded)) - set(self.known_words):
            if abs(len(word) - len(key)) <= 1 and word[0] == key[0] and _one_edit(word, key):
                return True
        return False

    def _symbol(self, text: str, key: str) -> str:
        """`CO2` for carbon dioxide, `N` for newton: a symbol that the problem does not show."""
        for symbol in symbols_of(key):
            if symbol.casefold() in self.known_words:
                continue
            if len(symbol) > 2:
                said = search(rf"(?<![A-Za-z\d]){symbol}(?![A-Za-z\d])", text)
            else:
                said = search(
                    rf"^\W*{symbol}\W*$|\b(?:unit|symbol|element|gas|formula|it|answer|measured|abbreviated)\b[^.?!]* "
                    rf"(?:is|in|as|by|with)(?: the letters?)? [\"'(]?{symbol}[\"')]?(?=\W*$)",
                    text,
                )
            if said:
                return "its symbol"
        return ""

    def _placed(self, folded: str, key: str) -> bool:
        """`The third word`, `between "cat" and "on"` for a word of a sentence that the problem quotes."""
        if key not in self.quoted or len(self.quoted) < 3 or self.quoted.count(key) > 1 or "?" in folded:
            return False
        at = self.quoted.index(key)
        places = [PLACES.get(at + 1, "$^"), f"{at + 1}(?:st|nd|rd|th)"] + ["last", "final"] * (
            at + 1 == len(self.quoted)
        )
        before = re.escape(self.quoted[at - 1]) if at else "$^"
        after = re.escape(self.quoted[at + 1]) if at + 1 < len(self.quoted) else "$^"
        return (
            search(
                rf"\b(?:{'|'.join(places)}) word\b|\bbetween [\"“]?{before}[\"”]? and [\"“]?{after}\b|"
                rf"\b(?:after|follows|following) [\"“]?{before}\b|\b(?:before|precedes|preceding) [\"“]?{after}\b",
                folded,
            )
            is not None
        )

    def _derived(self, folded: str, key: str) -> bool:
        """`The vapor condenses` for condensation."""
        stem = next((key[: -len(end)] for end in NOUN_ENDS if key.endswith(end)), "")
        if len(stem) < 5 or " " in key or any(stem.startswith(talk) for talk in TALK) or stem in self.known_text:
            return False
        return search(rf"(?<![^\W_]){stem}{VERB_ENDS}(?![^\W_])", folded) is not None

    def _in_pieces(self, folded: str, key: str) -> bool:
        """`equi + lateral`, `put "ad" before "verb"`."""
        compact = key.replace(" ", "")
        if len(compact) < 5 or not search(r"[\"+]|\b(?:plus|then|before|after|followed|join|glue|together)\b", folded):
            return False
        pieces = [word for word in findall(r"[^\W\d_]+", folded) if len(word) > 1 or word == "a"]
        for at in range(len(pieces)):
            joined, used = "", 0
            for piece in pieces[at : at + 12]:
                if compact.startswith(joined + piece) and len(piece) < len(compact):
                    joined, used = joined + piece, used + 1
            if joined == compact and used > 1:
                return True
        return False

    # -- hints that are half the word ------------------------------------------------------------------------------

    def hinted(self, raw: str, folded: str, key: str) -> str:
        compact = key.replace(" ", "")
        if not compact.isalpha() or len(compact) < 2 or len(key.split()) > 3:
            return ""
        if search(r"\brhym", folded) and "rhym" not in self.own_text:
            return "hints at it by rhyme"
        first = search(
            r"(?:starts?|begins?|starting|beginning|first letters?|initial)\b(?: letters?)?(?: is| "
            r"are| with| in| the| letters?| sound|:)* [\"'“]?([a-z]{1,20})(?:\b|[-.…])",
            folded,
        )
        final = search(r"\bends? (?:with|in|on)(?: the| letters?)* [\"'“]?([a-z]{2,20})\b", folded)
        if first and final and compact.startswith(first[1]) and compact.endswith(final[1]):
            return "hints at its letters"
        if (
            first
            and first[1] not in ("a", "an", "the", "by", "at", "from", "with", "your", "it")
            and "letter" not in self.own_text
        ) and (compact.startswith(first[1]) and len(first[1]) <= len(compact)):
            last = search(
                rf"(?:starts?|begins?|starting|first letter|initial)\b.{{0,25}}[\"'“]?\b{re.escape(first[1])}\b",
                folded,
            )
            if last:
                return "hints at its letters"
        for token in findall(r"[A-Za-z_*?.•·\-–—□▢⬜…]{3,60}|(?:[A-Za-z_*?•·\-–—□▢] ){2,40}[A-Za-z_*?•·\-–—□▢]", raw):
            gapped = token.replace(" ", "").casefold().strip(".") if " " in token else token.casefold()
            if self._fits_gaps(gapped, compact) or self._fits_gaps(gapped.rstrip(".,!?"), compact):
                return "the word with gaps"
        cut = search(r"\b([a-z]{2,})(?:\.\.\.|…|-+(?=\s|$)|_+)", folded)
        if cut and len(compact) > 4 and compact.startswith(cut[1]) and len(cut[1]) >= 3 and cut[1] not in COMMON:
            return "the beginning of the word"
        consonants = sub(r"[aeiou]", "", compact)
        words = findall(r"[^\W\d_]+", folded)
        if len(consonants) >= 4 and consonants != compact and consonants in words:
            return "the word without vowels"
        scrambled = sorted(compact)
        mixed = len(compact) > 5 or search(r"scrambl|anagram|rearrang|jumbl|mixed|order of the letters", folded)
        for word in words if mixed else ():
            if (
                len(word) == len(compact) >= 5
                and word != compact
                and word not in self.known_words
                and sorted(word) == scrambled
            ):
                return "the letters in another order"
        return ""

    @staticmethod
    def _fits_gaps(token: str, key: str) -> bool:
        gaps = [char for char in token if not char.isalpha()]
        if not gaps or len(token) != len(key) or len(gaps) == len(token) or len(key) < 3:
            return False
        if len(set(gaps)) > 1 or gaps[0] in "'":
            return False
        return all(not one.isalpha() or one == two for one, two in zip(token, key, strict=True))

    # -- yes and no ------------------------------------------------------------------------------------------------

    def _polar(self, folded: str, key: str) -> str:
        positive = key in YES
        clause = search(r"\bit is (?:true|correct) that (.*)", folded)
        if positive and clause and "true" in self.own_text:
            return self._stated(folded, positive)  # it depends on what is said to be true
        if code(folded) and search(rf"\b{key}\b", folded):
            return "told as the answer"
        if key in ("true", "false") and search(r"(?:starts?|begins?)\b.*\bends?\b", folded):
            return self.hinted(folded, folded, key)
        if not ENGLISH.intersection(findall(r"[a-z]+", folded)) and search(
            FOREIGN_YES if positive else FOREIGN_NO, folded
        ):
            return "told as the answer"
        tokens = " ".join(findall(r"[^\W_]+(?:'[a-z]+)?|[^\w\s]", folded))
        marked = sub(rf"(?<![\w']){key}(?![\w'])", KEY, tokens)
        words = findall(r"[\w']+", folded)
        quoted = search(rf"[\"'“*(]{key}[\"'”*)]", folded)
        if quoted and "?" not in folded and "or" not in words:
            return "told as the answer"
        if KEY in marked and search(
            rf"(?:answer|solution|result|it|conclusion|response|statement|claim)(?: [a-z]+){{0,5}}? "
            rf"(?:is|:|=|must be|should be|would be|has to be|will be)(?: [a-z]+){{0,2}} (?:[\"'(] )"
            rf"?{KEY}(?! or\b)",
            marked,
        ):
            return "told as the answer"
        if KEY in marked and search(
            rf"\b(?:say|answer|write|choose|pick|select|type|enter|get|go with|put|tick|click|reply|"
            rf"respond|mark|submit)(?: (?:with|in|down|a|the|simply|just|big|clear|:))* (?:[\"'(“] )"
            rf"?{KEY}(?! or\b)",
            marked,
        ):
            return "told as the answer"
        if search(
            rf"\b(?:so|hence|therefore|thus|because) (?:it|they|this|that) "
            rf"{'(?:is|are|does|do|has|have|can)' if positive else FAILS}\W*$"
            rf"|^(?:[^\w]*(?:so|well|okay|ok|hm|oh|ah|and|then|thus|therefore|simply|just|definitely|"
            rf"absolutely|clearly) ?,? ?)?{KEY} ?(?:[.!]|$|,? (?:because|since|as) |"
            r", (?:it|that|they|this|the|x|these|there)"
            rf"\b(?! (?:one |problem |question )?(?:fools|takes|is (?:a )?(?:good|great|nice|fine|"
            rf"tricky|hard|easy|okay|ok|normal|common|close|not easy|tough|the right idea|how|what|"
            rf"where|why|one)|helps|happens|was|sounds|looks|often|can be|idea|plan|step|way|"
            rf"question)))",
            marked,
        ) and not (key in ("no", "yes") and len(words) > 12):
            return "told as the answer"
        affirm = (
            r"(?:affirmative|correct|indeed (?:it is|so)|of course it is|it is indeed|it certainly is|"
            r"it does|it is true|that is true|that's true|it's true|thumbs up|👍|the statement holds|"
            r"si\b|oui\b|ja\b|是的|对)"
        )
        deny = (
            r"(?:negative answer|in the negative|it is not\b(?! (?:the same|enough|about|easy|hard|"
            r"clear|necessary|a problem|only|just|bad|far))|it isn't\b|it does not|it doesn't|it is "
            r"false|it's false|that's (?:false|wrong|not true)|it's not\b|is incorrect|"
            r"is wrong|not true|that is false|they are not|"
            r"they aren't|nope|nein\b|不是|不对|👎|that (?:would be|is) (?:false|wrong|not so))"
        )
        surely = (
            r"\W*(?:yes |no |well )?(?:unfortunately|sadly|certainly|definitely|absolutely|of course|surely|i'm afraid)"
        )
        if fullmatch(surely + (r"\W*" if positive else r" not\W*"), folded):
            return "told as the answer"
        if search(rf"^(?:\W*)(?:{affirm if positive else deny})[.!]?$", folded):
            return "told as the answer"
        if search(
            r"in the affirmative|affirmative"
            if positive
            else r"in the negative|the answer is negative|\bnope\b|\bnah\b",
            folded,
        ):
            return "told as the answer"
        other = "no" if positive else "yes"
        wrong = {"true": "false", "false": "true"}.get(key, other)
        if search(
            rf"(?:\bnot|opposite of|contrary of|reverse of|anything but|other than) (?:a )?[\"'“]?(?:{other}|"
            rf"{wrong})\b",
            folded,
        ):
            return "told as the answer"
        if positive and key == "yes" and fullmatch(r"\W*true\W*", folded):
            return "told as the answer"
        if (
            not positive
            and "?" not in folded
            and search(r"\b(?:is|gives|makes|are) (?:an? |the )?counter-?example", folded)
        ):
            return "states what was asked"
        return self._does(folded, positive) or self._claims(folded, positive)

    def _does(self, folded: str, positive: bool) -> str:
        """`We reject it` for the question `Does the test reject it?`"""
        question = search(r"\b(?:do|does|did|should|will|can) [^?]{4,120}\?", self.own_text)
        if question is None or search(r"\?|\b(?:if|when|whenever|whether|or|unless|to)\b", folded):
            return ""
        deny = r"(?:do not|don't|does not|doesn't|did not|didn't|cannot|can't|never|fails? to)"
        said = search(
            rf"(?:^|[,;:] ?|\b(?:so|then|thus|hence|therefore) )(?:we|it|they|this|that|she|he)(?P<not> {deny})? "
            r"(?P<verb>[a-z]{4,})\b",
            folded,
        )
        if said is None or said["verb"] in TALKING or bool(said["not"]) == positive:
            return ""
        stem = said["verb"].removesuffix("s").removesuffix("e")
        return "states what was asked" if search(rf"\b{stem}(?:e|es|s)?\b", question.group()) else ""

    @cached_property
    def _sought(self) -> str:
        """`solution` of `Does the equation have a real solution?`, `Is there a solution?`"""
        found = search(
            r"\b(?:does|do|did|can|has|have|is there|are there)\b[^?]*?\b(?:have|has|there|exist)\b(?: an?| "
            r"any)? ?([a-z \-]{3,40})\?",
            self.own_text,
        )
        return found[1].split()[-1] if found and found[1].split() else ""

    def _existence(self, folded: str, positive: bool) -> str:
        """`There is no real solution`, `it has none`, `it has one`."""
        if not self._sought or search(
            r"\?|\b(?:if|when|whether|may|might|can(?!')|could|what|how|would|some|every|any|need|hurry|rush|"
            r"problem)\b(?! be negative)",
            folded,
        ):
            return ""
        noun = re.escape(self._sought.removesuffix("s"))
        if positive:
            said = search(
                r"\b(?:has|have|there is|there are|there exists?) (?:an?|one|two|three|exactly|at least|some)("
                rf"?: \w+){{0,3}}? {noun}|\bhas one\b",
                folded,
            )
        else:
            said = search(
                rf"\b(?:no|without(?: an?| any)?|zero|0)(?: \w+){{0,2}} {noun}|\b(?:has|have|there is|there are|"
                r"with) none\b|"
                rf"\bnever has\b|(?:does not|doesn't|do not|don't) have(?: an?| any| one)?\b",
                folded,
            )
        return "states what was asked" if said else ""

    @cached_property
    def _statement(self) -> frozenset[str]:
        """The words of what is to be judged: `square`, `rectangle` of `True or false: every square is a rectangle.`"""
        return frozenset(_stem(word) for word in findall(r"[a-z]{3,}", self.own_text) if word not in SMALL_WORDS)

    def _stated(self, folded: str, positive: bool) -> str:
        """`It is true that every square is a rectangle`; with other words behind it, it says something else."""
        if "?" in folded or not search(r"\b(?:true|false)\b", self.own_text):
            return ""
        agreeing = (
            r"^\W*yes\b|\b(?:it is|it's|is|be) (?:indeed |really |quite )?(?:true|correct|right|a fact|the case)\b"
        )
        denying = (
            r"^\W*no\b|\b(?:it is|it's|is|be) (?:false|wrong|incorrect|untrue|not (?:true|correct|right|the case))\b"
        )
        found = search(agreeing if positive else denying, folded)
        if found is None or search(r"\b(?:if|when|whether|suppose|or)\b", folded):
            return ""
        about = frozenset(
            _stem(word) for word in findall(r"[a-z]{3,}", folded[found.end() :]) if word not in SMALL_WORDS
        )
        shared = len(about & self._statement) / max(1, len(self._statement))
        return "states what was asked" if shared >= 0.75 else ""

    @cached_property
    def claim(self) -> tuple[str, ...]:
        """What the question asks of its subject: `a solution` of `Is x = 4 a solution of …?`."""
        questions = [*SAID_OF_QUESTION.finditer(self.own_text)]
        stated = search(SAID_OF_STATEMENT, self.own_text)
        if not questions and stated is None:
            return ()
        found = questions[-1] if stated is None else stated
        words = [word for word in findall(r"[a-z]+", found["rest"]) if word not in ("a", "an", "the", "of", "to")]
        return tuple(dict.fromkeys((*words[:1], *words[-1:])))

    def _claims(self, folded: str, positive: bool) -> str:
        if (
            "?" in folded
            or not self.claim
            or search(r"\b(?:if|when|whether|means?|what|how|would|every|any|only)\b", folded)
        ):
            return ""
        claims = [*self.claim, *(ANTONYMS[word] for word in self.claim if word in ANTONYMS)]
        return next(filter(None, (self._states(folded, word, positive == (word in self.claim)) for word in claims)), "")

    def _states(self, folded: str, word: str, positive: bool) -> str:
        """Whether the sentence says that the question's subject is (or is not) the word."""
        noun = re.escape(word)
        if positive:
            claimed = search(
                rf"\b(?:is|are|does|do|it's|was)(?: (?:indeed|clearly|really|definitely|certainly|"
                rf"also|in fact|therefore|thus|then|so|always))? (?:an? |the )?{noun}\b",
                folded,
            ) or (
                search(rf"\bdo(?:es)? [^?]*\b{noun}\b[^?]*\?", self.own_text)
                and search(
                    rf"(?:^|[,;:] |\bso |\bthen |\bthus )(?:we|it|they|you|this|that|the [a-z]+)(?: [a-z]+ly)? "
                    rf"{noun}(?:s|es)?\b",
                    folded,
                )
            )
            works = word == "solution" and search(
                r"\b(?:it|that|x|value|number|this)\b(?: = -?\d+)? (?:works|checks out|fits|solves|"
                r"satisfies)|both sides (?:are|come out) (?:equal|the same)",
                folded,
            )
        else:
            claimed = search(
                rf"\b(?:is not|are not|isn't|aren't|it's not|does not|doesn't|do not|don't|cannot be|"
                r"can't be|never|fails? to be|fail to be)(?: (?:indeed|really|in fact|actually))? (?:an? |the "
                rf")?{noun}\b|"
                rf"\bnot (?:an? )?{noun}\b",
                folded,
            )
            works = word == "solution" and search(
                r"(?:does not|doesn't|do not) (?:work|check out|fit|solve|satisfy)|sides are (?:not "
                r"equal|different|unequal)",
                folded,
            )
        return "states what was asked" if claimed or works else ""

    # -- hidden writing --------------------------------------------------------------------------------------------

    def named_in(self, text: str) -> bool:
        """A reading of hidden writing that holds the key."""
        folded = text.casefold()
        squeezed = sub(r"[^a-z0-9]", "", folded)
        for key in self.keys:
            compact = key.replace(" ", "")
            if len(compact) >= 2 and (
                squeezed == compact or (len(compact) >= 3 and search(rf"(?<![a-z]){re.escape(key)}(?![a-z])", folded))
            ):
                return True
            if len(compact) >= 5 and compact in squeezed:
                return True
        return False


ROWS = tuple(
    tuple(listed(row))
    for row in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "january february march april may june july august september october november december",
        "spring summer autumn winter",
        "mercury venus earth mars jupiter saturn uranus neptune",
        "red orange yellow green blue indigo violet",
    )
)


def _in_row(folded: str, key: str, known: str) -> bool:
    """`The day after Saturday`, `the fifth planet` for keys that stand in a row that everybody knows."""
    row = next((row for row in ROWS if key in row), None)
    if row is None or "?" in folded:
        return False
    at = row.index(key)
    before, after = row[at - 1], row[(at + 1) % len(row)]
    place = PLACES.get(at + 1, "$^")
    if before not in known and search(rf"\b(?:after|follows|following) {before}\b", folded):
        return True
    if after not in known and search(rf"\b(?:before|precedes|preceding) {after}\b", folded):
        return True
    return search(rf"\b{place} (?:day|month|planet|season|color|colour)\b", folded) is not None


def _counted(folded: str, keys: Sequence[str]) -> str:
    """`2nd` as `second`; `the first step` and `step one` as `step 1` for keys of that kind."""
    if search(r"\d(?:st|nd|rd|th)\b", folded):
        folded = sub(r"\b(\d)(?:st|nd|rd|th)\b", lambda found: PLACES.get(int(found[1]), found[0]), folded)
    for key in keys:
        named = fullmatch(r"([a-z]{3,12}) (\d)", key)
        if named and int(named[2]) in PLACES:
            place, count = PLACES[int(named[2])], in_english(int(named[2]))
            folded = sub(rf"\bthe {place} {named[1]}\b|\b{named[1]} (?:number )?{count}\b", key, folded)
    return folded


def code(folded: str) -> bool:
    """`return True`, `print("odd")`."""
    return bool(search(r"\b(?:print|console\.log|system\.out|echo|puts|printf)\b ?\(?|^\W*return \W*\w+\W*$", folded))


def _stem(word: str) -> str:
    return word.removesuffix("s")


@lru_cache(maxsize=512)
def _pattern(key: str) -> re.Pattern[str]:
    """The key's words in a row, the last one bent: `parallel`, `cells`, `mitochondrial`."""
    parts = [re.escape(part) for part in key.split()]
    last = key.split()[-1]
    if len(last) in (6, 7) and last.isalpha():
        stem = re.escape(last[:-2] if last.endswith("e") else last[:-1])
        parts[-1] = rf"{stem}(?:{re.escape(last[len(stem) :])}|[^\W\d_]{{2,6}})(?:s|es|ed|d|ing|ly|er|'s)?"
    elif len(last) >= 8:
        stem = re.escape(last[: max(6, len(last) - 3)])
        parts[-1] = rf"{stem}[^\W\d_]{{0,{len(last) - max(6, len(last) - 3) + 3}}}"
    elif len(last) >= 4:
        parts[-1] += r"(?:s|es|ed|d|ing|ly|er|'s)?"
    words = key.split()
    for at, word in enumerate(words[:-1]):  # `shifted up by three` for shift up 3
        if len(word) > 4 and word.isalpha():
            parts[at] = rf"(?:{MOVES.get(word, re.escape(word))})(?:s|es|ed|d|ing)?"
    if last.isdigit() and len(last) < 4 and len(words) > 1:
        parts[-1] = rf"(?:{last}|{in_english(int(last))})"
    sibling = SIBLINGS.get(last, "")
    if sibling:
        parts[-1] = rf"(?!{sibling}(?![^\W_])){parts[-1]}"
    return re.compile(r"(?<![^\W_])" + r"[\s\-]+(?:(?:by|of|the) )?".join(parts) + r"(?![^\W_])")


def _is_asking(folded: str) -> bool:
    """A question about the possibility, or what it would mean, tells nothing."""
    return bool(search(r"\?|\b(?:if|when|what does|how many|whether|mean|means|could|might|would)\b", folded))


def _one_edit(one: str, two: str) -> bool:
    """One letter put in, left out, changed or two swapped."""
    if one == two:
        return False
    if len(one) == len(two):
        different = [index for index in range(len(one)) if one[index] != two[index]]
        if len(different) == 1:
            return different[0] < len(one) - 2
        return (
            len(different) == 2
            and different[1] == different[0] + 1
            and one[different[0]] == two[different[1]]
            and one[different[1]] == two[different[0]]
        )
    short, long = sorted((one, two), key=len)
    return any(long[:index] + long[index + 1 :] == short for index in range(1, len(long) - 1))


def ciphers(names: Sequence[str]) -> frozenset[str]:
    """The names in the simple ciphers, for looking up single words."""
    return frozenset(
        code for name in names for code in shifted(name.replace("-", "").replace(" ", "")) if len(code) > 2
    )
