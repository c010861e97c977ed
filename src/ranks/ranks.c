#include "ranks/ranks.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void ranks_close(Ranks *ranks)
{
    if (ranks->way)
        ranks->way->close(ranks->context);
    *ranks = (Ranks){.count = 1, .on_host = 1};
}

n2v_status ranks_exchange(Ranks *ranks, const unsigned char *send, const size_t *offsets, const size_t *sizes,
                          unsigned char *received, const size_t *received_sizes, n2v_error *error)
{
    if (!ranks->way) {
        if (sizes[0])
            memcpy(received, send + offsets[0], sizes[0]);
        return N2V_OK;
    }
    for (size_t r = 0; r < ranks->count; r++)
        ranks->sent += r == ranks->number ? 0 : sizes[r];
    return ranks->way->exchange(ranks->context, send, offsets, sizes, received, received_sizes, error);
}

n2v_status ranks_exchange_numbers(Ranks *ranks, const size_t *numbers, size_t *received, n2v_error *error)
{
    size_t *offsets = array_create(2 * ranks->count, sizeof *offsets), *sizes = offsets + ranks->count;
    n2v_status status;

    if (!offsets)
        return fail_memory(error, 2 * ranks->count * sizeof *offsets, "the sizes of messages");
    for (size_t r = 0; r < ranks->count; r++) {
        offsets[r] = r * sizeof *numbers;
        sizes[r] = sizeof *numbers;
    }
    status = ranks_exchange(ranks, (const unsigned char *)numbers, offsets, sizes, (unsigned char *)received, sizes,
                            error);
    free(offsets);
    return status;
}

/* Sends the same bytes to all ranks. sizes: those of all. */
static n2v_status send_to_all(Ranks *ranks, const void *bytes, size_t size, void *all, const size_t *sizes,
                              n2v_error *error)
{
    size_t *offsets = array_create_zero(2 * ranks->count, sizeof *offsets), *own = offsets + ranks->count;
    n2v_status status;

    if (!offsets)
        return fail_memory(error, 2 * ranks->count * sizeof *offsets, "the sizes of messages");
    for (size_t r = 0; r < ranks->count; r++)
        own[r] = size;
    status = ranks_exchange(ranks, bytes, offsets, own, all, sizes, error);
    free(offsets);
    return status;
}

n2v_status ranks_gather(Ranks *ranks, const void *bytes, size_t size, void *all, n2v_error *error)
{
    size_t *sizes;
    n2v_status status;

    if (!ranks) {
        memcpy(all, bytes, size);
        return N2V_OK;
    }
    sizes = array_create(ranks->count, sizeof *sizes);
    if (!sizes)
        return fail_memory(error, ranks->count * sizeof *sizes, "the sizes of messages");
    for (size_t r = 0; r < ranks->count; r++)
        sizes[r] = size;
    status = send_to_all(ranks, bytes, size, all, sizes, error);
    free(sizes);
    return status;
}

n2v_status ranks_gather_any(Ranks *ranks, const void *bytes, size_t size, unsigned char **all, size_t *sizes,
                            n2v_error *error)
{
    size_t total = 0;
    n2v_status status;

    *all = NULL;
    if ((status = ranks_gather(ranks, &size, sizeof size, sizes, error)) != N2V_OK)
        return status;
    for (size_t r = 0; r < ranks_count(ranks); r++)
        total += sizes[r];
    *all = array_create(total, 1);
    if (!*all)
        return fail_memory(error, total, "what all ranks have");
    if (!ranks)
        memcpy(*all, bytes, size);
    else if ((status = send_to_all(ranks, bytes, size, *all, sizes, error)) != N2V_OK) {
        free(*all);
        *all = NULL;
    }
    return status;
}

/* Their sum, and the largest one. */
static n2v_status gather_numbers(Ranks *ranks, uint64_t own, uint64_t *sum, uint64_t *largest, n2v_error *error)
{
    const size_t count = ranks_count(ranks);
    uint64_t *numbers = array_create(count, sizeof *numbers);
    n2v_status status;

    if (!numbers)
        return fail_memory(error, count * sizeof *numbers, "numbers of all ranks");
    *sum = *largest = 0;
    if ((status = ranks_gather(ranks, &own, sizeof own, numbers, error)) == N2V_OK)
        for (size_t r = 0; r < count; r++) {
            *sum += numbers[r];
            *largest = numbers[r] > *largest ? numbers[r] : *largest;
        }
    free(numbers);
    return status;
}

n2v_status ranks_sum(Ranks *ranks, uint64_t *number, n2v_error *error)
{
    uint64_t sum = 0, largest = 0;
    const n2v_status status = gather_numbers(ranks, *number, &sum, &largest, error);

    *number = status == N2V_OK ? sum : *number;
    return status;
}

n2v_status ranks_largest(Ranks *ranks, uint64_t *number, n2v_error *error)
{
    uint64_t sum = 0, largest = 0;
    const n2v_status status = gather_numbers(ranks, *number, &sum, &largest, error);

    *number = status == N2V_OK ? largest : *number;
    return status;
}

n2v_status ranks_compare(Ranks *ranks, const void *bytes, size_t size, size_t *other, n2v_error *error)
{
    const size_t count = ranks_count(ranks);
    unsigned char *all = array_create(count, size);
    n2v_status status;

    if (!all)
        return fail_memory(error, count * size, "what all ranks have");
    if ((status = ranks_gather(ranks, bytes, size, all, error)) == N2V_OK)
        for (*other = 0; *other < count && memcmp(all, all + *other * size, size) == 0; ++*other)
            ;
    free(all);
    return status;
}

/* Agreeing -------------------------------------------------------------------------------- */

static bool are_alike(const n2v_error *errors, size_t count)
{
    for (size_t r = 1; r < count; r++)
        if (strcmp(errors[r].text, errors[0].text) != 0)
            return false;
    return true;
}

/* Where all ranks fail alike, it is no matter of one rank. */
static n2v_status take_failure(const n2v_error *errors, size_t count, n2v_error *error)
{
    size_t first = 0, prefix;
    n2v_status status;

    while (first < count && errors[first].status == N2V_OK)
        first++;
    if (first == count)
        return N2V_OK;
    status = errors[first].status;
    if (!error)
        return status;
    *error = errors[first];
    if (are_alike(errors, count)) /* also a rank that is alone */
        return status;
    (void)error_set(error, status, "rank %zu: %s", first, errors[first].text);
    prefix = (size_t)(strchr(error->text, ':') - error->text) + 2;
    for (size_t i = 0; i < N2V_ERROR_SPANS; i++) {
        n2v_span span = errors[first].settings[i];
        span.at = (uint16_t)(span.at + prefix);
        if (!span.bytes || span.at + span.bytes > strlen(error->text)) /* the text was cut before it */
            break;
        error->settings[i] = span;
    }
    return status;
}

n2v_status ranks_agree(Ranks *ranks, n2v_status status, n2v_error *error)
{
    n2v_error own = {.status = status}, *errors;
    n2v_status gathered;

    if (!ranks)
        return status;
    if (status != N2V_OK && error) {
        own = *error;
        own.status = status;
    }
    errors = array_create(ranks->count, sizeof *errors);
    if (!errors)
        return fail_memory(error, ranks->count * sizeof *errors, "the statuses of all ranks");
    if ((gathered = ranks_gather(ranks, &own, sizeof own, errors, error)) == N2V_OK)
        gathered = take_failure(errors, ranks->count, error);
    ranks->failed = gathered != N2V_OK;
    free(errors);
    return gathered;
}
