"""The belief about misconceptions: every number here can be worked out by hand."""

import json
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models_core.misconceptions import (
    LANDINGS,
    MOST_AT_ONCE,
    OPEN,
    SHIPPED,
    SLIP,
    Belief,
    Encounter,
    Misconceptions,
    Parameters,
    Planted,
    Stage,
    WeightsRefused,
    lands_on,
    load_parameters,
    save_parameters,
    score,
    shipped,
    slip_values,
    transition,
)

# Nothing flips by itself and the forecast says nothing, so that products and sums are all there is.
PLAIN = Parameters(
    prior=0.2,
    expression=0.8,
    slip=0.1,
    unlearning=1e-12,
    relapse=1e-12,
    usual=0.0,
    slip_by_forecast=0.0,
    belief_by_forecast=0.0,
    name_above=0.7,
    name_slip_above=0.7,
    landing={**dict.fromkeys(LANDINGS, 0.1), "choice": 1.0, "anywhere": 0.4},
)
MODEL = Misconceptions(PLAIN)
ONE_OF_TWO = (("choice", 2),)  # a slip lands here every second time


def wrong(*could_show: str, fits: tuple[str, ...] = (), lands=ONE_OF_TWO, **more) -> Encounter:
    return Encounter(could_show, correct=False, fits=fits, lands=lands if fits else (), **more)


def right(*could_show: str, **more) -> Encounter:
    return Encounter(could_show, correct=True, **more)


# --- naming -------------------------------------------------------------------------------------------------------


def test_a_misconception_is_weighed_against_a_slip():
    # It showed: 0.2 * 0.8 = 0.16. A slip that landed here: (0.8 + 0.2 * 0.2) * 0.1 * 1/2 = 0.042.
    found = MODEL.diagnose({}, wrong("a", fits=("a",)))
    assert dict(found.ranked) == pytest.approx({"a": 0.16 / 0.202, SLIP: 0.042 / 0.202})
    assert found.named == "a"


def test_below_the_bar_nothing_is_named():
    strict = Misconceptions(replace(PLAIN, name_above=0.8))
    found = strict.diagnose({}, wrong("a", fits=("a",)))
    assert found.ranked[0][0] == "a"
    assert found.abstains
    assert found.named is None


def test_where_a_slip_is_likelier_than_any_misconception_nothing_is_named():
    found = MODEL.diagnose({"a": Belief(0.001)}, wrong("a", fits=("a",)))
    assert found.ranked[0][0] == SLIP
    assert found.named is None


@pytest.mark.parametrize("answer", [right("a"), wrong("a")])
def test_what_fits_nothing_is_named_after_nothing(answer):
    assert MODEL.diagnose({"a": Belief(0.99)}, answer).named is None


def test_two_that_lead_to_the_same_answer_are_equally_likely_until_history_tells_them_apart():
    tie = wrong("a", "b", fits=("a", "b"), lands=(("anywhere", 1000),))
    first = dict(MODEL.diagnose({}, tie).ranked)
    assert first["a"] == pytest.approx(first["b"])
    assert MODEL.diagnose({}, tie).abstains
    beliefs = MODEL.after({}, wrong("a", fits=("a",)), named="a")
    beliefs |= MODEL.after(beliefs, right("b"))
    assert MODEL.diagnose(beliefs, tie).named == "a"


def test_of_a_learner_who_is_expected_to_be_right_a_slip_is_likelier():
    # Both weights of the forecast as they were fitted: the belief yields more than the slips do.
    model = Misconceptions(replace(PLAIN, slip_by_forecast=0.4, belief_by_forecast=1.0))
    answers = [wrong("a", fits=("a",), forecast=p) for p in (0.3, 0.6, 0.95)]
    slips = [dict(model.diagnose({}, answer).ranked)[SLIP] for answer in answers]
    assert slips == sorted(slips)
    assert slips[-1] > 2 * slips[0]


def test_a_place_where_slips_often_land_needs_more_evidence():
    often = dict(MODEL.diagnose({}, wrong("a", fits=("a",), lands=(("choice", 1),))).ranked)
    seldom = dict(MODEL.diagnose({}, wrong("a", fits=("a",), lands=(("anywhere", 100),))).ranked)
    assert often["a"] < seldom["a"]


# --- what is believed after an answer -----------------------------------------------------------------------------


def test_a_right_answer_where_it_could_have_shown_speaks_against_it():
    # Held and silent: 0.2 * 0.2. Not held: 0.8. Both right with the same chance.
    assert MODEL.after({}, right("a"))["a"].probability == pytest.approx(0.04 / 0.84)


