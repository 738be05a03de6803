# Debian's packages, which cpack makes of the preset deb: parsum, libparsum0, libparsum-dev and
# python3-parsum, one for each component.

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "") # each package has one of its own, its first line
set(CPACK_COMPONENTS_ALL program runtime dev python)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
set(CPACK_DEBIAN_MAIL authors@parsum.example)

set(package_dir ${PROJECT_SOURCE_DIR}/scripts/package.d)
set(library_package libparsum${PROJECT_VERSION_MAJOR})
set(this_library "${library_package} (= ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})")

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME parsum)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION math)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS "gcc, libc6-dev, gnuplot, python3")
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "${PROJECT_DESCRIPTION}
parsum adds up a term, such as i or a C expression of i, over many uneven
ranges of integers, on all cores it is given. Sums are exact: they have the
same bits whatever the number of threads, ranks and restarts.")

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME ${library_package})
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA ${package_dir}/runtime/triggers)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION "Exact sums of doubles
libparsum adds up arrays of doubles without rounding, in parallel: sums, dot
products, norms, means and variances. They have the same bits in every order,
on any number of threads and on every machine.")

set(CPACK_DEBIAN_DEV_PACKAGE_NAME libparsum-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "${this_library}")
set(CPACK_COMPONENT_DEV_DESCRIPTION "Exact sums of doubles, for programs of C and C++
libparsum adds up arrays of doubles without rounding, in parallel. This package
has what programs that use it are built with: the header, the archive, and
files for pkg-config and CMake.")

set(CPACK_DEBIAN_PYTHON_PACKAGE_NAME python3-parsum)
set(CPACK_DEBIAN_PYTHON_PACKAGE_SECTION python)
set(CPACK_DEBIAN_PYTHON_PACKAGE_DEPENDS "python3 (>= 3.10), ${this_library}")
set(CPACK_DEBIAN_PYTHON_PACKAGE_SUGGESTS python3-numpy)
set(CPACK_DEBIAN_PYTHON_PACKAGE_CONTROL_EXTRA ${package_dir}/python/postinst ${package_dir}/python/prerm)
set(CPACK_COMPONENT_PYTHON_DESCRIPTION "Exact sums of doubles, for Python
The package parsum adds up arrays of numpy and other numbers without rounding,
in parallel: sums, dot products, norms, means and variances. They have the same
bits in every order, on any number of threads and on every machine.")

# Each tells of its licence and changes, in files of certain names.
if(PARSUM_DEBIAN)
  configure_file(${package_dir}/copyright ${PROJECT_BINARY_DIR}/copyright COPYONLY)
  configure_file(${PROJECT_SOURCE_DIR}/CHANGELOG.md ${PROJECT_BINARY_DIR}/changelog COPYONLY)
  parsum_compress(${PROJECT_BINARY_DIR}/changelog)
  foreach(component IN LISTS CPACK_COMPONENTS_ALL)
    string(TOUPPER ${component} upper)
    set(package ${CPACK_DEBIAN_${upper}_PACKAGE_NAME})
    configure_file(${package_dir}/changelog.in ${PROJECT_BINARY_DIR}/packages/${package}/changelog.Debian @ONLY)
    parsum_compress(${PROJECT_BINARY_DIR}/packages/${package}/changelog.Debian)
    install(FILES ${PROJECT_BINARY_DIR}/copyright ${PROJECT_BINARY_DIR}/changelog.gz
        ${PROJECT_BINARY_DIR}/packages/${package}/changelog.Debian.gz
      DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${component})
    configure_file(${package_dir}/lintian-overrides ${PROJECT_BINARY_DIR}/packages/${package}/overrides @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/packages/${package}/overrides RENAME ${package}
      DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides COMPONENT ${component})
  endforeach()
endif()
