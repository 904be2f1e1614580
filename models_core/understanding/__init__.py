"""Understanding: what a learner's message is meant as, and the answer inside it.

`load` gives the shipped student. It imports torch to read the weights, as all students do: for workers and commands,
not for web processes.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models_core.understanding.student import UnderstandStudent


def load(weights: Path | str, encoder: Path | str) -> "UnderstandStudent":
    """The student of a folder with its text encoder, which loads its files on first use. Raises ArtifactRefused."""
    from models_core.artifacts import ArtifactRefused, load_any_student
    from models_core.embeddings import TextEncoder
    from models_core.understanding.student import UnderstandStudent

    student = load_any_student(weights)
    if not isinstance(student, UnderstandStudent):
        raise ArtifactRefused(f"{Path(weights).name}: this student does {student.task!r}, not 'understand'.")
    student.encoder = TextEncoder(encoder)
    return student
