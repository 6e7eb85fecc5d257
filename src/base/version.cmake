# cmake -DSOURCE=… -DVERSION=… -DOUTPUT=… -P version.cmake: writes version.cpp with the commit of the checkout.
execute_process(
  COMMAND git -C ${SOURCE} describe --always --dirty --exclude=*
  OUTPUT_VARIABLE REVISION OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
configure_file(${SOURCE}/src/base/version.cpp.in ${OUTPUT} @ONLY)
