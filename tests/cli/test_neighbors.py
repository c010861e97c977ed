"""nce2vec neighbors: answers, words that are not there, files that are no vectors."""

import unittest

from support import CommandTest

VECTORS = b"5 2\nnorth 0 2\nsouth 0 -3\neast 1 0\nnortheast 5 5\n\xc3\xa9t\xc3\xa9 0.5 1\n"


class Neighbors(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("v.txt", VECTORS)

    def test_arguments(self):
        done = self.succeeds("neighbors", "v.txt", "north", "-k", "3")
        self.assertEqual(done.stdout.decode(), "north\n  0.8944  été\n  0.7071  northeast\n  0.0000  east\n")
        self.assertEqual(done.stderr, b"")
        done = self.succeeds("neighbors", "v.txt", "east", "été", "--count=1")
        self.assertEqual(done.stdout.decode(), "east\n  0.7071  northeast\n\nété\n  0.9487  northeast\n")

    def test_no_more_than_there_are(self):
        self.assertEqual(len(self.succeeds("neighbors", "v.txt", "north", "-k", "1000000").stdout.splitlines()), 5)
        self.assertEqual(len(self.succeeds("neighbors", "v.txt", "north").stdout.splitlines()), 5)

    def test_standard_input(self):
        done = self.succeeds("neighbors", "v.txt", "-k", "1", given=b"north\r\n  east  \nsouth")
        self.assertEqual(done.stdout.decode(),
                         "north\n  0.8944  été\n\neast\n  0.7071  northeast\n\nsouth\n  0.0000  east\n")
        self.assertEqual(done.stderr, b"")
        self.assertEqual(self.succeeds("neighbors", "v.txt", given=b"").stdout, b"")

    def test_a_last_line_without_an_end(self):
        self.write("short.txt", b"2 2\nx 0 2\ny 0 3\n")
        for given in (b"x", b"x\n", b"y\nx", b"y\nx\n"):
            answers = self.succeeds("neighbors", "short.txt", given=given).stdout.decode().split("\n\n")
            self.assertEqual(answers[-1], "x\n  1.0000  y\n", given)
            self.assertEqual(len(answers), given.count(b"x") + given.count(b"y"))

    def test_lines_that_are_no_word(self):
        done = self.fails(1, "queries without an answer: 3 of 5", "neighbors", "v.txt", "-k", "1",
                          given=b"north\n\n  east  \nnowhere\nsouth north\n")
        self.assertEqual(done.stdout.decode(), "north\n  0.8944  été\n\neast\n  0.7071  northeast\n")
        self.assertEqual(done.stderr.decode().splitlines()[:-1],
                         ["nce2vec: line 2: one word is expected, not 0",
                          "nce2vec: line 4: 'nowhere' is not in the vocabulary of v.txt",
                          "nce2vec: line 5: one word is expected, not 2"])

    def test_unknown_words(self):
        done = self.fails(1, "queries without an answer: 3 of 4", "neighbors", "v.txt", "nowhere", "nroth", "north",
                          "\x1b[1m\xff", "-k", "1")
        self.assertEqual(done.stdout, "north\n  0.8944  été\n".encode())
        self.assertEqual(done.stderr.decode().splitlines()[:-1],
                         ["nce2vec: 'nowhere' is not in the vocabulary of v.txt",
                          "nce2vec: 'nroth' is not in the vocabulary of v.txt; did you mean north?",
                          "nce2vec: '?[1m\xff' is not in the vocabulary of v.txt"])

    def test_more_words_than_are_answered_at_once(self):
        words = ["north", "south", "east", "northeast", "été"] * 50
        done = self.succeeds("neighbors", "v.txt", "-k", "1", *words)
        self.assertEqual(done.stdout.decode().split("\n\n")[-1], "été\n  0.9487  northeast\n")
        again = self.succeeds("neighbors", "v.txt", "-k", "1", "--threads", "3", given="\n".join(words).encode())
        self.assertEqual(again.stdout, done.stdout)
        self.assertEqual(len(done.stdout.decode().split("\n\n")), 250)

    def test_vectors_from_standard_input(self):
        done = self.succeeds("neighbors", "-", "north", "-k", "1", given=VECTORS)
        self.assertEqual(done.stdout.decode(), "north\n  0.8944  été\n")
        self.fails(2, "cannot both come from standard input", "neighbors", "-")

    def test_refusals(self):
        self.fails(2, "nothere", "neighbors", "nothere", "north")
        self.fails(2, "-k: '0' is not an integer from 1 to 1000000", "neighbors", "v.txt", "north", "-k", "0")
        for content, says in ((b"", "empty"), (b"hello\n", "line 1"), (b"2 2\na 1 2\n", "ends after 1 word,"),
                              (b"1 2\na 1 nan\n", "line 2: 'nan' is not a finite number"),
                              (b"1 2\na 1 2 3\n", "line 2: 3 numbers"),
                              (b"2 1\na 1\na 2\n", "line 3: the word 'a' appears twice"),
                              (b"\x89N2V\r\n\x1a\n\x01\0\0\0", "the file is truncated")):
            with self.subTest(content=content):
                self.write("bad", content)
                self.fails(1, says, "neighbors", "bad", "a")


if __name__ == "__main__":
    unittest.main()
