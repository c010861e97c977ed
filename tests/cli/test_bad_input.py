"""Bad input, named: each with its message and its exit status, and nothing left behind."""

import gzip
import os
import resource
import select
import signal
import subprocess
import unittest

from support import PROGRAM, SANITIZED, Background, CommandTest, read_text, text


class Inputs(CommandTest):
    def refused(self, code, says, *inputs, given=None):
        self.fails(code, says, "train", *inputs, "-o", "v.txt", "--dim", "8", given=given)

    def test_missing_and_folders(self):
        self.write("text", text())
        self.refused(2, "cannot read nothere.txt: No such file", "text", "nothere.txt")
        os.mkdir(self.path("folder"))
        self.refused(2, "the folder folder has no file", "folder")
        self.refused(2, "an input has an empty name", "")
        self.refused(2, "standard input (-) can be read only once", "-", "-")

    def test_unreadable(self):
        self.write("text", text())
        os.chmod(self.path("text"), 0)
        nobody = {}
        if os.geteuid() == 0:  # who reads everything
            os.chmod(self.folder, 0o777)
            nobody = {"user": 65534, "group": 65534, "extra_groups": []}
            try:
                self.run_program("--version", **nobody)
            except PermissionError:
                self.skipTest("machine: the program is where only root reaches it")
        self.fails(2, "cannot read text: Permission denied", "train", "text", "-o", "v.txt", **nobody)

    def test_nothing_in_it(self):
        self.write("empty", b"")
        self.refused(1, "empty is empty", "empty")
        self.write("zipped", b"", zipped=True)
        self.refused(1, "zipped is empty", "zipped")
        self.refused(1, "standard input is empty", "-", given=b"")
        self.write("spaces", b" \t \n\n   \r\n" * 100)
        self.refused(1, "there is no word in spaces", "spaces")
        self.write("rare", b"every word appears here once\n")
        self.refused(1, "no word reaches the minimum count of 5", "rare")

    def test_gzip_cut_anywhere(self):
        whole = gzip.compress(text(sentences=3000), 6)
        for cut in (3, 9, 12, 100, len(whole) // 2, len(whole) - 9, len(whole) - 8, len(whole) - 4, len(whole) - 1):
            with self.subTest(cut=cut):
                self.write("cut.gz", whole[:cut])
                self.refused(1, "cut.gz: the gzip data end in the middle, at byte %d:" % cut, "cut.gz")

    def test_gzip_with_flipped_bytes(self):
        whole = bytearray(gzip.compress(text(sentences=3000), 6))
        for at in (0, 1, 2, 100, len(whole) // 3, len(whole) // 2, len(whole) - 6, len(whole) - 2):
            with self.subTest(at=at):
                whole[at] ^= 0x55
                self.write("flipped.gz", bytes(whole))
                whole[at] ^= 0x55
                self.refused(1, "flipped.gz: the gzip data are corrupt near byte ", "flipped.gz")

    def test_malformed_text_is_counted_and_reported(self):
        self.write("text", text() + b"word0 \xff\xfe word1 \xc3\n" * 3)
        done = self.train("text", "-o", "v.txt", "--dim", "8")
        self.assertRegex(done.stderr, rb"warning: [\d,]+ malformed UTF-8 sequences.*iconv")
        rows = read_text(self.path("v.txt"))
        self.assertIn("word0", rows)

    def test_a_token_of_a_megabyte(self):
        self.write("text", text() + (b"x" * 1000000 + b" word0\n") * 5)
        done = self.train("text", "-o", "v.txt", "--dim", "8")
        self.assertIn(b"warning: 5 words of more than 1024 bytes were skipped", done.stderr)
        self.assertEqual(len(read_text(self.path("v.txt"))), 60)

    def test_a_line_of_a_hundred_megabytes(self):
        line = text(sentences=2000).replace(b"\n", b" ")
        times = 100_000_000 // (10 if SANITIZED else 1) // len(line) + 1
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
        says = "cannot write nothere/v.t%s: the folder nothere: No such file"
        self.refused(says % "xt", "-o", "nothere/v.txt")
        self.refused(says % "sv", "-o", "v.txt", "--save-vocab", "nothere/v.tsv")
        self.fails(2, says % "sv", "vocab", "text", "-o", "nothere/v.tsv")
        os.mkdir(self.path("folder"))
        self.refused("cannot write folder: it is a directory", "-o", "folder")

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
        os.mkdir(self.path("folder"))  # one name in two folders is two files
        self.train("text", "-o", "v", "--save-vocab", "folder/v", "--dim", "2", "--epochs", "1")
        self.assertNotEqual(self.read("v"), self.read("folder/v"))
        self.refused("are the same file", "-o", "folder/w", "--save-vocab", "folder/../folder/w")
        self.write("w.tsv", b"word0\t9\nword1\t8\n")
        self.refused("is the same file", "-o", "w.tsv", "--read-vocab", "w.tsv")

    def test_a_full_disk(self):
        for arguments in (["-o", "/dev/full"], ["-o", "v.txt", "--save-vocab", "/dev/full"]):
            done = self.run_program("train", "text", "--dim", "8", *arguments)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(done.stderr.splitlines()[-1],
                             b"nce2vec: cannot write /dev/full: No space left on device")
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "objectives"], stdout=full, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"cannot write all of standard output: is the disk full?", done.stderr)

    @unittest.skipUnless(os.geteuid() == 0, "machine: only root mounts file systems")
    def test_a_full_folder(self):
        small = self.path("small")
        os.mkdir(small)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", small], capture_output=True,
                                 check=False)
        if mounted.returncode:
            self.skipTest("machine: no tmpfs here: %s" % mounted.stderr.decode().strip())
        self.addCleanup(subprocess.run, ["umount", small], check=True)
        self.fails(1, "cannot write small/v.txt: No space left", "train", "text", "--dim", "1000", "--epochs", "1",
                   "-o", "small/v.txt")
        self.assertEqual(os.listdir(small), [])

    def test_a_reader_that_goes_away(self):
        self.train("text", "-o", "v.txt", "--dim", "8")
        self.write("words", b"word0\n" * 2000)
        reading, writing = os.pipe()
        os.close(reading)
        with open(self.path("words"), "rb") as words:
            program = Background(self, "neighbors", "v.txt", "-k", "50", stdin=words, stdout=writing)
        os.close(writing)
        self.assertEqual((program.end(), program.said()), (1, ""))

    def test_vectors_too_large_for_this_machine(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))

        if self.run_program("--version", preexec_fn=limit).returncode:
            self.skipTest("machine: this build (a sanitizer's) does not start in 1 GB of addresses")
        self.write("many", b" ".join(b"w%d" % i for i in range(70000)) + b"\n")
        done = self.run_program("train", "many", "-o", "v.txt", "--min-count", "1", "--dim", "10000", preexec_fn=limit)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"out of memory", done.stderr.splitlines()[-1])
        self.assertEqual(sorted(os.listdir(self.folder)), ["many", "text"])


