"""The libraries as another program meets them: their symbols, and a loss from ctypes and from C.

libnce2vec.a is in the folder of the shared library, which native.py finds.
"""
import glob
import math
import os
import re
import subprocess
import tempfile
import unittest

from native import COMPILER, INCLUDE, LIBRARY, ROOT, python

ARCHIVE = LIBRARY[:-len(".so")] + ".a"

# What a person writes to hold a loss against a definition of their own.
TEN_LINES = """
import ctypes as c
class Evaluation(c.Structure):
    _fields_ = [("size", c.c_size_t), ("m", c.c_size_t), ("n", c.c_size_t), ("scores", c.POINTER(c.c_float)),
                ("labels", c.c_char_p), ("log_noise", c.POINTER(c.c_float)), ("multiplicity", c.POINTER(c.c_float)),
                ("input_norms", c.c_void_p), ("output_norms", c.c_void_p), ("loss", c.c_double),
                ("gradient", c.POINTER(c.c_float)), ("input_norm_gradient", c.c_void_p),
                ("output_norm_gradient", c.c_void_p)]
scores, gradient = (c.c_float * 6)(1, -2, 0.5, 3, 0, -1), (c.c_float * 6)()
e = Evaluation(c.sizeof(Evaluation), 2, 3, scores, b"\\1\\0\\0\\0\\2\\1", gradient=gradient)  # 1: positive, 2: masked
status = c.CDLL(LIBRARY).n2v_objective_evaluate(None, b"infonce:temperature=0.5", c.byref(e), None)
"""


def symbols(path, *options):
    """The global names that a library defines; what a compiler adds begins with __ or with _."""
    listed = subprocess.run([os.environ.get("NM", "nm"), "--defined-only", *options, path], check=True,
                            stdout=subprocess.PIPE, text=True).stdout
    names = {line.split()[-1].split("@")[0] for line in listed.splitlines() if len(line.split()) == 3}
    return {name for name in names if not name.startswith("_")}


def declared():
    names = set()
    for path in glob.glob(os.path.join(INCLUDE, "**", "*.h"), recursive=True):
        with open(path, encoding="utf-8") as header:
            text = re.sub(r"/\*.*?\*/", "", header.read(), flags=re.DOTALL)
        names.update(re.findall(r"^N2V_API [^;(]*?\b(n2v_\w+)\(", text, flags=re.MULTILINE))
    return names


class Symbols(unittest.TestCase):
    def test_header_is_understood(self):
        self.assertLessEqual({"n2v_version", "n2v_objective_evaluate", "n2v_objective_name"}, declared())

    def test_shared_library_exports_the_header(self):
        self.assertEqual(symbols(LIBRARY, "-D"), declared())

    def test_archive_exports_the_header(self):
        self.assertEqual(symbols(ARCHIVE, "-g"), declared())


class FromPython(unittest.TestCase):
    def test_ten_lines(self):
        printed = python(TEN_LINES + "print(status, e.loss, *gradient)").split()
        status, loss, gradient = int(printed[0]), float(printed[1]), [float(g) for g in printed[2:]]
        first = [math.exp(s / 0.5) for s in (1, -2, 0.5)]
        second = [math.exp(s / 0.5) for s in (3, -1)]
        wanted = [(first[0] / sum(first) - 1) / 0.5, first[1] / sum(first) / 0.5, first[2] / sum(first) / 0.5,
                  second[0] / sum(second) / 0.5, 0, (second[1] / sum(second) - 1) / 0.5]
        self.assertEqual(status, 0)
        self.assertAlmostEqual(loss, -math.log(first[0] / sum(first)) - math.log(second[1] / sum(second)), places=5)
        self.assertEqual(len(gradient), 6)
        for got, want in zip(gradient, wanted):
            self.assertAlmostEqual(got, want, places=5)

    def test_refusal_is_a_sentence(self):
        printed = python(TEN_LINES + """
class Error(c.Structure):
    _fields_ = [("status", c.c_int), ("text", c.c_char * 1024), ("settings", c.c_uint16 * 8)]
error = Error()
print(c.CDLL(LIBRARY).n2v_objective_evaluate(None, b"infonec", c.byref(e), c.byref(error)), error.text.decode())
""")
        self.assertRegex(printed,
                         r"^1 unknown objective 'infonec'; there are: sgns, nce, infonce, .*; did you mean infonce\?$")

    def test_kernels_are_forced_by_the_environment(self):
        force = "import os; os.environ['N2V_KERNELS'] = %r\n"
        plain = python(force % "scalar" + TEN_LINES + "print(status, round(e.loss, 4))")
        self.assertEqual(plain, python(TEN_LINES + "print(status, round(e.loss, 4))"))
        self.assertEqual(python(force % "abacus" + TEN_LINES + "print(status)"), "1\n")


