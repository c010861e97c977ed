#include "cli/ranks.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/fail.h"

/* Dealing out ----------------------------------------------------------------------------- */

typedef struct dealing {
    cli_ranks *ranks;
    size_t next, number, of; /* the next input; this rank, of so many */
    size_t room;
} dealing;

static n2v_status deal(dealing *d, const char *folder, const char *name, n2v_error *error)
{
    cli_ranks *r = d->ranks;
    char *path, **more;
    const size_t bytes = strlen(folder) + strlen(name) + 2;

    if (d->next++ % d->of != d->number)
        return N2V_OK;
    if (r->count == d->room) {
        d->room = 2 * d->room + 16;
        more = realloc(r->dealt, d->room * sizeof *more);
        if (!more)
            return fail_memory(error, d->room * sizeof *more, "the inputs");
        r->dealt = more;
    }
    path = malloc(bytes);
    if (!path)
        return fail_memory(error, bytes, "a path");
    (void)snprintf(path, bytes, "%s%s%s", folder, *folder ? "/" : "", name);
    r->dealt[r->count++] = path;
    return N2V_OK;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name); /* in every locale the same */
}

static n2v_status deal_folder(dealing *d, const char *folder, n2v_error *error)
{
    struct dirent **entries = NULL;
    const int count = scandir(folder, &entries, is_visible, compare_names);
    n2v_status status = N2V_OK;

    if (count < 0)
        return fail(error, N2V_ERROR_ARGUMENT, "the folder %s cannot be read: %s", folder, strerror(errno));
    if (!count)
        status = fail(error, N2V_ERROR_ARGUMENT, "the folder %s has no file: give one that has the text", folder);
    for (int i = 0; i < count; i++) {
        if (status == N2V_OK)
            status = deal(d, folder, entries[i]->d_name, error);
        free(entries[i]);
    }
    free(entries);
    return status;
}

n2v_status ranks_deal(cli_ranks *r, const char *const *inputs, size_t count, n2v_error *error)
{
    dealing d = {.ranks = r, .number = n2v_ranks_number(r->ranks), .of = n2v_ranks_count(r->ranks)};
    n2v_status status = N2V_OK;

    for (size_t i = 0; i < count && status == N2V_OK; i++) {
        struct stat info;
        if (stat(inputs[i], &info) == 0 && S_ISDIR(info.st_mode))
            status = deal_folder(&d, inputs[i], error);
        else
            status = deal(&d, "", inputs[i], error);
    }
    return status;
}

/* Deciding -------------------------------------------------------------------------------- */

n2v_status ranks_any(const cli_ranks *r, bool *value, n2v_error *error)
{
    uint64_t number = *value;
    const n2v_status status = n2v_ranks_largest(r->ranks, &number, error);

    *value = number;
    return status;
}

n2v_status ranks_interrupt(const cli_ranks *r, cli_interrupt *interrupt, n2v_error *error)
{
    uint64_t number = (uint64_t)interrupt->number;
    const n2v_status status = n2v_ranks_largest(r->ranks, &number, error);

    if (status != N2V_OK)
        return status;
    interrupt->number = (int)number;
    return ranks_any(r, &interrupt->save, error);
}

bool ranks_report(const cli_ranks *r)
{
    return ranks_first(r) || !n2v_ranks_failed(r->ranks);
}

void ranks_end(cli_ranks *r, n2v_status status, int code)
{
    if (status != N2V_OK && !n2v_ranks_failed(r->ranks) && n2v_ranks_count(r->ranks) > 1)
        n2v_ranks_abort(r->ranks, code); /* the others wait for this one */
    n2v_ranks_close(r->ranks);
    for (size_t i = 0; i < r->count; i++)
        free(r->dealt[i]);
    free(r->dealt);
    *r = (cli_ranks){.ranks = NULL};
}
