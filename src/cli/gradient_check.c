#include "cli/gradient_check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/difference.h"
#include "cli/random_tile.h"

#define PROBLEM  sizeof(((gradient_case *)0)->problem)
#define TEXT     512    /* bytes of NAME:parameter=value,... */
#define ROUNDING 2.4e-7 /* of a term of the loss, which is a float, relative */
#define SAME     1e-5   /* relative: the same sums, perhaps in another order */

typedef enum parameter_choice { DEFAULTS, BOUNDS, RANDOM } parameter_choice;

/* The objective under test, with its parameters. */
typedef struct subject {
    const n2v_objectives *objectives;
    const char *name;
    char text[TEXT];
    n2v_objective_info info; /* of the text */
    double default_rate;
    parameter_choice parameters;
    uint64_t random;
    size_t tried, wrong, silent; /* gradients of this case; silent: the differences are too noisy to check them */
    char first_wrong[PROBLEM];   /* what is wrong with the first */
    gradient_case *at;
    n2v_error *error;
} subject;

__attribute__((format(printf, 2, 3))) static void problem(subject *s, const char *format, ...)
{
    va_list args;

    if (s->at->problem[0])
        return; /* the first is enough */
    va_start(args, format);
    vsnprintf(s->at->problem, sizeof s->at->problem, format, args);
    va_end(args);
}

/* Evaluates the subject. *finite: false where the loss or its gradient is not, which is noted. */
static n2v_status evaluate(subject *s, const random_tile *tile, tile_numbers *gradient, double *loss, bool *finite)
{
    const n2v_status status = tile_evaluate(tile, s->objectives, s->text, gradient, loss, s->error);

    *finite = status == N2V_OK;
    if (status != N2V_ERROR_NUMERIC)
        return status;
    problem(s, "%s, a tile of %zu x %zu: the loss or its gradient is not finite", s->text, tile->m, tile->n);
    return N2V_OK;
}

/* The factor by which these parameters multiply the scores inside the loss, from the learning rates. */
static double sharpness(const subject *s)
{
    return s->info.learning_rate > 0 ? fmax(1, sqrt(s->default_rate / s->info.learning_rate)) : 1;
}

/* ---- Parameters ------------------------------------------------------------ */

static double random_parameter(const n2v_parameter_info *p, uint64_t *state)
{
    const double min = (double)p->min, max = (double)p->max, share = random_uniform(state);

    if (p->is_integer)
        return fmin(max, min + floor(share * (max - min + 1)));
    if (min > 0 && max > 10 * min)
        return fmin(max, min * pow(max / min, share));
    return min + share * (max - min);
}

/* Writes NAME:parameter=value,... with these parameters; corner: which of them are at their upper bounds. */
static n2v_status write_text(subject *s, parameter_choice choice, size_t corner)
{
    int used = snprintf(s->text, sizeof s->text, "%s", s->name);
    n2v_status status;

    for (size_t i = 0; choice != DEFAULTS && i < s->info.parameters && used > 0 && (size_t)used < sizeof s->text; i++) {
        n2v_parameter_info p = {.size = sizeof p};
        double value;
        if ((status = n2v_objective_describe_parameter(s->objectives, s->name, i, &p, s->error)) != N2V_OK)
            return status;
        value = choice == RANDOM ? random_parameter(&p, &s->random) : (double)(corner >> i & 1 ? p.max : p.min);
        used += snprintf(s->text + used, sizeof s->text - (size_t)used, "%s%s=%.9g", i ? "," : ":", p.name, value);
    }
    return N2V_OK;
}

/* Sets parameters and describes the subject. *accepted: false where they contradict each other. */
static n2v_status choose(subject *s, parameter_choice choice, size_t corner, bool *accepted)
{
    n2v_objective_info info = {.size = sizeof info};
    n2v_status status = write_text(s, choice, corner);

    *accepted = true;
    s->parameters = choice;
    if (status != N2V_OK)
        return status;
    status = n2v_objective_describe(s->objectives, s->text, &info, s->error);
    if (status == N2V_OK)
        s->info = info;
    if (status != N2V_ERROR_ARGUMENT || choice == DEFAULTS)
        return status;
    *accepted = false;
    return N2V_OK;
}

