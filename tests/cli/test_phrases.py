"""nce2vec phrases: the same phrases as gensim, texts and tables from and to files, and what is refused before work."""

import gzip
import json
import os
import random
import signal
import subprocess
import unittest

from support import Background, CommandTest, has_module

PYTHON = "/usr/bin/python3"  # Debian's, which has gensim

# Reads the text, and prints for each row of settings the phrases of each pass and the joined text. The delimiter of a
# pass is one that no token has, because gensim counts tokens that are spelled alike together.
GENSIM = r"""
import json, sys
from gensim.models.phrases import ENGLISH_CONNECTOR_WORDS, Phrases
def spelled(text):
    return text.replace("\x01", "_").replace("\x02", "_")

lines = [line.split() for line in open(sys.argv[1], encoding="utf-8")]
made = []
for scoring, threshold, min_count, connectors, passes in json.loads(sys.argv[2]):
    text, tables = lines, []
    for number in range(passes):
        delimiter = chr(1 + number)
        found = Phrases(text, min_count=min_count, threshold=threshold, scoring=scoring, delimiter=delimiter,
                        connector_words=ENGLISH_CONNECTOR_WORDS if connectors else ())
        tables.append({spelled(" ".join(phrase.split(delimiter))): score
                       for phrase, score in found.export_phrases().items()})
        text = [found[line] for line in text]
    made.append([tables, [spelled(" ".join(line)) for line in text]])
print(json.dumps(made))
"""


def prose(lines=1500, seed=1):
    """Random words, and among them fixed expressions."""
    draw = random.Random(seed)
    expressions = ["new york", "bank of america", "state of the art", "new york city hall", "in spite of",
                   "rock and roll", "the united states of america", "good for a laugh", "von der leyen",
                   "été à paris"]
    words = ["w%d" % i for i in range(300)] + ["the", "of", "a", "in", "and", "new", "city", "america"] * 12
    made = []
    for _ in range(lines):
        sentence = draw.choices(words, k=draw.randrange(1, 20))
        sentence.insert(draw.randrange(len(sentence) + 1), draw.choice(expressions))
        made.append(" ".join(sentence))
    return "\n".join(made) + "\n"


def tables(content):
    """Phrases and scores of each pass, and phrases and counts."""
    passes, counts = [], {}
    for line in content.decode().splitlines()[1:]:
        if line.startswith("# pass "):
            passes.append({})
            continue
        phrase, count, score = line.split("\t")
        passes[-1][phrase] = float(score)
        counts[phrase] = int(count)
    return passes, counts


class AsGensim(CommandTest):
    def test_same_phrases_scores_and_text(self):
        if not has_module(PYTHON, "gensim"):
            self.skipTest("gensim is not installed")
        self.write("text", prose().encode())
        rows = [("default", 10, 5, False, 1), ("default", 2, 5, True, 2), ("default", 0.5, 1, True, 1),
                ("npmi", 0.5, 5, False, 2), ("npmi", 0.3, 2, True, 2), ("npmi", -0.2, 3, False, 1)]
        done = subprocess.run([PYTHON, "-c", GENSIM, self.path("text"), json.dumps(rows)], check=True,
                              stdout=subprocess.PIPE)
        for row, (wanted, text) in zip(rows, json.loads(done.stdout)):
            scoring, threshold, min_count, connectors, passes = row
            with self.subTest(row=row):
                self.succeeds("phrases", "text", "-q", "-o", "joined", "--save", "table", "--passes", passes,
                              "--scorer", {"default": "gensim"}.get(scoring, scoring), "--threshold=%s" % threshold,
                              "--min-count", min_count, *(("--connectors", "english") if connectors else ()))
                found = tables(self.read("table"))[0]
                self.assertEqual(found, wanted)
                self.assertGreater(min(map(len, found)), 0)
                self.assertEqual(self.read("joined").decode().splitlines(), text)

    def test_the_connectors_are_the_same(self):
        if not has_module(PYTHON, "gensim"):
            self.skipTest("gensim is not installed")
        list_them = "from gensim.models.phrases import *; print('\\n'.join(sorted(ENGLISH_CONNECTOR_WORDS)))"
        done = subprocess.run([PYTHON, "-c", list_them], check=True, stdout=subprocess.PIPE)
        for word in done.stdout.decode().split() + ["he", "was", "but", "into"]:
            joined = self.succeeds("phrases", "-", "-q", "-o", "-", "--connectors", "english", "--min-count", "1",
                                   "--threshold", "1", given=("x %s y\n" % word * 2).encode()).stdout.decode()
            self.assertEqual("x_%s_y" % word in joined, word in done.stdout.decode().split(), word)


