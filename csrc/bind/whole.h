/* csrc/bind/whole.h: files that are written whole (io/whole.h), by the writers of this room.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_BIND_WHOLE_H
#define LINNET_BIND_WHOLE_H

#include "bind/bind.h"
#include "io/whole.h"

/* Pushes a file that will stand under path, closed (and without the commit forgotten) when the
 * function returns. 0, or the number of pushed results: nil, the reason, and true when the reason
 * is another writer. */
int whole_open(lua_State *L, const char *path, whole **out);
/* On the disk and under its name. Pushes the results: true, or the three of whole_open. */
int whole_commit(lua_State *L, whole *w);

#endif
