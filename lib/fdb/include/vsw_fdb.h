/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The forwarding database: which port a MAC address of a VLAN is behind.
 *
 * Model. A table of fixed size in memory that the caller supplies. An entry is 16 bytes, a key
 * (VLAN, MAC) and a value (port, generations, time of last use, type); a bucket is four entries,
 * one cache line. A key has two candidate buckets, its primary and its secondary. It stays where it
 * was put.
 *
 * - Learned ("dynamic") entries are written in place by the lcores that see the source addresses: a
 *   reply to a first frame is already unicast. A source seen on another port moves at once.
 * - Static entries are the operator's. They are never learned over, aged, flushed or evicted; they
 *   go by vsw_fdb_del() or with their port. A source that is static elsewhere is a violation.
 * - Generations make a flush instant. A dynamic entry carries the generation of its port and of its
 *   VLAN; to flush is to take the next generation, after which lookups pass the old entries by. The
 *   flush then walks the table to collect them, so that no number (12 bits) comes round while an
 *   entry still carries it, and counts are right when it returns. An entry that an lcore was just
 *   writing may come after the walk, with the old number; the sweep collects it.
 * - Ageing. The control thread publishes the second, lcores stamp it on an entry at the first frame
 *   *from* its MAC in that second, so a busy MAC costs one write a second. Being a destination
 *   keeps nothing alive. vsw_fdb_sweep() removes what has not been used for the ageing time.
 * - A full table stays fair. A guest that sends from many addresses must not push the others out,
 *   so a new entry takes the place of one of the port that has the most, and never of a port that
 *   has fewer than the learner; nor does it take a port's last one, unless the learner has none. Of
 *   equals another port yields before the learner's own, then the longest unused. The choice is
 *   made among a sample of VSW_FDB_SAMPLE_BUCKETS buckets, which in a table that small is all of
 *   it. If a few samples hold no fair victim, the address is not learned and its frames are
 *   flooded.
 * - The hash has a secret, so that a guest cannot aim its addresses at one bucket.
 *
 * Writes and reads. Every write of an entry, by whomever, is one 16-byte compare-and-swap of the
 * whole entry, so an entry never holds one key with the value of another. A reader has no 16-byte
 * load it could rely on everywhere; it loads the key, the value, and the key again, in this order.
 * If both loads of the key agree and the slot held the key all the time between them, the value is
 * the key's. What remains: the slot may have been given to another key before the value was read
 * and back to the first one after it. Then one frame goes to the other entry's port. That takes two
 * replacements of one slot between loads nanoseconds apart; a caller for whom this matters checks
 * at egress that the port is a member of the VLAN. A write never rests on such a reading: its
 * compare would fail.
 *
 * Two lcores that learn one new address at once may both insert it. Each looks again after its
 * write and removes what is second in the order of lookup. Whoever wrote last sees all copies, so
 * one is left when both have returned.
 *
 * Who counts what. Results of learning are counted by the caller, from enum vsw_fdb_result, on rows
 * that its lcore owns: a known address writes no shared word. The table itself counts how entries
 * end, which no result shows. At quiescence, with the sum of all LEARNED results,
 *
 *	learned = dynamic + evicted + expired + flushed + deleted + duplicates
 *
 * Threads. vsw_fdb_hot.h: any number of lcores. This header: one control thread. Both at once;
 * nobody waits for anybody. Only vsw_fdb_init() needs the table to itself. Counts are exact at
 * quiescence; the limits (entries_max, port_limit) can be exceeded by at most one entry per lcore
 * that learns at the same moment.
 *
 * Limits. Table: 1 .. VSW_FDB_ENTRIES_MAX dynamic entries, and as many static ones, which do not
 * take their place. There are at least three slots for each dynamic entry, so that up to the limit
 * no address finds both its buckets full (measured: test_fdb.c fills the tables with the fewest
 * slots). The walk of a flush takes the control thread time in proportion to the size of the table.
 *
 * What it does not do: decide who may learn (group, zero and VLAN checks come before), forward,
 * time itself, allocate memory.
 */
