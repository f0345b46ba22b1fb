#include "apiserver/storage/pending_write.hpp"

#include "common/async/timing.hpp"

#include <boost/system/system_error.hpp>

#include <chrono>
#include <utility>

namespace picket::storage {

PendingWrite::PendingWrite(
    const boost::asio::any_io_executor& executor, ObjectKey for_key, Mutation decide)
    : key(std::move(for_key)),
      mutation(std::move(decide)),
      answered_(executor, std::chrono::steady_clock::time_point::max()) {}

Awaitable<Result<Written>> PendingWrite::outcome(PendingPtr pending) {
    if (!pending->settled()) {
        const auto [error] = co_await pending->answered_.async_wait(as_result);
        if (!pending->settled()) {
            pending->abandoned_ = true;
            throw boost::system::system_error(error);
        }
    }
    if (pending->thrown_) std::rethrow_exception(pending->thrown_);
    co_return std::move(*pending->answer_);
}

void PendingWrite::answer(Result<Written> result) {
    answer_.emplace(std::move(result));
    answered_.cancel();
}

void PendingWrite::fail(std::exception_ptr thrown) {
    thrown_ = std::move(thrown);
    answered_.cancel();
}

}  // namespace picket::storage
