/* What the programs of the emulated tests ask of a machine. */
#ifndef EMULATOR_MACHINE_H
#define EMULATOR_MACHINE_H

#include <stddef.h>
#include <stdint.h>

/* Ends the program with a status. */
void machine_exit(int status) __attribute__((noreturn));

/* Writes text to the standard output. */
void machine_print(const char *text);

int main(void);

#endif
