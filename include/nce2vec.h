/* nce2vec.h - the public interface of libnce2vec.
 *
 * It lists the training objectives, and evaluates one on scores that the caller
 * brings: what `nce2vec train` computes, to be held against a definition of one's own.
 *
 * Errors: every function that can fail returns an n2v_status and writes a sentence
 * into the caller's n2v_error (NULL: not wanted): what went wrong, where, and what
 * to do about it. On success the n2v_error is left as it was.
 * Threads: the library keeps no state between calls; every function may be called
 * from any number of threads, on arrays of their own. The library never prints,
 * never exits. It reads one environment variable, N2V_KERNELS=scalar|avx2|avx512|avx512bf16,
 * which forces the arithmetic of an instruction set.
 * Strings are UTF-8 and NUL-terminated; those that the library hands out are its
 * own and live as long as it is loaded.
 * Growth: structures begin with their size, which the caller sets to sizeof of the
 * structure. Members are only ever added at the end, so that a program runs with a
 * later library. */
#ifndef NCE2VEC_H
#define NCE2VEC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define N2V_VERSION "0.1.0"

#if defined(__GNUC__)
#define N2V_API                 __attribute__((visibility("default")))
#define N2V_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define N2V_API
#define N2V_PRINTF(text, first)
#endif

typedef enum n2v_status {
    N2V_OK = 0,
    N2V_ERROR_ARGUMENT,   /* refused before any work: option, parameter, missing file */
    N2V_ERROR_IO,         /* the system said no while reading or writing */
    N2V_ERROR_FORMAT,     /* a file is not what it should be: cut, corrupt, malformed */
    N2V_ERROR_DATA,       /* the data cannot be trained on: empty, no word left */
    N2V_ERROR_MEMORY,     /* an allocation failed */
    N2V_ERROR_NUMERIC,    /* a loss or a parameter is not finite */
    N2V_ERROR_INTERRUPTED /* the caller asked to stop */
} n2v_status;

typedef struct n2v_error {
    n2v_status status;
    char text[1024]; /* one sentence, NUL-terminated, no newline */
} n2v_error;

/* The version of the library that is linked, such as "0.1.0". Never NULL. */
N2V_API const char *n2v_version(void);

/* ---- The objectives ----------------------------------------------------- */

/* What the score of an input row x and an output row y is. */
typedef enum n2v_geometry {
    N2V_DOT,     /* <x, y>, with the biases there are */
    N2V_SQEUCLID /* |x - y|^2, never negative */
} n2v_geometry;

/* What an objective asks of the engine that trains it, or of whom evaluates it. */
enum {
    N2V_NEEDS_OUTPUT_BIAS = 1 << 0, /* a learned bias per output word, started at its log probability; with */
                                    /* dot products alone, not with norms, unit rows or sides */
    N2V_NEEDS_IN_BATCH = 1 << 1,    /* row i's positive is column i, the other columns are its negatives, */
                                    /* each pair from another sentence */
    N2V_NEEDS_UNIT_ROWS = 1 << 2,   /* rows kept at length 1 */
    N2V_NEEDS_ALL_WORDS = 1 << 3,   /* the columns are the whole vocabulary */
    N2V_NEEDS_LOG_NOISE = 1 << 4,   /* the log noise probabilities of the output words */
    N2V_NEEDS_NORMS = 1 << 5,       /* the squared lengths of the rows, as further scores */
    N2V_NEEDS_SHARED_BIAS = 1 << 6, /* one learned bias for all scores, started at 0 */
    N2V_NEEDS_SIDES = 1 << 7,       /* the scores of the inputs among themselves, and of the outputs; not */
                                    /* together with N2V_NEEDS_ALL_WORDS */
    N2V_NEEDS_CLASSES = 1 << 8,     /* in a batch, another pair's positive that is the row's own word is no */
                                    /* negative: it is masked */
    N2V_NEEDS_POSITIVES_ONLY = 1 << 9 /* in a batch, no score between an input and another pair's output; */
                                      /* its gradient is 0. Not together with N2V_NEEDS_SHARED_BIAS */
};

/* An objective is named by a text as for `nce2vec train --objective`: "NAME" or
 * "NAME:parameter=value,...", such as "infonce" or "infonce:temperature=0.1".
 * Parameters that are not given have their defaults. An unknown name or parameter
 * and a value out of its bounds are N2V_ERROR_ARGUMENT, with the list of what
 * exists. The decimal point is a point in every locale. */

/* How many objectives there are, and their names in the order of the documentation;
 * NULL for an index beyond the last. */
N2V_API size_t n2v_objective_count(void);
N2V_API const char *n2v_objective_name(size_t index);

typedef struct n2v_objective_info {
    size_t size; /* in: sizeof(n2v_objective_info) */
    const char *name;
    const char *summary; /* one line */
    const char *formula; /* in plain ASCII: + marks the positive, - a negative */
    const char *paper;
    n2v_geometry geometry;
    uint32_t needs;       /* N2V_NEEDS_... flags, with the parameters given */
    double learning_rate; /* the trainer's default for it */
    size_t noise;         /* the trainer's default number of noise words, or of pairs a batch holds beside */
    size_t parameters;    /* how many it has */
} n2v_objective_info;

