#include "nodeagent/pod/environment.hpp"

#include "nodeagent/pod/env_file.hpp"
#include "nodeagent/pod/pod_api_address.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace picket::nodeagent {
namespace {

/// The name inside "prefix['name']", if `path` has that shape.
std::optional<std::string> subscript(std::string_view path, std::string_view prefix) {
    if (!path.starts_with(prefix)) return std::nullopt;
    path.remove_prefix(prefix.size());
    if (path.size() < 4 || !path.starts_with("['") || !path.ends_with("']")) return std::nullopt;
    return std::string(path.substr(2, path.size() - 4));
}

std::string value_or_empty(const Labels& labels, const std::string& key) {
    const auto found = labels.find(key);
    return found == labels.end() ? std::string() : found->second;
}

bool is_variable_name(std::string_view name) {
    const auto word = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || c == '.';
    };
    const bool digit_first = !name.empty() && name.front() >= '0' && name.front() <= '9';
    return !name.empty() && !digit_first && std::all_of(name.begin(), name.end(), word);
}

void set_variable(Environment& environment, const std::string& name, std::string value) {
    const auto found = std::find_if(environment.begin(), environment.end(), [&](const auto& entry) {
        return entry.first == name;
    });
    if (found != environment.end()) {
        found->second = std::move(value);
    } else {
        environment.emplace_back(name, std::move(value));
    }
}

Error missing(std::string message) {
    return Error{.reason = Reason::Invalid, .message = std::move(message)};
}

std::string_view object_word(bool secret) {
    return secret ? "secret" : "configmap";
}

/// Builds one container's variables; a member function per source.
class EnvironmentBuilder {
public:
    EnvironmentBuilder(
        const Pod& pod,
        const NodeContext& node,
        const std::string& pod_ip,
        const ReferencedObjects& objects,
        const EnvFileReader& read_file)
        : pod_(pod), node_(node), pod_ip_(pod_ip), objects_(objects), read_file_(read_file) {}

    /// By these and the token in its folder client libraries know that they run inside. Both or
    /// none: half of it would make programs fail.
    void add_api() {
        const auto api = api_address(pod_, node_);
        if (!api) return;
        set_variable(result_.variables, "KUBERNETES_SERVICE_HOST", api->host);
        set_variable(result_.variables, "KUBERNETES_SERVICE_PORT", api->port);
        set_variable(result_.variables, "KUBERNETES_SERVICE_PORT_HTTPS", api->port);
    }

    Result<void> add_all_of(const EnvFrom& from) {
        const auto* data = objects_.find(from.secret, from.object);
        if (data == nullptr) {
            if (from.optional) return Ok();
            return missing(
                fmt::format("{} \"{}\" not found", object_word(from.secret), from.object));
        }
        for (const auto& [key, value] : *data) {
            if (is_variable_name(from.prefix + key)) {
                set_variable(result_.variables, from.prefix + key, value);
            } else {
                result_.skipped_keys.push_back(key);
            }
        }
        return Ok();
    }

    Result<void> add(const EnvVar& variable, const Container& own) {
        switch (variable.source) {
            case EnvVar::Source::Value:
                set(variable, expand_variables(variable.value, lookup_in(result_.variables)));
                return Ok();
            case EnvVar::Source::Field:
                return add_field(variable);
            case EnvVar::Source::Resource:
                return add_resource(variable, own);
            case EnvVar::Source::ConfigMap:
                return add_key(variable, false);
            case EnvVar::Source::Secret:
                return add_key(variable, true);
            case EnvVar::Source::File:
                return add_from_file(variable);
        }
        return Ok();
    }

    EnvironmentResult take() && { return std::move(result_); }

private:
    void set(const EnvVar& variable, std::string value) {
        set_variable(result_.variables, variable.name, std::move(value));
    }

    Result<void> add_field(const EnvVar& variable) {
        auto value = pod_field(pod_, node_, pod_ip_, variable.field_path);
        if (!value) return missing(fmt::format("unsupported fieldPath: {}", variable.field_path));
        set(variable, std::move(*value));
        return Ok();
    }

    Result<void> add_resource(const EnvVar& variable, const Container& own) {
        const auto* container =
            variable.container.empty() ? &own : pod_.find_container(variable.container);
        if (container == nullptr)
            return missing(fmt::format("container {} not found", variable.container));
        set(variable, container_resource(*container, node_, variable.field_path, variable.divisor));
        return Ok();
    }

    Result<void> add_key(const EnvVar& variable, bool secret) {
        const auto& reference = variable.reference;
        const auto* data = objects_.find(secret, reference.object);
        if (data == nullptr) {
            if (reference.optional) return Ok();
            return missing(
                fmt::format("{} \"{}\" not found", object_word(secret), reference.object));
        }
        const auto value = data->find(reference.key);
        if (value != data->end()) {
            set(variable, value->second);
        } else if (!reference.optional) {
            return missing(fmt::format(
                "couldn't find key {} in {} {}/{}",
                reference.key,
                secret ? "Secret" : "ConfigMap",
                pod_.namespace_name,
                reference.object));
        }
        return Ok();
    }

