/* csrc/io/npz.c: zip archives of stored entries (see npz.h). Sizes are those of the directory:
 * NumPy leaves them open in the entries' own heads. SPDX-License-Identifier: MIT */
#include "io/npz.h"

#include <stdio.h>
#include <string.h>

enum { LOCAL = 0x04034b50, CENTRAL = 0x02014b50, END = 0x06054b50, COMMENT = 0xffff };
enum {
  VERSION = 20,
  DATE = 0x21 /* the first of 1980 (day 1, month 1): the same matrices are the same bytes */
};

static uint32_t get(const char *p, int bytes) {
  uint32_t x = 0;
  for (int i = bytes - 1; i >= 0; i--) x = x << 8 | (unsigned char)p[i];
  return x;
}

static void put(char *p, int bytes, uint32_t x) {
  for (int i = 0; i < bytes; i++, x >>= 8) p[i] = (char)(x & 0xff);
}

uint32_t npz_crc(uint32_t crc, const char *bytes, size_t size) {
  static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
                                     0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                     0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                     0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
  crc = ~crc;
  for (size_t i = 0; i < size; i++) {
    crc ^= (unsigned char)bytes[i];
    crc = crc >> 4 ^ table[crc & 15];
    crc = crc >> 4 ^ table[crc & 15];
  }
  return ~crc;
}

/* ---- reading ---- */

bool npz_open(const char *file, size_t size, npz *z, char why[NPY_MESSAGE]) {
  if (size < NPZ_END || (get(file, 4) != LOCAL && get(file, 4) != END))
    return npy_refuse(why, "not an .npz file: it does not begin as a zip archive");
  size_t end = size - NPZ_END;
  while (get(file + end, 4) != END || end + NPZ_END + get(file + end + 20, 2) != size) {
    if (end == 0 || size - NPZ_END - end == COMMENT)
      return npy_refuse(why, "truncated: the archive has no end");
    end--;
  }
  const char *p = file + end;
  uint32_t length = get(p + 12, 4), begin = get(p + 16, 4);
  unsigned count = get(p + 10, 2);
  if (begin == UINT32_MAX || length == UINT32_MAX || count == UINT16_MAX)
    return npy_refuse(why,
                      "an archive beyond 4 GB or 65534 entries; .npy files one by one can be read");
  if (get(p + 4, 2) || get(p + 6, 2) || get(p + 8, 2) != count)
    return npy_refuse(why, "an archive in several parts");
  if (begin > end || length != end - begin)
    return npy_refuse(why, "damaged: its directory does not lie before its end");
  *z = (npz){file, begin, begin, end, begin, count};
  if (count == 0 && length != 0)
    return npy_refuse(why, "damaged: a directory of no entries has bytes");
  return true;
}

/* The data of an entry whose head is at offset; false where they do not fit. */
static bool locate(const npz *z, uint32_t offset, npz_entry *e) {
  if (offset > z->directory || z->directory - offset < NPZ_LOCAL) return false;
  const char *head = z->file + offset;
  if (get(head, 4) != LOCAL || get(head + 26, 2) != e->name_size) return false;
  size_t behind = NPZ_LOCAL + e->name_size + get(head + 28, 2);
  if (z->directory - offset < behind || z->directory - offset - behind < e->size) return false;
  e->data = head + behind;
  return memcmp(head + NPZ_LOCAL, e->name, e->name_size) == 0;
}

bool npz_next(npz *z, npz_entry *e, char why[NPY_MESSAGE]) {
  const char *p = z->file + z->at;
  if (z->end - z->at < NPZ_CENTRAL || get(p, 4) != CENTRAL)
    return npy_refuse(why, "damaged: the directory ends before its entries");
  size_t name = get(p + 28, 2), record = NPZ_CENTRAL + name + get(p + 30, 2) + get(p + 32, 2);
  if (z->end - z->at < record)
    return npy_refuse(why, "damaged: the directory ends inside an entry");
  *e = (npz_entry){.name = p + NPZ_CENTRAL, .name_size = name, .size = get(p + 24, 4)};
  unsigned flags = get(p + 8, 2), method = get(p + 10, 2);
  uint32_t packed = get(p + 20, 4), offset = get(p + 42, 4);
  if (flags & 1) return npy_refuse(why, "an encrypted entry");
  if (method != 0)
    return npy_refuse(why,
                      "compressed entries (np.savez_compressed) cannot be read; np.savez stores");
  if (packed == UINT32_MAX || e->size == UINT32_MAX || offset == UINT32_MAX)
    return npy_refuse(why, "an entry beyond 4 GB; .npy files one by one can be read");
  if (packed != e->size || !locate(z, offset, e))
    return npy_refuse(why, "damaged: an entry does not lie where the directory says");
  if (e->size > z->room) return npy_refuse(why, "damaged: entries lie over each other");
  if (npz_crc(0, e->data, e->size) != get(p + 16, 4))
    return npy_refuse(why, "damaged: the checksum of an entry is another");
  z->room -= e->size;
  z->at += record;
  z->left--;
  if (z->left == 0 && z->at != z->end)
    return npy_refuse(why, "damaged: something follows the last entry of the directory");
  return true;
}

/* ---- writing ---- */

/* version, flags (UTF-8 names), method, time, date, crc, sizes, length of the name: in both heads
 */
static void common_write(char *p, const npz_member *m) {
  put(p, 2, VERSION);
  put(p + 2, 2, 0x800);
  put(p + 8, 2, DATE);
  put(p + 10, 4, m->crc);
  put(p + 14, 4, m->size);
  put(p + 18, 4, m->size);
  put(p + 22, 2, m->name_size);
}

void npz_local_write(char out[NPZ_LOCAL], const npz_member *m) {
  memset(out, 0, NPZ_LOCAL);
  put(out, 4, LOCAL);
  common_write(out + 4, m);
}

void npz_central_write(char out[NPZ_CENTRAL], const npz_member *m) {
  memset(out, 0, NPZ_CENTRAL);
  put(out, 4, CENTRAL);
  put(out + 4, 2, VERSION);
  common_write(out + 6, m);
  put(out + 42, 4, m->offset);
}

void npz_end_write(char out[NPZ_END], unsigned count, uint32_t size, uint32_t offset) {
  memset(out, 0, NPZ_END);
  put(out, 4, END);
  put(out + 8, 2, count);
  put(out + 10, 2, count);
  put(out + 12, 4, size);
  put(out + 16, 4, offset);
}
