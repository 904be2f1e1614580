r"""One plain alphabet for what a voice writes: markup, LaTeX, look-alike and invisible characters are taken away.

`plain` keeps what a reader would see: `$\frac{3}{2}$`, `³⁄₂` and `3/2` come out alike, and so do `**se<b></b>ven**`
and `seven`. Whatever a browser would not show but a copy would hold (comments, attributes) stays as text.
"""

import html
import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote

from .patterns import sub

SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿˣ", "0123456789+-()nx", strict=True))
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
SIGNS = {
    **dict.fromkeys("−‐‑‒–—―﹣－➖", "-"),
    **dict.fromkeys("×⋅·∙✕✖∗⁎", "*"),
    **dict.fromkeys("÷∶⁄∕➗", "/"),
    **dict.fromkeys("≤⩽≦", "<="),
    **dict.fromkeys("≥⩾≧", ">="),
    **dict.fromkeys("‘’ʼ′`", "'"),
    **dict.fromkeys("“”„«»「」『』", '"'),
    "≠": "!=", "＝": "=", "√": " sqrt ", "π": " pi ", "∞": " inf ", "≈": "~", "≅": "~", "→": "->", "⇒": "=>", "➕": "+",
    "。": ". ", "，": ", ", "、": ", ", "：": ": ", "；": "; ", "？": "? ", "！": "! ", "（": "(", "）": ")",
    "∪": " U ",
    "∈": " in ", "…": "...", "％": "%", "🟰": "=", "⟹": "=>", "🔟": "10", "💯": "100",
}  # fmt: skip
FINANCIAL = dict(zip("壹贰叁肆伍陆柒捌玖拾貳參陸兩〇零点點負", "一二三四五六七八九十二三六两零零點點负", strict=True))
DICE = {chr(0x2680 + face): str(face + 1) for face in range(6)}
CLOCKS = {chr(0x1F550 + hour): str(hour + 1) for hour in range(12)}
LOOKALIKES = dict(
    zip(
        "аеорсухіјѕԁһԛԝкмтвнАВЕКМНОРСТУХІЈЅαορνικτυεηχγΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "aeopcyxijsdhqwkmtbhABEKMHOPCTYXIJSaopvikt" + "uenxyABEZHIKMNOPTYX",
        strict=True,
    )
)

ASIAN = re.compile(
    r"(?<=[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3])(?=[A-Za-z0-9(\[\-])|(?<=[A-Za-z0-9)\]])"
    r"(?=[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3])"
)
TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>")
LINK = re.compile(r"!?\[([^\[\]]{0,200})\]\((?:[a-z]+:|#|/|\w+\.\w)([^()\s]{0,300})[^()]{0,100}\)")
EMPHASIS = re.compile(r"(?<![\w)*_\\])([*_]{1,3})(?=\S)([^*_\n]{1,400}?)(?<=\S)\1(?![\w(*_])")
POWER = re.compile(
    r"(?:(?<=[\d)}\]])|(?<=(?<![A-Za-z])[A-Za-z]))\s?\*\*\s?(?=[\w({\\-])(?![A-Za-z]{2})"
)  # 2**3; `**2**` is bold
VULGAR = re.compile(r"(\d*)\s?(\d+)\u2044(\d+)")
SPAN = re.compile(
    r"\\(?:text|mathrm|textrm|mbox|operatorname|mathit|mathbf|textbf|textit|boxed|mathsf|mathtt|texttt|emph|underline|"
    r"overline|color|phantom|hphantom|fbox|bm|boldsymbol|textcolor|colorbox|mathbb|mathcal|"
    r"ensuremath)\*?\s*\{([^{}]*)\}"
)
FRACTION = re.compile(r"\\[dtc]?frac\s*(?:\{([^{}]*)\}|(\d))\s*(?:\{([^{}]*)\}|(\d))")
OVER = re.compile(r"\{([^{}]*)\\over\s*([^{}]*)\}")
MIXED = re.compile(r"(\d+)\s*\\[dtc]?frac\s*(?:\{(\d+)\}|(\d))\s*(?:\{(\d+)\}|(\d))")
ROOT = re.compile(r"\\sqrt\s*(?:\[([^\[\]]*)\])?\s*(?:\{([^{}]*)\}|(\w))")
BRACED = re.compile(r"\^\s*\{([^{}]*)\}")
UNDER = re.compile(r"_\s*\{([^{}]*)\}")
COMMANDS = {
    "cdot": "*", "times": "*", "ast": "*", "div": "/", "le": "<=", "leq": "<=", "leqslant": "<=", "ge": ">=",
    "geq": ">=", "geqslant": ">=", "lt": "<", "gt": ">", "neq": "!=", "pi": " pi ", "infty": " inf ",
    "cup": " U ", "approx": "~", "to": "->", "rightarrow": "->", "Rightarrow": "=>", "implies": "=>", "in": " in ",
    "quad": " ", "qquad": " ", "left": "", "right": "", "bigl": "", "bigr": "", "displaystyle": "", "%": "%", "$": " $",
    "{": "{", "}": "}", ",": " ", ";": " ", ":": " ", "!": "", " ": " ", "\\": "\n", "(": " ", ")": " ", "[": " ",
    "]": " ", "pm": "±", "lbrace": "{", "rbrace": "}", "therefore": " therefore ", "ldots": "...", "dots": "...",
    "log": " log", "ln": " ln", "sin": " sin", "cos": " cos", "tan": " tan", "setminus": "\\", "emptyset": "∅",
    "varnothing": "∅", "sqrt": " sqrt ", "circ": "°",
    "_": "_", "#": "#", "&": " ", "-": "", "*": "*", "equiv": "=", "land": " and ", "lor": " or ", "mid": "|",
}  # fmt: skip
COMMAND = re.compile(r"\\([A-Za-z]+|[^A-Za-z])")


