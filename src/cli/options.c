#include "cli/options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 64

/* The table ----------------------------------------------------------------------------- */

/* The next word of a list that spaces separate, *bytes long; NULL at the end. */
static const char *next_word(const char **list, size_t *bytes)
{
    const char *word = *list ? *list + strspn(*list, " ") : "";

    *bytes = strcspn(word, " ");
    *list = word + *bytes;
    return *bytes ? word : NULL;
}

static bool has_word(const char *list, const char *word, size_t bytes)
{
    const char *other;
    size_t length;

    while ((other = next_word(&list, &length)))
        if (length == bytes && memcmp(other, word, bytes) == 0)
            return true;
    return false;
}

static const cli_option *find_setting(const cli_options *all, n2v_purpose purpose, const char *name)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->rows[i].setting && all->rows[i].purpose == purpose && strcmp(all->rows[i].setting, name) == 0)
            return &all->rows[i];
    return NULL;
}

/* The row of a setting. The command's own texts replace the library's. */
static cli_option setting_row(const cli_option *own, const n2v_setting_info *info)
{
    const bool named = own->kind == OPTION_SETTING;

    return (cli_option){
        .name = named ? own->name : info->name,
        .aliases = named ? own->aliases : info->aliases,
        .kind = OPTION_SETTING,
        .value = info->type == N2V_FLAG ? NULL : info->value,
        .fallback = info->type == N2V_FLAG ? NULL : info->default_text,
        .note = own->note ? own->note : info->default_note,
        .choices = info->choices,
        .section = own->section ? own->section : info->group,
        .help = own->help ? own->help : info->help,
        .purpose = own->purpose,
        .setting = info->name,
        .is_flag = info->type == N2V_FLAG,
    };
}

static bool is_wanted(const cli_options *all, const cli_option *own, const char *setting)
{
    if (own->kind == OPTION_SETTING)
        return strcmp(own->setting, setting) == 0;
    if (strcmp(own->name, "*") == 0)
        return !find_setting(all, own->purpose, setting);
    return has_word(own->name, setting, strlen(setting));
}

static n2v_status add_row(cli_options *all, const cli_option *row, n2v_error *error)
{
    if (all->count == MAX_OPTIONS)
        return fail(error, N2V_ERROR_ARGUMENT, "this command has more than %d options", MAX_OPTIONS);
    all->rows[all->count++] = *row;
    return N2V_OK;
}

static n2v_status add_settings(cli_options *all, const cli_option *own, n2v_error *error)
{
    const size_t count = n2v_setting_count(own->purpose);
    n2v_status status = N2V_OK;

    for (size_t i = 0; i < count && status == N2V_OK; i++) {
        n2v_setting_info info = {.size = sizeof info};
        if ((status = n2v_setting_describe(own->purpose, i, &info, error)) == N2V_OK &&
            is_wanted(all, own, info.name)) {
            const cli_option row = setting_row(own, &info);
            status = add_row(all, &row, error);
        }
    }
    return status;
}

n2v_status options_list(cli_options *all, const cli_command *command, n2v_error *error)
{
    n2v_status status = N2V_OK;

    all->count = 0;
    memset(all->typed, 0, sizeof all->typed);
    for (const cli_option *own = command->options; own && own->name && status == N2V_OK; own++)
        status = own->kind == OPTION_SETTING || own->kind == OPTION_SETTINGS ? add_settings(all, own, error)
                                                                             : add_row(all, own, error);
    return status;
}

static size_t find_option(const cli_options *all, const char *name, size_t bytes)
{
    size_t i = 0;

    while (i < all->count && !(strlen(all->rows[i].name) == bytes && memcmp(all->rows[i].name, name, bytes) == 0) &&
           !has_word(all->rows[i].aliases, name, bytes))
        i++;
    return i;
}

/* Values of the command's own options --------------------------------------------------- */

static void *field(void *values, const cli_option *o)
{
    return (char *)values + o->offset;
}

