/* SPDX-License-Identifier: BSD-3-Clause */
#include "progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define COLUMNS_DEFAULT 80
#define LINE_BYTES 256
#define SLICE_NS UINT64_C(100000000) /* faster than that nobody reads */
#define NS_PER_S UINT64_C(1000000000)

static uint64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* A line that wraps could not be written over; the last column stays free for the cursor. */
static int
columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col < 2)
		return COLUMNS_DEFAULT - 1;
	return size.ws_col - 1;
}

static void
show(struct progress *progress, const char *text)
{
	unsigned long long passed_s;
	char line[LINE_BYTES];

	progress->shown_ns = now_ns();
	passed_s = (progress->shown_ns - progress->begin_ns) / NS_PER_S;
	snprintf(line, sizeof(line), "%4llu s  %s", passed_s, text);
	fprintf(stderr, "\r%.*s\033[K", columns(), line);
}

void
progress_init(struct progress *progress)
{
	*progress = (struct progress){.is_on = isatty(STDERR_FILENO)};
	progress->begin_ns = now_ns();
}

void
progress_say(struct progress *progress, const char *format, ...)
{
	char text[LINE_BYTES];
	va_list ap;

	if (!progress->is_on)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	show(progress, text);
}

void
progress_note(struct progress *progress, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(progress->note, sizeof(progress->note), format, ap);
	va_end(ap);
}

void
progress_trial(struct progress *progress, const char *kind, double duration_s)
{
	progress->kind = kind;
	progress->n_trials++;
	progress_say(progress, "%s %u: %g s  %s", kind, progress->n_trials, duration_s,
		     progress->note);
}

void
progress_slice(struct progress *progress, const struct progress_slice *slice)
{
	if (!progress->is_on || now_ns() - progress->shown_ns < SLICE_NS)
		return;
	progress_say(progress, "%s %u: %.3f Mpps offered, %.3f seen, %.3g %% lost, %s  %s",
		     progress->kind, progress->n_trials, slice->offered_pps / 1e6,
		     slice->seen_pps / 1e6, slice->loss_ratio * 100, slice->placement,
		     progress->note);
}

void
progress_clear(struct progress *progress)
{
	if (progress->is_on)
		fputs("\r\033[K", stderr);
}
