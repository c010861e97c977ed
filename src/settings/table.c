#include "settings/table.h"

#include <string.h>

#include "settings/choices.h"
#include "settings/files.h"
#include "settings/tokenizers.h"

/* The bounds of a number, and how messages give them. */
#define INTEGER(min_, max_)                                                                                            \
    .type = N2V_INTEGER, .min = UINT64_C(min_), .max = UINT64_C(max_),                                                 \
    .range = "an integer from " #min_ " to " #max_
#define INTEGER_OR_ALL(min_, max_) /* settings_set knows the word */                                                   \
    .type = N2V_INTEGER, .min = UINT64_C(min_), .max = UINT64_C(max_), .value = "N|all",                               \
    .range = "an integer from " #min_ " to " #max_ ", or all"
#define REAL(min_, max_)                                                                                               \
    .type = N2V_REAL, .real_min = min_, .real_max = max_, .range = "a number from " #min_ " to " #max_
#define REAL_ABOVE(min_, max_)                                                                                         \
    .type = N2V_REAL, .real_min = min_, .above = true, .real_max = max_,                                               \
    .range = "a number above " #min_ ", at most " #max_

/* A choice, from a list of choices.h. */
#define NAME_FIRST(name)  #name
#define NAME_MORE(name)   , #name
#define RANGE_MORE(name)  ", " #name
#define NAMES(list)       list(NAME_FIRST, NAME_MORE), NULL
#define CHOICE(list, array) .type = N2V_CHOICE, .choices = array, .range = "one of " list(NAME_FIRST, RANGE_MORE)

static const char *const tokenizers[] = {NAMES(CHOICES_TOKENIZER)};
static const char *const vocabularies[] = {NAMES(CHOICES_VOCABULARY)};
static const char *const cases[] = {NAMES(CHOICES_CASE)};
static const char *const forms[] = {NAMES(CHOICES_FORM)};
static const char *const presets[] = {NAMES(CHOICES_PRESET)};
static const char *const models[] = {NAMES(CHOICES_MODEL)};
static const char *const weights[] = {NAMES(CHOICES_WEIGHTS)};
static const char *const gradients[] = {NAMES(CHOICES_GRADIENT)};
static const char *const subwords[] = {NAMES(CHOICES_SUBWORDS)};
static const char *const optimizers[] = {NAMES(CHOICES_OPTIMIZER)};
static const char *const schedules[] = {NAMES(CHOICES_SCHEDULE)};
static const char *const precisions[] = {NAMES(CHOICES_PRECISION)};
static const char *const kernel_sets[] = {NAMES(CHOICES_KERNELS)};
static const char *const rules[] = {NAMES(CHOICES_RULE)};
static const char *const bits[] = {NAMES(CHOICES_BITS)};
static const char *const vectors[] = {NAMES(CHOICES_VECTORS)};
static const char *const scorers[] = {NAMES(CHOICES_SCORER)};
static const char *const contexts[] = {NAMES(CHOICES_CONTEXTS)};
static const char *const formats[] = {NAMES(CHOICES_FORMAT)};

/* Rows that several purposes have. */
#define THREADS                                                                                                        \
    .name = "threads", .aliases = "thread", INTEGER(1, 1024), .stage = N2V_STAGE_RUN, .value = "N",                    \
    .note = "all cores", .changeable = true
#define KERNELS                                                                                                        \
    .name = "kernels", .aliases = "", CHOICE(CHOICES_KERNELS, kernel_sets), .stage = N2V_STAGE_RUN, .value = "SET",    \
    .fixed = "auto", .changeable = true,                                                                               \
    .help = "instruction set of the arithmetic; auto: the one that the environment variable N2V_KERNELS names, else "  \
            "the fastest that this machine has"
#define SEED                                                                                                           \
    .name = "seed", .aliases = "", INTEGER(0, 18446744073709551614), .stage = N2V_STAGE_MODEL, .value = "N",           \
    .fixed = "1"

