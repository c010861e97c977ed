#!/usr/bin/env python3
"""Plants the bugs of bugs.py one at a time and reports which tests notice them.

usage: planted.py [--check] [--only TEXT] [--again] [--jobs N] [--part I/N]

Each bug goes into a copy of the tree in build/planted, which is built incrementally. Then the tests that concern the
file run, those of TESTS first, until one fails twice or hangs. Results are kept in build/planted/results.jsonl: a run
that was interrupted continues. --again forgets them. --only takes the bugs whose file or description contains TEXT.
--part 1/3 takes each third bug, in a copy of its own: several parts can run at once.
--check only looks whether every bug still applies; every run begins with that, and ends there if one does not.
Exit status 1: a bug was not noticed, or did not compile. 2: a bug, or a row of TESTS, does not fit the tree."""

import argparse
import filecmp
import glob
import json
import os
import shutil
import signal
import subprocess
import sys

from bugs import BUGS

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(ROOT, "build", "planted")
RESULTS = os.path.join(FOLDER, "results.jsonl")
CFLAGS = "-O1"
SYSTEM_PYTHON = "/usr/bin/python3"  # Debian's, which has NumPy and SciPy
UNIT_SECONDS, SCRIPT_SECONDS, BUILD_SECONDS = 300, 600, 900

# What concerns a file: the rows that its path begins with, the longest first. u/: tests/unit, o/: tests/objectives,
# c/: tests/cli, e/: tests/eval.
TESTS = {
    "src/base/": "u/base u/number u/float_text u/json u/edit_distance u/settings u/spellings u/tokenizer u/formats",
    "src/base/clock": "u/clock",
    "src/base/edit": "u/edit_distance",
    "src/base/format": "u/float_text",
    "src/base/json": "u/json",
    "src/base/names": "u/number u/settings",
    "src/base/number": "u/number",
    "src/base/parse": "u/float_text",
    "src/base/random": "u/initialize u/noise",
    "src/base/status": "u/base u/settings u/settings_rules",
    "src/base/threads": "u/threads",
    "src/base/utf8": "u/base u/tokenizer u/json",
    "src/io/": "u/reader u/writer u/durability u/saving u/sources c/streams",
    "src/io/writer": "u/writer u/durability",
    "src/settings/": "u/settings u/settings_rules u/heldout u/corpus_api c/usage",
    "src/noise/": "u/noise u/streams u/windows u/likelihood u/heldout_loss u/optimum",
    "src/kernels/": "u/kernel_update u/kernel_rows u/kernel_scores u/kernel_cells u/kernel_math u/kernel_softmax "
                    "u/kernels u/tile u/batches",
    "src/kernels/dispatch": "u/kernels u/settings_rules",
    "src/kernels/vector_rows": "u/kernel_rows",
    "src/kernels/vector_scores": "u/kernel_scores",
    "src/corpus/": "u/corpus u/blocks u/tokenizer u/vocabulary u/sources u/heldout u/corpus_api c/heldout",
    "src/corpus/blocks": "u/blocks",
    "src/corpus/encode": "u/heldout",
    "src/corpus/sentences": "u/sources",
    "src/corpus/sources": "u/sources",
    "src/corpus/start_words": "u/ranks c/start",
    "src/corpus/tokenizer": "u/tokenizer u/sources",
    "src/corpus/unite": "u/ranks",
    "src/corpus/vocabulary": "u/vocabulary",
    "src/objectives/": "o/registry o/gradients u/evaluation o/sets o/extremes o/accuracy u/settings_rules "
                       "u/likelihood u/clipping",
    "src/objectives/parse": "o/registry u/settings_rules",
    "src/objectives/plugin": "c/plugins",
    "src/objectives/registry": "o/registry u/settings_rules",
    "src/objectives/validate": "o/sets",
    "src/model/": "u/formats u/layouts u/select u/export u/record u/saving u/public_vectors u/public_output c/convert",
    "src/model/record": "u/record",
    "src/model/select": "u/select",
    "src/query/": "u/search u/public_search u/likelihood u/public_likelihood u/spellings u/public_vectors",
    "src/query/likelihood": "u/likelihood u/public_likelihood c/likelihood",
    "src/query/norms": "u/search u/public_vectors",
    "src/query/spellings": "u/spellings",
    "src/train/": "u/learning_rate u/tile u/windows u/batches u/streams u/initialize u/heldout_loss u/pauses "
                  "u/public_trainer u/progress u/clipping u/settings_rules u/training u/optimum",
    "src/train/examples": "u/learning_rate u/streams",
    "src/train/initialize": "u/initialize",
    "src/train/layouts/batches": "u/batches u/learning_rate",
    "src/train/overlay": "u/rates u/rounds",
    "src/train/rates": "u/rates",
    "src/train/rounds/": "u/rounds u/rates",
    "src/train/stand_ins": "u/rates",
    "src/train/train_settings": "u/settings_rules",
    "src/train/trainer": "u/pauses u/heldout_loss",
    "src/api/": "u/api u/evaluation u/corpus_api u/heldout u/public_vectors u/public_output u/public_search "
                "u/public_likelihood u/public_trainer u/settings u/settings_rules u/observer c/api",
    "src/api/corpus": "u/corpus_api u/heldout",
    "src/api/evaluat": "u/evaluation",
    "src/api/likelihood": "u/public_likelihood",
    "src/api/output": "u/public_output",
    "src/api/rate_list": "c/start",
    "src/api/search": "u/public_search",
    "src/api/settings": "u/settings",
    "src/api/start": "c/start",
    "src/api/trainer": "u/public_trainer",
    "src/api/vectors": "u/public_vectors",
    "src/cli/difference": "c/difference c/plugins",
    "src/cli/files": "c/bad_input c/convert",
    "src/cli/info": "c/info",
    "src/cli/likelihood": "c/likelihood",
    "src/cli/lines": "c/queries c/neighbors",
    "src/cli/metrics": "c/metrics",
    "src/cli/queries": "c/queries c/neighbors",
    "src/cli/print": "c/print c/info c/neighbors c/train",
    "eval/analogy": "e/analogy e/scripts",
    "eval/categories": "e/categories",
    "eval/n2v": "e/vectors",
    "eval/reporting": "e/report",
    "eval/significance": "e/significance e/similarity",
    "eval/similarity": "e/similarity",
    "eval/vectors": "e/vectors e/similarity",
}
FOLDERS = {"u": "tests/unit", "o": "tests/objectives", "c": "tests/cli", "e": "tests/eval"}

