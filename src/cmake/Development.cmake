# What only developers' builds have: precompiled headers, sources compiled together, coverage, a quick linker, and a check of
# the headers.
include(CheckLinkerFlag)

option(DKO_PRECOMPILE "Precompile the standard headers: quicker; a missing #include is seen by scripts/includes.py" OFF)
option(DKO_UNITY "Compile several sources of a room at once: quicker; a missing #include is seen by scripts/includes.py" OFF)
option(DKO_COVERAGE "Count which lines run (preset coverage, scripts/coverage.sh)" OFF)

if(DKO_COVERAGE)
  target_compile_options(dko_flags INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(dko_flags INTERFACE --coverage)
endif()

# Dozens of programs are linked for the tests, with all that the sanitizers add: by the quickest linker that is here.
if(DKO_BUILD_TESTS)
  check_linker_flag(CXX -fuse-ld=lld DKO_HAS_LLD)
  check_linker_flag(CXX -fuse-ld=gold DKO_HAS_GOLD)
  if(DKO_HAS_LLD)
    target_link_options(dko_flags INTERFACE -fuse-ld=lld)
  elseif(DKO_HAS_GOLD)
    target_link_options(dko_flags INTERFACE -fuse-ld=gold)
  endif()
endif()

# ccache must be told that precompiled headers are wanted.
if(DKO_PRECOMPILE AND CMAKE_CXX_COMPILER_LAUNCHER MATCHES "(^|/)ccache$")
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CMAKE_CXX_COMPILER_LAUNCHER})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(dko_flags INTERFACE -fpch-preprocess)
  endif()
endif()

# Beside precompiled headers GCC 12 is wrong about its own std::string.
if(DKO_PRECOMPILE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(dko_flags INTERFACE -Wno-error=stringop-overread -Wno-error=stringop-overflow -Wno-error=array-bounds)
endif()

# dko_precompile(NAME LIBRARIES LIBRARY... HEADERS HEADER... [OPTIONS OPTION...]): compiled once;
# dko_use_precompiled(TARGET NAME) lets the sources of a target have them. They need the same options, and a source with
# options of its own SKIP_PRECOMPILE_HEADERS.
function(dko_precompile name)
  cmake_parse_arguments(PRECOMPILE "" "" "LIBRARIES;HEADERS;OPTIONS" ${ARGN})
  if(DKO_PRECOMPILE)
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp CONTENT "")
    add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
    target_link_libraries(${name} PRIVATE dko_flags ${PRECOMPILE_LIBRARIES})
    target_compile_options(${name} PRIVATE ${PRECOMPILE_OPTIONS})
    list(TRANSFORM PRECOMPILE_HEADERS REPLACE "(.+)" "<\\1>")
    target_precompile_headers(${name} PRIVATE ${PRECOMPILE_HEADERS})
  endif()
endfunction()
function(dko_use_precompiled target name)
  if(DKO_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${name})
  endif()
endfunction()

# dko_use_unity(TARGET): with DKO_UNITY its sources are compiled two dozen at once; dko_compile_alone(FILE...) keeps those out
# that have a name of their own affair in common with another.
function(dko_use_unity target)
  if(DKO_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 24)
  endif()
endfunction()
function(dko_compile_alone)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

set(DKO_STANDARD_HEADERS
  algorithm array atomic charconv chrono cmath cstdint cstdlib cstring filesystem fstream functional iostream limits map
  memory numeric optional random set span sstream stdexcept string string_view thread unordered_map utility variant vector
  fmt/format.h)

# A header needs nothing included before it. Most are shown to by the source of their name, which includes them first; the
# others by a source that is made here. What is precompiled they are shown to include by scripts/includes.py. Bodies are made
# to be included in one place, and vectors of an instruction set need its options.
function(dko_check_headers)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}
    ${PROJECT_SOURCE_DIR}/include/dko/*.hpp ${PROJECT_SOURCE_DIR}/src/*.hpp)
  list(FILTER headers EXCLUDE REGEX "_body\\.hpp$|/avx[0-9]+_vectors\\.hpp$")
  set(sources "")
  foreach(header IN LISTS headers)
    string(REGEX REPLACE "^include/dko/" "src/" source ${header})
    string(REGEX REPLACE "\\.hpp$" ".cpp" source ${source})
    get_filename_component(name ${header} NAME)
    set(first "")
    if(EXISTS ${PROJECT_SOURCE_DIR}/${source})
      file(STRINGS ${PROJECT_SOURCE_DIR}/${source} first REGEX "^#include" LIMIT_COUNT 1)
    endif()
    if(NOT first MATCHES "[/\"]${name}\"")
      string(MAKE_C_IDENTIFIER ${header} identifier)
      set(made ${CMAKE_CURRENT_BINARY_DIR}/headers/${identifier}.cpp)
      file(CONFIGURE OUTPUT ${made} CONTENT "#include \"${PROJECT_SOURCE_DIR}/${header}\"\n")
      list(APPEND sources ${made})
    endif()
  endforeach()
  add_library(dko_header_check OBJECT ${sources})
  if(NOT DKO_PRECOMPILE)  # the options of what is precompiled must be the same
    target_compile_options(dko_header_check PRIVATE -O0 -g0)
  endif()
  target_include_directories(dko_header_check PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(dko_header_check PRIVATE dko_flags dko_app hdf5::hdf5 MPI::MPI_CXX Eigen3::Eigen
    Boost::program_options nlohmann_json::nlohmann_json)
  dko_use_precompiled(dko_header_check dko_precompiled)
endfunction()
