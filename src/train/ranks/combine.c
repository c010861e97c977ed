#include "train/ranks/combine.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/threads.h"
#include "train/overlay.h"
#include "train/ranks/quantize.h"
#include "train/rounds/changes.h"

#define BIAS_FLOATS   ROW_FLOATS     /* at most a stride */
#define THREAD_CHANGES ((size_t)4096) /* fewer are not worth a thread */

typedef struct Bytes {
    unsigned char *at;
    size_t room;
} Bytes;

/* Entries of a message that were not read yet. */
typedef struct Cursor {
    const unsigned char *entry;
    size_t left;
} Cursor;

/* What one thread at a time works on: the rows of a part, of all owners. */
typedef struct Part {
    ChangeList *lists;      /* of each own list in turn, one for each owner */
    Cursor *received;       /* the changes of its rows that this rank owns: options.lists */
    Cursor *sent, *replies; /* one for each owner */
    Bytes reply;            /* of so many rows */
    uint32_t rows;
    float *exact; /* the changes that the reply has rounded */
    size_t exact_room;
    float *floats; /* all of the following: a row each, and one for each list */
    float *sum, *row, *change, *old, *zeros, *decoded;
    Change *changes; /* the decoded ones */
    n2v_error error;
} Part;

struct CombineBuffers {
    Part parts[COMBINE_PARTS];
    Bytes sent, received, reply, replies;
    size_t *sizes, *offsets, *received_sizes; /* of messages, one for each rank */
};

static size_t entry_bytes(const Combine *c, unsigned bits)
{
    return sizeof(uint32_t) + quantized_bytes(combine_width(c), bits);
}

size_t combine_part(const Combine *c, size_t row)
{
    return row / c->options.ranks->count % COMBINE_PARTS;
}

/* Setup ----------------------------------------------------------------------------------- */

size_t combine_first_list(const CombineOptions *options, size_t rank)
{
    return options->lists * rank / options->ranks->count;
}

size_t combine_width(const Combine *c)
{
    return c->options.base->dim + c->options.base->has_bias;
}

static size_t part_floats(const Combine *c)
{
    return (5 + c->options.lists) * c->options.base->stride;
}

static n2v_status create_part(const Combine *c, Part *part, n2v_error *error)
{
    const size_t ranks = c->options.ranks->count, lists = c->options.lists, stride = c->options.base->stride;

    part->lists = array_create_zero(c->own_lists * ranks, sizeof *part->lists);
    part->received = array_create(lists, sizeof *part->received);
    part->sent = array_create(ranks, sizeof *part->sent);
    part->replies = array_create(ranks, sizeof *part->replies);
    part->changes = array_create(lists, sizeof *part->changes);
    part->floats = floats_create(part_floats(c));
    if (!part->lists || !part->received || !part->sent || !part->replies || !part->changes || !part->floats)
        return fail_memory(error, part_floats(c) * sizeof *part->floats, "combining rows");
    part->sum = part->floats;
    part->row = part->sum + stride;
    part->change = part->row + stride;
    part->old = part->change + stride;
    part->zeros = part->old + stride;
    part->decoded = part->zeros + stride;
    for (size_t l = 0; l < lists; l++)
        part->changes[l].copy = part->decoded + l * stride;
    return N2V_OK;
}

static void free_part(const Combine *c, Part *part)
{
    for (size_t i = 0; part->lists && i < c->own_lists * c->options.ranks->count; i++)
        free(part->lists[i].entries);
    free(part->lists);
    free(part->received);
    free(part->sent);
    free(part->replies);
    free(part->reply.at);
    free(part->exact);
    free(part->changes);
    floats_destroy(part->floats, part_floats(c));
}

n2v_status combine_create(Combine *c, const CombineOptions *options, n2v_error *error)
{
    const size_t own = options->ranks->number, ranks = options->ranks->count;
    CombineBuffers *b = array_create_zero(1, sizeof *b);
    n2v_status status = N2V_OK;

    *c = (Combine){.options = *options, .buffers = b};
    c->own_lists = combine_first_list(options, own + 1) - combine_first_list(options, own);
    if (!b)
        return fail_memory(error, sizeof *b, "combining rows");
    b->sizes = array_create(ranks, sizeof *b->sizes);
    b->offsets = array_create(ranks, sizeof *b->offsets);
    b->received_sizes = array_create(ranks, sizeof *b->received_sizes);
    if (!b->sizes || !b->offsets || !b->received_sizes)
        status = fail_memory(error, ranks * sizeof *b->sizes, "combining rows");
    for (size_t p = 0; p < COMBINE_PARTS && status == N2V_OK; p++)
        status = create_part(c, &b->parts[p], error);
    if (status != N2V_OK)
        combine_free(c);
    return status;
}

