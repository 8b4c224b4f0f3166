/* Runs a classifier once and prints the class of the sample.
 *
 * The model is an object or a C file of quant-compile, with its header. All of
 * its memory is here: the arena, whose size the header states, and buffers
 * unless they are parts of the arena (--io-in-arena).
 */
#include "clothes.h"
#include "console.h"

/* Pixels from 0 to 255, as a camera gives them. */
static const uint8_t sample[CLOTHES_INPUT0_ELEMENTS] = {
#include "sample.inc"
};

static uint8_t arena[CLOTHES_ARENA_BYTES]
    __attribute__((aligned(CLOTHES_ARENA_ALIGNMENT)));
#ifndef CLOTHES_INPUT0_OFFSET
static int8_t input_buffer[CLOTHES_INPUT0_ELEMENTS];
static int8_t score_buffer[CLOTHES_OUTPUT0_ELEMENTS];
#define CLOTHES_INPUT0(arena) input_buffer
#define CLOTHES_OUTPUT0(arena) score_buffer
#endif

/* The integer that stands for a pixel: q with scale * (q - zero point) = x. */
static int8_t quantize(uint8_t pixel) {
  int32_t q = (int32_t)((float)pixel / CLOTHES_INPUT0_SCALE + 0.5f) +
              CLOTHES_INPUT0_ZERO_POINT;
  return (int8_t)(q > 127 ? 127 : q);
}

int main(void) {
  int8_t *input = CLOTHES_INPUT0(arena), *scores = CLOTHES_OUTPUT0(arena);
  for (int i = 0; i < CLOTHES_INPUT0_ELEMENTS; i++)
    input[i] = quantize(sample[i]);
  int status = clothes_run(input, scores, arena, 0, 0);
  if (status != 0)
    return status;
  int best = 0;
  for (int i = 1; i < CLOTHES_OUTPUT0_ELEMENTS; i++)
    if (scores[i] > scores[best])
      best = i;
  const char text[] = {'c', 'l', 'a', 's', 's', ' ', (char)('0' + best), '\n', 0};
  console_print(text);
  return 0;
}