def test_its_answer_speaks_for_it():
    # Held: 0.2 * (0.8 + 0.2 * 0.1 / 2) = 0.162. Not held: 0.8 * 0.1 / 2 = 0.04.
    assert MODEL.after({}, wrong("a", fits=("a",)))["a"].probability == pytest.approx(0.162 / 0.202)


@pytest.mark.parametrize("answer", [right("a", counts=False), wrong("a", counts=False)])
def test_help_and_the_tutors_not_yet_make_an_answer_silent(answer):
    assert MODEL.after({}, answer)["a"] == Belief(0.2)


def test_switches_flip_by_themselves():
    model = Misconceptions(replace(PLAIN, unlearning=0.25, relapse=0.01))
    held = 0.162 / 0.202
    after = model.after({}, wrong("a", fits=("a",)))["a"].probability
    assert after == pytest.approx(held * 0.75 + (1 - held) * 0.01)


def test_only_what_could_have_shown_changes():
    assert set(MODEL.after({"b": Belief(0.5)}, right("a"))) == {"a"}


def test_what_the_forecast_says_of_one_moment_does_not_stay():
    model = Misconceptions(replace(PLAIN, belief_by_forecast=1.0))
    after = [model.after({}, right("a", forecast=p))["a"].probability for p in (0.2, 0.9)]
    assert after[0] == pytest.approx(after[1])


def test_of_many_those_that_fit_are_weighed_and_the_rest_wait():
    many = tuple(f"m{n}" for n in range(MOST_AT_ONCE + 20))
    answer = wrong(*many, fits=(many[-1],), lands=(("anywhere", 1000),))
    assert MODEL.diagnose({}, answer).named == many[-1]
    after = MODEL.after({}, answer)
    assert after[many[-1]].probability > 0.9
    assert after[many[-2]].probability == 0.2


@given(
    st.lists(
        st.tuples(st.booleans(), st.sets(st.sampled_from("abc")), st.booleans(), st.none() | st.floats(0, 1)),
        max_size=30,
    )
)
def test_whatever_happens_beliefs_are_probabilities(story):
    model, beliefs = shipped(), {}
    for correct, fits, counts, forecast in story:
        fitting = () if correct else tuple(sorted(fits))
        answer = Encounter(("a", "b", "c"), correct, fitting, ONE_OF_TWO if fitting else (), forecast, counts)
        found = model.diagnose(beliefs, answer)
        assert sum(p for _, p in found.ranked) == pytest.approx(1)
        beliefs |= model.after(beliefs, answer, named=found.named)
        assert all(0 < belief.probability < 1 for belief in beliefs.values())


# --- the lifecycle ------------------------------------------------------------------------------------------------


def walk(*events: str, probability: float = 0.5) -> Belief:
    """ "met", "asked" (met, and the reply asks about it), "right" or "other", one after the other."""
    belief = Belief(0.1)
    for event in events:
        belief = transition(
            belief,
            probability=probability,
            named=event in ("met", "asked"),
            probed=event == "asked",
            passed=event == "right",
        )
    return belief


@pytest.mark.parametrize(
    ("events", "stage"),
    [
        (["right"], Stage.UNSEEN),
        (["met"], Stage.SUSPECTED),
        (["asked"], Stage.PROBED),
        (["met", "met"], Stage.SUSPECTED),
        (["met", "asked"], Stage.PROBED),
        (["asked", "met"], Stage.CONFIRMED),
        (["asked", "met", "asked"], Stage.CONFIRMED),
        (["asked", "right", "right"], Stage.PROBED),
        (["asked", "right", "right", "right"], Stage.RESOLVED),
        (["asked", "right", "right", "met", "right"], Stage.CONFIRMED),
        (["met", "right", "right", "right", "met"], Stage.SUSPECTED),
        (["met", "other", "other", "other", "other"], Stage.SUSPECTED),
        (["met", "right", "right", "right", "right"], Stage.RESOLVED),
    ],
)
def test_the_stages_follow_from_what_happened(events, stage):
    assert walk(*events).stage == stage


def test_met_again_and_very_likely_is_confirmed_without_having_been_asked_about():
    assert walk("met", probability=0.99).stage == Stage.SUSPECTED
    assert walk("met", "met", probability=0.99).stage == Stage.CONFIRMED


def test_meetings_are_counted_and_right_answers_since_the_last():
    belief = walk("met", "right", "met", "right", "right")
    assert (belief.times_met, belief.opportunities_since) == (2, 2)


