#!/bin/sh
# test.sh - installs what is missing, builds with warnings as errors, runs every test.
#
# usage: scripts/test.sh [quick]      quick: no second compiler, no sanitizers
set -eu
cd "$(dirname "$0")/.."
. scripts/packages.sh

need gcc make pkg-config libc6-dev zlib1g-dev libutf8proc-dev libedit-dev check python3 python3-numpy python3-scipy
[ "${1:-}" = quick ] || need clang python3-gensim fasttext
jobs=$(nproc)
started=$(date +%s)
stage() { echo "== $1 ($(($(date +%s) - started)) s)"; }

stage "gcc, warnings are errors"
make -s -j"$jobs" WERROR=1 CC=gcc all benches
make -s -j"$jobs" --output-sync=target WERROR=1 CC=gcc check
[ "${1:-}" != quick ] || exit 0

if command -v clang >/dev/null; then
    stage "clang, warnings are errors"
    make -s -j"$jobs" WERROR=1 CC=clang BUILD=build/clang all benches
fi
for sanitizer in asan ubsan tsan; do
    stage "$sanitizer"
    make -s -j"$jobs" --output-sync=target CC=gcc "$sanitizer"
done
stage "all tests passed"
