/* A plugin of QEMU that counts what a marked region of a program costs.
 *
 * A region lies between two instructions that do nothing (`mov r10, r10` and
 * `mov r11, r11` on Arm, the same of x10 and x11 on AArch64, `slti x0, x0, 1`
 * and `slti x0, x0, 2` on RISC-V); they are not counted themselves. For each
 * region a line `region: instructions N loads N stores N branches N cycles N`
 * is written.
 *
 * `cycles` stands for a small core with memory that never waits: 1 for each
 * instruction, 1 more for a scalar load, 2 more for a jump that is taken, 8 for
 * a division. A vector instruction (Helium) takes 2, and 1 after one of the
 * other kind (load or store, arithmetic), since their beats overlap. The end of
 * a low-overhead loop is free. Only the number of instructions means anything
 * on AArch64 and RISC-V.
 *
 * There is no package with the header of the interface: this is version 1,
 * which QEMU 7 has. Counters that QEMU increments inline mix up loads and
 * stores, and vector instructions report each element: their kind is told by
 * their encoding.
 *
 * Usage: qemu-... -plugin libcount.so,out=FILE ...
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t qemu_plugin_id_t;
typedef uint32_t qemu_plugin_meminfo_t;
typedef struct {
  const char *target_name;
  struct {
    int min, cur;
  } version;
  bool system_emulation;
} qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*on_block)(qemu_plugin_id_t, struct qemu_plugin_tb *);
typedef void (*on_execute)(unsigned, void *);
typedef void (*on_access)(unsigned, qemu_plugin_meminfo_t, uint64_t, void *);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, on_block);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, on_execute,
                                          int, void *);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *,
                                            on_execute, int, void *);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *, int,
                                                void *, uint64_t);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *, on_access, int,
                                      int, void *);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *,
                                                 size_t);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
bool qemu_plugin_mem_is_store(qemu_plugin_meminfo_t);

enum { NO_REGISTERS = 0, READ_AND_WRITE = 3, ADD = 0 };

/* Counters of the whole program and at the start of the region. */
enum { INSTRUCTIONS, LOADS, STORES, BRANCHES, CYCLES, NUM_COUNTERS };
static uint64_t counters[NUM_COUNTERS], started[NUM_COUNTERS];
static bool in_region;
static FILE *output;
static enum { ARM, AARCH64, RISCV, OTHER } architecture;

/* What an instruction is. */
struct kind {
  bool begins, ends; /* a region */
  bool vector, loads, stores,
      loops; /* `loops`: the end of a low-overhead loop */
  bool divides;
};

static struct kind classify_arm(uint32_t word, size_t size) {
  struct kind kind = {0};
  if (size == 2) {
    kind.begins = word == 0x46d2;
    kind.ends = word == 0x46db;
    return kind;
  }
  uint32_t first = word & 0xffff, second = word >> 16;
  kind.vector = (first & 0xec00) == 0xec00;
  bool is_memory = kind.vector && (first & 0xee00) == 0xec00;
  kind.loads = is_memory && (first & 0x10);
  kind.stores = is_memory && !(first & 0x10);
  kind.divides = (first & 0xffb0) == 0xfb90;
  kind.loops = (first == 0xf00f || first == 0xf02f || first == 0xf01f) &&
               (second & 0xf001) == 0xc001;
  return kind;
}

static struct kind classify_aarch64(uint32_t word) {
  struct kind kind = {0};
  kind.begins = word == 0xaa0a03ea;
  kind.ends = word == 0xaa0b03eb;
  uint32_t group = word >> 25 & 15;
  bool is_memory = (group & 5) == 4 && (word >> 26 & 1);
  kind.vector = is_memory || group == 7 || group == 15;
  kind.loads = is_memory && (word >> 22 & 1);
  kind.stores = is_memory && !(word >> 22 & 1);
  return kind;
}

static struct kind classify_riscv(uint32_t word, size_t size) {
  struct kind kind = {0};
  if (size != 4)
    return kind;
  kind.begins = word == 0x00102013;
  kind.ends = word == 0x00202013;
  uint32_t opcode = word & 0x7f, width = word >> 12 & 7;
  bool is_memory =
      (opcode == 0x07 || opcode == 0x27) && (width == 0 || width >= 5);
  kind.vector = is_memory || opcode == 0x57;
  kind.loads = is_memory && opcode == 0x07;
  kind.stores = is_memory && opcode == 0x27;
  return kind;
}

static struct kind classify(const struct qemu_plugin_insn *instruction) {
  size_t size = qemu_plugin_insn_size(instruction);
  const uint8_t *data = qemu_plugin_insn_data(instruction);
  uint32_t word = data[0] | (uint32_t)data[1] << 8;
  if (size == 4)
    word |= (uint32_t)data[2] << 16 | (uint32_t)data[3] << 24;
  if (architecture == ARM)
    return classify_arm(word, size);
  if (architecture == AARCH64)
    return classify_aarch64(word);
  if (architecture == RISCV)
    return classify_riscv(word, size);
  return (struct kind){0};
}