#define PHRASE_THRESHOLD                                                                                               \
    .aliases = "", REAL(-1, 1000000000000), .stage = N2V_STAGE_TEXT, .value = "X",                                     \
    .note = "the scorer's: 100, 10, 0.5",                                                                              \
    .help = "a pair with a higher score is a phrase"
#define PHRASE_MIN_COUNT                                                                                               \
    .aliases = "", INTEGER(1, 4294967295), .stage = N2V_STAGE_TEXT, .value = "N", .fixed = "5",                        \
    .help = "pairs that occur less often are no phrases"
#define PHRASE_PASSES                                                                                                  \
    .aliases = "", INTEGER(1, 10), .stage = N2V_STAGE_TEXT, .value = "N", .fixed = "1",                                \
    .help = "each pass joins pairs of what the one before has joined: 2 find phrases of up to 4 words"
#define PHRASE_CONNECTORS                                                                                              \
    .aliases = "", .type = N2V_TEXT, .stage = N2V_STAGE_TEXT, .value = "english|FILE", .note = "none", .range = "",    \
    .help = "words that may be inside of a phrase, but not at its ends, as in bank_of_america: English articles, "     \
            "prepositions and conjunctions, or the words of a file"
#define PHRASE_DELIMITER                                                                                               \
    .aliases = "", .type = N2V_TEXT, .stage = N2V_STAGE_TEXT, .value = "TEXT", .fixed = "_", .range = "",              \
    .help = "between the words of a joined phrase"
#define PHRASE_MAX_PAIRS                                                                                               \
    .aliases = "", INTEGER(1000, 2147483647), .value = "N", .fixed = "40000000",                                       \
    .help = "count at most N different pairs, which take up to 90 bytes each; of more, rare ones are dropped, and "    \
            "the error of counts is reported"

