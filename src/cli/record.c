#include "cli/record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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

/* The model's record on its way. */
typedef struct filling {
    Record *out;
    n2v_status status;
    n2v_error error;
} filling;

static void put_line(void *context, const char *name, const char *value, bool is_text)
{
    filling *f = context;
    char *line;

    (void)is_text;
    if (f->status != N2V_OK)
        return;
    line = strdup(value);
    if (!line) {
        f->status = fail_memory(&f->error, strlen(value), "the parameters");
        return;
    }
    for (char *at = line; *at; at++) /* a line stays a line */
        *at = (unsigned char)*at < 0x20 ? '?' : *at;
    f->status = record_add(f->out, name, line, &f->error);
    free(line);
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

n2v_status run_record_add(Record *out, const run_record *record, n2v_error *error)
{
    filling f = {.out = out};

    put_all(record, &(option_sink){put_line, &f});
    for (size_t i = 0; i < record->count && i < MOST_INPUTS; i++)
        put_line(&f, "input", record->inputs[i], true);
    if (f.status != N2V_OK && error)
        *error = f.error;
    return f.status;
}

void run_record_json(FILE *out, const run_record *record)
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
