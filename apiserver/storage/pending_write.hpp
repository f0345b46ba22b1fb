#pragma once
#include "apiserver/storage/log_file.hpp"
#include "apiserver/storage/store.hpp"
#include "common/async/loop_clock.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <exception>
#include <memory>
#include <optional>

namespace picket::storage {

/// One write from its start to its answer, shared by the caller who waits and the pipeline that
/// carries it out. Loop thread only.
class PendingWrite {
public:
    PendingWrite(const boost::asio::any_io_executor& executor, ObjectKey for_key, Mutation decide);

    /// What the caller gets, or what the mutation threw. A caller who is cancelled abandons it.
    static Awaitable<Result<Written>> outcome(std::shared_ptr<PendingWrite> pending);
    void answer(Result<Written> result);
    void fail(std::exception_ptr thrown);

    /// The caller was cancelled: a mutation that has not run must not run.
    [[nodiscard]] bool abandoned() const { return abandoned_; }

    const ObjectKey key;
    Mutation mutation;
    LogRow row = {};    ///< once decided
    bool copy = false;  ///< nobody's write: a state is copied forward, so that old rows can go
    bool durable = true;

private:
    [[nodiscard]] bool settled() const { return answer_ || thrown_; }

    Timer answered_;  // never expires; cancelled by the answer
    std::optional<Result<Written>> answer_ = {};
    std::exception_ptr thrown_ = {};
    bool abandoned_ = false;
};
using PendingPtr = std::shared_ptr<PendingWrite>;

}  // namespace picket::storage
