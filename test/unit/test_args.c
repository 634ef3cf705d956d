/* SPDX-License-Identifier: BSD-3-Clause */
/* Our options: what each becomes, and the sentence for what is refused. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "args.h"
#include "args_notes.h"
#include "vsw_cmd.h"

#define WORDS 64

/* Parse a command line, whose words are separated by blanks. */
static int
parse(const char *line, struct args *args, struct vsw_error *err)
{
	static char text[1024]; /* the arguments borrow from it */
	char *argv[WORDS + 1] = {"vhost-switch"}, *rest = text;
	int argc = 1;

	snprintf(text, sizeof(text), "%s", line);
	while (rest != NULL && *line != '\0' && argc < WORDS)
		argv[argc++] = strsep(&rest, " ");
	return args_parse(argc, argv, args, err);
}

static void
accept(const char *line, struct args *args)
{
	struct vsw_error err = {0};

	if (parse(line, args, &err) != 0)
		fail_msg("%s: %s", line, err.text);
}

static void
options_have_defaults(void **state)
{
	struct args args;

	(void)state;
	accept("", &args);
	assert_true(args.portmask == 0 && !args.promiscuous && args.vm2vm == 1);
	assert_true(args.vlan_base == 1000 && args.vlan_strip);
	assert_true(args.n_sockets == 0 && args.dev_basename == NULL && !args.client);
	assert_true(args.mergeable && args.tx_csum && args.tso && args.stats_s == 0);
	assert_true(args.rx_retry_num == 4 && args.rx_retry_delay_us == 15);
	assert_true(args.dmas == NULL && args.total_num_mbufs == 0 && args.fdb_size == 65536);
	assert_true(args.cmdline_file == NULL && args.notes == 0);
}

static void
options_are_taken(void **state)
{
	struct args args;

	(void)state;
	accept("-p 0x5 -P --vm2vm 2 --vlan-base 3000 --vlan-strip 0 --mergeable 0 --tx-csum 0 "
	       "--tso 0 --stats 7 --rx-retry-num 10 --rx-retry-delay 100 --total-num-mbufs 9000 "
	       "--fdb-size 4194304 --dmas [txd0@00:04.0,rxd12@dma_skeleton0] --cmdline-file f "
	       "--socket-file a,vlan=2 --socket-file b --dev-basename usvhost --ctl-socket c",
	       &args);
	assert_true(args.portmask == 5 && args.promiscuous && args.vm2vm == 2);
	assert_true(args.vlan_base == 3000 && !args.vlan_strip);
	assert_true(!args.mergeable && !args.tx_csum && !args.tso && args.stats_s == 7);
	assert_true(args.rx_retry_num == 10 && args.rx_retry_delay_us == 100);
	assert_true(args.total_num_mbufs == 9000 && args.fdb_size == 4194304);
	assert_int_equal(args.n_sockets, 2);
	assert_string_equal(args.socket_file[0], "a,vlan=2");
	assert_string_equal(args.dmas, "[txd0@00:04.0,rxd12@dma_skeleton0]");
	assert_string_equal(args.dev_basename, "usvhost");
	assert_string_equal(args.cmdline_file, "f");
	assert_string_equal(args.ctl_path, "c");

	accept("-p ff --rx-retry 0 --rx-retry-num 1000 --ctl-socket none --client", &args);
	assert_true(args.portmask == 0xff && args.rx_retry_num == 0 && args.ctl_path == NULL);
	assert_true(args.client);
}

