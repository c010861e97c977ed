"""Inputs that name several files: folders, patterns, and lists of files."""

import gzip
import json
import os
import resource
import unittest

from support import CommandTest, text

SMALL = ("--dim", "4", "--epochs", "1", "--threads", "1", "--min-count", "1")


class Inputs(CommandTest):
    def setUp(self):
        super().setUp()
        os.makedirs(self.path("texts/sub"))
        self.parts = {"texts/b": text(80, seed=1), "texts/B": text(90, seed=2), "texts/a.gz": text(70, seed=3)}
        for name, content in self.parts.items():
            self.write(name, content, name.endswith(".gz"))
        self.write("texts/.hidden", b"hidden\n")
        self.write("texts/no-text", b"")
        self.write("texts/sub/deep", b"deep\n")
        os.symlink("nowhere", self.path("texts/dangling"))
        os.mkfifo(self.path("texts/pipe"))  # reading it would wait

    def vectors_of(self, *inputs, given=None):
        self.succeeds("train", *inputs, "-o", "v.n2v", *SMALL, given=given)

    def expect_order(self, names, *inputs, given=None):
        """The same files in this order, named one by one, give the same words and numbers."""
        self.vectors_of(*inputs, given=given)
        self.succeeds("convert", "v.n2v", "several.vec")
        self.vectors_of(*names)
        self.succeeds("convert", "v.n2v", "named.vec")
        self.assertEqual(self.read("several.vec"), self.read("named.vec"))

    def test_folder(self):
        for folder in ("texts", "texts/"):
            self.expect_order(("texts/B", "texts/a.gz", "texts/b"), folder)

    def test_pattern(self):
        self.expect_order(("texts/B", "texts/b"), "texts/[bB]")
        self.expect_order(("texts/a.gz", "texts/b"), "texts/[ab]*")
        self.expect_order(("texts/B", "texts/a.gz", "texts/b"), "text?")  # of a folder that matches, its files

    def test_a_file_with_such_a_name_is_itself(self):
        self.write("texts/b*", b"star star\n" * 9)
        self.write("@list", b"at at\n" * 9)
        self.succeeds("vocab", "texts/b*", "@list", "-o", "words", "--min-count", "1")
        self.assertEqual(self.read("words"), b"at\t18\nstar\t18\n")

    def test_list(self):
        self.write("list", b"\xef\xbb\xbftexts/b\r\n\ntexts/no-text\ntexts/a.gz")
        self.expect_order(("texts/b", "texts/a.gz"), "@list")
        self.expect_order(("texts/b", "texts/B", "texts/a.gz", "texts/b"), "texts/b", "@-", given=b"texts\n")
        self.write("list.gz", b"texts/B\n", True)
        self.expect_order(("texts/B",), "@list.gz")

    def test_many_files(self):
        """More than may be open at once."""
        os.mkdir(self.path("many"))
        for i in range(100):
            self.write("many/%02d" % i, b"w%d\n" % (i % 7))
        self.succeeds("vocab", "many", "-o", "words", "--min-count", "1",
                      preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (50, 50)))
        self.assertEqual(self.read("words").count(b"\n"), 7)

    def test_every_command(self):
        everything = b"".join(self.parts[name] for name in sorted(self.parts))
        self.write("all", everything)
        for command, *more in (("vocab",), ("phrases", "--min-count", "2")):
            self.succeeds(command, "all", "-o", "one", *more)
            self.succeeds(command, "texts", "-o", "several", *more)
            self.assertEqual(self.read("several"), self.read("one"), command)
        self.vectors_of("all")
        one = json.loads(self.succeeds("likelihood", "v.n2v", "all", "--json").stdout)
        self.assertEqual(json.loads(self.succeeds("likelihood", "v.n2v", "texts", "--json").stdout), one)

    def test_record_names_the_files_and_resume_reads_them(self):
        self.train("texts", "-o", "v.n2v", "--checkpoint", "c.n2v", *SMALL[:2], "--epochs", "2", "--threads", "1")
        recorded = self.succeeds("info", "c.n2v").stdout.decode()
        for name in self.parts:
            self.assertIn(name, recorded)
        self.write("texts/z", b"new new new new new new\n")
        self.succeeds("train", "--resume", "c.n2v", "--epochs", "3", "-o", "v.vec")
        self.assertNotIn(b"\nnew ", self.read("v.vec"))

    def test_dry_run(self):
        said = self.succeeds("train", "texts", "-o", "v.vec", "--dry-run", *SMALL)
        self.assertIn(b"words", said.stdout + said.stderr)

    def test_refused(self):
        os.mkdir(self.path("empty"))
        self.write("empty/no-text", b"")
        self.write("nothing", b"\n\r\nempty/no-text")
        self.write("nested", b"texts/b\n@list\n")
        self.write("missing", b"texts/b\nnot-there\n")
        self.write("empty-folder", b"texts/b\n\nempty\n")
        self.write("zero", b"texts/b\ntexts\0b\n")
        self.write("long", b"texts/b\n" + b"x" * 5000 + b"\n")
        self.write("cut.gz", gzip.compress(b"texts/b\n" * 99)[:-4])
        for says, name in (("the folder empty has no file", "empty"), ("no file is called none/*, and", "none/*"),
                           ("no file is called *.csv, and none matches it as a pattern", "*.csv"),
                           ("nothing names no file that has text: a list of files has one path a line", "@nothing"),
                           ("all files that match emp*/* are empty", "emp*/*"),
                           ("missing, line 2: no file or folder has this name; a list of files has", "@missing"),
                           ("nested, line 2: no file or folder has this name", "@nested"),
                           ("empty-folder, line 3: the folder empty has no file", "@empty-folder"),
                           ("cannot read nowhere: No such file", "@nowhere"),
                           ("cannot read @: No such file", "@"),
                           ("cannot read texts: it is a directory", "@texts")):
            with self.subTest(name=name):
                self.fails(2, says, "train", name, "-o", "v.vec", *SMALL)
                self.fails(2, says, "vocab", "texts/b", name, "-o", "v.tsv")
        self.fails(1, "zero, line 2: there is a zero byte; a list of files", "vocab", "@zero", "-o", "v")
        self.fails(1, "long, line 2: it is too long; a list of files has one path a line", "vocab", "@long", "-o", "v")
        self.fails(1, "empty/no-text is empty: give text", "vocab", "empty/no-text", "-o", "v.tsv")
        self.fails(1, "cut.gz: the gzip data end in the middle", "vocab", "@cut.gz", "-o", "v.tsv")
        self.fails(2, "standard input (-) can be read only once", "vocab", "@list", "-", "-o", "v.tsv",
                   given=self.write("list", b"-\n").encode())

    def test_an_output_in_the_folder_is_refused(self):
        self.fails(2, "texts/b", "vocab", "texts", "-o", "texts/b")
        self.fails(2, "texts/b", "train", "texts", "-o", "texts/b", *SMALL)


if __name__ == "__main__":
    unittest.main()
