"""The `answer` student: reads mathematics as a reader does, ranks, knows when nothing answers. Vectors are a stand-in
(bags of letters, by hand), except where the shipped weights are judged."""

import json
from pathlib import Path

import numpy as np
import pytest

from models_core import fit_retrieval
from models_core.embeddings import TextEncoder
from models_core.fit_retrieval import (
    QuestionsRefused,
    Tally,
    answers,
    author_of,
    calibration_error,
    fit_probability,
    question_of,
    read_lines,
)
from models_core.retrieval import (
    DOUBTS,
    FEATURES,
    WEIGHTS_PATH,
    Answer,
    Answerer,
    Asked,
    Found,
    Index,
    Text,
    Weights,
    WeightsRefused,
)
from models_core.retrieval.index import pieces_of
from models_core.retrieval.reading import WORDS, glossary, meanings, phrasings, plain, stem, tokens, topics
from models_core.retrieval.shapes import names_of_shapes
from tests.weights import encoder_path

EXAMPLES = sorted((Path(fit_retrieval.__file__).parent / "retrieval_examples").glob("*.jsonl"))


def encode(texts):
    """How often each letter stands in a text, as a unit vector (n, 26)."""
    counts = np.array([[text.lower().count(chr(97 + i)) for i in range(26)] for text in texts], np.float32) + 1e-3
    return counts / np.linalg.norm(counts, axis=1, keepdims=True)


def text(
    name: str, body: str, *, skill: str = "", group: str = "", about: str = "", also: tuple[str, ...] = ()
) -> Text:
    return Text(name, name, about or name, also, body, (skill or name,), group or name)


SLOPE = text("slope", "The slope of a line is rise over run.")
TERMS = text("terms", "Like terms have the same letters and may be added.")
ROOTS = text("roots", "A square root is a number whose square it is.")
BY_WORDS = Weights(
    score=tuple(1.0 if name == "words" else 0.1 if name == "prior" else 0.0 for name in FEATURES),
    first_right=(*(5.0 if name == "words" else 0.0 for name in DOUBTS), -1.0),
    says=(*(10.0 if name == "words" else 0.0 for name in DOUBTS), -1.0),
    abstain_below=0.5,
)


@pytest.fixture
def answerer() -> Answerer:
    return Answerer(Index([SLOPE, TERMS, ROOTS], encode), BY_WORDS, encode)


# --- reading ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("adding terms", "added term"),
        ("parentheses", "parenthesis"),
        ("multiplied", "multiplying"),
        ("plotted graphs", "plotting a graph"),
    ],
)
def test_words_are_one_whatever_their_ending(one, other):
    assert [token for token in tokens(one) if token[0] != "~"] == [token for token in tokens(other) if token[0] != "~"]


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("brackets", "parentheses", "~bracket"),
        ("subtract", "minus", "~subtract"),
        ("20% of it", "percentage", "~percent"),
        ("variable", "letter", "~letter"),
        (r"$\frac{x}{3}$", "denominator", "~fraction"),
        ("gcf", "greatest", "~gcf"),
    ],
)
def test_words_and_signs_for_one_thing_meet(one, other, shared):
    assert shared in tokens(one)
    assert shared in tokens(other)


def test_asking_is_not_what_is_asked_about():
    assert tokens("What does this mean? Can you please explain it to me?") == []


@pytest.mark.parametrize(
    ("question", "sign"),
    [
        ("what is 3x", "sign:coefficient"),
        ("why 3(x + 4)", "sign:bracket"),
        ("why 10 - 2(x - 3)", "sign:minus-bracket"),
        ("what does -x = 5 mean", "sign:negative"),
        ("x^2", "sign:power"),
        ("is 0 = 0 ok", "sign:zero"),
        ("x >= 3", "sign:inequality"),
    ],
)
def test_signs_are_seen(question, sign):
    assert sign in tokens(question)


def test_in_a_text_with_mathematics_hyphens_of_words_are_no_minus():
    assert "sign:negative" not in tokens("a so -called rule with $x + 1$")


