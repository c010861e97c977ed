"""An installed copy of the library, and compilers to build programs against it."""

import atexit
import os
import re
import shlex
import shutil
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.dirname(os.environ.get("NCE2VEC_LIBRARY", os.path.join(ROOT, "build", "libnce2vec.so")))
CC = shlex.split(os.environ.get("CC", "cc"))
CFLAGS = shlex.split(os.environ.get("CFLAGS", ""))
# What a sanitized library needs of the programs that use it.
SANITIZER = [flag for flag in CFLAGS if flag.startswith("-fsanitize")]
STRICT = ["-Wall", "-Wextra", "-Werror", "-pedantic"]
PREFIX = "/opt/nce2vec"


def make(*arguments, environment=None):
    """Runs make as a user does, not as a part of the make that runs the tests."""
    outer = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")
    done = subprocess.run(["make", "-s", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env={k: v for k, v in (environment or os.environ).items() if k not in outer}, check=False)
    if done.returncode:
        raise AssertionError("%s\n%s" % (shlex.join(done.args), done.stdout))


def install(destination):
    """make install of the build that is tested. `make check-cli` has built it: nothing is compiled again."""
    make("-C", ROOT, "install", "BUILD=" + BUILD, "CC=" + shlex.join(CC), "CFLAGS=" + shlex.join(CFLAGS),
         "DESTDIR=" + destination, "PREFIX=" + PREFIX)


class Installed:
    """The files of one installation, removed at the end; without shared libraries where only the archive is wanted."""

    def __init__(self, shared=True):
        self.folder = tempfile.mkdtemp(prefix="nce2vec-installed-")
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self.shared = shared
        install(self.folder)
        self.library = self.folder + PREFIX + "/lib"
        if not shared:
            for name in os.listdir(self.library):
                if ".so" in name:
                    os.remove(os.path.join(self.library, name))

    def environment(self):
        """Where pkg-config and the loader find it."""
        return dict(os.environ, PKG_CONFIG_PATH=self.library + "/pkgconfig", PKG_CONFIG_SYSROOT_DIR=self.folder,
                    LD_LIBRARY_PATH=self.library)

    def flags(self, *options):
        done = subprocess.run(["pkg-config", *options, "nce2vec"], env=self.environment(), check=True,
                              stdout=subprocess.PIPE, text=True)
        return shlex.split(done.stdout)


COMPILERS = {
    "C": [*CC, "-std=c11"],
    "other C": ["gcc" if "clang" in CC[0] else "clang", "-std=c11"],
    "C++": ["g++", "-x", "c++", "-std=c++11"],
    "other C++": ["clang++", "-x", "c++", "-std=c++11"],
}


def compiler(test, name):
    """The command up to its files; skips the test where it is missing, or has another sanitizer than the library."""
    if SANITIZER and name != "C":
        test.skipTest("machine: the library has the sanitizer of %s" % CC[0])
    if not shutil.which(COMPILERS[name][0]):
        test.skipTest("no %s" % COMPILERS[name][0])
    return COMPILERS[name]


def build_line(path):
    """The line of a file's comment that builds it."""
    with open(path, encoding="utf-8") as file:
        return re.search(r"^ \* Build: (cc .*)$", file.read(), re.MULTILINE).group(1)


def build(path, program, command, installed):
    """Runs the file's own line with another compiler, warnings as errors, and the program in another place."""
    before, options, after = re.match(r"cc (.*)\$\(pkg-config (.*) nce2vec\)(.*)$", build_line(path)).groups()
    words = [path if word == os.path.basename(path) else word for word in before.split()]
    words[words.index("-o") + 1] = program
    # A language that is set with -x would be that of the libraries, too.
    words.insert(words.index(path) + 1, "-xnone")
    static = [] if installed.shared else ["--static"]
    done = subprocess.run([*command, *STRICT, *SANITIZER, *words, *installed.flags(*static, *options.split()),
                           *after.split()], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise AssertionError("%s\n%s" % (shlex.join(done.args), done.stdout))
