/* csrc/io/whole.h: files that are written whole: until the end what stood under the name stays,
 * afterwards the new content stands there, whatever stops the process in between.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_IO_WHOLE_H
#define LINNET_IO_WHOLE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "num/status.h"

typedef struct whole {
  FILE *stream;             /* where to write, errors may wait for the end; NULL when closed */
  bool through, named;      /* no rename; temporary holds a name to be removed */
  char target[PATH_MAX];    /* links followed */
  char temporary[PATH_MAX]; /* its folder at least */
  size_t folder;            /* that part of temporary, with the slash */
} whole;

/* A file that will stand under path. 0 or errno: EWOULDBLOCK when another process is writing what
 * stands there, EINTR when t asked while a pipe had no reader. */
int whole_begin(whole *w, const char *path, const tick *t);
/* On the disk and under its name, closed. 0 or errno as above. */
int whole_end(whole *w);
/* Closed, and forgotten unless it had its end; again and again if one likes. */
void whole_drop(whole *w);

/* The descriptor, or a copy of it above the standard streams, should one of these have been closed:
 * what is printed must not land in a file of data. fd itself is closed then; -1 with errno. */
int whole_fd_above(int fd);

#endif
