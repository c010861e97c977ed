"""Words and their vectors: from a file, or from a training."""

from __future__ import annotations

import ctypes
import operator
import os
import tempfile
import warnings
from collections.abc import Mapping
from ctypes import byref, c_char_p, c_float, c_size_t, c_uint32, c_void_p
from typing import Any, Iterable, Iterator, Literal, Sequence, Union

import numpy as np

from . import _native as native
from ._native import library
from ._settings import Settings, settings_or_none, takes_settings
from ._watch import Watch
from .corpus import Corpus, Source

Path = Union[str, "os.PathLike[str]"]
Item = Union[str, np.ndarray]  # of a query: a word or a vector
Items = Union[Item, Sequence[Item]]


# Attributes of gensim's models that people type, and what they are here.
_IN_GENSIM = {"wv": "the object itself", "vectors": "matrix", "vector_size": "dim", "index_to_key": "words",
              "index2word": "words", "key_to_index": "id(word)", "vocab": "words", "get_vector": "vectors[word]",
              "similar_by_word": "most_similar", "similar_by_vector": "most_similar",
              "save_word2vec_format": "save(path)"}


class _Rows:
    """A matrix of the library's, for NumPy, which keeps its owner alive."""

    def __init__(self, owner, address, rows, dim, stride):
        self.owner = owner
        self.__array_interface__ = {"version": 3, "data": (address, True), "shape": (rows, dim), "typestr": "<f4",
                                    "strides": (4 * stride, 4)}


class _Loaded(native.Handle):
    """Vectors that this process has loaded or made. ``create`` gets an observer last."""

    def __init__(self, create, *arguments):
        with Watch() as watch:
            super().__init__(create, library.vectors_destroy, *arguments, watch.observer)


def _handle_of(vectors):
    """The library's handle of Vectors."""
    if not isinstance(vectors, Vectors):
        raise TypeError(f"Vectors are expected, such as nce2vec.load(path) returns, not {vectors!r:.60}")
    return vectors._handle


