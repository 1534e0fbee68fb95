/* SPDX-License-Identifier: MIT */
#include "peak.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_HOOKS 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define HAVE_HOOKS 1
#endif

#ifdef HAVE_HOOKS
#include <stdbool.h>
#include <stdint.h>

/* The sanitizers' own interface; gcc 12 has the functions but not the header. */
int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void *, size_t),
                                              void (*on_free)(const volatile void *));
size_t __sanitizer_get_allocated_size(const volatile void *address);

static bool installed;
static int64_t held, most;

static void on_malloc(const volatile void *address, size_t size)
{
    (void)address;
    held += (int64_t)size;
    most = held > most ? held : most;
}

static void on_free(const volatile void *address)
{
    if (address)
        held -= (int64_t)__sanitizer_get_allocated_size(address);
}

void peak_reset(void)
{
    if (!installed)
        installed = __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free) != 0;
    held = most = 0;
}

size_t peak_bytes(void)
{
    return (size_t)most;
}
#else
void peak_reset(void)
{
}

size_t peak_bytes(void)
{
    return 0;
}
#endif
