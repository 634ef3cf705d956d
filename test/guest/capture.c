/* SPDX-License-Identifier: BSD-3-Clause */
#include "capture.h"

#include <stdlib.h>
#include <string.h>

void
capture_add(struct capture *capture, const uint8_t *bytes, uint32_t length)
{
	uint8_t *copy;

	if (capture->off)
		return;
	copy = capture->n < CAPTURE_FRAMES ? malloc(length + 1) : NULL;
	if (copy == NULL) {
		capture->overflowed++;
		return;
	}
	memcpy(copy, bytes, length);
	capture->frame[capture->n].bytes = copy;
	capture->frame[capture->n].length = length;
	capture->n++;
}

static json_t *
to_hex(const uint8_t *bytes, uint32_t length)
{
	static const char digits[] = "0123456789abcdef";
	char *text = malloc(2 * (size_t)length + 1);
	json_t *string;
	uint32_t i;

	if (text == NULL)
		return NULL;
	for (i = 0; i < length; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 0xf];
	}
	string = json_stringn(text, 2 * (size_t)length);
	free(text);
	return string;
}

json_t *
capture_take(struct capture *capture, uint32_t max)
{
	json_t *frames = json_array();
	uint32_t taken;

	for (taken = 0; taken < capture->n && taken < max; taken++) {
		json_array_append_new(frames, to_hex(capture->frame[taken].bytes,
						     capture->frame[taken].length));
		free(capture->frame[taken].bytes);
	}
	capture->n -= taken;
	memmove(capture->frame, capture->frame + taken, capture->n * sizeof(capture->frame[0]));
	return frames;
}
