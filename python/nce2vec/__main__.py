"""The program nce2vec: the commands align, compass and tune are in Python, all others are those of the C program.

It imports the package for its own commands alone: the others begin without the time that NumPy needs. The wheel
installs a copy of this file as the script nce2vec.
"""

import os
import subprocess
import sys
from importlib.util import find_spec

IN_PYTHON = {"align": "rotate vectors onto others, and list the words that changed",
             "compass": "train texts in one space, and list the words that changed",
             "tune": "find better settings of a training within a time"}
_HELP = ("help", "--help", "-help", "-h")


def c_program():
    """The path of the C program, which is beside the library."""
    library = os.environ.get("NCE2VEC_LIBRARY")
    folder = os.path.dirname(library) if library else find_spec("nce2vec").submodule_search_locations[0]
    return os.path.join(folder, "nce2vec")


def overview(program, arguments):
    """The C program's list of commands, with those in Python."""
    done = subprocess.run([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    own = "".join(f"  {name:15} {summary}\n" for name, summary in IN_PYTHON.items())
    at = done.stdout.find("  help  ")
    (sys.stdout if arguments else sys.stderr).write(done.stdout[:at] + own + done.stdout[at:])
    return done.returncode


def main():
    arguments = sys.argv[1:]
    if len(arguments) == 2 and arguments[0] == "help" and arguments[1] in IN_PYTHON:
        arguments = [arguments[1], "--help"]
    if arguments and arguments[0] in IN_PYTHON:
        try:
            from nce2vec.commands import run
        except ModuleNotFoundError as error:
            print(f"nce2vec {arguments[0]}: {error}", file=sys.stderr)
            return 1
        return run(arguments[0], arguments[1:])
    program = c_program()
    if not os.access(program, os.X_OK):
        print(f"nce2vec: {program} does not exist: install the package (pip install ./python), or run make",
              file=sys.stderr)
        return 1
    if not arguments or len(arguments) == 1 and arguments[0] in _HELP:
        return overview(program, arguments)
    os.execv(program, ["nce2vec", *arguments])


if __name__ == "__main__":
    sys.exit(main())
