"""Every objective, paused, interrupted and killed in every way, and resumed: the same bytes as without.

usage: same_bytes.py [--markdown] PLUGIN      (docs/examples/focal.c as a shared object)
Environment: NCE2VEC, NCE2VEC_LIBRARY. Exit status 1: something differs."""

import concurrent.futures
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "cli")]

from resumed import OPTIONS, TIMEOUT, Training, heldout, table
from support import PROGRAM

LIBRARY = os.environ.get("NCE2VEC_LIBRARY", "libnce2vec.so")
SIZE = ("--dim", "50", "--epochs", "4")
TRIES = 10  # on a busy machine a training may end before the signal is sent


class TooLate(Exception):
    """The training ended before it was cut short."""


def objectives():
    printed = subprocess.run([PROGRAM, "objectives"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return re.findall(r"^(\w+): ", printed, re.MULTILINE)


# Through the public functions -------------------------------------------------------------


def pause(training, where, objective, plugin):
    settings = [a[2:] + "=" + b for a, b in zip((*OPTIONS, *SIZE)[::2], (*OPTIONS, *SIZE)[1::2])]
    done = subprocess.run([sys.executable, os.path.join(HERE, "paused.py"), LIBRARY, where, objective, plugin or "-",
                           *settings], cwd=training.folder, capture_output=True, timeout=TIMEOUT, check=False)
    if done.returncode:
        return [done.stderr.decode(errors="replace").strip().splitlines()[-1]]
    told = [(epoch, pairs, "%.9g" % loss) for epoch, pairs, loss in map(json.loads, done.stdout.splitlines())]
    logged = [(epoch, pairs, "%.9g" % loss) for epoch, _, loss, pairs in heldout(training.rows)]
    return training.check_files() + (["the held-out losses are not the same"] if told != logged else [])


# The command line -------------------------------------------------------------------------


def wait(process, condition):
    end = time.monotonic() + TIMEOUT
    while not condition():
        if process.poll() is not None:
            raise TooLate
        if time.monotonic() > end:
            process.kill()
            raise AssertionError("nothing happens for %d seconds" % TIMEOUT)
        time.sleep(0.001)


def finish(process, code):
    error = process.communicate(timeout=TIMEOUT)[1]
    if process.returncode == 0 and code != 0:
        raise TooLate
    if process.returncode != code:
        raise AssertionError("exit status %d: %s" % (process.returncode, error.decode(errors="replace").strip()))


def save_number(training):
    """Another one after each save."""
    try:
        info = os.stat(training.path(training.checkpoint))
        return info.st_ino, info.st_mtime_ns
    except FileNotFoundError:
        return None


def cut(training, process, how, lines):
    """Ends it when its log has so many lines."""
    wait(process, lambda: training.metrics_text().count(b"\n") > lines)
    before = save_number(training)
    if how == "SIGINT":
        process.send_signal(signal.SIGINT)
        return finish(process, 128 + signal.SIGINT)
    if how == "SIGUSR1":
        process.send_signal(signal.SIGUSR1)
    wait(process, lambda: save_number(training) != before)
    process.kill()
    return finish(process, -signal.SIGKILL)


def interrupted(training, how, shares):
    """Cut short twice and resumed."""
    often = ("--checkpoint-every", "0.0003") if how == "periodic" else ()
    for share in shares:
        process = training.begin(*often) if share == shares[0] else training.resume()
        try:
            cut(training, process, how, int(share * len(training.rows)))
        finally:
            process.kill()
            process.stderr.close()
            process.wait()
    finish(training.resume(), 0)
    return training.check_files() + training.check_metrics(len(shares))


def interrupt(training, how):
    for attempt in range(TRIES):
        shares = (0.25 / (attempt + 1), 0.6 / (attempt + 1))
        training.clean()
        try:
            return interrupted(training, how, shares)
        except TooLate:
            continue
        except AssertionError as error:
            return [str(error)]
    return ["it always ended before it was cut short"]


# The table --------------------------------------------------------------------------------

WAYS = {
    "pause at each epoch's end": lambda t, o, p: pause(t, "epoch", o, p),
    "pauses inside epochs": lambda t, o, p: pause(t, "block", o, p),
    "SIGINT twice": lambda t, o, p: interrupt(t, "SIGINT"),
    "SIGUSR1, then kill -9, twice": lambda t, o, p: interrupt(t, "SIGUSR1"),
    "saved by time, then kill -9, twice": lambda t, o, p: interrupt(t, "periodic"),
}


def one_objective(root, name, objective, plugin, gz):
    """What is wrong, a list for each way."""
    options = ("--objective", objective, *SIZE, *(("--plugin", plugin) if plugin else ()))
    names = {"metrics": "m.jsonl.gz", "checkpoint": "c.n2v.gz"} if gz else {}
    training = Training(root, name, options, **names)
    found = []
    for way in WAYS.values():
        training.clean()
        found.append(way(training, objective, plugin))
    return found


def same_bytes(root, plugin, only=None):
    """only: these objectives. Returns what is wrong, and [[name, a cell for each way]]."""
    todo = [(name, name, None, False) for name in only or objectives()]
    todo += [("focal (plug-in)", "focal", plugin, False), ("nce, gzip", "nce", None, True)]
    problems, rows = [], []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for case, found in zip(todo, pool.map(lambda case: one_objective(root, *case), todo)):
            rows.append([case[0], *("; ".join(wrong) or "same" for wrong in found)])
            problems += ["%s, %s: %s" % (case[0], way, what) for way, wrong in zip(WAYS, found) for what in wrong]
    return problems, rows


def main(arguments):
    plugin = os.path.abspath(arguments[-1])
    root = tempfile.mkdtemp(prefix="nce2vec-same-bytes-")
    try:
        problems, rows = same_bytes(root, plugin)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print(table(["objective", *WAYS], rows))
    print("\n".join(problems), file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
