/// The black box: how each container ended is written down before the container is removed.
#include "common/base/log.hpp"
#include "nodeagent/blackbox/black_box.hpp"
#include "nodeagent/pod/pod_worker.hpp"
#include "nodeagent/runtime/labels.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace picket::nodeagent {
namespace {

constexpr std::chrono::seconds kLogSilence{5};
/// Twenty lines may be very long; more than this is not read.
constexpr std::size_t kMostLogBytes = 256U << 10U;

}  // namespace

Awaitable<> PodWorker::record_exits() {
    if (services_.black_box == nullptr) co_return;
    std::vector<std::string> ended;
    for (const auto& state : containers_) {
        const bool wanted = state.exited() && state.label(label::kContainerName) != kSandboxName;
        if (wanted && !services_.black_box->knows(state.id)) ended.push_back(state.id);
    }
    for (const auto& id : ended) co_await record_exit(id);
}

Awaitable<> PodWorker::record_exit(std::string id) {
    auto lines = co_await last_lines(id);
    const auto* state = find_id(id);
    if (state == nullptr) co_return;
    auto record = make_exit_record(*pod_, *state);
    record.last_lines = std::move(lines);
    if (auto written = services_.black_box->record(record); !written) {
        logger("pod")->error(
            "exit not recorded pod={} container={} why={}",
            pod_->key(),
            record.container,
            written.error().message);
    }
    if (record.exit_code == 0 || grace_) co_return;
    warn(
        record.container,
        "ContainerDied",
        record.last_lines.empty()
            ? describe_exit(record)
            : fmt::format(
                  "{}; last lines: {}", describe_exit(record), tail_of(record.last_lines, 512)));
}

Awaitable<std::string> PodWorker::last_lines(std::string id) {
    LogOptions options;
    options.tail = BlackBox::kKeptLines;
    auto log = co_await services_.runtime.logs(id, options);
    std::string text;
    while (log && text.size() < kMostLogBytes) {
        auto piece = co_await (*log)->next(kLogSilence);
        if (!piece || piece->empty()) break;
        text += *piece;
    }
    co_return tail_of(std::move(text), BlackBox::kKeptBytes);
}

}  // namespace picket::nodeagent
