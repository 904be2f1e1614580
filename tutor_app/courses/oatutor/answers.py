"""What counts as right: OATutor's keys and choices, made into ours.

A key of mathematics is LaTeX without `$`; a key of words is plain text; a key of a choice is one of the choices, letter
for letter. A key is mended only where nothing else can have been meant; otherwise it is refused: a wrong key misleads.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tutor_app.courses.models import AnswerKind
from tutor_app.courses.oatutor.latex import key_latex
from tutor_app.courses.oatutor.texts import TextRefused, fill, markdown, segments

MAX_ANSWER = 2_000  # characters
MAX_CHOICES = 30

# A list of choices whose separators were lost: `...a solution.IThe ordered pair...`, `Yes|No`.
LOST_SEPARATOR = re.compile(r"\s*\|\s*|(?<=[.!?\w])I(?=[A-Z][a-z])")
CODE_KEY = re.compile(r"(?:\d+[A-Za-z]){2,}")  # `42a105c`: 42 of one and 105 of the other, not a product
ORDERED_FORM = re.compile(
    r"\b(?:enter|write|give|input|put|type)\w*\b[^.?!\n]*?\bas\s+[\"“]?\(?[a-z][\w ]*,\s*[a-z][\w ]*", re.IGNORECASE
)
WORD = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{3,}")
MATHEMATICS_ONLY = re.compile(r"[-+*/^().\d\sA-Za-z=]+")
MONEY = re.compile(r"\\?\$\s*(\d[\d,]*(?:\.\d+)?)")
# `r+5/2r(r+2)`: nobody can tell where the denominator ends.
UNCLEAR_DIVISION = re.compile(
    r"/\s*(?:\d+(?:\.\d+)?\s*[A-Za-z(]|[A-Za-z]\s*[A-Za-z0-9(]|\([^()]*(?:\([^()]*\)[^()]*)*\)\s*[\w(])"
)


class AnswerRefused(ValueError):
    """A question without a usable key; the message says why."""


@dataclass(frozen=True)
class Answer:
    kind: AnswerKind
    answers: tuple[str, ...]
    latex: str  # the first key as it is shown, without `$`; empty for words and choices
    choices: tuple[str, ...] = ()


def read_answer(
    raw: Mapping[str, object], keys_name: str, values: Mapping[str, str], *, keep_order: bool = False
) -> Answer:
    """The key of a step or scaffold, from its JSON. Raises AnswerRefused.

    `keys_name` is where the keys stand (`stepAnswer`, `hintAnswer`). Choices are shuffled, the same way every time,
    unless the lesson keeps their order or they have one: authors tend to write the right one first.
    """
    try:
        return _read(raw, keys_name, values, keep_order=keep_order)
    except TextRefused as refused:
        raise AnswerRefused(str(refused)) from refused


def _read(raw: Mapping[str, object], keys_name: str, values: Mapping[str, str], *, keep_order: bool) -> Answer:
    keys = [fill(key, values).strip() for key in _strings(raw.get(keys_name))]
    choices = _choices(raw.get("choices"), keys, values)
    keys = [key for key in dict.fromkeys(keys) if key]
    if not keys:
        raise AnswerRefused(_("it has no answer key"))
    problem_type, answer_type = raw.get("problemType"), raw.get("answerType")
    if problem_type == "MultipleChoice" or (choices and problem_type != "TextBox"):
        return _choice(keys, choices, keep_order=keep_order)
    if problem_type not in ("TextBox", "GridInput", "MatrixInput", None, ""):
        raise AnswerRefused(_("its kind “%(kind)s” is unknown here") % {"kind": str(problem_type)[:50]})
    if answer_type == "string":
        return _words(keys)
    if choices and any(WORD.search(key) and "$$" not in key for key in keys):
        return _choice(keys, choices, keep_order=keep_order)  # TRUE or FALSE, wrongly called mathematics
    return _mathematics(keys)


def _strings(raw: object) -> list[str]:
    """Keys or choices as a list of text; numbers are written out, anything else is left out."""
    listed = raw if isinstance(raw, list) else [raw]
    texts = [str(one) if isinstance(one, int | float) and not isinstance(one, bool) else one for one in listed]
    kept = [text for text in texts if isinstance(text, str)]
    if any(len(text) > MAX_ANSWER for text in kept):
        raise AnswerRefused(_("a key or choice is longer than %(most)d characters") % {"most": MAX_ANSWER})
    return kept


# --- mathematics and words ----------------------------------------------------------------------------------------


def _mathematics(keys: Sequence[str]) -> Answer:
    if all(CODE_KEY.fullmatch(key) for key in keys):
        return Answer(AnswerKind.STRING, tuple(keys), "")
    latex = tuple(filter(None, (key_latex(_without_delimiters(key)) for key in keys)))
    if not latex:
        raise AnswerRefused(_("its answer key is blank"))
    return Answer(AnswerKind.ARITHMETIC, latex, latex[0])


def _words(keys: Sequence[str]) -> Answer:
    """Words, unless every key is plainly one expression or amount: then any way of writing it should count."""
    plain = [_without_delimiters(key).translate({0x2212: "-", 0x2013: "-"}).strip() for key in keys]
    if all(_is_one_expression(key) for key in plain):
        latex = tuple(key_latex(key) for key in plain)
        return Answer(AnswerKind.ARITHMETIC, latex, latex[0])
    if all(MONEY.fullmatch(key) for key in plain):
        amounts = tuple(key.replace("\\", "").replace("$", "").replace(",", "").strip() for key in plain)
        return Answer(AnswerKind.ARITHMETIC, amounts, rf"\${amounts[0]}")
    if all(_is_list_of_values(key) for key in plain):
        latex = tuple(key_latex(key) for key in plain)
        return Answer(AnswerKind.ARITHMETIC, latex, latex[0])
    return Answer(AnswerKind.STRING, tuple(re.sub(r"\s+", " ", key) for key in plain), "")


def _is_one_expression(key: str) -> bool:
    return bool(
        MATHEMATICS_ONLY.fullmatch(key)
        and re.search(r"\d", key)
        and not re.search(r"[A-Za-z]{2,}|[A-Za-z]\d|\d\s+\d|[A-Za-z]\s+[A-Za-z]", key)
        and key.count("=") <= 1
        and key.count("(") == key.count(")")
        and not UNCLEAR_DIVISION.search(key)
    )


def _is_list_of_values(key: str) -> bool:
    """`x=2, x=-3`: the solutions of one equation, in whatever order."""
    found = [re.fullmatch(r"\s*([A-Za-z])\s*=\s*-?[\d./]+\s*", part) for part in key.split(",")]
    return len(found) > 1 and len({match.group(1) if match else None for match in found} - {None}) == 1 and all(found)


def is_ordered_list(answers: Sequence[str], wording: str) -> bool:
    """Whether the key is a list whose order the step's words give: "enter the answer as length,width"."""
    return any("," in answer for answer in answers) and ORDERED_FORM.search(wording) is not None


