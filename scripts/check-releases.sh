#!/bin/sh
# check-releases.sh - builds and tests the last commit on several Debian releases, in chroots.
#
# usage: scripts/check-releases.sh [SUITE...]     default: bullseye bookworm trixie sid
#
# Needs root, debootstrap and a network. Each stage has a chroot of its own in $RELEASES (default: build/releases), which is
# kept, so that later runs install only what is missing. scripts/release-stages.sh runs in them: it installs packages with a
# network, builds and tests without. It prints one line for each suite; the output of all commands is in
# $RELEASES/SUITE.log.
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
for suite in "$@"; do # folders of these names are removed
    case $suite in
    '' | shared | *[!a-z]*) echo "check-releases.sh: '$suite' is no release of Debian, such as bookworm" >&2; exit 2 ;;
    esac
done

. scripts/packages.sh
[ "$(id -u)" = 0 ] || { echo "check-releases.sh makes chroots: run it as root" >&2; exit 2; }
need debootstrap util-linux git
mkdir -p "$releases/shared/wheels" "$releases/shared/clients"
releases=$(cd "$releases" && pwd)
[ -z "$(git status --porcelain)" ] || echo "Changes that are not committed are not tested."

# inside CHROOT online|offline STEP: runs a step of release-stages.sh. Its mounts and processes end with it.
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

# make_chroot SUITE STAGE: a copy of the suite's base, with the last commit.
make_chroot() {
    base=$releases/$1 chroot=$releases/$1-$2
    if [ ! -e "$base/made" ]; then
        rm -rf "$base"
        debootstrap --variant=minbase "$1" "$base" "$mirror" &&
            echo 'Acquire::Check-Valid-Until "false";' >"$base/etc/apt/apt.conf.d/mirror" && # it may be behind
            touch "$base/made"
    fi || return 1
    [ -e "$chroot/made" ] || { rm -rf "$chroot" && cp -a "$base" "$chroot"; } || return 1
    rm -rf "$chroot/nce2vec"
    git clone -q --depth 1 "file://$root" "$chroot/nce2vec"
}

run_stage() {
    echo "== $1: $2"
    make_chroot "$1" "$2" && inside "$1-$2" online "packages_$2" && inside "$1-$2" offline "$2"
}

check() {
    suite=$1 started=$(date +%s) failed=''
    log=$releases/$suite.log
    : >"$log"
    for stage in $stages; do
        run_stage "$suite" "$stage" >>"$log" 2>&1 || failed="$failed $stage"
    done
    about='no chroot'
    [ ! -e "$releases/$suite-$stage/made" ] || about=$(inside "$suite-$stage" offline about)
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
