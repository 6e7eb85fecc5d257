# Finds what dko needs by whatever the system offers (CMake config, pkg-config, or header and library), and names all
# that is missing in one error.

if(POLICY CMP0167)  # Boost brings its own config, and new releases of CMake have no module
  cmake_policy(SET CMP0167 NEW)
endif()
include(CheckCXXSourceCompiles)
include(CMakePushCheckState)

if(CMAKE_BINARY_DIR MATCHES " " AND CMAKE_VERSION VERSION_LESS 3.31)
  message(FATAL_ERROR "CMake ${CMAKE_VERSION} cannot find HDF5 from a build folder whose path has a blank "
    "(${CMAKE_BINARY_DIR}). Choose another folder (cmake -B), or use CMake 3.31 or later.")
endif()

# One line for each missing piece: what it is, and Debian's package of it.
set(DKO_MISSING "")
macro(dko_need found what package)
  if(NOT ${found})
    string(APPEND DKO_MISSING "\n  ${what} (Debian: ${package})")
  endif()
endmacro()

# A library without a CMake config: by pkg-config, else by header and library; LIBRARY may be empty for headers alone.
function(dko_find_plain target package header library)
  if(TARGET ${target})
    return()
  endif()
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND AND library)
    pkg_check_modules(${package} QUIET IMPORTED_TARGET ${package})
  endif()
  add_library(${package}_found INTERFACE)
  if(TARGET PkgConfig::${package})
    target_link_libraries(${package}_found INTERFACE PkgConfig::${package})
    add_library(${target} ALIAS ${package}_found)
    return()
  endif()
  find_path(${package}_INCLUDE_DIR ${header})
  mark_as_advanced(${package}_INCLUDE_DIR)
  if(library)
    find_library(${package}_LIBRARY ${library})
    mark_as_advanced(${package}_LIBRARY)
  endif()
  if(${package}_INCLUDE_DIR AND (NOT library OR ${package}_LIBRARY))
    target_include_directories(${package}_found SYSTEM INTERFACE ${${package}_INCLUDE_DIR})
    if(library)
      target_link_libraries(${package}_found INTERFACE ${${package}_LIBRARY})
    endif()
    add_library(${target} ALIAS ${package}_found)
  endif()
endfunction()

# MPI, and a parallel HDF5 that was built with it.
set(MPI_DETERMINE_LIBRARY_VERSION TRUE)
find_package(MPI COMPONENTS CXX)
dko_need(MPI_CXX_FOUND "MPI with a C++ compiler wrapper (MPI_CXX_COMPILER chooses one of several)" libopenmpi-dev)

function(dko_compiles result libraries source)
  cmake_push_check_state(RESET)
  set(CMAKE_REQUIRED_LIBRARIES ${libraries})
  set(CMAKE_REQUIRED_QUIET TRUE)
  check_cxx_source_compiles("${source}" ${result})
  cmake_pop_check_state()
endfunction()

