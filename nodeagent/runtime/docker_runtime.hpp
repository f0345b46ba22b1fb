#pragma once
#include "common/async/loop_clock.hpp"
#include "common/base/json.hpp"
#include "common/http/client.hpp"
#include "nodeagent/runtime/kernel_oom_kills.hpp"
#include "nodeagent/runtime/runtime.hpp"

#include <string>

namespace picket::nodeagent {

/// Runtime over the Docker Engine API v1.41. Holds no state of containers: the engine is asked each
/// time.
class DockerRuntime final : public Runtime {
public:
    DockerRuntime(boost::asio::any_io_executor executor, http::Endpoint endpoint);

    Awaitable<Result<RuntimeInfo>> info() override;
    Awaitable<Result<std::vector<ContainerState>>> list(ContainerLabels labels) override;
    Awaitable<Result<ContainerState>> inspect(std::string id) override;
    Awaitable<Result<std::string>> create(ContainerSpec spec) override;
    Awaitable<Result<void>> start(std::string id) override;
    Awaitable<Result<void>> stop(std::string id, std::chrono::seconds grace) override;
    Awaitable<Result<void>> kill(std::string id, std::string signal) override;
    Awaitable<Result<void>> remove(std::string id) override;
    Awaitable<Result<ExecResult>> exec(
        std::string id,
        std::vector<std::string> command,
        std::chrono::milliseconds timeout) override;
    Awaitable<Result<std::unique_ptr<CommandStream>>> open_exec(
        std::string id, CommandRequest request) override;
    Awaitable<Result<std::unique_ptr<CommandStream>>> attach(
        std::string id, CommandRequest request) override;
    Awaitable<Result<ContainerUsage>> usage(std::string id) override;
    Awaitable<Result<ImageInfo>> inspect_image(std::string image) override;
    Awaitable<Result<std::set<std::string>>> image_ids() override;
    Awaitable<Result<std::set<std::string>>> images_in_use() override;
    Awaitable<Result<void>> remove_image(std::string image) override;
    Awaitable<Result<void>> pull(
        std::string image,
        RegistryCredential credential,
        std::function<void(std::string)> progress) override;
    Awaitable<Result<BridgeNetwork>> bridge() override;
    Awaitable<Result<std::string>> ensure_sandbox_image() override;
    Awaitable<Result<std::unique_ptr<LogStream>>> logs(std::string id, LogOptions options) override;
    Awaitable<Result<std::unique_ptr<RuntimeEvents>>> events(ContainerLabels labels) override;

private:
    /// Answers of 400 and above become errors; `timeout` covers the whole call.
    Awaitable<Result<std::string>> call(
        http::Method method, std::string path, std::string body, std::chrono::milliseconds timeout);
    Awaitable<Result<Json>> get_json(std::string path);
    /// What each row of a list says under `key`.
    Awaitable<Result<std::set<std::string>>> list_texts(std::string path, std::string key);
    Awaitable<Result<std::unique_ptr<http::StreamingResponse>>> open(
        http::Request request, std::chrono::milliseconds timeout);
    Awaitable<Result<void>> drain_progress(
        std::unique_ptr<http::StreamingResponse> response,
        std::function<void(std::string)> progress);
    Awaitable<Result<std::string>> create_exec(std::string id, CommandRequest request);
    Awaitable<Result<std::unique_ptr<http::ByteStream>>> start_exec(std::string exec_id, bool tty);
    /// The streams of an upgraded answer, or what the engine says instead.
    Awaitable<Result<std::unique_ptr<http::ByteStream>>> hijack(std::string path, std::string body);
    Awaitable<Result<int>> exec_exit_code(std::string exec_id, LoopClock::time_point deadline);
    /// 0 if it does not run, or cannot be told.
    Awaitable<int> process_of_exec(std::string exec_id, std::string container_id);
    Awaitable<> hang_up_exec(std::string exec_id, std::string container_id);
    Awaitable<> kill_exec(std::string exec_id, std::string container_id);
    Awaitable<Result<void>> resize(std::string path, int width, int height);
    Awaitable<Result<ExecResult>> run_exec(std::string exec_id, std::chrono::milliseconds timeout);
    Awaitable<Result<std::string>> read_output(
        std::unique_ptr<http::ByteStream> stream, std::chrono::milliseconds timeout);
    void drop_refused_wishes(ContainerSpec& spec);

    boost::asio::any_io_executor executor_;
    http::Client client_;
    bool negative_oom_score_refused_;
    KernelOomKills kernel_oom_kills_;
};

}  // namespace picket::nodeagent
