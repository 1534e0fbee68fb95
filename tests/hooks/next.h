/* SPDX-License-Identifier: MIT */
/* What the libraries for LD_PRELOAD have in common. */
#ifndef EXN_HOOKS_NEXT_H
#define EXN_HOOKS_NEXT_H

#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/types.h>

/* The call behind the one of this name here. */
#define NEXT(name) ((__typeof__(&name))(uintptr_t)dlsym(RTLD_NEXT, #name))

/* The mode that open(2) and openat(2) get behind their flags, where they get one. */
#define MODE_BEHIND(flags)                                                                         \
    __extension__({                                                                                \
        mode_t mode_ = 0;                                                                          \
        va_list arguments_;                                                                        \
        va_start(arguments_, flags);                                                               \
        if ((flags)&O_CREAT)                                                                       \
            mode_ = va_arg(arguments_, mode_t);                                                    \
        va_end(arguments_);                                                                        \
        mode_;                                                                                     \
    })

#endif
