# Thin wrappers: every library and tool of the project is declared with these.

# quantopt_library(NAME sources... [DEPENDS targets...] [LINK libraries...])
function(quantopt_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  add_dependencies(${name} quantopt-headers ${ARG_DEPENDS})
  target_link_libraries(${name} PUBLIC ${ARG_LINK} MLIR LLVM)
endfunction()

# quantopt_tool(NAME sources... [LINK libraries...])
function(quantopt_tool name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  add_dependencies(${name} quantopt-headers)
  target_link_libraries(${name} PRIVATE ${ARG_LINK} MLIR LLVM)
  set_property(GLOBAL APPEND PROPERTY QUANTOPT_TOOLS ${name})
endfunction()

# quantopt_tablegen(FILE.td GENERATED ARGS...) records one generated header.
macro(quantopt_tablegen td)
  set(LLVM_TARGET_DEFINITIONS ${td})
  set(_args ${ARGN})
  list(POP_FRONT _args _out)
  mlir_tablegen(${_out} ${_args})
endmacro()

# quantopt_doc(PAGE FILE.td ARGS...): a page of the reference, generated as
# docs/PAGE.md in the build tree by the target quant-opt-doc.
function(quantopt_doc page td)
  set(LLVM_TARGET_DEFINITIONS ${td})
  tablegen(MLIR ${page}.md ${ARGN})
  set(output "${CMAKE_BINARY_DIR}/docs/${page}.md")
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" -E copy
            "${CMAKE_CURRENT_BINARY_DIR}/${page}.md" "${output}"
    DEPENDS "${CMAKE_CURRENT_BINARY_DIR}/${page}.md")
  add_custom_target(quant-opt-doc-${page} DEPENDS "${output}")
  add_dependencies(quant-opt-doc quant-opt-doc-${page})
endfunction()

# quantopt_headers(NAME): the tablegen outputs of this folder as one target.
macro(quantopt_headers name)
  add_public_tablegen_target(${name})
  set_property(GLOBAL APPEND PROPERTY QUANTOPT_HEADER_TARGETS ${name})
endmacro()

# quantopt_unittest(NAMETests sources... [LINK libraries...]): a GoogleTest
# program that lit finds and runs. Nothing is built without GoogleTest.
function(quantopt_unittest name)
  if(NOT name MATCHES "Tests$")
    message(FATAL_ERROR "'${name}' must end in 'Tests', or lit will not run it")
  endif()
  if(NOT GTest_FOUND)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_executable(${name} EXCLUDE_FROM_ALL ${ARG_UNPARSED_ARGUMENTS})
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/test/Unit")
  add_dependencies(${name} quantopt-headers)
  target_link_libraries(${name} PRIVATE
    ${ARG_LINK} MLIR LLVM GTest::gtest GTest::gtest_main)
  set_property(GLOBAL APPEND PROPERTY QUANTOPT_UNIT_TESTS ${name})
endfunction()
