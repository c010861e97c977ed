"""A text in parts: nested parts to try settings on, and lines that are held out."""

import ctypes
import io
import itertools
import os
import random

from .. import _native as native
from .._native import library
from .._settings import Settings
from .._watch import Watch
from ..corpus import _files, check_sentence, is_path, joined

FRACTIONS = (1 / 64, 1 / 16, 1 / 4, 1.0)  # of the text: the parts, each in the next
MIN_PART = 1 << 20                        # bytes: smaller parts order the settings too differently


def has_words(source):
    """Whether it is an iterable of sentences, and not a path, or several."""
    return not (is_path(source) or isinstance(source, (list, tuple)) and source and all(map(is_path, source)))


def _read(source, take):
    """Hands each line to take, as bytes with a line feed, until it returns False."""
    if not has_words(source):
        _read_files(_files([source] if is_path(source) else source), take)
        return
    for number, sentence in enumerate(source, 1):
        check_sentence(sentence, number)
        if not take(joined(" ", list(sentence), lambda _: number) + b"\n"):
            return


def _read_files(paths, take):
    checked = native.Handle(library.corpus_create, library.corpus_destroy, Settings(native.FOR_TRAINING), None)
    for path in paths:
        library.corpus_add_file(checked, path)  # before any work
    for path in paths:
        lines = _Lines(take)
        with Watch() as watch:
            try:
                library.text_read(path, lines.callback, None, watch.observer)
            except native.Interrupted:
                if lines.failure:
                    raise lines.failure from None
                return
        if not lines.end():
            return


class _Lines:
    """Makes lines of the bytes that the library hands over."""

    def __init__(self, take):
        self._take, self._begun = take, []  # pieces of the line under way
        self.failure = None
        self.callback = native.TAKE_TEXT(self._call)

    def _call(self, _context, address, count):
        try:
            first, *more = ctypes.string_at(address, count).split(b"\n")
            self._begun.append(first)
            for piece in more:
                if not self._take(b"".join(self._begun) + b"\n"):
                    return -1
                self._begun = [piece]
            return 0
        except BaseException as failure:  # also KeyboardInterrupt: nothing may leave a callback
            self.failure = failure
            return -1

    def end(self):
        """A last line without a line feed."""
        line = b"".join(self._begun)
        return not line or self._take(line + b"\n")


class Text:
    """The lines of a source in files of a folder.

    ``choose`` and ``test`` are the paths of lines that are held out: a share of each (0: there are none). ``parts``
    has a list of files for each of ``fractions`` of the rest.
    """

    def __init__(self, source, folder, share, seed, is_over):
        self._folder, self.is_whole = folder, True
        names = ["choose", "test", *(f"part{i}" for i in range(len(FRACTIONS)))]
        paths = [os.path.join(folder, name).encode() for name in names]
        bounds = [share, 2 * share, *((2 * share) + (1 - 2 * share) * f for f in FRACTIONS)]
        self.bytes = [0] * len(names)
        files = [open(path, "wb", buffering=1 << 20) for path in paths]
        try:
            self._deal(source, files, bounds, random.Random(seed), is_over)
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

    def _deal(self, source, files, bounds, draw, is_over):
        numbers = itertools.count()

        def take(line):
            number = next(numbers)
            if number and number % 4096 == 0 and is_over():
                self.is_whole = False
                return False
            at = draw.random()
            which = next(i for i, bound in enumerate(bounds) if at < bound or i + 1 == len(bounds))
            files[which].write(line)
            self.bytes[which] += len(line)
            return True
        _read(source, take)


def held_lines(path, most):
    """At most so many of the lines of a held-out file, from all of it, as bytes."""
    with io.open(path, "rb") as file:
        lines = file.read().splitlines()
    step = max(1, -(-len(lines) // most))
    return lines[::step]