class Texts(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", prose().encode())

    def test_inputs_and_outputs(self):
        done = self.succeeds("phrases", "text", "-o", "joined.gz", "--save", "table.gz", "--threshold", "10")
        joined = gzip.decompress(self.read("joined.gz"))
        self.assertIn(b"new_york", joined)
        self.assertEqual(joined.replace(b"_", b" "), self.read("text"))
        message = done.stderr.decode()
        self.assertRegex(message, r"pass 1: [\d,]+ pairs, \d+ phrases\n")
        self.assertRegex(message, r"wrote joined.gz: [\d,]+ tokens; [\d,]+ pairs joined\n")
        self.write("text.gz", self.read("text"), zipped=True)
        for arguments, given in ((("text.gz",), None), (("-",), self.read("text"))):
            done = self.succeeds("phrases", *arguments, "-q", "-o", "-", "--threshold", "10", given=given)
            self.assertEqual((done.stdout, done.stderr), (joined, b""))
        passes, counts = tables(gzip.decompress(self.read("table.gz")))
        self.assertEqual(list(passes[0].values()), sorted(passes[0].values(), reverse=True))
        self.assertEqual(counts["new york"], (" " + self.read("text").decode()).replace("\n", " ").count(" new york "))

    def test_a_table_is_applied_to_another_text(self):
        self.succeeds("phrases", "text", "-q", "--save", "table", "--passes", "2", "--connectors", "english",
                      "--threshold", "10", "--delimiter", "+")
        done = self.succeeds("phrases", "-", "--read", "table", "-o", "-",
                             given=b"New York: New York City Hall,\n\nthe bank of America!\nBank of the\n")
        self.assertEqual(done.stdout, b"new+york new+york+city+hall\nthe bank+of+america\nbank of the\n")
        done = self.succeeds("phrases", "-", "--read", "table", "-o", "-", given=b"nothing of it\n")
        self.assertIn(b"warning: no phrase of table occurs in the text", done.stderr)
        self.succeeds("phrases", "text", "-q", "-o", "again", "--read", "table")
        self.succeeds("phrases", "text", "-q", "-o", "at-once", "--passes", "2", "--connectors", "english",
                      "--threshold", "10", "--delimiter", "+")
        self.assertEqual(self.read("again"), self.read("at-once"))

    def test_the_tokenizer_of_a_table(self):
        self.write("cased", b"New York x\nNew York y\nNew York z\n")
        self.succeeds("phrases", "cased", "-q", "--save", "table", "--tokenizer", "space", "--min-count", "1",
                      "--threshold", "1")
        done = self.succeeds("phrases", "-", "--read", "table", "-o", "-", given=b"New York, new york\nNew York\n")
        self.assertEqual(done.stdout, b"New York, new york\nNew_York\n")
        self.fails(2, "--tokenizer words: the phrases of table were found with --tokenizer space", "phrases", "text",
                   "--read", "table", "-o", "joined", "--tokenizer", "words")

    def test_what_is_dropped_is_reported(self):
        done = self.succeeds("phrases", "text", "-o", "joined", "--max-pairs", "1000", "--threshold", "10")
        self.assertRegex(done.stderr.decode(),
                         r"warning: pass 1: [\d,]+ rare pairs were dropped to keep no more than --max-pairs; counts of "
                         r"pairs "
                         r"may be too low by up to \d+, and phrases may be missing\n")
        self.assertIn(b"new_york", self.read("joined"))
        done = self.succeeds("phrases", "text", "-o", "joined", "--threshold", "10")
        self.assertNotIn(b"dropped", done.stderr)

    def test_training_on_joined_text(self):
        self.succeeds("phrases", "text", "-q", "-o", "joined.gz", "--threshold", "10")
        self.train("joined.gz", "-q", "-o", "v.txt", "--tokenizer", "space", "--dim", "4", "--epochs", "1")
        self.assertIn(b"\nnew_york ", self.read("v.txt"))

    def test_interrupted(self):
        def start():
            program = Background(self, "phrases", "/dev/stdin", "-o", "joined", "--save", "table",
                                 stdin=subprocess.PIPE)
            self.addCleanup(program.process.stdin.close)
            program.wait_until_signals_are_held()
            return program

        self.assertIn("interrupted", self.interrupted(start, signal.SIGINT))


class Refusals(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", prose(200).encode())
        self.write("empty", b"")
        self.write("blank", b" \n\t\n")

    def refused(self, says, *arguments, code=2):
        self.fails(code, says, "phrases", *arguments)

    def test_outputs(self):
        self.refused("no output is given", "text")
        self.refused("no input is given", "-o", "joined")
        self.refused("--output ./text is the same file as the input text", "text", "-o", "./text")
        self.refused("--save text is the same file as the input text", "text", "-o", "joined", "--save", "text")
        self.refused("--save and --output are the same file", "text", "-o", "joined", "--save", "joined")
        self.refused("nowhere", "text", "-o", "nowhere/joined")
        self.write("words", b"of\n")
        self.refused("--output words is the same file as the input words", "text", "-o", "words", "--connectors",
                     "words")

    def test_values(self):
        for value in ("nan", "inf", "x", "", "1e400"):
            self.refused("--threshold", "text", "-o", "joined", "--threshold", value)
        self.refused("--threshold: 0 is not above 0", "text", "-o", "joined", "--threshold", "0")
        self.refused("--threshold: 2 is above 1, the highest score of --scorer npmi", "text", "-o", "joined",
                     "--scorer", "npmi", "--threshold", "2")
        self.refused("one of word2phrase, gensim, npmi", "text", "-o", "joined", "--scorer", "pmi")
        self.refused("--delimiter: ' ' contains white space", "text", "-o", "joined", "--delimiter", " ")
        self.refused("--passes", "text", "-o", "joined", "--passes", "11")
        self.refused("--min-count", "text", "-o", "joined", "--min-count", "0")
        self.refused("--max-pairs", "text", "-o", "joined", "--max-pairs", "10")

    def test_texts_without_words(self):
        self.refused("empty is empty: give text", "empty", "-o", "joined", code=1)
        self.refused("no word", "blank", "-o", "joined", code=1)
        self.refused("missing", "missing", "-o", "joined")

    def test_connectors(self):
        self.refused("missing", "text", "-o", "joined", "--connectors", "missing")
        self.refused("--connectors -: a file is needed", "text", "-o", "joined", "--connectors", "-")
        self.refused("empty is empty", "text", "-o", "joined", "--connectors", "empty", code=1)
        self.refused("blank: no connector words", "text", "-o", "joined", "--connectors", "blank", code=1)

    def test_tables(self):
        self.succeeds("phrases", "text", "-q", "--save", "table", "--threshold", "10")
        self.refused("text is not a table of phrases", "text", "-o", "joined", "--read", "text", code=1)
        self.refused("missing", "text", "-o", "joined", "--read", "missing")
        self.refused("--output table is the same file as the input table", "text", "-o", "table", "--read", "table")
        self.refused("--threshold has no effect with --read", "text", "-o", "joined", "--read", "table",
                     "--threshold", "5")
        self.refused("--save has no effect with --read", "text", "-o", "joined", "--read", "table", "--save", "other")
        self.refused("no output is given", "text", "--read", "table")
        self.write("cut", self.read("table").rstrip(b"\n")[:-20].rpartition(b"\t")[0])
        self.refused("expected a phrase, its count and its score", "text", "-o", "joined", "--read", "cut", code=1)

    @unittest.skipUnless(os.path.exists("/dev/full"), "machine: there is no /dev/full")
    def test_full_disk(self):
        self.refused("No space left", "text", "-o", "/dev/full", "-q", code=1)


if __name__ == "__main__":
    unittest.main()
