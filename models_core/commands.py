"""What the commands of this package share: options that cannot be nonsense, and a place to write to."""

import argparse
import os
from pathlib import Path

from models_core.curriculum import Curriculum
from models_core.embeddings import TextEncoder
from models_core.logs import LearnerLog, LogFileError, read_logs, with_texts


def positive(text: str) -> int:
    """A whole number from 1, as an option's type."""
    number = int(text) if text.strip().isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1.")
    return number


def not_negative(text: str) -> int:
    """A whole number from 0, as an option's type."""
    if not text.strip().isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0.")
    return int(text)


def width(text: str) -> int:
    """The width of a teacher of four heads, as an option's type."""
    number = positive(text)
    if number % 4 or number > 1024:
        raise argparse.ArgumentTypeError(f"A width must be a multiple of 4 up to 1024, not {text!r}.")
    return number


def out_folder(text: str) -> Path:
    """A folder that can be written to or made, as an option's type: better found out before hours of training."""
    path = Path(text)
    there = next(parent for parent in (path, *path.absolute().parents) if parent.exists())
    if not there.is_dir():
        raise argparse.ArgumentTypeError(f"{there} is a file, not a folder.")
    if not os.access(there, os.W_OK):
        raise argparse.ArgumentTypeError(f"{there} cannot be written to.")
    return path


def add_split_options(parser: argparse.ArgumentParser) -> None:
    """Logs to learn from, to choose by and to be judged by, all of them needed."""
    for name, what in (("train", "learn from"), ("valid", "choose by"), ("test", "be judged by")):
        parser.add_argument(f"--{name}", type=Path, required=True, help=f"logs to {what}")


def add_training_options(parser: argparse.ArgumentParser, *, epochs: int, width_of: int, student_steps: int) -> None:
    """How much training, with these defaults; threads and seed."""
    parser.add_argument("--epochs", type=positive, default=epochs)
    parser.add_argument("--width", type=width, default=width_of)
    parser.add_argument("--student-steps", type=positive, default=student_steps)
    parser.add_argument("--threads", type=positive, default=1)
    parser.add_argument("--seed", type=int, default=0)


def add_texts_options(parser: argparse.ArgumentParser) -> None:
    """`--texts` and `--encoder`, for `told`."""
    parser.add_argument(
        "--texts", type=Path, help='texts of items and skills: {"items": {id: text}, "skills": {id: text}}'
    )
    parser.add_argument(
        "--encoder", type=Path, default=Path("var/encoder"), help="the text encoder that set-up exports"
    )


def told(curriculum: Curriculum, texts: Path | None, encoder: Path) -> Curriculum:
    """The curriculum with its texts, where there are any. Raises LogFileError and EncoderMissing."""
    return curriculum if texts is None else with_texts(curriculum, texts, TextEncoder(encoder).encode)


def logs_by_name(paths: list[Path]) -> dict[str, list[LearnerLog]]:
    """Logs by file name without its ending. Raises LogFileError, also for two files of one name."""
    found: dict[str, list[LearnerLog]] = {}
    for path in paths:
        if path.stem in found:
            raise LogFileError(f"There are two files of the name {path.stem}: {path} would take the other's place.")
        found[path.stem] = read_logs(path)
    return found
