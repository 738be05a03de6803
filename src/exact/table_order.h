/* table_order: the entries of a table in the order of their keys. Thread-safe for tables that
   nobody changes. */
#ifndef PARSUM_TABLE_ORDER_H
#define PARSUM_TABLE_ORDER_H

#include "exact/table.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * The entries in the order of their keys, as signed integers or not: a new array that the caller
 * frees. NULL if memory is short.
 */
uint32_t *table_order(const struct table *table, bool is_signed);

#endif
