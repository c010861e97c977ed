"""Stubs and signatures have the settings of the library's table."""
import importlib.util
import inspect
import tempfile
import typing
import unittest
from pathlib import Path

import toy

import nce2vec
from nce2vec import _native, _settings

ROOT = Path(__file__).resolve().parents[2]


class Stubs(unittest.TestCase):
    def test_the_stubs_are_what_the_script_writes(self):
        spec = importlib.util.spec_from_file_location("python_stubs", ROOT / "scripts" / "python_stubs.py")
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        with tempfile.TemporaryDirectory() as folder:
            script.main(folder)
            for written in sorted(Path(folder).rglob("*.pyi")):
                with self.subTest(written.name):
                    text = written.read_text()
                    compile(text, written.name, "exec")
                    self.assertEqual(text, (ROOT / "python" / "nce2vec" / written.relative_to(folder)).read_text(),
                                     "the settings have changed: make stubs")
                    self.assertLess(max(map(len, text.splitlines())), 121)


class Signatures(unittest.TestCase):
    def test_every_setting_is_a_keyword(self):
        names = {_settings.keyword(info.name.decode()) for info in _settings.describe(_native.FOR_TRAINING)}
        for function in (nce2vec.train, nce2vec.Trainer, nce2vec.compass, nce2vec.tune, nce2vec.Tuning):
            self.assertLessEqual(names, set(inspect.signature(function).parameters))

    def test_defaults_are_those_of_the_library(self):
        found = inspect.signature(nce2vec.train).parameters
        self.assertEqual((found["dim"].default, found["subsample"].default, found["deterministic"].default,
                          found["sync_bits"].default, found["noise"].default), (100, 1e-4, False, 32, None))
        self.assertEqual(found["sync_bits"].annotation, "Literal[32, 16, 8]")

    def test_annotations_are_types(self):
        import os
        names = {"os": os, "Literal": typing.Literal}
        for parameter in _settings.parameters(_native.FOR_TRAINING):
            for part in parameter.annotation.split(" | "):
                eval(part, dict(names))


if __name__ == "__main__":
    unittest.main()
