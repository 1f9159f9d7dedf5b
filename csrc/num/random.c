/* csrc/num/random.c: Philox4x64-10 (Salmon, Moraes, Dror, Shaw, SC11, 2011) and what is drawn from
 * its words. Nothing is cached but the words of one block: how calls are grouped never matters.
 * SPDX-License-Identifier: MIT */
#include "num/random.h"

#include <assert.h>
#include <math.h>

enum { PHILOX_ROUNDS = 10, PHILOX_WORDS = 4 };

__extension__ typedef unsigned __int128 u128; /* gcc and clang, 64-bit */

static const double TWO_M53 = 0x1p-53, TWO_M64 = 0x1p-64;

/* ---- words ---- */

/* One block of four words from counter and key; multipliers and Weyl constants of the paper. */
static void philox_block(const uint64_t key[2], const uint64_t counter[4], uint64_t out[4]) {
  uint64_t k0 = key[0], k1 = key[1];
  uint64_t x0 = counter[0], x1 = counter[1], x2 = counter[2], x3 = counter[3];
  for (int round = 0; round < PHILOX_ROUNDS; round++) {
    u128 a = (u128)x0 * UINT64_C(0xD2E7470EE14C6C93), b = (u128)x2 * UINT64_C(0xCA5A826395121157);
    x0 = (uint64_t)(b >> 64) ^ x1 ^ k0;
    x2 = (uint64_t)(a >> 64) ^ x3 ^ k1;
    x1 = (uint64_t)b;
    x3 = (uint64_t)a;
    k0 += UINT64_C(0x9E3779B97F4A7C15);
    k1 += UINT64_C(0xBB67AE8584CAA73B);
  }
  out[0] = x0, out[1] = x1, out[2] = x2, out[3] = x3;
}

philox philox_make(uint64_t seed, uint64_t stream) {
  return (philox){.key = {seed, stream}, .used = PHILOX_WORDS};
}

uint64_t philox_word(philox *g) {
  if (g->used >= PHILOX_WORDS) {
    for (int i = 0; i < 4 && ++g->counter[i] == 0; i++) continue; /* 256 bits, with carry */
    philox_block(g->key, g->counter, g->buffer);
    g->used = 0;
  }
  return g->buffer[g->used++];
}

uint64_t philox_drawn(const philox *g) {
  return PHILOX_WORDS * g->counter[0] - (uint64_t)(PHILOX_WORDS - g->used);
}

void philox_seek(philox *g, uint64_t n) {
  *g = philox_make(g->key[0], g->key[1]);
  g->counter[0] = n / PHILOX_WORDS;
  for (uint64_t rest = n % PHILOX_WORDS; rest > 0; rest--) philox_word(g);
}

/* ---- uniform, integer ---- */

double random_uniform(philox *g) { return (double)(philox_word(g) >> 11) * TWO_M53; }

/* (0, 1] with full relative precision near 0, where logarithms and powers look. */
static double uniform_fine(philox *g) { return ((double)philox_word(g) + 0.5) * TWO_M64; }

/* The high half of word * n is uniform on 0..n-1 once the 2^64 mod n low halves that come up once
 * too often are thrown back (Lemire, ACM TOMACS 29(1), 2019). */
int64_t random_integer(philox *g, int64_t a, int64_t b) {
  assert(a <= b);
  uint64_t n = (uint64_t)b - (uint64_t)a + 1;
  if (n == 0) return (int64_t)philox_word(g); /* all 2^64 integers */
  uint64_t surplus = (0 - n) % n;
  u128 product;
  do product = (u128)philox_word(g) * n;
  while ((uint64_t)product < surplus);
  return (int64_t)((uint64_t)a + (uint64_t)(product >> 64));
}

/* ---- normal ---- */

/* num(t) / (1 + t den(t)), the form of all three branches of PPND16. */
static double ratio(const double num[8], const double den[7], double t) {
  double p = num[7], q = den[6];
  for (int i = 6; i >= 0; i--) p = p * t + num[i];
  for (int i = 5; i >= 0; i--) q = q * t + den[i];
  return p / (1.0 + t * q);
}

/* x with Phi(x) = 1/2 + q for q = (word + 1/2) / 2^64, word read as two's complement: Wichura,
 * Algorithm AS 241 (PPND16), Applied Statistics 37 (1988) 477, relative error about 1e-16. The tail
 * probability comes from the integer, not from 1/2 - |q|: full precision out to |x| = 9.1. */
