/* csrc/io/cell.c: what a cell of a table says: a number, nothing, or text (see csv.h). Most cells
 * are plain numbers and met by the first try; the spellings of the world come after it.
 * SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "io/csv.h"
#include "io/decimal.h"

enum {
  SPELLING = 400, /* bytes of an unusual number, at most */
  UNIT = 12       /* of a unit behind one */
};

static bool is_blank(char c) { return c == ' ' || c == '\t'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_word(csv_word a, const char *text, size_t size) {
  return a.size == size && memcmp(a.text, text, size) == 0;
}

static bool starts(csv_word a, csv_word with) {
  return with.size && a.size >= with.size && memcmp(a.text, with.text, with.size) == 0;
}

static csv_word after(csv_word a, size_t n) { return (csv_word){a.text + n, a.size - n}; }

static csv_word trimmed(csv_word a) {
  while (a.size && is_blank(*a.text)) a = after(a, 1);
  while (a.size && is_blank(a.text[a.size - 1])) a.size--;
  return a;
}

/* ---- signs ---- */

static const csv_word signs[] = {[CSV_PLAIN] = {"", 0},         [CSV_PERCENT] = {"%", 1},
                                 [CSV_DOLLAR] = {"$", 1},       [CSV_EURO] = {"\xe2\x82\xac", 3},
                                 [CSV_POUND] = {"\xc2\xa3", 2}, [CSV_YEN] = {"\xc2\xa5", 2},
                                 [CSV_TRUTH] = {"TRUE", 4}};

csv_word csv_sign_text(csv_sign sign) { return signs[sign]; }

/* The sign behind or, of currencies, before the number; a is left without it. */
static csv_sign sign_take(csv_word *a) {
  for (csv_sign s = CSV_PERCENT; s <= CSV_YEN; s++) {
    size_t n = signs[s].size;
    if (a->size <= n) continue;
    csv_word tail = after(*a, a->size - n);
    bool front = s != CSV_PERCENT && starts(*a, signs[s]);
    if (!front && !starts(tail, signs[s])) continue;
    *a = trimmed(front ? after(*a, n) : (csv_word){a->text, a->size - n});
    return s;
  }
  return CSV_PLAIN;
}

/* ---- spellings ---- */

/* Copies the integer digits of a to out without the marks between thousands; 0 if these do not
 * stand between groups of three. Moves a on. */
static size_t copy_whole(const csv_rules *rules, csv_word *a, char *out) {
  size_t n = 0, group = 0;
  bool grouped = false;
  while (a->size && n < SPELLING - 8) {
    if (is_digit(*a->text)) {
      out[n++] = *a->text;
      group++;
      *a = after(*a, 1);
    } else if (starts(*a, rules->thousands) && a->size > rules->thousands.size &&
               is_digit(a->text[rules->thousands.size])) {
      if (grouped ? group != 3 : group < 1 || group > 3 || *out == '0') return 0;
      grouped = true;
      group = 0;
      *a = after(*a, rules->thousands.size);
    } else {
      break;
    }
  }
  return grouped && group != 3 ? 0 : n;
}

/* The number spelt in a, if that is all of it. */
static bool spelt(const csv_rules *rules, csv_word a, double *x) {
  static const csv_word minus = {"\xe2\x88\x92", 3};
  char out[SPELLING];
  size_t n = 0;
  if (a.size >= SPELLING - 8) return false;
  if (starts(a, minus)) {
    out[n++] = '-';
    a = after(a, minus.size);
  } else if (a.size && (*a.text == '-' || *a.text == '+')) {
    out[n++] = *a.text;
    a = after(a, 1);
  }
  size_t whole = copy_whole(rules, &a, out + n);
  n += whole;
  if (a.size && *a.text == rules->decimal && (whole || (a.size > 1 && is_digit(a.text[1])))) {
    out[n++] = '.';
    a = after(a, 1);
    for (; a.size && is_digit(*a.text); a = after(a, 1)) out[n++] = *a.text;
  }
  if (n && a.size && ((*a.text | 0x20) == 'e' || (*a.text | 0x20) == 'd')) {
    out[n++] = 'e';
    a = after(a, 1);
    if (a.size && (*a.text == '-' || *a.text == '+')) out[n++] = *a.text, a = after(a, 1);
    if (!a.size) return false;
    for (; a.size && is_digit(*a.text); a = after(a, 1)) out[n++] = *a.text;
  }
  return !a.size && n && decimal_read(out, n, x) == n;
}

bool csv_is_gap(const csv_rules *rules, double x) {
  for (int i = 0; i < rules->number_count; i++)
    if (x == rules->numbers[i] || (isnan(x) && isnan(rules->numbers[i]))) return true;
  return false;
}

static csv_kind number_kind(const csv_rules *rules, double x) {
  return csv_is_gap(rules, x) ? CSV_GAP : CSV_NUMBER;
}

bool csv_is_marker(const csv_rules *rules, csv_word a) {
  for (int i = 0; i < rules->marker_count; i++)
    if (is_word(rules->markers[i], a.text, a.size)) return true;
  return false;
}

static bool truth(csv_word a, double *x) {
  static const char *const words[] = {"FALSE", "TRUE", "False", "True", "false", "true"};
  for (int i = 0; i < 6; i++)
    if (is_word(a, words[i], strlen(words[i]))) {
      *x = i % 2;
      return true;
    }
  return false;
}

csv_kind csv_value(const csv_rules *rules, const csv_cell *cell, double *x, csv_sign *sign) {
  csv_word a = {cell->text, cell->size}; /* csv_next trims what is not quoted */
  if (cell->quoted) a = trimmed(a);
  *sign = CSV_PLAIN;
  if (!a.size) return CSV_GAP;
  bool plain = decimal_read(a.text, a.size, x) == a.size;
  if (plain && rules->decimal == '.' && isfinite(*x)) return number_kind(rules, *x);
  if (csv_is_marker(rules, a)) return CSV_GAP;
  if (plain && !isfinite(*x)) return number_kind(rules, *x);
  if (a.size > 2 && *a.text == '\'' && a.text[a.size - 1] == '\'')
    a = (csv_word){a.text + 1, a.size - 2};
  if (spelt(rules, a, x)) return number_kind(rules, *x);
  if (starts(a, (csv_word){"-", 1}) && a.size > 1 && !is_digit(a.text[1])) { /* -$5 */
    csv_word rest = after(a, 1);
    *sign = sign_take(&rest);
    if (*sign != CSV_PLAIN && rest.size && is_digit(*rest.text) && spelt(rules, rest, x)) {
      *x = -*x;
      return number_kind(rules, *x);
    }
  }
  *sign = sign_take(&a);
  if (*sign != CSV_PLAIN && spelt(rules, a, x)) return number_kind(rules, *x);
  *sign = truth(a, x) ? CSV_TRUTH : CSV_PLAIN;
  return *sign == CSV_TRUTH ? CSV_NUMBER : CSV_TEXT;
}

/* ---- units ---- */

static csv_word without_blanks(csv_word a) { /* ordinary and no-break ones */
  static const csv_word wide = {"\xc2\xa0", 2}, narrow = {"\xe2\x80\xaf", 3};
  for (;;) {
    if (a.size && is_blank(*a.text)) a = after(a, 1);
    else if (starts(a, wide)) a = after(a, wide.size);
    else if (starts(a, narrow)) a = after(a, narrow.size);
    else return a;
  }
}

/* One short word that begins as no number goes on: mm, degC, kg/m3; not e5. */
static bool is_unit(csv_word a) {
  if (!a.size || a.size > UNIT) return false;
  unsigned char first = (unsigned char)*a.text;
  bool letter = (first | 0x20) >= 'a' && (first | 0x20) <= 'z';
  if (!letter && first < 0x80) return false;
  if ((first | 0x20) == 'e' || (first | 0x20) == 'd') /* an exponent's */
    if (a.size > 1 && (is_digit(a.text[1]) || a.text[1] == '-' || a.text[1] == '+')) return false;
  for (size_t i = 0; i < a.size; i++)
    if (is_blank(a.text[i]) || a.text[i] == '"') return false;
  return true;
}

bool csv_measure(const csv_rules *rules, const csv_cell *cell, double *x, csv_word *unit) {
  csv_word a = trimmed((csv_word){cell->text, cell->size});
  for (size_t i = 1; i < a.size; i++) {
    if (!is_digit(a.text[i - 1])) continue;
    *unit = without_blanks(after(a, i));
    if (is_unit(*unit)) return spelt(rules, (csv_word){a.text, i}, x);
  }
  return false;
}
