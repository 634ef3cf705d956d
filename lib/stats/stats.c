/* SPDX-License-Identifier: BSD-3-Clause */
#include "vsw_stats.h"

#include <string.h>

#include <rte_malloc.h>

#define ROW_WORDS (sizeof(struct vsw_stats_row) / sizeof(uint64_t))

struct vsw_stats {
	unsigned int n_rows;
	struct vsw_stats_row *rows; /* each: rw by its lcore, read by control */
	struct vsw_stats_row baseline;
	struct vsw_stats_row sampled;
	uint64_t sampled_ns;
	struct vsw_stats_rates rates;
};

static const struct {
	const char *name;
	const char *help;
} drop_text[VSW_DROP_N] = {
#define DROP_TEXT(symbol, name, help) {name, help},
	VSW_DROP_REASONS(DROP_TEXT)
#undef DROP_TEXT
};

const char *
vsw_drop_name(enum vsw_drop reason)
{
	return drop_text[reason].name;
}

const char *
vsw_drop_help(enum vsw_drop reason)
{
	return drop_text[reason].help;
}

struct vsw_stats *
vsw_stats_create(unsigned int n_rows)
{
	struct vsw_stats *stats;

	stats = rte_zmalloc("vsw_stats", sizeof(*stats), RTE_CACHE_LINE_SIZE);
	if (stats == NULL)
		return NULL;
	stats->n_rows = n_rows;
	stats->rows = rte_zmalloc("vsw_stats", n_rows * sizeof(*stats->rows), RTE_CACHE_LINE_SIZE);
	if (stats->rows == NULL) {
		vsw_stats_destroy(stats);
		return NULL;
	}
	return stats;
}

void
vsw_stats_destroy(struct vsw_stats *stats)
{
	if (stats == NULL)
		return;
	rte_free(stats->rows);
	rte_free(stats);
}

struct vsw_stats_row *
vsw_stats_rows(struct vsw_stats *stats)
{
	return stats->rows;
}

/* A row is nothing but 64-bit words: sums and differences go word by word. */
void
vsw_stats_add(struct vsw_stats_row *sum, const struct vsw_stats_row *row)
{
	const uint64_t *from = (const uint64_t *)row;
	uint64_t *to = (uint64_t *)sum;
	size_t i;

	for (i = 0; i < ROW_WORDS; i++)
		to[i] += __atomic_load_n(&from[i], __ATOMIC_RELAXED);
}

static void
row_subtract(struct vsw_stats_row *sum, const struct vsw_stats_row *row)
{
	const uint64_t *from = (const uint64_t *)row;
	uint64_t *to = (uint64_t *)sum;
	size_t i;

	for (i = 0; i < ROW_WORDS; i++)
		to[i] -= from[i];
}

void
vsw_stats_read_all(const struct vsw_stats *stats, struct vsw_stats_row *sum)
{
	unsigned int i;

	memset(sum, 0, sizeof(*sum));
	for (i = 0; i < stats->n_rows; i++)
		vsw_stats_add(sum, &stats->rows[i]);
}

void
vsw_stats_read(const struct vsw_stats *stats, struct vsw_stats_row *sum)
{
	vsw_stats_read_all(stats, sum);
	row_subtract(sum, &stats->baseline);
}

void
vsw_stats_clear(struct vsw_stats *stats)
{
	vsw_stats_read_all(stats, &stats->baseline);
}

uint64_t
vsw_stats_drops(const struct vsw_stats_row *row)
{
	uint64_t drops = 0;
	unsigned int i;

	for (i = 0; i < VSW_DROP_N; i++)
		drops += row->drop[i];
	return drops;
}

static uint64_t
per_second(uint64_t count, uint64_t ns)
{
	return (uint64_t)((double)count * 1e9 / (double)ns + 0.5);
}

void
vsw_stats_sample(struct vsw_stats *stats, uint64_t now_ns)
{
	struct vsw_stats_row sum, delta;
	uint64_t ns = now_ns - stats->sampled_ns;

	vsw_stats_read_all(stats, &sum);
	if (stats->sampled_ns != 0 && ns > 0) {
		delta = sum;
		row_subtract(&delta, &stats->sampled);
		stats->rates = (struct vsw_stats_rates){
			.rx_pps = per_second(delta.rx_frames, ns),
			.tx_pps = per_second(delta.tx_frames, ns),
			.rx_bps = per_second(8 * delta.rx_bytes, ns),
			.tx_bps = per_second(8 * delta.tx_bytes, ns),
			.drop_pps = per_second(vsw_stats_drops(&delta), ns),
		};
	}
	stats->sampled = sum;
	stats->sampled_ns = now_ns;
}

const struct vsw_stats_rates *
vsw_stats_get_rates(const struct vsw_stats *stats)
{
	return &stats->rates;
}
