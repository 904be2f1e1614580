"""A step's hint pathway, made into a ladder: every rung after those it depends on, sub-hints after their scaffold.

A pathway with mistakes still helps, so nothing here refuses a step: what cannot be used is left out with a remark.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from tutor_app.courses.models import AnswerKind, Hint
from tutor_app.courses.oatutor.answers import Answer, AnswerRefused, read_answer
from tutor_app.courses.oatutor.records import Findings, HintRecord
from tutor_app.courses.oatutor.texts import FIGURE_IN_MARKDOWN, TextRefused, figures_in, first_values, markdown

MAX_HINTS = 200
MAX_SLUG = 150

TELLS_BY_TITLE = re.compile(r"(?:the |final )*(?:answer|solution)\W*", re.IGNORECASE)
TELLS_BY_TEXT = re.compile(
    r"(?:so,? |thus,? |therefore,? |hence,? )?(?:the |our )?(?:final |correct )?answer is\b", re.IGNORECASE
)
MATHEMATICS = re.compile(r"(?<!\\)\$[^$]*\$")
NOT_TOLD_APART = re.compile(r"\\left(?![a-z])|\\right(?![a-z])|\\cdot(?![a-z])|\\times(?![a-z])|\\[,;! ]|[\s\\*]+")
SLUG_CHARACTERS = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Rung:
    """A hint as the file has it, found at some depth."""

    raw: Mapping[str, object]
    parent: int | None  # index of the rung that it is a sub-hint of


def read_ladder(
    raw_pathway: object,
    step: str,
    answer: Answer,
    values: Mapping[str, str],
    figures: frozenset[str],
    findings: Findings,
) -> tuple[HintRecord, ...]:
    """The rungs of a step in an order that respects their dependencies. `figures` are those that can be shown."""
    rungs = list(_rungs(raw_pathway, step, findings))
    slugs = _slugs(rungs, step, findings)
    by_name: dict[str, int] = {}
    for index, rung in enumerate(rungs):
        by_name.setdefault(_name(rung), index)  # where two bear a name, the first is meant
    records: dict[int, HintRecord] = {}
    needs: dict[int, list[int]] = {}
    for index, rung in enumerate(rungs):
        record = _record(rung, slugs[index], values, figures, findings)
        if record is None:
            continue
        records[index] = record
        needs[index] = [] if rung.parent is None else [rung.parent]
        for name in _names(rung.raw.get("dependencies")):
            if name not in by_name:
                findings.remark(slugs[index], _("depends on “%(name)s”, which is not there") % {"name": name[:100]})
            elif by_name[name] != index:
                needs[index].append(by_name[name])
    order = _ordered(records, needs, slugs, findings)
    ladder = [
        replace(records[index], dependencies=tuple(dict.fromkeys(slugs[need] for need in order[index])))
        for index in order
    ]
    return _with_bottom(ladder, answer)


def _rungs(raw: object, step: str, findings: Findings, parent: int | None = None, start: int = 0) -> Iterator[Rung]:
    """The hints of a pathway with their sub-hints behind them, as a flat list."""
    if not isinstance(raw, list):
        if raw is not None:
            findings.remark(step, _("its hints are no list"))
        return
    count = start
    for one in raw:
        if count >= MAX_HINTS:
            findings.remark(step, _("it has more than %(most)d hints") % {"most": MAX_HINTS})
            return
        if not isinstance(one, dict):
            findings.remark(step, _("one of its hints is no object"))
            continue
        here = count
        yield Rung(one, parent)
        count += 1
        if parent is None and one.get("subHints") is not None:
            for below in _rungs(one["subHints"], step, findings, here, count):
                yield below
                count += 1


def _name(rung: Rung) -> str:
    name = rung.raw.get("id")
    return name.strip() if isinstance(name, str) else ""


def _names(raw: object) -> list[str]:
    return [name.strip() for name in raw if isinstance(name, str)] if isinstance(raw, list) else []


def _slugs(rungs: Sequence[Rung], step: str, findings: Findings) -> list[str]:
    """A name of its own for every rung: its id, or the id with a number where it was taken."""
    taken: set[str] = set()
    slugs: list[str] = []
    for number, rung in enumerate(rungs, start=1):
        wanted = SLUG_CHARACTERS.sub("-", _name(rung)).strip("-.")[: MAX_SLUG - 5] or f"{step[:100]}-h{number}"
        slug, copy = wanted, 1
        while slug in taken:
            copy += 1
            slug = f"{wanted}-{copy}"
        if copy > 1:
            findings.remark(slug, _("another hint of the step has the same id"))
        taken.add(slug)
        slugs.append(slug)
    return slugs


def _record(
    rung: Rung, slug: str, values: Mapping[str, str], figures: frozenset[str], findings: Findings
) -> HintRecord | None:
    """One rung without its dependencies, or None where nothing is left to show."""
    values = {**values, **first_values(rung.raw.get("variabilization"))}
    try:
        title = _shown(rung.raw.get("title"), values, figures, slug, findings, one_line=True)
        text = _shown(rung.raw.get("text"), values, figures, slug, findings)
    except TextRefused as refused:
        findings.remark(slug, _("left out: %(reason)s") % {"reason": refused})
        return None
    if not text:
        title, text = "", title
    if not text:
        findings.remark(slug, _("left out: it says nothing"))
        return None
    plain = HintRecord(slug, Hint.Kind.HINT, title, text)
    if rung.raw.get("type") != "scaffold":
        return plain
    try:
        answer = read_answer(rung.raw, "hintAnswer", values)
    except AnswerRefused as refused:
        findings.remark(slug, _("asks nothing now, because %(reason)s") % {"reason": refused})
        return plain
    return replace(
        plain, kind=Hint.Kind.SCAFFOLD, answer_kind=answer.kind, answers=answer.answers, choices=answer.choices
    )


def _shown(
    raw: object,
    values: Mapping[str, str],
    figures: frozenset[str],
    slug: str,
    findings: Findings,
    *,
    one_line: bool = False,
) -> str:
    """The text in Markdown, without the figures that are missing."""
    text = markdown(raw if isinstance(raw, str) else "", values, one_line=one_line)
    missing = [name for name in figures_in(text) if name not in figures]
    if not missing:
        return text
    findings.remark(slug, _("its picture %(name)s is missing") % {"name": ", ".join(missing)})
    kept = FIGURE_IN_MARKDOWN.sub(lambda match: "" if match.group(1) in missing else match.group(), text)
    return re.sub(r"\n{3,}", "\n\n", kept).strip()


def _ordered(
    records: Mapping[int, HintRecord], needs: Mapping[int, Sequence[int]], slugs: Sequence[str], findings: Findings
) -> dict[int, list[int]]:
    """What each rung needs, keyed by rung in ladder order; a need that closes a circle is dropped.

    A rung that was left out passes its needs on to nobody: those that needed it can be shown without.
    """
    kept: dict[int, list[int]] = {}
    entered: set[int] = set()

    def place(index: int) -> None:
        entered.add(index)
        granted: list[int] = []
        for need in needs[index]:
            if need not in records:
                continue
            if need not in entered:
                place(need)
            if need in kept:
                granted.append(need)
            else:
                findings.remark(slugs[index], _("depends on itself in a circle"))
        kept[index] = granted

    for index in records:
        if index not in entered:
            place(index)
    return kept


# --- the rung that tells ------------------------------------------------------------------------------------------


def _with_bottom(ladder: Sequence[HintRecord], answer: Answer) -> tuple[HintRecord, ...]:
    """The ladder with its last hint marked as the worked step, if that tells the step's answer."""
    if not ladder or ladder[-1].kind != Hint.Kind.HINT:
        return tuple(ladder)
    last = ladder[-1]
    told = [last.text, last.title]
    keys = answer.answers
    says_so = TELLS_BY_TITLE.fullmatch(last.title) or TELLS_BY_TEXT.match(last.text)
    if any(_tells(text, key, answer.kind, says_so=bool(says_so)) for text in told for key in keys):
        return (*ladder[:-1], replace(last, kind=Hint.Kind.BOTTOM_OUT))
    return tuple(ladder)


def _tells(text: str, key: str, kind: AnswerKind, *, says_so: bool) -> bool:
    """Whether the text shows the key: anywhere if it announces an answer or the key is long, else as a result."""
    bare_key = _bare(f"${key}$" if kind == AnswerKind.ARITHMETIC else key).strip("$ ")
    if not bare_key:
        return False
    edge = r"(?<![\w.^{])" if re.match(r"\w", bare_key) else ""
    stop = r"(?![\w^]|\.\d)" if re.search(r"\w$", bare_key) else ""
    as_result = r"(?:=|\b(?:is|are|get|equals?|gives?|answer):?)[ $]*"
    before = as_result if len(bare_key) < 4 and not says_so else edge
    return re.search(before + re.escape(bare_key) + stop, _bare(text), re.IGNORECASE) is not None


def _bare(text: str) -> str:
    r"""Text whose mathematics lacks what can be written or not: spaces, `\left`, `\cdot`, backslashes."""
    return MATHEMATICS.sub(lambda match: NOT_TOLD_APART.sub("", match.group()), text)
