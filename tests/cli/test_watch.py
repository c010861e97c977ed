"""train --validate, --save-every, --patience, --progress: what is done after each epoch and while a run goes on."""

import json
import os
import random
import resource
import signal
import unittest

from support import Background, CommandTest, read_binary, read_text, text

SMALL = ("--dim", "16", "--threads", "1")


def pairs(known=40):
    """Words of the same tens are alike. Two pairs have a word that the text does not have."""
    draw = random.Random(1)
    lines = ["# mine", "word1 none 3", "nil word2\t4"]
    for _ in range(known):
        a, b = draw.randrange(60), draw.randrange(60)
        lines.append("WORD%d word%d %g" % (a, b, 9 if a // 10 == b // 10 else draw.random()))
    return ("\n".join(lines) + "\n").encode()


class Watched(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", text())
        self.write("pairs", pairs())

    def epochs(self, name="m"):
        rows = [json.loads(line) for line in self.read(name).splitlines()]
        return [row for row in rows if "heldout_loss" in row]

    def files(self):
        return sorted(set(os.listdir(self.folder)) - {"text", "pairs", "m"})


class Validation(Watched):
    def test_after_each_epoch(self):
        done = self.train("text", "-o", "v.txt", "--validate", "pairs", "--metrics", "m", "--epochs", "3", *SMALL)
        rows = self.epochs()
        self.assertEqual([row["epoch"] for row in rows], [1, 2, 3])
        self.assertEqual([row["validation_pairs"] for row in rows], [40] * 3)
        self.assertEqual([row["heldout_loss"] for row in rows], [None] * 3)
        for row in rows:
            self.assertIn("epoch %d/3: validation %.4f (40 of 42 pairs)\n" % (row["epoch"], row["validation"]),
                          done.stderr.decode())
        self.train("text", "-o", "w.txt", "--epochs", "3", *SMALL)
        self.assertEqual(self.read("v.txt"), self.read("w.txt"))

    def test_with_heldout_sentences(self):
        done = self.train("text", "-o", "v.txt", "--validate", "pairs", "--heldout", "0.1", "--metrics", "m", *SMALL)
        self.assertRegex(done.stderr.decode(),
                         r"epoch 5/5: held-out loss \d\.\d{4} \(mean of [\d,]+ pairs\), validation -?0\.\d{4} ")
        self.assertTrue(all(row["heldout_loss"] > 0 and -1 <= row["validation"] <= 1 for row in self.epochs()))

    def test_what_is_refused(self):
        for content, status, message in (
                (b"a b\n", 1, "line 1: expected two words and a score"), (pairs(9), 1,
                 "--validate pairs: both words of 9 of 11 pairs are in the vocabulary, and a score needs 10 pairs")):
            self.write("pairs", content)
            self.fails(status, message, "train", "text", "-o", "v.txt", "--validate", "pairs", *SMALL)
        self.write("pairs", pairs())
        for path, message in (("none", "none"), ("-", "--validate -: a file is needed, not standard input")):
            self.fails(2, message, "train", "text", "-o", "v.txt", "--validate", path)
        self.fails(2, "--output ./pairs is the same file as the input pairs", "train", "text", "-o", "./pairs",
                   "--validate", "pairs")
        self.assertEqual(self.files(), [])


class Saving(Watched):
    def test_other_files_are_not_overwritten(self):
        self.write("v.epoch-2.txt", pairs())
        self.fails(2, "--save-every v.epoch-2.txt is the same file as the input v.epoch-2.txt, and would overwrite it",
                   "train", "text", "-o", "v.txt", "--validate", "v.epoch-2.txt", "--save-every", "1", *SMALL)
        for option in ("--metrics", "--checkpoint", "--save-vocab"):
            self.fails(2, "--save-every and %s are the same file, w.epoch-3.n2v" % option, "train", "text", "-o",
                       "w.n2v", "--save-every", "3", option, "w.epoch-3.n2v", *SMALL)

    def test_every_second_epoch(self):
        self.train("text", "-o", "v.bin", "--save-every", "2", "--epochs", "4", *SMALL)
        self.assertEqual(self.files(), ["v.bin", "v.epoch-2.bin", "v.epoch-4.bin"])
        self.assertEqual(self.read("v.bin"), self.read("v.epoch-4.bin"))
        self.assertNotEqual(read_binary(self.path("v.bin")), read_binary(self.path("v.epoch-2.bin")))
        self.train("text", "-o", "w.bin", "--epochs", "4", *SMALL)
        self.assertEqual(self.read("v.bin"), self.read("w.bin"))

    def test_names(self):
        for name, others in (("v.txt.gz", ["v.epoch-1.txt.gz"]), ("v.N2V", ["v.epoch-1.N2V"]), ("v", ["v.epoch-1"]),
                             ("a.b/v.foo", []), ("v.npy", ["v.epoch-1.npy", "v.epoch-1.vocab.txt", "v.vocab.txt"]),
                             (".txt", [".txt.epoch-1"])):
            os.makedirs(self.path("a.b"), exist_ok=True)
            self.train("text", "-o", name, "--save-every", "1", "--epochs", "1", *SMALL)
            if name.startswith("a.b/"):
                self.assertEqual(sorted(os.listdir(self.path("a.b"))), ["v.foo", "v.foo.epoch-1"])
            else:
                self.assertEqual(self.files(), sorted([name, *others, "a.b"]))
                for found in [name, *others]:
                    os.remove(self.path(found))

    def test_options_of_the_output_hold_for_all(self):
        self.train("text", "-o", "v.txt", "--top", "7", "--save-every", "1", "--epochs", "1", *SMALL)
        self.assertEqual(len(read_text(self.path("v.epoch-1.txt"))), 7)

    def test_what_is_refused(self):
        self.fails(2, "give -o a file, not -", "train", "text", "-o", "-", "--save-every", "1")
        self.fails(2, "--save-every: '0' is not an integer from 1 to", "train", "text", "-o", "v", "--save-every", "0")
        os.rename(self.path("text"), self.path("v.epoch-4.txt"))
        self.fails(2, "--save-every v.epoch-4.txt is the same file as the input v.epoch-4.txt", "train",
                   "v.epoch-4.txt", "-o", "v.txt", "--save-every", "2")

    def test_a_file_that_cannot_be_written(self):
        """The training goes on, and its failure is the run's."""
        self.train("text", "-o", "w.txt", "--epochs", "2", *SMALL)
        os.mkdir(self.path("v.epoch-1.txt"))
        done = self.run_program("train", "text", "-o", "v.txt", "--save-every", "1", "--epochs", "2", *SMALL)
        self.assertEqual(done.returncode, 1)
        message = done.stderr.decode()
        self.assertRegex(message, r"(?m)^warning: .*v\.epoch-1\.txt.*; the training continues$")
        self.assertRegex(message.splitlines()[-1], r"^nce2vec: .*v\.epoch-1\.txt")
        self.assertEqual(self.read("v.txt"), self.read("w.txt"))
        self.assertEqual(self.read("v.epoch-2.txt"), self.read("w.txt"))


class Patience(Watched):
    def run_long(self, *arguments):
        done = self.train("text", "-o", "v.txt", "--metrics", "m", "--epochs", "1000", "--save-every", "1",
                          *arguments, *SMALL)
        return self.epochs(), done.stderr.decode()

    def check_best(self, rows, scores, message, patience):
        """The run ended so many epochs after the best one, whose vectors are in the output."""
        best = max(range(len(rows)), key=lambda i: scores[i]) + 1
        self.assertEqual(len(rows), best + patience)
        self.assertEqual(self.read("v.txt"), self.read("v.epoch-%d.txt" % best))
        self.assertNotEqual(self.read("v.txt"), self.read("v.epoch-%d.txt" % len(rows)))
        self.assertIn("stopped after epoch %d of 1000: no better" % len(rows), message)
        self.assertRegex(message, r"(?m)^v\.txt has the vectors of epoch %d, the best of %d: " % (best, len(rows)))
        self.assertEqual(json.loads(self.read("m").splitlines()[-1])["end"], "done")

    def test_validation(self):
        rows, message = self.run_long("--validate", "pairs", "--heldout", "0.1", "--patience", "2")
        self.check_best(rows, [row["validation"] for row in rows], message, 2)
        self.assertIn("no better validation in 2 epochs", message)

    def test_heldout_loss(self):
        rows, message = self.run_long("--heldout", "0.1", "--patience", "1", "--lr", "1")
        self.check_best(rows, [-row["heldout_loss"] for row in rows], message, 1)
        self.assertIn("no better held-out loss in 1 epoch\n", message)

    def test_the_words_are_written_in_the_end(self):
        self.train("text", "-o", "v.txt", "--save-vocab", "words", "--heldout", "0.1", "--patience", "9", *SMALL)
        self.assertEqual(self.read("words").count(b"\n"), 60)

    def test_an_interrupt_keeps_the_best(self):
        self.write("text", text(sentences=3000))
        program = Background(self, "train", "text", "-o", "v.txt", "--validate", "pairs", "--patience", "100000",
                             "--epochs", "100000", *SMALL)
        program.wait_until_said("the best validation so far; its vectors are in v.txt")
        program.process.send_signal(signal.SIGINT)
        self.assertEqual(program.end(), 130, program.said())
        self.assertIn("the vectors of the best epoch so far are in v.txt", program.said().splitlines()[-1])
        self.assertEqual(len(read_text(self.path("v.txt"))), 60)

    def test_a_resumed_training_knows_the_best(self):
        run = ("text", "--validate", "pairs", "--epochs", "1000", *SMALL)
        self.train(*run, "-o", "a.txt", "--patience", "4", "--metrics", "m")
        self.train(*run, "-o", "v.txt", "--patience", "1", "--checkpoint", "c.n2v", "--metrics", "n")
        self.assertLess(len(self.epochs("n")), len(self.epochs("m")))
        done = self.train("--resume", "c.n2v", "--patience", "4")
        self.assertEqual(self.read("v.txt"), self.read("a.txt"))
        self.assertEqual([(row["epoch"], row["validation"]) for row in self.epochs("n")],
                         [(row["epoch"], row["validation"]) for row in self.epochs("m")])
        self.assertIn("no better validation in 4 epochs", done.stderr.decode())
        self.train(*run[:3], "--epochs", "3", *SMALL, "-o", "b.txt", "--patience", "9", "--checkpoint", "d.n2v")
        self.assertRegex(self.train("--resume", "d.n2v").stderr.decode(),
                         r"b.txt has the vectors of epoch \d, the best of 3: validation 0")
        # With another output, or without the file, nothing is there yet that is the best.
        os.unlink(self.path("b.txt"))
        self.assertIn("wrote b.txt", self.train("--resume", "d.n2v").stderr.decode())
        # What patience has ended stays ended.
        self.train(*run, "-o", "v.txt", "--patience", "1", "--checkpoint", "c.n2v")
        best, epochs = self.read("v.txt"), len(self.epochs("n"))
        self.assertIn("the training has ended by --patience", self.train("--resume", "c.n2v").stderr.decode())
        self.assertEqual((self.read("v.txt"), len(self.epochs("n"))), (best, epochs))
        self.train("--resume", "c.n2v", "-o", "w.txt", "--patience", "1")
        self.assertEqual(len(read_text(self.path("w.txt"))), 60)

    def test_what_is_refused(self):
        self.fails(2, "--patience needs a score of each epoch: add --validate PAIRS or --heldout 0.01", "train", "text",
                   "-o", "v.txt", "--patience", "3")
        self.fails(2, "give -o a file, not -", "train", "text", "-o", "-", "--patience", "3", "--heldout", "0.1")
        self.write("short", b"word1\n" * 20)
        self.fails(1, "--patience has no score to go by: the held-out sentences have no pair of words", "train", "text",
                   "-o", "v.txt", "--patience", "3", "--heldout", "short")

    def test_a_full_disk_keeps_the_best_before(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

        self.write("v.txt", b"old\n")
        done = self.run_program("train", "text", "-o", "v.txt", "--heldout", "0.1", "--patience", "1", "--epochs", "2",
                                *SMALL, preexec_fn=limit)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr.decode(), r"(?m)^warning: .*v\.txt.*; the training continues$")
        self.assertEqual(self.read("v.txt"), b"old\n")


class Progress(Watched):
    def lines(self, *arguments):
        return self.train("text", "-o", "v.txt", *arguments).stderr.decode().splitlines()

    def test_json(self):
        self.write("text", text(sentences=20000))
        rows = [json.loads(line) for line in self.lines(
            "--progress", "json", "--validate", "pairs", "--epochs", "12", "--threads", "1",
            "--subsample", "0")]
        messages = [row["message"] for row in rows if "message" in row]
        self.assertTrue(messages[0].startswith("read 240,000 words") and messages[-1].startswith("wrote v.txt"))
        training = [row for row in rows if "loss" in row]
        self.assertTrue(training)
        for row in training:
            self.assertEqual(set(row), {"seconds", "epoch", "words", "words_per_second", "lr", "loss", "words_total",
                                        "seconds_left"})
            if not row["words_per_second"]:  # nothing is trained yet, on a slow machine
                continue
            self.assertAlmostEqual(row["seconds_left"], (row["words_total"] - row["words"]) / row["words_per_second"],
                                   delta=0.01 * row["seconds_left"] + 0.01)
        self.assertEqual([row["epoch"] for row in rows if "validation" in row], list(range(1, 13)))
        reading = [row for row in rows if "bytes" in row]  # on a slow machine
        self.assertEqual(len(rows), len(messages) + len(reading) + len(training) + 12)

    def test_none(self):
        self.write("odd", text() + b"\xff\n")
        done = self.train("odd", "-o", "v.txt", "--progress", "none", *SMALL)
        self.assertRegex(done.stderr.decode(), r"\Awarning: 1 malformed UTF-8 sequence in the text; [^\n]*\n\Z")
        self.assertEqual(self.train("odd", "-o", "v.txt", "--progress", "none", "-q", *SMALL).stderr, b"")

    def test_bar_and_lines(self):
        self.write("text", text(sentences=20000))
        drawn = self.train("text", "-o", "v.txt", "--progress", "bar", "--epochs", "20", *SMALL).stderr.decode()
        self.assertRegex(drawn, r"\repoch \d+/20 +\d+% \[[#.]+\] [\d.]+ [kM] words/s, loss [\d.]+, lr 0\.\d{5}, "
                                r"\d+:\d\d left\x1b\[K")
        self.assertNotIn("\r", "\n".join(self.lines("--progress", "lines", *SMALL)))
        self.fails(2, "--progress: 'dots' is not one of bar, lines, json, none", "train", "text", "-o", "v.txt",
                   "--progress", "dots")


if __name__ == "__main__":
    unittest.main()
