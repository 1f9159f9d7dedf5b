/* bench/population.c: makes spec/reference/population.npy: random problems and starts, and where
 * the flow takes them, by Radau IIA of order 9 in long double with step doubling: a method, a
 * precision and a program that share nothing with the library. What the file holds is in
 * bench/population.lua, which compares every method with it.
 * cc -O2 -fcx-limited-range bench/population.c -lm &&
 * ./a.out spec/reference/population.npy 160 7001 160 9001; with weight decay:
 * ./a.out decay spec/reference/population_decay.npy 48 1
 * SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "radau.h"

/* ---- random numbers */

static uint64_t word;

static double uniform(void) {
  uint64_t z = word += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return ((double)((z ^ z >> 31) >> 11) + 0.5) * 0x1p-53;
}

static double between(double a, double b) { return a + (b - a) * uniform(); }
static int choose(int a, int b) { return a + (int)(uniform() * (b - a + 1)); }
static double power(double a, double b) { return pow(10.0, between(a, b)); }
static double normal(void) {
  double u = uniform();
  return sqrt(-2.0 * log(u)) * cos(2.0 * M_PI * uniform());
}

static void normals(double *x, int count, double std) {
  for (int i = 0; i < count; i++) x[i] = std * normal();
}

/* ---- small matrices, column-major */

/* Gram-Schmidt, twice, on the columns of Q (n x q, q <= n). */
static void orthonormalize(double *Q, int n, int q) {
  for (int twice = 0; twice < 2; twice++)
    for (int j = 0; j < q; j++) {
      double *x = Q + j * n, sum = 0.0;
      for (int i = 0; i < j; i++) {
        double dot = 0.0;
        for (int l = 0; l < n; l++) dot += Q[i * n + l] * x[l];
        for (int l = 0; l < n; l++) x[l] -= dot * Q[i * n + l];
      }
      for (int l = 0; l < n; l++) sum += x[l] * x[l];
      for (int l = 0; l < n; l++) x[l] /= sqrt(sum);
    }
}

/* A (r x m) = P diag(s) T^T over q = min(r, m), by one-sided Jacobi on the taller of A and A^T. */
static void svd(const double *A, int r, int m, double *P, double *s, double *T) {
  int flip = r < m, tall = flip ? m : r, q = flip ? r : m;
  double Q[R * R] = {0}, W[R * R] = {0};
  for (int i = 0; i < r; i++)
    for (int j = 0; j < m; j++) Q[flip ? i * tall + j : j * tall + i] = A[j * r + i];
  for (int j = 0; j < q; j++) W[j * q + j] = 1.0;
  for (int sweep = 0; sweep < 30; sweep++)
    for (int i = 0; i < q; i++)
      for (int j = i + 1; j < q; j++) {
        double a = 0.0, b = 0.0, d = 0.0;
        for (int l = 0; l < tall; l++) {
          a += Q[i * tall + l] * Q[i * tall + l];
          b += Q[j * tall + l] * Q[j * tall + l];
          d += Q[i * tall + l] * Q[j * tall + l];
        }
        if (fabs(d) <= 1e-16 * sqrt(a * b)) continue;
        double zeta = (b - a) / (2.0 * d), t = copysign(1.0, zeta) / (fabs(zeta) + hypot(1, zeta));
        double c = 1.0 / hypot(1.0, t);
        for (int l = 0; l < tall + q; l++) {
          double *x = l < tall ? &Q[i * tall + l] : &W[i * q + l - tall];
          double *y = l < tall ? &Q[j * tall + l] : &W[j * q + l - tall];
          double e = *x, f = *y;
          *x = c * (e - t * f), *y = c * (t * e + f);
        }
      }
  for (int j = 0; j < q; j++) {
    double sum = 0.0;
    for (int l = 0; l < tall; l++) sum += Q[j * tall + l] * Q[j * tall + l];
    s[j] = sqrt(sum);
    for (int l = 0; l < tall; l++) Q[j * tall + l] /= s[j];
  }
  memcpy(flip ? T : P, Q, sizeof(double) * (size_t)(tall * q));
  memcpy(flip ? P : T, W, sizeof(double) * (size_t)(q * q));
}