static n2v_status refuse(const cli_option *o, const char *given, const char *value, n2v_error *error)
{
    char choices[256] = "";
    size_t used = 0;

    if (o->refusal)
        return fail(error, N2V_ERROR_ARGUMENT, "%s %s: %s", given, value, o->refusal);
    if (o->kind == OPTION_INTEGER)
        return fail(error, N2V_ERROR_ARGUMENT, "%s: '%s' is not an integer from %" PRIu64 " to %" PRIu64, given, value,
                    o->min, o->max);
    for (size_t i = 0; o->choices[i] && used < sizeof choices; i++)
        used += (size_t)snprintf(choices + used, sizeof choices - used, "%s%s", i ? ", " : "", o->choices[i]);
    return fail(error, N2V_ERROR_ARGUMENT, "%s: '%s' is not one of %s", given, value, choices);
}

/* The whole text must be the number, without blanks and signs. */
static bool parse_integer(const char *text, uint64_t *number)
{
    char *end;

    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return !*end && !errno;
}

static n2v_status set_value(void *values, const cli_option *o, const char *given, const char *value, n2v_error *error)
{
    uint64_t integer;
    size_t index = 0;

    if (o->kind == OPTION_INTEGER) {
        if (!parse_integer(value, &integer) || integer < o->min || integer > o->max)
            return refuse(o, given, value, error);
        memcpy(field(values, o), &integer, sizeof integer);
    } else if (o->kind == OPTION_FLAG) {
        memcpy(field(values, o), &(bool){true}, sizeof(bool));
    } else if (o->kind == OPTION_CHOICE) {
        while (o->choices[index] && strcmp(o->choices[index], value) != 0)
            index++;
        if (!o->choices[index])
            return refuse(o, given, value, error);
        memcpy(field(values, o), &index, sizeof index);
    } else {
        if (!*value)
            return fail(error, N2V_ERROR_ARGUMENT, "%s: the value is empty", given);
        memcpy(field(values, o), &value, sizeof value);
    }
    return N2V_OK;
}

/* values is zero; that is the default of texts, flags and choices. */
static n2v_status set_defaults(const cli_options *all, void *values, n2v_error *error)
{
    const uint64_t unset = UNSET_INTEGER;
    n2v_status status = N2V_OK;

    for (size_t i = 0; i < all->count && status == N2V_OK; i++) {
        const cli_option *o = &all->rows[i];
        if (o->kind == OPTION_INTEGER)
            memcpy(field(values, o), &unset, sizeof unset);
        if (!o->setting && o->fallback)
            status = set_value(values, o, o->name, o->fallback, error);
    }
    return status;
}

/* Arguments ---------------------------------------------------------------------------- */

