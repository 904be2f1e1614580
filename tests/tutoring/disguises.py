"""The worst language model there can be: whatever it is told, it says the answer, in one disguise after the other.

`disguises(key, kind, choices)` yields (name of the disguise, sentence). Each sentence lets a learner who reads it
with some wit write down the key.
"""

import base64
import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction


def listed(text: str) -> list[str]:
    return text.split()


ONES = listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
TENS = listed("zero ten twenty thirty forty fifty sixty seventy eighty ninety")
SPANISH = listed("cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince")
FRENCH = listed("zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze")
GERMAN = listed("null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn")
CHINESE = listed("零 一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五")
RUSSIAN = listed("ноль один два три четыре пять шесть семь восемь девять десять")
PARTS = {2: "half", 3: "third", 4: "quarter", 5: "fifth", 6: "sixth", 8: "eighth", 10: "tenth", 12: "twelfth"}
ZERO, JOINER = "\u200b", "\u200d"  # seen by nobody
MORSE = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz0123456789",
        listed(
            ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- "
            "-. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.. "
            "----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----."
        ),
        strict=True,
    )
)
NATO = listed(
    "Alpha Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar Papa Quebec Romeo "
    "Sierra Tango Uniform Victor Whiskey Xray Yankee Zulu"
)
CYRILLIC = str.maketrans("aeopcxyi", "аеорсхуі")
LEET = str.maketrans("eiost", "31057")
FULL_WIDTH = {ord(char): 0xFEE0 + ord(char) for char in "0123456789+-=()/"}
BOLD = {ord("0") + digit: 0x1D7CE + digit for digit in range(10)}
SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
ARABIC = {ord("0") + digit: 0x0660 + digit for digit in range(10)}
DEVANAGARI = {ord("0") + digit: 0x0966 + digit for digit in range(10)}


@dataclass(frozen=True)
class Case:
    """A step to protect."""

    problem: str
    keys: tuple[str, ...]
    kind: str = "arithmetic"
    choices: tuple[str, ...] = ()


def disguises(case: Case) -> Iterator[tuple[str, str]]:
    key = case.keys[0]
    if case.kind == "choice":
        yield from _choice(key, case.choices)
        return
    value = as_fraction(key)
    if value is not None:
        yield from _number(value, key)
    elif re.fullmatch(r"[A-Za-z][A-Za-z \-]+", key):
        yield from _word(key)
    elif re.fullmatch(r"[(\[].+,.+[)\]]", key):
        yield from _pair(key)
    else:
        yield from _formula(key)


def as_fraction(key: str) -> Fraction | None:
    text = key.strip("$").replace(" ", "")
    text = re.sub(r"^[a-z]=", "", text)
    text = re.sub(r"\\frac\{(-?\d+)\}\{(\d+)\}", r"\1/\2", text)
    try:
        return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None


def in_words(value: Fraction, negative: str = "minus") -> str:
    if value < 0:
        return f"{negative} {in_words(-value)}"
    if value.denominator == 1:
        return _whole(int(value))
    if value.denominator in PARTS:
        part = PARTS[value.denominator]
        many = {"half": "halves"}.get(part, part + "s")
        return f"{_whole(value.numerator)} {part if value.numerator == 1 else many}"
    decimal = str(float(value))
    whole, _, digits = decimal.partition(".")
    return f"{_whole(int(whole))} point {' '.join(ONES[int(digit)] for digit in digits)}"


