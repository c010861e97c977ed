"""What the tests of the command line share: running it, texts to train on, reading what it wrote."""

import fcntl
import functools
import gzip
import os
import random
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

# A job in the background has SIGINT ignored, and its children inherit that: the tests of
# interrupts want it as at a terminal, wherever they run.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

PROGRAM = os.environ.get("NCE2VEC", "nce2vec")
SANITIZED = "-DSANITIZED=1" in os.environ.get("CFLAGS", "")  # many times slower: of the same, a part is enough
ALL = os.environ.get("NCE2VEC_ALL") == "1"  # make check-slow: also what takes long
TIMEOUT = 600  # only what hangs takes so many seconds, on whatever machine
PATIENCE = 120  # what comes at once on a machine that is not busy has come by then


# Runs a command, and prints its exit status and its peak of memory in KiB.
PEAK = """
import os, sys
_, status, usage = os.wait4(os.spawnvp(os.P_NOWAIT, sys.argv[1], sys.argv[1:]), 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss, file=sys.stderr)
"""


@functools.lru_cache(None)
def text(sentences=400, words=60, seed=1):
    """Sentences in which words of the same tens keep company, one a line."""
    draw = random.Random(seed)
    lines = []
    for _ in range(sentences):
        topic = draw.randrange(words // 10) * 10
        lines.append(" ".join("word%d" % (topic + draw.randrange(10)) for _ in range(12)))
    return ("\n".join(lines) + "\n").encode()


def read_text(path):
    """Words and rows of a word2vec text file, each number as a float. With NumPy 2, gensim 4.3 writes np.float32(1)."""
    with open(path, "rb") as file:
        count, dim = map(int, file.readline().split())
        rows = {}
        for line in file:
            word, *numbers = line.decode().split()
            numbers = [float(n.removeprefix("np.float32(").removesuffix(")")) for n in numbers]
            rows[word] = [struct.unpack("<f", struct.pack("<f", n))[0] for n in numbers]
            assert len(rows[word]) == dim
    assert len(rows) == count
    return rows


def read_binary(path):
    with open(path, "rb") as file:
        count, dim = map(int, file.readline().split())
        rows = {}
        for _ in range(count):
            word = b""
            while (byte := file.read(1)) != b" ":
                word += byte
            rows[word.decode()] = list(struct.unpack("<%df" % dim, file.read(4 * dim)))
            assert file.read(1) == b"\n"
        assert file.read() == b""
    return rows


@functools.lru_cache(None)
def has_module(python, module):
    """Without an import: of large modules it takes a second."""
    search = "import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)"
    return subprocess.run([python, "-c", search, module], stderr=subprocess.DEVNULL, check=False).returncode == 0


def wait_until(condition, what):
    """Waits for the thing itself, however long a busy machine takes for it."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("waited %d seconds in vain until %s" % (PATIENCE, what))
        time.sleep(0.01)


# gensim 4.3 writes numbers as repr shows them, which is "np.float32(0.5)" since NumPy 2.
PLAIN_NUMBERS = """
import numpy
if numpy.__version__ > "2":
    numpy.set_printoptions(legacy="1.25")
"""

F_GETPIPE_SZ = 1032  # fcntl has it since Python 3.10


def is_full(pipe):
    waiting = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0]
    return waiting > fcntl.fcntl(pipe, F_GETPIPE_SZ) - select.PIPE_BUF


class Background:
    """The program at work beside the test, and what it has said so far."""

    def __init__(self, test, *arguments, **more):
        self.error = tempfile.TemporaryFile()
        test.addCleanup(self.error.close)
        self.process = subprocess.Popen([PROGRAM, *map(str, arguments)], cwd=test.folder,
                                        **{"stdin": subprocess.DEVNULL, "stderr": self.error, **more})
        test.addCleanup(self.process.wait)
        test.addCleanup(self.process.kill)

    def said(self):
        return os.pread(self.error.fileno(), 1 << 20,
                        0).decode(errors="replace")  # the file's position is the program's

    def wait_until(self, condition, what):
        def met():
            if condition():
                return True
            if self.process.poll() is not None:
                raise AssertionError("the program ended before %s: %s" % (what, self.said()))
            return False

        wait_until(met, what)

    def wait_until_said(self, words):
        self.wait_until(lambda: words in self.said(), "it says '%s'" % words)

    def seconds_worked(self):
        """Processor time."""
        with open("/proc/%d/stat" % self.process.pid, encoding="ascii") as stat:
            user, system = stat.read().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def wait_until_it_has_worked(self):
        """In the middle of its work, however busy the machine is."""
        end = self.seconds_worked() + (0.2 if SANITIZED else 0.06)
        self.wait_until(lambda: self.seconds_worked() >= end, "it has worked")

    def wait_until_signals_are_held(self, number=signal.SIGINT):
        """From then on an interrupt is heeded where it is asked for, and nothing is left behind."""
        def held():
            with open("/proc/%d/status" % self.process.pid, encoding="ascii") as status:
                masks = dict(line.split(":", 1) for line in status)
            return int(masks["SigBlk"], 16) >> (number - 1) & 1

        self.wait_until(held, "it holds signal %d" % number)

    def seconds_to_stop(self, number=signal.SIGINT, times=1):
        start = time.monotonic()
        for _ in range(times):
            self.process.send_signal(number)
        self.process.wait(TIMEOUT)
        return time.monotonic() - start

    def end(self):
        return self.process.wait(TIMEOUT)


class CommandTest(unittest.TestCase):
    """A folder of its own, where the program runs."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="nce2vec-test-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content, zipped=False):
        with open(self.path(name), "wb") as file:
            file.write(gzip.compress(content, 1) if zipped else content)
        return name

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def run_program(self, *arguments, given=None, **more):
        return subprocess.run(
            [PROGRAM, *map(str, arguments)],
            cwd=self.folder,
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=TIMEOUT,
            check=False,
            **more,
        )

    def succeeds(self, *arguments, given=None, **more):
        done = self.run_program(*arguments, given=given, **more)
        self.assertEqual(done.returncode, 0, done.stderr.decode(errors="replace"))
        return done

    def fails(self, code, says, *arguments, given=None, **more):
        """The exit status, a message of one line that says this, and no file that was not there before."""
        before = sorted(os.listdir(self.folder))
        done = self.run_program(*arguments, given=given, **more)
        message = done.stderr.decode(errors="replace")
        last = message.rstrip("\n").split("\n")[-1]
        self.assertEqual(done.returncode, code, message)
        self.assertTrue(last.startswith("nce2vec: "), message)
        self.assertIn(says, last)
        self.assertEqual(sorted(os.listdir(self.folder)), before)
        if code == 2:
            self.assertEqual(message.count("\n"), 1, message)
        return done

    def interrupted(self, start, number=signal.SIGINT, times=1):
        """The last line of a program that is stopped where start() has brought it: within a second, with nothing
        left behind. What else the machine does can only add to the time, so the best of a few runs counts."""
        before = sorted(os.listdir(self.folder))
        seconds = []
        while not seconds or (min(seconds) >= 1 and len(seconds) < 5):
            program = start()
            seconds.append(program.seconds_to_stop(number, times))
            self.assertEqual(program.process.returncode, 128 + number, program.said())
            self.assertEqual(sorted(os.listdir(self.folder)), before)
        self.assertLess(min(seconds), 1, seconds)
        return program.said().splitlines()[-1]

    def peak(self, *arguments):
        """The most memory that the program had, in bytes. A process counts that of the one which started it, too: here
        a small one."""
        done = subprocess.run([sys.executable, "-I", "-S", "-c", PEAK, PROGRAM, *map(str, arguments)], cwd=self.folder,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
        status, peak = done.stderr.split()[-2:]
        self.assertEqual(int(status), 0, done.stderr)
        return 1024 * int(peak)

    def train(self, *arguments, given=None, **more):
        return self.succeeds("train", *arguments, given=given, **more)