void combine_free(Combine *c)
{
    CombineBuffers *b = c->buffers;

    if (!b)
        return;
    for (size_t p = 0; p < COMBINE_PARTS; p++)
        free_part(c, &b->parts[p]);
    free(b->sent.at);
    free(b->received.at);
    free(b->reply.at);
    free(b->replies.at);
    free(b->sizes);
    free(b->offsets);
    free(b->received_sizes);
    free(b);
    *c = (Combine){.buffers = NULL};
}

static n2v_status make_room(Bytes *bytes, size_t size, n2v_error *error)
{
    return array_grow((void **)&bytes->at, &bytes->room, size, 1, "the rows that ranks send", error);
}

/* Threads --------------------------------------------------------------------------------- */

typedef struct Work {
    Combine *combine;
    CombineWork *work;
    void *context;
    atomic_size_t next;
} Work;

static void *work_on_parts(void *shared)
{
    Work *work = shared;
    size_t part;

    while ((part = atomic_fetch_add(&work->next, 1)) < COMBINE_PARTS) {
        n2v_error *error = &work->combine->buffers->parts[part].error;
        error->status = work->work(work->context, part, error);
    }
    return NULL;
}

n2v_status combine_in_parts(Combine *c, CombineWork *work, void *context, size_t changes, n2v_error *error)
{
    const size_t wanted = 1 + changes / THREAD_CHANGES;
    Work shared = {.combine = c, .work = work, .context = context};

    in_threads(wanted < c->options.threads ? wanted : c->options.threads, work_on_parts, &shared);
    for (size_t p = 0; p < COMBINE_PARTS; p++) {
        const n2v_error *failed = &c->buffers->parts[p].error;
        if (failed->status != N2V_OK) {
            if (error)
                *error = *failed;
            return failed->status;
        }
    }
    return N2V_OK;
}

/* Sending --------------------------------------------------------------------------------- */

n2v_status combine_add(Combine *c, size_t l, uint32_t row, const float *change, unsigned bits, n2v_error *error)
{
    const size_t ranks = c->options.ranks->count, size = entry_bytes(c, bits);
    ChangeList *list = &c->buffers->parts[combine_part(c, row)].lists[l * ranks + row % ranks];
    n2v_status status = array_grow((void **)&list->entries, &list->room, (list->count + 1) * size, 1,
                                   "the rows that ranks send", error);
    unsigned char *entry;

    if (status != N2V_OK)
        return status;
    entry = list->entries + list->count++ * size;
    memcpy(entry, &row, sizeof row);
    quantize(change, combine_width(c), bits, entry + sizeof row);
    return N2V_OK;
}

/* Adds a list to a message: its count, then its entries. Returns where they are. */
static Cursor put_list(unsigned char *message, size_t *at, const unsigned char *entries, uint32_t count, size_t size)
{
    const Cursor put = {message + *at + sizeof count, count};

    memcpy(message + *at, &count, sizeof count);
    if (count)
        memcpy(message + *at + sizeof count, entries, count * size);
    *at += sizeof count + count * size;
    return put;
}

/* A message has the lists of its receiver, part by part. */
static n2v_status pack(Combine *c, size_t size, size_t *changes, n2v_error *error)
{
    const size_t ranks = c->options.ranks->count;
    CombineBuffers *b = c->buffers;
    size_t at = 0;
    n2v_status status;

    *changes = 0;
    for (size_t p = 0; p < COMBINE_PARTS; p++)
        for (size_t i = 0; i < c->own_lists * ranks; i++)
            *changes += b->parts[p].lists[i].count;
    if ((status = make_room(&b->sent, COMBINE_PARTS * c->own_lists * ranks * sizeof(uint32_t) + *changes * size,
                            error)) != N2V_OK)
        return status;
    for (size_t r = 0; r < ranks; r++) {
        b->offsets[r] = at;
        for (Part *part = b->parts; part < b->parts + COMBINE_PARTS; part++)
            for (size_t l = 0; l < c->own_lists; l++) {
                ChangeList *list = &part->lists[l * ranks + r];
                part->sent[r] = put_list(b->sent.at, &at, list->entries, (uint32_t)list->count, size);
                list->count = 0;
            }
        b->sizes[r] = at - b->offsets[r];
    }
    return N2V_OK;
}

