"""Hierarchical softmax: what is saved, checkpoints, threads, the likelihood of a text."""

import json
import math
import os
import unittest

from models import read_n2v, read_safetensors
from support import CommandTest, read_text, text

TRAINING = ("--dim", "10", "--epochs", "2", "--min-count", "1", "--subsample", "0")
OBJECTIVES = ("hs", "hs:sgns=1")


class Tree(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", text(sentences=200))

    def test_nodes_are_no_words(self):
        """The whole model has them; other files have the vectors of words alone."""
        self.train("text", "-o", "a.n2v", "--objective", "hs", *TRAINING)
        for vectors in ("output", "sum", "concat"):
            self.fails(2, "needs one output vector of each word", "convert", "a.n2v", "b.txt",
                       "--vectors", vectors)
        self.succeeds("convert", "a.n2v", "b.safetensors")
        tensors, _ = read_safetensors(self.read("b.safetensors"))
        self.assertNotIn("output", tensors)
        self.fails(2, "b.safetensors is not a whole model", "likelihood", "b.safetensors", "text")
        self.succeeds("convert", "a.n2v", "c.n2v")
        self.assertEqual(self.succeeds("likelihood", "a.n2v", "text").stdout,
                         self.succeeds("likelihood", "c.n2v", "text").stdout)

    def test_with_negative_sampling_words_have_output_vectors(self):
        self.train("text", "-o", "a.n2v", "--objective", "hs:sgns=1", *TRAINING)
        self.succeeds("convert", "a.n2v", "b.txt", "--vectors", "output")
        self.succeeds("convert", "a.n2v", "b.safetensors")
        self.fails(2, "b.safetensors is not a whole model", "likelihood", "b.safetensors", "text")

    def predictions(self, context, *arguments):
        done = self.succeeds("predict", "a.n2v", "--json", "-n", "100", *arguments, *context)
        said = json.loads(done.stdout)
        return {answer["word"]: answer["probability"] for answer in said["answers"]}, said

    def line_likelihood(self, line):
        done = self.succeeds("likelihood", "a.n2v", "-", "--per-line", "-q", given=line.encode())
        return float(done.stdout.split()[0])

    def test_predictions_are_those_of_the_likelihood(self):
        for objective in OBJECTIVES:
            for model in ("skipgram", "cbow"):
                self.train("text", "-o", "a.n2v", "--objective", objective, "--model", model, *TRAINING)
                after, said = self.predictions(["word1", "_"], "--repeat")
                self.assertEqual(len(after), 60)
                self.assertAlmostEqual(sum(after.values()), 1, 5)
                self.assertAlmostEqual(said["total"], 1, 5)
                for word in ("word7", "word33"):
                    before, _ = self.predictions([word, "_"], "--repeat")
                    both = (math.log(after[word]) + math.log(before["word1"])) / 2
                    self.assertAlmostEqual(self.line_likelihood("word1 %s\n" % word), both, 4, (objective, model))
                others, _ = self.predictions(["word1", "_"], "--exact")
                self.assertAlmostEqual(others["word7"], after["word7"] / (1 - after["word1"]), 5)

    def test_predictions_from_several_contexts(self):
        self.train("text", "-o", "a.n2v", "--objective", "hs", *TRAINING, "--window", "2")
        counts = read_n2v(self.read("a.n2v"))["counts"]
        share = dict(zip(self.words("a.n2v"), (count / sum(counts) for count in counts)))
        contexts = ("word1", "word3", "word8")
        each = [self.predictions([word, "_"], "--repeat")[0] for word in contexts]
        mean, _ = self.predictions(contexts, "--combine", "mean", "--repeat")
        product, said = self.predictions(contexts, "--repeat")
        self.assertTrue(said["exact"])
        power, wanted = math.sqrt(3), {}
        for word, p in share.items():
            self.assertAlmostEqual(mean[word], sum(one[word] for one in each) / 3, 5)
            wanted[word] = p * math.prod((one[word] / p) ** (power / 3) for one in each)
        for word in wanted:
            self.assertAlmostEqual(product[word], wanted[word] / sum(wanted.values()), 5)

    def words(self, model):
        self.succeeds("convert", model, "words.txt")
        return list(read_text(os.path.join(self.folder, "words.txt")))

    def test_likelihood_needs_no_sum(self):
        for objective in OBJECTIVES:
            self.train("text", "-o", "a.n2v", "--objective", objective, *TRAINING, "--epochs", "4")
            done = json.loads(self.succeeds("likelihood", "a.n2v", "text", "--json").stdout)
            self.assertEqual(done["log_z"]["mean_absolute"], 0, objective)
            self.assertEqual(done["exact"], done["self_normalized"])
            self.assertLess(done["exact"]["perplexity"], len(set(self.read("text").split())))

    def test_a_checkpoint_has_all_nodes(self):
        for objective in OBJECTIVES:
            begin = ("text", "-o", "a.n2v", "--objective", objective, *TRAINING, "--threads", "1", "--schedule",
                     "constant", "--heldout", "0.1")
            whole = self.train(*begin)
            self.assertIn(b"held-out loss", whole.stderr)
            expected = self.read("a.n2v")
            self.train(*begin, "--epochs", "1", "--checkpoint", "c.n2v", "--checkpoint-every", "1epochs")
            self.train("--resume", "c.n2v", "--epochs", "2")
            self.assertEqual(self.read("a.n2v"), expected, objective)

    def test_any_number_of_threads(self):
        for objective in OBJECTIVES:
            for threads in ("1", "3"):
                self.train("text", "-o", threads + ".txt", "--objective", objective, *TRAINING, "--deterministic",
                           "--threads", threads)
            self.assertEqual(self.read("1.txt"), self.read("3.txt"), objective)


if __name__ == "__main__":
    unittest.main()
