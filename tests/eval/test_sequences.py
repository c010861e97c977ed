"""The examples for sessions and graphs (docs/examples), and the table of their scores (tests/bench/sequences.py)."""

import os
import pickle
import shutil
import subprocess
import sys
import unittest

import numpy as np
from helpers import FolderTest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "docs", "examples"))

import links  # noqa: E402
import made  # noqa: E402
import sessions  # noqa: E402
import walks  # noqa: E402

PROGRAM = shutil.which(os.environ.get("NCE2VEC", "nce2vec"))
RACE = os.path.join(ROOT, "tests", "bench", "sequences.py")

# A square 0 1 2 3, a tail 3 4, and an edge 5 6 of its own.
SQUARE = np.array([[0, 1], [1, 2], [2, 3], [3, 0], [3, 4], [5, 6], [6, 5]])


class Sessions(unittest.TestCase):
    def setUp(self):
        # On a circle, in the order of their names.
        angles = np.arange(6) * 0.3
        self.unit = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        self.index = {name: at for at, name in enumerate("abcdef")}

    def rate(self, *held, k=1):
        return sessions.hit_rate(self.index, self.unit, [session.split() for session in held], k)

    def test_nearest_to_the_item_before(self):
        self.assertEqual(self.rate("a b"), 1)
        self.assertEqual(self.rate("a c"), 0)
        self.assertEqual(self.rate("a c", k=2), 1)
        self.assertEqual(self.rate("f a b"), 1)
        self.assertEqual(self.rate("a b", "a c"), 0.5)

    def test_items_of_the_session_are_no_candidates(self):
        self.assertEqual(self.rate("b a c"), 1)  # b is nearer
        self.assertEqual(self.rate("a b", "a b a", "a a", "a"), 1)  # no new item: skipped

    def test_items_without_vectors_are_misses(self):
        self.assertEqual(self.rate("a b", "a new", "new a"), 1 / 3)
        with self.assertRaisesRegex(SystemExit, "no session"):
            self.rate("new newer")

    def test_equal_vectors_are_no_hits(self):
        self.unit[:] = [1, 0]
        self.assertEqual(self.rate("a b", k=4), 0)
        self.assertEqual(self.rate("a b", k=5), 1)

    def test_popular(self):
        import collections
        counts = collections.Counter("aaabbc")
        asked = [["x", "a"], ["a", "b"], ["a", "c"]]
        self.assertEqual(sessions.popular_hit_rate(counts, asked, k=1), 2 / 3)  # a; then b, because a was there

    def test_split_is_by_time(self):
        self.assertEqual(sessions.split(list("abcdefghij"), 0.2), (list("abcdefgh"), list("ij")))


class Walks(unittest.TestCase):
    def setUp(self):
        self.graph = walks.Graph(SQUARE, 7)

    def steps(self, p, q, count=4000):
        """Where walks go that came from node 0 to node 3: shares of nodes 0, 2, 4."""
        rows = np.zeros(count, np.int64), np.full(count, 3)
        found = self.graph.biased(*rows, p, q, np.random.default_rng(1))
        return np.bincount(found, minlength=7)[[0, 2, 4]] / count

    def test_neighbors(self):
        self.assertEqual(self.graph.degree.tolist(), [2, 2, 2, 3, 1, 1, 1])
        self.assertTrue(self.graph.linked(np.array([0, 4]), np.array([3, 3])).all())
        self.assertFalse(self.graph.linked(np.array([0, 6, 6]), np.array([2, 6, 0])).any())

    def test_walks_follow_edges(self):
        for p, q in ((1, 1), (4, 0.5)):
            rows = self.graph.walk(np.arange(7).repeat(20), 9, p, q, np.random.default_rng(1))
            self.assertTrue(self.graph.linked(rows[:, :-1].ravel(), rows[:, 1:].ravel()).all())
            self.assertEqual(set(rows[0]), {0, 1, 2, 3, 4} & set(rows[0]))

    def test_bias(self):
        np.testing.assert_allclose(self.steps(1, 1), [1 / 3] * 3, atol=0.03)
        np.testing.assert_allclose(self.steps(4, 1), np.array([1 / 4, 1, 1]) / 2.25, atol=0.03)
        # From 0, both 2 and 4 are far: 1/q each.
        np.testing.assert_allclose(self.steps(1, 4), np.array([1, 1 / 4, 1 / 4]) / 1.5, atol=0.03)

    def test_near_nodes_have_weight_one(self):
        triangle = walks.Graph(np.array([[0, 1], [1, 2], [2, 0], [1, 3]]), 4)
        found = triangle.biased(np.zeros(4000, np.int64), np.ones(4000, np.int64), 0.5, 0.25, np.random.default_rng(1))
        np.testing.assert_allclose(np.bincount(found) / 4000, np.array([2, 0, 1, 4]) / 7, atol=0.03)

    def test_lines(self):
        names = [b"a", "Größe".encode(), b"bcd"]
        self.assertEqual([line.split()
                          for line in walks.lines(walks.padded(names), np.array([[0, 1], [2, 0]])).splitlines()],
                         [[b"a", "Größe".encode()], [b"bcd", b"a"]])


