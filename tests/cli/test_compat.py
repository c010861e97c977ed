"""A program that was built against the first public headers, with the library of now: tests/compat."""

import hashlib
import os
import re
import shlex
import subprocess
import unittest

from installed import CC, CFLAGS, ROOT
from support import TIMEOUT, CommandTest, text

COMPAT = os.path.join(ROOT, "tests", "compat")
LIBRARY = os.environ["NCE2VEC_LIBRARY"]


class Compatibility(CommandTest):
    def test_program_of_yesterday_runs(self):
        self.write("small.txt", text())
        libraries = os.path.dirname(LIBRARY)
        done = subprocess.run([*CC, "-std=c11", "-Wall", "-Wextra", "-Werror", *CFLAGS, "-I", COMPAT + "/include", "-o",
                               self.path("program"), COMPAT + "/program.c", LIBRARY, "-lm", "-Wl,-rpath," + libraries],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        self.assertEqual(done.returncode, 0, "%s\n%s" % (shlex.join(done.args), done.stdout))
        done = subprocess.run([self.path("program"), "small.txt", "v.n2v"], cwd=self.folder, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=TIMEOUT, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        version = re.search(r"\d+\.\d+\.\d+", self.succeeds("--version").stdout.decode()).group()
        self.assertEqual(lines[0], "version %s, built against 0.1.0" % version)
        self.assertRegex(lines[1], r"^sgns and \d\d more objectives, \d+ formats$")
        self.assertEqual(lines[2:], ["trained on 9600 words of 2 epochs", "nearest: cosine at least the second's",
                                     "loss 1.386294, gradient -0.50 0.50", "own loss 4.5"])

    def test_headers_of_yesterday_are_its_own(self):
        """The program sees the kept headers, whatever those of today are."""
        done = subprocess.run([*CC, "-std=c11", "-M", "-I", COMPAT + "/include", COMPAT + "/program.c"],
                              stdout=subprocess.PIPE, text=True, check=True)
        used = {os.path.relpath(path, ROOT) for path in re.findall(r"\S*nce2vec\S*\.h|\S*/status\.h|\S*/objective\.h",
                                                                   done.stdout)}
        self.assertEqual(used, {"tests/compat/include/nce2vec.h", "tests/compat/include/nce2vec/objective.h",
                                "tests/compat/include/nce2vec/status.h"})

    def test_headers_of_yesterday_are_not_edited(self):
        """Each is, to the byte, as it was in the first commit of the interface."""
        for name, wanted in (
                ("nce2vec.h", "d948200d1f8967be69d20d95392ded260221aff1d2d53bf5b4af9335d74cc4bf"),
                ("nce2vec/objective.h", "b8ef87da59fe810ac0ad16ed9cad49b087b9429104350e298017eddec16424ea"),
                ("nce2vec/status.h", "79f9d0ff01576c1aff2263d8ae34409e69be048d8fdd68d99a5374e825c9688a")):
            with open(os.path.join(COMPAT, "include", name), "rb") as file:
                self.assertEqual(hashlib.sha256(file.read()).hexdigest(), wanted, name)


if __name__ == "__main__":
    unittest.main()
