"""The `answer` student of a course: which of the course's texts answer a question, and whether any does.

    question ─► words, meanings of its names, names of its mathematics ─► match with the texts (BM25, shapes) ─┐
       └──────► vectors ─► nearness to headings, sentences, skills, words; less what is near to all questions ─┴► score
                  └─────► which topic of a wide list is this? how near is the course to it? ─► P(a text answers)

The score is linear in a handful of features; its weights, and those of the probability, are fitted by
`models_core.fit_retrieval` and kept with the other weights. Below a probability it abstains. `reading` reads words,
`shapes` mathematics; `index` holds a course's texts; `answering` ranks and abstains.
"""

from models_core.retrieval.answering import WEIGHTS_PATH, Answer, Answerer, Found, Weights, WeightsRefused
from models_core.retrieval.index import DOUBTS, FEATURES, Asked, Encode, Floats, Index, Text

__all__ = [
    "DOUBTS",
    "FEATURES",
    "WEIGHTS_PATH",
    "Answer",
    "Answerer",
    "Asked",
    "Encode",
    "Floats",
    "Found",
    "Index",
    "Text",
    "Weights",
    "WeightsRefused",
]
