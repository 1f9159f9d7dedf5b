/* csrc/io/decimal.c: digits w and exponent q of a number become the 64 leading bits of w 10^q and
 * whether anything follows them; that rounds to the nearest double in one place.
 * SPDX-License-Identifier: MIT */
#include "io/decimal.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

__extension__ typedef unsigned __int128 u128; /* gcc and clang, 64-bit */

enum {
  FAST_DIGITS = 19,  /* always fit 64 bits */
  FAST_POWER = 27,   /* 5^27 fits 63 bits */
  EXACT_DIGITS = 770 /* the longest midpoint of two doubles has 767 digits: more only break ties */
};

/* ---- rounding ---- */

/* m 2^e, m <= 2^53: ldexp, quicker where a product of normal numbers does it. */
static double times_power(uint64_t m, int e) {
  if (e < -1022 || e > 1023) return ldexp((double)m, e);
  uint64_t bits = (uint64_t)(e + 1023) << 52;
  double power;
  memcpy(&power, &bits, sizeof power);
  return (double)m * power;
}

/* m 2^e to the nearest double, ties to even; more: the true value is a little above m 2^e, by less
 * than one unit of m's last bit. m > 0 and, if more, at least 2^62. */
static double round_binary(u128 m, bool more, int e) {
  uint64_t top = (uint64_t)(m >> 64);
  int bits = top ? 128 - __builtin_clzll(top) : 64 - __builtin_clzll((uint64_t)m);
  int drop = bits - 53;
  if (e + drop < -1074) drop = -1074 - e; /* subnormal: fewer bits remain */
  if (drop <= 0) return times_power((uint64_t)m, e);
  if (drop > bits) return 0.0;
  u128 keep = drop < 128 ? m >> drop : 0, half = (u128)1 << (drop - 1);
  u128 rest = m - (drop < 128 ? keep << drop : 0);
  if (rest > half || (rest == half && (more || (keep & 1)))) keep++;
  return times_power((uint64_t)keep, e + drop);
}

/* ---- up to 19 digits, |q| <= 27: 128 bits hold everything ---- */

static const uint64_t power5[] = {
    1U,
    5U,
    25U,
    125U,
    625U,
    3125U,
    15625U,
    78125U,
    390625U,
    1953125U,
    9765625U,
    48828125U,
    244140625U,
    1220703125U,
    UINT64_C(6103515625),
    UINT64_C(30517578125),
    UINT64_C(152587890625),
    UINT64_C(762939453125),
    UINT64_C(3814697265625),
    UINT64_C(19073486328125),
    UINT64_C(95367431640625),
    UINT64_C(476837158203125),
    UINT64_C(2384185791015625),
    UINT64_C(11920928955078125),
    UINT64_C(59604644775390625),
    UINT64_C(298023223876953125),
    UINT64_C(1490116119384765625),
    UINT64_C(7450580596923828125),
};

static double scale_fast(uint64_t w, int q) {
  uint64_t power = power5[q < 0 ? -q : q];
  if (q >= 0) return round_binary((u128)w * power, false, q);
  int shift = __builtin_clzll(w), up = __builtin_clzll(power);
  u128 top = (u128)(w << shift) << 63; /* below 2^127: the quotient fits 64 bits, which is fast */
  power <<= up;
  return round_binary(top / power, top % power != 0, q - shift - 63 + up);
}

/* ---- any number: integers of 32-bit limbs, least first ---- */

enum { LIMBS = 96 }; /* 3072 bits; EXACT_DIGITS need 2558, 5^1115 needs 2589 */

typedef struct big {
  uint32_t limb[LIMBS];
  int used;
} big;

static void big_multiply_add(big *a, uint32_t factor, uint32_t carry) {
  uint64_t sum = carry;
  for (int i = 0; i < a->used; i++) {
    sum += (uint64_t)a->limb[i] * factor;
    a->limb[i] = (uint32_t)sum;
    sum >>= 32;
  }
  if (sum) a->limb[a->used++] = (uint32_t)sum;
}

static void big_multiply_power5(big *a, int n) {
  for (; n >= 13; n -= 13) big_multiply_add(a, 1220703125u, 0); /* 5^13 */
  for (; n > 0; n--) big_multiply_add(a, 5, 0);
}

static int big_bits(const big *a) { return 32 * a->used - __builtin_clz(a->limb[a->used - 1]); }

