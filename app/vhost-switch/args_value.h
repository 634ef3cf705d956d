/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Values of options, as texts read strictly: a value is taken whole or refused with a sentence.
 *
 * Threads: pure functions.
 */
#ifndef ARGS_VALUE_H
#define ARGS_VALUE_H

#include <stdint.h>

#include "vsw_error.h"

/* A decimal number from min to max; option is named in the sentence. Returns 0 or -EINVAL. */
int args_value_number(const char *option, const char *text, uint64_t min, uint64_t max,
		      uint64_t *value, struct vsw_error *err);

/* A mask of ethdev ids, hexadecimal with or without 0x, not 0. Returns 0 or -EINVAL. */
int args_value_portmask(const char *text, uint64_t *mask, struct vsw_error *err);

/* "[txdN@DEVICE,rxdN@DEVICE,...]", at least one of them. Returns 0 or -EINVAL. */
int args_value_dmas(const char *text, struct vsw_error *err);

#endif /* ARGS_VALUE_H */
