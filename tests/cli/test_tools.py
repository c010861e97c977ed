"""Round trips through gensim, NumPy and fastText, and gensim's answers, where the system has them."""

import json
import os
import random
import shutil
import subprocess
import unittest

from support import PLAIN_NUMBERS, CommandTest, has_module, read_text, text

PYTHON = "/usr/bin/python3"

# In one interpreter: gensim is imported for a second.
ROUND_TRIP = """
a = KeyedVectors.load_word2vec_format("a.txt", binary=False)
b = KeyedVectors.load_word2vec_format("a.bin", binary=True)
assert a.index_to_key == b.index_to_key and len(a) == 60 and a.vector_size == 16, (len(a), a.vector_size)
assert (a.vectors == b.vectors).all() and (a.vectors != 0).any()
a.save_word2vec_format("again.txt", binary=False)
a.save_word2vec_format("again.bin", binary=True)
with open("neighbors", "w") as file:
    for word, cosine in a.most_similar("word7", topn=5):
        print("%8.4f  %s" % (cosine, word), file=file)
"""

ANSWERS = """
vectors = KeyedVectors.load_word2vec_format("large.bin", binary=True)
for question in json.load(sys.stdin):
    if len(question) == 1:
        answers = [vectors.most_similar(question[0], topn=10)]
    else:
        a, b, c = question
        answers = [f(positive=[b, c], negative=[a], topn=10)
                   for f in (vectors.most_similar, vectors.most_similar_cosmul)]
    print(json.dumps(answers))
"""

GLOVE = """
b = KeyedVectors.load_word2vec_format("a.glove", binary=False, no_header=True)
assert a.index_to_key == b.index_to_key and (a.vectors == b.vectors).all()
b.save_word2vec_format("again.glove", binary=False, write_header=False)
"""

NUMPY = """
import numpy
with open("a.vocab.txt", encoding="utf-8") as file:
    words = file.read().split("\\n")[:-1]
X = numpy.load("a.npy", allow_pickle=False)
assert X.shape == (60, 16) == (len(words), 16) and X.dtype == "<f4" and X.flags.c_contiguous
with open("a.bin", "rb") as file:
    assert file.readline() == b"60 16\\n"
    for word, row in zip(words, X):
        assert file.read(len(word) + 1).decode() == word + " " and file.read(65) == row.tobytes() + b"\\n"
halves = numpy.load("half.npy", allow_pickle=False)
assert halves.dtype == "<f2" and (halves == X.astype(numpy.float16)).all() and (halves != X).any()
numpy.save("again.npy", X)
numpy.save("half-again.npy", halves)
numpy.save("doubles.npy", X.astype(float))
numpy.save("columns.npy", numpy.asfortranarray(X))
for version in (2, 3):
    with open("version%d.npy" % version, "wb") as file:
        numpy.lib.format.write_array(file, X, version=(version, 0))
"""


def has(module):
    return os.path.exists(PYTHON) and has_module(PYTHON, module)


class Tools(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", text())

    def run_script(self, script, given=b""):
        done = subprocess.run([PYTHON, "-c", script], cwd=self.folder, input=given, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout

    def train_as(self, *names):
        for name in names:
            self.train("text", "-o", name, "--dim", "16", "--epochs", "3", "--threads", "1")


@unittest.skipUnless(has("gensim"), "no gensim in %s" % PYTHON)
class Gensim(Tools):
    def test_round_trips_and_answers(self):
        self.train_as("a.txt", "a.bin", "a.glove")
        self.write("text", text(sentences=2000, words=300))
        self.train("text", "-o", "large.bin", "--dim", "50", "--objective", "nce", "--threads", "1")
        draw = random.Random(1)
        questions = [["word%d" % n for n in draw.sample(range(300), count)] for count in [1] * 20 + [3] * 20]
        printed = self.run_script(PLAIN_NUMBERS + "import json, sys\nfrom gensim.models import KeyedVectors\n" +
                                  ROUND_TRIP + GLOVE + ANSWERS, json.dumps(questions).encode())
        for name in ("a.txt", "a.bin", "again.txt", "again.bin"):
            answer = self.succeeds("neighbors", name, "word7", "-k", "5").stdout
            self.assertEqual(answer, b"word7\n" + self.read("neighbors"), name)
        self.succeeds("convert", "again.glove", "again.txt")
        self.assertEqual(read_text(self.path("again.txt")), read_text(self.path("a.txt")))
        self.check_answers(questions, [json.loads(line) for line in printed.splitlines()])

    def check_answers(self, questions, theirs):
        for count, command in ((1, ["neighbors"]), (3, ["analogy"]), (3, ["analogy", "--method", "mul"])):
            asked = [at for at, question in enumerate(questions) if len(question) == count]
            ours = self.succeeds(*command, "large.bin", "--json", "-k", "11",
                                 given="\n".join(" ".join(questions[at]) for at in asked).encode()).stdout
            self.assertEqual(ours.count(b"\n"), 20)
            for at, line in zip(asked, ours.splitlines()):
                answers = {answer["word"]: answer["score"] for answer in json.loads(line)["answers"]}
                for word, score in theirs[at]["mul" in command]:
                    self.assertAlmostEqual(answers[word], score, delta=2e-6)
                self.assertEqual(list(answers)[0], theirs[at]["mul" in command][0][0])


@unittest.skipUnless(has("numpy"), "no NumPy in %s" % PYTHON)
class Numpy(Tools):
    def test_round_trip(self):
        self.train_as("a.bin", "a.npy")
        self.succeeds("convert", "a.npy", "half.npy", "--float16")
        self.run_script(NUMPY)
        self.assertEqual(self.read("a.npy"), self.read("again.npy"))  # as numpy.save writes it
        self.assertEqual(self.read("half.npy"), self.read("half-again.npy"))
        for name in ("again", "version2", "version3", "doubles", "columns"):
            shutil.copy(self.path("a.vocab.txt"), self.path(name + ".vocab.txt"))
        for name in ("again", "version2", "version3", "doubles", "columns"):
            self.succeeds("convert", name + ".npy", "b.bin")
            self.assertEqual(self.read("b.bin"), self.read("a.bin"), name)


@unittest.skipUnless(shutil.which("fasttext"), "no fasttext")
class FastText(Tools):
    def run_fasttext(self, *arguments):
        done = subprocess.run(["fasttext", *arguments], cwd=self.folder, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())

    def test_reads_what_is_written(self):
        self.train_as("a.vec")
        self.write("labelled", b"__label__x word1 word2\n__label__y word11 word12\n" * 20)
        self.run_fasttext("supervised", "-input", "labelled", "-output", "out", "-dim", "16", "-pretrainedVectors",
                          "a.vec", "-thread", "1", "-epoch", "0", "-lr", "0")
        self.succeeds("convert", "out.vec", "b.txt")
        ours, theirs = read_text(self.path("a.vec")), read_text(self.path("b.txt"))
        for x, y in zip(ours["word1"], theirs["word1"]):
            self.assertAlmostEqual(x, y, delta=1e-5 * max(1, abs(x)))

    def test_writes_what_is_read(self):
        self.run_fasttext("skipgram", "-input", "text", "-output", "out", "-dim", "16", "-minCount", "1", "-epoch", "1",
                          "-thread", "1", "-maxn", "0")
        self.succeeds("convert", "out.vec", "b.vec")
        self.assertEqual(read_text(self.path("b.vec")), read_text(self.path("out.vec")))


if __name__ == "__main__":
    unittest.main()
