#!/bin/sh
# test.sh - installs what is missing, builds with warnings as errors, runs every test.
#
# usage: scripts/test.sh [quick]
#
# quick: one compiler, no sanitizers, no browser, no PyTorch. A test that is skipped fails, unless this machine cannot
# have what it needs: the last lines say which those were. NCE2VEC_MAY_SKIP=1 lets every skip pass.
set -eu
cd "$(dirname "$0")/.."
. scripts/packages.sh

# shellcheck disable=SC2086 # words are packages
need $TEST_PACKAGES
[ "${1:-}" = quick ] || need libopenmpi-dev openmpi-bin libmpich-dev mpich
[ "${1:-}" = quick ] || need python3-torch chromium chromium-driver python3-selenium
jobs=$(nproc)
started=$(date +%s)
stage() { echo "== $1 ($(($(date +%s) - started)) s)"; }
mkdir -p build
export NCE2VEC_SKIPS="$PWD/build/skips.txt"
: >"$NCE2VEC_SKIPS"
finish() {
    if [ -s "$NCE2VEC_SKIPS" ]; then
        echo "Not tested here:"
        sort -u "$NCE2VEC_SKIPS" | sed 's/^/    /'
    fi
    stage "all other tests passed"
}

stage "gcc, warnings are errors"
make -s -j"$jobs" WERROR=1 CC=gcc all benches
if [ "${1:-}" = quick ]; then
    make -s -j"$jobs" --output-sync=target WERROR=1 CC=gcc check
    finish
    exit 0
fi
stage "with long repetitions, every kind of library, many faults, PyTorch's autograd, the report in a browser"
NCE2VEC_ALL=1 make -s -j"$jobs" --output-sync=target WERROR=1 CC=gcc check check-torch check-report
# Each has a build of its own. Together they leave no core idle; the longest begin.
stage "AddressSanitizer, ThreadSanitizer, clang, several ranks with Open MPI and with MPICH"
make -s -j"$jobs" --output-sync=target WERROR=1 CC=gcc asan tsan check-clang check-mpi
finish
