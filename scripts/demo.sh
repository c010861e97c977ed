#!/bin/sh
# demo.sh - the whole way once: builds nce2vec, trains it on a real text, shows what it learnt.
#
# usage: scripts/demo.sh [CORPUS]
#
# CORPUS is any text, gzipped or not. Without one it trains on the dictionary of
# Debian's package dict-gcide (5 million words); where that cannot be had, on text8.
set -eu
cd "$(dirname "$0")/.."
. scripts/packages.sh

corpus=${1:-}
dictionary=/usr/share/dictd/gcide.dict.dz
vectors=build/demo/vectors.bin
log() { printf '\n$ %s\n' "$*"; }

if [ -n "$corpus" ] && [ ! -r "$corpus" ]; then
    echo "demo.sh: cannot read $corpus" >&2
    exit 2
fi
need gcc make pkg-config libc6-dev zlib1g-dev libutf8proc-dev
[ -n "$corpus" ] || need dict-gcide

log make
make -s -j"$(nproc)"
mkdir -p build/demo

# Small corpora want more epochs: 10 passes over 5 million words take seconds.
if [ -n "$corpus" ]; then
    log "build/nce2vec train --objective nce '$corpus' -o $vectors"
    build/nce2vec train --objective nce "$corpus" -o "$vectors"
    words=
elif [ -r "$dictionary" ]; then
    log "corpus/gcide.sh | build/nce2vec train --objective nce --epochs 10 - -o $vectors"
    corpus/gcide.sh "$dictionary" | build/nce2vec train --objective nce --epochs 10 - -o "$vectors"
    words="music river happy quickly physician red"
else
    [ -r build/demo/text8.gz ] || corpus/get.sh text8 build/demo
    log "build/nce2vec train --objective nce build/demo/text8.gz -o $vectors"
    build/nce2vec train --objective nce build/demo/text8.gz -o "$vectors"
    words="music river happy quickly physician red"
fi

# Words of the person's own text: some of the frequent ones that are no function words.
if [ -z "$words" ]; then
    log "build/nce2vec vocab '$corpus' -o build/demo/vocab.tsv"
    build/nce2vec vocab --quiet "$corpus" -o build/demo/vocab.tsv
    words=$(awk -F '\t' 'NR > 100 && length($1) > 3 { print $1; if (++n == 4) exit }' build/demo/vocab.tsv)
    [ -n "$words" ] || words=$(awk -F '\t' 'NR <= 4 { print $1 }' build/demo/vocab.tsv)
fi
log "build/nce2vec neighbors $vectors $(echo $words) -k 6"
# shellcheck disable=SC2086 # words are words
build/nce2vec neighbors "$vectors" $words -k 6

cat <<END

The vectors are in $vectors (word2vec's binary format). Next:
    build/nce2vec neighbors $vectors            # asks for words
    build/nce2vec objectives                    # the losses to choose from
    build/nce2vec help train                    # all options
    build/nce2vec train YOUR.txt.gz -o YOUR.vec # your own text
In Python: gensim.models.KeyedVectors.load_word2vec_format("$vectors", binary=True)
END
