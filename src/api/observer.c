#include "api/observer.h"

#include <stddef.h>

#include "api/structure.h"

/* The size in the first public header. */
#define FIRST_SIZE (offsetof(n2v_observer, epoch) + sizeof(void (*)(void)))

n2v_status observer_take(n2v_observer *copy, const n2v_observer *given, n2v_error *error)
{
    n2v_status status;

    *copy = (n2v_observer){.size = sizeof *copy};
    if (!given)
        return N2V_OK;
    if ((status = structure_check(given->size, FIRST_SIZE, "n2v_observer", error)) != N2V_OK ||
        (status = structure_take(copy, sizeof *copy, given, given->size, "n2v_observer", error)) != N2V_OK)
        return status;
    copy->size = sizeof *copy;
    return N2V_OK;
}

static bool is_stopped(void *context)
{
    const n2v_observer *observer = context;
    return observer->stop(observer->context) != 0;
}

Stop observer_stop(const n2v_observer *observer)
{
    /* is_stopped only reads it */
    return observer->stop ? (Stop){is_stopped, (void *)observer} : (Stop){NULL, NULL};
}
