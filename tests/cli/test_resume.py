"""train --checkpoint and --resume: what is saved when, and that a training goes on as if nothing had happened."""

import json
import os
import resource
import signal
import subprocess
import time
import unittest

from models import read_n2v
from support import ALL, PROGRAM, SANITIZED, Background, CommandTest, is_full, text

DIM = "20" if SANITIZED else "100"
LONG = ("--dim", "32", "--epochs", "100000", "--threads", "1", "--subsample", "0")
SOME = ("--dim", "24", "--epochs", "6", "--threads", "1", "--subsample", "0")


class Resume(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", text(sentences=1500 if SANITIZED else 2500))  # some blocks of 8,192 words

    def start(self, *arguments, **more):
        program = Background(self, "train", "text", *arguments, **more)
        program.wait_until_said("training ")
        return program

    def checkpoint(self, name="c.n2v"):
        return json.loads(self.succeeds("info", "--json", name).stdout)["checkpoint"]

    def cut(self, program, number):
        """Ends the program by a signal, in the middle of the training."""
        program.wait_until_it_has_worked()
        program.process.send_signal(number)
        self.assertEqual(program.end(), 128 + number, program.said())
        return program.said().splitlines()[-1]

    def test_an_interrupt_saves(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            program = self.start("-o", "v.txt", "--checkpoint", "c.n2v", *LONG)
            last = self.cut(program, number)
            self.assertIn("saving the training in c.n2v; a second interrupt stops at once", program.said())
            self.assertRegex(last, r"interrupted in epoch \d+ of 100000, after \d+ % of the training; to go on: "
                                   r"nce2vec train --resume c.n2v$")
            self.assertEqual(self.checkpoint()["epochs"], 100000)
            self.assertGreater(self.checkpoint()["words"], 0)
            self.assertEqual(sorted(os.listdir(self.folder)), ["c.n2v", "text"])

    def test_goes_on_as_if_nothing_had_happened(self):
        options = ("--heldout", "0.1", "--metrics", "m.jsonl", "--save-vocab", "v.tsv", "--dim", DIM, "--epochs", "12",
                   "--threads", "1", "--subsample", "0")
        for objective in ("nce", "siglip", "triplet") if ALL else ("siglip",):
            self.train("text", "-o", "v.n2v", "--objective", objective, *options)
            whole, vocabulary = self.read("v.n2v"), self.read("v.tsv")
            lines = [json.loads(line) for line in self.read("m.jsonl").splitlines()]
            for name in ("v.n2v", "v.tsv", "m.jsonl"):
                os.unlink(self.path(name))
            self.interrupted_twice(objective, options)
            self.assertEqual(self.read("v.n2v"), whole, objective)
            self.assertEqual(self.read("v.tsv"), vocabulary)
            again = [json.loads(line) for line in self.read("m.jsonl").splitlines()]
            self.check_metrics(again, lines)

    def interrupted_twice(self, objective, options):
        """The training of these options, interrupted when the log has some lines, twice."""
        begun = ("text", "-o", "v.n2v", "--checkpoint", "c.n2v", "--objective", objective, *options)
        for arguments, lines in ((begun, 3), (("--resume", "c.n2v"), 9)):
            program = Background(self, "train", *arguments)
            while program.process.poll() is None:
                if os.path.exists(self.path("m.jsonl")) and self.read("m.jsonl").count(b"\n") > lines:
                    program.process.send_signal(signal.SIGINT)
                    break
            self.assertEqual(program.end(), 130, program.said())
            self.assertFalse(os.path.exists(self.path("v.n2v")))
        self.train("--resume", "c.n2v")

    def check_metrics(self, got, wanted):
        self.assertEqual(sum("resumed" in line for line in got), 2)
        self.assertEqual(sum("end" in line for line in got), 1)
        heldout = [[(row["epoch"], row["words"], row["heldout_loss"], row["heldout_pairs"]) for row in lines
                    if "heldout_loss" in row] for lines in (got, wanted)]
        self.assertEqual(*heldout)
        words = [row["words"] for row in got if "lr" in row]
        self.assertEqual(sorted(set(words)), words, "a measurement is there twice, or out of order")
        self.assertEqual(words[-1], [row["words"] for row in wanted if "lr" in row][-1])
        self.assertEqual(got[-1]["last_epoch_loss"], wanted[-1]["last_epoch_loss"])

    def test_save_and_go_on(self):
        program = self.start("-o", "v.txt", "--checkpoint", "c.n2v", *LONG)
        before = 0

        def saved():  # the first signals may come before the first block is trained
            program.process.send_signal(signal.SIGUSR1)
            program.wait_until_it_has_worked()
            return os.path.exists(self.path("c.n2v")) and self.checkpoint()["words"] > before

        for _ in range(3):
            program.wait_until(saved, "it is saved")
            before = self.checkpoint()["words"]
        program.wait_until_said("saved the training in c.n2v")
        self.cut(program, signal.SIGTERM)
        self.assertGreater(self.checkpoint()["words"], before)

    def test_from_time_to_time(self):
        program = self.start("-o", "v.txt", "--checkpoint", "c.n2v", "--checkpoint-every", "0.003", *LONG)
        program.wait_until(lambda: os.path.exists(self.path("c.n2v")), "it is saved")
        first = self.checkpoint()["words"]
        program.wait_until(lambda: self.checkpoint()["words"] > first, "it is saved again")
        program.process.kill()
        program.process.wait()
        self.assertEqual(sorted(os.listdir(self.folder)), ["c.n2v", "text"])
        self.train("text", "-o", "w.txt", "--checkpoint", "d.n2v", "--checkpoint-every", "2epochs", *SOME)
        self.assertEqual(self.checkpoint("d.n2v")["epoch"], 6)

    def test_the_shortest_interval(self):
        """The training makes progress between two saves, and so does the measurement of held-out sentences."""
        program = self.start("-o", "v.txt", "--checkpoint", "c.n2v", "--checkpoint-every", "0.0000001", "--heldout",
                             "0.5", *LONG)
        program.wait_until(lambda: os.path.exists(self.path("c.n2v")) and self.checkpoint()["epoch"] > 3, "epoch 4")
        self.cut(program, signal.SIGTERM)

    def test_a_save_stops_no_writing(self):
        """Neither of metrics that go to a pipe, nor of the output at the end."""
        often = ("--checkpoint", "c.n2v", "--checkpoint-every", "0.0003")
        done = self.train("text", "-o", "v.txt", "--metrics", "-", *often, *SOME)
        self.assertEqual(json.loads(done.stdout.splitlines()[-1])["end"], "done", done.stderr)
        read, write = os.pipe()
        program = Background(self, "train", "text", "-o", "-", *often, *SOME[2:], "--dim", "200", stdout=write)
        os.close(write)
        with open(read, "rb") as pipe:
            program.wait_until(lambda: is_full(pipe), "the pipe is full")
            program.process.send_signal(signal.SIGUSR1)
            time.sleep(0.3)  # longer than it waits at once, and than the time between two saves
            self.assertEqual(pipe.read(), self.train("--resume", "c.n2v", "-o", "-").stdout)
        self.assertEqual(program.end(), 0, program.said())

    if ALL:  # it takes seconds until a training is a long one
        def test_a_long_training_is_saved_without_being_asked(self):
            program = self.start("-o", "v.txt", *LONG)
            program.wait_until_said("an interrupt (Ctrl-C) saves the training in v.txt.checkpoint.n2v")
            self.assertIn("to go on: nce2vec train --resume v.txt.checkpoint.n2v", self.cut(program, signal.SIGINT))
            self.assertEqual(self.checkpoint("v.txt.checkpoint.n2v")["epochs"], 100000)

    def test_what_was_saved_once_is_saved_again(self):
        """Beside the output, however short the training is: at an interrupt, and when its vectors cannot be written."""
        program = self.start("-o", "v.txt", *LONG)
        program.process.send_signal(signal.SIGUSR1)
        program.wait_until_said("saved the training in v.txt.checkpoint.n2v")
        self.assertIn("to go on: nce2vec train --resume v.txt.checkpoint.n2v", self.cut(program, signal.SIGTERM))
        now = self.checkpoint("v.txt.checkpoint.n2v")
        done = self.run_program("train", "--resume", "v.txt.checkpoint.n2v", "--epochs", now["epoch"] + 1, "--vectors",
                                "concat", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (24000, -1)))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(b"to write its vectors: nce2vec train --resume v.txt.checkpoint.n2v", done.stderr)
        now = self.checkpoint("v.txt.checkpoint.n2v")
        self.assertEqual(now["words"], now["words_total"])

    def test_nothing_is_saved_beside_a_pipe(self):
        os.mkfifo(self.path("pipe"))
        program = Background(self, "train", "text", "-o", "pipe", *LONG)
        reader = os.open(self.path("pipe"), os.O_RDONLY)
        program.wait_until_said("training ")
        program.process.send_signal(signal.SIGUSR1)
        self.assertIn("it is lost", self.cut(program, signal.SIGTERM))
        os.close(reader)
        self.assertEqual(sorted(os.listdir(self.folder)), ["pipe", "text"])
        for path in ("pipe", "-", "/dev/null"):
            self.fails(2, "--checkpoint %s: it is not a regular file" % path, "train", "text", "-o", "v.txt",
                       "--checkpoint", path)

    def test_moved_files(self):
        """A vocabulary and held-out sentences: the files may be elsewhere, but not be others."""
        self.write("held", text(sentences=50, seed=3))
        self.train("text", "-o", "v.txt", "--save-vocab", "words", *SOME)
        self.train("text", "-o", "v.txt", "--read-vocab", "words", "--heldout", "held", "--checkpoint", "c.n2v", *SOME)
        for name in ("words", "held"):
            os.rename(self.path(name), self.path("moved." + name))
        moved = ("train", "--resume", "c.n2v", "--read-vocab", "moved.words")
        self.succeeds(*moved, "--heldout", "moved.held")
        self.fails(2, "--heldout is 0.1, and the checkpoint has moved.held", *moved, "--heldout", "0.1")
        for name, content in (("moved.held", text(sentences=50, seed=4)), ("moved.words", b"word1 9\nword2 8\n")):
            self.write(name, content)
            done = self.run_program(*moved, "--heldout", "moved.held")
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(b"text is not the one of the checkpoint", done.stderr)

    def test_a_path_that_a_checkpoint_cannot_hold(self):
        """It must be given again, but the training is not lost."""
        self.train("text", "-o", "a\tb.txt", "--checkpoint", "c.n2v", *SOME)
        self.fails(2, "no output is given", "train", "--resume", "c.n2v")
        self.train("--resume", "c.n2v", "-o", "v.txt")

    def test_more_epochs_and_other_outputs(self):
        self.train("text", "-o", "v.txt", "--checkpoint", "c.n2v", *SOME)
        self.assertEqual(self.checkpoint()["epoch"], 6)
        os.unlink(self.path("v.txt"))
        self.train("--resume", "c.n2v")  # the training is done: only the output was missing
        self.assertTrue(os.path.exists(self.path("v.txt")))
        os.unlink(self.path("v.txt"))
        said = self.train("--resume", "c.n2v", "--epochs", "8", "-o", "w.n2v", "--threads", "2").stderr.decode()
        self.assertIn("resuming c.n2v: epoch 7 of 8, 75 % of the training is done", said)
        self.assertFalse(os.path.exists(self.path("v.txt")))
        record = dict(read_n2v(self.read("w.n2v"))["parameters"])
        self.assertEqual((record["epochs"], record["threads"]), ("8", "2"))
        self.assertEqual(read_n2v(self.read("w.n2v"))["ancillary"], [])
        self.assertEqual(read_n2v(self.read("c.n2v"))["ancillary"], ["STAT", "TEXT", "NOTE"])

    def test_more_epochs_of_a_constant_learning_rate(self):
        """The result is that of all the epochs from the beginning."""
        self.train("text", "-o", "v.n2v", "--checkpoint", "c.n2v", "--schedule", "constant", *SOME)
        self.train("--resume", "c.n2v", "--epochs", "9")
        self.train("text", "-o", "w.n2v", "--schedule", "constant", *SOME, "--epochs", "9")
        self.assertEqual(self.read("v.n2v"), self.read("w.n2v"))

    def test_other_kernels(self):
        """Also those that "auto" means on this machine, while the checkpoint has the reference."""
        def kernels(*options):
            said = self.train(*options, "-", "-o", "v.txt", "--dry-run").stderr.decode()
            return said.splitlines()[0].split(", ")[-1]

        self.train("text", "-o", "v.txt", "--checkpoint", "c.n2v", "--kernels", "scalar", *SOME)
        fastest = kernels()
        self.assertEqual(kernels("--resume", "c.n2v"), "scalar")
        self.assertEqual(kernels("--resume", "c.n2v", "--kernels", fastest), fastest)
        self.assertEqual(kernels("--resume", "c.n2v", "--kernels", "auto"), fastest)

    def test_what_is_refused(self):
        self.train("text", "-o", "v.n2v", "--checkpoint", "c.n2v", *SOME)
        self.fails(2, "--dim is 30, and the checkpoint has 24", "train", "--resume", "c.n2v", "--dim", "30")
        self.fails(2, "--seed is 5, and the checkpoint has 1", "train", "--resume", "c.n2v", "--seed", "5")
        self.fails(2, "--epochs is 5, and the checkpoint is in epoch 6 already: give 6 or more", "train", "--resume",
                   "c.n2v", "--epochs", "5")
        self.fails(2, "--checkpoint-every has no effect without --checkpoint", "train", "text", "-o", "w",
                   "--checkpoint-every", "5")
        self.fails(1, "v.n2v: the vectors are no checkpoint", "train", "--resume", "v.n2v")
        self.fails(2, "No such file", "train", "--resume", "none.n2v")
        self.fails(2, "neither a number of minutes", "train", "text", "-o", "w", "--checkpoint", "d",
                   "--checkpoint-every", "soon")
        self.fails(2, "--checkpoint and --output are the same file", "train", "text", "-o", "w", "--checkpoint", "w")
        self.fails(2, "cannot write no/c.n2v", "train", "text", "-o", "w", "--checkpoint", "no/c.n2v")
        self.write("text", text(sentences=2500, seed=2))
        done = self.run_program("train", "--resume", "c.n2v")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"the text is not the one of the checkpoint", done.stderr)

    def test_only_a_checkpoint_replaces_the_resumed_one(self):
        self.train("text", "-o", "v.n2v", "--checkpoint", "c.n2v", *SOME)
        os.rename(self.path("c.n2v"), self.path("d.n2v"))
        for option in ("--output", "--metrics", "--save-vocab"):
            self.fails(2, "%s ./d.n2v is the same file as the input d.n2v, and would overwrite it" % option, "train",
                       "--resume", "d.n2v", option, "./d.n2v")
        self.write("w.txt.checkpoint.n2v", text(sentences=100))
        self.fails(2, "the checkpoint w.txt.checkpoint.n2v is the same file as the input w.txt.checkpoint.n2v", "train",
                   "w.txt.checkpoint.n2v", "-o", "w.txt")
        self.train("--resume", "d.n2v", "--checkpoint", "d.n2v")

    def test_a_moved_text_and_a_lost_log(self):
        self.train("text", "-o", "v.n2v", "--metrics", "m", "--checkpoint", "c.n2v", *SOME)
        os.rename(self.path("text"), self.path("moved"))
        self.fails(2,
                   "cannot read text: No such file or directory; the checkpoint names it: resume in the same folder, "
                      "or give the text anew", "train", "--resume", "c.n2v")
        self.train("--resume", "c.n2v", "moved")
        before = self.read("m").splitlines()[0]
        self.train("--resume", "c.n2v", "moved", "--metrics", self.path("m"))  # the same file
        self.assertEqual(self.read("m").splitlines()[0], before)
        self.assertIn(b'"resumed"', self.read("m"))
        os.unlink(self.path("m"))
        done = self.run_program("train", "--resume", "c.n2v", "moved")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"m has 0 lines of the training so far", done.stderr)
        self.train("--resume", "c.n2v", "moved", "--metrics", "new")
        self.assertIn(b'"started"', self.read("new"))

    def test_a_checkpoint_that_cannot_be_written(self):
        """The training goes on, and says so."""
        os.mkdir(self.path("folder"))
        program = self.start("-o", "v.txt", "--checkpoint", "folder/c.n2v", "--checkpoint-every", "0.003", *LONG)
        program.wait_until(lambda: os.path.exists(self.path("folder/c.n2v")), "it is saved")
        os.rename(self.path("folder"), self.path("away"))
        program.wait_until_said("warning: the checkpoint was not saved: cannot write folder/c.n2v")
        os.rename(self.path("away"), self.path("folder"))
        self.cut(program, signal.SIGINT)
        self.assertGreater(self.checkpoint("folder/c.n2v")["words"], 0)

    def test_vectors_that_cannot_be_written(self):
        """The training is not lost with them."""
        os.mkfifo(self.path("pipe"))
        program = Background(self, "train", "text", "-o", "pipe", "--checkpoint", "c.n2v", *SOME)
        os.close(os.open(self.path("pipe"), os.O_RDONLY))  # the reader goes away
        self.assertEqual(program.end(), 1, program.said())
        self.assertIn("the training is saved; to write its vectors: nce2vec train --resume c.n2v", program.said())
        self.train("--resume", "c.n2v", "-o", "v.txt")
        self.train("text", "-o", "w.txt", *SOME)
        self.assertEqual(self.read("v.txt"), self.read("w.txt"))

    def test_a_second_interrupt_ends_it_at_once(self):
        """Whatever it is doing then; under the final names is what was there, complete."""
        program = self.start("-o", "v.txt", "--checkpoint", "c.n2v", *LONG)
        program.wait_until_it_has_worked()
        for _ in range(3):
            program.process.send_signal(signal.SIGINT)
        self.assertEqual(program.end(), 130)
        self.assertNotIn("v.txt", os.listdir(self.folder))
        if "c.n2v" in os.listdir(self.folder):
            self.assertGreater(self.checkpoint()["words"], 0)

    def test_a_signal_while_the_checkpoint_is_loaded(self):
        self.train("text", "-o", "v.txt", "--checkpoint", "c.n2v", *SOME)
        os.mkfifo(self.path("pipe"))
        program = Background(self, "train", "--resume", "pipe")
        with open(self.path("pipe"), "wb") as pipe:
            program.process.send_signal(signal.SIGUSR1)
            time.sleep(0.1)
            pipe.write(self.read("c.n2v"))
        self.assertEqual(program.end(), 0, program.said())
        program = Background(self, "train", "--resume", "pipe")
        with open(self.path("pipe"), "wb"):
            program.process.send_signal(signal.SIGINT)
            self.assertEqual(program.end(), 130, program.said())

    def test_standard_input(self):
        whole = self.read("text")
        self.train("-", "-o", "v.txt", "--checkpoint", "c.n2v", *SOME, given=whole)
        self.train("--resume", "c.n2v", "--epochs", "7", given=whole)
        done = subprocess.run([PROGRAM, "train", "--resume", "c.n2v", "--epochs", "8"], input=whole[1000:],
                              cwd=self.folder, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    unittest.main()
