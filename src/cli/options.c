#include "cli/options.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/number.h"

#define NAME_BYTES 64

/* Names -------------------------------------------------------------------------------- */

/* Spelling index of an option: the name, then its aliases. NULL beyond the last. */
static const char *spelling(const cli_option *o, size_t index, size_t *bytes)
{
    const char *at = o->aliases;

    if (index == 0) {
        *bytes = strlen(o->name);
        return o->name;
    }
    for (; at && *at; at += *bytes + strspn(at + *bytes, " ")) {
        *bytes = strcspn(at, " ");
        if (--index == 0)
            return at;
    }
    return NULL;
}

static const cli_option *find_option(const cli_option *options, const char *name, size_t bytes)
{
    for (const cli_option *o = options; o && o->name; o++) {
        size_t length;
        const char *text;
        for (size_t i = 0; (text = spelling(o, i, &length)); i++)
            if (length == bytes && memcmp(text, name, bytes) == 0)
                return o;
    }
    return NULL;
}

static const char *shown_name(const void *list, size_t index)
{
    const cli_option *o = list;
    for (; o && o->name; o++)
        if (o->help && index-- == 0)
            return o->name;
    return NULL;
}

/* Values ------------------------------------------------------------------------------- */

static void *field(void *settings, const cli_option *o)
{
    return (char *)settings + o->offset;
}

static void set_unset(void *settings, const cli_option *o)
{
    const uint64_t integer = UNSET_INTEGER;
    const double real = NAN;
    const size_t choice = UNSET_CHOICE;
    const bool no = false;
    const char *none = NULL;

    switch (o->kind) {
    case OPTION_FLAG:
        memcpy(field(settings, o), &no, sizeof no);
        break;
    case OPTION_INTEGER:
        memcpy(field(settings, o), &integer, sizeof integer);
        break;
    case OPTION_REAL:
        memcpy(field(settings, o), &real, sizeof real);
        break;
    case OPTION_TEXT:
        memcpy(field(settings, o), &none, sizeof none);
        break;
    case OPTION_CHOICE:
        memcpy(field(settings, o), &choice, sizeof choice);
        break;
    case OPTION_OPERAND:
        break;
    }
}

static n2v_status refuse(const cli_option *o, const char *given, const char *value, n2v_error *error)
{
    char range[512];

    if (o->refusal)
        return error_set(error, N2V_ERROR_ARGUMENT, "%s %s: %s", given, value, o->refusal);
    if (o->kind == OPTION_INTEGER && o->most == UINT64_MAX)
        snprintf(range, sizeof range, "an integer of at least %" PRIu64, o->least);
    else if (o->kind == OPTION_INTEGER)
        snprintf(range, sizeof range, "an integer from %" PRIu64 " to %" PRIu64, o->least, o->most);
    else if (o->kind == OPTION_REAL && o->above)
        snprintf(range, sizeof range, "a number above %g, at most %g", o->low, o->high);
    else if (o->kind == OPTION_REAL)
        snprintf(range, sizeof range, "a number from %g to %g", o->low, o->high);
    else {
        size_t at = (size_t)snprintf(range, sizeof range, "one of");
        const char *name;
        for (size_t i = 0; (name = o->choice(i)) && at < sizeof range; i++)
            at += (size_t)snprintf(range + at, sizeof range - at, "%s %s", i ? "," : "", name);
    }
    return error_set(error, N2V_ERROR_ARGUMENT, "%s: '%s' is not %s", given, value, range);
}

static n2v_status set_value(void *settings, const cli_option *o, const char *given, const char *value, n2v_error *error)
{
    uint64_t integer;
    double real;
    size_t index = 0;
    const char *name;

    switch (o->kind) {
    case OPTION_INTEGER:
        if (!number_read_integer(value, &integer) || integer < o->least || integer > o->most)
            return refuse(o, given, value, error);
        memcpy(field(settings, o), &integer, sizeof integer);
        break;
    case OPTION_REAL:
        if (!number_read(value, &real) || real < o->low || real > o->high || (o->above && real <= o->low))
            return refuse(o, given, value, error);
        memcpy(field(settings, o), &real, sizeof real);
        break;
    case OPTION_TEXT:
        if (!*value)
            return error_set(error, N2V_ERROR_ARGUMENT, "%s: the value is empty", given);
        memcpy(field(settings, o), &value, sizeof value);
        break;
    case OPTION_CHOICE:
        while ((name = o->choice(index)) && strcmp(name, value) != 0)
            index++;
        if (!name)
            return refuse(o, given, value, error);
        memcpy(field(settings, o), &index, sizeof index);
        break;
    case OPTION_FLAG:
    case OPTION_OPERAND:
        break;
    }
    return N2V_OK;
}

static n2v_status set_defaults(const cli_option *options, void *settings, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (const cli_option *o = options; !status && o && o->name; o++) {
        set_unset(settings, o);
        if (o->fallback)
            status = set_value(settings, o, o->name, o->fallback, error);
    }
    return status;
}

