/* SPDX-License-Identifier: BSD-3-Clause */
/* The frame by which a network learns where a guest is now. Source: RFC 903. */
#ifndef RARP_H
#define RARP_H

#include <stdint.h>

#define RARP_BYTES 60 /* the shortest frame on Ethernet, without FCS */

/* Write RARP_BYTES: a broadcast from mac, which asks for its own address. */
void rarp_write(uint8_t *at, const uint8_t *mac);

#endif /* RARP_H */
