"""Numbers that everybody knows by what there are so many of: `the days of the week` is seven."""

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

from .numerals import SMALL
from .patterns import search

CORNERS = r"(?:sides|corners|angles|vertices|edges) (?:of|in|on|has|does)(?: a| an)? ?"
HAVE = {  # things and how many of something they have, told as `as many as a triangle has sides`
    "triangle": ("sides corners angles vertices edges", 3), "square": ("sides corners angles vertices edges", 4),
    "pentagon": ("sides corners angles vertices edges", 5), "hexagon": ("sides corners angles vertices edges", 6),
    "octagon": ("sides corners angles vertices edges", 8), "insect": ("legs", 6), "ant": ("legs", 6),
    "bee": ("legs", 6),
    "spider": ("legs", 8), "octopus": ("arms legs", 8), "dog": ("legs", 4), "cat": ("legs", 4), "horse": ("legs", 4),
    "car": ("wheels", 4), "bicycle": ("wheels", 2), "bike": ("wheels", 2), "tricycle": ("wheels", 3),
    "hand": ("fingers", 5),
    "foot": ("toes", 5), "week": ("days", 7), "year": ("months", 12), "day": ("hours", 24), "hour": ("minutes", 60),
    "minute": ("seconds", 60), "rainbow": ("colors colours", 7), "century": ("years", 100), "dollar": ("cents", 100),
    "decade": ("years", 10), "deck": ("cards", 52), "die": ("faces sides", 6), "cube": ("faces sides", 6),
    "guitar": ("strings", 6), "golf course": ("holes", 18), "carton": ("eggs", 12),
    "piano": ("keys", 88), "chessboard": ("squares", 64),
    "quarter": ("cents", 25), "dime": ("cents", 10), "nickel": ("cents", 5), "football team": ("players", 11),
    "soccer team": ("players", 11), "baseball team": ("players", 9), "basketball team": ("players", 5),
    "alphabet": ("letters", 26), "solar system": ("planets", 8),
}  # fmt: skip
LEGS = r"legs (?:of|on|does|has)(?: a| an)? ?"
COUNTS: dict[int, tuple[str, ...]] = {
    0: (r"freezing point of water",),
    1: (r"horns of a unicorn",),
    2: (r"(?:only|sole) even prime", r"eyes (?:you have|on your face)", r"wheels (?:of|on)(?: a)? bicycle",
        r"(?:first|1st|smallest) prime"),
    3: (CORNERS + r"triangle", r"wheels (?:of|on)(?: a| an)? tricycle", r"(?:second|2nd) prime"),
    4: (CORNERS + r"(?:square|rectangle)", r"seasons (?:in|of)(?: a| the)? year", r"wheels (?:of|on)(?: a| an)? car",
        LEGS + r"(?:dog|cat|horse|table|chair|cow)"),
    5: (CORNERS + r"pentagon", r"fingers (?:of|on)(?: a| an| one| your)? hand", r"toes (?:of|on)(?: a| one) foot",
        r"olympic rings", r"(?:third|3rd) prime"),
    6: (CORNERS + r"hexagon", LEGS + r"(?:insect|ant|bee|beetle|fly)", r"strings (?:of|on)(?: a)? guitar",
        r"(?:faces|sides) (?:of|on) (?:a|an ordinary) (?:die|cube|dice)"),
    7: (r"days (?:in|of|make|are in|there are in)?(?: a| the| one| every| each)? ?week",
        r"(?:colou?rs|bands) (?:in|of) (?:a|the) rainbow", r"deadly sins", r"dwar(?:f|ve)s", r"hills of rome",
        r"wonders of the (?:ancient )?world", r"world wonders", r"(?:number of )?continents", r"notes in a scale",
        r"(?:fourth|4th) prime"),
    8: (CORNERS + r"octagon", r"(?:legs|arms) (?:of|on|does|has)?(?: a| an)? ?(?:spider|octopus)",
        r"(?:spider|octopus)(?:'s)? (?:has )?(?:legs|arms)", r"planets (?:in|of) (?:the|our) solar system"),
    9: (r"innings in (?:a )?baseball", r"muses", r"lives (?:of a cat|a cat has)", r"cat's lives", r"cat has lives",
        r"largest (?:single|one)[- ]digit number"),
    10: (r"fingers (?:you have|in total|on both hands|on (?:your )?two hands)", r"commandments",
         r"smallest two-digit number"),
    11: (r"players (?:in|on) a (?:soccer|football) team", r"(?:fifth|5th) prime"),
    12: (r"months (?:in|of|make|are in|there are in)(?: a| the| one)? year",),
    13: (r"baker's dozen", r"(?:sixth|6th) prime"),
    15: (r"quarter past", r"quarter of an hour"),
    18: (r"(?:legal )?voting age", r"age (?:at which|when) (?:you|people|one) (?:can|may) vote",
         r"holes (?:of|on)(?: a)? golf course"),
    21: (r"(?:legal )?drinking age", r"blackjack"),
    24: (r"hours (?:in|of)(?: an?| the| one)? (?:\w+ )?day",),
    26: (r"letters (?:in|of) the (?:english )?alphabet",),
    28: (r"days (?:in|of|does|has) (?:an? )?(?:normal |common )?february", r"february has (?:\w+ )?days"),
    30: (r"half past", r"half an hour", r"days (?:in|of|has|does)(?: the month of)? (?:april|june|september|november)"),
    31: (r"days (?:in|of|has|does)(?: the month of)? (?:january|march|may|july|august|october|december)",),
    42: (r"life,? the universe",),
    45: (r"half (?:of )?a right angle",), 90: (r"(?:degrees (?:in|of) )?(?<!half of )(?<!half )a right angle",),
    50: (r"states (?:in|of) (?:the )?(?:usa|us|united states)", r"stars on the (?:us|american) flag"),
    52: (r"cards (?:in|of)(?: a| the)? deck", r"weeks (?:in|of)(?: a| the)? year"),
    60: (r"minutes (?:in|of)(?: an| the| one)? hour", r"seconds (?:in|of)(?: a| the| one)? minute"),
    64: (r"squares on a chess ?board",),
    100: (r"cents (?:in|of)(?: a| the)? dollar", r"years (?:in|of)(?: a| the)? century"),
    88: (r"keys (?:of|on)(?: a| the)? piano",),
    180: (r"degrees (?:of|in) (?:a |the )?(?:triangle|straight (?:line|angle)|half[- ](?:turn|circle))",),
    360: (r"degrees (?:of|in) (?:a |the )?(?:full |whole )?(?:circle|turn|rotation)",),
    365: (r"days (?:in|of)(?: a| the)? (?:regular |normal |common |non-leap )?year",),
}  # fmt: skip


