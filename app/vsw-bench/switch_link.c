/* SPDX-License-Identifier: BSD-3-Clause */
#include "switch_link.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "vsw_ctl_client.h"

#define LOOK_MS 2    /* while waiting */
#define ROUNDS_MIN 2 /* one may have begun before the last frame came */

struct switch_link {
	struct vsw_ctl_client client;
	bool is_connected; /* ports to each other */
	unsigned int n_names;
	char name[SWITCH_PORTS_MAX][VSW_CMD_NAME_BYTES];
};

int
switch_link_create(const char *path, struct switch_link **link, struct vsw_error *err)
{
	struct switch_link *new = calloc(1, sizeof(*new));
	int ret;

	if (new == NULL)
		return vsw_error_set(err, ENOMEM, "no memory for the link to the switch");
	ret = vsw_ctl_client_init(&new->client, path, err);
	if (ret < 0) {
		free(new);
		return ret;
	}
	*link = new;
	return 0;
}

void
switch_link_destroy(struct switch_link *link)
{
	if (link == NULL)
		return;
	vsw_ctl_client_fini(&link->client);
	free(link);
}

/* What the switch has said of a command that failed. */
static int
fail(const char *line, int code, const json_t *reply, struct vsw_error *err)
{
	const char *text =
		json_string_value(json_object_get(json_object_get(reply, "error"), "text"));

	return vsw_error_set(err, code, "the switch refuses \"%s\": %s", line,
			     text != NULL ? text : strerror(code));
}

int
switch_link_run(struct switch_link *link, const char *line, json_t **reply, struct vsw_error *err)
{
	struct vsw_ctl_reply status;
	json_t *json;
	char *text;
	int ret;

	ret = vsw_ctl_client_request(&link->client, line, true, &status, err);
	if (ret == 0)
		ret = vsw_ctl_client_read_body(&link->client, &status, &text, err);
	if (ret < 0)
		return ret;
	json = json_loads(text, JSON_DECODE_ANY, NULL);
	free(text);
	if (json == NULL)
		return vsw_error_set(err, EPROTO, "the switch's reply to \"%s\" is no JSON", line);
	ret = status.code != 0 ? fail(line, status.code, json, err) : 0;
	if (ret == 0 && reply != NULL)
		*reply = json_incref(json);
	json_decref(json);
	return ret;
}

/* They may be written in different ways, or be relative to different directories. */
static bool
is_same_socket(const char *a, const char *b)
{
	char real_a[PATH_MAX], real_b[PATH_MAX];

	if (strcmp(a, b) == 0)
		return true;
	return realpath(a, real_a) != NULL && realpath(b, real_b) != NULL &&
	       strcmp(real_a, real_b) == 0;
}

static int
map_port(struct switch_link *link, const char *path, const json_t *ports, struct vsw_error *err)
{
	char *name = link->name[link->n_names++];
	const json_t *port;
	const char *other;
	size_t i;

	name[0] = '\0';
	if (path == NULL)
		return 0;
	json_array_foreach(ports, i, port) {
		other = json_string_value(json_object_get(port, "path"));
		if (other == NULL || !is_same_socket(path, other))
			continue;
		snprintf(name, VSW_CMD_NAME_BYTES, "%s",
			 json_string_value(json_object_get(port, "port")));
		if (json_object_get(port, "peer") != NULL)
			link->is_connected = true;
		return 0;
	}
	return vsw_error_set(err, ENOENT,
			     "the switch has no port with the socket %s; 'show port info all' "
			     "lists them",
			     path);
}

int
switch_link_map(struct switch_link *link, const char *const *paths, unsigned int n,
		struct vsw_error *err)
{
	json_t *info;
	unsigned int i;
	int ret;

	link->n_names = 0;
	link->is_connected = false;
	if (n > SWITCH_PORTS_MAX)
		return vsw_error_set(err, ERANGE, "at most %d ports, not %u", SWITCH_PORTS_MAX, n);
	ret = switch_link_run(link, "show port info all", &info, err);
	if (ret < 0)
		return ret;
	for (i = 0; i < n && ret == 0; i++)
		ret = map_port(link, paths[i], json_object_get(info, "ports"), err);
	json_decref(info);
	return ret;
}

