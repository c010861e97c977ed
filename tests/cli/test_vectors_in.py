"""Vectors that other programs have written: gensim's own files, NumPy's archives, text with malformed rows."""
import os
import struct
import subprocess
import unittest
import zipfile

from support import PLAIN_NUMBERS, CommandTest, has_module, read_text

PYTHON = "/usr/bin/python3"

GENSIM = PLAIN_NUMBERS + """
import pickle
import numpy as np
from gensim.models import FastText, KeyedVectors, Word2Vec
sentences = [["b", "a", "c\\u00fc", "d", "b", "a"] * 3] * 9
small = {"vector_size": 5, "min_count": 1, "epochs": 1, "workers": 1, "negative": 2}
model = Word2Vec(sentences, **small)
model.wv.save_word2vec_format("word2vec.txt")
model.save("word2vec.model")
model.save("beside-word2vec.model", sep_limit=1)
model.wv.save("word2vec.kv")
model.wv.save("beside-word2vec.kv", sep_limit=1)
for protocol in (2, 3, 4, 5):
    with open("protocol%d-word2vec.kv" % protocol, "wb") as file:
        pickle.dump(model.wv, file, protocol=protocol)
output = KeyedVectors(5)
output.add_vectors(model.wv.index_to_key, model.syn1neg)
output.save_word2vec_format("output.txt")
fasttext = FastText(sentences, bucket=40, min_n=2, max_n=3, **small)
fasttext.save("fasttext.model")
fasttext.wv.save("beside-fasttext.kv", sep_limit=1)
fasttext.wv.add_vectors(["c\\u00fcb", "dd"], [fasttext.wv["c\\u00fcb"], fasttext.wv["dd"]])
fasttext.wv.save_word2vec_format("fasttext.txt", sort_attr="none")
numbers = KeyedVectors(2)
numbers.add_vectors([7, 30], [[1, 2], [3, 4]])
numbers.save("numbers.kv")
for key_type in ("U3", "S3", "i8"):
    keys = KeyedVectors(2)
    keys.add_vectors(list(np.array(["7", "30"]).astype(key_type)), [[1, 2], [3, 4]])
    keys.save("array-%s.kv" % key_type)
"""

# The attributes that gensim 3.8 has, without gensim 3.8.
OLD = """
import pickle, sys, types
import numpy as np
for name in ("gensim", "gensim.models", "gensim.models.keyedvectors"):
    sys.modules[name] = types.ModuleType(name)
def make(kind, **attributes):
    cls = getattr(sys.modules["gensim.models.keyedvectors"], kind, None)
    if cls is None:
        cls = type(kind, (), {"__module__": "gensim.models.keyedvectors"})
        setattr(sys.modules["gensim.models.keyedvectors"], kind, cls)
    made = cls()
    made.__dict__.update(attributes)
    return made
def save(made, name):
    with open(name, "wb") as file:
        pickle.dump(made, file, protocol=2)
X = np.array([[1, -2], [3, 4]], dtype="f4")
words = ["b", "a"]
vocab = {word: make("Vocab", count=9 - i, index=i, sample_int=2 ** 32) for i, word in enumerate(words)}
common = {"index2word": words, "vocab": vocab, "vectors_norm": None}
wv = make("Word2VecKeyedVectors", vectors=X, **common)
save(make("Word2Vec", wv=wv, trainables=make("Word2VecTrainables", syn1neg=-X), random=np.random.RandomState(1)),
     "old.model")
save(make("KeyedVectors", syn0=X.astype("f8"), **common), "older.kv")
def bucket(ngram):
    value = 2166136261
    for byte in ngram.encode():
        value = (value ^ byte) * 16777619 % 2 ** 32
    return value % 1000
hash2index = {bucket(ngram): i for i, ngram in enumerate(["<b", "b>", "<a", "a>"])}
assert len(hash2index) == 4
ngrams = dict(vectors_vocab=X, min_n=2, max_n=2, bucket=1000, vectors=X, **common)
def fasttext(name, **more):
    save(make("FastTextKeyedVectors", **{**ngrams, **more}), name)
Y = np.arange(8, dtype="f4").reshape(4, 2)
fasttext("fasttext.kv", vectors_ngrams=Y, compatible_hash=True, hash2index=hash2index)
fasttext("hashed.kv", vectors_ngrams=Y, compatible_hash=False, hash2index=hash2index)
fasttext("sizes.kv", vectors_ngrams=Y, compatible_hash=True, hash2index={})
fasttext("places.kv", vectors_ngrams=Y, compatible_hash=True, hash2index={bucket("<b"): 4})
fasttext("fewer.kv", vectors_ngrams=Y, compatible_hash=True, hash2index={bucket("<b"): 0})
fasttext("more.kv", vectors_ngrams=Y, compatible_hash=True, hash2index={**hash2index, 999: 0})
"""

