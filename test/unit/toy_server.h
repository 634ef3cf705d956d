/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A control socket with a toy command table, served by a child process, for tests of both its ends.
 *
 * Its commands: "echo <words:WORD>..." says the words, one a line; "fail" fails with ENOSPC;
 * "flood <bytes:UINT>" says that many letters; "sleep <ms:UINT>" takes its time; "calls" says how
 * many commands came before it.
 */
#ifndef TOY_SERVER_H
#define TOY_SERVER_H

#include <sys/types.h>

/* Serve path; returns the child when it listens, or -1. */
pid_t toy_server_start(const char *path);

/* End it in an orderly way; returns its exit status: 0, or what a sanitizer has made of it. */
int toy_server_stop(pid_t pid);

#endif /* TOY_SERVER_H */