class Vectors(Mapping):
    """A mapping from words to vectors. Immutable; many threads may use it.

    ``vectors["tea"]`` is a row of ``vectors.matrix``, an array of shape (words, dim) that shares the library's memory.
    Words are in the order of the file; after a training, in that of falling counts.
    """

    def __init__(self, handle):
        self._handle = handle
        self._words = self._search = self._searched = None
        self._info = native.VectorsInfo()
        library.vectors_describe(handle, self._info)

    # ---- Files

    @classmethod
    @takes_settings(native.FOR_LOADING)
    def load(cls, path: Path, **settings) -> Vectors:
        """Loads a file in any of the formats, recognized by its content.

        Raises ArgumentError where there is no such file, and FormatError, with the line or byte, for a malformed one.
        ``skip_bad=True`` skips malformed rows of text, glove and binary files, and those of npz and gensim whose words
        are not words here: a UserWarning has their number and the first one's line. Ctrl-C raises KeyboardInterrupt.
        """
        return cls._load(path, settings, 3)

    @classmethod
    def _load(cls, path, settings, level):
        """level: how many calls below the caller this is, for warnings."""
        made = cls(_Loaded(library.vectors_load_with, native.path_bytes(path),
                           settings_or_none(native.FOR_LOADING, settings)))
        if made._info.skipped:
            rows = f"{made._info.skipped} malformed row{'s' * (made._info.skipped != 1)}"
            warnings.warn(f"skipped {rows}; the first: " + made._info.first_skipped.decode("utf-8", "replace"),
                          stacklevel=level)
        return made

    @classmethod
    def from_bytes(cls, data: bytes, name: str | None = None) -> Vectors:
        """The same from memory."""
        name = None if name is None else name.encode("utf-8")
        return cls(_Loaded(library.vectors_load_memory, bytes(data), len(data), name))

    @classmethod
    def from_arrays(cls, words: Sequence[str], rows: np.ndarray,
                    counts: Sequence[int] | np.ndarray | None = None) -> Vectors:
        """Vectors of words from an array of the shape (words, dim); ``counts``: how often each word is in the text."""
        if isinstance(words, str):
            raise native.ArgumentError(f"the words are a list of strings, not the string {words!r:.60}")
        words = list(words)
        rows = np.ascontiguousarray(rows, dtype=np.float32)
        numbers = None if counts is None else np.asarray(counts)
        if numbers is not None and numbers.size and (numbers.dtype.kind not in "iu" or numbers.min() < 0):
            raise native.ArgumentError("counts are whole numbers of 0 or more")
        if rows.ndim != 2 or len(rows) != len(words) or (counts is not None and len(counts) != len(words)):
            raise native.ArgumentError(f"{len(words)} words need an array of as many rows, and as many counts; the "
                                       f"array's shape is {rows.shape}")
        wrong = next((word for word in words if not isinstance(word, str) or "\0" in word), None)
        if wrong is not None:
            raise native.ArgumentError(f"a word is a str without a NUL character, not {wrong!r}; str(word) makes one")
        texts = (c_char_p * len(words))(*(word.encode("utf-8") for word in words))
        numbers = None if counts is None else np.ascontiguousarray(numbers, dtype=np.uint64)
        return cls(native.Handle(library.vectors_create, library.vectors_destroy, texts,
                                 None if numbers is None else numbers.ctypes.data, len(words), rows.ctypes.data,
                                 rows.shape[1], rows.shape[1]))

    @takes_settings(native.FOR_OUTPUT)
    def save(self, path: Path, **settings) -> None:
        """Writes the vectors, in the format of the path's ending or of ``format``.

        ``settings`` are those of ``nce2vec convert``: format, vectors, normalize, float16, int8, top, remove_top and
        reduce. The file, or the folder of model2vec, appears under its name only when it is complete. An ending that no
        format has is a UserWarning, and word2vec text is written.
        """
        chosen, watch, output = settings_or_none(native.FOR_OUTPUT, settings), Watch(), c_void_p()
        with watch:
            library.output_open(byref(output), native.path_bytes(path), chosen, watch.observer)
            try:
                library.output_vectors(output, self._handle)
            except BaseException:
                library.output_discard(output)
                raise
            ending = library.output_unknown_ending(output)
            library.output_commit(output)
        if ending:
            warnings.warn(f"{os.fspath(path)} is written as word2vec text, because the ending {ending.decode()} is not "
                          "known; format=... chooses another format", stacklevel=2)

    @takes_settings(native.FOR_OUTPUT)
    def derive(self, **settings) -> Vectors:
        """The vectors that a file of these settings has, without output vectors.

        ``reduce`` keeps so many principal components, ``remove_top`` removes those that all words share, ``top`` keeps
        the first words, ``int8`` and ``float16`` round numbers. Ctrl-C raises KeyboardInterrupt.
        """
        return Vectors(_Loaded(library.vectors_derive_with, self._handle,
                               settings_or_none(native.FOR_OUTPUT, settings)))

    def compare(self, derived: Vectors) -> dict[str, Any]:
        """How much of these vectors is left in others that were made of them.

        Returns a dictionary: words, mean_cosine (of the two vectors of a word; NaN where dimensions differ), and
        overlap: the share of the nearest words (``neighbors`` of each of ``sampled`` frequent words) that are the same.
        """
        comparison = native.Comparison()
        library.vectors_compare(self._handle, _handle_of(derived), None, comparison)
        return {name: getattr(comparison, name) for name in ("words", "mean_cosine", "sampled", "neighbors", "overlap")}

    def to_bytes(self) -> bytes:
        """The whole model as the bytes of a .n2v file."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "vectors.n2v")
            self.save(path)
            with open(path, "rb") as file:
                return file.read()

    def __reduce__(self):
        return (_from_bytes, (self.to_bytes(),))

    # ---- Words

    @property
    def words(self) -> list[str]:
        """The list of words; the index of a word is its id."""
        if self._words is None:
            count = c_size_t()
            self._words = [native.text_at(library.vectors_word(self._handle, i, byref(count)), count.value)
                           for i in range(self._info.words)]
        return self._words

    @property
    def counts(self) -> np.ndarray:
        """How often each word was in the text, by id; 0 where that is not known."""
        return np.array([library.vectors_count(self._handle, i) for i in range(len(self))], dtype=np.uint64)

    def id(self, word: str) -> int:
        """The id of a word. Raises KeyError, with words that are spelled like it, where it has none."""
        found = self._find(word)
        if found == native.NO_ID:
            near = self.suggest(word) if isinstance(word, str) else []
            raise KeyError(f"{word!r} is not in the vocabulary"
                           + (f"; did you mean {', '.join(near)}?" if near else ""))
        return found

    def _find(self, word):
        if not isinstance(word, str):
            return native.NO_ID
        text = word.encode("utf-8", "surrogatepass")
        return library.vectors_find(self._handle, text, len(text))

    def suggest(self, word: str, most: int = 3) -> list[str]:
        """Words that are spelled like this one, the nearest first."""
        text = word.encode("utf-8", "surrogatepass")
        ids = (c_uint32 * 8)()
        return [self.words[i] for i in
                ids[:library.vectors_suggest(self._handle, text, len(text), min(most, 8), ids)]]

    def tokenize(self, text: str) -> list[str]:
        """The words that the tokenizer of the training makes of a text. Raises DataError without a record of it."""
        data = text.encode("utf-8")
        needed = c_size_t()
        library.vectors_tokenize(self._handle, data, len(data), None, 0, byref(needed), None)
        room = ctypes.create_string_buffer(needed.value + 1)
        library.vectors_tokenize(self._handle, data, len(data), room, len(room), None, None)
        return room.value.decode("utf-8").split(" ") if needed.value else []

    def __len__(self) -> int:
        return self._info.words

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __contains__(self, word: object) -> bool:
        return self._find(word) != native.NO_ID

    def __getitem__(self, word: str) -> np.ndarray:
        if self._is_composed(word):
            return self.compose(word)
        return self.matrix[self.id(word)]

    def _is_composed(self, word):
        return self.has_subwords and isinstance(word, str) and word not in self

    @property
    def has_subwords(self) -> bool:
        """Whether words that are not in the vocabulary have vectors, too."""
        return bool(self._info.subwords)

    def compose(self, word: str) -> np.ndarray:
        """The vector of any word: with subwords a word that is not in the vocabulary has the mean of its n-grams.

        Raises KeyError where it has none.
        """
        text, vector = word.encode("utf-8", "surrogatepass"), np.empty(self.dim, dtype=np.float32)
        try:
            library.vectors_compose(self._handle, text, len(text), vector.ctypes.data, None)
        except (native.DataError, native.ArgumentError) as error:
            raise KeyError(str(error)) from None
        return vector

    # Mapping would compare arrays. ``compare`` does that.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __getattr__(self, name):
        hint = f"; here it is {_IN_GENSIM[name]}" if name in _IN_GENSIM else ""
        raise AttributeError(f"'Vectors' object has no attribute '{name}'{hint}")

    def __repr__(self):
        return f"<nce2vec.Vectors: {len(self)} words of {self.dim} dimensions>"

    # ---- Matrices

    @property
    def dim(self) -> int:
        """Dimensions of a vector."""
        return self._info.dim

    def _view(self, which):
        stride = c_size_t()
        address = library.vectors_view(self._handle, which, byref(stride))
        if not address:
            return None
        return np.asarray(_Rows(self._handle, address, len(self), self.dim, stride.value))

    @property
    def matrix(self) -> np.ndarray:
        """The input vectors, shape (words, dim), read only: the library's memory."""
        return self._view(native.INPUT)

    @property
    def output_matrix(self) -> np.ndarray | None:
        """The output vectors, shape (words, dim), read only; None where there are none."""
        return self._view(native.OUTPUT)

    @property
    def output_biases(self) -> np.ndarray:
        """The bias of each word's output, the shared bias included."""
        return np.array([library.vectors_bias(self._handle, i) for i in range(len(self))], dtype=np.float32)

    def norms(self, output: bool = False) -> dict[str, Any]:
        """A dictionary: the least, median, mean and largest length of the vectors, and how many have length 0."""
        norms = native.Norms()
        library.vectors_norms(self._handle, native.OUTPUT if output else native.INPUT, norms)
        return {"min": norms.min, "median": norms.median, "mean": norms.mean, "max": norms.max, "zeros": norms.zeros,
                "shortest": self.words[norms.shortest], "longest": self.words[norms.longest]}

    def to_dataframe(self) -> Any:
        """A pandas DataFrame with a row for each word. It shares the library's memory, and is read only: ``copy()``
        makes one that can be changed."""
        try:
            import pandas
        except ImportError as error:
            raise ImportError("to_dataframe needs pandas: pip install pandas") from error
        return pandas.DataFrame(self.matrix, index=pandas.Index(self.words, name="word"))

    # ---- Records

    def _entries(self, function):
        name, value, entries, index = c_char_p(), c_char_p(), [], 0
        while function(self._handle, index, byref(name), byref(value)):
            entries.append((name.value.decode("utf-8"), value.value.decode("utf-8")))
            index += 1
        return entries

    @property
    def record(self) -> list[tuple[str, str]]:
        """What the vectors were made with: a list of (name, value)."""
        return self._entries(library.vectors_record)

    # ---- Queries

    def similarity(self, a: str, b: str) -> float:
        """The cosine of two words' vectors; with subwords of any words."""
        if self._is_composed(a) or self._is_composed(b):
            return float(np.dot(_unit(self[a].astype(float)), _unit(self[b].astype(float))))
        return library.vectors_similarity(self._handle, self.id(a), self.id(b))

    def most_similar(self, positive: Items = (), negative: Items = (), k: int = 10,
                     method: Literal["add", "multiply"] = "add", among: Iterable[str] | None = None,
                     min_cosine: float | None = None) -> list[tuple[str, float]]:
        """The words nearest to a sum: a list of (word, cosine), the nearest first.

        ``positive`` and ``negative`` are words, or lists of words; of ``positive`` also vectors. Words of the question
        are never in the answer. ``method`` "multiply" is that of Levy and Goldberg (2014), for words alone. With
        ``among`` only these words are answers, with ``min_cosine`` only those that are so near.
        """
        return self.most_similar_many([(positive, negative)], k, method, among, min_cosine)[0]

    def analogy(self, a: Item, b: Item, c: Item, k: int = 1,
                method: Literal["add", "multiply"] = "add") -> list[tuple[str, float]]:
        """The words d such that a is to b as c is to d: a list of (word, score)."""
        return self.most_similar([b, c], [a], k, method)

    def most_similar_many(self, questions: Iterable[tuple[Items, Items]], k: int = 10,
                          method: Literal["add", "multiply"] = "add", among: Iterable[str] | None = None,
                          min_cosine: float | None = None) -> list[list[tuple[str, float]]]:
        """Answers many (positive, negative) at once, which takes much less time than one by one."""
        if method not in ("add", "multiply"):
            raise native.ArgumentError(f"method is 'add' or 'multiply', not {method!r}")
        if not hasattr(k, "__index__") or k < 1:
            raise native.ArgumentError(f"k is a whole number of at least 1, not {k!r}")
        k = min(operator.index(k), len(self))
        questions = list(questions)
        queries = (native.Query * len(questions))()
        held, left_out = [], []
        for query, (positive, negative) in zip(queries, questions):
            query.method = native.MULTIPLY if method == "multiply" else native.ADD
            plus, vectors = self._ids_and_vectors(positive)
            minus, subtracted = self._ids_and_vectors(negative)
            total = [_unit(v) for v in vectors] + [-_unit(v) for v in subtracted]
            left_out.append(set())
            if total:  # the library scales their sum to length 1, so the words are added here, too
                total += [_unit(self.matrix[i]) for i in plus] + [-_unit(self.matrix[i]) for i in minus]
                left_out[-1].update(plus, minus)
                plus = minus = ()
            for ids, which in ((plus, "plus"), (minus, "minus")):
                held.append((c_uint32 * len(ids))(*ids))
                setattr(query, which, held[-1])
                setattr(query, f"{which}_count", len(ids))
            if sorted(plus) == sorted(minus) and (not total or np.linalg.norm(sum(total)) < 1e-6):
                raise native.ArgumentError(f"query {len(left_out) - 1} has no direction: it is empty, or its words and "
                                           "vectors cancel out")
            if total:
                held.append(np.ascontiguousarray(sum(total), dtype=np.float32))
                query.vector = held[-1].ctypes.data_as(ctypes.POINTER(c_float))
        asked = min(k + max(map(len, left_out), default=0), len(self))
        neighbors = (native.Neighbor * (len(questions) * asked))()
        found = (c_size_t * len(questions))()
        if questions:
            library.search_run(self._searcher(among, min_cosine), queries, len(questions), asked, neighbors, found)
        words = self.words
        return [[(words[neighbor.id], neighbor.score) for neighbor in neighbors[i * asked:i * asked + found[i]]
                 if neighbor.id not in left_out[i]][:k] for i in range(len(questions))]

    def _searcher(self, among, min_cosine):
        settings = settings_or_none(native.FOR_SEARCH, {} if min_cosine is None else {"min_cosine": min_cosine})
        if among is not None:
            if isinstance(among, str):
                raise native.ArgumentError("among is a list of words, not a string")
            ids = [self.id(word) for word in among]
            return native.Handle(library.search_create_among, library.search_destroy, self._handle,
                                 (c_uint32 * max(len(ids), 1))(*ids), len(ids), settings, keep=(self._handle,))
        state = getattr(self._handle, "state", 0)  # those of a trainer change
        if min_cosine is None and self._search is not None and state is not None and state == self._searched:
            return self._search
        search = native.Handle(library.search_create, library.search_destroy, self._handle, settings,
                               keep=(self._handle,))
        if min_cosine is None and state is not None:
            self._search, self._searched = search, state
        return search

    def _ids_and_vectors(self, items):
        if isinstance(items, str) or (isinstance(items, np.ndarray) and items.ndim == 1):
            items = [items]
        if not hasattr(items, "__iter__"):
            raise native.ArgumentError(f"a query is a word, a vector, or a list of them, not {items!r}")
        ids, vectors = [], []
        for item in items:
            if self._is_composed(item):
                vectors.append(self.compose(item))
            elif isinstance(item, str):
                ids.append(self.id(item))
            else:
                vector = np.asarray(item, dtype=np.float32)
                if vector.shape != (self.dim,):
                    raise native.ArgumentError(f"a vector here has {self.dim} dimensions, not the shape {vector.shape}")
                vectors.append(vector)
        return ids, vectors

    # ---- Evaluation

    def evaluate_pairs(self, path: Path) -> dict[str, Any]:
        """How well cosines rank the word pairs of a file (two words and a score a line).

        Returns a dictionary: pairs, found, spearman, pearson, and composed: of those found, how many have a word whose
        vector is made of subwords.
        """
        pairs = native.Handle(library.pairs_load, library.pairs_destroy, native.path_bytes(path), None)
        score = native.PairsScore()
        library.pairs_evaluate(pairs, self._handle, score)
        return {"pairs": score.pairs, "found": score.found, "composed": score.composed, "spearman": score.spearman,
                "pearson": score.pearson}


    # ---- Likelihood

    @takes_settings(native.FOR_LIKELIHOOD)
    def likelihood(self, text: Source, objectives: Any = None, weighted: bool = False, **settings) -> dict[str, Any]:
        """How probable the model finds a text: a dictionary; ``exact`` is the mean log P(w|c) of its pairs of words.

        ``text`` is a path, several, or sentences, as for ``train``. The model is whole: a training's, or from a .n2v
        file. ``objectives`` is the set that has the model's objective, where it is not the library's. ``weighted``: the
        first item of each sentence is its weight in the means. ``settings`` are those of ``nce2vec likelihood``:
        window, subsample, seed, threads.
        """
        found, chosen = native.Likelihood(), settings_or_none(native.FOR_LIKELIHOOD, settings)
        corpus, watch = self._measured(text, weighted), Watch()
        with watch:
            library.likelihood_measure(found, self._handle, corpus, chosen, objectives, watch.observer)
        values = {name: getattr(found, name) for name, _ in found._fields_ if name != "size"}
        quantiles = dict(zip(values.pop("levels"), values.pop("quantiles")))
        return {**values, "objective": found.objective.decode("utf-8"), "normalized": bool(found.normalized),
                "quantiles": quantiles}

    @takes_settings(native.FOR_LIKELIHOOD)
    def line_likelihoods(self, text: Source, objectives: Any = None, weighted: bool = False, **settings) -> np.ndarray:
        """The likelihood of each line (or sentence) of a text, in their order, for sorting out odd ones.

        Returns a structured array: ``line`` (its number in its source, from 1), ``words`` (of the model), ``unknown``
        (other words), ``pairs``, ``weight`` (of the pairs), ``exact`` (their mean log P(w|c); NaN without pairs),
        ``self_normalized``. The arguments are those of ``likelihood``. pandas.DataFrame takes the array.
        """
        names = [name for name, _ in native.LikelihoodLine._fields_ if name != "source"]
        rows = []

        def take(_context, line):
            rows.append(tuple(getattr(line.contents, name) for name in names))
            return 0

        taking, chosen = native.TAKE_LINE(take), settings_or_none(native.FOR_LIKELIHOOD, settings)
        self._measured(text, weighted, lambda corpus, observer: library.likelihood_lines(
            self._handle, corpus, chosen, objectives, taking, None, observer))
        kinds = [np.uint64 if kind is ctypes.c_uint64 else np.float64
                 for name, kind in native.LikelihoodLine._fields_ if name != "source"]
        return np.array(rows, dtype=list(zip(names, kinds)))

    def _measured(self, text, weighted, *reader):
        """A text that is read as that of the training was."""
        record = dict(self.record)
        names = ("tokenizer", "case", "normal-form", "window-weights")
        read = {name: record[name] for name in names if name in record}
        if read.get("tokenizer", "").startswith("command:"):
            read["tokenizer"] = "space"  # a file may be somebody else's: its program is not run
        settings = Settings(native.FOR_TRAINING, {name.replace("-", "_"): value for name, value in read.items()})
        settings.set("weighted", weighted)
        read = Corpus(text, settings, self, *reader)
        read.warn()
        return read


def _unit(vector):
    norm = np.linalg.norm(vector)
    return vector / norm if norm else vector


def _from_bytes(data):
    return Vectors.from_bytes(data, "the pickle")


@takes_settings(native.FOR_LOADING)
def load(path: Path, **settings) -> Vectors:
    """Loads a file of vectors in any of the formats, recognized by its content, as ``Vectors.load`` does."""
    return Vectors._load(path, settings, 3)
