"""How numbers, times and names are printed: src/cli/print.c by itself, in a program of its own."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest

from native import COMPILER, INCLUDE, LIBRARY, ROOT

# Prints what it is asked for: pairs of a function's first letter and its argument.
PROGRAM = r"""
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/print.h"

int main(int count, char **arguments)
{
    char text[PRINT_TEXT];

    for (int i = 1; i + 1 < count; i += 2) {
        const char *argument = arguments[i + 1];
        switch (*arguments[i]) {
        case 'c':
            puts(print_count(strtoull(argument, NULL, 10), text));
            break;
        case 'r':
            puts(print_rate(strtod(argument, NULL), text));
            break;
        case 't':
            puts(print_time(strtod(argument, NULL), text));
            break;
        case 'j':
            print_json_string(stdout, argument, strlen(argument));
            puts("");
            break;
        case 'p':
            print_plain(stdout, argument, strlen(argument));
            puts("");
            break;
        default:
            print_wrapped(stdout, argument, atoi(arguments[i]), 0);
        }
    }
    return 0;
}
"""


class Print(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp(prefix="nce2vec-test-")
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        cls.program, source = os.path.join(folder, "main"), os.path.join(folder, "main.c")
        with open(source, "w", encoding="utf-8") as file:
            file.write(PROGRAM)
        # -w: the warnings of these files are looked at where the program is built.
        command = [*COMPILER, "-w", "-D_GNU_SOURCE", "-I", INCLUDE, "-I", os.path.join(ROOT, "src"), source,
                   os.path.join(ROOT, "src", "cli", "print.c"), LIBRARY, "-Wl,-rpath," + os.path.dirname(LIBRARY),
                   "-lm", "-o", cls.program]
        subprocess.run(command, check=True)

    def printed(self, *requests):
        done = subprocess.run([self.program, *[part for request in requests for part in request]], check=True,
                              stdout=subprocess.PIPE, text=True, env=dict(os.environ, LC_ALL="C.UTF-8"))
        return done.stdout.split("\n")[:-1]

    def test_counts(self):
        counts = [0, 7, 999, 1000, 12345, 123456, 1234567, 2 ** 64 - 1]
        self.assertEqual(self.printed(*[("c", str(n)) for n in counts]), ["{:,}".format(n) for n in counts])

    def test_rates(self):
        rates = {0: "0 k", 400: "0 k", 75200: "75 k", 999499: "999 k", 999500: "1.00 M", 4612345: "4.61 M"}
        self.assertEqual(self.printed(*[("r", str(rate)) for rate in rates]), list(rates.values()))

    def test_times(self):
        times = {"0": "0:00", "-3": "0:00", "0.2": "0:01", "59": "0:59", "60": "1:00", "75.2": "1:16", "3599": "59:59",
                 "3600": "1:00:00", "3661": "1:01:01", "7325": "2:02:05", "360000": "100:00:00", "nan": "0:00",
                 "1e300": "0:00"}
        self.assertEqual(self.printed(*[("t", seconds) for seconds in times]), list(times.values()))

    def test_names_of_any_length(self):
        """Long names are escaped in pieces, none of which ends inside a character."""
        names = [letter * count + tail for count in range(505, 515) for letter in "aé€😀"
                 for tail in ("", "\"", "\n\u0001")]
        self.assertEqual([json.loads(line) for line in self.printed(*[("j", name) for name in names])], names)

    def test_control_characters_do_not_reach_a_terminal(self):
        self.assertEqual(self.printed(("p", "a\x1b[1m\x7fé")), ["a?[1m?é"])

    def test_wrapping(self):
        words = " ".join("word%d" % i for i in range(100))
        lines = self.printed(("4", words))
        self.assertEqual(" ".join(lines).split(), words.split())
        for line, after in zip(lines, lines[1:]):
            self.assertTrue(line.startswith("    word") and len(line) <= 80, line)
            self.assertGreater(len(line) + 1 + len(after.split()[0]), 80)  # the next word would not have fit


if __name__ == "__main__":
    unittest.main()
