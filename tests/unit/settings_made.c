#include "settings_made.h"

#include <string.h>

#include "test.h"

n2v_settings *make_settings(n2v_purpose purpose)
{
    n2v_settings *settings = NULL;
    n2v_error error = {.text = ""};

    require(n2v_settings_create(&settings, purpose, NULL, &error) == N2V_OK, "%s", error.text);
    return settings;
}

void set(n2v_settings *settings, const char *name, const char *text)
{
    n2v_error error = {.text = ""};

    require(n2v_settings_set(settings, name, text, &error) == N2V_OK, "%s=%s: %s", name, text ? text : "the default",
            error.text);
}

void expect(n2v_settings *settings, const char *name, const char *value)
{
    const char *got = n2v_settings_get(settings, name);
    require(got && strcmp(got, value) == 0, "%s is %s, not %s", name, got ? got : "NULL", value);
}
