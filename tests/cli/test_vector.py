"""nce2vec vector, words never seen in every query, and the formats of models with subwords: fastText's .bin, which
fastText and gensim read and write, and floret's table."""

import json
import math
import os
import shutil
import subprocess
import tempfile
import unittest

from subword_models import FastText, Floret, murmur
from support import PROGRAM, CommandTest, has_module, read_text, text

PYTHON = "/usr/bin/python3"  # Debian's, which has gensim
UNSEEN = ["word123", "sword", "na\u00efve", "w"]  # "w" has no n-gram that a word of the text has
WORDS = ["word7", "word1", *UNSEEN[:3]]

GENSIM = """
import json, sys
from gensim.models.fasttext import load_facebook_model, load_facebook_vectors
path, *words = sys.argv[1:]
model, vectors = load_facebook_model(path), load_facebook_vectors(path)
assert all((model.wv[word] == vectors[word]).all() for word in words)
print(json.dumps({"vectors": [model.wv[word].tolist() for word in words], "words": model.wv.index_to_key,
                  "counts": [int(model.wv.get_vecattr(word, "count")) for word in model.wv.index_to_key],
                  "outputs": model.syn1neg.tolist(),
                  "arguments": [model.sg, model.window, model.negative, model.epochs]}))
"""


class Trained(CommandTest):
    kind = "fasttext"

    @classmethod
    def setUpClass(cls):
        cls.trained = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.trained.cleanup)
        with open(os.path.join(cls.trained.name, "text"), "wb") as file:
            file.write(text())
        subprocess.run([PROGRAM, "train", "text", "-q", "-o", "m.n2v", *cls.options()], cwd=cls.trained.name,
                       check=True)

    @classmethod
    def options(cls):
        return ["--dim", "8", "--epochs", "2", "--threads", "1", "--subwords", cls.kind, "--buckets", "3000"]

    def setUp(self):
        super().setUp()
        for name in ("text", "m.n2v"):
            shutil.copy(os.path.join(self.trained.name, name), self.path(name))

    def vectors(self, path, words):
        lines = self.succeeds("vector", path, *words).stdout.decode().splitlines()
        self.assertEqual([line.split(" ")[0] for line in lines], words)
        return [[float(number) for number in line.split(" ")[1:]] for line in lines]

    def near(self, a, b, delta=1e-6):
        self.assertEqual(len(a), len(b))
        for x, y in zip(a, b):
            self.assertEqual(len(x), len(y))
            for p, q in zip(x, y):
                self.assertAlmostEqual(p, q, delta=delta)


class Vector(Trained):
    def test_known_words_have_the_vectors_of_the_file(self):
        self.succeeds("convert", "-q", "m.n2v", "m.vec")
        rows = read_text(self.path("m.vec"))
        for path in ("m.n2v", "m.vec"):
            self.near(self.vectors(path, ["word7", "word1"]), [rows["word7"], rows["word1"]], 1e-8)

    def test_lines_and_json(self):
        listed = self.succeeds("vector", "m.n2v", given=b"word7\n  sword \n").stdout
        self.assertEqual(listed, self.succeeds("vector", "m.n2v", "word7", "sword").stdout)
        known, unseen = (json.loads(line) for line in
                         self.succeeds("vector", "m.n2v", "--json", "word7", "Sword").stdout.splitlines())
        self.assertEqual((known["words"], known["known"]), (["word7"], True))
        self.assertEqual((unseen["words"], unseen["looked_up"], unseen["known"]), (["Sword"], ["sword"], False))
        self.assertEqual([known["vector"], unseen["vector"]], self.vectors("m.n2v", ["word7", "sword"]))

    def test_what_has_no_vector(self):
        done = self.fails(1, "queries without an answer: 3 of 4", "vector", "m.n2v", "word7", "w", "", "\u65e5")
        self.assertEqual(done.stdout.decode().split(" ")[0], "word7")
        self.assertIn("'w' is not in the vocabulary of m.n2v, and none of its n-grams has a vector",
                      done.stderr.decode())
        done = self.fails(1, "queries without an answer: 1 of 2", "vector", "m.n2v", given=b"word7\n\n")
        self.assertIn("nce2vec: line 2: one word is expected, not 0\n", done.stderr.decode())
        done = self.fails(1, "1 of 1", "vector", "m.n2v", "--json", "w")
        self.assertEqual(json.loads(done.stdout)["error"], "not in the vocabulary")
        self.succeeds("convert", "-q", "m.n2v", "m.vec")
        done = self.fails(1, "1 of 1", "vector", "m.vec", "sword")
        self.assertIn("'sword' is not in the vocabulary of m.vec, which has no subwords", done.stderr.decode())


    def test_lines_may_have_many_words(self):
        """More than are answered together, some without a vector."""
        words = ["word%d" % (i % 60) for i in range(300)]
        one_by_one = self.succeeds("vector", "m.n2v", given="\n".join(words).encode()).stdout
        self.assertEqual(self.succeeds("vector", "m.n2v", given=" ".join(words).encode()).stdout, one_by_one)
        done = self.fails(1, "queries without an answer: 2 of 4", "vector", "m.n2v", given=b"word1\nw word2 \tw\n")
        self.assertEqual(done.stderr.decode().count("line 2: 'w' is not in the vocabulary"), 2)


