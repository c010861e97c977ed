/* nce2vec.h - the public interface of libnce2vec: train word vectors with contrastive objectives, query them, and
 * read and write them in many formats.
 *
 * HowTo: from a text to a file of vectors.
 *     n2v_settings_create(&settings, N2V_FOR_TRAINING, NULL, &error);
 *     n2v_settings_set(settings, "dim", "200", &error);
 *     n2v_corpus_create(&corpus, settings, NULL, &error);
 *     n2v_corpus_add_file(corpus, "text.gz", &error);
 *     n2v_corpus_read(corpus, NULL, &error);
 *     n2v_trainer_create(&trainer, settings, corpus, &error);
 *     n2v_trainer_run(trainer, N2V_TO_END, 0, NULL, &error);
 *     n2v_vectors_save(n2v_trainer_vectors(trainer), "vectors.txt", NULL, NULL, &error);
 * Each call returns N2V_OK or says in `error` what to do. docs/examples/ has whole programs.
 *
 * Errors: a function that can fail returns an n2v_status and writes a sentence into the caller's n2v_error (NULL: not
 * wanted). Where a function hands out a handle, the handle is NULL after a failure.
 * NULL for what is needed is N2V_ERROR_ARGUMENT; functions without a status return what they return when there is
 * nothing (NULL, 0, N2V_NO_ID, NaN).
 * Ownership: X_create, X_load and X_open make a handle that the caller gives back to X_destroy. All destroy functions
 * accept NULL. A handle keeps no reference to the caller's strings and arrays, unless its function says so.
 * Threads: the library has no mutable global state. Different handles may be used by different threads. One handle
 * is used by one thread at a time, unless its functions say more. Threads that the library starts block all signals.
 * The library never prints, never exits and installs no signal handler.
 * Environment: N2V_KERNELS=scalar|avx2|avx512|avx512bf16 is the default of the setting `kernels`, read when a handle is
 * created that computes, a set of objectives among them; TMPDIR is the folder for temporary files.
 * Strings are UTF-8. Numbers in texts have a decimal point in every locale.
 * Growth: structures that the caller fills or hands over to be filled begin with `size`, which the caller sets to
 * sizeof of the structure. Members are only ever added at the end, and zero means what it meant without them, so that a
 * program runs with a later library. Small structures without a size never change: n2v_error, n2v_span, n2v_token,
 * n2v_query, n2v_neighbor, n2v_context, n2v_parameter, n2v_log_probability. */
#ifndef NCE2VEC_H
#define NCE2VEC_H

#include "nce2vec/objective.h"
#include "nce2vec/phrases.h"
#include "nce2vec/predict.h"
#include "nce2vec/ranks.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Settings ------------------------------------------------------------ */

/* A set of settings, by name and text. Which settings there are depends on what they are for. */
typedef struct n2v_settings n2v_settings;

typedef enum n2v_purpose {
    N2V_FOR_TRAINING,   /* reading a corpus and training on it */
    N2V_FOR_LIKELIHOOD, /* n2v_likelihood_measure */
    N2V_FOR_SEARCH,     /* n2v_search_create */
    N2V_FOR_OUTPUT,     /* n2v_output_open */
    N2V_FOR_PHRASES,    /* n2v_phrases_find */
    N2V_FOR_PREDICTION  /* n2v_predictor_create */
} n2v_purpose;

typedef enum n2v_setting_type {
    N2V_FLAG,    /* "0" or "1" */
    N2V_INTEGER, /* a whole number, not negative */
    N2V_REAL,    /* a decimal number */
    N2V_TEXT,    /* any text that is not empty */
    N2V_CHOICE   /* one of a list of names */
} n2v_setting_type;

/* What a setting decides about. */
typedef enum n2v_stage {
    N2V_STAGE_TEXT,  /* which words are read and counted */
    N2V_STAGE_MODEL, /* what is trained */
    N2V_STAGE_RUN    /* how the work is done: threads, arithmetic */
} n2v_stage;

typedef struct n2v_setting_info {
    size_t size; /* in: sizeof(n2v_setting_info) */
    const char *name;
    const char *aliases; /* other names that are accepted, separated by spaces; "" */
    n2v_setting_type type;
    n2v_stage stage;
    const char *group;         /* a heading for lists of settings, such as "Training" */
    const char *value;         /* a word for its value, such as "N" */
    const char *default_text;  /* NULL: there is none, or it depends on others */
    const char *default_note;  /* what it depends on, such as "the objective's"; NULL: nothing */
    const char *help;          /* a sentence */
    const char *range;         /* what is accepted, such as "an integer from 1 to 1000"; "" for texts and flags */
    double min, max;           /* bounds of numbers */
    const char *const *choices; /* names, NULL after the last; of N2V_TEXT those that help may list; NULL: none */
    int changeable;            /* 1: may be another when a training is resumed */
    int recorded;              /* 1: is part of the record in a model file */
} n2v_setting_info;

