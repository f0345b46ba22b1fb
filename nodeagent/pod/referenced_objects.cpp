#include "nodeagent/pod/referenced_objects.hpp"

#include "common/api/json_read.hpp"
#include "common/base/encoding.hpp"

namespace picket::nodeagent {
namespace {

void add_container(ReferencedNames& names, const Container& container) {
    for (const auto& from : container.env_from)
        (from.secret ? names.secrets : names.config_maps).insert(from.object);
    for (const auto& variable : container.env) {
        if (variable.source == EnvVar::Source::ConfigMap)
            names.config_maps.insert(variable.reference.object);
        if (variable.source == EnvVar::Source::Secret)
            names.secrets.insert(variable.reference.object);
    }
}

void add_volume(ReferencedNames& names, const Volume& volume) {
    for (const auto& source : volume.sources) {
        if (source.kind == FileSource::Kind::ConfigMap) names.config_maps.insert(source.object);
        if (source.kind == FileSource::Kind::Secret) names.secrets.insert(source.object);
    }
}

/// Objects that are there without a key that a variable needs.
void add_missing_keys(
    ReferencedNames& names, const Container& container, const ReferencedObjects& objects) {
    for (const auto& variable : container.env) {
        const bool secret = variable.source == EnvVar::Source::Secret;
        if (!secret && variable.source != EnvVar::Source::ConfigMap) continue;
        const auto& object = variable.reference.object;
        const auto* data = objects.find(secret, object);
        if (data != nullptr && !data->contains(variable.reference.key))
            (secret ? names.secrets : names.config_maps).insert(object);
    }
}

void add_decoded(ObjectData& data, const Json& object, std::string_view field) {
    for (const auto& [key, value] : json_read::string_map(object, field)) {
        if (auto bytes = base64_decode(value)) data[key] = std::move(*bytes);
    }
}

}  // namespace

ReferencedNames referenced_names(const Pod& pod) {
    ReferencedNames names;
    for (const auto& container : pod.spec.init_containers) add_container(names, container);
    for (const auto& container : pod.spec.containers) add_container(names, container);
    for (const auto& volume : pod.spec.volumes) add_volume(names, volume);
    names.secrets.insert(pod.spec.image_pull_secrets.begin(), pod.spec.image_pull_secrets.end());
    return names;
}

ReferencedNames followed_names(const Pod& pod, const ReferencedObjects& objects) {
    ReferencedNames names;
    for (const auto& volume : pod.spec.volumes) add_volume(names, volume);
    const auto all = referenced_names(pod);
    for (const auto& name : all.config_maps) {
        if (objects.find(false, name) == nullptr) names.config_maps.insert(name);
    }
    for (const auto& name : all.secrets) {
        if (objects.find(true, name) == nullptr) names.secrets.insert(name);
    }
    for (const auto* list : {&pod.spec.init_containers, &pod.spec.containers}) {
        for (const auto& container : *list) add_missing_keys(names, container, objects);
    }
    return names;
}

ObjectData parse_object_data(const Json& object, bool secret) {
    ObjectData data;
    if (secret) {
        add_decoded(data, object, "data");
    } else {
        for (auto& [key, value] : json_read::string_map(object, "data")) data[key] = value;
        add_decoded(data, object, "binaryData");
    }
    return data;
}

}  // namespace picket::nodeagent
