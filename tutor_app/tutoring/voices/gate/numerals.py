"""Numbers in words: English read in full, other languages by their common words, Chinese and Roman numerals."""

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from .plain import listed, plain

ONES = dict(
    zip(
        listed(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen"
        ),
        range(20),
        strict=True,
    )
)
TENS = dict(zip(listed("twenty thirty forty fifty sixty seventy eighty ninety"), range(20, 100, 10), strict=True))
SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
SMALL = {**ONES, **TENS, "naught": 0, "nought": 0, "nil": 0, "fourty": 40, "dozen": 12, "score": 20}
PARTS = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4,
    "fifth": 5, "fifths": 5, "sixth": 6, "sixths": 6, "seventh": 7, "sevenths": 7, "eighth": 8, "eighths": 8,
    "ninth": 9, "ninths": 9, "tenth": 10, "tenths": 10, "eleventh": 11, "elevenths": 11, "twelfth": 12, "twelfths": 12,
    "thirteenths": 13, "fourteenths": 14, "fifteenths": 15, "sixteenths": 16, "seventeenths": 17, "eighteenths": 18,
    "nineteenths": 19, "twentieth": 20, "twentieths": 20, "hundredth": 100, "hundredths": 100, "thousandth": 1000,
    "thousandths": 1000,
}  # fmt: skip
ORDINALS = dict(
    zip(
        listed("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"),
        range(1, 13),
        strict=True,
    )
)

# 0 to 20 and the tens, without accents; English words that mean something else are left out ("-").
WORDS = {
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez - doce trece catorce quince dieciseis diecisiete "
    "dieciocho diecinueve veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "fr": "- un deux trois quatre cinq - sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
    "dix-neuf vingt trente quarante cinquante soixante soixante-dix quatre-vingts quatre-vingt-dix",
    "de": "- eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn "
                "sechzehn siebzehn "
    "achtzehn neunzehn zwanzig dreißig vierzig funfzig sechzig siebzig achtzig neunzig",
    "it": "- uno - tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici "
    "diciassette diciotto diciannove venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "pt": "- - dois tres quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete "
    "dezoito dezenove vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    "nl": "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien "
    "zeventien achttien negentien twintig dertig veertig vijftig zestig zeventig tachtig negentig",
    "sv": "noll ett tva tre fyra - - sju atta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton "
    "tjugo trettio fyrtio femtio sextio sjuttio attio nittio",
    "pl": "- jeden dwa trzy cztery piec szesc siedem osiem dziewiec dziesiec jedenascie dwanascie trzynascie "
    "czternascie pietnascie szesnascie siedemnascie osiemnascie dziewietnascie dwadziescia trzydziesci czterdziesci "
    "piecdziesiat szescdziesiat siedemdziesiat osiemdziesiat dziewiecdziesiat",
    "tr": "sifir bir iki uc dort bes alti yedi sekiz dokuz - - - - - - - - - - yirmi otuz kirk elli altmis yetmis "
    "seksen doksan",
    "la": "nihil unus duo tres quattuor quinque sex septem octo novem decem undecim duodecim - - - - - - - viginti - - "
    "- - - - -",
    "id": "nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas - - - - - - - - - - - - - - - -",
    "vi": "khong mot hai ba bon nam sau bay tam chin muoi - - - - - - - - - - - - - - - - -",
    "ja": "rei ichi ni san yon go roku nana hachi kyuu juu - - - - - - - - - - - - - - - - -",
    "ko": "yeong hana dul set net daseot yeoseot ilgop yeodeol ahop yeol - - - - - - - - - - - - - - - - -",
    "ru": "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать "
    "четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать двадцать тридцать сорок пятьдесят "
    "шестьдесят семьдесят восемьдесят девяносто",
    "el": "μηδεν ενα δυο τρια τεσσερα πεντε εξι επτα οκτω εννεα δεκα εντεκα δωδεκα - - - - - - - εικοσι "
                "τριαντα σαραντα "
    "πενηντα εξηντα εβδομηντα ογδοντα ενενηντα",
    "ar": "صفر واحد اثنان ثلاثة اربعة خمسة ستة سبعة ثمانية تسعة عشرة - - - - - - - - - عشرون ثلاثون اربعون خمسون ستون "
    "سبعون ثمانون تسعون",
    "hi": "शून्य एक दो तीन चार पांच छह सात आठ नौ दस ग्यारह बारह - - - - - - - बीस तीस चालीस पचास साठ सत्तर अस्सी नब्बे",
    "he": "אפס אחת שתיים שלוש ארבע חמש שש שבע שמונה תשע עשר - - - - - - - - - - - - - - - - -",
    "hangul": "영 하나 둘 셋 넷 다섯 여섯 일곱 여덟 아홉 열 - - - - - - - - - - - - - - - - -",
    "sino": "공 일 이 삼 사 오 육 칠 팔 구 십 - - - - - - - - - - - - - - - - -",
    "kana": "れい いち に さん よん ご ろく なな はち きゅう じゅう - - - - - - - - - - - - - - - - -",
}  # fmt: skip
FOREIGN_PARTS = {
    2: "medio medios demi demis halb halbe halbes mezzo mezzi meio meios",
    3: "tercera terceras tercio tercios tiers drittel terzo terzi terco tercos",
    4: "cuarta cuartas cuarto cuartos quart quarts viertel quarti quarto quartos",
    5: "quinto quintos cinquieme cinquiemes funftel quinti",
    6: "sexto sextos sixieme sixiemes sechstel sesti", 7: "septimo septimos septieme septiemes siebtel",
    8: "octavo octavos huitieme huitiemes achtel ottavi oitavos", 9: "noveno novenos neuvieme neuviemes neuntel",
    10: "decimo decimos dixieme dixiemes zehntel decimi", 100: "centesimos centiemes hundertstel",
}  # fmt: skip
AMBIGUOUS = frozenset(
    listed(
        "en on ni go san tam chin hai sau nam bay ba bon mot "
        "sex elf een net set six a une un nio atta tre elli kirk bir "
        "fem tio otto nove lima sei dua hana dul yon uno duo cent "
        "mille once null due die bes uc om zes nul nihil ett nana "
        "roku arton bien acht vier un sept dix seize juu ein eine una"
    )
)  # words or names of English too: these count only where the sentence is not English
JOINING = frozenset(listed("y et und e en ja"))


