/* Combining: rows that ranks changed become one row each, the same on all ranks, whoever has which list of changes. */
#include <math.h>
#include <string.h>

#include "test.h"
#include "thread_ranks.h"
#include "train/ranks/quantize.h"
#include "train/ranks/replica.h"
#include "train/worker.h"
#include "train/overlay.h"
#include "training.h"

enum { WORDS = 23, DIM = 13, ROWS = 2 * WORDS + 1, MAX_LISTS = 6, ROUNDS = 3 };
#define MEMORY_FLOATS (2 * WORDS * 2 * ROW_FLOATS + ROW_FLOATS)

static const Rule *rule(const char *name)
{
    for (size_t i = 0; rule_at(i); i++)
        if (strcmp(rule_at(i)->name, name) == 0)
            return rule_at(i);
    ck_abort_msg("no rule %s", name);
    return NULL;
}

/* ---- numbers of fewer bits ---- */

static void check_rounding(const float *row, size_t floats, unsigned bits)
{
    const float most_number = bits == 16 ? 32767 : 127;
    unsigned char *bytes = malloc(quantized_bytes(floats, bits) + 1);
    float *back = calloc(floats, sizeof *back), most = 0;

    ck_assert(bytes && back);
    bytes[quantized_bytes(floats, bits)] = 77;
    quantize(row, floats, bits, bytes);
    dequantize(bytes, floats, bits, back);
    ck_assert_uint_eq(bytes[quantized_bytes(floats, bits)], 77);
    ck_assert_uint_eq(quantized_bytes(floats, bits) % 4, 0);
    for (size_t i = 0; i < floats; i++)
        most = fmaxf(most, fabsf(row[i]));
    for (size_t i = 0; i < floats; i++) { /* a row of denormal numbers may become 0 */
        const float half = bits == 32 ? 0 : most < 1e-36F ? most : most / most_number * 0.505F;
        require(fabsf(back[i] - row[i]) <= half, "%u bits: %g, not %g", bits, (double)back[i], (double)row[i]);
    }
    free(bytes);
    free(back);
}

START_TEST(rows_of_fewer_bits)
{
    static const float lengths[] = {1, 1e-3F, 1e30F, 1e-30F, 1e-38F, 1e-41F, 0};
    float row[67];
    Random random;

    random_seed(&random, 1, 2, 3, 4);
    for (unsigned bits = 8; bits <= 32; bits *= 2)
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++)
            for (size_t floats = 1; floats <= 67; floats += 3) {
                for (size_t i = 0; i < floats; i++)
                    row[i] = lengths[l] * ((float)random_below(&random, 2001) / 1000 - 1);
                check_rounding(row, floats, bits);
                row[floats / 2] = -lengths[l]; /* the largest */
                check_rounding(row, floats, bits);
            }
}
END_TEST

/* ---- lists of changes ---- */

typedef struct changes {
    bool has[MAX_LISTS][ROWS];
    float change[MAX_LISTS][ROWS][2 * ROW_FLOATS];
} changes;

/* What each list has of each row; the shared bias has one number. */
static void make_changes(changes *c, uint64_t seed, bool has_bias)
{
    Random random;

    random_seed(&random, seed, 0, 0, 0);
    memset(c, 0, sizeof *c);
    for (size_t l = 0; l < MAX_LISTS; l++)
        for (size_t row = 0; row < ROWS; row++) {
            const size_t floats = row + 1 == ROWS ? 1 : (size_t)DIM + (has_bias && row >= WORDS);
            c->has[l][row] = l != 3 && random_below(&random, 3) < (row % 4); /* list 3 is empty, some rows have no */
                                                                             /* change */
            for (size_t i = 0; i < floats; i++)
                c->change[l][row][i] = (float)random_below(&random, 2001) / 1000 - 1;
        }
}