def listed(text: str) -> list[str]:
    """The words of a text: a short way to write a long list."""
    return text.split()


@lru_cache(maxsize=512)
def plain(text: str) -> str:
    """The text in the plain alphabet."""
    text = _signs(_latex(_markup(text)))
    return text if text.isascii() else ASIAN.sub(" ", text)


def lookalikes(text: str) -> str:
    """Letters of other scripts that look like Latin ones, as those."""
    return "".join(LOOKALIKES.get(char, char) for char in text)


def _markup(text: str) -> str:
    if "&" in text:
        text = html.unescape(text)
    if "%" in text:
        text = sub(r"(?:%[0-9A-Fa-f]{2}){2,}", lambda found: unquote(found.group()), text)
    text = sub(r"\\u\{?([0-9A-Fa-f]{4})\}?|\\x([0-9A-Fa-f]{2})", _escaped, text)
    if "<" in text:
        text = text.replace("<!--", " ").replace("-->", " ")
        text = sub(r"(?<=[\w)])<sup>\s*([^<>]{1,40}?)\s*</sup>", r"^(\1)", text)
        text = sub(r"(?<=[\w)])<sub>\s*([^<>]{1,40}?)\s*</sub>", r"_\1", text)
        text = TAG.sub(lambda tag: " " + tag.group()[1:-1] + " " if "=" in tag.group() else "", text)
    if "](" in text:
        text = LINK.sub(r" \1 \2 ", text)
    text = POWER.sub("^", text)
    text = sub(r"\*\*|~~|```\w*|``|`|(?<!\w)__(?=\w)|(?<=\w)__(?!\w)", "", text)
    text = EMPHASIS.sub(r"\2", text)
    return sub(r"(?m)^\s*(?:>+|#{1,6}|[-*+])\s+", "", text)


def _escaped(found: re.Match[str]) -> str:
    return chr(int(found.group(1) or found.group(2), 16))


def _latex(text: str) -> str:
    if "$" in text:
        text = sub(r"(?<!\\)\$\$?", " ", text)
    if "\\" in text:
        text = sub(r"\\left\s*\\?\{|\\left\s*\\lbrace", "{", text)
        text = sub(r"(?<=[\w)}])\s*\\left\s*\(", "(", text)
        text = MIXED.sub(lambda m: f" ({m[1]}+{m[2] or m[3]}/{m[4] or m[5]}) ", text)
        for _round in range(8):
            before = text
            text = SPAN.sub(r" \1 ", text)
            text = BRACED.sub(r"^(\1)", text)
            text = ROOT.sub(lambda m: _root(m), text)
            text = FRACTION.sub(lambda m: f" (({m[1] or m[2]})/({m[3] or m[4]})) ", text)
            text = OVER.sub(r" ((\1)/(\2)) ", text)
            if text == before:
                break
        text = UNDER.sub(r"_\1", text)
        text = COMMAND.sub(lambda m: COMMANDS.get(m[1], f" {m[1]} " if len(m[1]) > 1 else m[1]), text)
    else:
        text = BRACED.sub(r"^(\1)", text)
    text = sub(r"\blog(\d+)\s?\(", r"log_\1(", text)
    return sub(r"(?<=\d)\{,\}(?=\d{3})", ",", text)


def _root(found: re.Match[str]) -> str:
    inside = found[2] or found[3]
    return f" (({inside})^(1/({found[1]}))) " if found[1] else f" sqrt({inside}) "


def _signs(text: str) -> str:
    if text.isascii():
        return text
    out: list[str] = []
    power = raised = False
    for char in text:
        if char in SUPERSCRIPTS:
            if not power and not raised and out and (out[-1][-1:].isalnum() or out[-1][-1:] in ")]"):
                out.append("^(")
                power = True
            out.append(SUPERSCRIPTS[char])
            raised = True
            continue
        raised = False
        if power:
            out.append(")")
            power = False
        out.append(_letter(char))
    if power:
        out.append(")")
    text = unicodedata.normalize("NFC", "".join(out))
    if "\u2044" in text:
        text = VULGAR.sub(lambda m: f"({m[1]}+{m[2]}/{m[3]})" if m[1] else f"({m[2]}/{m[3]})", text)
    return text


@lru_cache(maxsize=4096)
def _letter(char: str) -> str:
    """One character in the plain alphabet; "" for what cannot be seen."""
    if char.isascii():
        return char
    for table in (SIGNS, SUBSCRIPTS, FINANCIAL, DICE, CLOCKS):
        if char in table:
            return table[char]
    code = ord(char)
    if 0xE0020 <= code <= 0xE007E:  # tag characters: invisible ASCII
        return chr(code - 0xE0000)
    if 0x1F1E6 <= code <= 0x1F1FF:  # regional indicators
        return chr(code - 0x1F1E6 + ord("a"))
    for first in (0x1F150, 0x1F170):  # letters in black circles and squares
        if first <= code < first + 26:
            return chr(code - first + ord("a"))
    category = unicodedata.category(char)
    if category in {"Cf", "Mn", "Me", "Cc"}:
        return ""
    if category == "Zs":
        return " "
    if category == "No" and "\u2044" not in unicodedata.normalize("NFKC", char):
        value = unicodedata.numeric(char, None)
        return str(int(value)) if value is not None and value == int(value) else char
    if category == "Nd":
        return str(unicodedata.decimal(char))
    folded = unicodedata.normalize("NFKD", char)
    folded = "".join(part for part in folded if unicodedata.category(part) != "Mn")
    return "".join(SIGNS.get(part, part) if part != "\u2044" else part for part in folded)
