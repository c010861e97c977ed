#include "api/rate_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "io/lines.h"
#include "io/reader.h"
#include "train/rates.h"

#define LINE_BYTES   ((size_t)MAX_TOKEN_BYTES + 128)
#define WORDS        "a line is a word"
#define WITH_FACTORS WORDS " and a factor of its learning rate, or two: of its input and its output vector"

/* The next field of a line, which it cuts there; NULL: there is none. */
static char *next_field(char **line)
{
    char *field = *line + strspn(*line, " \t");
    char *end = field + strcspn(field, " \t");

    *line = *end ? end + 1 : end;
    *end = '\0';
    return *field ? field : NULL;
}

static bool read_factor(const char *text, float *factor)
{
    double value;

    if (!number_read(text, &value))
        return false;
    *factor = (float)value;
    return rate_is_valid(*factor);
}

static n2v_status add_line(RateList *list, const Lines *lines, char *line, bool with_factors, n2v_error *error)
{
    const char *word = next_field(&line), *fields[3], *fault;
    const size_t before = vocabulary_size(list->words);
    float factors[2] = {0, 0};
    char text[64];
    n2v_status status;

    for (size_t i = 0; i < 3; i++)
        fields[i] = next_field(&line);
    if (!word)
        return N2V_OK;
    if ((fault = word_fault(word, strlen(word)))) {
        (void)snprintf(text, sizeof text, "the word %s", fault);
        return lines_refuse(lines, text, error);
    }
    if (fields[with_factors ? 2 : 0])
        return lines_refuse(lines, "there is more than that", error);
    if (with_factors && !fields[0])
        return lines_refuse(lines, "there is no factor", error);
    if (with_factors &&
        (!read_factor(fields[0], &factors[0]) || !read_factor(fields[1] ? fields[1] : fields[0], &factors[1])))
        return lines_refuse(lines, "the factor is not a number from 0 on", error);
    if ((status = vocabulary_add(list->words, word, strlen(word), 1, NULL, error)) != N2V_OK)
        return status;
    if (vocabulary_size(list->words) == before)
        return lines_refuse(lines, "the word appears a second time", error);
    if ((status = array_grow((void **)&list->factors, &list->room, before + 1, sizeof *list->factors,
                             "the learning rates of words", error)) != N2V_OK)
        return status;
    memcpy(list->factors[before], factors, sizeof factors);
    return N2V_OK;
}

n2v_status rate_list_read(RateList *list, const char *path, bool with_factors, n2v_error *error)
{
    const char *form = with_factors ? WITH_FACTORS : WORDS;
    Lines *lines = NULL;
    n2v_status status;
    size_t bytes;
    char *line;

    *list = (RateList){.words = vocabulary_create()};
    if (!list->words)
        return fail_memory(error, 0, "the learning rates of words");
    if ((status = reader_check(path, error)) != N2V_OK ||
        (status = lines_open(&lines, path, LINE_BYTES, form, NULL, error)) != N2V_OK)
        goto out;
    while ((status = lines_next(lines, &line, &bytes, error)) == N2V_OK && line) {
        status = strlen(line) < bytes ? lines_refuse(lines, "it has a byte 0", error)
                                      : add_line(list, lines, line, with_factors, error);
        if (status != N2V_OK)
            goto out;
    }
    if (status == N2V_OK && !vocabulary_size(list->words))
        status = error_set(error, N2V_ERROR_FORMAT, "%s: there is no word in this file; a line is a word", path);
out:
    lines_close(lines);
    if (status != N2V_OK)
        rate_list_free(list);
    return status;
}

void rate_list_free(RateList *list)
{
    vocabulary_destroy(list->words);
    free(list->factors);
    *list = (RateList){.words = NULL};
}