class Queries(Trained):
    """Words never seen, wherever a query takes words."""

    def cosines(self, words):
        rows = self.vectors("m.n2v", words)
        units = [[x / math.hypot(*row) for x in row] for row in rows]
        return (lambda a, b: sum(x * y for x, y in zip(units[words.index(a)], units[words.index(b)])),
                dict(zip(words, units)))

    def test_similarity(self):
        cosine, _ = self.cosines(["sword", "word7", "word123"])
        done = self.succeeds("similarity", "m.n2v", "sword", "word7", "sword", "word123")
        self.assertEqual(done.stdout.decode(), "%8.4f  sword word7\n%8.4f  sword word123\n" %
                         (cosine("sword", "word7"), cosine("sword", "word123")))

    def test_neighbors(self):
        every = sorted(FastTextFile.words(self))
        cosine, _ = self.cosines(["sword", *every])
        expected = sorted(every, key=lambda word: -cosine("sword", word))[:5]
        done = self.succeeds("neighbors", "m.n2v", "-k", "5", "--json", "sword", "word7")
        unseen, known = (json.loads(line) for line in done.stdout.splitlines())
        self.assertEqual([answer["word"] for answer in unseen["answers"]], expected)
        self.assertAlmostEqual(unseen["answers"][0]["score"], cosine("sword", expected[0]), delta=1e-5)
        self.assertEqual(len(known["answers"]), 5)
        self.assertNotIn("word7", [answer["word"] for answer in known["answers"]])
        done = self.succeeds("neighbors", "m.n2v", "-k", "1000", "--json", "sword", "word7")
        self.assertEqual([len(json.loads(line)["answers"]) for line in done.stdout.splitlines()],
                         [len(every), len(every) - 1])

    def test_analogy(self):
        """Known words of the query are no answers, beside one or two that are not known."""
        every = sorted(FastTextFile.words(self))
        _, units = self.cosines(["sword", "word123", *every])
        for a, b, c in (("sword", "word7", "word1"), ("word7", "sword", "word123"), ("sword", "word7", "word123")):
            wanted = [y - x + z for x, y, z in zip(units[a], units[b], units[c])]
            ranked = sorted((word for word in every if word not in (a, b, c)),
                            key=lambda word: -sum(x * y for x, y in zip(wanted, units[word])))
            done = self.succeeds("analogy", "m.n2v", "-k", "4", "--json", a, b, c)
            self.assertEqual([answer["word"] for answer in json.loads(done.stdout)["answers"]], ranked[:4])
        done = self.fails(1, "1 of 1", "analogy", "m.n2v", "--method", "mul", "sword", "word7", "word1")
        self.assertIn("'sword' is not in the vocabulary of m.n2v", done.stderr.decode())

    def test_vectors_that_cancel_out(self):
        """The words of one bucket are zero, those of the other are 1: x - x + zero has no direction."""
        words = {bucket: [w for w in map(str, range(20)) if murmur(b"<%b>" % w.encode(), 1)[0] % 2 == bucket]
                 for bucket in (0, 1)}
        self.write("v.floret", b"2 1 9 9 1 1 < >\n0 0\n1 1\n")
        known, unseen = words[0][0], words[1][0]
        self.write("v.vocab.txt", ("%s\n%s\n" % (known, words[1][1])).encode())
        done = self.fails(1, "1 of 2", "analogy", "v.floret", given=("%s %s %s\n%s %s %s\n" % (
            unseen, unseen, known, known, known, unseen)).encode())
        self.assertIn("nce2vec: line 1: the vectors of the words cancel out\n", done.stderr.decode())
        self.assertIn("  1.0000  %s\n" % words[1][1], done.stdout.decode())
        done = self.fails(1, "1 of 1", "analogy", "v.floret", "--json", unseen, unseen, known)
        self.assertEqual(json.loads(done.stdout)["error"], "the vectors of the words cancel out")
        done = self.fails(1, "1 of 1", "neighbors", "v.floret", "--json", known, "-", known)
        self.assertEqual(json.loads(done.stdout)["error"], "the vectors of the words cancel out")

    def test_info(self):
        self.assertIn("subwords   fasttext: n-grams of 3 to 6 characters, in ",
                      self.succeeds("info", "m.n2v").stdout.decode())
        shown = json.loads(self.succeeds("info", "--json", "m.n2v").stdout)["subwords"]
        self.assertEqual({key: shown[key] for key in ("kind", "minn", "maxn", "buckets")},
                         {"kind": "fasttext", "minn": 3, "maxn": 6, "buckets": 3000})


