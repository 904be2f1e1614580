"""What the student sees of a message: words and letters hashed, and a few dozen things one can name.

Letters: B hash buckets, F named features. The text vector (E) comes from the encoder and is no business of this file.
"""

import math
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models_core.understanding.answers import Span, best, candidates, sort_of

BUCKETS = 8192
LONGEST_WORD, MOST_WORDS = 24, 200


@dataclass(frozen=True, slots=True)
class Situation:
    """Where the conversation stands, as far as it says what a message may mean.

    Attributes:
        open: a question is on the table that an answer would be checked against.
        kind: of that question: "arithmetic", "string", "choice" or "".
        tries: wrong answers to it so far.
        hints: hints seen on it so far.
        verdict: on the learner's last message, if that was an answer: "correct", "form", "incorrect" or "".
    """

    open: bool = True
    kind: str = ""
    tries: int = 0
    hints: int = 0
    verdict: str = ""


# Words that say something, by what they speak for. Each is one feature: present or not.
_MATH_WORDS = (
    r"fraction|denominator|numerator|slope|variable|coefficient|exponent|equation|expression|factor|polynomial|"
    r"quadratic|integer|median|mean|ratio|percent|decimal|root|inequality|intercept|term|function|prime|angle|area"
)
CUES = {
    "hint": r"\b(?:hints?|clues?|tips?|nudge|pointers?|hnt|hitn|hintt)\b|💡",
    "help": r"\b(?:help|halp|assist|assistance|sos|a hand|guide|walk me|work through)\b|🆘",
    "answer please": r"\b(?:tell|give|show|gimme|want|need) (?:me |u )?(?:just )?(?:the )?(?:answer|"
    r"solution)|solve (?:it|this) for",
    "first step": r"\b(?:first|next) (?:step|thing)|now what|what now|what (?:do|should) i do (?:next|now|first|after)",
    "define": r"\b(?:what(?:'?s| is| are)|define|definition|meaning of|what does|whats|wat is) (?:an? |the )?\w+",
    "mean": r"\b(?:means?|meaning|definition|define|stand for)\b",
    "math word": rf"\b(?:{_MATH_WORDS})s?\b",
    "explain": r"\b(?:explain|describe|clarify|teach|remind)\b",
    "how do you": r"\bhow (?:do|does|to|can|would|should|did) (?:you|u|i|we|one|it)\b|\bhow to\b",
    "difference": r"\bdifference|\bsame as\b|\bdifferent from\b",
    "example": r"\bexample\b",
    "why": r"\b(?:why|y|how come)\b",
    "wrong": r"\b(?:wrong|incorrect|incorect|not right|not correct|mistakes?|errors?|"
    r"isn'?t (?:it |that |this )?(?:right|correct)|mark(?:ed)?)\b",
    "why wrong": r"\b(?:why|how|what|where|which)\b.{0,40}\b(?:wrong|incorrect|mistake|error|"
    r"not right|mess(?:ed)? up)\b",
    "i thought": r"\b(?:i thought|shouldn'?t|but i|but it'?s)\b",
    "stuck": r"\b(?:stuck|lost|confus\w+|clueless|struggling|no idea|no clue|idk|dunno|blank)\b|🤷",
    "not know": r"\b(?:don'?t|dnt|do not|can'?t|cannot|didn'?t|never|not) (?:\w+ )?(?:know|"
    r"kno|get|understand|undrstnd|follow|see|figure|do|remember|solve)\b",
    "fed up": r"\b(?:hate|give up|quit|fed up|sick of|tired of|stupid|dumb|impossible|"
    r"sucks?|annoy\w+|frustrat\w+|ugh+|argh+|wtf|ffs|hell|damn|fuck\w*|bored|"
    r"boring|worst|killing me|too hard|makes no sense)\b|😡|😤|😭|😩|🤯",
    "skip": r"\b(?:skip|pass|next|move on|moving on|go on|continue|another|different|"
    r"new|else|easier|harder|switch|swap|nxt)\b|⏭",
    "one": r"\b(?:one|problem|question|exercise|prob|task)\b",
    "summary": r"\b(?:summar\w+|recap|sum up|overview|progress|stats|report|score|results|review|tldr|wrap up)\b",
    "how am i": r"\b(?:how (?:am i|i am|did i|have i|well|far|many|much|is it going)|am "
    r"i (?:doing|getting|good|ready|making|improving)|have i|did i)\b",
    "learned": r"\b(?:learn\w*|practi[sc]ed?|mastered|improved?|weak\w*|strong|strengths?|today|session|so far)\b",
    "greeting": r"^\W*(?:hi+|hello|hey+|yo|sup|good (?:morning|evening|afternoon)|bye|goodbye|thanks?|thank|thx|ty)\b",
    "thanks": r"\b(?:thanks?|thank|thx|ty|tysm|cheers|appreciate|awesome|cool|great|nice|"
    r"love|perfect|yay|amazing|helpful)\b|👍|❤|🎉|😊|🙂|:\)",
    "you are": r"\b(?:are|r) (?:you|u)\b|\b(?:do|can|will|did) (?:you|u)\b|\byour?\b",
    "bot": r"\b(?:human|robot|bot|ai|real person|machine|computer|chatgpt|program|teacher)\b",
    "page": r"\b(?:type|typing|enter|button|click|page|screen|box|keyboard|site|website|"
    r"app|submit|load\w*|calculator|upload|save|log|password|box|picture|graph)\b",
    "count": r"\b(?:count|grade[ds]?|points?|tries|attempts|time limit|due|allowed|units|round)\b",
    "why this": r"\bwhy (?:this|that|these|did you (?:pick|choose|give)|do i (?:get|have)|"
    r"am i (?:getting|doing)|are we)\b",
    "me": r"\b(?:my|i'?m|im|i am|me)\b",
    "they": r"\b(?:he|she|they|him|her|them|dad|mom|father|mother|uncle|friend|boyfriend)\b",
    "harm": r"\b(?:die|dead|kill\w*|suicid\w*|hurt\w*|cut\w*|hit\w*|beat\w*|bull(?:y|"
    r"ied|ies)|abus\w*|touch\w*|scared|afraid|unsafe|safe|threat\w*|kms|self.?harm|"
    r"alive|live|harm\w*|rape\w*|end it)\b",
    "right?": r"\b(?:right|correct|is it|is that right|am i right)\s*\?*\s*$",
    "hedge": r"\b(?:i think|i guess|maybe|probably|pretty sure|not sure|i got|i get|my "
    r"answer|i'd say|should be|must be)\b",
    "because": r"\b(?:because|cuz|since|bc|cause)\b",
    "both sides": r"\b(?:both sides|each side|divided|subtracted|multiplied|added|factored|"
    r"distributed|combined|simplified)\b",
    "question word": r"^\W*(?:what|why|how|where|when|who|which|can|could|is|are|do|does|did|"
    r"should|would|will|may|am|wat|whats|y)\b",
    "negative ending": r"\bnot\b|n't\b",
    "please": r"\b(?:please|pls|plz|could you|can you|may i)\b",
    "sad face": r"😭|😢|😡|😤|😩|😔|😞|🙄|😠|:\(|:'\(",
    "glad face": r"😊|🙂|😀|😄|🎉|❤|👍|😎|🥳|:\)|:d\b|<3|\^_\^|💯|🔥",
    "laugh": r"\b(?:lol|haha+|lmao|rofl|xd)\b|😂|🤣",
}
_CUES = tuple(re.compile(pattern, re.IGNORECASE) for pattern in CUES.values())
SORTS = ("math", "words", "phrase", "choice", "key", "lead")
FEATURES = (
    *CUES,
    "words", "characters", "question mark", "two question marks", "exclamation", "capitals", "no letters",
    "candidates", "score", "led", "share", "first", *(f"sort {sort}" for sort in SORTS),
    "math", "equation", "key known", "key wordy", "key said", "short and wordy key",
    "situation", "open", "tries", "hints", "last right", "last wrong", "choice question",
    "context", "forecast", "doubt",
)  # fmt: skip
CONTEXT_AT = FEATURES.index("situation")
CONTEXT_WIDTH = 2  # the teacher's forecast for the step on the table, and its standard deviation
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+|[?!]|[^\w\s.,;:'\"()-]")


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as numbers: which hash buckets its n-grams fall into, and the named features (F,)."""

    buckets: NDArray[np.int64]
    named: NDArray[np.float32]
    span: Span | None


def has_cue(text: str) -> bool:
    """Whether some word speaks for a wish, a feeling or small talk."""
    return any(cue.search(text) for name, cue in zip(CUES, _CUES, strict=True) if name not in ("right?", "hedge", "me"))


def see(text: str, keys: Sequence[str] = (), choices: Sequence[str] = ()) -> Seen:
    """A cleaned message as numbers; situation and context are left at 0, which means unknown."""
    spans = candidates(text, keys, choices)[:60]
    offered = best(spans)
    return Seen(hashed(text, spans), named(text, spans, offered, keys), offered)


def with_context(
    features: NDArray[np.float32], situation: Situation | None, context: NDArray[np.floating] | None
) -> NDArray[np.float32]:
    """The named features with what is known about the conversation filled in."""
    filled = features.copy()
    if situation is not None:
        filled[CONTEXT_AT : CONTEXT_AT + 7] = (
            1.0,
            situation.open,
            min(situation.tries, 5) / 5,
            min(situation.hints, 5) / 5,
            situation.verdict in ("correct", "form"),
            situation.verdict == "incorrect",
            situation.kind == "choice",
        )
    if context is not None:
        forecast, sd = (float(value) for value in context)
        filled[CONTEXT_AT + 7 :] = (1.0, forecast - 0.5, min(sd, 1.0))
    return filled


def hashed(text: str, spans: Sequence[Span]) -> NDArray[np.int64]:
    """Buckets of word 1- to 3-grams and of letter 3- to 5-grams, each once; mathematics counts as one word."""
    pieces, at = [], 0
    for span in spans:
        if span.sort == "math" and span.start >= at:
            pieces += [text[at : span.start], " 0 "]
            at = span.end
    plain = "".join([*pieces, text[at:]]).lower()
    words = [word[:LONGEST_WORD].replace("'", "") for word in WORD.findall(plain)][:MOST_WORDS]
    words = ["0" if word.isdigit() else word for word in words]
    framed = ["^", *words, "$"]
    grams = {f"w{word}" for word in words}
    grams |= {f"b{a} {b}" for a, b in pairwise(framed)}
    grams |= {f"t{a} {b} {c}" for a, b, c in zip(framed, framed[1:], framed[2:], strict=False)}
    for word in set(words):
        edged = f"<{word}>"
        grams |= {edged[i : i + n] for n in (3, 4, 5) for i in range(len(edged) - n + 1)}
    return np.unique(
        np.fromiter((zlib.crc32(gram.encode("utf-8", "replace")) % BUCKETS for gram in grams), np.int64, len(grams))
    )


def named(text: str, spans: Sequence[Span], offered: Span | None, keys: Sequence[str]) -> NDArray[np.float32]:
    """The named features (F,) of a cleaned message."""
    letters = [char for char in text if char.isalpha()]
    words = len(text.split())
    key = sort_of(keys)
    head = text if len(text) <= 600 else f"{text[:400]} {text[-200:]}"
    values: list[float] = [bool(cue.search(head)) for cue in _CUES]
    values += [
        math.log1p(words) / 4,
        math.log1p(len(text)) / 7,
        "?" in text,
        "??" in text,
        "!" in text,
        len(letters) > 3 and sum(char.isupper() for char in letters) / len(letters) > 0.7,
        not letters,
        min(len(spans), 4) / 4,
        max(-1.0, min(offered.score / 5, 2.0)) if offered else -1.0,
        offered is not None and offered.led,
        len(offered.text) / max(len(text), 1) if offered else 0.0,
        offered is not None and offered.start < 3,
        *(offered is not None and offered.sort == sort for sort in SORTS),
        any(span.sort == "math" for span in spans),
        any(span.sort == "math" and "=" in span.text for span in spans),
        key.known,
        key.wordy,
        any(span.sort == "key" for span in spans),
        key.wordy and words <= 3,
    ]
    return np.array([*values, *[0.0] * (len(FEATURES) - len(values))], np.float32)
