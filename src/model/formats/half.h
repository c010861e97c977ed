/* half.h - floats of 16 bits (IEEE 754 binary16). */
#ifndef N2V_MODEL_FORMATS_HALF_H
#define N2V_MODEL_FORMATS_HALF_H

#include <stdint.h>

#define HALF_INFINITY 0x7c00 /* its bits; all of these are set in a NaN, too */

/* The nearest one, an even one where two are as near; infinity from 65520 on. */
uint16_t half_of_float(float value);
float float_of_half(uint16_t half);

#endif
