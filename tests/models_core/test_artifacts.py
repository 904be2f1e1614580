"""Artifacts: what was saved comes back, and nothing else gets in."""

import errno
import json
import os
import pickle
import struct
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from models_core.artifacts import (
    CARD,
    CONFIG,
    HEADER_LIMIT_BYTES,
    METRICS,
    WEIGHTS,
    ArtifactRefused,
    load_student,
    load_teacher,
    read_metrics,
    save_student,
    save_teacher,
)
from models_core.teacher import TeacherConfig, TeacherModel


@pytest.fixture
def folder(teacher, tmp_path):
    save_teacher(teacher, tmp_path / "teacher", metrics={"auc": 0.7}, card="# Card\n")
    return tmp_path / "teacher"


@pytest.fixture
def student_folder(students, tmp_path):
    save_student(students["add"], tmp_path / "add", metrics={}, card="# Card\n")
    return tmp_path / "add"


def tensors_of(model: TeacherModel) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def test_a_teacher_comes_back_as_it_was(folder, teacher):
    loaded = load_teacher(folder)
    assert loaded.config == teacher.config
    assert loaded.fingerprint() == teacher.fingerprint()
    assert not loaded.training
    assert sorted(p.name for p in folder.iterdir()) == sorted([WEIGHTS, CONFIG, METRICS, CARD])
    assert read_metrics(folder) == {"auc": 0.7}


def test_a_teacher_that_knows_twenty_thousand_names_comes_back(tmp_path):
    steps = tuple(f"problem-{i:06}/a skill with a name of usual length" for i in range(20_000))
    teacher = TeacherModel(TeacherConfig(width=4, heads=1, layers=1, hidden=4, skills=("add",), steps=steps))
    save_teacher(teacher, tmp_path / "teacher", metrics={}, card="")
    loaded = load_teacher(tmp_path / "teacher")
    assert loaded.config == teacher.config
    assert loaded.fingerprint() == teacher.fingerprint()


def test_a_student_comes_back_as_it_was(student_folder, students, teacher):
    loaded = load_student(student_folder, teacher=teacher.fingerprint())
    assert (loaded.skill, loaded.teacher, loaded.settings) == ("add", teacher.fingerprint(), students["add"].settings)
    assert all(torch.equal(tensor, loaded.tensors()[name]) for name, tensor in students["add"].tensors().items())


def test_saving_again_replaces_the_whole_and_leaves_nothing_behind(folder, teacher):
    (folder / "stray").write_text("x")
    save_teacher(teacher, folder, metrics={"auc": 0.8}, card="")
    assert read_metrics(folder) == {"auc": 0.8}
    assert not (folder / "stray").exists()
    assert [p.name for p in folder.parent.iterdir()] == ["teacher"]


def test_a_save_that_fails_leaves_the_old_artifact_whole(folder, teacher):
    with pytest.raises(TypeError):
        save_teacher(teacher, folder, metrics={"auc": object()}, card="")
    assert load_teacher(folder).fingerprint() == teacher.fingerprint()
    assert [p.name for p in folder.parent.iterdir()] == ["teacher"]


class Evil:
    def __reduce__(self):
        return (os._exit, (1,))


def with_header(header: bytes, body: bytes = b"") -> bytes:
    return struct.pack("<Q", len(header)) + header + body


def weights(change):
    """A way to spoil the weights: takes the good tensors, returns the bytes of the file."""

    def spoil(folder, teacher):
        tensors = tensors_of(teacher)
        (folder / WEIGHTS).write_bytes(change(tensors))

    return spoil


def without_one(tensors):
    del tensors["layers.0.norm.bias"]
    return save(tensors)


def with_one_more(tensors):
    return save({**tensors, "extra": torch.zeros(1)})


def of_wrong_shape(tensors):
    return save({**tensors, "layers.0.norm.bias": torch.zeros(17)})


def of_wrong_type(tensors):
    return save({**tensors, "layers.0.norm.bias": torch.zeros(16, dtype=torch.float64)})


