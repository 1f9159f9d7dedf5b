/* csrc/bind/whole.h: files that are written whole: until the commit what stood under the name
 * stays, afterwards the new content stands there, whatever stops the process in between.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_BIND_WHOLE_H
#define LINNET_BIND_WHOLE_H

#include <stdio.h>

#include "bind/bind.h"

typedef struct whole whole;

/* Pushes a file that will stand under path, closed (and without the commit forgotten) when the
 * function returns. 0, or the number of pushed results: nil, the reason, and true when the reason
 * is another writer. */
int whole_open(lua_State *L, const char *path, whole **out);
/* Where to write; errors may wait for the commit. */
FILE *whole_stream(whole *w);
/* On the disk and under its name. Pushes the results: true, or the three of whole_open. */
int whole_commit(lua_State *L, whole *w);

/* The descriptor, or a copy of it above the standard streams, should one of these have been closed:
 * what is printed must not land in a file of data. fd itself is closed then; -1 with errno. */
int whole_fd_above(int fd);

#endif
