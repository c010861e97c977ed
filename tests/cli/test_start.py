"""train --start, --vocabulary, --freeze and --lr-of: what a training begins with, and what it does not change."""

import json
import os
import unittest

from models import read_n2v
from support import CommandTest, text

SMALL = ("--dim", "8", "--threads", "1", "--epochs", "2", "--subsample", "0")
PLAIN = (*SMALL, "--min-count", "1")


def lines(words, times):
    return "".join(" ".join(words) + "\n" for _ in range(times)).encode()


def rows(model, side):
    """The vectors of a side, by word, outputs with their biases."""
    dim, numbers = model["dim"], model[side]
    found = {}
    for i, word in enumerate(model["words"]):
        bias = (model["output_bias"][i],) if side == "output" and "output_bias" in model else ()
        found[word] = numbers[i * dim:(i + 1) * dim] + bias
    return found


class StartTest(CommandTest):
    """Two texts: words of the first, of both, and of the second."""

    OLD = ["old%d" % i for i in range(6)] + ["shared%d" % i for i in range(8)]
    NEW = ["shared%d" % i for i in range(8)] + ["new%d" % i for i in range(6)]

    def setUp(self):
        super().setUp()
        self.write("old.txt", lines(self.OLD, 40))
        self.write("new.txt", lines(self.NEW, 30) + lines(["rare", "shared0"], 1))
        self.train("old.txt", "-o", "old.n2v", "-q", *PLAIN)

    def model(self, name):
        return read_n2v(self.read(name))

    def start(self, *options, output="v.n2v"):
        return self.train("new.txt", "-o", output, "--start", "old.n2v", *options).stderr.decode()


class Vocabulary(StartTest):
    def counts(self, *options):
        self.start(*options)
        model = self.model("v.n2v")
        return dict(zip(model["words"], model["counts"]))

    def test_of_the_text(self):
        counts = self.counts(*SMALL, "--min-count", "2")
        self.assertEqual(set(counts), set(self.NEW))
        self.assertEqual(counts["shared0"], 31)

    def test_of_the_file(self):
        """Whatever its counts."""
        self.assertEqual(self.counts(*SMALL, "--vocabulary", "old"), {word: 40 for word in self.OLD})
        self.write("few.txt", lines(["seldom", "shared0", "shared1"], 1))
        self.train("few.txt", "-o", "old.n2v", "-q", *PLAIN)
        self.assertEqual(self.counts(*SMALL, "--vocabulary", "old"), {"seldom": 1, "shared0": 1, "shared1": 1})

    def test_of_both(self):
        """Counts add up. The minimum is for words of the text alone."""
        self.write("few.txt", lines(["seldom", "shared0"], 1))
        self.train("few.txt", "-o", "old.n2v", "-q", *PLAIN)
        counts = self.counts(*SMALL, "--min-count", "2", "--vocabulary", "both")
        self.assertEqual(counts, {**{word: 30 for word in self.NEW}, "shared0": 32, "seldom": 1})

    def test_files_without_counts(self):
        """The counts are those of the text, or 1. A folder is a format, too."""
        self.succeeds("convert", "old.n2v", "words.txt")
        self.succeeds("convert", "old.n2v", "folder.model2vec")
        for start, which, others in (("words.txt", "old", ()), ("folder.model2vec", "both", self.NEW)):
            self.train("new.txt", "-o", "v.n2v", "--start", start, "--vocabulary", which, *SMALL)
            model = self.model("v.n2v")
            counts = dict(zip(model["words"], model["counts"]))
            wanted = {word: 30 if word in self.NEW else 1 for word in {*self.OLD, *others}}
            self.assertEqual(counts, {**wanted, "shared0": 31}, which)

    def test_unseen_words_can_be_dropped(self):
        self.succeeds("convert", "old.n2v", "words.txt")
        for start in ("old.n2v", "words.txt"):
            done = self.train("new.txt", "-o", "v.n2v", "--start", start, "--vocabulary", "old", "--drop-unseen",
                              *SMALL)
            self.assertEqual(set(self.model("v.n2v")["words"]), set(self.OLD) & set(self.NEW), start)
            self.assertIn(b"6 of 14 words of the vocabulary never occur in the text", done.stderr)

    def test_reports(self):
        self.assertIn("starting from old.n2v: it has 8 of 14 words", self.start(*SMALL, "--min-count", "2"))
        said = self.start(*SMALL, "--vocabulary", "old")
        self.assertIn("never occur in the text, such as 'old0': trained as noise words alone; --drop-unseen skips them",
                      said)
        self.assertNotIn("warning", said)

    def test_record(self):
        self.start(*SMALL, "--vocabulary", "both", "--freeze", "output", "--min-count", "2")
        parameters = dict(self.model("v.n2v")["parameters"])
        self.assertEqual((parameters["start"], parameters["vocabulary"], parameters["freeze"]),
                         ("old.n2v", "both", "output"))
        self.assertNotIn("vocabulary", dict(self.model("old.n2v")["parameters"]))


