"""Reads the metrics of `nce2vec train --metrics`. Their lines are described in src/cli/metrics.h."""

import json
import math

from common import DataError, read_bytes
from text import without_mark

MAX_POINTS = 1200  # of a curve: a page cannot show more


class Metrics:
    """One training. first: its first line; end: its last line, None for a training that has not ended.

    resumed: for each time that it was resumed from a checkpoint: {"resumed": when, "seconds", "words"}, as trained
    until then. Seconds are those of training in all lines, without the break.

    training, heldout: a list for each of their keys, all of one length; NaN where nothing was measured."""

    TRAINING = ("seconds", "epoch", "words", "words_per_second", "lr", "loss")
    HELDOUT = ("seconds", "epoch", "words", "heldout_loss")

    def __init__(self, path, first, rows, end):
        self.path, self.first, self.end = path, first, end
        self.resumed = [row for row in rows if "resumed" in row]
        training = _thin([row for row in rows if "heldout_loss" not in row and "resumed" not in row])
        heldout = [row for row in rows if "heldout_loss" in row]
        self.training = {key: [_number(row.get(key)) for row in training] for key in self.TRAINING}
        self.heldout = {key: [_number(row.get(key)) for row in heldout] for key in self.HELDOUT}

    @property
    def state(self):
        """done, interrupted or failed; unfinished during the training, or where it was killed."""
        return self.end["end"] if self.end else "unfinished"

    @property
    def parameters(self):
        return self.first["parameters"]


def is_metrics(path):
    """Does the file begin with a JSON object, as metrics do?"""
    try:
        with open(path, "rb") as file:
            return without_mark(file.read(4)).startswith(b"{")
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from None


def read(path):
    lines = read_bytes(path).split(b"\n")
    lines.pop()  # empty, or a line that is not complete
    rows = [_parse(path, number, line) for number, line in enumerate(lines, 1)]
    if not rows or not isinstance(rows[0].get("parameters"), dict) or not rows[0]["parameters"].get("dim"):
        raise DataError(f"{path}, line 1: not the metrics of a training: no 'parameters' with a 'dim'")
    end = rows.pop() if len(rows) > 1 and "end" in rows[-1] else None
    for number, row in enumerate(rows[1:], 2):
        if not all(isinstance(row.get(key), (int, float)) for key in ("seconds", "words")):
            raise DataError(f"{path}, line {number}: no 'seconds' and 'words'")
        if not isinstance(row.get("resumed", ""), str) or not ("resumed" in row or "epoch" in row):
            raise DataError(f"{path}, line {number}: no 'epoch', or 'resumed' is not a time")
    return Metrics(path, rows[0], rows[1:], end)


def _parse(path, number, line):
    try:
        row = json.loads(line)
    except UnicodeDecodeError:
        raise DataError(f"{path}, line {number}: not UTF-8") from None
    except ValueError as error:
        raise DataError(f"{path}, line {number}: {error}") from None
    if not isinstance(row, dict):
        raise DataError(f"{path}, line {number}: not a JSON object")
    return row


def _number(value):
    return float("nan") if value is None else value


def _thin(rows):
    """At most MAX_POINTS rows: neighbours are merged into the last of them, with the means of speed and loss."""
    step = math.ceil(len(rows) / MAX_POINTS)
    if step < 2:
        return rows
    thinned = []
    for at in range(0, len(rows), step):
        group = rows[at : at + step]
        row = dict(group[-1])
        for key in ("words_per_second", "loss"):
            known = [one[key] for one in group if one.get(key) is not None]
            row[key] = sum(known) / len(known) if known else None
        thinned.append(row)
    return thinned
