#!/usr/bin/python3
"""Made data, to try the examples without data of one's own.

    made.py graph 20000 > edges.txt            a graph of so many nodes, an edge a line
    made.py sessions 20000 > sessions.txt      so many sessions, one a line

The graph has communities of 20 to 1,000 nodes, whose sizes and whose nodes' degrees follow power laws; four edges of
five stay inside. A session is a short walk on such a graph of items, a tenth as many as sessions.
"""

import argparse
import sys

import numpy as np
from walks import Graph

INSIDE = 0.8  # share of the edges that stay in a community


def make_edges(nodes, rng, degree=10):
    """A planted partition with degrees of a power law, whose mean is about the degree."""
    sizes = np.minimum(20 * (1 + rng.pareto(1.5, nodes // 20 + 1)), 1000).astype(np.int64)
    ends = np.minimum(np.cumsum(sizes), nodes)
    community = np.searchsorted(ends, np.arange(nodes), "right")
    total = np.cumsum(np.minimum(1 + rng.pareto(1.5, nodes), nodes ** 0.5))
    before = np.concatenate([[0], total])

    def draw(low, high):  # a node between two sums of weights
        return np.minimum(np.searchsorted(total, low + rng.random(len(low)) * (high - low), "right"), nodes - 1)

    zeros, edges = np.zeros(nodes * degree // 2), np.empty((nodes * degree // 2, 2), np.int64)
    edges[:, 0] = draw(zeros, zeros + total[-1])
    of = community[edges[:, 0]]
    inside = rng.random(len(edges)) < INSIDE
    first = np.concatenate([[0], ends])[of]
    edges[:, 1] = draw(np.where(inside, before[first], 0), np.where(inside, before[ends[of]], total[-1]))
    return edges[edges[:, 0] != edges[:, 1]]


def make_sessions(sessions, rng):
    """Lists of items."""
    items = max(sessions // 10, 50)
    edges = make_edges(items, rng)
    rows = Graph(edges, items).walk(rng.choice(edges.ravel(), sessions), 12, 4, 1, rng)
    lengths = np.minimum(1 + rng.geometric(0.25, sessions), 12)
    return [["i%d" % item for item in row[:length]] for row, length in zip(rows.tolist(), lengths)]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("what", choices=["graph", "sessions"])
    options.add_argument("count", type=int)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    rng = np.random.default_rng(given.seed)
    if given.what == "graph":
        edges = make_edges(given.count, rng)
        for first in range(0, len(edges), 1 << 16):
            sys.stdout.writelines("n%d n%d\n" % (a, b) for a, b in edges[first:first + (1 << 16)].tolist())
    else:
        sys.stdout.writelines(" ".join(session) + "\n" for session in make_sessions(given.count, rng))


if __name__ == "__main__":
    main()
