# packages.sh - sourced by the other scripts: need PACKAGE... installs what is missing.
#
# On Debian and its descendants, as root or with sudo, missing packages are
# installed. Elsewhere their names are printed, and the script goes on with what is there.

# Packages of all tests but those that need a browser, PyTorch or MPI.
TEST_PACKAGES="gcc g++ make pkg-config libc6-dev zlib1g-dev libutf8proc-dev libedit-dev libbz2-dev liblzma-dev
    libzstd-dev libicu-dev check python3 python3-numpy python3-scipy python3-pip python3-gensim python3-sklearn fasttext
    clang curl locales gzip bzip2 xz-utils zstd zip dict-gcide node-d3 git groff-base perl python3-jieba"

need() {
    missing=
    if ! command -v dpkg-query >/dev/null; then
        echo "This is not Debian: if a step fails, install what these Debian packages have: $*" >&2
        return 0
    fi
    for package in "$@"; do
        case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
        *"ok installed") ;;
        *) missing="$missing $package" ;;
        esac
    done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root=sudo
    else
        echo "Missing packages, and no root to install them. Please run:" >&2
        echo "    apt-get install$missing" >&2
        echo "Going on with what is there." >&2
        return 0
    fi
    echo "Installing:$missing"
    # One try without refreshing the lists, which takes a while; a fresh machine has none.
    # shellcheck disable=SC2086 # words are packages
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >/dev/null 2>&1 ||
        { $as_root apt-get update -q >/dev/null &&
          $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >/dev/null; } ||
        echo "Some of these could not be installed:$missing. Going on with what is there." >&2
}
