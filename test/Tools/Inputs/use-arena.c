/* Runs a model whose input and output are parts of its arena. */
#include "small.h"
#include <stdlib.h>
#include <string.h>

int main(void) {
  static const float x[SMALL_INPUT0_ELEMENTS] = {1,  2,    3,     4,
                                                 -1, 0.5f, 0.25f, 8};
  static const float expected[SMALL_OUTPUT0_ELEMENTS] = {31,     7.5f, 20.75f,
                                                         33.75f, 6.5f, 63.25f};
  float other[SMALL_INPUT0_ELEMENTS];
  char *memory = (char *)malloc(SMALL_ARENA_BYTES + 2 * SMALL_ARENA_ALIGNMENT);
  char *arena =
      memory + SMALL_ARENA_ALIGNMENT - (size_t)memory % SMALL_ARENA_ALIGNMENT;
  float *in = SMALL_INPUT0(arena), *out = SMALL_OUTPUT0(arena);
  if (!memory)
    return 1;
  for (int run = 0; run < 2; run++) {
    memcpy(in, x, sizeof x);
    if (small_run(in, out, arena, 0, 0) != 0)
      return 2;
    if (memcmp(out, expected, sizeof expected) != 0)
      return 3;
  }
  if (small_run(0, out, arena, 0, 0) != 1 ||
      small_run(in, 0, arena, 0, 0) != 1 || small_run(in, out, 0, 0, 0) != 1)
    return 4;
  if (small_run(in, out, arena + 4, 0, 0) != 2)
    return 5;
  if (small_run(other, out, arena, 0, 0) != 3 ||
      small_run(in, other, arena, 0, 0) != 3 ||
      small_run(in + 1, out, arena, 0, 0) != 3)
    return 6;
  free(memory);
  return 0;
}
