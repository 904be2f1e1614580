"""`manage.py diagnose_errors`: one line out for each line in, scores where there are labels, bad lines told."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

# 5 is added to both sides of 3x+5=20 where it should be taken away.
ADDED = {"equation": "3x+5=20", "action": "ADD_SIDE", "input": "5", "result": "3x+5+5=20+5", "previous_action": None}
SIGN = {
    "equation": "x=-14/7",
    "action": "COMBINE_MUL",
    "input": "2",
    "result": "x=2",
    "previous_action": "divide",
    "label": "DIVIDE_MULTIPLY_OPP_SIGNS",
    "tutor_feedback": "whatever the tutor said",
}


@pytest.fixture
def diagnosed(tmp_path):
    """What the command prints of lines (objects or raw texts), what it tells, and how it exits."""

    def run(*lines):
        file = tmp_path / "steps.jsonl"
        texts = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
        file.write_bytes(b"\n".join(texts) + b"\n")
        out, err, status = io.StringIO(), io.StringIO(), 0
        try:
            call_command("diagnose_errors", str(file), stdout=out, stderr=err)
        except SystemExit as leaving:
            status = leaving.code
        return [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue(), status

    return run


def test_each_step_gets_one_line_with_all_labels_ranked(diagnosed):
    said, told, status = diagnosed(ADDED, SIGN)
    assert [line["prediction"] for line in said] == ["SUBTRACT_TO_REMOVE", "DIVIDE_MULTIPLY_OPP_SIGNS"]
    assert status == 0
    for line in said:
        assert set(line) == {"prediction", "probability", "abstains", "ranked"}
        assert line["ranked"][0] == [line["prediction"], line["probability"]]
        assert len(line["ranked"]) == 19
        probabilities = [probability for _, probability in line["ranked"]]
        assert probabilities == sorted(probabilities, reverse=True)
        assert sum(probabilities) == pytest.approx(1, abs=0.005)
        assert line["abstains"] is False
    assert "steps with a label: 1" in told
    assert "accuracy: 1.0000" in told


def test_without_labels_nothing_is_scored(diagnosed):
    _, told, _ = diagnosed(ADDED)
    assert told == ""


def test_what_the_tutor_said_does_not_matter(diagnosed):
    bare = {name: value for name, value in SIGN.items() if name not in ("label", "tutor_feedback")}
    (with_words, without), _, _ = diagnosed(SIGN, bare)
    assert with_words == without


def test_an_equation_that_cannot_be_read_is_answered_with_an_abstention(diagnosed):
    said, _, status = diagnosed({**ADDED, "equation": "3x + = ? 🙂", "result": ""}, {**ADDED, "equation": "9" * 5000})
    assert [line["abstains"] for line in said] == [True, True]
    assert status == 0


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{not json", "not JSON"),
        (b'["a", "list"]', "not a JSON object"),
        (b'{"equation": "x=1", "action": "ADD_SIDE"}', "'input' has to be a text"),
        (b'{"equation": 7, "action": "ADD_SIDE", "input": "1"}', "'equation' has to be a text"),
        (b'{"equation": "x=1", "action": "ADD_SIDE", "input": "1", "label": 3}', "label has to be a text"),
        (b"\xff\xfe", "not JSON"),
        (b'"' + b"a" * 1_200_000 + b'"', "longer than"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_a_bad_line_is_told_with_its_number_and_the_others_are_answered(diagnosed, line, reason):
    said, told, status = diagnosed(ADDED, line, SIGN)
    assert len(said) == 2
    assert "Line 2:" in told
    assert reason in told
    assert status == 1


def test_a_file_that_is_not_there_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("diagnose_errors", str(tmp_path / "nothing.jsonl"))


def test_a_folder_without_a_student_is_refused_with_a_sentence(tmp_path):
    file = tmp_path / "steps.jsonl"
    file.write_text("")
    with pytest.raises(CommandError, match="missing"):
        call_command("diagnose_errors", str(file), student=tmp_path)
