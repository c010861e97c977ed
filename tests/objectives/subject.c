#include "objectives/subject.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

const char *subject_describe(const subject *s, char *text, size_t room)
{
    int length = snprintf(text, room, "%s", s->objective->name);
    for (size_t i = 0; i < objective_parameters(s->objective) && length > 0 && (size_t)length < room; i++)
        length += snprintf(text + length, room - (size_t)length, "%s%s=%g", i ? "," : ":",
                           s->objective->parameters[i].name, (double)s->parameters[i]);
    if (length > 0 && (size_t)length < room)
        (void)snprintf(text + length, room - (size_t)length, " on %s", s->kernels->name);
    return text;
}

/* A value near the default; switches and small whole numbers take all theirs. */
static float random_parameter(const n2v_parameter *p, Random *random)
{
    double value = (double)p->value * exp2(2 * random_uniform(random) - 1);
    if (p->integer && p->max - p->min <= 8)
        value = (double)p->min + floor(random_uniform(random) * ((double)p->max - (double)p->min + 1));
    else if (p->value == 0)
        value = fmin((double)p->max, 1) * random_uniform(random);
    if (p->integer)
        value = round(value);
    return fminf(fmaxf((float)value, p->min), p->max);
}

bool subject_allowed(const subject *s)
{
    return !objective_check(s->objective, s->parameters);
}

static void set_defaults(subject *s)
{
    for (size_t i = 0; i < N2V_MAX_PARAMETERS; i++)
        s->parameters[i] = s->objective->parameters[i].value;
}

void subjects_each(subject_test *test, size_t settings)
{
    for (size_t index = 0; index < objective_count(NULL); index++) {
        subject s = {.objective = objective_at(NULL, index)};
        const size_t count = objective_parameters(s.objective), limit = SANITIZED && settings > 3 ? 3 : settings;
        Random before;

        random_seed(&s.random, 20261124, index, 0, 0);
        for (size_t setting = 0; setting < (count ? limit : 1); setting++) {
            set_defaults(&s);
            require(subject_allowed(&s), "objective %s refuses its own defaults", s.objective->name);
            if (setting)
                do
                    for (size_t i = 0; i < count; i++)
                        s.parameters[i] = random_parameter(&s.objective->parameters[i], &s.random);
                while (!subject_allowed(&s));
            s.needs = objective_needs(s.objective, s.parameters);
            before = s.random;
            for (size_t k = 0; (s.kernels = kernels_at(k)) != NULL; k++) {
                s.random = before; /* the same tiles for all sets, and on every machine */
                test(&s);
            }
        }
    }
}

tile_recipe subject_recipe(const subject *s, size_t variant)
{
    const bool unit = s->needs & N2V_NEEDS_UNIT_ROWS;
    tile_recipe r = {.geometry = s->objective->geometry, .needs = s->needs};

    r.max_positives = 1 + variant % 4;
    r.masks = variant % 3 == 1;
    r.multiplicities = variant % 2;
    r.zeros = variant % 5 == 2;
    if (variant % 8 == 7)
        r.n = 1; /* a single negative */
    if (variant % 8 == 3)
        r.m = 1;
    r.scale = s->objective->geometry == N2V_SQEUCLID ? 4.0F : unit ? 0.4F : variant % 4 == 2 ? 4.0F : 1.5F;
    return r;
}

static const char *const kinds[KINDS] = {"cell",          "positive",   "input norm", "output norm",
                                         "positive norm", "input pair", "output pair"};

void count_kinds(const n2v_tile *tile, size_t sizes[KINDS])
{
    const size_t m = tile->m, n = tile->n, positives = tile->first[m];
    const bool sides = tile->input_pairs;

    memcpy(sizes, (size_t[KINDS]){m * n, positives, m, n, positives, sides ? m * m : 0, sides ? n * n : 0},
           KINDS * sizeof *sizes);
}

