"""classes.py: word classes by k-means."""

import unittest

import numpy as np
from helpers import FolderTest, make_vectors, write_text

import classes


class Classes(FolderTest):
    def test_groups_become_classes(self):
        generator = np.random.default_rng(1)
        directions = np.eye(3, 8)
        rows = {f"w{i}": directions[i // 10] * (1 + i) + generator.normal(size=8) * 0.05 for i in range(30)}
        write_text(self.path("v"), make_vectors(rows))
        got = self.command("classes.py", self.path("v"), "-k", "3")
        self.assertEqual((got.returncode, got.stderr), (0, ""))
        lines = [line.split() for line in got.stdout.splitlines()]
        self.assertEqual([word for word, _ in lines], list(rows))
        self.assertEqual([len({number for _, number in lines[at:at + 10]}) for at in (0, 10, 20)], [1, 1, 1])
        self.assertEqual({number for _, number in lines}, {"0", "1", "2"})

    def test_more_classes_than_words(self):
        """Some stay empty."""
        assigned = classes.assign(np.eye(3, dtype=np.float32), 5, classes.ROUNDS)
        self.assertEqual(list(assigned), [0, 1, 2])

    def test_chunks_change_nothing(self):
        rows = np.random.default_rng(2).normal(size=(50, 4)).astype(np.float32)
        whole = classes.assign(rows, 7, 3)
        self.addCleanup(setattr, classes, "CHUNK", classes.CHUNK)
        classes.CHUNK = 6
        self.assertEqual(list(classes.assign(rows, 7, 3)), list(whole))

    def test_errors(self):
        got = self.command("classes.py", self.path("none"), "-k", "3")
        self.assertEqual((got.returncode, got.stdout), (1, ""))
        self.assertEqual(got.stderr, f"classes.py: {self.path('none')}: No such file or directory\n")
        self.assertEqual(self.command("classes.py", self.path("none"), "-k", "0").returncode, 2)


if __name__ == "__main__":
    unittest.main()
