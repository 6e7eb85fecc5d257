# DKO_ARCH: the processor to build for, as an option of the compiler. On x86_64 that is -march. Elsewhere
# compilers call processors -mcpu (neoverse-v2) and architectures -march (armv8.2-a): the first that the
# compiler takes. By default dko runs on any x86-64-v3 machine, and elsewhere on what the compiler takes for
# the least.
include(CheckCXXCompilerFlag)

set(dko_default_arch "")
set(dko_arch_options -mcpu -march)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  set(dko_default_arch "x86-64-v3")
  set(dko_arch_options -march)  # -mcpu is another thing there
endif()
set(DKO_ARCH "${dko_default_arch}" CACHE STRING
  "Processor or architecture to build for, as the compiler calls it; native; or empty for the compiler's default")

# The option for `arch` into `result`.
function(dko_arch_option arch result)
  foreach(option ${dko_arch_options})
    string(MAKE_C_IDENTIFIER "DKO_TAKES${option}=${arch}" takes)
    check_cxx_compiler_flag("${option}=${arch}" ${takes})
    if(${takes})
      set(${result} "${option}=${arch}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  list(TRANSFORM dko_arch_options APPEND "=${arch}" OUTPUT_VARIABLE tried)
  list(JOIN tried " nor " tried)
  message(FATAL_ERROR "DKO_ARCH is ${arch}, but ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} for "
    "${CMAKE_SYSTEM_PROCESSOR} does not take ${tried}. Give a name that it knows, or -DDKO_ARCH= for its default.")
endfunction()

# Builds what uses `target` for DKO_ARCH.
function(dko_build_for_processor target)
  if(NOT DKO_ARCH STREQUAL "")
    dko_arch_option("${DKO_ARCH}" option)
    target_compile_options(${target} INTERFACE ${option})
  endif()
endfunction()