def test_what_is_open_is_what_somebody_should_look_at():
    assert set(Stage) - set(OPEN) == {Stage.UNSEEN, Stage.RESOLVED}


# --- where slips land ---------------------------------------------------------------------------------------------


def test_wrong_answers_near_a_key_have_shapes():
    # x + 7 = 12: the key 5 is 12 - 7, so with one sign turned it is 19 or -19.
    shapes = slip_values(Fraction(5), parts=[Fraction(12)], numbers=[Fraction(7), Fraction(12)])
    assert shapes["minus"] == (-5,)
    assert set(shapes["one-sign"]) == {19, -19}
    assert set(shapes["reciprocal"]) == {Fraction(1, 5), Fraction(-1, 5)}
    assert set(shapes["tens"]) == {50, Fraction(1, 2)}
    assert shapes["part"] == (12,)
    assert set(shapes["one-off"]) == {4, 6}
    assert set(shapes["number"]) == {7, 12}


@pytest.mark.parametrize("key", [Fraction(0), Fraction(1), Fraction(-1), Fraction(1, 2)])
def test_the_key_itself_is_no_slip(key):
    assert all(key not in values for values in slip_values(key, parts=[key], numbers=[key]).values())


def test_an_answer_may_have_several_shapes_and_is_always_just_a_number():
    shapes = slip_values(Fraction(1, 2), numbers=[Fraction(2)])
    # 2 is the reciprocal (one of -1/2, 2, -2 with the sign), and stands in the question; 4 * 1/2 + 21 numbers are near.
    assert lands_on(Fraction(2), Fraction(1, 2), shapes) == (("reciprocal", 2), ("number", 1), ("anywhere", 23))


def test_the_chance_of_landing_is_shared_among_the_answers_of_a_shape():
    assert MODEL.landing((("minus", 1), ("anywhere", 40))) == pytest.approx(0.1 + 0.4 / 40)


def test_a_slip_is_named_by_the_likeliest_of_its_shapes():
    # 0.1 for the sign alone, 0.4 / 40 for any number: ten to one.
    [(shape, probability), _] = MODEL.slip_shapes((("minus", 1), ("anywhere", 40)))
    assert (shape, probability) == ("minus", pytest.approx(10 / 11))


# --- parameters ---------------------------------------------------------------------------------------------------


def test_parameters_come_back_as_they_were_saved(tmp_path: Path):
    save_parameters(PLAIN, tmp_path, metrics={"n": 1}, card="A card.\n")
    assert load_parameters(tmp_path) == PLAIN


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"prior": 1.5}, "prior must lie between 0 and 1"),
        ({"slip": "often"}, "slip must lie between 0 and 1"),
        ({"usual": float("nan")}, "usual must lie in"),
        ({"landing": {"minus": 1}}, "landing must have a share for each of"),
        ({"more": 1}, "other fields than expected: more"),
        ({"format": 2}, "of format 1"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_sentence(tmp_path: Path, change, sentence):
    save_parameters(PLAIN, tmp_path, metrics={}, card="")
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, **change}))
    with pytest.raises(WeightsRefused, match=sentence):
        load_parameters(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\x80\x04pickle", b"[]", b"{" * 100_000])
def test_a_file_that_is_something_else_is_refused(tmp_path: Path, content):
    (tmp_path / "config.json").write_bytes(content)
    with pytest.raises(WeightsRefused):
        load_parameters(tmp_path)


def test_the_shipped_parameters_are_there_with_their_card():
    assert shipped().parameters == load_parameters(SHIPPED)
    assert "Limits" in (SHIPPED / "card.md").read_text()


def test_it_needs_no_torch():
    script = "import sys, models_core.misconceptions; print('torch' in sys.modules)"
    root = Path(__file__).resolve().parents[2]
    run = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


# --- scoring ------------------------------------------------------------------------------------------------------


def test_the_score_counts_what_was_planted_and_what_was_not():
    shows = Planted(wrong("a", fits=("a",)), "a")
    far_off, unlucky = Planted(wrong("b"), SLIP), Planted(wrong("b", fits=("b",), lands=(("choice", 1),)), SLIP)
    found = score(MODEL, [[shows, Planted(right("b"), None), far_off, unlucky]])
    assert (found.planted, found.right, found.other, found.silent) == (1, 1, 0, 0)
    assert (found.slips, found.slips_named, found.foreseen_slips) == (2, 0, 1)
    assert (found.named_right, found.named_wrongly) == (1.0, 0.0)
