"""What a message can be meant as, and the words for which that is certain: those of the buttons and the like.

Patterns a reader can check, whole messages only. Everything else is for the `understand` student (`listening.py`).
"""

import re
from enum import StrEnum

from tutor_app.tutoring.checking import Question


class Intent(StrEnum):
    GREETING = "greeting"  # nothing was said yet: the tutor begins
    IDLE = "idle"  # nothing was said for a while
    ANSWER = "answer"
    EXPLAINS = "explains"  # says how they thought, after being asked
    HINT = "hint"
    ACCEPT = "accept"  # yes, to help that was offered
    DECLINE = "decline"
    STUCK = "stuck"
    NEXT = "next"
    WHY_THIS = "why this"
    WHY_WRONG = "why wrong"
    CONCEPT = "concept"
    SUMMARY = "summary"
    CHAT = "chat"
    META = "meta"  # about the tutor or the page
    PERSON = "person"  # would rather talk to one
    DISTRESS = "distress"  # harm to themselves or by others
    UNCLEAR = "unclear"


# Whole messages, in small letters and without the punctuation at the end; the first match counts. The language of each
# is small on purpose: only what can mean nothing else.
PLEASE = r"(?:please |pls |plz )?"
HINT = r"(?:hint|clue|tip)"
JUDGED = r"(?:wrong|right|(?:in)?correct)"
IT = r"(?:it|this|that)"
ONE = r"(?: one| problem| question| exercise)?"
WISHES: tuple[tuple[Intent, tuple[str, ...]], ...] = (
    (
        Intent.PERSON,
        (
            r"(?:(?:please )?(?:can|could|may) i|i (?:want|need|would like|'?d like)(?: to)?|let me) (?:please )?"
            r"(?:talk|speak|chat|write)(?: to| with)? (?:an? |my |the |some)?(?:real |actual |human )?"
            r"(?:person|human|teacher|instructor|body|one|adult)(?: please| instead| now)?",
            r"(?:please )?(?:get|call|ask) (?:an? |my |the )(?:real |actual |human )?"
            r"(?:person|human|teacher|instructor)",
        ),
    ),
    (
        Intent.HINT,
        (
            rf"{PLEASE}(?:can|could|may) (?:i|you) (?:have|get|give me) (?:(?:a|another|one more|the next) )?{HINT}",
            rf"(?:a |another |next |one more |give me a |i (?:need|want) (?:a|another) )?{HINT}s?",
            rf"{PLEASE}(?:help|help me|i need(?: some)? help|can you help(?: me)?|some help)",
        ),
    ),
    (
        Intent.STUCK,
        (
            r"(?:(?:i'?m|i am|im|we'?re) )?(?:really |so |totally |a bit )?(?:stuck|lost|confused)(?: here)?",
            rf"(?:i )?(?:don'?t|do not) (?:know|understand|get)(?: {IT}| what to do| how to (?:start|do {IT}))?",
            r"(?:i )?(?:don'?t|do not) (?:know|understand|get) the (?:answer|question|problem|step)",
            # Who asks for the answer is helped on: the ladder ends with it.
            rf"{PLEASE}(?:just )?(?:show|tell|give) me the (?:answer|solution)|what(?:'?s| is) the (?:answer|solution)",
            r"no idea|idk|dunno|no clue|i have no (?:idea|clue)|i give up|show me",
            r"how (?:do|should|can) i (?:start|begin|do (?:it|this))",
        ),
    ),
    (
        Intent.NEXT,
        (
            rf"(?:ok(?:ay)? )?(?:the )?next{ONE}|(?:let'?s )?(?:move on|go on|continue|skip)(?: (?:it|this))?{ONE}",
            rf"(?:can i (?:have|get) |give me |i want |try )?(?:another|a new|a different|new|one more){ONE}",
        ),
    ),
    (
        Intent.WHY_THIS,
        (
            r"why (?:this|that|the)(?: one| problem| question| exercise)",
            r"why (?:did|do|have) you (?:pick|choose|chosen|give|given) .*",
        ),
    ),
    (
        Intent.WHY_WRONG,
        (
            r"(?:but )?why(?: not)?",
            rf"(?:but )?why (?:is|was|isn'?t|wasn'?t) (?:{IT}|my answer|mine)(?: (?:not )?{JUDGED})?",
            r"what(?:'?s| is) (?:wrong|my mistake)(?: with .*)?|what (?:did|have|am) i (?:do|done|doing) wrong",
            r"where(?:'?s| is) (?:my|the) (?:mistake|error)",
        ),
    ),
    (
        Intent.SUMMARY,
        (r"summary|my progress|how (?:am i|did i|have i been) do.*", r"what have i (?:learn|done|practi).*"),
    ),
    (
        Intent.CHAT,
        (
            r"(?:hi|hello|hey|good (?:morning|afternoon|evening))(?: there| tutor)?",
            r"(?:thanks|thank (?:yo)?u|thx|ty|cheers)(?: so much| a lot| very much)?",
            r"cool|great|nice|got it|i see|alright|bye|good ?bye|wow|lol|(?:ha){2,}|ok(?:ay)?",
        ),
    ),
    (Intent.CONCEPT, (rf"what does {IT} mean",)),
)
_WISHES = tuple((intent, re.compile("|".join(f"(?:{each})" for each in patterns))) for intent, patterns in WISHES)

