# How tests are declared: each says beside itself what it is, and in which build scripts/test.sh runs it. ctest's labels are
#
#   the kind      unit, mpi (on several ranks), command, fuzz, data, slurm, cross: where in this folder it is
#   the room      of unit and parallel tests: `ctest -L knockout` runs both
#   asan, release the gate runs it in that build, since it sees its bug there; the full set is `scripts/test.sh --all`
#   long, install what the sanitizers never watch: jobs struck again and again by a library that is loaded before all
#                 else, trainings that take minutes, an installed program
#
# ctest runs as many tests at once as -j has slots: three for each core. A test that computes takes two of them, one that
# computes on several ranks three, and one that mostly waits for ranks to start and end a single one.
foreach(build asan release)
  add_custom_target(gate-${build} DEPENDS dko_sleeping_yield)  # builds what the gate runs in that build
endforeach()

# dko_test(NAME LABELS LABEL... BUILDS BUILD... NEEDS TARGET... COMMAND WORD...
#          [ENVIRONMENT NAME=VALUE...] [SLOTS N (2)] [TIMEOUT SECONDS (300)] [COST SECONDS (1)])
# The command runs in an empty folder of its own. Exit code 77 is a skip. COST is what it takes, about: the longest start first.
function(dko_test name)
  cmake_parse_arguments(TEST "" "SLOTS;TIMEOUT;COST" "LABELS;BUILDS;NEEDS;COMMAND;ENVIRONMENT" ${ARGN})
  foreach(default "SLOTS 2" "TIMEOUT 300" "COST 1")
    string(REGEX MATCH "^[A-Z]+" key ${default})
    if(NOT TEST_${key})
      string(REGEX REPLACE "^[A-Z]+ " "" TEST_${key} ${default})
    endif()
  endforeach()
  if(NOT TEST_BUILDS)
    message(FATAL_ERROR "Test ${name} does not say in which build the gate runs it")
  endif()
  add_test(NAME ${name} COMMAND ${tests_folder}/support/in_directory.sh ${DKO_TEST_OUTPUT}/${name} ${TEST_COMMAND})
  set_tests_properties(${name} PROPERTIES
    LABELS "${TEST_LABELS};${TEST_BUILDS}" PROCESSORS ${TEST_SLOTS} TIMEOUT ${TEST_TIMEOUT} COST ${TEST_COST}
    SKIP_RETURN_CODE 77 ENVIRONMENT "${mpi_environment};${TEST_ENVIRONMENT}")
  foreach(build IN LISTS TEST_BUILDS)
    if(TEST_NEEDS)
      add_dependencies(gate-${build} ${TEST_NEEDS})
    endif()
  endforeach()
endfunction()

# A program with tests of a room; `links` beside the room and the support that all tests share.
function(dko_test_program target room links)
  list(TRANSFORM ARGN PREPEND ${tests_folder}/${room}/ OUTPUT_VARIABLE sources)
  add_executable(${target} ${sources})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src)  # for what is a room's own affair, and worth tests
  target_link_libraries(${target} PRIVATE ${links} dko_${room} dko_test_support dko_flags hdf5::hdf5 MPI::MPI_CXX)
  target_compile_options(${target} PRIVATE ${options_of_tests})
  dko_use_precompiled(${target} dko_precompiled_tests)
  dko_use_unity(${target})
endfunction()

