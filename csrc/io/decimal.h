/* csrc/io/decimal.h: doubles as decimal text, the same in every locale: reading is correctly
 * rounded, writing reads back as the same double. For the text formats, csv among them.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_IO_DECIMAL_H
#define LINNET_IO_DECIMAL_H

#include <stddef.h>

enum { DECIMAL_SIZE = 32 };

/* The longest prefix of text[0 .. size) that is a number: sign, digits with at most one '.', an
 * exponent; or inf, infinity, nan in any case. Puts the nearest double (ties to even; inf and 0
 * beyond the range) in *x and returns how many characters were read, 0 when there is no number. */
size_t decimal_read(const char *text, size_t size, double *x);

/* x in 15 significant digits if those read back as x, else in 17; nan, inf, -inf. Returns the
 * length; out is terminated. */
size_t decimal_write(char out[DECIMAL_SIZE], double x);

#endif
