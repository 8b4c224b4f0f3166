/* Runs `small` through its header: serial, with a parallel loop, and wrongly.
 */
#include "small.h"

static int calls = 0;

/* Two ranges, the second one first. */
static void twice(void *pool, int64_t count, small_task task, void *context) {
  int64_t middle = count / 2;
  (void)pool;
  ++calls;
  task(context, middle, count);
  task(context, 0, middle);
}

int main(void) {
  static union {
    char bytes[SMALL_ARENA_BYTES + 2 * SMALL_ARENA_ALIGNMENT];
    double aligned;
  } memory;
  static const float x[SMALL_INPUT0_ELEMENTS] = {1,  2,    3,     4,
                                                 -1, 0.5f, 0.25f, 8};
  static const float expected[SMALL_OUTPUT0_ELEMENTS] = {31,     7.5f, 20.75f,
                                                         33.75f, 6.5f, 63.25f};
  float y[SMALL_OUTPUT0_ELEMENTS];
  char *arena = memory.bytes;
  int pass, i;
  while ((uintptr_t)arena % SMALL_ARENA_ALIGNMENT)
    ++arena;
  for (pass = 0; pass < 2; ++pass) {
    for (i = 0; i < SMALL_OUTPUT0_ELEMENTS; ++i)
      y[i] = 0;
    if (small_run(x, y, arena, pass ? twice : 0, 0))
      return 1;
    for (i = 0; i < SMALL_OUTPUT0_ELEMENTS; ++i)
      if (y[i] != expected[i])
        return 2;
  }
  if (!calls)
    return 3;
  if (small_run(0, y, arena, 0, 0) != 1 || small_run(x, 0, arena, 0, 0) != 1 ||
      small_run(x, y, 0, 0, 0) != 1)
    return 4;
  return small_run(x, y, arena + 1, 0, 0) == 2 ? 0 : 5;
}
