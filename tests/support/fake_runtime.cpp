#include "tests/support/fake_runtime.hpp"

#include <algorithm>

namespace picket::testing {

using namespace nodeagent;

class FakeRuntime::Events final : public RuntimeEvents {
public:
    explicit Events(std::shared_ptr<Subscription> subscription)
        : subscription_(std::move(subscription)) {}

    Awaitable<Result<std::optional<RuntimeEvent>>> next() override {
        while (subscription_->queue.empty()) {
            if (subscription_->closed) co_return std::optional<RuntimeEvent>();
            co_await subscription_->changed->wait();
        }
        auto event = std::move(subscription_->queue.front());
        subscription_->queue.pop_front();
        co_return std::optional<RuntimeEvent>(std::move(event));
    }

private:
    std::shared_ptr<Subscription> subscription_;
};

namespace {

class FakeLog final : public LogStream {
public:
    explicit FakeLog(std::string text) : text_(std::move(text)) {}
    Awaitable<Result<std::string>> next(std::chrono::milliseconds) override {
        co_return std::exchange(text_, {});
    }

private:
    std::string text_;
};

/// Runs in memory; what it was told waits until it is read.
class FakeCommand final : public CommandStream {
public:
    FakeCommand(boost::asio::any_io_executor executor, CommandRequest request)
        : request_(std::move(request)), changed_(std::move(executor)) {
        const auto& words = request_.command;
        if (words.empty() || words.front() == "cat") return;
        closed_ = true;
        if (words.front() == "exit") {
            code_ = std::stoi(words.at(1));
            return;
        }
        for (const auto& word : words) text_ += word + "\n";
    }
    Awaitable<Result<CommandOutput>> next() override {
        while (text_.empty() && !closed_) co_await changed_.wait();
        co_return CommandOutput{false, std::exchange(text_, {})};
    }
    Awaitable<Result<void>> write(std::string bytes) override {
        text_ += bytes;
        changed_.notify();
        co_return Ok();
    }
    Awaitable<> close_input() override {
        closed_ = true;
        changed_.notify();
        co_return;
    }
    Awaitable<Result<void>> resize(int width, int height) override {
        co_return co_await write("<" + std::to_string(width) + "x" + std::to_string(height) + ">");
    }
    Awaitable<Result<int>> exit_code() override { co_return code_; }
    Awaitable<> hang_up() override { co_return; }

private:
    CommandRequest request_;
    Notification changed_;
    std::string text_;
    bool closed_ = false;
    int code_ = 0;
};

bool carries(const ContainerState& state, const ContainerLabels& labels) {
    return std::all_of(labels.begin(), labels.end(), [&](const auto& entry) {
        return state.label(entry.first) == entry.second;
    });
}

}  // namespace

FakeRuntime::FakeRuntime(boost::asio::any_io_executor executor, const Clock& clock)
    : executor_(executor), clock_(clock) {}

void FakeRuntime::add_image(const std::string& name, const std::string& user) {
    images_[name] = ImageInfo{"sha256:" + name, {}, {name}, user, 1};
}

void FakeRuntime::fail_next(const std::string& verb, Error error) {
    failures_[verb] = std::move(error);
}

void FakeRuntime::set_away(bool away) {
    away_ = away;
    if (!away) return;
    for (const auto& weak : std::exchange(subscriptions_, {})) {
        if (const auto subscription = weak.lock()) {
            subscription->closed = true;
            subscription->changed->notify();
        }
    }
}

Error FakeRuntime::not_found(const std::string& id) {
    return Error{.reason = Reason::NotFound, .message = "No such container: " + id};
}

std::optional<Error> FakeRuntime::begin(const std::string& verb, const std::string& about) {
    if (keeps_past_) calls_.push_back(about.empty() ? verb : verb + " " + about);
    if (away_) return Error{.reason = Reason::ServiceUnavailable, .message = "the engine is away"};
    if (auto failure = failures_.extract(verb); !failure.empty()) return failure.mapped();
    return std::nullopt;
}

ContainerState* FakeRuntime::find(const std::string& id_or_name) {
    for (auto& [id, state] : states_) {
        if (id == id_or_name || state.name == id_or_name) return &state;
    }
    return nullptr;
}

bool FakeRuntime::joins_dead(const ContainerState& state) {
    constexpr std::string_view kJoins = "container:";
    if (!state.network_mode.starts_with(kJoins)) return false;
    const auto* joined = find(state.network_mode.substr(kJoins.size()));
    return joined == nullptr || !joined->running();
}

void FakeRuntime::tell(const ContainerState& state, const std::string& action) {
    ++changes_;
    std::erase_if(subscriptions_, [](const auto& weak) { return weak.expired(); });
    for (const auto& weak : subscriptions_) {
        const auto subscription = weak.lock();
        subscription->queue.push_back({state.id, state.label("io.kubernetes.pod.uid"), action});
        subscription->changed->notify();
    }
}

void FakeRuntime::end_container(const std::string& id, int exit_code, bool oom) {
    auto* state = find(id);
    if (state == nullptr || !state->running()) return;
    state->phase = ContainerPhase::Exited;
    state->exit_code = exit_code;
    state->oom_killed = oom;
    state->finished = clock_.now();
    state->address.clear();
    tell(*state, "die");
}

void FakeRuntime::end_unheard(const std::string& id, int exit_code) {
    const auto listeners = std::exchange(subscriptions_, {});
    end_container(id, exit_code);
    subscriptions_ = listeners;
}

void FakeRuntime::drop_container(const std::string& id) {
    auto node = states_.extract(id);
    if (node.empty()) return;
    tell(node.mapped(), "destroy");
    if (keeps_past_) return;
    specs_.erase(id);
    logs_.erase(id);
}

std::size_t FakeRuntime::count(const std::string& verb) const {
    return static_cast<std::size_t>(
        std::count_if(calls_.begin(), calls_.end(), [&](const std::string& call) {
            return call == verb || call.starts_with(verb + " ");
        }));
}

std::vector<ContainerState> FakeRuntime::containers() const {
    std::vector<ContainerState> all;
    for (const auto& [id, state] : states_) all.push_back(state);
    return all;
}

std::size_t FakeRuntime::count_running() const {
    return static_cast<std::size_t>(std::count_if(
        states_.begin(), states_.end(), [](const auto& entry) { return entry.second.running(); }));
}

std::optional<ContainerState> FakeRuntime::running(const std::string& container) const {
    for (const auto& [id, state] : states_) {
        if (state.running() && state.label("io.kubernetes.container.name") == container)
            return state;
    }
    return std::nullopt;
}

Awaitable<Result<RuntimeInfo>> FakeRuntime::info() {
    if (auto failure = begin("info", {})) co_return *failure;
    RuntimeInfo result;
    result.version = "1.0.0";
    co_return result;
}

Awaitable<Result<std::vector<ContainerState>>> FakeRuntime::list(ContainerLabels labels) {
    if (auto failure = begin("list", {})) co_return *failure;
    std::vector<ContainerState> found;
    for (const auto& [id, state] : states_) {
        if (carries(state, labels)) found.push_back(state);
    }
    co_return found;
}

Awaitable<Result<ContainerState>> FakeRuntime::inspect(std::string id) {
    if (auto failure = begin("inspect", id)) co_return *failure;
    const auto* state = find(id);
    if (state == nullptr) co_return not_found(id);
    co_return *state;
}

Awaitable<Result<std::string>> FakeRuntime::create(ContainerSpec spec) {
    if (auto failure = begin("create", spec.name)) co_return *failure;
    if (find(spec.name) != nullptr) {
        co_return Error{
            .reason = Reason::AlreadyExists,
            .message = "the name " + spec.name + " is already in use"};
    }
    if (!images_.contains(spec.image))
        co_return Error{.reason = Reason::NotFound, .message = "No such image"};
    ContainerState state;
    state.id = "id" + std::to_string(++next_id_);
    state.name = spec.name;
    state.image = spec.image;
    state.image_id = images_[spec.image].id;
    state.labels = spec.labels;
    state.network_mode = spec.namespaces.network;
    state.created = clock_.now();
    const auto id = state.id;
    specs_[id] = std::move(spec);
    states_[id] = std::move(state);
    ++changes_;
    co_return id;
}

Awaitable<Result<void>> FakeRuntime::start(std::string id) {
    auto* state = find(id);
    if (state == nullptr) co_return not_found(id);
    auto failure = begin("start", id);
    if (!failure && joins_dead(*state))
        failure = Error{Reason::Conflict, "cannot join network of a non running container"};
    if (failure) {
        if (away_) co_return *failure;
        state->phase = ContainerPhase::Exited;
        state->exit_code = 127;
        state->error = failure->message;
        co_return *failure;
    }
    state->phase = ContainerPhase::Running;
    state->started = clock_.now();
    if (state->network_mode == "bridge")
        state->address = "172.17.0." + std::to_string(next_id_ + 1);
    tell(*state, "start");
    co_return Ok();
}

Awaitable<Result<void>> FakeRuntime::stop(std::string id, std::chrono::seconds) {
    if (auto failure = begin("stop", id)) co_return *failure;
    end_container(id, 143);
    co_return Ok();
}

Awaitable<Result<void>> FakeRuntime::kill(std::string id, std::string signal) {
    if (auto failure = begin("kill", id)) co_return *failure;
    const auto* state = find(id);
    if (state == nullptr) co_return not_found(id);
    if (!state->running())
        co_return Error{.reason = Reason::Conflict, .message = "container is not running"};
    if (signal == "KILL") end_container(id, 137);
    co_return Ok();
}

Awaitable<Result<void>> FakeRuntime::remove(std::string id) {
    if (auto failure = begin("remove", id)) co_return *failure;
    auto* state = find(id);
    if (state == nullptr) co_return Ok();
    end_container(state->id, 137);
    drop_container(state->id);
    co_return Ok();
}

Awaitable<Result<ExecResult>> FakeRuntime::exec(
    std::string id, std::vector<std::string> command, std::chrono::milliseconds) {
    if (auto failure = begin("exec", id)) co_return *failure;
    const bool good = !command.empty() && command.front() == "true";
    co_return ExecResult{good ? 0 : 1, {}};
}

Awaitable<Result<std::unique_ptr<CommandStream>>> FakeRuntime::open_exec(
    std::string id, CommandRequest request) {
    if (auto failure = begin("open_exec", id)) co_return *failure;
    if (find(id) == nullptr) co_return not_found(id);
    std::unique_ptr<CommandStream> command =
        std::make_unique<FakeCommand>(executor_, std::move(request));
    co_return command;
}

Awaitable<Result<std::unique_ptr<CommandStream>>> FakeRuntime::attach(
    std::string id, CommandRequest request) {
    if (auto failure = begin("attach", id)) co_return *failure;
    const auto* container = find(id);
    if (container == nullptr) co_return not_found(id);
    if (!container->running())
        co_return Error{Reason::BadRequest, "the container does not run any more"};
    std::unique_ptr<CommandStream> command =
        std::make_unique<FakeCommand>(executor_, std::move(request));
    co_return command;
}

Awaitable<Result<ContainerUsage>> FakeRuntime::usage(std::string id) {
    if (auto failure = begin("usage", id)) co_return *failure;
    if (find(id) == nullptr) co_return not_found(id);
    co_return usages_[id];
}

Awaitable<Result<ImageInfo>> FakeRuntime::inspect_image(std::string image) {
    if (auto failure = begin("inspect_image", image)) co_return *failure;
    const auto found = std::ranges::find_if(images_, [&](const auto& entry) {
        return entry.first == image || entry.second.id == image;
    });
    if (found == images_.end())
        co_return Error{.reason = Reason::NotFound, .message = "No such image: " + image};
    co_return found->second;
}

Awaitable<Result<std::set<std::string>>> FakeRuntime::image_ids() {
    if (auto failure = begin("image_ids", {})) co_return *failure;
    std::set<std::string> ids;
    for (const auto& [name, image] : images_) ids.insert(image.id);
    co_return ids;
}

Awaitable<Result<std::set<std::string>>> FakeRuntime::images_in_use() {
    if (auto failure = begin("images_in_use", {})) co_return *failure;
    std::set<std::string> ids;
    for (const auto& [id, state] : states_) ids.insert(state.image_id);
    co_return ids;
}

Awaitable<Result<void>> FakeRuntime::remove_image(std::string image) {
    if (auto failure = begin("remove_image", image)) co_return *failure;
    auto info = co_await inspect_image(image);
    if (!info) co_return Ok();
    const auto id = info->id;
    const bool used = std::ranges::any_of(
        states_, [&](const auto& entry) { return entry.second.image_id == id; });
    if (used) co_return Error{.reason = Reason::Conflict, .message = "image is being used"};
    std::erase_if(images_, [&](const auto& entry) { return entry.second.id == id; });
    co_return Ok();
}

Awaitable<Result<void>> FakeRuntime::pull(
    std::string image, RegistryCredential, std::function<void(std::string)> progress) {
    if (auto failure = begin("pull", image)) co_return *failure;
    if (progress) progress("Pull complete");
    add_image(image);
    co_return Ok();
}

Awaitable<Result<BridgeNetwork>> FakeRuntime::bridge() {
    if (auto failure = begin("bridge", {})) co_return *failure;
    co_return BridgeNetwork{"127.0.0.1", "127.0.0.0/8"};
}

Awaitable<Result<std::string>> FakeRuntime::ensure_sandbox_image() {
    if (auto failure = begin("ensure_sandbox_image", {})) co_return *failure;
    add_image("pause");
    co_return std::string("pause");
}

Awaitable<Result<std::unique_ptr<LogStream>>> FakeRuntime::logs(std::string id, LogOptions) {
    if (auto failure = begin("logs", id)) co_return *failure;
    if (find(id) == nullptr) co_return not_found(id);
    std::unique_ptr<LogStream> log = std::make_unique<FakeLog>(logs_[id]);
    co_return log;
}

Awaitable<Result<std::unique_ptr<RuntimeEvents>>> FakeRuntime::events(ContainerLabels) {
    if (auto failure = begin("events", {})) co_return *failure;
    auto subscription = std::make_shared<Subscription>();
    subscription->changed = std::make_shared<Notification>(executor_);
    subscriptions_.push_back(subscription);
    std::unique_ptr<RuntimeEvents> events = std::make_unique<Events>(std::move(subscription));
    co_return events;
}

}  // namespace picket::testing