/* ---- problems and starts */

/* The lower trapezoidal factor of k x h random rows: what is left of any start of that width. */
static void reduce(problem *p, const double *explicit_rows) {
  double Q[K * 40];
  int kept = 0;
  memset(p->Z, 0, sizeof p->Z);
  for (int i = 0; i < p->k; i++) {
    double *x = Q + kept * p->h, sum = 0.0;
    for (int l = 0; l < p->h; l++) x[l] = explicit_rows[l * p->k + i];
    for (int twice = 0; twice < 2; twice++)
      for (int j = 0; j < kept; j++) {
        double dot = 0.0;
        for (int l = 0; l < p->h; l++) dot += Q[j * p->h + l] * x[l];
        for (int l = 0; l < p->h; l++) x[l] -= dot * Q[j * p->h + l];
        p->Z[j * p->k + i] += dot;
      }
    if (kept == p->kp) continue;
    for (int l = 0; l < p->h; l++) sum += x[l] * x[l];
    if (sum == 0.0) continue;
    for (int l = 0; l < p->h; l++) x[l] /= sqrt(sum);
    p->Z[kept++ * p->k + i] = sqrt(sum);
  }
}

static void gaussian(problem *p, double u, double v) {
  double Z[K * 40];
  for (int l = 0; l < p->h; l++)
    for (int i = 0; i < p->k; i++) Z[l * p->k + i] = (i < p->r ? u : v) * normal();
  reduce(p, Z);
}

/* Columns sqrt(s) (a P_i; T_i / a) of A's singular vectors, s <= 0: of its singular values. */
static void aligned(problem *p, const double *A, double scale, double a) {
  double P[R * R], T[R * R], s[R];
  int q = p->r < p->m ? p->r : p->m;
  svd(A, p->r, p->m, P, s, T);
  memset(p->Z, 0, sizeof p->Z);
  for (int c = 0; c < q && c < p->kp; c++) {
    double x = sqrt(scale > 0.0 ? scale : s[c]);
    for (int i = 0; i < p->r; i++) p->Z[c * p->k + i] = a * x * P[c * p->r + i];
    for (int j = 0; j < p->m; j++) p->Z[c * p->k + p->r + j] = x / a * T[c * p->m + j];
  }
}

/* U^T U - V^T V = lam I: Q C above, with C^T C = lam I + B^T B, and B below (or turned over). */
static void homogeneous(problem *p) {
  int over = uniform() < 0.5 || p->m == 1 ? 1 : 0, most = over ? p->r : p->m;
  int h = p->h = p->kp = choose(1, most), tall = over ? p->r : p->m, low = p->k - tall;
  double lam = power(-2, 0.5), Q[R * R], B[R * R], C[R * R] = {0};
  normals(Q, tall * h, 1.0);
  orthonormalize(Q, tall, h);
  normals(B, low * h, power(-2, 0));
  for (int j = 0; j < h; j++) /* the Cholesky factor, upper */
    for (int i = 0; i <= j; i++) {
      double sum = i == j ? lam : 0.0;
      for (int l = 0; l < low; l++) sum += B[i * low + l] * B[j * low + l];
      for (int l = 0; l < i; l++) sum -= C[i * h + l] * C[j * h + l];
      C[j * h + i] = i == j ? sqrt(sum) : sum / C[i * h + i];
    }
  memset(p->Z, 0, sizeof p->Z);
  for (int c = 0; c < h; c++) {
    for (int i = 0; i < tall; i++)
      for (int l = 0; l <= c; l++)
        p->Z[c * p->k + (over ? i : p->r + i)] += Q[l * tall + i] * C[c * h + l];
    for (int j = 0; j < low; j++) p->Z[c * p->k + (over ? p->r + j : j)] = B[c * low + j];
  }
}

