"""The rules that hold for the sources, checked by reading them: layers of folders, circles of includes, sizes, names,
and what the library must not do. The rules are those of docs/design.md and CONTRIBUTING.md."""

import os
import re
import shlex
import subprocess
import unittest

from source_tree import (ROOT, circle, code, files, functions, included_path, includes, read, strings, system_includes)
from support import SANITIZED

# From the top. Includes go down only; folders on one line do not include each other.
LAYERS = (
    ("cli",),
    ("api",),
    ("train", "query", "phrases"),
    ("model",),
    ("objectives", "corpus"),
    ("noise", "kernels", "io", "settings", "ranks"),
    ("base",),
)
LEVEL = {folder: level for level, folders in enumerate(LAYERS) for folder in folders}

C_FILES = files(["src"], [".c", ".h"])
LIBRARY = [path for path in C_FILES if not path.startswith("src/cli/")]
MAX_LINES = 600
MAX_COLUMNS = 120
MAX_FUNCTION = 60


def folder_of(path):
    """The layer of a file in src: src/model/formats/npy.c is in model."""
    return path.split("/")[1]


def goes_down(path, other):
    return is_public(other) or folder_of(path) == folder_of(other) or \
        LEVEL.get(folder_of(path), -1) < LEVEL.get(folder_of(other), -1)


def is_public(path):
    return path.startswith("include/")


class Reading(unittest.TestCase):
    """The small parser does what the rules below rely on."""

    def test_comments_and_strings_are_no_code(self):
        self.assertEqual(code('a /* b\nc */ "d /*" // e\n\'"\' f'), 'a \n "" \x20\n\'\' f'.replace("\x20", " "))
        self.assertEqual(strings('#include "x.h"\n f("--a", /* "b" */ "c\\"d")'), ['"--a"', '"c\\"d"'])
        self.assertEqual(includes('#include "a/b.h" /* x */\n/* #include "c.h" */\n#include <d.h>\n'), ["a/b.h"])

    def test_functions_are_found(self):
        text = ("static int f(int a,\n             int b)\n{\n    if (a) {\n    }\n}\n\nstruct s {\n    int x;\n};\n\n"
                "__attribute__((format(printf, 1, 2))) void g(void)\n{\n}\n")
        self.assertEqual(functions(text), [("f", 1, 6), ("g", 12, 3)])

    def test_circles_are_found(self):
        self.assertEqual(circle({"a": ["b"], "b": ["c"], "c": ["b"]}), ["b", "c", "b"])
        self.assertIsNone(circle({"a": ["b", "c"], "b": ["c"], "c": []}))

    def test_there_is_something_to_read(self):
        self.assertGreater(len(C_FILES), 100)
        self.assertGreater(sum(len(functions(read(path))) for path in C_FILES), 700)


