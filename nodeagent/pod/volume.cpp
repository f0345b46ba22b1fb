#include "nodeagent/pod/volume.hpp"

#include "common/api/json_read.hpp"

namespace picket::nodeagent {
namespace {

std::optional<int> parse_mode(const Json& object, std::string_view key) {
    const auto mode = json_read::optional_integer(object, key);
    return mode ? std::optional(static_cast<int>(*mode)) : std::nullopt;
}

KeyToPath parse_item(const Json& item) {
    return {
        .key = json_read::text(item, "key"),
        .path = json_read::text(item, "path"),
        .mode = parse_mode(item, "mode")};
}

FileSource::DownwardItem parse_downward_item(const Json& item) {
    const auto& resource = json_read::member(item, "resourceFieldRef");
    FileSource::DownwardItem result{
        .path = json_read::text(item, "path"),
        .field_path = json_read::text(json_read::member(item, "fieldRef"), "fieldPath"),
        .container = json_read::text(resource, "containerName"),
        .resource = json_read::text(resource, "resource"),
        .divisor = Quantity::of(1),
        .mode = parse_mode(item, "mode")};
    const auto divisor = Quantity::from_json(json_read::member(resource, "divisor"));
    if (divisor && !divisor->is_zero()) result.divisor = *divisor;
    return result;
}

// A volume names the secret `secretName`, a projection `name`.
FileSource parse_source(const Json& object, FileSource::Kind kind) {
    FileSource source;
    source.kind = kind;
    source.object =
        json_read::text(object, json_read::has(object, "secretName") ? "secretName" : "name");
    source.optional = json_read::boolean(object, "optional");
    if (kind == FileSource::Kind::DownwardApi) {
        source.downward =
            json_read::list<FileSource::DownwardItem>(object, "items", parse_downward_item);
    } else {
        source.items = json_read::list<KeyToPath>(object, "items", parse_item);
    }
    source.token_path = json_read::text(object, "path");
    source.audience = json_read::text(object, "audience");
    source.expiration_seconds =
        json_read::integer(object, "expirationSeconds", source.expiration_seconds);
    return source;
}

struct SourceField {
    std::string_view name;
    FileSource::Kind kind;
};
constexpr SourceField kSourceFields[] = {
    {"configMap", FileSource::Kind::ConfigMap},
    {"secret", FileSource::Kind::Secret},
    {"downwardAPI", FileSource::Kind::DownwardApi},
    {"serviceAccountToken", FileSource::Kind::ServiceAccountToken},
};

void add_sources(std::vector<FileSource>& sources, const Json& object) {
    for (const auto& field : kSourceFields) {
        const auto& source = json_read::member(object, field.name);
        if (source.is_object()) sources.push_back(parse_source(source, field.kind));
    }
}

void parse_files(Volume& volume, const Json& object, const Json& parent) {
    volume.kind = Volume::Kind::Files;
    volume.default_mode = parse_mode(parent, "defaultMode").value_or(0644);
    add_sources(volume.sources, object);
}

void parse_kind(Volume& volume, const std::string& type, const Json& value, const Json& object) {
    if (type == "emptyDir") {
        volume.in_memory = json_read::text(value, "medium") == "Memory";
        volume.size_limit = Quantity::from_json(json_read::member(value, "sizeLimit"));
    } else if (type == "hostPath") {
        volume.kind = Volume::Kind::HostPath;
        volume.path = json_read::text(value, "path");
        volume.host_path_type = json_read::text(value, "type");
    } else if (type == "configMap" || type == "secret" || type == "downwardAPI") {
        parse_files(volume, object, value);
    } else if (type == "projected") {
        volume.kind = Volume::Kind::Files;
        volume.default_mode = parse_mode(value, "defaultMode").value_or(0644);
        for (const auto& source : json_read::member(value, "sources"))
            add_sources(volume.sources, source);
    } else {
        volume.kind = Volume::Kind::Unsupported;
        volume.unsupported_type = type;
    }
}

}  // namespace

Volume parse_volume(const Json& object) {
    Volume volume;
    volume.name = json_read::text(object, "name");
    for (const auto& [type, value] : object.items()) {
        if (type != "name" && value.is_object()) parse_kind(volume, type, value, object);
    }
    return volume;
}

}  // namespace picket::nodeagent
