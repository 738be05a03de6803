/*
 * libparsum: exact sums, in parallel.
 *
 * The library prints nothing, exits never, catches no signal and changes nothing that belongs to
 * the process. All that it exports begins with parsum_. This header is all of it; what it offers
 * grows from version to version, and what is in it stays.
 */
#ifndef PARSUM_H
#define PARSUM_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined __GNUC__
#define PARSUM_API __attribute__((visibility("default")))
#else
#define PARSUM_API
#endif

/* The version of the library, such as "0.1.0". Thread-safe; the text stays. */
PARSUM_API const char *parsum_version(void);

#ifdef __cplusplus
}
#endif

#endif
