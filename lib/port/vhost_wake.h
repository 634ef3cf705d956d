/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Make librte_vhost's thread look at a new socket, and let go of one that is closed.
 *
 * The thread waits in a poll(2) of the sockets it knew when it began, for up to 1000 ms, and a
 * socket registered meanwhile is not among them: its first front end would wait for that second.
 * What is closed meanwhile ends with the poll only, and its front end sees no end before. A signal
 * ends the poll. It cannot be known whether the thread is in it already, so a few are sent, one
 * with each vsw_port_vhost_tick() that follows vhost_wake().
 *
 * The signal is SIGURG, whose default is to be ignored, with a handler that does nothing and
 * SA_RESTART, so that no other call of the thread ends early. Source: fd_man.c of librte_vhost
 * 22.11; signal(7).
 *
 * Threads: control thread (main before that runs). Goes when the sockets are ours (the relay).
 */
#ifndef VHOST_WAKE_H
#define VHOST_WAKE_H

/* A socket has been registered or unregistered. */
void vhost_wake(void);

#endif /* VHOST_WAKE_H */
