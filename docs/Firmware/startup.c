/* Start-up code of a Cortex-M: vector table, memory, floats; then main. */
#include "console.h"
#include <stddef.h>
#include <stdint.h>

extern uint8_t stack_top[], bss_start[], bss_end[];
extern uint8_t data_start[], data_end[], data_load[];
int main(void);

/* What compilers call for copies and loops that fill memory. */
void *memcpy(void *to, const void *from, size_t size) {
  uint8_t *t = to;
  const uint8_t *f = from;
  while (size-- > 0)
    *t++ = *f++;
  return to;
}

void *memset(void *to, int value, size_t size) {
  uint8_t *t = to;
  while (size-- > 0)
    *t++ = (uint8_t)value;
  return to;
}

void __aeabi_memcpy(void *to, const void *from, size_t size) {
  memcpy(to, from, size);
}
void __aeabi_memcpy4(void *to, const void *from, size_t size) {
  memcpy(to, from, size);
}
void __aeabi_memclr(void *to, size_t size) { memset(to, 0, size); }
void __aeabi_memclr4(void *to, size_t size) { memset(to, 0, size); }

static int semihost(int operation, const void *argument) {
  register int r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

void console_print(const char *text) { semihost(4, text); }

void console_exit(int status) {
  const uint32_t block[2] = {0x20026, (uint32_t)status};
  semihost(0x20, block);
  for (;;)
    ;
}

static void fault(void) {
  console_print("fault\n");
  console_exit(99);
}

void reset(void) {
  /* Access to the registers of floats and vectors; a write is ignored where
     there are none. */
  *(volatile uint32_t *)0xE000ED88 |= 0xFu << 20;
#ifdef __ARM_FEATURE_MVE
  /* Low-overhead loops. */
  *(volatile uint32_t *)0xE000ED14 |= 1u << 19;
#endif
  __asm__ volatile("dsb\n isb");
  memcpy(data_start, data_load, (size_t)(data_end - data_start));
  memset(bss_start, 0, (size_t)(bss_end - bss_start));
  console_exit(main());
}

__attribute__((section(".vectors"), used)) static void *const vectors[16] = {
    stack_top,
    (void *)reset,
    [2 ... 6] = (void *)fault,
    [11] = (void *)fault,
    [14] = (void *)fault,
    [15] = (void *)fault,
};
