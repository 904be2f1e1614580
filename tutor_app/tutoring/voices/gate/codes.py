"""Hidden writing: the other texts that a text holds for somebody who knows the trick.

Each way of hiding gives readings; a reading that names the key is a leak. No honest sentence of a tutor is written in
base64, so a reading needs no frame around the key.
"""

import base64
import binascii
import codecs
import re
from collections.abc import Iterator
from functools import lru_cache

from .patterns import findall, search, split, sub
from .plain import listed, lookalikes

MORSE = dict(
    zip(
        listed(
            ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- "
            "-. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.. "
            "----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----. -....- .-.-.- -..-. -...-"
        ),
        "abcdefghijklmnopqrstuvwxyz0123456789-./=",
        strict=True,
    )
)
NATO = dict(
    zip(
        listed(
            "alfa alpha bravo charlie delta echo foxtrot golf hotel india juliett juliet kilo lima "
            "mike november oscar papa "
            "quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu"
        ),
        "aabcdefghijjklmnopqrstuvwwxyz",
        strict=True,
    )
)
LEET = str.maketrans("01345678@$!+|€&(", "oleastbbasitlegc")
LEET_TOO = str.maketrans("01345678@$!+|€29", "oieasgtbasitiezg")
BRAILLE = dict(zip("⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵", "abcdefghijklmnopqrstuvwxyz", strict=True))
BRAILLE_DIGITS = dict(zip("⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚", "1234567890", strict=True))
FLIPPED = dict(zip("ɐqɔpǝɟƃɓɥᴉıɾʞlɯnodbɹsʇnʌʍxʎz", "abcdefgghiijklmnopqrstuvwxyz", strict=True))
FLIPPED_DIGITS = dict(zip("ƖᄅƐㄣϛ9ㄥ860", "1234567890", strict=True))
SPELLED = re.compile(
    r"(?<![^\W_])['\"]?[^\W_]['\"]?(?:(?:[\s\-.,_*·•|/~+:>;&]{1,4}|\s*(?:then|and then|and|comma|dash|plus|space)\s+)"
    r"['\"]?[^\W_]['\"]?(?![^\W_])){1,40}"
)
BASE64 = re.compile(r"(?<![\w+/=])[A-Za-z0-9+/_-]{2,200}={0,2}(?![\w+/])")
BASE32 = re.compile(r"(?<!\w)[A-Z2-7]{2,64}={1,6}(?!\w)|(?<!\w)[A-Z2-7]{8,64}(?!\w)")
HEX = re.compile(r"(?<!\w)(?:0x|\\x)?[0-9A-Fa-f]{2}(?:[\s,:-]{0,2}(?:0x|\\x)?[0-9A-Fa-f]{2}){0,60}(?!\w)")
BITS = re.compile(r"(?<![\d.])[01]{2,}(?:[\s,]{1,2}[01]{2,}){0,30}(?!\d|\.\d)")
CHARACTER_CODES = re.compile(r"\b\d{2,3}(?:[\s,;-]{1,2}\d{2,3}){0,40}\b")
PLACES = re.compile(r"\b\d{1,2}(?:\s?[,\-–./ ]\s?\d{1,2}){2,40}\b")
DOTS = re.compile(r"[.\-·•−–—_*]{1,6}(?:[ /|]{1,3}[.\-·•−–—_*]{1,6}){0,60}")
REVERSED_MARKS = frozenset(listed("eht si rewsna ot fo dna stI sti ti noitulos tluser slauqe"))


def readings(raw: str, text: str) -> Iterator[tuple[str, str]]:
    """(name of the trick, what it says) for every trick that the raw text, or its plain form, could hold."""
    folded = text.casefold()
    yield from _spelled(raw, text)
    yield from _encoded(raw, folded)
    words = findall(r"[^\W\d_]+", folded)
    yield "rot13", codecs.encode(folded, "rot13")
    yield from _initials(raw, words)
    seen = lookalikes(raw)
    if seen != raw:
        yield "look-alikes", seen
    if any(word in REVERSED_MARKS for word in words) or search(r"revers|backward|right to left|mirror", folded):
        yield "backwards", folded[::-1]
        yield "backwards", " ".join(word[::-1] for word in findall(r"[\w./-]+", folded))
    if any(char in FLIPPED for char in raw if not char.isascii()):
        flipped = "".join(FLIPPED.get(char, FLIPPED_DIGITS.get(char, char)) for char in raw.casefold())
        yield "upside down", flipped[::-1]
    spoken = [NATO.get(word, "") for word in findall(r"[a-z]+", folded.replace("x-ray", "xray"))]
    if sum(map(bool, spoken)) >= 2:
        yield "spelling alphabet", "".join(letter or " " for letter in spoken)
    if search(r"pig ?latin|\w(?:ay|way)\b", folded):
        unpigged = " ".join(_unpigged(words))
        if unpigged:
            yield "pig latin", unpigged


