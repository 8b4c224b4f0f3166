/* Runs a model on samples and prints its outputs.
 *
 * Memory around the arena and the outputs outside of it holds a pattern that
 * must stay, and so does the stack below, which tells how much of it the model
 * used. Marks around the last call tell the counting plugin what to count.
 */
#include "case.h"
#include "machine.h"

enum { GUARD = 64, PATTERN = 0xA5, STACK = 16384 };

/* No-operations that the plugin knows, and the stack's pointer. */
#if defined(__x86_64__)
#define MARK_BEGIN ""
#define MARK_END ""
#define GET_STACK "mov %%rsp, %0"
#elif defined(__arm__)
#define MARK_BEGIN "mov r10, r10"
#define MARK_END "mov r11, r11"
#define GET_STACK "mov %0, sp"
#elif defined(__aarch64__)
#define MARK_BEGIN "mov x10, x10"
#define MARK_END "mov x11, x11"
#define GET_STACK "mov %0, sp"
#else
#define MARK_BEGIN ".word 0x00102013"
#define MARK_END ".word 0x00202013"
#define GET_STACK "mv %0, sp"
#endif

unsigned char case_arena[GUARD + CASE_ARENA_BYTES + GUARD]
    __attribute__((aligned(64)));

static inline __attribute__((always_inline)) void
fill(volatile unsigned char *memory, size_t size) {
  for (size_t i = 0; i < size; i++)
    memory[i] = PATTERN;
}

/* Bytes from the start that are as `fill` left them. */
static inline __attribute__((always_inline)) size_t
untouched(const volatile unsigned char *memory, size_t size) {
  size_t i = 0;
  while (i < size && memory[i] == PATTERN)
    i++;
  return i;
}

static void print_byte(unsigned char byte) {
  static const char digits[] = "0123456789abcdef";
  char text[3] = {digits[byte >> 4], digits[byte & 15], 0};
  machine_print(text);
}

static void print_number(const char *name, uint32_t number) {
  machine_print(name);
  machine_print(": ");
  for (int shift = 24; shift >= 0; shift -= 8)
    print_byte((unsigned char)(number >> shift));
  machine_print("\n");
}

static void print_output(const struct case_tensor *output) {
  machine_print("output: ");
  char text[65];
  size_t used = 0;
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < output->size; i++) {
    unsigned char byte = output->data[GUARD + i];
    text[used++] = digits[byte >> 4];
    text[used++] = digits[byte & 15];
    if (used == 64 || i + 1 == output->size) {
      text[used] = 0;
      machine_print(text);
      used = 0;
    }
  }
  machine_print("\n");
}

static int guards_hold(const unsigned char *memory, size_t size) {
  return untouched(memory, GUARD) == GUARD &&
         untouched(memory + GUARD + size, GUARD) == GUARD;
}

/* Runs the model on a sample with nothing of its own below the stack's pointer
   but what is painted. Returns the status; the bytes that were used go to
   `used`. It lies in one page: QEMU loses marks in blocks across two. */
static __attribute__((noinline, aligned(512))) int run_sample(int sample,
                                                              uint32_t *used) {
  unsigned char *stack;
  __asm__ volatile(GET_STACK : "=r"(stack)::"memory");
  stack -= STACK;
  fill(stack, STACK);
  if (sample + 1 == CASE_SAMPLES)
    __asm__ volatile(MARK_BEGIN ::: "memory");
  int status = case_run(sample, case_arena + GUARD);
  if (sample + 1 == CASE_SAMPLES)
    __asm__ volatile(MARK_END ::: "memory");
  uint32_t bytes = STACK - (uint32_t)untouched(stack, STACK);
  *used = bytes > *used ? bytes : *used;
  return status;
}

int main(void) {
  fill(case_arena, sizeof case_arena);
  for (int o = 0; o < CASE_OUTPUTS && !CASE_IN_ARENA; o++)
    fill(case_outputs[o].data, GUARD + case_outputs[o].size + GUARD);
  int status = 0;
  uint32_t used = 0;
  for (int sample = 0; sample < CASE_SAMPLES && status == 0; sample++) {
    case_fill(sample, case_arena + GUARD);
    status = run_sample(sample, &used);
    for (int o = 0; o < CASE_OUTPUTS; o++)
      print_output(&case_outputs[o]);
  }
  print_number("stack", used);
  int hold = guards_hold(case_arena, CASE_ARENA_BYTES);
  for (int o = 0; o < CASE_OUTPUTS && !CASE_IN_ARENA; o++)
    hold &= guards_hold(case_outputs[o].data, case_outputs[o].size);
  machine_print(hold ? "guards: intact\n" : "guards: overwritten\n");
  return status;
}