def test_typesetting_is_taken_off_for_the_encoder():
    assert plain(r"Take $\frac{x}{2} \cdot \left(3\right)$") == "Take x/2 times (3)"


def test_a_name_within_a_name_does_not_speak():
    """ "Slope intercept form" is one name, and says more than slope and intercept do."""
    meaning = meanings("what is slope intercept form")
    assert "y equals slope times x" in meaning
    assert "rise over run" not in meaning


def test_names_are_known_by_their_stems():
    assert meanings("whats PEMDAS") == meanings("explain bodmas") != ""
    assert meanings("what is for lunch") == ""


def test_the_glossary_and_the_topics_are_well_formed():
    lines = (WORDS / "glossary.txt").read_text().splitlines()
    assert all(line.count(": ") >= 1 and line.split(": ")[1].strip() for line in lines)
    assert all(glossary())
    assert len(phrasings()) == len(set(phrasings())) > 200
    assert len(topics()) == len(set(topics())) > 250


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("how do i solve 2x + 3 = 11", "two-step equation"),
        ("what about n - 8 = 3 do i add", "one-step equation: addition or subtraction"),
        (r"Solve $\frac{x}{3} = 5$.", "one-step equation: multiplication or division"),
        ("why 5x+2 = 3x+10", "equation with variables on both sides"),
        ("is 4(x-3) = 20 hard", "equation with parentheses, distributive property"),
        ("0.7x + 0.2 = 3", "equation with decimals"),
        ("i got 6 = 6", "true or false statement: identity or contradiction"),
        ("x^2 + 5x + 6 = 0", "quadratic equation"),
        ("factor x² - 9", "difference of squares"),
        ("how to do (x+2)(x+3)", "multiply two binomials"),
        ("(x+1)^2", "square of a binomial"),
        ("what is 5^0", "zero exponent"),
        ("2x + 3 < 11", "linear inequality"),
        ("|x - 3| = 5", "absolute value equation"),
        (r"$\sqrt{x+1} = 3$", "radical equation"),
        ("log(x) + log(3)", "law of logarithms for products: sum of logarithms"),
        ("2^x = 16", "exponential equation"),
        ("y = 3x + 1", "slope-intercept form of a line"),
        ("10 - 2(x-3)", "minus sign in front of parentheses"),
        ("What is $[[a]]x + [[b]] = [[c]]$?", "two-step equation"),
        ("where is (2, 3)", "ordered pair, point"),
    ],
)
def test_mathematics_is_called_by_its_name(said, name):
    assert name in names_of_shapes(said)


@pytest.mark.parametrize(
    "said", ["", "what is a term", "i am in a two-step class", "it is so, or not", "$$", "=(", "((("]
)
def test_words_alone_are_no_mathematics(said):
    assert names_of_shapes(said) == []


def test_what_the_mathematics_is_called_is_part_of_what_a_question_means():
    assert "quadratic equation" in meanings("how do i do x^2 + 5x + 6 = 0")


def test_pieces_are_the_skill_the_title_and_the_sentences():
    sentence = "This sentence is too short for a piece by itself, but two of them together are long enough to be one. "
    pieces = pieces_of(text("T", sentence * 4, about="A skill", also=("A lesson",)))
    assert pieces[:2] == ["A skill", "T. A skill"]
    assert len(pieces) == 2 + 2  # two sentences to a piece


# --- ranking ------------------------------------------------------------------------------------------------------


def test_the_text_that_shares_the_words_is_first(answerer):
    found = answerer.answer("what is a slope").found
    assert found[0].name == "slope"
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)


def test_where_no_text_shares_a_word_it_abstains(answerer):
    assert answerer.answer("what is photosynthesis").abstains
    assert not answerer.answer("what is a slope").abstains


def test_a_word_that_few_texts_hold_weighs_more():
    index = Index([SLOPE, text("lines", "A line is straight. A line has no end."), TERMS], encode)
    found = Answerer(index, BY_WORDS, encode).answer("slope line").found
    assert found[0].name == "slope"