/* ---- Gradients ------------------------------------------------------------- */

enum { CELLS, INPUT_NORMS, OUTPUT_NORMS, INPUT_PAIRS, OUTPUT_PAIRS, KINDS };
static const char *const kinds[KINDS] = {"cell", "input norm", "output norm", "input pair", "output pair"};

/* The numbers of a kind, and how many there are: of pairs the rows and columns. */
static float *numbers_of(tile_numbers *numbers, size_t kind)
{
    float *const arrays[KINDS] = {numbers->scores, numbers->input_norms, numbers->output_norms, numbers->input_pairs,
                                  numbers->output_pairs};
    return arrays[kind];
}

static size_t count_of(const random_tile *t, size_t kind)
{
    const bool norms = t->needs & N2V_NEEDS_NORMS, sides = t->needs & N2V_NEEDS_SIDES;
    const size_t counts[KINDS] = {t->m * t->n, norms ? t->m : 0, norms ? t->n : 0, sides ? t->m * t->m : 0,
                                  sides ? t->n * t->n : 0};
    return counts[kind];
}

/* The cell on the other side of the diagonal, which moves along; the number itself where there are no pairs. The
 * upper half and the diagonal give SIZE_MAX: they have no turn of their own. */
static size_t partner_of(const random_tile *t, size_t kind, size_t index)
{
    const size_t side = kind == INPUT_PAIRS ? t->m : t->n, row = index / side, column = index % side;

    if (kind < INPUT_PAIRS)
        return index;
    return column < row ? column * side + row : SIZE_MAX;
}

typedef struct probe {
    subject *subject;
    random_tile *tile;
    float *number, *partner; /* which may be the same */
    n2v_status status;
} probe;

static double step_loss(void *context, double step, double *taken)
{
    probe *p = context;
    const float start = *p->number;
    double loss = NAN;
    bool finite;

    *p->number = *p->partner = (float)((double)start + step);
    *taken = (double)*p->number - (double)start;
    if (p->status == N2V_OK)
        p->status = evaluate(p->subject, p->tile, NULL, &loss, &finite);
    *p->number = *p->partner = start;
    return loss;
}

static double largest_of(const float *numbers, size_t count, size_t skip)
{
    double largest = 0;
    for (size_t i = 0; i < count; i++)
        if (!skip || i % skip != 0) /* the diagonal is undefined */
            largest = fmax(largest, fabs((double)numbers[i]));
    return largest;
}

static size_t diagonal(const random_tile *t, size_t kind)
{
    return kind == INPUT_PAIRS ? t->m + 1 : kind == OUTPUT_PAIRS ? t->n + 1 : 0;
}

/* The size of the terms that a loss is rounded to floats in. */
static double noise_of(const random_tile *t, tile_numbers *gradient, double loss)
{
    double size = fabs(loss);

    for (size_t kind = 0; kind < KINDS; kind++) {
        tile_numbers *in = (tile_numbers *)&t->in;
        size = fmax(size, largest_of(numbers_of(gradient, kind), count_of(t, kind), diagonal(t, kind)) *
                              largest_of(numbers_of(in, kind), count_of(t, kind), diagonal(t, kind)));
    }
    return ROUNDING * size;
}

/* The largest step that makes sense for a number: large enough against its rounding, no distance below 0. */
static double first_step(const subject *s, size_t kind, double value)
{
    const bool positive = s->info.geometry == N2V_SQEUCLID || kind == INPUT_NORMS || kind == OUTPUT_NORMS;
    const double step = fmax((positive ? 0.125 : 1) / sharpness(s), fabs(value) * 0x1p-10);
    return positive ? fmin(step, value / 2) : step;
}

