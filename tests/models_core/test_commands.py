"""What the commands share: options that cannot be nonsense, found out before hours of training."""

import argparse
from pathlib import Path

import pytest

from models_core.commands import logs_by_name, not_negative, out_folder, positive, width
from models_core.logs import LogFileError
from tests.kt_logs import learner, write_log

NO_COUNTS = ["-1", "3.5", "", " ", "seven", "1e3", "²"]


@pytest.mark.parametrize("text", ["7", " 7 ", "007"])
def test_a_whole_number_is_itself(text):
    assert positive(text) == not_negative(text) == 7


def test_nothing_is_not_negative_but_not_positive_either():
    assert not_negative("0") == 0
    with pytest.raises(argparse.ArgumentTypeError, match="'0' is not a whole number from 1"):
        positive("0")


@pytest.mark.parametrize("text", NO_COUNTS)
@pytest.mark.parametrize(("kind", "least"), [(positive, 1), (not_negative, 0)])
def test_what_is_no_count_is_refused_with_what_was_written(kind, least, text):
    with pytest.raises(argparse.ArgumentTypeError) as refusal:
        kind(text)
    assert str(refusal.value) == f"{text!r} is not a whole number from {least}."


def test_a_width_is_shared_by_four_heads_and_has_a_limit():
    assert [width(text) for text in ("4", "96", "1024")] == [4, 96, 1024]
    for text in ("2", "98", "1028"):
        with pytest.raises(argparse.ArgumentTypeError, match=f"multiple of 4 up to 1024, not '{text}'"):
            width(text)
    for text in ("0", *NO_COUNTS):
        with pytest.raises(argparse.ArgumentTypeError, match="is not a whole number from 1"):
            width(text)


def test_a_folder_may_be_there_or_be_made_and_is_not_made_by_asking(tmp_path, monkeypatch):
    assert out_folder(str(tmp_path)) == tmp_path
    assert out_folder(str(tmp_path / "new" / "deep")) == tmp_path / "new" / "deep"
    monkeypatch.chdir(tmp_path)
    assert out_folder("new/deep") == Path("new/deep")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["report", "report/deep/deeper"])
def test_a_file_is_no_folder_and_nothing_can_be_made_in_it(tmp_path, name):
    (tmp_path / "report").write_text("mine")
    with pytest.raises(argparse.ArgumentTypeError) as refusal:
        out_folder(str(tmp_path / name))
    assert str(refusal.value) == f"{tmp_path / 'report'} is a file, not a folder."


def test_a_folder_that_cannot_be_written_to_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("models_core.commands.os.access", lambda path, _mode: Path(path) != tmp_path)  # root may all
    with pytest.raises(argparse.ArgumentTypeError) as refusal:
        out_folder(str(tmp_path / "new"))
    assert str(refusal.value) == f"{tmp_path} cannot be written to."


def test_logs_go_by_the_names_of_their_files(tmp_path):
    paths = [
        write_log(tmp_path / f"{name}.jsonl", [learner(name, [("i", "x", 1)])]) for name in ("algebra", "geometry")
    ]
    found = logs_by_name(paths)
    assert {name: [log.user for log in logs] for name, logs in found.items()} == {
        "algebra": ["algebra"],
        "geometry": ["geometry"],
    }


@pytest.mark.parametrize("second", ["other/algebra.jsonl", "algebra.json"])
def test_two_files_of_one_name_are_refused(tmp_path, second):
    (tmp_path / "other").mkdir()
    paths = [write_log(tmp_path / name, [learner("ann", [("i", "x", 1)])]) for name in ("algebra.jsonl", second)]
    with pytest.raises(LogFileError) as refusal:
        logs_by_name(paths)
    assert str(refusal.value) == f"There are two files of the name algebra: {paths[1]} would take the other's place."
