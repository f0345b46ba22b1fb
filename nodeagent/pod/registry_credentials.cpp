#include "nodeagent/pod/registry_credentials.hpp"

#include "common/api/json_read.hpp"
#include "common/base/encoding.hpp"

#include <algorithm>

namespace picket::nodeagent {
namespace {

constexpr std::string_view kDockerHub = "index.docker.io";

/// "quay.io/a/b" of "quay.io/a/b:tag"; a name without a registry is Docker Hub's.
std::string full_repository(const std::string& image) {
    const auto first = image.substr(0, image.find('/'));
    const bool has_host = image.find('/') != std::string::npos &&
                          (first == "localhost" || first.find_first_of(".:") != std::string::npos);
    return has_host ? image : std::string(kDockerHub) + "/" + image;
}

/// "https://index.docker.io/v1/" and "index.docker.io" mean the same.
std::string plain_key(std::string key) {
    for (const std::string_view scheme : {"https://", "http://"}) {
        if (key.starts_with(scheme)) key.erase(0, scheme.size());
    }
    for (const std::string_view version : {"/v1/", "/v2/", "/v1", "/v2", "/"}) {
        if (key.ends_with(version)) {
            key.erase(key.size() - version.size());
            break;
        }
    }
    return key == "docker.io" ? std::string(kDockerHub) : key;
}

bool host_fits(std::string_view pattern, std::string_view host) {
    if (!pattern.starts_with("*.")) return pattern == host;
    const auto rest = pattern.substr(1);
    return host.ends_with(rest) && host.size() > rest.size() &&
           host.substr(0, host.size() - rest.size()).find('.') == std::string_view::npos;
}

bool key_fits(std::string_view key, std::string_view repository) {
    const auto key_slash = key.find('/');
    const auto slash = repository.find('/');
    if (!host_fits(key.substr(0, key_slash), repository.substr(0, slash))) return false;
    return key_slash == std::string_view::npos ||
           repository.substr(slash).starts_with(key.substr(key_slash));
}

RegistryCredential parse_entry(const std::string& server, const Json& entry) {
    RegistryCredential credential{
        json_read::text(entry, "username"),
        json_read::text(entry, "password"),
        server,
        json_read::text(entry, "identitytoken")};
    const auto pair = base64_decode(json_read::text(entry, "auth")).value_or("");
    const auto colon = pair.find(':');
    if (credential.username.empty() && colon != std::string::npos) {
        credential.username = pair.substr(0, colon);
        credential.password = pair.substr(colon + 1);
    }
    return credential;
}

/// The map of servers in a secret of either type; null if it is neither.
Json servers_of(const ObjectData& secret) {
    if (const auto config = secret.find(".dockerconfigjson"); config != secret.end()) {
        return json_read::member(Json::parse(config->second, nullptr, false), "auths");
    }
    if (const auto config = secret.find(".dockercfg"); config != secret.end()) {
        return Json::parse(config->second, nullptr, false);
    }
    return nullptr;
}

struct Fit {
    std::string key;
    RegistryCredential credential;
};

/// Longer keys are more specific; equals stay in the order of the secrets.
void insert(std::vector<Fit>& fits, Fit fit) {
    const auto longer = [](const Fit& a, const Fit& b) { return a.key.size() > b.key.size(); };
    fits.insert(std::upper_bound(fits.begin(), fits.end(), fit, longer), std::move(fit));
}

}  // namespace

std::vector<RegistryCredential> credentials_for(
    const std::string& image, const std::vector<ObjectData>& secrets) {
    const auto repository = full_repository(image);
    std::vector<Fit> fits;
    for (const auto& secret : secrets) {
        const auto servers = servers_of(secret);
        if (!servers.is_object()) continue;
        for (const auto& [server, entry] : servers.items()) {
            auto key = plain_key(server);
            if (key_fits(key, repository))
                insert(fits, {std::move(key), parse_entry(server, entry)});
        }
    }
    std::vector<RegistryCredential> credentials;
    for (auto& fit : fits) credentials.push_back(std::move(fit.credential));
    return credentials;
}

}  // namespace picket::nodeagent
