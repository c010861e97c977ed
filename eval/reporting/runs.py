"""The files of a run: its vectors, its metrics, the counts of its words.

A run is named by its vectors or by its metrics. The metrics of vectors NAME.bin are in NAME.metrics.jsonl, the counts
of their words in NAME.vocab.tsv. The vectors of metrics are those that their first line names, there or in the folder
of the metrics."""

import os

import numpy as np

import common
import text
import vectors
from reporting import metrics

METRICS, COUNTS = ".metrics.jsonl", ".vocab.tsv"


class Run:
    """vectors, metrics: one of them may be None; counts: of the words of vectors, or None; notes: sentences on files
    that were skipped."""

    def __init__(self, path, found_vectors, found_metrics, counts, notes):
        self.path, self.vectors, self.metrics, self.counts, self.notes = (
            path, found_vectors, found_metrics, counts, notes)
        self.name = _stem(os.path.basename(path))

    @property
    def parameters(self):
        """(name, value) pairs of strings."""
        if self.metrics:
            pairs = self.metrics.parameters.items()
        else:
            pairs = self.vectors.parameters
        return [(name, _text(value)) for name, value in pairs]


def open_run(path):
    """The run of a file of vectors or of metrics."""
    notes = []
    if metrics.is_metrics(path):
        found = metrics.read(path)
        home = _vectors_of(found, notes)
        loaded = _load(home, notes) if home else None
        if loaded and not _fits(found, loaded):
            notes.append(f"{home} has other vectors than those of {path}: skipped.")
            loaded = None
    else:
        loaded, found = vectors.load(path), None
        beside = _stem(path) + METRICS
        if os.path.exists(beside):
            found = metrics.read(beside)
            if not _fits(found, loaded) or found.state in ("interrupted", "failed"):
                notes.append(f"{beside} is of another training than {path}: skipped.")
                found = None
    return Run(path, loaded, found, _counts(loaded) if loaded else None, notes)


def name_apart(runs):
    """Adds folders to the names of runs that would have the same name."""
    for depth in range(2, 10):
        names = [run.name for run in runs]
        if len(set(names)) == len(names):
            return
        for run in runs:
            if names.count(run.name) > 1:
                parts = os.path.abspath(run.path).split(os.sep)[-depth:]
                run.name = _stem(os.sep.join(parts))
    for number, run in enumerate(runs, 1):  # the same file twice
        run.name = f"{number}: {run.name}"


def _vectors_of(found, notes):
    """The path of the vectors that a training wrote, or None."""
    output = found.first.get("output")
    if found.state != "done" or not output or output == "-":
        return None
    for path in (output, os.path.join(os.path.dirname(found.path), os.path.basename(output))):
        if os.path.isfile(path):
            return path
    notes.append(f"The vectors of {found.path} are missing: {output}.")
    return None


def _load(path, notes):
    try:
        return vectors.load(path)
    except vectors.VectorError as error:  # a format that vectors.py does not read, such as safetensors
        notes.append(f"{error}. The vectors are skipped.")
        return None


def _fits(found, loaded):
    dim = found.parameters["dim"]
    dims = (dim, 2 * dim)  # twice with train --vectors concat
    return found.first.get("vocabulary") == len(loaded) and loaded.dim in dims


def _counts(loaded):
    """How often each word occurs: from the model, else from the vocabulary beside it."""
    if loaded.counts is not None:
        return loaded.counts.astype(float)
    path = _stem(loaded.path) + COUNTS
    if not os.path.exists(path):
        return None
    known = {}
    for number, line in enumerate(common.read_bytes(path).splitlines(), 1):
        word, _, count = line.partition(b"\t")
        if not count.isdigit():
            raise common.DataError(f"{path}, line {number}: expected a word and its count")
        known[text.decode(word)] = int(count)
    counts = np.array([known.get(word, 0) for word in loaded.words], float)
    return counts if counts.all() else None  # the file is of another vocabulary


def _stem(path):
    path = path[:-3] if path.endswith(".gz") else path
    for ending in (METRICS, COUNTS):
        if path.endswith(ending):
            return path[: -len(ending)]
    return os.path.splitext(path)[0]


def _text(value):
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