# dko_room_tests(ROOM [LINKS TARGET...] [UNIT FILE...] [PARALLEL FILE...] [UNIT_BUILDS BUILD...] [PARALLEL_BUILDS BUILD...]
#                [COST SECONDS])
# UNIT in one process, as dko_ROOM_tests and test unit-ROOM. PARALLEL in one process without MPI and on 1 to 4 ranks with it, as
# dko_ROOM_parallel_tests and test parallel-ROOM; some have less work than ranks. By default the gate runs both with the
# sanitizers alone; where optimisation could change numbers, in both builds. PARALLEL in both: that numbers are right on each
# number of ranks the release build shows, and the sanitizers watch an uneven one, and the one with more ranks than work.
function(dko_room_tests room)
  cmake_parse_arguments(ROOM "" "COST" "LINKS;UNIT;PARALLEL;UNIT_BUILDS;PARALLEL_BUILDS" ${ARGN})
  set(builds_of_UNIT asan ${ROOM_UNIT_BUILDS})
  set(builds_of_PARALLEL asan ${ROOM_PARALLEL_BUILDS})
  list(REMOVE_DUPLICATES builds_of_UNIT)
  list(REMOVE_DUPLICATES builds_of_PARALLEL)
  if(ROOM_UNIT)
    dko_test_program(dko_${room}_tests ${room} "${ROOM_LINKS}" ${ROOM_UNIT})
    dko_test(unit-${room} LABELS unit ${room} BUILDS ${builds_of_UNIT} NEEDS dko_${room}_tests
      COMMAND $<TARGET_FILE:dko_${room}_tests> --durations yes)
  else()
    add_custom_target(dko_${room}_tests)
  endif()
  if(ROOM_PARALLEL)
    set(program dko_${room}_parallel_tests)
    set(fewer_ranks "")
    if(DKO_SANITIZE AND "release" IN_LIST builds_of_PARALLEL)
      set(fewer_ranks ENVIRONMENT "DKO_RANKS=0 3 4")
    endif()
    dko_test_program(${program} ${room} "${ROOM_LINKS}" ${ROOM_PARALLEL})
    add_dependencies(dko_${room}_tests ${program})
    dko_test(parallel-${room} LABELS mpi ${room} BUILDS ${builds_of_PARALLEL} NEEDS ${program} SLOTS 3 TIMEOUT 600 COST 30
      ${fewer_ranks} COMMAND ${tests_folder}/support/on_ranks.sh $<TARGET_FILE:${program}>)
    set_property(GLOBAL APPEND PROPERTY dko_parallel_programs ${program})
  endif()
  list(TRANSFORM ROOM_UNIT PREPEND ${room}/)
  list(TRANSFORM ROOM_PARALLEL PREPEND ${room}/)
  set_property(GLOBAL APPEND PROPERTY dko_declared_tests ${ROOM_UNIT} ${ROOM_PARALLEL})
endfunction()

# A test that is in a folder and not declared would never run.
function(dko_check_declared)
  file(GLOB_RECURSE found CONFIGURE_DEPENDS RELATIVE ${tests_folder}
    ${tests_folder}/*_test.cpp ${tests_folder}/app/*.sh ${tests_folder}/slurm/*.sh)
  get_property(declared GLOBAL PROPERTY dko_declared_tests)
  list(REMOVE_ITEM found ${declared} app/lib.sh slurm/lib.sh slurm/cluster.sh)
  if(found)
    message(FATAL_ERROR "Not declared as a test (tests/CMakeLists.txt, tests/*/CMakeLists.txt): ${found}")
  endif()
endfunction()

# dko_shell_test(KIND FOLDER NAME OPTION OF dko_test...): FOLDER/NAME.sh as test KIND-NAME, which needs dko and the tools.
function(dko_shell_test kind folder name)
  cmake_parse_arguments(SHELL "" "" "LABELS;ENVIRONMENT;NEEDS" ${ARGN})
  if(NOT SHELL_LABELS)
    set(SHELL_LABELS ${kind})
  endif()
  dko_test(${kind}-${name} LABELS ${SHELL_LABELS} ${SHELL_UNPARSED_ARGUMENTS}
    NEEDS dko dko_metrics_tool dko_read_tool dko_file_faults ${SHELL_NEEDS}
    ENVIRONMENT "${command_environment}" ${SHELL_ENVIRONMENT}
    COMMAND bash ${tests_folder}/${folder}/${name}.sh)
  set_property(GLOBAL APPEND PROPERTY dko_declared_tests ${folder}/${name}.sh)
endfunction()

# dko_command_test(NAME [SANITIZED|ONLY_SANITIZED] OPTION OF dko_test...): a command line as a user types it, app/NAME.sh. The
# gate runs all in the release build, and what reads files that others may have made, or damaged, with the sanitizers too.
function(dko_command_test name)
  cmake_parse_arguments(COMMAND "SANITIZED;ONLY_SANITIZED" "" "" ${ARGN})
  set(builds release)
  if(COMMAND_SANITIZED)
    set(builds asan release)
  elseif(COMMAND_ONLY_SANITIZED)
    set(builds asan)
  endif()
  dko_shell_test(command app ${name} BUILDS ${builds} ${COMMAND_UNPARSED_ARGUMENTS})
endfunction()
