#include "settings/settings.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/number.h"
#include "settings/presets.h"

typedef struct value {
    bool given;
    char *text; /* NULL: there is no value, and the others are 0 */
    uint64_t integer;
    double real;
    size_t choice;
} value;

struct Settings {
    n2v_purpose purpose;
    size_t count;
    value values[]; /* of the table's rows */
};

static const value none = {.text = NULL};

/* Values ------------------------------------------------------------------------------- */

static n2v_status refuse(const Setting *setting, const char *text, n2v_error *error)
{
    return error_set(error, N2V_ERROR_ARGUMENT, "\1%s\2: '%s' is not %s", setting->name, text,
                     setting->type == N2V_FLAG ? "0 or 1" : setting->range);
}

static bool choose(const Setting *setting, const char *text, size_t *choice)
{
    for (*choice = 0; setting->choices[*choice]; ++*choice)
        if (strcmp(setting->choices[*choice], text) == 0)
            return true;
    return false;
}

/* Reads a text. *canonical becomes the text to keep: it lies in number, or is the given one. */
static n2v_status read_value(const Setting *setting, const char *text, value *v, char number[NUMBER_BYTES],
                             const char **canonical, n2v_error *error)
{
    *canonical = text;
    switch (setting->type) {
    case N2V_FLAG:
        if (strcmp(text, "0") && strcmp(text, "1"))
            return refuse(setting, text, error);
        v->integer = *text == '1';
        return N2V_OK;
    case N2V_INTEGER:
        if (!number_read_integer(text, &v->integer) || v->integer < setting->min || v->integer > setting->max)
            return refuse(setting, text, error);
        (void)snprintf(number, NUMBER_BYTES, "%" PRIu64, v->integer);
        *canonical = number;
        return N2V_OK;
    case N2V_REAL:
        if (!number_read(text, &v->real) || v->real < setting->real_min || v->real > setting->real_max ||
            (setting->above && v->real <= setting->real_min))
            return refuse(setting, text, error);
        *canonical = number_text(v->real, number);
        return N2V_OK;
    case N2V_CHOICE:
        return choose(setting, text, &v->choice) ? N2V_OK : refuse(setting, text, error);
    case N2V_TEXT:
        break;
    }
    if (!*text)
        return error_set(error, N2V_ERROR_ARGUMENT, "\1%s\2: the value is empty", setting->name);
    return setting->check ? setting->check(text, error) : N2V_OK;
}

/* Sets a value from a text; NULL: there is none. On failure nothing changes. */
static n2v_status set_value(const Setting *setting, value *v, const char *text, bool is_given, n2v_error *error)
{
    value new = {.given = is_given};
    char number[NUMBER_BYTES];
    const char *canonical = NULL;
    n2v_status status = N2V_OK;

    if (text && (status = read_value(setting, text, &new, number, &canonical, error)) != N2V_OK)
        return status;
    if (text && !(new.text = strdup(canonical)))
        return fail_memory(error, strlen(canonical) + 1, "a setting");
    free(v->text);
    *v = new;
    return N2V_OK;
}

/* Defaults ------------------------------------------------------------------------------ */

/* The preset's, else the table's; NULL: there is none. */
static const char *default_text(const Settings *settings, const Setting *setting)
{
    const char *preset = settings_text(settings, "preset"), *text = NULL;

    if (preset)
        text =
            preset_text(preset, setting->name, settings_given(settings, "objective"), settings_text(settings, "model"));
    return text ? text : setting->fixed;
}

/* Gives all settings that are not set their defaults, in the table's order: those of later ones depend on earlier
 * ones. */
static n2v_status set_defaults(Settings *settings, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t i = 0; status == N2V_OK && i < settings->count; i++) {
        const Setting *setting = setting_at(settings->purpose, i);
        if (!settings->values[i].given)
            status = set_value(setting, &settings->values[i], default_text(settings, setting), false, error);
    }
    return status;
}

/* Whether defaults of others depend on it. */
static bool decides_defaults(const Setting *setting)
{
    return strcmp(setting->name, "preset") == 0 || strcmp(setting->name, "objective") == 0 ||
           strcmp(setting->name, "model") == 0;
}

/* All settings ------------------------------------------------------------------------- */