NUMPY = """
import numpy as np
X = np.array([[1, -2], [3, 4.5]])
words = ["b", "a\\u00fc"]
np.savez("stored.npz", vectors=X, words=words)
np.savez_compressed("deflated.npz", np.asfortranarray(X.astype("f4")), words)
np.savez("big.npz", words=np.array(words, dtype=">U2"), other=[1, 2], embeddings=X.astype(">f2"))
np.savez("objects.npz", words=np.array(words, dtype=object), vectors=X)
for name, array in (("f8", X), ("f2", X.astype("f2")), ("columns", np.asfortranarray(X)), ("big", X.astype(">f4"))):
    np.save(name + ".npy", array)
np.save("text.npy", np.array([words, words]))
"""


def has(module):
    return os.path.exists(PYTHON) and has_module(PYTHON, module)


class Written(CommandTest):
    """Files that a script has written, in a folder for all tests of a class."""
    script = None

    def setUp(self):
        super().setUp()
        done = subprocess.run([PYTHON, "-c", self.script], cwd=self.folder, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())

    def as_text(self, name):
        self.succeeds("convert", name, "converted.txt")
        return read_text(self.path("converted.txt"))


@unittest.skipUnless(has("gensim"), "no gensim in %s" % PYTHON)
class Gensim(Written):
    script = GENSIM

    def test_all_that_save_writes(self):
        wanted = read_text(self.path("word2vec.txt"))
        for name in ("word2vec.model", "beside-word2vec.model", "word2vec.kv", "beside-word2vec.kv",
                     *("protocol%d-word2vec.kv" % protocol for protocol in range(2, 6))):
            self.assertEqual(self.as_text(name), wanted, name)
        self.succeeds("convert", "word2vec.model", "a.n2v")
        self.succeeds("convert", "a.n2v", "b.txt", "--vectors", "output")
        self.assertEqual(read_text(self.path("b.txt")), read_text(self.path("output.txt")))
        self.assertIn(b"counted    162 words", self.succeeds("info", "a.n2v").stdout)
        # with n-grams, for words that gensim never saw, too
        wanted = read_text(self.path("fasttext.txt"))
        for name in ("fasttext.model", "beside-fasttext.kv"):
            lines = self.succeeds("vector", name, *wanted).stdout.decode().splitlines()
            for line, (word, row) in zip(lines, wanted.items()):
                self.assertEqual(line.split()[0], word)
                for ours, theirs in zip(map(float, line.split()[1:]), row):
                    self.assertAlmostEqual(ours, theirs, delta=1e-6)
        for name in ("numbers", "array-U3", "array-S3", "array-i8"):  # strings of NumPy are objects of their own
            self.assertEqual(self.as_text(name + ".kv"), {"7": [1, 2], "30": [3, 4]}, name)
        # what is beside stays beside
        os.remove(self.path("beside-word2vec.model.wv.vectors.npy"))
        self.fails(2, "has its vectors in a file beside it: cannot read", "info", "beside-word2vec.model")
        with open(self.path("beside-word2vec.kv"), "rb") as file:
            self.fails(2, "give the name of its file", "info", "-", given=file.read())


@unittest.skipUnless(has("numpy"), "no NumPy in %s" % PYTHON)
class OldGensim(Written):
    script = OLD

    def test_attributes_of_gensim_3(self):
        for name in ("old.model", "older.kv"):
            self.assertEqual(self.as_text(name), {"b": [1, -2], "a": [3, 4]}, name)
            self.assertIn(b"counted    17 words", self.succeeds("info", name).stdout)
        self.succeeds("convert", "old.model", "a.txt", "--vectors", "output")
        self.assertEqual(read_text(self.path("a.txt")), {"b": [-1, 2], "a": [-3, -4]})
        # b: the mean of its own row (1, -2), and those of <b (0, 1) and b> (2, 3)
        self.assertEqual(self.succeeds("vector", "fasttext.kv", "b").stdout, b"b 1 0.666666687\n")
        self.assertEqual(self.succeeds("vector", "fasttext.kv", "ba").stdout, b"ba 2 2.66666675\n")  # <b, none, a>
        self.fails(1, "places that are not possible", "info", "places.kv")
        self.fails(1, "fewer.kv: the table of subwords is not that of its words", "info", "fewer.kv")
        self.fails(1, "of n-grams that are hashed in a way of its own. To convert such a file X, where gensim is",
                   "info", "hashed.kv")
        self.fails(1, "with another number of n-grams than buckets", "info", "sizes.kv")
        self.fails(1, "with fewer vectors of n-grams than n-grams", "info", "more.kv")