/* How many settings a purpose has. */
N2V_API size_t n2v_setting_count(n2v_purpose purpose);

/* Fills *info for the setting of this index. N2V_ERROR_ARGUMENT: an index that is not below the count, or info->size
 * is not set. The strings live as long as the library is loaded. */
N2V_API n2v_status n2v_setting_describe(n2v_purpose purpose, size_t index, n2v_setting_info *info, n2v_error *error);

/* All settings with their defaults. objectives is kept by reference (NULL: the library's own). N2V_ERROR_MEMORY. */
N2V_API n2v_status n2v_settings_create(n2v_settings **settings, n2v_purpose purpose, const n2v_objectives *objectives,
                                       n2v_error *error);
N2V_API n2v_status n2v_settings_copy(n2v_settings **copy, const n2v_settings *settings, n2v_error *error);
N2V_API void n2v_settings_destroy(n2v_settings *settings);

/* Sets a setting by its name or an alias ('_' and '-' are the same); text NULL: back to the default.
 * N2V_ERROR_ARGUMENT, with the nearest name or the range, for an unknown name or a text out of range. */
N2V_API n2v_status n2v_settings_set(n2v_settings *settings, const char *name, const char *text, n2v_error *error);

/* The setting's value as text: what was set, else the default, also where that depends on other settings or on the
 * machine. Setting the text again gives the same value, to the bit. NULL for an unknown name, and for one that has no
 * value (no limit, no file). The text is valid until the settings change or are read again by this function. */
N2V_API const char *n2v_settings_get(n2v_settings *settings, const char *name);

/* 1: it was set. 0: it has its default, or is unknown. */
N2V_API int n2v_settings_is_set(const n2v_settings *settings, const char *name);

/* N2V_ERROR_ARGUMENT, with a sentence, when settings contradict each other or would have no effect together. All
 * functions that take settings check them in this way, too. */
N2V_API n2v_status n2v_settings_check(const n2v_settings *settings, n2v_error *error);

/* ---- Watching and stopping long calls ------------------------------------- */

/* How far the reading of a text is. */
typedef struct n2v_reading {
    uint64_t tokens;
    uint64_t bytes, bytes_total; /* of the files as they are on disk, of sentences their tokens; total 0: not known */
    double seconds;
} n2v_reading;

/* How far finding or joining phrases is. */
typedef struct n2v_joining {
    size_t pass; /* that looks for phrases, from 1; 0: the text is joined */
    uint64_t words, words_total;
    double seconds; /* of this pass */
} n2v_joining;

/* How far a training is. */
typedef struct n2v_progress {
    uint64_t words, words_total; /* trained on, and of all epochs; before subsampling */
    size_t epoch, epochs;        /* the latest that has begun, from 1; of how many */
    double loss;                 /* mean per positive pair since the last call; NaN: none yet */
    uint64_t pairs;              /* in that mean: a sample */
    double learning_rate;        /* now */
    double seconds;              /* of training */
} n2v_progress;

/* What an epoch ended with. */
typedef struct n2v_epoch {
    size_t epoch, epochs;   /* the one that has ended, from 1; of how many */
    uint64_t words;         /* trained on since the first epoch */
    double loss;            /* mean per positive pair of the epoch, on a sample; NaN: it had no pair */
    uint64_t heldout_pairs; /* 0: nothing is held out, or it has no pair of words */
    double heldout_loss;    /* mean per positive pair of the held-out sentences; NaN without pairs */
    double seconds;         /* of training */
} n2v_epoch;

/* Functions that a long call calls from the thread that called it, a few times a second; each may be NULL. The
 * structures that they get grow at the end with later libraries. */
typedef struct n2v_observer {
    size_t size; /* sizeof(n2v_observer) */
    void *context;
    int (*stop)(void *context); /* not 0: end the call with N2V_ERROR_INTERRUPTED */
    void (*reading)(void *context, const n2v_reading *reading);
    void (*progress)(void *context, const n2v_progress *progress);
    void (*epoch)(void *context, const n2v_epoch *epoch); /* the trainer is paused: its vectors may be read */
    void (*joining)(void *context, const n2v_joining *joining);
} n2v_observer;

/* ---- Vectors -------------------------------------------------------------- */

/* Words and their vectors: from a file, or those of a trainer. Immutable, and safe to use from many threads. */
typedef struct n2v_vectors n2v_vectors;

#define N2V_NO_ID UINT32_MAX /* no word */

typedef enum n2v_matrix {
    N2V_INPUT, /* the words' vectors as inputs: the ones that all files have */
    N2V_OUTPUT /* the words' vectors as outputs; only whole models have them */
} n2v_matrix;

