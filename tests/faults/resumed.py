"""Trainings that are cut short and resumed: the files of one that nobody interrupts, and what must hold of the others.
They train on one thread, so that all bytes are the same."""

import gzip
import json
import os
import subprocess

from commands import PROGRAM, text

TIMEOUT = 120
OPTIONS = ("--heldout", "0.1", "--threads", "1", "--min-count", "1", "--subsample", "0.005", "--seed", "3")


class Training:
    """The options of a training, and what it ends with. more: files that it also writes. It runs in a folder of its
    own, which has the text."""

    def __init__(self, root, name, options, sentences=3000, words=60, metrics="m.jsonl", checkpoint="c.n2v", more=()):
        self.metrics, self.checkpoint, self.options = metrics, checkpoint, (*OPTIONS, *options)
        self.folder = os.path.join(root, name)
        os.mkdir(self.folder)
        with open(self.path("text"), "wb") as file:
            file.write(text(sentences=sentences, words=words))
        self.call("train", "text", *self.outputs(), *self.options)
        self.files = {name: self.read(name) for name in ("v.n2v", "w.tsv", *more)}
        self.rows = self.read_metrics()

    def outputs(self):
        return ("-q", "-o", "v.n2v", "--save-vocab", "w.tsv", "--metrics", self.metrics)

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        try:
            with open(self.path(name), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def call(self, *arguments):
        done = subprocess.run([PROGRAM, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=TIMEOUT, check=False)
        if done.returncode:
            raise AssertionError("%s: %s" % (" ".join(arguments), done.stderr.decode(errors="replace")))

    def begin(self, *more):
        return self.start("text", *self.outputs(), "--checkpoint", self.checkpoint, *self.options, *more)

    def resume(self):
        return self.start("-q", "--resume", self.checkpoint)

    def start(self, *arguments):
        return subprocess.Popen([PROGRAM, "train", *arguments], cwd=self.folder, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def clean(self):
        for name in os.listdir(self.folder):
            if name != "text":
                os.unlink(self.path(name))

    def metrics_text(self):
        """The whole lines so far."""
        content = self.read(self.metrics) or b""
        if not self.metrics.endswith(".gz"):
            return content
        try:
            return gzip.decompress(content) if content else b""
        except EOFError:  # a line is being written
            return b""

    def read_metrics(self):
        return [json.loads(line) for line in self.metrics_text().splitlines()]

    def check_files(self):
        """What is wrong at the end of a training that was resumed."""
        return ["%s is %s" % (name, "missing" if self.read(name) is None else "not the same")
                for name, content in self.files.items() if self.read(name) != content]

    def check_metrics(self, resumed):
        """The same of its log. resumed: how often it went on."""
        rows, wrong = self.read_metrics(), []
        if sum("resumed" in row for row in rows) != resumed:
            wrong.append("the log has another number of 'resumed'")
        if sum("end" in row for row in rows) != 1 or rows[-1].get("end") != "done":
            wrong.append("the log has not one end")
        if heldout(rows) != heldout(self.rows):
            wrong.append("the log has other held-out losses")
        words = [row["words"] for row in rows if "lr" in row]
        if sorted(set(words)) != words or words[-1] != self.rows[-1]["words"]:
            wrong.append("the log has a line twice, out of order or not at all")
        before = 0
        for row in rows:
            if "resumed" in row and row["words"] != before:
                wrong.append("the log has a gap before word %d" % row["words"])
            before = row.get("words", before)
        if rows[-1].get("last_epoch_loss") != self.rows[-1]["last_epoch_loss"]:
            wrong.append("the log ends with another loss")
        return wrong


def heldout(rows):
    return [(row["epoch"], row["words"], row["heldout_loss"], row["heldout_pairs"]) for row in rows
            if "heldout_loss" in row]

