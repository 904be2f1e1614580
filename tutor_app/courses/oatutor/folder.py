"""Opening files of a content folder that a stranger made: no links, no devices, no giants."""

import json
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from django.utils.translation import gettext as _

LARGEST_INDEX = 100_000_000  # bytes of coursePlans.json and skillModel.json
LARGEST_JSON = 2_000_000  # bytes of any other
LARGEST_PICTURE = 5_000_000
UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
UNSTORABLE_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,149}")


class FileRefused(ValueError):
    """A file that is missing or not what it should be; the message is a clause that says which and why."""


class FolderRefused(ValueError):
    """The folder is no OATutor content at all; the message is a sentence."""


class ContentFolder:
    """A folder in OATutor's layout. Raises FolderRefused if its two index files cannot be read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        if not root.is_dir():
            raise FolderRefused(_("There is no folder %(path)s.") % {"path": root})
        self.pool = root / "content-pool"
        if self.pool.is_symlink() or not self.pool.is_dir():
            raise FolderRefused(_("%(path)s has no folder “content-pool”: it is no OATutor content.") % {"path": root})
        plans = self._index("coursePlans.json")
        model = self._index("skillModel.json")
        if not isinstance(plans, list) or not isinstance(model, dict):
            raise FolderRefused(_("coursePlans.json has to be a list of courses, skillModel.json an object of steps."))
        self.plans: list[object] = plans
        self.skill_model: Mapping[str, object] = model

    def _index(self, name: str) -> object:
        try:
            return read_json(self.root / name, LARGEST_INDEX)
        except FileRefused as refused:
            raise FolderRefused(
                _("%(path)s is no OATutor content: %(why)s.") % {"path": self.root, "why": refused}
            ) from (refused)


def folders_in(folder: Path) -> list[str]:
    """Names of the real folders in a folder, 2 before 10; none if there is no such folder."""
    return _entries(folder, folders=True)


def files_in(folder: Path) -> list[str]:
    """Names of the real files in a folder, 2 before 10; none if there is no such folder."""
    return _entries(folder, folders=False)


def _entries(folder: Path, *, folders: bool) -> list[str]:
    if folder.is_symlink() or not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        names = [
            entry.name
            for entry in entries
            if (entry.is_dir(follow_symlinks=False) if folders else entry.is_file(follow_symlinks=False))
        ]
    return sorted(names, key=natural)


def natural(name: str) -> tuple[tuple[int, str | int], ...]:
    """A sorting key by which `a2` comes before `a10`."""
    parts = re.split(r"([0-9]{1,18})", name)
    return tuple((1, int(part)) if number % 2 else (0, part) for number, part in enumerate(parts))


def read_json(path: Path, most: int = LARGEST_JSON) -> object:
    """What a JSON file holds, its texts such that a database takes them. Raises FileRefused."""
    try:
        text = read_bytes(path, most).decode("utf-8-sig")
        value = json.loads(text, parse_constant=_no_number)
        return _storable(value) if UNSTORABLE_ESCAPE.search(text) else value
    except FileRefused:
        raise
    except UnicodeDecodeError as error:
        raise FileRefused(_("%(file)s is not written in UTF-8") % {"file": path.name}) from error
    except (ValueError, RecursionError) as error:
        raise FileRefused(
            _("%(file)s is no valid JSON (%(why)s)") % {"file": path.name, "why": _short(error)}
        ) from error


def _storable(value: object) -> object:
    """The value without the characters that PostgreSQL or UTF-8 cannot hold."""
    if isinstance(value, str):
        return UNSTORABLE.sub("", value)
    if isinstance(value, list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {UNSTORABLE.sub("", name): _storable(one) for name, one in value.items()}
    return value


def read_bytes(path: Path, most: int) -> bytes:
    """The bytes of a regular file of at most `most` bytes. Raises FileRefused; never follows a link, never waits."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise FileRefused(_("%(file)s cannot be opened") % {"file": path.name}) from error
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise FileRefused(_("%(file)s is no ordinary file") % {"file": path.name})
        if status.st_size > most:
            raise FileRefused(_("%(file)s is larger than %(most)d bytes") % {"file": path.name, "most": most})
        return file.read(most)


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _short(error: Exception) -> str:
    return _("nested too deeply") if isinstance(error, RecursionError) else str(error)[:100]
