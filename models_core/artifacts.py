"""Artifacts: a trained model as a folder that can be read, checked and refused, never run.

    weights.safetensors   the numbers
    config.json           what they are: format, kind, shapes; a student's skill and its teacher's fingerprint
    metrics.json          how well it did
    card.md               for people: data, command, scores, limits

There is no pickle anywhere. A folder is hostile until shown otherwise: sizes are checked before anything is read, the
header of the weights before any number, shapes against what the config demands, numbers for NaN. `ArtifactRefused` says
in one sentence what is wrong. Saving writes a whole folder beside the target and renames it, so that no reader ever
sees half an artifact.
"""

import json
import math
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as dump_tensors
from torch import Tensor

from models_core.student import PredictStudent, StudentModel
from models_core.teacher import TeacherModel, config_from

FORMAT = 1
WEIGHTS, CONFIG, METRICS, CARD = "weights.safetensors", "config.json", "metrics.json", "card.md"
WEIGHTS_LIMIT_BYTES = 64 * 1024 * 1024
HEADER_LIMIT_BYTES = 1024 * 1024
JSON_LIMIT_BYTES = 8 * 1024 * 1024  # a teacher's config holds the names that it knows
OTHER_FORMATS = (
    (b"\x80", "a pickle"),
    (b"PK", "a zip file, as torch.save makes (a pickle inside)"),
    (b"\x93NUMPY", "a NumPy file"),
)


class ArtifactRefused(ValueError):
    """A folder that will not be loaded; the sentence says what is wrong with it."""


def save_teacher(teacher: TeacherModel, path: Path | str, *, metrics: Mapping[str, Any], card: str) -> None:
    """Write a teacher to a folder; an artifact that is there already is replaced in one move."""
    config = {
        "format": FORMAT,
        "kind": "teacher",
        "fingerprint": teacher.fingerprint(),
        "model": asdict(teacher.config),
    }
    _save(Path(path), teacher.state_dict(), config, metrics, card)


def load_teacher(path: Path | str) -> TeacherModel:
    """Read a teacher. Raises ArtifactRefused."""
    path = Path(path)
    config = _read_config(path, "teacher", {"fingerprint", "model"})
    try:
        shape_of = config_from(config["model"])
        with torch.device("meta"):
            expected = {name: tuple(t.shape) for name, t in TeacherModel(shape_of).state_dict().items()}
    except (TypeError, ValueError, AttributeError) as error:
        raise ArtifactRefused(f"{path.name}: {error}") from error
    teacher = TeacherModel(shape_of)
    teacher.load_state_dict(_read_weights(path, expected), strict=True)
    if teacher.fingerprint() != config["fingerprint"]:
        raise ArtifactRefused(f"{path.name}: the weights are not the ones that the config was written for.")
    return teacher.eval().requires_grad_(False)


def save_student(student: StudentModel, path: Path | str, *, metrics: Mapping[str, Any], card: str) -> None:
    """Write a student to a folder; an artifact that is there already is replaced in one move."""
    config = {
        "format": FORMAT,
        "kind": "student",
        "task": student.task,
        "skill": student.skill,
        "teacher": student.teacher,
        "model": student.config(),
    }
    _save(Path(path), student.tensors(), config, metrics, card)


def load_any_student(path: Path | str, *, teacher: str | None = None) -> StudentModel:
    """Read a student of whatever task. Raises ArtifactRefused.

    Args:
        path: the folder.
        teacher: fingerprint of the teacher it must belong to; None accepts any.
    """
    path = Path(path)
    config = _read_config(path, "student", {"task", "skill", "teacher", "model"})
    for name in ("task", "skill", "teacher"):
        if not isinstance(config[name], str) or not config[name]:
            raise ArtifactRefused(f"{path.name}: the config's {name} must be a text, not {config[name]!r}.")
    kind = StudentModel.tasks.get(config["task"])
    if kind is None:
        known = ", ".join(sorted(StudentModel.tasks))
        raise ArtifactRefused(f"{path.name}: the task {config['task']!r} is not known here (known: {known}).")
    if teacher is not None and config["teacher"] != teacher:
        raise ArtifactRefused(
            f"{path.name}: the student was trained on teacher {config['teacher'][:12]}, "
            f"but the teacher in use is {teacher[:12]}."
        )
    try:
        expected = kind.shapes(config["model"])
    except (TypeError, ValueError, AttributeError) as error:
        raise ArtifactRefused(f"{path.name}: {error}") from error
    tensors = _read_weights(path, expected)
    return kind.from_parts(skill=config["skill"], teacher=config["teacher"], config=config["model"], tensors=tensors)


def load_student(path: Path | str, *, teacher: str | None = None) -> PredictStudent:
    """Read a `predict` student; arguments as for `load_any_student`. Raises ArtifactRefused."""
    student = load_any_student(path, teacher=teacher)
    if not isinstance(student, PredictStudent):
        raise ArtifactRefused(f"{Path(path).name}: this student does {student.task!r}, not 'predict'.")
    return student


def read_metrics(path: Path | str) -> dict[str, Any]:
    """The scores stored with an artifact. Raises ArtifactRefused."""
    return _read_json(Path(path), METRICS)


# Reading ------------------------------------------------------------------------------------------------------------


