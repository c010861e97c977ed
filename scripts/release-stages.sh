#!/bin/sh
# release-stages.sh - what scripts/check-releases.sh runs in a chroot of a Debian release, as root.
#
# usage: scripts/release-stages.sh STEP
#
# packages_STAGE installs what a stage needs, with a network; STAGE builds and tests without one. The stages:
#   minimal   the README's packages and its block of commands, warnings as errors; tests of that build and that package;
#             the first suite builds the portable wheel
#   wheel     that wheel, installed and tested without a compiler
#   full      all optional libraries: all quick tests with gcc, and the tests of a build by clang
#   clients   public programs with the package in gensim's place
# about prints versions.
set -eu
cd "$(dirname "$0")/.."
. scripts/packages.sh
jobs=$(nproc)
export PYTHONDONTWRITEBYTECODE=1 WERROR=1 CC=gcc
run_make() { make -s -j"$jobs" --output-sync=target "$@"; }

# Lines of the first shell block of a page that has these words.
block() {
    awk -v words="$2" '/^```sh/ { text = ""; inside = 1; next }
                       /^```/ { if (inside && index(text, words)) { printf "%s", text; exit } inside = 0; next }
                       inside { text = text $0 "\n" }' "$1"
}

# The tests of the Python package that is installed in an environment, not of the one beside the tests.
test_installed() {
    packages=$("$1/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    NCE2VEC_MAY_SKIP=1 NCE2VEC_PYTHON=$packages NCE2VEC=$1/bin/nce2vec "$1/bin/python" tests/run_python.py tests/python
}

packages_minimal() {
    block README.md "pip install ./python" | sed -n 's/^apt-get install /apt-get install -y /p; /^apt-get update/p' | sh -eu
    need check git ccache
}

minimal() {
    block README.md "pip install ./python" | grep -v ^apt-get >/tmp/readme.sh
    if ! sh -eux /tmp/readme.sh >/tmp/readme.log 2>&1; then
        # pip before 21.3: its error names the page with other commands.
        cat /tmp/readme.log
        grep -q "docs/installing.md" /tmp/readme.log
        (. venv/bin/activate && block docs/installing.md "make wheel" | sh -eux)
    fi
    build/nce2vec --version
    [ "$(venv/bin/nce2vec --version)" = "$(build/nce2vec --version)" ]
    if build/nce2vec --version | grep -E "bzip2|xz|zstd|ICU [0-9]"; then
        return 1  # no optional library is here
    fi
    NCE2VEC_MAY_SKIP=1 run_make -k check-unit check-cli
    test_installed "$PWD/venv"
    if [ -z "$(ls /shared/wheels)" ]; then
        run_make portable-wheel
        cp build/portable/*.whl /shared/wheels
    fi
}

packages_wheel() { need python3-venv python3-numpy; }

wheel() {
    python3 -m venv --clear --system-site-packages /environment
    /environment/bin/pip install /shared/wheels/*.whl
    test_installed /environment
}

# What a release does not have is listed in /missing; tests may be skipped there alone.
packages_full() {
    : >/missing
    available=
    for package in $TEST_PACKAGES; do
        if apt-get install -s -q "$package" >/dev/null 2>&1; then
            available="$available $package"
        else
            echo "$package" >>/missing
        fi
    done
    # shellcheck disable=SC2086 # words are packages
    need $available ccache
}

full() {
    failed=
    : >/skips
    export NCE2VEC_SKIPS=/skips
    [ ! -s /missing ] || export NCE2VEC_MAY_SKIP=1
    run_make BUILD=build/gcc all benches
    run_make -k BUILD=build/gcc check || failed=1
    run_make -k CC=clang BUILD=build/clang all benches
    run_make -k check-clang || failed=1
    sort -u /skips
    [ -z "$failed" ]
}

packages_clients() {
    need gcc libc6-dev make pkg-config zlib1g-dev libutf8proc-dev ccache git python3-gensim python3-networkx \
        python3-numba python3-rdkit python3-semantic-version python3-plotly python3-joblib python3-tqdm python3-pandas \
        python3-scipy python3-sklearn
}

clients() {
    export NCE2VEC_MAY_SKIP=1
    [ -z "$(ls /shared/clients)" ] || export NCE2VEC_CLIENTS=/shared/clients
    run_make BUILD=build/gcc check-clients
}

about() {
    python3 - <<'CODE'
import importlib, platform
found = ["Python " + platform.python_version()]
for module in ("numpy", "gensim"):
    try:
        found.append(module + " " + importlib.import_module(module).__version__)
    except ImportError:
        pass
print(", ".join(found), end=", ")
CODE
    ldd --version | sed -n '1s/.* /glibc /p' | tr -d '\n'
    ! command -v gcc >/dev/null || printf ', gcc %s' "$(gcc -dumpfullversion)"
    ! command -v clang >/dev/null || printf ', clang %s' "$(clang -dumpversion)"
    [ ! -s /missing ] || printf ', without %s' "$(paste -sd ' ' /missing)"
}

"$1"
