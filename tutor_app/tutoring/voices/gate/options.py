"""Keys that are a choice: its letter, its place in the list, and what is left when the others are struck out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .numerals import ORDINALS, in_english
from .patterns import compiled, search, sub
from .plain import plain

OPTION = re.compile(r"(?:^|(?<=[\s;,.]))\(?([A-Ha-h])[).:]\s+(.+?)(?=\s*[;,]?\s+\(?[A-Ha-h][).:]\s|\s*$)", re.DOTALL)
WRONG = (
    r"(?:not|isn't|is not|can't be|cannot be|is wrong|is incorrect|is false|is out|is ruled out|"
    r"wrong|incorrect|false|drop out|drops out|"
    r"falls away|does not work|doesn't work|do not work|is impossible|eliminated|are wrong|are out|"
    r"are false|are incorrect|fails?)"
)
STRIKE = (
    r"(?:not|neither|nor|rule out|cross out|strike out|strike|eliminate|discard|forget|ignore|skip|drop|"
    r"isn't|exclude|except|other than|but|besides|remove)"
)


def choices_in(problem: str) -> tuple[str, ...]:
    """The choices that a problem's text lists as `A) … B) …`."""
    found = OPTION.findall(problem)
    letters = [letter.upper() for letter, _ in found]
    if len(found) < 2 or letters != [chr(65 + index) for index in range(len(letters))]:
        return ()
    return tuple(text.strip() for _, text in found)


SMALL_LETTER = (
    r"\([a-h]\)|(?<![\w'])[a-h]\)|(?<![\w'])[a-h](?:, [a-h])*,? (?:or|nor|and) [a-h]("
    r"?![\w'])"
)  # of an option, in small print
DENIED = re.compile(rf"{WRONG}|{STRIKE}", re.IGNORECASE)
PLACES = {number: word for word, number in ORDINALS.items()}


def _in_capitals(found: re.Match[str]) -> str:
    return sub(r"(?<![\w'])[a-h](?![\w'])", lambda letter: letter[0].upper(), found[0])


