#include "nodeagent/local/pod_checkpoint.hpp"

#include "common/api/json_read.hpp"
#include "common/base/encoding.hpp"
#include "common/base/log.hpp"
#include "common/base/private_file.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace picket::nodeagent {
namespace {

/// What makes the copy out of date when it changes.
std::string essence_of(Json pod) {
    pod.erase("status");
    auto& metadata = pod["metadata"];
    metadata.erase("resourceVersion");
    metadata.erase("managedFields");
    return sha256_hex(pod.dump());
}

/// A file that a disk has spoiled may still be JSON.
bool is_copy_of(const Json& pod, const std::string& uid) {
    return json_read::text(json_read::member(pod, "metadata"), "uid") == uid;
}

Json encode(const std::map<std::string, ObjectData>& objects) {
    Json result = Json::object();
    for (const auto& [name, data] : objects) {
        auto& object = result[name] = Json::object();
        for (const auto& [key, value] : data) object[key] = base64_encode(value);
    }
    return result;
}

std::map<std::string, ObjectData> decode(const Json& json) {
    std::map<std::string, ObjectData> objects;
    if (!json.is_object()) return objects;
    for (const auto& [name, data] : json.items()) {
        auto& object = objects[name];
        for (const auto& [key, value] : json_read::string_map(json, name))
            object[key] = base64_decode(value).value_or("");
    }
    return objects;
}

Json encode(const ServiceTokens& tokens) {
    Json list = Json::array();
    for (const auto& [wish, token] : tokens) {
        list.push_back(
            {{"audience", wish.audience},
             {"seconds", wish.seconds},
             {"token", token.text},
             {"renewAt", format_time(token.renew_at)}});
    }
    return list;
}

ServiceTokens decode_tokens(const Json& list) {
    ServiceTokens tokens;
    for (const auto& entry : list) {
        TokenWish wish{json_read::text(entry, "audience"), json_read::integer(entry, "seconds")};
        tokens[std::move(wish)] = {
            json_read::text(entry, "token"),
            json_read::time(entry, "renewAt").value_or(TimePoint())};
    }
    return tokens;
}

}  // namespace

Result<void> PodCheckpoint::open() {
    return make_private_directory(folder_);
}

std::vector<Json> PodCheckpoint::load_pods() {
    std::vector<Json> pods;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
        if (entry.path().extension() != ".json") continue;
        auto pod = Json::parse(read_file_or_empty(entry.path()), nullptr, false);
        if (!is_copy_of(pod, entry.path().stem())) {
            logger("checkpoint")
                ->error("pod copy is damaged, left out path={}", entry.path().string());
            continue;
        }
        saved_[entry.path()] = essence_of(pod);
        pods.push_back(std::move(pod));
    }
    return pods;
}

bool PodCheckpoint::holds_pods_of(const std::string& node_name) {
    const auto pods = load_pods();
    return std::ranges::any_of(pods, [&](const Json& pod) {
        return json_read::text(json_read::member(pod, "spec"), "nodeName") == node_name;
    });
}

Result<void> PodCheckpoint::save_pod(const std::string& uid, const Json& pod) {
    const auto path = pod_file(uid);
    auto essence = essence_of(pod);
    if (const auto known = saved_.find(path); known != saved_.end() && known->second == essence)
        return Ok();
    if (auto written = write_private_file(path, pod.dump()); !written) return written;
    saved_[path] = std::move(essence);
    return Ok();
}

void PodCheckpoint::remove_pod(const std::string& uid) {
    for (const auto& path : {pod_file(uid), object_file(uid)}) {
        std::error_code ignored;  // a copy that stays is removed at the next start
        std::filesystem::remove(path, ignored);
        saved_.erase(path);
    }
}

ReferencedObjects PodCheckpoint::load_objects(const std::string& uid) const {
    const auto text = read_file_or_empty(object_file(uid));
    const auto json = Json::parse(text, nullptr, false);
    if (!text.empty() && !json.is_object())
        logger("checkpoint")->error("copy is damaged path={}", object_file(uid).string());
    return {
        decode(json_read::member(json, "configMaps")),
        decode(json_read::member(json, "secrets")),
        decode_tokens(json_read::member(json, "tokens"))};
}

Result<void> PodCheckpoint::save_objects(const std::string& uid, const ReferencedObjects& objects) {
    if (objects.config_maps.empty() && objects.secrets.empty() && objects.tokens.empty()) {
        return Ok();
    }
    const Json json = {
        {"configMaps", encode(objects.config_maps)},
        {"secrets", encode(objects.secrets)},
        {"tokens", encode(objects.tokens)}};
    const auto path = object_file(uid);
    auto content = json.dump();
    auto digest = sha256_hex(content);
    if (const auto known = saved_.find(path); known != saved_.end() && known->second == digest)
        return Ok();
    if (auto written = write_private_file(path, content); !written) return written;
    saved_[path] = std::move(digest);
    return Ok();
}

}  // namespace picket::nodeagent