# Patterns are tried on short messages only: nobody writes an essay to ask for a hint.
LONGEST_WISH = 200


def wish_in(text: str) -> Intent | None:
    """The wish that these words are known for; None where they are none of them."""
    plain = " ".join(text.replace("’", "'").split()).rstrip(" .!?…").lower().removesuffix(" please").rstrip(" ,")
    if not plain:
        return Intent.STUCK if "?" in text else Intent.UNCLEAR
    if len(plain) <= LONGEST_WISH:
        for intent, pattern in _WISHES:
            if pattern.fullmatch(plain):
                return intent
    return None


REASONING = re.compile(
    r"(?:well|um+|uh+|so|ok(?:ay)?|cos|coz|cuz|because|since|bc|as|first|then|from|by)\b"
    r"|i (?:just |first |only |always )?(?:did|took|add\w*|subtract\w*|multipl\w+|divid\w+|thought|worked|went)\b"
    r"|i (?:just |first |only |always )?(?:start\w*|used|put|counted|read|made|got|wanted|combined|distributed)\b"
    r"|i (?:just |first |only |always )?(?:left|forgot|kept|moved|flipped|switched|wrote)\b",
    re.IGNORECASE,
)


def gives_reasons(text: str) -> bool:
    """Begins as people do who say how they went about it."""
    return bool(REASONING.match(text.strip()))


YES = re.compile(r"(?:yes|yeah|yep|yup|ya|ok(?:ay)?|sure|please|go on|why not|y)(?: (?:please|pls|sure|do|go on))*")
NO = re.compile(
    r"(?:no|nope|nah|not yet|no thank(?:s| you)|n|i'?ll try(?: again| it)?|let me try(?: again| it)?)(?: thanks?)?"
)


def reply_to_offer(text: str) -> Intent | None:
    """Yes or no to the hint that was just offered; None if it is neither."""
    plain = " ".join(text.replace("’", "'").replace(",", " ").split()).rstrip(" .!").lower()
    return Intent.ACCEPT if YES.fullmatch(plain) else Intent.DECLINE if NO.fullmatch(plain) else None


def is_spelled_out(text: str, question: Question) -> bool:
    """The message is one of the choices or accepted words, letter by letter (cases aside): "next" may be the answer."""
    plain = " ".join(text.replace("’", "'").split())
    return plain.casefold() in {word.strip().strip("$").casefold() for word in (*question.choices, *question.answers)}


WORD = re.compile(r"[A-Za-z]{2,}")


def is_sentence(text: str) -> bool:
    """More words than the words that a step asks for: said about it, not given as the answer."""
    return len(WORD.findall(text)) >= 6


def reads_as_prose(text: str) -> bool:
    """More words than an answer would have: when it can't be read as mathematics, it was not meant as such."""
    return len(WORD.findall(text)) >= 3 or text.rstrip().endswith("?")
