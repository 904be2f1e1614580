"""Questions about the tutor and the page, answered from what is true of this site. Nothing is made up: what is not here
is said to be unknown."""

import re

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

KEPT = lazy(
    "What you write is kept on this site. You see it, and so do the teachers of your classes. Under “My data and "
    "settings” in the menu you can take it with you, or delete all of it."
)
TRICKS = (
    r"answer key|reveal|disregard|prompt\b|override|jail|developer mode|pretend|role ?play"
    r"|ignore (?:all|any|the|your|previous|every)|instructions?\b.*\b(?:ignore|forget|new)"
    r"|system(?: message)?:|you are now|act as"
)
UNMOVED = lazy(
    "I keep the answer to myself, whoever asks and however it is put: what is decided here does not change by "
    "words. Say “hint” and I will help you to find it."
)
# (words that a question about it has, the answer); the first that fits counts.
ANSWERS = (
    (TRICKS, UNMOVED),
    (
        r"human|real person|robot|\bbots?\b|\bais?\b|machine|program|chat ?gpt|alive|who (?:are|made|built|wrote)"
        r"|what are you|your name|feelings|how do you (?:know|work)|a person",
        lazy(
            "I am a program, not a person. Your answers are checked by exact mathematics, and small models that learn "
            "from what you do choose the next problem. Your teacher can read along and step in."
        ),
    ),
    (
        r"typ(?:e|ing)|enter|(?:do|can|should|to) (?:i |you )?write|keyboard|symbol|fraction|exponent|square root"
        r"|\bsqrt\b|power|π|\bpi\b|infinity|input|format|formula|latex|box|answer with|decimals? or",
        lazy(
            "Type it as you would on paper in one line: `3/4` for a fraction, `2 1/3` for a mixed number, `x^2` for a "
            "power, `sqrt(2)` for a root, `x >= -4`, `(2, 3)`, `(-inf, 8]`. The button with the root sign left of the "
            "line opens a keyboard for mathematics."
        ),
    ),
    (
        r"grade|mark|point|score|count|penal|wrong (?:answer|tr)|lose|cost|attempt|tries|how many (?:hints|chances)"
        r"|time limit|timed|timer|exam|test",
        lazy(
            "There are no grades and no clock here. A wrong answer or a hint costs nothing; they only tell me what to "
            "give you next. What I cannot read does not count at all."
        ),
    ),
    (
        r"see|read|privacy|private|data|store|save|saved|delete|record|watch|share|parents|teacher"
        r"|knows? (?:about|what)",
        KEPT,
    ),
    (
        r"bug|broken|not work|doesn'?t work|load|crash|glitch|page|screen|button|click|log ?(?:in|out)|font|dark|light"
        r"|zoom|phone|app|picture|image|sound|language|spanish|chinese",
        lazy(
            "If something on the page does not work, load it again: nothing is lost. The round button in the bar "
            "changes the colours. If it stays broken, tell your teacher what you did and what you saw."
        ),
    ),
    (
        r"what can (?:you|i)|how (?:do|does) (?:this|it|i use)|help with|what do you do|how to use|instructions"
        r"|commands|menu",
        lazy(
            "Answer the problem, say “hint” for the next piece of help, “why?” after an answer that is not right, ask "
            "what a word means, say “next” for another problem, or “summary” to look back."
        ),
    ),
)
_ANSWERS = tuple((re.compile(rf"\b(?:{words})", re.IGNORECASE), answer) for words, answer in ANSWERS)


def _leaves_the_site() -> str:
    """What has to be said where a class may have a language model on a server."""
    if not settings.VOICE_SERVERS:
        return ""
    return _("If your class has a language model on a server, it is sent what you write, without your name.")


def about(question: str) -> str:
    """The answer to a question about the tutor or the page."""
    for words, answer in _ANSWERS:
        if words.search(question):
            return f"{answer} {_leaves_the_site()}".rstrip() if answer is KEPT else str(answer)
    return _("That I do not know about this page. You can answer, say “hint” or “next”, or ask what a word means.")
