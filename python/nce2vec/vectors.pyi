# Written by scripts/python_stubs.py (make stubs).
import os
from collections.abc import Mapping
from typing import Any, Iterable, Iterator, Literal, Sequence, Union

import numpy as np

from .corpus import Source

Path = Union[str, "os.PathLike[str]"]
Item = Union[str, np.ndarray]
Items = Union[Item, Sequence[Item]]


class Vectors(Mapping[str, np.ndarray]):
    """A mapping from words to vectors. Immutable; many threads may use it.

    ``vectors["tea"]`` is a row of ``vectors.matrix``, an array of shape (words, dim) that shares the library's memory.
    Words are in the order of the file; after a training, in that of falling counts.
    """

    @classmethod
    def load(cls, path: Path, *, skip_bad: bool = False) -> Vectors:
        """Loads a file in any of the formats, recognized by its content.

        Raises ArgumentError where there is no such file, and FormatError, with the line or byte, for a malformed one.
        ``skip_bad=True`` skips malformed rows of text, glove and binary files, and those of npz and gensim whose words
        are not words here: a UserWarning has their number and the first one's line. Ctrl-C raises KeyboardInterrupt.
        """
        ...

    @classmethod
    def from_bytes(cls, data: bytes, name: str | None = None) -> Vectors:
        """The same from memory."""
        ...

    @classmethod
    def from_arrays(cls, words: Sequence[str], rows: np.ndarray,
                    counts: Sequence[int] | np.ndarray | None = None) -> Vectors:
        """Vectors of words from an array of the shape (words, dim); ``counts``: how often each word is in the text."""
        ...

    def save(self, path: Path, *,
             format: Literal['text', 'binary', 'n2v', 'fasttext', 'floret', 'glove', 'npy', 'model2vec',
                 'safetensors', 'finalfusion', 'projector'] | None = None,
             vectors: Literal['input', 'output', 'sum', 'concat'] | None = None, normalize: bool = False,
             float16: bool = False, int8: bool = False, top: int | None = None, remove_top: int | None = None,
             reduce: int | None = None) -> None:
        """Writes the vectors, in the format of the path's ending or of ``format``.

        ``settings`` are those of ``nce2vec convert``: format, vectors, normalize, float16, int8, top, remove_top and
        reduce. The file, or the folder of model2vec, appears under its name only when it is complete. An ending that no
        format has is a UserWarning, and word2vec text is written.
        """
        ...

    def derive(self, *,
               format: Literal['text', 'binary', 'n2v', 'fasttext', 'floret', 'glove', 'npy', 'model2vec',
                   'safetensors', 'finalfusion', 'projector'] | None = None,
               vectors: Literal['input', 'output', 'sum', 'concat'] | None = None, normalize: bool = False,
               float16: bool = False, int8: bool = False, top: int | None = None, remove_top: int | None = None,
               reduce: int | None = None) -> Vectors:
        """The vectors that a file of these settings has, without output vectors.

        ``reduce`` keeps so many principal components, ``remove_top`` removes those that all words share, ``top`` keeps
        the first words, ``int8`` and ``float16`` round numbers. Ctrl-C raises KeyboardInterrupt.
        """
        ...

    def compare(self, derived: Vectors) -> dict[str, Any]:
        """How much of these vectors is left in others that were made of them.

        Returns a dictionary: words, mean_cosine (of the two vectors of a word; NaN where dimensions differ), and
        overlap: the share of the nearest words (``neighbors`` of each of ``sampled`` frequent words) that are the same.
        """
        ...

    def to_bytes(self) -> bytes:
        """The whole model as the bytes of a .n2v file."""
        ...

    @property
    def words(self) -> list[str]:
        """The list of words; the index of a word is its id."""
        ...

    @property
    def counts(self) -> np.ndarray:
        """How often each word was in the text, by id; 0 where that is not known."""
        ...

    def id(self, word: str) -> int:
        """The id of a word. Raises KeyError, with words that are spelled like it, where it has none."""
        ...

    def suggest(self, word: str, most: int = 3) -> list[str]:
        """Words that are spelled like this one, the nearest first."""
        ...

    def tokenize(self, text: str) -> list[str]:
        """The words that the tokenizer of the training makes of a text. Raises DataError without a record of it."""
        ...

    def __len__(self) -> int:
        ...

    def __iter__(self) -> Iterator[str]:
        ...

    def __contains__(self, word: object) -> bool:
        ...

    def __getitem__(self, word: str) -> np.ndarray:
        ...

    @property
    def has_subwords(self) -> bool:
        """Whether words that are not in the vocabulary have vectors, too."""
        ...

    def compose(self, word: str) -> np.ndarray:
        """The vector of any word: with subwords a word that is not in the vocabulary has the mean of its n-grams.

        Raises KeyError where it has none.
        """
        ...

    @property
    def dim(self) -> int:
        """Dimensions of a vector."""
        ...

    @property
    def matrix(self) -> np.ndarray:
        """The input vectors, shape (words, dim), read only: the library's memory."""
        ...

    @property
    def output_matrix(self) -> np.ndarray | None:
        """The output vectors, shape (words, dim), read only; None where there are none."""
        ...

    @property
    def output_biases(self) -> np.ndarray:
        """The bias of each word's output, the shared bias included."""
        ...

    def norms(self, output: bool = False) -> dict[str, Any]:
        """A dictionary: the least, median, mean and largest length of the vectors, and how many have length 0."""
        ...

    def to_dataframe(self) -> Any:
        """A pandas DataFrame with a row for each word. It shares the library's memory, and is read only: ``copy()``
        makes one that can be changed.
        """
        ...

    @property
    def record(self) -> list[tuple[str, str]]:
        """What the vectors were made with: a list of (name, value)."""
        ...

    def similarity(self, a: str, b: str) -> float:
        """The cosine of two words' vectors; with subwords of any words."""
        ...

    def most_similar(self, positive: Items = (), negative: Items = (), k: int = 10,
                     method: Literal['add', 'multiply'] = 'add', among: Iterable[str] | None = None,
                     min_cosine: float | None = None) -> list[tuple[str, float]]:
        """The words nearest to a sum: a list of (word, cosine), the nearest first.

        ``positive`` and ``negative`` are words, or lists of words; of ``positive`` also vectors. Words of the question
        are never in the answer. ``method`` "multiply" is that of Levy and Goldberg (2014), for words alone. With
        ``among`` only these words are answers, with ``min_cosine`` only those that are so near.
        """
        ...

    def analogy(self, a: Item, b: Item, c: Item, k: int = 1,
                method: Literal['add', 'multiply'] = 'add') -> list[tuple[str, float]]:
        """The words d such that a is to b as c is to d: a list of (word, score)."""
        ...

    def most_similar_many(self, questions: Iterable[tuple[Items, Items]], k: int = 10,
                          method: Literal['add', 'multiply'] = 'add', among: Iterable[str] | None = None,
                          min_cosine: float | None = None) -> list[list[tuple[str, float]]]:
        """Answers many (positive, negative) at once, which takes much less time than one by one."""
        ...

    def evaluate_pairs(self, path: Path) -> dict[str, Any]:
        """How well cosines rank the word pairs of a file (two words and a score a line).

        Returns a dictionary: pairs, found, spearman, pearson, and composed: of those found, how many have a word whose
        vector is made of subwords.
        """
        ...

    def likelihood(self, text: Source, objectives: Any = None, weighted: bool = False, *,
                   window: int | Literal['all'] | None = None,
                   window_weights: Literal['shrink', 'flat', 'harmonic', 'line'] | None = None, subsample: float = 0.0,
                   seed: int = 1, threads: int | None = None,
                   kernels: Literal['auto', 'scalar', 'avx2', 'avx512', 'avx512bf16'] = 'auto') -> dict[str, Any]:
        """How probable the model finds a text: a dictionary; ``exact`` is the mean log P(w|c) of its pairs of words.

        ``text`` is a path, several, or sentences, as for ``train``. The model is whole: a training's, or from a .n2v
        file. ``objectives`` is the set that has the model's objective, where it is not the library's. ``weighted``: the
        first item of each sentence is its weight in the means. ``settings`` are those of ``nce2vec likelihood``:
        window, subsample, seed, threads.
        """
        ...

    def line_likelihoods(self, text: Source, objectives: Any = None, weighted: bool = False, *,
                         window: int | Literal['all'] | None = None,
                         window_weights: Literal['shrink', 'flat', 'harmonic', 'line'] | None = None,
                         subsample: float = 0.0, seed: int = 1, threads: int | None = None,
                         kernels: Literal['auto', 'scalar', 'avx2', 'avx512', 'avx512bf16'] = 'auto') -> np.ndarray:
        """The likelihood of each line (or sentence) of a text, in their order, for sorting out odd ones.

        Returns a structured array: ``line`` (its number in its source, from 1), ``words`` (of the model), ``unknown``
        (other words), ``pairs``, ``weight`` (of the pairs), ``exact`` (their mean log P(w|c); NaN without pairs),
        ``self_normalized``. The arguments are those of ``likelihood``. pandas.DataFrame takes the array.
        """
        ...


def load(path: Path, *, skip_bad: bool = False) -> Vectors:
    """Loads a file of vectors in any of the formats, recognized by its content, as ``Vectors.load`` does."""
    ...
