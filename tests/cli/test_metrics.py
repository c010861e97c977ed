"""train --metrics: what is in the lines, when they appear, what stays when all does not go well."""

import json
import os
import resource
import signal
import subprocess
import unittest

from models import read_n2v
from support import PROGRAM, SANITIZED, Background, CommandTest, text

SMALL = ("--dim", "16", "--epochs", "3", "--threads", "1")
TRAINING = {"seconds", "epoch", "words", "words_per_second", "lr", "loss"}
HELDOUT = {"seconds", "epoch", "words", "heldout_loss", "heldout_pairs"}


def no_constant(name):
    raise AssertionError("%s is no JSON" % name)


class Metrics(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", text(sentences=3000))

    def lines(self, content):
        """(first line, lines of training, lines of held-out losses, last line)."""
        self.assertTrue(content.endswith(b"\n"))
        first, *rows, last = [json.loads(line, parse_constant=no_constant) for line in content.splitlines()]
        training = [row for row in rows if set(row) == TRAINING]
        heldout = [row for row in rows if set(row) == HELDOUT]
        self.assertEqual(len(training) + len(heldout), len(rows))
        self.assertEqual(sorted(row["words"] for row in training), [row["words"] for row in training])
        self.assertEqual(len({row["words"] for row in training}), len(training), "a measurement appears twice")
        return first, training, heldout, last

    def interrupted(self, *arguments):
        """Interrupts a long training once it has reported something; its message and the content of m."""
        program = Background(self, "train", "text", "-o", "v.txt", "--metrics", "m", "--epochs", "100000", *arguments)
        program.wait_until(lambda: os.path.exists(self.path("m")) and self.read("m").count(b"\n") > 1,
                           "what is measured can be followed")
        seen = self.read("m")
        self.assertTrue(seen.endswith(b"\n"))
        program.process.send_signal(signal.SIGINT)
        self.assertEqual(program.end(), 130, program.said())
        return program.said(), seen, self.read("m")

    def test_a_run(self):
        done = self.train("text", "-o", "v.n2v", "--metrics", "m", "--heldout", "0.1", "--objective",
                          "infonce:temperature=0.5", *SMALL)
        first, training, heldout, last = self.lines(self.read("m"))
        words = first["words_total"]
        self.assertEqual((first["output"], first["vocabulary"]), ("v.n2v", 60))
        self.assertRegex(first["started"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual((training[-1]["words"], training[-1]["epoch"]), (words, 3))
        self.assertEqual([(row["epoch"], row["words"]) for row in heldout], [(e, e * words // 3) for e in (1, 2, 3)])
        for row in training:
            self.assertTrue(row["loss"] > 0 and row["words_per_second"] > 0 and 0 < row["lr"] <= 0.1, row)
        self.assertEqual((last["end"], last["words"]), ("done", words))
        message = done.stderr.decode()
        self.assertIn("mean loss of the last epoch %.4f" % last["last_epoch_loss"], message)
        for row in heldout:
            self.assertEqual(message.count("epoch %d/3: held-out loss %.4f" % (row["epoch"], row["heldout_loss"])), 1)
        self.assertTrue(message.endswith("wrote m\n"), message)
        recorded = dict(read_n2v(self.read("v.n2v"))["parameters"])
        parameters = first["parameters"]
        self.assertEqual(set(parameters), set(recorded))
        self.assertEqual(parameters.pop("input"), ["text"])
        self.assertEqual(parameters["objective.temperature"], 0.5)
        for name, value in parameters.items():
            self.assertEqual(str(value), recorded[name])

    def test_lines_fit_together(self):
        """Words per second are those since the line before. Losses are means of pairs: those of all lines of an epoch
        are about the epoch's own."""
        self.write("long", text(sentences=5000 if SANITIZED else 30000))
        self.train("long", "-o", "v.txt", "--metrics", "m", "--dim", "100", "--epochs", "4", "--threads", "1",
                   "--subsample", "0")  # some tenths of a second, and a line for each
        _, training, _, last = self.lines(self.read("m"))
        before = {"words": 0, "seconds": 0}
        self.assertGreater(len(training), 1)
        for row in training:
            seconds, rounding = row["seconds"] - before["seconds"], 0.001  # of two times with three digits
            if seconds > 20 * rounding:
                speed = (row["words"] - before["words"]) / seconds
                self.assertAlmostEqual(row["words_per_second"] / speed, 1, delta=2 * rounding / seconds)
            before = row
        losses = [row["loss"] for row in training if row["loss"] is not None]
        self.assertTrue(losses)
        room = 0.1 * (max(losses) - min(losses)) + 1e-3  # lines do not end where epochs do
        self.assertTrue(min(losses) - room <= last["last_epoch_loss"] <= max(losses) + room, (losses, last))

    def test_the_vectors_are_the_same(self):
        self.train("text", "-o", "a.txt", *SMALL)
        self.train("text", "-o", "b.txt", "--metrics", "m", *SMALL)
        self.assertEqual(self.read("a.txt"), self.read("b.txt"))

    def test_standard_output_and_nothing_twice(self):
        done = self.train("text", "-o", "v.txt", "--metrics", "-", "--heldout", "0.1", *SMALL)
        _, _, heldout, _ = self.lines(done.stdout)
        self.assertEqual(len(heldout), 3)
        message = done.stderr.decode()
        self.assertEqual(message.splitlines()[-1], "wrote v.txt: 60 words x 16 dimensions, text")
        for word in ("loss", "training", "trained"):
            self.assertNotIn(word, message)
        self.assertEqual(self.train("text", "-o", "v.txt", "--metrics", "-", "-q", *SMALL).stderr, b"")

    def test_names_of_any_bytes(self):
        name = b'a "b\\\xff\n.txt'
        with open(os.path.join(self.folder.encode(), name), "wb") as file:
            file.write(text())
        subprocess.run([PROGRAM.encode(), b"train", name, b"-q", b"-o", b"o" + name, b"--metrics", b"m"],
                       cwd=self.folder, check=True)
        first, _, _, _ = self.lines(self.read("m"))
        self.assertEqual(first["parameters"]["input"], ['a "b\\\ufffd\n.txt'])
        self.assertEqual(first["output"], 'oa "b\\\ufffd\n.txt')

    def test_a_text_without_pairs(self):
        self.write("short", b"a b c d\n" * 5)
        done = self.run_program("train", "short", "-o", "v.txt", "--metrics", "m", "--dim", "8", "--subsample", "1e-9")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"nothing was learned", done.stderr)
        self.assertFalse(os.path.exists(self.path("v.txt")))
        _, training, _, last = self.lines(self.read("m"))
        self.assertEqual([row["loss"] for row in training], [None] * len(training))
        self.assertIsNone(last["last_epoch_loss"])
        self.assertEqual(last["end"], "failed")

    def test_an_interrupt_keeps_what_was_measured(self):
        self.write("m", b"old\n")
        message, seen, content = self.interrupted()
        # A training of two seconds, as on a slow machine, saves itself.
        self.assertRegex(message.splitlines()[-1], "nothing was written to v.txt, the log so far is in m|"
                         "to go on: nce2vec train --resume v.txt.checkpoint.n2v")
        self.assertTrue(content.startswith(seen))
        _, training, _, last = self.lines(content)
        self.assertEqual((last["end"], last["words"], last["last_epoch_loss"]),
                         ("interrupted", training[-1]["words"], None))
        self.assertEqual(set(os.listdir(self.folder)) - {"v.txt.checkpoint.n2v"}, {"m", "text"})

    def test_a_rate_beyond_all_measure(self):
        done = self.run_program("train", "text", "-o", "v.txt", "--metrics", "m", "--lr", "100", "--epochs", "100",
                                "--threads", "1")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, rb"warning: \d+ % of the steps were clipped .* a lower --lr than 100")
        self.assertGreater(self.lines(self.read("m"))[3]["steps_clipped"], 0.5)
        done = self.run_program("train", "text", "-o", "v.txt", "--metrics", "m", *SMALL)
        self.assertNotIn(b"clipped", done.stderr)
        self.assertEqual(self.lines(self.read("m"))[3]["steps_clipped"], 0)

    def test_a_training_whose_vectors_cannot_be_written(self):
        done = self.run_program("train", "text", "-o", "/dev/full", "--metrics", "m", *SMALL)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(self.lines(self.read("m"))[3]["end"], "failed")
        self.assertEqual(sorted(os.listdir(self.folder)), ["m", "text"])

    def test_a_file_that_cannot_be_written(self):
        for path, says in (("none/m", "the folder none"), (".", "it is a directory"), ("", "the value is empty"),
                           ("text", "--metrics text is the same file as the input text"),
                           ("./v.txt", "--metrics and --output are the same file")):
            self.fails(2, says, "train", "text", "-o", "v.txt", "--metrics", path)
        self.fails(2, "--metrics and --output are the same file, -", "train", "text", "-o", "-", "--metrics", "-")

    def test_what_fails_before_training_leaves_the_old_file(self):
        self.write("m", b"old\n")
        self.write("empty", b"")
        self.fails(1, "", "train", "empty", "-o", "v.txt", "--metrics", "m")
        self.assertEqual(self.read("m"), b"old\n")

    def test_a_full_disk_costs_the_metrics_alone(self):
        self.train("text", "-o", "expected", *SMALL)
        done = self.run_program("train", "text", "-o", "v.txt", "--metrics", "/dev/full", *SMALL)
        self.assertEqual(done.returncode, 1)
        self.assertFalse(os.path.exists(self.path("v.txt")))  # it was known before training

        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1400, 1400))

        # A line for each epoch's held-out loss: too many for the limit, however fast the machine is.
        done = self.run_program("train", "text", "-o", "v.bin", "--metrics", "m", "--dim", "1", "--epochs", "100",
                                "--heldout", "0.1", preexec_fn=limit)
        message = done.stderr.decode()
        self.assertEqual(done.returncode, 1, message)
        self.assertEqual(message.count("warning: cannot write m: File too large; the training continues\n"), 1)
        self.assertEqual(message.splitlines()[-1], "nce2vec: cannot write m: File too large; the vectors are complete, "
                                                   "the metrics are not")
        self.assertTrue(os.path.exists(self.path("v.bin")))


if __name__ == "__main__":
    unittest.main()
