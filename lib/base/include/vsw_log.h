/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The log: lines from any thread, written by one.
 *
 * Model: vsw_log() formats a line into a slot of a bounded ring and returns; the control thread
 * writes the ring out with vsw_log_drain(). When the ring is full the line is dropped and counted,
 * so that no thread ever waits for a slow terminal. Until vsw_log_start() and after vsw_log_stop()
 * lines are written at once, by the caller.
 *
 * A line may name its source (for lines of librte_vhost: the socket path). Each source may have
 * VSW_LOG_LINES_PER_S lines in a second; what is above is counted and reported in one line.
 * Sources are told apart by a hash into VSW_LOG_SOURCES slots: two that share a slot share its
 * rate.
 *
 * Threads: vsw_log() and vsw_log_from() by any thread, also several at once; the other functions
 * by one thread. Never on the packet path (librte_vhost does log on it: hence the ring).
 */
#ifndef VSW_LOG_H
#define VSW_LOG_H

#include <stdint.h>

#define VSW_LOG_LINE_BYTES 240
#define VSW_LOG_RING_LINES 1024 /* a power of two */
#define VSW_LOG_SOURCES 1024
#define VSW_LOG_LINES_PER_S 10

enum vsw_log_level {
	VSW_LOG_ERROR,
	VSW_LOG_WARNING,
	VSW_LOG_NOTICE,
	VSW_LOG_INFO,
	VSW_LOG_DEBUG,
};

/* Queue the lines that follow instead of writing them at once. */
void vsw_log_start(void);

/* Write what is queued and return to writing at once. */
void vsw_log_stop(void);

/* Lines above this level are not kept. Default: VSW_LOG_INFO. */
void vsw_log_set_level(enum vsw_log_level level);

/* One line, printf-formatted, without a final newline; control characters become '?'. */
void vsw_log(enum vsw_log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* One line under the rate limit of its source. */
void vsw_log_from(const char *source, enum vsw_log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Write out what is queued, at most VSW_LOG_RING_LINES lines; now_s is a monotonic second.
 * Returns the number of lines written.
 */
unsigned int vsw_log_drain(uint64_t now_s);

#endif /* VSW_LOG_H */
