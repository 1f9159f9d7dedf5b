/* spec/c/decimal.c: numbers as text against the C library's strtod in the C locale, and exact cases
 * at the ends of the range and half-way between doubles.
 * SPDX-License-Identifier: MIT */
#include "io/decimal.h"

#include <stdint.h>

#include "check.h"
#include "num/random.h"

static double double_of(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static bool same(double x, double y) { return memcmp(&x, &y, sizeof x) == 0; }

static void reads_like_strtod(const char *text) {
  double x = 0.0;
  size_t n = decimal_read(text, strlen(text), &x);
  check(n == strlen(text) && same(x, strtod(text, NULL)), "%.60s reads as %.17g, not %.17g (%zu)",
        text, strtod(text, NULL), x, n);
}

static void check_hard_cases(void) {
  const char *at =
      "0 -0 1 .5 5. 00001.5 1e5 1E+5 5e-1 1e22 1e23 1e27 1e28 1e-27 1e-28 9007199254740993 "
      "9007199254740992.5 9007199254740993.00000000001 18446744073709551615 "
      "18446744073709551616 123456789012345678901234567890 4.9e-324 "
      "2.4703282292062327208e-324 2.4703282292062328e-324 1e-400 1e400 "
      "2.2250738585072011e-308 2.2250738585072014e-308 1.7976931348623157e308 "
      "1.7976931348623158e308 1.7976931348623159e308 179769313486231580793728971405301e276 "
      "0.000000000000000000000000000000000000000001e42 1e99999999999999999999 "
      "0.500000000000000166533453693773481063544750213623046875 "
      "8.442911973260991817129021e-309";
  char text[80];
  for (int n; sscanf(at, "%79s%n", text, &n) == 1; at += n) reads_like_strtod(text);
}

/* A double's exact half-way point to the next has up to 767 digits; a 1 behind them decides. */
static void check_midpoints(philox *g) {
  char text[1300];
  for (int k = 0; k < 300; k++) {
    double x = double_of(philox_word(g) >> (1 + k % 11));
    if (!isfinite(x) || x == 0.0) continue;
    int e;
    double f = frexp(x, &e);
    if (e < -1000 || e > 900) continue;
    /* x + ulp / 2 = (2 m + 1) 2^(e - 54): both summands are doubles, their digits add without
     * carry into each other only in binary, so print the sum in long double (64 bits) */
    long double half = ldexpl((long double)f, e) + ldexpl(1.0L, e - 54);
    snprintf(text, sizeof text, "%.800Le", half);
    reads_like_strtod(text);
    char *at = strchr(text, 'e');
    at[-1] = '1';
    reads_like_strtod(text);
  }
}

static void check_random(philox *g) {
  char text[64];
  for (int k = 0; k < 100000; k++) {
    double x = double_of(philox_word(g));
    if (!isfinite(x)) continue;
    snprintf(text, sizeof text, "%.*e", (int)random_integer(g, 0, 21), x);
    reads_like_strtod(text);
    snprintf(text, sizeof text, "%.17g", random_normal(g) * pow(10.0, (double)(k % 40 - 20)));
    reads_like_strtod(text);
  }
}

/* In 15 digits if those say it all, else in 17. */
static void check_writing(philox *g) {
  char out[DECIMAL_SIZE], wanted[64];
  for (int k = 0; k < 100000; k++) {
    double x = k % 2 ? double_of(philox_word(g)) : (double)random_integer(g, -99999, 99999) / 1000;
    if (!isfinite(x)) continue;
    snprintf(wanted, sizeof wanted, "%.15g", x);
    if (strtod(wanted, NULL) != x) snprintf(wanted, sizeof wanted, "%.17g", x);
    size_t n = decimal_write(out, x);
    check(n == strlen(out) && strcmp(out, wanted) == 0, "%s is written as %s", wanted, out);
  }
  static const double special[] = {0.0, -0.0, INFINITY, -INFINITY, 0.1, 5e-324, 1e300};
  static const char *const written[] = {
      "0", "-0", "inf", "-inf", "0.1", "4.94065645841247e-324", "1e+300"};
  for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
    decimal_write(out, special[i]);
    check(strcmp(out, written[i]) == 0, "%s is written as %s", written[i], out);
  }
  decimal_write(out, NAN);
  check(strcmp(out, "nan") == 0, "nan is written as %s", out);
}

/* How much of a text is a number; the buffer ends where it ends, no zero byte behind. */
static void check_prefixes(void) {
  static const struct {
    const char *text;
    size_t length;
  } cases[] = {{"", 0},    {"-", 0},     {".", 0},        {"-.e5", 0},   {"abc", 0},
               {"1e", 1},  {"1e+", 1},   {"1.2.3", 3},    {"1,5", 1},    {"0x10", 1},
               {"12 ", 2}, {"-INF", 4},  {"infin", 3},    {"NaN(1)", 3}, {"+7e-", 2},
               {"in", 0},  {"1e5e5", 3}, {"Infinityx", 8}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    double x;
    size_t n = strlen(cases[i].text);
    char *exact = malloc(n + 1);
    memcpy(exact, cases[i].text, n);
    exact[n] = '7'; /* must not be read */
    check(decimal_read(exact, n, &x) == cases[i].length, "%zu characters of '%s' are a number",
          cases[i].length, cases[i].text);
    free(exact);
  }
}

int main(void) {
  philox g = philox_make(1, STREAM_USER);
  check_hard_cases();
  check_midpoints(&g);
  check_random(&g);
  check_writing(&g);
  check_prefixes();
  return check_done("decimal");
}
