"""Streams that are closed, pipes that wait, signals at awkward moments."""

import os
import resource
import signal
import subprocess
import time
import unittest

from support import PROGRAM, TIMEOUT, Background, CommandTest, is_full, text

SMALL = ("--dim", "16", "--epochs", "2", "--threads", "1")


class ClosedStreams(CommandTest):
    """The shell closes 0, 1, 2 before the program starts."""

    def setUp(self):
        super().setUp()
        self.write("text", text())
        self.train("text", "-o", "expected", *SMALL)

    def run_closed(self, closed, *arguments):
        return subprocess.run(["sh", "-c", 'exec "$0" "$@" %s' % closed, PROGRAM, *arguments], cwd=self.folder,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIMEOUT,
                              check=False)

    def test_a_reader_that_ends_is_not_reported(self):
        self.write("text", b" ".join(b"word%d" % i for i in range(20000)))
        for command in (("vocab", "--min-count", "1"), ("train", "--min-count", "1", "--save-vocab", "v", *SMALL)):
            read, write = os.pipe()
            os.close(read)
            done = subprocess.run([PROGRAM, *command, "text", "-q", "-o", "-"], cwd=self.folder, stdout=write,
                                  stderr=subprocess.PIPE, timeout=TIMEOUT, check=False)
            os.close(write)
            self.assertEqual((done.returncode, done.stderr), (1, b""))

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

    def interrupt(self, *arguments, until=None, number=signal.SIGINT, times=1, **more):
        """Interrupts it when until(program) holds, or where it has nothing to do but wait."""
        def start():
            program = Background(self, *arguments, **more)
            program.wait_until_signals_are_held(number)
            if until:
                program.wait_until(lambda: until(program), "it waits")
            else:
                time.sleep(0.3)  # it is on its way to the wait, and the outcome is the same wherever it is
            return program

        return self.interrupted(start, number, times)

    def test_a_vocabulary_from_a_silent_pipe(self):
        self.assertIn("interrupted before training", self.interrupt("train", "text", "-o", "v", "--read-vocab", "fifo"))

    def test_a_vocabulary_from_an_endless_pipe(self):
        feeder = subprocess.Popen(["sh", "-c", "while :; do (i=0; while :; do i=$((i+1)); echo word$i 7; done) >fifo; "
                                   "done"], cwd=self.folder, stderr=subprocess.DEVNULL, start_new_session=True)
        self.addCleanup(feeder.wait)
        self.addCleanup(os.killpg, feeder.pid, signal.SIGKILL)
        self.interrupt("train", "text", "-o", "v", "--read-vocab", "fifo")

    def test_vectors_from_a_silent_pipe(self):
        self.assertIn("interrupted while reading fifo", self.interrupt("convert", "fifo", "v.bin"))
        self.interrupt("likelihood", "fifo", "text")

    def test_a_pipe_that_nobody_reads_from(self):
        self.assertIn("interrupted: nothing was written to fifo", self.interrupt("train", "text", "-o", "fifo"))

    def test_a_pipe_whose_reader_sleeps(self):
        def interrupt(open_pipe, output, *options):
            """Where it waits for room in a pipe, which is a new one each time."""
            pipes = []

            def start():
                while pipes:
                    os.close(pipes.pop())
                pipes.extend(open_pipe())
                more = {"stdout": pipes[1]} if len(pipes) > 1 else {}
                program = Background(self, "train", "text", "-o", output, *options, "--dim", "64", "--epochs", "1",
                                     **more)
                program.wait_until(lambda: is_full(pipes[0]), "the pipe is full")
                return program

            said = self.interrupted(start)
            while pipes:
                os.close(pipes.pop())
            return said

        self.assertIn("interrupted: standard output is not complete", interrupt(os.pipe, "-"))
        self.assertIn("interrupted: fifo is not complete",
                      interrupt(lambda: [os.open(self.path("fifo"), os.O_RDONLY | os.O_NONBLOCK)], "fifo",
                                "--save-vocab", "w"))

    def test_a_slow_reader_gets_everything(self):
        self.train("text", "-o", "v.txt", *SMALL)
        program = Background(self, "train", "text", "-q", "-o", "fifo", *SMALL)
        with open(self.path("fifo"), "rb") as fifo:
            program.wait_until(lambda: is_full(fifo), "the pipe is full")
            time.sleep(0.3)  # longer than it waits at once
            self.assertEqual(fifo.read(), self.read("v.txt"))
        self.assertEqual(program.end(), 0)

    def test_hanging_up_and_asking_twice(self):
        for number, times in ((signal.SIGHUP, 1), (signal.SIGINT, 3)):
            self.interrupt("train", "text", "-o", "v", "--epochs", "100000", number=number, times=times,
                           until=lambda program: "training" in program.said())

    def test_a_limit_on_the_size_of_files(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (10000, 10000))

        self.fails(1, "cannot write v.txt: File too large", "train", "text", "-o", "v.txt", *SMALL, preexec_fn=limit)


if __name__ == "__main__":
    unittest.main()
