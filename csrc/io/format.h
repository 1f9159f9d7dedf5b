/* csrc/io/format.h: numbers as text for tables: one style for all that is shown together, chosen
 * so that the largest has five digits, the smallest at least three, and only 0 looks like 0.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_IO_FORMAT_H
#define LINNET_IO_FORMAT_H

#include <stddef.h>

#include "num/dense.h"

enum { FORMAT_SIZE = 32 }; /* bytes that hold any number in any style, the final 0 included */

typedef struct format_style {
  enum { FORMAT_FIXED, FORMAT_SCIENTIFIC } kind;
  int decimals; /* after the point; 0 and FIXED: integers */
} format_style;

/* The style for the finite entries of a, taken together. */
format_style format_choose(mat a);
/* x in that style, with a point whatever the locale; zero is "0", others "nan", "inf", "-inf".
 * Returns the length. */
int format_number(char text[FORMAT_SIZE], format_style style, double x);
/* Widest text of the entries of a. */
int format_width(mat a, format_style style);

#endif
