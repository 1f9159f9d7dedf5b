/* csrc/io/table.h: a table of text becomes a matrix: first the number of its rows, then the
 * entries, with all that is to be known of each column. Cells without a number leave a mark.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_IO_TABLE_H
#define LINNET_IO_TABLE_H

#include "io/csv.h"
#include "num/dense.h"
#include "num/status.h"

typedef struct table_shape {
  int rows;
  long ragged;     /* rows of another length than cols; empty cells beyond do not count */
  csv_fault first; /* of those */
  long comments, blanks, repeats; /* lines that are no records */
} table_shape;

typedef struct table_place {
  int row; /* 1-based; 0: there is none */
  csv_cell cell;
} table_place;

typedef struct table_column { /* what every number asks for comes first: one cache line */
  csv_sign sign;    /* of its numbers; a number with another one is text, and all are where those
                     * are TRUE, FALSE or have a unit */
  bool counts;      /* each stands as far above the first as its row below */
  double low, high; /* of the numbers, nan left out; inf and -inf if there is none */
  double next_low, next_high; /* the least above low, the largest below high */
  long lows, highs;           /* how many numbers are low, high */
  long numbers, gaps, texts;  /* cells; those of ragged rows do not count */
  double first;
  table_place gap, text, worded; /* the first of each; worded: with a unit, TRUE, FALSE */
  csv_word unit;
} table_column;

/* Counts rows; a row of another length is a fault unless `ragged`, a comment or an empty line none.
 * False with the fault, also when the tick asks to stop. */
bool table_count(const csv *c, bool ragged, const tick *t, table_shape *shape, csv_fault *fault);

/* The entries of out (rows as counted, some of them ragged or none): column j of the file goes to
 * column slot[j], if that is not negative. Cells that are missing and all of a ragged row become
 * table_gap(), texts another nan: the two differ from all others, as R marks its NA. False when the
 * tick asks to stop. */
bool table_fill(const csv *c, bool ragged, const int *slot, mat out, table_column *columns,
                const tick *t);

double table_gap(void);
bool table_is_gap(double x);
bool table_is_text(double x);

#endif
