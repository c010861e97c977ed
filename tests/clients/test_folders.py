"""Public libraries that load the folder of model2vec, unchanged: they and nce2vec read what the other has written."""
import importlib.util
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import sources

PROGRAM = Path(__file__).with_name("folders.py")


class Folders(unittest.TestCase):
    def check(self, name, needs):
        missing = [module for module in needs if importlib.util.find_spec(module) is None]
        if missing:
            self.skipTest(f"machine: no Python modules {', '.join(missing)}, which Debian 12 lacks")
        try:
            folder = sources.bring(name)
        except sources.Unavailable as reason:
            self.skipTest(f"machine: no sources of {name}: {reason}")
        with tempfile.TemporaryDirectory() as scratch:
            made = subprocess.run([sys.executable, str(PROGRAM), name, str(folder), scratch], capture_output=True,
                                  text=True)
        self.assertEqual(made.returncode, 0, made.stderr[-3000:])

    def test_model2vec(self):
        self.check("model2vec", ["tokenizers", "safetensors", "huggingface_hub", "joblib", "tqdm", "jinja2"])

    def test_sentence_transformers(self):
        self.check("sentence_transformers", ["torch", "transformers", "tokenizers", "safetensors", "sklearn"])


if __name__ == "__main__":
    unittest.main()
