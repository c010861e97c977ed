#include "phrases/find.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "phrases/joining.h"

#define KEYS     ((size_t)1024)    /* that are counted together */
#define EXPECTED ((size_t)1 << 22) /* pairs that there is room for at once, unless the text is smaller */

/* English of so many tokens has PAIRS * tokens ^ DIFFERENT different pairs, from 300,000 tokens to two million. */
#define PAIRS     3.9
#define DIFFERENT 0.845

/* One pass over the text. */
typedef struct counting {
    Lexicon *lexicon;
    unsigned char *connectors; /* of each token: it is one */
    uint64_t *counts;          /* of each token */
    uint64_t tokens;           /* with connectors */
    PairTable pairs;

    bool open; /* a pair may have begun: its first token, and the connectors after it */
    Id first, between[MAX_BETWEEN];
    size_t between_count; /* MAX_BETWEEN + 1: too many for a pair */

    PairKey keys[KEYS];
    size_t used;
} counting;

/* Counting ------------------------------------------------------------------------------ */

static n2v_status count_keys(counting *c, n2v_error *error)
{
    const size_t count = c->used;

    c->used = 0;
    return pair_table_count(&c->pairs, c->keys, count, error);
}

/* The pair that ends with this token. */
static inline n2v_status take_pair(counting *c, Id last, n2v_error *error)
{
    uint32_t between = 0;
    n2v_status status;

    if (c->between_count > MAX_BETWEEN)
        return N2V_OK;
    if (c->between_count &&
        (status = lexicon_sequence(c->lexicon, c->between, c->between_count, true, &between, error)) != N2V_OK)
        return status;
    if (between == NOT_A_SEQUENCE)
        return N2V_OK;
    c->keys[c->used++] = (PairKey){c->first, last, between};
    return c->used < KEYS ? N2V_OK : count_keys(c, error);
}

static n2v_status count_ids(void *context, const Id *ids, size_t count, n2v_error *error)
{
    counting *c = context;
    n2v_status status;

    for (size_t i = 0; i < count; i++) {
        const Id id = ids[i] & ~SENTENCE_END;
        if (!c->connectors[id]) {
            c->counts[id]++;
            if (c->open && (status = take_pair(c, id, error)) != N2V_OK)
                return status;
            c->open = true;
            c->first = id;
            c->between_count = 0;
        } else if (c->open && c->between_count < MAX_BETWEEN) {
            c->between[c->between_count++] = id;
        } else {
            c->between_count = MAX_BETWEEN + 1;
        }
        if (ids[i] & SENTENCE_END)
            c->open = false;
    }
    c->tokens += count;
    return N2V_OK;
}

static size_t expected_pairs(uint64_t tokens)
{
    return tokens / 2 < EXPECTED ? (size_t)(tokens / 2) : EXPECTED;
}

uint64_t phrases_find_bytes(uint64_t tokens, size_t max_pairs)
{
    return pair_table_bytes(max_pairs, expected_pairs(tokens), (size_t)(PAIRS * pow((double)tokens, DIFFERENT)));
}

static n2v_status count_text(counting *c, Joining *joining, const Blocks *blocks, const PhraseOptions *options,
                             const JoiningWatch *watch, n2v_error *error)
{
    const size_t tokens = lexicon_size(&joining->lexicon), expected = expected_pairs(blocks_words(blocks));
    n2v_status status;

    c->lexicon = &joining->lexicon;
    c->counts = array_create_zero(tokens, sizeof *c->counts);
    if (!c->counts)
        return fail_memory(error, tokens * sizeof *c->counts, "the counts of tokens");
    if ((status = connector_flags(&c->connectors, c->lexicon, options->connectors, error)) != N2V_OK ||
        (status = pair_table_open(&c->pairs, options->max_pairs, expected, error)) != N2V_OK ||
        (status = joining_run(joining, blocks, joining->passes + 1, watch, count_ids, c, error)) != N2V_OK)
        return status;
    return count_keys(c, error);
}

static void free_counting(counting *c)
{
    if (!c)
        return;
    free(c->connectors);
    free(c->counts);
    pair_table_close(&c->pairs);
    free(c);
}

/* Scores -------------------------------------------------------------------------------- */

/* What all scores of a pass have in common. */
typedef struct scoring {
    const PhraseOptions *options;
    double tokens, types; /* of the text; different tokens and pairs */
} scoring;

