"""KeyedVectors, with the names of gensim 3 and 4."""

import json
import os
from collections.abc import Mapping

import numpy as np

from ... import vectors as _vectors
from ._files import opened
from ._missing import Offers, missing, names


class _Entry:
    """A word of `vocab`, as in gensim 3."""

    def __init__(self, index, count):
        self.index, self.count = index, count

    def __repr__(self):
        return f"<index {self.index}, count {self.count}>"


class _Vocabulary(Mapping):
    """gensim 3's dictionary of words, made on demand: programs look up one word after the other."""

    def __init__(self, vectors):
        self._vectors = vectors

    def __getitem__(self, word):
        index = self._vectors.key_to_index[word]
        counts = self._vectors.expandos.get("count")
        return _Entry(index, 0 if counts is None else int(counts[index]))

    def __contains__(self, word):
        return word in self._vectors.key_to_index

    def __iter__(self):
        return iter(self._vectors.key_to_index)

    def __len__(self):
        return len(self._vectors.key_to_index)


def _unit(rows):
    norms = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)


def _cosines(rows, unit):
    """Of each row with a vector of length 1; without a copy of the rows, of which there may be millions."""
    norms = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    return np.divide(rows @ unit, norms, out=np.zeros_like(norms), where=norms > 0)


class KeyedVectors(Offers):
    """Words and an array of their vectors, which may be changed."""

    _trained = None  # nce2vec.Vectors with the parts of words
    MISSING = {
        "accuracy": "evaluate_word_analogies",
        "similarity_matrix": "get_normed_vectors() @ get_normed_vectors().T",
        **names("get_keras_embedding get_embedding_layer", "keras.layers.Embedding takes the array vectors"),
        **names("log_accuracy log_evaluate_word_pairs", "print what the evaluate_ methods return"),
        "similarity_unseen_docs": "n_similarity",
        **names("allocate_vecattrs resize_vectors", "add_vectors and set_vecattr do it"),
        "mapfile_path": "nce2vec.load maps files",
    }

    def __str__(self):
        return f"{type(self).__name__}<vector_size={self.vector_size}, {len(self)} keys>"

    def __init__(self, vector_size=0, count=0, dtype=np.float32, **_):
        self.vectors = np.zeros((count, vector_size), dtype=dtype)
        self.index_to_key = []
        self.key_to_index = {}
        self.expandos = {}
        self.vectors_lockf = np.ones(1, dtype=np.float32)

    @classmethod
    def _made(cls, words, rows, counts=None):
        made = cls(rows.shape[1])
        made.vectors = rows
        made.index_to_key = list(words)
        made.key_to_index = {word: i for i, word in enumerate(made.index_to_key)}
        if counts is not None:
            made.expandos["count"] = np.asarray(counts, dtype=np.int64)
        return made

    # ---- Names of both generations

    @property
    def vector_size(self):
        return self.vectors.shape[1]

    @property
    def index2word(self):
        return self.index_to_key

    @index2word.setter
    def index2word(self, words):
        self.index_to_key = words
        self.key_to_index = {word: i for i, word in enumerate(words)}

    index2entity = index2word

    @property
    def vocab(self):
        return _Vocabulary(self)

    @vocab.setter
    def vocab(self, _):
        missing("assignment to vocab", "add_vectors(words, array) takes words and vectors, set_vecattr counts")

    @property
    def wv(self):
        return self

    @property
    def syn0(self):
        return self.vectors

    @syn0.setter
    def syn0(self, vectors):
        self.vectors = vectors

    @property
    def vectors_norm(self):
        return self.get_normed_vectors()

    syn0norm = vectors_norm

    @property
    def norms(self):
        return np.linalg.norm(self.vectors, axis=1)

    @property
    def next_index(self):
        return len(self)

    # ---- Words

    def __len__(self):
        return len(self.index_to_key)

    def __contains__(self, key):
        return key in self.key_to_index

    has_index_for = __contains__

    def __getitem__(self, keys):
        if isinstance(keys, (str, int, np.integer)):
            return self.get_vector(keys)
        return np.vstack([self.get_vector(key) for key in keys])

    def get_index(self, key, default=None):
        found = self.key_to_index.get(key)
        if found is None and isinstance(key, (int, np.integer)) and 0 <= key < len(self):
            found = int(key)
        if found is not None:
            return found
        if default is not None:
            return default
        raise KeyError(f"Key '{key}' not present")

    def get_vector(self, key, norm=False):
        row = self.vectors[self.get_index(key)]
        return _unit(row) if norm else row

    def word_vec(self, word, use_norm=False):
        return self.get_vector(word, norm=use_norm)

    def get_vecattr(self, key, attr):
        return self.expandos[attr][self.get_index(key)].item()

    def set_vecattr(self, key, attr, val):
        values = self.expandos.setdefault(attr, np.zeros(len(self), dtype=type(val)))
        if len(values) < len(self):
            values = self.expandos[attr] = np.concatenate([values, np.zeros(len(self) - len(values), values.dtype)])
        values[self.get_index(key)] = val

    def add_vectors(self, keys, weights, extras=None, replace=False):
        keys = [keys] if isinstance(keys, str) else list(keys)
        rows = np.asarray(weights, dtype=self.vectors.dtype).reshape(len(keys), -1)
        new = [i for i, key in enumerate(keys) if key not in self.key_to_index]
        for i in new:
            self.key_to_index[keys[i]] = len(self.index_to_key)
            self.index_to_key.append(keys[i])
        self.vectors = np.vstack([self.vectors, rows[new]]) if len(self.vectors) else rows[new].copy()
        if replace:
            for i, key in enumerate(keys):
                self.vectors[self.key_to_index[key]] = rows[i]
        for name, values in (extras or {}).items():
            for key, value in zip(keys, values):
                self.set_vecattr(key, name, value)

    def __setitem__(self, keys, weights):
        if isinstance(keys, (str, int, np.integer)):
            keys, weights = [keys], [weights]
        self.add_vectors(keys, weights, replace=True)

    def vectors_for_all(self, keys, allow_inference=True, copy_vecattrs=False):
        """The vectors of these keys, each once, of those that have one."""
        known = [key for key in dict.fromkeys(keys) if key in (self if allow_inference else self.key_to_index)]
        rows = np.array([self.get_vector(key) for key in known], dtype=self.vectors.dtype)
        made = KeyedVectors._made(known, rows.reshape(len(known), self.vector_size))
        for name in self.expandos if copy_vecattrs else ():
            for key in known:
                made.set_vecattr(key, name, self.get_vecattr(key, name))
        return made

    def sort_by_descending_frequency(self):
        order = np.argsort(-self.expandos["count"], kind="stable")
        self.vectors = self.vectors[order]
        self.expandos = {name: values[order] for name, values in self.expandos.items()}
        self.index2word = [self.index_to_key[i] for i in order]

    def add_vector(self, key, vector):
        self.add_vectors([key], [vector])
        return self.key_to_index[key]

    add = add_vectors

    # ---- Similarity

    def fill_norms(self, force=False):
        pass

    def init_sims(self, replace=False):
        if replace:
            self.unit_normalize_all()

    def unit_normalize_all(self):
        self.vectors = _unit(self.vectors)

    def get_normed_vectors(self):
        # The array may have been changed in place, which nothing reports: made anew each time.
        return _unit(self.vectors)

    def similarity(self, w1, w2):
        return float(np.dot(_unit(self[w1]), _unit(self[w2])))

    def n_similarity(self, ws1, ws2):
        if not len(ws1) or not len(ws2):
            raise ZeroDivisionError("At least one of the passed list is empty.")
        return float(np.dot(_unit(self[ws1].mean(axis=0)), _unit(self[ws2].mean(axis=0))))

    def distance(self, w1, w2):
        return 1 - self.similarity(w1, w2)

    def distances(self, word_or_vector, other_words=()):
        vector = self[word_or_vector] if isinstance(word_or_vector, str) else np.asarray(word_or_vector)
        rows = self[list(other_words)] if other_words else self.vectors
        return 1 - _unit(rows) @ _unit(vector)

    @staticmethod
    def cosine_similarities(vector_1, vectors_all):
        return _unit(np.asarray(vectors_all)) @ _unit(np.asarray(vector_1))

    def _weighted(self, items, sign):
        if items is None:
            return []
        if isinstance(items, (str, int, np.integer)) or (isinstance(items, np.ndarray) and items.ndim == 1):
            items = [items]
        return [(item[0], item[1]) if isinstance(item, tuple) else (item, sign) for item in items]

    def get_mean_vector(self, keys, weights=None, pre_normalize=True, post_normalize=False, ignore_missing=True):
        keys = [keys] if isinstance(keys, str) else list(keys)
        weights = np.ones(len(keys)) if weights is None else weights
        total, size = np.zeros(self.vector_size, dtype=np.float32), 0.0
        for key, weight in zip(keys, weights):
            if isinstance(key, np.ndarray):
                row = key
            elif key in self:
                row = self.get_vector(key, norm=pre_normalize)
            elif ignore_missing:
                continue
            else:
                raise KeyError(f"Key '{key}' not present in vocabulary")
            total += weight * row
            size += abs(weight)
        mean = total / size if size else total
        return _unit(mean) if post_normalize else mean

    def most_similar(self, positive=None, negative=None, topn=10, clip_start=0, clip_end=None, restrict_vocab=None,
                     indexer=None):
        if indexer is not None:
            missing("most_similar(indexer=...)", "the exact search is fast; leave it out")
        weighted = self._weighted(positive, 1.0) + self._weighted(negative, -1.0)
        if not weighted:
            raise ValueError("cannot compute mean with no input")
        query = self.get_mean_vector([item for item, _ in weighted], [weight for _, weight in weighted],
                                     post_normalize=True, ignore_missing=False)
        end = clip_end or restrict_vocab or len(self)
        scores = _cosines(self.vectors[clip_start:end], query)
        if topn is None:
            return scores
        left_out = {self.get_index(item, -1) for item, _ in weighted if not isinstance(item, np.ndarray)}
        return self._best(scores, topn, left_out, clip_start)

    def _best(self, scores, topn, left_out, start=0):
        count = min(topn + len(left_out), len(scores))
        if count < 1:
            return []
        best = np.argpartition(-scores, count - 1)[:count]
        best = best[np.argsort(-scores[best], kind="stable")]
        return [(self.index_to_key[start + i], float(scores[i])) for i in best if start + i not in left_out][:topn]

    def similar_by_word(self, word, topn=10, restrict_vocab=None):
        return self.most_similar([word], topn=topn, restrict_vocab=restrict_vocab)

    def similar_by_key(self, key, topn=10, restrict_vocab=None):
        return self.most_similar([key], topn=topn, restrict_vocab=restrict_vocab)

    def similar_by_vector(self, vector, topn=10, restrict_vocab=None):
        return self.most_similar([np.asarray(vector)], topn=topn, restrict_vocab=restrict_vocab)

    def most_similar_cosmul(self, positive=None, negative=None, topn=10, restrict_vocab=None):
        rows = self.vectors[:restrict_vocab]
        plus, minus = self._weighted(positive, 1.0), self._weighted(negative, -1.0)

        def similarities(items):
            return [(1 + _cosines(rows, _unit(item if isinstance(item, np.ndarray) else self[item]))) / 2
                    for item, _ in items]
        scores = np.prod(similarities(plus), axis=0) / (np.prod(similarities(minus), axis=0) + 1e-6)
        left_out = {self.get_index(item, -1) for item, _ in plus + minus if not isinstance(item, np.ndarray)}
        return self._best(scores, topn, left_out)

    def rank_by_centrality(self, words, use_norm=True):
        """(similarity, word), those most similar to the mean of all first."""
        known = [word for word in words if word in self]
        if not known:
            raise ValueError("cannot select a word from an empty list")
        rows = np.array([self.get_vector(word, norm=use_norm) for word in known])
        return sorted(zip(map(float, rows @ _unit(rows.mean(axis=0))), known), reverse=True)

    def doesnt_match(self, words):
        return self.rank_by_centrality(words)[-1][1]

    def relative_cosine_similarity(self, wa, wb, topn=10):
        near = self.similar_by_word(wa, topn)
        if not near:
            raise ValueError("Cannot calculate relative cosine similarity without any similar words.")
        return self.similarity(wa, wb) / sum(cosine for _, cosine in near)

    def most_similar_to_given(self, key1, keys_list):
        return keys_list[int(np.argmax([self.similarity(key1, key) for key in keys_list]))]

    def closer_than(self, key1, key2):
        nearness = _unit(self.vectors) @ _unit(self[key1])
        limit, own = nearness[self.get_index(key2)], self.get_index(key1)
        return [self.index_to_key[i] for i in np.flatnonzero(nearness > limit) if i != own]

    def words_closer_than(self, word1, word2):
        return self.closer_than(word1, word2)

    def rank(self, key1, key2):
        return len(self.closer_than(key1, key2)) + 1

    # ---- Evaluation

    def evaluate_word_pairs(self, pairs, delimiter="\t", encoding="utf8", restrict_vocab=300000, case_insensitive=True,
                            dummy4unknown=False):
        """Returns ((pearson, p), (spearman, p), percentage of unknown pairs), as gensim does; needs SciPy."""
        try:
            from scipy import stats
        except ImportError as error:
            raise ImportError("evaluate_word_pairs needs SciPy for p-values: pip install scipy; evaluate_pairs of "
                              "nce2vec.Vectors does without") from error
        known = {}
        for word in self.index_to_key[:restrict_vocab]:
            known.setdefault(word.upper() if case_insensitive else word, word)
        gold, cosines, unknown = [], [], 0
        with open(pairs, encoding=encoding) as file:
            for line in file:
                if not line.strip() or line.startswith("#"):
                    continue
                try:
                    a, b, score = line.strip().split(delimiter)[:3]
                    score = float(score)
                except ValueError:
                    continue
                if case_insensitive:
                    a, b = a.upper(), b.upper()
                if a in known and b in known:
                    gold.append(score)
                    cosines.append(self.similarity(known[a], known[b]))
                else:
                    unknown += 1
                    if dummy4unknown:
                        gold.append(score)
                        cosines.append(0.0)
        if not gold:
            raise ValueError("No valid similarity judgements found in the file")
        total = len(gold) if dummy4unknown else len(gold) + unknown
        return stats.pearsonr(gold, cosines), stats.spearmanr(gold, cosines), unknown / total * 100

    def evaluate_word_analogies(self, analogies, restrict_vocab=300000, case_insensitive=True, dummy4unknown=False,
                                similarity_function="most_similar"):
        """Returns (accuracy, sections), each section with its correct and incorrect questions."""
        known = {}
        for i, word in enumerate(self.index_to_key[:restrict_vocab]):
            known.setdefault(word.upper() if case_insensitive else word, i)
        rows = _unit(self.vectors[:restrict_vocab])
        sections, section = [], None
        with open(analogies, encoding="utf8") as file:
            for line in file:
                if line.startswith(": "):
                    section = {"section": line[2:].strip(), "correct": [], "incorrect": []}
                    sections.append(section)
                    continue
                words = line.upper().split() if case_insensitive else line.split()
                if section is None or len(words) != 4:
                    continue
                if any(word not in known for word in words):
                    if dummy4unknown:
                        section["incorrect"].append(tuple(words))
                    continue
                a, b, c, d = (known[word] for word in words)
                scores = rows @ (rows[b] - rows[a] + rows[c])
                scores[[a, b, c]] = -np.inf
                section["correct" if int(np.argmax(scores)) == d else "incorrect"].append(tuple(words))
        total = {"section": "Total accuracy", "correct": [q for s in sections for q in s["correct"]],
                 "incorrect": [q for s in sections for q in s["incorrect"]]}
        sections.append(total)
        asked = len(total["correct"]) + len(total["incorrect"])
        return (len(total["correct"]) / asked if asked else 0.0), sections

    # ---- Files

    @classmethod
    def load_word2vec_format(cls, fname, fvocab=None, binary=False, encoding="utf8", unicode_errors="strict",
                             limit=None, datatype=np.float32, no_header=False):
        """Reads any format of nce2vec, recognized by its content; the counts of a vocabulary, too."""
        if encoding.lower().replace("-", "") not in ("utf8", "ascii"):
            missing(f"load_word2vec_format(encoding={encoding!r})", f"iconv -f {encoding} -t UTF-8 converts the file")
        loaded = _vectors.load(fname)
        end = len(loaded) if limit is None else min(limit, len(loaded))
        words, counts = loaded.words[:end], loaded.counts[:end]
        if fvocab is not None:
            with opened(fvocab, "rt") as file:
                found = dict(line.rstrip("\n").rsplit(" ", 1) for line in file)
            counts = np.array([int(found.get(word, 0)) for word in words])
        return cls._made(words, np.array(loaded.matrix[:end], dtype=datatype), counts if counts.any() else None)

    def save_word2vec_format(self, fname, fvocab=None, binary=False, total_vec=None, write_header=True, prefix="",
                             append=False, sort_attr="count"):
        if append or prefix:
            missing("save_word2vec_format(append=..., prefix=...)", "write the lines with Python")
        rows = np.asarray(self.vectors, dtype=np.float32)
        order = range(len(self))
        if sort_attr in self.expandos:
            order = np.argsort(-self.expandos[sort_attr], kind="stable")
        if fvocab is not None:
            with opened(fvocab, "wt") as file:
                for i in order:
                    file.write(f"{self.index_to_key[i]} {self.get_vecattr(self.index_to_key[i], 'count')}\n")
        with opened(fname, "wb") as file:
            if write_header:
                file.write(f"{total_vec or len(self)} {self.vector_size}\n".encode())
            for i in order:
                word = self.index_to_key[i].encode("utf8")
                if binary:
                    file.write(word + b" " + rows[i].tobytes())
                else:
                    file.write(word + b" " + " ".join(repr(float(x)) for x in rows[i]).encode() + b"\n")

    def save(self, fname, *_, **__):
        """Writes a NumPy archive, which ``load`` reads: words, vectors and counts, without a pickle."""
        arrays = {"words": np.array(self.index_to_key, dtype=object).astype("U"), "vectors": self.vectors}
        if not all(isinstance(key, str) for key in self.index_to_key):
            arrays["keys_as_json"] = np.array(json.dumps(self.index_to_key, default=int))
        arrays.update({"attribute_" + name: values for name, values in self.expandos.items()})
        if self._trained is not None:
            arrays["model"] = np.frombuffer(self._trained.to_bytes(), dtype=np.uint8)
        with open(fname, "wb") as file:
            np.savez(file, **arrays)

    @classmethod
    def load(cls, fname, mmap=None, **_):
        """Reads what ``save`` wrote, also that of a model, gensim's own files, or vectors in any other of nce2vec's
        formats."""
        if not os.path.isdir(fname):
            with open(os.fspath(fname), "rb") as file:
                begin = file.read(2)
            if begin == b"PK":
                with np.load(fname, allow_pickle=False) as arrays:
                    if "vectors" in arrays and "words" in arrays:
                        return cls._of_arrays(arrays, str(fname))
        return cls.load_word2vec_format(fname)

    @classmethod
    def _of_arrays(cls, arrays, name):
        words, trained = arrays["words"].tolist(), None
        if "keys_as_json" in arrays or isinstance(words, str):  # of a model
            words = json.loads(str(arrays["keys_as_json"] if "keys_as_json" in arrays else words))
        if "model" in arrays and arrays["model"].size:
            trained = _vectors.Vectors.from_bytes(arrays["model"].tobytes(), name)
        if trained is not None and trained.has_subwords:
            from .fasttext import FastTextKeyedVectors
            cls = FastTextKeyedVectors
        counts = arrays["counts"] if "counts" in arrays and len(arrays["counts"]) == len(words) else None
        made = cls._made(words, arrays["vectors"], counts)
        made._trained = trained
        made.expandos.update({key[len("attribute_"):]: arrays[key] for key in arrays.files
                              if key.startswith("attribute_")})
        return made

    def intersect_word2vec_format(self, fname, lockf=0.0, binary=False, encoding="utf8", unicode_errors="strict"):
        """Takes the vectors of the words that both have; those words learn at lockf times the learning rate."""
        other = _vectors.load(fname)
        if other.dim != self.vector_size:
            raise ValueError(f"incompatible vector size {other.dim} in file {fname}")
        if len(self.vectors_lockf) != len(self):
            self.vectors_lockf = np.ones(len(self), dtype=np.float32)
        for word, i in self.key_to_index.items():
            if word in other:
                self.vectors[i] = other[word]
                self.vectors_lockf[i] = lockf

    def wmdistance(self, *_, **__):
        missing("wmdistance", "the package POT has optimal transport: ot.emd2 over 1 - cosines")


BaseKeyedVectors = Word2VecKeyedVectors = KeyedVectors
EuclideanKeyedVectors = KeyedVectors
W2VKV = KeyedVectors
