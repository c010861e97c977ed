"""Streams that are closed, pipes that wait, signals at awkward moments."""

import os
import subprocess
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


if __name__ == "__main__":
    unittest.main()