def alone(feature: str) -> Weights:
    score = tuple(1.0 if name == feature else 0.0 for name in FEATURES)
    return Weights(score, (0.0,) * (len(DOUBTS) + 1), (0.0,) * (len(DOUBTS) + 1), 0.0)


def test_mathematics_of_a_kind_is_found_by_the_problems_of_a_skill():
    """No word in common: only the problems show that the second skill is about squares."""
    texts = [
        text("first", "Undo both.", also=("Solve $2x + 3 = 11$.",)),
        text("second", "Look closely.", also=("Solve $x^2 - 4x = 5$.", "Solve $y^2 = 9 + y$.")),
    ]
    answerer = Answerer(Index(texts, encode), alone("shapes"), encode)
    assert answerer.answer("help with n^2 + n = 6").found[0].name == "second"
    assert answerer.answer("help with 7n - 1 = 6").found[0].name == "first"


def test_a_text_that_is_near_to_whatever_is_asked_is_put_back():
    index = Index([text("one", "abc"), text("two", "abc")], encode)
    asked = Asked.read("abc", encode)
    before = index.features(asked, {})[:, FEATURES.index("bodies")]
    index._common[index._body.piece[1]] += 0.1  # of the second text's only sentence
    after = index.features(asked, {})[:, FEATURES.index("bodies")]
    assert list(before - after) == pytest.approx([0.0, 0.1])


def test_words_near_in_meaning_are_near_words():
    """ "abc" and "cba" have the same letters, and so the same stand-in vector."""
    texts = [text("first", "xyz"), text("second", "cba")]
    answerer = Answerer(Index(texts, encode), alone("near_words"), encode)
    assert answerer.answer("abc").found[0].name == "second"


def test_what_is_in_play_decides_between_equals():
    twins = [text("one", SLOPE.body, about="s"), text("two", SLOPE.body, about="s")]
    answerer = Answerer(Index(twins, encode), BY_WORDS, encode)
    assert answerer.answer("slope", in_play={"two": 1.0}).found[0].name == "two"
    assert answerer.answer("slope", in_play={"one": 1.0}).found[0].name == "one"


def test_but_it_does_not_outweigh_the_words(answerer):
    assert answerer.answer("what is a slope", in_play={"roots": 1.0}).found[0].name == "slope"


def test_a_question_that_names_nothing_is_about_what_is_in_play(answerer):
    assert [each.name for each in answerer.answer("what does this mean", in_play={"terms": 1.0}).found] == ["terms"]
    assert answerer.answer("what does this mean").abstains


def test_of_a_group_only_the_best_is_found():
    hints = [text(f"h{i}", SLOPE.body, skill="s", group="s") for i in range(5)]
    found = Answerer(Index([*hints, TERMS], encode), BY_WORDS, encode).answer("slope of like terms", most=3).found
    assert len(found) == 2


def test_what_may_not_be_told_is_not_found(answerer):
    assert "slope" not in [each.name for each in answerer.answer("slope", without=[0]).found]
    assert answerer.answer("slope", without=[0, 1, 2]).abstains


def test_a_course_of_no_texts_abstains():
    answer = Answerer(Index([], encode), BY_WORDS, encode).answer("slope", in_play={"s": 1.0})
    assert answer == Answer((), 0.0, 0.0, abstains=True)


@pytest.mark.parametrize("question", ["", "   ", "?" * 50, "x" * 10_000, "💥 $ \\frac{ {{ <b>", "не понимаю", "\x00"])
def test_no_question_breaks_it(answerer, question):
    answer = answerer.answer(question)
    assert 0 <= answer.probability <= 1


def test_the_same_question_has_the_same_answer(answerer):
    assert answerer.answer("slope of a root") == answerer.answer("slope of a root")


def test_features_and_doubts_are_as_many_as_they_have_names():
    index = Index([SLOPE, TERMS], encode)
    asked = Asked.read("slope", encode)
    features = index.features(asked, {})
    assert features.shape == (2, len(FEATURES))
    assert index.doubts(asked, features[0], 1.0, 0.5).shape == (len(DOUBTS),)
    assert 0 <= features[0][FEATURES.index("words")] <= 1


