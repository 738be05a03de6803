# The package for Python. In the build tree it lies in python/parsum, for tests; it is installed where
# Python looks below the prefix, which is asked for only then, as cmake --install may name another one.

set(PARSUM_PYTHON_DIR "" CACHE STRING
  "Where the package for Python goes, below the prefix; empty: where Python looks for packages there")

find_package(Python3 COMPONENTS Interpreter)
set(python_dir ${CMAKE_CURRENT_LIST_DIR})
set(python_soname libparsum.so.${PROJECT_VERSION_MAJOR})
set(python_files __init__.py _errors.py _functions.py _inputs.py _library.py _numbers.py _pieces.py _result.py _run.py
  _structs.py _sum.py py.typed)
foreach(file IN LISTS python_files)
  configure_file(${python_dir}/parsum/${file} ${PROJECT_BINARY_DIR}/python/parsum/${file} COPYONLY)
endforeach()
set(library ../../${python_soname})
configure_file(${python_dir}/parsum/_place.py.in ${PROJECT_BINARY_DIR}/python/parsum/_place.py @ONLY)

list(TRANSFORM python_files PREPEND ${python_dir}/parsum/)
list(JOIN python_files "\" \"" python_list)
configure_file(${python_dir}/install.cmake.in ${PROJECT_BINARY_DIR}/install_python.cmake @ONLY)
install(SCRIPT ${PROJECT_BINARY_DIR}/install_python.cmake COMPONENT python)
