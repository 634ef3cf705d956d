/* SPDX-License-Identifier: BSD-3-Clause */
/* vsw_error.h: a code and one sentence, never more than their room. */
#include "vsw_error.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
test_set(void **state)
{
	struct vsw_error err;

	(void)state;
	assert_int_equal(vsw_error_set(&err, ENOENT, "no port \"%s\"", "a"), -ENOENT);
	assert_int_equal(err.code, ENOENT);
	assert_string_equal(err.text, "no port \"a\"");
}

static void
test_null(void **state)
{
	(void)state;
	assert_int_equal(vsw_error_set(NULL, EINVAL, "unused"), -EINVAL);
	assert_int_equal(vsw_error_prefix(NULL, "unused"), 0);
}

static void
test_prefix(void **state)
{
	struct vsw_error err;

	(void)state;
	vsw_error_set(&err, EEXIST, "exists already");
	assert_int_equal(vsw_error_prefix(&err, "%s:%d", "file", 3), -EEXIST);
	assert_int_equal(err.code, EEXIST);
	assert_string_equal(err.text, "file:3: exists already");
}

/* What does not fit is cut; the prefix, which says where, is kept. */
static void
test_cut(void **state)
{
	char many[2 * VSW_ERROR_TEXT_BYTES];
	struct vsw_error err;

	(void)state;
	memset(many, 'x', sizeof(many) - 1);
	many[sizeof(many) - 1] = '\0';
	vsw_error_set(&err, EINVAL, "%s", many);
	assert_int_equal(strlen(err.text), VSW_ERROR_TEXT_BYTES - 1);
	vsw_error_prefix(&err, "here");
	assert_int_equal(strlen(err.text), VSW_ERROR_TEXT_BYTES - 1);
	assert_memory_equal(err.text, "here: xxx", 9);
	vsw_error_prefix(&err, "%s", many);
	assert_int_equal(strlen(err.text), VSW_ERROR_TEXT_BYTES - 1);
	assert_memory_equal(err.text, "xxx", 3);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_null),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
