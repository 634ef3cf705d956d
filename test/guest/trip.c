/* SPDX-License-Identifier: BSD-3-Clause */
#include "trip.h"

#include <stdlib.h>

#include "port.h"

#define LIMIT_NS 100000000ULL

/* Returns the time it took in ns, 0 if it did not come. */
static uint64_t
make_trip(const struct trip_config *config)
{
	static uint64_t sequence; /* no probe is like another one */
	const struct verdict *verdict = &port_get(config->to)->verdict[config->id];
	uint64_t start_ns = port_now_ns(), now_ns = start_ns, before = verdict->received;
	struct probe probe = {config->id, sequence++, start_ns};
	struct rte_mbuf *mbuf = port_alloc();

	if (mbuf == NULL)
		return 0;
	mbuf->pkt_len = probe_write(rte_pktmbuf_mtod(mbuf, uint8_t *), &config->frame, &probe);
	mbuf->data_len = mbuf->pkt_len;
	if (port_send(port_get(config->from), 0, &mbuf, 1) != 1)
		return 0;
	while (verdict->received == before && now_ns - start_ns < LIMIT_NS) {
		ports_receive();
		now_ns = port_now_ns();
	}
	return verdict->received > before ? now_ns - start_ns : 0;
}

static void
pause_ns(uint64_t ns)
{
	uint64_t start_ns = port_now_ns();

	while (port_now_ns() - start_ns < ns)
		ports_receive();
}

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static json_t *
to_json(uint64_t *times, uint32_t n, uint32_t lost)
{
	json_t *object = json_object();

	json_object_set_new(object, "lost", json_integer(lost));
	if (n == 0)
		return object;
	qsort(times, n, sizeof(*times), compare);
	json_object_set_new(object, "min_ns", json_integer(times[0]));
	json_object_set_new(object, "median_ns", json_integer(times[n / 2]));
	json_object_set_new(object, "p95_ns", json_integer(times[n * 95ULL / 100]));
	json_object_set_new(object, "p99_ns", json_integer(times[n * 99ULL / 100]));
	json_object_set_new(object, "max_ns", json_integer(times[n - 1]));
	return object;
}

json_t *
trips_run(const struct trip_config *config)
{
	static uint64_t times[TRIPS_MAX];
	uint32_t i, n = 0;

	if (port_get(config->from) == NULL || port_get(config->to) == NULL ||
	    config->id >= PORT_STREAMS || config->count == 0 || config->count > TRIPS_MAX ||
	    config->frame.length < PROBE_LENGTH_MIN || config->frame.length > PROBE_LENGTH_MAX)
		return NULL;
	for (i = 0; i < config->count; i++) {
		times[n] = make_trip(config);
		n += times[n] > 0;
		pause_ns(config->gap_us * 1000ULL);
	}
	return to_json(times, n, config->count - n);
}