# Files that are compiled for, or tested on, processors with these flags alone.
NEEDS = {"src/kernels/avx512bf16.c": "avx512_bf16", "src/kernels/avx512": "avx512bw", "src/kernels/avx2": "avx2",
         "src/kernels/x86": "avx2", "src/kernels/vector_": "avx2"}


def tests_of(path):
    """The names of the tests that concern a file, in the order in which they run."""
    rows = sorted((prefix for prefix in TESTS if path.startswith(prefix)), key=len, reverse=True)
    return list(dict.fromkeys(test for prefix in rows for test in TESTS[prefix].split()))


def program(test):
    return "build/%s/test_%s" % (FOLDERS[test[0]], test[2:])


def needed(test):
    """What make must build for a test; None: nothing."""
    return {"u": program(test), "o": program(test), "c": "all", "e": None}[test[0]]


def lacking(path):
    """The processor's flag that a file needs and this machine lacks."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        flags = set(file.read().split())
    return next((flag for prefix, flag in NEEDS.items() if path.startswith(prefix) and flag not in flags), None)


class DoesNotBuild(Exception):
    pass


class Copy:
    """A copy of the tree, which is built in itself."""

    def __init__(self, name, jobs):
        self.tree = os.path.join(FOLDER, name)
        self.output = self.tree + ".txt"  # of the last command
        self.jobs = jobs

    def path(self, *parts):
        return os.path.join(self.tree, *parts)

    def sync(self):
        """Makes it what the tree is now. Only what differs is written, so that only that is built again."""
        listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                                check=True, stdout=subprocess.PIPE).stdout.decode().split("\0")
        for path in filter(None, listed):
            source, copy = os.path.join(ROOT, path), self.path(path)
            if not os.path.exists(source):
                if os.path.exists(copy):
                    os.remove(copy)
            elif not os.path.exists(copy) or not filecmp.cmp(source, copy, shallow=False):
                os.makedirs(os.path.dirname(copy), exist_ok=True)
                shutil.copy(source, copy)

    def write(self, path, text):
        with open(self.path(path), "w", encoding="utf-8") as file:
            file.write(text)

    def run(self, command, seconds, environment=None):
        """True: it succeeded. False: it failed, None: it took too long. Its processes end with it."""
        with open(self.output, "wb") as output:
            process = subprocess.Popen(command, cwd=self.tree, stdout=output, stderr=output, stdin=subprocess.DEVNULL,
                                       start_new_session=True, env={**os.environ, **(environment or {})})
            try:
                return process.wait(seconds) == 0
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return None

    def make(self, *targets):
        command = ["make", "-s", "-j%d" % self.jobs, "BUILD=build", "CFLAGS=" + CFLAGS, *targets]
        if targets and not self.run(command, BUILD_SECONDS):
            raise DoesNotBuild("does not build, see " + os.path.relpath(self.output, ROOT))

    def passes(self, test):
        """As run()."""
        if test[0] in "uo":
            return self.run([self.path(program(test))], UNIT_SECONDS)
        environment = {"NCE2VEC": self.path("build/nce2vec"), "NCE2VEC_LIBRARY": self.path("build/libnce2vec.so"),
                       "CC": os.environ.get("CC", "cc"), "CFLAGS": CFLAGS}
        python = SYSTEM_PYTHON if test[0] == "e" and os.path.exists(SYSTEM_PYTHON) else sys.executable
        return self.run([python, "tests/run_python.py", FOLDERS[test[0]], "test_%s.py" % test[2:]], SCRIPT_SECONDS,
                        environment)

    def noticed_by(self, tests):
        """The first test that fails twice or hangs; None: all pass."""
        built = set()
        for at, test in enumerate(tests):
            if needed(test) and needed(test) not in built:  # the first by itself: it notices most bugs
                targets = set(filter(None, map(needed, tests[at : at + 6] if at else tests[:1])))
                self.make(*targets)
                built.update(targets)
            result = self.passes(test)
            if result is None:
                return test + " (hangs)"
            if not result and not self.passes(test):
                return test
        return None

    def save_objects(self, path):
        """What was compiled from a file: {object: its bytes}."""
        saved = {}
        for names in glob.glob(self.path("build", "**", "*.d"), recursive=True):
            compiled = names[:-1] + "o"
            with open(names, encoding="utf-8") as file:
                if os.path.exists(compiled) and path in file.read().split():
                    with open(compiled, "rb") as file:
                        saved[compiled] = file.read()
        return saved

    def plant(self, bug):
        """What becomes of a bug, for the table."""
        path, old, new, _ = bug
        with open(os.path.join(ROOT, path), encoding="utf-8") as file:
            text = file.read()
        flag = lacking(path)
        if flag:
            return "not tested: this processor lacks " + flag
        saved = self.save_objects(path)
        self.write(path, text.replace(old, new))
        try:
            return self.noticed_by(tests_of(path)) or "NOT NOTICED"
        except DoesNotBuild as error:
            return "ERROR: %s" % error
        finally:
            self.write(path, text)
            for compiled, before in saved.items():  # of the text without the bug: they need not be compiled again
                with open(compiled, "wb") as file:
                    file.write(before)


def stale():
    """A line for each entry of bugs.py that does not apply any more, and of TESTS that names nothing."""
    for path, old, _, breaks in BUGS:
        if not os.path.exists(os.path.join(ROOT, path)):
            yield "bugs.py: there is no %s (%s)" % (path, breaks)
            continue
        with open(os.path.join(ROOT, path), encoding="utf-8") as file:
            times = file.read().count(old)
        if times != 1:
            yield "bugs.py: the old text appears %d times in %s (%s): %r" % (times, path, breaks, old)
        if not tests_of(path):
            yield "TESTS: nothing tests %s" % path
    for prefix in TESTS:
        if not glob.glob(os.path.join(ROOT, prefix) + "*"):
            yield "TESTS: there is no file %s*" % prefix
    for test in sorted({test for tests in TESTS.values() for test in tests.split()}):
        source = "%s/test_%s.%s" % (FOLDERS[test[0]], test[2:], "c" if test[0] in "uo" else "py")
        if not os.path.exists(os.path.join(ROOT, source)):
            yield "TESTS: there is no %s" % source


def load_results(again):
    if again and os.path.exists(RESULTS):
        os.remove(RESULTS)
    if not os.path.exists(RESULTS):
        return {}
    with open(RESULTS, encoding="utf-8") as file:
        return {tuple(bug): result for bug, result in map(json.loads, file)}


def print_share(results):
    missed, untested, errors = (sum(result.startswith(word) for result in results)
                                for word in ("NOT NOTICED", "not tested", "ERROR"))
    planted = len(results) - untested - errors
    print("\n%d bugs planted, %d noticed (%.0f %%); %d not tested here, %d that do not build"
          % (planted, planted - missed, 100 * (planted - missed) / max(1, planted), untested, errors))
    return missed or errors


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", metavar="TEXT", default="")
    options.add_argument("--again", action="store_true")
    options.add_argument("--check", action="store_true")
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N")
    options.add_argument("--part", default="1/1", metavar="I/N")
    options = options.parse_args()
    found = list(stale())
    if found:
        print("\n".join(found), file=sys.stderr)
        sys.exit(2)
    if options.check:
        sys.exit(0)
    part, parts = map(int, options.part.split("/"))
    copy = Copy("tree%d" % part, options.jobs)
    os.makedirs(copy.tree, exist_ok=True)
    copy.sync()
    results = load_results(options.again)
    bugs = [bug for bug in BUGS if options.only in bug[0] or options.only in bug[3]][part - 1 :: parts]
    for bug in bugs:
        if bug not in results or results[bug].startswith(("NOT NOTICED", "ERROR")):
            results[bug] = copy.plant(bug)
            with open(RESULTS, "a", encoding="utf-8") as file:
                file.write(json.dumps([bug, results[bug]]) + "\n")
        print("%-36s  %-72s  %s" % (bug[0], bug[3], results[bug]), flush=True)
    sys.exit(1 if print_share([results[bug] for bug in bugs]) else 0)


if __name__ == "__main__":
    main()
