/* observer.h - the caller's functions that long calls call. */
#ifndef N2V_API_OBSERVER_H
#define N2V_API_OBSERVER_H

#include "base/status.h"
#include "nce2vec.h"

/* Copies the caller's observer. Members that its header does not have, and all where given is NULL, become NULL.
 * N2V_ERROR_ARGUMENT: its size is not set. */
n2v_status observer_take(n2v_observer *copy, const n2v_observer *given, n2v_error *error);

/* observer->stop in the form that the layers below ask. The observer (a copy by observer_take) is kept by reference. */
Stop observer_stop(const n2v_observer *observer);

#endif
