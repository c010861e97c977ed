#include "cli/plural.h"

#include "cli/print.h"

const char *plural(uint64_t count, const char *noun, char text[PLURAL_TEXT])
{
    char number[PRINT_TEXT];

    (void)snprintf(text, PLURAL_TEXT, "%s %s%s", print_count(count, number), noun, plural_s(count));
    return text;
}
