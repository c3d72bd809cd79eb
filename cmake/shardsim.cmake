# SPDX-License-Identifier: GPL-2.0-only
#
# The command-line program: scenarios and analysis. Stand-alone it is a must; inside an ns-3 tree
# it is built where its packages are found.
set(sharding_root ${CMAKE_CURRENT_LIST_DIR}/..)
file(GLOB shardsim_sources CONFIGURE_DEPENDS ${sharding_root}/analysis/*.cc
     ${sharding_root}/scenarios/*.cc)
# These two have a main of their own.
list(FILTER shardsim_sources EXCLUDE REGEX "/scenarios/(shardsim|make-traces)\\.cc$")

find_path(TOMLPLUSPLUS_INCLUDE toml++/toml.h)
find_path(CLI11_INCLUDE CLI/CLI.hpp)
find_path(NLOHMANN_JSON_INCLUDE nlohmann/json.hpp)
find_path(SQLITE3_INCLUDE sqlite3.h)
find_library(SQLITE3_LIBRARY sqlite3)
set(sharding_program_missing)
foreach(need TOMLPLUSPLUS_INCLUDE:libtomlplusplus-dev CLI11_INCLUDE:libcli11-dev
             NLOHMANN_JSON_INCLUDE:nlohmann-json3-dev SQLITE3_INCLUDE:libsqlite3-dev
             SQLITE3_LIBRARY:libsqlite3-dev)
  string(REPLACE ":" ";" need ${need})
  list(GET need 0 variable)
  list(GET need 1 package)
  if(NOT ${variable})
    list(APPEND sharding_program_missing ${package})
  endif()
endforeach()
list(REMOVE_DUPLICATES sharding_program_missing)
if(sharding_program_missing)
  message(STATUS "shardsim is left out: it needs the Debian packages ${sharding_program_missing}")
  return()
endif()

set(shardsim_definitions
    SHARDING_VERSION="${SHARDING_VERSION}"
    SHARDING_BUILD_TYPE="$<IF:$<BOOL:$<CONFIG>>,$<CONFIG>,${CMAKE_BUILD_TYPE}>"
    SHARDSIM_SOURCE_DIR="${CMAKE_CURRENT_LIST_DIR}/..")

if(COMMAND build_lib)
  # In one piece, because ns-3 may be linked as one library, shared or static; started with
  # `./ns3 run "shardsim list"`.
  build_exec(
    EXECNAME shardsim
    SOURCE_FILES ${sharding_root}/scenarios/shardsim.cc ${shardsim_sources}
    LIBRARIES_TO_LINK ${libsharding} ${SQLITE3_LIBRARY}
    DEFINITIONS ${shardsim_definitions} SHARDING_NS3_VERSION="${NS3_VER}"
    EXECUTABLE_DIRECTORY_PATH ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/contrib/sharding)
  target_include_directories(shardsim PRIVATE ${sharding_root})
  build_exec(
    EXECNAME shardsim-traces
    SOURCE_FILES ${sharding_root}/scenarios/make-traces.cc
    EXECUTABLE_DIRECTORY_PATH ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/contrib/sharding)
  return()
endif()

add_library(shardsim-parts STATIC ${shardsim_sources})
target_include_directories(shardsim-parts PUBLIC ${sharding_root})
target_link_libraries(shardsim-parts PUBLIC sharding ${SQLITE3_LIBRARY})
target_compile_definitions(
  shardsim-parts PRIVATE ${shardsim_definitions} SHARDING_NS3_VERSION="${ns3_VERSION}${sharding_ns3_flavour}")
add_executable(shardsim ${sharding_root}/scenarios/shardsim.cc)
target_link_libraries(shardsim PRIVATE shardsim-parts)
add_executable(shardsim-traces ${sharding_root}/scenarios/make-traces.cc)
