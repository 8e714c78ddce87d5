"""The files `.quothignore`, which say in the syntax of `.gitignore` what of a folder is not loaded."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _
from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore import GitIgnorePatternError

IGNORE_FILE = ".quothignore"


class BadIgnoreFile(Exception):
    """A `.quothignore` cannot be read. The message names it and says what to do."""


class IgnoreRules:
    """The rules of a folder and of those below it: the deepest file that has a rule for a path decides."""

    def __init__(self) -> None:
        self._specs: dict[PurePosixPath, GitIgnoreSpec] = {}

    def read_folder(self, folder: Path, inside: PurePosixPath) -> None:
        """Call it for a folder before its content is asked about; `inside` is its path below the first one."""
        file = folder / IGNORE_FILE
        if os.path.isfile(file):  # also false where the folder's content cannot be looked up
            self._specs[inside] = _spec(file)

    def ignores(self, inside: PurePosixPath, *, is_folder: bool = False) -> bool:
        for folder in inside.parents:
            if spec := self._specs.get(folder):
                path = inside.relative_to(folder).as_posix()
                found = spec.check_file(f"{path}/" if is_folder else path).include
                if found is not None:
                    return found
        return False


def _spec(file: Path) -> GitIgnoreSpec:
    try:
        return GitIgnoreSpec.from_lines(file.read_text(encoding="utf-8-sig").split("\n"))
    except UnicodeDecodeError as error:
        raise BadIgnoreFile(_("%(file)s is not UTF-8 text. Save it as UTF-8.") % {"file": file}) from error
    except GitIgnorePatternError as error:
        message = _("%(file)s has a line that is no valid pattern: %(error)s. Correct it as for .gitignore.")
        raise BadIgnoreFile(message % {"file": file, "error": error}) from error
    except OSError as error:
        message = _("%(file)s cannot be read: %(error)s. Check its permissions.")
        raise BadIgnoreFile(message % {"file": file, "error": error.strerror}) from error
