/* pickle_array.h - arrays of NumPy inside a pickle. */
#ifndef N2V_MODEL_FORMATS_PICKLE_ARRAY_H
#define N2V_MODEL_FORMATS_PICKLE_ARRAY_H

#include "model/formats/array.h"
#include "model/formats/pickle.h"

/* The shape and the bytes of an array, which live as long as the pickle. False: the value is no array of plain items,
 * or is malformed. */
bool pickle_array(Pickle *pickle, const PickleValue *value, Array *array, MemoryFile *bytes);

/* The same of a single item, such as a string that was taken out of an array. */
bool pickle_scalar(Pickle *pickle, const PickleValue *value, Array *array, MemoryFile *bytes);

#endif
