"""What the tutor says to thanks, greetings and talk of other things: a word, and back to the course."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from tutor_app.tutoring.about import TRICKS, UNMOVED

REACTION = (
    r"(?:ok(?:ay)?|k|cool|nice|great|al(?:l )?right|right|oh+|ah+|aha+|i see|got it|gotcha|wow|yay+|yes+|yep|yeah"
    r"|(?:that )?makes sense|now i (?:get|see|understand)(?: it)?|it clicked|interesting|lol|(?:ha)+h?|lmao|now|then)"
)
# (words, the replies that mean the same); the first that fits counts.
REPLIES = (
    (rf"\b(?:{TRICKS})", (UNMOVED,)),
    (
        r"thank|thx|\bty(?:sm|vm)?\b|\btnx\b|cheers|appreciate|life ?saver"
        r"|(?:that|you|this)(?:'?s| is| was| are|'?re)? (?:so |very |really |super )?(?:help|great|awesome|nice|kind)",
        (lazy("You are welcome."), lazy("Gladly.")),
    ),
    (
        r"\bbye\b|good ?(?:night|bye)|see (?:you|ya|u)\b|\bcya\b|later\b|(?:got|have|need) to (?:go|leave|run)|gotta"
        r"|\bg2g\b|\bgtg\b|done for (?:today|now)|that'?s (?:it|all) for|\bbrb\b|right back|\b(?:lunch|dinner|break)\b",
        (lazy("See you. Everything is kept: you can go on where you stopped."),),
    ),
    (
        r"^\W*(?:hi+|hello|hey+|yo|sup|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)|what'?s up)\b",
        (lazy("Hello!"), lazy("Good to see you.")),
    ),
    (rf"^\W*{REACTION}(?:\W+{REACTION})*\W*$", (lazy("Good."), lazy("Fine."))),
    (
        r"\?|\b(?:who|what|when|where|which|tell me|write|play|sing|joke|weather|favou?rite|game|music|movie|essay)\b",
        (lazy("That lies outside this course, so I am not the one to ask."), lazy("I only know this course.")),
    ),
)
_REPLIES = tuple((re.compile(words, re.IGNORECASE), replies) for words, replies in REPLIES)
LONGEST = 400  # characters that are looked at


def small_talk(text: str, variety: int) -> str:
    """The reply to talk that asks nothing of a tutor; `variety` picks among those that mean the same."""
    plain = " ".join(text[:LONGEST].replace("’", "'").split())
    for words, replies in _REPLIES:
        if words.search(plain):
            return str(replies[variety % len(replies)])
    return _("All right.")
