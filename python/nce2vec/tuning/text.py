"""A text in parts: nested parts to try settings on, and lines that are held out."""

import bz2
import gzip
import io
import lzma
import os
import random
import sys

from .. import _native as native
from ..corpus import _files, is_path

FRACTIONS = (1 / 64, 1 / 16, 1 / 4, 1.0)  # of the text: the parts, each in the next
MIN_PART = 1 << 20                        # bytes: smaller parts order the settings too differently
_OPENERS = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}


def _open(path):
    """The lines of a file, decompressed, as bytes."""
    if path == b"-":
        return sys.stdin.buffer
    try:
        with open(path, "rb") as file:
            head = file.read(6)
    except OSError as error:
        raise native.ArgumentError(f"cannot read {os.fsdecode(path)}: {error.strerror}") from None
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        raise native.ArgumentError(f"{os.fsdecode(path)} is compressed with zstd, which tune cannot read: decompress "
                                   "it first")
    for magic, opener in _OPENERS.items():
        if head.startswith(magic):
            return opener(path, "rb")
    return open(path, "rb")


def has_words(source):
    """Whether it is an iterable of sentences, and not a path, or several."""
    return not (is_path(source) or isinstance(source, (list, tuple)) and source and all(map(is_path, source)))


def _lines(source):
    """The lines as bytes."""
    if has_words(source):
        return ((" ".join(sentence) + "\n").encode("utf-8") for sentence in source)
    paths = _files([source] if is_path(source) else source)
    for path in paths:
        if path != b"-":
            _open(path).close()
    return _lines_of(paths)


def _lines_of(paths):
    for path in paths:
        try:
            with _open(path) as file:
                for line in file:
                    yield line if line.endswith(b"\n") else line + b"\n"
        except (EOFError, OSError, lzma.LZMAError) as error:
            raise native.FormatError(f"{os.fsdecode(path)}: {error}") from None


class Text:
    """The lines of a source in files of a folder.

    ``choose`` and ``test`` are the paths of lines that are held out: a share of each (0: there are none). ``parts``
    has a list of files for each of ``fractions`` of the rest.
    """

    def __init__(self, source, folder, share, seed, is_over):
        lines = _lines(source)
        self._folder, self.is_whole = folder, True
        names = ["choose", "test", *(f"part{i}" for i in range(len(FRACTIONS)))]
        paths = [os.path.join(folder, name).encode() for name in names]
        bounds = [share, 2 * share, *((2 * share) + (1 - 2 * share) * f for f in FRACTIONS)]
        self.bytes = [0] * len(names)
        draw = random.Random(seed)
        files = [open(path, "wb", buffering=1 << 20) for path in paths]
        try:
            self._deal(lines, files, bounds, draw, is_over)
        finally:
            for file in files:
                file.close()
        self.choose, self.test = paths[:2]
        pieces = [i for i in range(2, len(names)) if self.bytes[i]]
        self.parts, self.fractions, total = [], [], sum(self.bytes[2:])
        if not total:
            raise native.DataError("the text is empty")
        for count in range(1, len(pieces) + 1):
            size = sum(self.bytes[i] for i in pieces[:count])
            if size >= MIN_PART or count == len(pieces):
                self.parts.append([paths[i] for i in pieces[:count]])
                self.fractions.append(size / total)
        self.everything = [path for path, size in zip(paths, self.bytes) if size]
        self.of_everything = sum(self.bytes) / total

    def _deal(self, lines, files, bounds, draw, is_over):
        for number, line in enumerate(lines):
            if number and number % 4096 == 0 and is_over():
                self.is_whole = False
                return
            at = draw.random()
            which = next(i for i, bound in enumerate(bounds) if at < bound or i + 1 == len(bounds))
            files[which].write(line)
            self.bytes[which] += len(line)


def held_lines(path, most):
    """At most so many of the lines of a held-out file, from all of it, as bytes."""
    with io.open(path, "rb") as file:
        lines = file.read().splitlines()
    step = max(1, -(-len(lines) // most))
    return lines[::step]
