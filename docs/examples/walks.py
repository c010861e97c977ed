#!/usr/bin/python3
"""Random walks on a graph, one a line, for `nce2vec train`.

    walks.py edges.txt | nce2vec train --preset walks - -o nodes.npy --vectors sum

edges.txt has an edge a line: the names of two nodes, with white space or a comma between. Edges have no direction.
Lines that begin with # are comments. With --p or --q these are node2vec's walks, else DeepWalk's.
"""

import argparse
import re
import signal
import sys

import numpy as np


def read_edges(path):
    """(names of the nodes, edges): edges are an array of two columns of indices."""
    with open(path, "rb") as file:
        fields = re.sub(rb"(?m)^#.*$", b"", file.read()).replace(b",", b" ").split()
    if not fields or len(fields) % 2:
        sys.exit(f"{path}: expected two names of nodes on each line, found {len(fields)} names in all")
    index = {}
    ends = np.fromiter((index.setdefault(name, len(index)) for name in fields), np.int64, len(fields))
    return list(index), ends.reshape(-1, 2)


class Graph:
    """The neighbors of node a are to[begin[a]:begin[a + 1]], in increasing order."""

    def __init__(self, edges, nodes):
        self.nodes = nodes
        both = np.concatenate([edges, edges[:, ::-1]])
        self.keys = np.unique(both[:, 0] * nodes + both[:, 1])
        self.to = self.keys % nodes
        self.begin = np.searchsorted(self.keys, np.arange(nodes + 1) * nodes)
        self.degree = np.diff(self.begin)

    def neighbor(self, at, rng):
        """A random neighbor of each node."""
        return self.to[self.begin[at] + (rng.random(len(at)) * self.degree[at]).astype(np.int64)]

    def linked(self, a, b):
        """Which of the pairs are edges."""
        keys = a * self.nodes + b
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return self.keys[place] == keys

    def biased(self, before, at, p, q, rng):
        """node2vec's next nodes. A random neighbor is accepted in proportion to its weight, else another is drawn."""
        found, todo, largest = np.empty_like(at), np.arange(len(at)), max(1, 1 / p, 1 / q)
        while len(todo):
            drawn = self.neighbor(at[todo], rng)
            weight = np.where(self.linked(before[todo], drawn), 1, 1 / q)
            weight[drawn == before[todo]] = 1 / p
            accepted = rng.random(len(todo)) * largest < weight
            found[todo[accepted]] = drawn[accepted]
            todo = todo[~accepted]
        return found

    def walk(self, starts, length, p, q, rng):
        """An array with a walk in each row."""
        rows = np.empty((len(starts), length), np.int64)
        rows[:, 0] = starts
        for step in range(1, length):
            at = rows[:, step - 1]
            rows[:, step] = (self.neighbor(at, rng) if step == 1 or p == q == 1
                             else self.biased(rows[:, step - 2], at, p, q, rng))
        return rows


def padded(names):
    """The bytes of the names, with spaces to one width, so that NumPy alone makes the text of walks."""
    table = np.array([name + b" " for name in names])
    table = table.view(np.uint8).reshape(len(names), -1)
    table[table == 0] = ord(" ")
    return table


def lines(table, rows):
    """The bytes of walks, a line each."""
    text = table[rows].reshape(len(rows), -1)
    text[:, -1] = ord("\n")
    return text.tobytes()


def write_walks(output, names, graph, walks, length, p=1.0, q=1.0, seed=1, part=1 << 14):
    rng, table = np.random.default_rng(seed), padded(names)
    for _ in range(walks):
        starts = rng.permutation(np.flatnonzero(graph.degree))
        for first in range(0, len(starts), part):
            output.write(lines(table, graph.walk(starts[first:first + part], length, p, q, rng)))


def main():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # when the reader ends early, it has printed why
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("edges", metavar="EDGES")
    options.add_argument("--walks", type=int, default=10, metavar="N", help="walks that begin at each node [10]")
    options.add_argument("--length", type=int, default=40, metavar="N", help="nodes of a walk [40]")
    options.add_argument("--p", type=float, default=1, help="node2vec's p: above 1, walks turn back less often [1]")
    options.add_argument("--q", type=float, default=1, help="node2vec's q: above 1, walks stay nearby [1]")
    options.add_argument("--seed", type=int, default=1, metavar="N", help="[1]")
    given = options.parse_args()
    names, edges = read_edges(given.edges)
    write_walks(sys.stdout.buffer, names, Graph(edges, len(names)), given.walks, given.length, given.p, given.q,
                given.seed)


if __name__ == "__main__":
    main()