static void mixed(problem *p) {
  double Z[K * 40], u = power(-6, 0.5), v = power(-6, 0.5);
  int form = choose(0, 3);
  for (int i = 0; i < p->k; i++) {
    double row = form == 0 ? power(-6, 0.5) : i < p->r ? u : v;
    for (int l = 0; l < p->h; l++) Z[l * p->k + i] = row * normal();
    for (int l = 0; l < p->h; l++) /* zero output, or one layer that starts from nothing */
      if ((form == 2 && l < p->h / 2 && i < p->r) || (form == 2 && l >= p->h / 2 && i >= p->r) ||
          (form == 3 && i >= p->r))
        Z[l * p->k + i] = 0.0;
  }
  reduce(p, Z);
}

static void start(problem *p) {
  double A[R * M];
  int q = p->r < p->m ? p->r : p->m;
  if (p->kind == 5 && p->h < p->k) p->h = choose(p->k, 40);
  if ((p->kind == 1 || p->kind == 3) && p->h < q) p->h = choose(q, 40);
  p->kp = p->h < p->k ? p->h : p->k;
  switch (p->kind) {
  case 0: gaussian(p, 1 / sqrt(p->h), 1 / sqrt(p->h)); break;
  case 1:
    normals(A, p->r * p->m, power(-2, 0.5));
    aligned(p, A, 0.0, 1.0);
    break;
  case 2: {
    double a = power(-2, 2), std = power(-2, 0) / sqrt(p->h);
    gaussian(p, a * std, std / a);
    break;
  }
  case 3:
    for (int i = 0; i < p->r * p->m; i++) A[i] = p->sigma[i % p->r] * p->Yt[i];
    aligned(p, A, power(-6, 0), 1.0);
    break;
  case 4: homogeneous(p); break;
  case 5: {
    double lam = power(-3, 0.5);
    memset(p->Z, 0, sizeof p->Z);
    for (int i = 0; i < p->k; i++) p->Z[i * p->k + i] = sqrt(lam);
    break;
  }
  case 6: {
    double std = power(-12, -0.5);
    gaussian(p, std, std);
    break;
  }
  default: mixed(p);
  }
}

static void make(problem *p, uint64_t seed, int decays) {
  memset(p, 0, sizeof *p);
  word = seed * 0x2545f4914f6cdd1du;
  p->kind = (int)(seed % 8);
  p->n = choose(1, 10);
  p->D = choose(1, 11);
  int most = p->n < p->D ? p->n : p->D;
  p->r = choose(1, most < R ? most : R);
  p->m = choose(1, M);
  p->k = p->r + p->m;
  p->h = uniform() < 0.5 ? choose(1, p->k + 1) : choose(1, 40);
  double decades = uniform() < 0.25 ? 0.0 : p->r > 1 ? between(0, 10) : 0.0, top = power(-1, 1);
  for (int i = 0; i < p->r; i++) {
    double x = p->r > 1 ? (double)i / (p->r - 1) : 0.0;
    if (i > 0 && i < p->r - 1) x += between(-0.4, 0.4) / (p->r - 1);
    p->sigma[i] = top * pow(10.0, -decades * x);
  }
  double theta = power(-1, 0.7), noise = uniform() < 0.5 ? 0.0 : power(-3, 0);
  for (int i = 0; i < p->r * p->m; i++)
    p->Yt[i] = p->sigma[i % p->r] * theta * normal() + noise * top * normal();
  p->t = uniform() < 0.3 ? INFINITY : power(-3, 4);
  start(p);
  if (!decays) return;
  p->w = top * top * theta * power(-4, 0.3);
  if (isinf(p->t)) p->t = power(-3, 4);
}

/* By how much a random change of start at time t grows until the end Z; 0 where that failed. Two
 * changes of this size, relative to the largest entry of U and of V. */
