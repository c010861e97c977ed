/* client.c - what clients need of the library beside its work: the version, names, JSON. */
#include <string.h>

#include "base/display.h"
#include "base/json.h"
#include "base/names.h"
#include "corpus/segmenter.h"
#include "io/codec.h"
#include "nce2vec.h"

const char *n2v_version(void)
{
    return N2V_VERSION;
}

const char *n2v_tokenizers(void)
{
    return segmenter_tokenizers();
}

const char *n2v_compressions(void)
{
    return codec_names();
}

const char *n2v_nearest_name(const char *text, const char *const *names)
{
    return text && names ? names_nearest(text, strlen(text), name_in_array, names) : NULL;
}

size_t n2v_json_escape(char *out, size_t room, const char *text, size_t bytes)
{
    return json_escape_text(out, out ? room : 0, text, text ? bytes : 0);
}

size_t n2v_display_text(char *out, size_t room, const char *text, size_t bytes)
{
    return display_text(out, out ? room : 0, text, text ? bytes : 0);
}
