/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The entry that yields to a new one when there is no room: the fairness rule of vsw_fdb.h.
 *
 * Both functions return the slot and a copy of it, or NULL when no entry they looked at may be
 * taken by learner. An entry that has ended is taken before any other. VSW_FDB_MISS as learner is
 * the operator, who may take any dynamic entry.
 */
#ifndef FDB_VICTIM_H
#define FDB_VICTIM_H

#include "fdb_slot.h"

/* From the two buckets of key. */
union vsw_fdb_slot *vsw_fdb_victim_near(const struct vsw_fdb *fdb, uint64_t key, uint16_t learner,
					union vsw_fdb_slot *copy);

/* From a sample of the table. */
union vsw_fdb_slot *vsw_fdb_victim_any(const struct vsw_fdb *fdb, uint64_t key, uint16_t learner,
				       union vsw_fdb_slot *copy);

#endif /* FDB_VICTIM_H */
