#include "base/path.h"

#include <string.h>

bool path_is_standard(const char *path)
{
    return strcmp(path, "-") == 0;
}

const char *path_input_name(const char *path)
{
    return path_is_standard(path) ? "standard input" : path;
}
