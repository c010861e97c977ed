"""What the Makefile makes of the compiler that it is given."""

import os
import re
import shlex
import subprocess
import unittest

from support import CommandTest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Makefile(CommandTest):
    def commands(self, target, *variables):
        """What make would run for a target of a build of its own."""
        environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
        done = subprocess.run(["make", "-n", "-C", ROOT, "BUILD=" + self.path("build"), *variables,
                               self.path("build/" + target)], stdout=subprocess.PIPE, check=True, env=environment)
        self.assertIn(b" -o", done.stdout)
        return done.stdout

    def compiling(self, machine):
        """The command that compiles a kernel with a compiler for this machine."""
        self.write("compiler", b"#!/bin/sh\necho %s\n" % machine.encode())
        os.chmod(self.path("compiler"), 0o755)
        return self.commands("src/kernels/avx512.o", "CC=" + self.path("compiler"))

    def test_libedit_is_used_where_it_is_and_wanted(self):
        with_it = self.commands("nce2vec", "LIBEDIT=libedit", "PKG_CONFIG=echo")
        without = self.commands("nce2vec", "LIBEDIT=", "PKG_CONFIG=echo")
        for sign in (b"-DHAVE_LIBEDIT", b"--libs libedit"):
            self.assertIn(sign, with_it)
            self.assertNotIn(sign, without)
        self.assertNotIn(b"-DHAVE_LIBEDIT", self.commands("src/cli/prompt.o", "PKG_CONFIG=false"))

    def test_codecs_are_used_where_they_are_and_wanted(self):
        with_them = self.commands("libnce2vec.so", "BZIP2=-lbz2", "XZ=liblzma", "ZSTD=libzstd", "PKG_CONFIG=echo")
        without = self.commands("libnce2vec.so", "BZIP2=", "XZ=", "ZSTD=", "PKG_CONFIG=echo")
        for sign in (b"-DHAVE_BZIP2", b"-DHAVE_XZ", b"-DHAVE_ZSTD", b"-lbz2", b"zlib liblzma libzstd",
                     b"src/io/bzip2.c", b"src/io/xz.c", b"src/io/zstd.c"):
            self.assertIn(sign, with_them)
            self.assertNotIn(sign, without)
        self.assertIn(b"src/io/gzip.c", without)

    def test_icu_is_used_where_it_is_and_wanted(self):
        with_it = self.commands("libnce2vec.so", "ICU=icu-uc", "PKG_CONFIG=echo")
        without = self.commands("libnce2vec.so", "ICU=", "PKG_CONFIG=echo")
        for sign in (b"src/corpus/segmenter_icu.c", b" icu-uc"):
            self.assertIn(sign, with_it)
            self.assertNotIn(sign, without)
        self.assertNotIn(b"src/corpus/segmenter_none.c", with_it)
        self.assertIn(b"src/corpus/segmenter_none.c", without)

    def test_utf8proc_can_be_a_part_of_the_library(self):
        self.assertIn(b" --libs libutf8proc ", self.commands("libnce2vec.so", "PKG_CONFIG=echo"))
        inside = self.commands("libnce2vec.so", "UTF8PROC=-l:libutf8proc.a", "PKG_CONFIG=echo")
        self.assertIn(b" -l:libutf8proc.a ", inside)
        self.assertNotIn(b" --libs libutf8proc", inside)

    def test_without_icu_the_message_says_how_to_get_it(self):
        self.write("main.c", b'#include <stdio.h>\n#include "corpus/segmenter.h"\nint main(void)\n{\n'
                             b'    n2v_error error;\n    Stage stage;\n    const n2v_status status = '
                             b'segmenter_create(&stage, &error);\n'
                             b'    return printf("%s\\n%s\\n", error.text, segmenter_tokenizers()) < 0 || '
                             b'!status;\n}\n')
        subprocess.run([*shlex.split(os.environ.get("CC", "cc")), "-std=gnu11", "-D_GNU_SOURCE", "-Iinclude", "-Isrc",
                        "-o", self.path("main"), self.path("main.c"), "src/corpus/segmenter_none.c",
                        "src/base/status.c", "src/base/display.c", "-lutf8proc"],
                       cwd=ROOT, check=True)
        said = subprocess.run([self.path("main")], stdout=subprocess.PIPE, check=True, text=True).stdout
        self.assertIn("tokenizer unicode: this build has no ICU", said)
        self.assertIn("tokenizer command:PROGRAM", said)
        self.assertIn("libicu-dev", said)
        self.assertIn("words, space, command:PROGRAM; not unicode, which needs ICU", said)

    def test_other_byte_orders_are_refused(self):
        done = subprocess.run([*shlex.split(os.environ.get("CC", "cc")), "-fsyntax-only", "-w", "-D_GNU_SOURCE",
                               "-Iinclude", "-Isrc", "-U__BYTE_ORDER__", "-D__BYTE_ORDER__=__ORDER_BIG_ENDIAN__",
                               "src/base/memory.c"], cwd=ROOT, stderr=subprocess.PIPE, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(b"little-endian", done.stderr)

    def test_instruction_sets_are_those_of_the_compiler_not_of_this_machine(self):
        for machine in ("x86_64-linux-gnu", "amd64-unknown-freebsd"):
            self.assertIn(b"-mavx512f", self.compiling(machine))
        for machine in ("aarch64-linux-gnu", "i686-linux-gnu"):
            self.assertNotIn(b"-mavx", self.compiling(machine))

    def test_thread_sanitizer_checks_all_kernels_but_those_of_rows(self):
        """By the calls in the assembly: RACES marks the functions that may race, and nothing else is exempt."""
        done = subprocess.run([*shlex.split(os.environ.get("CC", "cc")), "-O1", "-fsanitize=thread", "-fno-inline",
                               "-std=gnu11", "-D_GNU_SOURCE", "-Iinclude", "-Isrc", "-S", "-o", "-",
                               "src/kernels/scalar.c"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
        checked, function = {}, None
        for line in done.stdout.splitlines():
            label = re.match(r"([a-z]\w*):", line)
            if label:
                function = label.group(1)
                checked[function] = False
            elif function and re.search(r"__tsan_(read|write)", line):
                checked[function] = True
        for name in ("dot", "sqdist", "dot_matched", "update", "update_matched", "norms", "scale", "normalize"):
            self.assertFalse(checked[name], name)
        for name in ("split", "join", "bound_steps", "softmax", "sigmoid", "logistic", "exp_array", "hinges"):
            self.assertTrue(checked[name], name)

    def test_builds_exempt_no_file(self):
        self.assertNotIn(b"-fno-sanitize", self.commands("src/kernels/scalar.o", "CFLAGS=-O1 -fsanitize=thread"))


if __name__ == "__main__":
    unittest.main()
