/* SPDX-License-Identifier: BSD-3-Clause */
#include "command.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "port.h"
#include "stream.h"
#include "trip.h"
#include "vsw_mac.h"

#define LINE_BYTES 16384
#define WORDS_MAX 16
#define SEND_LIMIT_NS 1000000000ULL

struct words {
	char *word[WORDS_MAX + 1]; /* NULL behind the last */
};

struct command {
	const char *name;
	json_t *(*handler)(const struct words *words);
};

static bool waiting; /* the answer to `wait` is due */
static bool quitting;

static json_t *
error_of(const char *text)
{
	return json_pack("{s:s}", "error", text);
}

static void
answer(json_t *reply)
{
	char *text = json_dumps(reply, JSON_COMPACT);

	puts(text != NULL ? text : "{\"error\":\"no memory\"}");
	fflush(stdout);
	free(text);
	json_decref(reply);
}

static struct port *
port_of(const struct words *words)
{
	return words->word[1] != NULL ? port_get(strtoul(words->word[1], NULL, 10)) : NULL;
}

/* Returns the number of bytes, or 0 if the text is not a frame that fits an mbuf. */
static uint16_t
read_hex(const char *text, uint8_t *bytes)
{
	size_t length = strlen(text) / 2;
	char digits[3] = "";
	size_t i;

	if (length > PROBE_LENGTH_MAX || strlen(text) % 2 != 0 ||
	    strspn(text, "0123456789abcdefABCDEF") != strlen(text))
		return 0;
	for (i = 0; i < length; i++) {
		memcpy(digits, text + 2 * i, 2);
		bytes[i] = strtoul(digits, NULL, 16);
	}
	return length;
}

static uint16_t
send_some(struct port *port, const uint8_t *bytes, uint16_t length, uint64_t n)
{
	struct rte_mbuf *frames[PORT_BURST];
	uint16_t i;

	for (i = 0; i < PORT_BURST && i < n; i++) {
		frames[i] = port_alloc();
		if (frames[i] == NULL)
			break;
		memcpy(rte_pktmbuf_append(frames[i], length), bytes, length);
	}
	return port_send(port, 0, frames, i);
}

static json_t *
on_send(const struct words *words)
{
	uint64_t limit_ns = port_now_ns() + SEND_LIMIT_NS;
	struct port *port = port_of(words);
	uint8_t bytes[PROBE_LENGTH_MAX];
	uint64_t count = 1, sent = 0;
	uint16_t length;

	if (port == NULL || words->word[2] == NULL)
		return error_of("usage: send PORT HEX [COUNT]");
	length = read_hex(words->word[2], bytes);
	if (length == 0)
		return error_of("not a frame in hexadecimal");
	if (words->word[3] != NULL)
		count = strtoull(words->word[3], NULL, 10);
	while (sent < count && port_now_ns() < limit_ns) {
		sent += send_some(port, bytes, length, count - sent);
		ports_receive();
	}
	return json_pack("{s:I}", "sent", (json_int_t)sent);
}

static json_t *
on_recv(const struct words *words)
{
	struct port *port = port_of(words);
	uint32_t max = CAPTURE_FRAMES;
	json_t *reply;

	if (port == NULL)
		return error_of("usage: recv PORT [MAX]");
	if (words->word[2] != NULL)
		max = strtoul(words->word[2], NULL, 10);
	while (ports_receive() > 0)
		streams_run();
	reply = json_object();
	json_object_set_new(reply, "frames", capture_take(&port->capture, max));
	json_object_set_new(reply, "received", json_integer(port->rx_frames));
	json_object_set_new(reply, "overflowed", json_integer(port->capture.overflowed));
	return reply;
}

static json_t *
on_capture(const struct words *words)
{
	struct port *port = port_of(words);

	if (port == NULL || words->word[2] == NULL)
		return error_of("usage: capture PORT on|off");
	port->capture.off = strcmp(words->word[2], "off") == 0;
	return json_object();
}

/* One "key=value". Returns 0 or -EINVAL. */
static int
read_parameter(const char *word, struct stream_config *config)
{
	const char *value = strchr(word, '=');
	size_t key = value != NULL ? (size_t)(value++ - word) : 0;
	uint64_t number = value != NULL ? strtoull(value, NULL, 0) : 0;

	if (key == 3 && strncmp(word, "dst", key) == 0)
		return vsw_mac_parse(value, &config->frame.dst);
	if (key == 3 && strncmp(word, "src", key) == 0)
		return vsw_mac_parse(value, &config->frame.src);
	if (key == 2 && strncmp(word, "id", key) == 0)
		config->id = number;
	else if (key == 3 && strncmp(word, "len", key) == 0)
		config->frame.length = number;
	else if (key == 3 && strncmp(word, "pps", key) == 0)
		config->pps = number;
	else if (key == 5 && strncmp(word, "count", key) == 0)
		config->count = number;
	else if (key == 4 && strncmp(word, "vlan", key) == 0)
		config->frame.tci = number;
	else
		return -EINVAL;
	return 0;
}

static json_t *
on_stream(const struct words *words)
{
	struct stream_config config = {.frame.tci = PROBE_UNTAGGED};
	uint32_t i;
	int rc;

	if (port_of(words) == NULL)
		return error_of("usage: stream PORT id=N dst=MAC src=MAC len=BYTES pps=N count=N");
	config.port = strtoul(words->word[1], NULL, 10);
	for (i = 2; words->word[i] != NULL; i++) {
		rc = read_parameter(words->word[i], &config);
		if (rc != 0)
			return error_of(words->word[i]);
	}
	rc = stream_add(&config);
	return rc == 0 ? json_object() : error_of(strerror(-rc));
}

