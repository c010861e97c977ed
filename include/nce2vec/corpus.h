/* nce2vec/corpus.h - a text as ids of words, with its vocabulary. A part of nce2vec.h, which includes it. */
#ifndef NCE2VEC_CORPUS_H
#define NCE2VEC_CORPUS_H

#include "phrases.h"
#include "ranks.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A text as ids of words, with its vocabulary: from files, or from the caller's own sentences. */
typedef struct n2v_corpus n2v_corpus;

typedef struct n2v_token {
    const char *text; /* UTF-8, 1 to 1024 bytes, without white space and control characters */
    size_t bytes;
} n2v_token;

/* Sets the next sentence: *count tokens at *tokens, which stay valid until the next call. Returns 1, or 0 at the end,
 * or -1 to give up. Called from the thread that reads the corpus. */
typedef int (*n2v_next_sentence)(void *context, const n2v_token **tokens, size_t *count);

/* An empty corpus. settings (N2V_FOR_TRAINING) are copied: those of text, and the seed. vectors (NULL: count the
 * text's words) gives the vocabulary, which may outlive it: words that it does not have are skipped, and read-vocab,
 * start, vocabulary, drop-unseen, min-count and max-vocab have no effect; heldout has. A training that is
 * resumed needs the files of start, freeze and lr-of no more, when its checkpoint is given as vectors. Training needs
 * the counts of its words. The setting phrases joins words before they are counted, in a held-out file, too; with
 * vectors, the phrases are those of their training, which .n2v files have. N2V_ERROR_ARGUMENT: the file of read-vocab,
 * heldout or phrases is missing or unreadable, or settings contradict each other. N2V_ERROR_FORMAT: the file of phrases
 * is malformed. N2V_ERROR_DATA: the vectors were trained with phrases, and their file does not have them. */
N2V_API n2v_status n2v_corpus_create(n2v_corpus **corpus, const n2v_settings *settings, const n2v_vectors *vectors,
                                     n2v_error *error);
N2V_API void n2v_corpus_destroy(n2v_corpus *corpus);

/* Adds a source, to be read in the order of addition. Compressed files (n2v_compressions) are recognized by content; a
 * line is a sentence. "-" is standard input, once. N2V_ERROR_ARGUMENT: the file is missing or unreadable. */
N2V_API n2v_status n2v_corpus_add_file(n2v_corpus *corpus, const char *path, n2v_error *error);

/* The same from an open file descriptor, which stays the caller's: from where it is to its end. name is its name in
 * messages and in the record of a training (NULL: "the file descriptor"). */
N2V_API n2v_status n2v_corpus_add_descriptor(n2v_corpus *corpus, int descriptor, const char *name, n2v_error *error);

/* The same from the caller's own sentences; their tokens are words as they are, whatever the tokenizer. With the
 * setting weighted the first token of each is its weight, as in a line of a file. Reading gives N2V_ERROR_DATA, with
 * the sentence and the token, for a token that is no word or no weight, and N2V_ERROR_INTERRUPTED when next gives up.
 * name as above (NULL: "the source of sentences"). */
N2V_API n2v_status n2v_corpus_add_sentences(n2v_corpus *corpus, n2v_next_sentence next, void *context,
                                            const char *name, n2v_error *error);

/* The files that inputs name. An input that exists is itself, of a folder its regular files in the order of their names
 * (not hidden ones, nor those of folders in it). Otherwise "@LIST" is the files and folders that the file LIST has, one
 * path a line, and a name with *, ? or [ is the files that match it (glob), in the order of their names. Empty files of
 * these are skipped. Any other name is kept: n2v_corpus_add_file reports what is missing. */
typedef struct n2v_inputs n2v_inputs;

/* N2V_ERROR_ARGUMENT: a folder or a list is empty, unreadable or names what is missing, or nothing matches a pattern.
 * N2V_ERROR_FORMAT: a list is damaged, or has a line that is no path. */
N2V_API n2v_status n2v_inputs_create(n2v_inputs **inputs, const char *const *names, size_t count, n2v_error *error);

/* Their paths, valid until inputs are destroyed. */
N2V_API const char *const *n2v_inputs_files(const n2v_inputs *inputs, size_t *count);
N2V_API void n2v_inputs_destroy(n2v_inputs *inputs); /* accepts NULL */

/* Takes the next bytes of a text. Not 0: give up. */
typedef int (*n2v_take_text)(void *context, const char *bytes, size_t count);

/* Hands over the text of a file as n2v_corpus_read reads it, decompressed, for a program that needs the lines
 * themselves. observer->stop is asked. N2V_ERROR_ARGUMENT: the file is missing or unreadable. N2V_ERROR_FORMAT: it is
 * damaged. N2V_ERROR_INTERRUPTED: take gives up. */
N2V_API n2v_status n2v_text_read(const char *path, n2v_take_text take, void *context, const n2v_observer *observer,
                                 n2v_error *error);

/* The text of several ranks, which read it together. own 0: all of them add the same text, and each trains on a share
 * of it (N2V_ERROR_DATA from reading: they are not the same). own 1: each rank adds a text of its own, or none, and the
 * vocabulary is that of all these texts, or the same one that is given to all. ranks are kept by reference. NULL: this
 * process is alone. */
N2V_API n2v_status n2v_corpus_share(n2v_corpus *corpus, n2v_ranks *ranks, int own, n2v_error *error);

/* Refuses settings for training that have no effect with these ranks (NULL: one process), or need the whole text on
 * each of them; own as in n2v_corpus_share. */
