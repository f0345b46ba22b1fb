#include "nodeagent/pod/volume_files.hpp"

#include "nodeagent/pod/environment.hpp"

#include <fmt/format.h>

namespace picket::nodeagent {
namespace {

Error missing_source(std::string message) {
    return Error{.reason = Reason::NotFound, .message = std::move(message)};
}

std::string quote(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        if (c == '\n') {
            quoted += "\\n";
        } else {
            quoted += c;
        }
    }
    return quoted + "\"";
}

/// All labels or annotations as lines of key="escaped value".
std::string map_lines(const Labels& labels) {
    std::string text;
    for (const auto& [key, value] : labels) text += fmt::format("{}={}\n", key, quote(value));
    if (!text.empty()) text.pop_back();
    return text;
}

std::optional<std::string> downward_field(
    const Pod& pod, const NodeContext& node, const std::string& path) {
    if (path == "metadata.labels") return map_lines(pod.labels);
    if (path == "metadata.annotations") return map_lines(pod.annotations);
    return pod_field(pod, node, {}, path);
}

class FilePlanner {
public:
    FilePlanner(
        const Pod& pod,
        const Volume& volume,
        const NodeContext& node,
        const ReferencedObjects& objects)
        : pod_(pod), volume_(volume), node_(node), objects_(objects) {}

    Result<void> add(const FileSource& source) {
        switch (source.kind) {
            case FileSource::Kind::ConfigMap:
                return add_object(source, false);
            case FileSource::Kind::Secret:
                return add_object(source, true);
            case FileSource::Kind::DownwardApi:
                return add_downward(source);
            case FileSource::Kind::ServiceAccountToken:
                break;
        }
        return add_token(source);
    }

    VolumeFiles take() && { return std::move(files_); }

private:
    void put(const std::string& path, std::string content, std::optional<int> mode) {
        files_[path] = {std::move(content), mode.value_or(volume_.default_mode)};
    }

    Result<void> add_object(const FileSource& source, bool secret) {
        const auto* data = objects_.find(secret, source.object);
        if (data == nullptr) {
            if (source.optional) return Ok();
            return missing_source(
                fmt::format("{} \"{}\" not found", secret ? "secret" : "configmap", source.object));
        }
        if (!source.items.empty()) return add_items(source, *data);
        for (const auto& [key, value] : *data) put(key, value, std::nullopt);
        return Ok();
    }

    Result<void> add_token(const FileSource& source) {
        const auto token = objects_.tokens.find({source.audience, source.expiration_seconds});
        if (token == objects_.tokens.end()) {
            return missing_source(fmt::format(
                "no token of service account \"{}\": the server cannot be asked",
                pod_.spec.service_account));
        }
        put(source.token_path, token->second.text, std::nullopt);
        return Ok();
    }

    Result<void> add_items(const FileSource& source, const ObjectData& data) {
        for (const auto& item : source.items) {
            const auto value = data.find(item.key);
            if (value != data.end()) {
                put(item.path, value->second, item.mode);
            } else if (!source.optional) {
                return missing_source(
                    fmt::format("references non-existent key: {} in {}", item.key, source.object));
            }
        }
        return Ok();
    }

    Result<void> add_downward(const FileSource& source) {
        for (const auto& item : source.downward) {
            if (!item.resource.empty()) {
                const auto* container = pod_.find_container(item.container);
                if (container == nullptr)
                    return missing_source("container " + item.container + " not found");
                put(item.path,
                    container_resource(*container, node_, item.resource, item.divisor),
                    item.mode);
                continue;
            }
            auto value = downward_field(pod_, node_, item.field_path);
            if (!value) return missing_source("unsupported fieldPath: " + item.field_path);
            put(item.path, std::move(*value), item.mode);
        }
        return Ok();
    }

    const Pod& pod_;
    const Volume& volume_;
    const NodeContext& node_;
    const ReferencedObjects& objects_;
    VolumeFiles files_;
};

}  // namespace

Result<VolumeFiles> plan_volume_files(
    const Pod& pod,
    const Volume& volume,
    const NodeContext& node,
    const ReferencedObjects& objects) {
    FilePlanner planner(pod, volume, node, objects);
    for (const auto& source : volume.sources) {
        if (auto added = planner.add(source); !added) return added.error();
    }
    return std::move(planner).take();
}

}  // namespace picket::nodeagent
