"""Training from end to end: what is written, where to, and whether it is the same again."""

import gzip
import os
import pty
import re
import subprocess
import unittest

from support import PROGRAM, TIMEOUT, CommandTest, read_binary, read_text, text

SMALL = ("--dim", "16", "--epochs", "2", "--threads", "1")


class Training(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", text())

    def test_the_formats_agree(self):
        for name in ("a.txt", "a.vec", "a.bin", "a.n2v"):
            self.train("text", "-o", name, *SMALL)
        rows = read_text(self.path("a.txt"))
        self.assertEqual(len(rows), 60)
        self.assertEqual(len(rows["word0"]), 16)
        self.assertEqual(self.read("a.txt"), self.read("a.vec"))
        self.assertEqual(rows, read_binary(self.path("a.bin")))
        answers = [self.succeeds("neighbors", name, "word0", "word31", "-k", "60").stdout
                   for name in ("a.txt", "a.bin", "a.n2v")]
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(answers[0], answers[2])

    def test_the_format_can_be_forced(self):
        self.train("text", "-o", "a.txt", *SMALL)
        self.train("text", "-o", "a.bin", "--format", "text", *SMALL)
        self.assertEqual(self.read("a.txt"), self.read("a.bin"))
        self.train("text", "-o", "b.txt", "--format", "binary", *SMALL)
        self.assertEqual(read_binary(self.path("b.txt")), read_text(self.path("a.txt")))

    def test_what_is_written_can_be_chosen_as_in_convert(self):
        self.train("text", "-o", "a.n2v", *SMALL)
        options = ("--vectors", "concat", "--top", "7", "--normalize")
        done = self.train("text", "-o", "b.npy", "--float16", *options, *SMALL)
        self.assertEqual(done.stderr.decode().splitlines()[-1], "wrote b.npy: 7 words x 32 dimensions, npy")
        done = self.succeeds("convert", "a.n2v", "c.npy", "-float16", *options)
        self.assertTrue(done.stderr.endswith(b"\nwrote c.npy: 7 words x 32 dimensions, npy\n"), done.stderr)
        self.assertEqual(self.read("b.npy"), self.read("c.npy"))
        self.assertEqual(self.read("b.vocab.txt"), self.read("c.vocab.txt"))

    def test_kernels_by_option_and_by_environment(self):
        plan = self.train("text", "-o", "a.txt", "--kernels", "scalar", "--dry-run").stderr
        self.assertTrue(plan.splitlines()[0].endswith(b", scalar"), plan)
        self.assertFalse(os.path.exists(self.path("a.txt")))
        self.train("text", "-o", "a.txt", "--kernels", "scalar", *SMALL)
        self.train("text", "-o", "b.txt", *SMALL, env={**os.environ, "N2V_KERNELS": "scalar"})
        self.assertEqual(self.read("a.txt"), self.read("b.txt"))
        self.fails(2, "--kernels: 'sse' is not one of auto, scalar", "train", "text", "-o", "a.txt", "--kernels", "sse")

    def test_the_same_seed_gives_the_same_bytes(self):
        for name in ("a.n2v", "b.n2v"):
            self.train("text", "-o", name, "--seed", "7", *SMALL)
        self.train("text", "-o", "c.n2v", "--seed", "8", *SMALL)
        self.assertEqual(self.read("a.n2v"), self.read("b.n2v"))
        self.assertNotEqual(self.read("a.n2v"), self.read("c.n2v"))

    def test_schedules_of_the_learning_rate(self):
        def plan(*options):
            return self.train("text", "-o", "a.txt", "--lr", "0.04", *options, *SMALL).stderr.decode()

        self.assertIn(", lr 0.04, 1 thread", plan())
        usual = self.read("a.txt")
        self.assertIn(", lr 0.04, 1 thread", plan("--schedule", "linear", "--warmup", "0"))
        self.assertEqual(self.read("a.txt"), usual)
        for options, shown in ((("--end-lr", "0.001"), "lr 0.04 to 0.001"),
                               (("--schedule", "cosine", "--warmup", "0.1"), "lr 0.04 to 4e-06, cosine, warm-up 10 %"),
                               (("--schedule", "constant"), "lr 0.04, constant")):
            self.assertIn(", %s, 1 thread" % shown, plan(*options))
            self.assertNotEqual(self.read("a.txt"), usual, options)
        self.train("text", "-o", "b.n2v", "--schedule", "cosine", "--warmup", "0.1", *SMALL)
        self.assertIn(b"\nschedule=cosine\nwarmup=0.1\nend-lr=", self.read("b.n2v"))
        self.fails(2, "--end-lr has no effect with --schedule constant: leave it out", "train", "text", "-o", "c.txt",
                   "--schedule", "constant", "--end-lr", "0.01")

    def test_the_model_records_the_run(self):
        self.train("text", "-o", "a.n2v", "--objective", "infonce:temperature=0.5", "--noise=9", *SMALL)
        content = self.read("a.n2v")
        self.assertTrue(re.search(rb"\nkernels=(scalar|avx2|avx512|avx512bf16)\n", content))
        self.train("text", "-o", "b.n2v", *SMALL, env={**os.environ, "N2V_KERNELS": "scalar"})
        self.assertIn(b"\nkernels=scalar\n", self.read("b.n2v"))
        for line in (b"objective=infonce", b"objective.temperature=0.5", b"dim=16", b"window=5", b"noise=9",
                     b"noise-power=0.75", b"subsample=0.0001", b"min-count=5", b"epochs=2", b"seed=1", b"threads=1",
                     b"tokenizer=words", b"input=text", b"tokens=4800"):
            self.assertIn(b"\n" + line + b"\n", content)

    def test_it_learns(self):
        for objective in ("sgns", "nce", "infonce"):
            self.train("text", "-o", "a.bin", "--objective", objective, "--dim", "20", "--epochs", "30",
                       "--subsample", "0", "--threads", "1", "--lr", "0.05")
            answer = self.succeeds("neighbors", "a.bin", "word23", "-k", "9").stdout.decode().split()
            friends = sum(word.startswith("word2") and len(word) == 6 for word in answer[1:])
            self.assertGreaterEqual(friends, 8, "%s: %s" % (objective, answer))

    def test_instruction_sets_learn_the_same(self):
        """From few words, so that a batch has several updates of one word."""
        losses = {}
        self.write("text", text(words=20))
        for name in ("scalar", "avx2", "avx512", "avx512bf16"):
            done = self.run_program("train", "text", "-o", "a.bin", "--objective", "nce", "--dim", "20", "--noise",
                                    "10", "--subsample", "0", "--threads", "1", "--epochs", "10", "--lr", "0.1",
                                    env={**os.environ, "N2V_KERNELS": name})
            if done.returncode == 0:
                losses[name] = float(re.search(rb"mean loss of the last epoch ([\d.]+)", done.stderr)[1])
            else:
                self.assertIn(b"this machine runs scalar", done.stderr)
        for loss in losses.values():
            self.assertAlmostEqual(loss, losses["scalar"], delta=0.003, msg=losses)
        if len(losses) < 4:
            self.skipTest("machine: it runs the kernel sets %s alone" % ", ".join(losses))

    def test_more_threads_than_sentences(self):
        self.write("short", b"a b c d e f g h\n" * 5)
        self.train("short", "-o", "a.txt", "--threads", "64", "--dim", "8", "--subsample", "0")
        self.assertEqual(sorted(read_text(self.path("a.txt"))), list("abcdefgh"))

    def test_nothing_to_learn(self):
        self.write("one", b"a\nb\n" * 50)
        self.write("rare", b"a b1\na b2\na b3\na b4\na b5\n")
        for name in ("one", "rare"):
            for more in ([], ["--quiet"], ["--objective", "softmax"], ["--objective", "npair"], ["--subsample", "0"]):
                with self.subTest(name=name, more=more):
                    self.fails(1, "nothing to learn: no sentence has two words of the vocabulary, so there is no pair "
                               "of words; write a sentence with all its words on one line, or lower --min-count",
                               "train", name, "-o", "a.txt", "--dim", "8", *more)
        self.write("short", b"a b c d\n")
        short = ("train", "short", "-o", "a.txt", "--dim", "8", "--min-count", "1", "--subsample", "1e-9")
        self.write("other", b"b c d\n")
        for more in ([], ["--quiet"], ["--heldout", "other"], ["--objective", "siglip"]):
            self.fails(1,
                       "nothing was learned: --subsample 1e-09 skipped so many words that no pair of words was left; "
                       "set it to 0 for a small text", *short, *more)
        self.train("short", "-o", "a.txt", "--dim", "8", "--min-count", "1", "--subsample", "0")

    def test_default_threads(self):
        self.train("text", "-o", "a.txt", "--dim", "8")
        self.assertEqual(len(read_text(self.path("a.txt"))), 60)


class Input(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", text())
        self.train("text", "-o", "expected", *SMALL)

    def check(self, *arguments, given=None):
        self.train(*arguments, "-o", "v", *SMALL, given=given)
        self.assertEqual(self.read("v"), self.read("expected"))

    def test_standard_input(self):
        self.check("-", given=text())
        self.check("-", given=gzip.compress(text()))

    def test_gzip_by_content(self):
        self.write("zipped", text(), zipped=True)
        self.check("zipped")
        self.write("plain.gz", text())
        self.check("plain.gz")

    def test_several_members_and_several_files(self):
        content = text()
        half = content.index(b"\n", len(content) // 2) + 1
        with open(self.path("members"), "wb") as file:
            file.write(gzip.compress(content[:half]) + gzip.compress(content[half:]))
        self.check("members")
        self.write("one", content[:half], zipped=True)
        self.write("two", content[half:])
        self.check("one", "two")
        self.check("one", "-", given=content[half:])

    def test_carriage_returns_marks_and_nul_bytes_are_no_words(self):
        self.write("windows", b"\xef\xbb\xbf" + text().replace(b"\n", b"\r\n"))
        self.check("windows")
        self.write("nul", text().replace(b" ", b" \0 "))
        self.check("nul")

    def test_standard_output(self):
        done = self.train("text", "-o", "-", *SMALL)
        self.assertEqual(done.stdout, self.read("expected"))

    def test_an_existing_output_is_replaced(self):
        self.write("v", b"old")
        self.check("text")

    def test_a_special_file_is_written_to(self):
        self.train("text", "-o", "/dev/null", *SMALL)
        self.assertTrue(os.path.exists("/dev/null") and not os.path.isfile("/dev/null"))


class Vocabulary(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", b"B b b b a\nc a a\nd d c c\n" * 2)

    def test_vocab_counts(self):
        self.succeeds("vocab", "text", "-o", "v.tsv", "--min-count", "1")
        self.assertEqual(self.read("v.tsv"), b"b\t8\na\t6\nc\t6\nd\t4\n")
        self.succeeds("vocab", "text", "-o", "v.tsv")
        self.assertEqual(self.read("v.tsv"), b"b\t8\na\t6\nc\t6\n")
        self.succeeds("vocab", "text", "-o", "v.tsv", "--max-vocab", "2")
        self.assertEqual(self.read("v.tsv"), b"b\t8\na\t6\n")
        done = self.succeeds("vocab", "-", "-o", "-", "--tokenizer", "space", "--quiet",
                             given=b"A a A\xc2\xa0b A A A A")
        self.assertEqual(done.stderr, b"")
        self.assertTrue(done.stdout.startswith(b"A\t"), done.stdout)

    def test_train_saves_the_same_and_reads_it(self):
        self.succeeds("vocab", "text", "-o", "v.tsv")
        self.train("text", "-o", "a.txt", "--save-vocab", "w.tsv", "--subsample", "0", *SMALL)
        self.assertEqual(self.read("v.tsv"), self.read("w.tsv"))
        self.train("text", "-o", "b.txt", "--read-vocab", "v.tsv", "--subsample", "0", *SMALL)
        self.assertEqual(self.read("a.txt"), self.read("b.txt"))

    def test_bad_vocabularies(self):
        for content, says in ((b"b\t8\na\n", "line 2"), (b"b\t8\na\tx\n", "line 2"), (b"b\t8\nb\t7\n", "line 2"),
                              (b"", "there is no word in this vocabulary"), (b"b\t-8\n", "line 1"),
                              (b"\t8\n", "line 1")):
            with self.subTest(content=content):
                self.write("bad.tsv", content)
                done = self.fails(1, says, "train", "text", "-o", "v.txt", "--read-vocab", "bad.tsv")
                self.assertIn(b"bad.tsv", done.stderr)
        self.write("other.tsv", b"x\t9\ny\t8\n")
        self.fails(1, "the vocabulary shares no word with text", "train", "text", "-o", "v.txt",
                   "--read-vocab", "other.tsv")
        self.fails(2, "nothere.tsv", "train", "text", "-o", "v.txt", "--read-vocab", "nothere.tsv")


class Progress(CommandTest):
    def test_plain_lines(self):
        self.write("text", text())
        done = self.train("text", "-o", "v.txt", *SMALL)
        lines = done.stderr.decode().splitlines()
        self.assertEqual(done.stdout, b"")
        self.assertNotIn(b"\r", done.stderr)
        self.assertRegex(lines[0], r"^read 4,800 words \(60 different\) in .* words/s; vocabulary: 60 words$")
        self.assertRegex(lines[1],
                         r"^training nce: 16 dimensions, window 5, \d+ noise words, 2 epochs, .* 1 thread, \w+$")
        self.assertRegex(lines[-2], r"^trained on 9,600 words in .* words/s \(.*\); mean loss of the last epoch \d")
        self.assertEqual(lines[-1], "wrote v.txt: 60 words x 16 dimensions, text")

    def test_one_is_singular(self):
        self.write("text", text())
        done = self.train("text", "-o", "v.txt", "--noise", "1", "--epochs", "1", "--dim", "1", "--threads", "1")
        self.assertRegex(done.stderr,
                         rb"training nce: 1 dimension, window 5, 1 noise word, 1 epoch, lr 0.04, 1 thread, ")
        self.assertEqual(done.stderr.splitlines()[-1], b"wrote v.txt: 60 words x 1 dimension, text")

    def test_a_derived_learning_rate(self):
        self.write("text", text())
        run = ("text", "-o", "v.txt", "--dry-run", "--objective")
        done = self.train(*run, "infonce:temperature=0.05")
        self.assertEqual(done.stderr.decode().splitlines()[1:2],
                         ["lr 6.25e-05 is the default 0.025 of infonce divided by 20 squared: the parameters multiply "
                          "the scores by 20"])
        done = self.train(*run, "infonce:temperature=0.05", "--model", "cbow")
        self.assertIn(b"\nlr 0.00015625 is the default 0.0625 of infonce divided by 20 squared", done.stderr)
        for plain in (["infonce"], ["infonce:temperature=0.05", "--lr", "6.25e-5"], ["infonce:temperature=2"]):
            self.assertNotIn(b"divided by", self.train(*run, *plain).stderr)

    def test_a_sum_over_a_large_vocabulary(self):
        warning = (b"warning: softmax is slow here: each pair of words needs the scores of all 1,001 words of the "
                   b"vocabulary; lower --max-vocab, or take --objective nce, which needs a few noise words")
        self.write("large", b" ".join(b"w%d" % i for i in range(1001)) + b"\n")
        run = ("large", "-o", "v.txt", "--min-count", "1", "--dim", "2", "--epochs", "1", "--subsample", "0.001")
        done = self.train(*run, "--objective", "softmax")
        self.assertIn(warning, done.stderr.splitlines())
        self.assertIn(b"training softmax: 2 dimensions, window 5, no noise words, 1 epoch, ", done.stderr)
        for more in (["--objective", "softmax", "--max-vocab", "1000"], ["--objective", "nce"]):
            self.assertNotIn(b"warning", self.train(*run, *more).stderr)

    def test_quiet(self):
        self.write("text", text())
        done = self.train("text", "-o", "v.txt", "--quiet", *SMALL)
        self.assertEqual((done.stdout, done.stderr), (b"", b""))

    def test_a_bar_on_a_terminal(self):
        self.write("text", text(sentences=3000))
        try:
            ours, theirs = pty.openpty()
        except OSError as error:
            self.skipTest("machine: no terminal can be made here (is /dev/pts mounted?): %s" % error)
        process = subprocess.Popen([PROGRAM, "train", "text", "-o", "v.txt", "--dim", "100", "--epochs", "60"],
                                   cwd=self.folder, stderr=theirs, stdout=theirs, stdin=subprocess.DEVNULL)
        os.close(theirs)
        seen = b""
        try:
            while chunk := os.read(ours, 65536):
                seen += chunk
        except OSError:  # the other side has closed
            pass
        os.close(ours)
        self.assertEqual(process.wait(TIMEOUT), 0, seen)
        self.assertRegex(seen,
                         rb"\repoch \d+/60 +\d+% \[#*\.*\] [\d.]+ [kM] words/s, loss [\d.?]+, lr [\d.e-]+, .* left")
        for drawn in re.findall(rb"\r([^\r\n]*)\033\[K", seen):
            self.assertLess(len(drawn), 80)  # the last column stays free, or the line would wrap
        self.assertIn(b"wrote v.txt: 60 words x 100 dimensions, text", seen)


if __name__ == "__main__":
    unittest.main()