typedef struct n2v_vectors_info {
    size_t size; /* in: sizeof(n2v_vectors_info) */
    size_t words, dim;
    uint64_t tokens;     /* the sum of the words' counts; 0: the file has no counts */
    int has_output;      /* 1: there are output vectors */
    int has_output_bias; /* 1: there is a bias for each word */
    const char *format;  /* of the file they were loaded from; NULL: they come from a trainer */
    const char *words_file; /* the path of its second file, which has the words; NULL: there is none */
    int has_state;       /* 1: it is a checkpoint, from which a training can go on */
    const char *damaged; /* names of sections of a .n2v file that are damaged, and that vectors do not need, such as */
                         /* "STAT": the file was read without them; NULL: none */
    const char *subwords; /* "fasttext" or "floret": words that are not among `words` have vectors, too; NULL: they have none */
    size_t shortest_ngram, longest_ngram; /* in characters; 0 without subwords */
    size_t buckets, used_buckets;         /* that n-grams are hashed to, and those with a vector; 0 without subwords */
} n2v_vectors_info;

/* Loads a file in any of the formats, recognized by content; "-" is standard input. observer->stop is asked.
 * N2V_ERROR_ARGUMENT: no such file. N2V_ERROR_FORMAT, with the line or byte: it is malformed. */
N2V_API n2v_status n2v_vectors_load(n2v_vectors **vectors, const char *path, const n2v_observer *observer,
                                    n2v_error *error);

/* The same from memory, which is only read during the call. name names it in errors (NULL: "the memory").
 * N2V_ERROR_ARGUMENT: a format whose words are in a second file. */
N2V_API n2v_status n2v_vectors_load_memory(n2v_vectors **vectors, const void *bytes, size_t count, const char *name,
                                           const n2v_observer *observer, n2v_error *error);
N2V_API void n2v_vectors_destroy(n2v_vectors *vectors);

N2V_API n2v_status n2v_vectors_describe(const n2v_vectors *vectors, n2v_vectors_info *info, n2v_error *error);

/* The word of an id from 0 to words - 1, NUL-terminated, and *bytes (may be NULL) its length; NULL for other ids.
 * Ids follow the order of the file; of a trainer, falling counts. */
N2V_API const char *n2v_vectors_word(const n2v_vectors *vectors, uint32_t id, size_t *bytes);
N2V_API uint64_t n2v_vectors_count(const n2v_vectors *vectors, uint32_t id); /* in the text; 0: not known */

/* The id of a word of so many bytes, or N2V_NO_ID. */
N2V_API uint32_t n2v_vectors_find(const n2v_vectors *vectors, const char *word, size_t bytes);

/* The words that the vectors' tokenizer makes of a text, as in their training: "B13X-0_0" may be "b13x 0 0", and where
 * phrases were joined "New York" may be "new_york". Writes them into words with a space between two: at most room bytes
 * with the NUL. *needed (may be NULL) is how many bytes the whole needs without it, *count (may be NULL) how many words
 * there are. N2V_ERROR_DATA: the vectors have no record of a tokenizer; whole models have one. */
N2V_API n2v_status n2v_vectors_tokenize(const n2v_vectors *vectors, const char *text, size_t bytes, char *words,
                                        size_t room, size_t *needed, size_t *count, n2v_error *error);

/* The ids of words spelled like this one, the nearest and then the most frequent first; at most max, and at most 8.
 * Returns their number. */
N2V_API size_t n2v_vectors_suggest(const n2v_vectors *vectors, const char *word, size_t bytes, size_t max,
                                   uint32_t *ids);

/* The rows of a matrix without a copy: row i is `dim` floats at view + i * *stride. NULL when there is no such
 * matrix. Of a trainer's vectors: valid while the trainer is paused. */
N2V_API const float *n2v_vectors_view(const n2v_vectors *vectors, n2v_matrix matrix, size_t *stride);

/* The input vector of any word into vector, dim floats: that of the vocabulary, else, with subwords, the mean of the
 * word's n-grams. *known (may be NULL) becomes 1 for a word of the vocabulary, else 0.
 * N2V_ERROR_DATA: the word is not in the vocabulary, and the vectors have no subwords, or none of its n-grams.
 * N2V_ERROR_ARGUMENT: the word is empty, or has more than 1024 bytes. */
N2V_API n2v_status n2v_vectors_compose(const n2v_vectors *vectors, const char *word, size_t bytes, float *vector,
                                       int *known, n2v_error *error);

/* The cosine of two vectors of dim floats, such as composed ones; 0 where one is zero, NaN where one is NULL. */
N2V_API double n2v_vectors_cosine(const n2v_vectors *vectors, const float *a, const float *b);

/* The bias of a word's output, the shared bias included; 0 without biases. */
N2V_API float n2v_vectors_bias(const n2v_vectors *vectors, uint32_t id);

/* The cosine of two words' input vectors; 0 where one is zero. NaN for an id out of range. */
N2V_API double n2v_vectors_similarity(const n2v_vectors *vectors, uint32_t a, uint32_t b);

/* What the vectors were made with: entry `index`, a name and its value. 0 beyond the last. A name may come again
 * (the names of several inputs). The strings live as long as the vectors. */
N2V_API int n2v_vectors_record(const n2v_vectors *vectors, size_t index, const char **name, const char **value);