class Vectors(StartTest):
    def test_they_are_those_of_the_file(self):
        """With a rate near 0; words that are missing in the file begin with random vectors."""
        self.start(*PLAIN, "--lr", "1e-30")
        old, new = self.model("old.n2v"), self.model("v.n2v")
        for side in ("input", "output"):
            begun, ended = rows(old, side), rows(new, side)
            for word in set(self.OLD) & set(self.NEW):
                self.assertEqual(begun[word], ended[word], (side, word))
        self.train("new.txt", "-o", "random.n2v", *PLAIN, "--lr", "1e-30")
        drawn = rows(self.model("random.n2v"), "input")
        self.assertEqual(rows(new, "input")["new0"], drawn["new0"])
        self.assertNotEqual(rows(new, "input")["shared1"], drawn["shared1"])

    def test_every_format(self):
        wanted = None
        for name in ("v.txt", "v.bin", "v.glove", "v.npy", "v.safetensors", "v.fifu"):
            self.succeeds("convert", "old.n2v", name)
            self.train("new.txt", "-o", "v.n2v", "--start", name, "--vocabulary", "old", "--freeze", "input", *SMALL)
            got = rows(self.model("v.n2v"), "input")
            wanted = wanted or rows(self.model("old.n2v"), "input")
            for word, row in got.items():
                self.assertTrue(all(abs(a - b) < 1e-5 for a, b in zip(row, wanted[word])), (name, word))

    def test_a_training_goes_on(self):
        """On new text: it begins where the old one has ended, and its loss is lower than that of a new training."""
        self.write("more.txt", lines(self.OLD, 40))
        plain, on = (self.train("more.txt", "-o", "v.n2v", *PLAIN, "--epochs", "1", *options).stderr.decode()
                     for options in ((), ("--start", "old.n2v", "--vocabulary", "both")))
        losses = [float(said.split("mean loss of the last epoch ")[1].split()[0]) for said in (plain, on)]
        self.assertLess(losses[1], losses[0])
        self.assertEqual(self.model("v.n2v")["counts"], [80] * len(self.OLD))

    def test_subwords(self):
        subwords = ("--subwords", "fasttext", "--minn", "3", "--maxn", "4")
        self.train("old.txt", "-o", "old.n2v", *PLAIN, *subwords)
        self.start(*SMALL, *subwords, "--vocabulary", "old", "--freeze", "input")
        begun, ended = (rows(self.model(name), "input") for name in ("old.n2v", "v.n2v"))
        self.assertEqual(begun, {word: ended[word] for word in begun})
        self.fails(2, "no subwords of the same settings", "train", "new.txt", "-o", "x.n2v", "--start", "old.n2v",
                   *PLAIN, *subwords[:-1], "5")

    def test_phrases(self):
        """Those of the file are joined, where no others are given."""
        self.write("p.txt", "".join("w%d new york w%d\n" % (i % 7, i * i % 7) for i in range(200)).encode())
        self.train("p.txt", "-o", "old.n2v", *PLAIN, "--phrases", "npmi", "--phrase-threshold", "0.8")
        self.assertEqual(self.model("old.n2v")["words"][0], "new_york")
        self.write("new.txt", b"w1 new york w2\n" * 20)
        self.start(*SMALL, "--vocabulary", "old")
        words = dict(zip(self.model("v.n2v")["words"], self.model("v.n2v")["counts"]))
        self.assertEqual(words, dict(zip(self.model("old.n2v")["words"], self.model("old.n2v")["counts"])))
        self.assertIn("joined", self.start(*PLAIN))


