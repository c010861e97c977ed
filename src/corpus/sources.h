/* sources.h - where text comes from, and its tokens in order. */
#ifndef N2V_CORPUS_SOURCES_H
#define N2V_CORPUS_SOURCES_H

#include "corpus/look.h"
#include "corpus/token_stream.h"
#include "nce2vec.h"

typedef enum SourceKind { SOURCE_FILE, SOURCE_DESCRIPTOR, SOURCE_SENTENCES } SourceKind;

/* All members are the caller's. */
typedef struct TextSource {
    SourceKind kind;
    const char *path;       /* SOURCE_FILE; "-" is standard input */
    int descriptor;         /* SOURCE_DESCRIPTOR */
    n2v_next_sentence next; /* SOURCE_SENTENCES: tokens are words as they are, whatever the tokenizer */
    void *context;
    const char *name; /* in messages; NULL: of a file the path, of others what they are */
} TextSource;

/* Called with the context of a TakeTokens, where the end of each line matters. */
typedef struct TakeLines {
    /* The tokens of this line of the source, from 1, are all taken; also of one without tokens. */
    n2v_status (*line)(void *context, const char *source, uint64_t number, n2v_error *error);
    /* What could be read is taken: more may have to be waited for. */
    n2v_status (*pause)(void *context, n2v_error *error);
} TakeLines;

typedef struct SourcesOptions {
    TokenizerOptions tokenizer;
    bool weighted; /* the first field of each line, and the first token of each sentence, is its weight */
    Stop stop;
    void (*reading)(void *context, const n2v_reading *reading); /* called a few times a second; may be NULL */
    void *reading_context;
    bool looks;     /* at what the text of files looks like */
    uint64_t limit; /* files end early once so many tokens are read; 0: no limit */
    const TakeLines *lines; /* NULL: the ends of lines do not matter */
} SourcesOptions;

typedef struct SourcesCounts {
    uint64_t bytes; /* of the text, decompressed; of sentences, what they would be in a file */
    uint64_t lines, tokens;
    uint64_t invalid_utf8; /* malformed sequences replaced or cut at */
    uint64_t overlong;     /* tokens of more than MAX_TOKEN_BYTES, skipped */
    CutTokens cut;         /* of files */
    Finding findings[FINDINGS]; /* with looks */
    uint64_t read, total;  /* bytes of the sources as they are: read, and of all; total 0: not known */
} SourcesCounts;

/* The name of a source in messages. */
const char *text_source_name(const TextSource *source);

/* Refuses, as N2V_ERROR_ARGUMENT, a file that is missing or unreadable. Cheap; reads nothing. */
n2v_status text_source_check(const TextSource *source, n2v_error *error);

/* Reads all sources in order and hands their tokens to take; a source's end ends a sentence.
 * N2V_ERROR_DATA: a source has no byte, or no sentence. */
n2v_status sources_read(const TextSource *sources, size_t count, const SourcesOptions *options, TakeTokens take,
                        void *context, SourcesCounts *counts, n2v_error *error);

#endif
