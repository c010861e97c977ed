/* inputs.c - the public functions of inputs that name several files, and of their text. */
#include <stdlib.h>

#include "api/observer.h"
#include "base/memory.h"
#include "base/path.h"
#include "corpus/inputs.h"
#include "io/reader.h"
#include "nce2vec.h"

struct n2v_inputs {
    Inputs list;
};

n2v_status n2v_inputs_create(n2v_inputs **result, const char *const *names, size_t count, n2v_error *error)
{
    n2v_inputs *inputs;
    n2v_status status = N2V_OK;

    if (!result || (count && !names))
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_inputs_create: %s is NULL", result ? "names" : "inputs");
    *result = NULL;
    inputs = array_create_zero(1, sizeof *inputs);
    if (!inputs)
        return fail_memory(error, sizeof *inputs, "the inputs");
    for (size_t i = 0; i < count && status == N2V_OK; i++)
        status = names[i] ? inputs_add(&inputs->list, names[i], error)
                          : error_set(error, N2V_ERROR_ARGUMENT, "n2v_inputs_create: name %zu is NULL", i);
    if (status == N2V_OK)
        *result = inputs;
    else
        n2v_inputs_destroy(inputs);
    return status;
}

const char *const *n2v_inputs_files(const n2v_inputs *inputs, size_t *count)
{
    if (count)
        *count = inputs ? inputs->list.count : 0;
    return inputs ? (const char *const *)inputs->list.paths : NULL;
}

void n2v_inputs_destroy(n2v_inputs *inputs)
{
    if (inputs)
        inputs_free(&inputs->list);
    free(inputs);
}

n2v_status n2v_text_read(const char *path, n2v_take_text take, void *context, const n2v_observer *observer,
                         n2v_error *error)
{
    const unsigned char *bytes;
    n2v_observer copy;
    Reader *reader;
    size_t count;
    Stop stop;
    n2v_status status;

    if (!path || !take)
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_text_read: %s is NULL", path ? "take" : "path");
    if ((status = observer_take(&copy, observer, error)) != N2V_OK || (status = reader_check(path, error)) != N2V_OK)
        return status;
    stop = observer_stop(&copy);
    if ((status = reader_open_text(&reader, path, &stop, error)) != N2V_OK)
        return status;
    while ((status = reader_next(reader, &bytes, &count, error)) == N2V_OK && count)
        if (take(context, (const char *)bytes, count)) {
            status = error_set(error, N2V_ERROR_INTERRUPTED, "interrupted while reading %s", path_input_name(path));
            break;
        }
    reader_close(reader);
    return status;
}