/* Lines, and what their sentence must say. */
static const char *const refused[][2] = {
	{"-p", "option -p needs a value"},
	{"-p 0", "-p 0: not a mask of Ethernet devices"},
	{"-p 0x", "-p 0x: not a mask"},
	{"-p 1g", "-p 1g: not a mask"},
	{"-p -1", "-p -1: not a mask"},
	{"-p 10000000000000000", "not a mask"},
	{"-P", "-P is for Ethernet uplinks, and there are none without -p"},
	{"--vm2vm 1", "--vm2vm is for Ethernet uplinks, and there are none without -p"},
	{"--vlan-base 2000", "none without -p"},
	{"--vlan-strip 1", "none without -p"},
	{"-p 1 --vm2vm 3", "--vm2vm 3: not a number from 0 to 2"},
	{"-p 1 --vlan-base 3001", "--vlan-base 3001: not a number from 0 to 3000"},
	{"-p 1 --vlan-strip 2", "--vlan-strip 2: not a number from 0 to 1"},
	{"--mergeable yes", "--mergeable yes: not a number from 0 to 1"},
	{"--mergeable 2", "--mergeable 2: not a number from 0 to 1"},
	{"--tx-csum 2", "from 0 to 1"},
	{"--tso +1", "--tso +1: not a number from 0 to 1"},
	{"--rx-retry 2", "from 0 to 1"},
	{"--stats 2147483648", "from 0 to 2147483647"},
	{"--stats 1s", "--stats 1s: not a number"},
	{"--total-num-mbufs -1", "--total-num-mbufs -1: not a number"},
	{"--fdb-size 0", "from 1 to 4194304"},
	{"--fdb-size 4194305", "from 1 to 4194304"},
	{"--fdb-size -1", "from 1 to 4194304"},
	{"--fdb-size 10k", "from 1 to 4194304"},
	{"--fdb-size 18446744073709551617", "from 1 to 4194304"},
	{"--rx-retry-delay 1001", "from 0 to 1000"},
	{"--rx-retry-num 67", "--rx-retry-num 67 times --rx-retry-delay 15 is 1005 us"},
	{"--dmas txd0@a", "--dmas txd0@a: not a list"},
	{"--dmas []", "not a list"},
	{"--dmas [txd@a]", "not a list"},
	{"--dmas [rx0@a]", "not a list"},
	{"--dmas [txd0@a,]", "not a list"},
	{"--dmas [txd0@a,rxd0]", "not a list"},
	{"--dmas [txd0@a]]", "not a list"},
	{"--dev-basename a --dev-basename b", "--dev-basename b: it was given before, as a"},
	{"--dev-basename a --client", "--dev-basename a cannot be a --client"},
	{"--socket-file", "option --socket-file needs a value"},
	{"--client=1", "option --client takes no value"},
	{"--mergable 1", "unknown option --mergable; did you mean --mergeable?"},
	{"--rx_retry 1", "unknown option --rx_retry; did you mean --rx-retry?"},
	{"--sokcet-file=/a", "unknown option --sokcet-file; did you mean --socket-file?"},
	{"-socket-file /a", "unknown option -socket-file; did you mean --socket-file?"},
	{"--zerocopy 1", "unknown option --zerocopy; did you mean --zero-copy?"},
	{"--no-pci", "unknown option --no-pci (EAL's stand before '--')"},
	{"-x", "unknown option -x"},
	{"surplus --client", "what is \"surplus\" for?"},
};

static void
nonsense_is_refused(void **state)
{
	struct vsw_error err;
	struct args args;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		memset(&err, 0, sizeof(err));
		if (parse(refused[i][0], &args, &err) != -EINVAL)
			fail_msg("accepted: %s", refused[i][0]);
		if (strstr(err.text, refused[i][1]) == NULL)
			fail_msg("%s: %s", refused[i][0], err.text);
	}
}

static void
notes_are_of_what_was_given(void **state)
{
	struct args args;
	uint32_t notes = 0;

	(void)state;
	accept("--tso 0 --tx-csum 0 --mergeable 1", &args);
	assert_int_equal(args.notes, 0);
	accept("--tx-csum 0", &args);
	assert_int_equal(args.notes, 0);
	accept("--zero-copy 1 --tso 1 --tx-csum 0 --dequeue-zero-copy --client", &args);
	args_notes_add(&notes, "--zero-copy");
	args_notes_add(&notes, "--dequeue-zero-copy");
	args_notes_add(&notes, "--tso");
	assert_int_equal(__builtin_popcount(notes), 3);
	assert_int_equal(args.notes, notes);
}

static void
ports_become_commands(void **state)
{
	char line[VSW_CMD_LINE_BYTES];
	struct vsw_error err;
	struct args args;

	(void)state;
	accept("--socket-file /a,name=x,vlan=7 --socket-file /b,client --mergeable 0 "
	       "--dev-basename usvhost --tx-csum 0 --socket-file /c,csum=on,tso=off",
	       &args);
	assert_int_equal(args_socket_command(&args, 0, line, sizeof(line), &err), 0);
	assert_string_equal(line, "port add vhost x path /a mergeable off csum off vlan 7");
	assert_int_equal(args_socket_command(&args, 1, line, sizeof(line), &err), 0);
	assert_string_equal(line, "port add vhost vhost1 path /b mergeable off csum off client");
	assert_int_equal(args_socket_command(&args, 2, line, sizeof(line), &err), 0);
	assert_string_equal(line, "port add vhost vhost2 path /c mergeable off csum on tso off");
	assert_int_equal(args_basename_command(&args, line, sizeof(line), &err), 0);
	assert_string_equal(line, "port add vhost usvhost path ./usvhost clients 64 mergeable off "
				  "csum off");
	accept("--dev-basename usvhost --tso 0", &args);
	assert_int_equal(args_basename_command(&args, line, sizeof(line), &err), 0);
	assert_string_equal(line, "port add vhost usvhost path ./usvhost clients 64 tso off");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_have_defaults),
		cmocka_unit_test(options_are_taken),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(notes_are_of_what_was_given),
		cmocka_unit_test(ports_become_commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
