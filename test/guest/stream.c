/* SPDX-License-Identifier: BSD-3-Clause */
#include "stream.h"

#include <errno.h>

#include <rte_common.h>
#include <rte_cycles.h>

#define PPS_MAX 10000000

struct stream {
	struct stream_config config;
	bool stopped;
	uint64_t start_ns;
	uint64_t sent;
	uint64_t deferred;
	uint64_t window_start_ns;
	uint64_t window_left; /* frames that may still be sent in this window */
};

static struct stream streams[STREAMS_MAX];
static uint32_t n_streams;

int
stream_add(const struct stream_config *config)
{
	if (n_streams == STREAMS_MAX)
		return -ENOSPC;
	if (port_get(config->port) == NULL)
		return -ENODEV;
	if (config->id >= PORT_STREAMS || config->pps == 0 || config->pps > PPS_MAX ||
	    config->count > VERDICT_SEQUENCES_MAX || config->frame.length < PROBE_LENGTH_MIN ||
	    config->frame.length > PROBE_LENGTH_MAX)
		return -EINVAL;
	streams[n_streams++] = (struct stream){
		.config = *config,
		.start_ns = port_now_ns(),
	};
	return 0;
}

static bool
is_done(const struct stream *stream)
{
	return stream->stopped ||
	       (stream->config.count > 0 && stream->sent == stream->config.count);
}

/* Split, so that the product stays below 2^64 for centuries. */
static uint64_t
frames_in(uint64_t ns, uint64_t pps)
{
	return ns / NS_PER_S * pps + ns % NS_PER_S * pps / NS_PER_S;
}

static uint64_t
frames_due(struct stream *stream, uint64_t now_ns)
{
	uint64_t pps = stream->config.pps;
	uint64_t scheduled = frames_in(now_ns - stream->start_ns, pps) + 1;

	if (stream->config.count > 0)
		scheduled = RTE_MIN(scheduled, stream->config.count);
	if (now_ns - stream->window_start_ns >= STREAM_WINDOW_NS) {
		stream->window_start_ns = now_ns;
		stream->window_left = frames_in(STREAM_WINDOW_NS, pps) + STREAM_CATCH_UP;
	}
	return scheduled > stream->sent ? RTE_MIN(scheduled - stream->sent, stream->window_left)
					: 0;
}

static uint16_t
send_burst(struct stream *stream, uint16_t wanted, uint64_t now_ns)
{
	struct rte_mbuf *frames[PORT_BURST];
	struct probe probe = {stream->config.id, stream->sent, now_ns};
	uint16_t n, sent;

	for (n = 0; n < wanted; n++, probe.sequence++) {
		frames[n] = port_alloc();
		if (frames[n] == NULL)
			break;
		frames[n]->pkt_len = probe_write(rte_pktmbuf_mtod(frames[n], uint8_t *),
						 &stream->config.frame, &probe);
		frames[n]->data_len = frames[n]->pkt_len;
	}
	sent = port_send(port_get(stream->config.port), stream->config.id, frames, n);
	stream->sent += sent;
	stream->window_left -= sent;
	stream->deferred += wanted - sent;
	return sent;
}

/* One burst at a time, so that the ports are polled in between. */
uint32_t
streams_run(void)
{
	uint64_t now_ns = port_now_ns();
	uint32_t frames = 0;
	uint64_t due;
	uint32_t i;

	for (i = 0; i < n_streams; i++) {
		if (is_done(&streams[i]))
			continue;
		due = frames_due(&streams[i], now_ns);
		if (due > 0)
			frames +=
				send_burst(&streams[i], RTE_MIN(due, (uint64_t)PORT_BURST), now_ns);
	}
	return frames;
}

bool
streams_are_busy(void)
{
	uint32_t i;

	for (i = 0; i < n_streams; i++) {
		if (streams[i].config.count > 0 && !is_done(&streams[i]))
			return true;
	}
	return false;
}

void
streams_stop(void)
{
	uint32_t i;

	for (i = 0; i < n_streams; i++)
		streams[i].stopped = true;
}

void
streams_clear(void)
{
	n_streams = 0;
}

json_t *
streams_to_json(void)
{
	json_t *array = json_array();
	json_t *object;
	uint32_t i;

	for (i = 0; i < n_streams; i++) {
		object = json_object();
		json_object_set_new(object, "id", json_integer(streams[i].config.id));
		json_object_set_new(object, "port", json_integer(streams[i].config.port));
		json_object_set_new(object, "sent", json_integer(streams[i].sent));
		json_object_set_new(object, "deferred", json_integer(streams[i].deferred));
		json_array_append_new(array, object);
	}
	return array;
}
