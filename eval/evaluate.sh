#!/bin/sh
# All scores of word vectors in one table: evaluate.sh VECTORS... [--json]; --help lists the options.
# Needs a Python with NumPy and SciPy: PYTHON, by default that of the distribution.
set -eu
exec "${PYTHON:-/usr/bin/python3}" "$(dirname "$0")/evaluate.py" "$@"
