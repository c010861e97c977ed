"""train --subwords: words are made of parts. What the files have, and what is refused."""

import os
import unittest

from support import CommandTest, read_text, text

SMALL = ("--dim", "12", "--threads", "1", "--epochs", "1")


class Subwords(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", text())

    def test_a_small_text_gives_a_small_file(self):
        """Memory is that of the buckets in use, not of all."""
        for kind in ("fasttext", "floret"):
            self.train("text", "-o", kind + ".n2v", "--subwords", kind, *SMALL)
            self.assertLess(os.path.getsize(self.path(kind + ".n2v")), 100000)
            self.assertIn(b"subwords=" + kind.encode(), self.succeeds("info", kind + ".n2v").stdout)

    def test_other_formats_have_the_vectors_of_words(self):
        self.train("text", "-o", "v.n2v", "--subwords", "fasttext", *SMALL)
        self.train("text", "-o", "v.txt", "--subwords", "fasttext", *SMALL)
        self.succeeds("convert", "v.n2v", "converted.txt")
        self.assertEqual(self.read("converted.txt"), self.read("v.txt"))
        self.succeeds("convert", "v.n2v", "copy.n2v")
        self.assertEqual(self.read("copy.n2v"), self.read("v.n2v"))
        self.succeeds("neighbors", "v.n2v", "word1")
        self.assertIn(b"log", self.succeeds("likelihood", "v.n2v", "text").stdout)
        self.assertEqual(len(read_text(self.path("v.txt"))), 60)

    def test_a_training_goes_on_with_its_parts(self):
        for arguments in (("--subwords", "fasttext"), ("--subwords", "floret", "--buckets", "40", "--model", "cbow"),
                          ("--subwords", "fasttext", "--objective", "triplet"),
                          ("--subwords", "fasttext", "--deterministic")):
            self.train("text", "-o", "v.txt", "--checkpoint", "c.n2v", *SMALL, *arguments)
            self.fails(2, "--subwords", "train", "--resume", "c.n2v", "-o", "v.txt", "--epochs", "2", "--subwords",
                       "none")
            self.train("--resume", "c.n2v", "-o", "more.txt", "--epochs", "2")
            self.assertEqual(len(read_text(self.path("more.txt"))), 60)

    def test_options_that_would_change_nothing(self):
        for option in ("--minn", "--maxn", "--buckets"):
            self.refused(option + " has no effect without --subwords fasttext or floret: leave it out", option, "3")
        for option in ("--hash-count", "--hash-seed"):
            self.refused(option + " has no effect without --subwords floret: leave it out", "--subwords", "fasttext",
                         option, "3")

    def test_numbers_that_are_not_possible(self):
        self.refused("--minn 7 is above --maxn 6: there would be no n-grams", "--subwords", "fasttext", "--minn", "7")
        self.refused("--minn 0: an n-gram has at least 1 character", "--subwords", "floret", "--minn", "0")
        self.refused("--buckets: '0' is not an integer from 1 to 2147483647", "--subwords", "fasttext", "--buckets",
                     "0")
        self.refused("--hash-count: '5' is not an integer from 1 to 4", "--subwords", "floret", "--hash-count", "5")
        self.refused("--subwords: 'bpe' is not one of none, fasttext, floret", "--subwords", "bpe")

    def refused(self, message, *arguments):
        self.fails(2, message, "train", "text", "-o", "v.txt", *arguments)
        self.assertFalse(os.path.exists(self.path("v.txt")))


if __name__ == "__main__":
    unittest.main()
