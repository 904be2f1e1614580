"""The default voice: the course's own words, filled and ordered by the move. No language model.

Short sentences, second person, what is right before what is not, one question at a time. Which of several phrasings is
used follows from the turn's id, so that a turn begun again says the same.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tutor_app.courses.models import Hint, Misconception
from tutor_app.courses.variants import HintVariant, StepVariant, same_answer
from tutor_app.tutoring.checking import Check, Verdict
from tutor_app.tutoring.diagnosing import GenericSlip
from tutor_app.tutoring.moves import TRIES_BEFORE_OFFER, Move
from tutor_app.tutoring.passages import Explanation
from tutor_app.tutoring.table import Table
from tutor_app.tutoring.understanding import Intent
from tutor_app.tutoring.voices.sentences import sentences


@dataclass(frozen=True)
class Matter:
    """What there is to say. `table` is as the learner saw it; `after` as it is once the move is made."""

    move: Move
    intent: Intent
    name: str
    variety: int
    table: Table | None = None
    after: Table | None = None
    check: Check | None = None
    on_scaffold: bool = False
    asked_for: bool = False
    tries: int = 0
    rungs_shown: int = 0
    why: str = ""
    new_skill: str = ""
    rung: HintVariant | None = None
    error: Misconception | GenericSlip | None = None
    explanation: Explanation | None = None
    see_also: Sequence[Explanation] = ()
    facts: Sequence[str] = field(default=())
    small_talk: str = ""  # what is said to talk of no concern to the course; unlike facts, it may be said otherwise
    solved: bool = False
    offers: bool = False
    frustrated: bool = False
    rushed: bool = False
    told_somebody: bool = False
    contact: str = ""


def say(matter: Matter) -> Iterator[str]:
    """The reply, sentence by sentence; joined it is Markdown."""
    paragraphs = [part for part in SPEAKERS[matter.move](matter) if part]
    if matter.offers:
        paragraphs.append(offer(matter))
    yield from sentences("\n\n".join(paragraphs))


def one_of(matter: Matter, *phrases: str) -> str:
    return phrases[matter.variety % len(phrases)]


# --- one speaker per move -----------------------------------------------------------------------------------------


def greet(matter: Matter) -> list[str]:
    hello = _("Hello %(name)s. I am the tutor of this course: a program, not a person.") % {"name": matter.name}
    how = _("Answer, ask for a hint, ask why, or ask what something means: it all goes into the one line below.")
    return [f"{hello} {how}", *next_problem(matter)]


def next_problem(matter: Matter) -> list[str]:
    if matter.after is None:
        return list(matter.facts)
    opening = one_of(
        matter,
        _("Here is one on **%(skill)s**."),
        _("Let us look at **%(skill)s**."),
        _("This one is about **%(skill)s**."),
    ) % {"skill": matter.new_skill}
    return [f"{opening} {matter.why}", quoted(matter.after.step, matter.after.variant.body)]


def confirm(matter: Matter) -> list[str]:
    assert matter.table is not None
    answer = matter.check.read_as if matter.check else ""
    right = _("Yes, $%(answer)s$ is right.") % {"answer": answer} if answer else _("Yes, that is right.")
    if matter.on_scaffold:
        return [f"{right} {_('That was the smaller step. Now the step itself:')}", quoted(matter.table.step)]
    parts = [f"{right} {how_it_went(matter)}"]
    if matter.after and matter.after.step.step_id != matter.table.step.step_id:
        parts += [
            _("On to part %(number)d of %(count)d:")
            % {"number": matter.after.step_number, "count": len(matter.after.variant.steps)},
            quoted(matter.after.step),
        ]
    else:
        parts.append(
            _("Say “next” and try one without me.")
            if matter.rungs_shown
            else _("Say “next” when you are ready for another.")
        )
    return parts


def how_it_went(matter: Matter) -> str:
    """Names what was done, not how clever anybody is."""
    if matter.rungs_shown:
        return ngettext(
            "You got there with %(count)d piece of help.",
            "You got there with %(count)d pieces of help.",
            matter.rungs_shown,
        ) % {"count": matter.rungs_shown}
    if matter.tries > 1:
        return one_of(
            matter, _("You found what was off and put it right."), _("You stayed with it and mended it yourself.")
        )
    return one_of(matter, _("First try, with no help."), _("You did that by yourself, first try."))


def probe(matter: Matter) -> list[str]:
    question = str(matter.error.probe) if matter.error else ""
    return [f"{not_yet(matter)} {question or check_yourself(matter)}"]


def focus(matter: Matter) -> list[str]:
    if matter.rushed:
        return [_("You have had a few hints now. Try the last one on paper first; if it is still dark, ask again.")]
    if matter.intent in (Intent.EXPLAINS, Intent.CHAT):
        heard = one_of(matter, _("Thank you, that helps me."), _("Thank you for saying how you went about it."))
        return [f"{heard} {(matter.error and str(matter.error.remedy)) or check_yourself(matter)}"]
    if matter.check is not None and matter.check.verdict == Verdict.FORM:
        return [f"{_('You are nearly there: the value is right.')} {matter.check.reason}"]
    if matter.on_scaffold:
        return [f"{not_yet(matter)} {_('This is only the smaller step: read it once more, and do just what it asks.')}"]
    if matter.intent == Intent.WHY_WRONG and matter.error is None:
        return [check_yourself(matter)]
    if matter.check is None and matter.error is None:
        return [
            _("This step has no hints. Try an answer first: a wrong one costs nothing, and it shows where to look.")
        ]
    if matter.error is not None:
        remedy = str(matter.error.remedy) or check_yourself(matter)
        return [remedy if matter.intent == Intent.WHY_WRONG else f"{not_yet(matter)} {remedy}"]
    return [f"{not_yet(matter)} {check_yourself(matter)}"]


def offer(matter: Matter) -> str:
    """Help is offered, not forced."""
    left = matter.table.next_rung if matter.table else None
    if left is None or left.kind == Hint.Kind.BOTTOM_OUT:
        return _("Shall I show you this step worked out? Say “yes”, or try again.")
    if matter.tries > TRIES_BEFORE_OFFER:
        return _("Shall I show you a hint? Say “yes”, or try again.")
    return one_of(matter, _("Would a hint help? Just say “yes”."), _("If you would like a hint, say “yes”."))


def not_yet(matter: Matter) -> str:
    return one_of(matter, _("Not yet."), _("Not quite yet."), _("That is not it yet."))


def check_yourself(matter: Matter) -> str:
    """A way to find one's own error that fits the step, without saying where it is."""
    if matter.table and matter.table.step.answer_kind == "choice":
        return _("Read each choice again: what would have to be true for it to be right?")
    if matter.table and asks_for_a_root(matter.table):
        return _("Put your answer back in for the letter: do both sides come to the same number?")
    return one_of(
        matter,
        _("Go through your working line by line: does each line follow from the one before?"),
        _("Look at the signs first, then at the numbers: which line are you least sure of?"),
    )


