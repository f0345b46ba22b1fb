#pragma once
#include "common/async/awaitable.hpp"
#include "common/base/clock.hpp"
#include "common/base/result.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace picket::storage {
class SqliteStore;
}

namespace picket::apiserver {

struct ApiServerOptions {
    std::string data_dir = "/var/lib/picket/server";
    /// An address, or unix:///path: plain HTTP for whoever may open that file.
    std::string listen = "127.0.0.1:6443";
    /// A socket file beside `listen`, for what runs in the same process: the same API without TLS,
    /// for the owner of the file alone. Empty: none.
    std::string local_socket = {};
    /// Further names and addresses for the server's certificate (what agents and users dial).
    std::vector<std::string> tls_names = {};
    /// Written into admin.kubeconfig and the join token's hint; empty: https://<listen address>.
    std::string advertise_url = {};
    /// What all objects together may take; see SqliteStoreOptions.
    std::size_t max_store_bytes = std::size_t{2} << 30U;
    /// Prometheus text of what else runs in this process, for /metrics.
    std::function<std::string()> further_metrics = {};
    /// Opens another store than picket.db below data_dir.
    std::function<Result<std::unique_ptr<storage::SqliteStore>>()> open_store = {};
};

/// The API server: store, authentication, routes, HTTPS front. Everything it writes below data_dir:
/// picket.db, ca.crt, ca.key, server.crt, server.key, admin.kubeconfig, controller.kubeconfig,
/// join-token (secrets mode 0600).
class ApiServer {
public:
    ApiServer(boost::asio::any_io_executor executor, ApiServerOptions options, const Clock& clock);
    ~ApiServer();
    ApiServer(const ApiServer&) = delete;
    ApiServer& operator=(const ApiServer&) = delete;

    /// Opens the store, makes what is missing in data_dir and starts to answer. The error says what
    /// to do.
    Awaitable<Result<void>> start();
    Awaitable<> stop();
    [[nodiscard]] std::uint16_t port() const;
    /// What a client on this machine dials: "https://127.0.0.1:6443", or
    /// "unix:///path".
    [[nodiscard]] std::string url() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace picket::apiserver
