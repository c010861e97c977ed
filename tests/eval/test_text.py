"""Byte-order marks, comments, case: the same for all files that eval/ reads."""

import gzip
import os
import unicodedata
import unittest

import numpy as np
from helpers import MARK, FolderTest, make_vectors, write_text

import analogy
import categories
import common
import similarity
import text
import vectors
from reporting import metrics, runs


class Marks(FolderTest):
    """With a byte-order mark and without: the same is read."""

    def both(self, name, content, read):
        content = content if isinstance(content, bytes) else content.encode()
        plain = read(self.write(name, content))
        self.assertEqual(read(self.write(name, MARK + content)), plain)
        self.assertNotIn("\ufeff", str(plain))

    def test_sets(self):
        self.both("p", "king queen 8\nman woman 7\n", lambda path: similarity.read_pairs(path).pairs)
        self.both("q", ": s\na b c d\n", lambda path: (analogy.read_questions(path).words,
                                                      analogy.read_questions(path).sections))
        self.both("c", "x: a b c d e\ny: f g h i j\n", lambda path: (categories.read_categories(path).names,
                                                                   categories.read_categories(path).words))

    def test_a_comment_first(self):
        self.both("p", "# pairs\nking queen 8\n", lambda path: similarity.read_pairs(path).pairs)

    def test_vectors(self):
        for content in (b"2 2\na 1 2\nb 3 4\n", b"a 1 2\nb 3 4\n"):
            self.both("v", content, lambda path: (vectors.load(path).kind, vectors.load(path).words))
            packed = vectors.load(self.write("v.gz", gzip.compress(MARK + content)))
            self.assertEqual(packed.words, ["a", "b"])

    def test_vocabularies(self):
        np.save(self.path("v.npy"), np.eye(2))
        self.both("v.vocab.txt", "a\nb\n", lambda path: vectors.load(self.path("v.npy")).words)
        write_text(self.path("w.txt"), make_vectors({"a": (1, 0), "b": (0, 1)}))
        self.both("w.vocab.tsv", "a\t9\nb\t5\n", lambda path: runs.open_run(self.path("w.txt")).counts.tolist())

    def test_metrics(self):
        line = '{"parameters": {"dim": 3}, "vocabulary": 2}\n'
        self.both("m", line, lambda path: (metrics.is_metrics(path), metrics.read(path).first))
        self.assertTrue(metrics.is_metrics(self.path("m")))


class Lines(FolderTest):
    def lines(self, content):
        return list(common.read_lines(self.write("p", content)))

    def test_comments(self):
        got = self.lines("# a comment\n#\n#\tone\n #  indented\nC# java 3\n#tag word 2\n## x 1\n\n")
        self.assertEqual(got, [(5, ["C#", "java", "3"]), (6, ["#tag", "word", "2"]), (7, ["##", "x", "1"])])

    def test_a_comment_without_a_space_is_explained(self):
        with self.assertRaisesRegex(common.DataError, "p, line 1: expected two words and a score. A comment begins"):
            similarity.read_pairs(self.write("p", "#comment on these\na b 1\n"))

    def test_ends_of_lines(self):
        self.assertEqual(self.lines("a b\r\nc d\re"), [(1, ["a", "b"]), (2, ["c", "d"]), (3, ["e"])])

    def test_other_encodings(self):
        for content, line in ((b"a b 1\nna\xefve b 1\n", 2), ("a b 1\n".encode("utf-16"), 1)):
            with self.assertRaisesRegex(common.DataError, f"p, line {line}: not UTF-8. .*iconv"):
                self.lines(content)


class Case(FolderTest):
    def test_fold(self):
        for word, folded in (("PARIS", "paris"), ("\u0130stanbul", "istanbul"), ("I", "i"), ("\u0131", "\u0131"),
                             ("\u03a3\u0391\u03a3", "\u03c3\u03b1\u03c3"), ("\u03c3\u03b1\u03c2", "\u03c3\u03b1\u03c2"),
                             ("Stra\u00dfe", "stra\u00dfe"), ("\u1e9e", "\u00df"), ("\u01c4", "\u01c6"),
                             ("\udcff", "\udcff")):
            self.assertEqual(text.fold(word), folded)

    def test_every_character_becomes_one(self):
        characters = [chr(code) for code in range(0x110000)]
        for character in characters:
            if len(text.fold(character)) != 1 or len(text.fold("a" + character + "A")) != 3:
                self.fail(f"U+{ord(character):04X}")

    def test_all_letters_as_the_program(self):
        """Each letter within a word, in the vocabulary of nce2vec."""
        letters = [chr(code) for code in range(0x80, 0x110000) if unicodedata.category(chr(code))[0] == "L"]
        words = [f"Qq{letter}qQ" for letter in letters] + list("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        self.write("text", "\n".join(words))
        self.program("vocab", "-q", "--min-count", "1", "text", "-o", "vocabulary.tsv")
        with open(self.path("vocabulary.tsv"), encoding="utf-8") as file:
            got = {line.split("\t")[0] for line in file}
        expected = {text.fold(word) for word in words}
        # A letter that the program's version of Unicode does not have separates words.
        unknown = {"qq"} if "qq" in got else set()
        self.assertLessEqual(got - unknown, expected)
        self.assertLess(len(expected - got), 0.01 * len(expected))

    def test_all_uses_fold_case(self):
        turkish = "\u0130stanbul"
        model = make_vectors({"istanbul": (1, 0), "b": (0, 1)})
        self.assertEqual(model.find(turkish), 0)
        self.assertEqual(make_vectors({turkish: (1, 0)}).find("istanbul"), 0)
        self.assertEqual(similarity.read_pairs(self.write("p", f"{turkish} b 1\n")).pairs, [("istanbul", "b")])
        self.assertEqual(analogy.read_questions(self.write("q", f": s\n{turkish} b c d\n")).words[0][0], "istanbul")
        self.assertEqual(analogy._spellings([turkish, "istanbul"]), ({"istanbul": 0}, {0: [1]}))
        read = categories.read_categories(self.write("c", f"x: {turkish} b c d e\ny: f g h i j\n"))
        self.assertEqual(read.words[0][0], "istanbul")


class Small(unittest.TestCase):
    def test_plural(self):
        self.assertEqual([text.plural(n, "word") for n in (0, 1, 2)], ["0 words", "1 word", "2 words"])

    def test_words_that_are_not_utf8(self):
        self.assertEqual(text.printable(text.decode(b"a\xff")), "a\ufffd")
        self.assertNotEqual(text.decode(b"\xff"), text.decode(b"\xfe"))
        self.assertEqual(os.fsencode(text.decode(b"\xff")), b"\xff")


if __name__ == "__main__":
    unittest.main()
