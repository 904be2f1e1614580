"""The answer inside a sentence: "I think it's 3x because 6x/2 is 3x" offers 3x.

Spans that could be answers are found (mathematics, numbers in words, phrases such as "no solution", choices, words of
the key) and weighed by the words around them: "my answer is", "is it", "not", "because", "divided by", "wait, I mean".
Whether a message offers an answer at all is the student's decision; how well the best span fits is one of its features.

The key tells only what *sort* of thing an answer is (a pair, an equation, a word), never which span is right: a
learner who names three numbers must not be credited with the right one of them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

# Reading characters -------------------------------------------------------------------------------------------------

LONGEST = 2000  # characters that are looked at: the beginning and the end of anything longer
HIDDEN = re.compile(
    r"[\ud800-\udfff\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
TAG = re.compile(
    r"</?(?:script|style|b|i|u|em|strong|p|div|span|br|img|a|h[1-6]|svg|iframe|code|pre)"
    r"(?:\s+[\w-]+\s*=[^<>]{0,300})?\s*/?>",
    re.IGNORECASE,
)
BOLD = re.compile(r"(?<![\w*])\*\*(?=\S)([^*\n]{1,300}?)(?<=\S)\*\*(?![\w*])")
QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "`": "'", "´": "'"})


def cleaned(text: str) -> str:
    """The text without what nobody sees: control characters, tags, more space than needed, the middle of a flood."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST * 3 // 4]} {text[-LONGEST // 4 :]}"
    text = TAG.sub(" ", BOLD.sub(r"\1", HIDDEN.sub("", text))).translate(QUOTES)
    return "\n".join(line for line in (" ".join(line.split()) for line in text.splitlines()) if line)


