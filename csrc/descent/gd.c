/* csrc/descent/gd.c: plain gradient descent, Z+ = Z + eta S Z,
 * Lambda+ - Lambda = eta^2 (V^T A^T A V - U^T A A^T U).
 * SPDX-License-Identifier: MIT */
#include "descent/descent.h"

static status gd_step(descent *d, const tick *t) {
  (void)t;
  double decay = d->eta * d->spec.weight_decay;
  field_force(&d->f, d->E, d->A);
  descent_push(d, d->eta, decay, d->Z, d->Z);
  d->u2 *= 1.0 - decay;
  return STATUS_OK;
}

const update update_gd = {.name = "gd", .step = gd_step};
