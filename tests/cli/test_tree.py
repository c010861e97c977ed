"""Hierarchical softmax: what is saved, checkpoints, threads, the likelihood of a text."""

import json
import unittest

from models import read_safetensors
from support import CommandTest, text

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

    def test_words_are_not_predicted(self):
        self.train("text", "-o", "a.n2v", "--objective", "hs", *TRAINING)
        self.fails(2, "objective hs has scores of the nodes of a tree", "predict", "a.n2v", "word1 _ word2")

    def test_likelihood_needs_no_sum(self):
        for objective in OBJECTIVES:
            self.train("text", "-o", "a.n2v", "--objective", objective, *TRAINING, "--epochs", "4")
            done = json.loads(self.succeeds("likelihood", "a.n2v", "text", "--json").stdout)
            self.assertEqual(done["log_z"]["mean_absolute"], 0, objective)
            self.assertEqual(done["exact"], done["self_normalized"])
            self.assertLess(done["exact"]["perplexity"], len(set(self.read("text").split())))

    def test_a_checkpoint_has_all_nodes(self):
        for objective in OBJECTIVES:
            begin = ("text", "-o", "a.n2v", "--objective", objective, *TRAINING, "--threads", "1", "--schedule", "constant",
                     "--heldout", "0.1")
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
