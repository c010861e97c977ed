/* plugin.h - objectives from shared objects. */
#ifndef N2V_CLI_PLUGIN_H
#define N2V_CLI_PLUGIN_H

#include <stdbool.h>

#include "cli/options.h"

/* Whether an objective's text names a file, as in ./focal.so:gamma=2. */
bool plugin_is_path(const char *objective);

/* Loads a shared object into *objectives, which is created when it is NULL. *name (may be NULL) becomes the name of its
 * first objective. */
n2v_status plugin_load(n2v_objectives **objectives, const char *path, const char **name, n2v_error *error);

/* Loads plugin (NULL: none), and the file that the option --objective names, if it names one: its value becomes
 * *text, NAME:param=value,..., and *file its path; the caller frees both. */
n2v_status plugin_resolve(n2v_objectives **objectives, const char *plugin, cli_options *options, char **text,
                          char **file, n2v_error *error);

#endif
