"""All faults, and a table of them.

usage: faults.py [quick|large|whole|more] [--markdown FILE]

quick: a sample. large: of each kind of call at most 60 in a command, evenly spread, so that what many commands do fails
in another place for each. whole: every call of every kind (of the many of check-objective a sample). more: the same on
a larger text, and all later calls failing from each call on. With --markdown the tables replace those in FILE, between
two lines that mark them. Exit status 1: something is wrong, and standard error says what."""

import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile

from commands import BUILT, KINDS, SANITIZED, LEAKED, Folder
from disk import NoMount, disk
from inject import inject
from kill import kill
from power import power
from same_bytes import CLIENT, SIGNALS, same_bytes

Level = collections.namedtuple("Level", "sentences most onward_every share api disk_every power_every kills objectives")
LEVELS = {
    "quick": Level(40, 2, 2, 0.06, 1, 6, 8, 3, ("nce",)),
    "large": Level(40, 60, 6, 1, 60, 2, 1, 40, None),
    "whole": Level(40, 400, 3, 1, 0, 1, 1, 100, None),
    "more": Level(400, 1500, 1, 1, 0, 1, 1, 500, None),
}
MARK, END = "<!-- faults.py writes what follows -->", "<!-- to here -->"


def run_commands(files, level):
    return inject(files, level.most, level.onward_every, level.share)


def run_api(files, level):
    """Returns what is wrong, and (scenario, kind) -> [injected, refused]."""
    folder = tempfile.mkdtemp(dir="/dev/shm" if os.path.isdir("/dev/shm") else None)  # a short path
    try:
        shutil.copytree(files.inputs, folder, dirs_exist_ok=True)
        environment = {**os.environ, "TMPDIR": folder, "LC_ALL": "C"}
        if SANITIZED:
            environment["ASAN_OPTIONS"] = "verify_asan_link_order=0:exitcode=%d:detect_leaks=1" % LEAKED
        done = subprocess.run([os.path.abspath(os.path.join(BUILT, "api")), folder, str(level.api)], env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        shutil.rmtree(folder)
    table = {}
    for line in done.stdout.splitlines():
        scenario, kind, injected, refused = line.split("\t")
        table[scenario, kind] = [int(injected), int(refused)]
    problems = done.stderr.splitlines()
    if done.returncode and not problems:
        problems = ["api: exit status %d" % done.returncode]
    return problems, table


def run_disk(files, level):
    try:
        return disk(files, True, level.disk_every)
    except NoMount:
        return disk(files, False, level.disk_every)


def run_power(files, level):
    return power(files, level.power_every)


def in_folder(run, *arguments):
    folder = tempfile.mkdtemp(prefix="nce2vec-faults-")
    try:
        return run(folder, *arguments)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_kills(_, level):
    return in_folder(kill, level.kills)


def run_resumed(_, level):
    return in_folder(same_bytes, level.objectives)


def rows_by_kind(title, table):
    """A line for each name: how many calls of each kind failed, and in how many of these runs an error came of it."""
    kinds = [kind for kind in KINDS if any(key[1] == kind for key in table)]
    lines = ["| %s | %s | all |" % (title, " | ".join(kinds)), "|---|%s" % ("---:|" * (len(kinds) + 1))]
    for name in dict.fromkeys(key[0] for key in table):
        cells = ["%d/%d" % tuple(table[name, kind]) if (name, kind) in table else "" for kind in kinds]
        total = [sum(row[i] for key, row in table.items() if key[0] == name) for i in (0, 1)]
        lines.append("| %s | %s | %d/%d |" % (name, " | ".join(cells), *total))
    total = tuple(sum(row[i] for row in table.values()) for i in (0, 1))
    return lines + ["| **all** |%s %d/%d |" % (" |" * len(kinds), *total)]


def rows_of_disks(table):
    lines = ["| command | limit of a file's size | size of the file system |", "|---|---:|---:|"]
    for name in dict.fromkeys(key[0] for key in table):
        cells = ["%d/%d" % tuple(table[name, how]) if (name, how) in table else "" for how in ("limit", "disk")]
        lines.append("| %s | %s |" % (name, " | ".join(cells)))
    return lines


def rows_of_cuts(table):
    lines = ["| command | cuts | states of the disk |", "|---|---:|---:|"]
    return lines + ["| %s | %d | %d |" % (name, *row) for name, row in table.items()]


def rows_of_kills(table):
    lines = ["| saved | trainings | kills | before the log | before a save | later | after the output | in a save | "
             "resumed | left behind: complete | empty |", "|---|%s" % ("---:|" * 10)]
    return lines + ["| %s | %s |" % (name, " | ".join(map(str, (
        row.runs, row.kills, row.reading, row.early, row.later, row.done, row.saving, row.resumed, row.named,
        row.empty))))
                    for name, row in table.items()]


def rows_of_resumed(table):
    ways = [*CLIENT, *SIGNALS]
    lines = ["| training | %s |" % " | ".join(ways), "|---|%s" % ("---|" * len(ways))]
    words = {(1, 0): "same", (1, 1): "differs", None: ""}
    for name in dict.fromkeys(key[0] for key in table):
        cells = [words[tuple(table[name, way]) if (name, way) in table else None] for way in ways]
        lines.append("| %s | %s |" % (name, " | ".join(cells)))
    return lines


def markdown(tables, level):
    lines = ["Written by `make faults FAULTS_LEVEL=%s`." % level, "",
             "Each cell: runs with a fault / runs that ended with an error. In the others the fault changed nothing: "
             "the result is that of a run without it.", "",
             "### Calls that fail, by command", "", *rows_by_kind("command", tables["commands"]), "",
             "### Calls that fail, by public functions", "", *rows_by_kind("scenario", tables["api"]), "",
             "### Full disks", "", *rows_of_disks(tables["disk"]), "",
             "### Lost power", "", *rows_of_cuts(tables["power"]), "",
             "### kill -9 at random moments", "",
             "A training that saves itself often, and is resumed and killed again up to six times. Its files then are "
             "the same bytes as without. A file that is left behind was killed between getting a name and replacing "
             "the one before.", "", *rows_of_kills(tables["kills"]), "",
             "### Resumed trainings, one thread", "",
             "The bytes of vectors and vocabulary, the held-out losses, and a log without gaps and doubles.", "",
             *rows_of_resumed(tables["resumed"]), ""]
    return "\n".join(lines)


def main(arguments):
    level = next((a for a in arguments if a in LEVELS), "quick")
    parts = {"commands": run_commands, "api": run_api, "disk": run_disk, "power": run_power,
             "kills": run_kills, "resumed": run_resumed}
    files = Folder(LEVELS[level].sentences)
    tables, problems = {}, []
    try:
        for name, run in parts.items():
            wrong, tables[name] = run(files, LEVELS[level])
            problems += wrong
            print("%s: %d runs, %d problems" % (name, sum(row[0] for row in tables[name].values()), len(wrong)))
    finally:
        files.close()
    print(*problems, sep="\n", file=sys.stderr)
    if "--markdown" in arguments and not problems:
        path = arguments[arguments.index("--markdown") + 1]
        with open(path, encoding="utf-8") as file:
            before = file.read()
        marked = re.compile("%s.*?%s" % (re.escape(MARK), re.escape(END)), re.S)
        with open(path, "w", encoding="utf-8") as file:
            file.write(marked.sub(lambda _: "%s\n%s%s" % (MARK, markdown(tables, level), END), before))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
