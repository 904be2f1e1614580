"""Words that keys often are, in the languages that a model may answer in, and words that look alike across them."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from .expressions import ENGLISH
from .patterns import findall, search, sub
from .plain import listed

# English: Spanish, French, German, Italian, Portuguese and others, folded as `plain` folds them
WORDS = {
    "true": "verdadero verdadera cierto vrai vraie wahr vero verdadeiro waar sant verum правда верно 真 对 正确",
    "false": "falso falsa faux fausse falsch unwahr onwaar falskt ложь 假 错误",
    "yes": "si oui ja sim tak да 是",
    "no": "non nein nao nee nej nie нет 不是 否",
    "odd": "impar impaire ungerade dispari oneven udda нечетная 奇函数 奇数 奇",
    "even": "par paire gerade pari pares jamn четная 偶函数 偶数 偶",
    "neither": "ninguno ninguna aucun weder nessuno nenhum",
    "positive": "positivo positiva positif positiv positief положительная 正",
    "negative": "negativo negativa negatif negativ negatief отрицательная 负",
    "increasing": "creciente croissante croissant wachsend steigend crescente stijgend aumenta sube augmente "
                  "steigt 递增 增加",
    "rising": "sube creciente ascendente montante steigt steigend crescente sale",
    "falling": "baja decreciente descendente fallt fallend decrescente scende",
    "decreasing": "decreciente decroissante decroissant fallend abnehmend decrescente dalend disminuye baja "
                  "diminue fallt 递减 减少",
    "increase": "aumenta aumento sube augmente augmentation steigt zunahme crescere aumenta",
    "decrease": "disminuye baja diminue sinkt abnahme diminuisce",
    "upward": "arriba haut oben alto cima", "up": "arriba haut oben alto cima",
    "downward": "abajo bas unten basso baixo", "down": "abajo bas unten basso baixo",
    "left": "izquierda gauche links sinistra esquerda", "right": "derecha droite rechts destra direita",
    "prime": "primo premier primzahl prim priem primtal простое 质数 素数",
    "composite": "compuesto compose zusammengesetzt composto sammansatt составное 合数",
    "parallel": "paralelas paralela paralelo paralleles parallele parallelo paralelos 平行",
    "perpendicular": "perpendiculares perpendiculaire senkrecht perpendicolare orthogonal 垂直",
    "converges": "converge konvergiert convergente konvergent 收敛", "diverges": "diverge divergente divergiert 发散",
    "median": "mediana mediane zentralwert 中位数", "mean": "media moyenne mittelwert durchschnitt 平均数",
    "mode": "moda modus modalwert 众数", "range": "rango etendue spannweite",
    "standard deviation": "desviacion ecart-type standardabweichung",
    "commutative": "conmutativa commutativite kommutativ kommutativgesetz commutativa comutativa 交换律",
    "associative": "asociativa associativite assoziativ assoziativgesetz associativa 结合律",
    "distributive": "distributiva distributivite distributivgesetz distributiv 分配律",
    "no solution": "sin solucion|no tiene solucion|keine losung|pas de solution|aucune solution|nessuna "
                   "soluzione|sem solucao|无解",
    "infinitely many solutions": "infinitas soluciones|unendlich viele|une infinite de solutions|infinite "
                                 "soluzioni|无穷多解",
    "undefined": "indefinido indefinida indefini undefiniert nicht|no definido|non defini|nicht definiert",
    "linear": "lineal lineaire lineare", "quadratic": "cuadratica quadratique quadratisch quadratica",
    "exponential": "exponencial exponentielle exponentiell esponenziale",
    "equal": "igual egal gleich uguale", "square": "cuadrado carre quadrat quadrato quadrado",
    "circle": "circulo cercle kreis cerchio", "triangle": "triangulo dreieck triangolo",
    "line": "recta droite gerade retta", "point": "punto punkt ponto",
    "red": "rojo roja rouge rot rosso vermelho", "blue": "azul bleu bleue blau blu",
    "green": "verde vert verte grun", "yellow": "amarillo jaune gelb giallo amarelo",
    "black": "negro noir schwarz nero preto", "white": "blanco blanc weiß weiss bianco branco",
    "acid": "acido acide saure", "base": "basico basique", "acidic": "acido acida acide sauer",
    "basic": "basico basica basique basisch basico", "neutral": "neutro neutre",
    "oxidation": "oxidacion oxydation", "reduction": "reduccion reduktion",
    "gas": "gaz", "liquid": "liquido liquide flussig fliissigkeit", "solid": "solido solide fest festkorper",
    "water": "agua eau wasser acqua", "oxygen": "oxigeno oxygene sauerstoff ossigeno",
    "hydrogen": "hidrogeno hydrogene wasserstoff idrogeno", "carbon": "carbono carbone kohlenstoff carbonio",
    "nitrogen": "nitrogeno azote stickstoff azoto", "iron": "hierro fer eisen ferro",
    "ionic": "ionico ionique ionisch", "covalent": "covalente kovalent",
    "endothermic": "endotermica endothermique endotherm", "exothermic": "exotermica exothermique exotherm",
    "pie chart": "kreisdiagramm|tortendiagramm|grafico circular|grafico de pastel|diagramme circulaire|camembert|"
    "grafico a torta",
    "line graph": "liniendiagramm|grafico de lineas|graphique lineaire|grafico a linee",
    "bar chart": "diagrama de barras|grafico de barras|diagramme en barres|balkendiagramm|saulendiagramm",
    "bar graph": "diagrama de barras|grafico de barras|diagramme en barres|balkendiagramm|saulendiagramm",
    "histogram": "histograma histogramme histogramm",
    "scatter plot": "diagrama de dispersion|nuage de points|streudiagramm",
    "second": "segundo segunda deuxieme zweite zweiter secondo",
    "first": "primero primera premier premiere erste erster",
    "third": "tercero tercera troisieme dritte dritter terzo", "fourth": "cuarto cuarta quatrieme vierte vierter",
    "strong": "fuerte fort forte stark starke starker", "weak": "debil faible schwach schwache debole fraco",
    "wider": "ancho|plus large|breiter|mas ancho|mas amplio", "narrower": "mas estrecho|plus etroit|schmaler|enger",
    "faster": "mas rapido|plus vite|plus rapide|schneller|acelera", "slower": "mas lento|plus lent|langsamer",
    "speed up": "acelera aceleran accelere beschleunigt", "slow down": "frena ralentit verlangsamt bremst",
    "reject": "rechaza rechazar rechazamos rejette rejeter ablehnen verwerfen rifiutare",
    "slow step": "paso lento|etape lente",
    "release": "libera liberan libere degage freisetzen abgeben", "absorb": "absorbe absorben aufnehmen assorbe",
    "equilateral": "gleichseitig gleichseitiges equilatero equilatera",
    "isosceles": "gleichschenklig isoceles isosceles",
    "scalene": "escaleno scalene ungleichseitig", "rectangle": "rechteck rectangulo rettangolo retangulo",
    "carbon dioxide": "kohlendioxid|kohlenstoffdioxid|dioxido de carbono|dioxyde de carbone|gaz carbonique|"
    "anidride carbonica",
    "sodium": "sodio", "gold": "oro or gold ouro", "silver": "plata argent silber argento prata",
    "copper": "cobre cuivre kupfer rame", "lead": "plomo plomb blei piombo", "helium": "helio",
    "evaporation": "verdunstung verdampfung evaporacion", "condensation": "kondensation condensacion condensazione",
    "photosynthesis": "fotosintesis fotosintesi photosynthese", "respiration": "atmung respiracion",
    "mitochondria": "mitocondria mitocondrias mitochondrien mitocondri", "nucleus": "nucleo noyau zellkern",
    "gravity": "gravedad gravite schwerkraft gravita gravidade", "force": "fuerza kraft forza forca",
    "speed": "velocidad vitesse geschwindigkeit velocita", "velocity": "velocidad vitesse geschwindigkeit velocita",
    "energy": "energia energie", "heart": "corazon coeur herz cuore coracao", "blood": "sangre sang blut sangue",
    "liver": "higado foie leber fegato", "brain": "cerebro cerveau gehirn cervello", "lungs": "pulmones poumons lungen",
    "fruit": "fruta fruit obst frutto", "vegetable": "verdura legume gemuse hortaliza",
    "noun": "sustantivo substantiv nomen", "verb": "verbo verbe", "adjective": "adjetivo adjectif adjektiv",
    "adverb": "adverbio adverbe", "pronoun": "pronombre pronom pronomen", "metaphor": "metafora metaphore metapher",
    "simile": "simil comparaison vergleich", "hyperbola": "hiperbola hyperbel", "ellipse": "elipse ellisse",
    "parabola": "parabola parabel", "acute": "agudo agudos spitz spitzwinklig aigu",
    "obtuse": "obtuso stumpf stumpfwinklig",
    "rational": "racional rationnel razionale", "irrational": "irracional irrationnel irrazionale",
    "inverse": "inversa inverse", "direct": "directa directe direkt", "variable": "variabel",
    "numerator": "numerador numerateur zahler", "denominator": "denominador denominateur nenner",
    "hypotenuse": "hipotenusa ipotenusa", "diameter": "diametro durchmesser diametre", "radius": "radio rayon raggio",
    "kinetic": "cinetica cinetique kinetisch", "potential": "potencial potentiel potentiell",
    "summer": "verano ete sommer estate verao", "winter": "invierno hiver inverno",
    "spring": "primavera printemps fruhling",
    "democracy": "democracia democratie demokratie", "monarchy": "monarquia monarchie",
    "mammal": "mamifero mammifere saugetier", "reptile": "reptil rettile", "fish": "pez poisson fisch pesce",
    "dog": "perro chien hund cane", "sun": "sol soleil sonne sole", "moon": "luna lune mond",
    "earth": "tierra terre erde",
    "inelastic": "inelastica inelastique unelastisch", "elastic": "elastica elastique elastisch",
    "zero": "cero zero null nulla", "half": "mitad moitie halfte meta metade",
    "north": "norte nord norden", "south": "sur sud suden", "east": "este est osten", "west": "oeste ouest westen",
    "continuous": "continua continuo continue stetig", "discrete": "discreta discreto discrete diskret",
    "categorical": "categorica categorielle kategorial", "quantitative": "cuantitativa quantitativ",
    "independent": "independientes independiente independants unabhangig indipendenti",
    "dependent": "dependientes dependiente dependants abhangig",
    "maximum": "maximo massimo", "minimum": "minimo", "skewed right": "asimetrica a la derecha|rechtsschief",
    "skewed left": "asimetrica a la izquierda|linksschief", "symmetric": "simetrica symetrique symmetrisch",
    "always": "siempre toujours immer sempre", "never": "nunca jamais nie mai", "sometimes": "a veces|parfois|manchmal",
    "larger": "mayor plus|plus grand|großer|grosser", "smaller": "menor|plus petit|kleiner",
}  # fmt: skip
HOMOGRAPHS = frozenset(
    [
        "si",
        "ja",
        "tak",
        "par",
        "paire",
        "pari",
        "pares",
        "prim",
        "primo",
        "premier",
        "media",
        "moda",
        "modus",
        "mode",
        "rot",
        "rouge",
        "fer",
        "eau",
        "vert",
        "gas",
        "gaz",
        "base",
        "par",
        "este",
        "est",
        "sur",
        "sud",
        "nie",
        "mai",
        "basic",
        "fest",
        "bas",
        "alto",
        "haut",
        "links",
        "line",
        "droite",
        "retta",
        "compose",
        "croissant",
        "negro",
        "sim",
        "non",
        "nee",
        "nej",
        "nein",
        "oui",
        "punto",
        "zero",
        "null",
        "cero",
        "mitad",
        "meta",
        "verde",
        "solide",
        "acide",
        "liquide",
        "neutre",
        "continue",
        "discrete",
        "continua",
        "converge",
        "diverge",
        "convergente",
        "orthogonal",
        "kreis",
        "quadrat",
        "circulo",
        "cercle",
        "positif",
        "negatif",
        "vero",
        "falso",
        "segundo",
        "prima",
        "sant",
        "baja",
        "sube",
        "plus",
        "menor",
        "egal",
        "lineal",
        "minimo",
        "maximo",
        "nord",
        "carbone",
        "modus|menor",
    ]
)


PLAINLY_ENGLISH = frozenset(
    listed(
        "every each both two three what how where which who when does has have had write find use look think multiply "
        "divide subtract try remember there these those they been from by not should would could here first"
    )
)


@lru_cache(maxsize=1024)
def translations(key: str) -> tuple[str, ...]:
    """The key's words in other languages."""
    row = WORDS.get(key) or WORDS.get(key.removesuffix("s")) or ""
    if (
        not row
        and key.split()[:1]
        and key.split()[-1] in ("property", "reaction", "law", "bond", "skewed", "correlation")
    ):
        row = WORDS.get(" ".join(key.split()[:-1]), "")
    return tuple(row.split("|") if "|" in row else row.split())


