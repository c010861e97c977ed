"""train --heldout: what is kept out, what is reported, what is refused."""

import re
import unittest

from models import read_n2v
from support import CommandTest, text

SMALL = ("--dim", "16", "--epochs", "3", "--threads", "1")
LINE = re.compile(r"^epoch (\d)/3: held-out loss (-?[\d.]+) \(mean of ([\d,]+) pairs\)$", re.M)


class HeldOut(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", text(sentences=1000))
        self.write("other", text(sentences=100, seed=5) + b"unknown words only\n")

    def losses(self, *arguments, output="a.n2v"):
        message = self.train("text", "-o", output, *SMALL, *arguments).stderr.decode()
        found = LINE.findall(message)
        self.assertEqual([epoch for epoch, _, _ in found], ["1", "2", "3"], message)
        self.assertEqual(len({pairs for _, _, pairs in found}), 1)
        return [float(loss) for _, loss, _ in found], message

    def vectors(self, name):
        model = read_n2v(self.read(name))
        return model["words"], model["counts"], model["input"], model["output"], model["output_bias"]

    def test_a_share(self):
        losses, message = self.losses("--heldout", "0.1", "--subsample", "0", "--lr", "0.1", "--objective", "sgns")
        words, sentences = re.search(r"^held out: ([\d,]+) words in ([\d,]+) sentences$", message, re.M).groups()
        self.assertEqual(int(words.replace(",", "")), 12 * int(sentences))
        self.assertTrue(60 < int(sentences) < 140, sentences)
        self.assertLess(losses[2], losses[0])
        model = read_n2v(self.read("a.n2v"))
        self.assertEqual(sum(model["counts"]), 12000 - 12 * int(sentences))
        self.assertIn(("heldout", "0.1"), model["parameters"])

    def test_the_same_again(self):
        first, _ = self.losses("--heldout", "0.1")
        second, _ = self.losses("--heldout=0.1", output="b.n2v")
        other, _ = self.losses("--heldout", "0.1", "--seed", "2", output="c.n2v")
        self.assertEqual(first, second)
        self.assertEqual(self.read("a.n2v"), self.read("b.n2v"))
        self.assertNotEqual(first, other)
        self.losses("--heldout", "0.1", "--threads", "2")

    def test_a_file_changes_nothing(self):
        _, message = self.losses("--heldout", "other")
        self.assertIn("held-out text: 1,200 words in 100 sentences; 3 other words are not in the vocabulary", message)
        self.train("text", "-o", "b.n2v", *SMALL)
        self.assertEqual(self.vectors("a.n2v"), self.vectors("b.n2v"))
        self.write("zipped", self.read("other"), zipped=True)
        first, _ = self.losses("--heldout", "other")
        self.assertEqual(self.losses("--heldout", "zipped")[0], first)

    def test_with_a_vocabulary_that_was_read(self):
        self.succeeds("vocab", "text", "-o", "v.tsv")
        self.losses("--heldout", "0.2", "--read-vocab", "v.tsv")
        self.assertEqual(sum(read_n2v(self.read("a.n2v"))["counts"]), 12000)

    def test_every_objective(self):
        names = re.findall(r"^(\w+): ", self.succeeds("objectives").stdout.decode(), re.M)
        self.assertGreaterEqual(len(names), 13)
        for name in names:
            self.losses("--heldout", "0.1", "--objective", name)

    def test_quiet(self):
        self.assertEqual(self.train("text", "-o", "a.n2v", "--heldout", "0.1", "-q", *SMALL).stderr, b"")

    def test_refusals(self):
        def refused(says, *options, code=2):
            self.fails(code, says, "train", "text", "-o", "a.n2v", *options)

        for share in ("0", "1", "1.5", "-0.1", "1e9"):
            refused("--heldout: '%s' is not a share of the sentences above 0 and below 1; a file of that name is ./%s"
                    % (share, share), "--heldout", share)
        refused("nothere", "--heldout", "nothere")
        refused("nan", "--heldout", "nan")
        refused("--heldout -: a file is needed", "--heldout", "-")
        refused("--heldout ./text is the same file as the input text", "--heldout", "./text")
        self.fails(2, "same file", "train", "text", "--heldout", "other", "-o", "other")
        self.fails(2, "same file", "train", "text", "--heldout", "other", "-o", "a.n2v", "--save-vocab", "other")
        self.write("odd", b"nothing of this is known\n")
        refused("shares no word with odd", "--heldout", "odd", code=1)
        refused("nothing is held out", "--heldout", "0.0000001", code=1)
        refused("nothing is left to train on", "--heldout", "0.9999999", code=1)


if __name__ == "__main__":
    unittest.main()
