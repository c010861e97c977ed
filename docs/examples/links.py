#!/usr/bin/python3
"""Link prediction: are the vectors of two nodes more alike where an edge connects them?

    links.py split edges.txt train.txt heldout.txt       a tenth of the edges goes to heldout.txt
    links.py score nodes.npy train.txt heldout.txt       vectors that were trained on walks of train.txt

Scores, from cosines:
    AUC, random pairs     an edge that was held out has a higher cosine than a random pair of nodes that is no edge
    AUC, by degree        the same with pairs whose nodes are as frequent as among edges: each end is an end of a random
                          edge
    hits at 10            the one end of an edge is among the ten nodes nearest to the other end that are not its
                          neighbors
                          in train.txt

Edges with a node that has no other edge are not held out.
"""

import argparse

import numpy as np
from sessions import load_vectors, ranks
from walks import Graph, read_edges


def split(edges, nodes, share, seed):
    """(training edges, edges that are held out)."""
    keys = np.unique(edges.min(axis=1) * nodes + edges.max(axis=1))
    edges = np.stack([keys // nodes, keys % nodes], axis=1)
    edges = edges[edges[:, 0] != edges[:, 1]]
    taken = np.random.default_rng(seed).random(len(edges)) < share
    left = np.bincount(edges[~taken].ravel(), minlength=nodes) > 0
    taken &= left[edges].all(axis=1)
    return edges[~taken], edges[taken]


def write_edges(path, names, edges):
    with open(path, "wb") as file:
        file.writelines(b"%s %s\n" % (names[a], names[b]) for a, b in edges.tolist())


def others(edges, known, rng, by_degree):
    """As many pairs of nodes that are no edges."""
    ends = edges.ravel() if by_degree else np.arange(known.nodes)
    found = np.empty((0, 2), np.int64)
    while len(found) < len(edges):
        pairs = rng.choice(ends, (len(edges), 2))
        pairs = pairs[(pairs[:, 0] != pairs[:, 1]) & ~known.linked(pairs[:, 0], pairs[:, 1])]
        found = np.concatenate([found, pairs])
    return found[:len(edges)]


def auc(positive, negative):
    """The share of pairs of the two in which the positive is higher; equal ones count half."""
    negative = np.sort(negative)
    below = np.searchsorted(negative, positive, "left") + np.searchsorted(negative, positive, "right")
    return below.mean() / 2 / len(negative)


def cosines(unit, pairs):
    return np.einsum("ij,ij->i", unit[pairs[:, 0]], unit[pairs[:, 1]])


def score_degrees(graph, train, heldout, seed=1):
    """The AUC of the product of both nodes' degrees, which knows nothing else of a pair."""
    rng, known = np.random.default_rng(seed), Graph(np.concatenate([train, heldout]), graph.nodes)

    def product(pairs):
        return graph.degree[pairs].astype(float).prod(axis=1)

    return {name: auc(product(heldout), product(others(heldout, known, rng, by_degree)))
            for name, by_degree in (("AUC, random pairs", False), ("AUC, by degree", True))}


def score(unit, train, heldout, seed=1, queries=1000):
    """The three scores. unit: vectors of length 1, of the nodes by index; train and heldout: edges."""
    rng = np.random.default_rng(seed)
    known = Graph(np.concatenate([train, heldout]), len(unit))
    trained = Graph(train, len(unit))
    positive = cosines(unit, heldout)
    result = {"AUC, random pairs": auc(positive, cosines(unit, others(heldout, known, rng, False))),
              "AUC, by degree": auc(positive, cosines(unit, others(heldout, known, rng, True)))}
    asked = heldout[rng.permutation(len(heldout))[:queries]]
    leave_out = [np.append(trained.to[trained.begin[a]:trained.begin[a + 1]], a) for a in asked[:, 0]]
    result["hits at 10"] = (ranks(unit, unit, asked[:, 0], asked[:, 1], leave_out) < 10).mean()
    return result


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = options.add_subparsers(dest="command", required=True)
    one = commands.add_parser("split")
    one.add_argument("edges")
    one.add_argument("train")
    one.add_argument("heldout")
    one.add_argument("--share", type=float, default=0.1, help="of the edges that is held out [0.1]")
    one.add_argument("--seed", type=int, default=1)
    two = commands.add_parser("score")
    two.add_argument("vectors")
    two.add_argument("train")
    two.add_argument("heldout")
    given = options.parse_args()
    if given.command == "split":
        names, edges = read_edges(given.edges)
        train, heldout = split(edges, len(names), given.share, given.seed)
        write_edges(given.train, names, train)
        write_edges(given.heldout, names, heldout)
        return
    index, unit = load_vectors(given.vectors)
    both = [read_edges(path) for path in (given.train, given.heldout)]
    train, heldout = (np.array([index[name.decode()] for name in names])[edges] for names, edges in both)
    degrees = score_degrees(Graph(train, len(unit)), train, heldout)
    for name, value in score(unit, train, heldout).items():
        print(f"{name}: {value:.3f}" + (f" (product of degrees: {degrees[name]:.3f})" if name in degrees else ""))


if __name__ == "__main__":
    main()
