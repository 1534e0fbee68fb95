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

/* Whether open(2) makes a file without a name; the flag has that of folders in it. */
#define MAKES_NAMELESS(flags) (((flags)&O_TMPFILE) == O_TMPFILE)

/* The mode that open(2) and openat(2) get behind their flags, where they get one. */
#define MODE_BEHIND(flags)                                                                         \
    __extension__({                                                                                \
        mode_t mode_ = 0;                                                                          \
        va_list arguments_;                                                                        \
        va_start(arguments_, flags);                                                               \
        if (((flags)&O_CREAT) || MAKES_NAMELESS(flags))                                            \
            mode_ = va_arg(arguments_, mode_t);                                                    \
        va_end(arguments_);                                                                        \
        mode_;                                                                                     \
    })

/* The six arguments that syscall(2) gets behind its number, into a long[6]. */
#define TAKE_SIX(arguments, number)                                                                \
    do {                                                                                           \
        va_list list_;                                                                             \
        va_start(list_, number);                                                                   \
        for (int i_ = 0; i_ < 6; i_++)                                                             \
            (arguments)[i_] = va_arg(list_, long);                                                 \
        va_end(list_);                                                                             \
    } while (0)

#endif
