/* SPDX-License-Identifier: BSD-3-Clause */
/* Collection: the sweep for what has ended by itself, the flushes for what is to end. */
#include "fdb_slot.h"

#include <assert.h>
#include <stddef.h>

#define VSW_FDB_ANY_VLAN 0U /* no VLAN has this number */

/* With ageing off entries would grow older than the stamp can tell; keep it from coming round. */
static void
saturate_age(struct vsw_fdb *fdb, union vsw_fdb_slot *slot, union vsw_fdb_slot copy)
{
	union vsw_fdb_slot after = copy;

	if (vsw_fdb_age(fdb->now_s, copy.value) <= VSW_FDB_AGE_SATURATED_S)
		return;
	after.value = vsw_fdb_stamp(fdb, copy.key, vsw_fdb_slot_port(copy),
				    fdb->now_s - VSW_FDB_AGE_SATURATED_S);
	vsw_fdb_slot_write(fdb, slot, copy, after);
}

/* A slot that changes meanwhile has been used: the next round sees to it. */
static void
sweep_slot(struct vsw_fdb *fdb, union vsw_fdb_slot *slot)
{
	union vsw_fdb_slot copy = vsw_fdb_slot_copy(slot);
	union vsw_fdb_slot found;

	switch (vsw_fdb_slot_state(fdb, copy)) {
	case VSW_FDB_STATE_EMPTY:
		return;
	case VSW_FDB_STATE_FLUSHED:
	case VSW_FDB_STATE_EXPIRED:
		/* The state counts as the event; the argument is for entries without one. */
		vsw_fdb_slot_end(fdb, slot, copy, vsw_fdb_empty, VSW_FDB_FLUSHED);
		return;
	case VSW_FDB_STATE_LIVE:
		saturate_age(fdb, slot, copy);
		break;
	case VSW_FDB_STATE_STATIC:
		break;
	}
	if (vsw_fdb_find(fdb, copy.key, &found) != slot)
		vsw_fdb_drop_duplicates(fdb, copy.key);
}

uint32_t
vsw_fdb_sweep(struct vsw_fdb *fdb, uint32_t first_bucket, uint32_t n_buckets)
{
	uint32_t n = vsw_fdb_n_buckets(fdb);
	uint32_t b = first_bucket;
	unsigned int i;

	for (; b < n && n_buckets > 0; b++, n_buckets--)
		for (i = 0; i < VSW_FDB_BUCKET_SLOTS; i++)
			sweep_slot(fdb, &fdb->buckets[b].slot[i]);
	return b < n ? b : 0;
}

/* 0 is left out, so that an empty slot is of no generation. */
static void
next_generation(uint16_t *gen)
{
	uint16_t next = *gen < VSW_FDB_GEN_MAX ? *gen + 1 : 1;

	__atomic_store_n(gen, next, __ATOMIC_RELEASE);
}

/* What a flush is to end, beside the entries of an older generation. */
struct vsw_fdb_scope {
	uint16_t port_id; /* VSW_FDB_MISS: of no port */
	uint16_t vlan;	  /* VSW_FDB_ANY_VLAN: of all VLANs */
	bool statics;
};

static bool
is_in_scope(const struct vsw_fdb *fdb, union vsw_fdb_slot copy, const struct vsw_fdb_scope *scope)
{
	if (copy.key == 0)
		return false;
	if (vsw_fdb_slot_state(fdb, copy) == VSW_FDB_STATE_FLUSHED)
		return true;
	if (vsw_fdb_is_static(copy) && !scope->statics)
		return false;
	if (scope->vlan != VSW_FDB_ANY_VLAN && vsw_fdb_key_vlan(copy.key) != scope->vlan)
		return false;
	return vsw_fdb_slot_port(copy) == scope->port_id;
}

/* Returns 1 when it ended an entry, else 0. */
static uint32_t
flush_slot(struct vsw_fdb *fdb, union vsw_fdb_slot *slot, const struct vsw_fdb_scope *scope)
{
	union vsw_fdb_slot copy;

	do {
		copy = vsw_fdb_slot_copy(slot);
		if (!is_in_scope(fdb, copy, scope))
			return 0;
	} while (!vsw_fdb_slot_end(fdb, slot, copy, vsw_fdb_empty, VSW_FDB_FLUSHED));
	return 1;
}

static uint32_t
flush(struct vsw_fdb *fdb, struct vsw_fdb_scope scope)
{
	uint32_t n = 0;
	unsigned int i;
	uint64_t b;

	for (b = 0; b <= fdb->bucket_mask; b++)
		for (i = 0; i < VSW_FDB_BUCKET_SLOTS; i++)
			n += flush_slot(fdb, &fdb->buckets[b].slot[i], &scope);
	return n;
}

uint32_t
vsw_fdb_flush_all(struct vsw_fdb *fdb)
{
	unsigned int vlan;

	for (vlan = 0; vlan < VSW_FDB_VLANS; vlan++)
		next_generation(&fdb->vlan_gen[vlan]);
	return flush(fdb, (struct vsw_fdb_scope){.port_id = VSW_FDB_MISS});
}

uint32_t
vsw_fdb_flush_port(struct vsw_fdb *fdb, uint16_t port_id)
{
	assert(port_id < fdb->ports_max);
	next_generation(&fdb->port_gen[port_id]);
	return flush(fdb, (struct vsw_fdb_scope){.port_id = VSW_FDB_MISS});
}

uint32_t
vsw_fdb_flush_vlan(struct vsw_fdb *fdb, uint16_t vlan)
{
	assert(vlan < VSW_FDB_VLANS);
	next_generation(&fdb->vlan_gen[vlan]);
	return flush(fdb, (struct vsw_fdb_scope){.port_id = VSW_FDB_MISS});
}

/* There is no generation for the pair, so entries end as the walk comes by. */
uint32_t
vsw_fdb_flush_port_vlan(struct vsw_fdb *fdb, uint16_t port_id, uint16_t vlan)
{
	assert(port_id < fdb->ports_max && vlan != VSW_FDB_ANY_VLAN);
	return flush(fdb, (struct vsw_fdb_scope){.port_id = port_id, .vlan = vlan});
}

uint32_t
vsw_fdb_remove_port(struct vsw_fdb *fdb, uint16_t port_id)
{
	assert(port_id < fdb->ports_max);
	next_generation(&fdb->port_gen[port_id]);
	return flush(fdb, (struct vsw_fdb_scope){.port_id = port_id, .statics = true});
}
