"""Runs Python tests like `python3 -m unittest discover`, and does not let a skipped test pass unnoticed.

usage: run_python.py FOLDER [PATTERN]

A test that is skipped fails the run, unless its reason begins with "machine:": what it needs cannot be had on this
machine (another instruction set, a right to mount), or in this build. With NCE2VEC_SKIPS=FILE the reasons are appended
to the file, for the last lines of scripts/test.sh. NCE2VEC_MAY_SKIP=1 lets all skips pass: for machines on which
nothing can be installed.
"""
import os
import sys
import unittest

FORGIVEN = "machine:"


class Result(unittest.TextTestResult):
    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        name = "%s.%s" % (type(test).__module__, test.id().split(".")[-1])
        if "NCE2VEC_SKIPS" in os.environ:
            with open(os.environ["NCE2VEC_SKIPS"], "a", encoding="utf-8") as skips:
                skips.write("%s: %s\n" % (name, reason))
        if not reason.startswith(FORGIVEN) and os.environ.get("NCE2VEC_MAY_SKIP") != "1":
            self.failures.append((test, "skipped, which counts as a failure: %s\n"
                                        "(NCE2VEC_MAY_SKIP=1 lets it pass)\n" % reason))


def main(folder, pattern="test_*.py"):
    suite = unittest.defaultTestLoader.discover(folder, pattern=pattern, top_level_dir=folder)
    done = unittest.TextTestRunner(resultclass=Result).run(suite)
    if not done.testsRun:
        print("run_python.py: no test in %s matches %s" % (folder, pattern), file=sys.stderr)
    return 0 if done.wasSuccessful() and done.testsRun else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
