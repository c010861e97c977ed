#include "cli/plugin.h"

#include <stdlib.h>
#include <string.h>

bool plugin_is_path(const char *objective)
{
    return strchr(objective, '/') != NULL;
}

/* "NAME" in this folder is "./NAME" for the library. The caller frees it; NULL: out of memory. */
static char *path_with_folder(const char *path)
{
    const size_t bytes = strlen(path) + sizeof "./";
    char *full = malloc(bytes);

    if (full)
        snprintf(full, bytes, "%s%s", plugin_is_path(path) ? "" : "./", path);
    return full;
}

n2v_status plugin_load(n2v_objectives **objectives, const char *path, const char **name, n2v_error *error)
{
    char *full = path_with_folder(path);
    n2v_status status = full ? N2V_OK : fail_memory(error, strlen(path), "the path of a plug-in");

    if (status == N2V_OK && !*objectives)
        status = n2v_objectives_create(objectives, error);
    if (status == N2V_OK)
        status = n2v_objectives_load(*objectives, full, name, error);
    free(full);
    return status;
}

n2v_status plugin_resolve(n2v_objectives **objectives, const char *plugin, cli_options *options, char **text,
                          char **file, n2v_error *error)
{
    const char *objective = options_value(options, "objective"), *parameters, *name;
    size_t bytes;
    n2v_status status;

    if (plugin && (status = plugin_load(objectives, plugin, NULL, error)) != N2V_OK)
        return status;
    if (!objective || !plugin_is_path(objective))
        return N2V_OK;
    parameters = strrchr(objective, '/');
    parameters += strcspn(parameters, ":");
    *file = strndup(objective, (size_t)(parameters - objective));
    if (!*file)
        return fail_memory(error, strlen(objective), "the path of a plug-in");
    if ((status = plugin_load(objectives, *file, &name, error)) != N2V_OK)
        return status;
    bytes = strlen(name) + strlen(parameters) + 1;
    if (!(*text = malloc(bytes)))
        return fail_memory(error, bytes, "the name of an objective");
    snprintf(*text, bytes, "%s%s", name, parameters);
    options_replace(options, "objective", *text);
    return N2V_OK;
}
