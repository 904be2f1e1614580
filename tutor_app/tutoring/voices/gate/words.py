"""Keys in words: said, bent, spelled with gaps, hinted at by letters or rhyme; and the yes and no of a question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache

from .codes import shifted
from .keys import Known
from .plain import listed, plain, search
from .telling import KEY, told

COMMON = frozenset(
    listed(
        "a an the is are was were be been am do does did has have had go goes went it its he she they "
        "we you i me my in on at to "
        "of by for from with and or but not no yes true false if then than that this these those there "
        "here what which who when "
        "where why how can could will would shall should may might must so as up down out off over "
        "under more less one two all "
        "any some each both first second last left right same other true even odd up good more most "
        "much many very too also "
        "none nothing add plus minus equal zero positive negative up always never sometimes"
    )
)
SYNONYMS: tuple[tuple[frozenset[str], tuple[str, ...]], ...] = (
    (
        frozenset(
            {
                "no solution",
                "no solutions",
                "none",
                "dne",
                "does not exist",
                "empty set",
                "the empty set",
                "no real solution",
                "{}",
                "∅",
                "no real solutions",
            }
        ),
        (
            r"no (?:real |possible )?(?:solutions?|answers?|values?)\b",
            r"(?:does not|doesn't) exist",
            r"\bdne\b",
            r"empty set",
            r"∅",
            r"(?:has|have|there are|there is|with) (?:none|no solutions?)\b",
            r"unsolvable|inconsistent|cannot be solved|can't be solved|impossible to solve",
            r"(?:no|not a single|not one|no single) (?:number|value|x)\b(?: [a-z]+){0,4} (?:works?|"
            r"fits?|satisf|makes?|solves?|possible)",
            r"nothing (?:works|solves|satisfies|fits)",
            r"(?:zero|0) solutions",
            r"(?:set|list) is empty",
            r"^\W*none\W*$",
            r"is a contradiction",
        ),
    ),
    (
        frozenset(
            {
                "infinitely many solutions",
                "infinitely many",
                "infinite",
                "all real numbers",
                "infinite solutions",
                "all reals",
                "identity",
            }
        ),
        (
            r"infinitely many|infinite(?:ly)? (?:many |number of )?solutions?",
            r"all (?:the )?(?:real )?numbers",
            r"(?:any|every) (?:real )?(?:number|value|x)\b(?: [a-z]+){0,3} (?:works|solves|"
            r"satisfies|fits|will do|is a solution)",
            r"all reals|endless(?:ly)? (?:many )?solutions|unlimited solutions|everything works|"
            r"true for (?:all|every|any)",
        ),
    ),
    (
        frozenset({"undefined", "not defined"}),
        (r"\bundefined\b", r"(?:not|isn't) defined", r"has no (?:defined )?value"),
    ),
    (frozenset({"parallel"}), (r"never (?:meet|cross|intersect|touch)",)),
    (frozenset({"perpendicular"}), (r"(?:meet|cross|intersect) at (?:a )?(?:right|90)",)),
)
NOT_OF_WORDS = frozenset({"is what was asked", "works"})
ANTONYMS = {
    "prime": "composite", "even": "odd", "odd": "even", "rational": "irrational", "irrational": "rational",
    "equal": "unequal",
    "composite": "prime", "linear": "nonlinear", "positive": "negative", "negative": "positive",
    "equivalent": "different",
}  # fmt: skip
YES = frozenset(listed("yes true correct right y"))
NO = frozenset(listed("no false incorrect wrong n"))
SAID_OF_QUESTION = re.compile(
    r"\b(?:is|are|does|do|was|were|can|has|will) (?P<subject>.{1,80}?) (?P<rest>(?:an?|the|in|on|"
    r"also|always|ever|even|odd|prime|parallel|equal|"
    r"equivalent|perpendicular|linear|rational|proportional|continuous|true|false|possible|[a-z]{4,})\b[^?]{0,60})\?",
)


class Words:
    """The keys that are words, and how sentences tell them."""

    def __init__(self, keys: Sequence[str], known: Known, asked: tuple[str, ...], letters: tuple[str, ...]) -> None:
        self.keys = tuple(
            dict.fromkeys(" ".join(re.findall(r"[^\W_]+(?:'[a-z]+)?|[+\-]", plain(key).casefold())) for key in keys)
        )
        self.keys = tuple(key for key in self.keys if key)
        self.shown = tuple(keys)
        self.known_text, self.own_text = known.text, known.own.text
        self.asked, self.letters = asked, letters
        self.known_words = tuple(re.findall(r"[^\W_]+", known.text))

    def in_sight(self, key: str) -> bool:
        if key in COMMON or len(key) == 1:
            return True
        return bool(_pattern(key).search(self.known_text))

    def leak(self, raw: str, text: str) -> str:
        folded = " ".join(text.casefold().split())
        for key in self.keys:
            if key in YES | NO and (key in ("yes", "no", "true", "false")):
                why = self._polar(folded, key)
            else:
                why = self._named(folded, key) or self.hinted(raw, folded, key)
            if why:
                return why
        for group, patterns in SYNONYMS:
            if group.intersection(self.keys) and any(
                search(pattern, folded) and not search(pattern, self.known_text) and not _is_asking(folded, pattern)
                for pattern in patterns
            ):
                return "says the same in other words"
        return ""

    def _named(self, folded: str, key: str) -> str:
        pattern = _pattern(key)
        if not pattern.search(folded):
            return "misspelled" if self._nearly(folded, key) else ""
        if not self.in_sight(key):
            if len(key) <= 2 and not search(rf"(?<!\w){re.escape(key)}(?!\w)", folded):
                return ""
            return "names the word"
        tokens = " ".join(re.findall(r"[^\W_]+(?:'[a-z]+)?|[^\w\s]", pattern.sub(f" {KEY} ", folded)))
        if told(tokens, self.asked, self.letters, without=NOT_OF_WORDS) or self._asserted(tokens, folded):
            return "told as the answer"
        return ""

    def _asserted(self, tokens: str, folded: str) -> bool:
        """`the lines are parallel`: the question's own subject with the key as what is said of it."""
        if "?" in folded:
            return False
        said = search(
            rf"(?:^|[,:;.] |so |then |hence |thus |therefore )(?:the|these|those|both|they|it|this|"
            rf"that|our|your|its)(?: [a-z]+){{0,4}}? (?:is|are|was|were|must be|have to be|has to be|"
            rf"should be|will be|would be)"
            rf"(?: [a-z]+)?(?: the| a| an)? {KEY}(?! (?:if|when|exactly|only if|means|to|or|and|"
            rf"lines|as long|provided))",
            tokens,
        )
        return bool(said) and not search(r"\b(?:if|when|whether|unless|suppose)\b", tokens)

    def _nearly(self, folded: str, key: str) -> bool:
        if len(key) < 6 or " " in key or key in self.known_words:
            return False
        for word in set(re.findall(r"[^\W\d_]{5,}", folded)) - set(self.known_words):
            if abs(len(word) - len(key)) <= 1 and word[0] == key[0] and _one_edit(word, key):
                return True
        return False

    # -- hints that are half the word ------------------------------------------------------------------------------

    def hinted(self, raw: str, folded: str, key: str) -> str:
        compact = key.replace(" ", "")
        if not compact.isalpha() or len(compact) < 2 or len(key.split()) > 3:
            return ""
        if search(r"\brhym", folded) and "rhym" not in self.own_text:
            return "hints at it by rhyme"
        first = search(
            r"(?:starts?|begins?|starting|beginning|first letters?|initial)\b(?: letters?)?(?: is| "
            r"are| with| in| the| letters?| sound|:)* [\"'“]?([a-z]{1,20})(?:\b|[-.…])",
            folded,
        )
        if (
            first
            and first[1] not in ("a", "an", "the", "by", "at", "from", "with", "your", "it")
            and "letter" not in self.own_text
        ) and (compact.startswith(first[1]) and len(first[1]) <= len(compact)):
            last = search(
                rf"(?:starts?|begins?|starting|first letter|initial)\b.{{0,25}}[\"'“]?\b{re.escape(first[1])}\b",
                folded,
            )
            if last and (len(first[1]) <= 3 or len(first[1]) * 2 >= len(compact)):
                return "hints at its letters"
        for token in re.findall(
            r"[A-Za-z_*?.•·\-–—□▢⬜…]{3,60}|(?:[A-Za-z_*?•·\-–—□▢] ){2,40}[A-Za-z_*?•·\-–—□▢]", raw
        ):
            gapped = token.replace(" ", "").casefold().strip(".") if " " in token else token.casefold()
            if self._fits_gaps(gapped, compact) or self._fits_gaps(gapped.rstrip(".,!?"), compact):
                return "the word with gaps"
        cut = search(r"\b([a-z]{2,})(?:\.\.\.|…|-+(?=\s|$)|_+)", folded)
        if cut and len(compact) > 4 and compact.startswith(cut[1]) and len(cut[1]) >= 3 and cut[1] not in COMMON:
            return "the beginning of the word"
        consonants = re.sub(r"[aeiou]", "", compact)
        words = re.findall(r"[^\W\d_]+", folded)
        if len(consonants) >= 4 and consonants != compact and consonants in words:
            return "the word without vowels"
        scrambled = sorted(compact)
        mixed = len(compact) > 5 or search(r"scrambl|anagram|rearrang|jumbl|mixed|order of the letters", folded)
        for word in words if mixed else ():
            if (
                len(word) == len(compact) >= 5
                and word != compact
                and word not in self.known_words
                and sorted(word) == scrambled
            ):
                return "the letters in another order"
        return ""

    @staticmethod
    def _fits_gaps(token: str, key: str) -> bool:
        gaps = [char for char in token if not char.isalpha()]
        if not gaps or len(token) != len(key) or len(gaps) == len(token) or len(key) < 3:
            return False
        if len(set(gaps)) > 1 or gaps[0] in "'":
            return False
        return all(not one.isalpha() or one == two for one, two in zip(token, key, strict=True))

    # -- yes and no ------------------------------------------------------------------------------------------------

    def _polar(self, folded: str, key: str) -> str:
        positive = key in YES
        tokens = " ".join(re.findall(r"[^\W_]+(?:'[a-z]+)?|[^\w\s]", folded))
        marked = re.sub(rf"(?<![\w']){key}(?![\w'])", KEY, tokens)
        words = re.findall(r"[\w']+", folded)
        quoted = search(rf"[\"'“*(]{key}[\"'”*)]", folded)
        if quoted and "?" not in folded and "or" not in words:
            return "told as the answer"
        if KEY in marked and search(
            rf"(?:answer|solution|result|it|conclusion|response|statement|claim)(?: [a-z]+){{0,5}}? "
            rf"(?:is|:|=|must be|should be|would be|has to be|will be)(?: [a-z]+){{0,2}} (?:[\"'(] )"
            rf"?{KEY}(?! or\b)",
            marked,
        ):
            return "told as the answer"
        if KEY in marked and search(
            rf"\b(?:say|answer|write|choose|pick|select|type|enter|get|go with|put|tick|click|reply|"
            rf"respond|mark|submit)(?: (?:with|in|down|a|the|simply|just|big|clear|:))* (?:[\"'(“] )"
            rf"?{KEY}(?! or\b)",
            marked,
        ):
            return "told as the answer"
        if search(
            rf"^(?:[^\w]*(?:so|well|okay|ok|hm|oh|ah|and|then|thus|therefore|simply|just|definitely|"
            rf"absolutely|clearly) ?,? ?)?{KEY} ?(?:[.!]|$|, (?:it|that|they|this|the|x|these|there)"
            rf"\b(?! (?:one |problem |question )?(?:fools|takes|is (?:a )?(?:good|great|nice|fine|"
            rf"tricky|hard|easy|okay|ok|normal|common|close|not easy|tough|the right idea|how|what|"
            rf"where|why|one)|helps|happens|was|sounds|looks|often|can be|idea|plan|step|way|"
            rf"question)))",
            marked,
        ) and not (key in ("no", "yes") and len(words) > 12):
            return "told as the answer"
        affirm = (
            r"(?:affirmative|correct|indeed (?:it is|so)|of course it is|it is indeed|it certainly is|"
            r"it does|it is true|that is true|that's true|it's true|thumbs up|👍|the statement holds|"
            r"si\b|oui\b|ja\b|是的|对)"
        )
        deny = (
            r"(?:negative answer|in the negative|it is not\b(?! (?:the same|enough|about|easy|hard|"
            r"clear|necessary|a problem|only|just|bad|far))|it isn't\b|it does not|it doesn't|it is "
            r"false|it's false|it's not\b|is incorrect|is wrong|not true|that is false|they are not|"
            r"they aren't|nope|nein\b|不是|不对)"
        )
        if search(rf"^(?:\W*)(?:{affirm if positive else deny})[.!]?$", folded):
            return "told as the answer"
        if search(
            r"in the affirmative|affirmative"
            if positive
            else r"in the negative|the answer is negative|\bnope\b|\bnah\b",
            folded,
        ):
            return "told as the answer"
        other = "no" if positive else "yes"
        if search(
            rf"(?:\bnot|opposite of|contrary of|reverse of|anything but|other than) (?:a )?[\"'“]?{other}\b", folded
        ):
            return "told as the answer"
        if positive and key == "yes" and re.fullmatch(r"\W*true\W*", folded):
            return "told as the answer"
        return self._claims(folded, positive)

    @cached_property
    def claim(self) -> tuple[str, ...]:
        """What the question asks of its subject: `a solution` of `Is x = 4 a solution of …?`."""
        questions = list(SAID_OF_QUESTION.finditer(self.own_text))
        if not questions:
            return ()
        found = questions[-1]
        words = [word for word in re.findall(r"[a-z]+", found["rest"]) if word not in ("a", "an", "the", "of", "to")]
        return tuple(dict.fromkeys((*words[:1], *words[-1:])))

    def _claims(self, folded: str, positive: bool) -> str:
        if (
            "?" in folded
            or not self.claim
            or search(r"\b(?:if|when|whether|means?|what|how|would|every|any|only)\b", folded)
        ):
            return ""
        claims = [*self.claim, *(ANTONYMS[word] for word in self.claim if word in ANTONYMS)]
        return next(filter(None, (self._states(folded, word, positive == (word in self.claim)) for word in claims)), "")

    def _states(self, folded: str, word: str, positive: bool) -> str:
        """Whether the sentence says that the question's subject is (or is not) the word."""
        noun = re.escape(word)
        if positive:
            claimed = search(
                rf"\b(?:is|are|does|do|it's|was)(?: (?:indeed|clearly|really|definitely|certainly|"
                rf"also|in fact|therefore|thus|then|so))? (?:an? |the )?{noun}\b",
                folded,
            )
            works = word == "solution" and search(
                r"\b(?:it|that|x|value|number|this)\b(?: = -?\d+)? (?:works|checks out|fits|solves|"
                r"satisfies)|both sides (?:are|come out) (?:equal|the same)",
                folded,
            )
        else:
            claimed = search(
                rf"\b(?:is not|are not|isn't|aren't|it's not|does not|doesn't|do not|don't|cannot be|"
                rf"can't be|never)(?: (?:indeed|really|in fact|actually))? (?:an? |the )?{noun}\b|"
                rf"\bnot (?:an? )?{noun}\b",
                folded,
            )
            works = word == "solution" and search(
                r"(?:does not|doesn't|do not) (?:work|check out|fit|solve|satisfy)|sides are (?:not "
                r"equal|different|unequal)",
                folded,
            )
        return "states what was asked" if claimed or works else ""

    # -- hidden writing --------------------------------------------------------------------------------------------

    def named_in(self, text: str) -> bool:
        """A reading of hidden writing that holds the key."""
        folded = text.casefold()
        squeezed = re.sub(r"[^a-z0-9]", "", folded)
        for key in self.keys:
            compact = key.replace(" ", "")
            if len(compact) >= 2 and (
                squeezed == compact or (len(compact) >= 3 and search(rf"(?<![a-z]){re.escape(key)}(?![a-z])", folded))
            ):
                return True
            if len(compact) >= 5 and compact in squeezed:
                return True
        return False


