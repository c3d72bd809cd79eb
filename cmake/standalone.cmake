# SPDX-License-Identifier: GPL-2.0-only
#
# The stand-alone build: library, program, examples, tests and package against an installed ns-3.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

if(sharding_missing)
  message(FATAL_ERROR "these Debian packages are needed: ${sharding_missing}")
endif()
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, Debug, RelWithDebInfo" FORCE)
endif()

find_package(ns3 REQUIRED)
# What provenance adds to its version: the same release, built by `./shardsim tune`.
set(sharding_ns3_flavour)
if(ns3_DIR MATCHES "/\\.tune/")
  set(sharding_ns3_flavour " tuned")
endif()
if(ns3_VERSION VERSION_LESS 3.37)
  message(FATAL_ERROR "ns-3 ${ns3_VERSION} is too old: 3.37 to 3.48 are known to work")
endif()
# Targets lost their "lib" with ns-3.43.
set(ns3_modules)
foreach(module core network internet applications point-to-point traffic-control
               virtual-net-device)
  if(TARGET ns3::${module})
    list(APPEND ns3_modules ns3::${module})
  else()
    list(APPEND ns3_modules ns3::lib${module})
  endif()
endforeach()

# Headers of ns-3.37 need C++17, those of 3.48 do not compile as less than C++23.
if(ns3_VERSION VERSION_LESS 3.43)
  set(CMAKE_CXX_STANDARD 17)
else()
  set(CMAKE_CXX_STANDARD 23)
endif()
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
add_compile_options(-Wall -Wextra)
option(SHARDING_WERROR "Warnings are errors" OFF)
if(SHARDING_WERROR)
  add_compile_options(-Werror)
endif()
set(SHARDING_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined")
if(SHARDING_SANITIZE)
  add_compile_options(-fsanitize=${SHARDING_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SHARDING_SANITIZE})
endif()
option(SHARDING_COVERAGE "Count executed lines and branches" OFF)
if(SHARDING_COVERAGE)
  add_compile_options(--coverage -O0 -fno-inline)
  add_link_options(--coverage)
endif()
option(SHARDING_FUZZ "Build the fuzz targets with libFuzzer (needs clang)" OFF)
if(SHARDING_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# As in ns-3's own build tree, all public headers are reached as "ns3/x.h".
foreach(header ${sharding_headers})
  get_filename_component(name ${header} NAME)
  set(stub "#include \"${PROJECT_SOURCE_DIR}/${header}\"\n")
  set(file ${PROJECT_BINARY_DIR}/include/ns3/${name})
  set(old "")
  if(EXISTS ${file})
    file(READ ${file} old)
  endif()
  if(NOT old STREQUAL stub)
    file(WRITE ${file} "${stub}")
  endif()
endforeach()

add_library(sharding SHARED ${sharding_sources})
add_library(ns3-sharding::sharding ALIAS sharding)
set_target_properties(sharding PROPERTIES OUTPUT_NAME ns3-sharding SOVERSION 0
                                          VERSION ${SHARDING_VERSION})
target_include_directories(sharding PUBLIC $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
                                           $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_include_directories(sharding SYSTEM PRIVATE ${LIBXML2_INCLUDE_DIR} ${ISAL_INCLUDE}
                                                   ${SODIUM_INCLUDE} ${EIGEN_INCLUDE})
target_compile_features(sharding PUBLIC cxx_std_${CMAKE_CXX_STANDARD})
target_link_libraries(sharding PUBLIC ${ns3_modules} PRIVATE ${sharding_private})
# Debian's ns-3 has logging and assertions compiled in, but its package does not say so.
target_compile_definitions(
  sharding PUBLIC $<$<CONFIG:Debug>:NS3_LOG_ENABLE> $<$<CONFIG:Debug>:NS3_ASSERT_ENABLE>)
# A program may name classes of ours by their TypeId string only. Linkers that drop libraries of
# which no symbol is used would leave it without them.
target_link_options(sharding INTERFACE LINKER:--no-as-needed)

include(cmake/shardsim.cmake)
if(sharding_program_missing)
  message(FATAL_ERROR "these Debian packages are needed: ${sharding_program_missing}")
endif()
add_subdirectory(examples)

include(CTest)
if(BUILD_TESTING)
  add_subdirectory(test)
endif()

# The installed program finds the library wherever the prefix is.
if(IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR} OR IS_ABSOLUTE ${CMAKE_INSTALL_BINDIR})
  set(library_path ${CMAKE_INSTALL_FULL_LIBDIR})
else()
  file(RELATIVE_PATH library_path /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_LIBDIR})
  set(library_path $ORIGIN/${library_path})
endif()
set_target_properties(shardsim PROPERTIES INSTALL_RPATH "${library_path}")
set_target_properties(sharding shardsim PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
install(TARGETS sharding EXPORT ns3-sharding-targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS shardsim RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
list(TRANSFORM sharding_headers PREPEND ${PROJECT_SOURCE_DIR}/ OUTPUT_VARIABLE installed_headers)
install(FILES ${installed_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ns3)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/scenarios/ DESTINATION share/ns3-sharding/scenarios
        FILES_MATCHING PATTERN "*.toml" PATTERN "*.trace")
install(EXPORT ns3-sharding-targets NAMESPACE ns3-sharding::
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/ns3-sharding)
configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/ns3-sharding-config.cmake.in
  ${PROJECT_BINARY_DIR}/ns3-sharding-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/ns3-sharding)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ns3-sharding-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ns3-sharding-config.cmake
              ${PROJECT_BINARY_DIR}/ns3-sharding-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/ns3-sharding)
