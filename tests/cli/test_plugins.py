"""Losses from shared objects, which are built here against objective.h alone."""
import os
import subprocess
import textwrap
import unittest

from native import COMPILER, INCLUDE, python
from support import CommandTest

# A loss that is sgns with scaled scores, so that its values are known.
PLUGIN = """
    #include <math.h>
    #include <nce2vec/objective.h>

    static double softplus(double x)
    {
        return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
    }

    static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient,
                          float *scratch, double *loss, void *user)
    {
        const float scale = parameters[0];
        double sum = 0;
        (void)scratch, (void)user;
        for (size_t i = 0; i < tile->m; i++) {
            for (uint32_t p = tile->first[i]; p < tile->first[i + 1]; p++) {
                const double s = (double)(scale * tile->positive_scores[p]);
                sum += softplus(-s);
                gradient->positives[p] = (float)(-scale / (1 + exp(s)));
            }
            for (size_t j = 0; j < tile->n; j++) {
                const size_t cell = i * tile->n + j;
                const double weight = tile->mask && tile->mask[cell] ? 0
                    : (tile->multiplicity ? tile->multiplicity[j] : 1) * (tile->first[i + 1] - tile->first[i]);
                const double s = (double)(scale * tile->scores[cell]);
                sum += weight * softplus(s);
                gradient->scores[cell] = (float)(weight * scale / (1 + exp(-s)));
            }
        }
        if (loss)
            *loss += sum;
    }

    static const n2v_objective first = {
        .size = sizeof(n2v_objective), .name = "%(name)s", .summary = "scaled sgns", .formula = "f", .paper = "p",
        .parameters = {{"gamma", 1, 0.5f, 8, 0, "the scale"}},
        .init = 1, .learning_rate = 0.05, .noise = 5, .noise_sharing = %(sharing)s, .loss_grad = loss_grad};
    static const n2v_objective second = {
        .size = sizeof(n2v_objective), .name = "%(second)s", .summary = "another", .formula = "f", .paper = "p",
        .init = 1, .learning_rate = 0.05, .noise = 5, .noise_sharing = 1, .loss_grad = loss_grad};
    N2V_API extern const n2v_plugin %(symbol)s;
    const n2v_plugin %(symbol)s = {%(abi)s, %(size)s, %(count)s, {&first, %(other)s}};
"""

CLIENT = """
import ctypes as c
library = c.CDLL(LIBRARY)
class Error(c.Structure):
    _fields_ = [("status", c.c_int), ("text", c.c_char * 1024), ("settings", c.c_uint16 * 8)]
set_, error, name = c.c_void_p(), Error(), c.c_char_p()
library.n2v_objective_name.restype = c.c_char_p
library.n2v_objective_name.argtypes = [c.c_void_p, c.c_size_t]
library.n2v_objective_count.restype = c.c_size_t
assert library.n2v_objectives_create(c.byref(set_), None) == 0
def count():
    return library.n2v_objective_count(set_) - library.n2v_objective_count(None)
def load(path):
    name.value = b"before"
    status = library.n2v_objectives_load(set_, path.encode(), c.byref(name), c.byref(error))
    return (status, name.value.decode()) if status == 0 else (status, error.text.decode(), name.value)
class Evaluation(c.Structure):
    _fields_ = [("size", c.c_size_t), ("m", c.c_size_t), ("n", c.c_size_t), ("scores", c.POINTER(c.c_float)),
                ("labels", c.c_char_p), ("log_noise", c.c_void_p), ("multiplicity", c.c_void_p),
                ("input_norms", c.c_void_p), ("output_norms", c.c_void_p), ("loss", c.c_double),
                ("gradient", c.c_void_p), ("input_norm_gradient", c.c_void_p), ("output_norm_gradient", c.c_void_p)]
def loss(text, set_=set_, scores=(1, -2, 0.5, 3, 0, -1)):
    e = Evaluation(c.sizeof(Evaluation), 2, 3, (c.c_float * 6)(*scores), b"\\1\\0\\0\\0\\2\\1")
    status = library.n2v_objective_evaluate(set_, text.encode(), c.byref(e), c.byref(error))
    return round(e.loss, 5) if status == 0 else error.text.decode()
"""


