/* bench/radau_tableau.h: Radau IIA of 5 stages and order 9: its matrix from the nodes, and the
 * eigenvectors of the inverse, computed in long double.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_BENCH_RADAU_TABLEAU_H
#define LINNET_BENCH_RADAU_TABLEAU_H

#include <complex.h>
#include <math.h>
#include <string.h>

typedef long double real;
typedef complex long double cplx;

enum { S = 5 };

/* ---- Radau IIA: its matrix A, and A^-1 = T diag(gamma) T^-1 */

static real A[S][S], inverse_A[S][S];
static cplx eigen[S], T[S][S], inverse_T[S][S];

static void invert(int n, cplx *a, cplx *b) { /* Gauss-Jordan with pivots; a is spent */
  for (int i = 0; i < n * n; i++) b[i] = i / n == i % n;
  for (int c = 0; c < n; c++) {
    int top = c;
    for (int i = c; i < n; i++)
      if (cabsl(a[i * n + c]) > cabsl(a[top * n + c])) top = i;
    for (int j = 0; j < n; j++) {
      cplx x = a[c * n + j], y = b[c * n + j];
      a[c * n + j] = a[top * n + j], a[top * n + j] = x;
      b[c * n + j] = b[top * n + j], b[top * n + j] = y;
    }
    cplx pivot = a[c * n + c];
    for (int j = 0; j < n; j++) a[c * n + j] /= pivot, b[c * n + j] /= pivot;
    for (int i = 0; i < n; i++) {
      cplx x = a[i * n + c];
      if (i == c) continue;
      for (int j = 0; j < n; j++) {
        a[i * n + j] -= x * a[c * n + j];
        b[i * n + j] -= x * b[c * n + j];
      }
    }
  }
}

/* All zeros of a monic polynomial, x[n - 1] .. x[0] below its leading 1 (Durand and Kerner). */
static void zeros(int n, const real *x, cplx *z) {
  for (int i = 0; i < n; i++) z[i] = cpowl(0.4L + 0.9L * I, i) * 3.0L;
  for (int sweep = 0; sweep < 500; sweep++)
    for (int i = 0; i < n; i++) {
      cplx value = 1.0L, product = 1.0L;
      for (int j = n - 1; j >= 0; j--) value = value * z[i] + x[j];
      for (int j = 0; j < n; j++)
        if (j != i) product *= z[i] - z[j];
      z[i] -= value / product;
    }
}

static real factorial(int n) { return n > 1 ? n * factorial(n - 1) : 1.0L; }

static void tableau(void) {
  /* nodes: zeros of d^(s-1)/dx^(s-1) of x^(s-1) (x - 1)^s */
  real poly[S + 1], c[S];
  for (int i = 0; i <= S; i++)
    poly[i] = (i % 2 == S % 2 ? 1 : -1) * factorial(S) / factorial(i) / factorial(S - i) *
              factorial(S - 1 + i) / factorial(i);
  for (int i = 0; i < S; i++) poly[i] /= poly[S];
  cplx node[S];
  zeros(S, poly, node);
  for (int i = 0; i < S; i++) c[i] = creall(node[i]);
  for (int i = 0; i < S; i++)
    for (int j = i + 1; j < S; j++)
      if (c[j] < c[i]) {
        real x = c[i];
        c[i] = c[j], c[j] = x;
      }
  c[S - 1] = 1.0L;
  /* sum_j a_ij c_j^l = c_i^(l+1) / (l + 1) */
  cplx V[S * S], W[S * S];
  for (int j = 0; j < S; j++)
    for (int l = 0; l < S; l++) V[j * S + l] = powl(c[j], l);
  invert(S, V, W);
  cplx copy[S * S], back[S * S];
  for (int i = 0; i < S; i++)
    for (int j = 0; j < S; j++) {
      A[i][j] = 0.0L;
      for (int l = 0; l < S; l++) A[i][j] += powl(c[i], l + 1) / (l + 1) * creall(W[l * S + j]);
      copy[i * S + j] = A[i][j];
    }
  invert(S, copy, back);
  for (int i = 0; i < S; i++)
    for (int j = 0; j < S; j++) inverse_A[i][j] = creall(back[i * S + j]);
  /* eigenvalues of A^-1: zeros of the denominator of the Pade approximation (s - 1, s) */
  for (int i = 0; i <= S; i++)
    poly[i] = (i % 2 ? -1 : 1) * factorial(2 * S - 1 - i) * factorial(S) / factorial(2 * S - 1) /
              factorial(i) / factorial(S - i);
  for (int i = 0; i < S; i++) poly[i] /= poly[S];
  zeros(S, poly, eigen);
  for (int e = 0; e < S; e++) { /* vectors by inverse iteration */
    cplx shifted[S * S], x[S], y[S];
    if (fabsl(cimagl(eigen[e])) < 1e-12L) eigen[e] = creall(eigen[e]);
    for (int i = 0; i < S * S; i++)
      shifted[i] = inverse_A[i / S][i % S] - (i / S == i % S) * eigen[e] * (1.0L + 1e-12L);
    invert(S, shifted, back);
    for (int i = 0; i < S; i++) x[i] = 1.0L + 0.1L * i;
    for (int n = 0; n < 6; n++) {
      real size = 0.0L;
      for (int i = 0; i < S; i++) {
        y[i] = 0.0L;
        for (int j = 0; j < S; j++) y[i] += back[i * S + j] * x[j];
        size = fmaxl(size, cabsl(y[i]));
      }
      for (int i = 0; i < S; i++) x[i] = y[i] / size;
    }
    for (int i = 0; i < S; i++) T[i][e] = x[i];
  }
  memcpy(copy, T, sizeof copy);
  invert(S, copy, &inverse_T[0][0]);
}

#endif
