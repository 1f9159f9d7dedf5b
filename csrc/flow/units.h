/* csrc/flow/units.h: units in which a flow is of order one. X -> a X, Z -> b Z, Y -> a b^2 Y and t
 * -> t / (a b)^2 is the same flow; with powers of two not a bit changes, and squares of what is
 * very large or small stay finite. SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_UNITS_H
#define LINNET_FLOW_UNITS_H

#include "model/field.h"

/* sigma = 2^data, Z = 2^state in units of the flow. */
typedef struct units {
  int data, state;
} units;

/* The units of a start: sigma_1, and the larger of max|Z| and sqrt(max|Yt| / sigma_1), to which
 * weights grow; larger ones where time or weight decay would not be doubles. */
units units_of(const field *f, mat Z);
/* The field in those units: its sigma (r) and Yt (r x m) are written into the arrays of out. */
void units_field(units s, const field *f, field *out, double *sigma);
/* out = Z in units of the flow, and back; out may be Z. */
void units_state(units s, mat Z, mat out);
void units_state_back(units s, mat Z, mat out);
/* Times and excesses in units of the flow, and back; those that are not finite stay. What exceeds
 * the doubles there is as long, or as deep, as they can say. */
double units_time(units s, double t);
double units_time_back(units s, double t);
double units_excess(units s, double excess);
double units_excess_back(units s, double excess);

#endif
