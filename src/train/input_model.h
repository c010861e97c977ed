/* input_model.h - what an input of a model is, and what it predicts. */
#ifndef N2V_TRAIN_INPUT_MODEL_H
#define N2V_TRAIN_INPUT_MODEL_H

/* In the order of CHOICES_MODEL. */
typedef enum InputModel {
    MODEL_SKIPGRAM,
    MODEL_CBOW,                /* the mean of a window's contexts */
    MODEL_STRUCTURED_SKIPGRAM, /* skip-gram with an output matrix for each position */
    MODEL_CWINDOW              /* a window's contexts side by side */
} InputModel;

#endif
