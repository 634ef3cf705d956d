/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counters and drop reasons.
 *
 * Model: each port has one row of counters for each lcore. The lcore that owns a row adds to it
 * with plain stores; readers sum the rows. `clear` moves the reader's baseline and touches no
 * row.
 *
 * The books (DESIGN.md section 3). Every frame ends exactly once, so over all ports, at quiescence,
 *
 *	rx + injected + copies + segments = tx + drops + consumed + in flight
 *
 * A frame is counted as rx on the port it came from; as tx, or as a drop of its receiver, on the
 * port it was for; as any other drop on the port it came from. A frame that is cut into segments
 * for a port is as many frames there.
 *
 * Threads: a row is written by its lcore only. Create, destroy, read, clear and sample: control
 * thread. Sums taken while lcores run may be a burst apart from each other.
 */
#ifndef VSW_STATS_H
#define VSW_STATS_H

#include <stdint.h>

#include <rte_common.h>

/*
 * Why a frame was dropped: symbol, metric name, help. The one list from which enum, console,
 * metrics and documentation derive.
 */
#define VSW_DROP_REASONS(X)                                                                        \
	X(RUNT, "runt", "shorter than an Ethernet header (14 bytes)")                              \
	X(OVERSIZE, "oversize", "longer than the MTU of the port allows")                          \
	X(SRC_GROUP, "src_group", "group address as source MAC")                                   \
	X(SRC_ZERO, "src_zero", "all-zero source MAC")                                             \
	X(RESERVED_DA, "reserved_da",                                                              \
	  "destination 01:80:c2:00:00:00..0f, not forwarded by bridges")                           \
	X(VLAN_DENIED, "vlan_denied", "VLAN or tag not admitted on the port, in or out")           \
	X(FDB_VIOLATION, "fdb_violation", "source MAC is a static entry of another port")          \
	X(BLACKHOLE, "blackhole", "destination MAC is a blackhole entry")                          \
	X(SAME_PORT, "same_port", "destination MAC is on the port the frame came from")            \
	X(ISOLATED, "isolated", "destination MAC is on a port of the same group")                  \
	X(FOREIGN_DA, "foreign_da",                                                                \
	  "from an uplink, and its destination MAC is not on the port of its tag")                 \
	X(NO_MEMBER, "no_member", "to be flooded, but no other port forwards in the VLAN")         \
	X(PORT_DOWN, "port_down", "receiving port has no device or is stopped")                    \
	X(RING_DISABLED, "ring_disabled",                                                          \
	  "the guest has switched this ring off, of either direction")                             \
	X(RING_FULL, "ring_full", "receiver has not supplied enough receive buffers")              \
	X(BUFFER_SMALL, "buffer_small", "receiver's buffers are smaller than the frame")           \
	X(TX_FULL, "tx_full", "transmit queue of the Ethernet device is full")                     \
	X(SEGMENTS, "segments",                                                                    \
	  "to be cut into more segments than are made of one burst of its sender (4096)")          \
	X(NO_MBUF, "no_mbuf", "no buffer for a copy towards an Ethernet device")                   \
	X(BUFFER_INVALID, "buffer_invalid",                                                        \
	  "chain without frame bytes, larger than any buffer, or in several mbufs")                \
	X(OFFLOAD_INVALID, "offload_invalid",                                                      \
	  "asks for a checksum or segments that do not fit the frame")                             \
	X(DESC_INVALID, "desc_invalid",                                                            \
	  "unreadable descriptor chain: the ring stands still until reset")

enum vsw_drop {
#define VSW_DROP_SYMBOL(symbol, name, help) VSW_DROP_##symbol,
	VSW_DROP_REASONS(VSW_DROP_SYMBOL)
#undef VSW_DROP_SYMBOL
	VSW_DROP_N,
};

/*
 * All other counters of a row. Flood outputs beyond the first are copies; learned and moved are
 * FDB events, unlearned_* frames that were forwarded although their source was not learned.
 */
#define VSW_COUNTERS(X)                                                                            \
	X(rx_frames, "frames received from the port")                                              \
	X(rx_bytes, "their bytes, without FCS")                                                    \
	X(tx_frames, "frames sent to the port")                                                    \
	X(tx_bytes, "their bytes, without FCS")                                                    \
	X(tx_dropped, "frames for the port that it did not take: part of its drops")               \
	X(retries, "attempts to send again to a full receive ring")                                \
	X(retried, "frames that these have sent: part of tx_frames")                               \
	X(retry_ticks, "TSC ticks that lcores have waited for them")                               \
	X(copies, "flood outputs beyond the first")                                                \
	X(completed, "frames for the port whose checksum the switch has written")                  \
	X(segmented, "frames for the port that the switch has cut into segments")                  \
	X(segments, "their segments beyond the first")                                             \
	X(flooded, "frames received and flooded")                                                  \
	X(learned, "source MACs learned")                                                          \
	X(moved, "source MACs moved here from another port")                                       \
	X(unlearned_port, "frames whose source was not learned: limit of the port")                \
	X(unlearned_full, "frames whose source was not learned: table full")

struct vsw_stats_row {
#define VSW_COUNTER_MEMBER(name, help) uint64_t name;
	VSW_COUNTERS(VSW_COUNTER_MEMBER)
#undef VSW_COUNTER_MEMBER
	uint64_t drop[VSW_DROP_N];
} __rte_cache_aligned;

struct vsw_stats_rates {
	uint64_t rx_pps;
	uint64_t tx_pps;
	uint64_t rx_bps; /* bits of frame data in a second, without FCS */
	uint64_t tx_bps;
	uint64_t drop_pps;
};

struct vsw_stats;

/* Rows for lcores 0 .. n_rows - 1, zeroed. Returns NULL when memory is short. */
struct vsw_stats *vsw_stats_create(unsigned int n_rows);

/* No lcore may use a row any more. NULL is accepted. */
void vsw_stats_destroy(struct vsw_stats *stats);

/* The rows, for the lcores. */
struct vsw_stats_row *vsw_stats_rows(struct vsw_stats *stats);

/* Sum of all rows since the last clear. */
void vsw_stats_read(const struct vsw_stats *stats, struct vsw_stats_row *sum);

/* Sum of all rows since creation: what the books are drawn up from. */
void vsw_stats_read_all(const struct vsw_stats *stats, struct vsw_stats_row *sum);

/* Count from now. */
void vsw_stats_clear(struct vsw_stats *stats);

/* Compute the rates since the previous sample; call it about once a second. */
void vsw_stats_sample(struct vsw_stats *stats, uint64_t now_ns);
const struct vsw_stats_rates *vsw_stats_get_rates(const struct vsw_stats *stats);

/* Add a row to a sum, word by word. */
void vsw_stats_add(struct vsw_stats_row *sum, const struct vsw_stats_row *row);

/* Sum of all drop reasons of a row. */
uint64_t vsw_stats_drops(const struct vsw_stats_row *row);

/* Metric name and help of a reason. */
const char *vsw_drop_name(enum vsw_drop reason);
const char *vsw_drop_help(enum vsw_drop reason);

#endif /* VSW_STATS_H */
