/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sends frames both ways between two ports of a running switch, through lib/frontend, and looks at
 * each that comes out:
 *
 *	front_pass [-p] [-m] [-o] [-H] [-q PAIRS] [-r RING] [-b BUFFER] [-f LONGEST] [-n FRAMES]
 *		   PATH[,server] PATH[,server]
 *
 * -p packed, -m mergeable, -o in order, -H huge pages. Exit 0 if all frames came, in order and as
 * they were sent; else 1, and one sentence. The switch may have no other ports.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vsw_front.h"
#include "vsw_front_hot.h"

#define N_PORTS 2
#define BURST 32
#define QUIET_S 10
#define ADDRESSES_BYTES 14
#define LEAST_BYTES 60

/* After the addresses. */
struct mark {
	uint16_t from, pair;
	uint32_t number;
	uint32_t len_bytes;
};

struct stream {
	uint32_t sent, received;
};

static struct vsw_front *fronts[N_PORTS];
static struct stream streams[N_PORTS][VSW_FRONT_PAIRS_MAX]; /* by sender */
static struct vsw_front_config config = {
	.ring_size = 256,
	.n_pairs = 1,
	.buffer_bytes = 1518,
	.timeout_ms = 10000,
};
static uint32_t n_frames = 100000;

static int
fail(const char *why)
{
	struct vsw_error err;
	uint16_t port, pair;

	fprintf(stderr, "front_pass: %s\n", why);
	for (port = 0; port < N_PORTS; port++) {
		if (fronts[port] == NULL)
			continue;
		if (vsw_front_check(fronts[port], &err) < 0)
			fprintf(stderr, "  %s\n", err.text);
		if (!vsw_front_is_alive(fronts[port]))
			fprintf(stderr, "  port %u: the switch has gone\n", port);
		for (pair = 0; pair < config.n_pairs; pair++)
			fprintf(stderr, "  from port %u, queue %u: sent %u, received %u\n", port,
				pair, streams[port][pair].sent, streams[port][pair].received);
	}
	exit(1);
}

static uint8_t
pattern(const struct mark *mark, uint32_t at)
{
	return mark->number + mark->pair + 31 * at;
}

static uint32_t
write_frame(uint8_t *frame, uint16_t from, uint16_t pair, uint32_t number)
{
	uint32_t longest = config.frame_bytes ? config.frame_bytes : config.buffer_bytes, at;
	struct mark mark = {
		.from = from,
		.pair = pair,
		.number = number,
		.len_bytes = LEAST_BYTES + number * 2654435761u % (longest - LEAST_BYTES + 1),
	};
	uint8_t addresses[ADDRESSES_BYTES] = {2, 0, 0, 0, 0,	!from, 2,
					      0, 0, 0, 0, from, 0x88,  0xb5};

	memcpy(frame, addresses, sizeof(addresses));
	memcpy(frame + sizeof(addresses), &mark, sizeof(mark));
	for (at = sizeof(addresses) + sizeof(mark); at < mark.len_bytes; at++)
		frame[at] = pattern(&mark, at);
	return mark.len_bytes;
}

/* A switch may send on one queue what came by several; and a frame may take many buffers. */
static uint32_t
in_flight_most(void)
{
	uint32_t longest = config.frame_bytes ? config.frame_bytes : config.buffer_bytes;
	uint32_t n_buffers = 1 + longest / config.buffer_bytes;

	return config.ring_size / 2 / n_buffers / config.n_pairs;
}

static void
send_burst(uint16_t port, uint16_t pair)
{
	struct stream *stream = &streams[port][pair];
	uint32_t room = in_flight_most() - (stream->sent - stream->received), i;
	uint32_t len_bytes[BURST];
	uint8_t *frames[BURST];
	uint16_t n;

	if (room > n_frames - stream->sent)
		room = n_frames - stream->sent;
	n = vsw_front_tx_get(fronts[port], pair, frames, room < BURST ? room : BURST);
	for (i = 0; i < n; i++)
		len_bytes[i] = write_frame(frames[i], port, pair, stream->sent + i);
	vsw_front_tx_put(fronts[port], pair, len_bytes, n);
	stream->sent += n;
}

/* All pieces of a frame as one. */
static const uint8_t *
whole(uint16_t port, uint16_t pair, const struct vsw_front_frame *frame)
{
	static uint8_t bytes[VSW_FRONT_BUFFER_MAX];
	uint32_t at = 0, len_bytes;
	uint16_t i;

	for (i = 0; i < frame->n_pieces; i++) {
		const uint8_t *piece;

		piece = vsw_front_rx_piece(fronts[port], pair, frame, i, &len_bytes);
		if (at + len_bytes > sizeof(bytes))
			fail("a frame is longer than any that was sent");
		memcpy(bytes + at, piece, len_bytes);
		at += len_bytes;
	}
	if (at != frame->len_bytes)
		fail("the pieces of a frame are not as long as the frame");
	return bytes;
}