static const Setting training[] = {
    {.name = "read-vocab", .aliases = "", .type = N2V_TEXT, .stage = N2V_STAGE_TEXT, .group = "Input and output",
     .value = "FILE", .range = "", .recorded = true, .check = read_vocab_check,
     .help = "take words and counts from this file instead of counting the text"},
    {.name = "drop-unseen", .aliases = "", .type = N2V_FLAG, .stage = N2V_STAGE_TEXT, .group = "Input and output",
     .value = "0|1", .fixed = "0", .range = "", .recorded = true,
     .help = "skip words of a given vocabulary that the text does not contain"},
    {.name = "start", .aliases = "", .type = N2V_TEXT, .stage = N2V_STAGE_TEXT, .group = "Input and output",
     .value = "FILE", .range = "", .recorded = true, .check = start_check,
     .help = "begin with the vectors of this file, in any format that is read; words that it does not have begin with "
             "random ones"},
    {.name = "vocabulary", .aliases = "", CHOICE(CHOICES_VOCABULARY, vocabularies), .stage = N2V_STAGE_TEXT,
     .group = "Input and output", .value = "WHICH", .fixed = "new", .recorded = true,
     .help = "of a training that starts from a file: the words of the text (new), those of the file with its counts "
             "(old), or both, with the sum of the counts"},
    {.name = "heldout", .aliases = "", .type = N2V_TEXT, .stage = N2V_STAGE_TEXT, .group = "Input and output",
     .value = "SHARE|FILE", .range = "", .recorded = true, .check = heldout_check,
     .help = "do not train on this share of the sentences (such as 0.01), or use the sentences of a text file, and "
             "report the loss on them after each epoch"},
    {.name = "tokenizer", .aliases = "", .type = N2V_TEXT, .choices = tokenizers, .stage = N2V_STAGE_TEXT,
     .group = "Input and output", .value = "NAME", .fixed = "words", .range = "", .recorded = true,
     .check = tokenizer_check,
     .help = "words: lower-cased runs of letters and digits; space: everything between white space; unicode: by "
             "Unicode's rules and, for scripts without spaces, dictionaries (needs ICU); command: what the shell's "
             "PROGRAM prints"},
    {.name = "case", .aliases = "", CHOICE(CHOICES_CASE, cases), .stage = N2V_STAGE_TEXT, .group = "Input and output",
     .value = "CASE", .note = "the tokenizer's", .recorded = true,
     .help = "of the words: lower: each letter in lower case; lower:tr: the same in Turkish and Azerbaijani, where I "
             "becomes a dotless i; keep: as in the text"},
    {.name = "normal-form", .aliases = "", CHOICE(CHOICES_FORM, forms), .stage = N2V_STAGE_TEXT,
     .group = "Input and output", .value = "FORM", .fixed = "none", .recorded = true,
     .help = "Unicode normalization of the text: nfc: one spelling of each accented letter; nfkc: also plain forms of "
             "ligatures, full-width letters and the like"},
    {.name = "weighted", .aliases = "", .type = N2V_FLAG, .stage = N2V_STAGE_TEXT, .group = "Input and output",
     .value = "0|1", .fixed = "0", .range = "", .recorded = true,
     .help = "the first field of each line is its weight, 0 or more: a line of weight 2 counts as two lines, one of "
             "0.5 is trained on in half of the epochs"},
    {.name = "min-count", .aliases = "minCount", INTEGER(0, 4294967295), .stage = N2V_STAGE_TEXT,
     .group = "Input and output", .value = "N", .fixed = "5", .recorded = true,
     .help = "skip words that occur less often"},
    {.name = "max-vocab", .aliases = "", INTEGER(1, 2147483647), .stage = N2V_STAGE_TEXT, .group = "Input and output",
     .value = "N", .note = "no limit", .recorded = true, .help = "keep only the N most frequent words"},
    {.name = "phrases", .aliases = "", .type = N2V_TEXT, .stage = N2V_STAGE_TEXT, .group = "Phrases",
     .value = "SCORER|FILE", .range = "", .recorded = true, .check = phrases_check,
     .help = "join words that belong together, such as new_york, before words are counted: find them by the score "
             "word2phrase, gensim or npmi, or take those of a saved table"},
    {.name = "phrase-threshold", PHRASE_THRESHOLD, .group = "Phrases", .recorded = true},
    {.name = "phrase-min-count", PHRASE_MIN_COUNT, .group = "Phrases", .recorded = true},
    {.name = "phrase-passes", PHRASE_PASSES, .group = "Phrases", .recorded = true},
    {.name = "phrase-connectors", PHRASE_CONNECTORS, .group = "Phrases", .recorded = true},
    {.name = "phrase-delimiter", PHRASE_DELIMITER, .group = "Phrases", .recorded = true},
    {.name = "phrase-max-pairs", PHRASE_MAX_PAIRS, .stage = N2V_STAGE_TEXT, .group = "Phrases", .recorded = true},
    {.name = "preset", .aliases = "", CHOICE(CHOICES_PRESET, presets), .stage = N2V_STAGE_MODEL, .group = "Training",
     .value = "NAME", .fixed = "fast", .recorded = true,
     .help = "defaults of the settings that are not set: fast; best, CBOW with subwords, which takes several times as "
             "long; those of word2vec.c (with one tile of noise words for each window); or those for ids, in sessions "
             "whose order does not count, or in walks on a graph"},
    {.name = "objective", .aliases = "", .type = N2V_TEXT, .stage = N2V_STAGE_MODEL, .group = "Training",
     .value = "NAME[:param=value,...]", .fixed = "nce", .range = "", .recorded = true,
     .help = "the loss that is minimized, with its parameters"},
    {.name = "model", .aliases = "", CHOICE(CHOICES_MODEL, models), .stage = N2V_STAGE_MODEL, .group = "Training",
     .value = "NAME", .fixed = "skipgram", .recorded = true,
     .help = "skipgram: each context predicts the center word; cbow: the mean of all contexts predicts it; "
             "structured-skipgram: as skipgram, with output vectors for each position in the window; cwindow: the "
             "contexts side by side predict it"},
    {.name = "cbow-gradient", .aliases = "", CHOICE(CHOICES_GRADIENT, gradients), .stage = N2V_STAGE_MODEL,
     .group = "Training", .value = "NAME", .fixed = "mean", .recorded = true,
     .help = "what a context gets of cbow's gradient: its share of the mean's (and a window counts as many pairs as it "
             "has contexts), or all of it, as in word2vec"},
    {.name = "subwords", .aliases = "", CHOICE(CHOICES_SUBWORDS, subwords), .stage = N2V_STAGE_MODEL,
     .group = "Training", .value = "KIND", .fixed = "none", .recorded = true,
     .help = "the vector of a word is the mean of parts: of its own vector and those of its character n-grams "
             "(fasttext), or of hashed vectors of the word and its n-grams (floret); words that the text does not have "
             "get vectors, too"},
    {.name = "minn", .aliases = "", INTEGER(0, 1000), .stage = N2V_STAGE_MODEL, .group = "Training", .value = "N",
     .fixed = "3", .recorded = true,
     .help = "characters of the shortest n-grams of subwords, with < and > around a word"},
    {.name = "maxn", .aliases = "", INTEGER(0, 1000), .stage = N2V_STAGE_MODEL, .group = "Training", .value = "N",
     .fixed = "6", .recorded = true, .help = "characters of the longest n-grams"},
    {.name = "buckets", .aliases = "bucket", INTEGER(1, 2147483647), .stage = N2V_STAGE_MODEL, .group = "Training",
     .value = "N", .fixed = "2000000", .recorded = true,
     .help = "n-grams are hashed to N buckets; those with the same bucket share a vector; unused ones take no memory"},
    {.name = "hash-count", .aliases = "hashCount", INTEGER(1, 4), .stage = N2V_STAGE_MODEL, .group = "Training",
     .value = "N", .fixed = "2", .recorded = true, .help = "buckets of each n-gram, with floret"},
    {.name = "hash-seed", .aliases = "", INTEGER(0, 4294967295), .stage = N2V_STAGE_MODEL, .group = "Training",
     .value = "N", .fixed = "2166136261", .recorded = true,
     .help = "seed of the hash, with floret, whose own program and spaCy have the default"},
    {.name = "dim", .aliases = "size", INTEGER(1, 10000), .stage = N2V_STAGE_MODEL, .group = "Training", .value = "N",
     .fixed = "100", .recorded = true, .help = "dimensions of the vectors"},
    {.name = "window", .aliases = "ws", INTEGER_OR_ALL(1, 1000), .stage = N2V_STAGE_MODEL, .group = "Training",
     .note = "5, with cbow 8", .recorded = true,
     .help = "maximum distance between a center word and a context word; all: contexts are drawn from the whole line"},
    {.name = "window-weights", .aliases = "", CHOICE(CHOICES_WEIGHTS, weights), .stage = N2V_STAGE_MODEL,
     .group = "Training", .value = "NAME", .fixed = "shrink", .recorded = true,
     .help = "how often a context at distance d of a window N is used: shrink: (N + 1 - d) / N, because each center "
             "draws its own window from 1 to N; flat: always; harmonic: 1 / d; line: contexts are drawn from the whole "
             "line, whose order does not count, about 2 N for each center (window all is the same)"},
    {.name = "noise", .aliases = "negative neg", INTEGER(1, 1000), .stage = N2V_STAGE_MODEL, .group = "Training",
     .value = "K", .note = "the objective's", .recorded = true,
     .help = "noise words for each positive; in a batch, the number of other pairs; the objective's default is 6 times "
             "as high for CBOW (rounded up to a multiple of 8), but not for distances and batches"},
    {.name = "noise-draws", .aliases = "", INTEGER(1, 1000), .stage = N2V_STAGE_MODEL, .group = "Training",
     .value = "D", .note = "1, with subwords and skipgram 10", .recorded = true,
     .help = "draw D times as many noise words, each of which counts 1/D: the same objective, whose gradient has less "
             "noise"},
    {.name = "noise-sharing", .aliases = "", INTEGER(1, 1000), .stage = N2V_STAGE_MODEL, .group = "Training",
     .value = "M", .note = "the objective's", .recorded = true,
     .help = "number of windows that share noise words; in skip-gram up to 8 share them as one tile of windows, beyond "
             "that each input meets the noise words once for its whole window; for CBOW 8, where more noise words are "
             "the default"},
    {.name = "noise-power", .aliases = "", REAL(-5, 5), .stage = N2V_STAGE_MODEL, .group = "Training", .value = "X",
     .fixed = "0.75", .recorded = true,
     .help = "noise words are drawn in proportion to count^X; below 0, rare words more often than frequent ones"},
    {.name = "subsample", .aliases = "sample t", REAL(0, 1), .stage = N2V_STAGE_MODEL, .group = "Training",
     .value = "T", .fixed = "1e-4", .recorded = true,
     .help = "randomly skip occurrences of words that are more frequent than T; 0: none"},
    {.name = "epochs", .aliases = "epoch iter", INTEGER(1, 100000), .stage = N2V_STAGE_MODEL, .group = "Training",
     .value = "N", .fixed = "5", .changeable = true, .recorded = true, .help = "passes over the text"},
    {.name = "init", .aliases = "", REAL_ABOVE(0, 100), .stage = N2V_STAGE_MODEL, .group = "Training", .value = "X",
     .note = "the objective's", .recorded = true,
     .help = "approximate initial length of the vectors, which are random (word2vec with 100 dimensions: 0.03); "
             "longer vectors keep rare words from crowding around frequent ones"},
    {.name = "optimizer", .aliases = "", CHOICE(CHOICES_OPTIMIZER, optimizers), .stage = N2V_STAGE_MODEL,
     .group = "Training", .value = "NAME", .fixed = "sgd", .recorded = true,
     .help = "sgd: stochastic gradient descent; adagrad: the steps of each vector are divided by the root of the sum "
             "of its squared gradients, so that rare words take longer steps; in one process"},
    {.name = "weight-decay", .aliases = "", REAL(0, 1), .stage = N2V_STAGE_MODEL, .group = "Training", .value = "X",
     .fixed = "0", .recorded = true,
     .help = "each step also multiplies the vectors that it updates by 1 - lr * X, but not biases; other vectors stay, "
             "because to scale all of them would take longer than the step; 0: none"},
    {.name = "lr", .aliases = "alpha learning-rate", REAL_ABOVE(0, 100), .stage = N2V_STAGE_MODEL, .group = "Training",
     .value = "X", .note = "the objective's", .recorded = true,
     .help = "learning rate at the start, or after the warm-up; adagrad's default is 0.2; times 2.5 for cbow and "
             "structured-skipgram, 2 for cwindow and for skipgram with subwords; divided by f^2 where parameters "
             "multiply the scores by f > 1: infonce:temperature=0.05 has f = 20, and 0.025 becomes 6.25e-05"},
    {.name = "schedule", .aliases = "", CHOICE(CHOICES_SCHEDULE, schedules), .stage = N2V_STAGE_MODEL,
     .group = "Training", .value = "NAME", .fixed = "linear", .recorded = true,
     .help = "how the learning rate falls: along a line, along half a cosine, or not at all"},
    {.name = "warmup", .aliases = "", REAL(0, 1), .stage = N2V_STAGE_MODEL, .group = "Training", .value = "SHARE",
     .fixed = "0", .recorded = true,
     .help = "share of the training in which the learning rate rises linearly from 0; the schedule follows"},
    {.name = "end-lr", .aliases = "", REAL_ABOVE(0, 100), .stage = N2V_STAGE_MODEL, .group = "Training", .value = "X",
     .note = "a ten-thousandth of the learning rate", .recorded = true,
     .help = "learning rate at the end of the schedule"},
    {.name = "freeze", .aliases = "", .type = N2V_TEXT, .stage = N2V_STAGE_MODEL, .group = "Training",
     .value = "input|output|FILE", .range = "", .recorded = true, .check = freeze_check,
     .help = "do not change the input vectors, or the output vectors, that come from the file of start; or neither "
             "vector of the words in this file, one a line"},
    {.name = "lr-of", .aliases = "", .type = N2V_TEXT, .stage = N2V_STAGE_MODEL, .group = "Training", .value = "FILE",
     .range = "", .recorded = true, .check = lr_of_check,
     .help = "learning rates of words: a line of the file has a word and a factor of its rate, or two, of its input "
             "and its output vector; 0 freezes; other words have 1"},
    {THREADS, .group = "Run", .recorded = true,
     .help = "worker threads; one thread and the same seed give the same bytes on the same instruction set"},
    {.name = "deterministic", .aliases = "", .type = N2V_FLAG, .stage = N2V_STAGE_MODEL, .group = "Run",
     .value = "0|1", .fixed = "0", .range = "", .recorded = true,
     .help = "train in rounds: the same seed gives the same bytes with any number of threads, on the same instruction "
             "set"},
    {.name = "virtual-workers", .aliases = "", INTEGER(1, 1024), .stage = N2V_STAGE_MODEL, .group = "Run", .value = "N",
     .fixed = "8", .recorded = true,
     .help = "of a round: as many threads at most have work; fewer for a small text"},
    {.name = "round", .aliases = "", INTEGER(1024, 10000000), .stage = N2V_STAGE_MODEL, .group = "Run", .value = "N",
     .fixed = "8192", .recorded = true,
     .help = "words, about, that a virtual worker, or a thread of one process among others, trains on before changes "
             "are combined"},
    {.name = "combine", .aliases = "", CHOICE(CHOICES_RULE, rules), .stage = N2V_STAGE_MODEL, .group = "Run",
     .value = "RULE", .fixed = "sum", .recorded = true,
     .help = "how the changes of virtual workers or processes become one: their sum, no longer than that of "
             "independent changes; their mean; the mean with momentum"},
    {.name = "sync-bits", .aliases = "", CHOICE(CHOICES_BITS, bits), .stage = N2V_STAGE_RUN, .group = "Run",
     .value = "BITS", .fixed = "32", .changeable = true, .recorded = true,
     .help = "of each number that a process sends to others: fewer bits, less traffic; what rounding loses is sent "
             "later"},
    {.name = "staleness", .aliases = "", INTEGER(1, 1000000), .stage = N2V_STAGE_RUN, .group = "Run", .value = "N",
     .fixed = "8", .changeable = true, .recorded = true,
     .help = "how often a process changes a row, about, before it is combined with those of others: more need less "
             "traffic, and learn less well"},
    {.name = "precision", .aliases = "", CHOICE(CHOICES_PRECISION, precisions), .stage = N2V_STAGE_RUN, .group = "Run",
     .value = "PRECISION", .fixed = "auto", .changeable = true, .recorded = true,
     .help = "of the products in updates: fp32, bf16, or auto, which is bf16 where the processor has it; vectors and "
             "sums are always fp32"},
    {SEED, .group = "Run", .recorded = true, .help = "seed of the random numbers"},
    {KERNELS, .group = "Run"},
};