/* Arguments ---------------------------------------------------------------------------- */

/* An argument taken apart: -name, --name or --name=value. */
typedef struct spelled {
    char given[NAME_BYTES]; /* as it stands, without the value */
    const char *name, *value;
    size_t bytes;
} spelled;

static bool is_option(const char *argument)
{
    return argument[0] == '-' && argument[1];
}

static spelled take_apart(const char *argument)
{
    spelled s = {.name = argument + 1 + (argument[1] == '-')};

    s.bytes = strcspn(s.name, "=");
    if (s.name[s.bytes])
        s.value = s.name + s.bytes + 1;
    snprintf(s.given, sizeof s.given, "%.*s", (int)(s.name + s.bytes - argument), argument);
    return s;
}

static n2v_status unknown_option(const cli_command *command, const spelled *s, n2v_error *error)
{
    const char *nearest = names_nearest(s->name, s->bytes, shown_name, command->options);
    if (nearest)
        return error_set(error, N2V_ERROR_ARGUMENT, "%s is not an option of %s; did you mean --%s?", s->given,
                         command->name, nearest);
    return error_set(error, N2V_ERROR_ARGUMENT, "%s is not an option of %s; 'nce2vec help %s' lists them", s->given,
                     command->name, command->name);
}

/* Options may be forgotten to have a value: the next argument is one of them, then. */
static bool is_known(const cli_command *command, const char *argument)
{
    const spelled s = take_apart(argument);
    return is_option(argument) && find_option(command->options, s.name, s.bytes);
}

static bool asks_for_help(const char *argument)
{
    return strcmp(argument, "--help") == 0 || strcmp(argument, "-help") == 0 || strcmp(argument, "-h") == 0;
}

n2v_status options_parse(const cli_command *command, char *const *arguments, size_t count, void *settings,
                         const char **operands, size_t *operand_count, bool *help, n2v_error *error)
{
    bool options_ended = false;
    n2v_status status = set_defaults(command->options, settings, error);

    *operand_count = 0;
    *help = false;
    for (size_t i = 0; !status && i < count; i++) {
        const cli_option *o;
        spelled s;
        if (options_ended || !is_option(arguments[i])) {
            operands[(*operand_count)++] = arguments[i];
            continue;
        }
        if (strcmp(arguments[i], "--") == 0) {
            options_ended = true;
            continue;
        }
        s = take_apart(arguments[i]);
        o = find_option(command->options, s.name, s.bytes);
        if (!o && asks_for_help(arguments[i])) {
            *help = true;
            return N2V_OK;
        }
        if (!o)
            return unknown_option(command, &s, error);
        if (o->kind == OPTION_FLAG) {
            const bool yes = true;
            if (s.value)
                return error_set(error, N2V_ERROR_ARGUMENT, "%s takes no value", s.given);
            memcpy(field(settings, o), &yes, sizeof yes);
            continue;
        }
        if (!s.value && (i + 1 == count || is_known(command, arguments[i + 1])))
            return error_set(error, N2V_ERROR_ARGUMENT, "%s needs a value (%s)", s.given, o->value);
        if (!s.value)
            s.value = arguments[++i];
        if (o->kind == OPTION_OPERAND)
            operands[(*operand_count)++] = s.value;
        else
            status = set_value(settings, o, s.given, s.value, error);
    }
    if (status)
        return status;
    if (*operand_count < command->least_operands)
        return error_set(error, N2V_ERROR_ARGUMENT, "%s", command->operand);
    if (*operand_count > command->most_operands)
        return error_set(error, N2V_ERROR_ARGUMENT, "'%s' is one argument too many for %s",
                         operands[command->most_operands], command->name);
    return N2V_OK;
}

void options_record(const option_sink *sink, const cli_command *command, const void *settings)
{
    for (const cli_option *o = command->options; o->name; o++) {
        const void *at = (const char *)settings + o->offset;
        const char *value = NULL;
        char number[NUMBER_BYTES];
        uint64_t integer;
        double real;
        size_t choice;
        if (!o->recorded)
            continue;
        switch (o->kind) {
        case OPTION_INTEGER:
            memcpy(&integer, at, sizeof integer);
            snprintf(number, sizeof number, "%" PRIu64, integer);
            value = integer != UNSET_INTEGER ? number : NULL;
            break;
        case OPTION_REAL:
            memcpy(&real, at, sizeof real);
            snprintf(number, sizeof number, "%.9g", real);
            value = isnan(real) ? NULL : number;
            break;
        case OPTION_CHOICE:
            memcpy(&choice, at, sizeof choice);
            value = choice != UNSET_CHOICE ? o->choice(choice) : NULL;
            break;
        case OPTION_TEXT:
            memcpy(&value, at, sizeof value);
            break;
        case OPTION_FLAG:
        case OPTION_OPERAND:
            break;
        }
        if (value)
            sink->put(sink->context, o->name, value, value != number);
    }
}
