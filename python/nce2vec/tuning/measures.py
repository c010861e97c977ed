"""What a tuning is for: scores of a training, each on data that chooses and on data that does not."""

import math
import os
import random

from .. import _native as native
from .. import objectives
from .._native import library
from .._settings import Settings
from ..corpus import Corpus
from .text import held_lines

MIN_PAIRS = 10        # that a half must have, and that vectors must know
HELD_SESSIONS = 5000  # whose last item is predicted
HELD_BYTES = 1 << 20  # of text whose likelihood is measured
HITS = 10


class Pairs:
    """Spearman's correlation of cosines with the scores of word pairs, on two halves of the pairs."""

    name, unit, share, sessions = "pairs", "Spearman's rho x 100", 0, False
    without = ("min_count", "max_vocab")  # pairs with a missing word do not count: fewer words would look better

    def __init__(self, path, folder, seed):
        if not os.path.exists(path):
            raise native.ArgumentError(f"cannot read {path}: a tuning is for heldout, hitrate, or a file of word "
                                       "pairs")
        # Reports what is malformed.
        native.Handle(library.pairs_load, library.pairs_destroy, native.path_bytes(path), None)
        try:
            with open(path, encoding="utf-8-sig") as file:
                lines = [line.strip() for line in file]
        except UnicodeDecodeError:
            raise native.FormatError(f"{path} is not UTF-8: convert it with iconv -f ENCODING -t UTF-8") from None
        lines = [line for line in lines if line and not (line.startswith("#") and line[1:2].strip() == "")]
        if len(lines) < 2 * MIN_PAIRS:
            raise native.DataError(f"{path} has {len(lines)} word pairs: at least {2 * MIN_PAIRS} are needed, half "
                                   "of them to choose the settings and half of them to measure the gain")
        random.Random(seed).shuffle(lines)
        self._halves = [os.path.join(folder, name) for name in ("pairs.choose", "pairs.test")]
        for half, path in enumerate(self._halves):
            with open(path, "w", encoding="utf-8") as file:
                file.write("\n".join(lines[half::2]) + "\n")

    def prepare(self, text, base):
        pass

    def score(self, vectors, test, settings):
        found = vectors.evaluate_pairs(self._halves[test])
        if found["found"] < MIN_PAIRS:
            raise native.DataError(f"the vectors have the words of {found['found']} of {found['pairs']} pairs: at "
                                   f"least {MIN_PAIRS} are needed; a longer text, or other pairs")
        return 100 * found["spearman"]

    def shown(self, score):
        return f"{score:.2f}"


class Heldout:
    """The log-likelihood of pairs of held-out words: exact, so that noise words and objectives do not matter."""

    name, unit, share, sessions = "heldout", "bits for each pair of held-out words, fewer are better", 0.03, False
    # These decide which words there are, or which pairs are weighed: likelihoods of others cannot be compared.
    without = ("min_count", "max_vocab", "window_weights", "model", "tokenizer", "phrases")

    def __init__(self, folder):
        self._folder = folder

    def prepare(self, text, base):
        name = (base.get("objective") or "nce").partition(":")[0]
        if name in objectives.names() and not objectives.describe(name)["has_log_probability"]:
            raise native.ArgumentError(f"the objective {name} does not define P(w|c), which a held-out likelihood "
                                       "needs: tune for word pairs, or take another objective, such as nce")
        defaults = Settings(native.FOR_TRAINING, base)
        self._window = defaults.get("window")
        self._paths = []
        for test, path in enumerate((text.choose, text.test)):
            size = os.path.getsize(path)
            if size == 0:
                raise native.DataError("the text is too short: no line was held out")
            lines = held_lines(path, 1 << 62)
            step = max(1, -(-size // HELD_BYTES))
            self._paths.append(os.path.join(self._folder, f"held{test}"))
            with open(self._paths[test], "wb") as file:
                file.write(b"\n".join(lines[::step]) + b"\n")

    def score(self, vectors, test, settings):
        training = Settings(native.FOR_TRAINING, settings)
        text = Corpus(self._paths[test], training, vocabulary=vectors)
        found = native.Likelihood()
        how = Settings(native.FOR_LIKELIHOOD, {"window": self._window, "threads": training.get("threads")})
        library.likelihood_measure(found, vectors._handle, text, how, None, None)
        return found.exact / math.log(2)

    def shown(self, score):
        return f"{-score:.4f}"


class HitRate:
    """The share of held-out sessions whose last item is among the ten nearest of the one before, or of all before."""

    name, share, sessions, without = "hitrate", 0.1, True, ()

    def __init__(self, query):
        self._query = query
        what = "the item before it" if query == "last" else "the mean of the items before it"
        self.unit = f"% of held-out sessions whose last item is among the {HITS} nearest to {what}"

    def prepare(self, text, base):
        # The first field of each line is a weight.
        first = 1 if str(base.get("weighted", "")) in ("1", "True") else 0
        self._tokenized = Settings(native.FOR_TRAINING, base).get("tokenizer") != "space"
        self._questions = []
        for path in (text.choose, text.test):
            questions = []
            for line in held_lines(path, HELD_SESSIONS):
                items = line.decode("utf-8", "replace").split()[first:]
                items = [item for i, item in enumerate(items) if not i or item != items[i - 1]]
                if len(items) > 1:
                    questions.append(items)
            if len(questions) < MIN_PAIRS:
                raise native.DataError(f"{len(questions)} held-out sessions have two items or more: at least "
                                       f"{MIN_PAIRS} are needed, of a tenth of the lines; a line is a session")
            self._questions.append(questions)

    def score(self, vectors, test, settings):
        asked, wanted = [], []
        for items in self._questions[test]:
            if self._tokenized:
                items = vectors.tokenize(" ".join(items))
            before = items[-2:-1] if self._query == "last" else list(dict.fromkeys(items[:-1]))
            known = [item for item in before if item in vectors and item != items[-1]]
            if known and items[-1] in vectors:
                asked.append((known, ()))
                wanted.append(items[-1])
        answers = vectors.most_similar_many(asked, k=HITS)
        hits = sum(any(word == right for word, _ in answer) for answer, right in zip(answers, wanted))
        return 100 * hits / len(self._questions[test])

    def shown(self, score):
        return f"{score:.2f}"


def make(purpose, folder, seed, query):
    """The measure of --for: heldout, hitrate, or a file of word pairs."""
    if purpose == "heldout":
        return Heldout(folder)
    if purpose == "hitrate":
        return HitRate(query)
    return Pairs(purpose, folder, seed)
