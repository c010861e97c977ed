"""nce2vec likelihood against sums written out in Python from the exported tensors."""

import json
import math
import struct
import unittest

from models import read_n2v, read_safetensors
from support import CommandTest, text

TRAINING = ("--dim", "10", "--epochs", "4", "--threads", "1", "--window", "3", "--subsample", "0.05")
NOISE = ("--noise", "6")
QUANTILES = (0, 0.05, 0.25, 0.5, 0.75, 0.95, 1)


def shrink(distance, window):
    return (window + 1 - distance) / window


def pairs(sentences, words, window, weigh):
    """(context, word, weight) of all pairs of known words."""
    for sentence in sentences:
        ids = [words[word] for word in sentence.split() if word in words]
        for i, word in enumerate(ids):
            for k in range(max(0, i - window), min(len(ids), i + window + 1)):
                if k != i:
                    yield ids[k], word, weigh(abs(i - k), window)


def bags(sentences, words, window):
    """(the words around, word, weight) of the windows of each reach, those of the same words together."""
    for sentence in sentences:
        ids = [words[word] for word in sentence.split() if word in words]
        for i, word in enumerate(ids):
            reaches = [(*ids[max(0, i - reach):i], *ids[i + 1:i + 1 + reach]) for reach in range(1, window + 1)]
            for around in sorted({around for around in reaches if around}, key=len):
                yield around, word, reaches.count(around) / window


