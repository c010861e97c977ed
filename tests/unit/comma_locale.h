/* comma_locale.h - a locale whose decimal point is a comma. */
#ifndef N2V_TESTS_COMMA_LOCALE_H
#define N2V_TESTS_COMMA_LOCALE_H

#include <stdbool.h>

/* Builds such a locale with the system's localedef and sets it for the process. False: that cannot be done, and the
 * test is skipped, as skip.h says. */
bool comma_locale_set(const char *test);

#endif
