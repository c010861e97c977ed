"""Bad input, named: each with its message and its exit status, and nothing left behind."""

import gzip
import os
import signal
import subprocess
import time
import unittest

from support import PROGRAM, CommandTest, read_text, text


class Inputs(CommandTest):
    def refused(self, code, says, *inputs, given=None):
        self.fails(code, says, "train", *inputs, "-o", "v.txt", "--dim", "8", given=given)

    def test_missing_and_folders(self):
        self.write("text", text())
        self.refused(2, "nothere.txt", "text", "nothere.txt")
        os.mkdir(self.path("folder"))
        self.refused(2, "folder", "folder")
        self.refused(2, "standard input (-) can be read only once", "-", "-")

    @unittest.skipIf(os.geteuid() == 0, "root reads everything")
    def test_unreadable(self):
        self.write("text", text())
        os.chmod(self.path("text"), 0)
        self.refused(2, "text", "text")

    def test_nothing_in_it(self):
        self.write("empty", b"")
        self.refused(1, "empty is empty", "empty")
        self.write("zipped", b"", zipped=True)
        self.refused(1, "zipped is empty", "zipped")
        self.refused(1, "standard input is empty", "-", given=b"")
        self.write("spaces", b" \t \n\n   \r\n" * 100)
        self.refused(1, "there is no word in spaces", "spaces")
        self.write("rare", b"every word stands here once\n")
        self.refused(1, "no word reaches the minimum count of 5", "rare")

    def test_gzip_cut_anywhere(self):
        whole = gzip.compress(text(sentences=3000), 6)
        for cut in (3, 9, 12, 100, len(whole) // 2, len(whole) - 9, len(whole) - 8, len(whole) - 4, len(whole) - 1):
            with self.subTest(cut=cut):
                self.write("cut.gz", whole[:cut])
                self.refused(1, "cut.gz", "cut.gz")

    def test_gzip_with_flipped_bytes(self):
        whole = bytearray(gzip.compress(text(sentences=3000), 6))
        for at in (2, 100, len(whole) // 3, len(whole) // 2, len(whole) - 6, len(whole) - 2):
            with self.subTest(at=at):
                whole[at] ^= 0x55
                self.write("flipped.gz", bytes(whole))
                whole[at] ^= 0x55
                self.refused(1, "flipped.gz", "flipped.gz")

    def test_malformed_text_is_counted_and_reported(self):
        self.write("text", text() + b"word0 \xff\xfe word1 \xc3\n" * 3)
        done = self.train("text", "-o", "v.txt", "--dim", "8")
        self.assertRegex(done.stderr, rb"warning: [\d,]+ malformed UTF-8 sequences")
        rows = read_text(self.path("v.txt"))
        self.assertIn("word0", rows)

    def test_a_token_of_a_megabyte(self):
        self.write("text", text() + (b"x" * 1000000 + b" word0\n") * 5)
        done = self.train("text", "-o", "v.txt", "--dim", "8")
        self.assertIn(b"warning: 5 words of more than 1024 bytes were left out", done.stderr)
        self.assertEqual(len(read_text(self.path("v.txt"))), 60)

    def test_a_line_of_a_hundred_megabytes(self):
        line = text(sentences=2000).replace(b"\n", b" ")
        times = 100_000_000 // len(line) + 1
        with open(self.path("text"), "wb") as file:
            for _ in range(times):
                file.write(line)
        done = self.succeeds("vocab", "text", "-o", "v.tsv")
        self.assertIn(b"; vocabulary: 60 words", done.stderr)
        total = sum(int(row.split(b"\t")[1]) for row in self.read("v.tsv").splitlines())
        self.assertEqual(total, times * 24000)


class Outputs(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", text())

    def refused(self, says, *arguments, code=2, **more):
        self.fails(code, says, "train", "text", "--dim", "8", *arguments, **more)

    def test_folders_that_are_not_there(self):
        self.refused("nothere/v.txt", "-o", "nothere/v.txt")
        self.refused("nothere/v.tsv", "-o", "v.txt", "--save-vocab", "nothere/v.tsv")
        self.fails(2, "nothere/v.tsv", "vocab", "text", "-o", "nothere/v.tsv")
        os.mkdir(self.path("folder"))
        self.refused("folder", "-o", "folder")

    def test_an_output_that_is_an_input(self):
        os.link(self.path("text"), self.path("link"))
        os.symlink("text", self.path("symlink"))
        for name in ("text", "./text", "link", "symlink", os.path.join(self.folder, "text")):
            with self.subTest(name=name):
                self.refused("is the same file as the input text", "-o", name)
                self.refused("--save-vocab", "-o", "v.txt", "--save-vocab", name)
                self.fails(2, "is the same file as the input text", "vocab", "text", "-o", name)
        self.assertEqual(self.read("text"), text())

    def test_outputs_that_are_one_file(self):
        self.refused("--save-vocab and --output are the same file", "-o", "v", "--save-vocab", "v")
        self.refused("--save-vocab and --output are the same file", "-o", "v", "--save-vocab", "./v")
        self.refused("--save-vocab and --output are the same file", "-o", "-", "--save-vocab", "-")
        self.write("w.tsv", b"word0\t9\nword1\t8\n")
        self.refused("is the same file", "-o", "w.tsv", "--read-vocab", "w.tsv")

    def test_a_full_disk(self):
        for arguments in (["-o", "/dev/full"], ["-o", "v.txt", "--save-vocab", "/dev/full"]):
            done = self.run_program("train", "text", "--dim", "8", *arguments)
            self.assertEqual(done.returncode, 1)
            self.assertIn(b"/dev/full", done.stderr.splitlines()[-1])
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "objectives"], stdout=full, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"standard output cannot be written", done.stderr)

    @unittest.skipUnless(os.geteuid() == 0, "only root mounts file systems")
    def test_a_full_folder(self):
        small = self.path("small")
        os.mkdir(small)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", small], capture_output=True,
                                 check=False)
        if mounted.returncode:
            self.skipTest("no tmpfs here: %s" % mounted.stderr.decode().strip())
        self.addCleanup(subprocess.run, ["umount", small], check=True)
        done = self.fails(1, "small/v.txt", "train", "text", "--dim", "1000", "--epochs", "1", "-o", "small/v.txt")
        self.assertIn(b"No space left", done.stderr)
        self.assertEqual(os.listdir(small), [])

    def test_a_reader_that_goes_away(self):
        self.train("text", "-o", "v.txt", "--dim", "8")
        process = subprocess.Popen([PROGRAM, "neighbors", "v.txt", "-k", "50"], cwd=self.folder,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.close()
        process.stdin.write(b"word0\n" * 2000)
        process.stdin.close()
        self.assertEqual(process.stderr.read(), b"")
        process.stderr.close()
        self.assertEqual(process.wait(10), 1)

    def test_vectors_too_large_for_this_machine(self):
        words = b" ".join(b"w%d" % i for i in range(70000)) + b"\n"
        self.write("many", words)
        limit = 1 << 30
        done = self.run_program("train", "many", "-o", "v.txt", "--min-count", "1", "--dim", "10000",
                                preexec_fn=lambda: __import__("resource").setrlimit(
                                    __import__("resource").RLIMIT_AS, (limit, limit)))
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"out of memory", done.stderr.splitlines()[-1])
        self.assertEqual(sorted(os.listdir(self.folder)), ["many", "text"])


