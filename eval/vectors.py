"""Loads word vectors. The format is recognized by content, not by name.

Formats: word2vec text (a line `words dim`, then a line for each word), word2vec binary, GloVe text (without the first
line), fastText .vec (which is word2vec text), nce2vec's .n2v, and NumPy .npy with its words in a text file beside it.
All but .npy may be gzipped.

A malformed file raises a VectorError that names the line or byte. Nothing is repaired or skipped."""

import gzip
import os
import re
import warnings
import zlib

import numpy as np

import n2v
from text import decode, fold, plural, printable, without_mark

_NUMBER_BYTES = frozenset(b"0123456789+-.eEnaNifIFty \t\r")
_LINES_AT_ONCE = 2048


class VectorError(Exception):
    """A sentence for the user about a file of vectors: where, what is wrong."""


class Vectors:
    """Words and their rows in the file's order: trainers write the most frequent words first.

    counts: how often each word occurs, or None; parameters: (name, value) pairs of the training; subwords: Subwords, or
    None. Only .n2v has them."""

    def __init__(self, path, kind, words, rows, counts=None, parameters=(), subwords=None):
        self.path, self.kind, self.words, self.rows = path, kind, words, rows
        self.counts, self.parameters, self.subwords = counts, parameters, subwords
        self.index = {}  # folded word -> its first row: the most frequent spelling
        for row, word in enumerate(words):
            self.index.setdefault(fold(word), row)
        self._unit = None
        self._mean = None

    def __len__(self):
        return len(self.words)

    @property
    def name(self):
        return os.path.basename(self.path)

    @property
    def dim(self):
        return self.rows.shape[1]

    @property
    def unit(self):
        """The rows scaled to length 1. A row of zeros stays zero (its cosines are 0)."""
        if self._unit is None:
            self._unit = scale_to_unit(self.rows)
        return self._unit

    @property
    def mean(self):
        """The mean of all rows, scaled to length 1. It replaces missing words."""
        if self._mean is None:
            mean = self.rows.mean(axis=0, dtype=np.float64, keepdims=True)
            self._mean = scale_to_unit(mean.astype(np.float32))[0]
        return self._mean

    def find(self, word):
        """The row of a word in any case, or None."""
        return self.index.get(fold(word))

    def compose(self, word):
        """The vector, of length 1, that subwords give a word which the file does not have; None: they do not."""
        row = self.subwords.compose(fold(word)) if self.subwords and self.find(word) is None else None
        return None if row is None else scale_to_unit(row[None])[0]

    def describe(self):
        return {"path": self.path, "format": self.kind, "words": len(self.words), "dim": self.dim}


def scale_to_unit(rows):
    # In double: the squares of large or tiny float32 numbers overflow or vanish.
    norms = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))
    norms[norms == 0] = 1
    return (rows / norms[:, None]).astype(np.float32, copy=False)


def load(path, vocabulary=None):
    """Reads a vector file. vocabulary: the file with the words of an .npy (default: beside it)."""
    path = os.fspath(path)
    more = {}  # of an .n2v
    try:
        with open(path, "rb") as file:
            start = file.read(6)
            file.seek(0)
            if start == b"\x93NUMPY":
                kind, words, rows = _read_npy(path, file, vocabulary)
            else:
                data = without_mark(_contents(path, file, start))
                if data.startswith(n2v.MAGIC):
                    kind, words, rows, more = _read_n2v(path, data)
                else:
                    kind, words, rows = _read_word2vec(path, data)
    except OSError as error:
        raise VectorError(f"{path}: {error.strerror or error}") from None
    except MemoryError:
        raise VectorError(f"{path}: not enough memory for these vectors") from None
    _check_words(path, words, kind)
    with np.errstate(invalid="ignore"):
        finite = np.isfinite(rows.sum(axis=1, dtype=np.float64))  # in double no sum of floats overflows
    if not finite.all():
        bad = int(finite.argmin())
        raise VectorError(f"{path}: the vector of word {bad + 1}, '{printable(words[bad])}', is not finite")
    return Vectors(path, kind, words, rows, **more)