const char *
switch_link_port(const struct switch_link *link, unsigned int i)
{
	return i < link->n_names ? link->name[i] : "";
}

bool
switch_link_learns(const struct switch_link *link)
{
	return !link->is_connected;
}

int
switch_link_addresses(struct switch_link *link, uint64_t *n, struct vsw_error *err)
{
	const json_t *dynamic;
	json_t *reply;
	int ret;

	ret = switch_link_run(link, "show fdb counts", &reply, err);
	if (ret < 0)
		return ret;
	dynamic = json_object_get(reply, "dynamic");
	*n = json_integer_value(dynamic);
	if (!json_is_integer(dynamic))
		ret = vsw_error_set(err, EPROTO,
				    "the switch does not say how many addresses it "
				    "has learnt");
	json_decref(reply);
	return ret;
}

static int
parse(const struct switch_link *link, const json_t *stats, const json_t *drops,
      const json_t *lcores, struct switch_reading *reading, struct vsw_error *err)
{
	const char *names[SWITCH_PORTS_MAX];
	unsigned int i;

	for (i = 0; i < link->n_names; i++)
		names[i] = link->name[i];
	return switch_reading_parse(reading, names, link->n_names, stats, drops, lcores, err);
}

int
switch_link_read(struct switch_link *link, struct switch_reading *reading, struct vsw_error *err)
{
	json_t *stats = NULL, *drops = NULL, *lcores = NULL;
	int ret;

	ret = switch_link_run(link, "show port stats all", &stats, err);
	if (ret == 0)
		ret = switch_link_run(link, "show drops", &drops, err);
	if (ret == 0)
		ret = switch_link_run(link, "show lcores", &lcores, err);
	if (ret == 0)
		ret = parse(link, stats, drops, lcores, reading, err);
	json_decref(stats);
	json_decref(drops);
	json_decref(lcores);
	return ret;
}

int
switch_link_read_lcores(struct switch_link *link, struct switch_reading *reading,
			struct vsw_error *err)
{
	json_t *lcores;
	int ret;

	ret = switch_link_run(link, "show lcores", &lcores, err);
	if (ret < 0)
		return ret;
	ret = parse(link, NULL, NULL, lcores, reading, err);
	json_decref(lcores);
	return ret;
}

static uint64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool
has_moved(const struct switch_reading *now, const struct switch_reading *since)
{
	unsigned int i;

	for (i = 0; i < now->n_lcores; i++) {
		if (now->lcore[i].frames != since->lcore[i].frames)
			return true;
	}
	return now->n_lcores != since->n_lcores;
}

static bool
has_looked(const struct switch_reading *now, const struct switch_reading *since)
{
	unsigned int i;

	for (i = 0; i < now->n_lcores; i++) {
		if (now->lcore[i].rounds < since->lcore[i].rounds + ROUNDS_MIN)
			return false;
	}
	return true;
}

int
switch_link_wait_idle(struct switch_link *link, unsigned int timeout_ms, struct vsw_error *err)
{
	static const struct timespec look = {.tv_nsec = LOOK_MS * 1000000};
	struct switch_reading now, since = {.drops = NULL};
	uint64_t begin_ms = now_ms(), since_ms = begin_ms, looked_ms;
	int ret;

	do {
		ret = switch_link_read_lcores(link, &now, err);
		if (ret < 0)
			return ret;
		switch_reading_fini(&now);
		looked_ms = now_ms();
		if (has_moved(&now, &since)) {
			since = now;
			since_ms = looked_ms;
		} else if (looked_ms - since_ms >= SWITCH_IDLE_MS && has_looked(&now, &since)) {
			return 0;
		}
		clock_nanosleep(CLOCK_MONOTONIC, 0, &look, NULL);
	} while (looked_ms - begin_ms < timeout_ms);
	return vsw_error_set(err, ETIMEDOUT, "the switch is not idle after %u ms: %s", timeout_ms,
			     looked_ms - since_ms < SWITCH_IDLE_MS
				     ? "somebody sends frames"
				     : "an lcore has lost its CPU to others");
}
