# What `cmake --install` puts below a prefix, and what `cpack -G DEB` makes a package of. The parts find each other by their
# places below the prefix (scripts/dko/places.py, jobs/*), which are therefore not to be chosen.
# Libraries out of modules, Spack or conda are found again where the linker found them.
set_target_properties(dko PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
install(TARGETS dko RUNTIME DESTINATION bin)

# Man pages and the completion of bash, which dko makes from its tables of options; as one process, whatever the shell
# of the build was started by.
set(manual ${PROJECT_BINARY_DIR}/manual)
set(alone ${CMAKE_COMMAND} -E env)
foreach(variable OMPI_COMM_WORLD_RANK MV2_COMM_WORLD_RANK PMI_RANK PALS_RANKID PMIX_RANK SLURM_PROCID)
  list(APPEND alone --unset=${variable})
endforeach()
add_custom_command(OUTPUT ${manual}/completions/dko
  COMMAND ${CMAKE_COMMAND} -E make_directory ${manual}/man1 ${manual}/completions
  COMMAND ${alone} $<TARGET_FILE:dko> --man-pages ${manual}/man1
  COMMAND ${alone} $<TARGET_FILE:dko> --completion bash > ${manual}/completions/dko
  DEPENDS dko VERBATIM)
add_custom_target(dko_manual ALL DEPENDS ${manual}/completions/dko)
install(DIRECTORY ${manual}/man1 DESTINATION share/man)
install(DIRECTORY ${manual}/completions DESTINATION share/bash-completion)

file(GLOB jobs CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/jobs/*.sbatch)
install(FILES ${jobs} ${PROJECT_SOURCE_DIR}/jobs/job.sh ${PROJECT_SOURCE_DIR}/jobs/site.conf DESTINATION share/dko/jobs)
install(FILES ${PROJECT_SOURCE_DIR}/scripts/R/dko.R DESTINATION share/dko/R)

install(CODE "
  set(DKO_PYTHON \"${DKO_PYTHON}\")
  set(SOURCE \"${PROJECT_SOURCE_DIR}\")
  set(BUILD \"${PROJECT_BINARY_DIR}\")")
install(SCRIPT ${CMAKE_CURRENT_LIST_DIR}/install_python.cmake)

# The manual, with what its pages show and lead to, where their links look for it.
file(GLOB pages RELATIVE ${PROJECT_SOURCE_DIR} CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/*.md ${PROJECT_SOURCE_DIR}/CITATION.cff)
file(GLOB_RECURSE more_pages RELATIVE ${PROJECT_SOURCE_DIR} CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/include/*.md ${PROJECT_SOURCE_DIR}/jobs/*.md ${PROJECT_SOURCE_DIR}/scripts/*.md
  ${PROJECT_SOURCE_DIR}/src/*.md ${PROJECT_SOURCE_DIR}/tests/*.md
  ${PROJECT_SOURCE_DIR}/scripts/pictures/* ${PROJECT_SOURCE_DIR}/scripts/reference/*)
foreach(page IN LISTS pages more_pages)
  get_filename_component(folder ${page} DIRECTORY)
  install(FILES ${PROJECT_SOURCE_DIR}/${page} DESTINATION share/doc/dko/${folder})
endforeach()

# The package for Debian and its like. Which libraries it depends on is found out by dpkg-shlibdeps.
set(CPACK_GENERATOR DEB)
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_CURRENT_LIST_DIR}/cpack.cmake)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/open_folders.cmake)
set(CPACK_PACKAGE_CONTACT "dko developers <dko@localhost>")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(launcher mpich)
if(DKO_MPI_IS_OPEN_MPI)
  set(launcher openmpi-bin)
endif()
set(CPACK_DEBIAN_PACKAGE_DEPENDS "${launcher}, python3")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "python3-h5py, python3-matplotlib, python3-pandas, python3-scipy")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${CMAKE_CURRENT_LIST_DIR}/debian/postinst ${CMAKE_CURRENT_LIST_DIR}/debian/prerm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