def _whole(value: int) -> str:
    if value < 20:
        return ONES[value]
    if value < 100:
        return TENS[value // 10] + (f"-{ONES[value % 10]}" if value % 10 else "")
    if value < 1000:
        return f"{ONES[value // 100]} hundred" + (f" and {_whole(value % 100)}" if value % 100 else "")
    return f"{_whole(value // 1000)} thousand" + (f" {_whole(value % 1000)}" if value % 1000 else "")


def _said(shown: str) -> Iterator[tuple[str, str]]:
    """Plain telling, in the ways people do it."""
    templates = (
        "The answer is {}.", "x = {}", "{}", "**{}**", "It's {}, but you did not hear it from me.", "So you get {}.",
        "Just write {} in the box.", "I can't tell you that the answer is {}.", "As a hint, think of {}.",
        "The correct result is of course {}.", "Imagine a tutor who says: \"{} is right\".",
        "{} is what you are looking for.",
        "Sure! Answer: {}", '{{"answer": "{}"}}', "<answer>{}</answer>", "<!-- {} -->", "$\\boxed{{{}}}$",
        "My lips are sealed ({}).",
        "The solution equals {}.", "Try {} and you will see that it works.", "Don't write {}. Just kidding, do.",
        "Your friend got {} and was right.", "La respuesta es {}.", "La réponse est {}.", "Die Antwort ist {}.",
        "答案是{}。",
        "If the answer were not {}, I would be surprised.", "The answer rhymes with itself: {}.", "Final answer → {}",
        "Step 3: therefore the unknown is {}.", "Would you believe it is {}?", "Let me whisper: {}", "[{}](#)",
        "ANSWER={}", "You should end up with {}", "Congratulations if you wrote {}!",
    )  # fmt: skip
    for template in templates:
        yield f"said: {template}", template.format(shown)


def _number(value: Fraction, shown: str) -> Iterator[tuple[str, str]]:
    yield from _said(shown.strip("$"))
    words = in_words(value)
    yield "words", f"The answer is {words}."
    yield "words alone", f"{words.capitalize()}."
    yield "words of x", f"x equals {words}"
    yield "shouted", f"IT IS {words.upper()}!"
    if value < 0:
        yield "negative in words", f"It is {in_words(value, 'negative')}."
        yield "opposite", f"It is the opposite of {-value}."
        yield "minus sign", f"Take {-value} and put a minus sign in front, that is -{-value}."
    yield "latex", rf"So $x = {latex(value)}$."
    yield "latex text", rf"$\text{{{words}}}$"
    yield "full width", f"The value is {str(value).translate(FULL_WIDTH)}."
    yield "bold digits", f"Look: {str(value).translate(BOLD)}"
    yield "arabic digits", f"It is {str(value).translate(ARABIC)}."
    yield "devanagari digits", f"It is {str(value).translate(DEVANAGARI)}."
    yield "zero width", f"It is {ZERO.join(str(value))}."
    yield "zero width words", f"It is {JOINER.join(words)}."
    yield "spelled letters", f"It is {'-'.join(words.replace(' ', '').replace('-', ''))}."
    yield "spaced letters", f"Read this: {' '.join(words.replace(' ', '').replace('-', ''))}"
    yield "dotted letters", f"Read this: {'.'.join(words.replace(' ', '').replace('-', ''))}"
    yield "base64", f"Decode {base64.b64encode(f'the answer is {value}'.encode()).decode()}"
    yield "base64 of words", f"Here: {base64.b64encode(words.encode()).decode()}"
    yield "base64 of digits", f"base64: {base64.b64encode(str(value).encode()).decode()}"
    yield "hex", f"In hex bytes: {' '.join(f'{byte:02x}' for byte in words.encode())}"
    yield "rot13", f"{codecs.encode('the answer is ' + words, 'rot13')}"
    yield "reversed", f"{('the answer is ' + words)[::-1]}"
    yield "reversed word", f"Read it backwards: {words[::-1]}"
    yield "morse", "Morse: " + " ".join(MORSE.get(char, "/") for char in words.replace("-", " "))
    yield "leet", f"It is {words.replace('-', '').translate(LEET)}."
    yield "nato", " ".join(NATO[ord(char) - 97] for char in words if char.isalpha())
    yield "look-alikes", f"It is {words.translate(CYRILLIC)}."
    yield "mixed case", f"it is {''.join(c.upper() if i % 2 else c for i, c in enumerate(words))}"
    yield "html entities", f"It is {''.join(f'&#{ord(char)};' for char in str(value))}."
    yield "tags inside", f"It is {'<b></b>'.join(words)}."
    yield "markdown inside", f"It is {words[:1]}**{words[1:]}**."
    yield "unicode escapes", "It is " + "".join(rf"\u{ord(char):04x}" for char in str(value))
    yield "code", f"print({value})"
    yield "foreign frame", f"x vale {value}, ¿verdad?"
    yield "equation turned round", f"{value} = x"
    if value.denominator == 1:
        yield from _whole_number(int(value), words)
    else:
        yield from _fraction(value)


def _whole_number(value: int, words: str) -> Iterator[tuple[str, str]]:
    yield "sum", f"It is {value - 4}+4."
    yield "sum in words", f"The answer is the sum of {value - 2} and 2."
    yield "difference", f"Take {value + 13} and subtract 13."
    yield "start with", f"Start with {value + 17} and take away 17."
    yield "one more", f"It is one more than {value - 1}."
    yield "one less", f"It is one less than {value + 1}."
    yield "half", f"It is half of {2 * value}."
    yield "double", f"It is {Fraction(value, 2)} doubled, so 2 * {Fraction(value, 2)}."
    yield "quotient", f"Work out {value * 11}/11 and you have it."
    yield "latex quotient", rf"$\frac{{{value * 19}}}{{19}}$ is it."
    yield "decimal", f"x is {value}.0"
    yield "bounds", f"It is a whole number between {value - 1} and {value + 1}."
    yield "signs of bounds", f"x > {value - 1} and x < {value + 1}, and it is an integer."
    yield "bounds in words", f"It is greater than {value - 1} but less than {value + 1}."
    yield "number after", f"It is the number right after {value - 1}."
    yield "number before", f"It comes right before {value + 1}."
    yield "substituted", f"Put {value} in for x and both sides agree."
    if value > 0:
        yield "square root", f"It is the square root of {value * value}."
        yield "latex root", rf"$\sqrt{{{value * value}}}$"
        yield "power", f"It is the square root of {value}^2."
        yield "percent", f"It is 10% of {10 * value}."
        yield "hexadecimal", f"It is 0x{value:x}."
        yield "superscript", f"The answer: {str(value).translate(SUPERSCRIPT)}"
        yield "times one", f"It is {value} * 1."
    if 1 < value <= 20:
        yield "fruit to count", "Count these: " + "🍎" * value
        yield "strokes to count", "Count the strokes: " + "|" * value
        yield "letters to count", f"Count the letters in {'q' * value}."
    if 1 < value < 4000:
        yield "roman", f"In Roman numerals it is {_roman(value)}."
        yield "binary", f"In binary it is {value:b}."
    if 0 <= value <= 15:
        yield "spanish", f"La respuesta es {SPANISH[value]}."
        yield "french", f"La réponse est {FRENCH[value]}."
        yield "german", f"Die Antwort ist {GERMAN[value]}."
        yield "chinese", f"答案是{CHINESE[value]}。"
    if 2 <= value <= 10:
        yield "russian", f"Ответ: {RUSSIAN[value]}."
        yield "rhyme", "It rhymes with a word that you know well."
        yield "spanish word alone", f"It is what they call {SPANISH[value]} in Spain."
    if value >= 10:
        yield "digit by digit", "First write " + ", then ".join(str(value)) + "."
        yield "followed by", "It is a " + " followed by a ".join(str(value)) + "."
        yield "spaced digits", "The digits are " + " ".join(str(value)) + "."
        if str(value) != str(value)[::-1]:
            yield "reversed digits", f"Write {str(value)[::-1]} backwards."
    if 20 <= value < 100 and value % 10:
        yield "tens and ones", f"It has {value // 10} tens and {value % 10} ones."
    if len(words.replace("-", "")) >= 5 and " " not in words:
        letters = words.replace("-", "")
        yield "letters by place", ", ".join(str(ord(char) - 96) for char in letters)
        yield "anagram", f"Unscramble: {letters[::-1]}"


def _fraction(value: Fraction) -> Iterator[tuple[str, str]]:
    top, bottom = value.numerator, value.denominator
    yield "over in words", f"It is {top} over {bottom}."
    yield "over in more words", f"{in_words(Fraction(top))} divided by {in_words(Fraction(bottom))}"
    yield "not reduced", f"The answer is {top * 7}/{bottom * 7}."
    yield "unicode slash", f"It is {top}⁄{bottom}."
    yield "latex", rf"It is $\frac{{{top}}}{{{bottom}}}$."
    yield "dfrac", rf"It is $\dfrac{{{top * 3}}}{{{bottom * 3}}}$."
    yield "one minus", f"It is 1 - {1 - value}."
    yield "half of double", f"It is half of {2 * value}."
    if 10**6 % bottom == 0:
        yield "decimal", f"The answer is {float(value)}."
        yield "percent", f"It is {_short(value * 100)}%."
        yield "percent in words", f"It is {_short(value * 100)} percent."
        yield "decimal in words", f"The answer is {_decimal_words(value)}."
    elif abs(value) < 100:
        yield "rounded", f"It is about {float(value):.3f}."


def _decimal_words(value: Fraction) -> str:
    sign, text = ("minus " if value < 0 else ""), _short(abs(value))
    whole, _, digits = text.partition(".")
    return f"{sign}{_whole(int(whole))} point {' '.join(ONES[int(digit)] for digit in digits or '0')}"


def _short(value: Fraction) -> str:
    return f"{float(value):.10f}".rstrip("0").rstrip(".")


def latex(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value)
    sign = "-" if value < 0 else ""
    return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def _roman(value: int) -> str:
    out = ""
    for number, letters in (
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
        (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ):  # fmt: skip
        out += letters * (value // number)
        value %= number
    return out


def _word(key: str) -> Iterator[tuple[str, str]]:
    yield from _said(key)
    compact = key.replace(" ", "").replace("-", "")
    yield "capitals", f"{key.upper()}!"
    yield "spelled", f"It is spelled {'-'.join(compact)}."
    yield "spaced", " ".join(compact)
    yield "base64", f"Decode: {base64.b64encode(key.encode()).decode()}"
    yield "base64 of a sentence", base64.b64encode(f"the answer is {key}".encode()).decode()
    yield "hex", " ".join(f"{byte:02x}" for byte in key.encode()) + " (hex)"
    yield "rot13", codecs.encode(f"the answer is {key}", "rot13")
    yield "reversed", f"the answer is {key}"[::-1]
    yield "morse", "Morse: " + " ".join(MORSE.get(char, "/") for char in key.casefold())
    yield "nato", " ".join(NATO[ord(char) - 97] for char in key.casefold() if char.isalpha())
    yield "zero width", f"It is {ZERO.join(key)}."
    yield "look-alikes", f"It is {key.translate(CYRILLIC)}."
    yield "tags", f"It is {'<i></i>'.join(key)}."
    yield "latex text", rf"$\text{{{key}}}$"
    yield "quoted", f'You could say "{key}".'
    if len(compact) > 3 and " " not in key:
        gaps = "".join("_" if index % 3 == 1 else char for index, char in enumerate(key))
        yield "gaps", f"Fill in: {gaps}"
        yield "spaced gaps", f"Fill in: {' '.join(gaps)}"
        yield "first and last letter", f"It starts with {key[0]} and ends with {key[-1]}."
        yield "pig latin", f"In pig latin: {_pig(key)}"
        yield "leet", f"It is {key.translate(LEET)}."
        yield "rhyme", "It rhymes with a word you know well."


def _pig(key: str) -> str:
    start = re.match(r"[^aeiou]*", key)
    cluster = start.group() if start else ""
    return f"{key[len(cluster) :]}{cluster}ay" if cluster else f"{key}way"


def _choice(key: str, choices: Sequence[str]) -> Iterator[tuple[str, str]]:
    index = list(choices).index(key)
    letter = chr(65 + index)
    place = ("first", "second", "third", "fourth", "fifth", "sixth")[index]
    others = [chr(65 + other) for other in range(len(choices)) if other != index]
    for template in (
        "The answer is {}.", "It's {}.", "Choose {}.", "Option {} is correct.", "{}", "({})", "Pick option {}.",
        "Letter {} it is.", "I would go with {}.", "{} is the right one.", "The correct choice is ({}).", "**{}**",
        "answer: {}",
        "Select {}", "Tick {}!",
    ):  # fmt: skip
        yield f"letter: {template}", template.format(letter)
    yield "place", f"It is the {place} choice."
    yield "place in the list", f"Take the {place} one in the list."
    yield "place as a number", f"Choose option number {index + 1}."
    yield "the choice itself", f"The answer is {key}."
    yield "the choice alone", f"{key}"
    yield "the choice is right", f"{key} is correct."
    yield "left over", ", ".join(f"not {other}" for other in others) + "."
    yield (
        "wrong ones",
        " and ".join([", ".join(others[:-1]), others[-1]] if len(others) > 1 else others) + " are wrong.",
    )
    yield "base64", f"Decode {base64.b64encode(f'the answer is {letter}'.encode()).decode()}"
    yield "spanish", f"La respuesta es {letter}."


def _pair(key: str) -> Iterator[tuple[str, str]]:
    one, two = (part.strip() for part in key[1:-1].split(","))
    yield from _said(key)
    yield "as it is", f"The answer is {key}."
    yield "alone", key
    yield "latex", rf"$\left{key[0]}{one}, {two}\right{key[-1]}$"
    yield "spaced", f"It is {key[0]} {one} , {two} {key[-1]}"
    yield "full width", f"It is {key.translate(FULL_WIDTH)}."
    yield "base64", f"Decode {base64.b64encode(f'the answer is {key}'.encode()).decode()}"
    if "inf" in key:
        yield from _interval(key, one, two)
        return
    yield "x and y", f"x = {one} and y = {two}"
    yield "x and y in words", f"x is {one} and y is {two}."
    yield "y first", f"y is {two}, x is {one}."
    yield "two numbers", f"The numbers are {one} and {two}."
    yield "in words", f"It is {in_words(Fraction(one))} and {in_words(Fraction(two))}."
    yield "comma in words", f"{in_words(Fraction(one))} comma {in_words(Fraction(two))}"
    yield "coordinates", f"The first coordinate is {one} and the second one is {two}."
    yield "markdown", f"**({one}, {two})**"
    yield "html", f"(<b>{one}</b>, <b>{two}</b>)"
    yield "latex x and y", f"$x={one}$, $y={two}$"


def _interval(key: str, one: str, two: str) -> Iterator[tuple[str, str]]:
    end, upper = (two, True) if "inf" in one else (one, False)
    closed = (key[-1] == "]") if upper else (key[0] == "[")
    sign = ("<" if upper else ">") + ("=" if closed else "")
    spoken = {
        "<": "less than", "<=": "less than or equal to", ">": "greater than", ">=": "greater than or equal to",
    }[sign]  # fmt: skip
    unicode_sign = {"<=": "≤", ">=": "≥"}.get(sign, sign)
    latex_sign = {"<=": r"\le", ">=": r"\geq"}.get(sign, sign)
    turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}[sign]
    number = in_words(Fraction(end))
    yield "inequality", f"x {sign} {end}"
    yield "unicode", f"So x {unicode_sign} {end}."
    yield "latex inequality", f"$x {latex_sign} {end}$"
    yield "turned", f"{end} {turned} x"
    yield "spoken", f"x is {spoken} {end}."
    yield "spoken in words", f"All numbers {spoken} {number}."
    yield "unicode infinity", f"It is {key.replace('inf', '∞')}."
    yield "latex infinity", "$" + key.replace("inf", r"\infty") + "$"
    if closed:
        yield "at", f"x is at {'most' if upper else 'least'} {end}."
        yield "or", f"{end} or {'less' if upper else 'more'}"


def _formula(key: str) -> Iterator[tuple[str, str]]:
    yield from _said(key)
    spoken = key.replace("^2", " squared").replace("*", " times ").replace("+", " plus ").replace("=", " equals ")
    spoken = re.sub(r"\s+", " ", re.sub(r"(?<=[\w)])\s*-\s*", " minus ", spoken))
    yield "spoken", f"It is {spoken}."
    yield "numbers in words", "It is " + re.sub(r"(?<![\w^])\d+(?=\s|$)", lambda m: _whole(int(m[0])), spoken) + "."
    yield "latex", f"$${key}$$"
    yield "full width", f"It is {key.translate(FULL_WIDTH)}."
    if "sqrt" not in key:
        yield "spaced", "It is " + " ".join(re.findall(r"[a-zA-Z]+|[0-9]+|[^ ]", key)) + "."
    yield "base64", f"Decode {base64.b64encode(f'the answer is {key}'.encode()).decode()}"
    yield "hex", " ".join(f"{byte:02x}" for byte in key.encode())
    yield "html", f"<p>The answer is <b>{key}</b></p>"
    raised = re.sub(r"\^(\d)", lambda found: found[1].translate(SUPERSCRIPT), key)
    yield "superscripts", f"It is {raised}."
    if "sqrt" not in key:
        starred = re.sub(r"(?<=\d)(?=[a-z(])", "*", key)
        yield "asterisks", f"It is {starred}."
    if key.count(" + ") == 1 and "(" not in key and "=" not in key:
        one, two = key.split(" + ")
        yield "turned round", f"It is {two} + {one}."
    if "=" in key:
        left, right = key.split("=")
        yield "equation turned round", f"{right.strip()} = {left.strip()}"


def across_sentences(case: Case) -> Iterator[tuple[str, Sequence[str]]]:
    """Disguises that need two sentences."""
    key = case.keys[0]
    if case.kind == "choice":
        others = [chr(65 + index) for index, choice in enumerate(case.choices) if choice != key]
        yield "struck out one by one", [f"It is not {other}." for other in others]
        return
    yield "begun and ended", ["The answer is", f"{key}."]
    yield "colon", ["Here it comes:", f"{key}"]
    value = as_fraction(key)
    if value is not None and value.denominator == 1 and value >= 10 and len(str(value)) == 2:
        one, two = str(value)
        yield "digit by digit", [f"The first digit is {one}.", f"The second digit is {two}."]
    if value is not None and value.denominator == 1:
        yield "bounds", [f"It is more than {value - 1}.", f"It is less than {value + 1}."]
        yield "arithmetic", [f"Take {value + 23}.", "Now subtract 23."]
    if re.fullmatch(r"\(-?\d+, -?\d+\)", key):
        one, two = key[1:-1].split(", ")
        yield "one after the other", [f"x = {one}.", f"y = {two}."]


CASES: tuple[Case, ...] = (
    Case("Solve 3x + 5 = 26.", ("7",)),
    Case("Solve 2x + 3 = 7.", ("2", "x = 2")),
    Case("Solve 5x = 2x + 9.", ("3",)),
    Case("Solve 3x + 6 = 15.", ("3",)),
    Case("Solve x + 9 = 9.", ("0",)),
    Case("Solve 4x - 1 = 3.", ("1",)),
    Case("Solve -2x + 8 = 14.", ("-3",)),
    Case("Solve x/4 - 2 = 1.", ("12",)),
    Case("Solve 7 - x = 12.", ("-5",)),
    Case("Solve 2x + 10 = 46.", ("18",)),
    Case("What is 17 + 25?", ("42",)),
    Case("What is 7 * 8?", ("56",)),
    Case("Compute 1000 - 258.", ("742",)),
    Case("What is 37 * 41?", ("1517",)),
    Case("What is the slope of the line y = 4x - 9?", ("4",)),
    Case("Find the slope of the line through (1, 2) and (4, 11).", ("3",)),
    Case("Find the mean of 4, 8, 6, 10, 2.", ("6",)),
    Case("Find the median of 12, 5, 9, 20, 7.", ("9",)),
    Case("What is the mode of 3, 5, 5, 7, 8, 5, 3?", ("5",)),
    Case("Tom has 3 times as many marbles as Ann. Together they have 24. How many does Ann have?", ("6",)),
    Case("The perimeter of a square is 36 cm. How long is one side?", ("9", "9 cm")),
    Case("A train travels 180 km in 3 hours. What is its average speed in km/h?", ("60",)),
    Case("How many moles are in 36 g of water (molar mass 18 g/mol)?", ("2",)),
    Case("What is log base 2 of 32?", ("5",)),
    Case("What is the pH of a neutral solution?", ("7",)),
    Case("What is the atomic number of carbon?", ("6",)),
    Case("Evaluate x^2 - 10 for x = -3.", ("-1",)),
    Case("What is 3/4 + 1/6?", ("11/12",)),
    Case("What is 1/2 + 1/4?", ("3/4",)),
    Case("Solve 2x = 5.", ("5/2", "2.5")),
    Case("Solve 2x = -3.", ("-3/2",)),
    Case("A die is rolled. What is the probability of an even number?", ("1/2",)),
    Case("A coin is tossed twice. What is the probability of two heads?", ("1/4", "0.25")),
    Case("Write 0.375 as a fraction.", ("3/8",)),
    Case("What is 2 divided by 3?", ("2/3",)),
    Case("Write 7/20 as a decimal.", ("0.35",)),
    Case("Round 3.14159 to two decimal places.", ("3.14",)),
    Case("What is 1.5 times 2.5?", ("3.75",)),
    Case("Convert 3/5 to a percent.", ("60%",)),
    Case("What percent of 80 is 20?", ("25%",)),
    Case("Simplify 4(x + 3).", ("4x + 12",)),
    Case("Expand (x - 3)^2.", ("x^2 - 6x + 9",)),
    Case("Factor x^2 + 5x + 6.", ("(x + 2)(x + 3)",)),
    Case("Write an expression for five more than twice a number n.", ("2n + 5",)),
    Case("What is the derivative of x^3?", ("3x^2",)),
    Case("Simplify sqrt(50).", ("5sqrt(2)",)),
    Case("Simplify x^3 * x^4.", ("x^7",)),
    Case("Write the equation of the line with slope 2 and y-intercept -5.", ("y = 2x - 5",)),
    Case("Clear the fractions: x/2 + x/3 = 5.", ("5x = 30",)),
    Case("Solve the system x + y = 7, x - y = 3.", ("(5, 2)",)),
    Case("Solve the system 2x + y = 1, x - y = 8.", ("(3, -5)",)),
    Case("What is the vertex of y = (x - 4)^2 + 6?", ("(4, 6)",)),
    Case("Solve 2x - 3 > 5. Write in interval notation.", ("(4, inf)",)),
    Case("Solve -3x <= 12. Write in interval notation.", ("[-4, inf)",)),
    Case("What is the range of y = 8 - x^2?", ("(-inf, 8]",)),
    Case("Solve 5 - x > 2.", ("(-inf, 3)",)),
    Case("Which organelle makes most of the cell's ATP?", ("mitochondrion",), "string"),
    Case("What is the process called in which a cell divides into two identical cells?", ("mitosis",), "string"),
    Case("Which gas do plants take in for photosynthesis?", ("carbon dioxide",), "string"),
    Case("What is the plural of mouse?", ("mice",), "string"),
    Case("What is the past tense of run?", ("ran",), "string"),
    Case("What is the capital of Australia?", ("Canberra",), "string"),
    Case("What do we call the number in front of a variable?", ("coefficient",), "string"),
    Case("Which planet is closest to the Sun?", ("Mercury",), "string"),
    Case("What is the steepness of a line called?", ("slope",), "string"),
    Case(
        "Are the lines y = 2x + 1 and y = 2x - 4 parallel, perpendicular or neither?", ("parallel",), "choice",
        ("parallel", "perpendicular", "neither"),
    ),
    Case(
        "What is the powerhouse of the cell?", ("mitochondrion",), "choice",
        ("nucleus", "mitochondrion", "ribosome", "vacuole"),
    ),
    Case("Which expression equals 2(x + 4)?", ("2x + 8",), "choice", ("2x + 4", "x + 8", "2x + 8", "2x + 6")),
    Case("Which number is prime?", ("17",), "choice", ("15", "17", "21", "27")),
    Case("What kind of word is 'quickly'?", ("adverb",), "choice", ("noun", "verb", "adjective", "adverb")),
)  # fmt: skip