class Plugins(CommandTest):
    def build(self, file="loss.so", **changes):
        words = {"name": "focal", "second": "other", "sharing": "2", "symbol": "n2v_plugin_export",
                 "abi": "N2V_PLUGIN_ABI", "size": "sizeof(n2v_objective)", "count": "2", "other": "&second", **changes}
        source = self.path("loss.c")
        with open(source, "w", encoding="utf-8") as out:
            out.write(textwrap.dedent(PLUGIN % words))
        subprocess.run(COMPILER + ["-shared", "-fPIC", "-I", INCLUDE, "-o", self.path(file), source, "-lm"], check=True)
        return self.path(file)

    def client(self, code):
        return python(CLIENT + textwrap.dedent(code) + "\nlibrary.n2v_objectives_destroy(set_)\n").splitlines()

    def refused(self, path, pattern):
        """The set is as before, and can be used."""
        status, after, name = self.client("""
            print(load(%r)[:2])
            print(count(), loss("sgns") == loss("sgns", None))
            print(name.value)""" % path)
        self.assertRegex(status, r"^\(1, ['\"].*" + pattern)
        self.assertEqual((after, name), ("0 True", "None"))

    def test_loads_and_evaluates(self):
        path = self.build()
        printed = self.client("""
            print(load(%r), count())
            print([library.n2v_objective_name(set_, library.n2v_objective_count(None) + i) for i in range(3)])
            print(loss("focal") == loss("sgns"), loss("focal:gamma=2") == loss("sgns", None, (2, -4, 1, 6, 0, -2)))
            print(loss("focal:gamma=9"))
            print(loss("focal", None))
            """ % path)
        self.assertEqual(printed[:3], ["(0, 'focal') 2", "[b'focal', b'other', None]", "True True"])
        self.assertEqual(printed[3], "objective focal: gamma=9 is not a number from 0.5 to 8")
        self.assertRegex(printed[4], "^unknown objective 'focal'; there are: sgns, ")

    def test_a_loaded_path_is_a_name(self):
        path = self.build()
        printed = self.client("""
            print(loss(%r))
            load(%r)
            print(loss(%r) == loss("sgns"), loss(%r + ":gamma=2") == loss("focal:gamma=2"))
            """ % (path, path, path, path))
        self.assertRegex(printed[0], "^the plug-in .*loss.so is not loaded: ")
        self.assertEqual(printed[1], "True True")

    def test_the_same_file_again_changes_nothing(self):
        path = self.build()
        os.symlink(path, self.path("link.so"))
        printed = self.client("""
            print([load(p) for p in (%r, %r, %r, %r)], count())
            print(loss(%r) == loss("sgns"))
            """ % (path, path, self.path("link.so"), self.path("./loss.so"), self.path("link.so")))
        self.assertEqual(printed, ["[%s] 2" % ", ".join(["(0, 'focal')"] * 4), "True"])

    def test_two_plugins_and_a_clash(self):
        first, second = self.build(), self.build("second.so", name="third", second="fourth")
        clash = self.build("clash.so", name="fifth", second="focal")
        printed = self.client("""
            print(load(%r), load(%r), count())
            print(load(%r)[1], count())
            print(loss("fifth"))
            """ % (first, second, clash))
        self.assertEqual(printed[0], "(0, 'focal') (0, 'third') 4")
        self.assertRegex(printed[1], r"^the plug-in .*clash.so: there is an objective focal already: .* 4$")
        self.assertRegex(printed[2], "^unknown objective 'fifth'")

    def test_a_file_that_was_refused_may_be_mended(self):
        path = self.build(abi="99")
        printed = self.client("print(load(%r)[0])" % path)
        self.build()
        self.assertEqual(printed + self.client("print(load(%r))" % path), ["1", "(0, 'focal')"])

    def test_refusals_of_files(self):
        self.refused("loss.so", "'loss.so' is not the path of a plug-in: write ./loss.so")
        self.refused(self.path("missing.so"), "missing.so: No such file or directory")
        self.refused(self.folder, "cannot load the plug-in ")
        for name, content in (("empty.so", b""), ("text.so", b"#!/bin/sh\n" * 100)):
            with open(self.path(name), "wb") as out:
                out.write(content)
            self.refused(self.path(name), "cannot load the plug-in .*%s: .*" % name)

    def test_refusals_of_exports(self):
        for changes, pattern in (
                ({"symbol": "another_name"}, "does not export n2v_plugin_export"),
                ({"abi": "N2V_PLUGIN_ABI + 1"}, "has the ABI 2, and this library 1: build it again"),
                ({"abi": "N2V_PLUGIN_ABI - 1"}, "has the ABI 0, and this library 1: build it again"),
                ({"size": "sizeof(n2v_objective) - 8"}, "has an n2v_objective of .* bytes, and this library of "),
                ({"count": "0"}, "has 0 objectives; it must have 1 to 16"),
                ({"count": "17"}, "has 17 objectives; it must have 1 to 16"),
                ({"other": "0"}, r"objective 1 \(from 0\) is NULL"),
                ({"name": "sgns"}, "there is an objective sgns already"),
                ({"second": "focal"}, "there is an objective focal already"),
                ({"second": "No Name"}, "'No Name' is not a name for an objective"),
                ({"sharing": "0"}, "objective focal: noise_sharing is 0, not an integer from 1 to 1000")):
            with self.subTest(**changes):
                self.refused(self.build(**changes), pattern)


if __name__ == "__main__":
    unittest.main()
