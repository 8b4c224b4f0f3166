# Firmware for Cortex-M with clang and lld, without a C library: -DCORTEX=m4, m55, ...
#
# QUANTOPT_TARGET and QUANTOPT_CPU are what quant-compile gets as --target and --cpu.
set(CORTEX "m4" CACHE STRING "Processor: m0plus, m3, m4, m7, m33, m55, m85")
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES CORTEX)

set(triple_m0 thumbv6m-none-eabi)
set(triple_m0plus thumbv6m-none-eabi)
set(triple_m3 thumbv7m-none-eabi)
set(triple_m4 thumbv7em-none-eabihf)
set(triple_m7 thumbv7em-none-eabihf)
set(triple_m33 thumbv8m.main-none-eabihf)
set(triple_m55 thumbv8.1m.main-none-eabihf)
set(triple_m85 thumbv8.1m.main-none-eabihf)
if(NOT DEFINED triple_${CORTEX})
  message(FATAL_ERROR "expected CORTEX to be m0, m0plus, m3, m4, m7, m33, m55 or m85, "
                      "but got '${CORTEX}'")
endif()
set(QUANTOPT_TARGET ${triple_${CORTEX}})
set(QUANTOPT_CPU cortex-${CORTEX})

set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
find_program(CMAKE_C_COMPILER NAMES clang-22 clang REQUIRED)
set(CMAKE_C_COMPILER_TARGET ${QUANTOPT_TARGET})
set(CMAKE_C_FLAGS_INIT "-mcpu=${QUANTOPT_CPU}")
if(QUANTOPT_TARGET MATCHES "hf$")
  string(APPEND CMAKE_C_FLAGS_INIT " -mfloat-abi=hard")
endif()
set(CMAKE_EXE_LINKER_FLAGS_INIT "-nostdlib -fuse-ld=lld")
# A program cannot be linked without the board's memory.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