def _contents(path, file, start):
    if start[:2] != b"\x1f\x8b":
        return file.read()
    try:
        with gzip.open(file) as inflated:
            return inflated.read()
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise VectorError(f"{path}: broken gzip data: {error}. The file may be truncated.") from None


def _read_n2v(path, data):
    try:
        words, counts, rows, parameters, subwords = n2v.read(data)
    except n2v.MalformedError as error:
        raise VectorError(f"{path}: {error}") from None
    return "n2v", [decode(word) for word in words], rows, {"counts": counts, "parameters": parameters,
                                                               "subwords": subwords}


def _read_word2vec(path, data):
    if not data.strip():
        raise VectorError(f"{path}: the file is empty")
    end = data.find(b"\n")
    first = data[: end if end >= 0 else len(data)]
    header = re.fullmatch(rb"\s*(\d+)\s+(\d+)\s*", first)
    if not header:
        if b"\0" in data[:4096]:
            raise VectorError(f"{path}: not a vector file: binary data without a first line 'words dim'")
        dim = len(first.split()) - 1
        if dim < 1:
            raise VectorError(f"{path}, line 1: expected 'words dim', or a word and its numbers")
        words, rows = _read_text(path, data, 0, 1, None, dim)
        return "GloVe text", words, rows
    count, dim = int(header[1]), int(header[2])
    if count == 0 or dim == 0:
        raise VectorError(f"{path}, line 1: {plural(count, 'word')} of {plural(dim, 'number')}: no vectors")
    if _is_binary(data, end + 1, dim):
        return ("word2vec binary", *_read_binary(path, data, end + 1, count, dim))
    return ("word2vec text", *_read_text(path, data, end + 1, 2, count, dim))


def _is_binary(data, at, dim):
    """Is the first word followed by float32 numbers (and not by decimal ones)?"""
    space = data.find(b" ", at)
    newline = data.find(b"\n", at)
    if space < 0 or 0 <= newline < space and data[at:newline].strip():
        return False
    row = data[space + 1 : space + 1 + 4 * dim]  # in text perhaps several rows
    if any(b < 0x20 and b not in b"\t\r\n" for b in row):
        return True
    values = row.split(b"\n", 1)[0]
    # A text row with a typing error is still text. Only bytes that no text contains make it binary.
    return not _NUMBER_BYTES.issuperset(values) and any(b < 0x20 and b not in b"\t\r" or b >= 0x7F for b in values)


def _read_text(path, data, at, line_number, count, dim):
    lines = data[at:].split(b"\n")
    while lines and not lines[-1].strip():
        lines.pop()
    if count is not None and len(lines) != count:
        raise VectorError(f"{path}, line 1: the header gives {plural(count, 'word')}, but {plural(len(lines), 'line')} "
                          f"follow{_hint(len(lines) < count)}")
    words = []
    rows = np.empty((len(lines), dim), np.float32)
    for first in range(0, len(lines), _LINES_AT_ONCE):
        numbers = []
        for offset, line in enumerate(lines[first : first + _LINES_AT_ONCE]):
            where = f"{path}, line {line_number + first + offset}"
            if line[:1] in (b" ", b"\t") or not line.strip():
                raise VectorError(f"{where}: an empty word")
            fields = line.split()
            if len(fields) != dim + 1:
                raise VectorError(f"{where}: expected {plural(dim, 'number')}, found {len(fields) - 1}")
            words.append(decode(fields[0]))
            numbers.append(b" ".join(fields[1:]))
        with np.errstate(over="ignore"):  # numbers too large for float32 become infinite, which load() reports
            rows[first : first + len(numbers)] = _parse(path, line_number + first, numbers, dim)
    return words, rows


