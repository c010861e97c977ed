/* neighbors.c - nce2vec neighbors: the nearest words of words. */
#include "query/neighbors.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/commands.h"
#include "io/reader.h"
#include "model/formats/format.h"

typedef struct neighbors_settings {
    uint64_t k;
} neighbors_settings;

static const cli_option options[] = {
    {.name = "count",
     .aliases = "k",
     .kind = OPTION_INTEGER,
     .value = "N",
     .fallback = "10",
     .least = 1,
     .most = 1000000,
     .offset = offsetof(neighbors_settings, k),
     .section = "Options",
     .help = "how many neighbours of each word"},
    {.name = NULL},
};

typedef struct asking {
    n2v_model model;
    const char *path;
    size_t k;
    n2v_neighbor *nearest;
    size_t asked, unknown;
} asking;

static n2v_status answer(asking *a, const char *word, size_t bytes, n2v_error *error)
{
    const n2v_id id = n2v_vocabulary_find(a->model.vocabulary, word, bytes);
    size_t found;
    n2v_status status;

    if (id == N2V_NO_ID) {
        fprintf(stderr, "nce2vec: '%.*s' is not in the vocabulary of %s\n", (int)bytes, word, a->path);
        a->unknown++;
        return N2V_OK;
    }
    if ((status = n2v_neighbors(&a->model, id, a->k, a->nearest, &found, error)))
        return status;
    printf("%s%.*s\n", a->asked++ ? "\n" : "", (int)bytes, word);
    for (size_t i = 0; i < found; i++)
        printf("%8.4f  %s\n", (double)a->nearest[i].cosine,
               n2v_vocabulary_word(a->model.vocabulary, a->nearest[i].id, NULL));
    (void)fflush(stdout); /* the error stays on the stream, and ends the loops */
    return N2V_OK;
}

static n2v_status answer_lines(asking *a, n2v_error *error)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    n2v_status status = N2V_OK;

    while (!status && !ferror(stdout) && (length = getline(&line, &room, stdin)) >= 0) {
        size_t begin = strspn(line, " \t"), bytes = (size_t)length;
        while (bytes > begin && strchr(" \t\r\n", line[bytes - 1]))
            bytes--;
        if (bytes > begin)
            status = answer(a, line + begin, bytes - begin, error);
    }
    if (!status && ferror(stdin))
        status = n2v_fail(error, N2V_ERROR_IO, "standard input cannot be read: %s", strerror(errno));
    free(line);
    return status;
}

static n2v_status run(struct cli_session *session, const void *settings, const char *const *operands, size_t count,
                      n2v_error *error)
{
    const neighbors_settings *s = settings;
    asking a = {.path = operands[0]};
    n2v_status status;

    (void)session;
    if (count == 1 && strcmp(operands[0], "-") == 0)
        return n2v_fail(error, N2V_ERROR_ARGUMENT, "the vectors and the words cannot both come from standard input");
    if ((status = n2v_reader_check(operands[0], error)) || (status = n2v_format_read(&a.model, operands[0], NULL, error)))
        goto out;
    a.k = s->k < a.model.words ? (size_t)s->k : a.model.words;
    a.nearest = n2v_array(a.k, sizeof *a.nearest);
    if (!a.nearest) {
        status = n2v_fail_memory(error, a.k * sizeof *a.nearest, "the neighbours");
        goto out;
    }
    if (count == 1)
        status = answer_lines(&a, error);
    for (size_t i = 1; !status && !ferror(stdout) && i < count; i++)
        status = answer(&a, operands[i], strlen(operands[i]), error);
    if (!status && count > 1 && a.unknown)
        status = n2v_fail(error, N2V_ERROR_DATA, "%zu of %zu words not found", a.unknown, count - 1);
out:
    free(a.nearest);
    n2v_model_free(&a.model);
    return status;
}

const cli_command neighbors_command = {
    .name = "neighbors",
    .summary = "list the nearest words of words, by cosine",
    .usage = "[options] VECTORS [WORD...]",
    .about = "VECTORS is a file in any format that train writes, told by content. Without WORD, words are read from "
             "standard input, one a line.",
    .options = options,
    .settings_bytes = sizeof(neighbors_settings),
    .least_operands = 1,
    .most_operands = SIZE_MAX,
    .operand = "no vectors are given: name a file that 'nce2vec train' wrote",
    .run = run,
};
