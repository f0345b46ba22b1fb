// The precompiled header is attached to this source (see tests/CMakeLists.txt); it holds nothing
// itself.
