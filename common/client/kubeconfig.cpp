#include "common/client/kubeconfig.hpp"

#include "common/base/encoding.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace picket::client {
namespace {

namespace fs = std::filesystem;

struct ConfigFile {
    fs::path path;
    YAML::Node root;
};
using ConfigFiles = std::vector<ConfigFile>;

/// An entry of `clusters`, `users` or `contexts`, and the file whose folder its relative paths
/// start from.
struct Entry {
    YAML::Node value;
    fs::path folder;
};

Error unusable(const fs::path& path, std::string_view why) {
    return {Reason::BadRequest, fmt::format("cannot use kubeconfig {}: {}", path.string(), why)};
}

Result<std::string> read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return unusable(path, "it cannot be read");
    return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<ConfigFile> load_file(const fs::path& path) {
    const auto text = read_file(path);
    if (!text) return text.error();
    try {
        return ConfigFile{path, YAML::Load(*text)};
    } catch (const YAML::Exception& e) {
        return unusable(path, e.what());
    }
}

std::string text_of(const YAML::Node& node, const char* name) {
    if (!node.IsMap()) return {};
    const auto value = node[name];
    return value && value.IsScalar() ? value.Scalar() : std::string();
}

bool is_true(const YAML::Node& node, const char* name) {
    return text_of(node, name) == "true";
}

/// Of several files the first one that has an answer gives it, as with kubectl.
std::string first_text(const ConfigFiles& files, const char* name) {
    for (const auto& file : files) {
        if (auto text = text_of(file.root, name); !text.empty()) return text;
    }
    return {};
}

std::optional<Entry> find_entry(
    const ConfigFiles& files, const char* list, const char* kind, const std::string& name) {
    for (const auto& file : files) {
        if (!file.root.IsMap()) continue;
        const auto entries = file.root[list];
        if (!entries || !entries.IsSequence()) continue;
        for (const auto& entry : entries) {
            if (text_of(entry, "name") != name || !entry[kind]) continue;
            return Entry{entry[kind], file.path.parent_path()};
        }
    }
    return std::nullopt;
}

/// `<name>-data` in base64 wins over the file `<name>`; empty if there is neither.
Result<std::string> data_or_file(const Entry& entry, const std::string& name) {
    if (const auto encoded = text_of(entry.value, (name + "-data").c_str()); !encoded.empty()) {
        const auto data = base64_decode(encoded);
        if (!data)
            return Error{
                Reason::BadRequest, fmt::format("cannot decode {}-data: it is not base64", name)};
        return *data;
    }
    const auto path = text_of(entry.value, name.c_str());
    return path.empty() ? Result<std::string>(std::string()) : read_file(entry.folder / path);
}

Result<std::string> token_of(const Entry& user) {
    const auto path = text_of(user.value, "tokenFile");
    if (path.empty()) return text_of(user.value, "token");
    auto token = read_file(user.folder / path);
    if (!token) return token.error();
    while (!token->empty() && (token->back() == '\n' || token->back() == '\r')) token->pop_back();
    return token;
}

Result<void> apply_cluster(const Entry& cluster, ApiClientOptions& options) {
    const auto endpoint = http::parse_endpoint(text_of(cluster.value, "server"));
    if (!endpoint) return endpoint.error();
    auto ca = data_or_file(cluster, "certificate-authority");
    if (!ca) return ca.error();
    options.http.endpoint = *endpoint;
    options.http.ca_pem = std::move(*ca);
    options.http.insecure_skip_verify = is_true(cluster.value, "insecure-skip-tls-verify");
    options.http.server_name = text_of(cluster.value, "tls-server-name");
    return Ok();
}

Result<void> apply_user(const Entry& user, ApiClientOptions& options) {
    auto token = token_of(user);
    if (!token) return token.error();
    auto certificate = data_or_file(user, "client-certificate");
    if (!certificate) return certificate.error();
    auto key = data_or_file(user, "client-key");
    if (!key) return key.error();
    options.bearer_token = std::move(*token);
    options.http.client_certificate_pem = std::move(*certificate);
    options.http.client_key_pem = std::move(*key);
    return Ok();
}

Result<Kubeconfig> choose(const ConfigFiles& files, std::string context_name) {
    const auto& path = files.front().path;
    if (context_name.empty()) context_name = first_text(files, "current-context");
    if (context_name.empty()) return unusable(path, "it has no current-context");
    const auto context = find_entry(files, "contexts", "context", context_name);
    if (!context) return unusable(path, fmt::format("it has no context \"{}\"", context_name));
    const auto cluster_name = text_of(context->value, "cluster");
    const auto cluster = find_entry(files, "clusters", "cluster", cluster_name);
    if (!cluster) return unusable(path, fmt::format("it has no cluster \"{}\"", cluster_name));

    Kubeconfig config;
    config.path = path.string();
    if (auto applied = apply_cluster(*cluster, config.options); !applied)
        return unusable(path, applied.error().message);
    if (const auto user = find_entry(files, "users", "user", text_of(context->value, "user"))) {
        if (auto applied = apply_user(*user, config.options); !applied)
            return unusable(path, applied.error().message);
    }
    if (auto name = text_of(context->value, "namespace"); !name.empty())
        config.namespace_name = std::move(name);
    return config;
}

std::vector<fs::path> split_paths(std::string_view list) {
    std::vector<fs::path> paths;
    while (!list.empty()) {
        const auto end = std::min(list.find(':'), list.size());
        if (end > 0) paths.emplace_back(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return paths;
}

/// Groups of files in the order in which they are tried; the files of one group are merged.
std::vector<std::vector<fs::path>> places(
    const std::string& explicit_path, const std::string& fallback_path) {
    if (!explicit_path.empty()) return {{explicit_path}};
    std::vector<std::vector<fs::path>> groups;
    const char* listed = std::getenv("KUBECONFIG");
    const char* home = std::getenv("HOME");
    if (listed != nullptr && *listed != '\0') groups.push_back(split_paths(listed));
    if (home != nullptr && *home != '\0') groups.push_back({fs::path(home) / ".kube" / "config"});
    if (!fallback_path.empty()) groups.push_back({fallback_path});
    return groups;
}

Result<ConfigFiles> load_group(const std::vector<fs::path>& paths) {
    ConfigFiles files;
    for (const auto& path : paths) {
        std::error_code unreadable;  // a folder that may not be entered counts as no file
        if (!fs::exists(path, unreadable)) continue;
        auto file = load_file(path);
        if (!file) return file.error();
        files.push_back(std::move(*file));
    }
    return files;
}

Error found_nowhere(const std::vector<std::vector<fs::path>>& groups) {
    std::string looked;
    for (const auto& group : groups) {
        for (const auto& path : group) looked += (looked.empty() ? "" : ", ") + path.string();
    }
    return {Reason::NotFound, fmt::format("found no kubeconfig; looked for {}", looked)};
}

}  // namespace

Result<Kubeconfig> load_kubeconfig(
    const std::string& explicit_path,
    const std::string& context,
    const std::string& fallback_path) {
    const auto groups = places(explicit_path, fallback_path);
    for (const auto& group : groups) {
        const auto files = load_group(group);
        if (!files) return files.error();
        if (!files->empty()) return choose(*files, context);
    }
    return found_nowhere(groups);
}

std::string format_kubeconfig(
    const std::string& server,
    const std::string& ca_pem,
    const std::string& user,
    const std::string& token) {
    static constexpr const char* kName = "picket";
    YAML::Node root;
    root["apiVersion"] = "v1";
    root["kind"] = "Config";
    root["clusters"][0]["name"] = kName;
    root["clusters"][0]["cluster"]["server"] = server;
    if (!ca_pem.empty())
        root["clusters"][0]["cluster"]["certificate-authority-data"] = base64_encode(ca_pem);
    root["users"][0]["name"] = user;
    root["users"][0]["user"]["token"] = token;
    root["contexts"][0]["name"] = kName;
    root["contexts"][0]["context"]["cluster"] = kName;
    root["contexts"][0]["context"]["user"] = user;
    root["current-context"] = kName;
    return YAML::Dump(root) + "\n";
}

}  // namespace picket::client