double random_normal(philox *g) {
  static const double a[8] = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                              1.9715909503065514427e+3, 1.3731693765509461125e+4,
                              4.5921953931549871457e+4, 6.7265770927008700853e+4,
                              3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static const double b[7] = {4.2313330701600911252e+1, 6.8718700749205790830e+2,
                              5.3941960214247511077e+3, 2.1213794301586595867e+4,
                              3.9307895800092710610e+4, 2.8729085735721942674e+4,
                              5.2264952788528545610e+3};
  static const double c[8] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                              5.76949722146069140550e0,  3.64784832476320460504e0,
                              1.27045825245236838258e0,  2.41780725177450611770e-1,
                              2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static const double d[7] = {2.05319162663775882187e0,  1.67638483018380384940e0,
                              6.89767334985100004550e-1, 1.48103976427480074590e-1,
                              1.51986665636164571966e-2, 5.47593808499534494600e-4,
                              1.05075007164441684324e-9};
  static const double e[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                              1.78482653991729133580e0,  2.96560571828504891230e-1,
                              2.65321895265761230930e-2, 1.24266094738807843860e-3,
                              2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static const double f[7] = {5.99832206555887937690e-1, 1.36929880922735805310e-1,
                              1.48753612908506148525e-2, 7.86869131145613259100e-4,
                              1.84631831751005468180e-5, 1.42151175831644588870e-7,
                              2.04426310338993978564e-15};
  uint64_t word = philox_word(g);
  int negative = (int)(word >> 63);
  uint64_t size = negative ? ~word : word; /* |q| = (size + 1/2) / 2^64, size < 2^63 */
  double q = ((double)size + 0.5) * TWO_M64, x;
  if (q <= 0.425) {
    x = q * ratio(a, b, 0.180625 - q * q);
  } else {
    double tail = ((double)((uint64_t)INT64_MAX - size) + 0.5) * TWO_M64; /* 1/2 - |q| */
    double r = sqrt(-log(tail));
    x = r <= 5.0 ? ratio(c, d, r - 1.6) : ratio(e, f, r - 5.0);
  }
  return negative ? -x : x;
}

/* ---- gamma and its kin ---- */

/* log(1 + y) - (y - y^2/2 + y^3/3), without cancellation for small y. */
static double log1p_rest(double y) {
  if (fabs(y) > 0.125) return log1p(y) - y * (1.0 - y * (0.5 - y / 3.0));
  double sum = 0.0; /* -y^4/4 + y^5/5 - ...: 2^-57 relative after 19 terms */
  for (int k = 22; k >= 4; k--) sum = (k % 2 ? 1.0 : -1.0) / k + y * sum;
  return sum * y * y * y * y;
}

/* Marsaglia and Tsang, ACM TOMS 26 (2000) 363: d (1 + y)^3 with y = x / sqrt(9 d), x normal, is
 * accepted when log u < x^2/2 + d - d (1 + y)^3 + 3 d log(1 + y). The right side is written as what
 * it equals, 3 d (log(1 + y) - y + y^2/2 - y^3/3): nothing cancels however large d is, and the
 * relative spread 1/sqrt(d) survives. Below shape 1: gamma(a) = gamma(a + 1) u^(1/a). */
static double random_gamma(philox *g, double shape) {
  assert(shape > 0.0);
  double boost = shape < 1.0 ? pow(uniform_fine(g), 1.0 / shape) : 1.0;
  double d = (shape < 1.0 ? shape + 1.0 : shape) - 1.0 / 3.0, c = 1.0 / (3.0 * sqrt(d)), y;
  for (;;) {
    y = c * random_normal(g);
    if (y <= -1.0) continue;
    if (log(uniform_fine(g)) < 3.0 * d * log1p_rest(y)) break;
  }
  return boost * (d + d * y * (3.0 + y * (3.0 + y)));
}

double random_chi2(philox *g, double dof) { return 2.0 * random_gamma(g, 0.5 * dof); }

double random_chi(philox *g, double dof) { return sqrt(random_chi2(g, dof)); }

/* ---- matrices, column by column ---- */

void random_bartlett(philox *g, double dof, mat a) {
  for (int j = 0; j < a.cols; j++)
    for (int i = j + 1; i < a.rows; i++) *mat_at(a, i, j) = random_normal(g);
  for (int j = 0; j < a.cols; j++) *mat_at(a, j, j) = random_chi(g, dof - j);
}

void random_fill_normal(philox *g, mat a, double sd) {
  for (int j = 0; j < a.cols; j++) {
    double *c = mat_col(a, j);
    for (int i = 0; i < a.rows; i++) c[i] = sd * random_normal(g);
  }
}

void random_fill_uniform(philox *g, mat a, double lo, double hi) {
  for (int j = 0; j < a.cols; j++) {
    double *c = mat_col(a, j);
    for (int i = 0; i < a.rows; i++) c[i] = lo + (hi - lo) * random_uniform(g);
  }
}
