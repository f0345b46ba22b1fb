#include "apiserver/apiserver.hpp"

#include "apiserver/auth/server_identity.hpp"
#include "apiserver/auth/service_account/issuer.hpp"
#include "apiserver/auth/token_authenticator.hpp"
#include "apiserver/credential_files.hpp"
#include "apiserver/default_objects.hpp"
#include "apiserver/registry/strategy.hpp"
#include "apiserver/routes/backup.hpp"
#include "apiserver/routes/metrics.hpp"
#include "apiserver/routes/namespace_content.hpp"
#include "apiserver/routes/responses.hpp"
#include "apiserver/routes/router.hpp"
#include "apiserver/routes/tunnel_hub.hpp"
#include "apiserver/storage/sqlite_store.hpp"
#include "common/base/json_text.hpp"
#include "common/base/log.hpp"
#include "common/base/private_file.hpp"
#include "common/http/server.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <filesystem>

namespace picket::apiserver {
namespace {

const Resource* find_by_qualified_name(const std::string& name) {
    for (const auto& resource : all_resources()) {
        if (resource.qualified_name() == name) return &resource;
    }
    return nullptr;
}

/// For objects read back from disk. What a later version stored under a kind unknown here has no
/// attributes.
storage::Attributes stored_attributes(const std::string& name, const std::string& bytes) {
    const auto* resource = find_by_qualified_name(name);
    if (resource == nullptr) return {};
    return registry::attributes_of(*resource, parse_json(bytes));
}

/// What a client on this machine dials for an address that the server listens on.
std::string dialled_host(std::string_view listen) {
    const auto host = listen.substr(0, listen.rfind(':'));
    if (host.empty() || host == "0.0.0.0") return "127.0.0.1";
    if (host == "[::]") return "[::1]";
    return std::string(host);
}

bool on_socket_file(std::string_view listen) {
    return listen.starts_with("unix://");
}

http::Response on_http_error(const Error& error, unsigned status) {
    return error_response(error, status);
}

}  // namespace

class ApiServer::Impl {
public:
    Impl(boost::asio::any_io_executor executor, ApiServerOptions options, const Clock& clock)
        : executor_(executor),
          options_(std::move(options)),
          clock_(clock),
          random_(Random::from_system()),
          tunnels_(executor),
          evictions_(executor) {}

    Awaitable<Result<void>> start();
    Awaitable<> stop();
    [[nodiscard]] std::uint16_t port() const { return server_ ? server_->port() : 0; }
    [[nodiscard]] std::string url() const {
        if (on_socket_file(options_.listen)) return options_.listen;
        return fmt::format("https://{}:{}", dialled_host(options_.listen), port());
    }

private:
    [[nodiscard]] Result<std::unique_ptr<storage::SqliteStore>> open_file() const;
    [[nodiscard]] Result<void> open_store();
    [[nodiscard]] Result<ServerIdentity> prepare_identity() const;
    [[nodiscard]] Result<void> listen(const tls::KeyPair& certificate);
    [[nodiscard]] Result<void> listen_locally();
    [[nodiscard]] std::unique_ptr<http::Server> make_server(http::ServerOptions options);
    [[nodiscard]] std::string advertised_url() const {
        return options_.advertise_url.empty() ? url() : options_.advertise_url;
    }

