/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/fdb against a model that anyone can check by eye: an array with one element for each key
 * there is. Random operations, both must always agree. The table is large enough never to evict;
 * what eviction does is in test_fdb.c, and here only held against the books.
 */
#include "fdb_fixture.h"

#include <errno.h>

#define N_MACS 60U
#define N_VLANS 3U
#define N_KEYS (N_MACS * N_VLANS)
#define N_PORTS 6U
#define PORT_LIMIT 25U
#define N_STEPS 300000U

struct model_entry {
	bool present;
	bool is_static;
	uint16_t port_id;
	uint32_t used_s;
};

struct model {
	struct model_entry entry[N_KEYS];
	uint32_t now_s;
	uint32_t ageing_s;
	uint64_t learned;
};

static uint16_t
vlan_of(unsigned int k)
{
	return 1 + k % N_VLANS;
}

static uint64_t
key_of(unsigned int k)
{
	return vsw_fdb_key(vlan_of(k), 0x020000000000ULL + k / N_VLANS);
}

static unsigned int
model_count(const struct model *model, unsigned int port_id)
{
	unsigned int k, n = 0;

	for (k = 0; k < N_KEYS; k++)
		n += model->entry[k].present && !model->entry[k].is_static &&
		     model->entry[k].port_id == port_id;
	return n;
}

static enum vsw_fdb_result
model_learn(struct model *model, unsigned int k, uint16_t port_id)
{
	struct model_entry *e = &model->entry[k];
	struct model_entry before = *e;

	if (e->present && e->is_static)
		return e->port_id == port_id ? VSW_FDB_KNOWN : VSW_FDB_STATIC_VIOLATION;
	if ((!e->present || e->port_id != port_id) && model_count(model, port_id) >= PORT_LIMIT)
		return VSW_FDB_PORT_LIMIT;
	*e = (struct model_entry){.present = true, .port_id = port_id, .used_s = model->now_s};
	if (!before.present) {
		model->learned++;
		return VSW_FDB_LEARNED;
	}
	if (before.port_id != port_id)
		return VSW_FDB_MOVED;
	return before.used_s == model->now_s ? VSW_FDB_KNOWN : VSW_FDB_REFRESHED;
}

static void
model_sweep(struct model *model)
{
	unsigned int k;

	for (k = 0; k < N_KEYS; k++) {
		struct model_entry *e = &model->entry[k];

		if (!e->is_static && model->now_s - e->used_s >= model->ageing_s)
			e->present = false;
	}
}

/* 0 as port_id or vlan is all. Returns how many went. */
static unsigned int
model_flush(struct model *model, uint16_t port_id, uint16_t vlan, bool statics)
{
	unsigned int k, n = 0;

	for (k = 0; k < N_KEYS; k++) {
		struct model_entry *e = &model->entry[k];

		if (!e->present || (e->is_static && !statics))
			continue;
		if ((port_id != 0 && e->port_id != port_id) || (vlan != 0 && vlan_of(k) != vlan))
			continue;
		memset(e, 0, sizeof(*e));
		n++;
	}
	return n;
}

static void
compare_key(const struct vsw_fdb *fdb, const struct model *model, unsigned int k)
{
	const struct model_entry *e = &model->entry[k];
	struct vsw_fdb_entry entry;

	assert_int_equal(fdb_lookup(fdb, key_of(k)), e->present ? e->port_id : VSW_FDB_MISS);
	assert_int_equal(vsw_fdb_get(fdb, key_of(k), &entry), e->present ? 0 : -ENOENT);
	if (!e->present)
		return;
	assert_int_equal(entry.type == VSW_FDB_STATIC, e->is_static);
	assert_int_equal(entry.age_s, e->is_static ? 0 : model->now_s - e->used_s);
}

static void
compare_all(const struct vsw_fdb *fdb, const struct model *model)
{
	unsigned int k, port_id;

	for (k = 0; k < N_KEYS; k++)
		compare_key(fdb, model, k);
	for (port_id = 0; port_id < N_PORTS; port_id++)
		assert_int_equal(vsw_fdb_port_entries(fdb, port_id), model_count(model, port_id));
	fdb_check_books(fdb, model->learned);
}

static void
step_time(struct vsw_fdb *fdb, struct model *model, uint64_t r)
{
	model->now_s += r % 40;
	vsw_fdb_set_time(fdb, model->now_s);
	/* An expired entry lives until it is swept or its slot is wanted: leave none. */
	model_sweep(model);
	fdb_sweep_all(fdb);
}

