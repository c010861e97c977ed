#!/usr/bin/env python3
"""Runs benchmarks and prints their tables: `make bench` builds what it needs.

usage: bench.py [--markdown FILE [--dirty]] [SUBJECT...]

--markdown FILE   also puts the tables into FILE, in place of those of the same subjects, with machine, compiler, commit
                  and date; refuses a tree that differs from its commit
--dirty           do not refuse: the commit is then marked "-dirty"
Environment: BENCH_TEXT names a text, plain or gzipped (default: the dictionary of dict-gcide); QUICK=1
measures on less of it, once; BENCH_LOCK names files, with colons between, to lock while something is
measured."""

import argparse
import contextlib
import glob
import io
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import checkpoints
import growth
import lab
import resumed
import speed
import stability

OBJECTIVE_WORDS, QUICK_WORDS = 300_000, 60_000


def program_runner(path):
    """Of a benchmark in C: it prints by itself."""

    def run():
        environment = {"BENCH_TEXT": ""}
        with contextlib.suppress(lab.Skipped):
            environment["BENCH_TEXT"] = lab.Text(QUICK_WORDS if lab.quick() else OBJECTIVE_WORDS).plain
        print(lab.run([path], environment=environment).said)

    return run


def subjects():
    """Every subject's name, title, whether it runs unasked, and its function; in the order of the results."""
    found = []
    for source in sorted(glob.glob(os.path.join(lab.ROOT, "tests", "bench", "bench_*.c"))):
        name = os.path.basename(source)[len("bench_"):-len(".c")]
        path = os.path.join(lab.BUILD, "tests", "bench", "bench_" + name)
        found.append((name, name.capitalize(), True, program_runner(path)))
    return found + [
        ("first-pass", "The first pass", True, speed.first_pass),
        ("training", "Training", True, speed.training),
        ("whole", "The whole run", True, speed.whole),
        ("checkpoints", "Checkpoints", False, checkpoints.checkpoints),
        ("resumed", "Resumed on two threads", False, resumed.resumed),
        ("growth", "Growth and memory", False, growth.growth),
        ("stability", "Stability", False, stability.stability),
    ]


class Tee(io.TextIOBase):
    def __init__(self):
        self.kept = io.StringIO()

    def write(self, text):
        self.kept.write(text)
        sys.__stdout__.write(text)
        sys.__stdout__.flush()
        return len(text)


def update(path, measured, titles):
    """Replaces the sections of FILE that were measured; those of other titles stay, in their order."""
    head, sections = "", {}
    with contextlib.suppress(FileNotFoundError), open(path) as file:
        head, *parts = file.read().split("\n## ")
        sections = {part.split("\n", 1)[0]: part.split("\n", 1)[1].strip() for part in parts}
    sections.update({title: text.strip() for title, text in measured.items()})
    order = [title for title in titles if title in sections] + [title for title in sections if title not in titles]
    with open(path + ".part", "w") as file:
        file.write((head.strip() or "# What was measured") + "\n")
        for title in order:
            file.write("\n## %s\n\n%s\n" % (title, sections[title]))
    os.replace(path + ".part", path)


def check_tree(path, dirty):
    """Results that are kept come from a commit, so that others can repeat them."""
    changed = lab.changes(besides=path)
    if dirty or changed == []:
        return
    if changed is None:
        sys.exit("bench: results for %s need a commit, and this is no git tree; --dirty forces them" % path)
    sys.exit("bench: results for %s need a commit, and the tree differs from it in %s%s: commit or stash, or force "
             "with --dirty" % (path, ", ".join(changed[:3]), " and others" if len(changed) > 3 else ""))


def main():
    known = subjects()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--markdown", metavar="FILE")
    parser.add_argument("--dirty", action="store_true")
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT",
                        help="%s; the last four only when named" % ", ".join(name for name, *_ in known))
    arguments = parser.parse_args()
    names = [name for name, *_ in known]
    for name in arguments.subjects:
        if name not in names:
            parser.error("there is no benchmark %s: only %s" % (name, ", ".join(names)))
    if arguments.markdown:
        check_tree(arguments.markdown, arguments.dirty)
    where = lab.machine(besides=arguments.markdown)
    measured = {}
    print(where + "\n")
    for name, title, unasked, function in known:
        if name not in arguments.subjects if arguments.subjects else not unasked:
            continue
        tee = Tee()
        print("## %s\n" % title)
        try:
            with contextlib.redirect_stdout(tee):
                function()
        except lab.Skipped as skipped:
            print("%s: skipped, %s\n" % (name, skipped))
            continue
        measured[title] = where + "\n\n" + tee.kept.getvalue()
        if arguments.markdown:
            update(arguments.markdown, measured, [title for _, title, *_ in known])
    return 0


if __name__ == "__main__":
    sys.exit(main())
