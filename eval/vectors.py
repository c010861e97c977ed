"""Loads word vectors, whatever the file: told apart by content, never by name.

word2vec text (a line `words dim`, then a line a word), word2vec binary, GloVe text
(no first line), fastText .vec (which is word2vec text), nce2vec's own .n2v, and
NumPy .npy with its words in a text file beside it. Any but .npy may be gzipped.

A malformed file is one VectorError that names the line or byte; nothing is
repaired, nothing skipped."""

import gzip
import os
import re
import warnings
import zlib

import numpy as np

import n2v
from folding import fold

_NUMBER_BYTES = frozenset(b"0123456789+-.eEnaNifIFty \t\r")
_LINES_AT_ONCE = 2048


class VectorError(Exception):
    """A sentence for the user: which file, where, what is wrong."""


class Vectors:
    """Words and their rows, in the file's order (by falling frequency, as trainers write them).

    counts: how often each word occurred, or None; parameters: (name, value) pairs of the training.
    Only .n2v has them."""

    def __init__(self, path, kind, words, rows, counts=None, parameters=()):
        self.path, self.kind, self.words, self.rows = path, kind, words, rows
        self.counts, self.parameters = counts, parameters
        self.index = {}  # lower-cased word -> its first row: the most frequent spelling
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
        """The rows scaled to length one; a row of zeros stays as it is (its cosines are 0)."""
        if self._unit is None:
            self._unit = scale_to_unit(self.rows)
        return self._unit

    @property
    def mean(self):
        """The mean of all rows, scaled to length one: what stands in for a missing word."""
        if self._mean is None:
            mean = self.rows.mean(axis=0, dtype=np.float64, keepdims=True)
            self._mean = scale_to_unit(mean.astype(np.float32))[0]
        return self._mean

    def find(self, word):
        """The row of a word whatever its case, or None."""
        return self.index.get(fold(word))

    def describe(self):
        return {"path": self.path, "format": self.kind, "words": len(self.words), "dim": self.dim}


def scale_to_unit(rows):
    # In double: the squares of large or tiny float32 numbers overflow or vanish.
    norms = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))
    norms[norms == 0] = 1
    return (rows / norms[:, None]).astype(np.float32, copy=False)


def load(path, vocabulary=None):
    """Reads a vector file. vocabulary: the words of an .npy, if not in the usual place."""
    path = os.fspath(path)
    more = {}
    try:
        with open(path, "rb") as file:
            start = file.read(6)
            file.seek(0)
            if start == b"\x93NUMPY":
                kind, words, rows = _read_npy(path, file, vocabulary)
            else:
                data = _contents(path, file, start)
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
        finite = np.isfinite(rows.sum(axis=1, dtype=np.float64))  # in double, finite numbers stay so
    if not finite.all():
        bad = int(finite.argmin())
        raise VectorError(f"{path}: the vector of word {bad + 1}, '{_printable(words[bad])}', is not finite")
    return Vectors(path, kind, words, rows, **more)


def _contents(path, file, start):
    if start[:2] != b"\x1f\x8b":
        return file.read()
    try:
        with gzip.open(file) as inflated:
            return inflated.read()
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise VectorError(f"{path}: broken gzip data: {error}") from None


def _read_n2v(path, data):
    try:
        words, counts, rows, parameters = n2v.read(data)
    except n2v.MalformedError as error:
        raise VectorError(f"{path}: {error}") from None
    return "n2v", [_decode(word) for word in words], rows, {"counts": counts, "parameters": parameters}


def _read_word2vec(path, data):
    if not data.strip():
        raise VectorError(f"{path}: the file is empty")
    end = data.find(b"\n")
    first = data[: end if end >= 0 else len(data)]
    header = re.fullmatch(rb"\s*(\d+)\s+(\d+)\s*", first)
    if not header:
        if b"\0" in data[:4096]:
            raise VectorError(f"{path}: not a vector file: binary data without a line 'words dim' on top")
        dim = len(first.split()) - 1
        if dim < 1:
            raise VectorError(f"{path}: line 1: neither 'words dim' nor a word and its numbers")
        words, rows = _read_text(path, data, 0, 1, None, dim)
        return "GloVe text", words, rows
    count, dim = int(header[1]), int(header[2])
    if count == 0 or dim == 0:
        raise VectorError(f"{path}: line 1: {count} words of {dim} numbers: nothing to read")
    if _is_binary(data, end + 1, dim):
        return ("word2vec binary", *_read_binary(path, data, end + 1, count, dim))
    return ("word2vec text", *_read_text(path, data, end + 1, 2, count, dim))


