"""train --dry-run: what a run will need, from the beginning of its text."""

import os
import random
import re
import unittest

from support import ALL, SANITIZED, CommandTest, text

SMALL = ("--dim", "16", "--threads", "1")


class Estimates(CommandTest):
    def dry_run(self, *arguments):
        """The lines after the plan."""
        done = self.train(*arguments, "-o", "v.txt", "--dry-run", *SMALL)
        self.assertFalse(os.path.exists(self.path("v.txt")))
        return done.stderr.decode().splitlines()[1:]

    def number(self, pattern, line):
        found = re.search(pattern, line)
        self.assertTrue(found, line)
        return int(found[1].replace(",", ""))

    def test_a_small_text_is_read_as_a_whole(self):
        self.write("text", text())
        lines = self.dry_run("text", "--epochs", "2")
        self.assertEqual(lines[0], "text: 4,800 words; vocabulary: 60 words of 60 different ones")
        self.assertRegex(lines[1], r"^memory: about \d+ MB$")
        self.assertRegex(lines[2], r"^time on this machine: about 0:01 to read, 0:01 to train \([\d.]+ [kM] words/s\)$")
        self.assertEqual(len(lines), 3)

    def test_a_resumed_training_has_less_to_do(self):
        self.write("text", text())
        self.train("text", "-o", "v.txt", "--checkpoint", "c.n2v", "--epochs", "2", *SMALL)
        for epochs, seconds in (("2", "0:00"), ("3", "0:01")):
            lines = self.train("--resume", "c.n2v", "--epochs", epochs, "--dry-run").stderr.decode().splitlines()
            self.assertIn(" to read, %s to train" % seconds, lines[-1])

    if ALL:  # the text has eight million words
        def test_a_sample_of_a_large_text(self):
            """In each 100,000 words of the text are 1,000 new ones, five times each."""
            draw = random.Random(1)
            common = "\n".join(" ".join("w%d" % draw.randrange(5000) for _ in range(20)) for _ in range(4750)) + "\n"

            def part(number):
                new = " ".join("n%dx%d" % (number, i) for i in range(1000))
                return common + (new + "\n") * 5

            self.write("a", "".join(part(number) for number in range(35)).encode())
            self.write("b", "".join(part(number) for number in range(35, 80)).encode())
            lines = self.dry_run("a", "b", "--epochs", "3", "--max-vocab", "1000000")
            self.assertRegex(lines[0], r"^estimates, from the first 4,0\d\d,\d\d\d words, 50 % of the text:$")
            self.assertAlmostEqual(self.number(r"^text: about ([\d,]+) words", lines[1]) / 8e6, 1, delta=0.05)
            words = self.number(r"vocabulary: about ([\d,]+) words of", lines[1])
            self.assertAlmostEqual(words / 85000, 1, delta=0.1)
            self.assertIn("words of %s different ones" % format(words, ","), lines[1])
            self.assertRegex(lines[2], r"^memory: about \d+ MB$")
            self.assertIn("vocabulary: about 20,000 words", self.dry_run("a", "b", "--max-vocab", "20000")[1])

    def test_a_given_vocabulary(self):
        self.write("text", text())
        self.write("words", b"word1\t9\nword2\t8\nnone\t7\n")
        self.assertEqual(self.dry_run("text", "--read-vocab", "words", "--subsample", "0")[0],
                         "text: 4,800 words; vocabulary: 3 words")

    def test_an_objective_that_sums_over_all_words(self):
        self.write("text", text())
        self.assertRegex(self.dry_run("text", "--objective", "softmax", "--epochs", "1")[2],
                         r"^time .* to train \([\d.]+ [kM] words/s\)$")

    @unittest.skipIf(SANITIZED, "machine: a sanitizer takes memory of its own")
    def test_memory_is_that_of_the_training(self):
        self.write("text", "\n".join(" ".join("w%d" % (i * 7 % 10000) for i in range(at, at + 20))
                                     for at in range(0, 40000, 20)).encode())
        settings = ("text", "--dim", "300", "--threads", "1", "--epochs", "1", "--min-count", "1", "--subsample", "0")
        self.train(*settings, "-o", "s.n2v")
        for more in ((), ("--start", "s.n2v", "--freeze", "input")):
            said = self.train(*settings, *more, "-o", "v.n2v", "--dry-run").stderr.decode()
            estimate = 1e6 * int(re.search(r"memory: about (\d+) MB", said)[1])
            self.assertAlmostEqual(estimate / self.peak("train", *settings, *more, "-o", "v.n2v"), 1, delta=0.15)

    def test_words_of_vectors_to_start_from(self):
        self.write("text", text())
        self.write("s.txt", b"3 2\nword1 1 2\nother 2 3\nmore 3 4\n")
        for which, words in (("new", "60"), ("both", "62"), ("old", "3")):
            said = self.train("text", "--start", "s.txt", "--vocabulary", which, "-o", "v.txt", "--dim", "2",
                              "--threads", "1", "--dry-run").stderr.decode()
            self.assertIn("vocabulary: %s words" % words, said)
            self.assertIn("the time is that of a training without --start", said)

    def test_what_is_not_read(self):
        message = "no estimates: an input is not a regular file, and is not read"
        self.assertEqual(self.dry_run("-"), [message])
        os.mkfifo(self.path("fifo"))
        self.assertEqual(self.dry_run("fifo"), [message])

    def test_a_text_without_words(self):
        self.write("text", b"a b c\n")
        self.fails(1, "no word reaches the minimum count of 5", "train", "text", "-o", "v.txt", "--dry-run")


if __name__ == "__main__":
    unittest.main()