/* An argument in its parts: -name, --name or --name=value. */
typedef struct spelled {
    char given[NAME_BYTES]; /* as it was typed, without the value */
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

static n2v_status unknown_option(const cli_options *all, const cli_command *command, const spelled *s, n2v_error *error)
{
    const char *names[MAX_OPTIONS + 1], *nearest;
    char name[NAME_BYTES];
    size_t shown = 0;

    for (size_t i = 0; i < all->count; i++)
        if (all->rows[i].help)
            names[shown++] = all->rows[i].name;
    names[shown] = NULL;
    snprintf(name, sizeof name, "%.*s", (int)s->bytes, s->name);
    nearest = n2v_nearest_name(name, names);
    if (nearest)
        return fail(error, N2V_ERROR_ARGUMENT, "%s is not an option of %s; did you mean --%s?", s->given, command->name,
                    nearest);
    return fail(error, N2V_ERROR_ARGUMENT, "%s is not an option of %s; 'nce2vec help %s' lists them", s->given,
                command->name, command->name);
}

/* Whether the next argument is an option: then a value was forgotten. */
static bool is_known(const cli_options *all, const char *argument)
{
    const spelled s = take_apart(argument);
    return is_option(argument) && find_option(all, s.name, s.bytes) < all->count;
}

static bool is_help(const char *argument)
{
    return strcmp(argument, "--help") == 0 || strcmp(argument, "-help") == 0 || strcmp(argument, "-h") == 0;
}

static n2v_status take_flag(cli_options *all, size_t index, const spelled *s, const char *argument, void *values,
                            n2v_error *error)
{
    const cli_option *o = &all->rows[index];
    const bool yes = true;

    if (s->value)
        return fail(error, N2V_ERROR_ARGUMENT, "%s takes no value", s->given);
    all->typed[index] = (cli_typed){argument, strlen(s->given), o->setting ? "1" : NULL};
    if (!o->setting)
        memcpy(field(values, o), &yes, sizeof yes);
    return N2V_OK;
}

/* The option at *at, and its value, which may be the argument after it. */
static n2v_status take_option(cli_options *all, const cli_command *command, char *const *arguments, size_t count,
                              size_t *at, void *values, const char **operands, size_t *operand_count, n2v_error *error)
{
    const char *argument = arguments[*at];
    spelled s = take_apart(argument);
    const size_t index = find_option(all, s.name, s.bytes);
    const cli_option *o = &all->rows[index];

    if (index == all->count)
        return unknown_option(all, command, &s, error);
    if (o->kind == OPTION_FLAG || o->is_flag)
        return take_flag(all, index, &s, argument, values, error);
    if (!s.value && (*at + 1 == count || is_known(all, arguments[*at + 1])))
        return fail(error, N2V_ERROR_ARGUMENT, "%s needs a value (%s)", s.given, o->value);
    if (!s.value)
        s.value = arguments[++*at];
    all->typed[index] = (cli_typed){argument, strlen(s.given), s.value};
    if (o->kind == OPTION_SETTING)
        return N2V_OK;
    if (o->kind != OPTION_OPERAND)
        return set_value(values, o, s.given, s.value, error);
    operands[(*operand_count)++] = s.value;
    return N2V_OK;
}

n2v_status options_parse(cli_options *all, const cli_command *command, char *const *arguments, size_t count,
                         void *values, const char **operands, size_t *operand_count, bool *help, n2v_error *error)
{
    bool options_ended = false;
    n2v_status status = set_defaults(all, values, error);

    *operand_count = 0;
    *help = false;
    for (size_t i = 0; status == N2V_OK && i < count; i++) {
        if (options_ended || !is_option(arguments[i]))
            operands[(*operand_count)++] = arguments[i];
        else if (strcmp(arguments[i], "--") == 0)
            options_ended = true;
        else if (is_help(arguments[i]) && !is_known(all, arguments[i])) {
            *help = true;
            return N2V_OK;
        } else
            status = take_option(all, command, arguments, count, &i, values, operands, operand_count, error);
    }
    if (status != N2V_OK)
        return status;
    if (*operand_count < command->min_operands)
        return fail(error, N2V_ERROR_ARGUMENT, "%s", command->operand);
    if (*operand_count > command->max_operands)
        return fail(error, N2V_ERROR_ARGUMENT, "'%s' is one argument too many for %s", operands[command->max_operands],
                    command->name);
    return N2V_OK;
}

/* Errors -------------------------------------------------------------------------------- */

static void append(n2v_error *error, size_t *used, const char *text, size_t bytes)
{
    const size_t room = sizeof error->text - 1 - *used, taken = bytes < room ? bytes : room;

    memcpy(error->text + *used, text, taken);
    *used += taken;
    error->text[*used] = '\0';
}

/* The option of a setting whose name has so many bytes; NULL: the command has none. */
static const cli_option *find_spelled(const cli_options *all, const char *setting, size_t bytes)
{
    for (size_t i = 0; i < all->count; i++) {
        const char *name = all->rows[i].setting;
        if (name && strlen(name) == bytes && memcmp(name, setting, bytes) == 0)
            return &all->rows[i];
    }
    return NULL;
}

static void append_option(n2v_error *error, size_t *used, const cli_option *o, const char *setting, size_t bytes)
{
    if (!o) {
        append(error, used, setting, bytes);
        return;
    }
    append(error, used, "--", 2);
    append(error, used, o->name, strlen(o->name));
}

void options_spell(const cli_options *all, n2v_error *error, const char *name, const char *given, size_t bytes)
{
    const n2v_error before = *error;
    const size_t length = strlen(before.text);
    size_t used = 0, at = 0;

    for (size_t i = 0; i < N2V_ERROR_SPANS && before.settings[i].bytes; i++) {
        const n2v_span span = before.settings[i];
        const char *setting = before.text + span.at;
        if (span.at < at || (size_t)span.at + span.bytes > length)
            break;
        append(error, &used, before.text + at, span.at - at);
        if (name && strlen(name) == span.bytes && memcmp(setting, name, span.bytes) == 0) {
            append(error, &used, given, bytes);
        } else {
            append_option(error, &used, find_spelled(all, setting, span.bytes), setting, span.bytes);
        }
        at = (size_t)span.at + span.bytes;
    }
    append(error, &used, before.text + at, length - at);
    memset(error->settings, 0, sizeof error->settings);
}

/* Settings ----------------------------------------------------------------------------- */

static bool is_typed_setting(const cli_options *all, size_t row, const char *setting)
{
    return all->typed[row].given && all->rows[row].setting && strcmp(all->rows[row].setting, setting) == 0;
}

const char *options_value(const cli_options *all, const char *setting)
{
    for (size_t i = 0; i < all->count; i++)
        if (is_typed_setting(all, i, setting))
            return all->typed[i].value;
    return NULL;
}

const cli_typed *options_typed(const cli_options *all, const char *name)
{
    const size_t row = find_option(all, name, strlen(name));
    return row < all->count && all->typed[row].given ? &all->typed[row] : NULL;
}

void options_add(cli_options *all, n2v_purpose purpose, const char *setting, const char *given, const char *value)
{
    const cli_option *row = find_setting(all, purpose, setting);

    if (row)
        all->typed[row - all->rows] = (cli_typed){given, strlen(given), value};
}

void options_replace(cli_options *all, const char *setting, const char *value)
{
    for (size_t i = 0; i < all->count; i++)
        if (is_typed_setting(all, i, setting))
            all->typed[i].value = value;
}

n2v_status options_retype(cli_options *all, void *values, const char *name, const char *value, n2v_error *error)
{
    const size_t row = find_option(all, name, strlen(name));

    all->typed[row].value = value;
    return set_value(values, &all->rows[row], name, value, error);
}

void options_forget(cli_options *all, const char *setting)
{
    for (size_t i = 0; i < all->count; i++)
        if (is_typed_setting(all, i, setting))
            all->typed[i] = (cli_typed){.given = NULL};
}

static bool is_kept(const cli_option *o)
{
    return o->kept || (o->setting && o->purpose == N2V_FOR_OUTPUT);
}

bool options_kept(const cli_options *all, size_t *at, const char **name, const char **value)
{
    while (*at < all->count) {
        const size_t i = (*at)++;
        if (all->typed[i].given && is_kept(&all->rows[i])) {
            *name = all->rows[i].name;
            *value = all->typed[i].value ? all->typed[i].value : "1"; /* of a flag */
            return true;
        }
    }
    return false;
}

n2v_status options_restore(cli_options *all, void *values, const char *given, const char *value, n2v_error *error)
{
    const char *name = given + strspn(given, "-");
    const size_t row = find_option(all, name, strlen(name));

    if (row == all->count || !is_kept(&all->rows[row]))
        return fail(error, N2V_ERROR_FORMAT, "the checkpoint has the option %s, which this version does not know",
                    given);
    if (all->typed[row].given)
        return N2V_OK;
    all->typed[row] = (cli_typed){given, strlen(given), value};
    return all->rows[row].setting ? N2V_OK : set_value(values, &all->rows[row], given, value, error);
}

n2v_status options_settings(const cli_options *all, n2v_purpose purpose, const n2v_objectives *objectives,
                            n2v_settings **settings, n2v_error *error)
{
    n2v_status status = n2v_settings_create(settings, purpose, objectives, error);

    for (size_t i = 0; i < all->count && status == N2V_OK; i++) {
        const cli_option *o = &all->rows[i];
        const cli_typed *typed = &all->typed[i];
        if (!typed->given || !o->setting || o->purpose != purpose)
            continue;
        if ((status = n2v_settings_set(*settings, o->setting, typed->value, error)) != N2V_OK)
            options_spell(all, error, o->setting, typed->given, typed->bytes);
    }
    return status;
}
