#!/bin/sh
# demo.sh - a whole example: builds nce2vec, trains it on a real text, prints nearest words,
# scores it on the project's own question sets, and makes a report for a browser.
#
# usage: scripts/demo.sh [CORPUS]
#
# CORPUS is any text, gzipped or not. Without one it trains on the dictionary of
# Debian's package dict-gcide (5 million words); where that cannot be had, on text8.
set -eu
corpus=${1:-}
here=$PWD
cd "$(dirname "$0")/.."
. scripts/packages.sh

[ "$here" = "$PWD" ] || case $corpus in "" | /*) ;; *) corpus=$here/$corpus ;; esac
dictionary=/usr/share/dictd/gcide.dict.dz
vectors=build/demo/vectors.bin
report=build/demo/report.html
# Held-out sentences, measurements and word counts: for the report.
outputs="--heldout 0.01 --metrics build/demo/vectors.metrics.jsonl --save-vocab build/demo/vectors.vocab.tsv"
python=${PYTHON:-/usr/bin/python3}
log() { printf '\n$ %s\n' "$*"; }

if [ -n "$corpus" ] && [ ! -r "$corpus" ]; then
    echo "demo.sh: cannot read $corpus" >&2
    exit 2
fi
need gcc make pkg-config libc6-dev zlib1g-dev libutf8proc-dev libedit-dev libbz2-dev liblzma-dev libzstd-dev libicu-dev
[ -n "$corpus" ] || need dict-gcide

log make
make -s -j"$(nproc)"
mkdir -p build/demo

# Small corpora want more epochs: 10 passes over 5 million words take seconds.
# shellcheck disable=SC2086 # options are words
if [ -n "$corpus" ]; then
    log "build/nce2vec train --objective nce $outputs '$corpus' -o $vectors"
    build/nce2vec train --objective nce $outputs "$corpus" -o "$vectors"
    words=
elif [ -r "$dictionary" ]; then
    log "corpus/gcide.sh | build/nce2vec train --objective nce --epochs 10 $outputs - -o $vectors"
    corpus/gcide.sh "$dictionary" | build/nce2vec train --objective nce --epochs 10 $outputs - -o "$vectors"
    words="music river happy quickly physician red"
else
    [ -r build/demo/text8.gz ] || corpus/get.sh text8 build/demo
    log "build/nce2vec train --objective nce $outputs build/demo/text8.gz -o $vectors"
    build/nce2vec train --objective nce $outputs build/demo/text8.gz -o "$vectors"
    words="music river happy quickly physician red"
fi

# Words of the person's own text: some of the frequent ones that are no function words.
if [ -z "$words" ]; then
    words=$(awk -F '\t' 'NR > 100 && length($1) > 3 { print $1; if (++n == 4) exit }' build/demo/vectors.vocab.tsv)
    [ -n "$words" ] || words=$(awk -F '\t' 'NR <= 4 { print $1 }' build/demo/vectors.vocab.tsv)
fi
log "build/nce2vec neighbors $vectors $(echo $words) -k 6"
# shellcheck disable=SC2086 # words are words
build/nce2vec neighbors "$vectors" $words -k 6

# Scores and a report; without Python's libraries they are left out.
need python3-numpy python3-scipy python3-sklearn node-d3
if "$python" -c 'import numpy, scipy' 2>/dev/null; then
    log "eval/evaluate.sh $vectors"
    PYTHON=$python eval/evaluate.sh "$vectors"
    log "eval/report.py $vectors -o $report --map-words 1000"
    "$python" eval/report.py "$vectors" -o "$report" --map-words 1000 || report=
else
    echo "No scores and no report: $python has no NumPy and SciPy." >&2
    report=
fi

if [ -n "$report" ]; then
    printf '\n%s\n%s\n' "The report is $report: curves, scores, a map of the words. Open it in a browser:" \
        "    file://$PWD/$report"
fi
cat <<END

The vectors are in $vectors (word2vec's binary format). Next:
    build/nce2vec neighbors $vectors            # asks for words
    build/nce2vec analogy $vectors              # a is to b as c is to ?
    build/nce2vec objectives                    # the losses to choose from
    build/nce2vec help train                    # all options
    build/nce2vec train YOUR.txt.gz -o YOUR.vec # your own text
In Python: gensim.models.KeyedVectors.load_word2vec_format("$vectors", binary=True)
END
