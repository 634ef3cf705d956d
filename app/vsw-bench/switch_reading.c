/* SPDX-License-Identifier: BSD-3-Clause */
#include "switch_reading.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int
fail(struct vsw_error *err, const char *what)
{
	return vsw_error_set(err, EPROTO,
			     "the switch's reply has no %s: is it of another version than "
			     "vsw-bench?",
			     what);
}

/* 0 or -EPROTO. */
static int
get_uint(const json_t *object, const char *key, uint64_t *value, struct vsw_error *err)
{
	const json_t *number = json_object_get(object, key);

	if (!json_is_integer(number))
		return fail(err, key);
	*value = json_integer_value(number);
	return 0;
}

/* A member of an object, and where its number goes. */
struct field {
	const char *key;
	uint64_t *value;
};

static int
get_fields(const json_t *object, const struct field *fields, unsigned int n, struct vsw_error *err)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < n && ret == 0; i++)
		ret = get_uint(object, fields[i].key, fields[i].value, err);
	return ret;
}

/* The index of a port, or -1. */
static int
find_port(const struct switch_reading *reading, const char *name)
{
	unsigned int i;

	for (i = 0; i < reading->n_ports; i++) {
		if (name[0] != '\0' && strcmp(reading->port[i].name, name) == 0)
			return i;
	}
	return -1;
}

static int
add_port(struct switch_reading *reading, const char *name, struct vsw_error *err)
{
	struct switch_port_reading *port = &reading->port[reading->n_ports];

	if (reading->n_ports == SWITCH_PORTS_MAX)
		return vsw_error_set(err, ERANGE, "the switch has more than %d ports",
				     SWITCH_PORTS_MAX);
	snprintf(port->name, sizeof(port->name), "%s", name != NULL ? name : "");
	reading->n_ports++;
	return 0;
}

static int
parse_port(struct switch_reading *reading, const json_t *entry, struct vsw_error *err)
{
	const char *name = json_string_value(json_object_get(entry, "port"));
	struct switch_port_reading *port;
	int ret = 0, i;

	if (name == NULL || name[0] == '\0')
		return fail(err, "port");
	i = find_port(reading, name);
	if (i < 0) {
		i = reading->n_ports;
		ret = add_port(reading, name, err);
	}
	if (ret < 0)
		return ret;
	port = &reading->port[i];
	return get_fields(entry,
			  (struct field[]){{"rx_frames", &port->rx},
					   {"tx_frames", &port->tx},
					   {"drops", &port->drops},
					   {"flooded", &port->flooded}},
			  4, err);
}

