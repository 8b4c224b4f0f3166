/* What compilers call for loops and copies of C; objects of models bring their
   own. */
#include <stddef.h>

void *memcpy(void *to, const void *from, size_t size) {
  unsigned char *t = to;
  const unsigned char *f = from;
  while (size-- > 0)
    *t++ = *f++;
  return to;
}

void *memmove(void *to, const void *from, size_t size) {
  unsigned char *t = to;
  const unsigned char *f = from;
  if (t <= f)
    return memcpy(to, from, size);
  while (size-- > 0)
    t[size] = f[size];
  return to;
}

void *memset(void *to, int value, size_t size) {
  unsigned char *t = to;
  while (size-- > 0)
    *t++ = (unsigned char)value;
  return to;
}

#if defined(__arm__)
/* The names and orders of arguments of Arm's interface. */
void __aeabi_memcpy(void *to, const void *from, size_t size) {
  memcpy(to, from, size);
}
void __aeabi_memcpy4(void *to, const void *from, size_t size) {
  memcpy(to, from, size);
}
void __aeabi_memcpy8(void *to, const void *from, size_t size) {
  memcpy(to, from, size);
}
void __aeabi_memmove(void *to, const void *from, size_t size) {
  memmove(to, from, size);
}
void __aeabi_memset(void *to, size_t size, int value) {
  memset(to, value, size);
}
void __aeabi_memclr(void *to, size_t size) { memset(to, 0, size); }
void __aeabi_memclr4(void *to, size_t size) { memset(to, 0, size); }
#endif
