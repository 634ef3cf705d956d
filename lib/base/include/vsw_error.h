/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Errors a user can read.
 *
 * Every control function that a user can reach takes a last `struct vsw_error *` and returns 0 or a
 * negative errno. On failure it fills the error with one sentence that names the object, the reason
 * and what to do next; console, socket and log print that sentence verbatim, tests assert the code.
 *
 * Threads: an error belongs to its caller; nothing is shared. Never used on the packet path.
 */
#ifndef VSW_ERROR_H
#define VSW_ERROR_H

#define VSW_ERROR_TEXT_BYTES 512

struct vsw_error {
	int code; /* positive errno; 0: no error */
	char text[VSW_ERROR_TEXT_BYTES];
};

/*
 * Fill err (which may be NULL) with code and a printf-formatted sentence without a final newline.
 * Returns -code, so that a caller can write `return vsw_error_set(err, EINVAL, ...)`.
 */
int vsw_error_set(struct vsw_error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Put "prefix: " before the sentence of an error that a lower layer has set. Returns -code. */
int vsw_error_prefix(struct vsw_error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* VSW_ERROR_H */
