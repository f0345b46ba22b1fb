#pragma once
// What nearly every file with a coroutine includes; measured in ARCHITECTURE.md ("Build time").
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

// spdlog's log calls instantiate fmt's whole formatter, and the optimiser then works on it, in
// every file that logs: half of what such a file costs. libfmt exports the same function.
extern template void fmt::detail::vformat_to<char>(
    fmt::detail::buffer<char>&,
    fmt::basic_string_view<char>,
    fmt::basic_format_args<fmt::basic_format_context<fmt::appender, char>>,
    fmt::detail::locale_ref);

#ifndef __OPTIMIZE__
#include "common/json_instances.hpp"
PICKET_JSON_INSTANCES(extern template);
#endif