# --- weights ------------------------------------------------------------------------------------------------------


def test_weights_come_back_as_they_were_saved(tmp_path):
    BY_WORDS.save(tmp_path / "w.json")
    assert Weights.load(tmp_path / "w.json") == BY_WORDS


@pytest.mark.parametrize(
    "damage",
    [
        lambda held: held.pop("score"),
        lambda held: held.update(score=[1.0]),
        lambda held: held.update(says=["a"] * 12),
        lambda held: held.update(abstain_below=2),
        lambda held: held.update(features=["other"]),
        lambda held: held.update(score=[float("nan")] * len(FEATURES)),
        lambda held: held.update(more=1),
    ],
)
def test_damaged_weights_are_refused(tmp_path, damage):
    BY_WORDS.save(tmp_path / "w.json")
    held = json.loads((tmp_path / "w.json").read_text())
    damage(held)
    (tmp_path / "w.json").write_text(json.dumps(held))
    with pytest.raises(WeightsRefused):
        Weights.load(tmp_path / "w.json")


def test_missing_weights_and_what_is_no_json_are_refused(tmp_path):
    with pytest.raises(WeightsRefused, match=r"none\.json"):
        Weights.load(tmp_path / "none.json")
    (tmp_path / "w.json").write_text("[")
    with pytest.raises(WeightsRefused):
        Weights.load(tmp_path / "w.json")


# --- fitting ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "line 2"),
        ("[]", "not a JSON object"),
        ('{"question": "q"}', "'answerable' is missing"),
        ('{"question": "", "answerable": false}', "not a text"),
        ('{"question": "q", "answerable": "yes"}', "neither true nor false"),
        ('{"question": "q", "answerable": true}', "names passages or skills"),
        ('{"question": "q", "answerable": true, "skills": "slope"}', "not a list"),
    ],
)
def test_a_bad_line_of_questions_is_named(tmp_path, line, why):
    path = tmp_path / "q.jsonl"
    path.write_text('{"question": "what", "answerable": false}\n' + line + "\n")
    with pytest.raises(QuestionsRefused, match=why) as refused:
        read_lines(path, question_of)
    assert "line 2" in str(refused.value)


def test_a_file_of_nothing_and_a_missing_one_are_refused(tmp_path):
    (tmp_path / "q.jsonl").write_text("\n")
    for name in ("q.jsonl", "none.jsonl"):
        with pytest.raises(QuestionsRefused):
            read_lines(tmp_path / name, question_of)


def test_an_author_stands_at_the_end_of_a_file_name():
    assert [author_of(Path(name)) for name in ("algebra.jsonl", "algebra-b.jsonl", "both-courses-c.jsonl")] == [*"abc"]


def test_names_of_skills_are_compared_without_signs():
    question = question_of({"question": "q", "skills": ["Laws of logs: powers"], "answerable": True})
    assert answers(question, TERMS, frozenset({"laws_of_logs_powers"}))
    assert not answers(question, TERMS, frozenset({"laws of logs"}))


def test_a_tally_counts_by_hand():
    tally = Tally()
    known = question_of({"question": "q", "skills": ["s"], "answerable": True})
    unknown = question_of({"question": "q", "answerable": False})
    found = (Found(0, "a", 1.0), Found(1, "b", 0.5))
    tally.count(known, Answer(found, 0.9, 0.9, abstains=False), [False, True])
    tally.count(known, Answer(found, 0.9, 0.1, abstains=True), [True, False])
    tally.count(unknown, Answer(found, 0.2, 0.1, abstains=True), [False, False])
    assert vars(tally) == {
        "answerable": 2, "first": 1, "among": 2, "kept": 1, "unanswerable": 1, "abstained": 1,
    }  # fmt: skip


def test_calibration_error_by_hand():
    assert calibration_error([(0.8, True)] * 8 + [(0.8, False)] * 2, bins=1) == pytest.approx(0.0)
    assert calibration_error([(0.9, False)] * 10, bins=1) == pytest.approx(0.9)


