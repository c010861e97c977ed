"""The package's structures are those of the C headers."""
import os
import shlex
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import toy  # noqa: F401 (sets the path)
from nce2vec import _native as native

ROOT = Path(__file__).resolve().parents[2]


class Structures(unittest.TestCase):
    def test_sizes_and_places_are_those_of_the_headers(self):
        compiler = shlex.split(os.environ.get("CC", "cc"))
        if not shutil.which(compiler[0]):
            self.skipTest("no compiler")
        lines = []
        for name, structure in native.STRUCTURES.items():
            lines.append(f'printf("{name} %zu\\n", sizeof({name}));')
            lines += [f'printf("{name}.{member} %zu\\n", offsetof({name}, {member}));'
                      for member, _ in structure._fields_]
        program = ("#include <nce2vec.h>\n#include <stddef.h>\n#include <stdio.h>\nint main(void)\n{\n" +
                   "\n".join(lines) + "\nreturn 0;\n}\n")
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "sizes.c")
            source.write_text(program)
            subprocess.run([*compiler, "-I", str(ROOT / "include"), str(source), "-o",
                            str(source.with_suffix(""))], check=True)
            shown = subprocess.run([str(source.with_suffix(""))], check=True, capture_output=True, text=True).stdout
        for line in shown.splitlines():
            name, size = line.split()
            structure, _, member = name.partition(".")
            made = native.STRUCTURES[structure]
            with self.subTest(name):
                self.assertEqual(int(size), getattr(made, member).offset if member else native.sizeof(made))


if __name__ == "__main__":
    unittest.main()
