"""What the measurements of whole programs share: the machine, the text, running and timing, tables."""

import contextlib
import fcntl
import gzip
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("BUILD") or "build")
FOLDER = os.path.join(BUILD, "bench")
PROGRAM = os.path.join(BUILD, "nce2vec")
CORES = len(os.sched_getaffinity(0))


def quick():
    return os.environ.get("QUICK", "0") not in ("", "0")


class Skipped(Exception):
    """A measurement that cannot be made here; says why."""


# Running ----------------------------------------------------------------------------------


class Run:
    """A finished program: its wall clock, processor time, peak of memory, and what it said."""

    def __init__(self, seconds, usage, said):
        self.seconds = seconds
        self.cpu = usage.ru_utime + usage.ru_stime
        self.peak = usage.ru_maxrss * 1024
        self.said = said

    def printed(self, beginning):
        """Words and seconds of nce2vec's report "read" or "trained on", the seconds by its rate: it rounds them."""
        found = re.search(beginning + r" ([\d,]+) words.*?, ([\d.]+) (M|k) words/s", self.said)
        words = float(found[1].replace(",", ""))
        return words, words / float(found[2]) / (1e6 if found[3] == "M" else 1e3)


@contextlib.contextmanager
def alone():
    """Holds the files that BENCH_LOCK names, with colons between, while something is measured where others measure
    too."""
    with contextlib.ExitStack() as held:
        for path in filter(None, os.environ.get("BENCH_LOCK", "").split(":")):
            fcntl.flock(held.enter_context(open(path, "a")), fcntl.LOCK_EX)
        yield


def feed(stream, path, times):
    """In pieces: a program's peak of memory counts what its parent had when it began."""
    with open(path, "rb") as file, stream, contextlib.suppress(BrokenPipeError):
        for _ in range(times):
            file.seek(0)
            shutil.copyfileobj(file, stream, 1 << 20)


def run(command, feeding=None, environment=None, allow_failure=False):
    """Runs a command by itself. feeding: (path, times): the file's bytes, so many times, as its input."""
    os.makedirs(FOLDER, exist_ok=True)
    said = os.path.join(FOLDER, "said.txt")
    with alone(), open(said, "wb") as log, open(os.devnull, "rb") as nothing:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.PIPE if feeding else nothing, stdout=log, stderr=log,
                                   env={**os.environ, **(environment or {})}, bufsize=0)
        if feeding:
            feeder = threading.Thread(target=feed, args=(process.stdin, *feeding))
            feeder.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if feeding:
            feeder.join()
    with open(said, "rb") as log:
        text = log.read().decode(errors="replace").replace("\r", "\n")
    result = Run(seconds, usage, text)
    result.status = process.returncode
    if process.returncode and not allow_failure:
        sys.exit("bench: %s failed with status %d:\n%s" % (" ".join(command), process.returncode, text[-2000:]))
    return result


def rounds():
    return 1 if quick() else 3


# The text ---------------------------------------------------------------------------------


def is_gzip(path):
    with open(path, "rb") as file:
        return file.read(2) == b"\x1f\x8b"


def source():
    """The text to measure on: BENCH_TEXT, or the dictionary of Debian's package dict-gcide."""
    path = os.environ.get("BENCH_TEXT")
    if path:
        if not os.path.isfile(path):
            sys.exit("bench: BENCH_TEXT=%s is no file" % path)
        return path
    path = os.path.join(FOLDER, "gcide.txt")
    if not os.path.exists(path):
        os.makedirs(FOLDER, exist_ok=True)
        with open(path + ".part", "wb") as out:
            status = subprocess.call([os.path.join(ROOT, "corpus", "gcide.sh")], stdout=out)
        if status:
            raise Skipped("no text: set BENCH_TEXT to a file of text, or install Debian's package dict-gcide")
        os.rename(path + ".part", path)
    return path


class Text:
    """The text, or its first part, as a plain and as a gzipped file. What is between white space is a word."""

    def __init__(self, most_words=None):
        whole = source()
        os.makedirs(FOLDER, exist_ok=True)
        name = "text-%s" % (most_words or "all")
        self.plain = os.path.join(FOLDER, name + ".txt")
        self.gz = os.path.join(FOLDER, name + ".txt.gz")
        self.words = self.bytes = 0
        with (gzip.open if is_gzip(whole) else open)(whole, "rb") as file, open(self.plain, "wb") as out:
            for line in file:
                out.write(line)
                self.words += len(line.split())
                self.bytes += len(line)
                if most_words and self.words >= most_words:
                    break
        if not most_words and is_gzip(whole):
            self.gz = whole
            return
        with open(self.plain, "rb") as file, gzip.open(self.gz, "wb", 6) as out:
            shutil.copyfileobj(file, out)

    def described(self):
        return "%s words of %s" % (count(self.words), os.path.basename(source()))


# Words ------------------------------------------------------------------------------------


def count(number):
    return "{:,}".format(round(number))


def rate(per_second):
    return "%.2f M" % (per_second / 1e6) if per_second >= 999500 else "%.0f k" % (per_second / 1e3)


def spread(values, form="%.2f"):
    """The median, and the range where there are several."""
    text = form % statistics.median(values)
    return text if len(values) < 2 else "%s (%s to %s)" % (text, form % min(values), form % max(values))


def table(head, rows):
    """Markdown that can be read as it is."""
    cells = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in cells]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines) + "\n"


def first_line(command):
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
                              check=True).stdout.strip().splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "unknown"


def processor_flags():
    with contextlib.suppress(OSError), open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("flags"):
                return set(line.split(":", 1)[1].split())
    return set()


def git(*command):
    return subprocess.run(["git", *command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                          check=True).stdout.rstrip("\n")


def changes(besides=None):
    """The files that differ from the commit, one of them aside; None where there is no commit."""
    aside = [":(exclude)" + os.path.relpath(os.path.realpath(besides), os.path.realpath(ROOT))] if besides else []
    if aside and aside[0].startswith(":(exclude).."):
        aside = []
    try:
        git("rev-parse", "HEAD")
        return [line[3:] for line in git("status", "--porcelain", "--", ".", *aside).splitlines()]
    except (OSError, subprocess.CalledProcessError):
        return None


def commit(besides=None):
    """The commit that is measured; "-dirty" where files differ from it."""
    changed = changes(besides)
    if changed is None:
        return "unknown"
    return git("rev-parse", "--short=12", "HEAD") + ("-dirty" if changed else "")


def machine(besides=None):
    """A line about where, when and what, for the top of results. besides: the file of the results."""
    model = platform.processor() or platform.machine()
    with contextlib.suppress(OSError), open("/proc/cpuinfo") as file:
        lines = [line for line in file if line.startswith("model name")]
        model = lines[0].split(":", 1)[1].strip() if lines else model
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return "%s, %d cores, %.0f GB; %s; %s %s; nce2vec %s; %s%s" % (
        model, CORES, memory / 2**30, first_line([os.environ.get("CC") or "cc", "--version"]), platform.system(),
        platform.release(), commit(besides), time.strftime("%d %B %Y").lstrip("0"), "; quick" if quick() else "")
