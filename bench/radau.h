/* bench/radau.h: gradient flow of a reduced problem by Radau IIA of order 9 in long double, with
 * simplified Newton's iteration, the full one where that fails, and step doubling: a reference that
 * shares nothing with the library. SPDX-License-Identifier: MIT */
#ifndef LINNET_BENCH_RADAU_H
#define LINNET_BENCH_RADAU_H

#include "radau_tableau.h"

enum { R = 7, M = 3, K = R + M, N = K * K };

typedef struct problem {
  int kind, n, D, r, m, h, k, kp;
  double t, amplification, w, sigma[R], Yt[R * M], Z[N], Zt[N];
} problem;

/* ---- the flow */

static void error_at(const problem *p, const real *Z, real *E) {
  for (int j = 0; j < p->m; j++)
    for (int i = 0; i < p->r; i++) {
      real sum = 0.0L;
      for (int c = 0; c < p->kp; c++) sum += Z[c * p->k + i] * Z[c * p->k + p->r + j];
      E[j * p->r + i] = (real)p->Yt[j * p->r + i] - (real)p->sigma[i] * sum;
    }
}

static void velocity(const problem *p, const real *Z, real *F) {
  real E[R * M];
  error_at(p, Z, E);
  for (int i = 0; i < p->k * p->kp; i++) F[i] = -(real)p->w * Z[i];
  for (int c = 0; c < p->kp; c++)
    for (int j = 0; j < p->m; j++)
      for (int i = 0; i < p->r; i++) {
        real a = (real)p->sigma[i] * E[j * p->r + i];
        F[c * p->k + i] += a * Z[c * p->k + p->r + j];
        F[c * p->k + p->r + j] += a * Z[c * p->k + i];
      }
}

/* J[column][row] */
static void jacobian(const problem *p, const real *Z, real *J) {
  int r = p->r, k = p->k, n = k * p->kp;
  real E[R * M];
  error_at(p, Z, E);
  memset(J, 0, sizeof(real) * (size_t)(n * n));
  for (int i = 0; i < n; i++) J[i * n + i] = -(real)p->w;
  for (int c = 0; c < p->kp; c++)
    for (int j = 0; j < p->m; j++)
      for (int i = 0; i < r; i++) {
        int u = c * k + i, v = c * k + r + j;
        real s = (real)p->sigma[i], a = s * E[j * r + i];
        J[v * n + u] += a;
        J[u * n + v] += a;
        for (int d = 0; d < p->kp; d++) { /* dA_ij = -s^2 (dU_ic V_jc + U_ic dV_jc) */
          int x = d * k + i, y = d * k + r + j;
          J[u * n + x] -= s * s * Z[v] * Z[y];
          J[u * n + y] -= s * s * Z[v] * Z[x];
          J[v * n + x] -= s * s * Z[u] * Z[y];
          J[v * n + y] -= s * s * Z[u] * Z[x];
        }
      }
}

static real block_max(const problem *p, const real *Z, int v) {
  real top = 0.0L;
  for (int c = 0; c < p->kp; c++)
    for (int i = v ? p->r : 0; i < (v ? p->k : p->r); i++) top = fmaxl(top, fabsl(Z[c * p->k + i]));
  return top;
}

/* The worse of the blocks: max|a - b| / max(|a|, |b|). */
static real separation(const problem *p, const real *a, const real *b) {
  real d[N], worst = 0.0L;
  for (int i = 0; i < p->k * p->kp; i++) d[i] = a[i] - b[i];
  for (int v = 0; v < 2; v++) {
    real top = fmaxl(block_max(p, a, v), block_max(p, b, v)), gap = block_max(p, d, v);
    if (!(gap <= top)) return 1.0L;
    if (gap > 0.0L) worst = fmaxl(worst, gap / top);
  }
  return worst;
}

