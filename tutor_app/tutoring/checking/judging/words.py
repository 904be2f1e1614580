"""Comparing words: articles, plurals, hyphens and small slips of spelling do not matter; meaning and code do."""

from __future__ import annotations

import re

from .lexicon import NUMBER_WORDS
from .terms import TERMS
from .typography import wording

_ARTICLES = {"a", "an", "the"}
_LEAD = re.compile(
    r"^(?:(?:because|so|then|the answer is|answer|i think|i would say)\b[,:]? )*"
    r"(?:(?:it|that|this|they|there|we|i|you|he|she)(?: (?:is|are|was|were|would|should|will|must|can|has|have|be))*"
    r"(?:'s|'re|'ll|'d|'ve)? )?"
)
_CONTRACTIONS = (
    ("can't", "can not"), ("cannot", "can not"), ("won't", "will not"), ("n't", " not"), ("&", " and "),
    ("%", " percent"), ("vs.", "versus"),
)  # fmt: skip
_MONTH_LIST = "january february march april june july august september october november december"
_MONTHS = _MONTH_LIST.split()
_SAME = (
    (r"\b(?:(?:do|does|did|can|could|should) )?not reject\b|\b(?:failed|fails) to reject\b", "fail to reject"),
    (r"\b(?:null hypothesis|null|h ?_?\{?[0o]\}?)(?!\w)", "h0"),
    (r"\b(?:alternative hypothesis|alternate hypothesis|h ?_?\{?[a1]\}?)(?!\w)", "ha"),
    (r"\b(\d+)(?:st|nd|rd|th)\b", r"\1"), (r"(?<=\d) ?(?:°|degrees?\b)", " "), (r"\bhundred and\b", "hundred"),
    (r"\b(?:is )?(?:greater|more|bigger|larger) than$", ">"), (r"\b(?:is )?(?:less|smaller) than$", "<"),
    (r"^(?:is )?equals?(?: to)?$", "="),
    *((rf"\b{month[:3]}t?\b\.?(?= \d)", month) for month in _MONTHS),
    (r"\bpositively skewed|positive skew(?:ed)?\b", "right skewed"),
    (r"\bnegatively skewed|negative skew(?:ed)?\b", "left skewed"), (r"\b(in|de)creas(?:es|ing|e)\b", r"\1creasing"),
    (r"^(?:yep|yeah|yup)$", "yes"),
    (r"^(?:nope|nah)$", "no"), (r"\b(max|min)\b(?= (?:at|value|point)\b)", r"\1imum"),
    (r"\b(con|di)verg(?:es|ent|ing)\b", r"\1verge"),
    (r"\b(reject|accept) (?:the )?h0$", r"\1"),
    (r"\bsampling$", "sample"),
    (r"\bfirst quadrant\b", "quadrant 1"), (r"\bsecond quadrant\b", "quadrant 2"),
    (r"\bthird quadrant\b", "quadrant 3"), (r"\bfourth quadrant\b", "quadrant 4"),
    (r"^q ?(?=(?:[1-4]|i{1,3}|iv)$)", "quadrant "),
    (r"\b(\d) ?([ap])\.? ?m\b\.?", r"\1 \2m"),
)  # fmt: skip
_NEGATIONS = {"not", "no", "never", "none", "fail", "neither", "nor", "without", "non"}

# Pairs of words that differ by a letter or two and mean different things.
_CONFUSABLE_PAIRS = (
    "affect effect,adsorption absorption,adsorb absorb,mitosis meiosis,median medium,anion union,ileum ilium,"
    "allusion illusion,cation action,proton photon,purine purines,dominant dominate,element cement,sine line,"
    "secant second,conjecture conjugate,latitude altitude,molar molal,molarity molality,molarity polarity,"
    "stalactite stalagmite,perpetual perceptual,vector sector,trail trial,angel angle,principal principle,quite quiet,"
    "desert dessert,complement compliment,stationary stationery,discrete discreet,converge converse,inverse invert,"
    "solute solvent,solution dilution,osmosis osmotic,fusion fission,prophase propose,interpolate extrapolate,"
    "cytosol cytosine,adenine adenosine,thymine thiamine,glycogen glucagon,glycerol glycol,tendon tension,"
    "isotope isotone,isomer monomer,monomer polymer,dimer trimer"
)
_CONFUSABLE = frozenset(frozenset(pair.split()) for pair in _CONFUSABLE_PAIRS.split(","))
# Beginnings and endings that make another word of the rest, so that a slip there is no slip of spelling.
_PREFIX_LIST = (
    "a an un in im ir il non de dis re ex hyper hypo inter intra iso endo exo ecto homo hetero mono di tri poly bi uni "
    "anti pre post pro sub super micro macro over under en em ab ob con per"
)
_PREFIXES = tuple(_PREFIX_LIST.split())
_ENDING_LIST = "ate ite ide ane ene yne ose ase ine ous ic ol al yl on in er or th"
_ENDINGS = tuple(_ENDING_LIST.split())