/* The settings that the record has: what a training of the same kind needs. N2V_ERROR_FORMAT when there is no record
 * or one of its values is not valid. */
N2V_API n2v_status n2v_vectors_settings(const n2v_vectors *vectors, const n2v_objectives *objectives,
                                        n2v_settings **settings, n2v_error *error);

typedef struct n2v_norms {
    size_t size; /* in: sizeof(n2v_norms) */
    double min, median, mean, max; /* Euclidean lengths */
    uint32_t shortest, longest;    /* the words they belong to; of equal ones the first */
    size_t zeros;                  /* vectors of length 0 */
} n2v_norms;

/* The lengths of the vectors of a matrix. N2V_ERROR_ARGUMENT: there is no such matrix. N2V_ERROR_MEMORY. */
N2V_API n2v_status n2v_vectors_norms(const n2v_vectors *vectors, n2v_matrix matrix, n2v_norms *norms,
                                     n2v_error *error);

/* ---- Files ---------------------------------------------------------------- */

typedef struct n2v_format_info {
    size_t size; /* in: sizeof(n2v_format_info) */
    const char *name, *summary;
    const char *endings; /* of file names, separated by spaces: ".txt .vec" */
    int has_float16;     /* 1: can hold numbers of 16 bits */
    int has_words_file;  /* 1: the words are in a second file */
    const char *subwords; /* that vectors must have to be written, as in n2v_vectors_info; NULL: none are needed */
} n2v_format_info;

N2V_API size_t n2v_format_count(void);
N2V_API n2v_status n2v_format_describe(size_t index, n2v_format_info *info, n2v_error *error);

/* Files that appear under their names only when they are complete: bytes go to temporary files in the same folder. A
 * path that ends in .gz is compressed as gzip; the format goes by the ending before that. */
typedef struct n2v_output n2v_output;

/* Opens the file, or the two files, that vectors are written to. Proves that the folder can be written. settings
 * (N2V_FOR_OUTPUT; NULL: defaults) say the format (by default that of the path's ending), which vectors, and more. "-" is
 * standard output. observer is copied; its stop is asked while the output is written. N2V_ERROR_ARGUMENT: the path is a folder, or
 * its folder cannot be written, or its ending is that of another compression (.xz) or of an archive (.zip), or the
 * settings contradict the format. */
N2V_API n2v_status n2v_output_open(n2v_output **output, const char *path, const n2v_settings *settings,
                                   const n2v_observer *observer, n2v_error *error);

/* The same for bytes of any kind, such as a log. */
N2V_API n2v_status n2v_output_open_bytes(n2v_output **output, const char *path, const n2v_observer *observer,
                                         n2v_error *error);

/* Before a training with the settings `training`: N2V_ERROR_ARGUMENT when it will not have the vectors that the settings
 * `output` ask for. */
N2V_API n2v_status n2v_output_check(const n2v_settings *output, const n2v_settings *training, n2v_error *error);

N2V_API const char *n2v_output_format(const n2v_output *output);     /* its name; NULL for bytes */

/* The ending of the path, such as ".foo", when no format has it: word2vec text is written. NULL: the setting `format` or
 * a known ending says the format, or the name has no ending. */
N2V_API const char *n2v_output_unknown_ending(const n2v_output *output);
N2V_API const char *n2v_output_words_file(const n2v_output *output); /* the path of the second file; NULL: none */

/* Writes the vectors. N2V_ERROR_DATA when the settings ask for output vectors and there are none, or the format
 * needs other subwords. N2V_ERROR_NUMERIC: a number is not finite, or 16 bits cannot hold it. */
N2V_API n2v_status n2v_output_vectors(n2v_output *output, const n2v_vectors *vectors, n2v_error *error);
N2V_API n2v_status n2v_output_bytes(n2v_output *output, const void *bytes, size_t count, n2v_error *error);

/* What is written so far appears under its name and stays there; later bytes are appended. For a log of bytes. A gzip
 * file can be decompressed to its end after each call. */
N2V_API n2v_status n2v_output_publish(n2v_output *output, n2v_error *error);

/* What is published reaches the disk, so that a loss of power leaves it: before a checkpoint that counts on it. */
N2V_API n2v_status n2v_output_flush(n2v_output *output, n2v_error *error);

/* Makes the files durable, gives them their names, and destroys the handle. After a failure whatever was at the paths
 * before is untouched, but for N2V_ERROR_DURABILITY: the new files are complete under their names, and the disk did not
 * confirm the names. */
N2V_API n2v_status n2v_output_commit(n2v_output *output, n2v_error *error);
N2V_API void n2v_output_discard(n2v_output *output); /* removes what is not published and destroys; accepts NULL */

/* n2v_output_open, _vectors and _commit in one. */
N2V_API n2v_status n2v_vectors_save(const n2v_vectors *vectors, const char *path, const n2v_settings *settings,
                                    const n2v_observer *observer, n2v_error *error);

