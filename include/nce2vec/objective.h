/* nce2vec/objective.h - objectives: list, describe, evaluate, and register a loss of your own.
 *
 * An objective is a pure function from a tile of scores to a loss and its gradient. It never sees the model, the
 * text, threads, random numbers or the learning rate. The library's own objectives are described by the same
 * structure, n2v_objective, as yours.
 *
 * HowTo: a loss of your own. Fill an n2v_objective, register it in a set of objectives, and create the settings of
 * a training with that set: `objective` then accepts its name. From the command line: build a shared object that
 * exports an n2v_plugin (see below) and give its path, as in `nce2vec train --objective ./focal.so:gamma=2`.
 *
 * Threads: a set of objectives may be used by any number of threads once nothing more is added to it. The functions
 * of an n2v_objective are called from several threads at once.
 * Strings are UTF-8 and NUL-terminated. Those that the library returns live as long as the set. */
#ifndef NCE2VEC_OBJECTIVE_H
#define NCE2VEC_OBJECTIVE_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- What an objective is ------------------------------------------------ */

/* What the score of an input row x and an output row y is. */
typedef enum n2v_geometry {
    N2V_DOT,     /* <x, y>, plus the biases */
    N2V_SQEUCLID /* |x - y|^2, never negative */
} n2v_geometry;

/* What an objective needs from the trainer, or from the caller of n2v_objective_evaluate. */
enum {
    N2V_NEEDS_OUTPUT_BIAS = 1 << 0,   /* a learned bias for each output word, initially its log probability; only */
                                      /* with N2V_DOT, and not with norms, unit rows or sides */
    N2V_NEEDS_IN_BATCH = 1 << 1,      /* row i's positive is column i; the other columns are its negatives, each */
                                      /* pair from another sentence */
    N2V_NEEDS_UNIT_ROWS = 1 << 2,     /* rows are kept at length 1 */
    N2V_NEEDS_ALL_WORDS = 1 << 3,     /* the columns are the whole vocabulary; not with N2V_NEEDS_IN_BATCH or _SIDES */
    N2V_NEEDS_LOG_NOISE = 1 << 4,     /* the log noise probabilities of the output words */
    N2V_NEEDS_NORMS = 1 << 5,         /* the squared lengths of the rows, as further scores */
    N2V_NEEDS_SHARED_BIAS = 1 << 6,   /* one learned bias for all scores, initially 0; only with N2V_DOT */
    N2V_NEEDS_SIDES = 1 << 7,         /* the scores of the inputs among themselves, and of the outputs */
    N2V_NEEDS_CLASSES = 1 << 8,       /* in a batch, another pair's positive that is the row's own word is masked */
    N2V_NEEDS_POSITIVES_ONLY = 1 << 9, /* in a batch, no score between an input and another pair's output; its */
                                       /* gradient is 0. Only with N2V_NEEDS_IN_BATCH, not with a shared bias */
    N2V_NEEDS_SLOPE_CLIPPING = 1 << 10, /* derivatives grow with the scores without a bound: steps of a tile whose */
                                        /* largest is above 8 are shortened as if it were 8; only with N2V_DOT */
    N2V_NEEDS_TREE = 1 << 11,          /* the columns are nodes of a Huffman tree: those on the path of a word that */
                                       /* the row predicts are positives where its code is 0, negatives where it is */
                                       /* 1. A row may have none of either. Only with N2V_DOT, and */
                                       /* N2V_NEEDS_SLOPE_CLIPPING */
    N2V_NEEDS_TREE_AND_NOISE = 1 << 12 /* with N2V_NEEDS_TREE: further positives are these words themselves, further */
                                       /* negatives noise words */
};

/* The library's own vector arithmetic; opaque to other objectives. */
typedef struct n2v_math n2v_math;

/* A tile: m rows (inputs), each with its own positives, against n columns (outputs) that all rows share. The
 * caller owns all arrays. Matrices are row-major without gaps. Members are only ever added at the end. */