def _spelled(raw: str, text: str) -> Iterator[tuple[str, str]]:
    for source in dict.fromkeys((raw, text)):
        for found in SPELLED.finditer(source):
            piece = found.group()
            letters = sub(r"\b(?:then|and then|and|comma|dash|plus|space)\b|[^\w]|_", "", piece)
            if len(letters) >= 2 and not letters.isdigit():
                yield "spelled", letters.casefold()
    singles = findall(r"(?<![^\W_])([^\W\d_])(?![^\W_])", text)
    if len(singles) >= 3:
        yield "letters", "".join(singles).casefold()
    stretched = sub(r"([^\W\d_])\1{2,}", r"\1", text)
    if stretched != text:
        yield "stretched", stretched
    mixed = [token for token in findall(r"[\w@$!+|€&(]+", raw) if search(r"[A-Za-z]", token)]
    mixed = [token.rstrip("!") for token in mixed if search(r"[\d@$!+|€&(]", token.rstrip("!"))]
    if mixed:
        for table in (LEET, LEET_TOO):
            yield (
                "leetspeak",
                " ".join(t.casefold().translate(table) if search("[A-Za-z]", t) else t for t in raw.split()),
            )
    glued = sub(r"(?<=[^\W\d_])[.\-_*·•|/~+'\"](?=[^\W\d_])", "", raw)
    if glued != raw:
        yield "cut up", glued
    spaced = sub(r"(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])", " ", raw)
    if spaced != raw and len(spaced) - len(raw) <= 40:
        yield "capitals", spaced
    capitals = "".join(findall(r"(?<=[a-z])[A-Z](?=[a-z])|\b[A-Z](?=[a-z])|(?<=[a-z])[A-Z]\b", raw))
    if len(capitals) >= 3:
        yield "capitals only", capitals.casefold()


def _encoded(raw: str, folded: str) -> Iterator[tuple[str, str]]:
    named = search(r"base ?-?64|b64|decod|encod", folded)
    for found in BASE64.finditer(raw):
        piece = found.group()
        if (
            named
            or piece.endswith("=")
            or (len(piece) >= 4 and search(r"[A-Z0-9]", piece) and search(r"[a-z0-9]", piece))
        ):
            decoded = _base64(piece.rstrip("="))
            if decoded:
                yield "base64", decoded
    for found in BASE32.finditer(raw):
        decoded = _base32(found.group().rstrip("="))
        if decoded:
            yield "base32", decoded
    hexed = search(r"\bhex|0x|\\x|ascii|unicode|utf", folded)
    for found in HEX.finditer(raw):
        digits = sub(r"0x|\\x|[^0-9A-Fa-f]", "", found.group())
        if len(digits) % 2 == 0 and (
            hexed or len(digits) >= 6 or (len(digits) == 4 and found.group() == raw.strip(" .!"))
        ):
            decoded = _printable(bytes.fromhex(digits))
            if decoded:
                yield "hex", decoded
    if search(r"\bhex", folded):
        for piece in findall(r"\b(?:0x)?([0-9a-f]{1,8})\b", folded):
            yield "hex", str(int(piece, 16))
    for piece in findall(r"u\+([0-9a-f]{2,5})\b", folded):
        yield "code point", chr(int(piece, 16)) if int(piece, 16) < 0x110000 else ""
    if "octal" in folded or "base 8" in folded:
        for piece in findall(r"\b(?:0o)?([0-7]{1,8})\b", folded):
            yield "octal", str(int(piece, 8))
    binary = search(r"binary|base 2|base two|\bbits?\b|0b", folded)
    for found in BITS.finditer(raw):
        groups = found.group().replace(",", " ").split()
        if all(len(group) == 8 for group in groups):
            yield "bits", _printable(bytes(int(group, 2) for group in groups))
        if binary or (len(groups) == 1 and groups[0][0] == "0"):
            yield "bits", " ".join(str(int(group, 2)) for group in groups if len(group) < 20)
    if search(r"ascii|chr\(|char|unicode|code", folded) or raw.count(" ") < 12:
        for found in CHARACTER_CODES.finditer(raw):
            codes = [int(code) for code in findall(r"\d+", found.group())]
            if all(32 <= code < 127 for code in codes) and (
                len(codes) > 2 or search(r"ascii|chr|\bchar|unicode|\bcodes?\b", folded)
            ):
                yield "character codes", "".join(map(chr, codes))
    for found in PLACES.finditer(raw):
        places = [int(place) for place in findall(r"\d+", found.group())]
        if all(1 <= place <= 26 for place in places):
            yield "places in the alphabet", "".join(chr(96 + place) for place in places)
    morse = "morse" in folded
    for found in DOTS.finditer(raw):
        dotted = sub(r"[·•*]", ".", sub(r"[−–—_]", "-", found.group()))
        letters = [MORSE.get(group, "?") for group in split(r"[ /|]+", dotted)]
        single = len(letters) == 1 and len(set(dotted)) == 1
        if not single or morse:
            yield "morse", "".join(letters)
    if any(char in BRAILLE or char == "⠼" for char in raw):
        yield "braille", "".join(BRAILLE.get(char, " ") for char in raw)
        yield "braille", "".join(BRAILLE_DIGITS.get(char, " ") for char in raw)
    if search(r"keypad|phone|t9", folded):
        for piece in findall(r"\b[2-9]{3,}\b", folded):
            yield "keypad", piece