def words_of(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


# Sorts of answers ---------------------------------------------------------------------------------------------------

PHRASES = (
    r"no (?:real )?(?:solutions?|sol|answers?|roots|x)(?: at all)?|not? possible|impossible|"
    r"infinite(?:ly)?(?: many)?(?: solutions?)?|infinity|all (?:the )?(?:real "
    r")?(?:numbers?|reals|x)(?: (?:except|but)(?: for)?(?: when)? (?:x ?= ?|"
    r"zero|-?\d+)+)?|"
    r"(?:any|every) (?:real )?number|undefined|(?:does not|doesn't) exist|dne|(?:the )?empty set|"
    r"(?:can't|cannot|can not) be determined|no correlation|neither|none(?: of (?:them|the above|these))?|"
    r"(?:all|both)(?: of (?:them|the above|these))?|true|false|yes|no|yep|yeah|nope|"
    r"always|never|sometimes|positive|negative|increasing|decreasing"
)
PHRASE = re.compile(rf"(?<![\w'])(?:{PHRASES})(?![\w'])", re.IGNORECASE)
PLACE = r"(?:1st|2nd|3rd|4th|5th|first|second|third|fourth|fifth|last|top|bottom|middle)"
CHOICE = re.compile(
    rf"(?<![\w'])(?:(?:option|choice|answer|letter)s? ?:? ?\(?(?P<named>[a-h]|[1-8])\)?(?![\w=+*/^])|"
    rf"(?:the )?(?P<place>{PLACE}) (?:one|option|choice|answer)(?! (?:is|was|isn't|wasn't) (?:wrong|not))|"
    rf"\((?P<ringed>[a-hA-H])\)|(?P<bare>[A-H](?! [a-z]+ed\b)|[b-h])(?=\W|$))",
    re.IGNORECASE,
)
WORDY = re.compile(r"[A-Za-z]{2,}")
FUNCTIONS = frozenset(
    words_of(
        "sqrt sin cos tan sec csc cot log ln exp pi inf infty infinity theta alpha beta abs arcsin arccos "
        "arctan cbrt frac dne"
    )
)
UNITS = words_of(
    "cm mm m km in inch inches ft foot feet yd yards yard mile miles mph kph km/h m/s kg g mg gram grams kilograms lb "
    "lbs pounds pound oz ounces hour hours hr hrs min mins minute minutes sec "
    "secs s second seconds day days week weeks "
    "month months year years degree degrees deg dollar dollars cent cents bucks euro euros percent % units unit ml l "
    "liter liters litre litres gallon gallons meter meters metre metres kilometers kilometres centimeters centimetres "
    "radians rad"
)
UNIT = re.compile(
    r"\s?(?:(?:sq|square|cubic)\.? )?(?:"
    + "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
    + r")(?:\s?(?:\^ ?[23]|[²³]))?(?: ?(?:/|per) ?(?:hour|hr|h|second|sec|s|minute|"
    r"min|day|week|mile|gallon))?(?![\w'])",
    re.IGNORECASE,
)
DIGITS = words_of("one two three four five six seven eight nine")
TEENS = words_of("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
TENS = words_of("twenty thirty forty fifty sixty seventy eighty ninety")
PARTS = "half halves third thirds quarter quarters fourth fourths fifth fifths sixth sixths eighth eighths tenth tenths"
COUNT = rf"(?:(?:{'|'.join(TENS)})(?:[ -](?:{'|'.join(DIGITS)}))?|{'|'.join([*TEENS, *DIGITS])}|zero|hundred|thousand)"
NUMBER_WORDS = re.compile(
    rf"(?<![\w'-])(?:(?:negative|minus|positive) )?(?:(?:{COUNT}|a|\d+)(?: and "
    rf"(?:a|{COUNT}))?[ -](?:{'|'.join(PARTS.split())})|"
    rf"(?:a (?:hundred|thousand)|{COUNT})(?:[ -](?:hundred|thousand))?(?: (?:and "
    rf")?{COUNT})?(?: point(?: (?:{'|'.join([*DIGITS, 'zero'])}))+)?|(?:a |one "
    rf")?half)"
    r"(?![\w'-])",
    re.IGNORECASE,
)
TOKEN = re.compile(
    r"(?P<latex>\\(?:(?:text|mathrm|mbox|operatorname)\{[^{}\n]{0,80}\}|[A-Za-z]+|[()\[\]{},;:!% ]))"
    r"|(?P<ordinal>\d+(?:st|nd|rd|th)\b)"
    r"|(?P<arrow>=>|->|→|⇒|==>)"
    r"|(?P<number>\d{1,3}(?:,\d{3})+(?![\d,])|\d+(?:\.\d+)?(?:\.(?=\\))?|\.\d+)"
    r"|(?P<word>[A-Za-z]+(?:'[A-Za-z]+)?)"
    r"|(?P<op><=|>=|!=|\+-|\+/-|\*\*|[-+−–*×·÷/^=<>≤≥≠±√∞∪∩∅π°%²³⁰¹⁴⁵⁶⁷⁸⁹⁻ⁿ₀₁₂₃ₙ∈£€¢&:;_½⅓⅔¼¾⅕⅛≈θ])"
    r"|(?P<open>[(\[{$|])|(?P<close>[)\]}])"
    r"|(?P<comma>,)|(?P<line>\n)|(?P<space>[^\S\n]+)|(?P<other>.)",
    re.DOTALL,
)
GLUED = frozenset(("th", "st", "nd", "rd", "am", "pm", "hr", "km", "cm", "mm", "kg", "ft", "in", "lb", "oz"))
COMMON = frozenset(
    words_of(
        "so is it a i an the as at be by do go he if in me my no of on or to up "
        "us we am and are but for got get its not let "
        "you was wat how why who idk lol omg ugh the can did has had her him his "
        "out see too two one yes yep nah ok ya u ur r "
        "w n o um hm uh er ah oh hi pls plz thx ty bc cuz cos"
    )
)
VERBAL = re.compile(
    r"\s?(?:plus|minus|times|over|r|rem|remainder|divided by|out of|in|(?:square |cube )?root(?: "
    r"of)?|to the power of|to the|equals|equal to|is equal to|or|and|"
    r"is greater than or equal to|is less than or equal to|is greater than|is "
    r"less than|greater than|less than|is|to)\s?",
    re.IGNORECASE,
)
AFTER_VERBAL = re.compile(
    r" (?:squared|cubed|(?:raised )?to the (?:power(?: of)? )?(?:\d+(?:th|rd|"
    r"nd|st)?|second|third|fourth|fifth|sixth)(?: power)?|"
    r"or (?:more|less|greater|higher))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a message that could be an answer.

    Attributes:
        sort: what it is: "math", "words" (a number in words), "phrase", "choice" or "key" (words as the key has them).
        score: how much the words around it speak for its being offered.
        led: some words offer it outright ("my answer is", "is it", or nothing else stands in the message).
    """

    text: str
    start: int
    end: int
    sort: str
    score: float = 0.0
    led: bool = False


@dataclass(frozen=True, slots=True)
class KeySort:
    """What sort of answer a key asks for; all False where there is no key."""

    known: bool = False
    wordy: bool = False
    letter: bool = False
    equation: bool = False
    inequality: bool = False
    pair: bool = False
    ratio: bool = False
    many: bool = False  # several values, separated by commas
    number: bool = False


def sort_of(keys: Sequence[str]) -> KeySort:
    """The sort of the first key that says something."""
    key = next((each.strip().strip("$").strip() for each in keys if each.strip()), "")
    if not key:
        return KeySort()
    plain = re.sub(r"\\(?:text|mathrm)\s*\{([^{}]*)\}", r"\1", key)
    mathy = bool(re.search(r"[\d=+*/^<>∞]|\\(?:frac|sqrt|pi|infty|cup|le|ge)", plain))
    return KeySort(
        known=True,
        wordy=not mathy and bool(WORDY.search(plain)),
        letter=bool(re.fullmatch(r"[A-H]", plain)),
        equation="=" in plain and not re.search(r"[<>≤≥]=?|\\[lg]eq?", plain),
        inequality=bool(
            re.search(r"[<>≤≥]|(?:greater|less|more) than|at (?:least|most)|\\(?:le|ge|lt|gt)q?(?![a-z])", plain)
        ),
        pair=bool(re.match(r"(?:\\left)?[(\[].*,.*(?:\\right)?[)\]]$", plain)),
        ratio=bool(re.search(r"\d\s*(?::|to)\s*\d", plain)),
        many="," in re.sub(r"\d,\d{3}|[(\[{][^()\[\]{}]*[)\]}]", "", plain),
        number=bool(re.fullmatch(r"[-−+$\\]*(?:\d[\d,.]*|\.\d+|frac\{-?\d+\}\{\d+\})(?:\s*/\s*\d+)?[\\%°]*", plain)),
    )


# Spans of mathematics -----------------------------------------------------------------------------------------------


def _math_spans(text: str) -> list[tuple[int, int]]:
    tokens = [(match.lastgroup or "", match.group(), match.start(), match.end()) for match in TOKEN.finditer(text)]
    flags = [_reads_as_math(tokens, i) for i in range(len(tokens))]
    spans: list[tuple[int, int]] = []
    i = 0
    while i < len(tokens):
        if flags[i] is False:
            i += 1
            continue
        j, solid = i, False
        while j < len(tokens) and flags[j] is not False:
            solid = solid or flags[j] is True
            j += 1
        if solid:
            trimmed = _trimmed(text, tokens[i][2], tokens[j - 1][3])
            if trimmed:
                spans.append(trimmed)
        i = j
    return spans


Token = tuple[str, str, int, int]  # group, text, start, end
NOTHING: Token = ("", "", -1, -1)
SAID = frozenset(("squared", "cubed", "plus", "minus", "times", "over", "equals", "divided", "negative"))
VALUES = "πθ∞∅½⅓⅔¼¾⅕⅛"


def _reads_as_math(tokens: list[Token], i: int) -> bool | None:
    """True: makes a span of mathematics. None: may stand inside of one. False: ends it."""
    group, value, *_ = tokens[i]
    before, after = tokens[i - 1] if i else NOTHING, tokens[i + 1] if i + 1 < len(tokens) else NOTHING
    if group in ("number", "latex"):
        return True
    if group in ("space", "open", "close", "comma"):
        return None
    if group == "op":
        beside = (each[1] for each in (before, after) if each[0] == "word")
        in_words = any(len(word) > 2 and word.lower() not in FUNCTIONS for word in beside)
        if value in "-–/" and in_words and before[0] not in ("number", "close") and after[0] != "number":
            return False  # two-step, and/or
        if value in ":;_":
            return _joins(tokens, i)
        return True if value in VALUES else None
    if group == "other" and value in "'′":  # f'(x)
        return None if before[0] == "word" and len(before[1]) == 1 and after[1] in ("(", "=", "'", "′") else False
    if group == "other":
        factorial = value == "!" and before[0] in ("number", "close") and after[1][:1] in ("/", "*", ")", "=")
        return None if factorial else False
    return group == "word" and _word_is_math(tokens, i, before, after)


def _joins(tokens: list[Token], i: int) -> bool | None:
    """A ratio 3:4, a pair (2;3), an index a_n; else the mark ends what came before."""
    groups = [group for group, *_ in tokens[max(0, i - 2) : i + 3]]
    before, after = tokens[i - 1][0] if i else "", tokens[i + 1][0] if i + 1 < len(tokens) else ""
    match tokens[i][1]:
        case "_":
            joins = before == "word" and after in ("word", "number", "open")
        case ":":
            spaced = groups == ["number", "space", "op", "space", "number"]
            joins = spaced or (before == "number" and after == "number")
        case _:
            joins = before == "number" and after in ("number", "space", "op")
    return None if joins else False


def _word_is_math(tokens: list[Token], i: int, before: Token, after: Token) -> bool:
    """Whether letters are a variable, a product of variables or a function, by what stands beside them."""
    _, value, start, _ = tokens[i]
    low = value.lower()
    if low in FUNCTIONS:
        return True
    if before[0] == "number" and before[3] == start:
        return len(value) <= 2 and low not in GLUED  # 3x, 2ab; not 4th, 9am, 5cm
    further_before = tokens[i - 2] if before[0] == "space" and i > 1 else before
    further_after = tokens[i + 2] if after[0] == "space" and i + 2 < len(tokens) else after
    touching = any(each[0] == "op" and each[1] not in "-–%" for each in (before, after))
    if "_" in (before[1], after[1]) and len(value) <= 3:
        return True
    if after[0] == "number" and value.isupper() and len(value) <= 2:
        return True  # H2O
    if len(value) > 1:
        return len(value) <= 3 and low not in COMMON and touching and not re.fullmatch(r"[A-Z][a-z]+", value)
    if low == "x" and further_before[0] == "number" and further_after[0] == "number":
        return True  # 5 x 10^3
    if before[1] in ("π", "θ") or "latex" in (further_before[0], further_after[0]):
        return True
    if low not in ("a", "i") and any(t[1].lower() in FUNCTIONS for t in tokens[max(0, i - 4) : i]):
        return before[0] in ("space", "number", "op", "open")  # sin x, ln x, sin^2 x
    if low != "i" and after[0] == "close" and before[0] in ("open", "space"):
        return True  # (x, y)
    if after[1] in ("-", "–") and i + 2 < len(tokens) and tokens[i + 2][0] == "word" and len(tokens[i + 2][1]) > 1:
        return False  # y-intercept
    if low not in ("a", "i") and (further_after[1].lower() in SAID or further_before[1].lower() in SAID):
        return True  # x squared, 2 times x
    if low == "a" or value == "I":
        boxed = before[0] == "open" and after[0] in ("close", "comma", "op")
        related = further_after[1] in ("=", "+", "^", "<", ">", "<=", ">=", "≤", "≥")
        return touching or (low == "a" and (boxed or related))
    if low == "i" and before[0] == "space":
        return False
    near = any(each[0] == "op" and each[1] not in f"%°{VALUES}" for each in (further_before, further_after))
    if after[1] in ("'", "′") and i + 2 < len(tokens) and tokens[i + 2][1] in ("(", "="):
        return True
    return near or after[1] == "(" or before[0] in ("open", "close")


NEGATED = re.compile(r"\b(?:is|it'?s|its|got|get|be|equals?|maybe|say|was|have|it)\s*[=:]?\s*$", re.IGNORECASE)
OPENERS, CLOSERS = "([{", ")]}"


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without connectors and brackets at its ends that belong to the sentence."""
    changed = True
    while changed and start < end:
        changed = False
        piece = text[start:end]
        if (
            piece[0].isspace()
            or (piece[0] == "+" and not re.match(r"\+(?:/?-|[\d.])", piece))
            or piece[0] in "=*×·÷/^,;&:<>≤≥≠%°)]}∪∩²³≈"
        ):
            start, changed = start + 1, True
        elif piece[-1].isspace() or piece[-1] in "=+-−–*×·÷/^,;&:_<>≤≥≠±√([{≈∪∩":
            end, changed = end - 1, True
        elif piece[0] in "-–" and piece[1:2].isspace() and text[:start].strip() and not NEGATED.search(text[:start]):
            start, changed = start + 1, True  # a dash
        elif piece[-1] == "|" and piece.count("|") % 2:
            end, changed = end - 1, True
        elif piece[0] == "|" and piece.count("|") % 2:
            start, changed = start + 1, True
        elif piece[-1] == "$" and piece.count("$") % 2:
            end, changed = end - 1, True
        else:
            depth, lowest = 0, 0
            for char in piece:
                depth += (char in OPENERS) - (char in CLOSERS)
                lowest = min(lowest, depth)
            if lowest < 0 and piece[-1] in CLOSERS:
                end, changed = end - 1, True
            elif depth > 0 and piece[0] in OPENERS and lowest >= 0:
                start, changed = start + 1, True
            elif piece[0] == "(" and piece[-1] == ")" and "," not in piece and re.fullmatch(r"\([-\w. ]+\)", piece):
                inner = piece[1:-1].strip()
                if not re.fullmatch(r"[A-Za-z]", inner) and start and text[start - 1].isspace():
                    start, end, changed = start + 1, end - 1, True  # (5) in a sentence is 5
    return (start, end) if start < end and re.search(r"[\w∞∅½⅓⅔¼¾⅕⅛π]", text[start:end]) else None


EQUAL = re.compile(r"(?<![<>!=])=(?!=)")


def _pieces(text: str, start: int, end: int, key: KeySort) -> list[tuple[int, int]]:
    """The candidates within one span: a list stays whole, a derivation is cut into its lines."""
    cuts, depth = [start], 0
    for i in range(start, end):
        char = text[i]
        depth += (char in OPENERS) - (char in CLOSERS)
        if (
            char == ","
            and depth == 0
            and not (text[i - 1 : i].isdigit() and re.match(r",\d{3}(?!\d)", text[i : i + 5]))
        ):
            cuts.append(i + 1)
    parts = [part for a, b in zip(cuts, [*cuts[1:], end], strict=True) if (part := _trimmed(text, a, b))]
    if len(parts) < 2:
        return parts
    sides = [text[a:b] for a, b in parts]
    simple = [bool(re.fullmatch(r"[A-Za-z]\w?\s*(?:=|<=?|>=?|≤|≥)\s*[^=<>≤≥]+", side)) for side in sides]
    values_follow = simple[0] and not any(EQUAL.search(side) for side in sides[1:])  # x = 2, -3
    if all(simple) or values_follow or not any(EQUAL.search(side) for side in sides):
        return [(parts[0][0], parts[-1][1])]
    return parts


def _kind(piece: str) -> str:
    if EQUAL.search(piece):
        return "equation"
    if re.search(r"[<>≤≥]|\\(?:le|ge|lt|gt)q?\b", piece):
        return "inequality"
    if re.fullmatch(r"[(\[].*,.*[)\]]", piece):
        return "pair"
    return "value"


# Weighing by the words around ---------------------------------------------------------------------------------------

Cue = tuple[re.Pattern[str], float]


def _cues(*rows: tuple[str, float], end: bool) -> tuple[Cue, ...]:
    return tuple((re.compile(f"(?:{p})$" if end else f"(?:{p})", re.IGNORECASE), weight) for p, weight in rows)


HEDGE = (
    r"(?:(?:like|maybe|just|probably|prolly|um+|uh+|hm+|er+|about|actually|definitely|either|equal to|equals?|now|also|"
    r"simply|only|still|perhaps|possibly|basically|literally|more like|closer "
    r"to|surely|around|approximately|gonna be|going to be|the number|"
    r"number|option|choice|letter|answer|the answer|an? ?|then|also|called|:|-|\.\.+|,) ?)*"
)
THINK = (
    r"(?:think|thin?k?|believe|beleive|guess|guessing|reckon|say|feel like|assume|"
    r"suppose|figured?|bet|know|sure|pretty sure|guessed|thinking|hope)"
)
ITS = (
    r"(?:it'?s|it is|its|it's|tis|it be|that'?s|that is|this is|they'?re|they "
    r"are|he answer is|x is|y is|there (?:is|are)|it (?:has|might|must|should|"
    r"could|would|will|can|may|wud|shud)(?: to)? be|it'?ll be|it'?d be|it (?:was|"
    r"equals?))"
)
ANSWER = (
    r"(?:answer|anwser|anser|awnser|answr|ans|solution|result|value|total|sum|"
    r"area|slope|perimeter|number|final answer|response|guess|product|difference|"
    r"root|vertex|x|y)"
)
LEFT = _cues(
    (rf"\bi(?:'m| am)? (?:\w+ )?{THINK}(?: that)?(?: {ITS}| {ANSWER} is)? {HEDGE}", 4.0),
    (rf"\b(?:think|believe|guess|reckon|say|thinking|guessing)(?: that)?(?: maybe| like)? (?:{ITS} )?{HEDGE}", 3.2),
    (
        rf"\b(?:my|the|our|ur|final|correct|right)(?: final| correct| right)? {ANSWER}(?: "
        rf"here| for this(?: one)?| to this(?: one)?| i (?:got|have|get))? ?(?:is|"
        rf"was|=|:|would be|should be|must be|equals|to be|might be|could be|i got "
        rf"is|i got was|being|becomes|comes out(?: to| as)?)? ?{HEDGE}",
        4.2,
    ),
    (rf"\b(?:final )?{ANSWER} ?[:=-] ?{HEDGE}", 4.2),
    (
        rf"\b(?:i|we) (?:\w+ )?(?:got|get|gets|have|had|found|calculated|ended up "
        rf"with|end up with|came up with|come up with|arrived at|got to|came to|worked "
        rf"it out (?:as|to be)|worked out|solved it and got|see|see it as|count|counted|"
        rf"put|wrote|choose|chose|pick|picked|select|am going with|go with|went with|"
        rf"would go with|would say|wanna say|want to say|keep getting|obtain|obtained) "
        rf"(?:that )?(?:(?:it|this|that|x|y)(?: to be| as|'s| is| =| equals) )?{HEDGE}",
        3.4,
    ),
    (
        rf"\b(?:i'?ll|i'?d|i will|i would|i'm gonna|im gonna|imma|let'?s|lets|gonna|"
        rf"gotta|going|ill|id|i wanna|i want to|i'?m) (?:go|going|try|say|take|pick|"
        rf"choose|saying|guess|sticking|put|answer)(?: with| for)? {HEDGE}",
        4.0,
    ),
    (rf"\b(?:going|go|went|sticking|stick) (?:with|for) {HEDGE}", 3.6),
    (
        rf"\b(?:is|are|was) (?:it|that|this|the answer|the solution|x|y|the result|"
        rf"my answer|the slope|they|these|the value|not) {HEDGE}",
        3.4,
    ),
    (
        rf"\b(?:would|could|should|might|can|must|will|wouldn't|shouldn't|wud) (?:it|"
        rf"that|this|x|y|the answer) (?:then )?(?:just )?(?:not )?(?:be|equal) {HEDGE}",
        3.4,
    ),
    (rf"\b(?:isn'?t|aren'?t|wasn'?t) (?:it|that|x|the answer) {HEDGE}", 3.0),
    (rf"\b{ITS} {HEDGE}", 2.6),
    (
        rf"\b(?:so|therefore|thus|hence|then|thatd be|which (?:gives|is|makes|means|"
        rf"equals|leaves)|(?:that|this|it) (?:gives|makes|means|leaves|leads to|comes "
        rf"to|comes out (?:to|as)|equals|simplifies to|turns into|becomes|works out "
        rf"(?:to|as))|giving|leaving|leaves|gives|gets|getting|equals|makes|and get|"
        rf"to get|and got|i'm left with|left with|simplifies to|reduces to|becomes|"
        rf"comes out to(?: be)?|ends up (?:being|as)|turns out to be|must be|has "
        rf"to be|should be|would be|gotta be|might be|could be|prob|probs?)(?: (?:me|"
        rf"us|you|we|i))?(?: (?:with|get|got|have))? (?:{ITS} )?{HEDGE}",
        2.4,
    ),
    (
        rf"\b(?:got|try|trying|tried this|how about|what about|maybe|perhaps|possibly|"
        rf"probably|prolly|probs|more like|about|ok(?:ay)?|um+|uh+|hm+|er+m*|ah+|"
        rf"oh+|well|yeah|yes|actually|wait|i mean|rather|no wait|definitely|hey|hi|"
        rf"finally|alright|here|here you go|here goes|done|yay|eureka|got it|i got "
        rf"it|ooh|easy)[,:.!? -]*{HEDGE}",
        1.8,
    ),
    (
        rf"\b(?:no|nope|wait|sorry|oops|oh|actually|i mean(?:t)?|scratch that|correction|"
        rf"my bad|rather|instead|nvm|change(?:d)? (?:it|my (?:mind|answer)) to|make "
        rf"(?:that|it)|now i (?:think|get|got|have))[,:.! -]+(?:i (?:mean|meant|think) "
        rf")?(?:(?:{ITS}|make (?:that|it)|to|i mean|i meant) )?{HEDGE}",
        3.4,
    ),
    (
        r"\b(?:factors?|simplif(?:y|ies)|expands?|turns?|reduces?|breaks?|becomes|"
        r"rewritten|written) (?:down )?(?:in)?(?:to|as) (?:be )?",
        2.6,
    ),
    (r"(?:→|=>|->|⇒|∴)\s*", 2.0),
    (r"^[\W_]*", 1.0),
    (
        r"\b(?:not|isn'?t|isnt|aren'?t|wasn'?t|never|no longer|instead of|rather "
        r"than|other than|except|besides|can'?t be|cannot be|doesn'?t equal|than|"
        r"not be)(?: \w+)? ",
        -4.0,
    ),
    (r"\b(?:it|that|x|answer)(?: is|'s)? not ", -4.0),
    (
        r"\b(?:don'?t|do not|doesn'?t|didn'?t) (?:really )?(?:think|believe|feel "
        r"like|see how|want|get)(?: \w+'?s?){0,3} ",
        -7.0,
    ),
    (r"\b(?:check(?:ed|ing)?|verif(?:y|ied)|test(?:ed)?|plug(?:ged|ging)?|substitut(?:e|ed|ing))\b[^.;!?]{0,50}", -3.4),
    (
        r"\b(?:first|before|originally|initially|earlier|previously|used to|at first|"
        r"last time|wrongly|already|accidentally)\b[^.!?\n]{0,25}",
        -2.2,
    ),
    (
        r"\b(?:thought (?:it|that|the answer|this)(?: was| is|'s)?|i tried|i had|"
        r"tried|i put|i said|i typed|i entered|entered|wrote) ",
        -1.2,
    ),
    (
        r"\b(?:because|cuz|cause|coz|cos|bc|since|as|if|when|due to|after|b/c)(?: "
        r"(?:the|a|we|i|you|my|it|that|both|if|when|both sides))?(?: \w+){0,2} ",
        -2.6,
    ),
    (
        r"\b(?:divide[ds]?|dividing|div|multiply|multiplied|multiplying|times|timesed|"
        r"timsed|subtract(?:ed|ing)?|minus(?:ed)?|add(?:ed|ing)?|plus(?:ed)?|take "
        r"away|took away|move[ds]?|moving|cancel(?:led|ed|s)?|distribut(?:e|ed|ing)|"
        r"combin(?:e|ed|ing)|factor(?:ed|ing)? out|plug(?:ged|ging)? in|put in|substitut(?:e|"
        r"ed|ing)|squar(?:e|ed|ing)|simplif(?:y|ied)|isolat(?:e|ed)|remov(?:e|ed)|"
        r"used|using|did|do|doing|convert(?:ed)?|flip(?:ped)?|expand(?:ed)?|foil(?:ed)?|"
        r"take|took|undo|solve[ds]?|work(?:ed)? out|start(?:ed)? with|round(?:ed)?|"
        r"cross(?:ed)? multipl(?:y|ied))(?: (?:out|off|it|both|both sides|each side|"
        r"everything|the|by|with|from|of|to|and|side|sides|over|that|this|for|together)){0,4} ",
        -2.8,
    ),
    (
        r"\b(?:divided|multiplied|by|of|from|with|into|step|problem|question|number|"
        r"page|exercise|part|#|of the|both|these|those|than|there are|have|has|with "
        r"the|per|every|each|in|times|like|on|at|for|to|does|do|did|why is|why's|"
        r"what is|what's|whats|how is|how) ",
        -1.4,
    ),
    (r"\bif (?:x|y|it|that|n)(?: is|'s| was| were|=| =) ", -3.0),
    end=True,
)
RIGHT = _cues(
    (
        r"^ ?(?:is|was|would be|should be) (?:the|my|what i)(?: final| correct| "
        r"right)? ?(?:answer|anwser|result|solution|guess|got|think|final)\b",
        4.0,
    ),
    (r"^ ?(?:is|was) (?:what )?(?:i|we) (?:got|get|think|have|would say|believe)\b", 3.6),
    (
        r"^(?: is)?,? ?(?:right|correct|yes|yeah|yea|rite|no|ok|okay|maybe|i think|"
        r"i thinks|i guess|i believe|i suppose|i reckon|i hope|probably|prob|prolly|"
        r"is that right|is this right|is it right|is that correct|is it|am i right|"
        r"or not|final answer|sound good|sounds good|lol|idk|correct me)\b ?[?!.,]*",
        2.4,
    ),
    (
        r"^ ?[.!?,)]* ?(?:right|is that right|is that correct|am i right|is it right|"
        r"is this right|correct|did i get it)\b",
        1.8,
    ),
    (r"^ ?\?", 1.5),
    (r"^[\W_]*$", 1.2),
    (r"^,? ?(?:because|bc|b/c|cuz|cause|coz|cos|since|as|given that|by)\b", 2.2),
    (r"^,? ?(?:but (?:i'?m )?(?:not|un)\b|but idk|but not sure|not sure|not 100)", 2.0),
    (r"^ ?(?:is|was|isn'?t|isnt|wasn'?t) (?:wrong|not|incorrect|the wrong|too)", -4.0),
    (
        r"^ ?(?:but )?(?:no,? ?)?(?:wait|actually|scratch that|i mean|i meant|sorry|oops|nvm|no)\b,?(?! (?:is|am) )",
        -2.6,
    ),
    (
        r"^ ?[,.]* ?(?:but (?:then|now|after|later)|but (?:it was|that was|it'?s|"
        r"you said|thats|that's) (?:wrong|not)|before (?:but|and)|at first|first\b|"
        r"then i (?:checked|realized|noticed))",
        -3.0,
    ),
    (r"^ ?(?:on|from|to|off|in|into|by|for) (?:both|each|the other|one|the|every)\b", -2.6),
    (
        r"^ ?(?:sides?|times|steps?|questions?|problems?|points?|pages?|numbers?|"
        r"terms?|hints?|tries|attempts|minutes? (?:left|ago|now)|hours? (?:left|"
        r"now|ago|on)|ways?|things?|people|kids|friends|digits)\b",
        -2.2,
    ),
    (
        r"^ ?(?:so|then|which (?:gives|means|is)|therefore|and then|and (?:divided|"
        r"subtracted|added|multiplied|got|get|i)|=>|->|→|⇒)",
        -1.0,
    ),
    end=False,
)
BETTER = re.compile(
    r"\b(?:no,? wait|wait,? no|actually|i mean|i meant|scratch that|correction|sorry|oops|nvm|changed my mind|no no|"
    r"on second thought|wait|rather|instead|final answer)\b",
    re.IGNORECASE,
)


# What stands behind these is what came of the working before it.
CONCLUDING = re.compile(
    r"\b(?:so|hence|therefore|thus|or simplified|simplif\w+|leaving|leaves|in the end|finally|overall|in total)\b"
    r"(?!.*\b(?:because|since|but)\b)[^.;!?]{0,40}$",
    re.IGNORECASE,
)


def _weigh(text: str, span: Span, key: KeySort) -> Span:
    left, right = text[max(0, span.start - 90) : span.start], text[span.end : span.end + 60]
    clause = re.split(r"(?<=[!?;\n])|(?<=\.) ", left)[-1]
    # "it's (5)" is "it's 5" for the words on the left
    bare = clause.rstrip("($\"'*_[{ ") + " " if clause.rstrip("($\"'*_[{ ") else clause.strip("($\"'*_[{ ")
    pluses = [weight for cue, weight in LEFT if weight > 0 and cue.search(bare)]
    minuses = [weight for cue, weight in LEFT if weight < 0 and cue.search(bare)]
    fore = max(pluses, default=0.0) + min(minuses, default=0.0)
    if any(weight >= 3 for weight in pluses) and min(minuses, default=0.0) > -2:
        fore = max(pluses)  # "I'd go with 5": the "with" belongs to the offer
    after = right.lstrip("\"')*_$]}")
    gains = [weight for cue, weight in RIGHT if weight > 0 and cue.search(after)]
    losses = [weight for cue, weight in RIGHT if weight < 0 and cue.search(after)]
    hind = max(gains, default=0.0) + min(losses, default=0.0)
    score = fore + hind
    piece = span.text
    kind = _kind(piece) if span.sort == "math" else span.sort
    if kind == "equation" and re.fullmatch(r"[A-Za-z]\w{0,3}(?:\([a-z]\))?\s*=\s*[^=]+", piece):
        score += 1.0  # solved for something
    if CONCLUDING.search(clause):
        score += 1.2
    if key.known:
        fits = {
            "equation": key.equation or key.number,
            "inequality": key.inequality,
            "pair": key.pair,
            "phrase": key.wordy,
            "choice": key.letter,
            "key": key.wordy,
        }.get(kind, not key.wordy and not key.letter)
        score += 0.8 if fits else -0.8
    if (
        span.sort == "phrase"
        and not key.wordy
        and re.fullmatch(
            r"(?:yes|no|yep|yeah|nope|all|both|none|never|always|sometimes|positive|negative|increasing|decreasing)",
            piece,
            re.IGNORECASE,
        )
    ):
        score -= 3.0
    led = max([*pluses, *gains], default=0.0) >= 2 and score > 1.5
    return replace(span, score=score, led=led)


MOST = 40  # candidates that are weighed: the last ones of a message that has more

# Candidates ---------------------------------------------------------------------------------------------------------

LEAD = re.compile(
    rf"(?:\bi(?:'m| am)? (?:\w+ )?{THINK}(?: that)?(?: the)?(?: {ITS}| {ANSWER} "
    rf"is)?|\b(?:my|the) (?:final )?{ANSWER} (?:is|would be|should be|must be|"
    rf"=)|\b(?:final )?answer ?[:=]|"
    rf"\b(?:is|are) (?:it|they|that|this|the answer)|\b{ITS}|\bgo (?:with|w)|"
    rf"\b(?:would|could|should|might) (?:it|that) be|\bi(?:'ll|'d| would| will)? "
    rf"(?:go with|say|pick|choose)|\bmust be|\bcalled) "
    r"(?:(?:like|maybe|just|probably|called|the|an?|um+|either|definitely|actually|"
    r"be|pretty sure) )*(?P<words>[A-Za-z][A-Za-z' -]{1,60})",
    re.IGNORECASE,
)
WORDS_END = re.compile(
    r"\b(?:because|cuz|cause|coz|bc|since|as|but|right|i think|i guess|i believe|"
    r"maybe|if|when|so|and|or|cause|correct|is that|not sure|lol|idk|pls|please|"
    r"for|by|then|which|that)\b.*$",
    re.IGNORECASE,
)
NO_WORDS = re.compile(
    r"^(?:not|wrong|right|correct|hard|too|so|really|very|stupid|boring|easy|"
    r"confus\w+|stuck|lost|you|i|it|this|that|what|"
    r"how|why|there|in|on|at|like|here|going|a lot|much|dumb|fun|ok|okay|fine|sure|done|good|bad|ready|impossible|kind|"
    r"because|about|never|time|my|your|me|we|they|he|she|some\w*|no|cool|great|"
    r"nice|late|tired|weird|broken|frozen|nothing)\b",
    re.IGNORECASE,
)


def candidates(text: str, keys: Sequence[str] = (), choices: Sequence[str] = ()) -> list[Span]:
    """Everything in a cleaned message that could be an answer, in order, weighed."""
    key = sort_of(keys)
    if SURE.search(text):
        text = SURELY.sub(lambda match: " " * len(match.group()), text)
    found: list[Span] = []
    named = [
        m for m in CHOICE.finditer(text) if m["named"] and not re.match(r"(?:the )?answer", m.group(), re.IGNORECASE)
    ]
    found.extend(Span(m.group(), m.start(), m.end(), "choice") for m in named)
    taken = [(m.start(), m.end()) for m in named]
    math = [(a, b) for a, b in _math_spans(text) if not _inside(a, taken)]
    words = [(m.start(), m.end()) for m in NUMBER_WORDS.finditer(text) if not _inside(m.start(), math)]
    long = [m.span() for m in NUMBER_WORDS.finditer(text) if any(m.start() == a and b < m.end() for a, b in math)]
    math = [(a, b) for a, b in math if not _inside(a, long)]
    words = sorted({*words, *long})
    words = [(a, b) for a, b in words if text[a:b].lower() != "one" or ONE_MEANT.search(text[max(0, a - 40) : a])]
    base = sorted([(a, b, "math") for a, b in math] + [(a, b, "words") for a, b in words])
    base = _joined(text, base, key)
    for a, b, sort in base:
        for start, end in _pieces(text, a, b, key) if sort == "math" else [(a, b)]:
            unit = UNIT.match(text, end) if re.search(r"[\w)²³}]$", text[start:end]) else None
            if unit and not re.match(
                r" in (?:the|a|my|both|this|for|it|order|there|each)\b| (?:s|m|l|g|in)\b(?! ?[.?!,]| ?$)",
                text[end:],
                re.I,
            ):
                end = unit.end()
            start, end = _without_working(text, start, end, key)
            found.append(Span(text[start:end], start, end, sort))
    found = _with_parts(text, found)
    taken = [(span.start, span.end) for span in found]
    for match in PHRASE.finditer(text):
        if not _inside(match.start(), taken):
            found.append(Span(match.group(), match.start(), match.end(), "phrase"))
    for match in CHOICE.finditer(text):
        if not _inside(match.start(), taken) and _offers_choice(text, match, key, choices):
            found.append(Span(match.group().strip(), match.start(), match.end(), "choice"))
    for phrase in (*choices, *(keys if key.wordy else ())):
        found.extend(each for each in _spelled(text, phrase.strip().strip("$")) if not _inside(each.start, taken))
    for match in SEVERAL.finditer(text):
        found = [span for span in found if not match.start() <= span.start < match.end()]
        found.append(Span(match.group(), match.start(), match.end(), "math"))
    weighed = [_weigh(text, span, key) for span in sorted(found, key=lambda span: span.start)[-MOST:]]
    if key.wordy or not any(span.score > 0 for span in weighed):
        for match in LEAD.finditer(text):
            phrase = WORDS_END.sub("", match["words"]).strip(" '-")
            start = match.start("words")
            if not phrase or len(phrase.split()) > 5 or NO_WORDS.match(phrase) or text[start:].startswith("pi"):
                continue
            if not _inside(start, [(span.start, span.end) for span in found]):
                weighed.append(_weigh(text, Span(phrase, start, start + len(phrase), "lead"), key))
    weighed = _after_reasons(text, weighed)
    return sorted(_after_corrections(text, weighed), key=lambda span: span.start)


def _inside(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)


def _joined(text: str, base: list[tuple[int, int, str]], key: KeySort) -> list[tuple[int, int, str]]:
    """ "two x plus 1", "x = 2 or x = 3", "x is greater than 4" become one."""
    joined: list[tuple[int, int, str]] = []
    for start, end, sort in base:
        after = AFTER_VERBAL.match(text, end)
        if after:
            end = after.end()
        if joined:
            previous_start, previous_end, previous_sort = joined[-1]
            between = text[previous_end:start]
            verbal = VERBAL.fullmatch(between)
            if verbal:
                word = verbal.group().strip().lower()
                a, b = text[previous_start:previous_end], text[start:end]
                counted = word == "in" and a.isdigit() and b.isdigit()  # 1 in 6
                ranged = word == "to" and (key.pair or key.ratio or bool(re.search(r"\bfrom $", text[:previous_start])))
                if (
                    ranged
                    or counted
                    or word not in ("or", "and", "to the", "is", "to", "in")
                    or (word in ("or", "and") and _kind(a) == _kind(b) and not re.search(r"[a-z]{3}", a + b, re.I))
                ):
                    joined[-1] = (previous_start, end, "math" if "math" in (sort, previous_sort) else "words")
                    continue
        joined.append((start, end, sort))
    return [_with_variable(text, each, key) for each in joined]


def _with_parts(text: str, spans: list[Span]) -> list[Span]:
    """2 hours 30 minutes, 5 feet 3 inches, 4 dollars and 50 cents: one answer each."""
    merged: list[Span] = []
    for span in spans:
        before = merged[-1] if merged else None
        if (
            before
            and text[before.end : span.start] in (" ", " and ", ", ")
            and all(map(MEASURED.search, (before.text, span.text)))
        ):
            merged[-1] = Span(text[before.start : span.end], before.start, span.end, before.sort)
        else:
            merged.append(span)
    return merged


MEASURED = re.compile(
    r"\d ?(?:h|hrs?|hours?|min|mins|minutes?|feet|foot|ft|inch|inches|in|dollars?|"
    r"cents?|lbs?|pounds?|oz|ounces?|yards?|days?|weeks?|m|cm|km|kg|g)$"
)
LIMITED = re.compile(
    r"(?<![\w'])(?:(?:greater|less|more|bigger|smaller|larger) than(?: or equal(?: to)?)?|at least|at most|between) $",
    re.IGNORECASE,
)
COMPARED = re.compile(
    r"(?<![\w'])[a-z] (?:(?:is|has to be|must be|should be) )?"
    r"(?:(?:greater|less|more|bigger|smaller|larger) than(?: or equal(?: to)?)?|"
    r"at least|at most|between|not equal to|cannot be|can't be) $",
    re.IGNORECASE,
)
SEVERAL = re.compile(
    r"(?<![\w'])[a-z] (?:is|equals) -?[\d./]+,? (?:and|or) [a-z] (?:is|equals) -?[\d./]*\d(?![\w/])", re.IGNORECASE
)
SURELY = re.compile(r"(?<=\s)100 ?%(?= (?:sure|certain|positive|confident))|(?<=\s)100 ?%(?=[\s.!?]*$)", re.IGNORECASE)
SURE = re.compile(r"\b(?:sure|certain|positive|confident)\b", re.IGNORECASE)
ONE_MEANT = re.compile(
    r"(?:^\W*|\b(?:it'?s|its|is|be|got|get|equals?|think|guess|say|answer|negative|"
    r"minus|or|to|maybe|um+|x|=|it)\b[\s:,.=]*)$",
    re.IGNORECASE,
)
SIGN = re.compile(
    r"(?<![\w'])(?:plus or (?=minus)|(?:plus or )?(?:negative|minus|neg) |(?:the )?(?:square |cube )?root (?:of )?)$",
    re.IGNORECASE,
)


def _with_variable(text: str, span: tuple[int, int, str], key: KeySort) -> tuple[int, int, str]:
    start, end, sort = span
    near = max(0, start - 60)
    before = COMPARED.search(text[near:start])
    if before is None and (key.inequality or key.pair or not key.known):
        before = LIMITED.search(text[near:start])
    before = before or SIGN.search(text[near:start])
    return (near + before.start(), end, sort) if before else span


TWO = re.compile(r"([a-z])\s*=\s*[^\s=]+\s+([a-z])\s*=\s*[^\s=]+", re.IGNORECASE)


def _without_working(text: str, start: int, end: int, key: KeySort) -> tuple[int, int]:
    """Of "2x + 3x = 5x" and "x = 10/2 = 5" what stands last, where the key asks for no equation (nor says nothing)."""
    piece = text[start:end]
    spoken = re.search(r" equals ", piece)
    if spoken and re.match(r"[\w.]+ \w+ ", piece):
        return _trimmed(text, start + spoken.end(), end) or (start, end)  # 10 minus 3 equals 7
    sides = [(m.start(), m.end()) for m in EQUAL.finditer(piece)]
    if TWO.fullmatch(piece):
        return start, end  # x = 2 y = 3
    if not sides or re.search(r"[,;&<>≤≥]|\b(?:or|and)\b", piece):
        return start, end
    lone = re.fullmatch(r"\s*[A-Za-z]\w{0,3}(?:\([a-z]\))?\s*", piece[: sides[0][0]])
    numeric = re.fullmatch(r"[\d\s.+*/×÷·^()−-]+", piece[: sides[0][0]])
    if len(sides) == 1 and (lone or (not numeric and not (key.known and not key.equation))):
        return start, end
    if key.equation and (len(sides) == 1 or lone is None):
        return start, end
    cut = start + sides[-1][1]
    return _trimmed(text, cut, end) or (start, end)


def _offers_choice(text: str, match: re.Match[str], key: KeySort, choices: Sequence[str]) -> bool:
    """A single letter is a choice where words or the key say so; "option 2" and "the second one" are anyway."""
    if match["named"] or match["ringed"]:
        return True
    if match["place"]:
        return True
    if re.match(r"'", text[match.end() :]) or (match.start() and text[match.start() - 1] in "-'"):
        return False
    alone = len(text) < 20 and not re.search(r"\w", text[: match.start()] + text[match.end() :])
    led = re.search(
        rf"(?:\b{ITS}|\b{THINK}|answer(?: is)?|\bis it|\b(?:go|going) with|\bgot|"
        rf"\bpick|\bchoose|\bsay|:|\bmaybe|\bbe|\bum+|\bprobably|\bpicked|\bchose|"
        rf"\bis) ?:? ?$",
        text[max(0, match.start() - 40) : match.start()],
        re.IGNORECASE,
    )
    upper = match.group().isupper()
    if (
        match.group() in ("a", "A")
        and re.match(r" \w", text[match.end() :])
        and not re.match(
            r" (?:i think|because|since|cuz|bc|is (?:right|correct|the answer|my)|right\W*$|but)",
            text[match.end() :],
            re.IGNORECASE,
        )
    ):
        return False  # an article
    near = re.match(
        r" ?(?:\?|$|\.|,|right\b|i think|because|is (?:right|correct|the answer|my))", text[match.end() :], re.I
    )
    return (
        alone or bool(led and (upper or key.letter or near)) or (upper and (key.letter or bool(choices) or bool(near)))
    )


def _spelled(text: str, phrase: str) -> list[Span]:
    """Where the message has the words of a choice or a worded key, cases and one slip of the pen aside."""
    wanted = WORDY.findall(phrase.lower())
    if not wanted or len(phrase) < 3 or len(wanted) > 12:
        return []
    there = [(m.group().lower(), m.start(), m.end()) for m in WORDY.finditer(text)]
    for i in range(len(there) - len(wanted) + 1):
        if all(_alike(there[i + k][0], wanted[k]) for k in range(len(wanted))):
            start, end = there[i][1], there[i + len(wanted) - 1][2]
            lettered = re.match(r"\w[ -]", phrase)  # y-intercept, x axis
            if lettered and text[max(0, start - 2) : start].lower() == lettered.group().lower():
                start -= 2
            return [Span(text[start:end], start, end, "key")]
    return []


def _alike(a: str, b: str) -> bool:
    """The same word, or one letter too many, missing, other or swapped in a word of five or more."""
    if a == b or (len(b) > 3 and a.rstrip("s") == b.rstrip("s")):
        return True
    if min(len(a), len(b)) < 5 or abs(len(a) - len(b)) > 1:
        return False
    i = 0
    while i < min(len(a), len(b)) and a[i] == b[i]:
        i += 1
    return (
        a[i + 1 :] == b[i + 1 :]
        or a[i + 1 :] == b[i:]
        or a[i:] == b[i + 1 :]
        or (a[i : i + 2] == b[i : i + 2][::-1] and a[i + 2 :] == b[i + 2 :])
    )


REASON = re.compile(r"\b(?:because|cuz|cause|coz|since|bc|b/c)\b[^.!?\n]*", re.IGNORECASE)
CONCLUDES = re.compile(r",? (?:so|then|therefore|i (?:think|get|got|guess)|the answer|it'?s|it must)\b", re.IGNORECASE)


def _after_reasons(text: str, spans: list[Span]) -> list[Span]:
    """What stands in a reason counts less where something was offered before it, up to where the reason concludes."""
    lowered = list(spans)
    for match in REASON.finditer(text):
        if not any(span.led and span.end <= match.start() for span in spans):
            continue
        end = CONCLUDES.search(text, match.start() + 12, match.end())
        stop = end.start() if end else match.end()
        lowered = [replace(s, score=s.score - 3.0) if match.start() < s.start < stop else s for s in lowered]
    return lowered


def _after_corrections(text: str, spans: list[Span]) -> list[Span]:
    """What was said before "no wait" and "actually" counts less, what comes after more."""
    fixes = [match.start() for match in BETTER.finditer(text)]
    if not fixes:
        return spans
    last = next((at for at in reversed(fixes) if any(s.start > at and s.score > 0 for s in spans)), None)
    if last is None:
        return spans
    return [replace(s, score=s.score + (1.0 if s.start > last else -1.0)) for s in spans]


def best(spans: Sequence[Span]) -> Span | None:
    """The span most likely offered as the answer: the best weighed, of equals the last."""
    return max(spans, key=lambda span: (span.score, span.start), default=None)


# The fast path ------------------------------------------------------------------------------------------------------

# A chemical equation, or whatever else is written with an arrow between its two sides.
ARROWED = re.compile(
    r"(?:\d*\s?(?:[A-Z][a-z]?\d*|\([A-Z][A-Za-z\d]*\)\d*)+(?:\^?\d*[+-])?\s?\+?\s?)+(?:->|→|⟶|=>|=)\s?"
    r"(?:\+?\s?\d*\s?(?:[A-Z][a-z]?\d*|\([A-Z][A-Za-z\d]*\)\d*)+(?:\^?\d*[+-])?(?:\s(?=\+))?)+"
)


def reaction(text: str, keys: Sequence[str]) -> str | None:
    """The equation of a reaction in a message, where the key is one."""
    if not any(ARROWED.fullmatch(key.strip().strip("$")) for key in keys):
        return None
    found = ARROWED.search(text)
    return found.group().strip() if found else None


def whole_answer(text: str, keys: Sequence[str] = (), choices: Sequence[str] = ()) -> str | None:
    """The answer where a cleaned message is nothing but one: mathematics, a choice, a fixed phrase, the key's word."""
    plain = re.sub(r"^[\s\"'*_,;:?~>]+|[\s\"'*_.,;:?~]+$", "", text).rstrip("!") if text else ""
    if not plain or len(plain) > 300:
        return None
    if (whole := reaction(plain, keys)) is not None and whole == plain:
        return whole
    key = sort_of(keys)
    low = plain.casefold()
    if any(low == word.strip().strip("$").casefold() for word in choices):
        return plain
    if key.wordy and any(low == word.strip().strip("$").casefold() for word in keys):
        return plain
    if re.fullmatch(r"\(?[A-H]\)?|[b-h]\)?|\(?[a-h]\)", plain) or (
        key.letter and re.fullmatch(r"\(?[a-hA-H]\)?", plain)
    ):
        return plain
    if re.fullmatch(r"(?:the )?(?:option|choice|letter) (?:[a-h]|\d)", low):
        return plain
    phrase = PHRASE.fullmatch(plain)
    if phrase and (key.wordy or len(plain.split()) > 1 or low in ("undefined", "dne", "infinity", "impossible")):
        return plain
    if NUMBER_WORDS.fullmatch(plain):
        return plain
    spans = _math_spans(plain)
    if len(spans) == 1 and not CHOICE.fullmatch(plain):
        start, end = spans[0]
        unit = UNIT.match(plain, end)
        end = unit.end() if unit else end
        if (start, end) == (0, len(plain)) or not re.search(r"\w", plain[:start] + plain[end:]):
            pieces = _pieces(plain, *spans[0], key)
            first, last = pieces[-1] if pieces else spans[0]
            if unit and last == spans[0][1]:
                last = end
            if last != len(plain) and not re.search(r"\w", plain[last:]) and (first, last) == spans[0]:
                return plain[first:last]
            first, last = _without_working(plain, first, last, key)
            return plain[first:last]
    if re.fullmatch(r"-?[a-z]", plain) and not choices:
        return plain
    return None


SIGNS_ALONE = re.compile(r"[\dA-Za-z\s()\[\]{}+\-−–*/=<>^\\.,|_$%!×·÷√π²³½≤≥∞]+")


def is_unfinished(text: str) -> bool:
    """Mathematics and nothing else, also where it cannot be read: `3x + (`. Neither a word nor a smile is in it."""
    signs = SIGNS_ALONE.fullmatch(text) and re.search(r"[\d()\[\]{}+*/=^\\]", text)
    return bool(signs) and not re.search(r"[A-Za-z]{2,}", text)