/* One number of the gradient against differences of the loss. */
static n2v_status check_number(subject *s, random_tile *t, tile_numbers *gradient, size_t kind, size_t index,
                               double loss)
{
    float *in = numbers_of(&t->in, kind), *slopes = numbers_of(gradient, kind);
    const size_t partner = partner_of(t, kind, index);
    const double slope = (double)slopes[index] + (partner != index ? (double)slopes[partner] : 0);
    const double noise = noise_of(t, gradient, loss), first = first_step(s, kind, (double)in[index]);
    const double cells = partner != index ? 2 : 1; /* that are moved together */
    const double largest = fmax(cells * largest_of(slopes, count_of(t, kind), diagonal(t, kind)), 1e-6);
    probe p = {.subject = s, .tile = t, .number = in + index, .partner = in + partner};
    double wrong, expected;
    const bool agrees = slope_agrees(step_loss, &p, first, noise, largest, slope, &wrong, &expected);

    s->tried++;
    if (isnan(wrong))
        s->silent++;
    else
        s->at->worst = fmax(s->at->worst, wrong / largest);
    if (p.status == N2V_OK && !agrees && s->wrong++ == 0)
        snprintf(s->first_wrong, sizeof s->first_wrong,
                 "%.300s, %s %zu of a tile of %zu x %zu, at %.6g: the gradient is %.6g, differences of the loss give "
                 "%.6g",
                 s->text, kinds[kind], index, t->m, t->n, (double)in[index], slope, expected);
    return p.status;
}

static n2v_status check_differences(subject *s, random_tile *t)
{
    tile_numbers gradient;
    bool finite;
    double loss;
    n2v_status status = evaluate(s, t, &gradient, &loss, &finite);

    if (status != N2V_OK || !finite)
        return status;
    for (size_t kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; i < count_of(t, kind); i++) {
            if (partner_of(t, kind, i) == SIZE_MAX)
                continue;
            if (kind == CELLS && t->labels[i] == N2V_MASKED && gradient.scores[i] != 0)
                problem(s, "%s: the gradient of a masked cell is %g, not 0", s->text, (double)gradient.scores[i]);
            if ((status = check_number(s, t, &gradient, kind, i, loss)) != N2V_OK)
                return status;
        }
    return N2V_OK;
}

/* Few numbers may be wrong at other parameters than the defaults, where a loss may bend within the rounding of its
 * scores: a gradient that is not that of the loss is wrong nearly everywhere. */
static void judge(subject *s)
{
    const size_t allowed = s->parameters == DEFAULTS ? 0 : s->tried / 100;

    if (s->wrong > allowed)
        problem(s, "%.560s (%zu of %zu numbers are wrong)", s->first_wrong, s->wrong, s->tried);
    if (2 * s->silent > s->tried && s->parameters == DEFAULTS)
        problem(s, "%s: the loss is rounded so much that its differences cannot check %zu of %zu numbers", s->name,
                s->silent, s->tried);
}

/* ---- Invariances ----------------------------------------------------- */

static bool close_to(double got, double expected, double largest)
{
    return fabs(got - expected) <= SAME * fmax(fabs(expected), largest) + 1e-30;
}

/* A masked cell has no gradient, and its score changes nothing. */
static n2v_status check_masks(subject *s, random_tile *t)
{
    random_tile moved = *t;
    tile_numbers a, b;
    double loss, other;
    bool finite, still_finite;
    n2v_status status;

    for (size_t c = 0; c < t->m * t->n; c++)
        if (t->labels[c] == N2V_MASKED)
            moved.in.scores[c] = tile_tied_score(s->info.geometry, &s->random);
    if ((status = evaluate(s, t, &a, &loss, &finite)) != N2V_OK ||
        (status = evaluate(s, &moved, &b, &other, &still_finite)) != N2V_OK || !finite || !still_finite)
        return status;
    if (!close_to(other, loss, (double)t->m))
        problem(s, "%s: the score of a masked cell changes the loss from %.9g to %.9g", s->text, loss, other);
    for (size_t kind = 0; kind < KINDS; kind++) {
        const float *x = numbers_of(&a, kind), *y = numbers_of(&b, kind);
        const double largest = largest_of(x, count_of(t, kind), 0);
        for (size_t i = 0; i < count_of(t, kind); i++) {
            if (kind == CELLS && t->labels[i] == N2V_MASKED && (x[i] != 0 || y[i] != 0))
                problem(s, "%s: the gradient of a masked cell is %g, not 0", s->text,
                        (double)(x[i] != 0 ? x[i] : y[i]));
            else if (!close_to((double)y[i], (double)x[i], largest))
                problem(s, "%s: the score of a masked cell changes the gradient of %s %zu from %.6g to %.6g", s->text,
                        kinds[kind], i, (double)x[i], (double)y[i]);
        }
    }
    return N2V_OK;
}

