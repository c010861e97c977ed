"""The recipes for corpora: what they cut, and that they give no part of a text for the whole."""

import gzip
import os
import shutil
import subprocess
import unittest

from support import CommandTest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DICTIONARY = rb"""00-database-info
     The preface is no entry.

Dichotomy \Di*chot"o*my\, n. [F. dichotomie.]
   1. A cutting in two; a {division}.
      [1913 Webster]

            A general breach or dichotomy with their
      church. --Sir T. Browne.

Lime \Lime\, n. (Bot.)
   The linden tree.
   [1913 Webster +PJC]
"""


class Recipes(CommandTest):
    def run_script(self, name, *arguments, **environment):
        return subprocess.run([os.path.join(ROOT, name), *arguments], cwd=self.folder, capture_output=True, check=False,
                              env={**os.environ, **environment})

    def test_an_entry_is_a_line_without_marks(self):
        self.write("dict.dz", DICTIONARY, zipped=True)
        done = self.run_script("corpus/gcide.sh", "dict.dz")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual([" ".join(line.split()) for line in done.stdout.decode().splitlines()], [
            "Dichotomy , n. [F. dichotomie.] 1. A cutting in two; a division . A general breach or dichotomy with "
            "their church.",
            "Lime , n. The linden tree."])

    def test_a_damaged_dictionary_is_an_error(self):
        whole = gzip.compress(DICTIONARY)
        for content in (whole[:-20], whole[:60] + b"\x55" + whole[61:], DICTIONARY):
            with open(self.path("dict.dz"), "wb") as file:
                file.write(content)
            done = self.run_script("corpus/gcide.sh", "dict.dz")
            self.assertEqual((done.returncode, done.stdout), (1, b""))
            self.assertIn(b"dict.dz is damaged", done.stderr)
        self.assertEqual(self.run_script("corpus/gcide.sh", "nothere").returncode, 2)

    def test_a_release_is_a_name_alone(self):
        """Folders of these names are removed, by root. A debootstrap that fails is in the way of a real one."""
        os.makedirs(self.path("releases/shared/wheels"))
        os.mkdir(self.path("bin"))
        self.write("releases/shared/wheels/made.whl", b"")
        self.write("bin/debootstrap", b"#!/bin/sh\nexit 1\n")
        os.chmod(self.path("bin/debootstrap"), 0o755)
        for name in ("", "shared", "../releases", "sid "):
            done = self.run_script("scripts/check-releases.sh", name, RELEASES=self.path("releases"), STAGES="wheel",
                                   PATH=self.path("bin") + ":" + os.environ["PATH"])
            self.assertTrue(os.path.exists(self.path("releases/shared/wheels/made.whl")), name)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"'%s' is no release of Debian" % name.encode(), done.stderr)

    @unittest.skipUnless(shutil.which("curl"), "only curl fetches from a file")
    def test_another_text8_is_refused(self):
        self.write("text8.zip", b"not the file it was")
        done = self.run_script("corpus/get.sh", "text8", ".", TEXT8_URL="file://" + self.path("text8.zip"))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(b"its SHA-256 differs", done.stderr)
        done = self.run_script("corpus/get.sh", "text8", ".", TEXT8_URL="file://" + self.path("nothere"))
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"cannot fetch", done.stderr)
        self.assertEqual(os.listdir(self.folder), ["text8.zip"])

    def test_the_demo_takes_names_from_where_it_is_called(self):
        done = self.run_script("scripts/demo.sh", "nothere.txt")
        self.assertEqual((done.returncode, done.stderr),
                         (2, b"demo.sh: cannot read %s\n" % self.path("nothere.txt").encode()))


if __name__ == "__main__":
    unittest.main()
