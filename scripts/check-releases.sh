#!/bin/sh
# check-releases.sh - builds and tests the last commit on several Debian releases, each in a chroot of its own.
#
# usage: scripts/check-releases.sh [SUITE...]     default: bullseye bookworm trixie sid
#
# Needs root, debootstrap and a network. The chroots are in $RELEASES (default: build/releases) and are kept, so that
# later runs install only what is missing. scripts/release-stages.sh runs in them: it installs packages with a network,
# builds and tests without. It prints one line for each suite; the output of all commands is in $RELEASES/SUITE.log.
#
# $STAGES   some of the stages minimal, wheel, full, clients (default: the first three)
# $MIRROR   another source of Debian packages
# $NCE2VEC_CLIENTS   for the stage clients: a folder of git directories, see tests/clients/sources.py
set -eu
cd "$(dirname "$0")/.."
root=$PWD
releases=${RELEASES:-build/releases}
mirror=${MIRROR:-http://deb.debian.org/debian}
stages=${STAGES:-minimal wheel full}
[ $# -gt 0 ] || set -- bullseye bookworm trixie sid

. scripts/packages.sh
[ "$(id -u)" = 0 ] || { echo "check-releases.sh makes chroots: run it as root" >&2; exit 2; }
need debootstrap util-linux git
mkdir -p "$releases/shared/wheels" "$releases/shared/clients"
releases=$(cd "$releases" && pwd)
[ -z "$(git status --porcelain)" ] || echo "Changes that are not committed are not tested."

# inside SUITE online|offline STEP: runs a step of release-stages.sh. Its mounts and processes end with it.
inside() {
    network=--net
    [ "$2" = offline ] || network=
    # shellcheck disable=SC2086,SC2016 # an empty option is none; the variables are those of the inner shell
    ROOT="$releases/$1" SHARED="$releases/shared" CLIENTS="${NCE2VEC_CLIENTS:-}" \
    unshare --mount $network --pid --fork --kill-child sh -euc '
        mkdir -p "$ROOT/dev/pts" "$ROOT/dev/shm" "$ROOT/shared"
        mount -t proc proc "$ROOT/proc"
        mount -t devpts -o ptmxmode=0666,newinstance devpts "$ROOT/dev/pts"
        ln -sf pts/ptmx "$ROOT/dev/ptmx"
        mount -t tmpfs tmpfs "$ROOT/dev/shm"
        mount --bind "$SHARED" "$ROOT/shared"
        [ -z "$CLIENTS" ] || mount --bind "$CLIENTS" "$ROOT/shared/clients"
        exec chroot "$ROOT" /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
            PATH=/usr/lib/ccache:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /nce2vec/scripts/release-stages.sh "$0"
    ' "$3"
}

make_chroot() {
    if [ ! -e "$releases/$1/made" ]; then
        rm -rf "${releases:?}/$1"
        debootstrap --variant=minbase "$1" "$releases/$1" "$mirror" && touch "$releases/$1/made"
    fi || return 1
    rm -rf "$releases/$1/nce2vec"
    git clone -q --depth 1 "file://$root" "$releases/$1/nce2vec"
}

check() {
    suite=$1 started=$(date +%s) failed='' about=''
    log=$releases/$suite.log
    if make_chroot "$suite" >"$log" 2>&1; then
        for stage in $stages; do
            { inside "$suite" online "packages_$stage" && inside "$suite" offline "$stage"; } >>"$log" 2>&1 ||
                failed="$failed $stage"
        done
        about=$(inside "$suite" offline about)
    else
        failed=" debootstrap"
    fi
    outcome="passed: $stages"
    [ -z "$failed" ] || outcome="FAILED:$failed; the output is in $log"
    echo "$suite: $about: $outcome ($(($(date +%s) - started)) s)"
    [ -z "$failed" ]
}

status=0
for suite in "$@"; do
    check "$suite" || status=1
done
exit $status
