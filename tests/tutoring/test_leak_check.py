"""The command that asks the leak gate about the sentences of a file."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

HONEST = {"problem": "Solve 3x + 5 = 26.", "key": ["7"], "sentence": "Subtract 5 from both sides."}
LEAK = {**HONEST, "sentence": "It is seven."}


def judged(path: Path, *options: str) -> list[dict[str, object]]:
    out = StringIO()
    call_command("leak_check", str(path), *options, stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_each_line_is_answered_in_order(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in (HONEST, LEAK, HONEST)))
    answers = judged(file)
    assert [answer["leaks"] for answer in answers] == [False, True, False]
    assert all(set(answer) == {"leaks", "ms"} for answer in answers)
    assert all(isinstance(answer["ms"], float) for answer in answers)


def test_the_reason_is_told_when_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text(json.dumps(LEAK))
    assert judged(file, "--why")[0]["why"] == "number: names it"


def test_choices_and_allowed_texts_are_heeded(tmp_path: Path) -> None:
    line = {
        "problem": "Which?",
        "key": ["north"],
        "kind": "choice",
        "choices": ["south", "north"],
        "sentence": "It is B.",
    }
    file = tmp_path / "lines.jsonl"
    file.write_text(json.dumps(line))
    assert judged(file)[0]["leaks"] is True


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[1]", "object"),
        ('{"problem": "p", "key": ["7"]}', "sentence has to be a text"),
        ('{"problem": "p", "key": [7], "sentence": "s"}', "key has to be a list of texts"),
        ('{"problem": "p", "key": [], "sentence": "s"}', "key has to be a list of texts"),
        ('{"problem": "p", "key": [" "], "sentence": "s"}', "key has to hold at least one text"),
        ('{"problem": "p", "key": ["7"], "sentence": "s", "kind": "riddle"}', "kind has to be"),
    ],
)
def test_a_malformed_line_is_named_and_the_others_are_answered(tmp_path: Path, line: str, reason: str) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text("\n".join([json.dumps(HONEST), line, json.dumps(LEAK)]))
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command("leak_check", str(file), stdout=out, stderr=err)
    assert stop.value.code == 1
    assert "Line 2" in err.getvalue()
    assert reason in err.getvalue()
    assert [json.loads(answer)["leaks"] for answer in out.getvalue().splitlines()] == [False, True]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("leak_check", str(tmp_path / "nowhere.jsonl"))