/*--- What happens at run time -----------------------------------------------*/

/* A translated block. A block that does not start where the last one ended was
   jumped to. */
struct block {
  uint64_t start, end;
};
static uint64_t last_end;
enum { JUMP_CYCLES = 2 };

static void enter_block(unsigned cpu, void *data) {
  const struct block *block = data;
  (void)cpu;
  if (block->start != last_end) {
    counters[BRANCHES]++;
    counters[CYCLES] += JUMP_CYCLES;
  }
  last_end = block->end;
}

/* Neither the instruction nor its jump takes time. */
static void end_loop(unsigned cpu, void *data) {
  (void)cpu;
  (void)data;
  counters[CYCLES] -= JUMP_CYCLES + 1;
}

static void access_scalar(unsigned cpu, qemu_plugin_meminfo_t access,
                          uint64_t address, void *data) {
  (void)cpu;
  (void)address;
  (void)data;
  bool is_store = qemu_plugin_mem_is_store(access);
  counters[is_store ? STORES : LOADS]++;
  counters[CYCLES] += !is_store;
}

/* QEMU 7 gives accesses without a function of their own to the last one's. */
static void access_vector(unsigned cpu, qemu_plugin_meminfo_t access,
                          uint64_t address, void *data) {
  (void)cpu;
  (void)access;
  (void)address;
  (void)data;
}

static void begin_region(unsigned cpu, void *data) {
  (void)cpu;
  (void)data;
  memcpy(started, counters, sizeof counters);
  in_region = true;
}

static void end_region(unsigned cpu, void *data) {
  static const char *const names[NUM_COUNTERS] = {
      "instructions", "loads", "stores", "branches", "cycles"};
  (void)cpu;
  (void)data;
  if (!in_region)
    return;
  in_region = false;
  fprintf(output, "region:");
  for (int i = 0; i < NUM_COUNTERS; i++)
    fprintf(output, " %s %llu", names[i],
            (unsigned long long)(counters[i] - started[i]));
  fprintf(output, "\n");
  fflush(output);
}

/*--- Translation ------------------------------------------------------------*/

/* The unit that the last instruction of a block kept busy. */
enum unit { NO_UNIT, MEMORY_UNIT, ARITHMETIC_UNIT };

static uint64_t count_cycles(struct kind kind, enum unit *last) {
  enum unit unit = !kind.vector                ? NO_UNIT
                   : kind.loads || kind.stores ? MEMORY_UNIT
                                               : ARITHMETIC_UNIT;
  bool overlaps = *last != NO_UNIT && *last != unit;
  *last = unit;
  if (unit != NO_UNIT)
    return overlaps ? 1 : 2;
  return kind.divides ? 8 : 1;
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
  size_t count = qemu_plugin_tb_n_insns(tb);
  struct block *block = malloc(sizeof *block);
  (void)id;
  if (!count || !block)
    return;
  block->start = qemu_plugin_tb_vaddr(tb);
  enum unit last = NO_UNIT;
  for (size_t i = 0; i < count; i++) {
    struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(tb, i);
    struct kind kind = classify(instruction);
    block->end = qemu_plugin_insn_vaddr(instruction) +
                 qemu_plugin_insn_size(instruction);
    if (kind.begins || kind.ends) {
      qemu_plugin_register_vcpu_insn_exec_cb(
          instruction, kind.begins ? begin_region : end_region, NO_REGISTERS,
          NULL);
      continue;
    }
    qemu_plugin_register_vcpu_insn_exec_inline(instruction, ADD,
                                               &counters[INSTRUCTIONS], 1);
    qemu_plugin_register_vcpu_insn_exec_inline(
        instruction, ADD, &counters[CYCLES], count_cycles(kind, &last));
    qemu_plugin_register_vcpu_mem_cb(
        instruction, kind.vector ? access_vector : access_scalar, NO_REGISTERS,
        READ_AND_WRITE, NULL);
    if (kind.loads || kind.stores)
      qemu_plugin_register_vcpu_insn_exec_inline(
          instruction, ADD, &counters[kind.loads ? LOADS : STORES], 1);
    if (kind.loops)
      qemu_plugin_register_vcpu_insn_exec_cb(instruction, end_loop,
                                             NO_REGISTERS, NULL);
  }
  qemu_plugin_register_vcpu_tb_exec_cb(tb, enter_block, NO_REGISTERS, block);
}

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

__attribute__((visibility("default"))) int
qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
                    char **argv) {
  output = stderr;
  architecture = !strcmp(info->target_name, "arm")         ? ARM
                 : !strcmp(info->target_name, "aarch64")   ? AARCH64
                 : !strncmp(info->target_name, "riscv", 5) ? RISCV
                                                           : OTHER;
  for (int i = 0; i < argc; i++) {
    if (strncmp(argv[i], "out=", 4))
      continue;
    output = fopen(argv[i] + 4, "w");
    if (!output)
      return 1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  return 0;
}