/* Exchanges messages; their sizes go before them. */
static n2v_status exchange(const Combine *c, const Bytes *sent, Bytes *received, n2v_error *error)
{
    Ranks *ranks = c->options.ranks;
    CombineBuffers *b = c->buffers;
    size_t all = 0;
    n2v_status status;

    if ((status = ranks_exchange_numbers(ranks, b->sizes, b->received_sizes, error)) != N2V_OK)
        return status;
    for (size_t r = 0; r < ranks->count; r++)
        all += b->received_sizes[r];
    if ((status = make_room(received, all, error)) != N2V_OK)
        return status;
    return ranks_exchange(ranks, sent->at, b->offsets, b->sizes, received->at, b->received_sizes, error);
}

static Cursor take_list(const unsigned char **at, size_t size)
{
    const Cursor list = {*at + sizeof(uint32_t), load32(*at)};

    *at = list.entry + list.left * size;
    return list;
}

/* Finds the lists in what was received. Returns how many changes there are. */
static size_t read_lists(const Combine *c, size_t size)
{
    const CombineOptions *options = &c->options;
    const unsigned char *at = c->buffers->received.at;
    size_t changes = 0;

    for (size_t r = 0; r < options->ranks->count; r++)
        for (size_t p = 0; p < COMBINE_PARTS; p++)
            for (size_t l = combine_first_list(options, r); l < combine_first_list(options, r + 1); l++) {
                c->buffers->parts[p].received[l] = take_list(&at, size);
                changes += c->buffers->parts[p].received[l].left;
            }
    return changes;
}

/* Owning ---------------------------------------------------------------------------------- */

static size_t row_floats(const Combine *c, uint32_t row)
{
    return row == model_rows(c->options.base) ? BIAS_FLOATS : c->options.base->stride;
}

static void load_row(const Combine *c, uint32_t row, float *floats)
{
    const Model *base = c->options.base;

    if (row < model_rows(base)) {
        memcpy(floats, model_row(base, row), base->stride * sizeof *floats);
        return;
    }
    memset(floats, 0, base->stride * sizeof *floats);
    floats[0] = atomic_load_explicit(&base->shared_bias, memory_order_relaxed);
}

/* The lowest row that comes next in any list; NO_ROW: none. */
#define NO_ROW UINT32_MAX

static uint32_t next_row(const Combine *c, const Part *part)
{
    uint32_t next = NO_ROW;

    for (size_t l = 0; l < c->options.lists; l++) {
        const Cursor *list = &part->received[l];
        if (list->left && load32(list->entry) < next)
            next = load32(list->entry);
    }
    return next;
}

/* What the row becomes, in part->row; part->old is what it was. */
static void combine_row(const Combine *c, Part *part, uint32_t row, unsigned bits)
{
    const size_t size = entry_bytes(c, bits), width = combine_width(c), floats = row_floats(c, row);
    const size_t stride = c->options.base->stride;
    double squares;
    size_t count = 0;

    for (size_t l = 0; l < c->options.lists; l++) {
        Cursor *list = &part->received[l];
        if (!list->left || load32(list->entry) != row)
            continue;
        dequantize(list->entry + sizeof row, width, bits, part->decoded + count++ * stride);
        list->entry += size;
        list->left--;
    }
    squares = changes_sum(part->changes, count, part->zeros, floats, part->sum); /* as in one process, to the bit */
    load_row(c, row, part->old);
    memcpy(part->row, part->old, stride * sizeof *part->row);
    c->options.rule->combine(part->row, part->sum, squares, count, floats,
                             c->options.memory ? c->options.memory + row * stride : NULL);
    if (c->options.unit_rows && row < model_rows(c->options.base) && !model_is_part(c->options.base, row))
        c->options.kernels->normalize(&part->row, 1, floats);
}

/* Of a row whose owner is this rank, an entry of the reply: all of the row, or the difference, rounded. exact: what was
 * rounded. */
static void answer(const Combine *c, const Part *part, uint32_t row, unsigned bits, unsigned char *entry, float *exact)
{
    const size_t width = combine_width(c);

    memcpy(entry, &row, sizeof row);
    if (bits == 32) {
        memcpy(entry + sizeof row, part->row, width * sizeof *part->row);
        return;
    }
    for (size_t i = 0; i < width; i++)
        exact[i] = part->row[i] - part->old[i];
    quantize(exact, width, bits, entry + sizeof row);
}

