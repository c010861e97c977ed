/* print.h - what goes to people and programs: wrapped text, numbers, JSON. */
#ifndef N2V_CLI_PRINT_H
#define N2V_CLI_PRINT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PRINT_COLUMNS 80

/* Prints the words of a text, each line indented, the first one from column `at` on; ends the line. */
void print_wrapped(FILE *out, const char *text, int indent, int at);

/* Print a text from outside, which may hold anything: what could control a terminal becomes a question mark. */
void print_plain(FILE *out, const char *text, size_t bytes);
void print_word(FILE *out, const char *word);

/* The inside of a JSON string, a whole JSON string, and a number of so many digits (null unless finite). */
void print_json_escaped(FILE *out, const char *text, size_t bytes);
void print_json_string(FILE *out, const char *text, size_t bytes);
void print_json_number(FILE *out, double value, int digits);

/* 1234567 as "1,234,567", 4612345.0 as "4.61 M", 75.2 seconds as "1:15". Each returns text. */
#define PRINT_TEXT 32
const char *print_count(uint64_t count, char text[PRINT_TEXT]);
const char *print_rate(double rate, char text[PRINT_TEXT]);
const char *print_time(double seconds, char text[PRINT_TEXT]);

#endif