static Model new_base(bool has_bias)
{
    const size_t stride = 2 * ROW_FLOATS;
    Model base = {.dim = DIM, .has_bias = has_bias};
    Random random;

    model_set_words(&base, WORDS);
    model_set_stride(&base, stride);
    random_seed(&random, 5, 5, 5, 5);
    base.input = floats_create(WORDS * stride);
    base.output = floats_create(WORDS * stride);
    ck_assert(base.input && base.output);
    for (size_t row = 0; row < 2 * WORDS; row++)
        for (size_t i = 0; i < DIM; i++)
            model_row(&base, row)[i] = (float)random_below(&random, 1000) / 1000;
    for (size_t w = 0; has_bias && w < WORDS; w++)
        base.input[w * stride + DIM] = 1;
    base.shared_bias = 0.25F;
    return base;
}

typedef struct combining {
    const Rule *rule;
    bool has_bias, unit_rows;
    size_t lists;
    unsigned bits;
    Model bases[MAX_RANKS]; /* afterwards */
    float memories[MAX_RANKS][MEMORY_FLOATS]; /* the same */
} combining;

/* Afterwards each rank has the memory of all rows; it has sent its own. */
static void gather_memory(Combine *combine, combining *c)
{
    Ranks *ranks = combine->options.ranks;
    const uint64_t before = ranks->sent,
                   most = (ROWS / ranks->count + 1) * (ranks->count - 1) * 2 * ROW_FLOATS * sizeof(float);

    ck_assert_int_eq(combine_gather_memory(combine, NULL), N2V_OK);
    if (!combine->options.memory)
        return;
    ck_assert_uint_le(ranks->sent - before, most);
    memcpy(c->memories[ranks->number], combine->options.memory, MEMORY_FLOATS * sizeof(float));
}

static void combine_in_rank(Ranks *ranks, void *context)
{
    combining *c = context;
    Model *base = &c->bases[ranks->number];
    const size_t memory_floats = MEMORY_FLOATS;
    CombineOptions options = {.ranks = ranks,
                              .rule = c->rule,
                              .base = base,
                              .kernels = full_precision(),
                              .memory = c->rule->memory ? floats_create(memory_floats) : NULL,
                              .memory_floats = c->rule->memory ? memory_floats : 0,
                              .unit_rows = c->unit_rows,
                              .lists = c->lists};
    const size_t first = combine_first_list(&options, ranks->number);
    changes *of_round = malloc(sizeof *of_round);
    Combine combine;

    ck_assert_ptr_nonnull(of_round);
    *base = new_base(c->has_bias);
    ck_assert_int_eq(combine_create(&combine, &options, NULL), N2V_OK);
    for (size_t round = 0; round < ROUNDS; round++) {
        make_changes(of_round, round, c->has_bias);
        for (size_t l = 0; l < combine.own_lists; l++)
            for (uint32_t row = 0; row < ROWS; row++)
                if (of_round->has[first + l][row])
                    ck_assert_int_eq(combine_add(&combine, l, row, of_round->change[first + l][row], c->bits, NULL),
                                     N2V_OK);
        ck_assert_int_eq(combine_all(&combine, c->bits, NULL), N2V_OK);
    }
    gather_memory(&combine, c);
    combine_free(&combine);
    floats_destroy(options.memory, options.memory_floats);
    free(of_round);
}

static void normalize(float *row)
{
    double squares = 0;

    for (size_t i = 0; i < DIM; i++)
        squares += (double)row[i] * (double)row[i];
    for (size_t i = 0; i < DIM; i++)
        row[i] = (float)((double)row[i] / sqrt(squares));
}