class Rules(unittest.TestCase):
    def none(self, violations):
        found = sorted(set(violations))
        if found:
            self.fail("%d violations:\n%s" % (len(found), "\n".join(found)))

    def test_every_folder_is_in_a_layer(self):
        self.none({path for path in C_FILES if folder_of(path) not in LEVEL})

    def test_page_has_the_same_layers(self):
        section = re.search(r"^## Layers$(.*?)^## ", read("docs/design.md"), re.MULTILINE | re.DOTALL).group(1)
        rows = [re.findall(r"`src/(\w+)`", row.split("|")[1]) for row in section.split("\n")
                if row.startswith("| `src")]
        self.assertEqual([tuple(row) for row in rows], list(LAYERS))

    def test_includes_go_down_only(self):
        violations = set()
        for path in C_FILES:
            for name in includes(read(path)):
                other = included_path(path, name)
                if not other:
                    violations.add("%s includes %s, which is nowhere" % (path, name))
                elif not goes_down(path, other):
                    violations.add("%s includes %s" % (path, name))
        self.none(violations)

    def test_command_line_knows_the_public_headers_alone(self):
        self.none("%s includes %s" % (path, name) for path in C_FILES if folder_of(path) == "cli"
                  for name in includes(read(path)) + system_includes(read(path))
                  if not re.match(r"(nce2vec\.h|nce2vec/\w+\.h|cli/[\w/]+\.h)$", name)
                  and (included_path(path, name) or "nce2vec" in name))

    def test_public_headers_know_each_other_alone(self):
        self.none("%s includes %s" % (path, name) for path in files(["include"], [".h"])
                  for name in includes(read(path)) if not is_public(included_path(path, name) or ""))

    def test_includes_have_no_circle(self):
        everything = C_FILES + files(["include", "tests"], [".h", ".c"])
        edges = {path: [other for other in (included_path(path, name) for name in includes(read(path))) if other]
                 for path in everything}
        self.assertIsNone(circle(edges))

    def test_headers_need_no_other(self):
        """Each is the first that some source includes, or compiles alone; .inc.h are parts of a file."""
        compiler = [*shlex.split(os.environ.get("CC", "cc")), "-std=gnu11", "-D_GNU_SOURCE", "-Iinclude", "-Isrc",
                    "-fsyntax-only", "-x", "c", "-include"]
        first, violations = set(), set()
        for path in files(["src"], [".c"]):
            begin = re.search(r'^\s*#[^\n]*', code(read(path)), re.MULTILINE)  # a definition before it may be needed
            name = includes(read(path))[:1] if begin and re.match(r'\s*#\s*include "', begin.group()) else []
            first.update(included_path(path, n) for n in name)
        self.assertGreater(len(first), 100)
        for path in files(["src", "include"], [".h"]):
            if path.endswith(".inc.h") or path in first:
                continue
            done = subprocess.run([*compiler, path, os.devnull], cwd=ROOT, stderr=subprocess.PIPE, text=True,
                                  check=False)
            if done.returncode:
                violations.add("%s: %s" % (path, done.stderr.split("\n")[0]))
        self.none(violations)

    def test_files_are_short(self):
        counted = {path: read(path).count("\n") for path in files(["src", "tests"], [".c", ".h", ".py"])}
        self.none("%s has %d lines" % item for item in counted.items() if item[1] >= MAX_LINES)

    def test_lines_are_short(self):
        """But for the headers of version 1, which are kept as they were."""
        folders = ["src", "include", "python", "eval", "tests", "docs", "scripts"]
        self.none("%s, line %d has %d columns" % (path, number, len(line))
                  for path in files(folders, [".c", ".h", ".py"]) if not path.startswith("tests/compat/include/")
                  for number, line in enumerate(read(path).split("\n"), 1) if len(line) > MAX_COLUMNS)

    def test_functions_are_short(self):
        self.none("%s, line %d: %s has %d lines" % (path, first, name, lines)
                  for path in files(["src", "tests", "docs"], [".c", ".h"])
                  for name, first, lines in functions(read(path)) if lines > MAX_FUNCTION)

    def test_public_names_are_those_of_the_headers(self):
        """n2v_ marks the public interface: no other name of src begins so."""
        public = set(re.findall(r"\bn2v_\w+", code("\n".join(read(path) for path in files(["include"], [".h"])))))
        self.assertIn("n2v_settings_create", public)
        self.none("%s has %s" % (path, name) for path in C_FILES
                  for name in re.findall(r"\bn2v_\w+", code(read(path))) if name not in public)

    def test_public_functions_are_defined_in_api_alone(self):
        self.none("%s defines %s" % (path, name) for path in C_FILES if folder_of(path) != "api"
                  for name, _, _ in functions(read(path)) if name.startswith("n2v_"))

    def test_first_sizes_do_not_grow(self):
        """The size that a structure had in the first header is not its size of today."""
        self.none("%s: %s" % (path, found) for path in LIBRARY for found in re.findall(
            r"structure_check\([^,;]+,\s*sizeof[^,]*|#define FIRST\w*\s+\(?\s*sizeof\s*\(n2v_\w+\)", code(read(path))))

    def test_library_names_no_option(self):
        self.none("%s: %s" % (path, literal) for path in LIBRARY for literal in strings(read(path))
                  if re.search(r"(^|[^-\w])--[a-z]", literal[1:-1]))

    def test_library_prints_numbers_without_the_locale(self):
        """printf's decimal point is the locale's: number_format is the one place that asks for it."""
        self.none("%s: %s" % (path, literal) for path in LIBRARY if path != "src/base/number.c"
                  for literal in strings(read(path)) if re.search(r"%[-+ #0-9.*]*[fgeaFGEA](?![a-z])", literal))

    def test_library_neither_prints_nor_exits(self):
        forbidden = (r"printf|vprintf|puts|putchar|perror|exit|_exit|_Exit|quick_exit|abort|atexit|signal|sigaction|"
                     r"setlocale|setenv|putenv|unsetenv|system|err|errx|warn|warnx|assert")
        streams = r"\b(stdout|stderr)\b"
        violations = set()
        for path in LIBRARY:
            plain = code(read(path))
            violations.update("%s calls %s" % (path, name) for name in
                              re.findall(r"(?<![\w.>])(%s)\s*\(" % forbidden, plain))
            violations.update("%s names %s" % (path, name) for name in re.findall(streams, plain))
        self.none(violations)

    def test_library_reads_two_environment_variables(self):
        """And those of launchers, by which ranks are found. A program that the library starts gets all of them."""
        violations = set()
        for path in LIBRARY:
            plain = re.sub(r"/\*.*?\*/", "", read(path), flags=re.DOTALL)
            for argument in re.findall(r"\b(?:secure_)?getenv\s*\(([^)]*)\)", plain):
                if argument not in ('"N2V_KERNELS"', '"TMPDIR"') and path != "src/ranks/launcher.c":
                    violations.add("%s reads %s" % (path, argument))
            if re.search(r"\benviron\b", code(read(path))) and path != "src/io/program.c":
                violations.add("%s reads environ" % path)
        self.none(violations)

    def test_library_has_no_mutable_state(self):
        """In its object files nothing is in the sections of what can be written."""
        if SANITIZED:
            self.skipTest("machine: a sanitizer has state of its own")
        listed = subprocess.run(["objdump", "-h", os.environ["NCE2VEC_LIBRARY"][:-len(".so")] + ".a"], check=True,
                                stdout=subprocess.PIPE, text=True).stdout
        sections = re.findall(r"^ *\d+ (\.\S+) +([0-9a-f]+) ", listed, re.MULTILINE)
        self.assertIn(".text", dict(sections))
        self.none("%s has 0x%s bytes" % (name, size) for name, size in sections
                  if re.match(r"\.(data|bss|tdata|tbss)\b(?!\.rel\.ro)", name) and int(size, 16))

    def test_layouts_are_known_to_their_registry_alone(self):
        """No other file asks which layout is in use: neither by a list of names, nor by the layouts themselves."""
        registry = "src/train/layouts/registry.c"
        layouts = re.findall(r"extern const Layout (layout_\w+)", read("src/train/layout.h"))
        self.assertGreaterEqual(len(layouts), 4)
        for path in C_FILES:
            plain = code(read(path))
            if path != registry:
                self.assertNotRegex(plain, r"\bcase\s+LAYOUT_\w+|[=!]=\s*LAYOUT_\w+|\bLAYOUT_\w+\s*[=!]=", path)
                self.assertNotRegex(plain, r"[=!]=\s*&?\s*layout_\w+|strcmp\s*\([^;]*layout->name", path)
            for name in layouts:
                if re.search(r"\b%s\b" % name, plain):
                    own = path.startswith("src/train/layouts/") and "const Layout %s =" % name in plain
                    self.assertTrue(own or path in (registry, "src/train/layout.h"), "%s: %s" % (path, name))

    def test_statuses_are_compared(self):
        """One idiom: if ((status = f(...)) != N2V_OK)."""
        bare = r"(?:if|while) \(!?status\)|[^=!]= !status\b|&& !?status\b(?! [!=]=)|!status &&"
        self.none("%s: %s" % (path, found) for path in C_FILES for found in re.findall(bare, code(read(path))))


if __name__ == "__main__":
    unittest.main()
