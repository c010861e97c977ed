"""FastText: Word2Vec with subwords, so that words that were never seen have vectors, too."""

import numpy as np

from ... import vectors as _vectors
from ._missing import missing, names
from ._names import check_numbers
from ._tokens import decode, encode
from .keyedvectors import KeyedVectors
from .word2vec import Word2Vec


class FastTextKeyedVectors(KeyedVectors):
    """Vectors of any word: those of the vocabulary are in the array, others are made of their n-grams."""

    MISSING = names("vectors_ngrams vectors_vocab buckets_word compatible_hash bucket min_n max_n adjust_vectors "
                    "recalc_char_ngram_buckets init_post_load",
                    "n-grams are in the library alone: wv[word] composes any word, and save_facebook_model writes them")
    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.vectors_vocab_lockf, self.vectors_ngrams_lockf = np.ones(1), np.ones(1)

    def _compose(self, key):
        if self._trained is None or not isinstance(key, str) or not key:
            return None
        try:
            return self._trained.compose(encode(key))
        except KeyError:
            return None

    def __contains__(self, key):
        return key in self.key_to_index or self._compose(key) is not None

    has_index_for = KeyedVectors.__contains__

    def get_vector(self, word, norm=False):
        row = None if word in self.key_to_index else self._compose(word)
        if row is None:
            return super().get_vector(word, norm)
        length = np.linalg.norm(row)
        return row / length if norm and length else row

    def get_sentence_vector(self, sentence):
        return self.get_mean_vector(sentence)


class FastText(Word2Vec):
    """A model of gensim's interface with subwords, hashed as fastText hashes them."""

    MISSING = {"load_binary_data": "load_facebook_model reads fastText's .bin files",
               "num_ngram_vectors": "n-grams are in the library alone"}
    _SUBWORDS = ("min_n", "max_n", "bucket")
    _PARAMETERS = {**Word2Vec._PARAMETERS, "minn": "min_n", "maxn": "max_n", "buckets": "bucket"}

    def __init__(self, sentences=None, corpus_file=None, sg=0, hs=0, vector_size=100, alpha=0.025, window=5,
                 min_count=5, max_vocab_size=None, word_ngrams=1, sample=0.001, seed=1, workers=3, min_alpha=0.0001,
                 negative=5, ns_exponent=0.75, cbow_mean=1, hashfxn=hash, epochs=5, null_word=0, min_n=3, max_n=6,
                 sorted_vocab=1, bucket=2000000, trim_rule=None, batch_words=10000, callbacks=(), max_final_vocab=None,
                 shrink_windows=True, **old):
        self.word_ngrams, self.min_n, self.max_n, self.bucket = word_ngrams, min_n, max_n, bucket
        super().__init__(sentences, corpus_file=corpus_file, vector_size=vector_size, alpha=alpha, window=window,
                         min_count=min_count, sample=sample, seed=seed, workers=workers, min_alpha=min_alpha, sg=sg,
                         hs=hs, negative=negative, ns_exponent=ns_exponent, cbow_mean=cbow_mean, epochs=epochs,
                         trim_rule=trim_rule, batch_words=batch_words, callbacks=callbacks,
                         max_final_vocab=max_final_vocab, shrink_windows=shrink_windows, **old)

    def _settings(self, **changes):
        settings = super()._settings(**changes)
        check_numbers({name: getattr(self, name) for name in self._SUBWORDS})
        if self.word_ngrams and self.min_n <= self.max_n:
            settings.update(subwords="fasttext", minn=self.min_n, maxn=self.max_n, buckets=self.bucket)
        return settings

    def _take_counts(self, counts, update):
        super()._take_counts(counts, update)
        self._give_subwords()

    def _give_subwords(self):
        made = FastTextKeyedVectors(self.vector_size)
        made.__dict__.update(self.wv.__dict__)
        made._trained = self._trained
        self.wv = made

    def _put(self, trainer):
        if self._trained is not None:
            trainer.start_from(self._trained)

    def _lock(self, trainer):
        locks = (self.wv.vectors_lockf, self.wv.vectors_vocab_lockf, self.wv.vectors_ngrams_lockf)
        if not all((np.asarray(lock) == 1).all() for lock in locks):
            missing("a lockf other than 1", "words share their n-grams; learn_vectors = False keeps all of them")
        super()._lock(trainer)

    def _take(self, trainer):
        super()._take(trainer)
        self._trained = self.wv._trained = trainer.vectors

    def _parameters(self):
        return {**super()._parameters(), **{name: getattr(self, name) for name in self._SUBWORDS}}

    @staticmethod
    def load_fasttext_format(model_file, encoding="utf-8"):
        return load_facebook_model(model_file, encoding)

    @classmethod
    def load(cls, fname, *arguments, **named):
        """Reads what ``save`` wrote."""
        model = super().load(fname, *arguments, **named)
        model._give_subwords()
        return model

    def __str__(self):
        return f"FastText<vocab={len(self.wv)}, vector_size={self.vector_size}, alpha={self.alpha}>"


def save_facebook_model(model, path, *_, **__):
    """Writes a trained model as fastText's .bin."""
    if model._trained is None:
        raise RuntimeError("you must first train the model")
    model._trained.save(path, format="fasttext")


def _keyed(loaded):
    made = FastTextKeyedVectors._made([decode(word) for word in loaded.words], np.array(loaded.matrix), loaded.counts)
    made._trained = loaded
    return made


def load_facebook_vectors(path, encoding="utf-8"):
    """The vectors of a .bin file of fastText, with its subwords."""
    return _keyed(_vectors.load(path))


def load_facebook_model(path, encoding="utf-8"):
    """The model of a .bin file of fastText, to train on. Output vectors of hierarchical softmax begin anew."""
    loaded = _vectors.load(path)
    record = dict(loaded.record)
    if "model" not in record or "window" not in record:
        raise ValueError(f"{path} is no .bin file of fastText: load_facebook_vectors reads vectors in any format")
    parts = {"min_n": int(record["minn"]), "max_n": int(record["maxn"]), "bucket": int(record["buckets"])} \
        if "maxn" in record else {"min_n": 1, "max_n": 0}
    model = FastText(vector_size=loaded.dim, sg=int(record["model"] == "skipgram"), window=int(record["window"]),
                     epochs=int(record["epochs"]), min_count=int(record["min-count"]),
                     negative=int(record["noise"]) or 5, sample=float(record["subsample"]), **parts)
    model.wv, model._trained = _keyed(loaded), loaded
    model.syn1neg = np.zeros_like(loaded.matrix) if loaded.output_matrix is None else np.array(loaded.output_matrix)
    model.corpus_total_words = int(loaded.counts.sum())
    return model
