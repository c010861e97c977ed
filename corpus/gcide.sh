#!/bin/sh
# gcide.sh - the dictionary of Debian's package dict-gcide as text: one entry a line.
#
# usage: corpus/gcide.sh [FILE]     (default: /usr/share/dictd/gcide.dict.dz)
#
# An entry is wrapped over many lines; a window should see all of it. Cut are
# pronunciations (\Di*chot"o*my\), source tags ([1913 Webster]), labels ((Bot.)),
# names of quoted authors (--Milton), the marks of syllables and accents inside
# words, and the file's own preface.
set -eu

file=${1:-/usr/share/dictd/gcide.dict.dz}
if [ ! -r "$file" ]; then
    echo "gcide.sh: cannot read $file: install Debian's package dict-gcide, or name the file" >&2
    exit 2
fi

gzip -t < "$file" || { echo "gcide.sh: $file is damaged: fetch it again" >&2; exit 1; } # a pipe would not tell
gzip -dc < "$file" | LC_ALL=C awk '
    function flush() {
        gsub(/\\[^\\]*\\/, " ", entry)                                  # pronunciation
        gsub(/\[[^][]*(Webster|WordNet|PJC|Century|Collaborative)[^][]*\]/, " ", entry)
        gsub(/\([A-Z][A-Za-z]*\.( (&|and) [A-Z][A-Za-z]*\.)?\)/, " ", entry) # label
        gsub(/--[A-Z][A-Za-z.]*( [A-Z(][A-Za-z.()]*)*\.?/, " ", entry)  # quoted author
        gsub(/["*`|]/, "", entry)                                       # syllables, accents
        gsub(/[{}_]/, " ", entry)
        gsub(/  +/, " ", entry)
        if (entry ~ /[A-Za-z]/) print entry
        entry = ""
    }
    /^[^ \t]/ { flush(); started = started || /^[^0-9].*\\.*\\/ }       # a headword begins an entry
    started { entry = entry " " $0 }
    END { flush() }'
