# What is installed besides the programs, and what the packages are made of.

set(PARSUM_ZSH_DIR ${CMAKE_INSTALL_DATADIR}/zsh/site-functions CACHE STRING
  "Where completion for zsh goes; Debian's packages have it in share/zsh/vendor-completions")

# parsum_compress(FILE): FILE.gz beside it, as distributions have pages and changes. It takes no time,
# so it is made here, and whatever has been built can be installed.
find_program(PARSUM_GZIP gzip)
mark_as_advanced(PARSUM_GZIP)
function(parsum_compress file)
  execute_process(COMMAND ${PARSUM_GZIP} -9nkf ${file} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# The manual page, compressed where that can be done.
set(page ${PROJECT_BINARY_DIR}/parsum.1)
configure_file(${PROJECT_SOURCE_DIR}/src/cli/parsum.1.in ${page} @ONLY)
if(PARSUM_GZIP)
  parsum_compress(${page})
  set(page ${page}.gz)
endif()
install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)

install(FILES ${PROJECT_SOURCE_DIR}/scripts/completion/parsum.bash RENAME parsum
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${PROJECT_SOURCE_DIR}/scripts/completion/_parsum DESTINATION ${PARSUM_ZSH_DIR})

install(DIRECTORY ${PROJECT_SOURCE_DIR}/scripts/batch/
  DESTINATION ${CMAKE_INSTALL_DATADIR}/parsum/batch
  FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
    WORLD_READ WORLD_EXECUTE)
set(scripts_dir ${CMAKE_INSTALL_DATADIR}/parsum/scripts)
install(PROGRAMS ${PROJECT_SOURCE_DIR}/scripts/scaling DESTINATION ${scripts_dir})
install(FILES ${PROJECT_SOURCE_DIR}/scripts/plot.gp DESTINATION ${scripts_dir})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/scripts/study DESTINATION ${scripts_dir}
  PATTERN __pycache__ EXCLUDE)

if(NOT PARSUM_DEBIAN)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/examples DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs)
endif()

# The pages for people, and what they show or lead to, as they lie in the source.
file(GLOB pages RELATIVE ${PROJECT_SOURCE_DIR} CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/*.md)
list(APPEND pages README.md CONTRIBUTING.md results/speed.md)
set(documents ${pages})
foreach(page IN LISTS pages)
  get_filename_component(directory ${PROJECT_SOURCE_DIR}/${page} DIRECTORY)
  file(READ ${PROJECT_SOURCE_DIR}/${page} text)
  string(REGEX MATCHALL "[(][^()#: \n]+[.](md|svg|h)[)]" links "${text}")
  foreach(link IN LISTS links)
    string(REGEX REPLACE "[()]" "" link ${link})
    get_filename_component(link ${link} ABSOLUTE BASE_DIR ${directory})
    file(RELATIVE_PATH link ${PROJECT_SOURCE_DIR} ${link})
    list(APPEND documents ${link})
  endforeach()
endforeach()
list(REMOVE_DUPLICATES documents)
foreach(document IN LISTS documents)
  get_filename_component(directory ${document} DIRECTORY)
  install(FILES ${PROJECT_SOURCE_DIR}/${document} DESTINATION ${CMAKE_INSTALL_DOCDIR}/${directory})
endforeach()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/examples DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs
  PATTERN __pycache__ EXCLUDE)

if(NOT PARSUM_DEBIAN)
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/CHANGELOG.md
    DESTINATION ${CMAKE_INSTALL_DOCDIR})
endif()

set(CPACK_PACKAGE_VENDOR "The parsum authors")
set(CPACK_PACKAGE_CONTACT "The parsum authors <authors@parsum.example>")
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR DEB)
include(src/debian.cmake)

set(CPACK_SOURCE_GENERATOR TGZ)
set(CPACK_SOURCE_PACKAGE_FILE_NAME parsum-${PROJECT_VERSION})
# .git is a file where the tree is a worktree of another; only the tree's own build is none of it.
# A backslash in what cpack reads stays one.
set(CPACK_VERBATIM_VARIABLES ON)
string(REGEX REPLACE "([^A-Za-z0-9_/-])" "\\\\\\1" root "${PROJECT_SOURCE_DIR}")
set(CPACK_SOURCE_IGNORE_FILES "^${root}/build/;/[.]git(/|$);/__pycache__/;[.]swp$;~$")
include(CPack)