class Page(unittest.TestCase):
    """docs/objectives.md, for people, against the library."""

    def test_page_has_every_objective(self):
        listed = python("""
import ctypes as c
library = c.CDLL(LIBRARY)
library.n2v_objective_name.restype = c.c_char_p
class Info(c.Structure):
    _fields_ = [("size", c.c_size_t), ("name", c.c_char_p), ("summary", c.c_char_p), ("formula", c.c_char_p),
                ("paper", c.c_char_p), ("geometry", c.c_int), ("needs", c.c_uint32), ("learning_rate", c.c_double),
                ("noise", c.c_size_t), ("parameters", c.c_size_t)]
class Parameter(c.Structure):
    _fields_ = [("size", c.c_size_t), ("name", c.c_char_p), ("help", c.c_char_p), ("values", c.c_float * 4),
                ("is_integer", c.c_uint32), ("reserved", c.c_uint32)]
for i in range(library.n2v_objective_count(None)):
    info = Info(c.sizeof(Info))
    name = library.n2v_objective_name(None, c.c_size_t(i))
    assert library.n2v_objective_describe(None, name, c.byref(info), None) == 0
    names = []
    for p in range(info.parameters):
        parameter = Parameter(c.sizeof(Parameter))
        assert library.n2v_objective_describe_parameter(None, info.name, c.c_size_t(p), c.byref(parameter), None) == 0
        names.append(parameter.name.decode())
    print(info.name.decode(), ",".join(names), info.formula.decode(), sep="\\t")
""").splitlines()
        self.assertGreaterEqual(len(listed), 13)
        with open(os.path.join(ROOT, "docs", "objectives.md"), encoding="utf-8") as page:
            sections = dict(part.split("\n", 1) for part in re.split(r"^### ", page.read(), flags=re.MULTILINE)[1:])
        self.assertEqual(set(sections), {line.split("\t")[0] for line in listed})
        for line in listed:
            name, parameters, formula = line.split("\t")
            section = re.split(r"^## ", sections[name], flags=re.MULTILINE)[0]
            # The page says once, on top, what D is.
            self.assertIn("".join(re.sub(r", D = \|x - y\|$", "", formula).split()), "".join(section.split()), name)
            for parameter in filter(None, parameters.split(",")):
                self.assertIn("`%s`" % parameter, section, name)


class FromC(unittest.TestCase):
    """A program that knows the header alone, linked to either library; its own names do not meet the library's."""
    PROGRAM = """
        #include <nce2vec.h>
        #include <stdio.h>
        int error_set(void);     /* names that the library uses inside */
        int error_set(void) { return 1; }
        int objective_parse(void);
        int objective_parse(void) { return 2; }
        int main(void)
        {
            const float scores[] = {0, 0};
            const unsigned char labels[] = {N2V_POSITIVE, N2V_NEGATIVE};
            n2v_evaluation e = {sizeof e, 1, 2, scores, labels};
            n2v_error error;
            printf("%s %zu\\n", n2v_version(), n2v_objective_count(NULL));
            if (n2v_objective_evaluate(NULL, "sgns", &e, &error) != N2V_OK)
                return 3;
            printf("%.6f\\n", e.loss);
            return n2v_objective_evaluate(NULL, "nce", &e, &error) == N2V_ERROR_ARGUMENT ? 0 : 4;
        }"""

    def build_and_run(self, libraries):
        strict = ["-std=c99", "-pedantic-errors", "-Wall", "-Wextra", "-Werror", "-Wno-missing-field-initializers"]
        with tempfile.TemporaryDirectory() as folder:
            source, program = os.path.join(folder, "program.c"), os.path.join(folder, "program")
            with open(source, "w", encoding="utf-8") as file:
                file.write(self.PROGRAM + "\n")
            subprocess.run(COMPILER + strict + ["-I", INCLUDE, "-o", program, source, *libraries],
                           check=True)
            done = subprocess.run([program], stdout=subprocess.PIPE, text=True, check=True,
                                  env=dict(os.environ, LD_LIBRARY_PATH=os.path.dirname(LIBRARY)))
        self.assertRegex(done.stdout, r"^\d+\.\d+\.\d+ \d+\n1\.386294\n$")

    def test_shared(self):
        self.build_and_run([LIBRARY])

    def test_static(self):
        with open(os.path.join(os.path.dirname(LIBRARY), "nce2vec.pc"), encoding="utf-8") as file:
            private = next(line.split()[1:] for line in file if line.startswith("Libs.private:"))
        self.build_and_run([ARCHIVE, *private])


if __name__ == "__main__":
    unittest.main()
