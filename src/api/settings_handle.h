/* settings_handle.h - what a program's n2v_settings points to. */
#ifndef N2V_API_SETTINGS_HANDLE_H
#define N2V_API_SETTINGS_HANDLE_H

#include "base/number.h"
#include "nce2vec.h"
#include "settings/settings.h"

struct n2v_settings {
    Settings *values;
    const n2v_objectives *objectives; /* the caller's; NULL: the library's own */
    char text[NUMBER_BYTES];          /* what n2v_settings_get made of a default that is not fixed */
};

/* The values of a caller's settings for this purpose; *values is NULL, which means defaults, when settings is
 * NULL. N2V_ERROR_ARGUMENT: they are for another purpose. */
n2v_status settings_of(const n2v_settings *settings, n2v_purpose purpose, const Settings **values, n2v_error *error);

#endif