/* The worse of the blocks: max|step| / max(|Z|, |Q|); infinite where that is not a number. */
static real change(const problem *p, const real *Z, const real *Q, const real *step) {
  real worst = 0.0L;
  for (int i = 0; i < p->k * p->kp; i++)
    if (!(fabsl(step[i]) <= 1e300L)) return INFINITY;
  for (int v = 0; v < 2; v++) {
    real top = fmaxl(block_max(p, Q, v), block_max(p, Z, v)), gap = block_max(p, step, v);
    if (gap > 0.0L) worst = fmaxl(worst, gap / top);
  }
  return worst;
}

/* ---- one step */

typedef struct solver {
  cplx lu[S][N * N]; /* those of a positive imaginary part stand for both of a pair */
  int pivot[S][N];
} solver;

static double work; /* of the problem, in products: what takes too much is left out */

static void factorize(solver *w, const real *J, int n, real h) {
  work += 30.0 * pow(n, 3.0);
  for (int e = 0; e < S; e++) {
    if (cimagl(eigen[e]) < 0.0L) continue;
    cplx *a = w->lu[e];
    for (int i = 0; i < n * n; i++) a[i] = (i / n == i % n ? eigen[e] / h : 0.0L) - J[i];
    for (int c = 0; c < n; c++) {
      int top = c;
      for (int i = c + 1; i < n; i++)
        if (cabsl(a[c * n + i]) > cabsl(a[c * n + top])) top = i;
      w->pivot[e][c] = top;
      for (int j = 0; j < n; j++) {
        cplx x = a[j * n + c];
        a[j * n + c] = a[j * n + top], a[j * n + top] = x;
      }
      for (int i = c + 1; i < n; i++) a[c * n + i] /= a[c * n + c];
      for (int j = c + 1; j < n; j++) {
        cplx x = a[j * n + c];
        if (x != 0.0L)
          for (int i = c + 1; i < n; i++) a[j * n + i] -= x * a[c * n + i];
      }
    }
  }
}

static void solve(const solver *w, int e, int n, cplx *b) {
  const cplx *a = w->lu[e];
  for (int c = 0; c < n; c++) {
    int top = w->pivot[e][c];
    cplx x = b[c];
    b[c] = b[top], b[top] = x;
  }
  for (int c = 0; c < n; c++)
    for (int i = c + 1; i < n; i++) b[i] -= a[c * n + i] * b[c];
  for (int c = n - 1; c >= 0; c--) {
    b[c] /= a[c * n + c];
    for (int i = 0; i < c; i++) b[i] -= a[c * n + i] * b[c];
  }
}

/* Z+ after h from Z with the Jacobian in w; 0: Newton's iteration failed. Corrections no longer
 * shrink where they are the round-off of E over the slow modes: below floor that will do. */
static int radau(const problem *p, const solver *w, const real *Z, real h, real floor, real *out) {
  enum { ITERATIONS = 30 };
  static real D[S][N], F[S][N], G[S][N];
  static cplx b[S][N];
  int n = p->k * p->kp;
  real last = INFINITY;
  memset(D, 0, sizeof D);
  for (int it = 0; it < ITERATIONS; it++) {
    real worst = 0.0L;
    for (int s = 0; s < S; s++) {
      real Q[N];
      for (int i = 0; i < n; i++) Q[i] = Z[i] + D[s][i];
      velocity(p, Q, F[s]);
    }
    for (int s = 0; s < S; s++) /* residual F - A^-1 D / h */
      for (int i = 0; i < n; i++) {
        G[s][i] = F[s][i];
        for (int l = 0; l < S; l++) G[s][i] -= inverse_A[s][l] * D[l][i] / h;
      }
    for (int e = 0; e < S; e++) {
      if (cimagl(eigen[e]) < 0.0L) continue;
      for (int i = 0; i < n; i++) {
        b[e][i] = 0.0L;
        for (int s = 0; s < S; s++) b[e][i] += inverse_T[e][s] * G[s][i];
      }
      solve(w, e, n, b[e]);
    }
    for (int s = 0; s < S; s++) {
      real step[N], Q[N];
      for (int i = 0; i < n; i++) {
        step[i] = 0.0L;
        for (int e = 0; e < S; e++) {
          if (cimagl(eigen[e]) < 0.0L) continue;
          real x = creall(T[s][e] * b[e][i]);
          step[i] += cimagl(eigen[e]) > 0.0L ? 2.0L * x : x;
        }
        D[s][i] += step[i];
        Q[i] = Z[i] + D[s][i];
      }
      worst = fmaxl(worst, change(p, Z, Q, step));
    }
    if (!(worst <= 1e300L)) return 0;
    if (worst <= 1e-18L || (worst <= floor && worst > 0.3L * last)) {
      for (int i = 0; i < n; i++) out[i] = Z[i] + D[S - 1][i];
      return 1;
    }
    if (it > 3 && !(worst < last)) return 0;
    last = worst;
  }
  return 0;
}