/* ---- Queries -------------------------------------------------------------- */

/* An exact search among all words of some vectors. Safe to use from many threads. */
typedef struct n2v_search n2v_search;

/* vectors are kept by reference and not changed. Their lengths are measured once: after a trainer has run on, its
 * vectors need another search. settings (N2V_FOR_SEARCH; NULL: defaults) say how many threads. */
N2V_API n2v_status n2v_search_create(n2v_search **search, const n2v_vectors *vectors, const n2v_settings *settings,
                                     n2v_error *error);
N2V_API void n2v_search_destroy(n2v_search *search);

typedef enum n2v_method {
    N2V_ADD,     /* cos(d, the sum of the plus vectors less the minus vectors), all of length 1 (Mikolov et al. 2013) */
    N2V_MULTIPLY /* product of (1 + cos(d, plus)) / 2 over product of (1 + cos(d, minus)) / 2 + 1e-6 (Levy & Goldberg */
                 /* 2014); words alone */
} n2v_method;

typedef struct n2v_neighbor {
    uint32_t id;
    float score;
} n2v_neighbor;

/* Which words d are wanted. "a is to b as c is to d" is plus b, c and minus a. The words of a query are never its
 * answers. */
typedef struct n2v_query {
    const uint32_t *plus, *minus; /* ids of words */
    size_t plus_count, minus_count;
    const float *vector; /* dim floats, scaled to length 1 and added to the plus vectors; NULL: none */
    n2v_method method;
} n2v_query;

/* Answers count queries at once, which costs much less than one by one. The found[i] nearest words of query i, at most
 * k, are at neighbors + i * k, by falling score, then by id. The answers do not depend on the number of threads, nor
 * on the other queries. N2V_ERROR_ARGUMENT: an id out of range, a query without a word or vector, a vector that is
 * zero or not finite, a vector with N2V_MULTIPLY. */
N2V_API n2v_status n2v_search_run(const n2v_search *search, const n2v_query *queries, size_t count, size_t k,
                                  n2v_neighbor *neighbors, size_t *found, n2v_error *error);

/* ---- Word pairs ----------------------------------------------------------- */

/* Pairs of words with human scores, from a file: a line has two words and a number, separated by white space. A '#' by
 * itself begins a comment; the first line may name the columns. Safe to use from many threads. */
typedef struct n2v_pairs n2v_pairs;

/* observer->stop is asked. N2V_ERROR_ARGUMENT: no such file. N2V_ERROR_FORMAT, with the line: it is malformed. */
N2V_API n2v_status n2v_pairs_load(n2v_pairs **pairs, const char *path, const n2v_observer *observer, n2v_error *error);
N2V_API void n2v_pairs_destroy(n2v_pairs *pairs);

typedef struct n2v_pairs_score {
    size_t size;     /* in: sizeof(n2v_pairs_score) */
    size_t pairs;    /* of the file */
    size_t found;    /* whose words both have vectors, in any case; the others are skipped */
    double spearman; /* rank correlation of the cosines with the scores; NaN: fewer than two, or all are equal */
    double pearson;  /* the same without ranks */
    size_t composed; /* of `found`: with a word that is not in the vocabulary, whose vector is made of subwords */
} n2v_pairs_score;

/* How well the cosines of the words' input vectors rank the pairs. N2V_ERROR_MEMORY. */
N2V_API n2v_status n2v_pairs_evaluate(const n2v_pairs *pairs, const n2v_vectors *vectors, n2v_pairs_score *score,
                                      n2v_error *error);

/* ---- Corpus --------------------------------------------------------------- */

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
 * drop-unseen, min-count and max-vocab have no effect; heldout has. Training needs the counts of its words.
 * The setting phrases joins words before they are counted, in a held-out file, too; with vectors, the phrases are those
 * of their training, which .n2v files have.
 * N2V_ERROR_ARGUMENT: the file of read-vocab, heldout or phrases is missing or unreadable, or settings contradict each
 * other. N2V_ERROR_FORMAT: the file of phrases is malformed. N2V_ERROR_DATA: the vectors were trained with phrases, and
 * their file does not have them. */
N2V_API n2v_status n2v_corpus_create(n2v_corpus **corpus, const n2v_settings *settings, const n2v_vectors *vectors,
                                     n2v_error *error);
N2V_API void n2v_corpus_destroy(n2v_corpus *corpus);

/* Adds a source, to be read in the order of addition. Compressed files (n2v_compressions) are recognized by content; a
 * line is a sentence. "-" is standard input, once. N2V_ERROR_ARGUMENT: the file is missing or unreadable. */
N2V_API n2v_status n2v_corpus_add_file(n2v_corpus *corpus, const char *path, n2v_error *error);

/* The same from an open file descriptor, which stays the caller's: from where it is to its end. name is its name in
 * messages and in the record of a training (NULL: "the file descriptor"). */
N2V_API n2v_status n2v_corpus_add_descriptor(n2v_corpus *corpus, int descriptor, const char *name, n2v_error *error);

