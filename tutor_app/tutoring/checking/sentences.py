"""What a learner is told about an answer that was not understood, or is not in the asked form."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from .judging.judge import Judgement
from .judging.keys import key_fault

SHOWN = 40  # characters of the learner's own text that a sentence quotes

SENTENCES = {
    # not understood
    "empty": lazy("There is nothing written yet."),
    "too_long": lazy("This answer is too long for me to read. Please write just the answer."),
    "hidden": lazy("There are invisible characters in this answer. Please type it again."),
    "too_deep": lazy("There are too many brackets inside each other for me to read."),
    "too_big": lazy("This holds a number that is too large for me to work with."),
    "too_slow": lazy("I could not work this out in time. Can you write it in a simpler form?"),
    "failed": lazy("I could not work this out. Can you write it in another way?"),
    "busy": lazy("I could not check this just now. Please send it again."),
    "not_a_choice": lazy("That is none of the choices. Pick one of them, or give its letter."),
    # right, but not in the asked form
    "single_number": lazy("This is right in value, but there is still something to work out."),
    "like_terms": lazy("This is right, but some terms can still be put together."),
    "lowest_terms": lazy("This is right in value, but the fraction can be reduced further."),
    "cancel": lazy("This is right, but the top and the bottom still have a factor in common."),
    "root_square": lazy("This is right in value, but something can still be taken out of the root."),
    "root_below": lazy("This is right in value, but there is still a root in the denominator."),
    "positive_exponent": lazy("This is right, but write it without negative exponents."),
    "expanded": lazy("This is right, but multiply out the brackets."),
    "factored": lazy("This is right in value, but write it as a product."),
    "factored_further": lazy("This is right, but it can be factored further."),
    "unit": lazy("The number is right; give the unit too."),
    "remainder": lazy("This is right; write the remainder as the step does."),
    "exact": lazy("This is a rounded value; give the exact one."),
    "percent": lazy("The number is right; write it as a percentage, with the % sign."),
    "scientific": lazy("This is right in value, but write it in scientific notation."),
    "mixed": lazy("This is right in value, but write it as a mixed number."),
    "improper": lazy("This is right in value, but write it as one fraction."),
    "fraction": lazy("This is right in value, but write it as a fraction."),
    "decimal": lazy("This is right in value, but write it as a decimal number."),
    "round": lazy("This is right in value, but round it as the step asks."),
    "slope_intercept": lazy("This is the right line, but write it as y = mx + b."),
    "equation": lazy("This is the right value, but write it as an equation."),
    "other_equation": lazy("This is true too, but it is not the equation that the step asks for."),
    "solve": lazy("This says the same, but it is not solved yet."),
    "interval": lazy("This is the right set, but write it in interval notation."),
    "inequality": lazy("This is the right set, but write it as an inequality."),
    "set": lazy("This is right, but write it as a set, in braces."),
    "power": lazy("This is right in value, but write it with an exponent."),
    "root": lazy("This is right in value, but write it with a root."),
    "logarithm": lazy("This is right in value, but write it with a logarithm."),
    "pi": lazy("This is right in value, but leave π in it."),
    "list": lazy("These are the right numbers, but parentheses make a pair of them: list them with a comma."),
    "pair": lazy("These are the right numbers, but write them as a pair in parentheses."),
    "that_unit": lazy("This is right, but give it in the unit that the step asks for."),
    "constant": lazy("A constant of integration is missing."),
    "point_slope": lazy("This is the right line, but write it as y - y₁ = m(x - x₁)."),
    "standard_line": lazy("This is the right line, but write it as Ax + By = C with whole numbers."),
    "vertex": lazy("This is right, but write it as y = a(x - h)² + k."),
    "square": lazy("This is right in value, but write it as the square of a sum or a difference."),
    "descending": lazy("This is right, but order the terms from the highest power to the lowest."),
    "single_log": lazy("This is right in value, but put it together in a single logarithm."),
    "expanded_log": lazy("This is right in value, but take the logarithm apart."),
    "ratio": lazy("This is right in value, but write it as a ratio, such as 3:4."),
    "complex": lazy("This is right in value, but write it as a + bi."),
    "single_fraction": lazy("This is right in value, but put it over a single denominator."),
    "builder": lazy("This is the right set, but write it in set-builder notation."),
    "significant": lazy("This is right in value, but give it with the significant figures that the step asks for."),
    "ordinary": lazy("This is right in value, but write it as an ordinary number."),
    "half_of_day": lazy("The time is right; say whether it is a.m. or p.m."),
    "capitals": lazy("This is right, but capital and small letters matter here."),
    "spelling": lazy("This looks like the right word, but check its spelling."),
}


def sentence(judgement: Judgement, given: str) -> str:
    """The sentence for the code of a judgement; "" for a plain right or wrong."""
    if judgement.code in {"unread", "unfinished", "placeholder"}:
        return _where(judgement, given)
    if judgement.code == "word":
        return _("I do not know the word “%(word)s” in an answer. Can you write it as mathematics?") % {
            "word": judgement.word[:SHOWN]
        }
    return str(SENTENCES.get(judgement.code, ""))


def key_problem(key: str) -> str:
    """What an author is told about a key that is no mathematics to us and so is compared as text; "" for others."""
    fault = key_fault(key)
    if fault is None:
        return ""
    code, index = fault
    why = sentence(
        Judgement("not_understood", code, unread_from=index, word=key[index:] if index is not None else ""), key
    )
    return _("The key “%(key)s” is compared as text. %(why)s") % {"key": key[:SHOWN], "why": why}


def _where(judgement: Judgement, given: str) -> str:
    index = judgement.unread_from if judgement.unread_from is not None else 0
    before, after = given[:index].strip()[-SHOWN:], given[index:].strip()[:SHOWN]
    if judgement.code == "placeholder":
        return _("There is still an empty box in your answer.")
    if judgement.code == "unfinished" or not after:
        return _("I could read “%(before)s”, but it seems to stop too early.") % {"before": before}
    if not before:
        return _("I could not read “%(after)s”.") % {"after": after}
    return _("I could read up to “%(before)s” but not what follows: “%(after)s”.") % {"before": before, "after": after}
