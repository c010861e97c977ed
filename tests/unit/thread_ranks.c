#include "thread_ranks.h"

#include <pthread.h>
#include <string.h>

#include "test.h"

/* What a rank sends, which the others read between two barriers. */
typedef struct message {
    const unsigned char *send;
    const size_t *offsets, *sizes;
} message;

typedef struct member {
    struct thread_exchange *all;
    Ranks *ranks;
    pthread_t thread;
    void (*work)(Ranks *ranks, void *context);
    void *context;
    size_t exchanges;
} member;

struct thread_exchange {
    pthread_barrier_t barrier;
    size_t count, fails_at;
    message messages[MAX_RANKS];
    member members[MAX_RANKS];
};

static n2v_status exchange(void *context, const unsigned char *send, const size_t *offsets, const size_t *sizes,
                           unsigned char *received, const size_t *received_sizes, n2v_error *error)
{
    member *m = context;
    struct thread_exchange *all = m->all;
    const size_t own = m->ranks->number;

    m->exchanges++;
    if (m->exchanges == all->fails_at)
        return error_set(error, N2V_ERROR_IO, "the network is gone");
    require(!all->fails_at || m->exchanges < all->fails_at, "rank %zu exchanges after a failure", own);
    all->messages[own] = (message){send, offsets, sizes};
    (void)pthread_barrier_wait(&all->barrier);
    for (size_t r = 0; r < all->count; r++) {
        const message *from = &all->messages[r];
        require(from->sizes[own] == received_sizes[r], "rank %zu sends %zu bytes to rank %zu, which awaits %zu", r,
                from->sizes[own], own, received_sizes[r]);
        if (received_sizes[r])
            memcpy(received, from->send + from->offsets[own], received_sizes[r]);
        received += received_sizes[r];
    }
    (void)pthread_barrier_wait(&all->barrier);
    return N2V_OK;
}

static void end_all(void *context, int code)
{
    (void)context;
    ck_abort_msg("a rank ends all with %d", code);
}

static void close_nothing(void *context)
{
    (void)context;
}

static const RanksWay way = {.exchange = exchange, .abort = end_all, .close = close_nothing};

thread_ranks new_ranks(size_t count)
{
    thread_ranks group = {.count = count,
                          .ranks = calloc(count, sizeof *group.ranks),
                          .exchange = calloc(1, sizeof *group.exchange)};

    ck_assert_uint_le(count, MAX_RANKS);
    ck_assert(group.ranks && group.exchange);
    ck_assert_int_eq(pthread_barrier_init(&group.exchange->barrier, NULL, (unsigned)count), 0);
    group.exchange->count = count;
    for (size_t r = 0; r < count; r++) {
        group.exchange->members[r].all = group.exchange;
        group.ranks[r] =
            (Ranks){.number = r, .count = count, .way = &way, .context = &group.exchange->members[r]};
    }
    return group;
}

void fail_exchange(thread_ranks *group, size_t number)
{
    group->exchange->fails_at = number;
}

void free_ranks(thread_ranks *group)
{
    (void)pthread_barrier_destroy(&group->exchange->barrier);
    free(group->exchange);
    free(group->ranks);
}

static void *work_of(void *context)
{
    member *m = context;

    m->work(m->ranks, m->context);
    return NULL;
}

void in_ranks(thread_ranks *group, void (*work)(Ranks *ranks, void *context), void *context)
{
    for (size_t r = 0; r < group->count; r++) {
        member *m = &group->exchange->members[r];
        m->ranks = &group->ranks[r];
        m->work = work;
        m->context = context;
        ck_assert_int_eq(pthread_create(&m->thread, NULL, work_of, m), 0);
    }
    for (size_t r = 0; r < group->count; r++)
        ck_assert_int_eq(pthread_join(group->exchange->members[r].thread, NULL), 0);
}
