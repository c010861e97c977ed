"""Commands in Python, run in this process: what they print and their exit status."""
import contextlib
import io
import json
import os
import tempfile
import unittest
from pathlib import Path

import toy  # noqa: F401 (the path of the package)

from nce2vec.commands import run


class CommandCase(unittest.TestCase):
    """Runs in a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        self.folder = Path(folder.name)
        os.chdir(self.folder)

    def run_command(self, *arguments):
        """(exit status, standard output, standard error)"""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = run(arguments[0], list(map(str, arguments[1:])))
            except SystemExit as end:
                status = end.code or 0
        return status, out.getvalue(), err.getvalue()

    def succeeds(self, *arguments):
        status, out, err = self.run_command(*arguments)
        self.assertEqual(status, 0, out + err)
        return out

    def json(self, *arguments):
        return json.loads(self.succeeds(*arguments, "--json"))

    def fails(self, status, says, *arguments):
        """With one sentence on standard error."""
        found, out, err = self.run_command(*arguments)
        self.assertEqual(found, status, out + err)
        self.assertIn(says, err)
        self.assertEqual((out, err.count("\n")), ("", 1), err)
