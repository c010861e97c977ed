"""train --weighted: the first field of a line is its weight."""

import json
import unittest

from support import CommandTest, text

TRAIN = ("--dim", "16", "--min-count", "1", "--epochs", "2", "--tokenizer", "space", "--subsample", "1e-2")
ONE = ("--threads", "1")


class Weighted(CommandTest):
    def lines(self, weight=None, count=400):
        """The lines of a text, with the weights that a function of their number gives."""
        lines = text(count).decode().splitlines()
        if weight is None:
            return lines
        return [f"{weight(i)}\t{line}" for i, line in enumerate(lines)]

    def save(self, name, lines):
        self.write(name, "".join(line + "\n" for line in lines).encode())

    def said(self, *arguments):
        return self.train(*arguments).stderr.decode()

    def vectors(self, name, *options):
        self.train(name, "-o", "v.txt", *TRAIN, *options)
        return self.read("v.txt")

    def test_the_same_bytes(self):
        """A weight of 1 is no weight, one of 2 the line twice, one of 0 no line: with any windows, threads and
        pauses."""
        self.save("plain", self.lines())
        self.save("one", self.lines(lambda i: "1.0"))
        self.save("zero", [part for line in self.lines(lambda i: 1) for part in (line, "0 x y")])
        self.save("two", self.lines(lambda i: 2))
        self.save("twice", self.lines() * 2)
        for options in (ONE, (*ONE, "--window", "all", "--model", "cbow"),
                        ("--deterministic", "--threads", "2", "--virtual-workers", "3", "--round", "1024")):
            plain = self.vectors("plain", *options)
            self.assertEqual(self.vectors("one", "--weighted", *options), plain, options)
            self.assertEqual(self.vectors("zero", "--weighted", *options), plain, options)
            self.assertEqual(self.vectors("two", "--weighted", *options), self.vectors("twice", *options), options)

    def test_counts(self):
        """Of the vocabulary, of what was read, and of what is trained on."""
        self.save("t", self.lines(lambda i: (3, 0.5, 0)[i % 3]))
        self.save("repeated", [line for i, line in enumerate(self.lines()) for _ in range((6, 1, 0)[i % 3])])
        said = self.said("t", "-o", "v.n2v", "--save-vocab", "words", "--weighted", *TRAIN, *ONE)
        kept, weighted = 134 * 12 + 133 * 12, 134 * 12 * 3 + 133 * 6
        self.assertIn(f"read {kept:,} words (60 different)", said)
        self.assertIn(f"with the weights of lines, {kept:,} words count as {weighted:,}", said)
        self.assertIn(f"trained on {2 * weighted:,} words", said)
        self.succeeds("vocab", "--weighted", "t", "-o", "counted")
        self.succeeds("vocab", "repeated", "-o", "doubled")
        counts = dict(line.split("\t") for line in self.read("words").decode().splitlines())
        self.assertEqual(self.read("words"), self.read("counted"))
        for line in self.read("doubled").decode().splitlines():
            word, count = line.split("\t")
            self.assertIn(2 * int(counts[word]) - int(count), (0, 1), word)

    def test_likelihood(self):
        """The means are those of the text with each line as often as its weight is; lines alone have no weight."""
        lines = self.lines(count=100)
        self.save("t", lines)
        self.save("repeated", [line for i, line in enumerate(lines) for _ in range(1 + 3 * (i % 2))])
        self.save("weighted", [f"{(0.25, 1)[i % 2]} {line}" for i, line in enumerate(lines)])
        for model in ("skipgram", "cbow"):
            self.train("t", "-o", "v.n2v", "--model", model, *TRAIN, *ONE)
            for more in ((), ("--subsample", "0.9999")):
                plain, repeated, weighted = (json.loads(self.succeeds(
                    "likelihood", "v.n2v", name, "--json", *more,
                    *(["--weighted"] if name == "weighted" else [])).stdout)
                    for name in ("t", "repeated", "weighted"))
                self.assertAlmostEqual(weighted["exact"]["log_likelihood"], repeated["exact"]["log_likelihood"],
                                       places=6)
                self.assertAlmostEqual(weighted["log_z"]["mean"], repeated["log_z"]["mean"], places=6)
                self.assertAlmostEqual(4 * weighted["weight"], repeated["weight"], places=3)
                self.assertEqual(weighted["pairs"], plain["pairs"])
                self.assertNotAlmostEqual(plain["exact"]["log_likelihood"], repeated["exact"]["log_likelihood"],
                                          places=4)
        alone, skipped = (self.succeeds("likelihood", "v.n2v", *name, "--per-line").stdout
                          for name in (["t"], ["--weighted", "weighted"]))
        self.assertEqual(alone, skipped)
        done = self.run_program("likelihood", "v.n2v", "t", "--weighted")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"t, line 1: the weight 'word", done.stderr)

    def test_another_weight_is_another_text(self):
        """Also where all counts are the same."""
        self.save("t", ["1 a b c", "2 a b c"] * 9)
        self.train("t", "-o", "v.n2v", "--weighted", "--checkpoint", "c.n2v", *TRAIN, *ONE)
        self.save("t", ["2 a b c", "1 a b c"] * 9)
        done = self.run_program("train", "--resume", "c.n2v", "--epochs", "4")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"is not the one of the checkpoint: it has as many words, but others", done.stderr)

    def test_bad_lines(self):
        """Errors name the file and the line, and nothing is written."""
        for lines, says in ((["1 a b", "tea c"], "t, line 2: the weight 'tea' is no number"),
                            (["-1 a b"], "t, line 1: the weight '-1' is below 0"),
                            (["1 a b", "inf a b"], "line 2: the weight 'inf' is no number"),
                            (["1 a b", "1"], "t, line 2: there is nothing after the first field, '1'; with --weighted"),
                            (["0 a b"], "the weights of all lines are 0"),
                            (["1e-8 a b"], "add up to less than one word")):
            self.save("t", lines)
            self.fails(1, says, "train", "t", "-o", "v.txt", "--weighted", *TRAIN)
        self.save("t", self.lines(lambda i: 1))
        self.fails(2, "--phrases does not go with --weighted", "train", "t", "-o", "v.txt", "--weighted", "--phrases",
                   "npmi")

    def test_large_weights(self):
        """Of a line that is stored once: neither memory nor the numbers of copies overflow."""
        self.save("t", ["30000 a b", "1 c d", "0.2 a d"])
        said = self.said("t", "-o", "v.txt", "--weighted", "--dim", "4", "--min-count", "1", "--epochs", "1", *ONE)
        self.assertIn("with the weights of lines, 6 words count as 60,002", said)


if __name__ == "__main__":
    unittest.main()
