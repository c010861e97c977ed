"""What the tests of several ranks share: running the program by the launcher of an MPI.

MPIRUN is the launcher with its arguments but -n N, NCE2VEC_ALONE the program of a build without MPI."""

import os
import shlex
import stat
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "cli"))

from support import PROGRAM, Background, CommandTest  # noqa: E402

MPIRUN = shlex.split(os.environ.get("MPIRUN", "mpirun"))
ALONE = os.environ.get("NCE2VEC_ALONE", "nce2vec")
RANK = "${PMIX_RANK:-$PMI_RANK}"  # in a shell that the launcher starts
# Open MPI: the seconds until it sends SIGTERM to the other ranks of one that has failed, and again until SIGKILL.
os.environ.setdefault("OMPI_MCA_odls_base_sigkill_timeout", "0")
SMALL = ("--dim", "16", "--min-count", "1", "--threads", "1", "--subsample", "0")
HANGS_AFTER = 60
LONG = (*SMALL, "--epochs", "100000")


class Ranks(Background):
    """Several ranks at work beside the test."""

    def __init__(self, test, count, *arguments, program=PROGRAM, environment=()):
        self.error = tempfile.TemporaryFile()
        test.addCleanup(self.error.close)
        self.process = subprocess.Popen([*MPIRUN, "-n", str(count), program, *map(str, arguments)], cwd=test.folder,
                                        stdin=subprocess.DEVNULL, stdout=self.error, stderr=self.error,
                                        env={**os.environ, **dict(environment)})
        test.addCleanup(self.process.wait)
        test.addCleanup(self.process.kill)


class RanksTest(CommandTest):
    def run_ranks(self, count, *arguments, program=PROGRAM):
        return subprocess.run([*MPIRUN, "-n", str(count), program, *map(str, arguments)], cwd=self.folder,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=float(os.environ.get("HANG", HANGS_AFTER)), check=False)

    def train_ranks(self, count, *arguments, program=PROGRAM):
        """What rank 0 prints; all ranks succeed."""
        done = self.run_ranks(count, "train", *arguments, program=program)
        said = done.stderr.decode()
        self.assertEqual(done.returncode, 0, said)
        lines = [line for line in said.splitlines() if "warning" not in line.lower()]
        self.assertEqual(len(lines), len(set(lines)), said)  # nothing is said twice
        return said

    def ranks_fail(self, says, count, *arguments, program=PROGRAM, code=None):
        """One message, whatever the launcher adds, and no new file."""
        before = sorted(os.listdir(self.folder))
        done = self.run_ranks(count, "train", *arguments, program=program)
        said = done.stderr.decode(errors="replace")
        self.assertNotEqual(done.returncode, 0, said)
        if code is not None:
            self.assertEqual(done.returncode, code, said)
        errors = [line for line in said.splitlines() if line.startswith("nce2vec: ")]
        self.assertEqual(len(errors), 1, said)
        self.assertIn(says, errors[0])
        self.assertEqual(sorted(os.listdir(self.folder)), before, said)
        return errors[0]

    def wrapper(self, *lines):
        """A program that does something for some ranks, then becomes nce2vec."""
        path = self.path("wrapper")
        with open(path, "w", encoding="ascii") as file:
            file.write("\n".join(["#!/bin/sh", "rank=%s" % RANK, *lines, 'exec %s "$@"' % shlex.quote(PROGRAM), ""]))
        os.chmod(path, stat.S_IRWXU)
        return path

    def process_of(self, rank):
        with open(self.path("process.%d" % rank), encoding="ascii") as file:
            return int(file.read())
