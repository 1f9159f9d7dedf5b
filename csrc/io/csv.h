/* csrc/io/csv.h: tables of numbers in CSV (RFC 4180) over a buffer: first the shape, then the
 * entries, and every complaint knows row, column and line. Nothing depends on the locale.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_IO_CSV_H
#define LINNET_IO_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "num/dense.h"

/* Records end with LF, CRLF or CR; the last may lack it, and empty lines at the end are ignored.
 * A cell in double quotes may hold delimiters, line ends and quotes (doubled). Blanks around a cell
 * that is not quoted do not count. An empty cell or NA is a missing number. */

typedef enum csv_header { CSV_HEADER_NO, CSV_HEADER_YES, CSV_HEADER_GUESS } csv_header;

typedef struct csv {
  const char *begin, *end; /* the text without byte order mark and trailing empty lines */
  const char *data;        /* where the first record after the header begins */
  long data_line;          /* its line, 1-based */
  int rows, cols;          /* without the header */
  char delimiter;
  bool header; /* the first record holds names */
} csv;

typedef struct csv_cell {
  const char *text; /* inside the quotes; doubled quotes still doubled */
  size_t size;
  long line;
  bool quoted, last; /* last of its record */
} csv_cell;

typedef enum csv_problem {
  CSV_FINE,
  CSV_EMPTY,     /* no record at all */
  CSV_UTF16,     /* not in a one-byte or UTF-8 encoding */
  CSV_OPEN,      /* a quote is never closed */
  CSV_TRAILING,  /* text between a closing quote and the delimiter */
  CSV_RAGGED,    /* count cells in this record, not cols */
  CSV_TOO_LARGE, /* more than INT_MAX rows or columns */
  CSV_MISSING,   /* count cells are missing, this is the first */
  CSV_TEXT       /* a cell that is not a number */
} csv_problem;

typedef struct csv_fault {
  csv_problem problem;
  int row, col; /* 1-based, of the matrix; row 0 is the header */
  long line;
  long count;
  csv_cell cell;
} csv_fault;

/* Finds rows, cols and whether there is a header: with CSV_HEADER_GUESS, if a cell of the first
 * record is neither a number nor missing. False with the fault if it is no table. */
bool csv_scan(csv *c, const char *text, size_t size, char delimiter, csv_header header,
              csv_fault *fault);

/* The numbers into out, c->rows x c->cols; missing ones become *missing, a fault if it is NULL. */
bool csv_read(const csv *c, const double *missing, mat out, csv_fault *fault);

/* The cells of a record one after the other: *at begins at c->begin or c->data and is moved on.
 * False with the fault. Names are read so. */
bool csv_next(const csv *c, const char **at, long *line, csv_cell *cell, csv_fault *fault);

/* What a cell says: doubled quotes become one. out has room for cell->size; returns the length. */
size_t csv_unquote(const csv_cell *cell, char *out);

/* Whether text must be quoted to be read back as it is. */
bool csv_needs_quotes(const char *text, size_t size, char delimiter);

#endif
