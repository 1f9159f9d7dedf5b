/* csrc/flow/explicit.h: the functions of explicit methods. A new one is a file with its tableau and
 * its record, like dopri5.c, and its name in method.h.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_EXPLICIT_H
#define LINNET_FLOW_EXPLICIT_H

#include "flow/stepper.h"
#include "flow/tableau.h"

void *explicit_layout(arena *a, dims d);
void explicit_restart(stepper *s);
status explicit_attempt(stepper *s, mat Z, double h, mat out, double *err, const tick *t);
void explicit_accept(stepper *s);
status explicit_again(stepper *s, mat Z, double h, mat out, double *err, const tick *t);
void explicit_release(stepper *s);

#endif
