/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Network namespaces: do something inside one.
 *
 * Model: the calling thread enters a namespace, makes sockets or interfaces there, which stay in
 * it, and leaves again. Other threads are not moved.
 */
#ifndef NETNS_H
#define NETNS_H

#include "vsw_error.h"

/*
 * Enter the namespace of that name (of `ip netns`), or of that path if it has a '/'. Returns a
 * descriptor for netns_leave(), or a negative errno with err set and the thread where it was.
 */
int netns_enter(const char *name, struct vsw_error *err);

/* Go back to where netns_enter() was called, and close the descriptor. */
void netns_leave(int home);

#endif /* NETNS_H */