class FastTextFile(Trained):
    def words(self):
        self.succeeds("convert", "-q", "m.n2v", "words.vec")
        found = list(read_text(self.path("words.vec")))
        os.remove(self.path("words.vec"))
        return found

    def test_the_layout(self):
        self.succeeds("convert", "-q", "m.n2v", "m.bin", "--to", "fasttext")
        model = FastText(self.read("m.bin"))
        self.assertEqual(model.words, self.words())
        self.assertEqual((model.dim, model.epochs, model.buckets, model.minn, model.maxn), (8, 2, 3000, 3, 6))
        self.near(self.vectors("m.n2v", WORDS), [model.vector(word) for word in WORDS])
        self.assertEqual(sum(model.counts), model.tokens)
        self.assertTrue(any(row != (0,) * 8 for row in model.outputs))
        self.assertIn((0,) * 8, model.inputs)  # a bucket that no word has
        self.assertEqual(self.vectors("m.bin", WORDS[:2]), self.vectors("m.n2v", WORDS[:2]))
        self.near(self.vectors("m.bin", WORDS), self.vectors("m.n2v", WORDS))
        self.succeeds("convert", "-q", "m.bin", "again.n2v")
        self.succeeds("convert", "-q", "again.n2v", "again.bin", "--to", "fasttext")
        self.assertEqual(self.read("again.bin"), self.read("m.bin"))

    def test_training_writes_it(self):
        self.train("text", "-q", "-o", "t.fasttext", *self.options())
        self.succeeds("convert", "-q", "m.n2v", "m.fasttext")
        self.assertEqual(self.read("t.fasttext"), self.read("m.fasttext"))

    def test_refusals(self):
        self.fails(2, "the format fasttext holds models with the subwords fasttext: train with --subwords fasttext",
                   "train", "text", "-o", "t.bin", "--format", "fasttext")
        self.fails(2, "the format floret holds models with the subwords floret", "train", "text", "-o", "t.floret",
                   "--subwords", "fasttext")
        self.fails(1, "the format floret holds models with the subwords floret, and this one has others", "convert",
                   "m.n2v", "m.floret")
        self.fails(2, "it takes no --top, --normalize, --reduce or --remove-top, and of vectors only input", "convert",
                   "m.n2v", "m.fasttext", "--top", "3")
        self.succeeds("convert", "-q", "m.n2v", "m.vec")
        self.fails(1, "and this one has none: train with subwords fasttext", "convert", "m.vec", "m.fasttext")
        self.succeeds("convert", "-q", "m.n2v", "m.fasttext")
        content = self.read("m.fasttext")
        self.write("cut.bin", content[:-1])
        self.fails(1, "cut.bin: byte", "vector", "cut.bin", "word7")
        self.write("lie.bin", content[:40] + b"\xff\xff\xff\x7f" + content[44:])
        self.fails(1, "lie.bin: byte", "vector", "lie.bin", "word7")

    @unittest.skipUnless(shutil.which("fasttext"), "no fasttext")
    def test_fasttext_reads_it(self):
        self.succeeds("convert", "-q", "m.n2v", "m.bin", "--to", "fasttext")
        words = [*WORDS, "w"]
        theirs = self.fasttext("print-word-vectors", "m.bin", given="\n".join(words) + "\n").splitlines()
        ours = self.vectors("m.n2v", WORDS) + [[0] * 8]  # fastText prints zeros where there is nothing
        self.near([[float(x) for x in line.split()[1:]] for line in theirs], ours, 2e-5)
        near = [line.split() for line in self.fasttext("nn", "m.bin", "3", given="sword\n").replace("Query word? ", "")
                .splitlines() if line]
        ours = self.succeeds("neighbors", "m.n2v", "-k", "3", "sword").stdout.decode().splitlines()[1:]
        self.assertEqual([word for word, _ in near], [line.split()[1] for line in ours])

    @unittest.skipUnless(shutil.which("fasttext"), "no fasttext")
    def test_fasttexts_own_files(self):
        for name, options in (("a", ()), ("b", ("-loss", "hs")), ("c", ("-maxn", "0"))):
            self.fasttext({"b": "cbow"}.get(name, "skipgram"), "-input", "text", "-output", name, "-dim", "8",
                          "-minCount", "1", "-epoch", "1", "-thread", "1", "-bucket", "500", *options)
            words = ["word7", "</s>"] if name == "c" else [*WORDS, "w", "</s>"]
            theirs = self.fasttext("print-word-vectors", name + ".bin", given="\n".join(words) + "\n").splitlines()
            self.near([[float(x) for x in line.split()[1:]] for line in theirs], self.vectors(name + ".bin", words),
                      2e-5)
            shown = json.loads(self.succeeds("info", "--json", name + ".bin").stdout)
            self.assertEqual((shown["format"], sorted(shown["norms"])),
                             ("fasttext", ["input"] if name == "b" else ["input", "output"]))
            self.assertEqual(shown["subwords"] is None, name == "c")
        self.write("labelled", "".join("__label__x w%d\n" % i for i in range(300)).encode())
        self.fasttext("supervised", "-input", "labelled", "-output", "s", "-dim", "4", "-thread", "1", "-minCount", "1")
        self.fasttext("quantize", "-input", "labelled", "-output", "s")
        for name in ("s.bin", "s.ftz"):
            self.fails(1, "a model of fastText that was trained as a classifier (supervised) cannot be read", "info",
                       name)

    def fasttext(self, *arguments, given=""):
        done = subprocess.run(["fasttext", *arguments], cwd=self.folder, input=given.encode(), capture_output=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout.decode()

    def test_gensim_reads_it(self):
        if not has_module(PYTHON, "gensim"):
            self.skipTest("gensim is not installed")
        self.succeeds("convert", "-q", "m.n2v", "m.bin", "--to", "fasttext")
        done = subprocess.run([PYTHON, "-c", GENSIM, "m.bin", *WORDS], cwd=self.folder, capture_output=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        theirs, model = json.loads(done.stdout), FastText(self.read("m.bin"))
        self.near(theirs["vectors"], self.vectors("m.n2v", WORDS))
        self.assertEqual((theirs["words"], theirs["counts"]), (model.words, model.counts))
        self.near(theirs["outputs"], model.outputs, 0)
        self.assertEqual(theirs["arguments"], [1, model.window, model.negatives, 2])


class FloretTable(Trained):
    kind = "floret"

    def test_the_table_has_all_vectors(self):
        self.succeeds("convert", "-q", "m.n2v", "m.floret")
        self.succeeds("convert", "-q", "m.n2v", "m.vec")
        table = Floret(self.read("m.floret").decode())
        self.assertEqual((table.buckets, table.dim, table.minn, table.maxn, table.hashes, table.seed),
                         (3000, 8, 3, 6, 2, 2166136261))
        self.near(self.vectors("m.n2v", WORDS), [table.vector(word) for word in WORDS])
        rows = read_text(self.path("m.vec"))
        self.assertEqual(self.read("m.vocab.txt").decode().split("\n")[:-1], list(rows))
        self.near([rows[word] for word in WORDS[:2]], [table.vector(word) for word in WORDS[:2]])
        self.near(self.vectors("m.floret", WORDS), self.vectors("m.n2v", WORDS))
        shutil.copy(self.path("m.vocab.txt"), self.path("again.vocab.txt"))
        self.succeeds("convert", "-q", "m.floret", "again.floret")
        self.assertEqual(self.read("again.floret"), self.read("m.floret"))

    def test_the_words_are_beside_it(self):
        self.succeeds("convert", "-q", "m.n2v", "m.floret")
        os.remove(self.path("m.vocab.txt"))
        self.fails(2, "m.floret has its words in a second file: cannot read m.vocab.txt", "vector", "m.floret", "word7")


if __name__ == "__main__":
    unittest.main()