typedef struct Round {
    Combine *combine;
    unsigned bits;
} Round;

static n2v_status reply_part(void *context, size_t p, n2v_error *error)
{
    const Round *round = context;
    const Combine *c = round->combine;
    Part *part = &c->buffers->parts[p];
    const size_t size = entry_bytes(c, round->bits);
    const size_t width = round->bits == 32 ? 0 : combine_width(c); /* of what is rounded */
    size_t changes = 0;
    uint32_t row;
    n2v_status status;

    for (size_t l = 0; l < c->options.lists; l++)
        changes += part->received[l].left;
    if ((status = make_room(&part->reply, changes * size, error)) != N2V_OK ||
        (status = array_grow((void **)&part->exact, &part->exact_room, changes * width, sizeof *part->exact,
                             "the rows that ranks send", error)) != N2V_OK)
        return status;
    for (part->rows = 0; (row = next_row(c, part)) != NO_ROW; part->rows++) {
        combine_row(c, part, row, round->bits);
        answer(c, part, row, round->bits, part->reply.at + part->rows * size, part->exact + part->rows * width);
    }
    return N2V_OK;
}

/* The same reply to all, part by part. */
static n2v_status join_reply(Combine *c, size_t size, n2v_error *error)
{
    CombineBuffers *b = c->buffers;
    size_t all = 0, at = 0;
    n2v_status status;

    for (size_t p = 0; p < COMBINE_PARTS; p++)
        all += sizeof(uint32_t) + b->parts[p].rows * size;
    if ((status = make_room(&b->reply, all, error)) != N2V_OK)
        return status;
    for (size_t p = 0; p < COMBINE_PARTS; p++)
        (void)put_list(b->reply.at, &at, b->parts[p].reply.at, b->parts[p].rows, size);
    for (size_t r = 0; r < c->options.ranks->count; r++) {
        b->offsets[r] = 0;
        b->sizes[r] = all;
    }
    return N2V_OK;
}

static size_t read_replies(const Combine *c, size_t size)
{
    const unsigned char *at = c->buffers->replies.at;
    size_t rows = 0;

    for (size_t r = 0; r < c->options.ranks->count; r++)
        for (size_t p = 0; p < COMBINE_PARTS; p++) {
            c->buffers->parts[p].replies[r] = take_list(&at, size);
            rows += c->buffers->parts[p].replies[r].left;
        }
    return rows;
}

/* Replacing ------------------------------------------------------------------------------- */

/* Floats at any address, in bytes that were received. */
typedef float Received __attribute__((may_alias, aligned(1)));

/* The base's row becomes value. The rank's own, which threads may be changing, keeps what it has not sent of its
 * changes. */
RACES static void replace_row(float *restrict base, float *restrict now, const Received *restrict value,
                              const Received *restrict sent, size_t floats)
{
    if (now && sent)
        for (size_t i = 0; i < floats; i++)
            now[i] += value[i] - base[i] - sent[i];
    else if (now)
        for (size_t i = 0; i < floats; i++)
            now[i] += value[i] - base[i];
    memcpy(base, value, floats * sizeof *base);
}

/* The same with a change of the base. exact: what the owner knows of it (NULL: another is the owner), which it would
 * send later if it did not change its own row by it. */
RACES static void change_row(float *restrict base, float *restrict now, const float *restrict change,
                             const float *restrict exact, const float *restrict sent, size_t floats)
{
    for (size_t i = 0; i < floats; i++) {
        if (now)
            now[i] += (exact ? exact[i] : change[i]) - (sent ? sent[i] : 0);
        base[i] += change[i];
    }
}

/* The owner of a row that only others have changed has rounded what they get. */
static void mark_rounded(const Combine *c, uint32_t row)
{
    unsigned char same = ROW_SAME;

    if (c->options.marks)
        (void)atomic_compare_exchange_strong(&c->options.marks[row], &same, ROW_ROUNDED);
}