static json_t *
on_trip(const struct words *words)
{
	struct stream_config stream = {.frame.tci = PROBE_UNTAGGED};
	struct trip_config config;
	json_t *reply;
	uint32_t i;

	for (i = 1; words->word[i] != NULL; i++) {
		if (i >= 4 && read_parameter(words->word[i], &stream) != 0)
			return error_of(words->word[i]);
	}
	if (i < 5)
		return error_of(
			"usage: trip FROM TO GAP_US id=N dst=MAC src=MAC len=BYTES count=N");
	config = (struct trip_config){
		.from = strtoul(words->word[1], NULL, 10),
		.to = strtoul(words->word[2], NULL, 10),
		.gap_us = strtoul(words->word[3], NULL, 10),
		.id = stream.id,
		.frame = stream.frame,
		.count = stream.count,
	};
	reply = trips_run(&config);
	return reply != NULL ? reply : error_of("ports, id, len or count");
}

static json_t *
on_wait(const struct words *words)
{
	(void)words;
	waiting = true;
	return NULL;
}

static json_t *
on_stop(const struct words *words)
{
	(void)words;
	streams_stop();
	return json_object();
}

static json_t *
port_to_json(const struct port *port, uint32_t index)
{
	json_t *streams = json_array();
	json_t *object = json_object();
	uint32_t id;

	for (id = 0; id < PORT_STREAMS; id++) {
		if (port->verdict[id].received > 0 || port->verdict[id].corrupted > 0)
			json_array_append_new(streams, verdict_to_json(&port->verdict[id], id));
	}
	json_object_set_new(object, "port", json_integer(index));
	json_object_set_new(object, "rx_frames", json_integer(port->rx_frames));
	json_object_set_new(object, "rx_bytes", json_integer(port->rx_bytes));
	json_object_set_new(object, "tx_frames", json_integer(port->tx_frames));
	json_object_set_new(object, "unknown", json_integer(port->unknown));
	json_object_set_new(object, "streams", streams);
	return object;
}

static json_t *
on_report(const struct words *words)
{
	json_t *ports = json_array();
	uint32_t i;

	(void)words;
	for (i = 0; port_get(i) != NULL; i++)
		json_array_append_new(ports, port_to_json(port_get(i), i));
	return json_pack("{s:o, s:o}", "ports", ports, "streams", streams_to_json());
}

static json_t *
on_reset(const struct words *words)
{
	uint32_t i, id;

	(void)words;
	streams_clear();
	for (i = 0; port_get(i) != NULL; i++) {
		struct port *port = port_get(i);

		json_decref(capture_take(&port->capture, CAPTURE_FRAMES));
		port->capture.overflowed = 0;
		port->unknown = 0;
		for (id = 0; id < PORT_STREAMS; id++)
			verdict_clear(&port->verdict[id]);
	}
	return json_object();
}

static json_t *
on_gaps(const struct words *words)
{
	uint32_t i, id;

	(void)words;
	for (i = 0; port_get(i) != NULL; i++) {
		for (id = 0; id < PORT_STREAMS; id++)
			verdict_forget_gap(&port_get(i)->verdict[id]);
	}
	return json_object();
}

static json_t *
on_link(const struct words *words)
{
	struct port *port = port_of(words);

	if (port == NULL)
		return error_of("usage: link PORT");
	return json_pack("{s:s}", "link", port_link_is_up(port) ? "up" : "down");
}

static json_t *
on_quit(const struct words *words)
{
	(void)words;
	quitting = true;
	return json_object();
}

static const struct command commands[] = {
	{"send", on_send}, {"recv", on_recv}, {"capture", on_capture}, {"stream", on_stream},
	{"wait", on_wait}, {"stop", on_stop}, {"report", on_report},   {"reset", on_reset},
	{"gaps", on_gaps}, {"trip", on_trip}, {"link", on_link},       {"quit", on_quit},
};

static void
run_line(char *line)
{
	struct words words = {{NULL}};
	json_t *reply;
	char *rest;
	uint32_t i;

	words.word[0] = strtok_r(line, " \n", &rest);
	if (words.word[0] == NULL)
		return;
	for (i = 1; i < WORDS_MAX && words.word[i - 1] != NULL; i++)
		words.word[i] = strtok_r(NULL, " \n", &rest);
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(words.word[0], commands[i].name) != 0)
			continue;
		reply = commands[i].handler(&words);
		if (reply != NULL)
			answer(reply);
		return;
	}
	answer(error_of("unknown command"));
}

/* Returns false at the end of the input. */
static bool
read_lines(void)
{
	static char buffer[LINE_BYTES];
	static size_t used;
	ssize_t n = read(STDIN_FILENO, buffer + used, sizeof(buffer) - 1 - used);
	char *end;

	if (n <= 0)
		return n < 0 && errno == EINTR;
	used += n;
	while ((end = memchr(buffer, '\n', used)) != NULL) {
		*end = '\0';
		run_line(buffer);
		used -= end + 1 - buffer;
		memmove(buffer, end + 1, used);
	}
	return used < sizeof(buffer) - 1;
}

bool
command_poll(uint32_t wait_us)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	struct timespec timeout = {.tv_nsec = wait_us * 1000L};

	if (waiting && !streams_are_busy()) {
		waiting = false;
		answer(json_object());
	}
	if (ppoll(&in, 1, &timeout, NULL) > 0 && !read_lines())
		return false;
	return !quitting;
}