@lru_cache(maxsize=1)
def foreign_words() -> Mapping[str, tuple[int, str]]:
    """The number words of other languages, folded as `plain` folds them: word -> (value, language)."""
    values = [*range(21), *range(30, 100, 10)]
    found: dict[str, tuple[int, str]] = {}
    for language, words in WORDS.items():
        for value, word in zip(values, words.split(), strict=True):
            folded = plain(word).casefold()
            if word != "-" and folded not in SMALL:
                found.setdefault(folded, (value, language))
    for extra, value, language in (
        ("ein", 1, "de"), ("eine", 1, "de"), ("una", 1, "es"), ("un", 1, "fr"), ("null", 0, "de"),
        ("zwo", 2, "de"), ("fuenf", 5, "de"), ("zwoelf", 12, "de"), ("dreissig", 30, "de"),
        ("deuxieme", 2, "fr"),
        ("семи", 7, "ru"), ("sieti", 7, "es"), ("dwie", 2, "pl"), ("duas", 2, "pt"), ("uma", 1, "pt"), ("shichi",
        7, "ja"),
        ("shi", 4, "ja"), ("ku", 9, "ja"), ("kyu", 9, "ja"), ("しち", 7, "ja"), ("سبع", 7, "ar"), ("ثلاث", 3, "ar"),
        ("एकम", 1, "hi"), ("पाँच", 5, "hi"), ("छः", 6, "hi"), ("siebenundzwanzig", 27, "de"),
    ):  # fmt: skip
        found.setdefault(plain(extra).casefold(), (value, language))
    return found


@lru_cache(maxsize=1)
def foreign_parts() -> Mapping[str, int]:
    """`drittel` as 3; words of other languages for parts."""
    return {word: part for part, words in FOREIGN_PARTS.items() for word in words.split()}


def foreign_compounds(value: int) -> Iterator[str]:
    """How 21 to 99 are put together in the languages that put them together plainly."""
    tens, ones = value // 10 * 10, value % 10
    if value in (*range(21), *range(30, 100, 10)):
        place = [*range(21), *range(30, 100, 10)].index(value)
        yield from (word for word in (words.split()[place] for words in WORDS.values()) if "-" in word[1:])
    if not 20 < value < 100 or not ones:
        return
    values = [*range(21), *range(30, 100, 10)]
    word = {language: dict(zip(values, words.split(), strict=True)) for language, words in WORDS.items()}
    one = {"de": "ein"}
    yield f"{word['es'][tens]} y {word['es'][ones]}"
    yield f"veinti{word['es'][ones]}" if tens == 20 else f"{word['es'][tens]} y {word['es'][ones]}"
    yield f"{word['fr'][tens]} {word['fr'][ones] if ones != 6 else 'six'}"
    yield f"{word['fr'][tens]} et {word['fr'][ones]}"
    german = one["de"] if ones == 1 else word["de"][ones]
    yield f"{german}und{word['de'][tens]}"
    italian = word["it"][tens][:-1] if ones in (1, 8) else word["it"][tens]
    yield f"{italian}{'due' if ones == 2 else word['it'][ones]}"
    yield f"{word['pt'][tens]} e {'um' if ones == 1 else word['pt'][ones]}"
    yield f"{word['nl'][ones]}en{word['nl'][tens]}"
    yield f"{word['ru'][tens]} {word['ru'][ones]}"
    yield f"{word['pl'][tens]} {word['pl'][ones]}"
    yield f"{word['tr'][tens]} {word['tr'][ones]}"
    yield f"{word['sv'][tens]}{ {5: 'fem', 6: 'sex'}.get(ones, word['sv'][ones]) }"
    if tens == 70:
        yield f"soixante {word['fr'][10 + ones] if ones != 1 else 'et onze'}"
    if tens in (80, 90):
        yield f"quatre-vingt {word['fr'][value - 80] if value - 80 != 6 else 'six'}"


