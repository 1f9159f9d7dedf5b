/* bench/yardstick.c: seconds of what the integrators are measured in: one LAPACK dsyevd of order
 * 60, and 15,000 times three dgemv of 100 x 101. bench/integrators.lua compiles and runs it.
 * SPDX-License-Identifier: MIT */
#include <cblas.h>
#include <lapacke.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double clock_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double eigenproblem(void) {
  enum { N = 60, TIMES = 20 };
  static double s[N * N], a[N * N], values[N], work[8 * N * N];
  static int iwork[10 * N];
  double total = 0.0;
  for (int j = 0; j < N; j++)
    for (int i = 0; i <= j; i++) s[i + j * N] = s[j + i * N] = rand() / (double)RAND_MAX;
  for (int k = 0; k < TIMES; k++) {
    memcpy(a, s, sizeof a);
    double began = clock_seconds();
    LAPACKE_dsyevd_work(LAPACK_COL_MAJOR, 'V', 'L', N, a, N, values, work, 8 * N * N, iwork,
                        10 * N);
    total += clock_seconds() - began;
  }
  return total / TIMES;
}

static double products(void) {
  enum { R = 100, K = 101 };
  static double a[R * K], x[K], y[R];
  for (int i = 0; i < R * K; i++) a[i] = rand() / (double)RAND_MAX;
  for (int i = 0; i < K; i++) x[i] = rand() / (double)RAND_MAX;
  double began = clock_seconds();
  for (int i = 0; i < 3 * 15000; i++)
    cblas_dgemv(CblasColMajor, CblasNoTrans, R, K, 1.0, a, R, x, 1, 0.0, y, 1);
  return clock_seconds() - began;
}

int main(void) {
  products();
  printf("%.6g %.6g\n", eigenproblem(), products());
  return 0;
}
