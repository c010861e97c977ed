/* int8.h - floats of 8 bits: whole numbers from -127 to 127, times the scale of their matrix. */
#ifndef N2V_MODEL_FORMATS_INT8_H
#define N2V_MODEL_FORMATS_INT8_H

#include <math.h>
#include <stdint.h>

/* Of a matrix whose largest magnitude is this: it becomes 127. */
static inline float int8_scale(float largest)
{
    const float scale = largest / 127;
    return scale > 0 ? scale : 1;
}

/* The nearest one, an even one where two are as near. */
static inline int8_t int8_of_float(float value, float scale)
{
    const float number = rintf(value / scale);
    return (int8_t)(number > 127 ? 127 : number < -127 ? -127 : number);
}

#endif
