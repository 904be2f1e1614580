"""Numbers that everybody knows by what there are so many of: `the days of the week` is seven."""

import re
from functools import lru_cache

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
    "guitar": ("strings", 6),
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
    9: (r"innings in (?:a )?baseball", r"muses", r"lives (?:of a cat|a cat has)", r"cat's lives",
        r"largest (?:single|one)[- ]digit number"),
    10: (r"fingers (?:you have|in total|on both hands|on (?:your )?two hands)", r"commandments",
         r"smallest two-digit number"),
    11: (r"players (?:in|on) a (?:soccer|football) team", r"(?:fifth|5th) prime"),
    12: (r"months (?:in|of|make|are in|there are in)(?: a| the| one)? year",),
    13: (r"baker's dozen", r"(?:sixth|6th) prime"),
    24: (r"hours (?:in|of)(?: a| the| one)? day",),
    26: (r"letters (?:in|of) the (?:english )?alphabet",),
    28: (r"days (?:in|of|does|has) (?:an? )?(?:normal |common )?february", r"february has (?:\w+ )?days"),
    42: (r"life,? the universe",),
    45: (r"half (?:of )?a right angle",), 90: (r"(?:degrees (?:in|of) )?(?<!half of )(?<!half )a right angle",),
    50: (r"states (?:in|of) (?:the )?(?:usa|us|united states)", r"stars on the (?:us|american) flag"),
    52: (r"cards (?:in|of)(?: a| the)? deck", r"weeks (?:in|of)(?: a| the)? year"),
    60: (r"minutes (?:in|of)(?: an| the| one)? hour", r"seconds (?:in|of)(?: a| the| one)? minute"),
    64: (r"squares on a chess ?board",),
    100: (r"cents (?:in|of)(?: a| the)? dollar", r"years (?:in|of)(?: a| the)? century"),
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
            )
    if value == 6:
        patterns.append(r"(?:highest|largest|biggest) number on an? (?:\w+ )?(?:die|dice)")
    return re.compile("|".join(patterns)) if patterns else None
