"""How answers are told: the frames that make a number or a word the answer, and the roles in which a number is none.

A sentence is judged on its tokens with the key's place marked by `KEY`: `the answer is KEY .`, `KEY works`.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from .patterns import findall, search, split, sub
from .plain import listed

KEY = "\ue000"
OTHER = "\ue001"  # another piece of mathematics
ASKED = "\ue002"  # a noun that the problem asks for
LETTER = "\ue003"  # an unknown of the problem

SUBJECTS = (
    "answer|answers|ans|solution|solutions|soln|result|results|key|outcome|it|that|this|these|they|"
    "unknown|missing number|"
    "final value|value|what you want|what we want|correct one|right one|secret|number you want|number you need|"
    "number we want|number you are looking for|number we are looking for|number i am thinking of|"
    "truth|conclusion|blank|"
    "winner|one you want|target|response|respuesta|resultado|solucion|reponse|resultat|antwort|"
    "losung|ergebnis|risposta|"
    "risultato|soluzione|resposta|solucao|antwoord|svar|odpowiedz|ответ|решение|cevap|jawaban|答案|结果|解|值|答え|こたえ|答|정답|답|"
    "uttar|उततर|उत्तर|الجواب|الاجابة|responsum|apantisi|απαντηση"
)
STRONG = (
    "answer|answers|ans|solution|solutions|soln|result|results|key|outcome|unknown|conclusion|blank|spoiler|hint hint|"
    "respuesta|resultado|solucion|reponse|resultat|antwort|losung|ergebnis|risposta|risultato|"
    "soluzione|resposta|solucao|"
    "antwoord|ответ|решение|答案|结果|解|答え|こたえ|答|정답|답"
)
RESERVED = frozenset(
    listed(
        "number value answer solution result integer fraction point pair interval expression equation "
        "choice option word term letter"
    )
)
LINKS = (
    "is|are|=|==|equals|equal|equal to|was|be|being|been|should be|must be|would be|will be|has to "
    "be|can only be|could be|"
    "might be|may be|had to be|needs to be|comes to|come out as|come out to|come out at|turn out to be|work out to|"
    "end up as|"
    "end up being|"
    "comes out to|comes out as|comes out at|turns "
    "out to be|works out to|"
    "works out as|gives|becomes|->|=>|ends up as|ends up being|amounts to|simplifies to|reduces to|evaluates to|were|"
    "adds up to|add up to|sums to|sum to|totals|averages|averages to|tends to|approaches|converges to|goes to|"
    "settles at|"
    "reads|reading|goes by|called|named|starts and ends with|es|son|vale|da|sera|est|vaut|fait|"
    "donne|ist|lautet|betragt|"
    "ergibt|sao|wynosi|jest|равен|равно|это|是|为|等于|就是|应该是|は|가|은|는|है|هو|هي|adalah|olan|er|ar|blir|εναι|ειναι|'s"
)
HEDGES = (
    "just|exactly|simply|only|about|precisely|actually|really|clearly|indeed|equal to|the number|number|a|an|the|plain|"
    "therefore|then|thus|of course|definitely|probably|likely|obviously|nothing but|none other than|no other than|also|"
    "a nice|good old|of course|,|:|\"|'|(|[|{|-|going to be|to be|value|given by|written|=|~|"
    "around|roughly|approximately|"
    "called|word|whole|the word|term|the term|x|y|n|choice|option|letter|answer|$|“|certainly|"
    "surely|absolutely|the integer|"
    "the fraction|the value|the point|the pair|the interval|the expression|the equation|the choice|one|"
    "at|on|simplified to|known as|that of|always|maybe|perhaps|well|umm|um|uh|hmm|*|€|igual a|el|la|le|die|der|"
    "das|gleich"
)
ENDS = (
    r"(?=\s*(?:$|[.!?;,)\]}\"'”:]|- |and\b|so\b|because\b|since\b|as\b|for\b|in\b|when\b|here\b|now\b|"
    r"then\b|but\b|or\b|if\b|too\b|at\b))"
)
FOLLOWED = (
    r"(?!\s*(?:step|steps|side|sides|time|times|term|terms|part|parts|place|places|more|less|of the|"
    r"x\b|in front|is\b|are\b|"
    r"if\b|when\b|exactly when|means|lines have|units?\b|degrees?\b|equations?\b|numbers?\b|ways?\b|"
    r"factors?\b|choices?\b|"
    r"digits?\b|variables?\b|unknowns?\b|from both|from each|to both|and \ue001|, \ue001|or \ue001))"
)
NOT_ASKED = re.compile(
    r"\b(coefficient|exponent|denominator|numerator|base|constant|term|factor|degree|sign|power|"
    r"multiplier|divisor|index|"
    r"number in front|side|intercept|slope|radius|first number|second number|length|width|height|change|front|"
    r"last digit|first digit|dividend|remainder|carry|sum|product|difference|input)s?\b"
)
FILLERS = frozenset(
    listed(
        "so thus ok okay hint answer psst shh well yes then therefore and it its it's hence hm hmm uh "
        "um spoiler alert final "
        "result solution just simply fine sure right here is the "
        "there you go ta da tada voila of course drumroll boxed "
        "conclusion ans key finally secret whisper please but now oh all aha bingo clearly that's that "
        "this i say lets let's at to "
        "alright respuesta reponse antwort la le die 答案 only word number one a an"
    )
)
BEING = "is|are|would be|must be|will be|has to be|was|should be|es|est|ist|是|=|:|looks|seems|sounds|feels"
WRITING = (
    "write|type|enter|put down|say|pick|choose|select|submit|go with|answer with|mark|"
    "fill in|guess|reply|reply with|respond|respond with|input|key in|jot down|note down|write down|type in|tick|click|"
    "click on|press|circle|try|give|answer|write in|copy|fill the blank with|hand in|send|let x be|"
    "i would say|i'd say|i would go with|i'd go with|settle on|stick with|bet on|opt for|think of|"
    "escribe|pon|schreib|schreibe|ecris|mets|选|选择|填|填写|写|输入"
)
PUTTING = "put|put in|plug in|plug|substitute|insert|set x to"
GETTING = (
    "get|got|gets|getting|obtain|obtains|obtaining|gives|give|giving|leaves|leaving|leave|yields|"
    "yield|yielding|find|finds|"
    "left with|arrive at|arrives at|end up with|ends up with|end up at|reach|makes|making|receive|"
    "see that x =|discover|"
    "land on|lands on|come to|comes down to|boils down to|ending at|得|得到|obtienes|erhalt man|on "
    "obtient|produces|produce|"
    "produces|returns|deliver|delivers|end with|finish with|finish at|conclude"
)
PRAISED = (
    "right|correct|it|true|the one|the answer|the solution|the result|the right|the correct|your "
    "answer|our answer|what you want|"
    "what you need|what you should|what you are looking|what you're looking|what you seek|what we "
    "want|what we need|what we are looking|"
    "what solves|what makes|what works|what comes out|the value|my answer|the missing|the only|all "
    "you|the key|the winner|the number you|"
    "the number we|the final|the best|the way to go|the root|the unknown|going to|good|perfect|exactly|indeed|"
    "la respuesta|la reponse|die antwort|richtig|correcto|correcta|答案|对的|正确"
)


@lru_cache(maxsize=1)
def frames() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The patterns, each with the name of its kind."""
    subjects = f"(?:{_or(SUBJECTS)}|{ASKED})"
    hedges = f"(?:(?:{_or(HEDGES)}) ){{0,4}}"
    links = f"(?:{_or(LINKS)})"
    nouns = "|".join(sorted(map(re.escape, PLAIN_NOUNS)))
    strong = f"(?:{_or(STRONG)}|{ASKED}|{LETTER})"
    patterns = [
        # the answer to this one is KEY
        (
            "said",
            rf"(?:^|[ ])(?P<subject>{subjects})(?P<between>(?: [^\s.!?;]+){{0,7}}?) {links} {hedges}{KEY}{FOLLOWED}",
        ),
        (
            "said of a letter",
            rf"(?:^|(?<!of)(?<!by)(?<!with)(?<!from)(?<!times)(?<!both)[ ]){LETTER}(?: [a-z']+)"
            rf"{{0,3}}? {links} {hedges}{KEY}{FOLLOWED}",
        ),
        (
            "noted",
            rf"(?:^|[ ]){strong} (?:(?:to|of|for) [^\s:]+ (?:[^\s:]+ )?)?(?::|-|->|=>|,|\"|\.\.\.) {hedges}{KEY}{ENDS}",
        ),
        ("that is", rf"(?:^| )(?:c'est|das ist|es ist|it's|that's|they're|this is|answer's) {hedges}{KEY}{FOLLOWED}"),
        # KEY is the answer
        (
            "praised",
            rf"{KEY} (?:{_or(BEING)})"
            rf" (?:{_or('just|exactly|simply|clearly|indeed|definitely|of course|surely|in fact')} )"
            rf"?(?:{_or(PRAISED)}|the {ASKED}|{ASKED})(?!\w)",
        ),
        (
            "works",
            rf"{KEY} (?:works|solves|fits|satisfies|does the (?:job|trick)|it is|will do|makes (?:it|"
            rf"both|the|this|that)|"
            rf"checks out|wins|answers|balances|completes|fulfils|fulfills|gets you|is your)\b",
        ),
        # write KEY in the box
        (
            "to write",
            rf"(?:^|[ ])(?:{_or(WRITING)})(?: (?:in|down|with|for|the number|the value|the word|it "
            rf"as|me|that|this|answer|"
            rf"here|there|into|the box|the letter|option|choice|the|{LETTER} =|{LETTER} as))? "
            rf"{hedges}{KEY}{ENDS}(?! and {OTHER})(?! as )",
        ),
        (
            "to put in",
            rf"(?:^|[ ])(?:{_or(PUTTING)})(?: (?:in|down|with|for|the number|the value|the word|it "
            rf"as|me|that|this|answer|"
            rf"here|there|into|the box|the letter|option|choice|the|{LETTER} =|{LETTER} as))? "
            rf"{hedges}{KEY}{ENDS}(?! and {OTHER})(?! as )",
        ),
        (
            "to try",
            rf"(?:{_or('how about|what about|have you tried|why not|tried|it be|were|would it be')}|"
            rf"{LETTER} be) {hedges}{KEY}{ENDS}",
        ),
        # so you get KEY
        (
            "comes out",
            rf"(?:^|[ ])(?:{_or(GETTING)})(?: (?:you|us|me|exactly|just|simply|a|the|at))* "
            rf"{hedges}{KEY}{ENDS}(?!\s*(?:, |and |or ){OTHER})",
        ),
        (
            "which is",
            rf"{strong}(?![\w'])[^.!?]*? ,? ?(?:which|and that|and it|that) (?:is|equals|=) {hedges}{KEY}{FOLLOWED}",
        ),
        ("and that is", rf"{KEY} ,? ?(?:and )?(?:that|this|which|it) is (?:the|your|our) (?:{_or(STRONG)}|{ASKED})"),
        (
            "named",
            rf"(?:{_or(STRONG)})(?: (?:were|was|is|isn't|weren't|wasn't|not|be|being|could|can't|"
            rf"cannot|would|exactly|really))+ {KEY}",
        ),
        ("pointed at", rf"^(?P<subject>)(?P<between>[^.!?]*?) (?:[:(>]|->|=>|\.\.\.) {hedges}{KEY}(?: [)\].!\"'”])*$"),
        (
            "wrote",
            rf"(?:^|[ ])(?:wrote|answered|said|says|guessed|typed|entered|chose|picked|written|write|"
            rf"putting|answering|writing|typing) {hedges}{KEY}(?=\s*(?:$|[.!?,;\"”]|and\b|then\b))",
        ),
        ("in other words", rf"\bin other words ,? ?{KEY}|\bnamely ,? ?{KEY}|\bi\.? ?e\.? ?,? ?{KEY}"),
        ("ends at", rf"(?:^|[ ])(?:ends|end|finishes|stops|done) (?:at|with|on) {hedges}{KEY}{ENDS}"),
        ("as answer", rf"{KEY} (?:as|for) (?:the|your|an|its|our|my) (?:answer|solution|result|final|{ASKED})"),
        ("told", rf"(?:tell|told|telling) (?:you|u) (?:it is|it's|that it is|: )? ?{KEY}"),
        (
            "for the letter",
            rf"{KEY} (?:for|as|into|in place of|instead of|=|is|equals) (?:the )?(?:value of )"
            rf"?{LETTER}(?![\w'])(?! \()",
        ),
        ("value of", rf"(?:value|root) (?:of|for) {LETTER} (?:is|as|of|:|=) {hedges}{KEY}"),
        (
            "apart",
            rf"(?:is|are|be|measures?) {hedges}{KEY} (?:[a-z]+ )?(?:apart|away|long|wide|tall|high|deep|in all|"
            r"altogether|in total)\b",
        ),
        (
            "needed",
            rf"(?:^|[ ])(?:you|we)(?:'d| will| would)? (?:need|want|should use|must use|are (?:looking for|after)) "
            rf"{hedges}{KEY}{FOLLOWED}(?! (?:\w+ )?(?:{nouns})\b)",
        ),
        ("makes it", rf"{KEY} [^.!?]*\b(?:makes|making) it (?:the|an?) (?:[a-z]+ )?{ASKED}"),
        (
            "approached",
            r"(?:closer (?:and closer )?to|tends? (?:to|toward|towards)|converg(?:es?|ing) to|settles? (?:at|"
            rf"on)|levels off at) {hedges}{KEY}{ENDS}",
        ),
        (
            "crosses at",
            r"\b(?:cross|crosses|hits?|meets?|cuts?|intersects?|touches|reaches) (?:[^\s.!?;]+ ){0,6}at "
            rf"(?:the point |height |x = |y = )?{KEY}{ENDS}",
        ),
        ("goes in", rf"\bgoes (?:in|into (?:it|{OTHER})) (?:exactly )?{KEY} times"),
        ("most often", rf"{KEY} (?:shows up|appears|occurs|comes up|happens|is repeated|repeats) (?:the )?most"),
        (
            "statistic",
            rf"\b(?:median|mean|average|middle value|mode) of [^.!?;]*? (?:is|equals|=) {hedges}{KEY}{ENDS}",
        ),
        ("o'clock", rf"{KEY} o'clock|clock (?:[a-z]+ ){{0,4}}{KEY}{ENDS}"),
        ("in apposition", rf"^(?:it|that|this) (?:is|equals) (?:the same|equal|also|what)[^.!?]* , {KEY}{ENDS}"),
        ("of what was asked", rf"(?:^|[ ]){ASKED} (?:of|,|:) {hedges}{KEY}{ENDS}"),
        ("is what was asked", rf"{KEY} (?:as|for|is|are) (?:the|its|your|their) {ASKED}|{KEY} {ASKED}"),
    ]
    return tuple((name, re.compile(pattern)) for name, pattern in patterns)


