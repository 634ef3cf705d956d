/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What lib/frontend costs its user: TSC ticks a frame, to send (tx_get, a frame of FRAME_BYTES
 * written, tx_put) and to receive (rx_get, its first 16 bytes read, rx_put), in bursts of 32.
 *
 *	front_bench [DRIVER_CPU DEVICE_CPU [SLICES]]
 *
 * alone    the device works on the same CPU, in turn with the driver: instructions alone
 * apart    it works on another CPU at the same time: with the way of the cache lines
 *
 * The device is the simplest possible: it copies each frame from the transmit ring to the receive
 * ring of the same pair. Of each slice the median of the calls that moved a whole burst is taken.
 * One line for each kind of ring: the median of the slices, with the least and the greatest; those
 * with the CPUs near to each other and far from each other (by the round trip of a cache line)
 * apart. The loop is driver and device. Needs an x86-64 time stamp counter.
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <x86intrin.h>

#include "front.h"
#include "front_device.h"

#define BURST 32
#define FRAME_BYTES 60
#define RING_SIZE 1024
#define BUFFER_BYTES 1518
#define IN_FLIGHT 512
#define SLICE_TICKS 50000000ULL
#define SLICES_MAX 1001
#define EXCHANGES 64
#define NEAR_TICKS 400
#define TICKS_MAX 65536

struct bench {
	struct front_ring rx, tx;
	const struct front_ops *ops;
	bool packed, mergeable;
	struct front_device device;
	uint32_t in_flight;
	uint64_t sink;
	bool stop; /* atomic */
	/* Of the round trip: each on its own line. */
	uint64_t ping __attribute__((aligned(64)));
	uint64_t pong __attribute__((aligned(64)));
};

struct sample {
	double tx, rx, all; /* ticks a frame */
	uint64_t round_trip;
};

static void
make_ring(struct bench *bench, struct front_ring *ring, bool writes)
{
	struct front_ring_config config = {
		.packed = bench->packed,
		.writes = writes,
		.size = RING_SIZE,
		.buffer_bytes = BUFFER_BYTES,
		.kick_fd = -1,
	};
	struct front_ring_layout layout;
	size_t bytes;
	void *memory;

	front_ring_layout(&layout, config.packed, config.size, config.buffer_bytes);
	bytes = (layout.bytes + (2 << 20) - 1) >> 21 << 21;
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB | MAP_POPULATE, -1, 0);
	if (memory == MAP_FAILED)
		memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (memory == MAP_FAILED || front_ring_init(ring, &config, memory) < 0)
		exit(1);
}

static uint32_t
device_works(struct bench *bench)
{
	return bench->packed ? front_device_packed(&bench->device)
			     : front_device_split(&bench->device);
}

static void
pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0) {
		perror("front_bench: CPU");
		exit(1);
	}
}

static int device_cpu = 1;

static void *
device_thread(void *arg)
{
	struct bench *bench = arg;
	uint64_t ping;

	pin(device_cpu);
	while (!__atomic_load_n(&bench->stop, __ATOMIC_RELAXED)) {
		device_works(bench);
		ping = __atomic_load_n(&bench->ping, __ATOMIC_ACQUIRE);
		if (ping != __atomic_load_n(&bench->pong, __ATOMIC_RELAXED))
			__atomic_store_n(&bench->pong, ping, __ATOMIC_RELEASE);
	}
	return NULL;
}