def test_a_fitted_probability_follows_what_tells():
    rng = np.random.default_rng(0)
    doubts = rng.normal(size=(400, len(DOUBTS)))
    weights = fit_probability(doubts, list(doubts[:, 0] > 0))
    assert weights[0] > 10 * max(abs(weight) for weight in weights[1:-1])


def test_fitting_learns_which_feature_tells_and_writes_what_it_learnt(tmp_path, monkeypatch, capsys):
    """Four texts, questions with their words, and questions about other things."""
    monkeypatch.setattr(fit_retrieval, "TextEncoder", lambda _path: type("Stub", (), {"encode": staticmethod(encode)}))
    bodies = [SLOPE, TERMS, ROOTS, text("graph", "A graph shows points of an equation in the plane.")]
    rows = [
        {"name": t.name, "title": t.title, "about": t.about, "also": [], "body": t.body, "skills": list(t.skills)}
        | {"group": t.group, "skill_names": [t.name]}
        for t in bodies
    ]
    (tmp_path / "t.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    asked = [{"question": f"{how} {t.name}", "skills": [t.name], "answerable": True} for t in bodies for how in HOWS]
    other = [
        {"question": f"{how} {what}", "answerable": False} for what in ("volcano", "poem", "zebra") for how in HOWS
    ]
    (tmp_path / "q.jsonl").write_text("".join(json.dumps(row) + "\n" for row in asked + other))
    arguments = ["--course", str(tmp_path / "t.jsonl"), str(tmp_path / "q.jsonl"), "--out", str(tmp_path / "w.json")]
    assert fit_retrieval.main(arguments) == 0
    weights = Weights.load(tmp_path / "w.json")
    answerer = Answerer(Index(bodies, encode), weights, encode)
    assert answerer.answer("please explain slope").found[0].name == "slope"
    assert answerer.answer("please explain zebra").says < answerer.answer("please explain slope").says
    assert "questions held out" in capsys.readouterr().out


HOWS = ("what is", "explain", "tell me about", "define", "what does it mean:", "how do i use")


def test_a_refused_file_ends_the_command_with_a_sentence(tmp_path, capsys):
    arguments = ["--course", str(tmp_path / "t.jsonl"), str(tmp_path / "q.jsonl"), "--out", str(tmp_path / "w.json")]
    assert fit_retrieval.main(arguments) == 1
    assert "t.jsonl can't be read" in capsys.readouterr().err
    assert not (tmp_path / "w.json").exists()


# --- what ships ---------------------------------------------------------------------------------------------------


def test_the_shipped_weights_answer_about_a_course_they_never_saw():
    """A little course of chemistry: nothing of it is in the examples."""
    course = [
        text("acid", "An acid gives hydrogen ions to water. Its pH is below seven.", about="Acids and bases"),
        text("mole", "A mole is a fixed count of particles; molar mass turns moles into grams.", about="Moles"),
        text("bond", "In a covalent bond two atoms share a pair of electrons.", about="Chemical bonds"),
    ]
    real = TextEncoder(encoder_path()).encode
    answerer = Answerer(Index(course, real), Weights.load(), real)
    known = {
        "what is an acid": "acid",
        "how do i turn moles into grams": "mole",
        "what is a covalent bond": "bond",
    }
    unknown = ("who was napoleon", "what is the derivative of a function", "how do i cook rice")
    told, others = [answerer.answer(question) for question in known], [answerer.answer(each) for each in unknown]
    assert [answer.found[0].name for answer in told] == list(known.values())
    assert all(answer.abstains for answer in others)
    assert min(answer.says for answer in told) > 10 * max(answer.says for answer in others)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_can_be_read_and_hold_both_kinds(path):
    questions = read_lines(path, question_of)
    assert {question.answerable for question in questions} == {True, False}
    assert len({question.text for question in questions}) == len(questions)


def test_shipped_weights_are_whole():
    assert Weights.load(WEIGHTS_PATH).abstain_below > 0


def test_stems_are_short_and_never_empty():
    assert [stem(word) for word in ("terms", "is", "ring", "plugging")] == ["term", "is", "ring", "plug"]
