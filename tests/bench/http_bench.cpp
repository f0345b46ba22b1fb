// What the HTTP layer costs: requests per second over kept-alive TLS connections, and memory per
// idle connection. Server and clients share one process and one thread, so a real server has about
// twice as much to give.
//
//   http_bench [seconds per row] [idle connections]
#include "common/async/task_group.hpp"
#include "common/async/timing.hpp"
#include "common/http/client.hpp"
#include "common/http/server.hpp"
#include "common/http/tls.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/core.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

namespace picket::http {
namespace {

using namespace std::chrono_literals;

struct Bench {
    Bench(boost::asio::any_io_executor loop, bool with_tls) : executor(loop), secure(with_tls) {
        ServerOptions options;
        options.listen = "127.0.0.1:0";
        if (secure)
            options.tls = tls::KeyPair{leaf.certificate_pem + ca.certificate_pem, leaf.key_pem};
        server = std::make_unique<Server>(
            executor,
            options,
            [this](Request) { return answer(); },
            [](const Error&, unsigned) { return Response{}; });
        if (auto started = server->start(); !started)
            throw std::runtime_error(started.error().message);
    }

    Awaitable<Response> answer() const {
        Response response;
        response.headers.set("Content-Type", "application/json");
        response.body = {body};
        co_return response;
    }

    [[nodiscard]] std::unique_ptr<Client> make_client() const {
        ClientOptions options;
        options.endpoint = {
            secure ? Endpoint::Transport::Tls : Endpoint::Transport::Tcp,
            "127.0.0.1",
            server->port(),
            ""};
        options.ca_pem = ca.certificate_pem;
        return std::make_unique<Client>(executor, options);
    }

    boost::asio::any_io_executor executor;
    bool secure;
    tls::KeyPair ca = tls::make_ca("bench CA", SystemClock().now());
    tls::KeyPair leaf =
        *tls::make_server_certificate(ca, "bench", {"127.0.0.1"}, SystemClock().now());
    Bytes body = bytes(std::string(2'000, 'x'));  // a pod
    std::unique_ptr<Server> server;
};

Request typical_request() {
    Request request;
    request.target = "/api/v1/namespaces/default/pods/web-x7k2p";
    request.headers = {
        {"Authorization", "Bearer 0123456789abcdef0123456789abcdef"},
        {"User-Agent", "picket"},
        {"Accept", "application/json"}};
    return request;
}

Awaitable<> keep_asking(
    std::unique_ptr<Client> client, const bool& stop, std::size_t& answers, std::size_t& running) {
    while (!stop) {
        const auto response = co_await client->send(typical_request(), 30s);
        if (!response) throw std::runtime_error(response.error().message);
        ++answers;
    }
    --running;
}

Awaitable<> measure_requests(Bench& bench, std::size_t connections, std::chrono::seconds duration) {
    bool stop = false;
    std::size_t answers = 0;
    std::size_t running = connections;
    TaskGroup clients(bench.executor);
    for (std::size_t i = 0; i < connections; ++i) {
        clients.spawn("client", keep_asking(bench.make_client(), stop, answers, running));
    }
    co_await sleep_for(500ms);  // connect and warm up
    const auto before = answers;
    co_await sleep_for(duration);
    const auto rate = static_cast<double>(answers - before) / static_cast<double>(duration.count());
    stop = true;
    while (running > 0) co_await sleep_for(1ms);
    co_await clients.stop();
    fmt::print(
        "{:<5} connections={:<4} requests_per_second={:.0f}\n",
        bench.secure ? "tls" : "plain",
        connections,
        rate);
}

std::size_t resident_bytes() {
    std::size_t total = 0;
    std::size_t resident = 0;
    std::ifstream("/proc/self/statm") >> total >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

/// Both ends of each connection are in this process.
Awaitable<> measure_idle(Bench& bench, std::size_t connections) {
    std::vector<std::unique_ptr<Client>> clients;
    const auto before = resident_bytes();
    const auto began = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < connections; ++i) {
        clients.push_back(bench.make_client());
        const auto response = co_await clients.back()->send(typical_request(), 30s);
        if (!response) throw std::runtime_error(response.error().message);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    fmt::print(
        "{:<5} idle={} bytes_per_connection_both_ends={} new_connections_per_second={:.0f}\n",
        bench.secure ? "tls" : "plain",
        bench.server->connections(),
        (resident_bytes() - before) / connections,
        static_cast<double>(connections) / took.count());
}

Awaitable<> run_all(
    boost::asio::any_io_executor executor, std::chrono::seconds duration, std::size_t idle) {
    for (const bool secure : {false, true}) {
        Bench bench(executor, secure);
        for (const std::size_t connections : {1U, 10U, 100U})
            co_await measure_requests(bench, connections, duration);
        co_await measure_idle(bench, idle);
        co_await bench.server->stop(0s);
    }
}

}  // namespace
}  // namespace picket::http

int main(int argc, char** argv) {
    const auto seconds = std::chrono::seconds{argc > 1 ? std::atoi(argv[1]) : 3};
    const auto idle = static_cast<std::size_t>(argc > 2 ? std::atoi(argv[2]) : 2'000);
    boost::asio::io_context context;
    std::exception_ptr failure;
    boost::asio::co_spawn(
        context,
        picket::http::run_all(context.get_executor(), seconds, idle),
        [&](std::exception_ptr error) {
            failure = error;
            context.stop();
        });
    context.run();
    if (!failure) return 0;
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& e) {
        fmt::print(stderr, "bench failed: {}\n", e.what());
        return 1;
    }
}
