#include "cli/child_process.hpp"
#include "cli/commands/commands.hpp"
#include "cli/copy_plan.hpp"
#include "cli/pod_argument.hpp"
#include "cli/pod_command.hpp"
#include "common/api/status.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace picket::cli {
namespace {

struct CopyOptions {
    ConnectionOptions connection;
    std::string from;
    std::string to;
    std::string container;
};

/// Both sides of a copy must have gone well.
Result<int> both(const Result<int>& remote, int local, const char* what) {
    if (!remote) return remote.error();
    if (*remote == kDone && local == kDone) return kDone;
    return Error{
        Reason::InternalError,
        fmt::format("{} failed: tar ended with {} there and {} here", what, *remote, local)};
}

struct PodSide {
    Session& session;
    Json pod;
    std::string container;

    Result<int> run(std::vector<std::string> words, int input, int output) const {
        CommandInPod command{"exec", container, std::move(words)};
        command.input = input >= 0;
        command.input_descriptor = input;
        command.output_descriptor = output;
        return run_in_pod(session, pod, std::move(command));
    }
    [[nodiscard]] Result<bool> is_folder(const std::string& path) const {
        auto code = run({"test", "-d", path}, -1, STDOUT_FILENO);
        if (!code) return code.error();
        return *code == kDone;
    }
};

Result<int> upload(const PodSide& remote, const std::string& from, const std::string& to) {
    if (!std::filesystem::exists(from))
        return Error{Reason::NotFound, fmt::format("there is no {}", from)};
    const auto source = place_of(std::filesystem::absolute(from).lexically_normal().string());
    auto target = place_of(to.empty() ? "." : to);
    auto folder = remote.is_folder(to.empty() ? "." : to);
    if (!folder) return folder.error();
    if (*folder) target = {to.empty() ? "." : to, source.name};
    auto packer =
        ChildProcess::start(pack_words(source, target.name), ChildProcess::Pipe::FromOutput);
    if (!packer) return packer.error();
    const auto unpacked = remote.run(
        {"tar", "-xmf", "-", "-C", target.folder}, (*packer)->descriptor(), STDOUT_FILENO);
    return both(unpacked, (*packer)->finish(), "copying to the pod");
}

Result<int> download(const PodSide& remote, const std::string& from, const std::string& to) {
    const auto source = place_of(from);
    auto target = place_of(to);
    if (std::filesystem::is_directory(to)) target = {to, source.name};
    auto unpacker =
        ChildProcess::start(unpack_words(target, source.name), ChildProcess::Pipe::ToInput);
    if (!unpacker) return unpacker.error();
    const auto packed = remote.run(
        {"tar", "-cf", "-", "-C", source.folder, source.name}, -1, (*unpacker)->descriptor());
    return both(packed, (*unpacker)->finish(), "copying from the pod");
}

Result<int> copy(const CopyOptions& options) {
    const auto from = parse_pod_path(options.from);
    const auto to = parse_pod_path(options.to);
    if (from.has_value() == to.has_value())
        throw UsageError("one of the two must be in a pod: POD:PATH");
    const auto& there = from ? *from : *to;
    auto connection = options.connection;
    if (!there.namespace_name.empty()) connection.namespace_name = there.namespace_name;
    auto session = Session::open(connection);
    if (!session) return session.error();
    auto pod = find_pod(**session, there.pod);
    if (!pod) return pod.error();
    const PodSide remote{**session, *pod, choose_container(options.container, *pod)};
    if (to) return upload(remote, options.from, to->path);
    return download(remote, from->path, options.to);
}

}  // namespace

Action define_cp(CLI::App& app) {
    const auto options = std::make_shared<CopyOptions>();
    app.add_option("from", options->from, "PATH, or POD:PATH")->required();
    app.add_option("to", options->to, "POD:PATH, or PATH")->required();
    app.add_option("-c,--container", options->container, "container; the first by default")
        ->type_name("NAME");
    add_connection_options(app, options->connection);
    return [options] { return copy(*options); };
}

}  // namespace picket::cli
