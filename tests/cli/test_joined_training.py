"""nce2vec train --phrases: the vectors of the joined text, held-out text, checkpoints, likelihood, queries."""

import json
import os
import pty
import time
import unittest

from support import Background, CommandTest
from test_phrases import prose

FIND = ("--threshold", "0.3", "--min-count", "3", "--passes", "2", "--connectors", "english")
PHRASES = ("--phrases", "npmi", "--phrase-threshold", "0.3", "--phrase-min-count", "3", "--phrase-passes", "2",
           "--phrase-connectors", "english")
SMALL = ("-q", "--dim", "8", "--threads", "1", "--min-count", "2")


class Training(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", prose(800).encode())
        self.write("other", prose(100, seed=2).encode())
        self.succeeds("phrases", "-q", "text", "-o", "joined.gz", "--save", "table", "--scorer", "npmi", *FIND)
        self.succeeds("phrases", "-q", "other", "-o", "other.joined", "--read", "table")

    def test_the_vectors_of_the_joined_text(self):
        """To the byte, whatever is kept of its words, and with held-out text."""
        self.succeeds("vocab", "-q", "other", "-o", "words", "--min-count", "1", "--phrases", "table")
        self.assertIn(b"new_york\t", self.read("words"))
        for more in ((), ("--heldout", "0.1"), ("--max-vocab", "50"), ("--read-vocab", "words", "--drop-unseen"),
                     ("--heldout", "other")):
            of_joined = ["other.joined" if option == "other" else option for option in more]
            with self.subTest(more=more):
                self.train("joined.gz", "--tokenizer", "space", "-o", "a.txt", *SMALL, *of_joined, "--metrics", "a")
                self.assertIn(b"bank_of_america ", self.read("a.txt"))
                for phrases in (PHRASES, ("--phrases", "table")):
                    self.train("text", *phrases, "-o", "b.txt", *SMALL, *more, "--metrics", "b")
                    self.assertEqual(self.read("b.txt"), self.read("a.txt"))
                    rows = [[json.loads(line) for line in self.read(name).splitlines()] for name in "ab"]
                    losses = [[row["heldout_loss"] for row in log if "heldout_loss" in row] for log in rows]
                    self.assertEqual(*losses)
                    self.assertEqual(len(losses[0]) > 0, "--heldout" in more)

    def test_vocabulary(self):
        self.succeeds("vocab", "-q", "joined.gz", "--tokenizer", "space", "-o", "a")
        self.succeeds("vocab", "-q", "text", *PHRASES, "-o", "b")
        self.assertEqual(self.read("a"), self.read("b"))

    def test_what_is_reported(self):
        said = self.train("text", "-o", "v.txt", "--phrases", "npmi", "--phrase-max-pairs", "1000").stderr.decode()
        self.assertRegex(said, r"pass 1: [\d,]+ pairs, \d+ phrases?\n")
        self.assertRegex(said, r"warning: pass 1: [\d,]+ rare pairs were dropped to keep no more than "
                               r"--phrase-max-pairs; counts of pairs may be too low by up to \d+, and")
        self.assertRegex(said, r"\n[\d,]+ pairs joined: [\d,]+ words became [\d,]+\nread")
        self.write("rare", b"# nce2vec phrases 1\ttokenizer=words\tdelimiter=_\n# pass 1\nno such\t5\t1\n")
        said = self.train("text", "-o", "v.txt", "--phrases", "rare").stderr.decode()
        self.assertIn("warning: no phrase occurs in the text\n", said)
        self.assertNotIn("pass 1", said)

    def test_models_have_their_phrases(self):
        self.train("text", *PHRASES, "-o", "m.n2v", *SMALL)
        self.train("joined.gz", "--tokenizer", "space", "-o", "j.n2v", *SMALL)
        likelihoods = [self.succeeds("likelihood", "-q", *of, "--json").stdout
                       for of in (("m.n2v", "other"), ("j.n2v", "other.joined"))]
        self.assertEqual(*likelihoods)
        self.succeeds("convert", "-q", "m.n2v", "top.n2v", "--top", "200")
        said = self.succeeds("likelihood", "top.n2v", "other").stderr.decode()
        self.assertRegex(said, r"[\d,]+ pairs joined: ")
        done = self.succeeds("neighbors", "m.n2v", "Bank of America")
        self.assertIn(b"'Bank of America' is looked up as 'bank_of_america'", done.stderr)
        info = self.succeeds("info", "m.n2v").stdout.decode()
        for line in ("phrases=npmi", "phrase-threshold=0.3", "phrase-passes=2", "phrase-connectors=english"):
            self.assertIn("  %s\n" % line, info)
        self.succeeds("convert", "m.n2v", "s.safetensors")
        self.fails(1, "their file does not have the phrases: take the .n2v file", "likelihood", "s.safetensors", "text")
        self.train("text", "--phrases", "table", "-o", "t.n2v", *SMALL)
        info = self.succeeds("info", "t.n2v").stdout.decode()
        self.assertIn("  phrases=table\n", info)
        self.assertNotIn("phrase-", info)

    def test_checkpoints(self):
        """Finished and stretched: what is trained then is the same as of the joined text."""
        made = []
        for name, text in (("a", ("text", *PHRASES)), ("b", ("joined.gz", "--tokenizer", "space"))):
            self.train(*text, "-o", "v.txt", *SMALL, "--epochs", "1", "--checkpoint", name)
            self.train("--resume", name, "--epochs", "2", "-q", "-o", "v.txt")
            made.append(self.read("v.txt"))
        self.assertEqual(*made)
        for says, option, value in (("--phrases is gensim, and the checkpoint has npmi", "--phrases", "gensim"),
                                    ("--phrase-passes is 3, and the checkpoint has 2", "--phrase-passes", "3"),
                                    ("--phrases is table, and the checkpoint has npmi", "--phrases", "table")):
            self.fails(2, says, "train", "--resume", "a", option, value)
        self.train("text", "--phrases", "table", "-o", "v.txt", *SMALL, "--epochs", "1", "--checkpoint", "c")
        os.rename(self.path("table"), self.path("moved"))
        self.fails(2, "table", "train", "--resume", "c", "--epochs", "2", "-o", "v.txt")
        self.train("--resume", "c", "--epochs", "2", "-q", "-o", "v.txt", "--phrases", "moved")
        self.assertEqual(self.read("v.txt"), made[0])
        self.write("fewer", b"".join(self.read("moved").splitlines(True)[:5]))
        self.fails(2, "the text is not the one of the checkpoint", "train", "--resume", "c", "--epochs", "3", "-q",
                   "--phrases", "fewer")

    def test_what_is_refused(self):
        self.write("damaged", self.read("table").replace(b"\t", b" ", 4))
        for says, options in (("--phrases npmii: it is no scorer (word2phrase, gensim, npmi)", ("--phrases", "npmii")),
                              ("--phrases -: a file is needed", ("--phrases", "-")),
                              ("--phrase-passes has no effect without --phrases", ("--phrase-passes", "2")),
                              ("--phrase-passes has no effect with --phrases table",
                               ("--phrases", "table", "--phrase-passes", "2")),
                              ("--phrase-threshold: 2 is above 1, the highest score of --phrases npmi",
                               ("--phrases", "npmi", "--phrase-threshold", "2")),
                              ("cannot read missing", ("--phrases", "npmi", "--phrase-connectors", "missing")),
                              ("the phrases of table were found with --tokenizer words",
                               ("--phrases", "table", "--tokenizer", "space"))):
            self.fails(2, says, "train", "text", "-o", "v.txt", *options)
            self.fails(2, says, "vocab", "text", "-o", "v.txt", *options)
        self.fails(1, "text is not a table of phrases", "train", "text", "-o", "v.txt", "--phrases", "text")
        self.fails(1, "damaged", "train", "text", "-o", "v.txt", "--phrases", "damaged")
        self.fails(2, "same file as the input table", "train", "text", "-o", "table", "--phrases", "table")
        self.fails(2, "same file as the input other", "train", "text", "-o", "other", "--phrases", "npmi",
                   "--phrase-connectors", "other")
        self.fails(2, "same file as the input table", "vocab", "text", "-o", "table", "--phrases", "table")

    def test_a_dry_run(self):
        said = self.train("text", "-o", "v.txt", "--dry-run", *PHRASES).stderr.decode()
        read = self.train("text", "-o", "v.txt", *PHRASES).stderr.decode()
        words = read.split("\nread ")[1].split(" words")[0]
        self.assertIn("text: %s words; vocabulary" % words, said)


class Progress(CommandTest):
    @staticmethod
    def terminal_says(main):
        try:
            return os.read(main, 65536)
        except OSError:  # nothing, or its other end is closed
            return b""

    def test_on_a_terminal(self):
        """The text is joined as fast as it is read from the pipe."""
        self.write("text", prose(2000).encode() * 20)
        os.mkfifo(self.path("out"))
        main, terminal = pty.openpty()
        program = Background(self, "phrases", "text", "-o", "out", "--threshold", "10", stderr=terminal)
        os.close(terminal)
        os.set_blocking(main, False)
        said, joined, piece = b"", b"", b"?"
        with open(self.path("out"), "rb", buffering=0) as out:
            while piece:
                piece = out.read(65536)
                joined += piece
                if b"joining" not in said:
                    time.sleep(0.02)
                    said += self.terminal_says(main)
        program.end()
        said += self.terminal_says(main)
        os.close(main)
        self.assertGreater(joined.count(b"new_york"), 100)
        self.assertRegex(said.decode(), r"\rjoining phrases +\d+% \[[#.]+\] [\d.]+ \w* ?words/s")


if __name__ == "__main__":
    unittest.main()