MATHEMATICS = re.compile(r"\$+([^$]+)\$+")
NUMBER = r"\s*-?\s*(?:\d+(?:[./]\d+)?|\\frac\{-?\d+\}\{\d+\})\s*"
ROOT = re.compile(rf"\$*(?:\s*[a-zA-Z]\s*=)?{NUMBER}\$*")


def asks_for_a_root(table: Table) -> bool:
    """The step gives an equation and asks for the number that makes it true: an answer can be put back into it. A
    value to put in ("for $x = 3$") is no such equation."""
    text = f"{table.variant.body} {table.step.title} {table.step.body}"
    equations = [part for part in MATHEMATICS.findall(text) if "=" in part and not ROOT.fullmatch(part)]
    return bool(equations) and all(ROOT.fullmatch(answer) for answer in table.step.answers)


def hint(matter: Matter) -> list[str]:
    assert matter.rung is not None
    lead = "" if matter.asked_for else _("Let me help a little.")
    heading = f"**{matter.rung.title}**" if matter.rung.title else ""
    return [f"{told_scaffold(matter)}{lead}".strip(), heading, without_figures(matter.rung.text)]


def scaffold(matter: Matter) -> list[str]:
    assert matter.rung is not None
    lead = _("Let us take a smaller step first.")
    return [f"{told_scaffold(matter)}{lead}", without_figures(matter.rung.text or matter.rung.title)]


def show(matter: Matter) -> list[str]:
    assert matter.table is not None
    if matter.on_scaffold and matter.table.scaffold is not None and not matter.asked_for:
        return [f"{told_scaffold(matter)}{_('With that in hand, the step itself:')}", quoted(matter.table.step)]
    worked = without_figures(matter.rung.text) if matter.rung else ""
    if not worked:
        told = _("The answer is %(answer)s.") % {"answer": shown_answer(matter.table.step)}
        return [told_scaffold(matter) + told, _("See how it follows from the hints, then write it in yourself.")]
    opening = told_scaffold(matter) + _("Here is this step worked out.")
    return [opening, worked, _("Follow it line by line, then write the answer in yourself.")]


def told_scaffold(matter: Matter) -> str:
    """A smaller step that is left behind is answered: the next rung may build on it."""
    left = matter.table.scaffold if matter.table else None
    if matter.table is None or left is None or not left.answers:
        return ""
    gives_away = any(same_answer(left.answers[0], key) for key in matter.table.step.answers)
    if gives_away and matter.move != Move.SHOW:
        return ""
    return (
        _("That smaller step comes to %(answer)s.") % {"answer": as_mathematics(left.answers[0], left.answer_kind)}
        + " "
    )