@lru_cache(maxsize=1024)
def counts_of(value: int) -> re.Pattern[str] | None:
    """What there are so many of; None for a number without fame."""
    patterns = list(COUNTS.get(value, ()))
    for thing, (parts, count) in HAVE.items():
        if count == value:
            many = parts.replace(" ", "|")
            patterns.append(
                rf"\b(?:an?|the|one|your|every|each) (?:\w+ )?{thing} (?:has|have|had|got) (?:\w+ )?(?:{many})\b"
                rf"|\b(?:{many}) (?:as|as in|as on|on|in|of) (?:an?|the|one|your) (?:\w+ )?{thing}\b"
            )
    if value == 6:
        patterns.append(r"(?:highest|largest|biggest) number on an? (?:\w+ )?(?:die|dice)")
    return re.compile("|".join(patterns)) if patterns else None


TIMES = {
    ("second", "minute"): 60, ("second", "hour"): 3600, ("minute", "hour"): 60, ("minute", "day"): 1440,
    ("hour", "day"): 24, ("hour", "week"): 168, ("day", "week"): 7, ("day", "fortnight"): 14, ("month", "year"): 12,
    ("week", "year"): 52, ("year", "decade"): 10, ("year", "century"): 100, ("cent", "dollar"): 100,
    ("egg", "dozen"): 12,
    ("finger", "hand"): 5, ("toe", "foot"): 5, ("leg", "dog"): 4, ("leg", "spider"): 8, ("wheel", "car"): 4,
    ("card", "deck"): 52, ("inch", "foot"): 12, ("inche", "foot"): 12, ("foot", "yard"): 3, ("letter", "alphabet"): 26,
}  # fmt: skip
SHAPES = {"triangle": 3, "square": 4, "quadrilateral": 4, "pentagon": 5, "hexagon": 6, "heptagon": 7, "octagon": 8}
IN_TIME = re.compile(
    r"(?:the )?(?:number of )?(?:all )?(?:the )?(?P<small>second|minute|hour|day|week|month|year|cent|egg|finger|toe|"
    r"leg|wheel|card|inche|letter|foot|feet)s? (?:there are )?(?:in|of|on|has|make) (?P<many>\w+ )?(?:english |full )?"
    r"(?P<large>minute|hour|day|week|fortnight|year|decade|century|dollar|dozen|hand|foot|dog|spider|car|deck|yard|"
    r"alphabet)s?(?: of cards)?\b"
)
PART_OF_TIME = re.compile(
    r"(?P<part>half|a quarter|three[- ]quarters|a third|two[- ]thirds) (?:of )?an? (?P<large>hour|day|minute|year|"
    r"dozen)(?:,? in (?P<small>second|minute|hour|month)s?)?"
)
PARTS_OF = {"half": (1, 2), "a quarter": (1, 4), "three quarters": (3, 4), "a third": (1, 3), "two thirds": (2, 3)}
SMALLER = {"hour": "minute", "minute": "second", "day": "hour", "year": "month", "dozen": "egg"}
DECK = re.compile(r"\ba (?:full |whole |standard )?deck of (?:playing )?cards\b")
POLYGON = re.compile(
    rf"\b(?:sides? (?:of|in) )?(?:an?|the) (?P<shape>{'|'.join(SHAPES)})(?:'s sides| has sides| has)?\b"
)
NOUN_BETWEEN = re.compile(
    r"\b(?P<many>\w+) (?!of\b|or\b|and\b|is\b|times\b|-)(?P<more>more |fewer |less )?"
    r"(?P<noun>[a-z]{3,}s?) (?P<than>(?:more |less |fewer )?than)\b"
)
AS_MANY = re.compile(r"(?P<times>half|twice|thrice|\w+ times) as (?:many|much|large|big|long|old)(?: \w+)? as ")
WORTH = re.compile("second|minute|hour|day|week|month|year|deck|finger|toe|gon|triangle|square|cent|leg|wheel|than")