/* The same rule, applied to each row with the changes in the order of the lists. */
static Model combined_directly(const combining *c)
{
    Model base = new_base(c->has_bias);
    changes *of_round = malloc(sizeof *of_round);
    float memory[ROWS][2 * ROW_FLOATS] = {{0}};

    ck_assert_ptr_nonnull(of_round);
    for (size_t round = 0; round < ROUNDS; round++) {
        make_changes(of_round, round, c->has_bias);
        for (size_t row = 0; row < ROWS; row++) {
            float bias[2 * ROW_FLOATS] = {base.shared_bias}, sum[2 * ROW_FLOATS] = {0};
            float *to = row + 1 == ROWS ? bias : model_row(&base, row);
            double squares = 0;
            size_t count = 0;
            for (size_t l = 0; l < c->lists; l++)
                for (size_t i = 0; of_round->has[l][row] && i < 2 * ROW_FLOATS; i++) {
                    const float change = of_round->change[l][row][i];
                    count += i == 0;
                    sum[i] += change;
                    squares += (double)change * (double)change;
                }
            if (!count)
                continue;
            c->rule->combine(to, sum, squares, count, row + 1 == ROWS ? ROW_FLOATS : 2 * ROW_FLOATS, memory[row]);
            if (c->unit_rows && row + 1 < ROWS)
                normalize(to);
            base.shared_bias = row + 1 == ROWS ? bias[0] : base.shared_bias;
        }
    }
    free(of_round);
    return base;
}

static float largest_difference(const Model *a, const Model *b)
{
    float most = fabsf(a->shared_bias - b->shared_bias);

    for (size_t row = 0; row < 2 * WORDS; row++)
        for (size_t i = 0; i < a->stride; i++)
            most = fmaxf(most, fabsf(model_row(a, row)[i] - model_row(b, row)[i]));
    return most;
}

/* With so many ranks: all of them have the same, which is returned. */
static Model combined_by(combining *c, size_t count)
{
    thread_ranks group = new_ranks(count);

    in_ranks(&group, combine_in_rank, c);
    free_ranks(&group);
    for (size_t r = 1; r < count; r++) {
        require(same_parameters(&c->bases[r], &c->bases[0]), "%s, %u bits: rank %zu of %zu has other bytes",
                c->rule->name, c->bits, r, count);
        ck_assert_mem_eq(c->memories[r], c->memories[0], sizeof c->memories[0]);
        free_copy(&c->bases[r]);
    }
    return c->bases[0];
}

static void check_dealing(combining *c)
{
    const float rounding = c->bits == 32 ? 1e-5F : c->bits == 16 ? 2e-3F : 0.3F; /* changes are about 1 */
    Model direct = combined_directly(c), one = combined_by(c, 1);
    float memory[MEMORY_FLOATS];

    memcpy(memory, c->memories[0], sizeof memory);

    require(largest_difference(&one, &direct) < rounding, "%s, %u bits: %g from the rule", c->rule->name, c->bits,
            (double)largest_difference(&one, &direct));
    for (size_t count = 2; count <= c->lists && count <= MAX_RANKS; count++) {
        Model several = combined_by(c, count);
        require(same_parameters(&several, &one), "%s, %u bits, %zu lists: other bytes by %zu ranks", c->rule->name,
                c->bits, c->lists, count);
        ck_assert_mem_eq(c->memories[0], memory, sizeof memory);
        free_copy(&several);
    }
    free_copy(&one);
    free_copy(&direct);
}

START_TEST(any_dealing_of_lists)
{
    for (size_t i = 0; rule_at(i); i++)
        for (unsigned bits = 8; bits <= 32; bits *= 2)
            for (size_t lists = 1; lists <= MAX_LISTS; lists++) {
                combining c = {.rule = rule_at(i), .lists = lists, .bits = bits};
                check_dealing(&c);
                c.has_bias = true;
                check_dealing(&c);
                c.has_bias = false;
                c.unit_rows = true;
                check_dealing(&c);
            }
}
END_TEST

/* ---- replicas ---- */

enum { REPLICA_WORDS = 40 };

/* Counts fall from word to word: at a step of the text's words, the first 20 occur 4 times, the next 10 twice and the
 * others once. */
static training_text *text_of_rare_words(void)
{
    training_text *text = new_text(REPLICA_WORDS);

    for (Id w = 0; w < REPLICA_WORDS; w++) {
        text->counts[w] = w < 20 ? 4 : w < 30 ? 2 : 1;
        for (size_t i = 0; i < text->counts[w]; i++) {
            const Id id = w | (i + 1 == text->counts[w] && w % 2 ? SENTENCE_END : 0);
            append_ids(text->blocks, &id, 1);
        }
    }
    finish_text(text);
    return text;
}