/* The same from the caller's own sentences; their tokens are words as they are, whatever the tokenizer. Reading gives
 * N2V_ERROR_DATA, with the sentence and the token, for a token that is no word, and N2V_ERROR_INTERRUPTED when next
 * gives up. name as above (NULL: "the source of sentences"). */
N2V_API n2v_status n2v_corpus_add_sentences(n2v_corpus *corpus, n2v_next_sentence next, void *context,
                                            const char *name, n2v_error *error);

/* The files that inputs name. An input that exists is itself, of a folder its regular files in the order of their names
 * (not hidden ones, nor those of folders in it). Otherwise "@LIST" is the files and folders that the file LIST has, one
 * path a line, and a name with *, ? or [ is the files that match it (glob), in the order of their names. Any other name
 * is kept: n2v_corpus_add_file reports what is missing. */
typedef struct n2v_inputs n2v_inputs;

/* N2V_ERROR_ARGUMENT: a folder or a list is empty or unreadable, or nothing matches a pattern. */
N2V_API n2v_status n2v_inputs_create(n2v_inputs **inputs, const char *const *names, size_t count, n2v_error *error);

/* Their paths, valid until inputs are destroyed. */
N2V_API const char *const *n2v_inputs_files(const n2v_inputs *inputs, size_t *count);
N2V_API void n2v_inputs_destroy(n2v_inputs *inputs); /* accepts NULL */

/* The text of several ranks, which read it together. own 0: all of them add the same text, and each trains on a share of it
 * (N2V_ERROR_DATA from reading: they are not the same). own 1: each rank adds a text of its own, or none, and the
 * vocabulary is that of all these texts, or the same one that is given to all. ranks are kept by reference. NULL: this
 * process is alone. */
N2V_API n2v_status n2v_corpus_share(n2v_corpus *corpus, n2v_ranks *ranks, int own, n2v_error *error);

/* Refuses settings for training that have no effect with these ranks (NULL: one process), or need the whole text on each
 * of them; own as in n2v_corpus_share. */
N2V_API n2v_status n2v_settings_check_ranks(const n2v_settings *settings, const n2v_ranks *ranks, int own,
                                            n2v_error *error);

/* For a sample: reading ends, as at the end of the text, once about so many tokens of files have been read. 0: no limit. */
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
    int given;                          /* 1: the vocabulary was given, by the setting read-vocab or by vectors */
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
} n2v_corpus_info;

/* Before the reading all are 0. Strings live as long as the corpus. */
N2V_API n2v_status n2v_corpus_describe(const n2v_corpus *corpus, n2v_corpus_info *info, n2v_error *error);

/* The vocabulary of a corpus that was read: words and counts by falling count. As n2v_vectors_word and _count. */
N2V_API const char *n2v_corpus_word(const n2v_corpus *corpus, uint32_t id, size_t *bytes);
N2V_API uint64_t n2v_corpus_word_count(const n2v_corpus *corpus, uint32_t id);

/* The phrases that were found or joined in a corpus; NULL: it has none, or it is not read. They live as long as the
 * corpus. */
N2V_API const n2v_phrases *n2v_corpus_phrases(const n2v_corpus *corpus);

/* Writes the vocabulary as `word<TAB>count` lines. */
N2V_API n2v_status n2v_output_vocabulary(n2v_output *output, const n2v_corpus *corpus, n2v_error *error);

/* ---- Trainer -------------------------------------------------------------- */

/* A training: its state can be held at any block of sentences. */
typedef struct n2v_trainer n2v_trainer;

/* Sets the model up: random vectors. settings (N2V_FOR_TRAINING) are copied, corpus is kept by reference; both belong
 * together. N2V_ERROR_ARGUMENT: the corpus was read with other values of the text's settings (N2V_STAGE_TEXT), or of
 * the seed where it chose the held-out sentences. N2V_ERROR_DATA: no sentence has two words, so there is no pair to
 * learn from. N2V_ERROR_MEMORY. */
N2V_API n2v_status n2v_trainer_create(n2v_trainer **trainer, const n2v_settings *settings, const n2v_corpus *corpus,
                                      n2v_error *error);
N2V_API void n2v_trainer_destroy(n2v_trainer *trainer);

/* Takes the vectors of the words that both have from other vectors of the same dimensions; the rest stay random. Input
 * vectors, with subwords all parts, and where `from` has them output vectors and biases. *found (may be NULL): how many
 * words. Before the first run, or while the trainer is paused. N2V_ERROR_ARGUMENT: other dimensions, or the training has
 * subwords and `from` has none of the same settings. N2V_ERROR_DATA: no word is in both. */
N2V_API n2v_status n2v_trainer_start(n2v_trainer *trainer, const n2v_vectors *from, size_t *found, n2v_error *error);

/* The same from memory: count rows of dim floats, stride floats apart, become the vectors of the words from id first on.
 * Biases stay. N2V_ERROR_NUMERIC, and nothing has changed: a number is not finite. N2V_ERROR_ARGUMENT: the inputs are made of
 * subwords, or the outputs are not those of words. */
