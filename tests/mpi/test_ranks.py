"""Training by several ranks: what is written, what is printed, how inputs are dealt out."""

import json
import os
import subprocess
import unittest

from ranks_support import ALONE, MPIRUN, PROGRAM, SMALL, RanksTest
from support import read_text, text


class Training(RanksTest):
    def setUp(self):
        super().setUp()
        self.write("text", text(2000))

    def write_shards(self, count):
        os.mkdir(self.path("shards"))
        lines = text(2000).splitlines(keepends=True)
        for i in range(count):  # of unequal sizes
            self.write("shards/%d" % i,
                       b"".join(lines[i * i * 2000 // (count * count):(i + 1) ** 2 * 2000 // (count * count)]),
                       zipped=i % 2)
        return ["shards/%d" % i for i in range(count)]

    def test_one_file_of_vectors(self):
        for count in (2, 3):
            said = self.train_ranks(count, "text", "-o", "v.txt", *SMALL)
            self.assertIn("read 24,000 words (60 different)", said)
            self.assertIn("trained on 120,000 words", said)
            self.assertEqual(sorted(os.listdir(self.folder)), ["text", "v.txt"])
            vectors = read_text(self.path("v.txt"))
            self.assertEqual(len(vectors), 60)
            os.unlink(self.path("v.txt"))

    def test_any_output(self):
        done = self.run_ranks(2, "train", "text", "-o", "-", "--save-vocab", "words.txt", *SMALL)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), 61)
        self.assertEqual(len(self.read("words.txt").splitlines()), 60)

    def test_fewer_bits_and_rules(self):
        for more in (("--sync-bits", "8"), ("--sync-bits", "16", "--combine", "momentum"),
                     ("--combine", "mean", "--staleness", "1"), ("--round", "2048", "--threads", "2")):
            self.assertIn("wrote v.txt", self.train_ranks(2, "text", "-o", "v.txt", *SMALL, *more))

    def test_the_same_bytes(self):
        """Deterministic, any ranks write what one process writes, held-out loss and metrics too."""
        more = ("--deterministic", "--virtual-workers", "5", "--round", "1024", "--combine", "momentum", "--heldout",
                "0.1", *SMALL)
        alone = self.succeeds("train", "text", "-o", "one.bin", *more).stderr.decode()
        for count in (2, 3):
            said = self.train_ranks(count, "text", "-o", "v.bin", *more)
            self.assertEqual(self.read("v.bin"), self.read("one.bin"))
            self.assertEqual([line for line in said.splitlines() if "held-out" in line],
                             [line for line in alone.splitlines() if "held-out" in line])
        self.ranks_fail("--deterministic needs the whole text on every rank", 2, "--shard", "text", "-o", "w.bin",
                        *more)

    def test_start_from_vectors(self):
        """The words of the file and of all texts, with the counts of one process; what is frozen stays on all ranks."""
        self.write("old", text(200, words=80, seed=2))
        self.succeeds("train", "old", "-o", "old.n2v", "-q", *SMALL)
        more = ("--start", "old.n2v", "--vocabulary", "both", "--freeze", "output", "--min-count", "3", *SMALL)
        self.succeeds("train", "text", "-o", "one.n2v", "--save-vocab", "one.words", "--deterministic", *more)
        self.train_ranks(2, "text", "-o", "v.n2v", "--deterministic", *more)
        self.assertEqual(self.read("v.n2v").split(b"INPT")[1], self.read("one.n2v").split(b"INPT")[1])
        self.write_shards(3)
        said = self.train_ranks(3, "--shard", "shards", "-o", "v.n2v", "--save-vocab", "words", *more)
        self.assertIn("frozen: 80 of 160 vectors", said)
        self.assertEqual(self.read("words"), self.read("one.words"))
        self.succeeds("convert", "-q", "old.n2v", "old.txt", "--vectors", "output")
        self.succeeds("convert", "-q", "v.n2v", "v.txt", "--vectors", "output")
        self.assertEqual(read_text(self.path("old.txt")), read_text(self.path("v.txt")))
        self.assertNotEqual(self.read("old.n2v").split(b"INPT")[1][:400], self.read("v.n2v").split(b"INPT")[1][:400])

    def test_phrases(self):
        """Found by all ranks in the same text; given where each has a part of it."""
        phrases = ("--phrases", "npmi", "--phrase-threshold", "0.05", "--phrase-min-count", "20")
        more = ("--deterministic", "--heldout", "0.1", *SMALL)
        self.succeeds("train", "text", "-o", "one.bin", "--save-vocab", "one.words", *phrases, *more)
        self.assertIn(b"_", self.read("one.words"))
        self.assertIn(" pairs joined: ", self.train_ranks(2, "text", "-o", "v.bin", *phrases, *more))
        self.assertEqual(self.read("v.bin"), self.read("one.bin"))
        self.write_shards(2)
        self.ranks_fail("--phrases npmi needs the whole text on every rank", 2, "--shard", "shards", "-o", "w.bin",
                        *phrases, *SMALL)
        self.succeeds("phrases", "text", "--save", "table", "--scorer", "npmi", "--threshold", "0.05", "--min-count",
                      "20")
        self.succeeds("train", "text", "-o", "one.bin", "--save-vocab", "one.words", "--phrases", "table", *SMALL)
        self.train_ranks(2, "--shard", "shards", "-o", "v.bin", "--save-vocab", "words", "--phrases", "table", *SMALL)
        self.assertEqual(self.read("words"), self.read("one.words"))

    def test_shards(self):
        """A folder's files and a list of files; the vocabulary and the counts are those of all."""
        files = self.write_shards(5)
        self.succeeds("train", "text", "-o", "one.txt", "--save-vocab", "one.words", *SMALL)
        for inputs in (["shards"], files[::-1]):
            said = self.train_ranks(3, "--shard", *inputs, "-o", "v.txt", "--save-vocab", "words", *SMALL)
            self.assertIn("read 24,000 words (60 different)", said)
            self.assertIn("trained on 120,000 words", said)
            self.assertEqual(self.read("words"), self.read("one.words"))

    def test_weights(self):
        """The same bytes as one process; in shards, counts are rounded once they are those of all."""
        lines = [b"%s %s\n" % ((b"0.3", b"2", b"1.5")[i % 3], line) for i, line in enumerate(text(2000).splitlines())]
        self.write("weighted", b"".join(lines))
        more = ("--weighted", "--heldout", "0.1", *SMALL)
        alone = self.succeeds("train", "weighted", "-o", "one.bin", "--deterministic", *more).stderr.decode()
        said = self.train_ranks(2, "weighted", "-o", "v.bin", "--deterministic", *more)
        self.assertEqual(self.read("v.bin"), self.read("one.bin"))
        self.assertEqual(self.held_out(said), self.held_out(alone))
        os.mkdir(self.path("shards"))
        for i in range(3):
            self.write("shards/%d" % i, b"".join(lines[i * i * 200:(i + 1) ** 2 * 200 + 200 * (i == 2)]))
        self.succeeds("train", "weighted", "-o", "one.txt", "--save-vocab", "one.words", "--weighted", *SMALL)
        said = self.train_ranks(3, "--shard", "shards", "-o", "v.txt", "--save-vocab", "words", "--weighted", *SMALL)
        self.assertEqual(self.read("words"), self.read("one.words"))
        self.assertIn("trained on 151,9", said)  # 5 * 24,000 * (0.3 + 2 + 1.5) / 3, in whole blocks

    def test_more_ranks_than_files(self):
        self.write_shards(2)
        said = self.train_ranks(3, "--shard", "shards", "-o", "v.txt", *SMALL)
        self.assertIn("trained on 120,000 words", said)

    def test_an_empty_shard(self):
        """Of a folder it is skipped. One that is named is an error."""
        self.write_shards(2)
        self.write("shards/empty", b"")
        said = self.train_ranks(3, "--shard", "shards", "-o", "v.txt", *SMALL)
        self.assertIn("trained on 120,000 words", said)
        self.ranks_fail("rank 2: shards/empty is empty", 3, "--shard", "shards/0", "shards/1", "shards/empty", "-o",
                        "v.txt", *SMALL)
        self.ranks_fail("shards/empty is empty", 2, "--shard", "shards/empty", "-o", "v.txt", *SMALL)

    def test_heldout_text(self):
        """The loss is about that of one process: a small text has few steps, and ranks learn a little less in them."""
        self.write("other", text(200, seed=2))
        alone = self.succeeds("train", "text", "-o", "one.txt", "--heldout", "other", *SMALL).stderr.decode()
        self.write_shards(3)
        for share in (["text"], ["--shard", "shards"]):
            said = self.train_ranks(2, *share, "-o", "v.txt", "--heldout", "other", *SMALL)
            self.assertEqual(said.count("held-out loss"), 5, said)
            self.assertIn("held-out text: 2,400 words in 200 sentences", said)
            self.assertLess(abs(self.last_loss(said) / self.last_loss(alone) - 1), 0.25)
        alone = self.succeeds("train", "text", "-o", "one.txt", "--heldout", "0.1", *SMALL).stderr.decode()
        for share in (["text"], ["--shard", "shards"]):
            said = self.train_ranks(2, *share, "-o", "v.txt", "--heldout", "0.1", *SMALL)
            self.assertLess(abs(self.last_loss(said) / self.last_loss(alone) - 1), 0.25)
            self.assertLess(abs(self.held_out(said) / self.held_out(alone) - 1), 0.3)

    @staticmethod
    def last_loss(said):
        return float(said.rsplit("held-out loss ", 1)[1].split()[0])

    @staticmethod
    def held_out(said):
        return int(said.split("held out: ")[1].split()[0].replace(",", ""))

    def test_metrics_and_validation(self):
        self.write("pairs.tsv", b"".join(b"word%d\tword%d\t%d\n" % (i, i + 3, i % 7) for i in range(20)))
        said = self.train_ranks(2, "text", "-o", "v.txt", "--metrics", "m.jsonl", "--validate", "pairs.tsv",
                                "--heldout", "0.1", "--save-every", "2", *SMALL)
        self.assertIn("wrote m.jsonl", said)
        lines = [json.loads(line) for line in self.read("m.jsonl").splitlines()]
        self.assertEqual([line["epoch"] for line in lines if "heldout_loss" in line], [1, 2, 3, 4, 5])
        self.assertEqual(lines[-1]["end"], "done")
        self.assertEqual(sorted(os.listdir(self.folder)),
                         ["m.jsonl", "pairs.tsv", "text", "v.epoch-2.txt", "v.epoch-4.txt", "v.txt"])
        for name in ("v.epoch-2.txt", "v.epoch-4.txt"):
            self.assertEqual(len(read_text(self.path(name))), 60)

    def test_patience(self):
        """All ranks end at the same epoch."""
        said = self.train_ranks(2, "text", "-o", "v.txt", "--heldout", "0.1", "--patience", "1", "--lr", "2",
                                "--epochs", "40", *SMALL)
        self.assertLess(said.count("held-out loss"), 40, said)
        self.assertEqual(len(read_text(self.path("v.txt"))), 60)

    def test_a_dry_run(self):
        said = self.train_ranks(2, "text", "-o", "v.txt", "--dry-run", *SMALL)
        self.assertFalse(os.path.exists(self.path("v.txt")))
        self.assertTrue(said)


