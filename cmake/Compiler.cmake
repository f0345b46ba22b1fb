# How every target is compiled: one INTERFACE target, so that no two targets differ.

# g++ 12 destroys some temporaries twice in expressions that hold co_await, without a warning.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    message(FATAL_ERROR "g++ ${CMAKE_CXX_COMPILER_VERSION} miscompiles coroutines; use clang++-19 or g++ 13")
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

set(PICKET_UNITY_FILES 0 CACHE STRING "How many files of a target are compiled together; 0: all, 1: each alone")
set(PICKET_SANITIZE "" CACHE STRING "Sanitizers for every target: address,undefined or thread")

find_program(PICKET_CCACHE ccache)
if(PICKET_CCACHE)
    # The sloppiness lets ccache serve objects built with a precompiled header.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${PICKET_CCACHE})
endif()

add_library(picket_options INTERFACE)
target_include_directories(picket_options INTERFACE "${CMAKE_SOURCE_DIR}" "${CMAKE_BINARY_DIR}/generated")
target_compile_options(picket_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
    -Wold-style-cast -Woverloaded-virtual -Wimplicit-fallthrough -Werror)
target_compile_definitions(picket_options INTERFACE
    BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
    BOOST_ASIO_NO_DEPRECATED PICKET_VERSION="${PROJECT_VERSION}")
# Line tables are enough for a backtrace and halve the size of a debug object.
target_compile_options(picket_options INTERFACE $<$<CONFIG:Debug>:-gline-tables-only>)
target_compile_options(picket_options INTERFACE $<$<CONFIG:Release>:-ffunction-sections;-fdata-sections>)
target_link_options(picket_options INTERFACE $<$<CONFIG:Release>:-Wl,--gc-sections,--as-needed>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(picket_options INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
endif()

find_program(PICKET_LLD NAMES ld.lld-19 ld.lld)
if(PICKET_LLD)
    target_link_options(picket_options INTERFACE "-fuse-ld=${PICKET_LLD}")
    # Functions with the same code are one, where nobody compares their addresses: 350 KiB.
    target_link_options(picket_options INTERFACE $<$<CONFIG:Release>:-Wl,--icf=safe>)
endif()

option(PICKET_FUZZ "Fuzz targets are libFuzzer programs; clang only, best with PICKET_SANITIZE" OFF)
if(PICKET_FUZZ)
    target_compile_options(picket_options INTERFACE -fsanitize=fuzzer-no-link)
    target_link_options(picket_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(PICKET_SANITIZE)
    target_compile_options(picket_options INTERFACE -fsanitize=${PICKET_SANITIZE} -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
    if(PICKET_SANITIZE STREQUAL thread)
        target_compile_options(picket_options INTERFACE -O1)  # without it the tests take several times as long
    endif()
    target_link_options(picket_options INTERFACE -fsanitize=${PICKET_SANITIZE})
endif()
