"""The bench: it measures an engine that says what a full pass says, and prints a row per history."""

import pytest
import torch

from models_core.artifacts import save_teacher
from models_core.bench import difference, grown, invented_log, main, ratio, side_by_side
from models_core.engine import Engine
from models_core.teacher import TeacherConfig, TeacherModel
from tests.teacher_logs import with_config


def seeded(seed: int) -> TeacherModel:
    torch.manual_seed(seed)
    return TeacherModel(TeacherConfig()).eval()


def test_the_invented_learner_has_as_many_attempts_as_asked_one_a_minute():
    log = invented_log(30)
    assert (log.learners, len(log.asked), int(log.scored.sum())) == (1, 30, 30)
    assert log.correct.sum() == 20  # two of three
    assert {log.at[t + 1] - log.at[t] for t in range(29)} == {60.0}


def test_the_engine_is_a_full_pass_on_the_log_of_the_bench_beyond_the_window_too(teacher):
    log = invented_log(300)
    for model in (seeded(0), with_config(teacher, window=40)):  # the usual shape, and one with every weight alive
        assert model.config.window < 300
        assert difference(model, Engine(model, log.curriculum), log, 300) < 1e-4


def test_the_difference_shows_an_engine_of_another_teacher():
    log = invented_log(10)
    assert difference(seeded(0), Engine(seeded(1), log.curriculum), log, 10) > 1e-2


def test_a_grown_memory_is_of_so_many_events():
    log = invented_log(12)
    engine = Engine(seeded(0), log.curriculum)
    assert [grown(engine, log, count).length for count in (0, 5, 12)] == [0, 5, 12]


def rows_of(printed: str) -> list[list[str]]:
    """The cells of each row of the table's body."""
    return [[cell.strip() for cell in line.strip("│ ").split("│")] for line in printed.splitlines() if line[0] == "│"]


def test_the_table_has_a_row_per_history(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["--history", "3", "1200", "--repeats", "5"]) == 0
    printed = capsys.readouterr().out
    assert "width 64, 2 layers, window 200" in printed
    rows = rows_of(printed)
    assert [row[0] for row in rows] == ["3", "1,200"]
    assert rows[0][6] == "1.00"  # the first is the measure of the others
    for _, engine, eager, full, to_eager, to_full, _, apart in rows:
        assert all(float(number) > 0 for number in (engine, eager, full, to_eager, to_full))
        assert float(apart) < 1e-4
    assert float(rows[1][3]) > float(rows[0][3])  # a full pass over 1,200 events costs more than one over 3


def test_a_ratio_is_the_median_over_rounds_by_hand():
    assert ratio([1, 2, 9], [2, 2, 3]) == 1  # of 1/2, 1 and 3: one wild round moves nothing


def test_all_take_turns_and_the_first_rounds_do_not_count():
    order = []
    times = side_by_side([lambda: order.append("a"), lambda: order.append("b")], repeats=4)
    assert order == ["a", "b"] * 7
    assert [len(mine) for mine in times] == [4, 4]


def test_an_artifact_is_measured_in_its_own_shape(teacher, tmp_path, capsys):
    save_teacher(teacher, tmp_path / "teacher", metrics={}, card="of a test\n")
    assert main(["--teacher", str(tmp_path / "teacher"), "--history", "2", "--repeats", "1"]) == 0
    assert "width 16, 3 layers" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("name", ["empty", "gone"])
def test_a_folder_that_is_no_artifact_is_refused_with_a_sentence(tmp_path, capsys, name):
    (tmp_path / "empty").mkdir()
    assert main(["--teacher", str(tmp_path / name), "--history", "2"]) == 1
    out, said = capsys.readouterr()
    assert out == ""
    assert said.startswith("Not measured. ")
    assert "config.json is missing" in said


@pytest.mark.parametrize("words", [["--history", "0"], ["--history", "-1"], ["--history", "2", "--repeats", "0"]])
def test_counts_that_are_nonsense_are_refused(words):
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2
