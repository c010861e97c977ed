#include "cli/record.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/json.h"

#define MOST_INPUTS  ((size_t)100)
#define NUMBER_BYTES 32

/* All but the names of the inputs, of which there may be many. */
static void put_all(const run_record *r, const option_sink *sink)
{
    const n2v_objective *objective = r->options->objective;
    char name[64], number[NUMBER_BYTES];

    sink->put(sink->context, "version", N2V_VERSION, true);
    sink->put(sink->context, "objective", objective->name, true);
    for (size_t i = 0; i < objective_parameters(objective); i++) {
        snprintf(name, sizeof name, "objective.%s", objective->parameters[i].name);
        snprintf(number, sizeof number, "%.9g", (double)r->options->parameters[i]);
        sink->put(sink->context, name, number, false);
    }
    options_record(sink, r->command, r->settings);
    snprintf(number, sizeof number, "%zu", r->count);
    sink->put(sink->context, "inputs", number, false);
    snprintf(number, sizeof number, "%" PRIu64, r->tokens);
    sink->put(sink->context, "tokens", number, false);
    sink->put(sink->context, "kernels", r->kernels, true);
}

static void put_line(void *context, const char *name, const char *value, bool is_text)
{
    FILE *out = context;

    (void)is_text;
    fprintf(out, "%s=", name);
    for (; *value; value++) /* a line stays a line */
        fputc((unsigned char)*value < 0x20 ? '?' : *value, out);
    fputc('\n', out);
}

static void put_member(void *context, const char *name, const char *value, bool is_text)
{
    FILE *out = context;

    json_string(out, name);
    fputc(':', out);
    if (is_text)
        json_string(out, value);
    else
        fputs(value, out);
    fputc(',', out);
}

char *record_lines(const run_record *record)
{
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);

    if (!out)
        return NULL;
    put_all(record, &(option_sink){put_line, out});
    for (size_t i = 0; i < record->count && i < MOST_INPUTS; i++)
        put_line(out, "input", record->inputs[i], true);
    if (fclose(out)) {
        free(text);
        return NULL;
    }
    return text;
}

void record_json(FILE *out, const run_record *record)
{
    fputc('{', out);
    put_all(record, &(option_sink){put_member, out});
    fputs("\"input\":[", out);
    for (size_t i = 0; i < record->count && i < MOST_INPUTS; i++) {
        if (i)
            fputc(',', out);
        json_string(out, record->inputs[i]);
    }
    fputs("]}", out);
}
