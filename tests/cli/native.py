"""The shared library for tests that are other programs than nce2vec.

NCE2VEC_LIBRARY: its path; CC, CFLAGS: what it was built with. (`make check-cli` sets them.)
"""
import os
import re
import shlex
import subprocess
import sys

LIBRARY = os.environ["NCE2VEC_LIBRARY"]
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INCLUDE = os.path.join(ROOT, "include")
# As the library was built: a sanitized one wants a sanitized program. What these programs do is little.
COMPILER = [*shlex.split(os.environ.get("CC", "cc")), *shlex.split(os.environ.get("CFLAGS", "")), "-O0"]


def sanitizer():
    """The runtime that a sanitized library wants loaded before all else; a plain one wants none."""
    needed = subprocess.run(["ldd", LIBRARY], check=True, stdout=subprocess.PIPE, text=True).stdout
    return re.findall(r"=> (\S*/lib[at]san\S*)", needed)


def python(code):
    """Runs code in a Python that may load the library; returns what it prints."""
    environment = dict(os.environ, LD_PRELOAD=" ".join(sanitizer()))
    # Python itself leaves memory behind at its end.
    environment["ASAN_OPTIONS"] = environment.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
    done = subprocess.run([sys.executable, "-c", "LIBRARY = %r\n%s" % (LIBRARY, code)], env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise AssertionError("Python ended with %d:\n%s" % (done.returncode, done.stderr))
    return done.stdout
