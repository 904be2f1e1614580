"""Reading files of a folder that a stranger may have made, and saying what is wrong with them.

Nothing outside of the folder is read, no link is followed, sizes are bounded before anything is opened, and what is
wrong is noted with its place instead of stopping at the first defect.
"""

import json
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

LARGEST_TEXT_FILE = 2_000_000  # bytes
MOST_FILES = 2_000


@dataclass(frozen=True)
class Defect:
    """One thing that is wrong with a folder, and where."""

    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


class CourseRefused(ValueError):
    """The folder is not a course that can be loaded. `defects` says all that is wrong."""

    def __init__(self, defects: Sequence[Defect]) -> None:
        self.defects = tuple(defects)
        super().__init__("\n".join(str(defect) for defect in defects))


@dataclass
class CourseFolder:
    """A folder, the defects noted so far, and how many files were read."""

    folder: Path
    defects: list[Defect] = field(default_factory=list)
    files_read: int = 0

    def note(self, place: str, sentence: str) -> None:
        self.defects.append(Defect(place, sentence))

    def json(self, file: str) -> Any:
        text = self.text(file, {".json"})
        if text is None:
            return None
        try:
            raw = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
        except json.JSONDecodeError as error:
            self.note(
                _("%(file)s, line %(line)d, column %(column)d")
                % {"file": file, "line": error.lineno, "column": error.colno},
                _("This is not valid JSON: %(why)s.") % {"why": error.msg},
            )
        except RecursionError:
            self.note(file, _("This is nested too deep."))
        except ValueError as error:
            self.note(file, str(error))
        else:
            strange = next(_strange_strings(raw), None)
            if strange is None:
                return raw
            self.note(file, _("“%(text)s” holds a character that is no text.") % {"text": ascii(strange)[:60]})
        return None

    def text(self, file: str, suffixes: set[str]) -> str | None:
        data = self.bytes(file, suffixes, LARGEST_TEXT_FILE, file)
        if data is None:
            return None
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.note(file, _("This is not UTF-8 text (byte %(place)d).") % {"place": error.start})
            return None
        if "\0" in text:
            self.note(file, _("This is not text: it holds a zero byte."))
            return None
        return text.replace("\r\n", "\n")

    def bytes(self, file: str, suffixes: set[str], limit: int, place: str) -> bytes | None:
        """The file's content. `file` is what a course's author wrote: it may name anything."""
        path = self.inside(file, place)
        if path is None:
            return None
        if path.suffix.lower() not in suffixes:
            self.note(
                place,
                _("“%(file)s” is not one of %(kinds)s.") % {"file": file[:200], "kinds": ", ".join(sorted(suffixes))},
            )
            return None
        try:
            status = path.lstat()
            if not stat.S_ISREG(status.st_mode):
                self.note(place, _("“%(file)s” is not a plain file.") % {"file": file[:200]})
            elif status.st_size > limit:
                self.note(
                    place,
                    _("“%(file)s” has %(size)d bytes; %(limit)d are allowed.")
                    % {"file": file[:200], "size": status.st_size, "limit": limit},
                )
            elif self.files_read >= MOST_FILES:
                self.note(place, _("The course has more than %(limit)d files.") % {"limit": MOST_FILES})
            else:
                self.files_read += 1
                return path.read_bytes()
        except FileNotFoundError:
            self.note(place, _("“%(file)s” is missing.") % {"file": file[:200]})
        except OSError as error:
            self.note(place, _("“%(file)s” cannot be read (%(why)s).") % {"file": file[:200], "why": error.strerror})
        return None

    def inside(self, file: str, place: str) -> Path | None:
        """The path of a file that really lies in the folder: no `..`, nothing absolute, no link on the way."""
        parts = PurePosixPath(file).parts
        if not parts or not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_. -]*(/[A-Za-z0-9_][A-Za-z0-9_. -]*)*", file):
            self.note(place, _("“%(file)s” does not name a file of the course folder.") % {"file": file[:200]})
            return None
        path = self.folder
        for part in parts:
            path = path / part
            if path.is_symlink():
                self.note(
                    place, _("“%(file)s” is reached through a link; links are not followed.") % {"file": file[:200]}
                )
                return None
        return path


class _Repeated(ValueError):
    """A JSON object names a field twice."""


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _value in pairs]
    for name in names:
        if names.count(name) > 1:
            raise _Repeated(_("“%(name)s” is given twice in one object.") % {"name": name[:80]})
    return dict(pairs)


def _refuse_constant(name: str) -> None:
    raise ValueError(_("%(name)s is not a number that can be used.") % {"name": name})


def _strange_strings(raw: Any) -> Iterator[str]:
    """Strings with characters that no text has: controls, halves of pairs. A database may refuse them."""
    if isinstance(raw, str):
        if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", raw):
            yield raw
    elif isinstance(raw, Mapping):
        yield from _strange_strings(list(raw.keys()))
        yield from _strange_strings(list(raw.values()))
    elif isinstance(raw, list):
        for part in raw:
            yield from _strange_strings(part)
