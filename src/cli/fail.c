#include "cli/fail.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

n2v_status fail(n2v_error *error, n2v_status status, const char *format, ...)
{
    va_list args;

    *error = (n2v_error){.status = status};
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    return status;
}

n2v_status fail_memory(n2v_error *error, size_t bytes, const char *what)
{
    return fail(error, N2V_ERROR_MEMORY, "out of memory: %zu bytes for %s", bytes, what);
}
