/* settings.h - the values of all settings of one purpose: set by name and text, read by name and type. */
#ifndef N2V_SETTINGS_SETTINGS_H
#define N2V_SETTINGS_SETTINGS_H

#include "settings/table.h"

typedef struct Settings Settings;

/* All settings with their defaults. */
n2v_status settings_create(Settings **settings, n2v_purpose purpose, n2v_error *error);
n2v_status settings_copy(Settings **copy, const Settings *settings, n2v_error *error);
void settings_destroy(Settings *settings); /* accepts NULL */

n2v_purpose settings_purpose(const Settings *settings);

/* By name or alias. text NULL: back to the default. After an error nothing has changed. N2V_ERROR_ARGUMENT: an unknown
 * name, with the nearest one or the list; a text that is out of range, with the range. */
n2v_status settings_set(Settings *settings, const char *name, const char *text, n2v_error *error);

/* The functions below accept NULL for settings, which means defaults that are not fixed. */

bool settings_given(const Settings *settings, const char *name); /* it was set */

/* What was set, else the fixed default, else NULL. Numbers are written so that they read back to the bit. Valid until
 * the setting is set again. */
const char *settings_text(const Settings *settings, const char *name);

/* What was set, else the fixed default, else `otherwise`. */
uint64_t settings_integer(const Settings *settings, const char *name, uint64_t otherwise);
double settings_real(const Settings *settings, const char *name, double otherwise);

#define NO_CHOICE SIZE_MAX
size_t settings_choice(const Settings *settings, const char *name); /* its index, or NO_CHOICE */
bool settings_flag(const Settings *settings, const char *name);

#endif
