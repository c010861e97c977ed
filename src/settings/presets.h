/* presets.h - defaults for a purpose: what a preset gives to settings that are not set. */
#ifndef N2V_SETTINGS_PRESETS_H
#define N2V_SETTINGS_PRESETS_H

#include <stdbool.h>

/* The text that a preset gives to a setting; NULL: none. own_objective: the objective was set, and what depends on one
 * is its own. model: the value of the setting `model`. */
const char *preset_text(const char *preset, const char *setting, bool own_objective, const char *model);

#endif
