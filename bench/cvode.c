/* bench/cvode.c: the reduced flow by SUNDIALS' CVODE, Adams with fixed point iteration or BDF with
 * GMRES: the rival of bench/work_precision.lua, which compiles it and feeds it a system.
 * SPDX-License-Identifier: MIT */
#include <cblas.h>
#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunlinsol/sunlinsol_spgmr.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>
#include <time.h>

typedef struct system_data {
  int r, m, k;
  double t, *sigma, *Yt, *Z0, *Zt, *E; /* column-major; Z k x k */
} system_data;

static double clock_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* dZ/dt = [A V; A^T U], A = diag(sigma)(Yt - diag(sigma) U V^T): what BLAS can do for it. */
static int velocity(realtype t, N_Vector y, N_Vector out, void *data) {
  system_data *s = data;
  const double *Z = N_VGetArrayPointer(y);
  double *F = N_VGetArrayPointer(out);
  int r = s->r, m = s->m, k = s->k;
  (void)t;
  if (m == 1) {
    cblas_dgemv(CblasColMajor, CblasNoTrans, r, k, 1.0, Z, k, Z + r, k, 0.0, s->E, 1);
  } else {
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasTrans, r, m, k, 1.0, Z, k, Z + r, k, 0.0, s->E,
                r);
  }
  for (int i = 0; i < r * m; i++) {
    double sigma = s->sigma[i % r];
    s->E[i] = sigma * (s->Yt[i] - sigma * s->E[i]);
  }
  if (m == 1) {
    memset(F, 0, sizeof(double) * (size_t)k * (size_t)k);
    cblas_dger(CblasColMajor, r, k, 1.0, s->E, 1, Z + r, k, F, k);
    cblas_dgemv(CblasColMajor, CblasTrans, r, k, 1.0, Z, k, s->E, 1, 0.0, F + r, k);
  } else {
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, r, k, m, 1.0, s->E, r, Z + r, k, 0.0, F,
                k);
    cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, m, k, r, 1.0, s->E, r, Z, k, 0.0, F + r,
                k);
  }
  return 0;
}

static double *numbers(FILE *in, int count) {
  double *a = malloc(sizeof(double) * (size_t)(count ? count : 1));
  for (int i = 0; a && i < count; i++)
    if (fscanf(in, "%lf", &a[i]) != 1) exit(2);
  return a;
}

/* max|Z - Zt| / max|Zt|, or -1 where CVODE gave up. */
static double run(system_data *s, int bdf, double tol, double *seconds, long *steps) {
  SUNContext context;
  SUNContext_Create(NULL, &context);
  sunindextype size = (sunindextype)s->k * s->k;
  N_Vector y = N_VNew_Serial(size, context);
  double *Z = N_VGetArrayPointer(y), error = 0.0, top = 0.0, t;
  memcpy(Z, s->Z0, sizeof(double) * (size_t)size);
  double began = clock_seconds();
  void *cvode = CVodeCreate(bdf ? CV_BDF : CV_ADAMS, context);
  CVodeInit(cvode, velocity, 0.0, y);
  CVodeSStolerances(cvode, tol, tol);
  CVodeSetUserData(cvode, s);
  CVodeSetMaxNumSteps(cvode, 1000000);
  SUNLinearSolver linear = bdf ? SUNLinSol_SPGMR(y, SUN_PREC_NONE, 0, context) : NULL;
  SUNNonlinearSolver fixed = bdf ? NULL : SUNNonlinSol_FixedPoint(y, 0, context);
  if (bdf) CVodeSetLinearSolver(cvode, linear, NULL);
  else CVodeSetNonlinearSolver(cvode, fixed);
  int status = CVode(cvode, s->t, y, &t, CV_NORMAL);
  *seconds = clock_seconds() - began;
  CVodeGetNumSteps(cvode, steps);
  for (sunindextype i = 0; i < size; i++) {
    error = fmax(error, fabs(Z[i] - s->Zt[i]));
    top = fmax(top, fabs(s->Zt[i]));
  }
  CVodeFree(&cvode);
  if (linear) SUNLinSolFree(linear);
  if (fixed) SUNNonlinSolFree(fixed);
  N_VDestroy(y);
  SUNContext_Free(&context);
  return status < 0 ? -1.0 : error / top;
}

/* cvode adams|bdf TOL TRIALS < system; system: r m t sigma Yt Z0 Zt, columns first.
 * Prints error, steps and the seconds of each trial. */
int main(int argc, char **argv) {
  system_data s;
  if (argc != 4 || scanf("%d %d %lf", &s.r, &s.m, &s.t) != 3) return 2;
  s.k = s.r + s.m;
  s.sigma = numbers(stdin, s.r);
  s.Yt = numbers(stdin, s.r * s.m);
  s.Z0 = numbers(stdin, s.k * s.k);
  s.Zt = numbers(stdin, s.k * s.k);
  s.E = calloc((size_t)(s.r * s.m), sizeof(double));
  for (int i = 0; i < atoi(argv[3]); i++) {
    double seconds;
    long steps;
    double error = run(&s, strcmp(argv[1], "bdf") == 0, strtod(argv[2], NULL), &seconds, &steps);
    if (i == 0) printf("%.6g %ld", error, steps);
    printf(" %.6g", seconds);
    fflush(stdout);
  }
  printf("\n");
  return 0;
}