/* Fills *info. N2V_ERROR_ARGUMENT: a pointer is NULL, info->size is not set, or the
 * objective's text is refused. */
N2V_API n2v_status n2v_objective_describe(const char *objective, n2v_objective_info *info, n2v_error *error);

typedef struct n2v_parameter_info {
    size_t size; /* in: sizeof(n2v_parameter_info) */
    const char *name;
    const char *help; /* one sentence */
    float value;      /* as the text has it */
    float default_value;
    float min, max;      /* inclusive */
    uint32_t is_integer; /* 1: whole numbers only */
    uint32_t reserved;   /* 0 */
} n2v_parameter_info;

/* Fills *info with the objective's parameter of this index. N2V_ERROR_ARGUMENT as
 * for n2v_objective_describe, or when the index is not below its `parameters`. */
N2V_API n2v_status n2v_objective_describe_parameter(const char *objective, size_t index, n2v_parameter_info *info,
                                                    n2v_error *error);

/* ---- A loss and its gradient --------------------------------------------- */

/* What a cell of the label matrix says about its column. */
enum {
    N2V_NEGATIVE = 0, /* a negative of the row: a noise word, another pair's word */
    N2V_POSITIVE = 1, /* a true one */
    N2V_MASKED = 2    /* neither: left out */
};

/* A tile of scores: m rows (inputs: context words) against n columns (outputs:
 * centre and noise words). Matrices are row-major without gaps: cell (i, j) is
 * element i * n + j. All arrays are the caller's; inputs are not changed. Set what is
 * not used to NULL; an input that the objective does not need is not read.
 *
 * Each row has at least one positive. A row with several is as many cases: every
 * positive counts with all of the row's negatives, the other positives left out
 * (with N2V_NEEDS_ALL_WORDS they are words of the sum like the rest; softnn sums
 * over a row's positives, and is one case a row). For objectives with
 * N2V_NEEDS_IN_BATCH put row i's pair in column i of a square tile; lifted also
 * takes the other rows of a positive's column, where labelled negative, as negatives
 * of the output.
 *
 * Pairs are the scores within a side, in the same geometry: of the inputs row against
 * row, of the outputs column against column. Each cell is a number of its own: a
 * symmetric matrix in, and for two rows the sum of the gradients in their two cells. */
typedef struct n2v_evaluation {
    size_t size; /* in: sizeof(n2v_evaluation) */

    size_t m, n;                 /* in: at least 1 each, m * n below 2^31; with pairs m * m and n * n, too */
    const float *scores;         /* in, m x n: finite; squared distances are not negative */
    const unsigned char *labels; /* in, m x n: N2V_NEGATIVE, N2V_POSITIVE or N2V_MASKED */
    const float *log_noise;      /* in, n: the natural logarithm of k Q(y_j), k noise words a positive and Q */
                                 /* their distribution; with N2V_NEEDS_LOG_NOISE */
    const float *multiplicity;   /* in, n: how often column j was drawn, at least 1: its cell counts as that */
                                 /* many negatives, and as one positive; NULL: once each */
    const float *input_norms;    /* in, m: |x_i|^2, and ... */
    const float *output_norms;   /* in, n: ... |y_j|^2; with N2V_NEEDS_NORMS */

    double loss;                 /* out: in nats (distances: in the units of the scores), summed over the */
                                 /* cases. For a mean divide it, and the gradients, by the number of */
                                 /* positives (softnn: of rows) */
    float *gradient;             /* out, m x n: d loss / d scores; 0 where masked; NULL: not wanted */
    float *input_norm_gradient;  /* out, m: d loss / d input_norms; 0 where not needed; NULL: not wanted */
    float *output_norm_gradient; /* out, n: d loss / d output_norms; 0 where not needed; NULL: not wanted */

    const float *input_pairs;    /* in, m x m: rows against rows, and ... */
    const float *output_pairs;   /* in, n x n: ... columns against columns; with N2V_NEEDS_SIDES. As the */
                                 /* scores; the diagonals are not read */
    float *input_pair_gradient;  /* out, m x m: d loss / d input_pairs; 0 on the diagonal and where not */
                                 /* needed; NULL: not wanted */
    float *output_pair_gradient; /* out, n x n: d loss / d output_pairs; the same */
} n2v_evaluation;

/* Evaluates an objective on a tile. The arithmetic is that of training: floats,
 * a relative error of about 1e-5 (shares below 1e-28 are only small); the loss is added up in double. Kinks (hinges,
 * maxima) give one of their slopes, a distance of 0 a finite one.
 *
 * N2V_ERROR_ARGUMENT: a pointer that is needed is NULL, size is not set, the
 * objective's text is refused, m or n is out of range, a number is out of its range
 * or not finite, a label is unknown, a row has no positive, N2V_KERNELS is not to be
 * had. N2V_ERROR_MEMORY: too little for the working copy, about 5 to 13 bytes a cell,
 * 4 for one of a needed pair. N2V_ERROR_NUMERIC: the scores are finite, but so large
 * that the loss or its gradient is not. On an error nothing is written. */
N2V_API n2v_status n2v_objective_evaluate(const char *objective, n2v_evaluation *evaluation, n2v_error *error);

#ifdef __cplusplus
}
#endif
#endif
