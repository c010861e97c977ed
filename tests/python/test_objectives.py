"""Objectives on arrays, and losses of one's own."""
import unittest

import numpy as np
import toy

import nce2vec
from nce2vec import objectives


def logistic(tile):
    """sgns: -log sigma(s+) - sum log sigma(-s-)."""
    drawn = np.ones_like(tile.scores) if tile.multiplicity is None else np.broadcast_to(
        tile.multiplicity, tile.scores.shape)
    if tile.mask is not None:
        drawn = np.where(tile.mask, 0, drawn)
    positive, negative = tile.positive_scores.astype(float), tile.scores.astype(float)
    loss = np.logaddexp(0, -positive).sum() + (drawn * np.logaddexp(0, negative)).sum()
    return loss, drawn / (1 + np.exp(-negative)), -1 / (1 + np.exp(positive))


class Evaluate(unittest.TestCase):
    def test_sgns(self):
        scores = np.array([[1.0, 2.0, -3.0], [0.5, 0.1, 0.2]])
        labels = [[1, 0, 0], [2, 0, 1]]
        found = objectives.evaluate("sgns", scores, labels)
        sigma = 1 / (1 + np.exp(-scores))
        self.assertAlmostEqual(found.loss, -np.log(sigma[0, 0]) - np.log(1 - sigma[0, 1:]).sum() -
                               np.log(sigma[1, 2]) - np.log(1 - sigma[1, 1]), places=5)
        expected = sigma - np.array([[1, 0, 0], [0, 0, 1]])
        expected[1, 0] = 0
        self.assertTrue(np.allclose(found.gradient, expected, atol=1e-5))

    def test_every_objective_has_the_gradient_of_its_loss(self):
        random = np.random.default_rng(1)
        for name in objectives.names():
            info = objectives.describe(name)
            m = n = 4
            scores = random.uniform(0.5, 2, (m, n)).astype(np.float32)
            given = dict(labels=np.eye(m, dtype=np.uint8))
            if info["needs"] & objectives.NEEDS_LOG_NOISE:
                given["log_noise"] = random.uniform(-3, -1, n)
            if info["needs"] & objectives.NEEDS_NORMS:
                given.update(input_norms=random.uniform(0.5, 2, m), output_norms=random.uniform(0.5, 2, n))
            if info["needs"] & objectives.NEEDS_SIDES:
                given.update(input_pairs=random.uniform(0.5, 2, (m, m)), output_pairs=random.uniform(0.5, 2, (n, n)))
            step = 1e-3
            with self.subTest(name):
                gradient = objectives.evaluate(name, scores, **given).gradient
                moved = [scores.copy(), scores.copy()]
                moved[0][1, 2] += step
                moved[1][1, 2] -= step
                up, down = (objectives.evaluate(name, s, **given).loss for s in moved)
                self.assertAlmostEqual(gradient[1, 2], (up - down) / (moved[0][1, 2] - moved[1][1, 2]), delta=2e-2)

    def test_shapes_are_checked(self):
        with self.assertRaisesRegex(nce2vec.ArgumentError, "labels has the shape"):
            objectives.evaluate("sgns", np.zeros((2, 3)), np.zeros((3, 2)))
        with self.assertRaisesRegex(nce2vec.ArgumentError, "two axes"):
            objectives.evaluate("sgns", np.zeros(3), np.zeros(3))
        with self.assertRaisesRegex(nce2vec.ArgumentError, "labels are POSITIVE"):
            objectives.evaluate("sgns", np.zeros((1, 2)), [[1.5, 0]])
        with self.assertRaisesRegex(TypeError, "the objective is a str"):
            objectives.evaluate(5, np.zeros((1, 1)), [[1]])
        with self.assertRaisesRegex(nce2vec.ArgumentError, "sgsn"):
            objectives.evaluate("sgsn", np.zeros((1, 1)), [[1]])

    def test_descriptions(self):
        self.assertEqual(objectives.describe("infonce:temperature=0.5")["parameters"]["temperature"]["value"], 0.5)
        self.assertEqual(objectives.describe("sgns")["geometry"], "dot")


class Own(unittest.TestCase):
    def test_a_loss_in_python_trains_as_the_same_loss_in_c(self):
        own = objectives.ObjectiveSet()
        own.add("mine", logistic, noise=5, noise_sharing=1)
        self.assertIn("mine", objectives.names(own))
        settings = {**toy.TRAINING, "noise": 5, "noise_sharing": 1, "init": 0.1, "precision": "fp32", "epochs": 1}
        mine = nce2vec.train(toy.sentences(200), objectives=own, objective="mine", **settings)
        sgns = nce2vec.train(toy.sentences(200), objective="sgns", **settings)
        self.assertTrue(np.allclose(mine.matrix, sgns.matrix, atol=1e-4))
        self.assertGreater(np.abs(mine.matrix - nce2vec.train(toy.sentences(200), objective="sgns",
                                                              **{**settings, "seed": 2}).matrix).max(), 0.01)

    def test_its_exception_is_raised(self):
        own = objectives.ObjectiveSet()

        def fail(tile):
            raise RuntimeError("my loss failed")
        own.add("mine", fail)
        with self.assertRaisesRegex(RuntimeError, "my loss failed"):
            nce2vec.train(toy.sentences(200), objectives=own, objective="mine", **{**toy.TRAINING, "threads": 2})

    def test_what_it_returns_is_checked(self):
        """Shapes are not broadcast; a failure counts whether or not the loss of its tile is looked at."""
        for returned, says in ((lambda tile: (0, np.zeros(3), np.zeros_like(tile.positive_scores)),
                                r"derivatives of the loss by the scores have the shape \(3,\)"),
                               (lambda tile: (0, np.zeros_like(tile.scores), 0), r"by the positive scores .* \(\)"),
                               (lambda tile: 1.5, "returns three values"), (lambda tile: None, "returns three values")):
            own = objectives.ObjectiveSet()
            own.add("mine", returned)
            with self.subTest(says), self.assertRaisesRegex(nce2vec.ArgumentError, says):
                nce2vec.train([["a", "b"]] * 3, objectives=own, objective="mine", **toy.TRAINING)

    def test_a_loss_that_is_not_a_number(self):
        own = objectives.ObjectiveSet()
        own.add("mine", lambda tile: (np.nan, np.zeros_like(tile.scores), np.zeros_like(tile.positive_scores)))
        own.add("steep", lambda tile: (1, np.full_like(tile.scores, np.nan), np.zeros_like(tile.positive_scores)))
        for name in ("mine", "steep"):
            with self.subTest(name), self.assertRaises(nce2vec.DivergenceError):
                nce2vec.train(toy.sentences(200), objectives=own, objective=name, **toy.TRAINING)

    def test_a_loss_may_keep_and_change_its_arrays(self):
        kept = []

        def loss(tile):
            made = logistic(tile)
            kept.append((tile.scores, tile.scores.copy()))
            tile.positive_scores[:] = 1e9
            return made
        own = objectives.ObjectiveSet()
        own.add("mine", loss)
        nce2vec.train(toy.sentences(20), objectives=own, objective="mine", **{**toy.TRAINING, "epochs": 1})
        self.assertTrue(all(np.array_equal(array, copy) for array, copy in kept))

    def test_a_name_that_exists_is_refused(self):
        with self.assertRaisesRegex(nce2vec.ArgumentError, "sgns"):
            objectives.ObjectiveSet().add("sgns", logistic)


if __name__ == "__main__":
    unittest.main()
