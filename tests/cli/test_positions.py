"""Weights of contexts by distance, structured skip-gram and CWindow, by the command line."""

import json
import unittest

from models import read_n2v
from support import CommandTest, read_text, text

SMALL = tuple("--threads 1 --epochs 1 --dim 6 --window 2 --min-count 1".split())


class Positions(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", text(sentences=100))

    def same(self, one, other):
        self.train("text", "-o", "a.txt", *SMALL, *one)
        self.train("text", "-o", "b.txt", *SMALL, *other)
        self.assertEqual(self.read("a.txt"), self.read("b.txt"))
        return self.read("a.txt")

    def test_window_fixed(self):
        flat = self.same(["--window-fixed"], ["--window-weights", "flat"])
        shrinking = self.same([], ["--window-weights", "shrink"])
        harmonic = self.same(["--window-weights", "harmonic"], ["--window-weights=harmonic"])
        self.assertEqual(len({flat, shrinking, harmonic}), 3)
        self.fails(2, "--window-fixed is --window-weights flat: give one of them", "train", "text", "-o", "a.txt",
                   "--window-fixed", "--window-weights", "flat")
        self.fails(2, "'near' is not one of shrink, flat, harmonic, line", "train", "text", "-o", "a.txt",
                   "--window-weights", "near")

    def test_predictions_weigh_as_the_training_did(self):
        for weights, same in (("flat", True), ("shrink", False)):
            self.train("text", "-o", "a.n2v", *SMALL, "--epochs", "5", "--window-weights", weights)
            near, far = (json.loads(self.succeeds("predict", "a.n2v", "--json", context).stdout)
                         for context in ("word7 word21 _", "word21 word7 _"))
            first, second = ([answer for answer in done.items() if answer[0] not in ("text", "context")]
                             for done in (near, far))
            self.assertEqual(first == second, same)

    def test_what_a_model_holds(self):
        for model, sections in (("structured-skipgram", (60, 240, 1)), ("cwindow", (60, 60, 4))):
            with self.subTest(model=model):
                self.train("text", "-o", "a.n2v", *SMALL, "--model", model)
                inputs, outputs, vectors = sections
                whole = read_n2v(self.read("a.n2v"))
                self.assertEqual(whole["shape"], (inputs, outputs, vectors, 1))
                self.assertEqual(len(whole["input"]), inputs * 6)
                self.assertEqual(len(whole["output"]), outputs * vectors * 6)
                self.assertEqual(len(whole["output_bias"]), outputs)
                self.train("text", "-o", "a.txt", *SMALL, "--model", model)
                rows = read_text(self.path("a.txt"))
                self.assertEqual(rows["word7"], list(whole["input"][6 * whole["words"].index("word7"):][:6]))
                self.succeeds("convert", "a.n2v", "b.n2v")
                self.assertEqual(self.read("a.n2v"), self.read("b.n2v"))
                self.succeeds("convert", "a.n2v", "b.txt")
                self.assertEqual(self.read("a.txt"), self.read("b.txt"))
                self.succeeds("neighbors", "a.n2v", "word7")

    def test_output_vectors_are_refused_before_the_training(self):
        for vectors in ("output", "sum", "concat"):
            said = self.fails(2, "--vectors %s needs one output vector of each word" % vectors, "train", "text", "-o",
                              "c.txt", *SMALL, "--model", "cwindow", "--vectors", vectors)
            self.assertNotIn(b"read ", said.stderr)
        self.train("text", "-o", "a.n2v", *SMALL, "--model", "cwindow")
        self.fails(2, "--vectors sum needs one output vector", "convert", "a.n2v", "c.txt", "--vectors", "sum")

    def test_objectives_without_noise_words(self):
        self.fails(2,
                   "--model cwindow goes with objectives that draw noise words, not with softmax, which sums over all "
                   "words: choose another --objective", "train", "text", "-o", "a.txt", "--model", "cwindow",
                   "--objective", "softmax")

    def test_the_command_line_of_wang2vec(self):
        line = tuple("-train text -output b.txt -size 6 -window 2 -min-count 1 -iter 1 -threads 1 -cap 0".split())
        own = tuple("--objective sgns --tokenizer space --subsample 1e-3 --noise 5".split())
        for number, model in enumerate(("cbow --cbow-gradient word2vec --lr 0.05", "skipgram --lr 0.025",
                                        "cwindow --window-fixed --lr 0.025",
                                        "structured-skipgram --window-fixed --lr 0.025")):
            done = self.train(*line, "-type", str(number))
            self.assertTrue(done.stderr.startswith(b"wang2vec's command line"), done.stderr)
            self.train("text", "-o", "a.txt", *SMALL, *own, "--model", *model.split())
            self.assertEqual(self.read("a.txt"), self.read("b.txt"))
        self.fails(2, "Collobert's window model (-type 4) is not supported", "train", *line, "-type", "4")
        self.fails(2, "-cbow and -type both name the model", "train", *line, "-type", "0", "-cbow", "0")
        self.fails(2, "-cap 1: a bound of parameters is not supported", "train", *line, "-cap", "1")


if __name__ == "__main__":
    unittest.main()
