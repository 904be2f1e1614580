"""The whitelists: every command, function, word and phrase that may stand in an answer."""

from __future__ import annotations

FUNCTIONS = {
    "sin", "cos", "tan", "sec", "csc", "cot", "arcsin", "arccos", "arctan", "asin", "acos", "atan", "sinh", "cosh",
    "tanh", "ln", "log", "lg", "exp", "cis", "sqrt", "cbrt", "abs", "floor", "ceil",
    "root", "nthroot",
}  # fmt: skip
FUNCTION_NAMES = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "lg": "log"}
GREEK = {
    "alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu", "nu",
    "xi", "rho", "sigma", "tau", "phi", "varphi", "chi", "psi", "omega", "Delta", "Gamma", "Lambda", "Phi", "Pi",
    "Sigma", "Theta", "Omega", "Psi",
}  # fmt: skip
INFINITIES = {"inf", "infinity", "infty", "oo"}
COMMAND_SIGNS = {
    "cdot": "*", "times": "*", "ast": "*", "div": "÷", "le": "<=", "leq": "<=", "leqslant": "<=", "ge": ">=",
    "geq": ">=", "geqslant": ">=", "lt": "<", "gt": ">", "ne": "!=", "neq": "!=", "pm": "±", "mp": "±", "lor": "or",
    "vee": "or", "land": "and", "wedge": "and", "cup": "cup", "cap": "cap", "setminus": "setminus",
    "backslash": "setminus", "in": "in", "sim": "~", "approx": "=", "to": "->", "rightarrow": "->", "colon": ":",
    "lvert": "|", "rvert": "|", "vert": "|", "|": "|", "Vert": "|", "mid": "|", "lbrace": "\\{", "rbrace": "\\}",
    "lbrack": "[", "rbrack": "]", "lparen": "(", "rparen": ")", "%": "%", "$": "$", "{": "\\{", "}": "\\}",
    "langle": "langle", "rangle": "rangle", "lfloor": "lfloor", "rfloor": "rfloor", "lceil": "lceil", "rceil": "rceil",
    "prime": "'", "&": "and", "neg": "not", "lnot": "not",
}  # fmt: skip
# Names of more than one letter that stand before "=" and are no product.
ABBREVIATIONS = {
    "pH", "pOH", "pKa", "df", "SE", "ME", "MOE", "SD", "IQR", "MAD", "EV", "GCF", "GCD", "LCM", "LCD", "RMS",
    "det", "dim", "adj", "opp", "hyp",
}  # fmt: skip
COMMAND_SPACES = {
    ",", ";", ":", "!", " ", ">", "quad", "qquad", "enspace", "thinspace", "displaystyle", "textstyle", "limits",
    "nolimits", "hspace", "hfill", "phantom",
}  # fmt: skip
COMMAND_TEXT = {
    "text", "mathrm", "textrm", "mbox", "operatorname", "mathit", "mathbf", "textbf", "textit", "mathsf", "textnormal",
    "boldsymbol",
}  # fmt: skip
COMMAND_NAMES = {
    "exponentialE": "e", "imaginaryI": "i", "differentialD": "d", "infty": "inf", "pi": "pi", "ell": "l",
    "det": "det", "dim": "dim", "gcd": "gcd",
}  # fmt: skip
DECORATIONS = {"bar", "hat", "vec", "tilde", "overline", "widehat", "overrightarrow", "underline", "dot"}
BIG = {"int", "sum", "prod", "lim"}
COMMANDS_KEPT = (
    {
        "frac",
        "dfrac",
        "tfrac",
        "cfrac",
        "sqrt",
        "surd",
        "degree",
        "circ",
        "placeholder",
        "binom",
        "dbinom",
        "tbinom",
        "partial",
        "nabla",
    }
    | GREEK
    | DECORATIONS
    | BIG
)
NUMBER_SETS = {"Z": "integers", "N": "naturals", "Q": "rationals", "C": "complex numbers"}
MONEY = {"$": "$", "€": "€", "£": "£", "¥": "¥"}