typedef struct replicas {
    training_text *text;
    const char *objective;
    InputModel model;
    const Rule *rule;
    unsigned bits;
    double staleness;
    size_t steps;
    size_t changing; /* so many ranks from the last one on; 0: all */
    Model models[MAX_RANKS];
    Model begin, changed[MAX_RANKS]; /* with the rule "adding": before, and by each rank alone */
} replicas;

/* With this rule the changes of all ranks add up. */
static void add_sum(float *row, const float *sum, double squares, size_t count, size_t floats, float *memory)
{
    (void)squares;
    (void)count;
    (void)memory;
    for (size_t i = 0; i < floats; i++)
        row[i] += sum[i];
}

static const Rule adding = {.name = "adding", .combine = add_sum};

static void change_row(Replica *replica, size_t row, Model *expected, Random *random)
{
    Model *model = replica->options.model;

    for (size_t i = 0; i < model->dim; i++) {
        const float change = (float)random_below(random, 2001) / 1000 - 1;
        model_row(model, row)[i] += change;
        if (expected)
            model_row(expected, row)[i] += change;
    }
    atomic_store(&replica->touched[row], 1);
}

/* A rank's model, and what a replica of it needs. */
typedef struct member_model {
    Trainer *trainer;
    Noise *noise;
    Subsample *subsample;
    ExamplesOptions examples;
    ReplicaOptions options;
    Huffman *tree;
    Replica replica;
} member_model;

static void begin_replica(member_model *m, const replicas *c, Ranks *ranks)
{
    TrainOptions train = training_options(c->objective, 1);
    const uint64_t *counts = c->text->counts;

    train.model = c->model;
    m->tree = NULL;
    m->trainer = new_trainer(c->text, &train);
    m->examples = trainer_examples(&train, REPLICA_WORDS);
    ck_assert_int_eq(noise_create(&m->noise, counts, REPLICA_WORDS, 0.75, NULL), N2V_OK);
    ck_assert_int_eq(subsample_create(&m->subsample, counts, REPLICA_WORDS, 0, NULL), N2V_OK);
    m->examples.noise = m->noise;
    m->examples.subsample = m->subsample;
    if (m->examples.layout == &layout_tree)
        ck_assert_int_eq(huffman_create(&m->tree, counts, REPLICA_WORDS, NULL), N2V_OK);
    m->examples.tree = m->tree;
    m->options = (ReplicaOptions){.ranks = ranks,
                                  .rule = c->rule,
                                  .model = trainer_model(m->trainer),
                                  .kernels = full_precision(),
                                  .bits = c->bits,
                                  .turns = {.model = trainer_model(m->trainer),
                                            .examples = &m->examples,
                                            .step_words = (double)vocabulary_total(c->text->vocabulary),
                                            .staleness = c->staleness,
                                            .most_steps = 4}};
    ck_assert_int_eq(replica_create(&m->replica, &m->options, NULL), N2V_OK);
    replica_restart(&m->replica);
}

static void end_replica(member_model *m)
{
    replica_free(&m->replica);
    subsample_destroy(m->subsample);
    noise_destroy(m->noise);
    huffman_destroy(m->tree);
    trainer_destroy(m->trainer);
}

static void replicate(Ranks *ranks, void *context)
{
    replicas *c = context;
    const bool active = !c->changing || ranks->number + c->changing >= ranks->count, wanted = c->rule == &adding;
    Model *changed = &c->changed[ranks->number];
    member_model m;
    Model *model;
    Random random;

    begin_replica(&m, c, ranks);
    model = m.options.model;
    random_seed(&random, 1, ranks->number, 0, 0);
    if (wanted)
        *changed = copy_parameters(model);
    if (wanted && ranks->number == 0)
        c->begin = copy_parameters(model);
    for (uint64_t step = 0; step < c->steps; step++) {
        for (size_t i = 0; active && i < 20; i++)
            change_row(&m.replica, random_below(&random, 2 * REPLICA_WORDS), wanted ? changed : NULL, &random);
        if (active)
            model->shared_bias = model->shared_bias + 0.1F;
        ck_assert_int_eq(replica_combine(&m.replica, step, NULL), N2V_OK);
    }
    ck_assert_int_eq(replica_combine_all(&m.replica, NULL), N2V_OK);
    require(same_parameters(model, &m.replica.base), "rank %zu: the model is not the base", ranks->number);
    c->models[ranks->number] = copy_parameters(model);
    end_replica(&m);
}

