/* The smallest program that runs a model, or, without one, the start-up code
   that it has. The difference is what the model takes of flash and RAM. */
#include "machine.h"

int image_run(void);

int main(void) {
#ifdef WITH_MODEL
  return image_run();
#else
  return 0;
#endif
}