static void
step_static(struct vsw_fdb *fdb, struct model *model, unsigned int k, uint16_t port_id)
{
	model->entry[k] =
		(struct model_entry){.present = true, .is_static = true, .port_id = port_id};
	assert_int_equal(vsw_fdb_add_static(fdb, key_of(k), port_id, NULL), 0);
}

static void
step_del(struct vsw_fdb *fdb, struct model *model, unsigned int k)
{
	assert_int_equal(vsw_fdb_del(fdb, key_of(k), NULL), model->entry[k].present ? 0 : -ENOENT);
	memset(&model->entry[k], 0, sizeof(model->entry[k]));
}

static void
step_flush(struct vsw_fdb *fdb, struct model *model, unsigned int which, uint16_t port_id,
	   uint16_t vlan)
{
	switch (which) {
	case 0:
		assert_int_equal(vsw_fdb_flush_all(fdb), model_flush(model, 0, 0, false));
		break;
	case 1:
		assert_int_equal(vsw_fdb_flush_vlan(fdb, vlan), model_flush(model, 0, vlan, false));
		break;
	case 2:
		assert_int_equal(vsw_fdb_flush_port(fdb, port_id),
				 model_flush(model, port_id, 0, false));
		break;
	case 3:
		assert_int_equal(vsw_fdb_flush_port_vlan(fdb, port_id, vlan),
				 model_flush(model, port_id, vlan, false));
		break;
	default:
		assert_int_equal(vsw_fdb_remove_port(fdb, port_id),
				 model_flush(model, port_id, 0, true));
	}
}

static void
step(struct vsw_fdb *fdb, struct model *model, uint64_t r)
{
	unsigned int k = (r >> 8) % N_KEYS;
	uint16_t port_id = 1 + (r >> 24) % (N_PORTS - 1);
	unsigned int what = (r >> 40) % 1000;

	if (what < 900)
		assert_int_equal(fdb_learn(fdb, key_of(k), port_id),
				 model_learn(model, k, port_id));
	else if (what < 940)
		step_time(fdb, model, r >> 52);
	else if (what < 960)
		step_static(fdb, model, k, port_id);
	else if (what < 990)
		step_del(fdb, model, k);
	else
		step_flush(fdb, model, (r >> 52) % 5, port_id, vlan_of(k));
	compare_key(fdb, model, k);
}

static void
test_random_steps(void **state)
{
	struct vsw_fdb_config config = {
		.entries_max = 10000,
		.ports_max = N_PORTS,
		.port_limit = PORT_LIMIT,
		.ageing_s = 200,
	};
	struct model model = {.ageing_s = 200};
	uint64_t seed = fdb_seed();
	struct vsw_fdb *fdb;
	unsigned int i;

	(void)state;
	config.seed = fdb_random(&seed);
	fdb = fdb_create(config);
	for (i = 0; i < N_STEPS; i++) {
		step(fdb, &model, fdb_random(&seed));
		if (i % 1000 == 0)
			compare_all(fdb, &model);
	}
	compare_all(fdb, &model);
	fdb_destroy(fdb);
}

/* Small tables, always full, with static entries in between. */
static void
test_random_evictions(void **state)
{
	uint64_t seed = fdb_seed();
	uint64_t learned = 0;
	struct vsw_fdb *fdb;
	unsigned int i, size;

	(void)state;
	for (size = 1; size < 120; size += 7, learned = 0) {
		fdb = fdb_create_sized(size, fdb_random(&seed));
		for (i = 0; i < 5000; i++) {
			uint64_t r = fdb_random(&seed);
			uint64_t key = key_of(r % N_KEYS);
			uint16_t port_id = (r >> 32) % N_PORTS;

			if ((r >> 48) % 100 == 0)
				vsw_fdb_add_static(fdb, key, port_id, NULL);
			else if ((r >> 48) % 100 == 1)
				vsw_fdb_del(fdb, key, NULL);
			else
				learned += fdb_learn(fdb, key, port_id) == VSW_FDB_LEARNED;
			assert_true(fdb_counts(fdb).dynamic <= size);
			assert_true(fdb_counts(fdb).statics <= size);
		}
		fdb_check_books(fdb, learned);
		fdb_destroy(fdb);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_steps),
		cmocka_unit_test(test_random_evictions),
	};

	return cmocka_run_group_tests_name("fdb_model", tests, NULL, NULL);
}