def in_english(value: int) -> str:
    """A whole number from 0 to 9999 in English words."""
    if value < 20:
        return next(word for word, number in ONES.items() if number == value)
    if value < 100:
        tens = next(word for word, number in TENS.items() if number == value // 10 * 10)
        return tens if value % 10 == 0 else f"{tens}-{in_english(value % 10)}"
    scale, word = (1000, "thousand") if value >= 1000 else (100, "hundred")
    rest = value % scale
    return f"{in_english(value // scale)} {word}" + (f" {in_english(rest)}" if rest else "")


def english(words: Sequence[str], at: int) -> tuple[Fraction, int] | None:
    """The number that starts at word number `at`, and where it ends. Words are folded; "-" may stand between them."""
    total, current, end, seen = 0, 0, at, False
    last = 10**12
    while end < len(words):
        word = words[end]
        if word == "-" and seen and end + 1 < len(words) and (words[end + 1] in SMALL or words[end + 1] in SCALES):
            end += 1
            continue
        if word == "and" and seen and last >= 100 and end + 1 < len(words) and words[end + 1] in SMALL:
            end += 1
            continue
        if word in SCALES and seen:
            scale = SCALES[word]
            current = max(current, 1) * scale
            if scale >= 1000:
                total, current = total + current, 0
            last, end = scale, end + 1
            continue
        if word == "hundred" and end + 1 < len(words) and words[end + 1] in SMALL:
            current, last, seen, end = 100, 100, True, end + 1
            continue
        if word not in SMALL:
            break
        value = SMALL[word]
        if seen and not ((last in TENS.values() and 0 < value < 10) or last >= 100):
            if word in ("dozen", "score") and last < 20:
                current, last, end = current * value, 100, end + 1
                continue
            break
        current, last, seen, end = current + value, value if value else 1, True, end + 1
    if not seen:
        return None
    number = Fraction(total + current)
    if end + 1 < len(words) and words[end] in ("point", "decimal") and words[end + 1] in ONES:
        digits, end = "", end + 1
        while end < len(words) and words[end] in ONES and ONES[words[end]] < 100:
            digits += str(ONES[words[end]])
            end += 1
        number += Fraction(int(digits), 10 ** len(digits))
    return number, end


CHINESE = re.compile(r"(?:负|減|减)?[零一二三四五六七八九十百千万两]+(?:[点點][零一二三四五六七八九]+)?")
_CHINESE_DIGITS = dict(zip("零一二三四五六七八九", range(10), strict=True)) | {"两": 2}
_CHINESE_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10000}


def chinese(text: str) -> Fraction | None:
    """The value of a run of Chinese numerals."""
    negative, text = text[:1] in "负減减", text.lstrip("负減减")
    whole, _, decimals = text.replace("點", "点").partition("点")
    if any(char in _CHINESE_SCALES for char in whole):
        total = section = digit = 0
        for char in whole:
            if char in _CHINESE_DIGITS:
                digit = _CHINESE_DIGITS[char]
            elif char == "万":
                total, section, digit = (total + section + digit) * 10000, 0, 0
            else:
                section, digit = section + (digit or 1) * _CHINESE_SCALES[char], 0
        number = Fraction(total + section + digit)
    else:
        number = Fraction(int("".join(str(_CHINESE_DIGITS[char]) for char in whole) or "0"))
    if decimals:
        number += Fraction(int("".join(str(_CHINESE_DIGITS[char]) for char in decimals)), 10 ** len(decimals))
    return -number if negative else number


ROMAN = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")


def roman(text: str) -> int | None:
    """The value of a Roman numeral in capitals; None for what is none."""
    if not text or not ROMAN.fullmatch(text):
        return None
    letters = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
    values = [letters[char] for char in text]
    return sum(-value if value < max(values[index:]) else value for index, value in enumerate(values))


def to_roman(value: int) -> str:
    """Roman numerals of 1 to 3999."""
    out = ""
    for number, letters in (
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
        (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ):  # fmt: skip
        out += letters * (value // number)
        value %= number
    return out