static void big_shift_left(big *a, int bits) {
  for (; bits >= 16; bits -= 16) big_multiply_add(a, 65536, 0);
  if (bits) big_multiply_add(a, UINT32_C(1) << bits, 0);
}

static bool big_not_below(const big *a, const big *b) {
  if (a->used != b->used) return a->used > b->used;
  for (int i = a->used - 1; i >= 0; i--)
    if (a->limb[i] != b->limb[i]) return a->limb[i] > b->limb[i];
  return true;
}

static void big_subtract(big *a, const big *b) {
  uint32_t borrow = 0;
  for (int i = 0; i < a->used; i++) {
    uint64_t wanted = (uint64_t)(i < b->used ? b->limb[i] : 0) + borrow;
    borrow = a->limb[i] < wanted;
    a->limb[i] = (uint32_t)(a->limb[i] - wanted);
  }
  while (a->used && !a->limb[a->used - 1]) a->used--;
}

/* The number whose significant digits begin at text (with one '.' somewhere, to be skipped) and
 * whose first digit counts 10^first. */
static double scale_exact(const char *text, size_t size, int first) {
  if (first > 309) return INFINITY;
  if (first < -325) return 0.0;
  big a = {.used = 0}, b = {.limb = {1}, .used = 1};
  int digits = 0;
  for (size_t i = 0; i < size; i++) {
    if (text[i] == '.') continue;
    if (digits == EXACT_DIGITS) { /* whatever follows only says "above": one more digit does */
      if (text[i] == '0') continue;
      big_multiply_add(&a, 10, 1);
      digits++;
      break;
    }
    big_multiply_add(&a, 10, (uint32_t)(text[i] - '0'));
    digits++;
  }
  int q = first + 1 - digits; /* the value is a 10^q */
  big_multiply_power5(q < 0 ? &b : &a, q < 0 ? -q : q);
  int shift = big_bits(&b) - big_bits(&a);
  big_shift_left(shift < 0 ? &b : &a, shift < 0 ? -shift : shift);
  uint64_t m = 0; /* 65 binary digits of a / b, the first may be 0: long division */
  int bit = 0;
  for (; bit < 65 && !(m >> 63); bit++) {
    bool one = big_not_below(&a, &b);
    if (one) big_subtract(&a, &b);
    m = m << 1 | one;
    big_shift_left(&a, 1);
  }
  return round_binary(m, a.used > 0, q - shift - bit + 1);
}

/* ---- reading ---- */

static bool starts_with(const char *text, size_t size, const char *word) {
  for (; *word; word++, text++, size--)
    if (!size || (*text | 0x20) != *word) return false;
  return true;
}

