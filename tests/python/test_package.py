"""The package installs offline, from the repository and from a source distribution, into a clean environment.

The quick tests take the library that make has built; with NCE2VEC_ALL=1 the package builds its own.
"""
import ast
import base64
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
import unittest.mock
import zipfile
from pathlib import Path

import toy  # noqa: F401 (the path of the package)

import nce2vec

ROOT = Path(__file__).resolve().parents[2]
ALL = os.environ.get("NCE2VEC_ALL") == "1"
LIBRARY = str(nce2vec._native.library.path)  # that of make, or of the installed package
USE = """
import sys, nce2vec
from nce2vec.compat import gensim
v = nce2vec.train([["a", "b", "c"]] * 50, dim=4, min_count=1, subsample=0, threads=1)
assert len(v) == 3 and nce2vec._native.library.path.parent.is_relative_to(sys.prefix), nce2vec._native.library.path
print(nce2vec.__version__)
"""


def backend():
    spec = importlib.util.spec_from_file_location("backend", ROOT / "python" / "build_wheel_of_library.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def version():
    return backend()._project()["version"]


class Case(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.folder = Path(self._folder.name)
        self.environment = {name: value for name, value in os.environ.items()
                            if name not in ("NCE2VEC_LIBRARY", "PYTHONPATH", "PYTHONHOME", "NCE2VEC_PREBUILT")}
        if ALL:
            self.environment["CFLAGS"] = "-O0"  # which is compiled in a quarter of the time
        else:
            self.environment["NCE2VEC_PREBUILT"] = LIBRARY

    def run_python(self, python, *arguments):
        made = subprocess.run([str(python), *map(str, arguments)], capture_output=True, text=True, cwd=self.folder,
                              env=self.environment)
        self.assertEqual(made.returncode, 0, made.stdout + made.stderr)
        return made.stdout

    def install(self, source):
        """Installs into a clean environment, which has Debian's NumPy and pip, and uses the package there."""
        place = self.folder / "environment"
        self.run_python(sys.executable, "-m", "venv", "--system-site-packages", "--without-pip", place)
        python = place / "bin" / "python"
        if subprocess.run([python, "-c", "import pip"], capture_output=True).returncode:
            self.skipTest("apt-get install python3-pip")
        self.run_python(python, "-m", "pip", "-q", "install", "--no-index", "--no-deps", "--no-compile",
                        "--disable-pip-version-check", source)
        self.assertEqual(self.run_python(python, "-c", USE).strip(), version())
        self.assertTrue((place / "share" / "man" / "man1" / "nce2vec-align.1").is_file())
        script = place / "bin" / "nce2vec"
        for program in ([script], [python, "-m", "nce2vec"]) if ALL else ([script],):
            self.assertIn(f"nce2vec {version()}", self.run_python(*program, "--version"))
            self.assertIn("nce2vec align: ", self.run_python(*program, "help", "align"))
            self.assertRegex(self.run_python(*program, "help"), r"(?s)\n  train .*\n  align .*\n  tune .*\n  help ")
        done = subprocess.run([script, "info", "none"], env=self.environment, capture_output=True)
        self.assertEqual(done.returncode, 2)


class Install(Case):
    def test_from_the_repository(self):
        self.install(ROOT / "python")

    def test_from_a_source_distribution(self):
        if ALL:
            self.install(self.folder / backend().build_sdist(self.folder))


class Wheel(Case):
    def test_names_files_and_sums(self):
        with unittest.mock.patch.dict(os.environ, NCE2VEC_PREBUILT=LIBRARY):
            name = backend().build_wheel(self.folder)
        self.assertEqual(name, f"nce2vec-{version()}-py3-none-linux_{platform.machine()}.whl")
        with zipfile.ZipFile(self.folder / name) as wheel:
            names = wheel.namelist()
            for expected in ("nce2vec/__init__.py", "nce2vec/py.typed", "nce2vec/training.pyi",
                             "nce2vec/libnce2vec.so", "nce2vec/nce2vec", "nce2vec/commands/align.py",
                             "nce2vec/compat/gensim/word2vec.py",
                             *(f"nce2vec-{version()}.data/data/share/man/man1/{page}.1"
                               for page in ("nce2vec", "nce2vec-align", "nce2vec-compass", "nce2vec-tune")),
                             "nce2vec/compat/in_gensims_place/gensim.py",
                             "nce2vec/compat/in_gensims_place/gensim-4.3.0.dist-info/METADATA"):
                self.assertIn(expected, names)
            information = f"nce2vec-{version()}.dist-info/"
            self.assertIn("Requires-Dist: numpy", wheel.read(information + "METADATA").decode())
            recorded = [line.split(",") for line in wheel.read(information + "RECORD").decode().splitlines()]
            self.assertEqual([line[0] for line in recorded], names)
            for path, digest, size in recorded[:-1]:
                data = wheel.read(path)
                self.assertEqual(int(size), len(data))
                self.assertEqual(digest, "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest())
                                 .rstrip(b"=").decode())

    def test_licences_of_libraries_inside(self):
        for name in (*backend().BUILT, "NOTICE"):
            (self.folder / name).write_text("made")
        with unittest.mock.patch.dict(os.environ, NCE2VEC_PREBUILT=str(self.folder / "libnce2vec.so")):
            name = backend().build_wheel(self.folder)
        with zipfile.ZipFile(self.folder / name) as wheel:
            self.assertEqual(wheel.read("nce2vec/NOTICE"), b"made")

    def test_a_source_distribution_has_all_that_a_build_needs(self):
        with tarfile.open(self.folder / backend().build_sdist(self.folder)) as archive:
            names = archive.getnames()
        top = f"nce2vec-{version()}/"
        for expected in ("PKG-INFO", "pyproject.toml", "build_wheel_of_library.py", "nce2vec/_native.py",
                         "library/Makefile", "library/include/nce2vec.h", "library/src/libnce2vec.map",
                         "library/docs/nce2vec-tune.1"):
            self.assertIn(top + expected, names)
        self.assertFalse([name for name in names if name.endswith((".o", ".so", ".pyc"))])


class Interpreters(Case):
    def test_the_sources_are_those_of_python_3_9(self):
        for path in (ROOT / "python").rglob("*.py"):
            with self.subTest(path.name):
                ast.parse(path.read_text(), feature_version=(3, 9))

    def test_other_interpreters_import_it(self):
        minors = set(range(9, 20)) - {sys.version_info.minor}
        names = {shutil.which(f"python3.{minor}") for minor in minors} - {None}
        # A name may be a stub of a version manager that has no such version.
        found = [name for name in names if subprocess.run([name, "-c", ""], capture_output=True).returncode == 0]
        self.environment.update(NCE2VEC_LIBRARY=LIBRARY, PYTHONPATH=str(ROOT / "python"))
        for python in sorted(found):
            has_numpy = subprocess.run([python, "-c", "import numpy"], capture_output=True).returncode == 0
            with self.subTest(python):
                if has_numpy:
                    self.run_python(python, "-c", "import nce2vec")
                else:
                    self.run_python(python, "-c", "import compileall; assert compileall.compile_dir("
                                    f"{str(ROOT / 'python')!r}, quiet=1)")
                    self.lacks_numpy(python, "import nce2vec")

    def lacks_numpy(self, python, code):
        """The package says so, and its commands in C run."""
        done = subprocess.run([python, "-c", code], env=self.environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(f"nce2vec needs NumPy, which {python} does not have", done.stderr.splitlines()[-1])

    def test_without_numpy(self):
        self.environment.update(NCE2VEC_LIBRARY=LIBRARY, PYTHONPATH=str(ROOT / "python"))
        hidden = "import sys; sys.modules['numpy'] = None; "
        self.lacks_numpy(sys.executable, hidden + "import nce2vec")
        run = hidden + "import runpy; sys.argv[1:] = [%r]; runpy.run_path('" + str(
            ROOT / "python" / "nce2vec" / "__main__.py") + "', run_name='__main__')"
        self.lacks_numpy(sys.executable, run % "tune")
        self.assertIn(version(), self.run_python(sys.executable, "-c", run % "--version"))


if __name__ == "__main__":
    unittest.main()