class Freeze(StartTest):
    def test_sides(self):
        """Every model that has vectors of words, in place and in rounds. Words that the file does not have are
        trained."""
        for more in (("--objective", "nce"), ("--objective", "sgns"), ("--objective", "infonce", "--model", "cbow"),
                     ("--objective", "siglip", "--deterministic"), ("--objective", "dcl"),
                     ("--objective", "nce", "--optimizer", "adagrad"),
                     ("--objective", "softmax", "--model", "cbow", "--weight-decay", "0.01")):
            self.train("old.txt", "-o", "old.n2v", "-q", *PLAIN, *more)
            old = self.model("old.n2v")
            for side, other in (("input", "output"), ("output", "input")):
                said = self.start(*PLAIN, *more, "--freeze", side)
                self.assertIn("frozen: 8 of 30 vectors", said, more)
                new = self.model("v.n2v")
                for word in set(self.OLD) & set(self.NEW):
                    self.assertEqual(rows(old, side)[word], rows(new, side)[word], (more, side, word))
                    self.assertNotEqual(rows(old, other)[word], rows(new, other)[word], (more, side, word))
                if side == "output":
                    self.assertEqual(old.get("shared_bias"), new.get("shared_bias"), more)

    def outputs_are_refused(self, name, *options):
        done = self.run_program("train", name, "-o", "x.n2v", "--start", "old.n2v", *PLAIN, *options, "--freeze",
                                "output")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"the outputs of the file to start from are not those of this training; start from a training "
                      b"with "
                      b"the same --objective and --model, and where outputs are nodes of a tree (hs), set --vocabulary "
                      b"old",
                      done.stderr)

    def test_nodes_of_a_tree(self):
        """They are the same with the same counts alone."""
        for objective in ("hs:sgns=1", "hs"):
            self.train("old.txt", "-o", "old.n2v", "-q", *PLAIN, "--objective", objective)
            self.start(*SMALL, "--objective", objective, "--vocabulary", "old", "--freeze", "output")
            self.assertEqual(self.model("old.n2v")["output"], self.model("v.n2v")["output"])
            self.assertNotEqual(self.model("old.n2v")["input"], self.model("v.n2v")["input"])
        self.write("counts.txt", lines(self.OLD, 30) + lines(sorted(self.OLD)[:1] * 2, 30))
        for name in ("new.txt", "counts.txt"):
            self.outputs_are_refused(name, "--objective", "hs")

    def test_positions(self):
        for model in ("structured-skipgram", "cwindow"):
            more = ("--model", model, "--window", "2")
            self.train("old.txt", "-o", "old.n2v", "-q", *PLAIN, *more)
            self.start(*SMALL, *more, "--vocabulary", "old", "--freeze", "output")
            self.assertEqual(self.model("old.n2v")["output"], self.model("v.n2v")["output"], model)
            self.assertNotEqual(self.model("old.n2v")["input"], self.model("v.n2v")["input"], model)
            for other in ("1", "3"):
                self.outputs_are_refused("new.txt", "--model", model, "--window", other)
        self.outputs_are_refused("new.txt", "--objective", "hs")

    def test_words(self):
        self.write("keep.txt", b"shared0\nshared3\nabsent\n")
        self.assertIn("frozen: 4 of 30 vectors", self.start(*PLAIN, "--freeze", "keep.txt"))
        old, new = self.model("old.n2v"), self.model("v.n2v")
        for side in ("input", "output"):
            self.assertEqual(rows(old, side)["shared3"], rows(new, side)["shared3"])
            self.assertNotEqual(rows(old, side)["shared4"], rows(new, side)["shared4"])
        self.succeeds("convert", "old.n2v", "words.txt")  # has no outputs that could stay
        done = self.train("new.txt", "-o", "v.n2v", "--start", "words.txt", "--freeze", "keep.txt", *PLAIN)
        self.assertIn(b"frozen: 2 of 30 vectors", done.stderr)

    def test_rates(self):
        """0 freezes, one factor is that of both vectors, two are of input and output. A mark is no letter."""
        self.write("rates.txt", b"\xef\xbb\xbfshared0 0\r\nshared1\t0 1\n\nshared2 1 0\nshared3 1\nshared4 1e-6\n")
        self.assertIn("frozen: 4 of 30 vectors", self.start(*PLAIN, "--lr-of", "rates.txt"))
        old, new = self.model("old.n2v"), self.model("v.n2v")
        same = [[rows(old, side)[word] == rows(new, side)[word] for side in ("input", "output")]
                for word in ("shared0", "shared1", "shared2", "shared3")]
        self.assertEqual(same, [[True, True], [True, False], [False, True], [False, False]])
        moved = [max(abs(a - b) for a, b in zip(rows(old, "input")[word], rows(new, "input")[word]))
                 for word in ("shared3", "shared4")]
        self.assertTrue(0 < moved[1] < moved[0] / 1000 or moved[1] < 1e-6, moved)

    def test_rates_without_a_start(self):
        self.write("rates.txt", b"shared0 0 1\n")
        self.train("new.txt", "-o", "v.n2v", *PLAIN, "--lr-of", "rates.txt")
        self.train("new.txt", "-o", "random.n2v", *PLAIN, "--lr", "1e-30")
        self.assertEqual(*(rows(self.model(name), "input")["shared0"] for name in ("v.n2v", "random.n2v")))

    def test_resumed_without_the_files(self):
        self.write("rates.txt", b"shared1 0.5\n")
        options = (*SMALL, "--schedule", "constant", "--vocabulary", "both", "--freeze", "output", "--lr-of",
                   "rates.txt", "--min-count", "2")
        self.start(*options, "--epochs", "4", output="whole.n2v")
        self.start(*options, "--checkpoint", "c.n2v")
        for name in ("old.n2v", "rates.txt"):
            os.unlink(self.path(name))
        said = self.train("--resume", "c.n2v", "--epochs", "4").stderr.decode()
        self.assertIn("frozen: 14 of 40 vectors", said)
        wanted, got = self.model("whole.n2v"), self.model("v.n2v")
        for part in ("words", "counts", "input", "output", "output_bias"):
            self.assertEqual(wanted[part], got[part], part)
        self.assertEqual(dict(got["parameters"])["start"], "old.n2v")
        self.succeeds("train", "--resume", "c.n2v", "--epochs", "9", "--dry-run")
        self.assertEqual(json.loads(self.succeeds("info", "--json", "c.n2v").stdout)["checkpoint"]["epochs"], 4)


