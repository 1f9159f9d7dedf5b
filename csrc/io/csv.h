/* csrc/io/csv.h: tables of text (RFC 4180 and its relatives) over a buffer: records, cells, and the
 * numbers in them. Nothing depends on the locale, and nothing is guessed here: rules say what
 * separates cells, what a number looks like, and which lines are none of the table.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_IO_CSV_H
#define LINNET_IO_CSV_H

#include <stdbool.h>
#include <stddef.h>

/* Records end with LF, CRLF or CR; the last may lack it. A cell in double quotes may hold
 * delimiters, line ends and quotes (doubled). Blanks around a cell that is not quoted do not count.
 * Between records, empty lines are skipped (unless the table has one column, where they are empty
 * cells), rules drawn with - = + | :, repetitions of the line of names, and lines that begin with
 * the comment sign (#N/A and the like begin none). */

typedef struct csv_word {
  const char *text;
  size_t size; /* 0: there is none */
} csv_word;

typedef struct csv_rules {
  char delimiter;     /* ' ' stands for runs of blanks and tabs, those around a record left out */
  char decimal;       /* '.' or ',' */
  csv_word thousands; /* between groups of three digits */
  csv_word comment;   /* begins a line that is no record */
  bool inside;        /* it also ends a record, after a blank */
  csv_word names;     /* the record of names as it stands */
  const csv_word *markers; /* cells that are missing, beside the empty one */
  const double *numbers;   /* numbers that stand for missing ones; nan is equal to itself here */
  int marker_count, number_count;
} csv_rules;

typedef struct csv {
  const char *begin, *end; /* of the records */
  long line;               /* of begin, 1-based */
  int cols;                /* cells of a record; 0 while that is not known */
  csv_rules rules;
} csv;

typedef struct csv_cursor {
  const char *at;
  long line;
  long comments, blanks, repeats; /* lines skipped */
} csv_cursor;

typedef struct csv_cell {
  const char *text; /* inside the quotes; doubled quotes still doubled */
  size_t size;
  long line;
  bool quoted, last; /* last of its record */
} csv_cell;

typedef enum csv_problem {
  CSV_FINE,
  CSV_OPEN,      /* a quote is never closed */
  CSV_TRAILING,  /* text between a closing quote and the delimiter */
  CSV_RAGGED,    /* count cells in this record, not cols */
  CSV_TOO_LARGE, /* more than INT_MAX rows */
  CSV_STOPPED    /* the tick asked for it */
} csv_problem;

typedef struct csv_fault {
  csv_problem problem;
  int row; /* 1-based, of the records after the names */
  long line;
  long count;
} csv_fault;

csv_cursor csv_start(const csv *c);

/* Moves over what is no record; false at the end. */
bool csv_begin(const csv *c, csv_cursor *at);

/* The next cell of the record begun. False with the fault's problem and line. */
bool csv_next(const csv *c, csv_cursor *at, csv_cell *cell, csv_fault *fault);

/* Moves over the whole record begun and counts its cells; false, and nothing happens to at, where
 * that takes more than to look for delimiters. */
bool csv_pass(const csv *c, csv_cursor *at, long *cells);

/* The next cells of the record begun, at most room of them, as long as they are numbers written as
 * doubles are (most tables are nothing else) and stand for no gap: how many; *last: the record is
 * over. */
int csv_numbers(const csv *c, csv_cursor *at, int room, double *x, bool *last);

/* What a cell says: doubled quotes become one. out has room for cell->size; returns the length. */
size_t csv_unquote(const csv_cell *cell, char *out);

/* Whether text must be quoted to be read back as it is. */
bool csv_needs_quotes(const char *text, size_t size, char delimiter);

typedef enum csv_kind { CSV_NUMBER, CSV_GAP, CSV_TEXT } csv_kind;

/* What a number is written with, beside itself; CSV_TRUTH: TRUE and FALSE, which are 1 and 0;
 * CSV_UNIT: what csv_measure finds. */
typedef enum csv_sign {
  CSV_PLAIN,
  CSV_PERCENT,
  CSV_DOLLAR,
  CSV_EURO,
  CSV_POUND,
  CSV_YEN,
  CSV_TRUTH,
  CSV_UNIT
} csv_sign;
csv_word csv_sign_text(csv_sign sign);

/* The number in a cell (*x, with *sign left out of it: 12 % is 12). Blanks and single quotes
 * around, a Unicode minus and FORTRAN's D exponent do no harm; groups of thousands must have three
 * digits. */
csv_kind csv_value(const csv_rules *rules, const csv_cell *cell, double *x, csv_sign *sign);

/* The number in a text that is one with a unit behind it: 12.8 mm. Whether it is meant so shows its
 * column, all of which must have that unit. */
bool csv_measure(const csv_rules *rules, const csv_cell *cell, double *x, csv_word *unit);

/* Whether a number, or a text, stands for what is missing. */
bool csv_is_gap(const csv_rules *rules, double x);
bool csv_is_marker(const csv_rules *rules, csv_word a);

#endif