/* The same by the full Newton iteration, of order S n: where the kernel is very stiff and turns,
 * one Jacobian does not serve all stages. */
static int radau_full(const problem *p, const real *Z, real h, real floor, real *out) {
  enum { ITERATIONS = 12, MOST = 30 };
  static real D[S * N], F[S][N], J[S][N * N], b[S * MOST];
  static double a[S * MOST * S * MOST]; /* corrections need no more */
  int n = p->k * p->kp, all = S * n;
  real last = INFINITY;
  if (n > MOST) return 0;
  memset(D, 0, sizeof D);
  for (int it = 0; it < ITERATIONS; it++) {
    work += pow(all, 3.0);
    for (int s = 0; s < S; s++) {
      real Q[N];
      for (int i = 0; i < n; i++) Q[i] = Z[i] + D[s * n + i];
      velocity(p, Q, F[s]);
      jacobian(p, Q, J[s]);
    }
    for (int s = 0; s < S; s++)
      for (int l = 0; l < S; l++)
        for (int j = 0; j < n; j++)
          for (int i = 0; i < n; i++)
            a[(l * n + j) * all + s * n + i] =
                (double)(inverse_A[s][l] * (i == j) / h - (s == l ? J[s][j * n + i] : 0.0L));
    for (int s = 0; s < S; s++)
      for (int i = 0; i < n; i++) {
        b[s * n + i] = F[s][i];
        for (int l = 0; l < S; l++) b[s * n + i] -= inverse_A[s][l] * D[l * n + i] / h;
      }
    for (int c = 0; c < all; c++) { /* Gauss with pivots, right-hand side along */
      int top = c;
      for (int i = c + 1; i < all; i++)
        if (fabs(a[c * all + i]) > fabs(a[c * all + top])) top = i;
      for (int j = c; j < all; j++) {
        double x = a[j * all + c];
        a[j * all + c] = a[j * all + top], a[j * all + top] = x;
      }
      real x = b[c];
      b[c] = b[top], b[top] = x;
      for (int i = c + 1; i < all; i++) {
        a[c * all + i] /= a[c * all + c];
        b[i] -= a[c * all + i] * b[c];
      }
      for (int j = c + 1; j < all; j++) {
        double y = a[j * all + c];
        if (y != 0.0)
          for (int i = c + 1; i < all; i++) a[j * all + i] -= y * a[c * all + i];
      }
    }
    for (int c = all - 1; c >= 0; c--) {
      b[c] /= a[c * all + c];
      for (int i = 0; i < c; i++) b[i] -= a[c * all + i] * b[c];
    }
    real worst = 0.0L;
    for (int s = 0; s < S; s++) {
      real Q[N];
      for (int i = 0; i < n; i++) Q[i] = Z[i] + (D[s * n + i] += b[s * n + i]);
      worst = fmaxl(worst, change(p, Z, Q, b + s * n));
    }
    if (!(worst <= 1e300L)) return 0;
    if (worst <= 1e-18L || (worst <= floor && worst > 0.3L * last)) {
      for (int i = 0; i < n; i++) out[i] = Z[i] + D[(S - 1) * n + i];
      return 1;
    }
    if (it > 5 && !(worst < last)) return 0;
    last = worst;
  }
  return 0;
}