class Refused(StartTest):
    def refused(self, says, *options, code=2):
        self.fails(code, says, "train", "new.txt", "-o", "x.n2v", "--threads", "1", *options)

    def test_settings(self):
        start = ("--start", "old.n2v", "--dim", "8")
        self.refused("--vocabulary has no effect without --start: leave it out", "--vocabulary", "both")
        self.refused("--freeze would keep random vectors: give --start FILE, too", "--freeze", "input")
        self.refused("--read-vocab and --vocabulary old both give the words", *start, "--vocabulary", "old",
                     "--read-vocab", "old.txt")
        self.refused("--min-count has no effect with --vocabulary old: leave it out", *start, "--vocabulary", "old",
                     "--min-count", "3")
        self.refused("--max-vocab would drop words of the file to start from", *start, "--vocabulary", "both",
                     "--max-vocab", "3")
        self.refused("--drop-unseen has no effect without --read-vocab", *start, "--drop-unseen")
        self.refused("--start -: a file is needed, not standard input", "--start", "-")
        self.refused("--freeze -: a file is needed, not standard input", *start, "--freeze", "-")
        self.refused("--lr-of -: a file is needed, not standard input", "--lr-of", "-")

    def test_files(self):
        """Before the text is read: nothing is reported of it."""
        self.refused("nothere: ", "--start", "nothere")
        self.write("bad.txt", b"2 2\na 1\n")
        self.refused("bad.txt: line 2", "--start", "bad.txt", "--dim", "2", code=1)
        self.refused("the vectors to start from have 8 dimensions, the training has 100: set --dim", "--start",
                     "old.n2v")
        self.succeeds("convert", "old.n2v", "words.txt")
        self.refused("words.txt has no output vectors, which --freeze output would keep", "--start", "words.txt",
                     "--dim", "8", "--freeze", "output")
        self.refused("no subwords of the same settings", "--start", "old.n2v", "--dim", "8", "--subwords", "fasttext")
        for option in ("--start", "--freeze", "--lr-of"):
            self.write("same.n2v", self.read("old.n2v") if option == "--start" else b"shared0 1\n"[:-3] + b"\n"
                       if option == "--freeze" else b"shared0 1\n")
            start = () if option == "--start" else ("--start", "old.n2v")
            self.fails(2, "same.n2v", "train", "new.txt", "-o", "same.n2v", "--dim", "8", *start, option, "same.n2v")

    def test_lists(self):
        start = ("--start", "old.n2v", "--dim", "8", "--min-count", "1")
        for option, content, says in (
                ("--freeze", b"shared0\nshared1 0\n", "list, line 2: there is more than that; a line is a word"),
                ("--freeze", b"a\nb\na\n", "list, line 3: the word appears a second time"),
                ("--freeze", b"\n", "list: there is no word in this file"),
                ("--freeze", b"x" * 1100, "list, line 1: the word is"),
                ("--freeze", b"x" * 9000, "list, line 1: it is too long"),
                ("--lr-of", b"a\n",
                 "list, line 1: there is no factor; a line is a word and a factor of its learning rate"),
                ("--lr-of", b"a 1 1 1\n", "list, line 1: there is more than that"),
                ("--lr-of", b"a 1\nb -1\n", "list, line 2: the factor is not a number from 0 on"),
                ("--lr-of", b"a nan\n", "list, line 1: the factor is not a number from 0 on"),
                ("--lr-of", b"a 1 x\n", "list, line 1: the factor is not a number from 0 on")):
            self.write("list", content)
            done = self.run_program("train", "new.txt", "-o", "x.n2v", *start, option, "list")
            said = done.stderr.decode()
            self.assertEqual(done.returncode, 1, said)
            self.assertIn(says, said)
            self.assertNotIn("read ", said)
            self.assertFalse(os.path.exists(self.path("x.n2v")))
        self.write("list", b"absent 1\n")
        self.refused("--lr-of list: none of its words is in the vocabulary", *start, "--lr-of", "list", code=1)
        self.refused("nothere", *start, "--freeze", "nothere")

    def test_no_common_word(self):
        self.write("new.txt", lines(["one", "two", "three"], 10))
        for which in ("new", "old", "both"):
            done = self.run_program("train", "new.txt", "-o", "x.n2v", "--start", "old.n2v", "--vocabulary", which,
                                    "--dim", "8")
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr.decode(), "no word of the text|shares no word with new.txt", which)

    def test_resumed_training_has_another_start(self):
        self.start(*PLAIN, "--checkpoint", "c.n2v")
        self.fails(2, "--start is new.txt, and the checkpoint has old.n2v", "train", "--resume", "c.n2v", "--epochs",
                   "4", "--start", "new.txt")

    def test_estimates(self):
        self.write("text", text())
        done = self.train("new.txt", "-o", "x.n2v", "--dry-run", "--start", "old.n2v", "--vocabulary", "old", *SMALL)
        self.assertIn(b"the time is that of a training without --start", done.stderr)
        self.assertIn(b"memory: ", done.stderr)


if __name__ == "__main__":
    unittest.main()
