"""nce2vec neighbors: answers, words that are not there, files that are no vectors."""

import json
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

    def ranking(self, *arguments, **more):
        """The lines of an answer."""
        return self.succeeds("neighbors", "v.txt", "-k", "2", *arguments, **more).stdout.decode().splitlines()

    def test_sums_of_words(self):
        """Words of length 1 are added: north - east is at (-1, 1)."""
        wanted = ["north - east", "  0.3162  été", "  0.0000  northeast"]
        for arguments in (("north", "-", "east"), ("north - east",), ("north", "-", "east", "south")):
            self.assertEqual(self.ranking(*arguments)[:3], wanted)
        self.assertEqual(self.ranking(given=b"north\t- east\n"), wanted)
        self.assertEqual(self.ranking("--", "- east + north")[1:], wanted[1:])
        self.assertEqual(self.ranking("-", "south"), ["- south", "  1.0000  north", "  0.8944  été"])
        done = self.succeeds("neighbors", "v.txt", "north - east", "--json", "-k", "1")
        self.assertEqual(json.loads(done.stdout), {"words": ["north", "east"], "minus": ["east"],
                                                   "answers": [{"word": "été", "score": 0.3162278}]})
        self.assertEqual(self.ranking("north - east", "--method", "mul")[0], "north - east")

    def test_sums_that_are_none(self):
        done = self.fails(1, "queries without an answer: 4 of 5", "neighbors", "v.txt", "-k", "1",
                          given=b"north -\nnorth + nowhere\n- north\n+ - north\n" + b"north + " * 16 + b"north\n")
        self.assertEqual(done.stderr.decode().splitlines()[:-1],
                         ["nce2vec: line 1: one word is expected, not 2",
                          "nce2vec: line 2: 'nowhere' is not in the vocabulary of v.txt",
                          "nce2vec: line 4: one word is expected, not 2",
                          "nce2vec: line 5: a query has 16 words at most, not 17"])

    def test_vectors(self):
        wanted = ["  1.0000  east", "  0.7071  northeast"]
        self.assertEqual(self.ranking("--vector", "3 0"), ["vector"] + wanted)
        self.assertEqual(self.ranking("--vector", "[3.0, 0]"), ["vector"] + wanted)
        self.assertEqual(self.ranking("--vector", "-0 -1e0")[1], "  1.0000  south")
        self.assertEqual(self.ranking("--vector", "-", given=b"right 3 0\n0 1\n"),
                         ["right", *wanted, "", "vector", "  1.0000  north", "  0.8944  été"])
        printed = self.succeeds("vector", "v.txt", "east").stdout
        self.assertEqual(self.ranking("--vector", "-", given=printed), ["east", *wanted])

    def test_vectors_that_are_none(self):
        done = self.fails(1, "queries without an answer: 5 of 6", "neighbors", "v.txt", "-k", "1", "--vector", "-",
                          "--json", given=b"1 2 3 4\na b c\n1 inf\n1 1\n0 0\n1\n")
        found = [json.loads(line).get("error") for line in done.stdout.splitlines()]
        self.assertEqual(found, ["a vector of 2 numbers is expected, perhaps after a word, not 4",
                                 "number 1 of the vector, 'b', is not a finite number",
                                 "number 2 of the vector, 'inf', is not a finite number", None,
                                 "the vector is zero, so it has no direction",
                                 "a vector of 2 numbers is expected, perhaps after a word, not 1"])
        self.fails(2, "--vector is the query, and words are given, too", "neighbors", "v.txt", "--vector", "1 2",
                   "east")
        self.fails(2, "takes words alone, and --vector", "neighbors", "v.txt", "--vector", "1 2", "--method", "mul")
        self.fails(2, "cannot both come from standard input", "neighbors", "-", "--vector", "-")

    def test_among_the_words_of_a_file(self):
        self.write("list", "south\n  été\r\n\nnowhere\nsouth\n".encode())
        done = self.succeeds("neighbors", "v.txt", "north", "--among", "list")
        self.assertEqual(done.stdout.decode(), "north\n  0.8944  été\n -1.0000  south\n")
        self.assertIn(b"--among list: 1 word is not in the vocabulary, such as 'nowhere': skipped", done.stderr)
        done = self.succeeds("analogy", "v.txt", "north", "east", "south", "--among", "list")
        self.assertEqual(done.stdout.decode().splitlines()[1:], [" -0.6000  été"])
        self.write("bad", b"nowhere\n")
        self.fails(1, "--among bad: none of its words is in the vocabulary of v.txt", "neighbors", "v.txt", "--among",
                   "bad")
        self.write("bad", b"")
        self.fails(1, "none of its words", "neighbors", "v.txt", "north", "--among", "bad")
        self.fails(2, "cannot read nothere", "neighbors", "v.txt", "north", "--among", "nothere")

    def test_a_least_cosine(self):
        done = self.succeeds("neighbors", "v.txt", "north", "--min-cosine", "0.5")
        self.assertEqual(done.stdout.decode(), "north\n  0.8944  été\n  0.7071  northeast\n")
        self.assertEqual(self.ranking("north", "--min-cosine", "0.99"), ["north"])
        self.assertEqual(len(self.ranking("north", "--min-cosine", "-1", "-k", "9")), 5)
        self.fails(2, "--min-cosine: '2' is not a number from -1 to 1", "neighbors", "v.txt", "north", "--min-cosine",
                   "2")
        self.fails(2, "scores of the method multiply are no cosines", "analogy", "v.txt", "--method", "mul",
                   "--min-cosine", "0", "north", "east", "south")

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
