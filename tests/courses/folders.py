"""A small course in a folder, for tests to load and to break."""

import json
import struct
import zlib
from pathlib import Path
from typing import Any


def png(red: int = 200) -> bytes:
    """A picture of one pixel."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(bytes([0, red, 0, 0]))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def small_course() -> dict[str, Any]:
    """`course.json` of the course: two skills, one lesson, one template with two steps, one fixed problem."""
    return {
        "format": 1,
        "slug": "small",
        "title": "Small",
        "licence": "CC BY 4.0",
        "licence_url": "https://creativecommons.org/licenses/by/4.0/",
        "attribution": "The project",
        "skills": [
            {"slug": "add", "name": "Add", "passages": ["passages/add.md"]},
            {"slug": "undo", "name": "Undo", "prerequisites": ["add"]},
        ],
        "lessons": [{"slug": "one", "title": "One", "skills": ["add", {"skill": "undo", "goal": 0.9}]}],
        "misconceptions": [{"slug": "adds-instead", "name": "Adds instead", "probe": "Which way?", "remedy": "Undo."}],
        "problems": ["problems/undo.json", fixed_problem()],
    }


def fixed_problem() -> dict[str, Any]:
    return {
        "slug": "sum",
        "title": "A sum",
        "steps": [
            {
                "slug": "say",
                "title": "Is $2 + 3 = 5$?",
                "skills": ["add"],
                "answer_kind": "choice",
                "answers": ["Yes"],
                "choices": ["Yes", "No"],
            }
        ],
    }


def template_problem() -> dict[str, Any]:
    return {
        "slug": "undo-a-sum",
        "title": "Undo a sum",
        "body": "![A balance: a box and weights on one side, weights on the other.](figure:balance.png)",
        "parameters": {
            "given": {"x": {"from": 2, "to": 9}, "b": {"from": -9, "to": 9, "except": [0]}},
            "let": {"c": "x + b"},
        },
        "figures": [{"file": "figures/balance.png", "description": "A balance."}],
        "steps": [
            {
                "slug": "undo",
                "title": "What undoes $[[b|signed]]$?",
                "skills": ["undo"],
                "answers": ["[[-b]]"],
            },
            {
                "slug": "solve",
                "title": "Solve $x [[b|signed]] = [[c]]$.",
                "skills": ["undo", "add"],
                "answers": ["[[x]]"],
                "answer_latex": "x = [[x]]",
                "hints": [
                    {"slug": "look", "text": "What was done to $x$?"},
                    {"slug": "small", "kind": "scaffold", "text": "What is $[[c]] - [[b|bracketed]]$?",
                     "answers": ["[[x]]"], "depends_on": ["look"]},
                    {"kind": "bottom_out", "text": "$x = [[c]] - [[b|bracketed]] = [[x]]$."},
                ],
                "expected_errors": [{"misconception": "adds-instead", "answer": "[[c + b]]"}],
            },
        ],
    }  # fmt: skip


def write_course(
    folder: Path, course: dict[str, Any] | None = None, problems: list[dict[str, Any]] | None = None
) -> Path:
    """The course on disk, with changes if they are given."""
    for name in ("passages", "problems", "figures"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "course.json").write_text(json.dumps(course or small_course()))
    (folder / "problems" / "undo.json").write_text(json.dumps([template_problem()] if problems is None else problems))
    (folder / "passages" / "add.md").write_text("# Adding\n\nAdding puts two amounts together: $2 + 3 = 5$.\n")
    (folder / "figures" / "balance.png").write_bytes(png())
    return folder
