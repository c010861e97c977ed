#include "train/ranks/combine.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "train/ranks/quantize.h"
#include "train/rounds/changes.h"
#include "train/overlay.h"

typedef struct Bytes {
    unsigned char *at;
    size_t room;
} Bytes;

/* A list in a message, as it is read. */
typedef struct Cursor {
    const unsigned char *entry;
    size_t left;
} Cursor;

struct CombineBuffers {
    Bytes sent, received, reply, replies;
    size_t *sizes, *offsets, *received_sizes; /* of messages, one for each rank */
    Cursor *cursors;                          /* options.lists */
    const unsigned char **sent_to;            /* the messages, one for each owner */
    float *exact;                             /* the changes that the reply has rounded */
    size_t exact_room;
    float *rows; /* all of the following: a row each, and one for each list */
    float *sum, *row, *change, *old, *zeros, *decoded;
    Change *changes; /* the decoded ones */
};

#define BIAS_FLOATS ROW_FLOATS /* at most a stride */

static size_t entry_bytes(const Combine *c, unsigned bits)
{
    return sizeof(uint32_t) + quantized_bytes(combine_width(c), bits);
}

/* Setup ----------------------------------------------------------------------------------- */

size_t combine_first_list(const CombineOptions *options, size_t rank)
{
    return options->lists * rank / options->ranks->count;
}

size_t combine_rows(const Combine *c)
{
    return model_rows(c->options.base) + 1;
}

size_t combine_width(const Combine *c)
{
    return c->options.base->dim + c->options.base->has_bias;
}

static size_t row_buffers(const Combine *c)
{
    return (5 + c->options.lists) * c->options.base->stride;
}

static n2v_status create_buffers(Combine *c, n2v_error *error)
{
    const size_t ranks = c->options.ranks->count, stride = c->options.base->stride;
    CombineBuffers *b = array_create_zero(1, sizeof *b);

    if (!b)
        return fail_memory(error, sizeof *b, "combining rows");
    c->buffers = b;
    b->sizes = array_create(ranks, sizeof *b->sizes);
    b->offsets = array_create(ranks, sizeof *b->offsets);
    b->received_sizes = array_create(ranks, sizeof *b->received_sizes);
    b->cursors = array_create(c->options.lists, sizeof *b->cursors);
    b->sent_to = array_create(ranks, sizeof *b->sent_to);
    b->changes = array_create(c->options.lists, sizeof *b->changes);
    b->rows = floats_create(row_buffers(c));
    if (!b->sizes || !b->offsets || !b->received_sizes || !b->cursors || !b->sent_to || !b->changes || !b->rows)
        return fail_memory(error, ranks * sizeof *b->sizes, "combining rows");
    b->sum = b->rows;
    b->row = b->sum + stride;
    b->change = b->row + stride;
    b->old = b->change + stride;
    b->zeros = b->old + stride;
    b->decoded = b->zeros + stride;
    for (size_t l = 0; l < c->options.lists; l++)
        b->changes[l].copy = b->decoded + l * stride;
    return N2V_OK;
}

n2v_status combine_create(Combine *c, const CombineOptions *options, n2v_error *error)
{
    const size_t own = options->ranks->number;
    n2v_status status;

    *c = (Combine){.options = *options};
    c->own_lists = combine_first_list(options, own + 1) - combine_first_list(options, own);
    c->lists = array_create_zero(c->own_lists * options->ranks->count, sizeof *c->lists);
    if (!c->lists)
        status = fail_memory(error, c->own_lists * options->ranks->count * sizeof *c->lists, "combining rows");
    else
        status = create_buffers(c, error);
    if (status != N2V_OK)
        combine_free(c);
    return status;
}

void combine_free(Combine *c)
{
    CombineBuffers *b = c->buffers;

    for (size_t l = 0; c->lists && l < c->own_lists * c->options.ranks->count; l++)
        free(c->lists[l].entries);
    if (b) {
        free(b->sent.at);
        free(b->received.at);
        free(b->reply.at);
        free(b->replies.at);
        free(b->sizes);
        free(b->offsets);
        free(b->received_sizes);
        free(b->cursors);
        free(b->sent_to);
        free(b->exact);
        free(b->changes);
        floats_destroy(b->rows, row_buffers(c));
    }
    free(b);
    free(c->lists);
    *c = (Combine){.lists = NULL};
}

static n2v_status make_room(Bytes *bytes, size_t size, n2v_error *error)
{
    return array_grow((void **)&bytes->at, &bytes->room, size, 1, "the rows that ranks send", error);
}

/* Sending --------------------------------------------------------------------------------- */

