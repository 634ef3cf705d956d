/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MAC addresses as numbers.
 *
 * A MAC address is a uint64_t whose low 48 bits hold the six octets in the order in which they are
 * written: 02:00:00:00:00:01 is 0x020000000001. Source: IEEE 802-2014 clause 8.2.
 *
 * Threads: pure functions.
 */
#ifndef VSW_MAC_H
#define VSW_MAC_H

#include <stdbool.h>
#include <stdint.h>

#define VSW_MAC_TEXT_BYTES 18 /* "xx:xx:xx:xx:xx:xx" and the final NUL */
#define VSW_MAC_BROADCAST 0xffffffffffffULL

/* True for multicast and broadcast: the I/G bit, the lowest one of the first octet. */
static inline bool
vsw_mac_is_group(uint64_t mac)
{
	return (mac >> 40) & 1;
}

/*
 * True for 01:80:c2:00:00:00 to :0f, which a bridge never forwards.
 * Source: IEEE 802.1Q-2018 clause 8.6.3, table 8-1.
 */
static inline bool
vsw_mac_is_reserved(uint64_t mac)
{
	return (mac & ~0xfULL) == 0x0180c2000000ULL;
}

/*
 * True for 01:80:c2:00:00:01, MAC control (PAUSE), which nothing that relays frames passes on.
 * Source: IEEE 802.3-2018 annex 31B.
 */
static inline bool
vsw_mac_is_pause(uint64_t mac)
{
	return mac == 0x0180c2000001ULL;
}

/* Parse "xx:xx:xx:xx:xx:xx" (also with '-'), and nothing else. Returns 0 or -EINVAL. */
int vsw_mac_parse(const char *text, uint64_t *mac);

/* Write mac into text, which holds VSW_MAC_TEXT_BYTES. Returns text. */
char *vsw_mac_format(uint64_t mac, char *text);

#endif /* VSW_MAC_H */
