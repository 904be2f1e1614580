"""`manage.py understand`: a line in, a line out, and a clear word about lines that are none."""

import io
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.skipif(
    not (Path(settings.ROOT) / "var" / "encoder" / "upper.safetensors").is_file(),
    reason="The text encoder was not exported here (make install does it).",
)


@pytest.fixture(autouse=True)
def _encoder(settings) -> None:
    settings.ENCODER_PATH = Path(settings.ROOT) / "var" / "encoder"


def run(path: Path) -> tuple[list[dict], str, int]:
    out, err, status = io.StringIO(), io.StringIO(), 0
    try:
        call_command("understand", str(path), stdout=out, stderr=err)
    except SystemExit as stop:
        status = int(stop.code or 0)
    return [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue(), status


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "messages.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_each_message_gets_its_line_in_order(tmp_path: Path) -> None:
    rows = [
        {"text": "I think it's 3x because 6x divided by 2", "problem": "Simplify 6x/2", "key": ["3x"]},
        {"text": "can I have a hint?"},
        {"text": "", "problem": None, "key": None},
    ]
    said, err, status = run(written(tmp_path, *map(json.dumps, rows)))
    assert [line["intent"] for line in said[:2]] == ["answer", "hint"]
    assert [line["answer"] for line in said] == ["3x", None, None]
    assert all(set(line) == {"intent", "answer", "sentiment", "confidence"} for line in said)
    assert (err, status) == ("", 0)


def test_why_this_problem_is_about_the_tutor(tmp_path: Path) -> None:
    said, _, _ = run(written(tmp_path, json.dumps({"text": "why did you choose this problem?"})))
    assert said[0]["intent"] == "meta"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "this is not JSON"),
        ("[1]", "this is not a JSON object"),
        ('{"problem": "x"}', "text has to be a text"),
        ('{"text": "a", "key": "5"}', "key has to be a list"),
        ('{"text": "a", "problem": 5}', "problem has to be a text"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_answered(tmp_path: Path, line: str, reason: str) -> None:
    said, err, status = run(written(tmp_path, line, "", '{"text": "x = 4"}'))
    assert [row["intent"] for row in said] == ["answer"]
    assert f"Line 1: {reason}" in err
    assert status == 1


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("understand", str(tmp_path / "none.jsonl"))