static const Setting likelihood[] = {
    {.name = "window", .aliases = "", INTEGER_OR_ALL(1, 1000), .stage = N2V_STAGE_MODEL, .group = "Options",
     .note = "the model's",
     .help = "pairs are words at a distance of at most N; the weight of a pair is how often the windows of the "
             "training have it, by their window-weights; of cbow, a word and its window of each reach, by how often it "
             "is drawn"},
    {.name = "window-weights", .aliases = "", CHOICE(CHOICES_WEIGHTS, weights), .stage = N2V_STAGE_MODEL,
     .group = "Options", .value = "NAME", .note = "the model's",
     .help = "the weight of a pair at distance d, as in train: shrink: (N + 1 - d) / N; flat: 1; harmonic: 1 / d; "
             "line: 1, for a sample of the pairs of the whole line, in a random order"},
    {.name = "subsample", .aliases = "", REAL(0, 1), .stage = N2V_STAGE_MODEL, .group = "Options", .value = "T",
     .fixed = "0",
     .help = "randomly skip occurrences of words that are more frequent than T, as training does; 0: none; a model "
             "estimates P of the text after the subsampling of its training"},
    {SEED, .group = "Options", .help = "seed of what is random: the subsampling, the order of whole lines"},
    {THREADS, .group = "Options", .help = "worker threads; the result is the same with any number"},
    {KERNELS, .group = "Options"},
};

