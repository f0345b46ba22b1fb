// The only translation unit that compiles fmt's formatter: pch.hpp declares it as instantiated
// elsewhere. libfmt exports the same function, but under the name that g++ gives it; clang's
// differs, so the linker would not find it.
#include <fmt/format.h>

template void fmt::detail::vformat_to<char>(
    fmt::detail::buffer<char>&,
    fmt::basic_string_view<char>,
    fmt::basic_format_args<fmt::basic_format_context<fmt::appender, char>>,
    fmt::detail::locale_ref);
