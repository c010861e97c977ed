"""Sessions and sets of items: whole lines as contexts, lines of any length, noise powers below 0."""

import json
import random
import unittest

from support import SANITIZED, CommandTest

IDS = tuple("--tokenizer space --min-count 1 --subsample 0 --threads 1 --dim 16 --epochs 3".split())


def line(topic, count, draw):
    return (" ".join("t%d_%d" % (topic, draw.randrange(20)) for _ in range(count)) + "\n").encode()


def halves(topic, draw):
    """Items of a topic that are always far apart: a window of the text's order never has two of them."""
    far = ["x%d" % draw.randrange(5) for _ in range(30)]
    return " ".join(["a%d_%d" % (topic, draw.randrange(3)), *far,
                     "b%d_%d" % (topic, draw.randrange(3))]).encode() + b"\n"


class WholeLines(CommandTest):
    def setUp(self):
        super().setUp()
        draw = random.Random(1)
        self.write("text", b"".join(line(i % 4, 8, draw) for i in range(400)))
        self.write("halves", b"".join(halves(i % 4, draw) for i in range(1500)))

    def trained(self, name, text, *options):
        self.train(text, "-o", name, *IDS, *options)
        return self.read(name)

    def test_window_all_is_window_weights_line(self):
        one = self.trained("a.txt", "text", "--window", "all")
        self.assertEqual(one, self.trained("b.txt", "text", "--window-weights", "line"))
        self.assertNotEqual(one, self.trained("b.txt", "text", "--window-weights", "flat"))
        self.trained("a.n2v", "text", "--window", "all", "--model", "cbow")
        said = self.succeeds("info", "a.n2v").stdout.decode()
        self.assertIn("window-weights=line", said)
        self.assertIn("window=8", said)

    def test_words_far_apart_meet(self):
        """A word of the first item's topic predicts the last item's, which the window does not reach."""
        found = {}
        for weights in ("flat", "line"):
            self.trained("v.n2v", "halves", "--window-weights", weights, "--epochs", "20")
            answers = json.loads(self.succeeds("predict", "v.n2v", "--json", "-n", "12", "a1_1 _").stdout)
            words = [answer["word"] for answer in answers["answers"] if answer["word"].startswith("b")]
            found[weights] = words[:3]
        self.assertEqual({word[:2] for word in found["line"]}, {"b1"}, found)
        self.assertNotEqual({word[:2] for word in found["flat"]}, {"b1"}, found)

    def test_predictions_reach_the_whole_line(self):
        """Of 12 words, in any order, all count; a window of 5 has less than half of them."""
        words = ["t%d_%d" % (topic, item) for topic in (1, 2) for item in range(6)]
        for weights, same in (("line", True), ("flat", False)):
            self.trained("v.n2v", "text", "--window-weights", weights)
            first, second = ({answer["word"]: round(answer["probability"], 4) for answer in json.loads(
                self.succeeds("predict", "v.n2v", "--json", " ".join(order) + " _").stdout)["answers"]}
                             for order in (words, words[::-1]))
            self.assertEqual(first == second, same, (first, second))

    def test_resume_and_held_out_lines(self):
        options = ("--window", "all", "--heldout", "0.1")
        whole = self.trained("whole.n2v", "text", *options)
        self.succeeds("train", "text", "-o", "v.n2v", *IDS, *options, "--save-every", "1", "--checkpoint", "c.n2v")
        self.succeeds("train", "--resume", "c.n2v", "-o", "again.n2v")
        self.assertEqual(len(self.read("again.n2v")), len(whole))

    def test_long_lines(self):
        draw = random.Random(2)
        self.write("long", b"".join(line(i, 20000, draw) for i in range(4)))
        said = self.succeeds("train", "long", "-o", "v.n2v", *IDS, "--window", "all").stderr.decode()
        self.assertIn("trained on 240,000 words", said)
        nearest = self.succeeds("neighbors", "v.n2v", "t2_7", "-k", "5").stdout.decode().split("\n")[1:6]
        self.assertTrue(all(" t2_" in word for word in nearest), nearest)

    def test_a_line_needs_no_memory(self):
        """One line of many items needs what lines of ten do, with any window."""
        draw = random.Random(5)
        items = [b"i%d" % draw.randrange(999) for _ in range(100_000 if SANITIZED else 400_000)]
        self.write("long", b" ".join(items) + b"\n")
        self.write("short", b"".join(b" ".join(items[i:i + 10]) + b"\n" for i in range(0, len(items), 10)))
        for window in ("all", "5"):
            long, short = (self.peak("train", name, "-q", "-o", "v.bin", *IDS, "--epochs", "1", "--dim", "4",
                                     "--window", window)
                           for name in ("long", "short"))
            self.assertLess(abs(long - short), 4 << 20)

    def test_warnings(self):
        """What cannot be meant: whole lines where there is one, and lines that are mostly single words."""
        draw = random.Random(6)
        self.write("one", line(1, 500, draw))
        self.write("column", b"".join(line(1, 1, draw) for _ in range(300)) + line(1, 8, draw))
        self.write("pairs", b"".join(line(1, 2, draw) for _ in range(300)) + line(1, 1, draw))
        for name, option, says in (("one", "all", "the text is one line"), ("one", "5", None), ("text", "all", None),
                                   ("column", "5",
                                    "at least 294 of 301 sentences have one word of the vocabulary alone"),
                                   ("pairs", "all", None)):
            said = self.train(name, "-o", "v.txt", *IDS, "--window", option).stderr.decode()
            self.assertEqual("warning" in said, says is not None, said)
            self.assertIn(says or "", said)

    def test_likelihood(self):
        self.trained("v.n2v", "halves", "--window", "all")
        one = json.loads(self.succeeds("likelihood", "v.n2v", "halves", "--json").stdout)
        self.assertEqual(one["pairs"], 1500 * (32 * 10 - 5 * 6))
        self.assertEqual(one, json.loads(self.succeeds("likelihood", "v.n2v", "halves", "--json").stdout))

    def test_likelihood_of_other_windows(self):
        self.trained("v.n2v", "text")
        for option in ("--window", "all"), ("--window-weights", "line"):
            self.assertIn(b"of whole lines", self.succeeds("likelihood", "v.n2v", "text", *option).stdout)
        self.assertNotIn(b"of whole lines", self.succeeds("likelihood", "v.n2v", "text").stdout)

    def test_refused(self):
        both = "--window all is --window-weights line: give one of them"
        self.fails(2, both, "train", "text", "-o", "v", "--window", "all", "--window-weights", "flat")
        self.fails(2, "--window all and --window-fixed contradict each other", "train", "text", "-o", "v", "--window",
                   "all", "--window-fixed")
        for model in ("cwindow", "structured-skipgram"):
            self.fails(2, "learns from positions in the window, and --window-weights line has none", "train", "text",
                       "-o", "v", "--window", "all", "--model", model)

    def test_noise_power_below_0(self):
        one, two = (self.trained("v.txt", "text", "--noise-power", power) for power in ("-0.5", "0.5"))
        self.assertNotEqual(one, two)
        self.fails(2, "-5 to 5", "train", "text", "-o", "v", "--noise-power", "-6")


if __name__ == "__main__":
    unittest.main()
