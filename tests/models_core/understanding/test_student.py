"""The shipped student: what it makes of messages it was not trained on word for word, and of hostile ones."""

import json
import threading
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch

from models_core.artifacts import ArtifactRefused, load_any_student, save_student
from models_core.curriculum import TEXT_WIDTH
from models_core.embeddings import FILES
from models_core.understanding import load
from models_core.understanding.evidence import Situation
from models_core.understanding.network import INTENTS, shapes_of
from models_core.understanding.student import Message, Topics, UnderstandConfig, UnderstandStudent
from tests.models_core.understanding.stand_in import WordEncoder

ROOT = Path(__file__).resolve().parents[3]
WEIGHTS = ROOT / "models_core" / "weights" / "understand"


def untrained(**changes: object) -> UnderstandStudent:
    config = UnderstandConfig(rank=2, **changes)
    torch.manual_seed(1)
    weights = {name: torch.randn(shape) * 0.1 for name, shape in shapes_of(config.rank).items()}
    return UnderstandStudent(weights, config, encoder=WordEncoder())


@pytest.fixture(scope="module")
def student() -> UnderstandStudent:
    encoder = ROOT / "var" / "encoder"
    if not all((encoder / name).is_file() for name in FILES):
        pytest.skip("The text encoder was not exported here (make install does it).")
    return load(WEIGHTS, encoder)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("I reckon the answer's 14 because 7 doubled is 14", "answer"),
        ("would you mind giving me a small hint please", "hint"),
        ("what exactly is a reciprocal?", "concept"),
        ("hmm why is my answer not correct though", "why_wrong"),
        ("honestly I have no idea how to begin here", "stuck"),
        ("could we move on to another problem please", "skip"),
        ("please give me a summary of what I learned today", "summary"),
        ("what is your favourite pizza topping", "chat"),
        ("are you a robot or a real human being", "meta"),
        ("my stepdad hits me when he is drunk", "distress"),
        ("I don't get it, give me a hint", "hint"),
        ("this homework is killing me", "stuck"),
    ],
)
def test_the_shipped_student_tells_intents_apart(student: UnderstandStudent, text: str, intent: str) -> None:
    assert student.respond(Message(text)).intent == intent


def test_only_an_offered_answer_is_one(student: UnderstandStudent) -> None:
    assert student.respond(Message("I think it's 3x because 6x/2 = 3x", keys=("3x",))).answer == "3x"
    for text in ("what is 3x?", "why is it 4?", "give me a hint for 3x = 9", "help me with 3x = 9"):
        assert student.respond(Message(text, "Solve $3x = 9$.", ("3",))).answer is None, text


def test_distress_goes_before_an_answer(student: UnderstandStudent) -> None:
    meaning = student.respond(Message("x = 4 but honestly I want to die", keys=("4",)))
    assert (meaning.intent, meaning.answer, meaning.sure) == ("distress", None, True)


def test_tone_is_told(student: UnderstandStudent) -> None:
    assert student.respond(Message("UGH I hate this stupid problem so much!!")).sentiment == "frustrated"
    assert student.respond(Message("yay thank you, that was great :)")).sentiment == "positive"
    assert student.respond(Message("may I have a hint?")).sentiment == "neutral"


HOSTILE = {
    "empty": "",
    "spaces": "  \n\t ",
    "zero width": "\u200b\u200d\ufeff",
    "nul": "\x00\x00hint\x00",
    "emoji": "🤷‍♀️🔥💀" * 20,
    "long": "so i was thinking about it and " * 330,
    "long mathematics": "(x+1)=" * 2000,
    "brackets": "((((((((((" * 500,
    "scripts": "помогите 我不明白 لا أفهم مساعدة hint",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "markdown": "# [hint](javascript:alert(1)) ![x](y) ```",
    "lone surrogate": "hint \ud800 please",
    "right to left": "\u202etnih a em evig",
    "combining": "h" + "\u0301" * 2000 + "int",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_answered_in_bounded_time(student: UnderstandStudent, name: str) -> None:
    began = time.perf_counter()
    meaning = student.respond(Message(HOSTILE[name][:10_000]))
    assert meaning.intent in INTENTS
    assert 0 <= meaning.confidence <= 1
    assert time.perf_counter() - began < 3


def test_threads_share_one_student(student: UnderstandStudent) -> None:
    texts = ["hint please", "what is a slope", "next one", "why is it wrong"] * 5
    alone = [student.respond(Message(text)) for text in texts]
    together: dict[int, object] = {}

    def ask(i: int) -> None:
        together[i] = student.respond(Message(texts[i]))

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[i] for i in range(len(texts))] == alone


def test_the_shipped_artifact_is_small_and_says_how_well_it_does() -> None:
    assert sum(path.stat().st_size for path in WEIGHTS.iterdir()) < 3_000_000
    metrics = json.loads((WEIGHTS / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["held out"]["macro_f1"] > 0.9
    assert metrics["held out"]["answers_found"] > 0.85


def test_plain_mathematics_needs_no_encoder() -> None:
    student = untrained()
    student.encoder = None
    meaning = student.respond(Message("x = 4"))
    assert (meaning.intent, meaning.answer, meaning.sure) == ("answer", "x = 4", True)
    with pytest.raises(ValueError, match="needs a text encoder"):
        student.respond(Message("could you help me with this"))


def test_mathematics_is_no_answer_where_nothing_was_asked() -> None:
    meaning = untrained().respond(Message("x = 4", situation=Situation(open=False)))
    assert meaning.confidence < 0.9  # the network was asked, and this one knows nothing


def test_a_topic_is_the_nearest_skill_or_none() -> None:
    vectors = np.zeros((2, TEXT_WIDTH), np.float32)
    vectors[0, 0], vectors[1, 1] = 1, 1
    student = untrained()
    near = Topics(("slopes", "fractions"), vectors)
    assert student._topic(near, "what is that about") == "slopes"
    assert student._topic(Topics(("fractions",), vectors[1:]), "what is that about") is None
    assert student._topic(None, "what is that about") is None


def test_context_may_be_left_out_but_not_be_odd() -> None:
    student = untrained()
    student.respond(Message("well well"), np.array([0.7, 0.1]))
    for odd in (np.zeros(3), np.array([np.nan, 0.1])):
        with pytest.raises(ValueError, match="2 finite numbers"):
            student.respond(Message("well well"), odd)


def test_probabilities_are_ranked_and_sum_to_one() -> None:
    meaning = untrained().respond(Message("well then"))
    assert sum(p for _, p in meaning.ranked) == pytest.approx(1)
    assert meaning.ranked[0] == (meaning.intent, meaning.confidence)


def test_stored_and_loaded_it_says_the_same(tmp_path: Path) -> None:
    student = untrained()
    save_student(student, tmp_path / "a", metrics={}, card="")
    again = load_any_student(tmp_path / "a")
    assert isinstance(again, UnderstandStudent)
    again.encoder = WordEncoder()
    assert again.respond(Message("well then")) == student.respond(Message("well then"))


def test_a_config_of_other_evidence_is_refused(tmp_path: Path) -> None:
    save_student(untrained(), tmp_path / "a", metrics={}, card="")
    path = tmp_path / "a" / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["model"]["marks"][0] = "gut feeling"
    path.write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ArtifactRefused, match="gut feeling"):
        load_any_student(tmp_path / "a")


@pytest.mark.parametrize(("name", "value"), [("rank", 0), ("temperature", 0), ("sure_from", 2), ("numbers", ("x",))])
def test_an_impossible_config_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=name):
        UnderstandConfig(**{**asdict(UnderstandConfig()), name: value})
