/* Programs of Linux without a C library, for emulators of single programs. */
#include "machine.h"

#if defined(__x86_64__)
enum { SYS_WRITE = 1, SYS_EXIT = 60 };
#elif defined(__arm__)
enum { SYS_WRITE = 4, SYS_EXIT = 1 };
#else
enum { SYS_WRITE = 64, SYS_EXIT = 93 };
#endif

static long system_call(long number, long a, long b, long c) {
#if defined(__x86_64__)
  register long result __asm__("rax") = number;
  __asm__ volatile("syscall"
                   : "+r"(result)
                   : "D"(a), "S"(b), "d"(c)
                   : "rcx", "r11", "memory");
  return result;
#elif defined(__arm__)
  /* r7 may be the frame pointer. */
  register long r0 __asm__("r0") = a, r1 __asm__("r1") = b,
                   r2 __asm__("r2") = c, r3 __asm__("r3") = number;
  __asm__ volatile("push {r7}\n mov r7, r3\n svc 0\n pop {r7}"
                   : "+r"(r0)
                   : "r"(r1), "r"(r2), "r"(r3)
                   : "memory");
  return r0;
#elif defined(__aarch64__)
  register long x0 __asm__("x0") = a, x1 __asm__("x1") = b,
                   x2 __asm__("x2") = c, x8 __asm__("x8") = number;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x8) : "memory");
  return x0;
#else
  register long a0 __asm__("a0") = a, a1 __asm__("a1") = b,
                   a2 __asm__("a2") = c, a7 __asm__("a7") = number;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7) : "memory");
  return a0;
#endif
}

void machine_print(const char *text) {
  long size = 0;
  while (text[size])
    size++;
  system_call(SYS_WRITE, 1, (long)text, size);
}

void machine_exit(int status) {
  for (;;)
    system_call(SYS_EXIT, status, 0, 0);
}

__attribute__((used)) static void start(void) { machine_exit(main()); }

/* The stack is aligned for a function that was called. */
#if defined(__x86_64__)
__asm__(".globl _start\n_start: and $-16, %rsp\n call start");
#elif defined(__arm__)
__asm__(".thumb\n.globl _start\n.thumb_func\n_start: bl start");
#elif defined(__aarch64__)
__asm__(".globl _start\n_start: bl start");
#else
__asm__(".globl _start\n_start: andi sp, sp, -16\n call start");
#endif
