/* SPDX-License-Identifier: BSD-3-Clause */
#include "vsw_log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * A bounded queue of many producers and one consumer. A slot's turn says whose it is: turn == index
 * means free for the producer that draws this index, index + 1 means full for the consumer.
 * Source: D. Vyukov, "Bounded MPMC queue".
 */
struct slot {
	uint32_t turn;
	uint16_t source; /* hash + 1; 0: no source, no limit */
	uint8_t level;
	char text[VSW_LOG_LINE_BYTES];
};

struct limit {
	uint64_t second;
	uint32_t lines;
	uint32_t suppressed;
};

static struct slot ring[VSW_LOG_RING_LINES];
static struct limit limits[VSW_LOG_SOURCES]; /* consumer only */
static uint32_t head;			     /* producers */
static uint32_t tail;			     /* consumer only */
static uint32_t lost;			     /* producers add, the consumer takes */
static bool queueing;
static enum vsw_log_level max_level = VSW_LOG_INFO;

static const char *const level_names[] = {
	[VSW_LOG_ERROR] = "error: ", [VSW_LOG_WARNING] = "warning: ", [VSW_LOG_NOTICE] = "",
	[VSW_LOG_INFO] = "",	     [VSW_LOG_DEBUG] = "debug: ",
};

static void
write_line(enum vsw_log_level level, const char *text)
{
	char line[VSW_LOG_LINE_BYTES + 32];
	int n;

	n = snprintf(line, sizeof(line), "vhost-switch: %s%s\n", level_names[level], text);
	/* A log that cannot be written must not stop the switch. */
	if (write(STDERR_FILENO, line, n) < 0)
		__atomic_add_fetch(&lost, 1, __ATOMIC_RELAXED);
}

static uint16_t
source_slot(const char *source)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (; *source != '\0'; source++)
		hash = (hash ^ (uint8_t)*source) * 16777619u;
	return hash % VSW_LOG_SOURCES + 1;
}

static void
queue_line(uint16_t source, enum vsw_log_level level, const char *text)
{
	uint32_t index = __atomic_load_n(&head, __ATOMIC_RELAXED);
	struct slot *slot;
	int32_t ahead;

	for (;;) {
		slot = &ring[index % VSW_LOG_RING_LINES];
		ahead = __atomic_load_n(&slot->turn, __ATOMIC_ACQUIRE) - index;
		if (ahead < 0) {
			__atomic_add_fetch(&lost, 1, __ATOMIC_RELAXED);
			return;
		}
		if (ahead > 0)
			index = __atomic_load_n(&head, __ATOMIC_RELAXED);
		else if (__atomic_compare_exchange_n(&head, &index, index + 1, true,
						     __ATOMIC_RELAXED, __ATOMIC_RELAXED))
			break;
	}
	slot->source = source;
	slot->level = level;
	memcpy(slot->text, text, sizeof(slot->text));
	__atomic_store_n(&slot->turn, index + 1, __ATOMIC_RELEASE);
}

static void __attribute__((format(printf, 3, 0)))
log_line(uint16_t source, enum vsw_log_level level, const char *format, va_list ap)
{
	char text[VSW_LOG_LINE_BYTES];
	char *c;

	if (level > max_level)
		return;
	memset(text, 0, sizeof(text));
	vsnprintf(text, sizeof(text), format, ap);
	for (c = text; *c != '\0'; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	}
	if (__atomic_load_n(&queueing, __ATOMIC_ACQUIRE))
		queue_line(source, level, text);
	else
		write_line(level, text);
}

void
vsw_log(enum vsw_log_level level, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_line(0, level, format, ap);
	va_end(ap);
}

void
vsw_log_from(const char *source, enum vsw_log_level level, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_line(source_slot(source), level, format, ap);
	va_end(ap);
}

void
vsw_log_set_level(enum vsw_log_level level)
{
	max_level = level;
}

void
vsw_log_start(void)
{
	uint32_t i;

	for (i = 0; i < VSW_LOG_RING_LINES; i++)
		ring[i].turn = i;
	head = 0;
	tail = 0;
	__atomic_store_n(&queueing, true, __ATOMIC_RELEASE);
}

/* True if the source may have one more line in this second. */
static bool
admit(uint16_t source, const char *text, uint64_t now_s)
{
	struct limit *limit = &limits[source - 1];
	char line[VSW_LOG_LINE_BYTES];

	if (limit->second != now_s) {
		if (limit->suppressed > 0) {
			snprintf(line, sizeof(line),
				 "%" PRIu32 " more lines suppressed, before: %.150s",
				 limit->suppressed, text);
			write_line(VSW_LOG_NOTICE, line);
		}
		*limit = (struct limit){.second = now_s};
	}
	if (limit->lines >= VSW_LOG_LINES_PER_S - 1) {
		limit->suppressed++;
		return false;
	}
	limit->lines++;
	return true;
}

unsigned int
vsw_log_drain(uint64_t now_s)
{
	char line[VSW_LOG_LINE_BYTES];
	unsigned int lines;
	struct slot *slot;
	uint32_t n_lost;

	for (lines = 0; lines < VSW_LOG_RING_LINES; lines++) {
		slot = &ring[tail % VSW_LOG_RING_LINES];
		if (__atomic_load_n(&slot->turn, __ATOMIC_ACQUIRE) != tail + 1)
			break;
		if (slot->source == 0 || admit(slot->source, slot->text, now_s))
			write_line(slot->level, slot->text);
		__atomic_store_n(&slot->turn, tail + VSW_LOG_RING_LINES, __ATOMIC_RELEASE);
		tail++;
	}
	n_lost = __atomic_exchange_n(&lost, 0, __ATOMIC_RELAXED);
	if (n_lost > 0) {
		snprintf(line, sizeof(line), "%" PRIu32 " log lines lost: the log was full",
			 n_lost);
		write_line(VSW_LOG_WARNING, line);
	}
	return lines;
}

void
vsw_log_stop(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	__atomic_store_n(&queueing, false, __ATOMIC_RELEASE);
	while (vsw_log_drain(now.tv_sec) > 0)
		;
}