N2V_API n2v_status n2v_trainer_set_rows(n2v_trainer *trainer, n2v_matrix matrix, uint32_t first, size_t count,
                                        const float *rows, size_t stride, n2v_error *error);

typedef enum n2v_until {
    N2V_TO_END,       /* of the last epoch */
    N2V_TO_EPOCH_END, /* of the epoch that the training is in */
    N2V_TO_WORDS      /* so many words have been trained on since the beginning, rounded up to a block */
} n2v_until;

/* Trains until then, in the threads that the settings say, and pauses. observer's functions are called. One thread
 * gives the same bytes with any pauses, on the same kernel set.
 * N2V_ERROR_INTERRUPTED: stopped by observer->stop or n2v_trainer_stop; every thread has finished its block, the
 * trainer is paused, and may run on. N2V_ERROR_NUMERIC: a loss or a parameter is not finite. N2V_ERROR_DATA: subsampling
 * left no pair of words in all epochs, so the vectors are still random. After both the trainer cannot go on: later runs
 * return the same status. N2V_ERROR_MEMORY: a thread or its buffers; the trainer is paused, and may run on.
 * N2V_ERROR_IO: the text's temporary file; with one thread the trainer may run on.
 * N2V_ERROR_ARGUMENT: the training is at its end, or the trainer runs already (an observer's functions cannot run it
 * again, nor destroy it).
 * Several ranks run to the same point (else N2V_ERROR_ARGUMENT), and pause together: a stop of one stops all, at the end
 * of a round. After a failure other than N2V_ERROR_INTERRUPTED and N2V_ERROR_ARGUMENT they cannot go on. */
N2V_API n2v_status n2v_trainer_run(n2v_trainer *trainer, n2v_until until, uint64_t words, const n2v_observer *observer,
                                   n2v_error *error);

/* Asks a run to pause; from any thread, also from a callback or a signal handler. A trainer that does not run stops
 * at the beginning of its next run; so does one that reaches the end of its run just then: no request is lost. */
N2V_API void n2v_trainer_stop(n2v_trainer *trainer);

typedef struct n2v_trainer_info {
    size_t size; /* in: sizeof(n2v_trainer_info) */
    uint64_t words, words_total; /* trained on, and of all epochs; before subsampling */
    uint64_t pairs;              /* positive pairs */
    size_t epoch, epochs;        /* the one that the training is in, from 1; of how many */
    int finished;                /* 1: all epochs are trained */
    double loss;                 /* mean per positive pair of the latest epoch that has any, on a sample; NaN: none */
    double clipped;              /* the share of steps that were clipped because scores had become too large */
    double seconds;              /* of training */
    const char *kernels;         /* the kernel set that computes */
    const char *layout;          /* how examples are laid out: windows, inputs, batches, words */
} n2v_trainer_info;

/* While the trainer is paused. */
N2V_API n2v_status n2v_trainer_describe(const n2v_trainer *trainer, n2v_trainer_info *info, n2v_error *error);

/* The vectors as they are: a view, owned by the trainer, valid as long as it is; read while the trainer is paused. */
N2V_API const n2v_vectors *n2v_trainer_vectors(const n2v_trainer *trainer);

/* What a training needs, in bytes. */
typedef struct n2v_memory {
    size_t size;        /* in: sizeof(n2v_memory) */
    uint64_t text;      /* while the text is read: its distinct words, and ids; pairs of words, to find phrases */
    uint64_t training;  /* afterwards: the vocabulary, ids, the model, distributions, and buffers of all threads */
    uint64_t temporary; /* of the temporary file of ids; 0: they are kept in memory */
} n2v_memory;

/* An estimate, from the sizes of the library's own structures, for a vocabulary of so many words out of `types`
 * distinct ones, and a text of so many tokens. settings are for training. */
N2V_API n2v_status n2v_memory_estimate(n2v_memory *memory, const n2v_settings *settings, size_t vocabulary,
                                       uint64_t types, uint64_t tokens, n2v_error *error);

/* ---- Checkpoints ---------------------------------------------------------- */

/* Saves all that the training has to go on from here, as a .n2v file whatever its ending: the model, which every
 * function of vectors can read; the position and the sums of the training; the fingerprint of its text. The trainer is
 * paused, or calls observer->epoch. The file appears when it is complete, as those of n2v_output do.
 * N2V_ERROR_NUMERIC: a parameter is not finite, and an earlier file at the path is untouched. N2V_ERROR_ARGUMENT: the
 * trainer is running, or the path cannot be written. */
N2V_API n2v_status n2v_trainer_save(n2v_trainer *trainer, const char *path, n2v_error *error);

/* A line of the client's own, kept in the checkpoints of this training and of those that go on from them, such as where
 * its output goes. value NULL: removes it. N2V_ERROR_ARGUMENT: the name has '=', or one of both a control character. */
