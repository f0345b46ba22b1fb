// The precompiled header is attached to this source (see CMakeLists.txt); it holds nothing itself.
