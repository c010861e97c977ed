"""Public programs that train with gensim, unchanged, with nce2vec in gensim's place; and with gensim, for comparison.

Where the sources cannot be had the tests are skipped. The last lines are a table of times and scores.
"""
import importlib.util
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import sources

PROGRAMS = Path(__file__).with_name("programs.py")
HAS_GENSIM = importlib.util.find_spec("gensim") is not None
ROWS = []


class Clients(unittest.TestCase):
    def run_program(self, name, package, folder):
        with tempfile.TemporaryDirectory() as scratch:
            made = subprocess.run([sys.executable, str(PROGRAMS), name, package, str(folder), scratch],
                                  capture_output=True, text=True)
        self.assertEqual(made.returncode, 0, made.stderr[-3000:])
        return json.loads(made.stdout.splitlines()[-1])

    def check(self, name, needs, client=None, compare=True, note=""):
        missing = ["python3-" + module.replace("_", "-") for module in needs
                   if importlib.util.find_spec(module) is None]
        if missing:
            self.skipTest("apt-get install " + " ".join(missing))
        try:
            folder = sources.bring(client or name)
        except sources.Unavailable as reason:
            self.skipTest(f"machine: no sources of {client or name}: {reason}")
        ours = self.run_program(name, "nce2vec", folder)
        self.assertGreater(ours["score"], 0.7)
        theirs = {}
        if compare and HAS_GENSIM:
            theirs = self.run_program(name, "gensim", folder)
            self.assertGreater(ours["score"], theirs["score"] - 0.05)
            self.assertEqual(ours.get("made"), theirs.get("made"))
        ROWS.append((name, ours, theirs, note))
        return ours

    def test_node2vec(self):
        self.check("node2vec", ["networkx", "joblib", "tqdm"])

    def test_the_example_of_node2vec(self):
        self.check("node2vec_example", ["networkx", "joblib", "tqdm"], client="node2vec", compare=False,
                   note="its own example with four processes, not compared")

    def test_fastnode2vec(self):
        self.check("fastnode2vec", ["networkx", "numba", "tqdm", "scipy"])

    def test_mol2vec(self):
        self.check("mol2vec", ["rdkit", "pandas", "joblib", "tqdm"], compare=False, note="gensim 4 cannot run it")

    def test_spec2vec(self):
        self.check("spec2vec", ["numba", "scipy", "tqdm"], note="with a small replacement of matchms")

    def test_wefe(self):
        self.check("wefe", ["semantic_version", "pandas", "plotly", "scipy", "sklearn"])

    def test_twec(self):
        self.check("twec", [], compare=False, note="needs a fork of gensim 3")

    def test_cade(self):
        self.check("cade", [], compare=False, note="needs a fork of gensim 3")

    @classmethod
    def tearDownClass(cls):
        if not ROWS:
            return
        print(f"{'':18}{'seconds':>20}{'score':>20}\n{'':18}" + f"{'nce2vec':>11}{'gensim':>9}" * 2)
        for name, ours, theirs, note in sorted(ROWS):
            print(f"{name:18}{ours['seconds']:11.2f}{theirs.get('seconds', float('nan')):9.2f}"
                  f"{ours['score']:11.3f}{theirs.get('score', float('nan')):9.3f}  {note}".replace("nan", "  -"))


if __name__ == "__main__":
    unittest.main()
