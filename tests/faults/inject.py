"""Makes each call of each kind fail, in a run of each command."""

import collections
import concurrent.futures
import os
import zlib

from commands import COMMANDS, KINDS, good_run, run_with_fault

Case = collections.namedtuple("Case", "command kind number onward")

# Calls that may fail for good: memory that is used up, a disk that is full, a limit that is reached.
ONWARD = [kind for kind in KINDS if kind not in ("EINTR", "unlink")]


def spread(calls, most, name):
    """At most so many of the calls 1 to n, evenly spread; which ones depends on the name."""
    if calls <= most:
        return list(range(1, calls + 1))
    step = calls / most
    begin = zlib.crc32(name.encode()) % 997 / 997 * step
    return sorted({1 + int(begin + i * step) for i in range(most)})


def cases(good, most, onward_every):
    """At most `most` calls of a kind and command fail once; of each `onward_every`-th of them, all later calls fail,
    too."""
    found = []
    for command in COMMANDS:
        for kind in KINDS:
            numbers = spread(good[command.name]["calls"][kind], most, command.name + kind)
            found += [Case(command, kind, number, False) for number in numbers]
            if kind in ONWARD:
                found += [Case(command, kind, number, True) for number in numbers[::onward_every]]
    return found


def inject(files, most, onward_every=3, share=1.0):
    """Runs them (of all the cases a share). Returns what is wrong, and (command, kind) -> [injected, refused]."""
    problems, table = [], {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        good = dict(zip([c.name for c in COMMANDS], pool.map(lambda c: good_run(files, c), COMMANDS)))
        todo = cases(good, most, onward_every)
        todo = [todo[i - 1] for i in spread(len(todo), max(1, int(len(todo) * share)), "cases")]
        results = pool.map(lambda c: run_with_fault(files, c.command, good[c.command.name], c.kind, c.number, c.onward),
                           todo)
        for case, (wrong, fired, refused) in zip(todo, results):
            if fired:
                row = table.setdefault((case.command.name, case.kind), [0, 0])
                row[0] += 1
                row[1] += refused
            problems += ["%s, %s %d%s: %s" % (case.command.name, case.kind, case.number,
                                              " and all later ones" if case.onward else "", what) for what in wrong]
    return problems, table
