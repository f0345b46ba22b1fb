#include "nodeagent/static_pods/static_pod.hpp"

#include "common/api/json_read.hpp"
#include "common/base/encoding.hpp"
#include "common/schema/schema.hpp"
#include "common/yaml/yaml.hpp"
#include "nodeagent/pod/pod.hpp"
#include "nodeagent/pod/referenced_objects.hpp"

#include <fmt/format.h>

namespace picket::nodeagent {
namespace {

/// The form of a UUID, from the first half of a digest.
std::string uid_from(const std::string& content) {
    const auto hex = sha256_hex(content);
    return fmt::format(
        "{}-{}-{}-{}-{}",
        hex.substr(0, 8),
        hex.substr(8, 4),
        hex.substr(12, 4),
        hex.substr(16, 4),
        hex.substr(20, 12));
}

std::string first_problem(const schema::CheckResult& checked) {
    if (!checked.type_errors.empty()) return checked.type_errors.front();
    if (!checked.errors.empty()) {
        const auto& error = checked.errors.front();
        return fmt::format("{}: {}", error.field, error.message);
    }
    if (!checked.unknown_fields.empty())
        return fmt::format("unknown field \"{}\"", checked.unknown_fields.front());
    return {};
}

/// Defaults that a rule, not the schema, gives: how an image is pulled depends on its tag.
void default_pull_policies(Json& spec) {
    for (const auto* list : {"initContainers", "containers"}) {
        if (!spec.contains(list)) continue;
        for (auto& container : spec[list]) {
            if (!json_read::text(container, "imagePullPolicy").empty()) continue;
            const auto image = json_read::text(container, "image");
            const auto name = image.substr(image.rfind('/') + 1);
            const bool latest = name.find(':') == std::string::npos || name.ends_with(":latest");
            container["imagePullPolicy"] = latest ? "Always" : "IfNotPresent";
        }
    }
}

/// A host's own pods stay when the node is tainted.
void tolerate_everything(Json& spec) {
    spec["tolerations"].push_back({{"operator", "Exists"}, {"effect", "NoExecute"}});
}

class ManifestReader {
public:
    explicit ManifestReader(const std::string& node) : node_(node) {}

    ManifestPods read(std::string_view text) && {
        auto documents = parse_yaml(text);
        if (!documents) {
            result_.problems.push_back(documents.error().message);
            return std::move(result_);
        }
        for (auto& document : *documents) add_document(std::move(document.value));
        if (result_.pods.empty() && result_.problems.empty())
            result_.problems.emplace_back("holds no pod");
        return std::move(result_);
    }

private:
    void add_document(Json document) {
        const auto kind = json_read::text(document, "kind");
        if (kind == "PodList" || kind == "List") {
            for (const auto& item : json_read::member(document, "items")) add_document(item);
        } else if (kind == "Pod" && json_read::text(document, "apiVersion") == "v1") {
            add_pod(std::move(document));
        } else {
            result_.problems.push_back(fmt::format(
                "{} \"{}\" is not a v1 Pod", json_read::text(document, "apiVersion"), kind));
        }
    }

    void add_pod(Json pod) {
        const auto uid = uid_from(node_ + pod.dump());
        const auto written_name = json_read::text(json_read::member(pod, "metadata"), "name");
        if (written_name.empty()) return refuse(written_name, "metadata.name: Required value");
        const auto* type = schema::find_kind("v1", "Pod");
        auto problem = first_problem(schema::check(*type, pod));
        if (!problem.empty()) return refuse(written_name, problem);
        if (!json_read::member(pod, "spec").is_object())
            return refuse(written_name, "spec: Required value");
        schema::apply_defaults(*type, pod);
        complete(pod, uid);
        const auto needed = referenced_names(parse_pod(pod));
        if (!needed.config_maps.empty() || !needed.secrets.empty())
            return refuse(written_name, "a static pod may not refer to ConfigMaps or Secrets");
        result_.pods.push_back(std::move(pod));
    }

    void complete(Json& pod, const std::string& uid) {
        auto& metadata = pod["metadata"];
        metadata["name"] = fmt::format("{}-{}", json_read::text(metadata, "name"), node_);
        if (json_read::text(metadata, "namespace").empty()) metadata["namespace"] = "default";
        metadata["uid"] = uid;
        metadata["annotations"][kConfigSourceAnnotation] = "file";
        metadata["annotations"][kConfigHashAnnotation] = uid;
        pod.erase("status");
        auto& spec = pod["spec"];
        spec["nodeName"] = node_;
        default_pull_policies(spec);
        tolerate_everything(spec);
    }

    void refuse(const std::string& name, const std::string& why) {
        result_.problems.push_back(fmt::format("pod \"{}\": {}", name, why));
    }

    const std::string& node_;
    ManifestPods result_;
};

}  // namespace

ManifestPods read_manifest(std::string_view text, const std::string& node) {
    return ManifestReader(node).read(text);
}

Json make_mirror(const Json& static_pod) {
    Json mirror = static_pod;
    auto& metadata = mirror["metadata"];
    metadata["annotations"][kConfigMirrorAnnotation] =
        metadata["annotations"][kConfigHashAnnotation];
    metadata.erase("uid");
    return mirror;
}

bool is_mirror(const Json& object) {
    const auto& annotations =
        json_read::member(json_read::member(object, "metadata"), "annotations");
    return json_read::has(annotations, kConfigMirrorAnnotation);
}

}  // namespace picket::nodeagent
