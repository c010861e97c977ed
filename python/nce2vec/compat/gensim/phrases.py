"""Phrases, with gensim's names."""

import itertools
import json
import math

from ... import _native as native
from ..._native import library
from ..._settings import Settings
from ..._watch import Watch
from ...corpus import Corpus
from ._missing import Offers, missing, names
from ._names import check_numbers, named
from ._tokens import Encoded, decode, encode

ENGLISH_CONNECTOR_WORDS = frozenset("a an the for of with without at from to in on by and or".split())
_PARAMETERS = {"connectors": "connector_words", "max-pairs": "max_vocab_size", "scorer": "scoring"}


def original_scorer(worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count):
    """That of Mikolov et al. 2013, times the number of different words and pairs."""
    return (bigram_count - min_count) / worda_count / wordb_count * len_vocab


def npmi_scorer(worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count):
    """Normalized pointwise mutual information; -inf for pairs that are too rare."""
    if bigram_count < min_count:
        return float("-inf")
    a, b, pair = (count / corpus_word_count for count in (worda_count, wordb_count, bigram_count))
    return math.log(pair / (a * b)) / -math.log(pair) if pair < 1 else float("-inf")


_SCORERS = {"default": "gensim", "npmi": "npmi", "original_scorer": "gensim", "npmi_scorer": "npmi",
            original_scorer: "gensim", npmi_scorer: "npmi"}


class _Joiner(Offers):
    """Joins the phrases of a table in sentences."""

    MISSING = {
        **names("vocab min_reduce", "export_phrases() has the phrases and their scores"),
        "score_candidate": "export_phrases() has the scores",
        **names("learn_vocab pseudocorpus", "add_vocab"),
    }

    def __init__(self, phrasegrams, connector_words, delimiter):
        self.phrasegrams, self.connector_words, self.delimiter = phrasegrams, connector_words, delimiter

    def analyze_sentence(self, sentence):
        """Yields (word or phrase, score), the score of a word is None."""
        start, between = None, []
        for word in sentence:
            if start is None:
                if word in self.connector_words:
                    yield word, None
                else:
                    start = word
                continue
            if word in self.connector_words:
                between.append(word)
                continue
            phrase = self.delimiter.join(map(str, [start, *between, word]))
            score = self.phrasegrams.get(phrase)
            if score is not None:
                yield phrase, score
                start = None
            else:
                yield start, None
                for connector in between:
                    yield connector, None
                start = word
            between = []
        if start is not None:
            yield start, None
            for connector in between:
                yield connector, None

    def __getitem__(self, sentences):
        """The words of one sentence, joined, or of many, when they are asked for."""
        iterator = iter(sentences)
        first = list(itertools.islice(iterator, 1))
        again = itertools.chain(first, iterator) if iterator is sentences else sentences
        if not first or isinstance(first[0], (str, int)):
            return [word for word, _ in self.analyze_sentence(again)]
        return _Joined(self, again)

    def find_phrases(self, sentences):
        """The phrases that occur in the sentences, with their scores."""
        return {phrase: score for sentence in sentences for phrase, score in self.analyze_sentence(sentence)
                if score is not None}

    def save(self, fname, *_, **__):
        """Writes the table as JSON, which ``load`` reads."""
        with open(fname, "w", encoding="utf8") as file:
            json.dump({"phrases": self.phrasegrams, "connectors": sorted(self.connector_words),
                       "delimiter": self.delimiter}, file, ensure_ascii=False)

    @classmethod
    def load(cls, fname, *_, **__):
        with open(fname, encoding="utf8") as file:
            read = json.load(file)
        return FrozenPhrases._made(read["phrases"], frozenset(read["connectors"]), read["delimiter"])


class _Joined:
    """Sentences with their phrases joined; may be read again where the sentences may."""

    def __init__(self, joiner, sentences):
        self._joiner, self._sentences = joiner, sentences

    def __iter__(self):
        for sentence in self._sentences:
            yield [word for word, _ in self._joiner.analyze_sentence(sentence)]