/* Sums the gradient of copies at their origin. */
static void merge(const random_tile *t, const random_tile *copies, const size_t *origin, const tile_numbers *from,
                  double *cells, double *norms)
{
    for (size_t c = 0; c < t->m * t->n; c++)
        cells[c] = 0;
    for (size_t j = 0; j < t->n; j++)
        norms[j] = 0;
    for (size_t a = 0; a < copies->n; a++) {
        norms[origin[a]] += (double)from->output_norms[a];
        for (size_t i = 0; i < t->m; i++)
            cells[i * t->n + origin[a]] += (double)from->scores[i * copies->n + a];
    }
}

/* A column that was drawn c times counts as c columns. */
static n2v_status check_multiplicities(subject *s, random_tile *t)
{
    random_tile copies;
    tile_numbers a, b;
    size_t origin[TILE_COLUMNS];
    double loss, other, cells[TILE_ROWS * TILE_COLUMNS], norms[TILE_COLUMNS], largest;
    bool finite, still_finite;
    n2v_status status;

    tile_expand(&copies, t, origin);
    if ((status = evaluate(s, t, &a, &loss, &finite)) != N2V_OK ||
        (status = evaluate(s, &copies, &b, &other, &still_finite)) != N2V_OK || !finite || !still_finite)
        return status;
    merge(t, &copies, origin, &b, cells, norms);
    largest = largest_of(a.scores, t->m * t->n, 0);
    if (!close_to(loss, other, (double)t->m))
        problem(s, "%s: the loss is %.9g with multiplicities and %.9g with copies of the columns", s->text, loss,
                other);
    for (size_t c = 0; c < t->m * t->n; c++)
        if (!close_to((double)a.scores[c], cells[c], largest))
            problem(s, "%s: the gradient of cell %zu is %.6g with multiplicity %g and %.6g with copies of the column",
                    s->text, c, (double)a.scores[c], (double)t->multiplicity[c % t->n], cells[c]);
    largest = largest_of(a.output_norms, t->n, 0);
    for (size_t j = 0; j < t->n; j++)
        if (!close_to((double)a.output_norms[j], norms[j], largest))
            problem(s, "%s: the gradient of output norm %zu is %.6g with multiplicity %g and %.6g with copies", s->text,
                    j, (double)a.output_norms[j], (double)t->multiplicity[j], norms[j]);
    return N2V_OK;
}

/* The same tile gives the same result twice, to the bit, also without the gradient. */
static n2v_status check_again(subject *s, random_tile *t)
{
    tile_numbers a, b;
    double loss, again, alone;
    bool finite[3];
    n2v_status status;

    if ((status = evaluate(s, t, &a, &loss, &finite[0])) != N2V_OK ||
        (status = evaluate(s, t, &b, &again, &finite[1])) != N2V_OK ||
        (status = evaluate(s, t, NULL, &alone, &finite[2])) != N2V_OK || !finite[0] || !finite[1] || !finite[2])
        return status;
    if (loss < again || loss > again || loss < alone || loss > alone)
        problem(s, "%s: the same tile gives the losses %.17g, %.17g and %.17g", s->text, loss, again, alone);
    if (memcmp(&a, &b, sizeof a) != 0)
        problem(s, "%s: the same tile gives another gradient the second time", s->text);
    return N2V_OK;
}

/* Evaluating fails unless all numbers are finite. */
static n2v_status check_finite(subject *s, random_tile *t)
{
    tile_numbers gradient;
    double loss;
    bool finite;
    return evaluate(s, t, &gradient, &loss, &finite);
}

/* ---- Cases ------------------------------------------------------------------ */

enum { MASKS = 1, MULTIPLICITIES = 2, SEVERAL = 4, ALL = 7 };