#ifndef VSW_FDB_H
#define VSW_FDB_H

#include <stddef.h>
#include <stdint.h>

#include "vsw_error.h"

#define VSW_FDB_ENTRIES_MAX (4U << 20)
#define VSW_FDB_PORTS_MAX 65535U /* port_id 0 .. 65534 */
#define VSW_FDB_VLAN_MAX 4095U	 /* 0 is never used; 4095 is free for a domain that is no VLAN */
#define VSW_FDB_MEMORY_ALIGN 64

/* Ageing time, seconds: IEEE 802.1Q-2018 table 8-6 recommends 300. 0 is never. */
#define VSW_FDB_AGEING_DEFAULT_S 300U
#define VSW_FDB_AGEING_MIN_S 15U
#define VSW_FDB_AGEING_MAX_S 3600U

/* An age above this is shown as this: the stamp has 16 bits. */
#define VSW_FDB_AGE_SATURATED_S 32768U

#define VSW_FDB_SAMPLE_BUCKETS 8U

/* What became of a source address; vsw_fdb_learn_bulk() stores it as a byte. */
enum vsw_fdb_result {
	VSW_FDB_KNOWN,	   /* on this port; nothing written */
	VSW_FDB_REFRESHED, /* on this port; its time was written */
	VSW_FDB_LEARNED,
	VSW_FDB_MOVED,		  /* was on another port */
	VSW_FDB_STATIC_VIOLATION, /* static on another port: the caller drops the frame */
	VSW_FDB_PORT_LIMIT,	  /* the port has its limit: forward, not learned */
	VSW_FDB_TABLE_FULL,	  /* no fair victim found: forward, not learned */
	VSW_FDB_RESULT_N,
};

struct vsw_fdb_config {
	uint32_t entries_max; /* dynamic entries, 1 .. VSW_FDB_ENTRIES_MAX */
	uint32_t ports_max;   /* port_id 0 .. ports_max - 1 */
	uint32_t port_limit;  /* dynamic entries of one port; 0: no limit */
	uint32_t ageing_s;    /* as vsw_fdb_set_ageing() */
	uint64_t seed;	      /* random, and unknown to guests */
};

enum vsw_fdb_type {
	VSW_FDB_DYNAMIC,
	VSW_FDB_STATIC,
};

/* An entry as the operator sees it. */
struct vsw_fdb_entry {
	uint64_t mac;
	uint16_t vlan;
	uint16_t port_id;
	uint16_t age_s; /* since the last frame from it; 0 for a static entry */
	enum vsw_fdb_type type;
};

/* Entries now, and how dynamic entries have ended since vsw_fdb_init(). */
struct vsw_fdb_counts {
	uint32_t entries_max;
	uint32_t dynamic;
	uint32_t statics;
	uint64_t evicted;    /* for a new entry, the table or both buckets being full */
	uint64_t expired;    /* not used for the ageing time */
	uint64_t flushed;    /* by a flush or with their port */
	uint64_t deleted;    /* by vsw_fdb_del(), or became static */
	uint64_t duplicates; /* learned by two lcores at once */
};

struct vsw_fdb;

static inline uint64_t
vsw_fdb_key(uint16_t vlan, uint64_t mac)
{
	return (uint64_t)vlan << 48 | mac;
}

static inline uint16_t
vsw_fdb_key_vlan(uint64_t key)
{
	return (uint16_t)(key >> 48);
}

static inline uint64_t
vsw_fdb_key_mac(uint64_t key)
{
	return key & 0xffffffffffffULL;
}

/* Check a configuration. Returns 0 or -EINVAL. */
int vsw_fdb_check(const struct vsw_fdb_config *config, struct vsw_error *err);

/* What vsw_fdb_init() needs for config, which has passed vsw_fdb_check(). */
size_t vsw_fdb_memory_bytes(const struct vsw_fdb_config *config);

