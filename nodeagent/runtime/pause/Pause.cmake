# The sandbox's only program is compiled for the target host, static and without libc, and its bytes become
# std::string_view picket::embedded::pause_program. No PCH and no shared flags: it is not part of picket's process.
set(pause_source "${CMAKE_CURRENT_LIST_DIR}/pause.c")
set(pause_binary "${CMAKE_CURRENT_BINARY_DIR}/pause")
set(pause_cpp "${CMAKE_CURRENT_BINARY_DIR}/pause_program.cpp")
add_custom_command(OUTPUT "${pause_binary}"
    COMMAND ${CMAKE_C_COMPILER} -Os -Wall -Wextra -Werror -ffreestanding -nostdlib -static -fno-pie -fno-stack-protector
        -fno-asynchronous-unwind-tables -Wl,--build-id=none -Wl,-z,norelro -s -o "${pause_binary}" "${pause_source}"
    DEPENDS "${pause_source}" VERBATIM)
add_custom_command(OUTPUT "${pause_cpp}"
    COMMAND ${CMAKE_COMMAND} -DINPUT=${pause_binary} -DOUTPUT=${pause_cpp} -P "${CMAKE_CURRENT_LIST_DIR}/EmbedBytes.cmake"
    DEPENDS "${pause_binary}" "${CMAKE_CURRENT_LIST_DIR}/EmbedBytes.cmake" VERBATIM)
set_source_files_properties("${pause_cpp}" PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
target_sources(nodeagent PRIVATE "${pause_cpp}")
