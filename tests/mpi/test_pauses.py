"""Several ranks that are interrupted, fail, or are killed: what is saved, what is printed, and how the training goes
on."""

import json
import os
import shlex
import signal
import time
import subprocess
import unittest

from ranks_support import LONG, SMALL, Ranks, RanksTest
from support import ALL, read_text, text

TIME_TO_SAVE = {"OMPI_MCA_odls_base_sigkill_timeout": "2"}  # see ranks_support


class Pauses(RanksTest):
    def setUp(self):
        super().setUp()
        self.write("text", text(2000))
        self.program = self.wrapper("echo $$ > process.$rank")

    def start(self, *arguments, environment=()):
        return Ranks(self, 2, "train", *arguments, program=self.program, environment=environment)

    def checkpoint(self, name="c.n2v"):
        return json.loads(self.succeeds("info", "--json", name).stdout)["checkpoint"]

    def wait_for_training(self, program):
        """Until it has saved once."""
        def saved():
            try:
                os.kill(self.process_of(1), signal.SIGUSR1)
            except (FileNotFoundError, ValueError):
                return False
            time.sleep(0.1)
            return os.path.exists(self.path("c.n2v"))

        program.wait_until_said("training ")
        program.wait_until(saved, "it is saved")

    def files(self):
        return sorted(name for name in os.listdir(self.folder) if not name.startswith("process."))

    def test_signals_of_one_rank(self):
        """SIGUSR1 to rank 1 saves; SIGTERM to any rank saves and ends all. Others go on with it."""
        for rank, count in ((0, 1), (1, 3)):
            program = self.start("text", "-o", "v.txt", "--checkpoint", "c.n2v", *LONG)
            self.wait_for_training(program)
            saved = self.checkpoint()
            os.kill(self.process_of(rank), signal.SIGTERM)
            self.assertNotEqual(program.end(), 0, program.said())
            self.assertEqual(program.said().count("to go on: nce2vec train --resume c.n2v"), 1, program.said())
            self.assertEqual(self.files(), ["c.n2v", "text", "wrapper"])
            self.assertGreater(self.checkpoint()["words"], saved["words"])
            epochs = str(self.checkpoint()["epoch"] + 3)
            said = self.train_ranks(count, "--resume", "c.n2v", "--epochs", epochs, "-o", "%d.txt" % count)
            self.assertIn("resuming c.n2v", said)
            self.assertEqual(len(read_text(self.path("%d.txt" % count))), 60)
            os.unlink(self.path("%d.txt" % count))
            self.train("--resume", "c.n2v", "--epochs", str(int(epochs) + 1), "-o", "v.txt")
            self.assertEqual(len(read_text(self.path("v.txt"))), 60)
            os.unlink(self.path("v.txt"))
            os.unlink(self.path("c.n2v"))

    def test_a_scheduler_ends_the_job(self):
        """SIGTERM to the launcher, which sends it to the ranks."""
        program = self.start("text", "-o", "v.txt", "--checkpoint", "c.n2v", *LONG, environment=TIME_TO_SAVE)
        self.wait_for_training(program)
        saved = self.checkpoint()
        program.process.send_signal(signal.SIGTERM)
        program.end()  # what MPICH's launcher returns after a signal differs from time to time
        self.assertIn("to go on: nce2vec train --resume c.n2v", program.said())
        self.assertGreater(self.checkpoint()["words"], saved["words"])
        self.assertEqual(self.files(), ["c.n2v", "text", "wrapper"])

    def test_a_killed_rank(self):
        """The job ends, and the checkpoint is whole."""
        for rank in (0, 1) if ALL else (1,):
            program = self.start("text", "-o", "v.txt", "--checkpoint", "c.n2v", "--checkpoint-every", "0.001", *LONG)
            self.wait_for_training(program)
            os.kill(self.process_of(rank), signal.SIGKILL)
            self.assertNotEqual(program.end(), 0, program.said())
            self.assertRegex(program.said(), r"signal 9|EXIT CODE: 9")  # by the launcher
            self.assertNotIn("v.txt", os.listdir(self.folder))
            epochs = str(self.checkpoint()["epoch"] + 1)
            self.train_ranks(2, "--resume", "c.n2v", "--epochs", epochs)
            self.assertEqual(len(read_text(self.path("v.txt"))), 60)
            os.unlink(self.path("v.txt"))
            os.unlink(self.path("c.n2v"))

    def test_checkpoints_of_shards(self):
        """Saved in the middle of an epoch, gone on with by more ranks, fewer, and one process."""
        os.mkdir(self.path("shards"))
        for i in range(3):
            self.write("shards/%d" % i, text(3000 * (i + 1), seed=i))
        program = self.start("--shard", "shards", "-o", "v.txt", "--checkpoint", "c.n2v", "--combine", "momentum",
                             *LONG)
        self.wait_for_training(program)
        os.kill(self.process_of(0), signal.SIGTERM)
        self.assertNotEqual(program.end(), 0, program.said())
        epochs = str(self.checkpoint()["epoch"] + 1)
        for count in (3, 2, 1) if ALL else (3, 1):
            said = self.train_ranks(count, "--resume", "c.n2v", "--epochs", epochs, "-o", "%d.txt" % count,
                                    "--checkpoint", "%d.n2v" % count)
            self.assertEqual(len(read_text(self.path("%d.txt" % count))), 60, said)
            self.assertEqual(self.checkpoint("%d.n2v" % count)["epochs"], int(epochs))
        self.train("--resume", "c.n2v", "--epochs", epochs, "-o", "0.txt")
        self.assertEqual(len(read_text(self.path("0.txt"))), 60)

    def test_the_same_bytes_after_a_pause(self):
        """Deterministic: begun by two ranks, gone on with by three, as if by one process."""
        more = ("--deterministic", "--round", "1024", *SMALL, "--epochs", "300")
        self.train("text", "-o", "one.bin", *more)
        program = self.start("text", "-o", "v.bin", "--checkpoint", "c.n2v", *more)
        self.wait_for_training(program)
        os.kill(self.process_of(1), signal.SIGTERM)
        self.assertNotEqual(program.end(), 0, program.said())
        self.train_ranks(3, "--resume", "c.n2v")
        self.assertEqual(self.read("v.bin"), self.read("one.bin"))

    def test_a_checkpoint_of_one_process(self):
        self.train("text", "-o", "v.txt", "--checkpoint", "c.n2v", "--epochs", "2", *SMALL)
        said = self.train_ranks(2, "--resume", "c.n2v", "--epochs", "4", "-o", "w.txt")
        self.assertIn("trained on 96,000 words", said)
        self.train("--resume", "c.n2v", "--epochs", "5", "-o", "x.txt")