class Options:
    """The letters of the right choices, and how sentences tell them."""

    def __init__(self, letters: Sequence[str], choices: Sequence[str], known_text: str) -> None:
        self.letters = tuple(letters)
        self.choices = tuple(" ".join(plain(choice).casefold().split()) for choice in choices)
        self.all = [chr(65 + index) for index in range(len(self.choices))] or list("ABCD")
        self.known_text = known_text
        self.struck: set[str] = set()

    def leak(self, text: str) -> str:
        folded = sub(SMALL_LETTER, _in_capitals, " ".join(text.split()))
        for letter in self.letters:
            why = self._lettered(folded, letter) or self._placed(folded.casefold(), letter)
            if why:
                return why
        return self._left_over(folded)

    def _lettered(self, text: str, letter: str) -> str:
        either = rf"(?:{letter}|{letter.lower()}(?=\W*$))"
        here = rf"[(\[\"'“*]*{either}[)\]\"'”*]*(?![\w'])"
        low = rf"(?:{letter}|{letter.lower()})"
        others = [other for other in self.all if other not in self.letters]
        if compiled(
            rf"\W*(?i:(?:so|answer|the|it's|it is|option|choice|letter|just|hint|psst|simply|then|"
            rf"well|okay|ok)\W*)*{here}\W*"
        ).fullmatch(text):
            return "names its letter"
        if search(
            rf"\b(?i:answer|solution|result|correct (?:choice|option|one|letter|answer)|right "
            rf"(?:choice|option|one|letter|answer)|it|that|one)\b(?: \w+){{0,6}}? (?i:is|'s|:|=|must "
            rf"be|would be|should be|has to be|will be|->) *(?i:just |simply |clearly |the |option |"
            rf"choice |letter |answer |alternative )*{here}(?! (?!(?i:because|since|as|and|for|here)"
            rf"\b)[a-z])",
            text,
        ):
            return "names its letter"
        if search(
            rf"(?i:respuesta|reponse|antwort|risposta|resposta|ответ|答案|答え|选|选择|lösung) ?(?i:es|est|"
            rf"ist|e|是|为|:|=|lautet)? ?{here}(?=\W|$)",
            text,
        ) and search(r"(?i:respuesta|reponse|antwort|risposta|resposta|ответ|答案|选)", text):
            return "names its letter"
        if search(
            rf"(?i:it's|it is|answer:|answer|go with|pick|choose|select|click(?: on)?|tick|mark|"
            rf"circle|take|press|say|write|type|enter|try|submit|bet on|opt for|put|get|gets|gives)(?i: option| "
            rf"choice| letter| answer| the| for| down| alternative)* {here}(?=\W|$)",
            text,
        ) and not search(rf"(?i:chose|picked|you choose) {here}", text):
            return "names its letter"
        if search(rf"(?i:option|choice|letter|alternative) \(?{low}\)?(?![\w'])", text):
            here = rf"[(\[\"'“*]*{low}[)\]\"'”*]*(?![\w'])"
        if search(
            rf"(?i:option|choice|letter|answer|alternative)s? {here}|{here} (?i:is|looks|seems|it is|"
            rf"fits|works|would be|must be|=|has)\b(?! (?i:not|wrong|out|incorrect|false))",
            text,
        ):
            named = [other for other in others if search(rf"(?<![\w']){other}(?![\w'])", text)]
            if search(
                rf"{here} (?i:is|looks|seems|would be|must be) (?i:right|correct|true|it|the|what|"
                rf"your|good|best)|{here} (?i:it is|fits|works)",
                text,
            ):
                return "names its letter"
            if not named and not search(rf"(?i:you chose|you picked|why|if) [^.]*{here}|\?", text):
                return "names its letter alone"
        number = ord(letter) - 64
        if search(
            rf"\b(?i:letter|option|choice) (?i:right )?(?i:after|following) {chr(number + 63)}\b|"
            rf"\b(?i:letter|option|choice|one) (?i:right |just )?before {chr(number + 65)}\b",
            text,
        ):
            return "names its letter"
        if search(rf"\bbetween {chr(number + 63)} and {chr(number + 65)}\b", text) or search(
            rf"(?i:(?:{in_english(number)}|{self._place(number) or number}|{number}(?:st|nd|rd|th)?) letter)", text
        ):
            return "names its letter"
        return ""

    def _placed(self, folded: str, letter: str) -> str:
        place = ord(letter) - 64
        names = [*filter(None, [self._place(place)]), f"{place}(?:st|nd|rd|th)"]
        if self.choices and place == len(self.choices):
            names += ["last", "final", "bottom"]
        if self.choices and len(self.choices) % 2 and place == len(self.choices) // 2 + 1:
            names.append("middle")
        if place == 1:
            names += ["top"]
        if len(self.choices) > 2 and place == len(self.choices) - 1:
            names += ["second to last", "second-to-last", "next to last", "last but one", "penultimate"]
        which = "|".join(names)
        if search(
            rf"\b(?:one|option|choice|answer) in the (?:{which})\b|\b(?:{which}) (?:choice|option|alternative|"
            r"answer|entry|item|candidate|possibility|"
            rf"suggestion|statement|bullet|(?:one|of them|of the (?:choices|options|answers|list|"
            rf"four|three|five))\b)",
            folded,
        ) and (not search(r"\?$", folded.strip()) or search(r"(?:isn't|pick|choose|about|not) ", folded)):
            return "names its place"
        if not folded.strip().endswith("?") and search(
            rf"\b(?:choice|option|answer|alternative) (?:number |no\.? |# ?)?(?:{place}|"
            rf"{in_english(place)})\b(?! (?:steps|terms))",
            folded,
        ):
            return "names its place"
        if search(
            rf"\b(?:{which})\b(?: \w+){{0,3}} (?:in|on|of|from) the (?:list|top|left|row|bottom)|(?:it's|it "
            rf"is|pick|choose|take|select|go with|answer is|want) the (?:{which})\b(?! (?:term|step|"
            rf"line|side|factor|number|equation|point|bracket))",
            folded,
        ):
            return "names its place"
        return ""

    def _only_the_others(self, folded: str) -> bool:
        """`Mass, speed and temperature are scalars`, where velocity is the fourth choice."""
        if len(self.choices) < 3 or len(self.letters) != 1 or "?" in folded or any(len(c) < 3 for c in self.choices):
            return False
        if search(r"\b(?:compare|if|when|whether|recall|remember|think|consider|look|example)\b", folded):
            return False
        right = ord(self.letters[0]) - 65
        said = {
            at
            for at, choice in enumerate(self.choices)
            if choice in folded and search(rf"(?<!\w){re.escape(choice)}s?(?!\w)", folded)
        }
        return said == set(range(len(self.choices))) - {right}

    @staticmethod
    def _place(number: int) -> str:
        return PLACES.get(number, "")

    def _left_over(self, text: str) -> str:
        """`not A, not C, not D`."""
        if len(self.all) < 2 or not self.choices:
            return ""
        folded = text.casefold()
        if self._only_the_others(folded):
            return "speaks of all others alone"
        if not DENIED.search(folded):
            return ""
        for index, letter in enumerate(self.all):
            here = rf"[(\"'“*]*{letter}[)\"'”*]*(?!\w)"
            inside = rf"(?:[A-H](?:\s*,\s*|\s+(?:and|or|nor)\s+|\s*,\s*(?:and|or|nor)\s+))*{here}"
            after = rf"{here}(?:(?:\s*,\s*|\s+(?:and|or|nor)\s+|\s*,\s*(?:and|or|nor)\s+)[A-H](?!\w))*"
            if search(
                rf"(?i:{STRIKE})(?i: option| choice| answer| the)?s? {inside}|{after} (?i:can |could "
                rf")?(?i:(?:is|are|be)? ?{WRONG})",
                text,
            ):
                self.struck.add(letter)
            if search(rf"(?i:{STRIKE})(?: option| choice| answer)? {letter.lower()}\W*$", text):
                self.struck.add(letter)
            choice = re.escape(self.choices[index])
            if (
                len(self.choices[index]) > 1
                and self.choices[index] in folded
                and search(rf"(?:{STRIKE}) (?:the |a |an |by )?{choice}(?!\w)|(?<!\w){choice} (?:{WRONG})", folded)
            ):
                self.struck.add(letter)
            place = self._place(index + 1)
            if place and search(rf"(?:{STRIKE}) the {place}|the {place} (?:choice |option |one )?(?:{WRONG})", folded):
                self.struck.add(letter)
        left = [letter for letter in self.all if letter not in self.struck]
        if left and set(left) <= set(self.letters) and len(left) < len(self.all):
            return "strikes out all others"
        if search(r"\ball (?:of them |the others |others |the rest )?(?:are wrong )?(?:but|except) [A-H]\b", text):
            return "strikes out all others"
        return ""