static float *filled(size_t count, float value)
{
    float *array = malloc((count + 1) * sizeof *array);
    ck_assert_ptr_nonnull(array);
    for (size_t i = 0; i <= count; i++)
        array[i] = value;
    return array;
}

evaluation subject_evaluate(const subject *s, const n2v_tile *tile, bool want_loss)
{
    const size_t m = tile->m, n = tile->n, cells = m * n, positives = tile->first[m];
    const size_t scratch_floats = objective_scratch(s->objective, m, n, positives);
    const bool norms = s->needs & N2V_NEEDS_NORMS, sides = s->needs & N2V_NEEDS_SIDES;
    size_t sizes[KINDS];
    const float garbage = NAN, guard = 4321;
    const double before = 1000; /* the loss is added to what the caller has: a worker sums over its tiles */
    evaluation e = {.cells = cells, .positives = positives};
    float *scratch = filled(scratch_floats, garbage), *part[KINDS];
    n2v_tile computed;
    size_t at = 0;

    count_kinds(tile, sizes);
    for (size_t i = 0; i < KINDS; i++) {
        e.count += sizes[i];
        part[i] = filled(sizes[i], i < 2 ? garbage : 0); /* the others are zeroed by the caller */
        part[i][sizes[i]] = guard;
    }
    scratch[scratch_floats] = guard;
    e.loss = want_loss ? before : 0;
    computed = *tile;
    computed.math = &s->kernels->math;
    s->objective->loss_grad(&computed, s->parameters,
                            &(n2v_tile_gradient){.scores = part[0],
                                                 .positives = part[1],
                                                 .input_norms = norms ? part[2] : NULL,
                                                 .output_norms = norms ? part[3] : NULL,
                                                 .positive_norms = norms ? part[4] : NULL,
                                                 .input_pairs = sides ? part[5] : NULL,
                                                 .output_pairs = sides ? part[6] : NULL},
                            s->objective->scratch ? scratch : NULL, want_loss ? &e.loss : NULL, s->objective->user);
    e.loss -= want_loss ? before : 0;
    require(scratch[scratch_floats] == guard, "%s writes beyond its scratch", DESCRIBE(s));
    require(isfinite(e.loss), "%s: loss %g of an %zu x %zu tile", DESCRIBE(s), e.loss, m, n);
    e.numbers = filled(e.count, 0);
    for (size_t i = 0; i < KINDS; i++) {
        require(part[i][sizes[i]] == guard, "%s writes beyond its gradient", DESCRIBE(s));
        for (size_t k = 0; k < sizes[i]; k++)
            require(isfinite(part[i][k]), "%s: gradient %g for %s %zu of an %zu x %zu tile, score %g", DESCRIBE(s),
                    (double)part[i][k], kinds[i], k, m, n,
                    (double)(i == 0   ? tile->scores[k]
                             : i == 1 ? tile->positive_scores[k]
                                      : 0));
        memcpy(e.numbers + at, part[i], sizes[i] * sizeof(float));
        at += sizes[i];
        free(part[i]);
    }
    free(scratch);
    return e;
}

void evaluation_free(evaluation *e)
{
    free(e->numbers);
}

double evaluation_largest(const evaluation *e)
{
    double largest = 0;
    for (size_t k = 0; k < e->count; k++)
        largest = fmax(largest, fabs((double)e->numbers[k]));
    return largest;
}

const char *number_name(const n2v_tile *tile, size_t k, char *text, size_t room)
{
    size_t sizes[KINDS], kind = 0, index = k;

    count_kinds(tile, sizes);
    while (index >= sizes[kind])
        index -= sizes[kind++];
    if (kind < 2)
        (void)snprintf(text, room, "%s %zu of %zu x %zu, score %.9g", kinds[kind], index, tile->m, tile->n,
                       (double)(kind ? tile->positive_scores[index] : tile->scores[index]));
    else
        (void)snprintf(text, room, "%s %zu of %zu x %zu", kinds[kind], index, tile->m, tile->n);
    return text;
}
