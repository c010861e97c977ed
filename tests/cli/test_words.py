"""What becomes a word, and what the program says about words that may surprise."""

import os
import sys
import unicodedata

from source_tree import ROOT
from support import CommandTest

sys.path.insert(0, os.path.join(ROOT, "eval"))

from text import fold  # noqa: E402

SMALL = ("--dim", "4", "--threads", "1", "--epochs", "1", "--min-count", "1", "--subsample", "0")


class Words(CommandTest):
    def words(self, content, *options):
        done = self.succeeds("vocab", "-q", "-", "-o", "-", "--min-count", "1", *options, given=content.encode())
        return [line.split("\t")[0] for line in done.stdout.decode().splitlines()]

    def test_words_of_many_languages_stay_whole(self):
        for word, written in (("می\u200cخواهم", None), ("ශ්\u200dරී", None), ("র\u200d্যাব", None),
                              ("بە\u200cهە", None), ("hyphen\u00adation", "hyphenation"),
                              ("foot\u2060ball", "football"), ("ab\u200ecd", "abcd"), ("צה״ל", None), ('צה"ל', "צה״ל"),
                              ("col·legi", None), ("Hawai‘i", "hawai'i"), ("İstanbul", "istanbul"), ("don’t", "don't")):
            with self.subTest(word=word):
                self.assertEqual(self.words(word + "\n"), [written or word])

    def test_the_evaluation_folds_case_as_the_tokenizer_does(self):
        """All letters and digits of Unicode; each in a word of its own, in the middle and at the end."""
        letters = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code))[0] in "LN"]
        asked = ["%sx%dx%s" % (c, ord(c), c) for c in letters]
        found = set(self.words("\n".join(asked) + "\n"))
        known = [word for word in asked if word in found or fold(word) in found]
        self.assertEqual([word for word in known if fold(word) not in found], [])
        # Two versions of Unicode may meet here: letters of the later one are no letters of the other.
        self.assertGreater(len(known), 0.9 * len(asked))
        for word in ("İstanbul", "ΣΊΣΥΦΟΣ", "ẞ", "KELVIN", "ᏎᏏ"):
            self.assertEqual(self.words(word), [fold(word)])


class CutTokens(CommandTest):
    def warning(self, content, *options):
        done = self.succeeds("vocab", "-", "-o", "v.tsv", "--min-count", "1", *options, given=content)
        return "".join(line for line in done.stderr.decode().splitlines() if "warning" in line)

    def test_ids_and_phrases(self):
        self.assertIn("warning: 20 of 20 tokens between white space were cut into several words, such as 'B13X-0_0' "
                      "into 'b13x 0 0'; --tokenizer space keeps them whole", self.warning(b"B13X-0_0 B13X-0_1\n" * 10))
        self.assertIn("warning: 1 of 33 tokens between white space was cut into several words, such as 'New_York' into "
                      "'new york'; --tokenizer space keeps it whole",
                      self.warning(b"(New_York) " + b"a well-known b " * 8
                                                                                  + b"c " * 8))
        self.assertIn("'a/b' into 'a b'", self.warning(b"a/b c d\n" * 5))
        self.assertEqual(self.warning(b"B13X-0_0 B13X-0_1\n" * 10, "--tokenizer", "space"), "")

    def test_prose(self):
        self.assertEqual(self.warning(b"The well-known cat (of 3.14 kg) sat on the mat, and didn't say 'no'.\n"), "")
        self.assertEqual(self.warning("一，二。三、四\n".encode() * 9), "")

    def test_train_warns(self):
        done = self.train("-", "-o", "v.txt", *SMALL, given=b"B13X-0_0 B13X-0_1\n" * 10)
        self.assertIn(b"--tokenizer space", done.stderr)


