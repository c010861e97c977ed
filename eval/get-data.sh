#!/bin/sh
# Fetches the standard sets of word similarity and analogy into FOLDER (default: data/standard beside
# this script), where the other scripts look for them. Each file is checked by its SHA-256 before it
# gets its name, so that a broken download never replaces a good file.
#
# usage: get-data.sh [--from ADDRESS] [FOLDER]
#   --from ADDRESS   a mirror (http, https or file) with all files in one folder
#
# The similarity sets are as collected by Faruqui and Dyer (2014); the analogies are those of
# Mikolov et al. (2013). They belong to their authors; cite these when you publish scores.
set -eu

word_sim=https://raw.githubusercontent.com/mfaruqui/eval-word-vectors/master/data/word-sim
word2vec=https://raw.githubusercontent.com/tmikolov/word2vec/master

sets="
888b13580faa362c7b11da0a670258cf1b1eb4bf0ecbcd418918729a3bd3f43a $word_sim/EN-MEN-TR-3k.txt
c243f3a91c3f5d8cf67f21a67f6fb80bde8b6bb060851a6a48e6f2d68ec98c9f $word_sim/EN-RG-65.txt
5108d54dfc746f44f9c3d7e31d2857c37cf71430bc1594175a61a3b89bb0ae1f $word_sim/EN-RW-STANFORD.txt
405394ffb7d25f6d0e3c041f87c9f27d29dc6b047506769953e85c4523b11685 $word_sim/EN-SIMLEX-999.txt
ce12919b240af45bdf46d243601eaca2b6212b159b5e7e9b435ee7ee40c5619c $word_sim/EN-WS-353-ALL.txt
66a7c88100624d0a391605ff61ce84e11d11ee620d51ec0298da49592838f8fa $word_sim/EN-WS-353-REL.txt
f1da938998863c94e53f72f984a5c6e215f0b46c323aae8f0f4930703a339107 $word_sim/EN-WS-353-SIM.txt
8c29b3332afc46f3fb8be04cb5297bf96f39aa7131272dff57869b4485b22a36 $word2vec/questions-words.txt
"

fail()
{
    echo "get-data.sh: $*" >&2
    exit 1
}

has_sum() # FILE SUM
{
    [ "$(sha256sum <"$1" | cut -d ' ' -f 1)" = "$2" ]
}

mirror=
folder=$(dirname "$0")/data/standard
case ${1-} in
-h | --help)
    sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//; p' "$0"
    exit 0
    ;;
--from)
    [ $# -ge 2 ] || fail "--from needs an address"
    mirror=${2%/}
    shift 2
    ;;
esac
case ${1-} in -*) fail "unknown option $1 (see --help)" ;; esac
[ $# -le 1 ] || fail "more than one folder (see --help)"
[ $# -eq 0 ] || folder=$1

command -v curl >/dev/null || fail "curl is missing. Install it, or copy the sets into a folder yourself and name it with --data"
mkdir -p "$folder" || fail "cannot make the folder $folder"
partial=$(mktemp "$folder/.fetching.XXXXXX") || fail "cannot write in $folder"
trap 'rm -f "$partial"' EXIT
trap 'exit 1' HUP INT TERM

echo "$sets" | while read -r sum address; do
    [ -n "$sum" ] || continue
    name=${address##*/}
    if [ -f "$folder/$name" ] && has_sum "$folder/$name" "$sum"; then
        echo "$name: up to date"
        continue
    fi
    [ -z "$mirror" ] || address=$mirror/$name
    curl --fail --silent --show-error --location --retry 2 --connect-timeout 20 --output "$partial" "$address" ||
        fail "cannot fetch $address. Check the network. $folder/$name was not changed"
    has_sum "$partial" "$sum" ||
        fail "$address has another content than expected (SHA-256 differs). $folder/$name was not changed"
    chmod 644 "$partial"
    mv -f "$partial" "$folder/$name" || fail "cannot write $folder/$name"
    echo "$name: fetched"
done
