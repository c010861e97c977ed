"""Stubs and signatures have the settings of the library's table; man pages are those of the help."""
import importlib.util
import inspect
import re
import tempfile
import typing
import unittest
from pathlib import Path

import toy

import nce2vec
from nce2vec import _native, _settings
from nce2vec.__main__ import IN_PYTHON
from nce2vec.commands.options import Parser

ROOT = Path(__file__).resolve().parents[2]


def script_named(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


class ManPages(unittest.TestCase):
    def test_the_pages_are_those_of_the_help(self):
        script = script_named("man")
        self.assertEqual(set(script.IN_PYTHON), set(IN_PYTHON))
        for name in IN_PYTHON:
            with self.subTest(name):
                text = Parser(name, importlib.import_module(f"nce2vec.commands.{name}")).format_help()
                page = (ROOT / "docs" / f"nce2vec-{name}.1").read_text()
                self.assertEqual(script.command_page(nce2vec.__version__, text), page,
                                 "the page is not that of today's help: make man")
                for option in re.findall(r"^  (?:-\w, )?(--[\w-]+)", text, re.MULTILINE):
                    self.assertIn(option.replace("-", "\\-"), page)


class Stubs(unittest.TestCase):
    def test_the_stubs_are_what_the_script_writes(self):
        script = script_named("python_stubs")
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
