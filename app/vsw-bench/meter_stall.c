/* SPDX-License-Identifier: BSD-3-Clause */
#include "meter_stall.h"

#define US_PER_S 1000000

static const uint32_t class_us[STALL_CLASSES] = {
	STALL_MIN_US, 50,    100,   STALL_LONG_US, 500,	   1000,   2000,
	5000,	      10000, 20000, 50000,	   100000, 200000,
};

static uint64_t
us_to_tsc(const struct stall_meter *meter, uint64_t us)
{
	return us * meter->tsc_hz / US_PER_S;
}

static double
tsc_to_us(const struct stall_meter *meter, uint64_t tsc)
{
	return (double)tsc * US_PER_S / (double)meter->tsc_hz;
}

void
stall_init(struct stall_meter *meter, uint64_t tsc_hz, uint64_t now_tsc)
{
	*meter = (struct stall_meter){.last_tsc = now_tsc, .tsc_hz = tsc_hz};
	meter->min_tsc = us_to_tsc(meter, STALL_MIN_US);
}

void
stall_note(struct stall_meter *meter, uint64_t gap_tsc)
{
	unsigned int class = STALL_CLASSES - 1;

	while (class > 0 && gap_tsc < us_to_tsc(meter, class_us[class]))
		class --;
	meter->count[class]++;
	if (class_us[class] >= STALL_LONG_US)
		meter->stalled_tsc += gap_tsc;
	if (gap_tsc > meter->longest_tsc)
		meter->longest_tsc = gap_tsc;
}

uint64_t
stall_count(const struct stall_meter *meter, uint64_t us)
{
	unsigned int class = STALL_CLASSES - 1;
	uint64_t sum = meter->count[class];

	while (class > 0 && class_us[class] > us)
		sum += meter->count[--class];
	return sum;
}

void
stall_subtract(struct stall_meter *meter, const struct stall_meter *earlier)
{
	unsigned int class;

	for (class = 0; class < STALL_CLASSES; class ++)
		meter->count[class] -= earlier->count[class];
	meter->stalled_tsc -= earlier->stalled_tsc;
}

void
stall_add(struct stall_meter *sum, const struct stall_meter *meter)
{
	unsigned int class;

	for (class = 0; class < STALL_CLASSES; class ++)
		sum->count[class] += meter->count[class];
	sum->stalled_tsc += meter->stalled_tsc;
	if (meter->longest_tsc > sum->longest_tsc)
		sum->longest_tsc = meter->longest_tsc;
}

void
stall_json(const struct stall_meter *meter, json_t *object)
{
	double longest_us = tsc_to_us(meter, meter->longest_tsc);
	double stalled_us = tsc_to_us(meter, meter->stalled_tsc);

	json_object_set_new(object, "stalls_20us", json_integer(stall_count(meter, STALL_MIN_US)));
	json_object_set_new(object, "stalls_200us",
			    json_integer(stall_count(meter, STALL_LONG_US)));
	json_object_set_new(object, "longest_us", json_real(longest_us));
	json_object_set_new(object, "stalled_ms", json_real(stalled_us / 1000));
}
