#include "apiserver/routes/pod_command.hpp"

#include "apiserver/registry/document.hpp"
#include "apiserver/routes/command_client.hpp"
#include "apiserver/routes/pod_stream.hpp"
#include "common/api/status.hpp"
#include "common/http/channel_stream.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

using namespace boost::asio::experimental::awaitable_operators;
using http::Channel;
using Agent = std::shared_ptr<http::ChannelStream>;

Result<CommandStreams> wanted_streams(const Call& call) {
    CommandStreams streams;
    const std::pair<const char*, bool*> parameters[] = {
        {"stdin", &streams.input},
        {"stdout", &streams.output},
        {"stderr", &streams.errors},
        {"tty", &streams.tty}};
    for (const auto& [name, wanted] : parameters) {
        const auto value = bool_parameter(call.url, name);
        if (!value) return value.error();
        *wanted = *value;
    }
    // A terminal has one output.
    if (streams.tty) streams.errors = false;
    return streams;
}

Result<void> check_phase(const Json& pod) {
    const auto phase = registry::text_at(pod, {"status", "phase"});
    if (phase != "Succeeded" && phase != "Failed") return Ok();
    return bad_request(
        fmt::format("cannot exec into a container in a completed pod; current phase is {}", phase));
}

Result<StreamRequest> command_request(
    const Call& call, const Json& pod, const CommandStreams& streams) {
    if (auto running = check_phase(pod); !running) return running.error();
    const auto named = call.url.parameter("container").value_or(std::string_view());
    auto container = choose_container(pod, std::string(named));
    if (!container) return container.error();
    auto request = stream_request(call.info.subresource, pod);
    request.container = std::move(*container);
    const auto text = [](bool wanted) { return std::string(wanted ? "true" : "false"); };
    request.parameters = {
        {"stdin", text(streams.input)},
        {"stdout", text(streams.output)},
        {"stderr", text(streams.errors)},
        {"tty", text(streams.tty)}};
    for (const auto word : call.url.parameters("command"))
        request.parameters.emplace_back("command", word);
    return request;
}

/// The command's own end; or, when the agent has gone without telling one, that.
Awaitable<Json> relay_output(CommandClient* client, Agent agent, std::string node) {
    while (true) {
        auto frame = co_await agent->receive();
        if (!frame || !*frame) {
            co_return to_status(
                {Reason::InternalError,
                 fmt::format("the connection to the agent of node {} was lost", node)});
        }
        if ((*frame)->channel == Channel::Status) {
            auto status = Json::parse((*frame)->bytes, nullptr, false);
            if (status.is_object()) co_return status;
            co_return to_status({Reason::InternalError, "the agent's status is not JSON"});
        }
        const auto sent = co_await client->send(std::move(**frame));
        if (!sent) co_return to_status(sent.error());
    }
}

/// Returns when the client has gone, or the agent takes nothing any more.
Awaitable<bool> relay_input(CommandClient* client, Agent agent) {
    while (true) {
        auto frame = co_await client->receive();
        if (!frame || !*frame) co_return false;
        const auto sent = co_await agent->send(std::move(**frame));
        if (!sent) break;
    }
    // The agent's last words are read by the other direction, which then ends this one.
    while (true) {
        const auto frame = co_await client->receive();
        if (!frame || !*frame) co_return false;
    }
}

Awaitable<> run_session(std::unique_ptr<CommandClient> client, Agent agent, std::string node) {
    const auto begun = co_await client->begin();
    if (!begun) co_return agent->close();
    auto ended =
        co_await (relay_output(client.get(), agent, node) || relay_input(client.get(), agent));
    if (ended.index() == 0) co_await client->finish(std::get<0>(std::move(ended)));
    agent->close();
}

}  // namespace

Awaitable<Result<http::Response>> open_pod_command(Call call) {
    const auto streams = wanted_streams(call);
    if (!streams) co_return streams.error();
    const auto pod = pod_of(call);
    if (!pod) co_return pod.error();
    auto request = command_request(call, *pod, *streams);
    if (!request) co_return request.error();
    auto upgrade = negotiate_command(call, *streams);
    if (!upgrade) co_return upgrade.error();
    const auto node = node_of(*pod);
    if (!node) co_return node.error();
    auto stream = co_await open_pod_stream(call.services.tunnels, *node, std::move(*request));
    if (!stream) co_return stream.error();
    const auto agent = std::make_shared<http::ChannelStream>(
        call.services.executor, std::move(stream->bytes), stream->head);
    auto response = std::move(upgrade->response);
    response.upgrade = [make_client = std::move(upgrade->client), agent, name = *node](
                           std::unique_ptr<http::ByteStream> bytes) {
        return run_session(make_client(std::move(bytes)), agent, name);
    };
    co_return response;
}

}  // namespace picket::apiserver