/* An entry of a reply. sent: what this rank has sent of the row, NULL: nothing. */
static void replace(const Combine *c, const Part *part, const unsigned char *entry, unsigned bits, const float *exact,
                    const unsigned char *sent)
{
    const uint32_t row = load32(entry);
    const bool is_bias = row == model_rows(c->options.base);
    const size_t width = combine_width(c), floats = is_bias ? 1 : width;
    float bias[2], *base, *now = NULL;

    if (is_bias) {
        bias[0] = atomic_load_explicit(&c->options.base->shared_bias, memory_order_relaxed);
        bias[1] = c->options.model ? atomic_load_explicit(&c->options.model->shared_bias, memory_order_relaxed) : 0;
    }
    base = is_bias ? &bias[0] : model_row(c->options.base, row);
    if (c->options.model)
        now = is_bias ? &bias[1] : model_row(c->options.model, row);
    if (bits == 32) {
        replace_row(base, now, (const Received *)(entry + sizeof row),
                    sent ? (const Received *)(sent + sizeof row) : NULL, floats);
    } else {
        dequantize(entry + sizeof row, width, bits, part->change);
        if (sent)
            dequantize(sent + sizeof row, width, bits, part->sum);
        change_row(base, now, part->change, exact, sent ? part->sum : NULL, floats);
        if (exact && !is_bias)
            mark_rounded(c, row);
    }
    if (!is_bias)
        return;
    atomic_store_explicit(&c->options.base->shared_bias, bias[0], memory_order_relaxed);
    if (c->options.model)
        atomic_store_explicit(&c->options.model->shared_bias, bias[1], memory_order_relaxed);
}

static n2v_status replace_part(void *context, size_t p, n2v_error *error)
{
    const Round *round = context;
    const Combine *c = round->combine;
    const Part *part = &c->buffers->parts[p];
    const size_t size = entry_bytes(c, round->bits), width = combine_width(c);

    (void)error;
    for (size_t owner = 0; owner < c->options.ranks->count; owner++) {
        const bool rounded = owner == c->options.ranks->number && round->bits != 32;
        const Cursor reply = part->replies[owner];
        Cursor sent = c->options.model ? part->sent[owner] : (Cursor){NULL, 0}; /* then there is one list */
        for (size_t i = 0; i < reply.left; i++) {
            const unsigned char *entry = reply.entry + i * size;
            const bool mine = sent.left && load32(sent.entry) == load32(entry);
            replace(c, part, entry, round->bits, rounded ? part->exact + i * width : NULL, mine ? sent.entry : NULL);
            sent.entry += mine ? size : 0;
            sent.left -= mine;
        }
    }
    return N2V_OK;
}

n2v_status combine_all(Combine *c, unsigned bits, n2v_error *error)
{
    CombineBuffers *b = c->buffers;
    const size_t size = entry_bytes(c, bits);
    Round round = {c, bits};
    size_t changes;
    n2v_status status;

    if ((status = pack(c, size, &changes, error)) != N2V_OK ||
        (status = exchange(c, &b->sent, &b->received, error)) != N2V_OK)
        return status;
    changes = read_lists(c, size);
    if ((status = combine_in_parts(c, reply_part, &round, changes, error)) != N2V_OK ||
        (status = join_reply(c, size, error)) != N2V_OK ||
        (status = exchange(c, &b->reply, &b->replies, error)) != N2V_OK)
        return status;
    changes = read_replies(c, size);
    return combine_in_parts(c, replace_part, &round, changes, error);
}

#define MEMORY_SLICE ((size_t)4096) /* rows, about, that are gathered at once */

/* Each rank sends the rows that it owns: in a slice, as many as every other. */
n2v_status combine_gather_memory(Combine *c, n2v_error *error)
{
    Ranks *ranks = c->options.ranks;
    const size_t stride = c->options.base->stride, rows = model_rows(c->options.base) + 1, count = ranks->count;
    const size_t each = (rows < MEMORY_SLICE ? rows : MEMORY_SLICE) / count + 1;
    float *memory = c->options.memory, *own, *all;
    n2v_status status = N2V_OK;

    if (!memory)
        return N2V_OK;
    own = array_create_zero(each * stride, sizeof *own);
    all = array_create(each * count * stride, sizeof *all);
    if (!own || !all)
        status = fail_memory(error, each * count * stride * sizeof *all, "the memory of the rounds");
    for (size_t at = 0; at < rows && status == N2V_OK; at += each * count) {
        for (size_t row = at + ranks->number, i = 0; i < each && row < rows; i++, row += count)
            memcpy(own + i * stride, memory + row * stride, row_floats(c, (uint32_t)row) * sizeof *own);
        if ((status = ranks_gather(ranks, own, each * stride * sizeof *own, all, error)) != N2V_OK)
            break;
        for (size_t row = at, i = 0; i < each * count && row < rows; i++, row++)
            memcpy(memory + row * stride, all + (i % count * each + i / count) * stride,
                   row_floats(c, (uint32_t)row) * sizeof *all);
    }
    free(own);
    free(all);
    return status;
}
