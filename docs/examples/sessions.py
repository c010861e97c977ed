#!/usr/bin/python3
"""Next items of sessions: is the last item of a session among the ten items nearest to the one before it?

    sessions.py split sessions.txt train.txt heldout.txt     the last tenth of the sessions goes to heldout.txt
    sessions.py score items.npy train.txt heldout.txt       vectors that were trained on train.txt

A session is a line of items in order, with white space between; sessions are in order of time. The items of the session
itself are no candidates: a session whose last item occurs in it twice is skipped. An item without a vector is a miss.
"""

import argparse
import collections
import os

import numpy as np


def read_sessions(path):
    with open(path, encoding="utf-8") as file:
        return [line.split() for line in file]


def split(sessions, share):
    """(training sessions, the last ones)."""
    kept = round(len(sessions) * (1 - share))
    return sessions[:kept], sessions[kept:]


def write_sessions(path, sessions):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(" ".join(session) + "\n" for session in sessions)


def load_vectors(path):
    """(index of each name, vectors of length 1) of an .npy and the names beside it, as nce2vec writes them."""
    with open(os.path.splitext(path)[0] + ".vocab.txt", encoding="utf-8") as file:
        index = {name: at for at, name in enumerate(file.read().split("\n")[:-1])}
    return index, unit_rows(np.load(path))


def unit_rows(vectors):
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-30)


def ranks(queries, candidates, asked, wanted, leave_out, part=64):
    """How many candidates, other than those left out, are nearer to each query than the one that is wanted.

    asked and wanted are rows; leave_out has a list of rows for each."""
    found = []
    for first in range(0, len(asked), part):
        rows = np.arange(len(asked[first:first + part]))
        scores = queries[asked[first:first + part]] @ candidates.T
        target = scores[rows, wanted[first:first + part]]
        for row, items in enumerate(leave_out[first:first + part]):
            scores[row, items] = -np.inf
        found.append((scores >= target[:, None]).sum(axis=1) - 1)
    return np.concatenate(found)


def questions(sessions):
    """(items before, last item) of the sessions that ask for an item which is new in them."""
    return [(session[:-1], session[-1]) for session in sessions
            if len(session) > 1 and session[-1] not in session[:-1]]


def hit_rate(index, unit, sessions, k=10):
    """The share of sessions whose last item is among the k items nearest to the one before it."""
    asked = questions(sessions)
    known = [(items, last) for items, last in asked if items[-1] in index and last in index]
    if not known:
        raise SystemExit("no session ends with two different items that have vectors")
    rank = ranks(unit, unit, np.array([index[items[-1]] for items, _ in known]),
                 np.array([index[last] for _, last in known]),
                 [[index[item] for item in items if item in index] for items, _ in known])
    return (rank < k).sum() / len(asked)


def popular_hit_rate(counts, sessions, k=10):
    """The same with the k most frequent items for all sessions."""
    most = [item for item, _ in counts.most_common(k + max(map(len, sessions)))]
    asked = questions(sessions)
    return sum(last in [item for item in most if item not in items][:k] for items, last in asked) / len(asked)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = options.add_subparsers(dest="command", required=True)
    one = commands.add_parser("split")
    one.add_argument("sessions")
    one.add_argument("train")
    one.add_argument("heldout")
    one.add_argument("--share", type=float, default=0.1, help="of the sessions that is held out [0.1]")
    two = commands.add_parser("score")
    two.add_argument("vectors")
    two.add_argument("train")
    two.add_argument("heldout")
    given = options.parse_args()
    if given.command == "split":
        train, heldout = split(read_sessions(given.sessions), given.share)
        write_sessions(given.train, train)
        write_sessions(given.heldout, heldout)
        return
    train, heldout = read_sessions(given.train), read_sessions(given.heldout)
    counts = collections.Counter(item for session in train for item in session)
    print(f"sessions that end with a new item: {len(questions(heldout))} of {len(heldout)}")
    print(f"hit rate at 10, the most popular items: {popular_hit_rate(counts, heldout):.3f}")
    print(f"hit rate at 10, the nearest items: {hit_rate(*load_vectors(given.vectors), heldout):.3f}")


if __name__ == "__main__":
    main()
