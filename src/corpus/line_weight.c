#include "corpus/line_weight.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "corpus/weight.h"

static bool is_blank(unsigned char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r' && byte != '\n');
}

static n2v_status fail_field(const LineWeight *line, const char *fault, n2v_error *error)
{
    char shown[64];

    return error_set(error, N2V_ERROR_DATA,
                     "%s, line %" PRIu64 ": the weight '%s' %s; with " SETTING("weighted")
                     " the first field of each line is a number from 0 to 1e9, and its tokens follow",
                     line->name, line->lines + 1, word_printable(line->field, line->used, shown, sizeof shown), fault);
}

static n2v_status fail_alone(const LineWeight *line, n2v_error *error)
{
    char shown[64];

    return error_set(error, N2V_ERROR_DATA,
                     "%s, line %" PRIu64 ": there is nothing after the first field, '%s'; with " SETTING("weighted")
                     " it is the weight of the line, and its tokens follow",
                     line->name, line->lines + 1, word_printable(line->field, line->used, shown, sizeof shown));
}

static n2v_status end_field(LineWeight *line, n2v_error *error)
{
    const bool marked = line->lines == 0 && line->used > UTF8_MARK_BYTES &&
                        memcmp(line->field, UTF8_MARK, UTF8_MARK_BYTES) == 0;
    const size_t mark = marked ? UTF8_MARK_BYTES : 0;
    const char *fault = weight_fault(line->field + mark, line->used - mark, &line->weight);

    if (fault)
        return fail_field(line, fault, error);
    line->read = true;
    return N2V_OK;
}

/* Takes bytes of the field and the white space before it. */
static n2v_status take_field(LineWeight *line, const unsigned char *bytes, size_t count, size_t *taken,
                             n2v_error *error)
{
    for (size_t i = 0; i < count; i++) {
        const bool ends = is_blank(bytes[i]) || bytes[i] == '\n';
        *taken = i;
        if (ends && line->used)
            return end_field(line, error);
        if (bytes[i] == '\n')
            return N2V_OK;
        if (ends)
            continue;
        if (line->used == sizeof line->field)
            return fail_field(line, "is no number", error);
        line->field[line->used++] = (char)bytes[i];
    }
    *taken = count;
    return N2V_OK;
}

static bool has_token(const unsigned char *bytes, size_t count)
{
    size_t i = 0;

    while (i < count && (is_blank(bytes[i]) || bytes[i] == '\n'))
        i++;
    return i < count;
}

n2v_status line_weight_cut(LineWeight *line, const unsigned char *bytes, size_t count, size_t *skipped, size_t *rest,
                           n2v_error *error)
{
    const unsigned char *end;
    n2v_status status;

    *skipped = *rest = 0;
    if (!line->read && (status = take_field(line, bytes, count, skipped, error)) != N2V_OK)
        return status;
    if (*skipped == count)
        return N2V_OK;
    end = memchr(bytes + *skipped, '\n', count - *skipped);
    *rest = (end ? (size_t)(end - bytes) + 1 : count) - *skipped;
    line->tokens = line->tokens || has_token(bytes + *skipped, *rest);
    if (!end)
        return N2V_OK;
    if (line->read && !line->tokens)
        return fail_alone(line, error);
    line->lines++;
    line->used = 0;
    line->read = line->tokens = false;
    return N2V_OK;
}

n2v_status line_weight_end(const LineWeight *line, n2v_error *error)
{
    LineWeight last = *line;
    n2v_status status;

    if (last.used && !last.read && (status = end_field(&last, error)) != N2V_OK)
        return status;
    return last.used && !last.tokens ? fail_alone(&last, error) : N2V_OK;
}
