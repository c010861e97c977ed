#include "comma_locale.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scratch.h"
#include "skip.h"

#ifdef __GLIBC__
#define REASON "localedef builds no locale: apt-get install locales"
#else
#define REASON "machine: its C library has no locale with a decimal comma"
#endif

bool comma_locale_set(const char *test)
{
    static const char source[] = "LC_NUMERIC\ndecimal_point \",\"\nthousands_sep \"\"\ngrouping -1\nEND LC_NUMERIC\n";
    scratch files = scratch_open();
    char command[512];
    bool set;

    (void)scratch_write(&files, "comma", source, sizeof source - 1);
    /* It warns of the categories that are missing, also with its exit status. */
    (void)snprintf(command, sizeof command, "localedef -c --no-archive -i '%s/comma' '%s/xx_XX' >/dev/null 2>&1",
                   files.folder, files.folder);
    set = system(command) != -1 && setenv("LOCPATH", files.folder, 1) == 0 && setlocale(LC_NUMERIC, "xx_XX") &&
          strcmp(localeconv()->decimal_point, ",") == 0;
    scratch_close(&files);
    if (!set)
        skip_test(test, REASON);
    return set;
}
