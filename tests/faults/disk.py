"""No room: a small file system, a limit to the size of files, and a standard output that takes no more."""

import os
import shutil
import subprocess
import tempfile

from commands import COMMANDS, OLD, check_checkpoint, check_files, check_message, good_run, put_old, read, written_by

PAGE = 4096
FULL = "No space left on device|File too large|is the disk full"


class NoMount(Exception):
    pass


class SmallDisk:
    """A tmpfs of some pages."""

    def __init__(self, files, pages):
        self.path = tempfile.mkdtemp(dir=files.root)
        options = "size=%d" % (pages * PAGE)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", self.path], capture_output=True,
                                 check=False)
        if mounted.returncode:
            raise NoMount(mounted.stderr.decode().strip())

    def __enter__(self):
        return self.path

    def __exit__(self, *_):
        subprocess.run(["umount", self.path], check=True)


def check_run(files, command, good, folder, done, out, before):
    """Either it is done, or it is refused with everything as it was."""
    failed = done.returncode != command.code or (command.code and out != good["out"])
    problems = check_message(done, FULL) if failed else []
    wrong, left = check_files(command, folder, before, good["files"], failed)
    problems += check_checkpoint(files, command, folder, before, good["files"])
    return problems + wrong + (["left behind: " + " ".join(left)] if left else []), failed


def one_disk(files, command, good, pages, with_old):
    with SmallDisk(files, pages) as folder:
        if with_old:
            put_old(command, folder)
        done = files.start(command, folder)
        return check_run(files, command, good, folder, done, done.stdout, OLD if with_old else None)


def one_limit(files, command, good, limit):
    """A file may have so many bytes, standard output among them."""
    folder = tempfile.mkdtemp(dir=files.root)
    with open(os.path.join(files.root, "out"), "wb") as out:
        done = files.start(command, folder, limit=limit, out=out)
    printed = read(files.root, "out")
    problems, failed = check_run(files, command, good, folder, done, printed, None)
    if not failed and printed != good["out"]:
        problems.append("standard output is not complete")
    shutil.rmtree(folder)
    return problems, failed


def disk(files, mounts=True, every=1, limits=True):
    """Small file systems, and limits of a file's size. Sizes from none to enough, of which each `every`-th. Returns
    what is wrong, and (command, how) -> [runs, refused]."""
    problems, table = [], {}

    def note(command, how, size, result):
        row = table.setdefault((command.name, how), [0, 0])
        row[0] += 1
        row[1] += result[1]
        problems.extend("%s, %s of %d: %s" % (command.name, how, size, what) for what in result[0])

    for command in COMMANDS[::1 if every <= 2 else 5]:
        good = good_run(files, command)
        sizes = [len(content) for content in good["files"].values()] + [len(good["out"])]
        step = max(1, max(sizes) // 20) * every
        for limit in [1, *range(2, max(sizes) + 1, step), max(sizes) + 1] if limits else ():
            note(command, "limit", limit - 1, one_limit(files, command, good, limit))
        pages = sum(-(-size // PAGE) for size in sizes) + 2
        for count in range(1, pages + 1, every) if mounts and command.outputs else ():
            for with_old in (False, True):
                if with_old and count <= len(written_by(command)):
                    continue  # the old files need a page each
                note(command, "disk", count, one_disk(files, command, good, count, with_old))
    return problems, table