def npy(kind, shape, content):
    return b"\x93NUMPY\2\0" + struct.pack("<I", 100) + (
        "{'descr': '%s', 'fortran_order': False, 'shape': %s}" % (kind, shape)).encode().ljust(100) + content


class Archives(CommandTest):
    """Deflate packs a thousand zeros into a byte."""

    def archive(self, name, **arrays):
        with zipfile.ZipFile(self.path(name), "w", zipfile.ZIP_DEFLATED) as file:
            for member, content in arrays.items():
                file.writestr(member + ".npy", content)
        return name

    def test_skipped_rows_need_no_second_copy(self):
        words = [b"w%d" % i for i in range(4000)]
        rows = npy("<f4", "(4000, 1008)", bytes(4 * 4000 * 1008))
        good, bad = (self.archive(name, vectors=rows, words=npy("|S8", "(4000,)", b"".join(
            word.ljust(8, b"\0") for word in list_)))
            for name, list_ in (("good.npz", words), ("bad.npz", [*words[:9], b"a b", *words[10:]])))
        self.assertIn(b"1 malformed row", self.succeeds("info", bad, "--skip-bad").stderr)
        self.assertLess(self.peak("info", bad, "--skip-bad") - self.peak("info", good), 6 << 20)


@unittest.skipUnless(has("numpy"), "no NumPy in %s" % PYTHON)
class Numpy(Written):
    script = NUMPY

    def test_archives_and_arrays(self):
        wanted = {"b": [1, -2], "a\u00fc": [3, 4.5]}
        for name in ("stored.npz", "deflated.npz", "big.npz"):
            self.assertEqual(self.as_text(name), wanted, name)
        with open(self.path("deflated.npz"), "rb") as file:
            self.assertIn(b"format     npz: ", self.succeeds("info", "-", given=file.read()).stdout)
        self.fails(1, "which can run any program and is not read: in Python", "info", "objects.npz")
        for name in ("f8", "f2", "columns", "big", "text"):
            self.write(name + ".vocab.txt", "b\na\u00fc\n".encode())
        for name in ("f8", "f2", "columns", "big"):
            self.assertEqual(self.as_text(name + ".npy"), wanted, name)
        self.fails(1, "numbers of the type '<U2'", "info", "text.npy")


class Skipped(CommandTest):
    TEXT = b"6 2\nb 1 2\nbad 1\nb 3 4\nx y 5\n\xff 1 2\na 5 nan\n"

    def test_malformed_rows(self):
        self.write("v.txt", self.TEXT)
        for command in (["convert", "v.txt", "a.bin"], ["info", "v.txt"], ["neighbors", "v.txt", "b"],
                        ["analogy", "v.txt", "b", "b", "b"], ["similarity", "v.txt", "b", "b"],
                        ["vector", "v.txt", "b"]):
            self.fails(1,
                       "v.txt: line 3: 1 number after the word, where the header declares 2; --skip-bad skips such "
                       "rows", *command)
        done = self.succeeds("convert", "v.txt", "a.txt", "--skip-bad")
        self.assertIn(b"warning: skipped 5 malformed rows; the first: v.txt: line 3: 1 number after the word",
                      done.stderr)
        self.assertEqual(read_text(self.path("a.txt")), {"b": [1, 2]})
        self.assertEqual(self.succeeds("vector", "v.txt", "b", "--skip-bad").stdout, b"b 1 2\n")
        self.assertNotIn(b"skipped", self.succeeds("vector", "a.txt", "b", "--skip-bad").stderr)
        self.assertEqual(self.succeeds("convert", "-q", "v.txt", "a.txt", "--skip-bad").stderr, b"")


class Wrapped(CommandTest):
    """Numbers as NumPy 2 prints them, which gensim 4.3 writes."""

    ROWS = b"b np.float32(1.0) np.float32(-2e-05)\na np.float64(0.5) 3\n"

    def test_they_are_read(self):
        for name, head in (("v.txt", b"2 2\n"), ("v.glove", b"")):
            self.write(name, head + self.ROWS)
            self.succeeds("convert", name, "plain.txt")
            self.assertEqual(self.read("plain.txt"), b"2 2\nb 1 -0.00002\na 0.5 3\n")

    def test_what_is_malformed(self):
        for number in ("np.float32(1", "np.float32()", "np.float32(1))", "np.float32(nan)", "float32(1)",
                       "np.float32("):
            self.write("v.txt", b"1 1\nb %s\n" % number.encode())
            self.fails(1, "v.txt: line 2: '%s' is not a finite number" % number, "info", "v.txt")


if __name__ == "__main__":
    unittest.main()
