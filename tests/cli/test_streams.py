"""Streams that are closed, pipes that wait, signals at awkward moments."""

import os
import resource
import signal
import subprocess
import time
import unittest

from support import PROGRAM, CommandTest, text

SMALL = ("--dim", "16", "--epochs", "2", "--threads", "1")


class ClosedStreams(CommandTest):
    """The shell closes 0, 1, 2 before the program starts."""

    def setUp(self):
        super().setUp()
        self.write("text", text())
        self.train("text", "-o", "expected", *SMALL)

    def run_closed(self, closed, *arguments):
        return subprocess.run(["sh", "-c", 'exec "$0" "$@" %s' % closed, PROGRAM, *arguments], cwd=self.folder,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                              check=False)

    def test_no_message_gets_into_the_vectors(self):
        for closed in ("<&-", ">&-", "2>&-", "<&- 2>&-", "<&- >&-", "<&- >&- 2>&-"):
            with self.subTest(closed=closed):
                done = self.run_closed(closed, "train", "text", "-o", "v.txt", *SMALL)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(self.read("v.txt"), self.read("expected"))
                os.remove(self.path("v.txt"))

    def test_a_closed_stream_that_is_needed_is_an_error(self):
        for closed, arguments, says in (("<&-", ["-", "-o", "v.txt"], b"cannot read standard input"),
                                        (">&-", ["text", "-o", "-"], b"cannot write standard output")):
            with self.subTest(closed=closed):
                done = self.run_closed(closed, "train", *arguments, *SMALL)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(says, done.stderr)
                self.assertEqual(sorted(os.listdir(self.folder)), ["expected", "text"])
        self.assertEqual(self.run_closed(">&-", "objectives").returncode, 1)


class Waiting(CommandTest):
    """A signal is heeded within a second wherever the program waits for somebody else."""

    def setUp(self):
        super().setUp()
        self.write("text", text(words=600, sentences=4000))
        os.mkfifo(self.path("fifo"))

    def interrupt(self, *arguments, number=signal.SIGINT, times=1, **more):
        before = sorted(os.listdir(self.folder))
        process = subprocess.Popen([PROGRAM, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, **more)
        self.addCleanup(process.kill)
        time.sleep(1)
        self.assertIsNone(process.poll())
        start = time.monotonic()
        for _ in range(times):
            process.send_signal(number)
        seen = process.stderr.read()
        process.stderr.close()
        self.assertEqual(process.wait(10), 130, seen)
        self.assertLess(time.monotonic() - start, 1)
        self.assertEqual(sorted(os.listdir(self.folder)), before)
        return seen.decode().splitlines()[-1]

    def test_a_vocabulary_from_a_silent_pipe(self):
        self.assertIn("interrupted before training", self.interrupt("train", "text", "-o", "v", "--read-vocab", "fifo"))

    def test_a_vocabulary_from_an_endless_pipe(self):
        feeder = subprocess.Popen(["sh", "-c", "i=0; while :; do i=$((i+1)); echo word$i 7; done >fifo"],
                                  cwd=self.folder, stderr=subprocess.DEVNULL)
        self.addCleanup(feeder.wait)
        self.addCleanup(feeder.kill)
        self.interrupt("train", "text", "-o", "v", "--read-vocab", "fifo")

    def test_vectors_from_a_silent_pipe(self):
        self.assertIn("interrupted while reading fifo", self.interrupt("convert", "fifo", "v.bin"))
        self.interrupt("likelihood", "fifo", "text")

    def test_a_pipe_that_nobody_reads_from(self):
        self.assertIn("interrupted: nothing was written to fifo", self.interrupt("train", "text", "-o", "fifo"))

    def test_a_pipe_whose_reader_sleeps(self):
        reading, writing = os.pipe()
        self.assertIn("interrupted: standard output is not complete",
                      self.interrupt("train", "text", "-o", "-", "--dim", "64", "--epochs", "1", stdout=writing))
        os.close(writing)
        os.close(reading)
        reading = os.open(self.path("fifo"), os.O_RDONLY | os.O_NONBLOCK)
        self.interrupt("train", "text", "-o", "fifo", "--save-vocab", "w", "--dim", "64", "--epochs", "1")
        os.close(reading)

    def test_a_slow_reader_gets_everything(self):
        self.train("text", "-o", "v.txt", *SMALL)
        process = subprocess.Popen([PROGRAM, "train", "text", "-q", "-o", "fifo", *SMALL], cwd=self.folder,
                                   stdin=subprocess.DEVNULL)
        time.sleep(0.3)
        with open(self.path("fifo"), "rb") as fifo:
            time.sleep(1)
            self.assertEqual(fifo.read(), self.read("v.txt"))
        self.assertEqual(process.wait(10), 0)

    def test_hanging_up_and_asking_twice(self):
        self.interrupt("train", "text", "-o", "v", "--epochs", "100000", number=signal.SIGHUP)
        self.interrupt("train", "text", "-o", "v", "--epochs", "100000", times=3)

    def test_a_limit_on_the_size_of_files(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (10000, 10000))

        self.fails(1, "cannot write v.txt: File too large", "train", "text", "-o", "v.txt", *SMALL, preexec_fn=limit)


if __name__ == "__main__":
    unittest.main()
