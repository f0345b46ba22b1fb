# picket_library(NAME [FOLDERS folder...] DEPENDS lib...): a static library of every .cpp in the calling folder and
#   in the folders named below it.
# picket_test(NAME LABEL label DEPENDS lib...): a Catch2 program of every .cpp in the calling folder; the target
#   <label>_tests builds all of a label.
# picket_embed(TARGET FILE...): each FILE becomes std::string_view picket::embedded::<name with _>.

# Compiles files of a target together: headers and templates are what a build costs, and so they are paid for once a
# unit. Names in unnamed namespaces are therefore unique within a target.
function(picket_unity name)
    if(NOT PICKET_UNITY_FILES EQUAL 1)
        set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${PICKET_UNITY_FILES})
    endif()
endfunction()

function(picket_library name)
    cmake_parse_arguments(ARG "" "" "DEPENDS;FOLDERS" ${ARGN})
    set(patterns "*.cpp")
    foreach(folder IN LISTS ARG_FOLDERS)
        list(APPEND patterns "${folder}/*.cpp")
    endforeach()
    file(GLOB sources CONFIGURE_DEPENDS ${patterns})
    if(sources)
        add_library(${name} STATIC ${sources})
        target_link_libraries(${name} PUBLIC picket_options picket_asio ${ARG_DEPENDS})
        target_precompile_headers(${name} REUSE_FROM picket_pch)
        picket_unity(${name})
    else()
        add_library(${name} INTERFACE)
        target_link_libraries(${name} INTERFACE picket_options ${ARG_DEPENDS})
    endif()
endfunction()

function(picket_test name)
    cmake_parse_arguments(ARG "" "LABEL" "DEPENDS" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS *.cpp)
    if(NOT sources)
        return()
    endif()
    add_executable(${name} ${sources})
    target_link_libraries(${name} PRIVATE picket_options picket_asio tests_support catch_main ${ARG_DEPENDS})
    target_precompile_headers(${name} REUSE_FROM tests_pch)
    picket_unity(${name})
    if(NOT TARGET ${ARG_LABEL}_tests)
        add_custom_target(${ARG_LABEL}_tests)
    endif()
    add_dependencies(${ARG_LABEL}_tests ${name})
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT 300)
endfunction()

function(picket_embed target)
    foreach(file IN LISTS ARGN)
        string(MAKE_C_IDENTIFIER "${file}" identifier)
        set(source "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
        set(output "${CMAKE_CURRENT_BINARY_DIR}/embedded_${identifier}.cpp")
        add_custom_command(OUTPUT "${output}"
            COMMAND ${CMAKE_COMMAND} -DINPUT=${source} -DOUTPUT=${output} -DIDENTIFIER=${identifier}
                -P "${CMAKE_SOURCE_DIR}/cmake/Embed.cmake"
            DEPENDS "${source}" "${CMAKE_SOURCE_DIR}/cmake/Embed.cmake" VERBATIM)
        set_source_files_properties("${output}" PROPERTIES SKIP_PRECOMPILE_HEADERS ON SKIP_UNITY_BUILD_INCLUSION ON)
        target_sources(${target} PRIVATE "${output}")
    endforeach()
endfunction()
