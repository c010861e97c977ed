#include "model/parameters.h"

#include <string.h>

#include "base/json.h"

/* Lines before `line` that begin with the same name. */
static size_t times_before(const char *parameters, const char *line, size_t name)
{
    size_t times = 0;

    for (const char *at = parameters; at < line; at += strcspn(at, "\n") + 1)
        times += strncmp(at, line, name + 1) == 0;
    return times;
}

void parameters_json(FILE *out, const char *parameters)
{
    const char *before = "\"";

    fputc('{', out);
    for (const char *line = parameters; *line;) {
        const size_t bytes = strcspn(line, "\n"), name = strcspn(line, "=");
        if (name < bytes) {
            const size_t times = times_before(parameters, line, name);
            fputs(before, out);
            json_escape(out, line, name);
            if (times)
                fprintf(out, ".%zu", times + 1);
            fputs("\": \"", out);
            json_escape(out, line + name + 1, bytes - name - 1);
            fputc('"', out);
            before = ", \"";
        }
        line += bytes + (line[bytes] == '\n');
    }
    fputc('}', out);
}