NO_THREADS = b"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*work)(void *), void *context)
{
    static int started; /* the first one reads the text */
    Dl_info info;
    if (dladdr((void *)work, &info) && strstr(info.dli_fname, "nce2vec") && started++)
        return EAGAIN;
    return ((int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *))
            dlsym(RTLD_NEXT, "pthread_create"))(
        thread, attributes, work, context);
}
"""


class Failures(RanksTest):
    def setUp(self):
        super().setUp()
        self.write("text", text(2000))

    def test_options_are_refused_once(self):
        for says, *arguments in (("--nothing", "--nothing"), ("--dim", "--dim", "x"),
                                 ("nofile", "--heldout", "nofile")):
            self.ranks_fail(says, 2, "text", "-o", "v.txt", *SMALL, *arguments, code=2)
        self.ranks_fail("no input is given", 2, "-o", "v.txt", code=2)
        self.ranks_fail("cannot read nothing", 2, "nothing", "-o", "v.txt", *SMALL, code=2)

    def test_a_text_that_one_rank_cannot_read(self):
        os.mkdir(self.path("elsewhere"))
        other = self.wrapper("[ $rank = 0 ] || cd elsewhere")
        self.assertIn("rank 1: ", self.ranks_fail("cannot read text", 2, "text", "-o", "v.txt", *SMALL, program=other))
        self.assertIn("rank 2: ",
                      self.ranks_fail("cannot read 2", 3, "--shard", "text", "text", "2", "-o", "v.txt", *SMALL))

    def test_a_rank_that_fails_while_others_wait(self):
        """It ends them all."""
        self.write("pairs.tsv", b"word1\tword2\t1\n")
        self.assertIn("rank 0: ", self.ranks_fail("a score needs 10 pairs", 2, "text", "-o", "v.txt",
                                                  "--validate", "pairs.tsv", *SMALL))
        os.mkdir(self.path("elsewhere"))
        self.write("elsewhere/text", text(2000))
        self.write("other", text(200, seed=2))
        os.symlink("../nowhere", self.path("elsewhere/other"))
        other = self.wrapper("[ $rank = 0 ] || cd elsewhere")
        said = self.ranks_fail("cannot read other", 2, "text", "-o", "v.txt", "--heldout", "other", *SMALL,
                               program=other)
        self.assertIn("rank 1: ", said)

    def test_texts_that_differ(self):
        os.mkdir(self.path("elsewhere"))
        self.write("elsewhere/text", text(2000, seed=2))
        other = self.wrapper("[ $rank = 0 ] || cd elsewhere")
        self.ranks_fail("rank 1 has read another text", 2, "text", "-o", "v.txt", *SMALL, program=other)

    def test_a_rank_without_threads(self):
        """None can be started to train, while other ranks do."""
        self.write("none.c", NO_THREADS)
        subprocess.run([*shlex.split(os.environ.get("CC", "cc")), "-shared", "-fPIC", "-o", self.path("none.so"),
                        self.path("none.c"), "-ldl"], check=True)
        other = self.wrapper("[ $rank = 0 ] || export LD_PRELOAD=%s" % shlex.quote(self.path("none.so")))
        for more in ((), ("--deterministic",)):
            said = self.ranks_fail("cannot be started", 2, "text", "-o", "v.txt", *SMALL, *more, program=other)
            self.assertIn("rank 1: thread 1 of 1", said)

    def test_settings_that_differ(self):
        other = self.wrapper('[ $rank = 0 ] || set -- "$@" --lr 0.01')
        self.ranks_fail("rank 1 has other settings", 2, "text", "-o", "v.txt", *SMALL, program=other)

    def test_a_stale_checkpoint(self):
        """A rank has an older one, or one of the same length."""
        os.mkdir(self.path("elsewhere"))
        self.write("elsewhere/text", text(2000))
        self.train("text", "-o", "v.txt", "--checkpoint", "c.n2v", *SMALL, "--epochs", "2")
        os.unlink(self.path("v.txt"))
        other = self.wrapper("[ $rank = 0 ] || cd elsewhere")
        for epochs in (1, 2):
            self.train("text", "-o", "v.txt", "--checkpoint", "elsewhere/c.n2v", *SMALL, "--epochs", str(epochs))
            os.unlink(self.path("v.txt"))
            self.ranks_fail("rank 1 has another checkpoint", 2, "--resume", "c.n2v", "--epochs", "4", "-o", "w.txt",
                            program=other)

    def test_vocabularies_of_ranks(self):
        """That one rank cannot read, or that differ."""
        os.mkdir(self.path("elsewhere"))
        words = b"".join(b"word%d\t9\n" % i for i in range(60))
        self.write("v.tsv", words)
        for i in range(2):
            self.write("elsewhere/%d" % i, text(2000, seed=i))
            self.write(str(i), text(2000, seed=i))
        other = self.wrapper("[ $rank = 0 ] || cd elsewhere")
        for vocabulary, says in ((b"\xff\xfe\n", "UTF-16"),
                                 (words.replace(b"word7\t", b"ward7\t"), "another vocabulary")):
            self.write("elsewhere/v.tsv", vocabulary)
            said = self.ranks_fail(says, 2, "--shard", "0", "1", "--read-vocab", "v.tsv", "-o", "v.txt", *SMALL,
                                   program=other)
            self.assertIn("rank 1", said)

    def test_heldout_texts_that_differ(self):
        os.mkdir(self.path("elsewhere"))
        for folder in ("", "elsewhere/"):
            self.write(folder + "text", text(2000))
            self.write(folder + "held", text(200 if folder else 300))
        other = self.wrapper("[ $rank = 0 ] || cd elsewhere")
        for more in ((), ("--shard",)):
            self.ranks_fail("rank 1 has read another text", 2, "text", "text", *more, "--heldout", "held", "-o",
                            "v.txt", *SMALL, program=other)

    def test_a_count_that_no_word_reaches(self):
        for more in ((), ("--shard",)):
            said = self.ranks_fail("no word reaches", 2, "text", "text", *more, "-o", "v.txt", *SMALL, "--min-count",
                                   "9999999")
            self.assertNotIn("occurs 0 times", said)

    def test_an_output_that_cannot_be_written(self):
        os.mkdir(self.path("folder"))
        for path in ("folder", "nowhere/v.txt", "/proc/v.txt"):
            self.ranks_fail(path, 2, "text", "-o", path, *SMALL)
        self.ranks_fail("No space left", 2, "text", "-o", "/dev/full", *SMALL)  # at the end

    def test_a_rank_without_memory(self):
        self.write("words", b"".join(b"a%d b%d c%d\n" % (i, i, i) for i in range(2000)))
        limited = self.wrapper("[ $rank != 1 ] || ulimit -v 700000")
        said = self.ranks_fail("out of memory", 2, "words", "-o", "v.txt", *SMALL, "--dim", "10000", program=limited)
        self.assertIn("rank 1: ", said)


if __name__ == "__main__":
    unittest.main()