def with_a_nan(tensors):
    tensors["layers.0.norm.bias"][3] = float("nan")
    return save(tensors)


def of_another_teacher(tensors):
    tensors["layers.0.norm.bias"][3] += 1
    return save(tensors)


def overlapping(tensors):
    raw = save(tensors)
    size = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8 : 8 + size])
    names = [name for name in header if header[name]["shape"] == [16]]
    header[names[0]]["data_offsets"] = header[names[1]]["data_offsets"]
    return with_header(json.dumps(header).encode(), raw[8 + size :])


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (weights(lambda t: save(t)[:-100]), "truncated: [0-9]+ of [0-9]+ bytes"),
        (weights(lambda t: save(t)[:60]), "truncated inside its header"),
        (weights(lambda t: save(t)[:5]), "truncated: it has 5 bytes"),
        (weights(lambda t: b""), "truncated: it has 0 bytes"),
        (weights(lambda t: pickle.dumps(Evil(), protocol=4)), "is a pickle, not safetensors"),
        (weights(lambda t: b"PK\x03\x04" + bytes(200)), "is a zip file"),
        (weights(lambda t: struct.pack("<Q", 1 << 62) + b"{}"), "claims a header of 4611686018427387904 bytes"),
        (weights(lambda t: struct.pack("<Q", HEADER_LIMIT_BYTES + 1) + b"{}"), "claims a header"),
        (weights(lambda t: with_header(b"[1, 2]")), "header that cannot be read"),
        (weights(lambda t: with_header(b"{" * 5000)), "header that cannot be read"),
        (weights(lambda t: with_header(b'{"norm.bias": 3}')), "header that cannot be read"),
        (
            weights(lambda t: with_header(b'{"a": {"dtype": "F32", "shape": [{}], "data_offsets": [0, 0]}}')),
            "lacks the tensor",
        ),
        (weights(without_one), "lacks the tensor 'layers.0.norm.bias'"),
        (weights(with_one_more), "holds the tensor 'extra'"),
        (weights(of_wrong_shape), r"'layers.0.norm.bias' has shape \(17,\), expected \(16,\)"),
        (weights(of_wrong_type), "'layers.0.norm.bias' is F64, expected F32"),
        (weights(with_a_nan), "'layers.0.norm.bias' holds values that are not finite"),
        (weights(of_another_teacher), "not the ones that the config was written for"),
        (weights(overlapping), "is damaged"),
        (weights(lambda t: save(t) + bytes(64)), "is damaged"),
    ],
)
def test_spoilt_weights_are_refused_with_the_reason(folder, teacher, spoil, sentence):
    spoil(folder, teacher)
    with pytest.raises(ArtifactRefused, match=sentence):
        load_teacher(folder)


def config(**change):
    def spoil(folder):
        path = folder / CONFIG
        path.write_text(json.dumps({**json.loads(path.read_text()), **change}))

    return spoil


def model(**change):
    def spoil(folder):
        path = folder / CONFIG
        values = json.loads(path.read_text())
        path.write_text(json.dumps({**values, "model": {**values["model"], **change}}))

    return spoil


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (config(format=99), "format 99 is not the one known here"),
        (config(kind="student"), "this is a 'student', not a teacher"),
        (config(surprise=1), "other fields than expected: surprise"),
        (config(model=[]), "teacher"),
        (config(model={}), "other fields than expected"),
        (model(width=32), "has shape"),
        (model(width=10**12), "width must be a whole number"),
        (model(width="64"), "width must be a whole number"),
        (model(window=0), "window must be a whole number from 1 to 65536, not 0"),
        (model(skills="add"), "skills must be a list of names"),
        (model(steps=[["p2/a"]]), "steps must be a list of names"),
        (model(skills=["add", "add"]), "skills must be at most 100000 different names"),
        (model(steps=["p2/a"]), r"'step_ids.weight' has shape \(4, 16\), expected \(2, 16\)"),
        (model(skills=["juggle", "add", "solve"]), "not the ones that the config was written for"),
        (lambda folder: (folder / CONFIG).write_text("{"), "not valid JSON"),
        (lambda folder: (folder / CONFIG).write_text("[" * 100_000), "not valid JSON"),
        (lambda folder: (folder / CONFIG).write_text("[]"), "does not hold a JSON object"),
        (lambda folder: (folder / CONFIG).write_bytes(b"\xff\xfe\x00"), "not valid JSON"),
        (lambda folder: (folder / CONFIG).write_text(" " * 9_000_000), "more than the 8388608 allowed"),
        (lambda folder: (folder / CONFIG).unlink(), "config.json is missing"),
        (lambda folder: (folder / WEIGHTS).unlink(), "weights.safetensors is missing"),
    ],
)
def test_a_spoilt_folder_is_refused_with_the_reason(folder, spoil, sentence):
    spoil(folder)
    with pytest.raises(ArtifactRefused, match=sentence):
        load_teacher(folder)


