/* Where a program's text and exit status go: a debugger or emulator here, by
   semihosting; on a product a UART and a restart. */
#ifndef FIRMWARE_CONSOLE_H
#define FIRMWARE_CONSOLE_H

void console_print(const char *text);
void console_exit(int status) __attribute__((noreturn));

#endif