if(MPI_CXX_FOUND)
  dko_compiles(DKO_MPI_IS_OPEN_MPI MPI::MPI_CXX "#include <mpi.h>
#ifndef OPEN_MPI
#error not Open MPI
#endif
int main() {}")
  # Debian's names where several MPIs lie side by side: the launcher and the HDF5 of this one, not of another.
  set(flavour mpich)
  if(DKO_MPI_IS_OPEN_MPI)
    set(flavour openmpi)
  endif()
  find_program(DKO_LAUNCHER NAMES mpiexec.${flavour} DOC "mpirun or mpiexec of this MPI, for the tests")
  mark_as_advanced(DKO_LAUNCHER)
  if(NOT DKO_LAUNCHER)
    set(DKO_LAUNCHER ${MPIEXEC_EXECUTABLE})
  endif()
  if(NOT HDF5_ROOT AND NOT HDF5_DIR AND NOT DEFINED ENV{HDF5_ROOT} AND NOT DEFINED ENV{HDF5_DIR})
    find_program(HDF5_C_COMPILER_EXECUTABLE NAMES h5pcc.${flavour} h5pcc)
  endif()
endif()
set(HDF5_PREFER_PARALLEL ON)
find_package(HDF5 COMPONENTS C)
dko_need(HDF5_FOUND "HDF5 1.10 or later, built with MPI (HDF5_ROOT says where)" libhdf5-openmpi-dev)

find_package(Boost COMPONENTS program_options iostreams)
dko_need(Boost_FOUND "Boost with Program_options and Iostreams" "libboost-program-options-dev libboost-iostreams-dev")
find_package(Eigen3 NO_MODULE)
dko_need(Eigen3_FOUND "Eigen 3" libeigen3-dev)
find_package(fmt)
dko_need(fmt_FOUND "fmt" libfmt-dev)
find_package(nlohmann_json)
dko_need(nlohmann_json_FOUND "nlohmann-json" nlohmann-json3-dev)

find_package(Spectra NO_MODULE QUIET)
dko_find_plain(Spectra::Spectra spectra Spectra/SymEigsSolver.h "")
find_package(liblzf CONFIG QUIET)
dko_find_plain(liblzf::liblzf liblzf lzf.h lzf)
dko_find_plain(dko_lzma liblzma lzma.h lzma)
dko_find_plain(dko_xxhash libxxhash xxhash.h "")  # its code is compiled into dko
foreach(one "Spectra::Spectra;Spectra;libspectra-dev" "liblzf::liblzf;LibLZF;liblzf-dev" "dko_xxhash;xxHash 0.8;libxxhash-dev"
    "dko_lzma;liblzma 5;liblzma-dev")
  list(GET one 0 target)
  list(GET one 1 what)
  list(GET one 2 package)
  set(found FALSE)
  if(TARGET ${target})
    set(found TRUE)
  endif()
  dko_need(found ${what} ${package})
endforeach()

if(DKO_MISSING)
  message(FATAL_ERROR "dko needs what was not found:${DKO_MISSING}\n"
    "Install it (on Debian: scripts/install-deps.sh), or name its place with -DCMAKE_PREFIX_PATH=…")
endif()

# HDF5's own configuration says whether it is parallel; how CMake's modules learn it differs between releases.
dko_compiles(DKO_HDF5_IS_PARALLEL "hdf5::hdf5;MPI::MPI_CXX" "#include <hdf5.h>
#ifndef H5_HAVE_PARALLEL
#error not parallel
#endif
int main() { return H5Pset_fapl_mpio(0, MPI_COMM_WORLD, MPI_INFO_NULL); }")
if(NOT DKO_HDF5_IS_PARALLEL)
  message(FATAL_ERROR "dko writes its results in parallel and needs an HDF5 that was built with MPI; "
    "this one was not: ${HDF5_C_LIBRARIES} (Debian: libhdf5-openmpi-dev or libhdf5-mpich-dev; elsewhere -DHDF5_ROOT=…).")
endif()

# A library that was compiled with Open MPI's mpi.h refers to symbols ompi_mpi_…; MPICH and its children have none.
set(DKO_HDF5_LIBRARY "")
foreach(library ${HDF5_C_LIBRARIES} ${HDF5_LIBRARIES})
  if(TARGET ${library})
    get_target_property(place ${library} LOCATION)
  else()
    set(place ${library})
  endif()
  if(place MATCHES "libhdf5[^/]*\\.(so|a|dylib)" AND EXISTS ${place})
    set(DKO_HDF5_LIBRARY ${place})
    break()
  endif()
endforeach()
if(DKO_HDF5_LIBRARY)
  file(STRINGS ${DKO_HDF5_LIBRARY} open_mpi_symbols REGEX "^ompi_mpi_" LIMIT_COUNT 1)
  if(DKO_MPI_IS_OPEN_MPI AND NOT open_mpi_symbols)
    set(mismatch "Open MPI, and HDF5 was built with another MPI")
  elseif(open_mpi_symbols AND NOT DKO_MPI_IS_OPEN_MPI)
    set(mismatch "not Open MPI, and HDF5 was built with Open MPI")
  endif()
  if(mismatch)
    message(FATAL_ERROR "MPI and HDF5 do not belong together: MPI is ${mismatch}.\n"
      "  MPI:  ${MPI_CXX_COMPILER}\n  HDF5: ${DKO_HDF5_LIBRARY}\n"
      "Choose HDF5 by -DHDF5_C_COMPILER_EXECUTABLE=h5pcc-of-this-MPI or -DHDF5_ROOT=…, or MPI by "
      "-DMPI_CXX_COMPILER=mpicxx-of-this-HDF5, in an empty build folder.")
  endif()
endif()

function(dko_summary)
  string(REGEX REPLACE "[,\n].*" "" mpi "${MPI_CXX_LIBRARY_VERSION_STRING}")
  string(REGEX REPLACE "[ \t]+" " " mpi "${mpi}")
  if(NOT mpi)
    set(mpi "MPI ${MPI_CXX_VERSION}")
  endif()
  if(DKO_BUILD_TESTS)
    set(tests "with Catch2 ${Catch2_VERSION}")
  else()
    set(tests "not built (DKO_BUILD_TESTS)")
  endif()
  message(STATUS "dko ${PROJECT_VERSION}")
  message(STATUS "  compiler  ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}, ${CMAKE_BUILD_TYPE}, DKO_ARCH '${DKO_ARCH}'")
  message(STATUS "  MPI       ${mpi} (${MPI_CXX_COMPILER}), launcher ${DKO_LAUNCHER}")
  message(STATUS "  HDF5      ${HDF5_VERSION} (${DKO_HDF5_LIBRARY})")
  message(STATUS "  Boost ${Boost_VERSION_STRING}, Eigen ${Eigen3_VERSION}, fmt ${fmt_VERSION}, nlohmann-json ${nlohmann_json_VERSION}")
  message(STATUS "  tests     ${tests}")
endfunction()