static void
look_at(uint16_t port, uint16_t pair, const struct vsw_front_frame *frame)
{
	const uint8_t *bytes = whole(port, pair, frame);
	struct stream *stream;
	struct mark mark;
	uint32_t at;

	if (frame->len_bytes < LEAST_BYTES)
		fail("a frame is shorter than any that was sent");
	memcpy(&mark, bytes + ADDRESSES_BYTES, sizeof(mark));
	if (bytes[ADDRESSES_BYTES - 2] != 0x88 || bytes[ADDRESSES_BYTES - 1] != 0xb5 ||
	    mark.from != !port || mark.pair >= config.n_pairs)
		fail("a frame came that was not sent to here");
	stream = &streams[mark.from][mark.pair];
	if (mark.number != stream->received)
		fail("a frame is not the next one of its stream");
	if (mark.len_bytes != frame->len_bytes)
		fail("a frame has another length than it had");
	for (at = ADDRESSES_BYTES + sizeof(mark); at < mark.len_bytes; at++) {
		if (bytes[at] != pattern(&mark, at))
			fail("a frame has other bytes than it had");
	}
	stream->received++;
}

static uint16_t
receive_burst(uint16_t port, uint16_t pair)
{
	struct vsw_front_frame frames[BURST];
	uint16_t n, i;

	n = vsw_front_rx_get(fronts[port], pair, frames, BURST);
	for (i = 0; i < n; i++)
		look_at(port, pair, &frames[i]);
	vsw_front_rx_put(fronts[port], pair);
	return n;
}

static void
pass(void)
{
	uint64_t left = (uint64_t)n_frames * N_PORTS * config.n_pairs;
	time_t last = time(NULL);
	uint16_t port, pair, n;

	while (left > 0) {
		for (port = 0; port < N_PORTS; port++) {
			for (pair = 0; pair < config.n_pairs; pair++) {
				send_burst(port, pair);
				n = receive_burst(port, pair);
				left -= n;
				if (n > 0)
					last = time(NULL);
			}
		}
		if (time(NULL) > last + QUIET_S)
			fail("frames are missing");
	}
}

static void
pause_ms(unsigned int ms)
{
	struct timespec time = {.tv_nsec = ms * 1000000};

	nanosleep(&time, NULL);
}

/* Forgets all that has come. Returns a bit for each port at which something did. */
static uint32_t
drain(void)
{
	struct vsw_front_frame frames[BURST];
	uint32_t heard = 0;
	uint16_t port, pair;

	for (port = 0; port < N_PORTS; port++) {
		for (pair = 0; pair < config.n_pairs; pair++) {
			while (vsw_front_rx_get(fronts[port], pair, frames, BURST) > 0) {
				vsw_front_rx_put(fronts[port], pair);
				heard |= 1u << port;
			}
		}
	}
	return heard;
}

/* A switch may need a moment until it forwards; then it knows both addresses. */
static void
learn(void)
{
	time_t begun = time(NULL);
	uint32_t heard = 0;
	uint16_t port;

	while (heard != (1u << N_PORTS) - 1) {
		for (port = 0; port < N_PORTS; port++)
			send_burst(port, 0);
		pause_ms(20);
		heard |= drain();
		memset(streams, 0, sizeof(streams));
		if (time(NULL) > begun + QUIET_S)
			fail("the switch does not forward");
	}
	do {
		pause_ms(200);
	} while (drain() != 0);
}

static void
open_front(uint16_t port, char *spec)
{
	char *comma = strchr(spec, ',');
	struct vsw_error err;

	if (comma != NULL)
		*comma = '\0';
	config.path = spec;
	config.server = comma != NULL;
	if (vsw_front_create(&config, &fronts[port], &err) < 0) {
		fprintf(stderr, "front_pass: %s\n", err.text);
		exit(1);
	}
}

int
main(int argc, char **argv)
{
	struct vsw_front_facts facts;
	int option;

	while ((option = getopt(argc, argv, "pmoHq:r:b:f:n:t:")) > 0) {
		switch (option) {
		case 'p':
			config.packed = true;
			break;
		case 'm':
			config.mergeable = true;
			break;
		case 'o':
			config.in_order = true;
			break;
		case 'H':
			config.hugepages = true;
			break;
		case 'q':
			config.n_pairs = atoi(optarg);
			break;
		case 'r':
			config.ring_size = atoi(optarg);
			break;
		case 'b':
			config.buffer_bytes = atoi(optarg);
			break;
		case 'f':
			config.frame_bytes = atoi(optarg);
			break;
		case 'n':
			n_frames = atoi(optarg);
			break;
		case 't':
			config.timeout_ms = atoi(optarg);
			break;
		default:
			return 2;
		}
	}
	if (argc - optind != N_PORTS)
		return 2;
	open_front(0, argv[optind]);
	open_front(1, argv[optind + 1]);
	learn();
	pass();
	vsw_front_facts(fronts[0], &facts);
	printf("%u frames each way and queue; features 0x%llx, protocol 0x%llx, %llu bytes%s\n",
	       n_frames, (unsigned long long)facts.features,
	       (unsigned long long)facts.protocol_features, (unsigned long long)facts.memory_bytes,
	       facts.hugepages ? " of huge pages" : "");
	vsw_front_destroy(fronts[0]);
	vsw_front_destroy(fronts[1]);
	return 0;
}
