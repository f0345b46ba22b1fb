#include "apiserver/routes/namespace_content.hpp"

#include "apiserver/routes/object_writer.hpp"
#include "common/base/log.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

namespace picket::apiserver {
namespace {

constexpr std::string_view kDefaultAccount = "default";
constexpr std::string_view kRootCa = "kube-root-ca.crt";

Json namespace_document(std::string_view name) {
    return {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", name}}}};
}

Json default_service_account(const std::string& namespace_name) {
    return {
        {"apiVersion", "v1"},
        {"kind", "ServiceAccount"},
        {"metadata", {{"name", kDefaultAccount}, {"namespace", namespace_name}}}};
}

Json root_ca_config_map(const std::string& namespace_name, const std::string& ca_pem) {
    return {
        {"apiVersion", "v1"},
        {"kind", "ConfigMap"},
        {"metadata", {{"name", kRootCa}, {"namespace", namespace_name}}},
        {"data", {{"ca.crt", ca_pem}}}};
}

// Somebody may delete a namespace while it is being filled.
bool is_going_away(const Error& error) {
    return error.reason == Reason::NotFound || error.reason == Reason::Forbidden;
}

bool is_namespace_content(const storage::ObjectKey& key) {
    return (key.resource == "serviceaccounts" && key.name == kDefaultAccount) ||
           (key.resource == "configmaps" && key.name == kRootCa);
}

}  // namespace

Awaitable<Result<void>> fill_namespace(Services& services, std::string namespace_name) {
    auto account = default_service_account(namespace_name);
    auto config = root_ca_config_map(namespace_name, services.ca_pem);
    auto made = co_await ensure_object(services, std::move(account));
    if (made) made = co_await ensure_object(services, std::move(config));
    if (!made && !is_going_away(made.error())) co_return made.error();
    co_return Ok();
}

Awaitable<Result<void>> ensure_namespaces(Services& services) {
    for (const auto* name : {"default", "kube-system", "kube-public", "kube-node-lease"}) {
        auto document = namespace_document(name);
        const auto made = co_await ensure_object(services, std::move(document));
        if (!made) co_return made.error();
    }
    const auto all = services.store.list("namespaces", {}, 0, std::nullopt);
    for (const auto& each : all.objects) {
        const auto filled = co_await fill_namespace(services, each->key.name);
        if (!filled) co_return filled.error();
    }
    co_return Ok();
}

Awaitable<> refill_namespace(Services& services, storage::ObjectKey gone) {
    if (!is_namespace_content(gone)) co_return;
    const auto filled = co_await fill_namespace(services, gone.namespace_name);
    if (filled) co_return;
    logger("apiserver")
        ->error(
            "cannot make namespace content anew namespace={}: {}",
            gone.namespace_name,
            filled.error().message);
}

}  // namespace picket::apiserver