static const Setting search[] = {
    {.name = "min-cosine", .aliases = "", REAL(-1, 1), .stage = N2V_STAGE_RUN, .group = "Options", .value = "X",
     .note = "no bound", .changeable = true,
     .help = "only words with a cosine of at least X are answers"},
    {THREADS, .group = "Options", .help = "worker threads; the answers are the same with any number"},
    {KERNELS, .group = "Options"},
};

static const Setting output[] = {
    {.name = "format", .aliases = "to", CHOICE(CHOICES_FORMAT, formats), .stage = N2V_STAGE_RUN, .group = "Options",
     .value = "NAME",
     .note = "by the ending of the file's name: .txt .vec, .bin, .n2v, .fasttext, .floret, .glove, .npy, "
             ".safetensors, .model2vec, .fifu, .tsv; "
             ".gz after one of them compresses",
     .help = "format of the file; text and binary are word2vec's, n2v is the whole model; fasttext and "
             "floret hold models with those subwords"},
    {.name = "vectors", .aliases = "", CHOICE(CHOICES_VECTORS, vectors), .stage = N2V_STAGE_RUN, .group = "Options",
     .value = "WHICH", .note = "all that the format holds",
     .help = "write only these vectors: the words' input vectors, their output vectors, the sum of the two, or one "
             "after the other"},
    {.name = "normalize", .aliases = "", .type = N2V_FLAG, .stage = N2V_STAGE_RUN, .group = "Options", .value = "0|1",
     .fixed = "0", .range = "", .help = "scale the vectors to length 1; unless others are chosen, only input vectors"},
    {.name = "float16", .aliases = "", .type = N2V_FLAG, .stage = N2V_STAGE_RUN, .group = "Options", .value = "0|1",
     .fixed = "0", .range = "", .help = "numbers of 16 bits instead of 32, in npy, safetensors and model2vec"},
    {.name = "int8", .aliases = "", .type = N2V_FLAG, .stage = N2V_STAGE_RUN, .group = "Options", .value = "0|1",
     .fixed = "0", .range = "",
     .help = "numbers of 8 bits in the same formats: x 127 / the largest magnitude of all vectors, rounded"},
    {.name = "top", .aliases = "", INTEGER(1, 2147483647), .stage = N2V_STAGE_RUN, .group = "Options", .value = "N",
     .note = "all", .help = "only the first N words: in most files the most frequent ones"},
    {.name = "remove-top", .aliases = "", INTEGER(1, 999999), .stage = N2V_STAGE_RUN, .group = "Options", .value = "N",
     .note = "off",
     .help = "subtract the mean of the vectors and their first N principal components, which all words share; about "
             "dim / 100 is usual (all-but-the-top, Mu and Viswanath 2018); only input vectors, unless others are "
             "chosen"},
    {.name = "reduce", .aliases = "", INTEGER(1, 1000000), .stage = N2V_STAGE_RUN, .group = "Options", .value = "N",
     .note = "off",
     .help = "only the first N principal components of the vectors less their mean (PCA), after " 
             "those of remove-top; only input vectors, unless others are chosen"},
};