N2V_API n2v_status n2v_settings_check_ranks(const n2v_settings *settings, const n2v_ranks *ranks, int own,
                                            n2v_error *error);

/* For a sample: reading ends, as at the end of the text, once about so many tokens of files have been read. 0: no
 * limit. */
N2V_API void n2v_corpus_limit(n2v_corpus *corpus, uint64_t tokens);

/* Reads all sources, once: counts the words, and encodes the text unless n2v_corpus_count is used instead. A corpus
 * whose reading failed can only be destroyed.
 * observer->stop, reading and joining are called. N2V_ERROR_DATA, with what to do, when there is no word, no word is
 * frequent enough, nothing is held out that should be, or the given vocabulary shares no word with the text. */
N2V_API n2v_status n2v_corpus_read(n2v_corpus *corpus, const n2v_observer *observer, n2v_error *error);
N2V_API n2v_status n2v_corpus_count(n2v_corpus *corpus, const n2v_observer *observer, n2v_error *error);

typedef struct n2v_corpus_info {
    size_t size; /* in: sizeof(n2v_corpus_info) */
    uint64_t bytes, lines, tokens;      /* of the text, decompressed; of sentences, as in a file with a line for each */
    uint64_t types;                     /* distinct tokens; with a given vocabulary, its words */
    size_t vocabulary;                  /* words that were kept */
    uint64_t words, sentences;          /* encoded for training, and their sentences */
    uint64_t heldout_words, heldout_sentences;
    uint64_t heldout_unknown;           /* words of a held-out file that are not in the vocabulary */
    uint64_t invalid_utf8;              /* malformed sequences, also of a held-out file */
    uint64_t overlong;                  /* tokens of more than 1024 bytes, which are skipped; the same */
    double seconds;
    int given;                          /* 1: the vocabulary was given: by read-vocab, by vectors, or by vocabulary */
                                        /* old */
    int dropped;                        /* 1: its unseen words were left out, by the setting drop-unseen */
    uint64_t unseen;                    /* words of a given vocabulary that never occur in the text */
    const char *unseen_word;            /* a frequent one of them; NULL: none */
    uint64_t cut_tokens;                /* white-space tokens that the tokenizer cut into several words at ASCII */
                                        /* punctuation, such as new_york */
    uint64_t cut_words;                 /* that they became */
    uint64_t cut_underscores;           /* of cut_tokens, those with an underscore after a letter or digit */
    const char *cut_example, *cut_result; /* a token that was cut, and its words with spaces; NULL: none */
    uint64_t source_bytes;              /* of the files as they are on disk, of sentences their tokens: read */
    uint64_t source_bytes_total;        /* and of all; 0: not known */
    uint64_t text_tokens;               /* the same as tokens, but before phrases were joined */
    uint64_t joined;                    /* how often a pair of words became one token; not of a held-out file */
    size_t start_words;                 /* words of the vocabulary that the file of the setting start has */
    size_t warnings;                    /* n2v_corpus_describe_warning describes them */
    int weighted;                       /* 1: lines have weights, by the setting weighted; `words` is a sum of them */
    uint64_t plain_words;               /* encoded for training, each once whatever the weight of its line */
} n2v_corpus_info;

typedef enum n2v_text_problem {
    N2V_TEXT_ENCODING,  /* it is not UTF-8 */
    N2V_TEXT_NO_SPACES, /* its language has no spaces between words, and the tokenizer splits at spaces */
    N2V_TEXT_MARKUP     /* its tags and names become words */
} n2v_text_problem;

/* What a file's beginning looks like, of a held-out file, too. Ordinary text, ids and source code give none. */
typedef struct n2v_text_warning {
    size_t size;            /* in: sizeof(n2v_text_warning) */
    n2v_text_problem problem;
    const char *what;       /* "GB18030"; "Chinese"; "HTML", "XML", "text in <doc> tags" or "JSON" */
    const char *source;     /* the name of the first such file */
    uint64_t line;          /* of the first sign, from 1 */
    const char *remedy;     /* a command that prints the text as it should be, such as iconv -f GB18030 -t UTF-8 */
                            /* a.txt; NULL: none */
} n2v_text_warning;

/* Before the reading all are 0. Strings live as long as the corpus. */
N2V_API n2v_status n2v_corpus_describe(const n2v_corpus *corpus, n2v_corpus_info *info, n2v_error *error);

/* One of info.warnings, from 0; its texts live as long as the corpus. N2V_ERROR_ARGUMENT: there is none. */
N2V_API n2v_status n2v_corpus_describe_warning(const n2v_corpus *corpus, size_t index, n2v_text_warning *warning,
                                               n2v_error *error);

/* The vocabulary of a corpus that was read: words and counts by falling count. As n2v_vectors_word and _count. */
N2V_API const char *n2v_corpus_word(const n2v_corpus *corpus, uint32_t id, size_t *bytes);
N2V_API uint64_t n2v_corpus_word_count(const n2v_corpus *corpus, uint32_t id);

/* The phrases that were found or joined in a corpus; NULL: it has none, or it is not read. They live as long as the
 * corpus. */
N2V_API const n2v_phrases *n2v_corpus_phrases(const n2v_corpus *corpus);

/* Writes the vocabulary as `word<TAB>count` lines. */
N2V_API n2v_status n2v_output_vocabulary(n2v_output *output, const n2v_corpus *corpus, n2v_error *error);

#ifdef __cplusplus
}
#endif
#endif
