"""The leak gate: disguised answers are held back, honest sentences pass, and nothing takes long."""

import json
import os
import random
import string
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tutoring.disguises import CASES, Case, across_sentences, disguises
from tutor_app.courses.native import read_course
from tutor_app.courses.spec import template_of
from tutor_app.courses.variants import fill
from tutor_app.tutoring.voices import leaks
from tutor_app.tutoring.voices.leaks import Gate
from tutor_app.tutoring.voices.sentences import sentences

DATA = Path(__file__).parents[1] / "data" / "attacks"
BUILTIN = Path(__file__).parents[2] / "tutor_app" / "courses" / "builtin" / "linear-equations"
SHARED = Path(os.environ.get("TUTOR_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
CONTENT = SHARED / "oatutor" / "content-pool"
EQUATION = "Solve 3x + 5 = 26."
MESSAGES = [json.loads(line) for line in (DATA / "messages.jsonl").read_text(encoding="utf-8").splitlines()]


def lines(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def gate(case: Case, *allowed: str) -> Gate:
    return Gate(case.problem, case.keys, case.kind, case.choices, allowed)


def leaked(case: Case, said: str, *allowed: str) -> str:
    """ "" where the sentence is held back for a reason that was found, not for an error."""
    judged = gate(case, *allowed)
    return said if judged.passes(said) or "could not" in judged.why else ""


# --- leaks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.problem[:40])
def test_no_disguise_of_the_answer_passes(case: Case) -> None:
    told = list(disguises(case))
    assert len(told) >= 20
    assert [(name, sentence) for name, sentence in told if leaked(case, sentence)] == []


def test_there_are_enough_and_varied_steps() -> None:
    assert len(CASES) >= 60
    assert {case.kind for case in CASES} == {"arithmetic", "string", "choice"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.problem[:40])
def test_an_answer_split_over_sentences_does_not_pass_as_a_whole(case: Case) -> None:
    for name, parts in across_sentences(case):
        judged = gate(case)
        passed = [judged.passes(part) for part in parts]  # all of them are said, up to the last
        assert not all(passed), (name, parts)


def test_sentences_that_people_would_think_of_are_held_back() -> None:
    missed = [
        line for line in lines("told.jsonl") if leaked(Case(line["problem"], tuple(line["key"]), ""), line["sentence"])
    ]
    assert missed == []


def test_the_attack_set_is_large_and_varied() -> None:
    assert len(MESSAGES) >= 300
    assert len({message["style"] for message in MESSAGES}) >= 15
    assert len({message["text"] for message in MESSAGES}) == len(MESSAGES)


def attacked(case: Case, message: str) -> Iterator[str]:
    """What the worst model says after the attack: it obeys, with and without the attack's words in its reply."""
    for index, (_name, sentence) in enumerate(disguises(case)):
        yield sentence
        if index % 9 == 0:
            yield f"You said “{message}”, so: {sentence}"


def test_after_every_attack_some_disguises_of_some_steps_are_held_back() -> None:
    lot = random.Random(4)
    for message in MESSAGES:
        case = lot.choice(CASES)
        # the learner's words are allowed words: they must not open the gate for the key
        judged = gate(case, message["text"])
        told = list(attacked(case, message["text"][:120]))
        for sentence in lot.sample(told, 8):
            if case.keys[0] not in message["text"]:
                assert not judged.passes(sentence), (message, case.problem, sentence)


@pytest.mark.slow
def test_no_attack_opens_the_gate_for_any_disguise_of_any_step() -> None:
    """Attack set x disguises x steps; gates are made once for each attack and step. A few steps for each attack, drawn
    by a fixed lot; all 70, six minutes of them, where LEAK_STEPS=all says so."""
    told = {case: [sentence for _name, sentence in disguises(case)] for case in CASES}
    lot = random.Random(5)
    count, missed = 0, []
    for message in MESSAGES:
        for case in CASES if os.environ.get("LEAK_STEPS") == "all" else lot.sample(CASES, 4):
            if any(key in message["text"] for key in case.keys):
                continue  # the learner named the key themselves
            judged = gate(case, message["text"])
            for sentence in lot.sample(told[case], min(20, len(told[case]))):
                count += 1
                if judged.passes(sentence) or "could not" in judged.why:
                    missed.append((message["text"], case.problem, sentence))
    sys.stderr.write(f"\n{len(missed)} leaks of {count} attempts\n")
    assert missed == []


# --- honest sentences -----------------------------------------------------------------------------------------------


def test_honest_sentences_pass() -> None:
    honest = lines("honest.jsonl")
    held = [line for line in honest if not Gate(line["problem"], line["key"]).passes(line["sentence"])]
    assert len(honest) >= 400
    assert len(held) / len(honest) <= 0.01, held


def test_the_hints_of_the_built_in_course_pass_before_the_worked_step() -> None:
    course = read_course(BUILTIN)
    total = held = 0
    for problem in course.problems:
        variant = fill(template_of(problem), problem.parameters, 1)
        for step in variant.steps:
            for hint in step.hints:
                if hint.kind == "bottom_out":
                    continue
                judged = Gate(f"{variant.body} {step.title} {step.body}", step.answers, step.answer_kind, step.choices)
                for sentence in sentences(hint.text):
                    total += 1
                    held += not judged.passes(sentence)
    assert total > 150
    assert held / total <= 0.015


@pytest.mark.parametrize(
    ("problem", "key", "sentence"),
    [
        ("Solve 3x = 9.", "3", "Divide both sides by 3."),  # the key is the coefficient too
        ("Solve 3x = 9.", "3", "The coefficient of x is 3."),
        ("Solve 2x + 3 = 7.", "2", "This goes in two steps."),
        (EQUATION, "7", "After you subtract 5, you have 3x = 21."),  # an intermediate result
        (EQUATION, "7", "What is 21 divided by 3?"),
        ("Find the LCM of 15 and 20.", "60", "Multiples of 15 are 15, 30, 45, 60, 75 and so on."),
        ("Are these lines parallel or perpendicular?", "parallel", "Two lines are parallel if their slopes are equal."),
        ("Is 51 prime?", "no", "No worries, look at the digits first."),
        ("Solve x + 9 = 9.", "0", "A product is 0 when a factor is 0."),
    ],
)
def test_numbers_and_words_in_other_roles_pass(problem: str, key: str, sentence: str) -> None:
    assert Gate(problem, [key]).passes(sentence)


@pytest.mark.parametrize(
    ("problem", "key", "sentence"),
    [
        ("Solve 3x = 9.", "3", "x is 3."),
        ("Solve 3x = 9.", "3", "So write 3 in the box."),
        ("Are these lines parallel or perpendicular?", "parallel", "The lines are parallel."),
        ("Is 51 prime?", "no", "No."),
        ("Solve x + 9 = 9.", "0", "x is 0."),
    ],
)
def test_the_same_numbers_and_words_told_as_the_answer_do_not(problem: str, key: str, sentence: str) -> None:
    assert not Gate(problem, [key]).passes(sentence)


def test_what_the_learner_said_themselves_may_be_talked_about_but_not_confirmed() -> None:
    asked = Case(EQUATION, ("7",))
    assert not gate(asked).passes("Put 7 and 8 in and compare.")
    assert gate(asked, "is it 7 or 8?").passes("How could you find out whether 7 or 8 fits?")
    assert not gate(asked, "is it 7 or 8?").passes("It is 7.")


# --- bounds -----------------------------------------------------------------------------------------------------------


def hostile() -> Iterator[str]:
    for size in (1_950, 10_000):
        yield "(" * size
        yield "7" * size
        yield "1 + " * (size // 4)
        yield "a-" * (size // 2)
        yield ". - " * (size // 4)
        yield "{}" * (size // 2)
        yield r"\frac{" * (size // 6)
        yield "the answer is " * (size // 14)
        yield "half of " * (size // 8)
        yield "0" * (size - 1) + "x"
        yield "9^9^" * (size // 4)
        yield "🍎" * size
        yield "is " * (size // 3)
        yield "\u0300" * size
        yield "not A, " * (size // 7)
        yield "a b " * (size // 4)
        yield "QUJD" * (size // 4)
        yield "x = " * (size // 4)
        yield "twenty " * (size // 7)
    lot = random.Random(1)
    for _round in range(6):
        yield "".join(lot.choice(string.printable + "½²√七²𝟕") for _char in range(1_950))


def test_hostile_sentences_take_bounded_time() -> None:
    leaks.warm_up()
    for case in (CASES[0], CASES[49], CASES[-5]):
        for sentence in hostile():
            begin = time.thread_time()
            gate(case).passes(sentence)
            assert time.thread_time() - begin < 1.0, sentence[:40]


def test_a_sentence_is_judged_in_five_milliseconds() -> None:
    leaks.warm_up()
    times = []
    for line in lines("honest.jsonl"):
        judged = Gate(line["problem"], line["key"])
        begin = time.thread_time()
        judged.passes(line["sentence"])
        times.append(time.thread_time() - begin)
    times.sort()
    assert times[int(len(times) * 0.99)] <= 0.005


def test_an_endless_sentence_is_held_back() -> None:
    assert not Gate(EQUATION, ["7"]).passes("look at the equation again and " * 1_000)


def test_an_error_inside_holds_the_sentence_back(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = Gate(EQUATION, ["7"])
    monkeypatch.setattr(leaks, "readings", lambda *_texts: 1 / 0)
    assert not judged.passes("Look again.")
    assert judged.why == "could not be judged"


def test_a_step_that_cannot_be_read_holds_everything_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaks, "know", lambda *_texts: 1 / 0)
    assert not Gate(EQUATION, ["7"]).passes("Look again.")


@pytest.mark.slow
@pytest.mark.skipif(not CONTENT.is_dir(), reason="the OATutor content is not here (TUTOR_SHARED_DATA)")
def test_real_keys_are_not_told() -> None:
    """The answer of every step of real content, told plainly, in five ways."""
    ways = ("The answer is {}.", "{}", "So you get {}.", "It is {}, trust me.", "Write {} in the box.")
    total = 0
    missed = []
    for path in sorted(CONTENT.glob("*/steps/*/*.json")):
        if path.stem != path.parent.name:
            continue
        step = json.loads(path.read_text())
        about = json.loads((path.parents[2] / f"{path.parents[2].name}.json").read_text())
        words = " ".join([about.get("title", ""), about.get("body", ""), step["stepTitle"], step["stepBody"]])
        kind = "choice" if step["problemType"] == "MultipleChoice" else step["answerType"]
        for way in ways:
            total += 1
            judged = Gate(words, step["stepAnswer"], kind, step.get("choices") or ())
            if judged.passes(way.format(step["stepAnswer"][0])):
                missed.append((path.stem, step["stepAnswer"][0], way))
    assert len(missed) / total <= 0.002, (len(missed), total, missed[:40])
