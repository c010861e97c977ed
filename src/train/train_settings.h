/* train_settings.h - the settings of a training as the trainer's options. */
#ifndef N2V_TRAIN_TRAIN_SETTINGS_H
#define N2V_TRAIN_TRAIN_SETTINGS_H

#include "base/number.h"
#include "settings/settings.h"
#include "train/train_options.h"

/* Fills the options from settings and the defaults of their objective and of the machine. Refuses
 * settings that contradict each other, that would have no effect together, or that this machine cannot run. The names
 * in the options live as long as the library. */
n2v_status train_settings_resolve(const Settings *settings, const n2v_objectives *objectives, TrainOptions *options,
                                  n2v_error *error);

/* Those of the parts of words. */
SubwordOptions train_settings_subwords(const Settings *settings);

/* Whether the setting of this name changes anything in a training with this objective. */
bool train_settings_have_effect(const n2v_objective *objective, const float *parameters, const char *name);

/* Whether the setting of this name says something about a training by so many ranks. */
bool train_settings_apply(const Settings *settings, const char *name, size_t ranks);

/* Refuses settings that have no effect with so many ranks; own: each has a text of its own. */
n2v_status train_settings_check_ranks(const Settings *settings, size_t ranks, bool own, n2v_error *error);

/* The same for a training that goes on: what it has no effect with may be a setting of other ranks, which began it. */
n2v_status train_settings_check_resumed(const Settings *settings, size_t ranks, bool own, n2v_error *error);

/* The value of a setting as text, as a record has it: what was set, else its default, also one that depends on the
 * objective or on the number of cores. Returns room, or what settings_text returns. NULL: there is no value. */
const char *train_settings_text(const Settings *settings, const n2v_objectives *objectives, const char *name,
                                char room[NUMBER_BYTES]);

#endif
