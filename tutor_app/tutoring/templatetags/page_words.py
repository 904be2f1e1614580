"""`{% page_words %}`: the words that the session page's scripts say, in the reader's language, as JSON in the page.

`static/js/words.js` reads them. `{gaps}` are filled there; a `.one`/`.other` pair is chosen by a count.
"""

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def page_words() -> SafeString:
    return json_script(session_words(), element_id="page-words")


def session_words() -> dict[str, str]:
    return {
        "tutor": _("Tutor"),
        "you": _("You said"),
        "kept": _("Kept here; goes out when the line is back"),
        "read": _("I read"),
        "read_so_far": _("I could read"),
        "read_stopped": _("and nothing after it"),
        "failed": _("Something broke on our side. Nothing was counted."),
        "failed.again": _("Say it again"),
        "verdict.correct": _("Right"),
        "verdict.form": _("Right value, other form asked"),
        "verdict.incorrect": _("Not yet"),
        "verdict.not_understood": _("Not counted"),
        "move.hint": _("Hint"),
        "move.scaffold": _("A smaller step"),
        "move.show": _("Worked step"),
        "move.explain": _("Explanation"),
        "move.next": _("New problem"),
        "move.summarise": _("Looking back"),
        "stage.sent": _("got it"),
        "stage.checking": _("checking"),
        "stage.thinking": _("thinking"),
        "stage.writing": _("writing"),
        "scaffold": _("A smaller step"),
        "scaffold.input": _("Your answer to the smaller step"),
        "scaffold.send": _("Answer"),
        "choices": _("Choices"),
        "composer": _("Answer, or ask anything"),
        "composer.scaffold": _("Answer the smaller step, or ask"),
        "composer.solved": _("Ask anything, or go on"),
        "composer.math": _("Your answer, as mathematics"),
        "composer.math_keys": _("Signs of mathematics"),
        "composer.no_math": _(
            "The mathematics keyboard could not be fetched. You can type as usual, for example 3/4 or x^2."
        ),
        "key.fraction": _("Fraction"),
        "key.square": _("Squared"),
        "key.power": _("Power"),
        "key.root": _("Square root"),
        "key.le": _("Less than or equal to"),
        "key.ge": _("Greater than or equal to"),
        "key.ne": _("Not equal to"),
        "key.infinity": _("Infinity"),
        "hint": _("Hint ({k} of {n})"),
        "hint.used": _("All {n} hints used"),
        "problem": _("Problem"),
        "problem.none": _("The first problem is on its way."),
        "problem.step": _("Step {k} of {n}"),
        "problem.solved": _("Solved"),
        "problem.figure": _("What the picture shows"),
        "problem.why": _("Why this one?"),
        "skill.unknown": _("not enough data yet"),
        "skill.of_100": _("of 100"),
        "skill.detail.one": _("From 1 answer of yours. It may well be anything from {low} to {high}."),
        "skill.detail.other": _("From {count} answers of yours. It may well be anything from {low} to {high}."),
        "skill.detail_unknown.one": _("1 answer of yours so far. A few more, and there will be a number here."),
        "skill.detail_unknown.other": _(
            "{count} answers of yours so far. A few more, and there will be a number here."
        ),
        "skill.up": _("{name}: up {points}, now {now} of 100."),
        "skill.down": _("{name}: down {points}, now {now} of 100."),
        "today.solved.one": _("Today: 1 solved"),
        "today.solved.other": _("Today: {count} solved"),
        "today.due.one": _("1 review due"),
        "today.due.other": _("{count} reviews due"),
        "connection.connecting": _("connecting"),
        "connection.open": _("connected"),
        "connection.reconnecting": _("reconnecting"),
        "connection.closed": _("not connected"),
        "trouble.reconnecting": _("Reconnecting… your words are kept."),
        "trouble.closed": _("You are signed out here. Your words are kept."),
        "link.new_tab": _("opens in a new tab"),
        "aloud.over": _("{over} over {under}"),
        "aloud.root": _("square root of {inside}"),
        "aloud.squared": _("squared"),
        "aloud.power": _("to the power {power}"),
    }