class Phrases(_Joiner):
    """Finds the pairs of words that occur together more often than by chance, and joins them."""

    def __init__(self, sentences=None, min_count=5, threshold=10.0, max_vocab_size=40000000, delimiter="_",
                 progress_per=10000, scoring="default", connector_words=frozenset(), common_terms=frozenset()):
        if callable(scoring) and scoring not in _SCORERS:
            missing("scoring functions of your own", "scoring is 'default' or 'npmi'")
        if scoring not in _SCORERS:
            raise ValueError(f"failed to find scoring function {scoring!r}: there are 'default' and 'npmi'")
        if isinstance(delimiter, bytes):
            delimiter = delimiter.decode()
        super().__init__({}, frozenset(connector_words) | frozenset(common_terms), delimiter)
        check_numbers({"min_count": min_count, "threshold": threshold, "max_vocab_size": max_vocab_size})
        self.min_count, self.threshold, self.scoring = min_count, threshold, scoring
        self.max_vocab_size, self.progress_per = max_vocab_size, progress_per
        self.corpus_word_count = 0
        self.common_terms = self.connector_words  # of gensim 3
        if sentences is not None:
            self.add_vocab(sentences)

    def add_vocab(self, sentences):
        if self.phrasegrams:
            missing("add_vocab on top of another text", "give all sentences at once: itertools.chain")
        corpus = Corpus(Encoded(sentences), Settings(native.FOR_TRAINING, {"tokenizer": "space", "min_count": 1}))
        self.corpus_word_count = corpus.info["tokens"]
        with _connector_file(self.connector_words) as connectors, named(_PARAMETERS):
            settings = {"scorer": _SCORERS[self.scoring], "threshold": self.threshold,
                        "min_count": max(self.min_count, 1), "delimiter": self.delimiter,
                        "max_pairs": max(min(self.max_vocab_size, 2147483647), 1000)}
            if connectors:
                settings["connectors"] = connectors
            with Watch() as watch:
                found = native.Handle(library.phrases_find, library.phrases_destroy, corpus,
                                      Settings(native.FOR_PHRASES, settings), watch.observer)
        info = native.PhrasesInfo()
        library.phrases_describe(found, info)
        for i in range(info.phrases):
            phrase = native.Phrase()
            library.phrases_at(found, i, phrase)
            words = [str(decode(word)) for word in phrase.text.decode("utf-8").split(" ")]
            self.phrasegrams[self.delimiter.join(words)] = phrase.score

    def export_phrases(self, sentences=None, *_, **__):
        if sentences is not None:  # of gensim 3
            missing("export_phrases(sentences)", "find_phrases(sentences) returns a dictionary")
        return dict(self.phrasegrams)

    def freeze(self):
        return FrozenPhrases(self)


class FrozenPhrases(_Joiner):
    """The table alone."""

    min_count = threshold = scoring = None  # a saved table does not have them

    def __init__(self, phrases_model):
        super().__init__(dict(phrases_model.phrasegrams), phrases_model.connector_words, phrases_model.delimiter)
        for name in ("min_count", "threshold", "scoring"):
            setattr(self, name, getattr(phrases_model, name, None))

    @classmethod
    def _made(cls, phrasegrams, connector_words, delimiter):
        made = cls.__new__(cls)
        _Joiner.__init__(made, phrasegrams, connector_words, delimiter)
        return made


Phraser = FrozenPhrases


class _connector_file:
    """The words in a file, as the library takes them."""

    def __init__(self, words):
        self._words, self._file = words, None

    def __enter__(self):
        if not self._words:
            return None
        import tempfile
        self._file = tempfile.NamedTemporaryFile("w", encoding="utf8", suffix=".txt")
        self._file.write("\n".join(encode(word) for word in sorted(self._words)) + "\n")
        self._file.flush()
        return self._file.name

    def __exit__(self, *_):
        if self._file:
            self._file.close()