/* Length of inf, infinity or nan at text, 0 if none. */
static size_t read_word(const char *text, size_t size, double *x) {
  *x = INFINITY;
  if (starts_with(text, size, "infinity")) return 8;
  if (starts_with(text, size, "inf")) return 3;
  *x = NAN;
  return starts_with(text, size, "nan") ? 3 : 0;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Length of an exponent at text, 0 if none; *value saturates far outside a double's range. */
static size_t read_exponent(const char *text, size_t size, int *value) {
  *value = 0;
  if (!size || (*text | 0x20) != 'e') return 0;
  size_t i = size > 1 && (text[1] == '-' || text[1] == '+') ? 2 : 1;
  if (i >= size || !is_digit(text[i])) return 0;
  for (; i < size && is_digit(text[i]); i++)
    if (*value < 100000000) *value = 10 * *value + (text[i] - '0');
  if (text[1] == '-') *value = -*value;
  return i;
}

/* decimal_read of any number. */
static size_t read_any(const char *text, size_t size, double *x) {
  size_t i = 0, begin = 0, stop; /* begin, stop: from the first significant digit to the last */
  bool negative = size && *text == '-', point = false, any = false;
  if (size && (*text == '-' || *text == '+')) i = 1;
  size_t word = read_word(text + i, size - i, x);
  if (word) {
    if (negative) *x = -*x;
    return i + word;
  }
  uint64_t w = 0;
  int digits = 0;
  long long scale = 0; /* digits after the point, less significant digits left out of w */
  for (; i < size; i++) {
    if (text[i] == '.' && !point) {
      point = true;
      continue;
    }
    if (!is_digit(text[i])) break;
    any = true;
    if (point) scale--;
    if (digits == 0 && text[i] == '0') continue;
    if (digits == 0) begin = i;
    if (digits < FAST_DIGITS) w = 10 * w + (uint64_t)(text[i] - '0');
    else scale++;
    if (digits <= FAST_DIGITS) digits++;
  }
  if (!any) return 0;
  stop = i;
  int exponent;
  i += read_exponent(text + i, size - i, &exponent);
  scale += exponent; /* the number is w 10^scale, and a little more if digits > FAST_DIGITS */
  if (!w) *x = 0.0;
  else if (digits <= FAST_DIGITS && scale >= -FAST_POWER && scale <= FAST_POWER)
    *x = scale_fast(w, (int)scale);
  else {
    long long first = scale + (digits < FAST_DIGITS ? digits : FAST_DIGITS) - 1;
    if (first > 1000) first = 1000;
    if (first < -1000) first = -1000;
    *x = scale_exact(text + begin, stop - begin, (int)first);
  }
  if (negative) *x = -*x;
  return i;
}

/* 10^q for a power that a double holds. */
static const double exact_power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                     1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                     1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* w 10^scale, correctly rounded: with both factors exact, one rounding is all there is. */
static double scale_short(uint64_t w, int scale) {
  if (w >> 53 || scale < -22 || scale > 22) return w ? scale_fast(w, scale) : 0.0;
  return scale < 0 ? (double)w / exact_power[-scale] : (double)w * exact_power[scale];
}

/* Most numbers have at most 19 digits and small powers. */
size_t decimal_read(const char *text, size_t size, double *x) {
  const char *p = text, *end = text + size;
  bool negative = p < end && *p == '-';
  if (p < end && (*p == '-' || *p == '+')) p++;
  uint64_t w = 0;
  const char *digits = p;
  for (; p < end && is_digit(*p); p++) w = 10 * w + (uint64_t)(*p - '0');
  ptrdiff_t count = p - digits, behind = 0;
  if (p < end && *p == '.') {
    digits = ++p;
    for (; p < end && is_digit(*p); p++) w = 10 * w + (uint64_t)(*p - '0');
    behind = p - digits;
    count += behind;
  }
  if (count < 1 || count > FAST_DIGITS) return read_any(text, size, x);
  int scale = 0;
  if (p < end && (*p | 0x20) == 'e') p += read_exponent(p, (size_t)(end - p), &scale);
  scale -= (int)behind;
  if (scale < -FAST_POWER || scale > FAST_POWER) return read_any(text, size, x);
  double absolute = scale || w >> 53 ? scale_short(w, scale) : (double)w;
  *x = negative ? -absolute : absolute;
  return (size_t)(p - text);
}

/* ---- writing ---- */

/* printf in any locale: its decimal point, one character or several, becomes '.'. */
static size_t print(char out[DECIMAL_SIZE], int precision, double x) {
  char text[2 * DECIMAL_SIZE];
  int length = snprintf(text, sizeof text, "%.*g", precision, x);
  size_t n = 0;
  bool foreign = false;
  for (int i = 0; i < length; i++) {
    bool plain = is_digit(text[i]) || text[i] == '-' || text[i] == '+' || text[i] == 'e';
    if (plain) out[n++] = text[i];
    else if (!foreign) out[n++] = '.';
    foreign = !plain;
  }
  out[n] = '\0';
  return n;
}

/* Whether the 17 digits in text may be those of a number of 15: such a number lies within half a
 * unit in the last place of the double, unless subnormal at most 12 units of the 17th digit. */
static bool may_be_short(const char *text) {
  int digits = 0, last = 0; /* the last two as a number */
  for (; *text && *text != 'e'; text++)
    if (is_digit(*text) && (digits || *text != '0')) {
      digits++;
      last = last % 10 * 10 + (*text - '0');
    }
  return digits < 17 || last <= 12 || last >= 88;
}

size_t decimal_write(char out[DECIMAL_SIZE], double x) {
  if (!isfinite(x)) {
    strcpy(out, isnan(x) ? "nan" : x > 0 ? "inf" : "-inf");
    return strlen(out);
  }
  size_t n = print(out, 17, x);
  if (fabs(x) >= DBL_MIN && !may_be_short(out)) return n;
  char shorter[DECIMAL_SIZE];
  double back;
  size_t m = print(shorter, 15, x);
  decimal_read(shorter, m, &back);
  if (back != x) return n;
  memcpy(out, shorter, m + 1);
  return m;
}