def is_english(folded: str) -> bool:
    return bool((ENGLISH | PLAINLY_ENGLISH).intersection(findall(r"[a-z']+", folded)))


def in_another_language(folded: str, keys: Sequence[str], known: str) -> bool:
    """Whether the sentence says one of the keys in another language."""
    english = is_english(folded)
    for key in keys:
        for word in translations(key):
            if (english and word in HOMOGRAPHS) or word in key or (word in known):
                continue
            bounded = rf"(?<![^\W_]){word}(?![^\W_])" if word[0] < "\u3000" else word
            if word in folded and search(bounded, folded):
                return True
        if not english and " " not in key and len(key) >= 6 and _cognate(folded, key):
            return True
    return False


def _cognate(folded: str, key: str) -> bool:
    """`conmutativa` for commutative, `sintesis` for synthesis; only in a sentence without common English words."""
    wanted = _skeleton(key)
    for word in findall(r"[^\W\d_]{5,}", folded):
        other = _skeleton(word)
        if word in (f"{key}s", f"{key}es", f"{key}ed", f"{key}ing", f"{key}ly"):  # English after all
            continue
        if word != key and len(bare := _bare(word)) > 2 and bare == _bare(key):
            return True
        if word != key and other[:1] == wanted[:1] and SequenceMatcher(None, wanted, other).ratio() >= 0.8:
            return True
    return False


def _bare(word: str) -> str:
    """`sod` of sodium, sodio and sodium: without the ending that languages change."""
    return sub(r"(?:ium|io|um|us|[aeo])s?$", "", word)


@lru_cache(maxsize=4096)
def _skeleton(word: str) -> str:
    for one, two in (
        ("th", "t"),
        ("ph", "f"),
        ("qu", "k"),
        ("y", "i"),
        ("ck", "k"),
        ("c", "k"),
        ("mm", "m"),
        ("ss", "s"),
    ):
        word = word.replace(one, two)
    return word