class Likelihood(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", text(sentences=600))
        self.heldout = text(sentences=50, seed=9).decode() + "word3 nowhere word4\nword5\n"
        self.write("heldout", self.heldout.encode())

    def measure(self, *arguments):
        done = self.succeeds("likelihood", *arguments, "--json")
        return json.loads(done.stdout), done

    def test_messages_name_no_option_of_other_commands(self):
        self.train("text", "-o", "a.n2v", *TRAINING)
        self.write("other", b"quite other words\n")
        self.fails(1, "with the same tokenizer?", "likelihood", "a.n2v", "other")

    def test_numbers_beyond_json(self):
        self.train("text", "-o", "a.safetensors", "--objective", "nce", *TRAINING, *NOISE)
        content = bytearray(self.read("a.safetensors"))
        (length,) = struct.unpack_from("<Q", content)
        at = json.loads(content[8:8 + length])["output_bias"]["data_offsets"][0]
        struct.pack_into("<f", content, 8 + length + at, 2000)
        self.write("a.safetensors", bytes(content))
        said, _ = self.measure("a.safetensors", "heldout")
        self.assertIsNone(said["exact"]["perplexity"])
        self.assertGreater(said["log_z"]["mean"], 1900)

    def brute_force(self, temperature=1, log_q=None, log_k=0, window=3, weigh=shrink):
        """Exact and self-normalised log-likelihood, and (log Z, weight) of each context, from the tensors."""
        tensors, _ = read_safetensors(self.read("a.safetensors"))
        words = {word: i for i, word in enumerate(self.read("a.vocab.txt").decode().split("\n")[:-1])}
        dim = tensors["input"][0][1]
        x, y, bias = (tensors[name][1] for name in ("input", "output", "output_bias"))

        def estimate(c, w):
            score = sum(x[c * dim + d] * y[w * dim + d] for d in range(dim)) + bias[w]
            return score / temperature + (log_q[w] if log_q else 0) + log_k

        log_z = [math.log(sum(math.exp(estimate(c, w)) for w in range(len(words)))) for c in range(len(words))]
        weight = score = 0
        contexts = [0] * len(words)
        for c, w, share in pairs(self.heldout.split("\n"), words, window, weigh):
            weight += share
            score += share * estimate(c, w)
            contexts[c] += share
        mean = sum(share * log_z[c] for c, share in enumerate(contexts)) / weight
        return score / weight - mean, score / weight, sorted(zip(log_z, contexts))

    def test_cbow(self):
        self.train("text", "-o", "a.n2v", "--objective", "nce", "--model", "cbow", *TRAINING, *NOISE)
        self.succeeds("convert", "a.n2v", "a.safetensors")
        tensors, _ = read_safetensors(self.read("a.safetensors"))
        words = {word: i for i, word in enumerate(self.read("a.vocab.txt").decode().split("\n")[:-1])}
        dim = tensors["input"][0][1]
        x, y, bias = (tensors[name][1] for name in ("input", "output", "output_bias"))
        count = weight = score = total = 0
        for around, word, share in bags(self.heldout.split("\n")[:20], words, 3):
            mean = [sum(x[c * dim + d] for c in around) / len(around) for d in range(dim)]
            u = [sum(mean[d] * y[w * dim + d] for d in range(dim)) + bias[w] for w in range(len(words))]
            count += 1
            weight += share
            score += share * u[word]
            total += share * math.log(sum(map(math.exp, u)))
        self.write("some", "\n".join(self.heldout.split("\n")[:20]).encode())
        got, _ = self.measure("a.n2v", "some")
        self.assertEqual((got["pairs"], got["log_z"]["contexts"]), (count, count))
        self.assertAlmostEqual(got["weight"], weight, 6)
        self.assertAlmostEqual(got["exact"]["log_likelihood"], (score - total) / weight, 5)
        self.assertAlmostEqual(got["self_normalized"]["log_likelihood"], score / weight, 5)

    def check(self, objective, *arguments, training=(), **formula):
        self.train("text", "-o", "a.n2v", "--objective", objective, *TRAINING, *training,
                   *(() if objective == "softmax" else NOISE))
        self.succeeds("convert", "a.n2v", "a.safetensors")
        if "power" in formula:
            counts = [count ** formula["power"] for count in read_n2v(self.read("a.n2v"))["counts"]]
            del formula["power"]
            formula["log_q"] = [math.log(count / sum(counts)) for count in counts]
        got, done = self.measure("a.n2v", "heldout", *arguments)
        exact, self_normalized, log_z = self.brute_force(**formula)
        total = sum(share for _, share in log_z)
        mean = self_normalized - exact
        self.assertAlmostEqual(got["exact"]["log_likelihood"], exact, 5)
        self.assertAlmostEqual(got["exact"]["perplexity"], math.exp(-exact), delta=1e-3 * math.exp(-exact))
        self.assertAlmostEqual(got["weight"], total, 6)
        self.assertAlmostEqual(got["log_z"]["mean"], mean, 5)
        self.assertAlmostEqual(got["log_z"]["mean_absolute"], sum(s * abs(z) for z, s in log_z) / total, 5)
        self.assertAlmostEqual(got["log_z"]["sd"], math.sqrt(sum(s * (z - mean) ** 2 for z, s in log_z) / total), 5)
        self.assertEqual([level for level, _ in got["log_z"]["quantiles"]], list(QUANTILES))
        for level, value in got["log_z"]["quantiles"][1:-1]:
            below = sum(share for z, share in log_z if z < value - 1e-4)
            upto = sum(share for z, share in log_z if z <= value + 1e-4)
            self.assertTrue(below <= level * total + 1e-6 and upto >= level * total - 1e-6, (level, value))
        self.assertIn(b"text: 603 words in 52 sentences; 1 other word is not in the vocabulary", done.stderr)
        return got, self_normalized

    def test_nce(self):
        got, self_normalized = self.check("nce")
        self.assertAlmostEqual(got["self_normalized"]["log_likelihood"], self_normalized, 5)
        for kind in ("exact", "self_normalized"):
            self.assertAlmostEqual(got[kind]["perplexity"] / math.exp(-got[kind]["log_likelihood"]), 1, 9)
        self.assertEqual((got["objective"], got["window"], got["subsample"]), ("nce", 3, 0))
        for threads in (1, 3):
            self.assertEqual(self.measure("a.n2v", "heldout", "--threads", threads)[0], got)

    def test_nce_with_log_z_learned_and_another_window(self):
        self.check("nce:logz=1,bias=0", "--window", "2", window=2)

    def test_other_weights_by_distance(self):
        self.check("nce", training=("--window-weights", "flat"), weigh=lambda distance, window: 1)
        self.check("nce", training=("--window-weights", "harmonic"), weigh=lambda distance, window: 1 / distance)

    def test_models_of_positions(self):
        for model in ("structured-skipgram", "cwindow"):
            self.train("text", "-o", "a.n2v", "--model", model, *TRAINING)
            said = "model %s, whose outputs are not those of words alone: " % model
            self.fails(2, "trained with --" + said + "likelihood needs", "likelihood", "a.n2v", "heldout")
            self.fails(2, "trained with " + said + "prediction needs", "predict", "a.n2v", "word1 _ word2")

    def test_sgns(self):
        got, self_normalized = self.check("sgns", power=0.75, log_k=math.log(6))
        self.assertAlmostEqual(got["self_normalized"]["log_likelihood"], self_normalized, 5)

    def test_infonce(self):
        got, _ = self.check("infonce:temperature=0.5", power=0.75, temperature=0.5)
        self.assertIsNone(got["self_normalized"])

    def test_infonce_corrected(self):
        self.check("infonce:correct=1")

    def test_softmax(self):
        got, _ = self.check("softmax")
        self.assertIsNone(got["self_normalized"])

    def test_an_nce_that_is_trained_well_normalises_itself(self):
        self.write("text", text(sentences=6000))
        self.train("text", "-o", "a.n2v", "--objective", "nce", "--dim", "20", "--epochs", "10", "--subsample", "0",
                   "--noise", "10", "--threads", "1")
        got, _ = self.measure("a.n2v", "heldout")
        self.assertLess(abs(got["exact"]["perplexity"] / got["self_normalized"]["perplexity"] - 1), 0.05)
        self.assertLess(got["log_z"]["mean_absolute"], 0.08)
        # ten words keep company: a tenth of that is out of reach, and so is ignorance
        self.assertLess(got["exact"]["perplexity"], 13)
        self.assertGreater(got["exact"]["perplexity"], 9)

    def test_for_people(self):
        self.train("text", "-o", "a.n2v", "--objective", "nce", *TRAINING, *NOISE)
        done = self.succeeds("likelihood", "a.n2v", "heldout", "--quiet")
        self.assertEqual(done.stderr, b"")
        self.assertRegex(done.stdout.decode(), r"""(?x)^objective\ +nce\n
pairs\ +3,\d\d\d\ within\ 3\ words,\ by\ weight\ [\d.]+\n
exact\ +log-likelihood\ -[\d.]+\ a\ pair,\ perplexity\ [\d.]+\n
self-normalised\ +log-likelihood\ -[\d.]+\ a\ pair,\ perplexity\ [\d.]+\n
log\ Z\ +mean\ -?[\d.]+,\ standard\ deviation\ [\d.]+,\ mean\ absolute\ value\ [\d.]+;\ \d+\ contexts,\ by\ weight\n
\ +0\ %:\ .*100\ %:\ -?[\d.]+\n$""")
        self.train("text", "-o", "b.n2v", "--objective", "softmax", *TRAINING)
        self.assertIn(b"not defined: softmax leaves a constant free for each context",
                      self.succeeds("likelihood", "b.n2v", "heldout").stdout)

    def test_subsampling_is_reproducible(self):
        self.train("text", "-o", "a.n2v", "--objective", "nce", *TRAINING, *NOISE)
        all_pairs = self.measure("a.n2v", "heldout")[0]
        some = self.measure("a.n2v", "heldout", "--subsample", "0.002")[0]
        self.assertLess(some["pairs"], all_pairs["pairs"])
        self.assertEqual(self.measure("a.n2v", "heldout", "--subsample", "0.002", "--threads", "1")[0], some)
        self.assertNotEqual(self.measure("a.n2v", "heldout", "--subsample", "0.002", "--seed", "2")[0], some)

    def test_streams(self):
        self.train("text", "-o", "a.n2v", "--objective", "nce", *TRAINING, *NOISE)
        done = self.succeeds("likelihood", "a.n2v", "-", "--json", given=self.heldout.encode())
        self.assertEqual(json.loads(done.stdout), self.measure("a.n2v", "heldout")[0])

    def test_refusals(self):
        self.train("text", "-o", "a.n2v", "--objective", "triplet", *TRAINING)
        self.fails(2, "objective triplet does not define P(w|c), so there is no likelihood; these do: "
                   "sgns, nce, infonce, softmax", "likelihood", "a.n2v", "heldout")
        self.train("text", "-o", "a.txt", *TRAINING)
        self.fails(2, "a.txt is not a whole model", "likelihood", "a.txt", "heldout")
        self.fails(2, "a model and a text are needed", "likelihood", "a.n2v")
        self.fails(2, "nothere", "likelihood", "nothere", "heldout")
        self.fails(2, "nothere", "likelihood", "a.n2v", "nothere")
        self.fails(2, "the model cannot come from standard input", "likelihood", "-", "heldout")
        self.train("text", "-o", "a.n2v", *TRAINING)
        self.write("odd", b"nothing of this is known\n")
        self.fails(1, "shares no word with odd", "likelihood", "a.n2v", "odd")
        self.write("odd", b"word1\nword2\n")
        self.fails(1, "no pair of words", "likelihood", "a.n2v", "odd")
        self.write("empty", b"")
        self.fails(1, "empty", "likelihood", "a.n2v", "empty")


if __name__ == "__main__":
    unittest.main()