static double growth(const problem *p, real t, const real *start, const real *Z) {
  enum { DIRECTIONS = 2 };
  const real size = 1e-9L; /* growth beyond its inverse is not seen, and says no more */
  double worst = 1.0;
  int steps;
  real other[N], top[2];
  for (int v = 0; v < 2; v++) top[v] = block_max(p, start, v);
  for (int v = 0; v < 2; v++)
    if (top[v] == 0.0L) top[v] = top[1 - v];
  for (int d = 0; d < DIRECTIONS; d++) {
    for (int i = 0; i < p->k * p->kp; i++)
      other[i] = start[i] + size * top[i % p->k >= p->r] * between(-1.0, 1.0);
    if (!integrate(p, t, other, 1e-12L, &steps, NULL)) return 0.0;
    worst = fmax(worst, (double)(separation(p, Z, other) / size));
  }
  return worst;
}

/* The end of a problem, and the most that a change of its start, or of a state on its way, becomes
 * there. Left out: where two tolerances disagree, and what takes too long. */
static int reference(problem *p) {
  static path way;
  real start[N], Z[N], coarse[N];
  int n = p->k * p->kp, steps, all;
  way = (path){.stride = 1};
  work = 0.0;
  for (int i = 0; i < n; i++) start[i] = Z[i] = coarse[i] = p->Z[i];
  if (!integrate(p, 0.0L, Z, 1e-13L, &all, &way)) return 0;
  if (!integrate(p, 0.0L, coarse, 1e-11L, &steps, NULL)) return 0;
  double first = p->amplification = growth(p, 0.0L, start, Z);
  if (first == 0.0) return 0;
  for (int i = 0; i + 1 < way.count; i++) {
    double here = growth(p, way.t[i], way.Z[i], Z);
    if (here == 0.0) return 0;
    p->amplification = fmax(p->amplification, here);
  }
  for (int i = 0; i < n; i++) p->Zt[i] = (double)Z[i];
  real doubt = separation(p, Z, coarse);
  fprintf(stderr, "kind %d r %d m %d h %2d t %.1e: %d steps, doubt %.1Le, growth %.3g, %.3g\n",
          p->kind, p->r, p->m, p->h, p->t, all, doubt, first, p->amplification);
  return doubt <= 1e-11L * p->amplification;
}

/* ---- the file */

static void put(FILE *f, long *count, const double *x, int n) {
  *count += n;
  fwrite(x, sizeof *x, (size_t)n, f);
}

static void write_header(FILE *f, long count) {
  char head[128];
  memset(head, ' ', sizeof head);
  memcpy(head, "\x93NUMPY\x01\x00\x76\x00", 10);
  const char *text = "{'descr': '<f8', 'fortran_order': False, 'shape': (%ld,), }";
  int used = sprintf(head + 10, text, count);
  head[10 + used] = ' ';
  head[127] = '\n';
  rewind(f);
  fwrite(head, 1, sizeof head, f);
}

int main(int argc, char **argv) {
  int decays = argc > 1 && strcmp(argv[1], "decay") == 0;
  argc -= decays, argv += decays;
  if (argc < 4)
    return fprintf(stderr, "usage: population [decay] FILE COUNT FIRST [COUNT FIRST ...]\n"), 2;
  long count = 0;
  FILE *f = fopen(argv[1], "wb");
  if (!f) return 1;
  tableau();
  write_header(f, 0);
  for (int a = 2; a + 1 < argc; a += 2) {
    int wanted = atoi(argv[a]), kept = 0;
    for (uint64_t seed = strtoull(argv[a + 1], NULL, 10); kept < wanted; seed++) {
      problem p;
      make(&p, seed, decays);
      if (!reference(&p)) continue;
      double head[] = {
          p.kind + (decays ? 8 : 0), p.n, p.D, p.r, p.m, p.h, p.kp, p.t, p.amplification};
      put(f, &count, head, 9);
      if (decays) put(f, &count, &p.w, 1);
      put(f, &count, p.sigma, p.r);
      put(f, &count, p.Yt, p.r * p.m);
      put(f, &count, p.Z, p.k * p.kp);
      put(f, &count, p.Zt, p.k * p.kp);
      kept++;
    }
  }
  write_header(f, count);
  return fclose(f) != 0;
}