def _or(words: str) -> str:
    return "|".join(sorted((re.escape(word) for word in dict.fromkeys(words.split("|"))), key=len, reverse=True))


def told(
    marked: str,
    asked: tuple[str, ...],
    letters: tuple[str, ...],
    without: frozenset[str] = frozenset(),
    questions: bool = True,
) -> bool:
    """Whether the marked sentence makes KEY the answer, by any kind of frame but those left out; in a question too or
    not."""
    marked = _with_places(marked, asked, letters)
    for part in split(r"(?<=[.!?]) (?=[^\s])", marked):
        if KEY in part and (questions or not part.rstrip(' "”)').endswith("?")) and _told(part, without):
            return True
    if "bare" in without:
        return False
    return bool(search(rf"(?:is|are|:|=|answer|write|type|be) ?(?:\.\.\.|[.:]|- -) (?:[.\"'(]* )*{KEY}", marked))


def _with_places(marked: str, asked: tuple[str, ...], letters: tuple[str, ...]) -> str:
    """The nouns that were asked for, and the unknowns, as ASKED and LETTER."""
    words = marked.split(" ")
    return " ".join(
        LETTER if word in letters else ASKED if word in asked and word not in RESERVED else word for word in words
    )


def _told(marked: str, without: frozenset[str]) -> bool:
    words = [word for word in findall(rf"[\w']+|{KEY}|{OTHER}|{ASKED}|{LETTER}", marked) if word not in (KEY, LETTER)]
    if "bare" not in without and all(word in FILLERS or word == ASKED for word in words):
        return True
    for name, pattern in frames():
        if name in without:
            continue
        for found in pattern.finditer(marked):
            if name in ("said", "pointed at") and _is_about_something_else(found, marked):
                continue
            if name in ("said", "said of a letter") and CONDITION.search(marked[: found.start()] + " "):
                continue
            return True
    return False


