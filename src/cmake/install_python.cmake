# Run by `cmake --install`, with DKO_PYTHON, SOURCE and BUILD: the package dko goes to the folder below the prefix in which
# Python looks for packages (/usr, /usr/local, an environment of conda or venv whose Python DKO_PYTHON is), where there is
# one, and else to lib/python3/dist-packages; and the commands, which find it from where they are, go to bin.
set(packages lib/python3/dist-packages)
get_filename_component(prefix "${CMAKE_INSTALL_PREFIX}" REALPATH)
execute_process(
  COMMAND ${DKO_PYTHON} -c "import site; print(*site.getsitepackages(), sep=';', end='')"
  OUTPUT_VARIABLE searched RESULT_VARIABLE failed ERROR_QUIET)
if(failed)
  message(WARNING "${DKO_PYTHON} cannot be started, and so cannot dko-challenge, dko-report, "
    "dko-submit, dko-scaling, dko-plot-scaling and dko-bench-compare: configure with -DDKO_PYTHON=PATH, where PATH is a Python 3.7 or newer")
  set(searched)
endif()
foreach(folder IN LISTS searched)
  cmake_path(IS_PREFIX prefix "${folder}" below)
  file(RELATIVE_PATH folder "${prefix}" "${folder}")
  if(below AND folder MATCHES "^lib")
    set(packages "${folder}")
    break()
  endif()
endforeach()

file(INSTALL "${SOURCE}/scripts/dko" DESTINATION "${CMAKE_INSTALL_PREFIX}/${packages}"
  FILES_MATCHING PATTERN "*.py" PATTERN __pycache__ EXCLUDE)

file(RELATIVE_PATH FROM_BIN /bin "/${packages}")
foreach(NAME challenge report submit scaling plot-scaling bench-compare)
  set(MODULE dko.${NAME})
  if(NAME STREQUAL "plot-scaling")
    set(MODULE dko.scaling.plot)
  elseif(NAME STREQUAL "bench-compare")
    set(MODULE dko.scaling.compare)
  endif()
  configure_file("${SOURCE}/src/cmake/command.py.in" "${BUILD}/commands/dko-${NAME}" @ONLY)
  file(INSTALL "${BUILD}/commands/dko-${NAME}" DESTINATION "${CMAKE_INSTALL_PREFIX}/bin"
    PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
endforeach()