n2v_status settings_create(Settings **settings, n2v_purpose purpose, n2v_error *error)
{
    const size_t count = setting_count(purpose);
    Settings *s = calloc(1, sizeof *s + count * sizeof *s->values);
    n2v_status status;

    *settings = NULL;
    if (!s)
        return fail_memory(error, sizeof *s + count * sizeof *s->values, "the settings");
    s->purpose = purpose;
    s->count = count;
    if ((status = set_defaults(s, error)) != N2V_OK) {
        settings_destroy(s);
        return status;
    }
    *settings = s;
    return N2V_OK;
}

n2v_status settings_copy(Settings **copy, const Settings *settings, n2v_error *error)
{
    n2v_status status = settings_create(copy, settings->purpose, error);

    for (size_t i = 0; status == N2V_OK && i < settings->count; i++)
        if (settings->values[i].given)
            status =
                set_value(setting_at(settings->purpose, i), &(*copy)->values[i], settings->values[i].text, true, error);
    if (status == N2V_OK)
        status = set_defaults(*copy, error);
    if (status != N2V_OK) {
        settings_destroy(*copy);
        *copy = NULL;
    }
    return status;
}

void settings_destroy(Settings *settings)
{
    if (!settings)
        return;
    for (size_t i = 0; i < settings->count; i++)
        free(settings->values[i].text);
    free(settings);
}

n2v_purpose settings_purpose(const Settings *settings)
{
    return settings->purpose;
}

/* By name ------------------------------------------------------------------------------ */

static const char *name_in_table(const void *purpose, size_t index)
{
    const Setting *setting = setting_at(*(const n2v_purpose *)purpose, index);
    return setting ? setting->name : NULL;
}

static n2v_status fail_unknown(n2v_purpose purpose, const char *name, n2v_error *error)
{
    const char *nearest = names_nearest(name, strlen(name), name_in_table, &purpose);
    char list[512];

    if (nearest)
        return error_set(error, N2V_ERROR_ARGUMENT, "unknown setting '%s'; did you mean \1%s\2?", name, nearest);
    return error_set(error, N2V_ERROR_ARGUMENT, "unknown setting '%s'; there are: %s", name,
                     names_join(name_in_table, &purpose, list, sizeof list));
}

/* `window` all: the weights say so, and the window stays the number of contexts that are drawn. */
static n2v_status set_whole_lines(Settings *settings, n2v_error *error)
{
    if (settings_given(settings, "window-weights") && strcmp(settings_text(settings, "window-weights"), "line") != 0)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("window") " all is " SETTING("window-weights") " line, not %s: give one of them",
                         settings_text(settings, "window-weights"));
    return settings_set(settings, "window-weights", "line", error);
}

n2v_status settings_set(Settings *settings, const char *name, const char *text, n2v_error *error)
{
    const Setting *setting = setting_find(settings->purpose, name);
    n2v_status status;
    value *v;

    if (!setting)
        return fail_unknown(settings->purpose, name, error);
    if (text && strcmp(setting->name, "window") == 0 && strcmp(text, "all") == 0 &&
        setting_find(settings->purpose, "window-weights"))
        return set_whole_lines(settings, error);
    v = &settings->values[setting - setting_at(settings->purpose, 0)];
    status = set_value(setting, v, text ? text : default_text(settings, setting), text, error);
    return status == N2V_OK && decides_defaults(setting) ? set_defaults(settings, error) : status;
}

static const value *find(const Settings *settings, const char *name)
{
    const Setting *setting = settings ? setting_find(settings->purpose, name) : NULL;
    return setting ? &settings->values[setting - setting_at(settings->purpose, 0)] : &none;
}

bool settings_given(const Settings *settings, const char *name)
{
    return find(settings, name)->given;
}

const char *settings_text(const Settings *settings, const char *name)
{
    return find(settings, name)->text;
}

uint64_t settings_integer(const Settings *settings, const char *name, uint64_t otherwise)
{
    const value *v = find(settings, name);
    return v->text ? v->integer : otherwise;
}

double settings_real(const Settings *settings, const char *name, double otherwise)
{
    const value *v = find(settings, name);
    return v->text ? v->real : otherwise;
}

size_t settings_choice(const Settings *settings, const char *name)
{
    const value *v = find(settings, name);
    return v->text ? v->choice : NO_CHOICE;
}

bool settings_flag(const Settings *settings, const char *name)
{
    return find(settings, name)->integer != 0;
}
