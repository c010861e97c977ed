"""The commands of the program that are in Python: each is a file with SUMMARY, add_options and run."""

import importlib
import os
import signal
import sys
import warnings

from .. import _native as native
from .options import Parser


def _show_warning(message, *_, **__):
    print(f"warning: {message}", file=sys.stderr)


def run(name, arguments):
    """Runs a command; returns its exit status, those of the C program: 0 done, 1 failed, 2 refused before any work,
    128 + the signal's number interrupted."""
    command = importlib.import_module(f".{name}", __package__)
    parser = Parser(name, command)
    try:
        with warnings.catch_warnings():
            options = parser.parse(arguments)
            warnings.simplefilter("ignore" if getattr(options, "quiet", False) else "always", UserWarning)
            warnings.showwarning = _show_warning
            status = command.run(options) or 0
        sys.stdout.flush()
        return status
    except native.Error as error:
        print(f"nce2vec: {native.command_line_text(error)}", file=sys.stderr)
        return 2 if isinstance(error, native.ArgumentError) else 1
    except OSError as error:
        if isinstance(error, BrokenPipeError):  # the program that reads our output has ended
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        else:
            print(f"nce2vec: {error.filename or 'standard output'}: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("nce2vec: interrupted", file=sys.stderr)
        return 128 + signal.SIGINT