def in_figures(folded: str) -> str:
    """The sentence with well-known counts as numbers, `half as many as 52`, and without nouns, `5 less than fifty`."""
    if not WORTH.search(folded):
        return folded
    text = PART_OF_TIME.sub(_part_of_time, folded)
    text = DECK.sub("52", IN_TIME.sub(_in_time, text))
    if search(r"\b(?:more|fewer|less|than|twice|half|as many)\b", text):
        text = POLYGON.sub(lambda found: str(SHAPES[found["shape"]]), text)
    text = NOUN_BETWEEN.sub(_without_noun, text)
    return AS_MANY.sub(
        lambda found: f"{found['times']} of " if found["times"] == "half" else f"{found['times']} ", text
    )


def _in_time(found: re.Match[str]) -> str:
    small = "foot" if found["small"] == "feet" else found["small"]
    worth = TIMES.get((small, found["large"]))
    many = (found["many"] or "one").strip()
    count = 1 if many in ("a", "an", "one", "the", "your", "each", "every") else _count(many)
    return found.group() if worth is None or count is None else str(worth * count)


def _part_of_time(found: re.Match[str]) -> str:
    top, bottom = PARTS_OF.get(found["part"].replace("-", " "), (0, 1))
    worth = TIMES.get((found["small"] or SMALLER[found["large"]], found["large"]))
    return found.group() if worth is None or not top else str(Fraction(worth * top, bottom))


def _without_noun(found: re.Match[str]) -> str:
    if _count(found["many"]) is None or found["noun"] in ("more", "less", "fewer", "greater", "bigger", "smaller"):
        return found.group()
    return f"{found['many']} {found['more'] or ''}{found['than']}"


def _count(word: str) -> int | None:
    return int(word) if word.isdigit() else SMALL.get(word)


ODDS: Mapping[Fraction, str] = {
    Fraction(1, 2): r"\bfifty[- ]fifty\b|\b50[-/ ]50\b|\beven (?:chance|odds)\b|\bheads on a (?:fair )?coin|\bcoin "
    r"(?:toss|flip)|\bas likely as not\b",
    Fraction(314, 100): r"\bpi day\b",
}  # fmt: skip
ORDINAL_OF = (
    r"\b(?:the )?(?P<place>[a-z]+|\d+(?:st|nd|rd|th)) (?:positive |natural |counting |whole )(?:integer|number)\b"
)


def odds_of(value: Fraction) -> str:
    """What people call a chance; a pattern that nothing fits for one without a name."""
    return ODDS.get(value, r"$^")
