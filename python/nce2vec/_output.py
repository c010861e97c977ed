"""Checks of the paths that are written."""

import os

from . import _native as native


def check_output(path):
    """Refuses a path that cannot be written, before any work. None: there is none."""
    if path is None or path == "-":
        return
    folder = os.path.dirname(path) or "."
    if os.path.isdir(path) or not os.path.isdir(folder) or not os.access(folder, os.W_OK):
        why = "it is a folder" if os.path.isdir(path) else f"the folder {folder} does not exist, or is not writable"
        raise native.ArgumentError(f"cannot write {path}: {why}")
