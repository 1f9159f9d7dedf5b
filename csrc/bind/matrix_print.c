/* csrc/bind/matrix_print.c: tostring.
 * SPDX-License-Identifier: MIT */
#include "bind/matrix.h"

const luaL_Reg matrix_print_methods[] = {{NULL, NULL}};
const luaL_Reg matrix_print_meta[] = {{NULL, NULL}};
