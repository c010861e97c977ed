"""nce2vec align."""

import sys

from .. import _native as native
from .._output import check_output
from ..semantic_change import Change, align
from ..vectors import load
from . import change

SUMMARY = "rotate vectors onto others, and list the words that changed"
USAGE = "[options] A B [-o B-ALIGNED]"
ABOUT = """A and B are files of vectors in any format, of the same dimensions, such as those of an earlier and of a
later text. B is rotated onto A (orthogonal Procrustes): cosines within B stay as they are, and vectors of A and B can
be compared. The change of a word is the cosine distance of its two vectors; its neighbors in A and in B show what
changed.

A change score is not proof: rare words, and words of a single document, change by chance. Compare with the scores of
two halves of one text."""


def add_options(parser):
    parser.add_argument("a", metavar="A")
    parser.add_argument("b", metavar="B")
    parser.option("-o", "--output", metavar="FILE",
                  help="write the rotated vectors of B; the format goes by the ending, or the options of 'nce2vec "
                       "convert'")
    parser.option("--words", metavar="FILE",
                  help="find the rotation by these words, one a line, such as words that did not change [all that both "
                       "have]")
    parser.option("--same-space", action="store_true",
                  help="do not rotate: A and B are of one space, such as the slices of 'nce2vec compass'")
    parser.option("--skip-bad", action="store_true",
                  help="skip malformed rows of A and B, and print how many there are")
    change.add_options(parser)
    parser.add_settings(native.FOR_OUTPUT, without=("top",))


def read_words(path):
    try:
        with open(path, encoding="utf-8") as file:
            return [word for word in (line.strip() for line in file) if word]
    except UnicodeDecodeError:
        raise native.FormatError(f"{path} is not UTF-8: convert it with iconv -f ENCODING -t UTF-8") from None
    except OSError as error:
        raise native.ArgumentError(f"cannot read {path}: {error.strerror}") from None


def run(options):
    if options.same_space and (options.words or options.output):
        raise native.ArgumentError(f"--same-space does not rotate: it does not go with "
                                   f"{'--words' if options.words else '--output'}")
    output = options.settings[native.FOR_OUTPUT]
    if output and not options.output:
        raise native.ArgumentError(f"--{next(iter(output)).replace('_', '-')} needs --output")
    for path in (options.output, options.scores):
        check_output(path)
    words = read_words(options.words) if options.words else None
    a, b = (load(path, skip_bad=options.skip_bad) for path in (options.a, options.b))
    found = Change(a, b) if options.same_space else align(a, b, words)
    if options.output:
        found.after.save(options.output, **output)
    facts, heading = {"a": options.a, "b": options.b}, None
    if not options.same_space:
        facts.update(anchors=found.anchors, fit=round(found.fit, 6))
        heading = (f"{options.b} rotated onto {options.a} by {found.anchors:,} words, whose mean cosine is now "
                   f"{found.fit:.3f}")
    change.report(found, options, facts, heading)
    if options.output and not options.json:
        print(f"wrote {options.output}: {len(found.after):,} words", file=sys.stderr)