N2V_API n2v_status n2v_trainer_note(n2v_trainer *trainer, const char *name, const char *value, n2v_error *error);

/* The notes of a checkpoint: entry `index`. 0 beyond the last. The strings live as long as the vectors. */
N2V_API int n2v_vectors_note(const n2v_vectors *vectors, size_t index, const char **name, const char **value);

/* How far the training of a checkpoint is; info->layout is NULL. N2V_ERROR_FORMAT: the vectors have no state of a
 * training, or a damaged one. */
N2V_API n2v_status n2v_checkpoint_describe(const n2v_vectors *checkpoint, n2v_trainer_info *info, n2v_error *error);

/* The settings with which the training of a checkpoint goes on, and its text is read again: those of its record, with
 * what is set in changes (N2V_FOR_TRAINING; NULL: nothing). N2V_ERROR_ARGUMENT, with both values, where a setting that
 * is not changeable (n2v_setting_info) has another value, and for fewer epochs than have begun. The files of "read-vocab"
 * and "heldout" may have other names. The kernel set of the checkpoint is kept where changes has none and this machine
 * has it. N2V_ERROR_FORMAT: the vectors are no checkpoint, or its record is not valid. */
N2V_API n2v_status n2v_checkpoint_settings(const n2v_vectors *checkpoint, const n2v_settings *changes,
                                           const n2v_objectives *objectives, n2v_settings **settings,
                                           n2v_error *error);

/* A trainer that goes on where the checkpoint was saved. changes as above, or the settings from there: they also have
 * the objectives, of which the checkpoint's is one (NULL: the library's own). corpus is the same text again, read with
 * those settings, and kept by reference; checkpoint may be destroyed. With one thread and the same kernel set it ends
 * with the bytes of a training that was never interrupted; with several it trains on the same samples.
 * More epochs than before stretch the schedule of the learning rate over all of them.
 * N2V_ERROR_ARGUMENT: the text or its vocabulary is another one, with what differs. N2V_ERROR_DATA: a rank has another
 * checkpoint. */
N2V_API n2v_status n2v_trainer_resume(n2v_trainer **trainer, const n2v_vectors *checkpoint,
                                      const n2v_settings *changes, const n2v_corpus *corpus, n2v_error *error);

/* ---- Likelihood ----------------------------------------------------------- */

#define N2V_LIKELIHOOD_QUANTILES 7

/* Means over the pairs of a word w and a context c, weighted as the windows of training weigh them on average. Of a model
 * of cbow a context is the mean of the words of a window. */
typedef struct n2v_likelihood {
    size_t size; /* in: sizeof(n2v_likelihood) */
    const char *objective;
    size_t window;
    double subsample;
    uint64_t pairs;
    double weight;          /* the sum of the pairs' weights */
    double exact;           /* mean log P(w|c), normalized by a sum over all words */
    double self_normalized; /* the same as the scores give it; undefined unless `normalized` */
    int normalized;         /* 1: the objective normalizes scores: log Z is near 0 */
    size_t contexts;        /* distinct context words; of cbow all windows */
    double mean, sd, mean_absolute; /* of log Z */
    double levels[N2V_LIKELIHOOD_QUANTILES], quantiles[N2V_LIKELIHOOD_QUANTILES]; /* of log Z */
} n2v_likelihood;

/* How probable vectors find a text. text was read with the vectors' vocabulary (n2v_corpus_create). settings
 * (N2V_FOR_LIKELIHOOD; NULL: defaults). observer->stop is asked. objectives: the set that has the vectors' objective.
 * N2V_ERROR_ARGUMENT: the vectors are not a whole model, or its objective does not define P(w|c). N2V_ERROR_DATA: the
 * text has no pair of known words. N2V_ERROR_NUMERIC: a sum overflows. */
N2V_API n2v_status n2v_likelihood_measure(n2v_likelihood *likelihood, const n2v_vectors *vectors,
                                          const n2v_corpus *text, const n2v_settings *settings,
                                          const n2v_objectives *objectives, const n2v_observer *observer,
                                          n2v_error *error);

/* ---- For clients ----------------------------------------------------------- */

/* The name in a list (NULL after the last) that is spelled most like text, or NULL when none is near. */
N2V_API const char *n2v_nearest_name(const char *text, const char *const *names);

/* Writes text as the inside of a JSON string: quotation marks, control characters and those that reorder bidirectional
 * text are escaped, malformed UTF-8 becomes U+FFFD. At most room bytes with the NUL; returns how many bytes the whole
 * needs without it. */
N2V_API size_t n2v_json_escape(char *out, size_t room, const char *text, size_t bytes);

/* Writes text for people, as on a terminal: control characters, those that reorder bidirectional text, and malformed
 * UTF-8 become '?'. Errors are such texts already. out may be text; room and the returned number are as above. */
N2V_API size_t n2v_display_text(char *out, size_t room, const char *text, size_t bytes);

#ifdef __cplusplus
}
#endif
#endif
