"""Words whose use changed: vectors of two texts in one space, by a rotation, and how far each word moved.

Vectors of two trainings have no space in common: each may be rotated in any way. ``align`` rotates the second onto
the first (orthogonal Procrustes; Hamilton, Leskovec and Jurafsky 2016). The change of a word is its cosine distance.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Iterable

import numpy as np

from . import _native as native
from .vectors import Vectors, load

FREQUENT = 5000  # words of each file that are listed; rarer ones seem to change by chance


@dataclass(frozen=True)
class WordChange:
    """A word in both vectors: how far it moved (cosine distance, 0 to 2), and how often each text has it (0: not
    known)."""
    word: str
    distance: float
    count_before: int
    count_after: int


class Change:
    """How far the words moved between two vectors of one space: ``before`` and ``after``.

    ``words`` are those that both have, in the order of ``before``; ``distances`` is an array of their cosine
    distances.
    """

    def __init__(self, before: Vectors, after: Vectors):
        _check_dim(before, after)
        self.before, self.after = before, after
        self.words = [word for word in before.words if word in after]
        if not self.words:
            raise native.DataError("no word is in both vectors")
        self._before, self._after = _ids(before, self.words), _ids(after, self.words)
        cosines = np.einsum("ij,ij->i", _unit_rows(before, self._before), _unit_rows(after, self._after))
        self.distances = 1 - cosines
        self._counts = before.counts[self._before], after.counts[self._after]

    def __len__(self) -> int:
        return len(self.words)

    def __getitem__(self, word: str) -> WordChange:
        """The change of a word. Raises KeyError where one of the vectors does not have it."""
        self.before.id(word), self.after.id(word)
        return self._at(self.words.index(word))

    def _at(self, index):
        return WordChange(self.words[index], float(self.distances[index]), int(self._counts[0][index]),
                          int(self._counts[1][index]))

    def all(self) -> list[WordChange]:
        """All words that both have."""
        return [self._at(index) for index in range(len(self.words))]

    def most_changed(self, k: int = 10, frequent: int | None = FREQUENT, min_count: int = 0) -> list[WordChange]:
        """The words that moved farthest, of those among the first ``frequent`` words of both vectors (None: all),
        which are the most frequent ones, and at least ``min_count`` times in both texts."""
        return [self._at(index) for index in self._order(frequent, min_count)[::-1][:k]]

    def most_stable(self, k: int = 10, frequent: int | None = FREQUENT, min_count: int = 0) -> list[WordChange]:
        """The words that moved least, of the same words."""
        return [self._at(index) for index in self._order(frequent, min_count)[:k]]

    def considered(self, frequent: int | None = FREQUENT, min_count: int = 0) -> int:
        """How many words that is."""
        return len(self._order(frequent, min_count))

    def _order(self, frequent, min_count):
        wanted = np.ones(len(self.words), dtype=bool)
        if frequent is not None:
            wanted &= (self._before < frequent) & (self._after < frequent)
        if min_count:
            if not all(counts.any() for counts in self._counts):
                raise native.ArgumentError("a minimum count needs the counts of the words, which .n2v files have")
            wanted &= (self._counts[0] >= min_count) & (self._counts[1] >= min_count)
        indices = np.flatnonzero(wanted)
        return indices[np.argsort(self.distances[indices], kind="stable")]

    def neighbors(self, word: str, k: int = 5) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
        """The words nearest to a word before, and after: two lists of (word, cosine)."""
        return self.before.most_similar(word, k=k), self.after.most_similar(word, k=k)

    def __repr__(self):
        return f"<nce2vec.Change: {len(self)} words, mean distance {self.distances.mean():.3f}>"


class Alignment(Change):
    """Of ``align``: ``after`` are the rotated vectors, ``rotation`` the matrix, ``anchors`` how many words it is of,
    and ``fit`` the mean cosine of these words afterwards."""

    def __init__(self, before, after, rotation, anchors):
        super().__init__(before, after)
        self.rotation, self.anchors = rotation, len(anchors)
        known = np.isin(self._before, _ids(before, anchors))
        self.fit = float(1 - self.distances[known].mean())


def align(a: Vectors | str | os.PathLike[str], b: Vectors | str | os.PathLike[str],
          words: Iterable[str] | None = None) -> Alignment:
    """Rotates the vectors b onto the vectors a, and measures how far each word moved.

    a, b: Vectors, or files of them, of the same dimensions. ``words``: those by which the rotation is found, such as
    words that are known not to have changed; by default all that both have. The rotation minimizes the sum of the
    squared distances between the unit vectors of these words. The vectors are not centred: cosines are measured from
    the origin, so it must stay where it is.

    Raises ArgumentError where dimensions differ, and DataError where fewer words than dimensions are in both.
    """
    a, b = (one if isinstance(one, Vectors) else load(one) for one in (a, b))
    _check_dim(a, b)
    given = list(dict.fromkeys(a.words if words is None else words))
    anchors = [word for word in given if word in a and word in b]
    if len(anchors) < a.dim:
        what = "words" if words is None else "of the given words"
        raise native.DataError(f"{len(anchors)} {what} are in both vectors: a rotation in {a.dim} dimensions needs "
                               f"at least {a.dim}")
    rotation = _rotation(_unit_rows(b, _ids(b, anchors)), _unit_rows(a, _ids(a, anchors)))
    turned = Vectors.from_arrays(b.words, b.matrix @ rotation.astype(np.float32), b.counts)
    return Alignment(a, turned, rotation, anchors)


def _rotation(rows, onto):
    """The orthogonal matrix R for which rows @ R is nearest to onto (Schoenemann 1966)."""
    left, _, right = np.linalg.svd(rows.T @ onto)
    return left @ right


def _ids(vectors, words):
    return np.array([vectors.id(word) for word in words], dtype=np.intp)


def _unit_rows(vectors, ids):
    rows = vectors.matrix[ids].astype(np.float64)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)


def _check_dim(a, b):
    if a.dim != b.dim:
        raise native.ArgumentError(f"the vectors have {a.dim} and {b.dim} dimensions: train both with the same dim")
