#pragma once
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace picket {

/// What every coroutine of picket returns. One loop thread runs them; arguments are taken by value,
/// because the caller's frame may be gone after the first suspension.
template <class T = void>
using Awaitable = boost::asio::awaitable<T>;

using boost::asio::use_awaitable;
/// Completion token for operations whose error is part of the protocol: `auto [error, n] = co_await
/// op(as_result);`
inline constexpr auto as_result = boost::asio::as_tuple(boost::asio::use_awaitable);

}  // namespace picket
