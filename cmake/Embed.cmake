# Turns a text file into a C++ source that holds it. Included by picket_embed.
file(READ "${INPUT}" content)
file(WRITE "${OUTPUT}"
"#include <string_view>
#pragma GCC diagnostic ignored \"-Woverlength-strings\"
namespace picket::embedded {
extern const std::string_view ${IDENTIFIER};
const std::string_view ${IDENTIFIER} = R\"picket_embed(${content})picket_embed\";
}  // namespace picket::embedded
")
