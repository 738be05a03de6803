# libparsum as others find it: pkg-config parsum, and find_package(parsum) with parsum::parsum, or
# parsum::parsum_static. Both work wherever the prefix is moved to.

include(CMakePackageConfigHelpers)

# What the archive needs beside it.
set(static_names m ${CMAKE_DL_LIBS} pthread)
if(OpenMP_C_FOUND)
  list(APPEND static_names ${OpenMP_C_LIB_NAMES})
endif()
list(REMOVE_DUPLICATES static_names)
list(TRANSFORM static_names PREPEND "-l" OUTPUT_VARIABLE static_libraries)
list(JOIN static_libraries " " static_libraries)
target_link_libraries(parsum_static INTERFACE ${static_names})

set_target_properties(parsum_shared PROPERTIES EXPORT_NAME parsum)
foreach(target IN ITEMS parsum_shared parsum_static)
  target_include_directories(${target} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endforeach()

# From where parsum.pc lies to the prefix.
file(RELATIVE_PATH to_prefix "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
configure_file(${PROJECT_SOURCE_DIR}/src/parsum.pc.in ${PROJECT_BINARY_DIR}/parsum.pc @ONLY)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/parsum-config-version.cmake
  COMPATIBILITY SameMinorVersion)

set(cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/parsum)
install(TARGETS parsum_static parsum_shared EXPORT parsum
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT dev)
install(FILES src/parsum.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev)
install(FILES ${PROJECT_BINARY_DIR}/parsum.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)
install(EXPORT parsum NAMESPACE parsum:: FILE parsum-config.cmake DESTINATION ${cmake_dir} COMPONENT dev)
install(FILES ${PROJECT_BINARY_DIR}/parsum-config-version.cmake DESTINATION ${cmake_dir} COMPONENT dev)
