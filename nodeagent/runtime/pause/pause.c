/* The sandbox's process: holds a pod's namespaces open, reaps the orphans of a shared PID namespace, and ends at once on
 * SIGTERM or SIGINT. It is static and without a C library, so the image is one file of a few kilobytes. */

#include <asm/signal.h>
#include <asm/unistd.h>
#include <linux/signal.h>

typedef unsigned long mask_t;

#if defined(__x86_64__)
static long syscall4(long number, long a, long b, long c, long d) {
    long result;
    register long r10 __asm__("r10") = d;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
    return result;
}
#elif defined(__aarch64__)
static long syscall4(long number, long a, long b, long c, long d) {
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
    return x0;
}
#else
#error "pause.c has no system call for this architecture"
#endif

static mask_t bit(int signal) { return 1UL << (signal - 1); }

static void reap(void) {
    const long no_hang = 1;
    while (syscall4(__NR_wait4, -1, 0, no_hang, 0) > 0) {
    }
}

/* Signals are blocked and taken with sigtimedwait, so no handler and no restorer is needed. As PID 1 a process gets only
 * signals that it has asked for; waiting for a blocked one counts. */
void _start(void) {
    mask_t wanted = bit(SIGTERM) | bit(SIGINT) | bit(SIGCHLD);
    syscall4(__NR_rt_sigprocmask, SIG_BLOCK, (long)&wanted, 0, sizeof(wanted));
    for (;;) {
        const long signal = syscall4(__NR_rt_sigtimedwait, (long)&wanted, 0, 0, sizeof(wanted));
        if (signal == SIGTERM || signal == SIGINT) syscall4(__NR_exit_group, 0, 0, 0, 0);
        reap();
    }
}
