/* Start-up code of Cortex-M boards, and semihosting: output and the exit status
   go through the emulator. */
#include "machine.h"

extern char stack_top[], bss_start[], bss_end[];

/* An operation of semihosting: its number in r0, its argument in r1. */
static int semihost(int operation, const void *argument) {
  register int r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

void machine_print(const char *text) {
  enum { SYS_WRITE0 = 4 };
  semihost(SYS_WRITE0, text);
}

void machine_exit(int status) {
  enum { SYS_EXIT_EXTENDED = 0x20, APPLICATION_EXIT = 0x20026 };
  uint32_t block[2] = {APPLICATION_EXIT, (uint32_t)status};
  semihost(SYS_EXIT_EXTENDED, block);
  for (;;)
    ;
}

static void fault(void) {
  machine_print("fault\n");
  machine_exit(99);
}

static void reset(void) {
  /* Access to the registers of floats and vectors (CPACR), which fault without
     it; low-overhead loops (CCR.LOB). Both are ignored where they do not
     exist. */
#if __ARM_ARCH_ISA_THUMB == 2
  *(volatile uint32_t *)0xE000ED88 |= 0xFu << 20;
#endif
#ifdef __ARM_FEATURE_MVE
  *(volatile uint32_t *)0xE000ED14 |= 1u << 19;
#endif
  __asm__ volatile("dsb\n isb");
  for (volatile char *byte = bss_start; byte < bss_end; byte++)
    *byte = 0;
  machine_exit(main());
}

/* Stack, reset, and the faults that end a program. */
__attribute__((section(".vectors"), used)) static void *const vectors[16] = {
    stack_top,
    (void *)reset,
    (void *)fault,
    (void *)fault,
    (void *)fault,
    (void *)fault,
    (void *)fault,
    (void *)fault,
    0,
    0,
    0,
    (void *)fault,
    (void *)fault,
    0,
    (void *)fault,
    (void *)fault,
};