static const Setting phrases[] = {
    {.name = "scorer", .aliases = "scoring", CHOICE(CHOICES_SCORER, scorers), .stage = N2V_STAGE_TEXT,
     .group = "Options", .value = "NAME", .fixed = "word2phrase",
     .help = "word2phrase: (count(ab) - min-count) / (count(a) count(b)) times the words of the text; gensim: times "
             "the number of different words and pairs; npmi: normalized pointwise mutual information, from -1 to 1"},
    {.name = "threshold", PHRASE_THRESHOLD, .group = "Options"},
    {.name = "min-count", PHRASE_MIN_COUNT, .group = "Options"},
    {.name = "passes", PHRASE_PASSES, .group = "Options"},
    {.name = "connectors", PHRASE_CONNECTORS, .group = "Options"},
    {.name = "delimiter", PHRASE_DELIMITER, .group = "Options"},
    {.name = "max-pairs", PHRASE_MAX_PAIRS, .stage = N2V_STAGE_RUN, .group = "Options"},
};

static const Setting prediction[] = {
    {.name = "exact", .aliases = "", .type = N2V_FLAG, .stage = N2V_STAGE_RUN, .group = "Options", .value = "0|1",
     .fixed = "0", .range = "",
     .help = "divide probabilities by their sum over all words, also where the scores are normalized without it: in "
             "skip-gram, with nce or sgns, of one context word or with the rule mean"},
    {.name = "combine", .aliases = "", CHOICE(CHOICES_CONTEXTS, contexts), .stage = N2V_STAGE_RUN, .group = "Options",
     .value = "RULE", .fixed = "product",
     .help = "of several words of a context, in skip-gram: product of their probabilities, divided by its sum over all "
             "words; or their mean, which needs no sum"},
    {.name = "repeat", .aliases = "", .type = N2V_FLAG, .stage = N2V_STAGE_RUN, .group = "Options", .value = "0|1",
     .fixed = "0", .range = "",
     .help = "let words of the context be answers, too; models overestimate how often a word comes again"},
    {KERNELS, .group = "Options"},
};