static double score_of(const scoring *s, double first, double second, double pair)
{
    const double discounted = pair - (double)s->options->min_count;

    switch (s->options->scorer) {
    case SCORER_WORD2PHRASE: /* Mikolov et al. 2013 */
        return discounted / first / second * s->tokens;
    case SCORER_GENSIM:
        return discounted / (first * second) * s->types;
    case SCORER_NPMI: /* Bouma 2009 */
        break;
    }
    if (discounted < 0)
        return -INFINITY;
    return log(pair / s->tokens / (first / s->tokens * (second / s->tokens))) / -log(pair / s->tokens);
}

static scoring scoring_of(const counting *c, const PhraseOptions *options)
{
    scoring s = {.options = options, .tokens = (double)c->tokens, .types = (double)c->pairs.size};

    for (size_t i = 0; i < lexicon_size(c->lexicon); i++)
        s.types += c->counts[i] > 0;
    return s;
}

static char *append(char *to, const char *text, size_t bytes)
{
    memcpy(to, text, bytes);
    return to + bytes;
}

/* Adds a pair to the table. */
static n2v_status add_phrase(PhraseTable *table, const Lexicon *lexicon, const Pair *pair, double score,
                             PassReport *report, n2v_error *error)
{
    char text[4 * MAX_TOKEN_BYTES], joined[MAX_TOKEN_BYTES], *end;
    size_t bytes, between_bytes;
    const char *word = lexicon_text(lexicon, pair->key.first, &bytes);
    const char *between = lexicon_sequence_text(lexicon, pair->key.between, &between_bytes);

    end = append(append(text, word, bytes), " ", 1);
    if (between_bytes)
        end = append(append(end, between, between_bytes), " ", 1);
    word = lexicon_text(lexicon, pair->key.second, &bytes);
    end = append(end, word, bytes);
    if (!phrase_join(text, (size_t)(end - text), table->delimiter, joined)) {
        report->overlong++;
        return N2V_OK;
    }
    report->phrases++;
    return phrase_table_add(table, text, (size_t)(end - text), pair->count, score, error);
}

static n2v_status add_phrases(PhraseTable *table, const counting *c, const PhraseOptions *options, PassReport *report,
                              n2v_error *error)
{
    const scoring s = scoring_of(c, options);
    n2v_status status = N2V_OK;
    const Pair *pair;

    for (size_t at = 0; status == N2V_OK && (pair = pair_table_next(&c->pairs, &at));) {
        double score;
        if (pair->count < options->min_count)
            continue;
        score =
            score_of(&s, (double)c->counts[pair->key.first], (double)c->counts[pair->key.second], (double)pair->count);
        if (score > options->threshold)
            status = add_phrase(table, c->lexicon, pair, score, report, error);
    }
    phrase_table_sort(table);
    return status;
}

/* Passes -------------------------------------------------------------------------------- */

static n2v_status run_pass(PhraseTable *table, PassReport *report, Joining *joining, const Blocks *blocks,
                           const PhraseOptions *options, const JoiningWatch *watch, n2v_error *error)
{
    counting *c = array_create_zero(1, sizeof *c);
    n2v_status status;

    if (!c)
        return fail_memory(error, sizeof *c, "counting pairs");
    phrase_table_begin_pass(table);
    if ((status = count_text(c, joining, blocks, options, watch, error)) == N2V_OK) {
        *report = (PassReport){
            .tokens = c->tokens, .pairs = c->pairs.size, .dropped = c->pairs.dropped, .bound = c->pairs.bound};
        status = add_phrases(table, c, options, report, error);
    }
    free_counting(c);
    return status;
}

n2v_status phrases_find(PhraseTable *table, PassReport reports[MAX_PASSES], const Vocabulary *words,
                        const Blocks *blocks, const PhraseOptions *options, const JoiningWatch *watch,
                        n2v_error *error)
{
    Joining joining;
    n2v_status status = joining_open(&joining, words, error);

    memcpy(table->delimiter, options->delimiter, sizeof table->delimiter);
    for (size_t pass = 0; pass < options->passes && status == N2V_OK; pass++) {
        status = run_pass(table, &reports[pass], &joining, blocks, options, watch, error);
        if (status != N2V_OK || !reports[pass].phrases)
            break;
        if (pass + 1 < options->passes)
            status = joining_add(&joining, table, options->connectors, error);
    }
    joining_close(&joining);
    return status;
}
