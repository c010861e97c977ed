"""The build backend: make builds the library, and a wheel is a ZIP archive of it and the package (PEP 427, PEP 517).

It needs nothing but Python, a C compiler and what the library needs. A wheel depends on no version of Python or NumPy.
"""

import base64
import hashlib
import io
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
# In a repository the sources are beside this folder, in a source distribution inside of it.
SOURCES = HERE / "library" if (HERE / "library").is_dir() else HERE.parent
LIBRARY_PARTS = ("Makefile", "LICENSE", "src", "include")


def _project():
    """Name, version and such from pyproject.toml: tomllib came with Python 3.11."""
    text = (HERE / "pyproject.toml").read_text(encoding="utf-8")

    def value(key):
        return re.search(rf'^{key} = "(.*)"$', text, re.MULTILINE).group(1)
    extras = re.search(r"^\[project.optional-dependencies\]\n(.*?)(?:\n\n|\Z)", text, re.MULTILINE | re.DOTALL).group(1)
    return {
        "name": value("name"), "version": value("version"), "summary": value("description"),
        "python": value("requires-python"), "license": re.search(r'license = \{ text = "(.*)" \}', text).group(1),
        "requires": re.findall(r'"([^"]+)"', re.search(r"^dependencies = \[(.*)\]$", text, re.MULTILINE).group(1)),
        "extras": {name: re.findall(r'"([^"]+)"', items)
                   for name, items in re.findall(r"^(\w+) = \[(.*)\]$", extras, re.MULTILINE)},
    }


def _metadata(project):
    lines = ["Metadata-Version: 2.1", f"Name: {project['name']}", f"Version: {project['version']}",
             f"Summary: {project['summary']}", f"License: {project['license']}",
             f"Requires-Python: {project['python']}"]
    lines += [f"Requires-Dist: {item}" for item in project["requires"]]
    for name, items in project["extras"].items():
        lines.append(f"Provides-Extra: {name}")
        lines += [f'Requires-Dist: {item}; extra == "{name}"' for item in items]
    lines.append("Description-Content-Type: text/markdown")
    return "\n".join(lines) + "\n\n" + (HERE / "README.md").read_text(encoding="utf-8")


def _platform():
    """The tag of wheels that this machine can run; the C library that they need is not looked into."""
    return "linux_" + platform.machine()


_NEEDS = ("building nce2vec needs make, a C compiler, pkg-config, zlib and utf8proc; on Debian: "
          "apt-get install gcc make pkg-config libc6-dev zlib1g-dev libutf8proc-dev")


# What the package has of make's: the library and the program, beside each other.
BUILT = ("libnce2vec.so", "nce2vec")


def _build(folder):
    """Builds the library and the program into the folder, and returns it. NCE2VEC_PREBUILT names a library that is
    built already; the program is beside it."""
    if "NCE2VEC_PREBUILT" in os.environ:
        return Path(os.environ["NCE2VEC_PREBUILT"]).parent
    if not (SOURCES / "Makefile").is_file():
        raise SystemExit(f"{SOURCES} does not have the sources of the library. pip before 21.3 copies the folder "
                         "python alone: run `make wheel` in the repository, then `pip install build/nce2vec-*.whl` "
                         "(docs/installing.md)")
    compiler = ["CC=" + os.environ["CC"]] if "CC" in os.environ else []
    command = ["make", "-s", "-j", str(os.cpu_count() or 1), "-C", str(SOURCES), "BUILD=" + str(folder), *compiler,
               *(str(folder / name) for name in BUILT)]
    try:
        made = subprocess.run(command, stdout=sys.stderr)
    except FileNotFoundError:
        raise SystemExit(_NEEDS) from None
    if made.returncode:
        raise SystemExit("make failed, see above; " + _NEEDS)
    return folder


class _Wheel:
    def __init__(self, path):
        self._archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self._record = []

    def add(self, name, data, mode=0o644):
        info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))  # the same bytes at any time
        info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, (0o100000 | mode) << 16
        self._archive.writestr(info, data, compresslevel=1)  # quick: most of it are the library and the program
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        self._record.append(f"{name},sha256={digest},{len(data)}")

    def close(self, folder):
        name = f"{folder}/RECORD"
        lines = "\n".join(self._record + [f"{name},,"]) + "\n"
        self._archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), lines)
        self._archive.close()


def _package_files():
    package = HERE / "nce2vec"
    return sorted(path for path in package.rglob("*") if path.suffix in (".py", ".pyi", ".typed") or
                  path.name == "METADATA")


def _man_pages():
    return sorted((SOURCES / "docs").glob("nce2vec*.1"))


def _write_wheel(folder, files):
    project = _project()
    stem = f"{project['name']}-{project['version']}"
    tag = f"py3-none-{_platform()}"
    name = f"{stem}-{tag}.whl"
    wheel = _Wheel(Path(folder) / name)
    for path, data, mode in files:
        wheel.add(path, data, mode)
    # The script nce2vec. An entry point would import the package, and NumPy, also for the commands that are in C.
    wheel.add(f"{stem}.data/scripts/nce2vec", b"#!python\n" + (HERE / "nce2vec" / "__main__.py").read_bytes(), 0o755)
    for page in _man_pages():
        wheel.add(f"{stem}.data/data/share/man/man1/{page.name}", page.read_bytes())
    information = f"{stem}.dist-info"
    wheel.add(f"{information}/METADATA", _metadata(project).encode())
    wheel.add(f"{information}/WHEEL",
              f"Wheel-Version: 1.0\nGenerator: nce2vec\nRoot-Is-Purelib: false\nTag: {tag}\n".encode())
    wheel.add(f"{information}/LICENSE", (SOURCES / "LICENSE").read_bytes())
    wheel.close(information)
    return name


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    with tempfile.TemporaryDirectory() as build:
        folder = _build(Path(build))
        files = [(str(path.relative_to(HERE)), path.read_bytes(), 0o644) for path in _package_files()]
        files += [(f"nce2vec/{name}", (folder / name).read_bytes(), 0o755) for name in BUILT]
        if (folder / "NOTICE").is_file():  # licences of libraries that are parts of ours
            files.append(("nce2vec/NOTICE", (folder / "NOTICE").read_bytes(), 0o644))
        return _write_wheel(wheel_directory, files)


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    """The package stays where it is; the library is built into it."""
    with tempfile.TemporaryDirectory() as build:
        folder = _build(Path(build))
        for name in BUILT:
            shutil.copy(folder / name, HERE / "nce2vec" / name)
    return _write_wheel(wheel_directory, [("nce2vec.pth", (str(HERE) + "\n").encode(), 0o644)])


def build_sdist(sdist_directory, config_settings=None):
    project = _project()
    stem = f"{project['name']}-{project['version']}"
    path = Path(sdist_directory) / f"{stem}.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name in ("pyproject.toml", "README.md", Path(__file__).name):
            archive.add(HERE / name, f"{stem}/{name}")
        for file in _package_files():
            archive.add(file, f"{stem}/{file.relative_to(HERE)}")
        for part in LIBRARY_PARTS:
            archive.add(SOURCES / part, f"{stem}/library/{part}")
        for page in _man_pages():
            archive.add(page, f"{stem}/library/docs/{page.name}")
        data = _metadata(project).encode()
        info = tarfile.TarInfo(f"{stem}/PKG-INFO")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return path.name
