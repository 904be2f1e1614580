"""What a message is meant as, by its words. Anything that is no known wish is tried as an answer.

The first form: patterns a reader can check. It never guesses: what is neither a wish nor readable as an answer is
`UNCLEAR`, and the tutor says so.
"""

import re
from enum import StrEnum

from tutor_app.tutoring.checking import Question


class Intent(StrEnum):
    GREETING = "greeting"  # nothing was said yet: the tutor begins
    ANSWER = "answer"
    HINT = "hint"
    STUCK = "stuck"
    NEXT = "next"
    WHY_THIS = "why this"
    WHY_WRONG = "why wrong"
    CONCEPT = "concept"
    SUMMARY = "summary"
    CHAT = "chat"
    UNCLEAR = "unclear"


# Whole messages, in small letters and without the punctuation at the end; the first match counts. The language of each
# is small on purpose: what is not in it is tried as an answer, and an unreadable answer is asked about, not guessed at.
PLEASE = r"(?:please |pls |plz )?"
HINT = r"(?:hint|clue|tip)"
JUDGED = r"(?:wrong|right|(?:in)?correct)"
IT = r"(?:it|this|that)"
ONE = r"(?: one| problem| question| exercise)?"
WISHES: tuple[tuple[Intent, tuple[str, ...]], ...] = (
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
            r"ok(?:ay)?|cool|great|nice|got it|i see|alright|sure|bye|good ?bye|wow|lol|(?:ha){2,}",
            r"(?:who|what) are you|are you (?:a )?(?:human|real|person|robot|bot|ai|machine).*",
            r"this is (?:boring|stupid|hard|too hard|annoying).*|i hate .*|i'?m (?:tired|bored|sad|angry)",
        ),
    ),
    (
        Intent.CONCEPT,
        (
            r"what(?:'?s| is| are| does| do| did) .*",
            rf"{PLEASE}(?:(?:can|could) you )?(?:explain|define|tell me about|remind me)(?: .*)?",
            rf"(?:how|when|why) (?:do|does|can|should|would|is|are|did) (?:i|you|we|one|the|an?|they|two|both|{IT}) .*",
        ),
    ),
)
_WISHES = tuple((intent, re.compile("|".join(f"(?:{each})" for each in patterns))) for intent, patterns in WISHES)

# Patterns are tried on short messages only: nobody writes an essay to ask for a hint.
LONGEST_WISH = 200


def understand(text: str, question: Question | None) -> Intent:
    """What the learner wants. `question` is what an answer would be checked against, if one is open."""
    if not text:
        return Intent.GREETING
    plain = " ".join(text.replace("’", "'").split())
    if question is not None and is_spelled_out(plain, question):
        return Intent.ANSWER  # "next" may be the right word
    plain = plain.rstrip(" .!?…").lower().removesuffix(" please").rstrip(" ,")
    if not plain:
        return Intent.STUCK if "?" in text else Intent.UNCLEAR
    if len(plain) <= LONGEST_WISH:
        for intent, pattern in _WISHES:
            if pattern.fullmatch(plain):
                return intent
    return Intent.ANSWER if question is not None else Intent.UNCLEAR


def is_spelled_out(plain: str, question: Question) -> bool:
    """The message is one of the choices or accepted words, letter by letter (cases aside)."""
    return plain.casefold() in {word.strip().strip("$").casefold() for word in (*question.choices, *question.answers)}


WORD = re.compile(r"[A-Za-z]{2,}")


def reads_as_prose(text: str) -> bool:
    """More words than an answer would have: when it can't be read as mathematics, it was not meant as such."""
    return len(WORD.findall(text)) >= 3 or text.rstrip().endswith("?")
