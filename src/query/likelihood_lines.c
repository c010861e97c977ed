#include "query/likelihood_lines.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "corpus/shuffle.h"
#include "query/likelihood_work.h"

#define FULL_IDS  ((size_t)1 << 16) /* of lines that are measured together */
#define GROUP_IDS ((size_t)1024)    /* of the lines of a task, unless one has more */

/* A line that waits. */
typedef struct waiting {
    n2v_likelihood_line line;
    size_t end; /* of its ids */
    LikelihoodSum sum;
} waiting;

/* Lines from..to - 1, in this order. */
typedef struct group {
    size_t from, to;
} group;

struct LikelihoodLines {
    LikelihoodWork work;
    LikelihoodTake take;
    uint64_t pairs; /* of all lines so far */

    /* The lines that wait. */
    waiting *lines;
    size_t count, room;
    Id *ids; /* of all of them, ends of sentences marked */
    size_t id_count, id_room;
    group *groups;
    size_t group_count, group_room;

    double *log_z; /* of skip-gram: by context word; NaN: not known yet */
};

n2v_status likelihood_lines_create(LikelihoodLines **result, const Model *model, const LikelihoodOptions *options,
                                   const LikelihoodTake *take, n2v_error *error)
{
    LikelihoodLines *l = array_create_zero(1, sizeof *l);
    n2v_status status;

    *result = NULL;
    if (!l)
        return fail_memory(error, sizeof *l, "the likelihood of lines");
    l->work = (LikelihoodWork){.model = model, .options = options, .state = l};
    l->take = *take;
    status = likelihood_work_create(&l->work, error);
    if (status == N2V_OK && !options->cbow) {
        l->log_z = array_create(model->words, sizeof *l->log_z);
        l->work.contexts = array_create(model->words, sizeof *l->work.contexts);
        if (!l->log_z || !l->work.contexts)
            status = fail_memory(error, model->words * sizeof *l->work.contexts, "the context words");
        for (size_t w = 0; w < model->words && status == N2V_OK; w++)
            l->log_z[w] = NAN;
    }
    if (status == N2V_OK)
        *result = l;
    else
        likelihood_lines_destroy(l);
    return status;
}

void likelihood_lines_destroy(LikelihoodLines *l)
{
    if (!l)
        return;
    likelihood_work_free(&l->work);
    free(l->lines);
    free(l->ids);
    free(l->groups);
    free(l->log_z);
    free(l);
}

/* Adding ---------------------------------------------------------------------------------- */

static size_t begin_of(const LikelihoodLines *l, size_t line)
{
    return line ? l->lines[line - 1].end : 0;
}

/* Which words of the line remain, and their order. Returns their number. */
static size_t draw(const LikelihoodLines *l, uint64_t number, Id *ids, size_t count)
{
    const LikelihoodOptions *options = l->work.options;
    Random random;

    if (l->work.subsample) {
        random_seed(&random, options->seed, 1, number, STREAM_LIKELIHOOD); /* epoch 1: names of lines, not of blocks */
        count = subsample_filter(l->work.subsample, &random, ids, count, 0, ids);
    }
    if (options->weights == WINDOW_LINE) {
        random_seed(&random, options->seed, 1, number, STREAM_LINES);
        shuffle_sentences(ids, count, 1, &random);
    }
    return count;
}

n2v_status likelihood_lines_add(LikelihoodLines *l, const n2v_likelihood_line *line, Id *ids, size_t count,
                                n2v_error *error)
{
    waiting *added;
    n2v_status status;

    count = draw(l, line->line, ids, count);
    if ((status = array_grow((void **)&l->lines, &l->room, l->count + 1, sizeof *l->lines, "the lines", error)) !=
            N2V_OK ||
        (status = array_grow((void **)&l->ids, &l->id_room, l->id_count + count, sizeof *l->ids, "the lines", error)) !=
            N2V_OK)
        return status;
    for (size_t i = 0; i < count; i++) /* cut as blocks cut them */
        l->ids[l->id_count++] = i + 1 == count || (i + 1) % BLOCK_IDS == 0 ? ids[i] | SENTENCE_END : ids[i];
    added = &l->lines[l->count++];
    *added = (waiting){.line = *line, .end = l->id_count};
    added->line.words = count;
    return N2V_OK;
}

bool likelihood_lines_full(const LikelihoodLines *l)
{
    return l->id_count >= FULL_IDS || l->count >= FULL_IDS;
}

/* Measuring ------------------------------------------------------------------------------- */

/* The context words whose log Z is not known yet. */
static void find_contexts(LikelihoodLines *l)
{
    LikelihoodWork *m = &l->work;

    m->context_count = 0;
    for (size_t from = 0, to; from < l->id_count; from = to) {
        to = likelihood_sentence_end(l->ids, from);
        for (size_t i = from; i < to && to - from > 1; i++) {
            const Id id = l->ids[i] & ~SENTENCE_END;
            if (!isnan(l->log_z[id]))
                continue;
            l->log_z[id] = 0;
            m->contexts[m->context_count++].id = id;
        }
    }
}

