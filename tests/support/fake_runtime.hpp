#pragma once
/// A container engine in memory. It records what was asked, can be told to fail next time, and
/// tells its events like a real one. Containers run until a test (or stop/kill) ends them.
#include "common/async/timing.hpp"
#include "nodeagent/runtime/runtime.hpp"

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace picket::testing {

class FakeRuntime : public nodeagent::Runtime {
public:
    FakeRuntime(boost::asio::any_io_executor executor, const Clock& clock);

    // What a test arranges.
    void add_image(const std::string& name, const std::string& user = {});
    /// The next call of `verb` ("create", "start", "pull", "stop" …) answers this.
    void fail_next(const std::string& verb, Error error);
    /// What was to fail next does not.
    void forget_failures() { failures_.clear(); }
    /// Every call fails and event streams end, until it is back.
    void set_away(bool away);
    void end_container(const std::string& id, int exit_code, bool oom = false);
    /// The event of its end comes late: nobody has heard of it yet.
    void end_unheard(const std::string& id, int exit_code);
    /// As `docker rm -f` by somebody else.
    void drop_container(const std::string& id);
    /// For long runs: calls and what is known of removed containers are not kept.
    void forget_past() { keeps_past_ = false; }
    void set_usage(const std::string& id, nodeagent::ContainerUsage usage) { usages_[id] = usage; }
    void set_log(const std::string& id, std::string text) { logs_[id] = std::move(text); }

    // What a test looks at.
    [[nodiscard]] const std::vector<std::string>& calls() const { return calls_; }
    [[nodiscard]] std::size_t count(const std::string& verb) const;
    [[nodiscard]] std::vector<nodeagent::ContainerState> containers() const;
    [[nodiscard]] std::size_t count_running() const;
    /// Grows with every container that comes, starts, ends or goes.
    [[nodiscard]] std::uint64_t changes() const { return changes_; }
    /// The newest running container of this name; nothing if there is none.
    [[nodiscard]] std::optional<nodeagent::ContainerState> running(
        const std::string& container) const;
    [[nodiscard]] const nodeagent::ContainerSpec& spec(const std::string& id) const {
        return specs_.at(id);
    }

    Awaitable<Result<nodeagent::RuntimeInfo>> info() override;
    Awaitable<Result<std::vector<nodeagent::ContainerState>>> list(
        nodeagent::ContainerLabels labels) override;
    Awaitable<Result<nodeagent::ContainerState>> inspect(std::string id) override;
    Awaitable<Result<std::string>> create(nodeagent::ContainerSpec spec) override;
    Awaitable<Result<void>> start(std::string id) override;
    Awaitable<Result<void>> stop(std::string id, std::chrono::seconds grace) override;
    Awaitable<Result<void>> kill(std::string id, std::string signal) override;
    Awaitable<Result<void>> remove(std::string id) override;
    Awaitable<Result<nodeagent::ExecResult>> exec(
        std::string id,
        std::vector<std::string> command,
        std::chrono::milliseconds timeout) override;
    /// `cat` gives back what it is told, `exit N` ends with N, everything else says what it was
    /// called with.
    Awaitable<Result<std::unique_ptr<nodeagent::CommandStream>>> open_exec(
        std::string id, nodeagent::CommandRequest request) override;
    Awaitable<Result<std::unique_ptr<nodeagent::CommandStream>>> attach(
        std::string id, nodeagent::CommandRequest request) override;
    Awaitable<Result<nodeagent::ContainerUsage>> usage(std::string id) override;
    Awaitable<Result<nodeagent::ImageInfo>> inspect_image(std::string image) override;
    Awaitable<Result<std::set<std::string>>> image_ids() override;
    Awaitable<Result<std::set<std::string>>> images_in_use() override;
    Awaitable<Result<void>> remove_image(std::string image) override;
    Awaitable<Result<void>> pull(
        std::string image,
        nodeagent::RegistryCredential credential,
        std::function<void(std::string)> progress) override;
    /// The loopback: a test's bridge that every machine has.
    Awaitable<Result<nodeagent::BridgeNetwork>> bridge() override;
    Awaitable<Result<std::string>> ensure_sandbox_image() override;
    Awaitable<Result<std::unique_ptr<nodeagent::LogStream>>> logs(
        std::string id, nodeagent::LogOptions options) override;
    Awaitable<Result<std::unique_ptr<nodeagent::RuntimeEvents>>> events(
        nodeagent::ContainerLabels labels) override;

private:
    class Events;
    struct Subscription {
        std::deque<nodeagent::RuntimeEvent> queue;
        bool closed = false;
        std::shared_ptr<Notification> changed;
    };

    /// Records the call; the error to answer, if any.
    std::optional<Error> begin(const std::string& verb, const std::string& about);
    nodeagent::ContainerState* find(const std::string& id_or_name);
    /// Whether the container whose network it shares is none that runs.
    bool joins_dead(const nodeagent::ContainerState& state);
    void tell(const nodeagent::ContainerState& state, const std::string& action);
    [[nodiscard]] static Error not_found(const std::string& id);

    boost::asio::any_io_executor executor_;
    const Clock& clock_;
    bool away_ = false;
    bool keeps_past_ = true;
    int next_id_ = 0;
    std::uint64_t changes_ = 0;
    std::vector<std::string> calls_;
    std::map<std::string, Error> failures_;
    std::map<std::string, nodeagent::ContainerState> states_;
    std::map<std::string, nodeagent::ContainerSpec> specs_;
    std::map<std::string, nodeagent::ImageInfo> images_;
    std::map<std::string, std::string> logs_;
    std::map<std::string, nodeagent::ContainerUsage> usages_;
    std::vector<std::weak_ptr<Subscription>> subscriptions_;
};

}  // namespace picket::testing
