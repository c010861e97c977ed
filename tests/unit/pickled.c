#include "pickled.h"

#include <string.h>

#include "test.h"

void py_put(py_bytes *b, const void *from, size_t count)
{
    ck_assert_uint_le(b->count + count, sizeof b->at);
    memcpy(b->at + b->count, from, count);
    b->count += count;
}

void py_op(py_bytes *b, const char *opcodes)
{
    py_put(b, opcodes, strlen(opcodes));
}

void py_text(py_bytes *b, const char *string, int protocol)
{
    const unsigned char length[] = {(unsigned char)strlen(string), 0, 0, 0};

    py_op(b, protocol >= 4 ? "\x8c" : "X");
    py_put(b, length, protocol >= 4 ? 1 : 4);
    py_op(b, string);
}

static void py_class(py_bytes *b, const char *module, const char *name, int protocol)
{
    if (protocol >= 4) {
        py_text(b, module, protocol);
        py_text(b, name, protocol);
        py_op(b, "\x93");
    } else {
        py_op(b, "c");
        py_op(b, module);
        py_op(b, "\n");
        py_op(b, name);
        py_op(b, "\n");
    }
}

void py_number(py_bytes *b, unsigned value)
{
    const unsigned char byte = (unsigned char)value;

    py_op(b, "K");
    py_put(b, &byte, 1);
}

static void type(py_bytes *b, const char *name, int protocol)
{
    py_class(b, "numpy", "dtype", protocol);
    py_text(b, name, protocol);
    py_op(b, "\x89\x88\x87R(");
    py_number(b, 3);
    py_text(b, "<", protocol);
    py_op(b, "NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xff");
    py_number(b, 0);
    py_op(b, "tb");
}

/* NumPy 2 has renamed its modules: protocol 4 has the new name here. */
static const char *multiarray(int protocol)
{
    return protocol == 4 ? "numpy._core.multiarray" : "numpy.core.multiarray";
}

void py_letter(py_bytes *b, const char *string, int protocol)
{
    const char code[4] = {*string};

    py_class(b, multiarray(protocol), "scalar", protocol);
    type(b, "U1", protocol);
    py_op(b, "C\4");
    py_put(b, code, sizeof code);
    py_op(b, "\x86R");
}

/* The shape has one axis where columns is 0. */
static void shape(py_bytes *b, unsigned rows, unsigned columns)
{
    py_number(b, rows);
    if (columns)
        py_number(b, columns);
    py_op(b, columns ? "\x86" : "\x85");
}

void py_array(py_bytes *b, const char *name, unsigned rows, unsigned columns, const void *content, size_t count,
              int protocol)
{
    const unsigned char length[8] = {(unsigned char)count};

    if (protocol == 5) {
        py_class(b, "numpy._core.numeric", "_frombuffer", protocol);
        py_op(b, "(\x96");
        py_put(b, length, 8);
        py_put(b, content, count);
        type(b, name, protocol);
        shape(b, rows, columns);
        py_text(b, "C", protocol);
        py_op(b, "tR");
        return;
    }
    py_class(b, multiarray(protocol), "_reconstruct", protocol);
    py_class(b, "numpy", "ndarray", protocol);
    py_number(b, 0);
    py_op(b, "\x85");
    py_op(b, "U\1b\x87R(");
    py_number(b, 1);
    shape(b, rows, columns);
    type(b, name, protocol);
    py_op(b, "\x89");
    if (protocol == 2) {
        py_class(b, "_codecs", "encode", protocol);
        py_op(b, "X");
        py_bytes latin = {.count = 0};
        for (size_t i = 0; i < count; i++) {
            const unsigned char byte = ((const unsigned char *)content)[i];
            const unsigned char pair[] = {(unsigned char)(0xc0 | byte >> 6), (unsigned char)(0x80 | (byte & 0x3f))};
            py_put(&latin, byte < 0x80 ? &byte : pair, byte < 0x80 ? 1 : 2);
        }
        const unsigned char size[4] = {(unsigned char)latin.count};
        py_put(b, size, 4);
        py_put(b, latin.at, latin.count);
        py_text(b, "latin1", protocol);
        py_op(b, "\x86R");
    } else {
        py_op(b, "C");
        py_put(b, length, 1);
        py_put(b, content, count);
    }
    py_op(b, "tb");
}

void py_begin(py_bytes *b, int protocol)
{
    const unsigned char start[] = {0x80, (unsigned char)protocol};

    b->count = 0;
    py_put(b, start, 2);
    if (protocol >= 4)
        py_put(b, "\x95\0\0\0\0\0\0\0\0", 9);
}

void py_object(py_bytes *b, const char *module, const char *name, int protocol)
{
    py_class(b, module, name, protocol);
    py_op(b, ")\x81}(");
}
