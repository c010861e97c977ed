"""Every objective, paused, interrupted and killed in every way, and resumed: the same bytes as without."""

import collections
import concurrent.futures
import json
import os
import re
import signal
import subprocess
import sys
import time

from commands import BUILT, PROGRAM
from native import LIBRARY, sanitizer
from resumed import OPTIONS, TIMEOUT, Training, heldout

HERE = os.path.dirname(os.path.abspath(__file__))
SIZE = ("--dim", "50", "--epochs", "4")
TRIES = 20  # on a busy machine a training may end before the signal is sent


class TooLate(Exception):
    """The training ended before it was cut short."""


def objectives():
    printed = subprocess.run([PROGRAM, "objectives"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return re.findall(r"^(\w+): ", printed, re.MULTILINE)


# Through the public functions -------------------------------------------------------------


def pause(training, where, objective, plugin):
    settings = [a[2:] + "=" + b for a, b in zip((*OPTIONS, *SIZE)[::2], (*OPTIONS, *SIZE)[1::2])]
    environment = {**os.environ, "LD_PRELOAD": " ".join(sanitizer()), "ASAN_OPTIONS": "detect_leaks=0"}
    done = subprocess.run([sys.executable, os.path.join(HERE, "paused.py"), LIBRARY, where, objective, plugin or "-",
                           *settings], cwd=training.folder, env=environment, capture_output=True, timeout=TIMEOUT,
                          check=False)
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
    """Ends it when its log has more lines."""
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
        written = 0 if share == shares[0] else training.metrics_text().count(b"\n")  # beyond it: signals are caught
        process = training.begin(*often) if share == shares[0] else training.resume()
        try:
            cut(training, process, how, max(int(share * len(training.rows)), written))
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


# All ----------------------------------------------------------------------------------------

CLIENT = {"pause at each epoch's end": "epoch", "pauses inside epochs": "block"}
SIGNALS = {"SIGINT, twice": "SIGINT", "SIGUSR1 and kill -9, twice": "SIGUSR1",
           "saved by time and kill -9, twice": "periodic"}

# plugin: the file of the objective. options, files, more: what Training gets. Only the command line has some options.
Case = collections.namedtuple("Case", "name objective plugin options names more client", defaults=((), {}, (), True))


def cases(only):
    plugin = os.path.abspath(os.path.join(BUILT, "focal.so"))
    found = [Case(name, name, None) for name in only or objectives()]
    best = ("--patience", "2", "--save-every", "2")
    schedule = ("--schedule", "cosine", "--warmup", "0.1", "--precision", "fp32")
    return found + [
        Case("focal, a plug-in", "focal", plugin, ("--plugin", plugin)),
        Case("sgns, " + " ".join(schedule), "sgns", None, schedule, {}, (), False),
        Case("nce, log and checkpoint gzipped", "nce", None, (), {"metrics": "m.jsonl.gz", "checkpoint": "c.n2v.gz"}),
        Case("nce, " + " ".join(best), "nce", None, best, {}, ("v.epoch-2.n2v", "v.epoch-4.n2v"), False)]


def one_case(root, case):
    """[(way, what is wrong)]"""
    training = Training(root, case.name, ("--objective", case.objective, *SIZE, *case.options), more=case.more,
                        **case.names)
    found = []
    for way, where in CLIENT.items() if case.client else ():
        training.clean()
        found.append((way, pause(training, where, case.objective, case.plugin)))
    return found + [(way, interrupt(training, how)) for way, how in SIGNALS.items()]


def same_bytes(root, only=None):
    """only: these objectives. Returns what is wrong, and (case, way) -> [runs, those that differ]."""
    problems, table = [], {}
    todo = cases(only)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for case, found in zip(todo, pool.map(lambda case: one_case(root, case), todo)):
            for way, wrong in found:
                table[case.name, way] = [1, int(bool(wrong))]
                problems += ["%s, %s: %s" % (case.name, way, what) for what in wrong]
    return problems, table
