/* SPDX-License-Identifier: BSD-3-Clause */
/* vsw_log.h: lines are queued, bounded, limited for each source, and harmless to a terminal. */
#include "vsw_log.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PREFIX "vhost-switch: "

static char written[1 << 20];

/* The log writes to standard error: a file takes its place while a test logs. */
static int saved_stderr;
static FILE *capture;

static int
setup(void **state)
{
	(void)state;
	capture = tmpfile();
	if (capture == NULL)
		return -1;
	saved_stderr = dup(STDERR_FILENO);
	dup2(fileno(capture), STDERR_FILENO);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	vsw_log_stop();
	vsw_log_set_level(VSW_LOG_INFO);
	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	fclose(capture);
	return 0;
}

/* All that was written since the last call. */
static const char *
output(void)
{
	size_t n;

	rewind(capture);
	n = fread(written, 1, sizeof(written) - 1, capture);
	written[n] = '\0';
	rewind(capture);
	assert_int_equal(ftruncate(fileno(capture), 0), 0);
	return written;
}

static unsigned int
count(const char *text, const char *what)
{
	unsigned int n = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		n++;
	return n;
}

static void
test_at_once(void **state)
{
	(void)state;
	vsw_log(VSW_LOG_INFO, "port %d", 7);
	assert_string_equal(output(), PREFIX "port 7\n");
	vsw_log(VSW_LOG_ERROR, "x");
	assert_string_equal(output(), PREFIX "error: x\n");
}

static void
test_level(void **state)
{
	(void)state;
	vsw_log(VSW_LOG_DEBUG, "x");
	assert_string_equal(output(), "");
	vsw_log_set_level(VSW_LOG_DEBUG);
	vsw_log(VSW_LOG_DEBUG, "x");
	assert_string_equal(output(), PREFIX "debug: x\n");
}

static void
test_control_characters(void **state)
{
	(void)state;
	vsw_log(VSW_LOG_INFO, "a\033[2Jb\nc\177d\te");
	assert_string_equal(output(), PREFIX "a?[2Jb?c?d?e\n");
}

static void
test_long_line(void **state)
{
	char many[2 * VSW_LOG_LINE_BYTES];

	(void)state;
	memset(many, 'x', sizeof(many) - 1);
	many[sizeof(many) - 1] = '\0';
	vsw_log(VSW_LOG_INFO, "%s", many);
	assert_int_equal(strlen(output()), strlen(PREFIX) + VSW_LOG_LINE_BYTES - 1 + 1);
}

static void
test_queue(void **state)
{
	(void)state;
	vsw_log_start();
	vsw_log(VSW_LOG_INFO, "a");
	vsw_log(VSW_LOG_INFO, "b");
	assert_string_equal(output(), "");
	assert_int_equal(vsw_log_drain(1), 2);
	assert_string_equal(output(), PREFIX "a\n" PREFIX "b\n");
	assert_int_equal(vsw_log_drain(1), 0);
	vsw_log(VSW_LOG_INFO, "c");
	vsw_log_stop();
	assert_string_equal(output(), PREFIX "c\n");
}

static void
test_full_queue_counts(void **state)
{
	const char *text;
	int i;

	(void)state;
	vsw_log_start();
	for (i = 0; i < VSW_LOG_RING_LINES + 3; i++)
		vsw_log(VSW_LOG_INFO, "line %d.", i);
	assert_int_equal(vsw_log_drain(1), VSW_LOG_RING_LINES);
	text = output();
	assert_int_equal(count(text, "line "), VSW_LOG_RING_LINES);
	assert_non_null(strstr(text, "line 1023.\n"));
	assert_null(strstr(text, "line 1024."));
	assert_non_null(strstr(text, "3 log lines lost"));
	vsw_log(VSW_LOG_INFO, "after");
	vsw_log_drain(1);
	assert_string_equal(output(), PREFIX "after\n");
}

static void
test_source_limit(void **state)
{
	const char *text;
	int i;

	(void)state;
	vsw_log_start();
	for (i = 0; i < 3 * VSW_LOG_LINES_PER_S; i++)
		vsw_log_from("/run/a", VSW_LOG_INFO, "noise");
	vsw_log_from("/run/b", VSW_LOG_INFO, "other source");
	vsw_log(VSW_LOG_INFO, "no source");
	vsw_log_drain(5);
	text = output();
	assert_in_range(count(text, "noise\n"), 1, VSW_LOG_LINES_PER_S);
	assert_int_equal(count(text, "other source\n"), 1);
	assert_int_equal(count(text, "no source\n"), 1);
}

/* The next second begins with how many lines the one before has cost. */
static void
test_suppressed_are_reported(void **state)
{
	char expected[64];
	const char *text;
	unsigned int shown;
	int i;

	(void)state;
	vsw_log_start();
	for (i = 0; i < 3 * VSW_LOG_LINES_PER_S; i++)
		vsw_log_from("/run/c", VSW_LOG_INFO, "noise");
	vsw_log_drain(5);
	shown = count(output(), "noise\n");
	vsw_log_from("/run/c", VSW_LOG_INFO, "later");
	vsw_log_drain(6);
	text = output();
	snprintf(expected, sizeof(expected), "%u more lines suppressed",
		 3 * VSW_LOG_LINES_PER_S - shown);
	assert_non_null(strstr(text, expected));
	assert_non_null(strstr(text, PREFIX "later\n"));
}

#define THREADS 4
#define LINES_EACH 2000

static void *
log_lines(void *number)
{
	int i;

	for (i = 0; i < LINES_EACH; i++)
		vsw_log(VSW_LOG_INFO, "thread %s line %d.", (const char *)number, i);
	return NULL;
}

/* Several threads log while one writes: every line is written whole, or counted as lost. */
static void
test_threads(void **state)
{
	static const char *const names[THREADS] = {"0", "1", "2", "3"};
	pthread_t threads[THREADS];
	unsigned int whole, lost = 0;
	const char *text;
	int i;

	(void)state;
	vsw_log_start();
	for (i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, log_lines, (void *)(uintptr_t)names[i]);
	for (i = 0; i < 100; i++)
		vsw_log_drain(1);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	vsw_log_stop();
	text = output();
	whole = count(text, PREFIX "thread ");
	assert_int_equal(count(text, ".\n"), whole);
	while ((text = strstr(text, "warning: ")) != NULL) {
		text += strlen("warning: ");
		lost += strtoul(text, NULL, 10);
	}
	assert_int_equal(whole + lost, THREADS * LINES_EACH);
}

#define LOG_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		LOG_TEST(test_at_once),
		LOG_TEST(test_level),
		LOG_TEST(test_control_characters),
		LOG_TEST(test_long_line),
		LOG_TEST(test_queue),
		LOG_TEST(test_full_queue_counts),
		LOG_TEST(test_source_limit),
		LOG_TEST(test_suppressed_are_reported),
		LOG_TEST(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