def _parse(path, line_number, numbers, dim):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            values = np.fromstring(b" ".join(numbers), np.float64, sep=" ")
        if values.size == len(numbers) * dim:
            return values.reshape(-1, dim)
    except (DeprecationWarning, ValueError):
        pass
    for offset, row in enumerate(numbers):
        for column, field in enumerate(row.split()):
            try:
                float(field)
            except ValueError:
                raise VectorError(
                    f"{path}, line {line_number + offset}: number {column + 1} is invalid: '{printable(decode(field))}'"
                ) from None
    raise VectorError(f"{path}, lines {line_number} to {line_number + len(numbers) - 1}: invalid numbers")


def _read_binary(path, data, at, count, dim):
    if count * (4 * dim + 2) > len(data) - at:
        raise VectorError(f"{path}, line 1: the header gives {plural(count, 'word')} of {plural(dim, 'number')}, but "
                          f"the file is too short{_hint(True)}")
    words = []
    rows = np.empty((count, dim), np.float32)
    for row in range(count):
        while data[at : at + 1] == b"\n":
            at += 1
        space = data.find(b" ", at)
        if space < 0:
            raise VectorError(f"{path}, byte {at}: the file ends within word {row + 1} of {count}{_hint(True)}")
        word = data[at:space]
        if not word or b"\n" in word:
            what = "expected a word" if word else "an empty word"
            raise VectorError(f"{path}, byte {at}: {what} (word {row + 1} of {count})")
        at = space + 1 + 4 * dim
        if at > len(data):
            raise VectorError(f"{path}, byte {space + 1}: the file ends within the vector of word {row + 1} of {count}"
                              f"{_hint(True)}")
        rows[row] = np.frombuffer(data, "<f4", dim, space + 1)
        words.append(decode(word))
    if data[at:].strip(b"\n"):
        raise VectorError(f"{path}, byte {at}: more data after the last of {plural(count, 'word')}")
    return words, rows


def _read_npy(path, file, vocabulary):
    try:
        rows = np.load(file, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise VectorError(f"{path}: broken .npy: {error}") from None
    if rows.ndim != 2 or rows.dtype.kind != "f" or 0 in rows.shape:
        raise VectorError(f"{path}: expected floats of the shape words x dim, found {rows.dtype} of shape {rows.shape}")
    vocabulary = vocabulary or _vocabulary_beside(path)
    with open(vocabulary, "rb") as words_file:
        lines = without_mark(words_file.read()).split(b"\n")
    if lines and not lines[-1].strip():
        lines.pop()
    words = []
    for number, line in enumerate(lines, 1):
        fields = line.split()  # a word, or a word and its count
        if len(fields) not in (1, 2) or len(fields) == 2 and not fields[1].isdigit():
            raise VectorError(f"{vocabulary}, line {number}: expected a word, or a word and its count")
        words.append(decode(fields[0]))
    if len(words) != len(rows):
        raise VectorError(f"{vocabulary}: {plural(len(words), 'word')} for {plural(len(rows), 'row')} of {path}")
    with np.errstate(over="ignore"):
        return "NumPy", words, rows.astype(np.float32, copy=False)


def _vocabulary_beside(path):
    stem = os.path.splitext(path)[0]
    candidates = [stem + ".vocab.txt", stem + ".txt", os.path.join(os.path.dirname(path), "vocab.txt")]
    for candidate in candidates:
        if os.path.exists(candidate):
            return candidate
    raise VectorError(f"{path}: the file with its words is missing: looked for {', '.join(candidates)}. "
                      "Name it with --vocabulary")


def _hint(is_short):
    return ". The file may be truncated." if is_short else ""


def _check_words(path, words, kind):
    seen = {}
    for row, word in enumerate(words):
        other = seen.setdefault(word, row)
        if other != row:
            first = 2 if kind == "word2vec text" else 1
            unit = "line" if kind.endswith("text") else "word"
            here, before = f"{unit} {row + first}", f"{unit} {other + first}"
            raise VectorError(f"{path}, {here}: duplicate word '{printable(word)}' (first: {before})")
