"""Word2Vec, with the names of gensim 3 and 4."""

import itertools
import json
import os
import tempfile
import time

import numpy as np

from ... import _native as native
from ... import vectors as _vectors
from ..._settings import Settings
from ...corpus import Corpus
from ...training import Trainer
from .callbacks import CallbackAny2Vec
from .keyedvectors import KeyedVectors
from .text import MAX_WORDS_IN_BATCH, LineSentence, PathLineSentences, Text8Corpus  # as in gensim
from ._missing import Offers, missing, names
from ._names import check_numbers, named
from ._tokens import Encoded, decode, encode

FAST_VERSION = 1  # of gensim: compiled
# Names of gensim 3.
_RENAMED = {"size": "vector_size", "iter": "epochs"}
_NUMBERS = ("vector_size", "alpha", "window", "min_count", "seed", "workers", "ns_exponent", "epochs")
_NUMBERS_OR_NONE = ("sample", "min_alpha", "negative", "max_final_vocab")
# hashfxn, null_word, sorted_vocab, comment and max_vocab_size are accepted and have no effect: the library sorts its
# vocabulary, counts all words, and draws the first vectors by itself.
_SAVED = ("vector_size", "alpha", "window", "min_count", "sample", "seed", "workers", "min_alpha", "sg", "hs",
          "negative", "ns_exponent", "cbow_mean", "epochs", "max_final_vocab", "shrink_windows", "corpus_count",
          "corpus_total_words")


