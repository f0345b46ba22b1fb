# Turns a binary file into a C++ source that holds its bytes.
file(READ "${INPUT}" hex HEX)
string(REGEX REPLACE "(..)" "\\\\x\\1" escaped "${hex}")
string(LENGTH "${hex}" digits)
math(EXPR size "${digits} / 2")
file(WRITE "${OUTPUT}"
"#include <string_view>
namespace picket::embedded {
extern const std::string_view pause_program;
const std::string_view pause_program(\"${escaped}\", ${size});
}  // namespace picket::embedded
")
