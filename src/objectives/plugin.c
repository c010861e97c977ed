/* plugin.c - objectives from shared objects. */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "objectives/set.h"

const char *objectives_loaded(const n2v_objectives *set, const char *path)
{
    for (size_t i = 0; set && i < set->plugin_count; i++)
        if (strcmp(set->plugins[i].path, path) == 0)
            return set->plugins[i].name;
    return NULL;
}

/* A file that was loaded by another path. */
static const Plugin *find_handle(const n2v_objectives *set, const void *handle)
{
    for (size_t i = 0; i < set->plugin_count; i++)
        if (set->plugins[i].handle == handle)
            return &set->plugins[i];
    return NULL;
}

static n2v_status open_file(const char *path, void **handle, n2v_error *error)
{
    if (!strchr(path, '/'))
        return error_set(error, N2V_ERROR_ARGUMENT, "'%s' is not the path of a plug-in: write ./%s", path, path);
    if (access(path, R_OK) != 0)
        return error_set(error, status_of_errno(errno), "cannot load the plug-in %s: %s", path, strerror(errno));
    errno = 0; /* which dlopen sets where the system failed, as without memory */
    *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!*handle) {
        const n2v_status status = status_of_errno(errno);
        const char *why = dlerror();
        return error_set(error, status, "%scannot load the plug-in %s: %s",
                         status == N2V_ERROR_MEMORY ? "out of memory: " : "", path,
                         why ? why : "the system gives no reason");
    }
    return N2V_OK;
}

static n2v_status check_export(const char *path, const n2v_plugin *plugin, n2v_error *error)
{
    if (!plugin)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "%s is not a plug-in of nce2vec: it does not export " N2V_PLUGIN_EXPORT, path);
    if (plugin->abi != N2V_PLUGIN_ABI)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "the plug-in %s has the ABI %u, and this library %d: build it again with the headers of "
                         "version %s",
                         path, (unsigned)plugin->abi, N2V_PLUGIN_ABI, N2V_VERSION);
    if (plugin->objective_size != sizeof(n2v_objective))
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "the plug-in %s has an n2v_objective of %u bytes, and this library of %zu: build it again "
                         "with the headers of version %s",
                         path, (unsigned)plugin->objective_size, sizeof(n2v_objective), N2V_VERSION);
    if (plugin->count < 1 || plugin->count > N2V_PLUGIN_MOST)
        return error_set(error, N2V_ERROR_ARGUMENT, "the plug-in %s has %zu objectives; it must have 1 to %d", path,
                         plugin->count, N2V_PLUGIN_MOST);
    for (size_t i = 0; i < plugin->count; i++)
        if (!plugin->objectives[i])
            return error_set(error, N2V_ERROR_ARGUMENT, "the plug-in %s: objective %zu (from 0) is NULL", path, i);
    return N2V_OK;
}

/* Remembers a path; takes the handle. */
static n2v_status add_plugin(n2v_objectives *set, void *handle, const char *path, const char *name, n2v_error *error)
{
    void *plugins = set->plugins;
    char *copy;
    n2v_status status = array_grow(&plugins, &set->plugin_capacity, set->plugin_count + 1, sizeof *set->plugins,
                                   "the plug-ins", error);

    if (status != N2V_OK)
        return status;
    set->plugins = plugins;
    if (!(copy = strdup(path)))
        return fail_memory(error, strlen(path) + 1, "the path of a plug-in");
    set->plugins[set->plugin_count++] = (Plugin){.handle = handle, .path = copy, .name = name};
    return N2V_OK;
}

static n2v_status register_all(n2v_objectives *set, const char *path, const n2v_plugin *plugin, n2v_error *error)
{
    n2v_error why = {.text = ""};
    n2v_status status = check_export(path, plugin, error);

    for (size_t i = 0; status == N2V_OK && i < plugin->count; i++)
        if ((status = objectives_register(set, plugin->objectives[i], &why)) != N2V_OK)
            status = error_set(error, status, "the plug-in %s: %.800s", path, why.text);
    return status;
}

n2v_status objectives_load(n2v_objectives *set, const char *path, const char **name, n2v_error *error)
{
    const size_t before = set->count;
    const n2v_plugin *plugin;
    const Plugin *same;
    void *handle = NULL;
    const char *found = objectives_loaded(set, path);
    n2v_status status;

    if (name)
        *name = found;
    if (found)
        return N2V_OK;
    if ((status = open_file(path, &handle, error)) != N2V_OK)
        return status;
    if ((same = find_handle(set, handle))) {
        found = same->name;
        if ((status = add_plugin(set, NULL, path, found, error)) == N2V_OK && name)
            *name = found;
        (void)dlclose(handle); /* gives back the second reference */
        return status;
    }
    plugin = dlsym(handle, N2V_PLUGIN_EXPORT);
    if ((status = register_all(set, path, plugin, error)) != N2V_OK ||
        (status = add_plugin(set, handle, path, plugin->objectives[0]->name, error)) != N2V_OK) {
        objectives_forget(set, before);
        (void)dlclose(handle); /* the error is that of the plug-in */
        return status;
    }
    if (name)
        *name = plugin->objectives[0]->name;
    return N2V_OK;
}

void objectives_destroy(n2v_objectives *set)
{
    if (!set)
        return;
    objectives_forget(set, 0);
    for (size_t i = set->plugin_count; i--;) {
        free(set->plugins[i].path);
        if (set->plugins[i].handle)
            (void)dlclose(set->plugins[i].handle);
    }
    free(set->plugins);
    free(set->added);
    free(set);
}
