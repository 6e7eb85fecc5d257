# cmake -DSOURCE=… -DVERSION=… -DOUTPUT=… -P version.cmake: writes version.cpp with the commit of the checkout, or with
# "commit unknown" where the sources are no checkout of their own, as in a package. A checkout of another owner is read
# all the same: nothing of it is run.
set(git git -c safe.directory=* -C ${SOURCE})
execute_process(
  COMMAND ${git} rev-parse --show-prefix
  OUTPUT_VARIABLE within RESULT_VARIABLE failed OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
set(REVISION "commit unknown")
if(NOT failed AND within STREQUAL "")  # else the sources lie inside another project's checkout
  execute_process(
    COMMAND ${git} describe --always --dirty --exclude=*
    OUTPUT_VARIABLE commit RESULT_VARIABLE failed OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT failed)
    set(REVISION ${commit})
  endif()
endif()
configure_file(${SOURCE}/src/base/version.cpp.in ${OUTPUT} @ONLY)