def _without_delimiters(key: str) -> str:
    """`$$2h$$ + $$4$$` as `2h + 4`."""
    return "".join(piece for _is_mathematics, piece in segments(key))


# --- choices ------------------------------------------------------------------------------------------------------


def _choices(raw: object, keys: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """The choices as OATutor wrote them, without repetitions; one that is a whole list is taken apart."""
    choices: list[str] = []
    for choice in _strings(raw):
        filled = fill(choice, values).strip()
        lists = [] if filled in keys else [_split_prose(filled), _split_mathematics(filled)]
        found = (parts for parts in lists if any(_same(part, key) for part in parts for key in keys))
        choices += next(found, [filled])
    return [choice for choice in dict.fromkeys(choices) if choice]


def _split_prose(choice: str) -> list[str]:
    """What a choice would be as a list; empty if it is none. Only finding the key in it shows that it is one."""
    parts = [part.strip() for part in LOST_SEPARATOR.split(choice)]
    return parts if len(parts) > 1 and all(part and part.count("$$") % 2 == 0 for part in parts) else []


def _split_mathematics(choice: str) -> list[str]:
    """The same where the converter took the separators for variables: `$$x=40, y=50Ix=22$$, $$68Ix=58$$`."""
    parts = [part.strip(" ,") for part in re.split(r"[I|]", choice.replace("$$", ""))]
    if len(parts) < 2 or "" in parts or "$$" not in choice:
        return []
    return [part if re.search(r"(?<![\\A-Za-z])[A-Za-z]{2,}", part) else f"$${part}$$" for part in parts]


def _choice(keys: Sequence[str], raw_choices: Sequence[str], *, keep_order: bool) -> Answer:
    if len(raw_choices) > MAX_CHOICES:
        raise AnswerRefused(_("it has %(count)d choices") % {"count": len(raw_choices)})
    right: dict[str, str] = {}  # the choice as it was written, by key
    for key in keys:
        matching = [key] if key in raw_choices else [choice for choice in raw_choices if _same(choice, key)]
        if not matching:
            raise AnswerRefused(_("its key “%(key)s” is not among its choices") % {"key": key[:80]})
        right[key] = matching[0]
    # The key again with another space or full stop would count as wrong: it goes. In another order it is right too.
    kept = [choice for choice in raw_choices if choice in right.values() or not any(_same(choice, key) for key in keys)]
    also_right = [choice for choice in kept if any(_same_parts(choice, key) for key in right.values())]
    shown = {choice: markdown(choice, {}, one_line=True) for choice in kept}
    choices = list(dict.fromkeys(filter(None, shown.values())))
    if len(choices) < 2:
        raise AnswerRefused(_("it has fewer than two choices"))
    answers = dict.fromkeys(shown[choice] for choice in [*right.values(), *also_right])
    if len(answers) == len(choices):
        raise AnswerRefused(_("each of its choices is right"))
    ordered = choices if keep_order or _has_order(choices) else sorted(choices, key=_fixed_lot(choices))
    return Answer(AnswerKind.CHOICE, tuple(answers), "", tuple(ordered))


def _same_parts(one: str, other: str) -> bool:
    """Whether two lists of named amounts (`18 quarters, 36 nickels`) differ in their order only."""
    parts, others = (sorted(map(_bare, re.split(r",| and ", choice))) for choice in (one, other))
    return parts == others and len(parts) > 1 and all(re.search(r"[a-z]", part) for part in parts)


def _same(one: str, other: str) -> bool:
    """Whether two texts differ in spaces, sizes of brackets and delimiters only."""
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    return re.sub(r"\\left(?![a-z])|\\right(?![a-z])|\\[,;! ]|[\s$]+|\.\$*$", "", text).replace("−", "-")


def _has_order(choices: Sequence[str]) -> bool:
    """Whether the order says nothing about the key: sorted either way, or as short as yes and no."""
    folded = [choice.casefold() for choice in choices]
    return folded in (sorted(folded), sorted(folded, reverse=True)) or set(folded) <= {"yes", "no", "true", "false"}


def _fixed_lot(choices: Sequence[str]) -> Callable[[str], tuple[bool, str]]:
    """A sorting key that shuffles, with "none of these" and its like at the end."""
    everything = "\0".join(sorted(choices))

    def lot(choice: str) -> tuple[bool, str]:
        closes = bool(re.match(r"(?:none|all|both|neither|cannot|not enough)\b", choice.casefold()))
        return closes, hashlib.sha256(f"{everything}\0{choice}".encode()).hexdigest()

    return lot