    Result<void> add_from_file(const EnvVar& variable) {
        const auto& reference = variable.reference;
        const auto in_file = [&](std::string_view what) {
            return missing(
                fmt::format("{} in file {} of volume {}", what, variable.file, reference.object));
        };
        auto text = read_file_ ? read_file_(reference.object, variable.file) : std::nullopt;
        if (!text) return text.error();
        if (!*text && !reference.optional)
            return missing(
                fmt::format("file {} not found in volume {}", variable.file, reference.object));
        auto variables = parse_env_file(text->value_or(std::string()));
        if (!variables) return in_file(variables.error().message);
        const auto found = variables->find(reference.key);
        if (found != variables->end()) {
            set(variable, found->second);
        } else if (!reference.optional) {
            return in_file("couldn't find key " + reference.key);
        }
        return Ok();
    }

    const Pod& pod_;
    const NodeContext& node_;
    const std::string& pod_ip_;
    const ReferencedObjects& objects_;
    const EnvFileReader& read_file_;
    EnvironmentResult result_;
};

}  // namespace

std::string expand_variables(std::string_view text, const VariableLookup& lookup) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '$' || i + 1 == text.size()) {
            result += text[i];
            continue;
        }
        if (text[i + 1] == '$') {
            result += '$';
            ++i;
            continue;
        }
        const auto close = text[i + 1] == '(' ? text.find(')', i) : std::string_view::npos;
        if (close == std::string_view::npos) {
            result += text[i];
            continue;
        }
        const auto reference = text.substr(i, close - i + 1);
        result +=
            lookup(reference.substr(2, reference.size() - 3)).value_or(std::string(reference));
        i = close;
    }
    return result;
}

VariableLookup lookup_in(const Environment& environment) {
    return [&environment](std::string_view name) -> std::optional<std::string> {
        for (const auto& [key, value] : environment) {
            if (key == name) return value;
        }
        return std::nullopt;
    };
}

std::optional<std::string> pod_field(
    const Pod& pod, const NodeContext& node, const std::string& pod_ip, std::string_view path) {
    if (path == "metadata.name") return pod.name;
    if (path == "metadata.namespace") return pod.namespace_name;
    if (path == "metadata.uid") return pod.uid;
    if (path == "spec.nodeName") return node.name;
    if (path == "spec.serviceAccountName")
        return pod.spec.service_account.empty() ? "default" : pod.spec.service_account;
    if (path == "status.podIP" || path == "status.podIPs") return pod_ip;
    if (path == "status.hostIP" || path == "status.hostIPs") return node.ip;
    if (const auto key = subscript(path, "metadata.labels"))
        return value_or_empty(pod.labels, *key);
    if (const auto key = subscript(path, "metadata.annotations"))
        return value_or_empty(pod.annotations, *key);
    return std::nullopt;
}

std::string container_resource(
    const Container& container,
    const NodeContext& node,
    std::string_view path,
    const Quantity& divisor) {
    const auto dot = path.find('.');
    const auto name = path.substr(dot == std::string_view::npos ? path.size() : dot + 1);
    const bool limit = path.starts_with("limits.");
    const auto& own = limit ? container.limits : container.requests;
    Quantity amount;
    if (const auto found = own.find(name); found != own.end()) {
        amount = found->second;
    } else if (const auto whole = node.allocatable.find(name);
               limit && whole != node.allocatable.end()) {
        amount = whole->second;
    }
    // In milli units, because the divisor may be 1m and amounts of CPU mostly are fractions; bytes
    // need whole units.
    const bool fraction = divisor < Quantity::of(1);
    const auto number = fraction || name == "cpu" ? amount.milli_value() : amount.value();
    const auto by = fraction || name == "cpu" ? divisor.milli_value() : divisor.value();
    return std::to_string((number + by - 1) / by);
}

Result<EnvironmentResult> build_environment(
    const Pod& pod,
    const Container& container,
    const NodeContext& node,
    const std::string& pod_ip,
    const ReferencedObjects& objects,
    const EnvFileReader& read_file) {
    EnvironmentBuilder builder(pod, node, pod_ip, objects, read_file);
    builder.add_api();
    for (const auto& from : container.env_from) {
        if (auto added = builder.add_all_of(from); !added) return added.error();
    }
    for (const auto& variable : container.env) {
        if (auto added = builder.add(variable, container); !added) return added.error();
    }
    return std::move(builder).take();
}

}  // namespace picket::nodeagent