def _read_config(path: Path, kind: str, keys: set[str]) -> dict[str, Any]:
    config = _read_json(path, CONFIG)
    if config.get("format") != FORMAT:
        raise ArtifactRefused(f"{path.name}: format {config.get('format')!r} is not the one known here ({FORMAT}).")
    if config.get("kind") != kind:
        raise ArtifactRefused(f"{path.name}: this is a {config.get('kind')!r}, not a {kind}.")
    odd = config.keys() ^ (keys | {"format", "kind"})
    if odd:
        raise ArtifactRefused(f"{path.name}: {CONFIG} has other fields than expected: {', '.join(sorted(odd))}.")
    return config


def _read_json(path: Path, name: str) -> dict[str, Any]:
    raw = _read_file(path, name, JSON_LIMIT_BYTES)
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ArtifactRefused(f"{path.name}: {name} is not valid JSON.") from error
    if not isinstance(value, dict):
        raise ArtifactRefused(f"{path.name}: {name} does not hold a JSON object.")
    return value


def _read_file(path: Path, name: str, limit: int) -> bytes:
    """The bytes of a regular file of sane size. Symbolic links are refused: they could point anywhere."""
    if path.is_symlink():
        raise ArtifactRefused(f"{path.name} is a symbolic link.")
    try:
        handle = os.open(path / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError as error:
        raise ArtifactRefused(f"{path.name}: {name} is missing.") from error
    except OSError as error:
        why = "is a symbolic link" if (path / name).is_symlink() else f"cannot be read ({error.strerror})"
        raise ArtifactRefused(f"{path.name}: {name} {why}.") from error
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise ArtifactRefused(f"{path.name}: {name} is not a regular file.")
        if found.st_size > limit:
            raise ArtifactRefused(f"{path.name}: {name} has {found.st_size} bytes, more than the {limit} allowed.")
        return file.read(limit)


def _read_weights(path: Path, expected: Mapping[str, tuple[int, ...]]) -> dict[str, Tensor]:
    """The tensors of a safetensors file, exactly those expected. Nothing is believed before it was checked."""
    where = f"{path.name}: {WEIGHTS}"
    raw = _read_file(path, WEIGHTS, WEIGHTS_LIMIT_BYTES)
    for start, what in OTHER_FORMATS:
        if raw.startswith(start) and not _plausible_header(raw):
            raise ArtifactRefused(f"{where} is {what}, not safetensors.")
    if len(raw) < 8:
        raise ArtifactRefused(f"{where} is truncated: it has {len(raw)} bytes.")
    header_bytes = int.from_bytes(raw[:8], "little")
    if header_bytes > HEADER_LIMIT_BYTES:
        raise ArtifactRefused(
            f"{where} claims a header of {header_bytes} bytes; at most {HEADER_LIMIT_BYTES} are allowed."
        )
    if 8 + header_bytes > len(raw):
        raise ArtifactRefused(f"{where} is truncated inside its header.")
    try:
        header = json.loads(raw[8 : 8 + header_bytes])
        described = {
            name: (entry["dtype"], tuple(entry["shape"])) for name, entry in header.items() if name != "__metadata__"
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ArtifactRefused(f"{where} has a header that cannot be read.") from error
    if missing := sorted(expected.keys() - described.keys()):
        raise ArtifactRefused(f"{where} lacks the tensor {missing[0]!r}.")
    if extra := sorted(described.keys() - expected.keys()):
        raise ArtifactRefused(f"{where} holds the tensor {extra[0]!r}, which the config does not ask for.")
    for name, (dtype, shape) in described.items():
        if dtype != "F32":
            raise ArtifactRefused(f"{where}: tensor {name!r} is {dtype}, expected F32.")
        if shape != expected[name]:
            raise ArtifactRefused(f"{where}: tensor {name!r} has shape {shape}, expected {expected[name]}.")
    needed = 8 + header_bytes + 4 * sum(math.prod(shape) for shape in expected.values())
    if len(raw) < needed:
        raise ArtifactRefused(f"{where} is truncated: {len(raw)} of {needed} bytes are there.")
    try:
        tensors = load_tensors(raw)
    except (SafetensorError, ValueError) as error:
        raise ArtifactRefused(f"{where} is damaged: {error}") from error
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise ArtifactRefused(f"{where}: tensor {name!r} holds values that are not finite.")
    return tensors


def _plausible_header(raw: bytes) -> bool:
    """Whether this starts like safetensors: a small length, then a brace (a length may begin with any byte)."""
    return raw[8:9] == b"{" and int.from_bytes(raw[:8], "little") <= HEADER_LIMIT_BYTES


# Writing ------------------------------------------------------------------------------------------------------------


def _save(
    path: Path, tensors: Mapping[str, Tensor], config: Mapping[str, Any], metrics: Mapping[str, Any], card: str
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}-"))
    try:
        (fresh / WEIGHTS).write_bytes(dump_tensors({name: t.detach().contiguous() for name, t in tensors.items()}))
        (fresh / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
        (fresh / METRICS).write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
        (fresh / CARD).write_text(card, encoding="utf-8")
        fresh.chmod(0o755)
        if path.exists():
            old = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}-old-"))
            path.replace(old / path.name)
            try:
                fresh.replace(path)
            except OSError:
                (old / path.name).replace(path)
                raise
            finally:
                shutil.rmtree(old, ignore_errors=True)
        else:
            fresh.replace(path)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
