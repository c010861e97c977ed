"""The power fails after each call that changes a file: what may be on the disk then?

The log of a real run is replayed. Certain is what was flushed: the bytes of a file at its last fsync, and the
names in a folder at its last fsync. Each change since then may have reached the disk or not, apart from the others: all
subsets are tried, with the bytes of each file as at the last fsync (or none) and as written. Under each name there must
be what was there before or the complete new file; of a log, its first lines at least."""

import itertools
import os
import shutil
import tempfile

from commands import COMMANDS, OLD, good_run, is_same, put_old, read, whole_lines, written_by

MOST_CHANGES = 10  # of names that are not flushed: 2^10 subsets


def read_log(path):
    """[(event, ...)]"""
    events = []
    with open(path, "rb") as file:
        while line := file.readline():
            event, *words = line.decode().split()
            if event in ("create", "link", "write", "truncate", "sync"):
                words = [int(word) if word.lstrip("-").isdigit() else word for word in words]
            if event == "write":
                words[2] = file.read(words[2])
            events.append((event, *words))
    return events


class Disk:
    """A folder: the old files by name, and what has been done to it."""

    def __init__(self, old):
        self.durable = {name: ("old", name) for name in old}  # names as they were at the last flush of the folder
        self.changes = []                                     # of names, since then
        self.bytes = {}                                       # of a file, as written, and ...
        self.flushed = {}                                     # ... at its last flush; missing: never
        self.names = set(old)
        self.folder = None

    def do(self, event):
        kind, *words = event
        if kind == "create":
            self.folder, name, file = words
            self.bytes[file] = b""
            self.flushed.pop(file, None)
            if name != "-":  # a file without a name
                self.changes.append(("name", name, file))
        elif kind == "link":
            self.changes.append(("name", *words[1:]))
        elif kind == "write" and words[0] in self.bytes:
            file, at, content = words
            before = self.bytes[file].ljust(at, b"\0")
            self.bytes[file] = before[:at] + content + before[at + len(content):]
        elif kind == "sync" and words[0] in self.bytes:
            self.flushed[words[0]] = self.bytes[words[0]]
        elif kind == "sync" and words[0] == self.folder:
            self.durable = self.apply(self.changes)
            self.changes = []
        elif kind in ("rename", "exchange"):
            self.changes.append((kind, words[1], words[3]))
        elif kind == "remove":
            of_it = [change for change in self.changes if words[1] in change[1:]]
            if [change[0] for change in of_it] == ["name"]:  # a name that came and went: no other depends on it
                self.changes.remove(of_it[0])
            else:
                self.changes.append(("remove", words[1]))

    def apply(self, changes):
        names = dict(self.durable)
        for kind, name, *more in changes:
            if kind == "name":
                names[name] = more[0]
            elif kind == "remove":
                names.pop(name, None)
            elif name in names and (kind == "rename" or more[0] in names):
                moved = names.pop(name)
                if kind == "exchange":
                    names[name] = names[more[0]]
                names[more[0]] = moved
        return names

    def after_a_cut(self):
        """All that may be on the disk: {name: content}."""
        assert len(self.changes) <= MOST_CHANGES, self.changes
        for reached in itertools.product((False, True), repeat=len(self.changes)):
            # A rename needs the name that it moves: on the disk, or among the changes that have reached it.
            names = self.apply([change for change, there in zip(self.changes, reached) if there])
            dirty = [file for file in names.values() if self.bytes.get(file) != self.flushed.get(file)]
            for written in itertools.product((False, True), repeat=len(dirty)):
                content = {**self.flushed, **{file: self.bytes[file] for file, there in zip(dirty, written) if there}}
                yield {name: OLD if isinstance(file, tuple) else content.get(file, b"") for name, file in names.items()}


def check(command, good, before, state):
    for name in command.outputs:
        if state.get(name) != before and not is_same(command, state.get(name), good[name]):
            return "%s is neither old nor complete" % name
    if command.checkpoint and state.get(command.checkpoint) not in (before, *good["checkpoints"]):
        return "the checkpoint is neither old nor complete"
    for name in command.logs:
        content = state.get(name)
        if content != before and not (content and whole_lines(content)):
            return "%s is neither old nor a log of whole lines" % name
    return None


def replay(files, command, with_old):
    """Returns (what is wrong, number of cuts, number of states)."""
    good = good_run(files, command)
    folder = tempfile.mkdtemp(dir=files.root)
    log = os.path.join(files.root, "log")
    if with_old:
        put_old(command, folder)
    done = files.start(command, folder, log=log)
    assert done.returncode == 0, done.stderr
    good["files"] = {name: read(folder, name) for name in command.outputs}
    good["files"]["checkpoints"] = []
    shutil.rmtree(folder)
    before = OLD if with_old else None
    disk = Disk(written_by(command) if with_old else [])
    problems, cuts, states = [], 0, 0
    for event in read_log(log):
        if event[0] in ("rename", "exchange") and event[4] == command.checkpoint:
            good["files"]["checkpoints"].append(disk.bytes[disk.apply(disk.changes)[event[2]]])
        disk.do(event)
        cuts += 1
        for state in disk.after_a_cut():
            states += 1
            problem = check(command, good["files"], before, state)
            if problem:
                problems.append("%s, power lost after call %d (%s): %s" % (command.name, cuts, event[0], problem))
                break
    if any(change[0] in ("rename", "exchange") for change in disk.changes):
        problems.append("%s ends with names that are not flushed: %s" % (command.name, disk.changes))
    return problems, cuts, states


def power(files, every=1):
    """Of the commands each `every`-th. Returns what is wrong, and command -> [cuts, states]."""
    problems, table = [], {}
    for command in COMMANDS[::every]:
        for with_old in (False, True) if command.outputs else ():
            wrong, cuts, states = replay(files, command, with_old)
            problems += wrong
            row = table.setdefault(command.name, [0, 0])
            row[0] += cuts
            row[1] += states
    return problems, table