/* Nothing is lost, and nothing is added twice. */
static void check_sums(replicas *c, size_t count)
{
    const size_t changing = c->changing ? c->changing : count;

    for (size_t row = 0; row < (size_t)2 * REPLICA_WORDS; row++)
        for (size_t i = 0; i < c->begin.dim; i++) {
            double sum = (double)model_row(&c->begin, row)[i];
            for (size_t r = 0; r < count; r++)
                sum += (double)model_row(&c->changed[r], row)[i] - (double)model_row(&c->begin, row)[i];
            require(fabs((double)model_row(&c->models[0], row)[i] - sum) < 1e-4, "%u bits: row %zu: %g, not %g",
                    c->bits, row, (double)model_row(&c->models[0], row)[i], sum);
        }
    ck_assert_float_eq_tol(c->models[0].shared_bias, 0.1F * (float)(c->steps * changing), 1e-4F);
    for (size_t r = 0; r < count; r++)
        free_copy(&c->changed[r]);
    free_copy(&c->begin);
}

static void check_replicas(replicas *c, size_t count)
{
    thread_ranks group = new_ranks(count);

    c->text = text_of_rare_words();
    in_ranks(&group, replicate, c);
    free_ranks(&group);
    for (size_t r = 0; r < count; r++)
        require(same_parameters(&c->models[r], &c->models[0]), "%u bits: rank %zu of %zu differs", c->bits, r, count);
    if (c->rule == &adding)
        check_sums(c, count);
    for (size_t r = 0; r < count; r++)
        free_copy(&c->models[r]);
    free_text(c->text);
}

START_TEST(replicas_become_one_model)
{
    for (unsigned bits = 8; bits <= 32; bits *= 2)
        for (size_t count = 1; count <= 3; count++)
            for (double staleness = 1; staleness < 100; staleness *= 8)
                for (size_t i = 0; rule_at(i); i++) {
                    replicas c = {.objective = i ? "sgns" : "nce",
                                  .rule = rule_at(i),
                                  .bits = bits,
                                  .staleness = staleness,
                                  .steps = 13};
                    check_replicas(&c, count);
                }
}
END_TEST

START_TEST(what_is_rounded_is_sent_later)
{
    for (unsigned bits = 8; bits <= 32; bits *= 2)
        for (size_t count = 1; count <= 3; count++)
            for (size_t changing = 0; changing < count; changing++) {
                replicas c = {.objective = "sgns",
                              .rule = &adding,
                              .bits = bits,
                              .staleness = 4,
                              .steps = 30,
                              .changing = changing};
                check_replicas(&c, count);
            }
}
END_TEST

/* Rank 0 changes all rows before the first step. Rank 1 gets each at its turn. */
static void wait_for_rows(Ranks *ranks, void *context)
{
    member_model m;
    Model before;

    begin_replica(&m, context, ranks);
    before = copy_parameters(m.options.model);
    for (size_t row = 0; ranks->number == 0 && row < model_rows(&before); row++) {
        model_row(m.options.model, row)[0] += 1;
        atomic_store(&m.replica.touched[row], 1);
    }
    for (uint64_t step = 0; step < 4; step++) {
        const TurnRows turn = turns_at(&m.replica.turns, step);
        ck_assert_int_eq(replica_combine(&m.replica, step, NULL), N2V_OK);
        for (size_t row = 0; row < model_rows(&before); row++) {
            const float now = model_row(ranks->number ? m.options.model : &m.replica.base, row)[0];
            const bool has = now - model_row(&before, row)[0] > 0.5F, was = model_row(&before, row)[1] < -50;
            const size_t output = row - REPLICA_WORDS, words = REPLICA_WORDS * m.replica.matrices;
            const bool its_turn = row < REPLICA_WORDS ? row < turn.inputs
                                  : output < words    ? output % REPLICA_WORDS < turn.outputs
                                                      : output - words < turn.more_outputs;
            require(has == (was || its_turn), "row %zu after step %llu", row, (unsigned long long)step);
            if (has)
                model_row(&before, row)[1] = -99;
        }
    }
    free_copy(&before);
    end_replica(&m);
}

