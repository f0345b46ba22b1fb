#pragma once
#include "common/async/awaitable.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>

#include <type_traits>
#include <utility>

namespace picket {

/// Runs blocking `work` on `executor` (a thread pool) and resumes the caller on its own executor
/// with the result. `work` must own everything it touches.
template <class Work>
Awaitable<std::invoke_result_t<Work>> run_on(boost::asio::any_io_executor executor, Work work) {
    // Not a lambda with co_await: the named coroutine keeps its own copy of `work`.
    struct Body {
        static Awaitable<std::invoke_result_t<Work>> run(Work job) { co_return job(); }
    };
    co_return co_await boost::asio::co_spawn(executor, Body::run(std::move(work)), use_awaitable);
}

}  // namespace picket
