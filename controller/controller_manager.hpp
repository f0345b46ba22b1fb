#pragma once
#include "common/async/awaitable.hpp"
#include "common/base/clock.hpp"
#include "common/client/api_client.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace picket::controller {

struct ControllerOptions {
    /// A node whose Lease was not renewed for this long is silent: Ready goes Unknown, taints
    /// appear.
    std::chrono::seconds node_grace{10};
    std::uint64_t seed = 0;  ///< 0: from the system
};

/// All controllers over one API client and shared informers. Loop thread only.
class ControllerManager {
public:
    ControllerManager(
        boost::asio::any_io_executor executor,
        client::ApiClientOptions api,
        ControllerOptions options,
        const Clock& clock);
    ~ControllerManager();
    ControllerManager(const ControllerManager&) = delete;
    ControllerManager& operator=(const ControllerManager&) = delete;

    /// Starts informers and loops; returns at once. They wait for the API by themselves.
    void start();
    Awaitable<> stop();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace picket::controller