def _is_binary(data, at, dim):
    """Is what follows the first row's word a row of float32 (and not a row of decimal numbers)?"""
    space = data.find(b" ", at)
    newline = data.find(b"\n", at)
    if space < 0 or 0 <= newline < space and data[at:newline].strip():
        return False
    values = data[space + 1 : space + 1 + 4 * dim].split(b"\n", 1)[0]
    # A typing error in a text row is still text: only what no text holds makes it binary.
    return not _NUMBER_BYTES.issuperset(values) and any(b < 0x20 and b not in b"\t\r" or b >= 0x7F for b in values)


def _read_text(path, data, at, line_number, count, dim):
    lines = data[at:].split(b"\n")
    while lines and not lines[-1].strip():
        lines.pop()
    if count is not None and len(lines) != count:
        raise VectorError(f"{path}: line 1 promises {count} words, but {len(lines)} follow")
    words = []
    rows = np.empty((len(lines), dim), np.float32)
    for first in range(0, len(lines), _LINES_AT_ONCE):
        numbers = []
        for offset, line in enumerate(lines[first : first + _LINES_AT_ONCE]):
            where = f"{path}: line {line_number + first + offset}"
            if line[:1] in (b" ", b"\t") or not line.strip():
                raise VectorError(f"{where}: an empty word")
            fields = line.split()
            if len(fields) != dim + 1:
                raise VectorError(f"{where}: {len(fields) - 1} numbers, expected {dim}")
            words.append(_decode(fields[0]))
            numbers.append(b" ".join(fields[1:]))
        with np.errstate(over="ignore"):  # too large for float32: infinite, and then reported as such
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
                    f"{path}: line {line_number + offset}: number {column + 1} is '{_decode(field)}'"
                ) from None
    raise VectorError(f"{path}: lines {line_number} to {line_number + len(numbers) - 1}: malformed numbers")


def _read_binary(path, data, at, count, dim):
    if count * (4 * dim + 2) > len(data) - at:
        raise VectorError(f"{path}: line 1 promises {count} words of {dim} numbers, but the file is too short for that")
    words = []
    rows = np.empty((count, dim), np.float32)
    for row in range(count):
        while data[at : at + 1] == b"\n":
            at += 1
        space = data.find(b" ", at)
        if space < 0:
            raise VectorError(f"{path}: byte {at}: the file ends within word {row + 1} of {count}")
        word = data[at:space]
        if not word or b"\n" in word:
            what = "an empty word" if not word else "no word where one should begin"
            raise VectorError(f"{path}: byte {at}: {what} (word {row + 1} of {count})")
        at = space + 1 + 4 * dim
        if at > len(data):
            raise VectorError(f"{path}: byte {space + 1}: the file ends within the vector of word {row + 1} of {count}")
        rows[row] = np.frombuffer(data, "<f4", dim, space + 1)
        words.append(_decode(word))
    if data[at:].strip(b"\n"):
        raise VectorError(f"{path}: byte {at}: more data after the last of {count} words")
    return words, rows


def _read_npy(path, file, vocabulary):
    try:
        rows = np.load(file, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise VectorError(f"{path}: broken .npy: {error}") from None
    if rows.ndim != 2 or rows.dtype.kind != "f" or 0 in rows.shape:
        raise VectorError(f"{path}: holds {rows.dtype} of shape {rows.shape}; expected words x dim floats")
    vocabulary = vocabulary or _vocabulary_beside(path)
    with open(vocabulary, "rb") as words_file:
        lines = words_file.read().split(b"\n")
    if lines and not lines[-1].strip():
        lines.pop()
    words = []
    for number, line in enumerate(lines, 1):
        fields = line.split()  # a word, or a word and its count
        if len(fields) not in (1, 2) or len(fields) == 2 and not fields[1].isdigit():
            raise VectorError(f"{vocabulary}: line {number}: expected a word, or a word and its count")
        words.append(_decode(fields[0]))
    if len(words) != len(rows):
        raise VectorError(f"{vocabulary}: {len(words)} words for the {len(rows)} rows of {path}")
    with np.errstate(over="ignore"):
        return "NumPy", words, rows.astype(np.float32, copy=False)


def _vocabulary_beside(path):
    stem = os.path.splitext(path)[0]
    candidates = [stem + ".vocab.txt", stem + ".txt", os.path.join(os.path.dirname(path), "vocab.txt")]
    for candidate in candidates:
        if os.path.exists(candidate):
            return candidate
    raise VectorError(f"{path}: no file with its words: looked for {', '.join(candidates)}")


def _decode(word):
    # Lossless: a word that is not UTF-8 keeps its bytes, so two such words stay two.
    return word.decode("utf-8", "surrogateescape")


def _check_words(path, words, kind):
    seen = {}
    for row, word in enumerate(words):
        other = seen.setdefault(word, row)
        if other != row:
            first = 2 if kind == "word2vec text" else 1
            unit = "line" if kind.endswith("text") else "word"
            here, before = f"{unit} {row + first}", f"{unit} {other + first}"
            raise VectorError(f"{path}: {here}: '{_printable(word)}' for the second time (first: {before})")


def _printable(word):
    return word.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