class UnseenWords(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", b"the cat sat on the mat\n" * 50)
        self.write("v.tsv", b"</s> 50\nThe 600\nthe 300\ncat 50\nNever 900\n")

    def test_they_are_counted(self):
        done = self.train("text", "-o", "v.txt", "--read-vocab", "v.tsv", *SMALL)
        self.assertIn(b"read 300 words in ", done.stderr)
        self.assertNotIn(b"different", done.stderr)
        self.assertIn(b"warning: 2 of 4 words of the vocabulary never occur in the text, such as 'Never': vectors of "
                      b"such words stay random, and the words are drawn as noise; --drop-unseen skips them",
                      done.stderr)
        self.assertEqual(self.read("v.txt").split()[0], b"4")
        self.assertNotIn(b"</s>", self.read("v.txt"))

    def test_they_are_left_out(self):
        done = self.train("text", "-o", "v.txt", "--read-vocab", "v.tsv", "--drop-unseen", *SMALL)
        self.assertIn(b"vocabulary: 2 words\n2 of 4 words of the vocabulary never occur in the text, such as 'Never': "
                      b"skipped\n", done.stderr)
        self.assertNotIn(b"warning", done.stderr)
        self.assertEqual([line.split()[0] for line in self.read("v.txt").splitlines()], [b"2", b"the", b"cat"])

    def test_without_a_vocabulary(self):
        self.fails(2, "--drop-unseen has no effect without --read-vocab: leave it out", "train", "text", "-o", "v.txt",
                   "--drop-unseen")

    def test_all_words_occur(self):
        self.write("v.tsv", b"the 300\ncat 50\n")
        done = self.train("text", "-o", "v.txt", "--read-vocab", "v.tsv", *SMALL)
        self.assertNotIn(b"never occur", done.stderr)


class OtherContents(CommandTest):
    """What is no text in UTF-8 is refused, with the command that makes it one."""

    def test_commands(self):
        content = b"the quick brown fox jumps over the lazy dog\n" * 60
        utf16 = content.decode().encode("utf-16-le")
        for name, written, zipped, command in (
                ("a.txt", utf16, False, "`iconv -f UTF-16LE -t UTF-8 a.txt`"),
                ("b.txt.gz", b"\xff\xfe" + utf16, True, "`gzip -dc b.txt.gz | iconv -f UTF-16 -t UTF-8`"),
                ("c.gz", b"BZh91AY&SY" + bytes(20), True, "`gzip -dc c.gz | bzip2 -dc`")):
            with self.subTest(name=name):
                self.write(name, written, zipped)
                self.fails(1, command, "train", name, "-o", "v.txt", *SMALL)
                self.fails(1, command, "vocab", name, "-o", "v.tsv")


class QueriesOfAModel(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", b"the File of new york in a Folder\n" * 20)
        self.train("text", "-o", "m.n2v", *SMALL)

    def test_a_word_in_another_form(self):
        done = self.succeeds("neighbors", "m.n2v", "File", "NEW", "york")
        self.assertEqual([line.decode() for line in done.stdout.splitlines() if not line.startswith(b" ") and line],
                         ["file", "new", "york"])
        self.assertEqual(done.stderr, b"nce2vec: 'File' is looked up as 'file', as the model's tokenizer writes it\n")
        done = self.succeeds("similarity", "m.n2v", "File", "file", "file", "file")
        self.assertEqual(done.stdout, b"  1.0000  file file\n" * 2)

    def test_json(self):
        done = self.succeeds("similarity", "--json", "m.n2v", "File", "york", "file", "york")
        first, second = done.stdout.decode().splitlines()
        self.assertIn('{"words": ["File", "york"], "looked_up": ["file", "york"], "score": ', first)
        self.assertNotIn("looked_up", second)
        self.assertEqual(done.stderr, b"")

    def test_a_word_that_is_cut(self):
        done = self.fails(1, "queries without an answer: 1 of 1", "neighbors", "m.n2v", "New_York")
        self.assertIn(b"'New_York' is not in the vocabulary of m.n2v, whose tokenizer turns it into 'new york'\n",
                      done.stderr)
        done = self.fails(1, "queries without an answer: 1 of 1", "neighbors", "m.n2v", "--", "?!")
        self.assertIn(b"'?!' is not in the vocabulary of m.n2v, whose tokenizer finds no word in it\n", done.stderr)
        done = self.fails(1, "queries without an answer: 1 of 1", "neighbors", "m.n2v", "FOLDR")
        self.assertIn(b"whose tokenizer turns it into 'foldr'; did you mean folder?", done.stderr)
        done = self.fails(1, "queries without an answer: 1 of 1", "neighbors", "--json", "m.n2v", "New_York")
        self.assertIn(b'{"word": "New_York", "tokenized": "new york", "close": ', done.stdout)

    def test_vectors_without_a_record(self):
        self.succeeds("convert", "-q", "m.n2v", "v.txt")
        done = self.fails(1, "queries without an answer: 1 of 1", "neighbors", "v.txt", "FOLDER")
        self.assertIn(b"'FOLDER' is not in the vocabulary of v.txt", done.stderr)
        self.assertNotIn(b"tokenizer", done.stderr)

    def test_a_model_that_keeps_case(self):
        self.train("text", "-o", "s.n2v", "--tokenizer", "space", *SMALL)
        self.succeeds("neighbors", "s.n2v", "File")
        done = self.fails(1, "queries without an answer: 1 of 1", "neighbors", "s.n2v", "FILE")
        self.assertNotIn(b"tokenizer", done.stderr)


class HashSeeds(CommandTest):
    def test_runs_agree(self):
        """The table of words has another seed in each run."""
        self.write("text", " ".join("w%d and%x" % (i % 997, i) for i in range(20000)).encode())
        for _ in range(3):
            self.train("text", "-o", "a.n2v", "--save-vocab", "a.tsv", *SMALL)
            first = self.read("a.n2v"), self.read("a.tsv")
            self.train("text", "-o", "a.n2v", "--save-vocab", "a.tsv", *SMALL)
            self.assertEqual((self.read("a.n2v"), self.read("a.tsv")), first)
