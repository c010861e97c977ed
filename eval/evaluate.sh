#!/bin/sh
# All scores of word vectors in one table: evaluate.sh VECTORS... [--json]; --help tells more.
# Python must see NumPy and SciPy: the distribution's, unless PYTHON names another.
set -eu
exec "${PYTHON:-/usr/bin/python3}" "$(dirname "$0")/evaluate.py" "$@"