static int
parse_stats(struct switch_reading *reading, const json_t *stats, struct vsw_error *err)
{
	const json_t *ports = json_object_get(stats, "ports"), *entry;
	size_t i;
	int ret;

	if (!json_is_array(ports))
		return fail(err, "ports");
	json_array_foreach(ports, i, entry) {
		ret = parse_port(reading, entry, err);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* Of all ports together. */
static int
parse_drops(struct switch_reading *reading, const json_t *drops, struct vsw_error *err)
{
	const json_t *list = json_object_get(drops, "drops"), *entry;
	const json_t *books = json_object_get(drops, "books");
	const char *reason;
	uint64_t frames = 0;
	size_t i;

	if (!json_is_array(list))
		return fail(err, "drops");
	json_array_foreach(list, i, entry) {
		reason = json_string_value(json_object_get(entry, "reason"));
		if (reason == NULL)
			return fail(err, "reason");
		if (get_uint(entry, "frames", &frames, err) < 0)
			return -EPROTO;
		frames += json_integer_value(json_object_get(reading->drops, reason));
		json_object_set_new(reading->drops, reason, json_integer(frames));
	}
	return get_fields(books,
			  (struct field[]){{"rx", &reading->books.rx},
					   {"tx", &reading->books.tx},
					   {"copies", &reading->books.copies},
					   {"segments", &reading->books.segments},
					   {"drops", &reading->books.drops}},
			  5, err);
}

static int
parse_lcore(struct switch_lcore_reading *lcore, const json_t *entry, struct vsw_error *err)
{
	uint64_t lcore_id, empty_rounds;
	int ret;

	ret = get_fields(entry,
			 (struct field[]){{"lcore", &lcore_id},
					  {"rx_frames", &lcore->frames},
					  {"ticks", &lcore->ticks},
					  {"busy_ticks", &lcore->busy_ticks},
					  {"rounds", &lcore->rounds},
					  {"empty_rounds", &empty_rounds}},
			 6, err);
	if (ret < 0)
		return ret;
	lcore->lcore = lcore_id;
	lcore->busy_rounds = lcore->rounds - empty_rounds;
	return 0;
}

static int
parse_lcores(struct switch_reading *reading, const json_t *lcores, struct vsw_error *err)
{
	const json_t *list = json_object_get(lcores, "lcores"), *entry;
	size_t i;
	int ret;

	if (!json_is_array(list))
		return fail(err, "lcores");
	if (json_array_size(list) > SWITCH_LCORES_MAX)
		return vsw_error_set(err, ERANGE, "the switch has more than %d lcores",
				     SWITCH_LCORES_MAX);
	json_array_foreach(list, i, entry) {
		ret = parse_lcore(&reading->lcore[i], entry, err);
		if (ret < 0)
			return ret;
	}
	reading->n_lcores = json_array_size(list);
	return 0;
}

int
switch_reading_parse(struct switch_reading *reading, const char *const *names, unsigned int n,
		     const json_t *stats, const json_t *drops, const json_t *lcores,
		     struct vsw_error *err)
{
	unsigned int i;
	int ret = 0;

	memset(reading, 0, sizeof(*reading));
	reading->drops = json_object();
	if (reading->drops == NULL)
		return vsw_error_set(err, ENOMEM, "no memory for the switch's counters");
	for (i = 0; i < n && ret == 0; i++)
		ret = add_port(reading, names[i], err);
	if (ret == 0 && stats != NULL)
		ret = parse_stats(reading, stats, err);
	if (ret == 0 && drops != NULL)
		ret = parse_drops(reading, drops, err);
	if (ret == 0 && lcores != NULL)
		ret = parse_lcores(reading, lcores, err);
	if (ret < 0)
		switch_reading_fini(reading);
	return ret;
}

void
switch_reading_fini(struct switch_reading *reading)
{
	json_decref(reading->drops);
	reading->drops = NULL;
}

static int
went_back(struct vsw_error *err, const char *whose)
{
	return vsw_error_set(err, EINVAL,
			     "counters of %s went back while they were watched: somebody has "
			     "cleared them, or restarted the switch",
			     whose);
}

/* What a counter has counted since; false if it was more before. */
static bool
subtract(uint64_t *after, uint64_t before)
{
	if (*after < before)
		return false;
	*after -= before;
	return true;
}

static bool
subtract_books(struct switch_books *after, const struct switch_books *before)
{
	return subtract(&after->rx, before->rx) && subtract(&after->tx, before->tx) &&
	       subtract(&after->copies, before->copies) &&
	       subtract(&after->segments, before->segments) &&
	       subtract(&after->drops, before->drops);
}

static bool
subtract_port(struct switch_port_reading *after, const struct switch_port_reading *before)
{
	return subtract(&after->rx, before->rx) && subtract(&after->tx, before->tx) &&
	       subtract(&after->drops, before->drops) && subtract(&after->flooded, before->flooded);
}

static bool
subtract_lcore(struct switch_lcore_reading *after, const struct switch_lcore_reading *before)
{
	return after->lcore == before->lcore && subtract(&after->frames, before->frames) &&
	       subtract(&after->ticks, before->ticks) &&
	       subtract(&after->busy_ticks, before->busy_ticks) &&
	       subtract(&after->rounds, before->rounds) &&
	       subtract(&after->busy_rounds, before->busy_rounds);
}

/* What a port that has gone had dropped is in no list: a name that went back is left out. */
static json_t *
subtract_drops(const json_t *after, json_t *before)
{
	json_t *drops = json_object(), *frames;
	const char *name;
	json_int_t n;

	json_object_foreach((json_t *)after, name, frames) {
		n = json_integer_value(frames) - json_integer_value(json_object_get(before, name));
		if (n > 0)
			json_object_set_new(drops, name, json_integer(n));
	}
	return drops;
}

int
switch_reading_diff(const struct switch_reading *before, const struct switch_reading *after,
		    struct switch_reading *diff, struct vsw_error *err)
{
	unsigned int i;
	char whose[64];
	int earlier;

	*diff = *after;
	diff->drops = NULL;
	if (!subtract_books(&diff->books, &before->books))
		return went_back(err, "the switch");
	for (i = 0; i < diff->n_ports; i++) {
		earlier = find_port(before, diff->port[i].name);
		if (earlier >= 0 && !subtract_port(&diff->port[i], &before->port[earlier])) {
			snprintf(whose, sizeof(whose), "port %s", diff->port[i].name);
			return went_back(err, whose);
		}
	}
	for (i = 0; i < diff->n_lcores; i++) {
		if (before->n_lcores != after->n_lcores ||
		    !subtract_lcore(&diff->lcore[i], &before->lcore[i])) {
			snprintf(whose, sizeof(whose), "lcore %u", after->lcore[i].lcore);
			return went_back(err, whose);
		}
	}
	diff->drops = subtract_drops(after->drops, before->drops);
	return 0;
}

static struct switch_lcore_reading
sum_lcores(const struct switch_reading *reading)
{
	struct switch_lcore_reading sum = {.lcore = 0};
	unsigned int i;

	for (i = 0; i < reading->n_lcores; i++) {
		sum.frames += reading->lcore[i].frames;
		sum.ticks += reading->lcore[i].ticks;
		sum.busy_ticks += reading->lcore[i].busy_ticks;
		sum.rounds += reading->lcore[i].rounds;
		sum.busy_rounds += reading->lcore[i].busy_rounds;
	}
	return sum;
}

static json_t *
quotient(uint64_t a, uint64_t b)
{
	return b != 0 ? json_real((double)a / (double)b) : json_null();
}

static json_t *
lcores_json(const struct switch_reading *reading)
{
	const struct switch_lcore_reading *lcore;
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < reading->n_lcores; i++) {
		lcore = &reading->lcore[i];
		json_array_append_new(list, json_pack("{sI sI sI sI sI sI}", "lcore",
						      (json_int_t)lcore->lcore, "frames",
						      (json_int_t)lcore->frames, "ticks",
						      (json_int_t)lcore->ticks, "busy_ticks",
						      (json_int_t)lcore->busy_ticks, "rounds",
						      (json_int_t)lcore->rounds, "busy_rounds",
						      (json_int_t)lcore->busy_rounds));
	}
	return list;
}

json_t *
switch_reading_json(const struct switch_reading *reading)
{
	struct switch_lcore_reading sum = sum_lcores(reading);
	json_t *object = json_object();

	json_object_set_new(object, "rx", json_integer(reading->books.rx));
	json_object_set_new(object, "tx", json_integer(reading->books.tx));
	json_object_set(object, "drops", reading->drops);
	json_object_set_new(object, "frames", json_integer(sum.frames));
	json_object_set_new(object, "ticks", json_integer(sum.ticks));
	json_object_set_new(object, "busy_ticks", json_integer(sum.busy_ticks));
	json_object_set_new(object, "busy_ticks_per_frame", quotient(sum.busy_ticks, sum.frames));
	json_object_set_new(object, "busy_share", quotient(sum.busy_ticks, sum.ticks));
	json_object_set_new(object, "frames_per_busy_round", quotient(sum.frames, sum.busy_rounds));
	json_object_set_new(object, "lcores", lcores_json(reading));
	return object;
}

__attribute__((format(printf, 2, 3))) static void
complain(json_t *sentences, const char *format, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	json_array_append_new(sentences, json_string(text));
}

static void
check_port(const struct switch_port_reading *port, const struct switch_peer *peer,
	   json_t *sentences)
{
	if (peer->sent != port->rx + peer->pending)
		complain(sentences,
			 "port %s: the generator sent %" PRIu64 ", but the switch received %" PRIu64
			 " and %" PRIu64 " are pending",
			 port->name, peer->sent, port->rx, peer->pending);
	if (port->tx != peer->received + peer->unread)
		complain(sentences,
			 "port %s: the switch sent %" PRIu64 ", but the generator received %" PRIu64
			 " and %" PRIu64 " are unread",
			 port->name, port->tx, peer->received, peer->unread);
}

json_t *
switch_reading_check(const struct switch_reading *diff, const struct switch_peer *peers,
		     unsigned int n)
{
	const struct switch_books *books = &diff->books;
	json_t *sentences = json_array();
	unsigned int i;

	if (books->rx + books->copies + books->segments != books->tx + books->drops)
		complain(sentences,
			 "the switch received %" PRIu64 " and made %" PRIu64 " copies and %" PRIu64
			 " segments, but sent %" PRIu64 " and dropped %" PRIu64,
			 books->rx, books->copies, books->segments, books->tx, books->drops);
	for (i = 0; i < n && i < diff->n_ports; i++) {
		if (diff->port[i].name[0] != '\0')
			check_port(&diff->port[i], &peers[i], sentences);
	}
	if (json_array_size(sentences) > 0)
		return sentences;
	json_decref(sentences);
	return json_string("ok");
}