def test_symbolic_links_are_refused(folder, tmp_path):
    real = (folder / WEIGHTS).rename(tmp_path / "elsewhere")
    (folder / WEIGHTS).symlink_to(real)
    with pytest.raises(ArtifactRefused, match=r"weights\.safetensors is a symbolic link"):
        load_teacher(folder)
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(ArtifactRefused, match="link is a symbolic link"):
        load_teacher(tmp_path / "link")


def test_a_pipe_instead_of_a_file_does_not_hang(folder):
    (folder / WEIGHTS).unlink()
    os.mkfifo(folder / WEIGHTS)
    with pytest.raises(ArtifactRefused, match="not a regular file"):
        load_teacher(folder)


def test_a_file_of_a_gigabyte_is_refused_before_it_is_read(folder):
    os.truncate(folder / WEIGHTS, 1 << 30)
    with pytest.raises(ArtifactRefused, match="has 1073741824 bytes, more than"):
        load_teacher(folder)


def test_no_folder_at_all_is_refused(tmp_path):
    with pytest.raises(ArtifactRefused, match=r"config\.json is missing"):
        load_teacher(tmp_path / "nowhere")


def test_a_student_of_another_teacher_is_refused(student_folder):
    with pytest.raises(ArtifactRefused, match="but the teacher in use is abcdef"):
        load_student(student_folder, teacher="abcdef" * 10)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (config(task="juggle"), r"task 'juggle' is not known here \(known: .*predict"),
        (config(skill=""), "skill must be a text"),
        (config(teacher=5), "teacher must be a text, not 5"),
        (model(hidden=9), "has shape"),
        (model(hidden=10**9), "hidden must be a whole number"),
        (model(odd=1), "other fields than expected: odd"),
        (model(prior_variance=-1), "prior_variance must lie in"),
    ],
)
def test_a_spoilt_student_is_refused_with_the_reason(student_folder, spoil, sentence):
    spoil(student_folder)
    with pytest.raises(ArtifactRefused, match=sentence):
        load_student(student_folder)


@pytest.mark.parametrize("fails", ["write_bytes", "write_text"])
def test_when_the_disk_is_full_the_old_artifact_stays_whole(teacher, tmp_path, monkeypatch, fails):
    save_teacher(teacher, tmp_path / "teacher", metrics={"auc": 0.7}, card="old\n")
    other = TeacherModel(teacher.config).eval()
    written = getattr(Path, fails)

    def full(path: Path, data, **more):
        written(path, data[: len(data) // 2], **more)  # half of it was still to be had
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, fails, full)
    with pytest.raises(OSError, match="No space left"):
        save_teacher(other, tmp_path / "teacher", metrics={"auc": 0.9}, card="new\n")
    monkeypatch.undo()
    assert load_teacher(tmp_path / "teacher").fingerprint() == teacher.fingerprint()
    assert read_metrics(tmp_path / "teacher") == {"auc": 0.7}
    assert [path.name for path in tmp_path.iterdir()] == ["teacher"]  # and nothing half made lies beside it