class Links(unittest.TestCase):
    def test_split(self):
        edges = made.make_edges(500, np.random.default_rng(1))
        train, heldout = links.split(edges, 500, 0.2, seed=1)
        distinct = {tuple(sorted(edge)) for edge in edges.tolist()}
        both = [tuple(edge) for edge in np.concatenate([train, heldout]).tolist()]
        self.assertEqual(len(both), len(distinct))
        self.assertEqual(set(both), distinct)
        self.assertTrue(0.1 < len(heldout) / len(both) < 0.25)
        self.assertLessEqual(set(heldout.ravel()), set(train.ravel()))

    def test_auc(self):
        self.assertEqual(links.auc(np.array([2.0, 3]), np.array([1.0, 0])), 1)
        self.assertEqual(links.auc(np.array([0.0, 3]), np.array([1.0, 2])), 0.5)
        self.assertEqual(links.auc(np.array([1.0]), np.array([1.0])), 0.5)

    def test_negatives_are_no_edges(self):
        known = walks.Graph(SQUARE, 7)
        for by_degree in (False, True):
            pairs = links.others(SQUARE, known, np.random.default_rng(1), by_degree)
            self.assertEqual(len(pairs), len(SQUARE))
            self.assertFalse(known.linked(pairs[:, 0], pairs[:, 1]).any())
            self.assertFalse((pairs[:, 0] == pairs[:, 1]).any())

    def test_vectors_of_the_communities_find_edges(self):
        rng = np.random.default_rng(1)
        community = np.arange(60) // 6
        edges = np.array([[a, b] for a in range(60) for b in range(a) if community[a] == community[b]])
        train, heldout = links.split(edges, 60, 0.2, seed=1)
        right = links.score(np.eye(10)[community] + 1e-3 * rng.random((60, 10)), train, heldout)
        random = links.score(sessions.unit_rows(rng.normal(size=(60, 10))), train, heldout)
        self.assertGreater(min(right.values()), 0.99)
        self.assertLess(max(random.values()), 0.7)


class Race(FolderTest):
    """The table, without gensim: it takes seconds."""

    def race(self, *arguments):
        os.makedirs(self.path("build"), exist_ok=True)
        if not os.path.exists(self.path("build/nce2vec")):
            os.symlink(os.path.abspath(PROGRAM), self.path("build/nce2vec"))
        return subprocess.run([sys.executable, RACE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, env={**os.environ, "BUILD": self.path("build")}, check=False)

    def rows(self, *arguments):
        done = self.race(*arguments, "--only", "nce2vec", "--dim", "20", "--threads", "1")
        self.assertEqual(done.returncode, 0, done.stderr)
        table = [line.strip("| ").split("|") for line in done.stdout.splitlines() if line.startswith("| ")]
        return {row[0].strip(): [float(cell.split()[0]) for cell in row[1:] if cell.strip()] for row in table[1:]}

    def test_sessions(self):
        lists = made.make_sessions(1500, np.random.default_rng(1))
        sessions.write_sessions(self.path("train.txt"), lists[:1200])
        sessions.write_sessions(self.path("heldout.txt"), lists[1200:])
        rows = self.rows("sessions", self.path("train.txt"), self.path("heldout.txt"))
        best = rows["nce2vec, `--preset sessions`"]
        self.assertEqual(len(best), 3)  # input, sum, seconds
        self.assertGreater(best[1], 1.5 * rows["the most popular items"][0])

    def test_graph(self):
        rng = np.random.default_rng(1)
        first = rng.integers(0, 600, 3000)
        edges = np.stack([first, first // 20 * 20 + rng.integers(0, 20, 3000)], axis=1)  # in groups of 20 nodes
        self.write("edges.txt", "# made\n" + "".join("%d,%d\n" % tuple(edge) for edge in edges))
        rows = self.rows("graph", self.path("edges.txt"))
        best = rows["nce2vec, `--preset walks`"]
        self.assertEqual(len(best), 7)
        self.assertGreater(best[4], rows["product of degrees"][1] + 10)  # by degree

    def test_sessions_of_a_pickle(self):
        self.write("lists.pickle", pickle.dumps([[1, 2], [3]]))
        self.assertEqual(self.race("lines", self.path("lists.pickle")).stdout, "1 2\n3\n")
        self.write("pairs.pickle", pickle.dumps(([[1, 2], [1], [4]], [3, 2, 5])))
        self.assertEqual(self.race("lines", self.path("pairs.pickle")).stdout, "1 2 3\n4 5\n")
        self.write("program.pickle", pickle.dumps(os.path.join))
        refused = self.race("lines", self.path("program.pickle"))
        self.assertIn("this is no pickle of lists of numbers", refused.stderr)


if __name__ == "__main__":
    unittest.main()