class Word2Vec(Offers):
    """A model of gensim's interface that nce2vec trains.

    ``wv`` has the input vectors, ``syn1neg`` the output vectors (None with negative=0), both NumPy arrays that may be
    changed between trainings. The nodes of the tree (hs=1) are only in the library.
    """

    MISSING = {
        "syn1": "the nodes of the tree are in the library alone; score and further trainings use them",
        "delete_temporary_training_data": "delete the model, and keep model.wv",
        **names("accuracy log_accuracy", "wv.evaluate_word_analogies"),
        "load_word2vec_format": "KeyedVectors.load_word2vec_format",
        "syn1neg_lockf": "learn_hidden = False keeps all output vectors",
        **names("scan_vocab prepare_vocab prepare_weights init_weights update_weights reset_weights finalize_vocab "
                "sort_vocab add_null_word create_binary_tree make_cum_table cum_table raw_vocab seeded_vector random "
                "clear_sims", "build_vocab does all of it"),
    }
    # gensim 3 had these of the vectors of a model, too.
    _OF_VECTORS = ("most_similar", "similarity", "most_similar_cosmul", "similar_by_word", "similar_by_vector",
                   "doesnt_match", "n_similarity", "evaluate_word_pairs", "wmdistance", "init_sims",
                   "intersect_word2vec_format", "save_word2vec_format", "vocab", "index2word", "syn0", "syn0norm")
    _trained = None  # nce2vec.Vectors with what is not in the arrays; None: nothing is trained, or all is
    _written = {}  # names of gensim 3 that the parameters were given by
    # The parameters that settings of the library come from.
    _PARAMETERS = {"dim": "vector_size", "subsample": "sample", "threads": "workers", "lr": "alpha",
                   "end-lr": "min_alpha", "noise": "negative", "noise-power": "ns_exponent",
                   "max-vocab": "max_final_vocab"}

    def __init__(self, sentences=None, corpus_file=None, vector_size=100, alpha=0.025, window=5, min_count=5,
                 max_vocab_size=None, sample=0.001, seed=1, workers=3, min_alpha=0.0001, sg=0, hs=0, negative=5,
                 ns_exponent=0.75, cbow_mean=1, hashfxn=hash, epochs=5, null_word=0, trim_rule=None, sorted_vocab=1,
                 batch_words=10000, compute_loss=False, callbacks=(), comment=None, max_final_vocab=None,
                 shrink_windows=True, **old):
        values = {name: value for name, value in locals().items() if name in _SAVED}
        for name, value in old.items():
            if name not in _RENAMED:
                raise TypeError(f"unexpected keyword argument '{name}'")
            values[_RENAMED[name]] = value
        self.__dict__.update(values)
        self._written = {_RENAMED[name]: name for name in old}
        self.corpus_count = self.corpus_total_words = 0
        self.train_count, self.running_training_loss = 0, 0.0
        self.callbacks = callbacks or ()
        self.compute_loss, self.batch_words = compute_loss, batch_words
        self.max_vocab_size, self.hashfxn, self.null_word, self.sorted_vocab, self.comment = (
            max_vocab_size, hashfxn, null_word, sorted_vocab, comment)  # without effect
        self._check()
        self.total_train_time, self.min_alpha_yet_reached = 0.0, float(self.alpha)
        self.wv = KeyedVectors(self.vector_size)
        self.syn1neg = None
        self._corpus = self._source = None
        if sentences is not None or corpus_file is not None:
            self.build_vocab(sentences, corpus_file=corpus_file, trim_rule=trim_rule)
            self.train(sentences, corpus_file=corpus_file, epochs=self.epochs, callbacks=self.callbacks,
                       compute_loss=compute_loss)

    def _check(self):
        if not self.negative and not self.hs:
            raise ValueError("You must set either 'hs' or 'negative' to be positive for proper training.")
        if not self.cbow_mean and not self.sg:
            missing("cbow_mean=0", "the mean trains the same model with another scale of the vectors")
        check_numbers({self._written.get("epochs", "epochs"): self.epochs})
        with self._named():
            Settings(native.FOR_TRAINING, self._settings(epochs=1)).check()

    # ---- Settings

    def _named(self, **changed):
        """Errors name parameters as the caller has written them. changed: those of other settings."""
        names = {setting: self._written.get(name, name) for setting, name in
                 {**self._PARAMETERS, "epochs": "epochs"}.items()}
        return named({**names, **changed})

    @property
    def iter(self):
        return self.epochs

    @iter.setter
    def iter(self, epochs):
        self.epochs = epochs

    # Of forks of gensim 3, such as that of TWEC and CADE; a model may set its own.
    learn_vectors = learn_hidden = True

    @property
    def vectors_lockf(self):
        """As in gensim 3, a number for each word: the factor of its learning rate."""
        if len(self.wv.vectors_lockf) != len(self.wv):
            self.wv.vectors_lockf = np.resize(np.asarray(self.wv.vectors_lockf, dtype=np.float32), len(self.wv))
        return self.wv.vectors_lockf

    @vectors_lockf.setter
    def vectors_lockf(self, factors):
        self.wv.vectors_lockf = factors

    syn0_lockf = vectors_lockf
    trainables = vocabulary = property(lambda self: self)
    effective_min_count = property(lambda self: self.min_count)
    size = property(lambda self: self.vector_size)
    layer1_size = property(lambda self: self.vector_size)

    def _settings(self, **changes):
        check_numbers({self._written.get(name, name): getattr(self, name) for name in _NUMBERS + _NUMBERS_OR_NONE
                       if name in _NUMBERS or getattr(self, name) is not None})
        settings = {
            "objective": "sgns" if not self.hs else "hs:sgns=1" if self.negative else "hs",
            "model": "skipgram" if self.sg else "cbow", "dim": self.vector_size,
            "window": self.window, "min_count": max(self.min_count, 1), "subsample": self.sample or 0,
            "seed": self.seed,
            "threads": max(self.workers, 1), "lr": self.alpha, "end_lr": self.min_alpha, "epochs": self.epochs,
            "tokenizer": "space",
        }
        if self.negative:
            settings.update(noise=self.negative, noise_power=self.ns_exponent)
        if not self.shrink_windows:
            settings["window_weights"] = "flat"
        if not self.sg:
            settings["cbow_gradient"] = "word2vec"
        if self.max_final_vocab:
            settings["max_vocab"] = self.max_final_vocab
        settings.update(changes)
        if settings["end_lr"] is None or settings["end_lr"] >= settings["lr"]:
            del settings["end_lr"]
            settings["schedule"] = "constant"
        return settings

    # ---- Vocabulary

    @staticmethod
    def _sentences(sentences, corpus_file):
        if (sentences is None) == (corpus_file is None):
            raise TypeError("You must provide exactly one of corpus_iterable and corpus_file arguments.")
        if sentences is None:
            return os.fspath(corpus_file)
        if isinstance(sentences, str):
            raise TypeError("sentences is a list of lists of words, not a string; corpus_file takes a path")
        return Encoded(sentences)

    def build_vocab(self, corpus_iterable=None, corpus_file=None, update=False, progress_per=10000,
                    keep_raw_vocab=False, trim_rule=None, sentences=None, **_):
        """Counts the words; with update, adds those of this text to the words that are there."""
        source = sentences if corpus_iterable is None else corpus_iterable
        selected = update or trim_rule is not None
        with self._named():
            settings = Settings(native.FOR_TRAINING, self._settings(**({"min_count": 1} if selected else {})))
            counted = Corpus(self._sentences(source, corpus_file), settings)
        counts = counted.counts
        if trim_rule is not None:
            counts = _trimmed(counts, trim_rule, self.min_count)
        elif update:
            counts = {word: count for word, count in counts.items() if count >= self.min_count}
        self._take_counts({decode(word): count for word, count in counts.items()}, update)
        info = counted.info
        self.corpus_count, self.corpus_total_words = info["lines"], info["tokens"]
        if not selected:
            self._corpus, self._source = counted, corpus_file if source is None else source

    def build_vocab_from_freq(self, word_freq, keep_raw_vocab=False, corpus_count=None, trim_rule=None, update=False):
        """The words and counts of a dictionary."""
        counts = _trimmed(word_freq, trim_rule, self.min_count) if trim_rule else {
            word: count for word, count in word_freq.items() if count >= self.min_count}
        self._take_counts(counts, update)
        self.corpus_count = corpus_count or 0
        self.corpus_total_words = sum(word_freq.values())

    def _take_counts(self, counts, update):
        if not counts:
            raise RuntimeError("you must first build vocabulary before training the model")
        old = {}
        if update:
            old = {word: self.wv.get_vecattr(word, "count") for word in self.wv.index_to_key}
            counts = {word: old.get(word, 0) + counts.get(word, 0) for word in {**old, **counts}}
        rows, outputs, before = self.wv.vectors, self.syn1neg, self.wv.key_to_index
        words = sorted(counts, key=lambda word: -counts[word])
        random = np.random.RandomState(self.seed % 2 ** 32)
        vectors = ((random.rand(len(words), self.vector_size) - 0.5) / self.vector_size).astype(np.float32)
        trained = np.zeros_like(vectors)
        for i, word in enumerate(words):
            if update and word in before:
                vectors[i] = rows[before[word]]
                if outputs is not None:
                    trained[i] = outputs[before[word]]
        self.wv = KeyedVectors._made(words, vectors, [counts[word] for word in words])
        self._trained = self._trained if update else None
        self.syn1neg = trained if self.negative else None
        self._corpus = self._source = None

    # ---- Training

    def train(self, corpus_iterable=None, corpus_file=None, total_examples=None, total_words=None, epochs=None,
              start_alpha=None, end_alpha=None, word_count=0, queue_factor=2, report_delay=1.0, compute_loss=False,
              callbacks=(), sentences=None, **_):
        """Trains on a text; on another one than that of build_vocab, its unknown words are skipped.

        Returns (words after subsampling is not known: all words, all words), as gensim returns two numbers of words.
        """
        source = sentences if corpus_iterable is None else corpus_iterable
        if not len(self.wv):
            raise RuntimeError("you must first build vocabulary before training the model")
        if epochs is None:
            epochs = self.epochs
        if epochs < 1:
            raise ValueError("You must specify an explicit epochs count.")
        # gensim's model keeps them.
        self.epochs, self.alpha, self.min_alpha = epochs, start_alpha or self.alpha, end_alpha or self.min_alpha
        given = corpus_file if source is None else source
        if source is not None and type(self)._do_train_job is not Word2Vec._do_train_job:
            source = given = _Jobs(self, source)
        written = {**({"lr": "start_alpha"} if start_alpha else {}), **({"end-lr": "end_alpha"} if end_alpha else {})}
        with tempfile.TemporaryDirectory() as folder, self._named(**written):
            if self._corpus is not None and (given is None or given is self._source):
                trainer = Trainer(self._corpus, progress=False, **self._settings())
            else:
                settings = self._settings(read_vocab=self._vocabulary_file(folder))
                trainer = Trainer(self._sentences(source, corpus_file), progress=False, **settings)
        self._put(trainer)
        self._lock(trainer)
        self.running_training_loss = 0.0
        callbacks = list(callbacks or ())
        _call(callbacks, "on_train_begin", self)
        _call(callbacks, "on_epoch_begin", self)
        pairs = [0]

        def on_epoch(end, running):
            info = running.info
            self.running_training_loss += end.loss * (info["pairs"] - pairs[0])
            pairs[0] = info["pairs"]
            if callbacks:
                self._take(running)
                _call(callbacks, "on_epoch_end", self)
                if end.epoch < end.epochs:
                    _call(callbacks, "on_epoch_begin", self)

        begin = time.monotonic()
        with self._named(**written):
            trainer.run(callbacks=[on_epoch])
        self.total_train_time += time.monotonic() - begin
        self.min_alpha_yet_reached = float(self.alpha if self.min_alpha is None else self.min_alpha)
        self._take(trainer)
        self.train_count += 1
        _call(callbacks, "on_train_end", self)
        words = trainer.info["words"]
        return words, words

    def _do_train_job(self, sentences, alpha, inits):
        """For subclasses that make other sentences of a batch, as fastnode2vec does: these are trained on."""
        self._job.extend(sentences)
        words = sum(map(len, sentences))
        return words, words

    def _vocabulary_file(self, folder):
        path = os.path.join(folder, "vocabulary")
        with open(path, "w", encoding="utf8") as file:
            for word in self.wv.index_to_key:
                file.write(f"{encode(word)}\t{self.wv.get_vecattr(word, 'count')}\n")
        return path

    def _order(self, trainer):
        """Which row of wv each row of the trainer is."""
        words = [decode(word) for word in trainer.vectors.words]
        if words == self.wv.index_to_key:
            return slice(None)
        return np.array([self.wv.key_to_index[word] for word in words])

    def _put(self, trainer):
        order = self._order(trainer)
        if self._trained is not None:
            trainer.start_from(self._trained)
        trainer.set_rows(np.asarray(self.wv.vectors, dtype=np.float32)[order])
        if self.syn1neg is not None:
            trainer.set_rows(np.asarray(self.syn1neg, dtype=np.float32)[order], output=True)

    def _lock(self, trainer):
        """Factors of learning rates. As in gensim, those of vectors_lockf come again where there are fewer than
        words."""
        factors = np.resize(np.asarray(self.wv.vectors_lockf, dtype=np.float32), len(self.wv))[self._order(trainer)]
        if not self.learn_vectors:
            factors = np.zeros_like(factors)
        if not (factors == 1).all():
            trainer.set_rates(factors)
        if not self.learn_hidden:
            trainer.set_rates(np.zeros(len(self.wv), dtype=np.float32), output=True)

    def _take(self, trainer):
        order, vectors = self._order(trainer), trainer.vectors
        self.wv.vectors[order] = vectors.matrix
        if self.negative:
            self.syn1neg[order] = vectors.output_matrix
        if self.hs:
            self._trained = vectors

    def get_latest_training_loss(self):
        """The loss of the last training so far: the sum over the positive pairs of its epochs, estimated on a
        sample."""
        return self.running_training_loss

    # ---- Use

    def predict_output_word(self, context_words_list, topn=10):
        """The words most probable between the context words, with probabilities; None where no word is known."""
        if self.syn1neg is None:
            raise RuntimeError("predict_output_word needs output vectors: train with negative above 0, or use nce2vec "
                               "predict")
        rows = [self.wv.key_to_index[word] for word in context_words_list if word in self.wv]
        if not rows:
            return None
        context = self.wv.vectors[rows].mean(axis=0)
        scores = self.syn1neg @ context
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        return [(self.wv.index_to_key[i], float(shares[i])) for i in np.argsort(-shares)[:topn]]

    def estimate_memory(self, *_, **__):
        missing("estimate_memory", "nce2vec train --dry-run prints it")

    def score(self, sentences, total_sentences=int(1e6), chunksize=100, queue_factor=2, report_delay=1):
        """The log-likelihood of each sentence: the sum over all pairs of a word and a word of its window, as
        trained."""
        if not self.hs:
            raise RuntimeError("score needs a model with hs=1; nce2vec.Vectors.line_likelihoods scores others, too")
        if self._trained is None:
            raise RuntimeError("you must first train the model")
        lines = self._trained.line_likelihoods(Encoded(itertools.islice(sentences, total_sentences)),
                                               window_weights="flat", threads=max(self.workers, 1))
        return np.nan_to_num(lines["exact"] * lines["weight"]).astype(np.float32)

    def reset_from(self, *_, **__):
        missing("reset_from", "copy the model")

    def __getitem__(self, word):
        return self.wv[word]

    def __contains__(self, word):
        return word in self.wv

    def __getattr__(self, name):
        return getattr(self.wv, name) if name in self._OF_VECTORS else super().__getattr__(name)

    # ---- Files

    def __getstate__(self):
        """Without the text, which only the library has: a copy reads the one that `train` gets."""
        trained = None if self._trained is None else _vectors.Vectors.from_bytes(self._trained.to_bytes())
        return {**self.__dict__, "_corpus": None, "_source": None, "_trained": trained}

    def _parameters(self):
        return {name: getattr(self, name) for name in _SAVED}

    def save(self, fname, *_, **__):
        """Writes a NumPy archive, which ``load`` reads, without a pickle: words, vectors, counts, parameters, and of
        hs=1 the whole model."""
        words = json.dumps(self.wv.index_to_key)
        model = b"" if self._trained is None else self._trained.to_bytes()
        with open(fname, "wb") as file:
            np.savez(file, words=np.array(words), vectors=self.wv.vectors,
                     counts=self.wv.expandos.get("count", np.zeros(0)),
                     syn1neg=self.syn1neg if self.syn1neg is not None else np.zeros((0, 0), np.float32),
                     parameters=np.array(json.dumps(self._parameters())), model=np.frombuffer(model, dtype=np.uint8))

    @classmethod
    def load(cls, fname, *_, **__):
        """Reads what ``save`` wrote."""
        with open(fname, "rb") as file:
            start = file.read(2)
            if start[:1] == b"\x80":
                raise ValueError(f"{fname} is a pickle, which can run any program: KeyedVectors.load and nce2vec.load "
                                 "read its vectors without running it; to train on, set wv.vectors of a new model")
            if start != b"PK":
                raise ValueError(f"{fname} was not written by save of this class: KeyedVectors.load and "
                                 "nce2vec.load read files of vectors")
        with np.load(fname, allow_pickle=False) as arrays:
            if "parameters" not in arrays:
                raise ValueError(f"{fname} has vectors and no model: KeyedVectors.load reads it")
            parameters = json.loads(str(arrays["parameters"]))
            counted = {name: parameters.pop(name) for name in ("corpus_count", "corpus_total_words")}
            model = cls(**parameters)
            model.__dict__.update(counted)
            model.wv = KeyedVectors._made(json.loads(str(arrays["words"])), arrays["vectors"], arrays["counts"])
            model.syn1neg = arrays["syn1neg"] if arrays["syn1neg"].size else None
            if "model" in arrays and arrays["model"].size:
                model._trained = _vectors.Vectors.from_bytes(arrays["model"].tobytes(), str(fname))
        return model

    def __str__(self):
        return f"Word2Vec<vocab={len(self.wv)}, vector_size={self.vector_size}, alpha={self.alpha}>"


class _Jobs:
    """Sentences as a subclass's _do_train_job makes them, from batches of some words."""

    def __init__(self, model, sentences):
        self._model, self._sentences = model, sentences

    def _batches(self):
        batch, words = [], 0
        for sentence in self._sentences:
            batch.append(sentence)
            words += len(sentence)
            if words >= self._model.batch_words:
                yield batch
                batch, words = [], 0
        if batch:
            yield batch

    def __iter__(self):
        model = self._model
        for batch in self._batches():
            model._job = []
            model._do_train_job(batch, model.alpha, None)
            yield from model._job
        model._job = None


def _trimmed(counts, rule, min_count):
    keep = {}
    for word, count in counts.items():
        decision = rule(decode(word) if isinstance(word, str) else word, count, min_count)
        if decision == 2 or (decision != 1 and count >= min_count):  # gensim.utils: RULE_DISCARD is 1, RULE_KEEP is 2
            keep[word] = count
    return keep


def _call(callbacks, name, model):
    for callback in callbacks:
        getattr(callback, name)(model)


__all__ = ["CallbackAny2Vec", "KeyedVectors", "LineSentence", "PathLineSentences", "Text8Corpus", "Word2Vec"]
