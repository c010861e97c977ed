"""Checks of the paths that are written."""

import os
import tempfile

from . import _native as native


def check_output(path):
    """Refuses a path that cannot be written, before any work. None: there is none."""
    if path is None or path == "-":
        return
    folder = os.path.dirname(path) or "."
    if os.path.isdir(path):
        raise native.ArgumentError(f"cannot write {path}: it is a folder")
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise native.ArgumentError(f"cannot write {path}: the folder {folder}: {error.strerror}") from None
