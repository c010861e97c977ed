"""Predictions: calibration.py against sums written out in NumPy, and agreement with gensim's predict_output_word."""

import json
import os
import unittest

import numpy as np
from helpers import FolderTest

import vectors
from library import Library


def text(sentences, seed):
    """Sentences of words of one topic, the first ones more often."""
    draw = np.random.default_rng(seed)
    lines = []
    for topic in draw.integers(8, size=sentences):
        lines.append(" ".join(f"w{topic * 5 + int(5 * u * u)}" for u in draw.random(7)))
    return "\n".join(lines) + "\n"


class Predictions(FolderTest):
    def setUp(self):
        super().setUp()
        self.write("text", text(3000, 1))

    def train(self, *arguments):
        self.program("train", "-q", "text", "--dim", "8", "--threads", "1", "--window", "3", "--subsample", "0", "-o",
                     "m.n2v", *arguments)
        self.program("convert", "-q", "m.n2v", "in.txt")
        self.program("convert", "-q", "m.n2v", "out.txt", "--vectors", "output")
        return vectors.load(self.path("in.txt")), vectors.load(self.path("out.txt"))

    def library(self):
        return os.path.join(os.path.dirname(os.path.abspath(os.environ["NCE2VEC"])), "libnce2vec.so")


class Calibration(Predictions):
    def measure(self, *arguments):
        self.write("heldout", text(200, 2))
        got = self.command("calibration.py", self.path("m.n2v"), self.path("heldout"), *arguments,
                           NCE2VEC_LIBRARY=self.library())
        self.assertEqual((got.returncode, got.stderr), (0, ""))
        return got.stdout

    def test_against_sums_in_numpy(self):
        """Without a bias, and with a uniform Q, P(w|c) is softmax(<x, y>); the mean is over the window."""
        rows, outputs = self.train("--objective", "infonce", "--noise-power", "0")
        got = json.loads(self.measure("--combine", "mean", "--repeat", "--places", "100000", "--json"))
        index = {word: i for i, word in enumerate(rows.words)}
        scores = np.exp(rows.rows.astype(float) @ outputs.rows.astype(float).T)
        chances = scores / scores.sum(1, keepdims=True)
        logs, first, predicted, right = [], 0, 0, 0
        for line in text(200, 2).splitlines():
            ids = [index[word] for word in line.split()]
            for at, word in enumerate(ids):
                weights = {near: 4 - abs(near - at) for near in range(max(0, at - 3), min(7, at + 4)) if near != at}
                p = sum(w * chances[ids[near]] for near, w in weights.items()) / sum(weights.values())
                logs.append(np.log(p[word]))
                first += p.argmax() == word
                inside = (p >= 0.1) & (p < 0.3)
                predicted, right = predicted + p[inside].sum(), right + inside[word]
        self.assertEqual(got["places"], len(logs))
        self.assertAlmostEqual(got["log_likelihood"], np.mean(logs), places=4)
        self.assertAlmostEqual(got["first"], first / len(logs), places=2)
        row = next(row for row in got["ranges"] if row["from"] == 0.1)
        self.assertAlmostEqual(row["predicted"] * row["words"] / predicted, 1, delta=0.01)
        self.assertAlmostEqual(row["right"] * row["words"] / right, 1, delta=0.01)

    def test_predictions_are_calibrated(self):
        self.train("--epochs", "10")
        got = json.loads(self.measure("--repeat", "--json"))
        for row in got["ranges"]:
            if row["words"] * (row["predicted"] or 0) > 100:
                self.assertTrue(0.7 < row["right"] / row["predicted"] < 1.4, row)
        others = json.loads(self.measure("--json"))  # places whose word is not beside it
        self.assertLess(others["places"], got["places"])
        self.assertTrue(-10 < others["log_likelihood"] < 0, others)
        shown = self.measure("--exact", "--places", "50")
        self.assertRegex(shown, r"^50 places, log-likelihood -\d\.\d+, perplexity \d+; right: .* mean sum 1.000\n"
                                r"probability +words +predicted +right\n0\.001 to 0\.003 ")

    def test_errors(self):
        self.train("--objective", "triplet")
        for arguments, says in ((("m.n2v", "text"), "the objective triplet does not define P(w|c)"),
                                (("m.n2v", "none"), "none: No such file")):
            got = self.command("calibration.py", *(self.path(name) for name in arguments),
                               NCE2VEC_LIBRARY=self.library())
            self.assertEqual(got.returncode, 1)
            self.assertEqual(got.stderr.count("\n"), 1, got.stderr)
            self.assertIn(says.split(": ")[-1], got.stderr)


class Agreement(Predictions):
    def gensim_model(self, rows, outputs):
        try:
            from gensim.models import Word2Vec
        except ImportError:
            self.skipTest("gensim is not installed")
        model = Word2Vec(vector_size=rows.dim, min_count=1, sg=0, cbow_mean=1, negative=5)
        model.build_vocab_from_freq({word: len(rows) - i for i, word in enumerate(rows.words)})
        self.assertEqual(model.wv.index_to_key, rows.words)
        model.wv.vectors, model.syn1neg = rows.rows.copy(), outputs.rows.copy()
        return model

    def test_with_gensim(self):
        """gensim takes exp of the scores as they are. sgns trains them to log P/Q - log k: they rank as P does where Q
        is uniform, and else as P/Q."""
        for power in ("0", "0.75"):
            rows, outputs = self.train("--objective", "sgns", "--model", "cbow", "--noise-power", power)
            model = self.gensim_model(rows, outputs)
            predictor = Library(self.library()).predictor(self.path("m.n2v"), exact="1", repeat="1")
            for context in ((0, 1), (3, 17, 22), (39, 5, 8, 8, 2)):
                theirs = model.predict_output_word([rows.words[i] for i in context], topn=len(rows))
                wanted = np.zeros(len(rows))
                wanted[[rows.words.index(word) for word, _ in theirs]] = [p for _, p in theirs]
                ids, p, _ = predictor.predict([(i, 0) for i in context], len(rows))
                ours = np.zeros(len(rows))
                ours[ids] = p
                if power == "0":
                    self.assertEqual([rows.words[i] for i in ids], [word for word, _ in theirs])
                ours /= predictor.counts ** float(power)
                np.testing.assert_allclose(ours / ours.sum(), wanted, rtol=1e-4)
            predictor.close()


if __name__ == "__main__":
    unittest.main()