_MEANINGS = {
    "none": (
        "no solution", "no solutions", "no real solution", "no real solutions", "no real roots", "no answer", "none",
        "there is no solution", "there are no solutions", "has no solution", "the empty set", "empty set", "null set",
        "dne", "does not exist", "doesn't exist", "no solution exists", "nonexistent",
        "inconsistent", "null", "never",
    ),
    "undefined": ("undefined", "und", "undef", "not defined", "is undefined", "it is undefined", "indeterminate"),
    "reals": (
        "all real numbers", "all reals", "all real", "any real number", "every real number", "all numbers",
        "the real numbers", "real numbers", "reals", "the set of all real numbers", "set of all real numbers",
        "set of real numbers", "any number", "all values", "all real values", "always true", "identity",
    ),
    "infinite": (
        "infinitely many", "infinitely many solutions", "infinite solution", "infinity many solutions",
        "infinity solutions", "infinite solutions", "infinite",
        "an infinite number of solutions",
        "infinite number of solutions", "infinitely many answers", "infinite many solutions", "infinitely many points",
        "there are infinitely many solutions",
    ),
    "origin": ("the origin", "origin"),
    "not real": ("not a real number", "not real", "no real number", "not a real solution", "imaginary"),
    "integers": ("all integers", "integers", "the integers", "any integer"),
    "true": ("true",), "false": ("false",), "yes": ("yes",), "no": ("no",), "parallel": ("parallel",),
    "perpendicular": ("perpendicular",), "neither": ("neither",), "both": ("both",),
}  # fmt: skip
PHRASES = {phrase: meaning for meaning, phrases in _MEANINGS.items() for phrase in phrases}
PHRASE_WORDS = max(len(phrase.split()) for phrase in PHRASES)

NOT_PRODUCTS = {
    "ok",
    "hi",
    "is",
    "it",
    "in",
    "on",
    "at",
    "to",
    "of",
    "as",
    "me",
    "my",
    "we",
    "he",
    "go",
    "so",
    "if",
    "an",
}
_UP_TO_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_TENS = "thirty forty fifty sixty seventy eighty ninety"
NUMBER_WORDS = {word: str(number) for number, word in enumerate(_UP_TO_TWENTY.split())} | {
    word: str(number) for number, word in zip(range(30, 100, 10), _TENS.split(), strict=True)
}
SCALES = {
    "hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12, "thousands": 3, "millions": 6,
    "billions": 9,
}  # fmt: skip
RELATION_WORDS = {
    "is greater than or equal to": ">=", "is less than or equal to": "<=", "greater than or equal to": ">=",
    "less than or equal to": "<=", "is greater than": ">", "is less than": "<", "greater than": ">", "less than": "<",
    "is at least": ">=", "is at most": "<=", "is not equal to": "!=", "is equal to": "=", "equals": "=", "equal": "=",
    "is": "=",
}  # fmt: skip
PARTS = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4, "fifth": 5,
    "fifths": 5, "sixth": 6, "sixths": 6, "seventh": 7, "sevenths": 7, "eighth": 8, "eighths": 8, "ninth": 9,
    "ninths": 9, "tenth": 10, "tenths": 10, "twelfth": 12, "twelfths": 12, "hundredth": 100, "hundredths": 100,
    "thousandth": 1000, "thousandths": 1000,
}  # fmt: skip
REMAINDER_WORDS = {"r", "rem", "remainder"}
OPERATION_WORDS = {"plus": "+", "minus": "-", "negative": "-", "times": "*", "over": "/"}
POWER_WORDS = {"squared": "2", "cubed": "3"}
# Words that change what is said and so are never the name of a thing that is counted.
MEANINGFUL = (
    {word for phrase in PHRASES for word in phrase.split()}
    | {word for phrase in RELATION_WORDS for word in phrase.split()}
    | set(NUMBER_WORDS) | set(SCALES) | set(OPERATION_WORDS) | set(POWER_WORDS) | GREEK | FUNCTIONS | INFINITIES
    | {
        "and", "or", "percent", "per", "half", "dozen", "choose", "from", "with", "without", "import", "except",
        "where", "out",
        "remainder", "more", "fewer", "base", "mod", "quarter", "third", "square", "cubic", "if", "for", "when", "not",
        "about", "over", "below", "above", "under", "between", "factorial", "lambda", "eval", "exec", "else", "then",
    }
)  # fmt: skip