n2v_status combine_add(Combine *c, size_t l, uint32_t row, const float *change, unsigned bits, n2v_error *error)
{
    const size_t ranks = c->options.ranks->count, size = entry_bytes(c, bits);
    ChangeList *list = &c->lists[l * ranks + row % ranks];
    n2v_status status = array_grow((void **)&list->entries, &list->room, (list->count + 1) * size, 1,
                                   "the rows that ranks send", error);
    unsigned char *entry = list->entries + list->count * size;

    if (status != N2V_OK)
        return status;
    memcpy(entry, &row, sizeof row);
    quantize(change, combine_width(c), bits, entry + sizeof row);
    list->count++;
    return N2V_OK;
}

/* A message has each of the lists of its receiver, with its count. */
static n2v_status pack(Combine *c, size_t size, n2v_error *error)
{
    const size_t ranks = c->options.ranks->count;
    CombineBuffers *b = c->buffers;
    size_t at = 0;
    n2v_status status;

    for (size_t i = 0; i < c->own_lists * ranks; i++)
        at += sizeof(uint32_t) + c->lists[i].count * size;
    if ((status = make_room(&b->sent, at, error)) != N2V_OK)
        return status;
    at = 0;
    for (size_t r = 0; r < ranks; r++) {
        b->offsets[r] = at;
        for (size_t l = 0; l < c->own_lists; l++) {
            ChangeList *list = &c->lists[l * ranks + r];
            const uint32_t count = (uint32_t)list->count;
            memcpy(b->sent.at + at, &count, sizeof count);
            if (count)
                memcpy(b->sent.at + at + sizeof count, list->entries, count * size);
            at += sizeof count + count * size;
            list->count = 0;
        }
        b->sizes[r] = at - b->offsets[r];
        b->sent_to[r] = b->sent.at + b->offsets[r];
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

/* Sets the cursors to the lists that were received. Returns how many changes there are. */
static size_t read_lists(const Combine *c, size_t size)
{
    const unsigned char *at = c->buffers->received.at;
    size_t changes = 0;

    for (size_t l = 0; l < c->options.lists; l++) {
        Cursor *cursor = &c->buffers->cursors[l];
        *cursor = (Cursor){.entry = at + sizeof(uint32_t), .left = load32(at)};
        changes += cursor->left;
        at = cursor->entry + cursor->left * size;
    }
    return changes;
}

/* The lowest row that comes next in any list; NO_ROW: none. */
#define NO_ROW UINT32_MAX

static uint32_t next_row(const Combine *c)
{
    uint32_t next = NO_ROW;

    for (size_t l = 0; l < c->options.lists; l++) {
        const Cursor *cursor = &c->buffers->cursors[l];
        if (cursor->left && load32(cursor->entry) < next)
            next = load32(cursor->entry);
    }
    return next;
}

/* What the row becomes, in buffers->row; buffers->old is what it was. */
static void combine_row(const Combine *c, uint32_t row, unsigned bits)
{
    const size_t size = entry_bytes(c, bits), width = combine_width(c), floats = row_floats(c, row);
    CombineBuffers *b = c->buffers;
    double squares;
    size_t count = 0;

    for (size_t l = 0; l < c->options.lists; l++) {
        Cursor *cursor = &b->cursors[l];
        if (!cursor->left || load32(cursor->entry) != row)
            continue;
        dequantize(cursor->entry + sizeof row, width, bits, b->decoded + count++ * c->options.base->stride);
        cursor->entry += size;
        cursor->left--;
    }
    squares = changes_sum(b->changes, count, b->zeros, floats, b->sum); /* as in one process, to the bit */
    load_row(c, row, b->old);
    memcpy(b->row, b->old, c->options.base->stride * sizeof *b->row);
    c->options.rule->combine(b->row, b->sum, squares, count, floats,
                             c->options.memory ? c->options.memory + row * c->options.base->stride : NULL);
    if (c->options.unit_rows && row < model_rows(c->options.base))
        c->options.kernels->normalize(&b->row, 1, floats);
}

/* Of a row whose owner is this rank, an entry of the reply: all of the row, or the difference, rounded. exact: what was
 * rounded. */
static void answer(const Combine *c, uint32_t row, unsigned bits, unsigned char *entry, float *exact)
{
    const CombineBuffers *b = c->buffers;
    const size_t width = combine_width(c);

    memcpy(entry, &row, sizeof row);
    if (bits == 32) {
        memcpy(entry + sizeof row, b->row, width * sizeof *b->row);
        return;
    }
    for (size_t i = 0; i < width; i++)
        exact[i] = b->row[i] - b->old[i];
    quantize(exact, width, bits, entry + sizeof row);
}

static n2v_status make_reply(Combine *c, unsigned bits, n2v_error *error)
{
    const size_t size = entry_bytes(c, bits), changes = read_lists(c, size);
    const size_t width = bits == 32 ? 0 : combine_width(c); /* of what is rounded */
    CombineBuffers *b = c->buffers;
    uint32_t row, count = 0;
    n2v_status status;

    if ((status = make_room(&b->reply, sizeof count + changes * size, error)) != N2V_OK ||
        (status = array_grow((void **)&b->exact, &b->exact_room, changes * width, sizeof *b->exact,
                             "the rows that ranks send", error)) != N2V_OK)
        return status;
    while ((row = next_row(c)) != NO_ROW) {
        combine_row(c, row, bits);
        answer(c, row, bits, b->reply.at + sizeof count + count * size, b->exact + count * width);
        count++;
    }
    memcpy(b->reply.at, &count, sizeof count);
    for (size_t r = 0; r < c->options.ranks->count; r++) {
        b->offsets[r] = 0; /* the same to all */
        b->sizes[r] = sizeof count + count * size;
    }
    return N2V_OK;
}

/* Replacing ------------------------------------------------------------------------------- */

/* Floats at any address, in bytes that were received. */
typedef float Received __attribute__((may_alias, aligned(1)));

/* The base's row becomes value. The rank's own, which threads may be changing, keeps what it has not sent of its changes. */
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

/* The same with a change of the base. exact: what the owner knows of it (NULL: another is the owner), which it would send
 * later if it did not change its own row by it. */
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
static void replace(const Combine *c, const unsigned char *entry, unsigned bits, const float *exact,
                    const unsigned char *sent)
{
    const CombineBuffers *b = c->buffers;
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
        dequantize(entry + sizeof row, width, bits, b->change);
        if (sent)
            dequantize(sent + sizeof row, width, bits, b->sum);
        change_row(base, now, b->change, exact, sent ? b->sum : NULL, floats);
        if (exact && !is_bias)
            mark_rounded(c, row);
    }
    if (!is_bias)
        return;
    atomic_store_explicit(&c->options.base->shared_bias, bias[0], memory_order_relaxed);
    if (c->options.model)
        atomic_store_explicit(&c->options.model->shared_bias, bias[1], memory_order_relaxed);
}

/* The reply of one owner. Returns its end. */
static const unsigned char *replace_rows(Combine *c, size_t owner, const unsigned char *reply, unsigned bits)
{
    const size_t size = entry_bytes(c, bits), width = combine_width(c), count = load32(reply);
    const bool own = owner == c->options.ranks->number && bits != 32;
    const unsigned char *entry = reply + sizeof(uint32_t), *sent = c->buffers->sent_to[owner] + sizeof(uint32_t);
    size_t left = c->options.model ? load32(c->buffers->sent_to[owner]) : 0; /* then there is one list */

    for (size_t i = 0; i < count; i++, entry += size) {
        const bool mine = left && load32(sent) == load32(entry);
        replace(c, entry, bits, own ? c->buffers->exact + i * width : NULL, mine ? sent : NULL);
        if (mine) {
            sent += size;
            left--;
        }
    }
    return entry;
}

n2v_status combine_all(Combine *c, unsigned bits, n2v_error *error)
{
    CombineBuffers *b = c->buffers;
    const unsigned char *reply;
    n2v_status status;

    if ((status = pack(c, entry_bytes(c, bits), error)) != N2V_OK ||
        (status = exchange(c, &b->sent, &b->received, error)) != N2V_OK ||
        (status = make_reply(c, bits, error)) != N2V_OK ||
        (status = exchange(c, &b->reply, &b->replies, error)) != N2V_OK)
        return status;
    reply = b->replies.at;
    for (size_t owner = 0; owner < c->options.ranks->count; owner++)
        reply = replace_rows(c, owner, reply, bits);
    return N2V_OK;
}

#define MEMORY_SLICE ((size_t)4096) /* rows that are gathered at once */

n2v_status combine_gather_memory(Combine *c, n2v_error *error)
{
    Ranks *ranks = c->options.ranks;
    const size_t stride = c->options.base->stride, all_floats = c->options.memory_floats, room = MEMORY_SLICE * stride;
    float *memory = c->options.memory, *all;
    n2v_status status = N2V_OK;

    if (!memory)
        return N2V_OK;
    all = array_create(ranks->count * room, sizeof *all);
    if (!all)
        return fail_memory(error, ranks->count * room * sizeof *all, "the memory of the rounds");
    for (size_t at = 0; at < all_floats && status == N2V_OK; at += room) {
        const size_t floats = all_floats - at < room ? all_floats - at : room;
        if ((status = ranks_gather(ranks, memory + at, floats * sizeof *all, all, error)) != N2V_OK)
            break;
        for (size_t i = 0; i < floats; i += ROW_FLOATS)
            memcpy(memory + at + i, all + (at + i) / stride % ranks->count * floats + i, ROW_FLOATS * sizeof *all);
    }
    free(all);
    return status;
}
