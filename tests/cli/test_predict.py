"""nce2vec predict: what is a context, output, and texts without an answer."""

import json
import math
import unittest

from models import read_safetensors
from support import CommandTest, text

TRAINING = ("--dim", "8", "--epochs", "2", "--threads", "1", "--window", "2", "--subsample", "0.02", "-q")


class Predict(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", text(sentences=300))

    def model(self, name="m.n2v", *arguments):
        self.train("text", "-o", name, *TRAINING, *arguments)
        return name

    def answers(self, given, *arguments, model="m.n2v"):
        """A JSON object for each text of standard input."""
        done = self.succeeds("predict", model, "--json", *arguments, given=given.encode())
        return [json.loads(line) for line in done.stdout.decode().splitlines()]

    def test_exp_of_the_score(self):
        """nce's probability of one context is exp of the score."""
        self.model("m.safetensors")
        tensors, _ = read_safetensors(self.read("m.safetensors"))
        words = self.read("m.vocab.txt").decode().split()
        dim = tensors["input"][0][1]
        x, y, bias = (tensors[name][1] for name in ("input", "output", "output_bias"))
        c = words.index("word3")
        wanted = {word: math.exp(bias[w] + sum(x[c * dim + i] * y[w * dim + i] for i in range(dim)))
                  for w, word in enumerate(words)}
        best = sorted(wanted, key=wanted.get, reverse=True)
        for given, exact, total in (("word3 _", (), sum(wanted.values())), ("word3 _", ("--exact",), 1)):
            said, = self.answers(given, "-n", "7", "--combine", "mean", "--repeat", *exact, model="m.safetensors")
            self.assertEqual((said["exact"], said["context"]), (bool(exact), ["word3"]))
            self.assertAlmostEqual(said["total"], total, delta=1e-5)
            self.assertEqual([answer["word"] for answer in said["answers"]], best[:7])
            for answer in said["answers"]:
                share = wanted[answer["word"]] / (sum(wanted.values()) if exact else 1)
                self.assertAlmostEqual(answer["probability"], share, delta=1e-5 * share)

    def test_context(self):
        """Unknown words are skipped before distances are counted, words beyond the window have no effect; without a
        place all words count, in any order."""
        self.model()
        first = "word11 word12 _ word13"
        for kind in ("skipgram", "cbow"):
            self.model("m.n2v", "--model", kind)
            said = self.answers("\n".join((first, "word1 word11  WORD12 , _ word13!",
                                           "word11 nowhere word12 _ nor word13",
                                           "word12 word11 _ word13", "word11 word12 word13", "word13 word12 word11")))
            ranked = [answer["answers"] for answer in said]
            self.assertEqual(said[0]["context"], ["word11", "word12", "word13"])
            self.assertEqual(ranked[1], ranked[0])
            self.assertEqual(ranked[2], ranked[0])
            self.assertEqual([word["word"] for word in said[2]["unknown"]], ["nowhere", "nor"])
            self.assertNotIn("unknown", said[0])
            self.assertNotEqual(ranked[3], ranked[0])
            self.assertNotEqual(ranked[4], ranked[0])
            for a, b in zip(ranked[5], ranked[4]):
                self.assertAlmostEqual(a["probability"], b["probability"], delta=1e-5)
            self.assertTrue(all(answer["exact"] and abs(answer["total"] - 1) < 1e-5 for answer in said))

    def test_words_of_the_topic(self):
        """What the text has beside word11 and word13 are word10 to word19; the two themselves are no answers."""
        self.train("text", "-o", "m.n2v", *TRAINING, "--epochs", "20")
        said, = self.answers("word11 _ word13", "-n", "8")
        topic = ["word%d" % i for i in range(10, 20)]
        self.assertEqual(sorted(answer["word"] for answer in said["answers"]), [topic[0], topic[2], *topic[4:]])
        said, = self.answers("word11 _ word13", "-n", "10", "--repeat")
        self.assertEqual(sorted(answer["word"] for answer in said["answers"]), topic)
        self.assertGreater(sum(answer["probability"] for answer in said["answers"]), 0.8)

    def test_phrases_are_joined(self):
        """As in the training, so that they are words of the context."""
        lines = self.read("text").decode().replace("word11 ", "new york ").encode()
        self.write("text", lines)
        self.model("m.n2v", "--phrases", "npmi")
        said, = self.answers("word12 new york _", "-n", "1")
        self.assertEqual((said["context"], "unknown" in said), (["word12", "new_york"], False))

    def test_arguments_are_one_text(self):
        self.model()
        done = self.succeeds("predict", "m.n2v", "-n", "2", "word1 word2", "_", "word3")
        lines = done.stdout.decode().splitlines()
        self.assertEqual(lines[0], "word1 word2 _ word3")
        said, = self.answers("word1 word2 _ word3", "--top", "2")
        self.assertEqual(lines[1:], ["%10.6f  %s" % (a["probability"], a["word"]) for a in said["answers"]])
        done = self.succeeds("predict", "m.n2v", "-n", "1", given=b"word1 _\nword2 _ \r\n")
        self.assertIn(b"\nword2 _\n", done.stdout)
        self.assertEqual([line.count("  ") for line in done.stdout.decode().split("\n")], [0, 2, 0, 0, 2, 0])
        self.assertEqual(len(self.answers("word1 _", "-n", "1000000")[0]["answers"]), 59)
        self.assertEqual(len(self.answers("word1 _", "-n", "1000000", "--repeat")[0]["answers"]), 60)

    def test_unknown_words_are_reported(self):
        self.model()
        done = self.succeeds("predict", "m.n2v", "word1", "wrod12", "_")
        self.assertRegex(done.stderr.decode(), r"^nce2vec: 'wrod12' is not in the vocabulary of m.n2v; did you mean "
                         "word12")
        self.assertTrue(done.stdout.startswith(b"word1 wrod12 _\n"))

    def test_texts_without_an_answer(self):
        self.model()
        texts = b"word1 _\nnowhere _\n\n_\nword1 _ word2 _\nword3\n"
        done = self.fails(1, "texts without an answer: 4 of 6", "predict", "m.n2v", "-n", "1", given=texts)
        self.assertEqual(done.stderr.decode().splitlines()[:-1],
                         ["nce2vec: line 2: 'nowhere' is not in the vocabulary of m.n2v",
                          "nce2vec: line 2: no word of the text is in the vocabulary, so there is nothing to predict "
                          "from",
                          "nce2vec: line 3: there is no word to predict from: write some, with a _ for the missing one",
                          "nce2vec: line 4: there is no word to predict from: write some, with a _ for the missing one",
                          "nce2vec: line 5: a text has one _, for the word to predict, but this one has several"])
        self.assertEqual(done.stdout.decode().count("word"), 4)
        done = self.fails(1, "texts without an answer: 4 of 6", "predict", "m.n2v", "--json", given=texts)
        said = [json.loads(line) for line in done.stdout.decode().splitlines()]
        self.assertEqual([answer.get("line") for answer in said], [None, 2, 3, 4, 5, None])
        self.assertEqual([sorted(answer) for answer in said[1:3]],
                         [["context", "error", "line", "text", "unknown"], ["context", "error", "line", "text"]])
        self.fails(1, "texts without an answer: 1 of 1", "predict", "m.n2v", "_")
        self.fails(1, "texts without an answer: 1 of 1", "predict", "m.n2v", "nowhere", "_")

    def test_models_without_probabilities(self):
        self.model()
        self.succeeds("convert", "-q", "m.n2v", "v.txt")
        self.fails(2, "not a whole model: prediction needs output vectors and the record of the training, as a "
                   ".n2v file has",
                   "predict", "v.txt", "word1", "_")
        self.model("t.n2v", "--objective", "triplet")
        self.fails(2, "the objective triplet does not define P(w|c), so there is no likelihood and no prediction; "
                   "these do: sgns, nce, infonce, softmax", "predict", "t.n2v", "word1", "_")

    def test_counts_that_are_needed(self):
        """safetensors has no counts: nce needs them for a product alone, sgns for the noise, too."""
        for objective in ("nce", "sgns"):
            self.model("m.safetensors", "--objective", objective)
            self.fails(1, "the words have no counts, which a product of contexts needs; set --combine to mean",
                       "predict", "m.safetensors", "word1", "_", "word2")
        self.fails(1, "with the objective sgns all counts are needed", "predict", "m.safetensors", "--combine", "mean",
                   "word1")

    def test_wrong_usage(self):
        self.model()
        for says, arguments in (("no model is given", ()),
                                ("-n: '0' is not an integer from 1 to 1000000", ("m.n2v", "-n", "0")),
                                ("'x' is not an integer", ("m.n2v", "--top", "x")),
                                ("--combine: 'sum' is not one of product, mean", ("m.n2v", "--combine", "sum")),
                                ("cannot both come from standard input", ("-",)),
                                ("none.n2v", ("none.n2v", "word1")),
                                ("none.so", ("m.n2v", "--plugin", "none.so", "word1"))):
            self.fails(2, says, "predict", *arguments)


if __name__ == "__main__":
    unittest.main()