static int
compare_u64(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

/* The median; with an idle device, which looks at the rings in between. */
static uint64_t
round_trip(struct bench *bench)
{
	uint64_t ticks[EXCHANGES], begun;
	uint32_t i;

	for (i = 0; i < EXCHANGES; i++) {
		begun = __rdtsc();
		__atomic_store_n(&bench->ping, bench->ping + 1, __ATOMIC_RELEASE);
		while (__atomic_load_n(&bench->pong, __ATOMIC_ACQUIRE) != bench->ping)
			_mm_pause();
		ticks[i] = __rdtsc() - begun;
	}
	qsort(ticks, EXCHANGES, sizeof(ticks[0]), compare_u64);
	return ticks[EXCHANGES / 2];
}

static uint16_t
driver_sends(struct bench *bench)
{
	uint32_t len_bytes[BURST], room = IN_FLIGHT - bench->in_flight, i;
	uint8_t *frames[BURST];
	uint16_t n;

	if (room < BURST)
		return 0;
	n = bench->ops->tx_get(&bench->tx, frames, BURST);
	for (i = 0; i < n; i++) {
		/* As much as a generator writes. */
		__m128i word = _mm_set1_epi32(i + bench->in_flight);

		_mm_store_si128((__m128i *)frames[i], word);
		_mm_store_si128((__m128i *)(frames[i] + 16), word);
		_mm_store_si128((__m128i *)(frames[i] + 32), word);
		_mm_storeu_si128((__m128i *)(frames[i] + FRAME_BYTES - 16), word);
		len_bytes[i] = FRAME_BYTES;
	}
	if (n > 0) {
		bench->ops->tx_put(&bench->tx, len_bytes, n);
		bench->sink += bench->ops->wants_kick(&bench->tx);
	}
	bench->in_flight += n;
	return n;
}

static uint16_t
driver_receives(struct bench *bench)
{
	struct vsw_front_frame frames[BURST];
	uint16_t n, i;

	n = bench->ops->rx_get(&bench->rx, frames, BURST);
	for (i = 0; i < n; i++)
		bench->sink += *(uint64_t *)frames[i].data + frames[i].len_bytes;
	if (n > 0) {
		bench->ops->rx_put(&bench->rx);
		bench->sink += bench->ops->wants_kick(&bench->rx);
	}
	bench->in_flight -= n;
	return n;
}

/* Ticks of the calls that moved a whole burst. Their median knows nothing of interruptions. */
struct histogram {
	uint32_t n_calls[TICKS_MAX];
	uint32_t n;
};

static void
count(struct histogram *histogram, uint16_t n_frames, uint64_t ticks)
{
	if (n_frames != BURST)
		return;
	histogram->n_calls[ticks < TICKS_MAX ? ticks : TICKS_MAX - 1]++;
	histogram->n++;
}

static double
ticks_a_frame(struct histogram *histogram)
{
	uint32_t left = histogram->n / 2, ticks = 0;

	while (left > histogram->n_calls[ticks])
		left -= histogram->n_calls[ticks++];
	memset(histogram, 0, sizeof(*histogram));
	return (double)ticks / BURST;
}

static struct sample
take_slice(struct bench *bench, bool alone)
{
	static struct histogram tx, rx;
	struct sample sample = {.round_trip = alone ? 0 : round_trip(bench)};
	uint64_t n_frames = 0, begun = __rdtsc(), t0, t1, t2;
	uint16_t n;

	do {
		t0 = __rdtsc();
		n = driver_sends(bench);
		t1 = __rdtsc();
		count(&tx, n, t1 - t0);
		if (alone)
			device_works(bench);
		t1 = __rdtsc();
		n = driver_receives(bench);
		t2 = __rdtsc();
		count(&rx, n, t2 - t1);
		n_frames += n;
	} while (t2 - begun < SLICE_TICKS);
	sample.tx = ticks_a_frame(&tx);
	sample.rx = ticks_a_frame(&rx);
	sample.all = n_frames > 0 ? (double)(t2 - begun) / n_frames : 0;
	if (!alone && round_trip(bench) > NEAR_TICKS)
		sample.round_trip = NEAR_TICKS + 1;
	return sample;
}

static int
compare_double(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static void
print_column(const struct sample *samples, uint32_t n, size_t member)
{
	double values[SLICES_MAX];
	uint32_t i;

	for (i = 0; i < n; i++)
		values[i] = *(const double *)((const char *)&samples[i] + member);
	qsort(values, n, sizeof(values[0]), compare_double);
	printf("  %6.1f [%5.1f..%6.1f]", values[n / 2], values[0], values[n - 1]);
}

static void
print_row(const char *name, const char *how, const struct sample *samples, uint32_t n)
{
	if (n == 0)
		return;
	printf("%-17s %-11s", name, how);
	print_column(samples, n, offsetof(struct sample, tx));
	print_column(samples, n, offsetof(struct sample, rx));
	print_column(samples, n, offsetof(struct sample, all));
	printf("  %4u\n", n);
}

static void
run(const char *name, const struct front_ops *ops, bool packed, bool mergeable, bool alone,
    uint32_t n_slices)
{
	static struct sample near[SLICES_MAX], far[SLICES_MAX];
	static struct bench bench;
	uint32_t n_near = 0, n_far = 0;
	struct sample sample;
	pthread_t thread;

	memset(&bench, 0, sizeof(bench));
	bench.ops = ops;
	bench.packed = packed;
	bench.mergeable = mergeable;
	make_ring(&bench, &bench.rx, true);
	make_ring(&bench, &bench.tx, false);
	bench.device =
		(struct front_device){.tx = &bench.tx, .rx = &bench.rx, .mergeable = mergeable};
	if (!alone && pthread_create(&thread, NULL, device_thread, &bench) != 0)
		exit(1);
	take_slice(&bench, alone);
	while (n_near + n_far < n_slices) {
		sample = take_slice(&bench, alone);
		if (sample.round_trip <= NEAR_TICKS)
			near[n_near++] = sample;
		else
			far[n_far++] = sample;
	}
	__atomic_store_n(&bench.stop, true, __ATOMIC_RELAXED);
	if (!alone)
		pthread_join(thread, NULL);
	print_row(name, alone ? "alone" : "apart near", near, n_near);
	print_row(name, "apart far", far, n_far);
}

int
main(int argc, char **argv)
{
	uint32_t n_slices = argc > 3 ? atoi(argv[3]) : 20;
	int alone;

	if (n_slices == 0 || n_slices > SLICES_MAX)
		return 1;
	pin(argc > 2 ? atoi(argv[1]) : 0);
	device_cpu = argc > 2 ? atoi(argv[2]) : 1;
	printf("%-29s  %-22s  %-22s  %-22s  slices\n", "ticks a frame of 60 bytes", "tx", "rx",
	       "all the loop");
	for (alone = 1; alone >= 0; alone--) {
		run("split", &front_split, false, false, alone, n_slices);
		run("split mergeable", &front_split_mergeable, false, true, alone, n_slices);
		run("packed", &front_packed, true, false, alone, n_slices);
		run("packed mergeable", &front_packed_mergeable, true, true, alone, n_slices);
	}
	return 0;
}