WORKING = re.compile(
    r"\b(?:divide|multiply|subtract|add|times|by|both|each|undo|find|look for|number of|e\.?g|"
    r"example|compare|numbers|list|order|read|reads|aloud)\b"
)
CONDITION = re.compile(r"\b(?:if|when|suppose|whether|unless)\b[^,]{0,40}$")
INSIDE = re.compile(rf"\b(?:times|by|to|and|from|if|when|means?|whether|that|which)\b|{OTHER}")


def _is_about_something_else(found: re.Match[str], marked: str) -> bool:
    about = f"{marked[max(0, found.start() - 40) : found.start()]} {found['subject']} {found['between']}"
    about = sub(rf"{ASKED} +(?:term|number|coefficient|exponent|factor|side)s?", ASKED, about)  # `the constant term`
    pronoun = found["subject"] in ("it", "that", "this", "they", "these", "value")
    if found["subject"] == "" and WORKING.search(found["between"]):
        return True
    if pronoun and INSIDE.search(found["between"]):
        return True
    return bool(NOT_ASKED.search(about))


# --- harmless roles of small numbers ------------------------------------------------------------------------------

PLAIN_NOUNS = frozenset(
    listed(
        "step steps side sides term terms equation equations part parts number numbers factor factors "
        "way ways thing things "
        "point points case cases line lines variable variables fraction fractions digit digits place places operation "
        "operations expression expressions hint hints question questions "
        "piece pieces method methods choice choices option "
        "options unknown unknowns bracket brackets decimal time times "
        "row rows column columns value values box boxes side "
        "words letters letter word group groups pair pairs equal like sentence sentences minute "
        "minutes idea ideas rule rules "
        "formula formulas shape shapes angle angles triangle "
        "triangles different separate smaller simple simpler main more "
        "common binomials binomial unlike inequalities inequality conditions possibilities possible "
        "important key dimensional "
        "other kinds kind cells atoms factorizations products sums tries attempts try categories bars "
        "blocks columns axes axis "
        "coordinates quantities amounts constraints points' halves moves or moments reasons facts "
        "examples questions' steps' "
        "binomials' lists list identical outcomes stages phases layers membranes things' sides' of "
        "consecutive dots squares "
        "zeros zeroes spaces units' coordinates' ordered remaining "
        "given types type perfect negative positive whole-number "
        "integers integer factors' expressions' solutions solution roots answers answer linear members elements people "
        "measurements data scores sets set circles graphs graph tens ones hundreds"
    )
)
LABELS = frozenset(
    listed(
        "step steps part parts hint line problem equation question chapter figure row column case rule "
        "example exercise level "
        "grade quadrant round lesson page section type table formula "
        "try attempt method stage phase unit module task level "
        "version exhibit base mod modulo item number's q no. degree choice choices option class group group's eq"
    )
)
VERBS_TOO = frozenset({"type", "try", "grade", "exhibit"})  # labels that are also something to do
ORDERING = frozenset(listed("you to and then please just simply now could can should would , : . ; - i'd let's so or"))
AWAY = frozenset(listed("for in is are so because when if to per at on from with by as but then which that each every"))
BEFORE_SMALL = frozenset(listed("the these those both other last first next all any our your which between"))


def is_harmless(before: Sequence[str], after: Sequence[str], asked: Sequence[str], small: bool, worded: bool) -> bool:
    """Whether a number with these words around it plays another part than being the answer."""
    last = before[-1] if before else ""
    ordered = last in VERBS_TOO and (len(before) < 2 or before[-2] in ORDERING)
    if last in LABELS and not ordered and not (last in ("choice", "option") and "choice" in asked):
        return True
    if not before and after[:1] in ([")"], ["."]) and len(after) > 3:
        return True
    if last == "(" and after[:1] == [")"] and len(before) > 1 and before[-2] in LABELS:
        return True
    if not small:
        return False
    for noun in after[:3]:
        if noun in asked:
            return False
        if noun in PLAIN_NOUNS:
            return True
        if not noun.isalpha() or noun in AWAY:
            break
    if (
        after[:1] == ["-"]
        and len(after) > 1
        and after[1] in PLAIN_NOUNS | {"step", "digit", "dimensional", "sided", "part"}
    ):
        return True
    return worded and last in BEFORE_SMALL and bool(after) and after[0] not in (".", "!", "?")