/* With this text, the inputs of the first words are combined at each step, of others at every second one, of the rest
 * at every fourth. */
static void require_turns(Ranks *ranks, void *context)
{
    const Turns *turns;
    member_model m;

    begin_replica(&m, context, ranks);
    turns = &m.replica.turns;
    ck_assert_uint_eq(turns->levels, 3);
    for (size_t k = 0; k < turns->levels; k++) {
        const TurnRows *rows = &turns->rows[k];
        ck_assert_uint_ge(rows->inputs, k ? rows[-1].inputs : 1);
        ck_assert_uint_ge(rows->outputs, rows->inputs); /* they are noise, too */
        ck_assert_uint_eq(rows->more_outputs, 0);
    }
    ck_assert_uint_lt(turns->rows[0].inputs, turns->rows[1].inputs);
    ck_assert_uint_lt(turns->rows[1].inputs, REPLICA_WORDS);
    for (uint64_t step = 0; step < 16; step++) {
        const TurnRows turn = turns_at(turns, step), *level = &turns->rows[step % 4 == 3 ? 2 : step % 2];
        ck_assert(turn.inputs == level->inputs && turn.outputs == level->outputs);
    }
    end_replica(&m);
}

/* The nodes of a tree near its root are combined at each step. Alone they are the first outputs, else those after the
 * words. */
static void require_turns_of_nodes(Ranks *ranks, void *context)
{
    member_model m;
    size_t nodes[3];

    begin_replica(&m, context, ranks);
    ck_assert_uint_eq(m.replica.turns.levels, 3);
    for (size_t k = 0; k < 3; k++) {
        const TurnRows *rows = &m.replica.turns.rows[k];
        nodes[k] = m.examples.tree_and_noise ? rows->more_outputs : rows->outputs;
        ck_assert_uint_eq(m.examples.tree_and_noise, rows->more_outputs > 0);
    }
    ck_assert(nodes[0] > 0 && nodes[0] < nodes[1] && nodes[1] < nodes[2]);
    end_replica(&m);
}

START_TEST(rare_words_at_their_turn)
{
    thread_ranks group = new_ranks(2);
    replicas c = {.text = text_of_rare_words(), .objective = "sgns", .rule = rule("sum"), .bits = 32, .staleness = 7};

    in_ranks(&group, require_turns, &c);
    in_ranks(&group, wait_for_rows, &c);
    c.model = MODEL_STRUCTURED_SKIPGRAM; /* of each position the same words */
    in_ranks(&group, wait_for_rows, &c);
    c.model = MODEL_SKIPGRAM;
    c.objective = "hs";
    in_ranks(&group, require_turns_of_nodes, &c);
    in_ranks(&group, wait_for_rows, &c);
    c.objective = "hs:sgns=1";
    in_ranks(&group, require_turns_of_nodes, &c);
    in_ranks(&group, wait_for_rows, &c);
    free_ranks(&group);
    free_text(c.text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("combine");

    add_test(suite, "rows of fewer bits", rows_of_fewer_bits);
    add_test(suite, "any dealing of lists", any_dealing_of_lists);
    add_test(suite, "replicas become one model", replicas_become_one_model);
    add_test(suite, "what is rounded is sent later", what_is_rounded_is_sent_later);
    add_test(suite, "rare words at their turn", rare_words_at_their_turn);
    return run_suite(suite);
}