typedef struct n2v_tile {
    size_t m, n;
    const float *scores;             /* m x n: row i against column j; NULL with N2V_NEEDS_POSITIVES_ONLY */
    const unsigned char *mask;       /* m x n, non-zero: the cell is not a negative of its row; NULL: none is masked */
    const float *log_noise;          /* n: log(k Q(y_j)), k noise words a positive; NULL unless needed */
    const float *multiplicity;       /* n: how often column j counts, above 0; NULL: once each */
    const uint32_t *first;           /* m + 1: row i's positives are first[i] to first[i + 1] - 1 */
    const uint32_t *row;             /* first[m]: the row of each positive */
    const float *positive_scores;    /* first[m] */
    const float *positive_log_noise; /* first[m]: log(k Q) of each positive's word; NULL unless needed */
    const uint32_t *column;          /* first[m]: the column that is this positive's word, in tiles of batches and of */
                                     /* all words; NULL in others */
    const float *input_norms;        /* m: |x_i|^2; this and the next two are NULL unless needed */
    const float *output_norms;       /* n: |y_j|^2 */
    const float *positive_norms;     /* first[m]: |y|^2 of each positive's word */
    const float *input_pairs;        /* m x m: row i's score with row l, without a bias, symmetric up to rounding; */
                                     /* the diagonal is undefined; NULL unless needed */
    const float *output_pairs;       /* n x n: the same of the columns; a column drawn c times is here once */
    const n2v_math *math;
} n2v_tile;

/* d loss / d scores in the tile's shapes. An objective writes every element of scores (0 where masked; NULL where
 * the tile's scores are) and of positives. The caller sets the others to 0 before; they are NULL unless needed. In the
 * pairs each cell is a variable of its own, and the gradient is symmetric as the scores are. */
typedef struct n2v_tile_gradient {
    float *scores;    /* m x n */
    float *positives; /* first[m] */
    float *input_norms, *output_norms, *positive_norms;
    float *input_pairs, *output_pairs;
} n2v_tile_gradient;

/* What a score s says about the word w given the context c at the objective's optimum:
 *     log P(w|c) = score * s + log_noise * log Q(w) + log_num_noise * log k + f(c)
 * Q is the distribution that negatives are drawn from: the noise distribution, or in a batch the text itself after
 * subsampling. P is that of the text after subsampling, too. With N2V_NEEDS_TREE a word has a score for each node on
 * its path, and log P(w|c) is the sum over them of log sigmoid(s), or of log sigmoid(-s) where its code is 1. */
typedef struct n2v_log_probability {
    double score, log_noise, log_num_noise;
    int normalized; /* 1: f is 0, so that the scores need no sum over the words */
} n2v_log_probability;

typedef struct n2v_parameter {
    const char *name;      /* lower-case letters, digits and _ */
    float value, min, max; /* the default and its inclusive bounds */
    int integer;           /* 1: whole numbers only */
    const char *help;      /* one sentence */
} n2v_parameter;

#define N2V_MAX_PARAMETERS 8

/* The description of an objective. `parameters` in a function is one value for each parameter, in their order.
 * `user` is passed on as it is. Optional functions may be NULL. */
typedef struct n2v_objective {
    size_t size;         /* sizeof(n2v_objective) */
    const char *name;    /* lower-case letters, digits and _ */
    const char *summary; /* one line */
    const char *formula; /* plain ASCII: + marks the positive, - a negative */
    const char *paper;
    n2v_geometry geometry;
    n2v_parameter parameters[N2V_MAX_PARAMETERS]; /* up to the first without a name */

    /* The trainer's settings that suit this objective. */
    double init;          /* initial length of the vectors: of the input vectors, with distances of both */
    double learning_rate; /* at the default parameters; see sharpness */
    size_t noise;         /* noise words for a positive; in a batch the number of other pairs */
    size_t noise_sharing; /* windows that share noise words */

    void *user;

    /* The N2V_NEEDS_... flags. Optional: 0. */
    uint32_t (*needs)(const float *parameters, void *user);

    /* The factor by which these parameters multiply the scores inside the loss. The default learning rate is divided
     * by the square of how much it exceeds that of the default parameters. Optional: 1. */
    float (*sharpness)(const float *parameters, void *user);

    /* NULL, or a sentence that says which parameters contradict each other. Optional. */
    const char *(*check)(const float *parameters, void *user);

    /* Optional: the scores do not define log P(w|c). */
    n2v_log_probability (*log_probability)(const float *parameters, void *user);

    /* The number of floats of scratch that loss_grad needs for a tile of at most these sizes. Optional: 0. */
    size_t (*scratch)(size_t m, size_t n, size_t positives, void *user);

    /* Adds the loss of all positives of the tile to *loss (NULL: not wanted) and writes the gradient of that sum.
     * Finite scores give a finite loss and gradient. No allocation, no state. */
    void (*loss_grad)(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user);
} n2v_objective;

/* ---- Sets of objectives -------------------------------------------------- */

/* The library's objectives and those that a program adds. Where a function takes a set, NULL is the set of the
 * library's own objectives. A set must live longer than all that was created with it. */
