"""Files as users name and bring them: compressed outputs, unknown endings, byte-order marks, and names and words that
would control a terminal."""

import bz2
import gzip
import json
import lzma
import os
import subprocess
import unittest

from support import CommandTest, read_text, text

SMALL = ("--dim", "4", "--epochs", "1", "--threads", "1")
VECTORS = b"2 2\na 0.1 0.2\nb 0.3 0.4\n"
MARK = b"\xef\xbb\xbf"
REFUSED = {".bz2": "`bzip2 out`", ".xz": "`xz out`", ".zst": "`zstd out`", ".zip": "`zip out.zip out`",
           ".7z": "`7z a out.7z out`", ".tgz": "`tar -czf out.tgz out`"}


def zstd(content):
    return subprocess.run(["zstd", "-c", "-q"], input=content, stdout=subprocess.PIPE, check=True).stdout


PACK = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress, "zstd": zstd}


class CompressedInputs(CommandTest):
    """What --version lists is read; the rest is refused with the command that helps."""

    def setUp(self):
        super().setUp()
        listed = self.succeeds("--version").stdout.decode().split("reads: plain, ")[1]
        self.readable = listed.split("\n")[0].split(", ")
        self.content = text(sentences=200)

    def test_text_and_vectors(self):
        whole, half = self.content, self.content[:self.content.index(b"\n", len(self.content) // 2) + 1]
        self.write("text", whole + half)
        self.train("text", "-o", "plain.vec", *SMALL)
        for name in self.readable:
            with self.subTest(codec=name):
                self.write("packed", PACK[name](whole) + PACK[name](half))
                self.train("packed", "-o", "v.vec", *SMALL)
                self.assertEqual(self.read("v.vec"), self.read("plain.vec"))
                self.write("packed.vec", PACK[name](self.read("plain.vec")))
                self.succeeds("convert", "packed.vec", "again.vec")
                self.assertEqual(self.read("again.vec"), self.read("plain.vec"))

    def test_damage_is_named_before_anything_is_written(self):
        for name in self.readable:
            with self.subTest(codec=name):
                packed = PACK[name](self.content)
                self.write("cut", packed[:-5])
                self.fails(1, "cut: the %s data end in the middle, at byte %d: the file is truncated" %
                           (name, len(packed) - 5), "train", "cut", "-o", "v.vec", *SMALL)
                middle = len(packed) // 2
                self.write("bad", packed[:middle] + bytes(b ^ 0xff for b in packed[middle:middle + 9]) +
                           packed[middle + 9:])
                self.fails(1, "bad: the %s data are corrupt near byte " % name, "vocab", "bad", "-o", "v.tsv")
                self.assertFalse(os.path.exists(self.path("v.vec")) or os.path.exists(self.path("v.tsv")))

    def test_those_that_this_build_lacks(self):
        for name in set(PACK) - set(self.readable):
            # The first bytes are enough, and the program zstd need not be here.
            self.write("packed", b"(\xb5/\xfd" + bytes(20) if name == "zstd" else PACK[name](self.content))
            self.fails(1, "packed contains %s data, and only UTF-8 can be read, plain or compressed (gzip" % name,
                       "vocab", "packed", "-o", "v.tsv")
            self.fails(1, "`%s -dc packed`" % name, "vocab", "packed", "-o", "v.tsv")


class Endings(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", text(sentences=50))
        self.write("ok.vec", VECTORS)

    def unzipped(self, name):
        return gzip.decompress(self.read(name))

    def test_gzip(self):
        self.train("text", "-o", "v.vec.gz", "--save-vocab", "v.tsv.gz", "--metrics", "m.jsonl.gz", *SMALL)
        self.train("text", "-o", "v.vec", "--save-vocab", "v.tsv", *SMALL)
        self.assertEqual(self.unzipped("v.vec.gz"), self.read("v.vec"))
        self.assertEqual(self.unzipped("v.tsv.gz"), self.read("v.tsv"))
        self.assertEqual(json.loads(self.unzipped("m.jsonl.gz").splitlines()[-1])["end"], "done")
        self.succeeds("vocab", "text", "-o", "w.tsv.gz", "--min-count", "5")
        self.assertEqual(self.unzipped("w.tsv.gz"), self.read("v.tsv"))
        self.train("text", "-o", "again.vec", "--read-vocab", "w.tsv.gz", *SMALL)
        self.assertEqual(self.read("again.vec"), self.read("v.vec"))

    def test_format_is_that_of_the_ending_before(self):
        for ending in (".txt", ".vec", ".bin", ".n2v", ".glove", ".fifu"):
            with self.subTest(ending=ending):
                self.succeeds("convert", "ok.vec", "c" + ending)
                done = self.succeeds("convert", "ok.vec", "c%s.gz" % ending)
                self.assertNotIn(b"warning", done.stderr)
                self.assertEqual(self.unzipped("c%s.gz" % ending), self.read("c" + ending))
                self.succeeds("convert", "c%s.gz" % ending, "back.vec")
                self.assertEqual(self.read("back.vec"), VECTORS)

    def test_of_two_files_the_first_is_compressed(self):
        for name, beside in (("c.npy", "c.vocab.txt"), ("c.safetensors", "c.vocab.txt"), ("c.tsv", "c.metadata.tsv")):
            self.succeeds("convert", "ok.vec", name)
            words = self.read(beside)
            os.remove(self.path(beside))
            self.succeeds("convert", "ok.vec", name + ".gz")
            self.assertEqual(self.unzipped(name + ".gz"), self.read(name))
            self.assertEqual(self.read(beside), words)
            self.succeeds("convert", name + ".gz", "back.vec")
            self.assertEqual(self.read("back.vec"), VECTORS)
        self.fails(2, "model2vec is a folder, which is not compressed; write c", "convert", "ok.vec", "c.gz", "--to",
                   "model2vec")

    def test_other_compressions_are_refused_before_any_work(self):
        for ending, command in REFUSED.items():
            with self.subTest(ending=ending):
                self.fails(2, command, "convert", "missing", "out" + ending)
                self.fails(2, command, "train", "text", "-o", "out" + ending, *SMALL)
                self.fails(2, command, "train", "text", "-o", "v.vec", "--save-vocab", "out" + ending, *SMALL)
                self.fails(2, command, "train", "text", "-o", "v.vec", "--metrics", "out" + ending, *SMALL)
                self.fails(2, command, "vocab", "text", "-o", "out" + ending)

    def test_unknown_endings_are_named(self):
        says = "warning: %s is written as word2vec text, because the ending .foo is not known"
        for name in ("v.foo", "w.foo.gz"):
            done = self.train("text", "-o", name, *SMALL)
            self.assertIn(says % name, done.stderr.decode())
            done = self.succeeds("convert", "ok.vec", name)
            self.assertIn(says % name, done.stderr.decode())
        self.assertEqual(self.read("v.foo"), VECTORS)
        for arguments in (("v.foo", "--to", "text"), ("v.bin",), ("vectors",), ("-",), ("v.foo", "-q")):
            done = self.succeeds("convert", "ok.vec", *arguments)
            self.assertNotIn(b"warning", done.stderr, arguments)


class Marks(CommandTest):
    def test_in_queries(self):
        self.write("v.vec", VECTORS)
        plain = self.succeeds("similarity", "v.vec", given=b"a b\na a\n").stdout
        self.assertEqual(self.succeeds("similarity", "v.vec", given=MARK + b"a b\na a\n").stdout, plain)
        self.assertEqual(self.run_program("similarity", "v.vec", given=b"a b\n" + MARK + b"a a\n").returncode, 1)

    def test_in_vectors(self):
        self.write("ok.vec", VECTORS)
        self.write("v.vec", MARK + VECTORS)
        self.write("v.gz", MARK + VECTORS, zipped=True)
        for name in ("v.vec", "v.gz"):
            self.succeeds("convert", name, "back.vec")
            self.assertEqual(self.read("back.vec"), VECTORS)


class Terminals(CommandTest):
    """Bytes of files and names that a terminal would obey come out as question marks, and escaped in JSON."""

    odd = ("\u202e", "\u2066", "\u009b31m", "\x1b[31m", "\u0085")

    def clean(self, shown):
        shown = shown.decode()  # valid UTF-8
        for character in shown:
            self.assertTrue(character == "\n" or character >= " " and not "\x7f" <= character <= "\x9f"
                            and character not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", ascii(shown))

    def test_names_of_files(self):
        self.write("text", text(sentences=50))
        for odd in self.odd:
            name = "v%s.vec" % odd
            done = self.train("text", "-o", name, *SMALL)
            self.clean(done.stderr)
            self.assertIn(b"wrote v?", done.stderr)
            self.assertTrue(read_text(self.path(name)))
            self.clean(self.run_program("neighbors", name, "nothing").stderr)
            self.clean(self.run_program("neighbors", "missing" + odd, "a").stderr)
            self.clean(self.succeeds("info", name).stdout)
            self.clean(self.succeeds("info", name, "--json").stdout)
        os.rename(self.path("text"), os.path.join(os.fsencode(self.folder), b"t\xff"))
        self.clean(self.train(b"t\xff".decode(errors="surrogateescape"), "-o",
                              b"\xfe.vec".decode(errors="surrogateescape"), *SMALL).stderr)

    def test_words(self):
        word = "x\u202ey\u2066"
        self.write("v.vec", ("2 2\n%s 1 0\nzzzz 1 1\n" % word).encode())
        self.clean(self.succeeds("neighbors", "v.vec", word, "zzzz").stdout)
        self.clean(self.succeeds("similarity", "v.vec", word, "zzzz").stdout)
        self.clean(self.succeeds("info", "v.vec").stdout)
        shown = self.succeeds("neighbors", "v.vec", "zzzz", "--json").stdout
        self.clean(shown)
        self.assertEqual(json.loads(shown)["answers"][0]["word"], word)
        self.clean(self.run_program("neighbors", "v.vec", "x\u202ez\u2066").stderr)
        for odd in ("x\u009by", "x\u0085y", "x\u00a0y", "x\u3000y"):
            self.write("w.vec", ("1 2\n%s 1 0\n" % odd).encode())
            self.clean(self.fails(1, "contains white space or a control character", "info", "w.vec").stderr)

    def test_others_are_named(self):
        self.write("model.kv", b"\x80\x04\x95" + bytes(100))
        self.fails(1, "model.kv: byte 12: the pickle is malformed", "info", "model.kv")
        self.write("model.h5", b"\x89HDF\r\n\x1a\n" + bytes(100))
        self.fails(1, "model.h5 is an HDF5 file, which cannot be read", "info", "model.h5")


if __name__ == "__main__":
    unittest.main()