static const struct recipe {
    const char *name;
    n2v_status (*check)(subject *s, random_tile *tile);
    parameter_choice parameters;
    unsigned parts; /* of the tiles */
    tile_scores scores;
    size_t tiles;
} recipes[GRADIENT_CASES] = {
    {"one positive a row", check_differences, DEFAULTS, 0, SCORES_OF_TRAINING, 16},
    {"several positives a row", check_differences, DEFAULTS, SEVERAL, SCORES_OF_TRAINING, 16},
    {"masked cells", check_differences, DEFAULTS, MASKS, SCORES_OF_TRAINING, 16},
    {"multiplicities", check_differences, DEFAULTS, MULTIPLICITIES, SCORES_OF_TRAINING, 16},
    {"random parameters", check_differences, RANDOM, ALL, SCORES_OF_TRAINING, 24},
    {"parameters at their bounds", check_differences, BOUNDS, ALL, SCORES_OF_TRAINING, 32},
    {"scores up to 1e4", check_differences, DEFAULTS, ALL, SCORES_EXTREME, 16},
    {"finite at extreme scores", check_finite, BOUNDS, ALL, SCORES_TIED, 160},
    {"masked cells do not count", check_masks, RANDOM, ALL, SCORES_OF_TRAINING, 64},
    {"drawn twice counts twice", check_multiplicities, RANDOM, ALL, SCORES_OF_TRAINING, 64},
    {"the same tile again", check_again, RANDOM, ALL, SCORES_OF_TRAINING, 32},
};

/* Whether a case checks something about the objective that the other cases do not. */
static bool applies(const subject *s, const struct recipe *r)
{
    const uint32_t needs = s->info.needs;

    if (r->parts == SEVERAL && (needs & N2V_NEEDS_IN_BATCH))
        return false;
    if (r->parts == MULTIPLICITIES && (needs & N2V_NEEDS_ALL_WORDS))
        return false;
    return r->check != check_differences || r->parameters == DEFAULTS || s->info.parameters > 0;
}

/* Whether a case can use a tile with these parameters: copies of a column are at distance 0, which inner products do
 * not show. */
static bool takes(const subject *s, const struct recipe *r)
{
    return r->check != check_multiplicities ||
           (!(s->info.needs & N2V_NEEDS_ALL_WORDS) &&
            !((s->info.needs & N2V_NEEDS_SIDES) && s->info.geometry == N2V_DOT));
}

static n2v_status run_case(subject *s, const struct recipe *r)
{
    size_t accepted_count = 0;
    bool accepted;
    n2v_status status;

    s->tried = s->wrong = s->silent = 0;
    if ((status = choose(s, DEFAULTS, 0, &accepted)) != N2V_OK || !applies(s, r))
        return status;
    for (size_t t = 0; t < r->tiles && !s->at->problem[0]; t++) {
        random_tile tile;
        tile_recipe recipe = {.masks = r->parts & MASKS,
                              .multiplicities = r->parts & MULTIPLICITIES,
                              .several = r->parts & SEVERAL,
                              .scores = r->scores};
        if ((status = choose(s, r->parameters, t, &accepted)) != N2V_OK)
            return status;
        accepted_count += accepted;
        if (!accepted || !takes(s, r))
            continue;
        recipe.sharpness = sharpness(s);
        tile_make(&tile, &s->info, &recipe, &s->random);
        s->at->tiles++;
        if ((status = r->check(s, &tile)) != N2V_OK)
            return status;
    }
    judge(s);
    if (!accepted_count)
        problem(s, "%s refuses all parameters that were tried", s->name);
    return N2V_OK;
}

n2v_status gradient_check(const n2v_objectives *objectives, const char *name, gradient_report *report,
                          n2v_error *error)
{
    subject s = {.objectives = objectives, .name = name, .error = error, .random = 20261128};
    n2v_objective_info info = {.size = sizeof info};
    n2v_status status = n2v_objective_describe(objectives, name, &info, error);

    memset(report, 0, sizeof *report);
    if (status != N2V_OK)
        return status;
    s.info = info;
    s.default_rate = info.learning_rate;
    for (size_t c = 0; c < GRADIENT_CASES; c++) {
        s.at = &report->cases[c];
        s.at->name = recipes[c].name;
        if ((status = run_case(&s, &recipes[c])) != N2V_OK)
            return status;
        report->failed += s.at->problem[0] != '\0';
    }
    return N2V_OK;
}
