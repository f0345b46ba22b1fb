#include "tests/bench/bench_server.hpp"

#include "common/async/exception.hpp"
#include "common/async/timing.hpp"
#include "common/client/kubeconfig.hpp"
#include "tests/bench/bench_store.hpp"
#include "tests/bench/load.hpp"

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include <filesystem>

namespace picket::bench {
namespace {

std::vector<std::string> command_of(
    const Settings& settings, const std::string& data_dir, std::vector<std::string> options) {
    std::vector<std::string> command = {
        settings.picket, "server", "--data-dir", data_dir, "--listen", "127.0.0.1:0"};
    command.insert(command.end(), options.begin(), options.end());
    return command;
}

}  // namespace

BenchServer::BenchServer(
    const Settings& settings, const std::string& name, std::vector<std::string> options)
    : data_dir_(settings.folder + "/" + name),
      process_(command_of(settings, data_dir_, std::move(options)), data_dir_ + ".log") {}

std::unique_ptr<client::ApiClient> BenchServer::make_client() {
    auto config = client::load_kubeconfig(file("admin.kubeconfig"), "", "");
    expect(config);
    return std::make_unique<client::ApiClient>(loop_.get_executor(), std::move(config->options));
}

std::string BenchServer::url() const {
    const auto config = client::load_kubeconfig(file("admin.kubeconfig"), "", "");
    expect(config);
    return fmt::format("https://127.0.0.1:{}", config->options.http.endpoint.port);
}

void BenchServer::run(Awaitable<> body) {
    boost::asio::co_spawn(loop_, std::move(body), rethrow);
    loop_.restart();
    loop_.run();
}

double BenchServer::wait_until_ready() {
    const auto start = Clock::now();
    run(poll_until_ready());
    return Microseconds(Clock::now() - start).count() / 1000;
}

Awaitable<> BenchServer::poll_until_ready() {
    for (int attempt = 0; attempt < 1'000; ++attempt) {
        if (std::filesystem::exists(file("admin.kubeconfig"))) {
            const auto client = make_client();
            const auto answer =
                co_await client->list({.group_version = "v1", .plural = "namespaces"});
            if (answer) co_return;
        }
        co_await sleep_for(std::chrono::milliseconds(10));
    }
    throw std::runtime_error("the server does not start; see " + data_dir_ + ".log");
}

Awaitable<> send_text(
    client::ApiClient& client,
    http::Method method,
    std::string target,
    std::string content_type,
    std::string body) {
    http::Request request;
    request.method = method;
    request.target = std::move(target);
    if (!content_type.empty()) request.headers.add("Content-Type", std::move(content_type));
    request.body = std::move(body);
    const auto answer = co_await client.send(std::move(request));
    expect(answer);
    if (answer->status >= 300) throw std::runtime_error("the server answered " + answer->body);
}

double pss_mib(const testing::ChildProcess& process) {
    return static_cast<double>(process.pss_kib()) / 1024;
}

}  // namespace picket::bench
