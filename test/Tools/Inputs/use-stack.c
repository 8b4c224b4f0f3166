/* Runs `demo` on a painted stack and compares what it touched with the bound.
 */
#include "demo.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { kStackBytes = 1 << 20 };

static union {
  char bytes[kStackBytes];
  double aligned;
} stack;
static union {
  char bytes[DEMO_ARENA_BYTES + DEMO_ARENA_ALIGNMENT];
  double aligned;
} memory;
static int8_t x[DEMO_INPUT0_ELEMENTS], y[DEMO_OUTPUT0_ELEMENTS];
static char *top;

static void *run(void *unused) {
  char here;
  char *arena = memory.bytes;
  while ((uintptr_t)arena % DEMO_ARENA_ALIGNMENT)
    ++arena;
  top = &here;
  return demo_run(x, y, arena, 0, 0) ? unused : 0;
}

int main(void) {
  pthread_attr_t attributes;
  pthread_t thread;
  void *result;
  long used;
  char *lowest = stack.bytes;
  memset(stack.bytes, 0x5a, sizeof(stack.bytes));
  if (pthread_attr_init(&attributes) ||
      pthread_attr_setstack(&attributes, stack.bytes, kStackBytes) ||
      pthread_create(&thread, &attributes, run, stack.bytes) ||
      pthread_join(thread, &result) || result)
    return 1;
  while (*lowest == 0x5a)
    ++lowest;
  /* The frame of `run` is not the model's. */
  used = (long)(top - lowest);
  printf("used %ld of %d\n", used, DEMO_STACK_BYTES);
  return used <= DEMO_STACK_BYTES + 128 && used * 8 >= DEMO_STACK_BYTES ? 0 : 2;
}
