/// etcd on the same disk: what picket's durable writes are read beside. Its own protocol (gRPC,
/// without TLS), its own defaults, the same sizes and numbers of clients.
#include "tests/bench/load.hpp"
#include "tests/bench/run_folder.hpp"
#include "tests/bench/table.hpp"
#include "tests/support/child_process.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <arpa/inet.h>
#include <cstdio>
#include <filesystem>
#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/slice.h>
#include <memory>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace picket::bench {
namespace {

constexpr std::size_t kValueBytes = 2048;
/// More connections than this cost etcd more than they bring.
constexpr std::size_t kConnections = 10;
constexpr const char* kPut = "/etcdserverpb.KV/Put";

/// One field of a protobuf message: bytes under this number.
void append_bytes(std::string& message, char number, std::string_view bytes) {
    message += static_cast<char>((number << 3) | 2);
    std::size_t length = bytes.size();
    for (; length > 0x7F; length >>= 7) message += static_cast<char>((length & 0x7F) | 0x80);
    message += static_cast<char>(length);
    message += bytes;
}

grpc::ByteBuffer put_request(std::string_view key, std::string_view value) {
    std::string message;
    append_bytes(message, 1, key);
    append_bytes(message, 2, value);
    const grpc::Slice slice(message);
    return {&slice, 1};
}

/// One put, from its start to its answer.
struct Put {
    std::size_t client;
    std::size_t number;
    Clock::time_point start = Clock::now();
    grpc::ClientContext context = {};
    std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader = {};
    grpc::ByteBuffer answer = {};
    grpc::Status status = {};
};

/// Clients that put one after the other, driven by one thread as picket's are.
class EtcdLoad {
public:
    EtcdLoad(const std::string& address, std::size_t clients) {
        for (std::size_t i = 0; i < std::min(clients, kConnections); ++i) {
            grpc::ChannelArguments own;
            own.SetInt("picket.connection", static_cast<int>(i));  // not shared with the others
            stubs_.push_back(std::make_unique<grpc::GenericStub>(
                grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), own)));
        }
    }

    LoadResult run(std::size_t clients, Clock::duration duration, std::string prefix) {
        prefix_ = std::move(prefix);
        LoadResult result;
        const auto start = Clock::now();
        auto finished = start;
        for (std::size_t client = 0; client < clients; ++client) begin(client, 0);
        for (std::size_t open = clients; open > 0;) {
            auto done = next();
            finished = Clock::now();
            result.latency.add(finished - done->start);
            if (finished < start + duration) {
                begin(done->client, done->number + 1);
            } else {
                --open;
            }
        }
        const std::chrono::duration<double> took = finished - start;
        result.per_second = static_cast<double>(result.latency.size()) / took.count();
        return result;
    }

private:
    void begin(std::size_t client, std::size_t number) {
        std::unique_ptr<Put> put(new Put{.client = client, .number = number});  // cannot be moved
        put->context.set_wait_for_ready(true);
        put->context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
        const auto key = fmt::format("/registry/configmaps/{}/{}-{}", prefix_, client, number);
        put->reader = stubs_[client % stubs_.size()]->PrepareUnaryCall(
            &put->context, kPut, put_request(key, value_), &queue_);
        put->reader->StartCall();
        auto* tag = put.release();  // comes back from the queue
        tag->reader->Finish(&tag->answer, &tag->status, tag);
    }

    std::unique_ptr<Put> next() {
        void* tag = nullptr;
        bool good = false;
        if (!queue_.Next(&tag, &good)) throw std::runtime_error("etcd's queue ended");
        std::unique_ptr<Put> put(static_cast<Put*>(tag));
        if (!put->status.ok())
            throw std::runtime_error("etcd refused a put: " + put->status.error_message());
        return put;
    }

    std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
    grpc::CompletionQueue queue_;
    std::string value_ = std::string(kValueBytes, 'x');
    std::string prefix_;
};

/// A port that was free a moment ago: etcd cannot choose one itself and say which.
int free_port() {
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    const bool bound = ::bind(probe, any, size) == 0 && ::getsockname(probe, any, &size) == 0;
    ::close(probe);
    if (!bound) throw std::runtime_error("no free port");
    return ntohs(address.sin_port);
}

void run_etcd(const std::string& etcd, const std::string& folder, Clock::duration duration) {
    const auto client_url = fmt::format("http://127.0.0.1:{}", free_port());
    const auto peer_url = fmt::format("http://127.0.0.1:{}", free_port());
    const testing::ChildProcess server(
        {etcd,
         "--data-dir",
         folder + "/etcd",
         "--listen-client-urls",
         client_url,
         "--advertise-client-urls",
         client_url,
         "--listen-peer-urls",
         peer_url,
         "--initial-advertise-peer-urls",
         peer_url,
         "--initial-cluster",
         "default=" + peer_url},
        folder + "/etcd.log");
    Table table;
    table.section("etcd on the same disk, 2 KiB values, its own protocol without TLS");
    for (const std::size_t clients : {1U, 10U, 100U}) {
        EtcdLoad load(client_url.substr(7), clients);
        if (clients == 1) load.run(1, std::chrono::milliseconds(500), "warm");
        const auto before = server.cpu_seconds();
        auto result = load.run(clients, duration, std::to_string(clients));
        table.add_load(fmt::format("durable puts, {} clients", clients), result);
        const auto cpu = (server.cpu_seconds() - before) * 1e6;
        table.add(
            "  server CPU for one",
            fmt::format("{:.0f} us", cpu / static_cast<double>(result.latency.size())));
    }
    table.add(
        "etcd, after all this",
        fmt::format("{:.1f} MiB", static_cast<double>(server.pss_kib()) / 1024),
        "PSS");
}

}  // namespace
}  // namespace picket::bench

int main(int argc, char** argv) {
    CLI::App app("Measures etcd on this machine, for picket-bench to be read beside");
    std::string parent = std::filesystem::temp_directory_path();
    std::string etcd = "etcd";
    long milliseconds = 2'000;
    app.add_option("--folder", parent, "where to write: the disk to measure")
        ->capture_default_str();
    app.add_option("--etcd", etcd, "the etcd executable")->capture_default_str();
    app.add_option("--milliseconds", milliseconds, "length of each load")->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    try {
        const picket::bench::RunFolder folder(parent);
        picket::bench::run_etcd(etcd, folder.path(), std::chrono::milliseconds(milliseconds));
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "picket-bench-etcd: %s\n", error.what());
        return 1;
    }
}
