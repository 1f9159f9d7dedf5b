/* csrc/io/npz.h: NumPy's .npz, a zip of stored .npy files, over a buffer, and the pieces of one to
 * be written. No compression, no parts, nothing beyond 4 GB. Nothing is read outside the buffer,
 * and all entries together never hold more than it. Source: PKWARE, APPNOTE.TXT 6.3,
 * 4.3.7, 4.3.12, 4.3.16. SPDX-License-Identifier: MIT */
#ifndef LINNET_IO_NPZ_H
#define LINNET_IO_NPZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/npy.h"

enum { NPZ_LOCAL = 30, NPZ_CENTRAL = 46, NPZ_END = 22 }; /* bytes, names not counted */

typedef struct npz {
  const char *file;
  size_t at, directory, end; /* next record of the directory, where it begins and ends */
  size_t room;               /* bytes that entries not yet seen may have */
  unsigned left;             /* records to come */
} npz;

typedef struct npz_entry {
  const char *name; /* not ended by a zero byte */
  size_t name_size;
  const char *data;
  size_t size;
} npz_entry;

/* The directory at the end of a file; false and a reason. */
bool npz_open(const char *file, size_t size, npz *z, char why[NPY_MESSAGE]);
/* The next of z->left entries, its checksum compared. */
bool npz_next(npz *z, npz_entry *e, char why[NPY_MESSAGE]);

/* CRC-32 of what gave crc (0 for nothing) and size more bytes. */
uint32_t npz_crc(uint32_t crc, const char *bytes, size_t size);

/* A member to be written. */
typedef struct npz_member {
  uint32_t crc, size, offset, name_size;
} npz_member;

/* Before the member's name and data. */
void npz_local_write(char out[NPZ_LOCAL], const npz_member *m);
/* Before its name in the directory, which follows the last data. */
void npz_central_write(char out[NPZ_CENTRAL], const npz_member *m);
/* The end: count members, a directory of size bytes at offset. */
void npz_end_write(char out[NPZ_END], unsigned count, uint32_t size, uint32_t offset);

#endif