_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
_NUMBERED = re.compile(r"\b(type|quadrant|class|stage|phase|group|region|system|photosystem|part) (i{1,3}|iv|v)\b")


def normal(text: str) -> list[str]:
    """The words that count, in a comparable form."""
    said = wording(flat(text.replace("$$-", "-"))).replace("'s ", " ")
    for old, new in _CONTRACTIONS:
        said = said.replace(old, new)
    said = said.strip("' ")
    said = re.sub(r"(?<=\w)[-‐‑/](?=[a-z])", " ", said)
    said = re.sub(r"(?<=\d),(?=\d{3})", "", said)
    said = re.sub(r"[\"“”();:!?]|[.,](?!\d)", " ", said)
    said = _LEAD.sub("", " ".join(said.split()) + " ", count=1).strip() or said
    for pattern, instead in _SAME:
        said = re.sub(pattern, instead, said)
    said = re.sub(_NUMBERED, lambda found: f"{found.group(1)} {_ROMAN.get(found.group(2), found.group(2))}", said)
    words = [NUMBER_WORDS.get(word) or singular(word) for word in said.split() if word not in _ARTICLES]
    return words or said.split()


def singular(word: str) -> str:
    if len(word) > 3 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


_FLAT = (
    (r"\\(?:text|mathrm|textrm|mbox|operatorname)\s*\{([^{}]*)\}", r"\1"),
    (r"\\[dtc]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"(\1)/(\2)"), (r"\\[dtc]?frac(\d)(\d)", r"(\1)/(\2)"),
    (r"\\sqrt\s*\{([^{}]*)\}", r"sqrt(\1)"), (r"\\left|\\right|\\displaystyle", ""),
    (r"\\(?:leq?|leqslant)(?![a-zA-Z])", "<="), (r"\\(?:geq?|geqslant)(?![a-zA-Z])", ">="),
    (r"\\(?:neq?)(?![a-zA-Z])", "!="), (r"\\(?:cdot|times)", "*"), (r"\\(?:infty)", "inf"), (r"\\[,;:! ]", " "),
    (r"\\([%$&#_{}])", r"\1"), (r"\\([a-zA-Z]+)", r"\1"), (r"\*\*", "^"),
)  # fmt: skip
_UNICODE = {
    "≤": "<=", "≥": ">=", "≠": "!=", "×": "*", "⋅": "*", "·": "*", "∞": "inf", "√": "sqrt", "π": "pi", "±": "pm",
    "−": "-",
}  # fmt: skip


def flat(text: str) -> str:
    """LaTeX inside a text as it would be typed."""
    text = "".join(_UNICODE.get(char, char) for char in text)
    for _ in range(3):  # fractions inside fractions
        before = text
        for pattern, instead in _FLAT:
            text = re.sub(pattern, instead, text)
        if text == before:
            break
    return text


# The things that adjectives are said of: "covalent" and "covalent bond" are one answer.
_HEAD_LIST = (
    "function reaction bond strand process variable data distribution test event sample angle triangle line equation "
    "system series sequence property method study relationship correlation association compound mixture energy wave "
    "error place cell skew asymptote solution sampling level scale"
)
_HEADS = frozenset(_HEAD_LIST.split())
_ADJECTIVE = re.compile(r".{2,}(?:ic|al|ent|ant|ive|ous|ar|ing|ed|ary|ory|able|ible|less|ute|use)|even|odd")


def _without_head(words: list[str], asked: str) -> list[str]:
    """`covalent bond` without its bond, where an adjective is left or the step itself speaks of bonds; [] elsewhere."""
    if len(words) < 2 or words[-1] not in _HEADS or set(words) & _NEGATIONS:
        return []
    said_by_step = re.search(rf"\b{words[-1]}s?\b", asked, re.I)
    return words[:-1] if said_by_step or _ADJECTIVE.fullmatch(words[-2]) else []


_DIRECTION_LIST = "left right up down upward downward north south east west"
_DIRECTIONS = frozenset(_DIRECTION_LIST.split())
_FILLER_LIST = "unit shift shifted move moved translate translated translation to by it graph is of"
_OF_A_MOVE = frozenset(_FILLER_LIST.split())


def same_moves(key: str, given: str) -> bool:
    """`left 3 units and up 2` may be said as `up 2 units, 3 left`: each part has its one direction and one number."""
    moves = []
    for text in (key, given):
        parts = [set(normal(part)) - _OF_A_MOVE for part in re.split(r",|;|\band\b|\bthen\b", flat(text).casefold())]
        parts = [{word.removesuffix("ward") for word in part} for part in parts if part]
        if not all(len(part) == 2 and len(part & _DIRECTIONS) == 1 for part in parts):
            return False
        moves.append(sorted(map(sorted, parts)))
    return bool(moves[0]) and moves[0] == moves[1]


_EXPLAINING = {"it", "they", "this", "that", "he", "she", "we", "because", "since"}  # no, it is not
SHORT = {"t": "true", "f": "false", "y": "yes", "n": "no"}


def same_words(key: str, given: str, asked: str = "") -> bool:
    wanted, said = normal(key), normal(given)
    if wanted == said:
        return bool(wanted)
    if len(said) == 1 and wanted == [SHORT.get(said[0])]:
        return True
    if wanted in (["yes"], ["no"]) and said[:1] == wanted and said[1] in _EXPLAINING:
        return True
    if len(wanted) == 2 and wanted[0] == "quadrant" and [_ROMAN.get(word, word) for word in said] == wanted[1:]:
        return True
    if len(wanted) == 2 and said == wanted[::-1] and any(word.endswith("ly") for word in wanted):
        return True  # converges absolutely
    if _without_head(wanted, asked) == said or _without_head(said, asked) == wanted:
        return True
    closed = [re.sub(r"[\^_{}]", "", "".join(words)) for words in (wanted, said)]
    return bool(closed[0]) and closed[0] == closed[1]


def same_parts(key: str, given: str, *, ordered: bool) -> bool:
    """Both list the same things, in any order: `9 quarters and 18 pennies`, `red, blue`."""
    parts = [
        [normal(part) for part in re.split(r",|;|\band\b|&", flat(text).casefold()) if part.strip()]
        for text in (key, given)
    ]
    if len(parts[0]) < 2 or len(parts[0]) != len(parts[1]):
        return False
    if ordered or any(all(re.fullmatch(r"[-\d./$%]+", word) for word in part) for part in parts[0]):
        return parts[0] == parts[1]
    return sorted(parts[0]) == sorted(parts[1])


def misspelt(key: str, given: str) -> bool:
    """Every word is the key's but for a slip of the keys in one or two long words, that makes no other word of it."""
    wanted, said = normal(key), normal(given)
    if len(wanted) != len(said) or len(key) > 120 or (key.isupper() and key.isalpha()):  # a code, not a word
        return False
    slips = [(a, b) for a, b in zip(wanted, said, strict=True) if a != b]
    if not slips or len(slips) > max(1, len(wanted) // 3):
        return False
    return all(_is_slip(word, typed) for word, typed in slips)


def _is_slip(word: str, typed: str) -> bool:
    if len(word) < 5 or not word.isalpha() or not typed.isalpha() or word in _NEGATIONS or typed in _NEGATIONS:
        return False
    if word[0] != typed[0] or (len(word) < 7 and len(word) == len(typed) and sorted(word) != sorted(typed)):
        return False  # weight and height, plane and plant: slips rarely look so, other words often
    allowed = 1 if len(word) < 9 else 2
    if distance(word, typed, allowed) > allowed or frozenset((word, typed)) in _CONFUSABLE or typed in TERMS:
        return False
    return not _differs_in_a_part(word, typed)


def _differs_in_a_part(word: str, typed: str) -> bool:
    """A prefix or an ending is there in one of them only, or another: symmetric and asymmetric, sulfate and sulfite."""
    for one, other in ((word, typed), (typed, word)):
        for prefix in _PREFIXES:
            if one.startswith(prefix):
                rest = one[len(prefix) :]
                if rest == other or any(other == second + rest for second in _PREFIXES if second != prefix):
                    return True
    if word + "th" == typed or typed + "th" == word:
        return True
    endings = [next((end for end in _ENDINGS if text.endswith(end)), "") for text in (word, typed)]
    return bool(endings[0] and endings[1] and endings[0] != endings[1]) and (
        word[: -len(endings[0])] == typed[: -len(endings[1])]
    )


def distance(left: str, right: str, most: int) -> int:
    """Letters to change, add, drop or swap with a neighbour; more than `most` is not worked out."""
    if abs(len(left) - len(right)) > most or max(len(left), len(right)) > 60:
        return most + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


_LABELLED = re.compile(r"\s*(?P<label>[^=,]*?)\s*=\s*(?P<value>[^=,]+?)\s*")


def same_labelled(key: str, given: str) -> bool:
    """`Country road speed = 50, Interstate speed = 65` may be said as `50, 65` or `50 and 65`, in its order."""
    said = wording(given)
    parts = [_LABELLED.fullmatch(part) for part in wording(key).split(",")]
    if any(part is None for part in parts):
        return False
    values = [part.group("value") for part in parts if part is not None]
    offered = [part.strip() for part in re.split(r",|;|\band\b", said) if part.strip()]
    labels = [part.group("label") for part in parts if part is not None]
    for place, part in enumerate(offered):
        found = _LABELLED.fullmatch(part)
        if found is not None:
            if place >= len(labels) or not set(normal(found.group("label"))) <= set(normal(labels[place])):
                return False
            offered[place] = found.group("value")
    return values == offered