typedef struct n2v_objectives n2v_objectives;

/* N2V_ERROR_MEMORY. The kernel set for evaluations is chosen here: N2V_KERNELS is read once for a set. */
N2V_API n2v_status n2v_objectives_create(n2v_objectives **objectives, n2v_error *error);
N2V_API void n2v_objectives_destroy(n2v_objectives *objectives); /* accepts NULL; unloads plug-ins */

/* Adds a copy of the description; its strings and functions must live as long as the set. N2V_ERROR_ARGUMENT, with
 * a sentence, for a name that exists or is no name, missing functions, needs that contradict each other (at the
 * default parameters; at others when they are given), defaults out of their bounds, or a size that is not known. */
N2V_API n2v_status n2v_objectives_register(n2v_objectives *objectives, const n2v_objective *objective,
                                           n2v_error *error);

/* What a shared object exports under the name n2v_plugin_export, so that it can be loaded by its path:
 *     const n2v_plugin n2v_plugin_export = {N2V_PLUGIN_ABI, sizeof(n2v_objective), 1, {&focal}}; */
#define N2V_PLUGIN_ABI   1
#define N2V_PLUGIN_MOST  16
#define N2V_PLUGIN_EXPORT "n2v_plugin_export"
typedef struct n2v_plugin {
    uint32_t abi;            /* N2V_PLUGIN_ABI */
    uint32_t objective_size; /* sizeof(n2v_objective) */
    size_t count;            /* of objectives, at most N2V_PLUGIN_MOST */
    const n2v_objective *objectives[N2V_PLUGIN_MOST];
} n2v_plugin;

/* Declared here so that a plug-in in C++ exports it, too. The library does not define it. */
extern N2V_API const n2v_plugin n2v_plugin_export;

/* Loads a shared object and registers its objectives. The path has a '/'; loading the same file again changes
 * nothing. *name (may be NULL) becomes the name of its first objective. N2V_ERROR_ARGUMENT when the file is missing,
 * is no shared object, exports no n2v_plugin or one of another ABI, or when an objective is refused. */
N2V_API n2v_status n2v_objectives_load(n2v_objectives *objectives, const char *path, const char **name,
                                       n2v_error *error);

/* How many there are, and their names in the order of the documentation, then of registration; NULL for an index
 * beyond the last. */
N2V_API size_t n2v_objective_count(const n2v_objectives *objectives);
N2V_API const char *n2v_objective_name(const n2v_objectives *objectives, size_t index);

/* An objective is named by "NAME" or "NAME:parameter=value,...", such as "infonce:temperature=0.1". Parameters that
 * are not given have their defaults. N2V_ERROR_ARGUMENT for an unknown name or parameter, with what exists, and for a
 * value out of its bounds. The decimal point is a point in every locale. */

typedef struct n2v_objective_info {
    size_t size; /* in: sizeof(n2v_objective_info) */
    const char *name, *summary, *formula, *paper;
    n2v_geometry geometry;
    uint32_t needs; /* N2V_NEEDS_... flags with the given parameters */
    /* The trainer's defaults for it, with the given parameters. */
    double learning_rate;
    size_t noise;
    size_t parameters; /* how many it has */
    double init;
    size_t noise_sharing;
    int has_log_probability; /* 1: n2v_likelihood_measure and n2v_predictor_create take models of it */
} n2v_objective_info;

/* Fills *info. N2V_ERROR_ARGUMENT: a pointer is NULL, info->size is not set, or the objective's text is refused. */
N2V_API n2v_status n2v_objective_describe(const n2v_objectives *objectives, const char *objective,
                                          n2v_objective_info *info, n2v_error *error);

typedef struct n2v_parameter_info {
    size_t size; /* in: sizeof(n2v_parameter_info) */
    const char *name, *help;
    float value; /* as given, or the default */
    float default_value, min, max;
    uint32_t is_integer; /* 1: whole numbers only */
} n2v_parameter_info;

/* Fills *info for the parameter of this index. N2V_ERROR_ARGUMENT as for n2v_objective_describe, or when the index
 * is not below its `parameters`. */
N2V_API n2v_status n2v_objective_describe_parameter(const n2v_objectives *objectives, const char *objective,
                                                    size_t index, n2v_parameter_info *info, n2v_error *error);

/* ---- A loss and its gradient --------------------------------------------- */

/* What a cell of the label matrix says about its column. */
enum {
    N2V_NEGATIVE = 0, /* a negative of the row: a noise word, another pair's word */
    N2V_POSITIVE = 1, /* a positive of the row */
    N2V_MASKED = 2    /* neither: it does not count */
};