def _initials(raw: str, words: list[str]) -> Iterator[tuple[str, str]]:
    if 3 <= len(words) <= 60:
        yield "initials", "".join(word[0] for word in words)
    lines = [line.strip() for line in raw.splitlines() if line.strip()]
    if len(lines) >= 2:
        yield "line initials", "".join(sub(r"^\W+", "", line)[:1] for line in lines).casefold()
        yield "line ends", "".join(sub(r"\W+$", "", line)[-1:] for line in lines).casefold()
    sentences = [part for part in split(r"[.!?]+\s+", raw) if part]
    if len(sentences) >= 3:
        yield "line initials", "".join(part.strip()[:1] for part in sentences).casefold()


def _unpigged(words: list[str]) -> Iterator[str]:
    for word in words:
        if len(word) > 3 and word.endswith("ay"):
            stem = word[:-2]
            yield stem
            if stem.endswith(("w", "y")):
                yield stem[:-1]
            for cluster in (1, 2, 3):
                if len(stem) > cluster:
                    yield stem[-cluster:] + stem[:-cluster]


@lru_cache(maxsize=512)
def _base64(piece: str) -> str:
    try:
        padded = piece.replace("-", "+").replace("_", "/") + "=" * (-len(piece) % 4)
        return _printable(base64.b64decode(padded, validate=True))
    except (binascii.Error, ValueError):
        return ""


@lru_cache(maxsize=512)
def _base32(piece: str) -> str:
    try:
        return _printable(base64.b32decode(piece + "=" * (-len(piece) % 8)))
    except (binascii.Error, ValueError):
        return ""


def _printable(decoded: bytes) -> str:
    try:
        text = decoded.decode()
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() else ""


@lru_cache(maxsize=1024)
def shifted(word: str) -> frozenset[str]:
    """A word in the simple ciphers: turned round, shifted in the alphabet (rot13 and the others), mirrored in it."""
    found = set()
    if word.isascii() and word.isalpha():
        mirrored = "".join(chr(219 - ord(char)) for char in word)
        if len(word) >= 3:
            found |= {codecs.encode(word, "rot13"), mirrored}
        if len(word) >= 5:
            found |= {"".join(chr((ord(char) - 97 + by) % 26 + 97) for char in word) for by in range(1, 26)}
    if len(word) >= 3:
        found.add(word[::-1])
    return frozenset(found - {word} - HONEST_WORDS)


HONEST_WORDS = frozenset(listed("bar net no on ton was saw not ten eno evil live star rats part trap left felt"))
