# Read by cpack before it begins: without these programs a package would not say which libraries it needs.
if(CPACK_GENERATOR STREQUAL "DEB")
  foreach(program dpkg-shlibdeps file)
    find_program(found_${program} ${program})
    if(NOT found_${program})
      message(FATAL_ERROR "cpack -G DEB needs ${program}: apt install dpkg-dev file")
    endif()
  endforeach()
endif()
