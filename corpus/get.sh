#!/bin/sh
# get.sh - fetches a public corpus, checks it, and keeps it compressed.
#
# usage: corpus/get.sh text8 [FOLDER]      (default folder: the current one)
#
# text8: the first 10^8 bytes of cleaned English Wikipedia of 2006, 17 million
# words on one line. The file appears as FOLDER/text8.gz only when its checksums
# are right. TEXT8_URL names another place to fetch text8.zip from.
set -eu

url=${TEXT8_URL:-http://mattmahoney.net/dc/text8.zip}
zip_sha256=a6640522afe85d1963ad56c05b0ede0a0c000dddc9671758a6cc09b7a38e5232
text_md5=3bea1919949baf155f99411df5fada7e

fail() {
    echo "get.sh: $*" >&2
    exit 1
}

if [ "${1:-}" != text8 ]; then
    echo "usage: corpus/get.sh text8 [FOLDER]" >&2
    exit 2
fi
folder=${2:-.}
[ -d "$folder" ] || fail "no folder $folder"
if [ -e "$folder/text8.gz" ]; then
    echo "$folder/text8.gz is there already"
    exit 0
fi

work=$(mktemp -d "$folder/.text8.XXXXXX") || fail "cannot write in $folder"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

echo "fetching $url (31 MB)"
if command -v curl >/dev/null; then
    curl -fsSL --retry 3 -o "$work/text8.zip" "$url" || fail "cannot fetch $url"
elif command -v wget >/dev/null; then
    wget -q -O "$work/text8.zip" "$url" || fail "cannot fetch $url"
else
    fail "install curl or wget"
fi
echo "$zip_sha256  $work/text8.zip" | sha256sum -c --quiet - >/dev/null 2>&1 ||
    fail "$url is not the file it was: its SHA-256 differs from $zip_sha256"
# A zip of one member: Python's zipfile is on more machines than unzip.
if command -v unzip >/dev/null; then
    unzip -p "$work/text8.zip" text8 > "$work/text8"
elif command -v python3 >/dev/null; then
    python3 -m zipfile -e "$work/text8.zip" "$work"
else
    fail "install unzip or python3"
fi
echo "$text_md5  $work/text8" | md5sum -c --quiet - >/dev/null 2>&1 || fail "text8.zip did not unpack to text8"
gzip -6 "$work/text8"
mv "$work/text8.gz" "$folder/text8.gz"
echo "wrote $folder/text8.gz"