def explain(matter: Matter) -> list[str]:
    if matter.intent == Intent.META:
        return [*matter.facts, back_to_work(matter)]
    if matter.intent == Intent.WHY_THIS:
        return [matter.why or _("It is the first problem of this course.")]
    if matter.explanation is None:
        return [_("This course has no text that explains it, and I will not make one up. A hint on the step may help.")]
    found = matter.explanation
    place = _("From [%(source)s](%(url)s)") % {"source": found.source, "url": found.url}
    whose = f"{place} · {found.attribution}" if found.attribution else place
    more = ", ".join(f"[{other.title}]({other.url})" for other in matter.see_also if other.url != found.url)
    return [
        f"**{found.title}**",
        without_figures(found.text),
        whose,
        _("See also: %(places)s") % {"places": more} if more else "",
        back_to_work(matter),
    ]


def encourage(matter: Matter) -> list[str]:
    match matter.intent:
        case Intent.IDLE:
            return [_("Take all the time you need. A wrong try costs nothing, and a first guess is a good way in.")]
        case Intent.DECLINE:
            return [
                one_of(matter, _("Good: have a go. I am here."), _("All right, it is yours. I am here if you want me."))
            ]
    if matter.frustrated:
        return [
            one_of(
                matter,
                _("That is a fair thing to feel: this can be tiring, and it says nothing about you."),
                _("I hear you. Things that are worth learning often feel like this for a while."),
            )
            + " "
            + _("We can take a smaller step, look at another problem (“next”), or you take a break: nothing is lost.")
        ]
    return [f"{matter.small_talk} {back_to_work(matter)}".strip()]


def hand_over(matter: Matter) -> list[str]:
    """Fixed words: nothing here is left to chance or to a model."""
    told = (
        _("I have let your teacher know that you would like to talk to a person.")
        if matter.told_somebody
        else _("You have no teacher here whom I could tell, so please turn to a person yourself.")
    )
    if matter.intent == Intent.PERSON:
        return [told, contact(matter), back_to_work(matter)]
    told = _("I have let your teacher know, so that a person can be there for you.") if matter.told_somebody else ""
    return [
        _("Thank you for telling me. What you write sounds heavy, and you do not have to carry it alone."),
        _("I am a program and cannot help with this the way a person can. Please talk to somebody you trust now."),
        f"{contact(matter)} {told}".strip(),
        _("If you are in danger at this moment, call the emergency number of your country."),
        _("The problem can wait. It will be here whenever you want it."),
    ]


def contact(matter: Matter) -> str:
    return _("Here is who to turn to: %(contact)s") % {"contact": matter.contact} if matter.contact else ""


def summarise(matter: Matter) -> list[str]:
    return ["\n".join(f"- {fact}" for fact in matter.facts), back_to_work(matter)]


def ask_back(matter: Matter) -> list[str]:
    if matter.check is not None and matter.check.reason and matter.intent == Intent.ANSWER:
        return [f"{matter.check.reason} {_('This did not count as a try.')}"]
    if matter.table is None or (matter.after is None and not matter.table):
        return [_("I did not understand that. Say “next” for a problem.")]
    return [
        _(
            "I did not understand that, and I would rather say so than guess. You can type an answer, or say “hint”, "
            "“why?”, “what does … mean?” or “next”."
        )
    ]


def back_to_work(matter: Matter) -> str:
    if matter.after is None:
        return _("Say “next” for a problem.")
    if matter.solved:
        return _("Say “next” when you are ready for another.")
    return _("The problem is where you left it.")


SPEAKERS: dict[Move, Callable[[Matter], list[str]]] = {
    Move.GREET: greet,
    Move.NEXT: next_problem,
    Move.CONFIRM: confirm,
    Move.PROBE: probe,
    Move.FOCUS: focus,
    Move.HINT: hint,
    Move.SCAFFOLD: scaffold,
    Move.SHOW: show,
    Move.EXPLAIN: explain,
    Move.ENCOURAGE: encourage,
    Move.SUMMARISE: summarise,
    Move.ASK_BACK: ask_back,
    Move.HAND_OVER: hand_over,
}

# --- pieces of the course's text ----------------------------------------------------------------------------------

FIGURE = re.compile(r"!\[[^\]]*\]\(figure:[^)]*\)")


def without_figures(text: str) -> str:
    """The text without its pictures: they stand with the problem, which stays in sight."""
    return FIGURE.sub("", text).strip()


def quoted(step: StepVariant, body: str = "") -> str:
    """The question of a step as a quotation."""
    asked = "\n\n".join(
        part for part in (without_figures(body), without_figures(step.title), without_figures(step.body)) if part
    )
    return "\n".join(f"> {line}".rstrip() for line in asked.splitlines())


def shown_answer(step: StepVariant) -> str:
    return as_mathematics(step.answer_latex or step.answers[0], step.answer_kind)


def as_mathematics(answer: str, kind: str) -> str:
    answer = answer.strip()
    return answer if kind != "arithmetic" or "$" in answer else f"${answer}$"