static const Setting loading[] = {
    {.name = "skip-bad", .aliases = "", .type = N2V_FLAG, .stage = N2V_STAGE_RUN, .group = "Options", .value = "0|1",
     .fixed = "0", .range = "",
     .help = "skip malformed rows of text, glove and binary files (numbers missing, too many or not finite, words that "
             "appear twice or are not UTF-8), and of npz and gensim those with such words; report how many, and the "
             "first"},
};

static const struct {
    const Setting *rows;
    size_t count;
} tables[] = {
    [N2V_FOR_TRAINING] = {training, sizeof training / sizeof *training},
    [N2V_FOR_LIKELIHOOD] = {likelihood, sizeof likelihood / sizeof *likelihood},
    [N2V_FOR_SEARCH] = {search, sizeof search / sizeof *search},
    [N2V_FOR_OUTPUT] = {output, sizeof output / sizeof *output},
    [N2V_FOR_PHRASES] = {phrases, sizeof phrases / sizeof *phrases},
    [N2V_FOR_PREDICTION] = {prediction, sizeof prediction / sizeof *prediction},
    [N2V_FOR_LOADING] = {loading, sizeof loading / sizeof *loading},
};

size_t setting_count(n2v_purpose purpose)
{
    return (size_t)purpose < sizeof tables / sizeof *tables ? tables[purpose].count : 0;
}

const Setting *setting_at(n2v_purpose purpose, size_t index)
{
    return index < setting_count(purpose) ? &tables[purpose].rows[index] : NULL;
}

static bool is_name(const char *name, size_t bytes, const char *asked)
{
    for (size_t i = 0; i < bytes; i++)
        if (name[i] != asked[i] && !(name[i] == '-' && asked[i] == '_'))
            return false;
    return !asked[bytes];
}

const Setting *setting_find(n2v_purpose purpose, const char *name)
{
    const Setting *setting;

    for (size_t i = 0; (setting = setting_at(purpose, i)); i++) {
        if (is_name(setting->name, strlen(setting->name), name))
            return setting;
        for (const char *alias = setting->aliases; *alias; alias += strspn(alias, " ")) {
            const size_t bytes = strcspn(alias, " ");
            if (is_name(alias, bytes, name))
                return setting;
            alias += bytes;
        }
    }
    return NULL;
}