/* Nothing moves: every entry of S Z is the round-off of its terms. */
static int at_rest(const problem *p, const real *Z) {
  real E[R * M], F[N], top[N] = {0};
  error_at(p, Z, E);
  velocity(p, Z, F);
  for (int c = 0; c < p->kp; c++)
    for (int j = 0; j < p->m; j++)
      for (int i = 0; i < p->r; i++) {
        real s = (real)p->sigma[i], size = fabsl((real)p->Yt[j * p->r + i]);
        for (int l = 0; l < p->kp; l++) size += s * fabsl(Z[l * p->k + i] * Z[l * p->k + p->r + j]);
        real a = s * (1e-13L * fabsl(E[j * p->r + i]) + 1e-17L * size);
        top[c * p->k + i] += a * fabsl(Z[c * p->k + p->r + j]);
        top[c * p->k + p->r + j] += a * fabsl(Z[c * p->k + i]);
      }
  for (int i = 0; i < p->k * p->kp; i++)
    if (fabsl(F[i]) > top[i]) return 0;
  return 1;
}

/* States on the way: every stride-th step, the stride doubled when they are too many. */
enum { PATH = 12 };
typedef struct path {
  int count, stride, seen;
  real t[PATH], Z[PATH][N];
} path;

static void note(path *w, real t, const real *Z) {
  if (!w || w->seen++ % w->stride) return;
  if (w->count == PATH) {
    for (int i = 0; 2 * i < PATH; i++) {
      w->t[i] = w->t[2 * i];
      memcpy(w->Z[i], w->Z[2 * i], sizeof w->Z[i]);
    }
    w->count = PATH / 2;
    w->stride *= 2;
    if ((w->seen - 1) % w->stride) return;
  }
  w->t[w->count] = t;
  memcpy(w->Z[w->count++], Z, sizeof w->Z[0]);
}

/* Z from time t to the problem's, in place; 0 where that failed. */
static int integrate(const problem *p, real t, real *Z, real tol, int *steps, path *way) {
  enum { MOST = 1500, STILL = 40 }; /* steps, of times that grow fourfold, without motion */
  int still = 0, fails = 0;
  static solver one, two;
  static real J[N * N];
  real floor = 1e-2L * tol, end = p->t, a[N], b[N], c[N], F[N];
  int n = p->k * p->kp;
  velocity(p, Z, F);
  real h = fminl(end - t, 1e-3L * fmaxl(block_max(p, Z, 0), block_max(p, Z, 1)) /
                              fmaxl(block_max(p, F, 0), block_max(p, F, 1)));
  for (*steps = 0; t < end; (*steps)++) {
    if (*steps > MOST || !(t + h > t) || t > 1e80L || work > 4e9) return 0;
    if (isinf(end) && (still >= STILL || at_rest(p, Z))) return 1;
    if (t + h > end) h = end - t;
    jacobian(p, Z, J);
    factorize(&one, J, n, h);
    int good = radau(p, &one, Z, h, floor, a);
    if (good) {
      factorize(&two, J, n, 0.5L * h);
      good = radau(p, &two, Z, 0.5L * h, floor, b);
    }
    if (good) { /* where Z has moved far its old Jacobian may not do */
      good = radau(p, &two, b, 0.5L * h, floor, c);
      if (!good) {
        jacobian(p, b, J);
        factorize(&two, J, n, 0.5L * h);
        good = radau(p, &two, b, 0.5L * h, floor, c);
      }
    }
    if (!good && fails++ > 1)
      good = radau_full(p, Z, h, floor, a) && radau_full(p, Z, 0.5L * h, floor, b) &&
             radau_full(p, b, 0.5L * h, floor, c);
    real err = good ? separation(p, a, c) / tol : INFINITY;
    if (err <= 1.0L) {
      t = h == end - t ? end : t + h;
      still = separation(p, Z, c) <= 1e-16L && h > 0.5L * t ? still + 1 : 0;
      memcpy(Z, c, sizeof c);
      note(way, t, Z);
    }
    h *= good ? fminl(4.0L, fmaxl(0.2L, 0.9L * powl(fmaxl(err, 1e-9L), -1.0L / 9.0L))) : 0.25L;
  }
  return 1;
}

#endif
