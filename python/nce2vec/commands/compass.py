"""nce2vec compass."""

import os
import sys
import time

from .. import _native as native
from .._output import check_output
from ..slices import NOT_HERE, check, compass, with_objective
from ..vectors import load
from . import change

SUMMARY = "train texts in one space, and list the words that changed"
USAGE = "[options] SHARED SLICE SLICE... -o DIR"
ABOUT = """Trains a compass on the text SHARED. Then each SLICE, a text such as that of a decade, begins with the
compass's vectors and trains its input vectors, with the compass's output vectors frozen: all slices have one space
(TWEC, Di Carlo et al. 2019). Writes DIR/compass.n2v and DIR/SLICE.n2v for each, and lists the words that changed from
the first slice to the last; 'nce2vec align --same-space DIR/A.n2v DIR/B.n2v' lists those between two others.

The options of 'nce2vec train', such as --dim and --epochs, hold for all trainings. --objective is sgns by default."""


def add_options(parser):
    parser.add_argument("inputs", metavar="TEXT", nargs="+")
    parser.option("-o", "--output", metavar="DIR", required=True, help="the folder of the vectors, which is made")
    parser.option("--together", action="store_true",
                  help="there is no SHARED: all inputs are slices, and the compass is trained on all of them")
    parser.option("--compass", metavar="FILE",
                  help="there is no SHARED: all inputs are slices, and this .n2v file is the compass")
    parser.option("--skip-bad", action="store_true",
                  help="skip malformed rows of the file of --compass, and print how many there are")
    change.add_options(parser)
    parser.option("-q", "--quiet", action="store_true", help="print the result and errors only")
    parser.add_settings(native.FOR_TRAINING, without=[name.replace("_", "-") for name in NOT_HERE])


def _names(paths):
    """Those of the slices: the files' without folders and endings."""
    names = {}
    for path in paths:
        name = os.path.basename(os.path.normpath(path))
        name = name.partition(".")[0] or name
        if name in names or name == "compass":
            raise native.ArgumentError(f"{path} would be written to {name}.n2v, as {names.get(name, 'the compass')}: "
                                       "rename one of the two")
        names[name] = path
    return names


def run(options):
    if options.together and options.compass:
        raise native.ArgumentError("--together does not go with --compass")
    if options.skip_bad and not options.compass:
        raise native.ArgumentError("--skip-bad is for the file of --compass: it needs --compass")
    settings = options.settings[native.FOR_TRAINING]
    has_shared = not (options.together or options.compass)
    slices = _names(options.inputs[1:] if has_shared else options.inputs)
    shared = options.inputs[0] if has_shared else None
    if has_shared and len(slices) < 2:
        raise native.ArgumentError(f"the first text, {shared}, trains the compass, and two slices or more follow it: "
                                   "give them, or --together if all texts are slices")
    if options.compass:
        shared = load(options.compass, skip_bad=options.skip_bad)
        settings.setdefault("dim", shared.dim)
    check_output(options.scores)
    settings = with_objective(settings, shared)
    check(slices, shared, settings)
    try:
        os.makedirs(options.output, exist_ok=True)
    except OSError as error:
        raise native.ArgumentError(f"cannot make the folder {options.output}: {error.strerror}") from None
    written, began = [], time.monotonic()

    def save(name, vectors):
        path = os.path.join(options.output, f"{name or 'compass'}.n2v")
        vectors.save(path)
        written.append(path)
        if not options.quiet:
            seconds = time.monotonic() - began
            print(f"wrote {path}: {len(vectors):,} words, {seconds:.1f} s", file=sys.stderr, flush=True)
    try:
        found = compass(slices, shared, on_vectors=save, progress=None if not options.quiet else False, **settings)
    except KeyboardInterrupt:
        if written:
            print(f"nce2vec: complete: {', '.join(written)}", file=sys.stderr)
        raise
    first, *_, last = slices
    change.report(found.change(), options, {"from": first, "to": last, "files": written}, f"From {first} to {last}:")
