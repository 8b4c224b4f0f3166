/* Prints what `ops_run` makes of numbers at the ends of ranges and between. */
#include "ops.h"
#include <stdio.h>
#include <string.h>

int main(void) {
  static int32_t x[64], y[OPS_OUTPUT0_ELEMENTS];
  static float f[64];
  static uint8_t arena[OPS_ARENA_BYTES + 64];
  static const uint32_t ends[] = {0u,          1u,          0xFFFFFFFFu,
                                  0x7FFFFFFFu, 0x80000000u, 0x80000001u,
                                  0x7F80u,     0x80FFu,     0x7E01u};
  static const uint32_t floats[] = {0u,          0x80000000u, 0x7F800000u,
                                    0xFF800000u, 0x7FC00000u, 0x3F000000u,
                                    0xC0200000u, 0x4B000001u, 1u};
  uint32_t r = 12345u;
  for (int i = 0; i < 64; i++) {
    r = r * 1664525u + 1013904223u;
    uint32_t bits = i < 18 ? ends[i % 9] : r >> (i % 24);
    memcpy(&x[i], &bits, 4);
    bits = i % 7 == 0 ? floats[i / 7 % 9]
                      : (r & 0x807FFFFFu) | (0x7Bu + r % 13u) << 23;
    memcpy(&f[i], &bits, 4);
  }
  if (ops_run(x, f, y, arena + 64 - (uintptr_t)arena % 64, 0, 0))
    return 1;
  for (int i = 0; i < OPS_OUTPUT0_ELEMENTS; i++)
    printf("operation %d, pair %d: %08lx\n", i / 64, i % 64,
           (unsigned long)(uint32_t)y[i]);
  return 0;
}