/*
 * Make an empty table at second 0. memory is zeroed, aligned to VSW_FDB_MEMORY_ALIGN, and the
 * caller's to free when no thread uses the table any more; huge pages make lookups faster.
 */
struct vsw_fdb *vsw_fdb_init(void *memory, const struct vsw_fdb_config *config);

/* Publish the second, about once in each; never goes back. */
void vsw_fdb_set_time(struct vsw_fdb *fdb, uint32_t now_s);

/*
 * Set the ageing time: 0 is never, anything else is brought into VSW_FDB_AGEING_MIN_S .. _MAX_S.
 * Returns the time in effect.
 */
uint32_t vsw_fdb_set_ageing(struct vsw_fdb *fdb, uint32_t ageing_s);

/* Set the limit of dynamic entries for each port, 0 for none. Does not remove what is above it. */
void vsw_fdb_set_port_limit(struct vsw_fdb *fdb, uint32_t port_limit);

uint32_t vsw_fdb_n_buckets(const struct vsw_fdb *fdb);

/*
 * Remove the expired, the flushed and the duplicate entries of up to n_buckets buckets from
 * first_bucket on. Returns the bucket to go on with, 0 after the last. An entry is gone one whole
 * round after its ageing time. A round must take less than VSW_FDB_AGE_SATURATED_S / 2, best a few
 * seconds.
 */
uint32_t vsw_fdb_sweep(struct vsw_fdb *fdb, uint32_t first_bucket, uint32_t n_buckets);

/*
 * Make key a static entry of port_id, whatever it was before. May evict a dynamic entry. Returns 0;
 * -EINVAL for a group or zero address, a VLAN or port out of range; -ENOSPC when there are
 * entries_max static entries, or when other static ones fill both buckets.
 */
int vsw_fdb_add_static(struct vsw_fdb *fdb, uint64_t key, uint16_t port_id, struct vsw_error *err);

/* Remove an entry of either type. Returns 0 or -ENOENT. A frame may teach the address again. */
int vsw_fdb_del(struct vsw_fdb *fdb, uint64_t key, struct vsw_error *err);

/*
 * Remove the dynamic entries: all, of a port, of a VLAN, of a port in a VLAN. Returns how many the
 * call has collected. A frame that an lcore has in hand may be learned after it.
 */
uint32_t vsw_fdb_flush_all(struct vsw_fdb *fdb);
uint32_t vsw_fdb_flush_port(struct vsw_fdb *fdb, uint16_t port_id);
uint32_t vsw_fdb_flush_vlan(struct vsw_fdb *fdb, uint16_t vlan);
uint32_t vsw_fdb_flush_port_vlan(struct vsw_fdb *fdb, uint16_t port_id, uint16_t vlan);

/*
 * Remove all entries of a port, static ones too, because the port goes. No lcore may have frames
 * from it in hand any more (a grace period has passed); then port_id can be given to another port.
 */
uint32_t vsw_fdb_remove_port(struct vsw_fdb *fdb, uint16_t port_id);

/* Read one entry. Returns 0 or -ENOENT. */
int vsw_fdb_get(const struct vsw_fdb *fdb, uint64_t key, struct vsw_fdb_entry *entry);

/*
 * Call visit for each entry, in no order, until it returns other than 0; returns that, or 0. Each
 * entry is read whole; entries that come and go meanwhile may be seen or not. visit may change the
 * table.
 */
int vsw_fdb_foreach(const struct vsw_fdb *fdb,
		    int (*visit)(const struct vsw_fdb_entry *entry, void *arg), void *arg);

void vsw_fdb_get_counts(const struct vsw_fdb *fdb, struct vsw_fdb_counts *counts);

/* Dynamic entries of a port. */
uint32_t vsw_fdb_port_entries(const struct vsw_fdb *fdb, uint16_t port_id);

#endif /* VSW_FDB_H */