    boost::asio::any_io_executor executor_;
    ApiServerOptions options_;
    const Clock& clock_;
    Random random_;
    Metrics metrics_;
    TunnelHub tunnels_;
    Mutex evictions_;
    // In the order they are made by start(); each uses those above it.
    std::unique_ptr<storage::SqliteStore> store_;
    std::unique_ptr<BackupMaker> backups_;
    std::unique_ptr<ServiceAccountIssuer> accounts_;
    std::unique_ptr<Services> services_;
    std::unique_ptr<TokenAuthenticator> authenticator_;
    std::unique_ptr<Router> router_;
    std::unique_ptr<http::Server> server_;
    std::unique_ptr<http::Server> local_server_;
};

Awaitable<Result<void>> ApiServer::Impl::start() {
    const auto identity = prepare_identity();
    if (!identity) co_return identity.error();
    const auto opened = open_store();
    if (!opened) co_return opened.error();
    backups_ = std::make_unique<BackupMaker>(*store_, options_.data_dir);
    auto key =
        SigningKey::load_or_make(std::filesystem::path(options_.data_dir) / "service-account.key");
    if (!key) co_return key.error();
    accounts_ = std::make_unique<ServiceAccountIssuer>(std::move(*key), *store_);
    services_ = std::make_unique<Services>(Services{
        executor_,
        *store_,
        clock_,
        random_,
        tunnels_,
        metrics_,
        *backups_,
        *accounts_,
        evictions_,
        identity->ca_pem,
        identity->ca_fingerprint,
        RoleBook(*store_),
        NodeHosts(*store_, clock_.now()),
        clock_.now(),
        options_.further_metrics});
    authenticator_ = std::make_unique<TokenAuthenticator>(*store_, clock_, accounts_.get());
    router_ = std::make_unique<Router>(*services_, *authenticator_);
    const auto namespaces = co_await ensure_namespaces(*services_);
    if (!namespaces) co_return namespaces.error();
    const auto defaults = co_await ensure_default_objects(*services_);
    if (!defaults) co_return defaults.error();
    const auto tokens = co_await ensure_server_tokens(*services_, options_.data_dir);
    if (!tokens) co_return tokens.error();
    const auto listening = listen(identity->server);
    if (!listening) co_return listening.error();
    const auto local = listen_locally();
    if (!local) co_return local.error();
    // Nothing suspends between listening and this, so the files are there before the first answer.
    co_return write_credential_files(options_.data_dir, *tokens, advertised_url(), *services_);
}

Result<ServerIdentity> ApiServer::Impl::prepare_identity() const {
    const auto made = make_private_directory(options_.data_dir);
    if (!made) return made.error();
    const std::string_view address =
        on_socket_file(options_.listen) ? "localhost:0" : std::string_view(options_.listen);
    const auto names = certificate_names(address, options_.tls_names);
    return load_or_make_identity(options_.data_dir, names, clock_.now());
}

Result<std::unique_ptr<storage::SqliteStore>> ApiServer::Impl::open_file() const {
    storage::SqliteStoreOptions options;
    options.path = (std::filesystem::path(options_.data_dir) / "picket.db").string();
    options.attributes = stored_attributes;
    options.live_bytes = options_.max_store_bytes;
    return storage::SqliteStore::open(executor_, std::move(options));
}

Result<void> ApiServer::Impl::open_store() {
    auto store = options_.open_store ? options_.open_store() : open_file();
    if (!store) return store.error();
    store_ = std::move(*store);
    return Ok();
}

Result<void> ApiServer::Impl::listen(const tls::KeyPair& certificate) {
    http::ServerOptions options;
    options.listen = options_.listen;
    if (!on_socket_file(options_.listen)) options.tls = certificate;
    server_ = make_server(std::move(options));
    const auto started = server_->start();
    if (!started) return started.error();
    logger("apiserver")->info("serving url={} data_dir={}", url(), options_.data_dir);
    return Ok();
}

Result<void> ApiServer::Impl::listen_locally() {
    if (options_.local_socket.empty()) return Ok();
    http::ServerOptions options;
    options.listen = "unix://" + options_.local_socket;
    local_server_ = make_server(std::move(options));
    return local_server_->start();
}

std::unique_ptr<http::Server> ApiServer::Impl::make_server(http::ServerOptions options) {
    auto* router = router_.get();
    return std::make_unique<http::Server>(
        executor_,
        std::move(options),
        [router](http::Request request) { return router->handle(std::move(request)); },
        on_http_error);
}

Awaitable<> ApiServer::Impl::stop() {
    if (local_server_) co_await local_server_->stop();
    if (server_) co_await server_->stop();
    co_await tunnels_.stop();
    if (store_) co_await store_->close();
    logger("apiserver")->info("stopped");
}

ApiServer::ApiServer(
    boost::asio::any_io_executor executor, ApiServerOptions options, const Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(executor), std::move(options), clock)) {}
ApiServer::~ApiServer() = default;

Awaitable<Result<void>> ApiServer::start() {
    return impl_->start();
}
Awaitable<> ApiServer::stop() {
    return impl_->stop();
}
std::uint16_t ApiServer::port() const {
    return impl_->port();
}
std::string ApiServer::url() const {
    return impl_->url();
}

}  // namespace picket::apiserver
