/* settings_made.h - settings for tests, which fail where a setting is refused. */
#ifndef N2V_TESTS_UNIT_SETTINGS_MADE_H
#define N2V_TESTS_UNIT_SETTINGS_MADE_H

#include "nce2vec.h"

/* All with their defaults, without plug-ins. */
n2v_settings *make_settings(n2v_purpose purpose);

/* text NULL: the default. */
void set(n2v_settings *settings, const char *name, const char *text);

/* Fails unless the setting has this value. */
void expect(n2v_settings *settings, const char *name, const char *value);

#endif