class Interrupts(CommandTest):
    def interrupted(self, number, arguments, wait_for, given=None):
        before = sorted(os.listdir(self.folder))
        process = subprocess.Popen([PROGRAM, "train", *arguments, "-o", "v.txt", "--save-vocab", "v.tsv"],
                                   cwd=self.folder, stdin=given or subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(process.kill)
        seen = b""
        while wait_for not in seen:
            line = process.stderr.readline()
            self.assertTrue(line, seen)
            seen += line
        time.sleep(0.3)
        process.send_signal(number)
        start = time.monotonic()
        seen += process.stderr.read()
        process.stderr.close()
        self.assertEqual(process.wait(10), 130, seen)
        self.assertLess(time.monotonic() - start, 1)
        self.assertEqual(sorted(os.listdir(self.folder)), before)
        return seen.decode().splitlines()[-1]

    def test_while_training(self):
        self.write("text", text(sentences=20000))
        for number in (signal.SIGINT, signal.SIGTERM):
            last = self.interrupted(number, ["text", "--epochs", "100000"], b"training sgns")
            self.assertRegex(last, r"^nce2vec: interrupted in epoch \d+ of 100000, \d+ % of the training done: "
                                   r"all of it is lost, nothing was written to v.txt$")

    def test_while_waiting_for_input(self):
        reading, writing = os.pipe()
        os.write(writing, text())
        before = sorted(os.listdir(self.folder))
        process = subprocess.Popen([PROGRAM, "train", "-", "-o", "v.txt"], cwd=self.folder, stdin=reading,
                                   stderr=subprocess.PIPE)
        self.addCleanup(process.kill)
        os.close(reading)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        start = time.monotonic()
        seen = process.stderr.read().decode()
        process.stderr.close()
        self.assertEqual(process.wait(10), 130, seen)
        self.assertLess(time.monotonic() - start, 1)
        os.close(writing)
        self.assertIn("nce2vec: interrupted before training: nothing was written to v.txt", seen)
        self.assertEqual(sorted(os.listdir(self.folder)), before)

    def test_an_output_that_was_there_stays(self):
        self.write("text", text(sentences=20000))
        self.write("v.txt", b"precious\n")
        self.interrupted(signal.SIGINT, ["text", "--epochs", "100000"], b"training sgns")
        self.assertEqual(self.read("v.txt"), b"precious\n")

    def test_a_background_job_ignores_the_keyboard(self):
        self.write("text", text(sentences=2000))
        process = subprocess.Popen([PROGRAM, "train", "text", "-o", "v.txt", "--epochs", "30"], cwd=self.folder,
                                   stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
        self.addCleanup(process.kill)
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        seen = process.stderr.read()
        process.stderr.close()
        self.assertEqual(process.wait(30), 0, seen)
        self.assertEqual(len(read_text(self.path("v.txt"))), 60)


if __name__ == "__main__":
    unittest.main()
