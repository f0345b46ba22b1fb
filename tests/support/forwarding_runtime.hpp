#pragma once
#include "nodeagent/runtime/runtime.hpp"

#include <utility>

namespace picket::testing {

/// An engine that is another one: it outlives the agents that use it one after another. A test may
/// override what it wants to see or to spoil.
class ForwardingRuntime : public nodeagent::Runtime {
public:
    explicit ForwardingRuntime(nodeagent::Runtime& engine) : engine_(engine) {}

    Awaitable<Result<nodeagent::RuntimeInfo>> info() override { return engine_.info(); }
    Awaitable<Result<std::vector<nodeagent::ContainerState>>> list(
        nodeagent::ContainerLabels labels) override {
        return engine_.list(std::move(labels));
    }
    Awaitable<Result<nodeagent::ContainerState>> inspect(std::string id) override {
        return engine_.inspect(std::move(id));
    }
    Awaitable<Result<std::string>> create(nodeagent::ContainerSpec spec) override {
        return engine_.create(std::move(spec));
    }
    Awaitable<Result<void>> start(std::string id) override { return engine_.start(std::move(id)); }
    Awaitable<Result<void>> stop(std::string id, std::chrono::seconds grace) override {
        return engine_.stop(std::move(id), grace);
    }
    Awaitable<Result<void>> kill(std::string id, std::string signal) override {
        return engine_.kill(std::move(id), std::move(signal));
    }
    Awaitable<Result<void>> remove(std::string id) override {
        return engine_.remove(std::move(id));
    }
    Awaitable<Result<nodeagent::ExecResult>> exec(
        std::string id,
        std::vector<std::string> command,
        std::chrono::milliseconds timeout) override {
        return engine_.exec(std::move(id), std::move(command), timeout);
    }
    Awaitable<Result<std::unique_ptr<nodeagent::CommandStream>>> open_exec(
        std::string id, nodeagent::CommandRequest request) override {
        return engine_.open_exec(std::move(id), std::move(request));
    }
    Awaitable<Result<std::unique_ptr<nodeagent::CommandStream>>> attach(
        std::string id, nodeagent::CommandRequest request) override {
        return engine_.attach(std::move(id), std::move(request));
    }
    Awaitable<Result<nodeagent::ContainerUsage>> usage(std::string id) override {
        return engine_.usage(std::move(id));
    }
    Awaitable<Result<nodeagent::ImageInfo>> inspect_image(std::string image) override {
        return engine_.inspect_image(std::move(image));
    }
    Awaitable<Result<std::set<std::string>>> image_ids() override { return engine_.image_ids(); }
    Awaitable<Result<std::set<std::string>>> images_in_use() override {
        return engine_.images_in_use();
    }
    Awaitable<Result<void>> remove_image(std::string image) override {
        return engine_.remove_image(std::move(image));
    }
    Awaitable<Result<void>> pull(
        std::string image,
        nodeagent::RegistryCredential credential,
        std::function<void(std::string)> progress) override {
        return engine_.pull(std::move(image), std::move(credential), std::move(progress));
    }
    Awaitable<Result<nodeagent::BridgeNetwork>> bridge() override { return engine_.bridge(); }
    Awaitable<Result<std::string>> ensure_sandbox_image() override {
        return engine_.ensure_sandbox_image();
    }
    Awaitable<Result<std::unique_ptr<nodeagent::LogStream>>> logs(
        std::string id, nodeagent::LogOptions options) override {
        return engine_.logs(std::move(id), options);
    }
    Awaitable<Result<std::unique_ptr<nodeagent::RuntimeEvents>>> events(
        nodeagent::ContainerLabels labels) override {
        return engine_.events(std::move(labels));
    }

private:
    nodeagent::Runtime& engine_;
};

}  // namespace picket::testing
