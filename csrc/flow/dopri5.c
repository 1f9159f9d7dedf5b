/* csrc/flow/dopri5.c: the 5(4) pair of Dormand and Prince (Hairer, Norsett, Wanner, Solving ODEs I,
 * II.5). Its order conditions are proved in spec/c/erk.c.
 * SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "flow/explicit.h"
#include "flow/tuning.h"

/* Rows of the text are rows of the tableau. */
/* clang-format off */
static const double a[] = {
    1.0 / 5,
    3.0 / 40, 9.0 / 40,
    44.0 / 45, -56.0 / 15, 32.0 / 9,
    19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729,
    9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656};

static const double b[] = {
    35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84};

static const double c[] = {0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1};

static const double e[] = {
    71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40};

/* clang-format on */

static const tableau coefficients = {"dopri5", 6, 5, 5, a, b, c, e, NULL};

static double local_tol(double tol) { return stepper_bar(DOPRI5_BAR * tol, STEPPER_ROUGHEST); }
static double cost(dims d) { return 0.5 * method_dop853.cost(d); }

const method method_dopri5 = {
    .name = "dopri5",
    .tableau = &coefficients,
    .estimate = 5,
    .stable = TABLEAU_DOPRI5_STABLE,
    .local_tol = local_tol,
    .cost = cost,
    .layout = explicit_layout,
    .restart = explicit_restart,
    .attempt = explicit_attempt,
    .accept = explicit_accept,
    .again = explicit_again,
    .release = explicit_release,
};