class OneProcess(RanksTest):
    def setUp(self):
        super().setUp()
        self.write("text", text(500))

    def test_settings_of_several_ranks_are_refused(self):
        for option, value in (("round", 2048), ("sync-bits", 8), ("staleness", 4)):
            self.fails(2, "--%s has no effect" % option, "train", "text", "-o", "v.txt", "--" + option, value, *SMALL)
            self.ranks_fail("--%s has no effect" % option, 1, "text", "-o", "v.txt", "--" + option, value, *SMALL)

    def test_other_kernels(self):
        """Those of a machine, and what precision auto becomes with them."""
        other = self.wrapper('[ $rank = 0 ] || set -- "$@" --kernels scalar')
        self.train_ranks(2, "text", "-o", "v.txt", *SMALL, program=other)

    def test_without_a_launcher(self):
        """Also where there is none."""
        self.succeeds("train", "text", "-o", "v.txt", "--deterministic", *SMALL, env={"PATH": "/nowhere"})
        done = subprocess.run([ALONE, "train", "text", "-o", "w.txt", "--deterministic", *SMALL], cwd=self.folder,
                              check=True, stderr=subprocess.PIPE)
        self.assertIn(b"wrote w.txt", done.stderr)
        self.assertEqual(self.read("v.txt"), self.read("w.txt"))

    def test_one_rank(self):
        self.train_ranks(1, "text", "-o", "v.txt", *SMALL)
        self.train_ranks(1, "--shard", "text", "-o", "v.txt", *SMALL)
        self.ranks_fail("nothing: No such file", 1, "nothing", "-o", "w.txt", *SMALL, code=2)

    def test_a_build_without_mpi(self):
        done = subprocess.run([*MPIRUN, "-n", "2", ALONE, "train", "text", "-o", "v.txt", *SMALL], cwd=self.folder,
                              check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        said = done.stderr.decode()
        self.assertNotEqual(done.returncode, 0, said)
        self.assertIn("2 processes were started, but this build has no MPI", said)
        self.assertIn("make MPI=1", said)
        self.assertEqual(os.listdir(self.folder), ["text"])

    def test_what_is_linked(self):
        linked = {program: subprocess.run(["ldd", program], check=True, stdout=subprocess.PIPE).stdout.decode()
                  for program in (PROGRAM, ALONE)}
        self.assertRegex(linked[PROGRAM], r"libmpi|libmpich")
        self.assertNotRegex(linked[ALONE], r"libmpi|libmpich|libpmix|libopen-")


if __name__ == "__main__":
    unittest.main()
