# Finds LLVM/MLIR 22 and sets the flags that code sharing its headers needs.

# Debian keeps each LLVM release in its own prefix; prefer the one we need.
list(APPEND CMAKE_PREFIX_PATH /usr/lib/llvm-22)
find_package(MLIR REQUIRED CONFIG)
if(NOT LLVM_VERSION_MAJOR EQUAL 22)
  message(FATAL_ERROR "quant-opt needs LLVM/MLIR 22, but found "
    "${LLVM_PACKAGE_VERSION} in '${LLVM_DIR}'; set MLIR_DIR and LLVM_DIR")
endif()
list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
include(TableGen)
include(AddLLVM)
include(AddMLIR)

separate_arguments(QUANTOPT_LLVM_DEFS NATIVE_COMMAND ${LLVM_DEFINITIONS})
add_definitions(${QUANTOPT_LLVM_DEFS})
include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})

add_compile_options(
  $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>
  $<$<COMPILE_LANGUAGE:CXX>:-fvisibility-inlines-hidden>
  -Wall -Wextra -Wno-unused-parameter -ffp-contract=off)
if(NOT LLVM_ENABLE_RTTI)
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
endif()
# Release without -DNDEBUG: the checks of our own code are cheap and LLVM's
# assertion-dependent layouts follow ABI-breaking checks, not NDEBUG.
set(CMAKE_CXX_FLAGS_RELEASE "-O2")

find_program(QUANTOPT_LLD NAMES ld.lld-22 ld.lld
  HINTS "${LLVM_TOOLS_BINARY_DIR}" NO_CACHE)
if(QUANTOPT_LLD)
  add_link_options("-fuse-ld=lld" "-B${LLVM_TOOLS_BINARY_DIR}")
endif()
find_program(QUANTOPT_CCACHE ccache)
if(QUANTOPT_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER "${QUANTOPT_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${QUANTOPT_CCACHE}")
endif()