@lru_cache(maxsize=512)
def _pattern(key: str) -> re.Pattern[str]:
    """The key's words in a row, the last one bent: `parallel`, `cells`, `mitochondrial`."""
    parts = [re.escape(part) for part in key.split()]
    last = key.split()[-1]
    if len(last) >= 8:
        stem = re.escape(last[: max(6, len(last) - 3)])
        parts[-1] = rf"{stem}[^\W\d_]{{0,{len(last) - max(6, len(last) - 3) + 3}}}"
    elif len(last) >= 4:
        parts[-1] += r"(?:s|es|ed|d|ing|ly|er|'s)?"
    return re.compile(r"(?<![^\W_])" + r"[\s\-]+".join(parts) + r"(?![^\W_])")


def _is_asking(folded: str, pattern: str) -> bool:
    """A question about the possibility, or what it would mean, tells nothing."""
    return bool(search(r"\?|\b(?:if|when|what does|how many|whether|mean|means|could|might|would)\b", folded))


def _one_edit(one: str, two: str) -> bool:
    """One letter put in, left out, changed or two swapped."""
    if one == two:
        return False
    if len(one) == len(two):
        different = [index for index in range(len(one)) if one[index] != two[index]]
        if len(different) == 1:
            return different[0] < len(one) - 2
        return (
            len(different) == 2
            and different[1] == different[0] + 1
            and one[different[0]] == two[different[1]]
            and one[different[1]] == two[different[0]]
        )
    short, long = sorted((one, two), key=len)
    return any(long[:index] + long[index + 1 :] == short for index in range(1, len(long) - 1))


def ciphers(names: Sequence[str]) -> frozenset[str]:
    """The names in the simple ciphers, for looking up single words."""
    return frozenset(
        code for name in names for code in shifted(name.replace("-", "").replace(" ", "")) if len(code) > 2
    )
