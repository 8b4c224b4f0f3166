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

enum Register { EAX, EBX, ECX, EDX };

/// Register state that the operating system must save (bits of XCR0).
enum State { NoState = 0, YmmState = 0x06, ZmmState = 0xE6 };

/// Where a feature's bit is.
typedef struct Feature {
  const char *name;
  unsigned leaf, subleaf;
  enum Register reg;
  unsigned bit;
  enum State state;
} Feature;

static const Feature features[] = {
    {"abm", 0x80000001, 0, ECX, 5, NoState},
    {"aes", 1, 0, ECX, 25, NoState},
    {"avx", 1, 0, ECX, 28, YmmState},
    {"avx2", 7, 0, EBX, 5, YmmState},
    {"avx512_bf16", 7, 1, EAX, 5, ZmmState},
    {"avx512_bitalg", 7, 0, ECX, 12, ZmmState},
    {"avx512_fp16", 7, 0, EDX, 23, ZmmState},
    {"avx512_vbmi2", 7, 0, ECX, 6, ZmmState},
    {"avx512_vnni", 7, 0, ECX, 11, ZmmState},
    {"avx512_vpopcntdq", 7, 0, ECX, 14, ZmmState},
    {"avx512bw", 7, 0, EBX, 30, ZmmState},
    {"avx512cd", 7, 0, EBX, 28, ZmmState},
    {"avx512dq", 7, 0, EBX, 17, ZmmState},
    {"avx512f", 7, 0, EBX, 16, ZmmState},
    {"avx512ifma", 7, 0, EBX, 21, ZmmState},
    {"avx512vbmi", 7, 0, ECX, 1, ZmmState},
    {"avx512vl", 7, 0, EBX, 31, ZmmState},
    {"avx_ifma", 7, 1, EAX, 23, YmmState},
    {"avx_vnni", 7, 1, EAX, 4, YmmState},
    {"avx_vnni_int8", 7, 1, EDX, 4, YmmState},
    {"bmi1", 7, 0, EBX, 3, NoState},
    {"bmi2", 7, 0, EBX, 8, NoState},
    {"cx16", 1, 0, ECX, 13, NoState},
    {"f16c", 1, 0, ECX, 29, YmmState},
    {"fma", 1, 0, ECX, 12, YmmState},
    {"gfni", 7, 0, ECX, 8, NoState},
    {"lahf_lm", 0x80000001, 0, ECX, 0, NoState},
    {"movbe", 1, 0, ECX, 22, NoState},
    {"pni", 1, 0, ECX, 0, NoState},
    {"popcnt", 1, 0, ECX, 23, NoState},
    {"sse", 1, 0, EDX, 25, NoState},
    {"sse2", 1, 0, EDX, 26, NoState},
    {"sse4_1", 1, 0, ECX, 19, NoState},
    {"sse4_2", 1, 0, ECX, 20, NoState},
    {"ssse3", 1, 0, ECX, 9, NoState},
};

/// Returns the low half of XCR0, 0 when the processor or system has none.
__attribute__((target("xsave"))) static unsigned savedState(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE))
    return 0;
  return (unsigned)__builtin_ia32_xgetbv(0);
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
           (savedState() & f->state) == (unsigned)f->state;
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
