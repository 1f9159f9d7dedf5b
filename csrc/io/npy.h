/* csrc/io/npy.h: NumPy's .npy format, versions 1.0 and 2.0, over a buffer: little-endian f4 f8 i4
 * i8 in C or Fortran order, one or two dimensions. Nothing is read beyond the buffer.
 * Source: numpy.lib.format, "Format Version 1.0". SPDX-License-Identifier: MIT */
#ifndef LINNET_IO_NPY_H
#define LINNET_IO_NPY_H

#include <stdbool.h>
#include <stddef.h>

#include "num/dense.h"
#include "num/status.h"

enum { NPY_MESSAGE = 200, NPY_HEADER = 128 };

typedef struct npy {
  int rows, cols;   /* a vector is a column */
  char kind;        /* 'f' or 'i' */
  int item;         /* bytes per entry, 4 or 8 */
  bool fortran;     /* column by column */
  const char *data; /* rows * cols * item bytes, all inside the buffer */
} npy;

/* false, and why in words. */
bool npy_refuse(char why[NPY_MESSAGE], const char *format, ...);

/* What the file of size bytes holds; false and a reason if that is not for us. True means that
 * rows * cols entries do lie in the buffer, so memory for them is in proportion to the file. */
bool npy_header_read(const char *file, size_t size, npy *h, char why[NPY_MESSAGE]);

/* The entries into out, h->rows x h->cols; false if an i8 is not a double exactly (|x| > 2^53). */
bool npy_data_read(const npy *h, mat out, char why[NPY_MESSAGE], const tick *t);

/* The NPY_HEADER bytes before a rows x cols matrix of f8 in Fortran order. */
void npy_header_write(char out[NPY_HEADER], int rows, int cols);

/* The 8 bytes of one f8. */
void npy_entry_write(char out[8], double x);

#endif
