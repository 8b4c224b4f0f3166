//===- CpuFeatures.c - What this processor has ----------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Feature names as the Linux kernel prints them, tested against cpuid on x86
/// and the auxiliary vector elsewhere. A feature whose registers the operating
/// system does not save counts as absent.
///
//===----------------------------------------------------------------------===//

#include "quant-opt-c/Runtime.h"
#include <string.h>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#if defined(__linux__) && defined(__x86_64__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

enum Register { EAX, EBX, ECX, EDX };

/// Register state that the operating system must save (bits of XCR0).
enum State {
  NoState = 0,
  YmmState = 0x06,
  ZmmState = 0xE6,
  TileState = 0x600E6
};

/// Where a feature's bit is.
typedef struct Feature {
  const char *name;
  unsigned leaf, subleaf;
  enum Register reg;
  unsigned bit;
  enum State state;
} Feature;

static const Feature features[] = {
#define QO_X86_FEATURE(NAME, LLVM_NAME, LEAF, SUBLEAF, REG, BIT, STATE)        \
  {NAME, LEAF, SUBLEAF, REG, BIT, STATE},
#include "quant-opt-c/X86Features.def"
#undef QO_X86_FEATURE
};

/// Returns the low half of XCR0, 0 when the processor or system has none.
__attribute__((target("xsave"))) static unsigned savedState(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE))
    return 0;
  return (unsigned)__builtin_ia32_xgetbv(0);
}

/// Asks the system for the use of tiles, which it saves for those processes
/// only that have asked; returns 1 when it agrees.
static int isPermitted(enum State state) {
  if (state != TileState)
    return 1;
#if defined(__linux__) && defined(__x86_64__)
  const int requestPermission = 0x1023, tileData = 18;
  return syscall(SYS_arch_prctl, requestPermission, tileData) == 0;
#else
  return 1;
#endif
}

/// Returns 1 when the processor has the feature and its state is saved.
static int hasFeature(const char *name, size_t length) {
  for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); ++i) {
    const Feature *f = &features[i];
    if (strlen(f->name) != length || memcmp(f->name, name, length))
      continue;
    unsigned r[4];
    // Sub-leaf 1 of leaf 7 exists only when sub-leaf 0 says so.
    if (f->leaf == 7 && f->subleaf &&
        (!__get_cpuid_count(7, 0, &r[0], &r[1], &r[2], &r[3]) ||
         r[EAX] < f->subleaf))
      return 0;
    if (!__get_cpuid_count(f->leaf, f->subleaf, &r[0], &r[1], &r[2], &r[3]))
      return 0;
    return (r[f->reg] >> f->bit & 1) &&
           (savedState() & f->state) == (unsigned)f->state &&
           isPermitted(f->state);
  }
  return 0;
}

#elif defined(__linux__) && (defined(__aarch64__) || defined(__riscv))
#include <sys/auxv.h>

/// A bit of one word of the auxiliary vector.
typedef struct Feature {
  const char *name;
  unsigned long word;
  unsigned bit;
} Feature;

static const Feature features[] = {
#if defined(__aarch64__)
    {"asimd", AT_HWCAP, 1},    {"asimddp", AT_HWCAP, 20},
    {"asimdhp", AT_HWCAP, 10}, {"bf16", AT_HWCAP2, 14},
    {"fphp", AT_HWCAP, 9},     {"i8mm", AT_HWCAP2, 13},
    {"sve", AT_HWCAP, 22},     {"sve2", AT_HWCAP2, 1},
#else
    {"v", AT_HWCAP, 'v' - 'a'},
#endif
};

/// Returns 1 when the kernel reports the feature.
static int hasFeature(const char *name, size_t length) {
  for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); ++i)
    if (strlen(features[i].name) == length &&
        !memcmp(features[i].name, name, length))
      return getauxval(features[i].word) >> features[i].bit & 1;
  return 0;
}

#else

/// Nothing is known of this processor.
static int hasFeature(const char *name, size_t length) {
  (void)name;
  (void)length;
  return 0;
}
#endif

int qo_cpu_has(const char *list) {
  while (*list) {
    size_t length = strcspn(list, ",");
    if (length && !hasFeature(list, length))
      return 0;
    list += length;
    if (*list == ',')
      ++list;
  }
  return 1;
}
