"""kill -9 at random moments of a training that saves itself often, from its start to the end of its writing.

After each kill: the checkpoint, where there is one, can be read; under no final name is half a file. The training is
resumed, and often killed again; in the end its files are the same bytes as without. NCE2VEC_KILL_SEED, an integer,
chooses the moments again that a problem names."""

import collections
import concurrent.futures
import contextlib
import gzip
import itertools
import json
import os
import random
import signal
import subprocess
import time

from commands import PROGRAM, SANITIZED
from resumed import TIMEOUT, Training

# Saving a model of this size takes about as long as training between two saves.
OPTIONS = ("--dim", "100", "--epochs", "4", "--objective", "sgns")
TEXT = {"sentences": 2000 if SANITIZED else 4000, "words": 2000}
BY_TIME, BY_EPOCHS = ("--checkpoint-every", "0.0003"), ("--checkpoint-every", "1epochs")
PLAIN, GZIP = ("m.jsonl", "c.n2v"), ("m.jsonl.gz", "c.n2v.gz")  # log and checkpoint
WAYS = {"by time": (BY_TIME, PLAIN), "by epochs": (BY_EPOCHS, PLAIN), "by time, gzip": (BY_TIME, GZIP)}
MOST_KILLS = 6  # of one training
AGAIN = 0.7     # of the trainings that were killed are killed once more

# Trainings; kills, and of these: before the log, before the first save, later, of all during a save, after the vectors
# had their name; resumes; files left behind that were complete, or empty.
Row = collections.namedtuple("Row", "runs kills reading early later saving done resumed named empty")


def is_saving(process, folder):
    """Stops it, and looks whether it writes a checkpoint: each file that is written has the folder open, and the
    output, the vocabulary and the log are three."""
    process.send_signal(signal.SIGSTOP)
    files, links = "/proc/%d/fd" % process.pid, []
    with contextlib.suppress(OSError):  # it may have ended
        links = [os.readlink(os.path.join(files, name)) for name in os.listdir(files)]
    return links.count(os.path.realpath(folder)) > 3


class Killed:
    """One training, killed now and then."""

    def __init__(self, training, draw, seconds):
        self.training, self.draw, self.seconds = training, draw, seconds
        self.counts = collections.Counter()
        self.problems = []

    def start(self, often):
        if not os.path.exists(self.training.path(self.training.checkpoint)):
            return self.training.begin(*often)
        self.counts["resumed"] += 1
        return self.training.resume()

    def is_checkpoint(self, name):
        done = subprocess.run([PROGRAM, "info", "--json", name], cwd=self.training.folder, capture_output=True,
                              timeout=TIMEOUT, check=False)
        return done.returncode == 0 and "checkpoint" in json.loads(done.stdout)

    def is_complete(self, name):
        """One of the outputs, a log, or a checkpoint."""
        content = self.training.read(name)
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
        return content in self.training.files.values() or content.endswith(b"\n") or self.is_checkpoint(name)

    def check(self):
        """After a kill."""
        t = self.training
        if t.read(t.checkpoint) is not None and not self.is_checkpoint(t.checkpoint):
            self.problems.append("the checkpoint cannot be read")
        for name, content in t.files.items():
            if t.read(name) not in (None, content):
                self.problems.append("%s is not complete" % name)
        log = t.read(t.metrics)
        if log is not None and t.metrics == PLAIN[0] and not log.endswith(b"\n"):
            self.problems.append("the log ends within a line")
        self.check_left()

    def check_left(self):
        """A file gets a name, and then the one that it replaces: between the two it is left behind. It is complete, or
        the empty one with which the program tries whether files can have no name."""
        t = self.training
        known = {"text", t.checkpoint, t.metrics, *t.files}
        for name in sorted(set(os.listdir(t.folder)) - known):
            is_empty = not os.path.getsize(t.path(name))
            self.counts["empty" if is_empty else "named"] += 1
            if not is_empty and not self.is_complete(name):
                self.problems.append("half a file is left behind: %s" % name)
            os.unlink(t.path(name))

    def stage(self):
        """Where the last kill was, by the files that there are."""
        t = self.training
        if t.read("v.n2v") is not None:
            return "done"
        if t.read(t.checkpoint) is not None:
            return "later"
        return "reading" if t.read(t.metrics) is None else "early"

    def run(self, often):
        self.training.clean()
        for kills in itertools.count():
            process = self.start(often)
            if kills < MOST_KILLS and (kills == 0 or self.draw.random() < AGAIN):
                time.sleep(self.draw.uniform(0, 1.1 * self.seconds))
                self.counts["saving"] += is_saving(process, self.training.folder)
                process.kill()
            error = process.communicate(timeout=TIMEOUT)[1]
            if process.returncode == 0:
                break
            if process.returncode != -9:
                self.problems.append("exit status %d: %s" % (
                    process.returncode, error.decode(errors="replace").strip()))
                return
            self.counts["kills"] += 1
            self.counts[self.stage()] += 1
            self.check()
        resumed = sum("resumed" in row for row in self.training.read_metrics())
        self.problems += self.training.check_files() + self.training.check_metrics(resumed)
        self.check_left()


def time_of(training, way):
    """Of a whole run."""
    often, (training.metrics, training.checkpoint) = WAYS[way]
    training.clean()
    start = time.monotonic()
    training.begin(*often).communicate(timeout=TIMEOUT)
    return time.monotonic() - start


def kill(root, runs):
    """Returns what is wrong, and how often it saves -> Row."""
    seed = int(os.environ.get("NCE2VEC_KILL_SEED") or random.SystemRandom().randrange(1 << 32))
    pool_size = min(runs, os.cpu_count() or 1)
    pool = concurrent.futures.ThreadPoolExecutor(pool_size)
    trainings = list(pool.map(lambda i: Training(root, "kill%d" % i, OPTIONS, **TEXT), range(pool_size)))
    seconds = {name: min(time_of(trainings[0], name) for _ in range(3)) for name in WAYS}
    problems, counts = [], {name: collections.Counter() for name in WAYS}

    def one(run):
        name = list(WAYS)[run % len(WAYS)]
        training = trainings.pop()
        often, (training.metrics, training.checkpoint) = WAYS[name]
        killed = Killed(training, random.Random(seed + run), seconds[name])
        try:
            killed.run(often)
        finally:
            trainings.append(training)
        return run, name, killed

    for run, name, killed in pool.map(one, range(runs)):
        counts[name].update(killed.counts)
        counts[name]["runs"] += 1
        problems += ["NCE2VEC_KILL_SEED=%d, run %d, saved %s: %s" % (seed, run, name, what) for what in killed.problems]
    pool.shutdown()
    return problems, {name: Row(*(count[field] for field in Row._fields)) for name, count in counts.items()}