static n2v_status measure_contexts(LikelihoodLines *l, n2v_error *error)
{
    LikelihoodWork *m = &l->work;
    n2v_status status;

    find_contexts(l);
    if (!m->context_count)
        return N2V_OK;
    status = likelihood_run_tasks(m, (m->context_count + PART_ROWS - 1) / PART_ROWS, likelihood_context_task, error);
    for (size_t i = 0; i < m->context_count && status == N2V_OK; i++)
        l->log_z[m->contexts[i].id] = m->contexts[i].log_z;
    return status;
}

static n2v_status pairs_task(LikelihoodWork *m, LikelihoodScratch *s, size_t index, n2v_error *error)
{
    LikelihoodLines *l = m->state;
    const group g = l->groups[index];

    (void)error;
    for (size_t i = g.from; i < g.to; i++)
        for (size_t from = begin_of(l, i), to; from < l->lines[i].end; from = to) {
            to = likelihood_sentence_end(l->ids, from);
            likelihood_add_pairs(m, s, l->ids, from, to, l->log_z, &l->lines[i].sum);
        }
    return N2V_OK;
}

static n2v_status bags_task(LikelihoodWork *m, LikelihoodScratch *s, size_t index, n2v_error *error)
{
    LikelihoodLines *l = m->state;
    const group g = l->groups[index];
    const size_t begin = begin_of(l, g.from);
    LikelihoodBags bags = {.ids = l->ids + begin,
                           .count = begin_of(l, g.to) - begin,
                           .window = m->options->window,
                           .weights = m->options->weights};
    LikelihoodContext contexts[PART_ROWS];
    size_t centers[PART_ROWS], count = PART_ROWS, line = g.from;
    n2v_status status = N2V_OK;

    while (count == PART_ROWS && status == N2V_OK) {
        status = likelihood_take_bags(m, s, &bags, PART_ROWS, contexts, centers, &count, error);
        for (size_t i = 0; i < count && status == N2V_OK; i++) {
            LikelihoodSum *sum;
            while (l->lines[line].end <= begin + centers[i])
                line++;
            sum = &l->lines[line].sum;
            sum->pairs++;
            sum->weight += contexts[i].weight;
            sum->score += contexts[i].weight * (double)contexts[i].score;
            sum->log_z += contexts[i].weight * contexts[i].log_z;
        }
    }
    return status;
}

static n2v_status make_groups(LikelihoodLines *l, n2v_error *error)
{
    n2v_status status;

    l->group_count = 0;
    for (size_t from = 0, to; from < l->count; from = to) {
        to = from + 1;
        while (to < l->count && l->lines[to].end - begin_of(l, from) <= GROUP_IDS)
            to++;
        if ((status = array_grow((void **)&l->groups, &l->group_room, l->group_count + 1, sizeof *l->groups,
                                 "the lines", error)) != N2V_OK)
            return status;
        l->groups[l->group_count++] = (group){from, to};
    }
    return N2V_OK;
}

/* The results in the order of the lines. */
static n2v_status hand_out(LikelihoodLines *l, n2v_error *error)
{
    for (size_t i = 0; i < l->count; i++) {
        const LikelihoodSum *sum = &l->lines[i].sum;
        n2v_likelihood_line *line = &l->lines[i].line;
        line->pairs = sum->pairs;
        line->weight = sum->weight;
        line->self_normalized = sum->pairs ? sum->score / sum->weight : NAN;
        line->exact = sum->pairs ? (sum->score - sum->log_z) / sum->weight : NAN;
        if (sum->pairs && !isfinite(line->exact))
            return likelihood_fail_infinite(error);
        l->pairs += sum->pairs;
        if (l->take.take(l->take.context, line))
            return error_set(error, N2V_ERROR_INTERRUPTED,
                             "interrupted: the receiver of lines gave up at line %" PRIu64, line->line);
    }
    return N2V_OK;
}

n2v_status likelihood_lines_measure(LikelihoodLines *l, n2v_error *error)
{
    LikelihoodWork *m = &l->work;
    n2v_status status;

    if ((status = make_groups(l, error)) != N2V_OK ||
        (status = l->log_z ? measure_contexts(l, error) : N2V_OK) != N2V_OK ||
        (status = likelihood_run_tasks(m, l->group_count, m->options->cbow ? bags_task : pairs_task, error)) !=
            N2V_OK ||
        (status = hand_out(l, error)) != N2V_OK)
        return status;
    l->count = l->id_count = 0;
    return N2V_OK;
}

n2v_status likelihood_lines_end(const LikelihoodLines *l, n2v_error *error)
{
    return l->pairs ? N2V_OK : likelihood_fail_empty(error);
}