class Interrupts(CommandTest):
    def while_training(self, number=signal.SIGINT):
        def start():
            # It would take hours.
            program = Background(self, "train", "text", "--epochs", "100000", "-o", "v.txt", "--save-vocab", "v.tsv")
            program.wait_until_said("training ")
            program.wait_until_it_has_worked()
            return program

        return self.interrupted(start, number)

    def test_while_training(self):
        self.write("text", text(sentences=3000))
        for number in (signal.SIGINT, signal.SIGTERM):
            self.assertRegex(self.while_training(number),
                             r"^nce2vec: interrupted in epoch \d+ of 100000, after \d+ % of the training: "
                             r"it is lost, nothing was written to v.txt; --checkpoint FILE saves it$")

    def test_while_waiting_for_input(self):
        def start():
            reading, writing = os.pipe()
            self.addCleanup(os.close, writing)
            os.write(writing, text(sentences=100))
            program = Background(self, "train", "-", "-o", "v.txt", stdin=reading)
            program.wait_until_signals_are_held()
            program.wait_until(lambda: not select.select([reading], [], [], 0)[0], "it has read what there is")
            os.close(reading)
            return program

        self.assertEqual(self.interrupted(start),
                         "nce2vec: interrupted before training: nothing was written to v.txt")

    def test_an_output_that_was_there_stays(self):
        self.write("text", text(sentences=3000))
        self.write("v.txt", b"precious\n")
        self.while_training()
        self.assertEqual(self.read("v.txt"), b"precious\n")

    def test_a_background_job_ignores_the_keyboard(self):
        self.write("text", text(sentences=2000))
        program = Background(self, "train", "text", "-o", "v.txt", "--epochs", "30",
                             preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
        program.wait_until_said("training ")
        program.process.send_signal(signal.SIGINT)
        self.assertEqual(program.end(), 0, program.said())
        self.assertEqual(len(read_text(self.path("v.txt"))), 60)


if __name__ == "__main__":
    unittest.main()