/* A tile of scores: m rows (inputs: context words) against n columns (outputs: center and noise words). Matrices are
 * row-major without gaps: cell (i, j) is element i * n + j. All arrays are the caller's; inputs are not changed. Set
 * what is not used to NULL; an input that the objective does not need is not read.
 *
 * Each row has at least one positive. A row with several positives counts as several cases: every positive with all
 * of the row's negatives, without the other positives (with N2V_NEEDS_ALL_WORDS they are words of the sum like the
 * rest; softnn, supcon and milnce take a row's positives together, and have one case a row; in hs each cell counts
 * once). For objectives with N2V_NEEDS_IN_BATCH put row i's pair in column i of a square tile; there lifted also takes
 * the other rows of a positive's column, where labelled negative, as negatives of the output, each once whatever the
 * multiplicity. In alignuniform the copies of a column that multiplicity counts are at distance 0 from each other.
 *
 * Pairs are the scores within a side, in the same geometry: of the inputs row against row, of the outputs column
 * against column. Each cell is a number of its own: a symmetric matrix in, and for two rows the sum of the gradients
 * in their two cells. */
typedef struct n2v_evaluation {
    size_t size; /* in: sizeof(n2v_evaluation) */

    size_t m, n;                 /* in: at least 1 each, m * n below 2^31; with pairs m * m and n * n, too */
    const float *scores;         /* in, m x n: finite; squared distances are not negative */
    const unsigned char *labels; /* in, m x n: N2V_NEGATIVE, N2V_POSITIVE or N2V_MASKED */
    const float *log_noise;      /* in, n: natural logarithm of k Q(y_j); with N2V_NEEDS_LOG_NOISE */
    const float *multiplicity;   /* in, n: how often column j was drawn, at least 1: its cell counts as that many */
                                 /* negatives, and as one positive; NULL: once each */
    const float *input_norms;    /* in, m: |x_i|^2, and ... */
    const float *output_norms;   /* in, n: ... |y_j|^2; with N2V_NEEDS_NORMS */

    double loss;                 /* out: in nats (distances: in the units of the scores), summed over the cases. For */
                                 /* a mean divide it, and the gradients, by the number of positives (softnn, ...: */
                                 /* rows) */
    float *gradient;             /* out, m x n: d loss / d scores; 0 where masked; NULL: not wanted */
    float *input_norm_gradient;  /* out, m: d loss / d input_norms; 0 where not needed; NULL: not wanted */
    float *output_norm_gradient; /* out, n: d loss / d output_norms; 0 where not needed; NULL: not wanted */

    const float *input_pairs;    /* in, m x m: rows against rows, and ... */
    const float *output_pairs;   /* in, n x n: ... columns against columns; with N2V_NEEDS_SIDES. The diagonals are */
                                 /* not read */
    float *input_pair_gradient;  /* out, m x m: d loss / d input_pairs; 0 on the diagonal and where not needed; NULL: */
                                 /* not wanted */
    float *output_pair_gradient; /* out, n x n: d loss / d output_pairs; the same */
} n2v_evaluation;

/* Evaluates an objective on a tile. The arithmetic is that of training: floats; the loss is added up in double.
 *
 * Errors: at most 1e-5 of the tile's largest gradient where |s| / t is at most 40 (s a score, t the temperature, 1 for
 * objectives without one). Beyond, they grow with |s| / t, to 1e-4 at 1000. debiased and hardneg with tau near 0.9
 * subtract numbers that are nearly equal: five times that. Shares below 1e-28 are only small.
 * Kinks (hinges, maxima) give one of their slopes. Where a loss has a distance, not its square (contrastive, lifted),
 * distances below a thousandth of the margin have the slope of that distance.
 *
 * N2V_ERROR_ARGUMENT: a pointer that is needed is NULL, size is not set, the objective's text is refused, m or n is
 * out of range, a number is out of its range or not finite, a label is unknown, a row has no positive, or the kernel
 * set that N2V_KERNELS names cannot run here (without a set of objectives it is read at each call). N2V_ERROR_MEMORY:
 * not enough for the working copy, about 5 to 13 bytes a cell, 4 for one of a needed pair. N2V_ERROR_NUMERIC: the
 * scores are finite, but so large that the loss or its gradient is not. On an error nothing is written. */
N2V_API n2v_status n2v_objective_evaluate(const n2v_objectives *objectives, const char *objective,
                                          n2v_evaluation *evaluation, n2v_error *error);

#ifdef __cplusplus
}
#endif
#endif
