"""The command that checks answers from a file."""

import json
import resource
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.tutoring.checking.test_hostile import HOSTILE
from tutor_app.tutoring.json_lines import BadLine, object_of
from tutor_app.tutoring.management.commands.check_answers import question_of


def line(key: list[str], given: str, **others: Any) -> str:
    row = {"key": key, "kind": "arithmetic", "given": given, "choices": None, "asked": None, **others}
    return json.dumps(row)


def run(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> tuple[list[dict[str, Any]], str, int]:
    """(what was printed, what was complained about, the exit status)"""
    file = tmp_path / "answers.jsonl"
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    status = 0
    try:
        call_command("check_answers", str(file))
    except SystemExit as leave:
        status = int(leave.code or 0)
    out, err = capsys.readouterr()
    return [json.loads(row) for row in out.splitlines()], err, status


def test_every_line_gets_its_verdict_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        line(["x^2-1"], "(x-1)(x+1)"),
        line(["x^2-1"], "(x-1)(x+1)", asked="expanded form"),
        line(["5"], "6"),
        line(["5"], "hello there"),
        line(["5 km"], "5000 m", asked="with unit"),
        line(["Yes"], "b", kind="choice", choices=["No", "Yes"]),
        line(["mitochondria"], "Mitocondria", kind="string"),
    ]
    printed, complaints, status = run(tmp_path, "\n".join(rows) + "\n", capsys)
    verdicts = [row["verdict"] for row in printed]
    assert verdicts == ["correct", "form", "incorrect", "unreadable", "correct", "correct", "correct"]
    assert all(set(row) == {"verdict", "ms", "read_as"} for row in printed)
    assert printed[2]["read_as"] == "6"
    assert (complaints, status) == ("", 0)


def test_a_bad_line_is_named_and_the_others_are_answered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [line(["5"], "5"), "nonsense", line(["5"], "6"), line([], "5"), line(["5"], "5", extra=1)]
    printed, complaints, status = run(tmp_path, "\n".join(rows), capsys)
    assert [row["verdict"] for row in printed] == ["correct", "incorrect", "correct"]
    assert "Line 2: this is not JSON" in complaints
    assert "Line 4: key has to be a list of texts, not []." in complaints
    assert status == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("[1]", "not a JSON object"),
        ("{}", "kind is one of arithmetic, string, choice, not None"),
        ('{"kind": "string", "key": ["a"]}', "given has to be a text, not None"),
        (line(["5"], 5), "given has to be a text, not 5"),  # type: ignore[arg-type]
        (line([], "5"), "key has to be a list of texts"),
        (line("5", "5"), "key has to be a list of texts"),  # type: ignore[arg-type]
        (line([5], "5"), "key has to be a list of texts"),  # type: ignore[list-item]
        (line(["5"], "5", kind="number"), "kind is one of arithmetic, string, choice"),
        (line(["5"], "5", choices="ab"), "choices has to be a list of texts"),
        (line(["5"], "5", asked=3), "asked has to be a text, not 3"),
        ("[" * 100_000, "not JSON"),
        ("\x00", "not JSON"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(row: str, said: str) -> None:
    with pytest.raises(BadLine, match=said):
        question_of(object_of(row.encode()))


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    from django.core.management.base import CommandError

    with pytest.raises(CommandError, match="cannot be read"):
        call_command("check_answers", str(tmp_path / "none.jsonl"))


def test_lines_that_are_too_long_or_not_text_cost_only_themselves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "answers.jsonl"
    good = line(["5"], "5").encode()
    file.write_bytes(b"\n".join([b"x" * 3_000_000, good, b"\xff\xfe\x00", good]))
    with pytest.raises(SystemExit):
        call_command("check_answers", str(file))
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 2
    assert "Line 1: the line is longer than" in err
    assert "Line 3: this is not JSON" in err


@pytest.mark.slow
def test_hostile_lines_are_all_answered_within_two_seconds_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = Path("/tmp/tutor-was-here")
    trace.unlink(missing_ok=True)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.monotonic()
    rows = [line(["x^2+3x-1"], given) for given in HOSTILE]
    printed, complaints, status = run(tmp_path, "\n".join(rows), capsys)
    assert len(printed) == len(HOSTILE)
    assert (complaints, status) == ("", 0)
    assert max(row["ms"] for row in printed) < 2000
    assert {row["verdict"] for row in printed} <= {"incorrect", "unreadable", "form"}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB
    assert time.monotonic() - begun < 2 * len(HOSTILE)
    assert not trace.exists()
