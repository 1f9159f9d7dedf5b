/* csrc/io/format.c: the style of a table of numbers (see format.h).
 * SPDX-License-Identifier: MIT */
#include "io/format.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
  LEADING = 5,      /* digits of the largest entry */
  TRAILING = 3,     /* at least so many of the smallest */
  MAX_DECIMALS = 6, /* more decimals, or */
  MAX_EXPONENT = 5, /* larger numbers (10^6 and up) turn to powers of ten */
  MAX_INTEGER = 9   /* integers below 10^10 show every digit */
};

int format_number(char text[FORMAT_SIZE], format_style style, double x) {
  if (x == 0.0 || !isfinite(x)) {
    strcpy(text, x == 0.0 ? "0" : isnan(x) ? "nan" : x > 0.0 ? "inf" : "-inf");
    return (int)strlen(text);
  }
  int n =
      snprintf(text, FORMAT_SIZE, style.kind == FORMAT_FIXED ? "%.*f" : "%.*e", style.decimals, x);
  char *comma = strchr(text, ',');
  if (comma) *comma = '.';
  return n;
}

int format_width(mat a, format_style style) {
  char text[FORMAT_SIZE];
  int widest = 0;
  for (int j = 0; j < a.cols; j++)
    for (int i = 0; i < a.rows; i++) {
      int n = format_number(text, style, mat_get(a, i, j));
      if (n > widest) widest = n;
    }
  return widest;
}

/* Do all numbers end in a 0 that says nothing? */
static bool last_digit_idle(mat a, format_style style) {
  char text[FORMAT_SIZE];
  for (int j = 0; j < a.cols; j++)
    for (int i = 0; i < a.rows; i++) {
      double x = mat_get(a, i, j);
      int n = format_number(text, style, x);
      if (x != 0.0 && isfinite(x) && text[n - 1] != '0') return false;
    }
  return true;
}

format_style format_choose(mat a) {
  double largest = 0.0, smallest = INFINITY;
  bool integers = true;
  for (int j = 0; j < a.cols; j++)
    for (int i = 0; i < a.rows; i++) {
      double x = fabs(mat_get(a, i, j));
      if (!isfinite(x) || x == 0.0) continue;
      largest = fmax(largest, x);
      smallest = fmin(smallest, x);
      integers = integers && x == floor(x);
    }
  if (largest == 0.0) return (format_style){FORMAT_FIXED, 0};
  double top = floor(log10(largest)), bottom = floor(log10(smallest));
  if (integers && top <= MAX_INTEGER) return (format_style){FORMAT_FIXED, 0};
  double decimals = fmax(1.0, fmax(LEADING - 1 - top, TRAILING - 1 - bottom));
  if (top > MAX_EXPONENT || decimals > MAX_DECIMALS)
    return (format_style){FORMAT_SCIENTIFIC, LEADING - 1};
  format_style style = {FORMAT_FIXED, (int)decimals};
  while (style.decimals > 1 && last_digit_idle(a, style)) style.decimals--;
  return style;
}
