#include "nodeagent/local/credential_file.hpp"

#include "common/api/json_read.hpp"
#include "common/base/private_file.hpp"

#include <nlohmann/json.hpp>

namespace picket::nodeagent {
namespace {

std::filesystem::path credential_path(const std::filesystem::path& data_dir) {
    return data_dir / "credential.json";
}

}  // namespace

Result<void> save_credential(
    const std::filesystem::path& data_dir, const NodeCredential& credential) {
    const Json json = {
        {"agentId", credential.agent_id},
        {"nodeName", credential.node_name},
        {"token", credential.token},
        {"ca", credential.ca_pem}};
    return write_private_file(credential_path(data_dir), json.dump());
}

Result<std::optional<NodeCredential>> load_credential(
    const std::filesystem::path& data_dir, const std::string& node_name) {
    const auto text = read_file(credential_path(data_dir));
    if (!text) return text.error();
    if (!*text) return std::optional<NodeCredential>();
    const auto json = Json::parse(**text, nullptr, false);
    NodeCredential credential{
        .agent_id = json_read::text(json, "agentId"),
        .node_name = json_read::text(json, "nodeName"),
        .token = json_read::text(json, "token"),
        .ca_pem = json_read::text(json, "ca")};
    if (credential.agent_id.empty() || credential.node_name != node_name)
        return std::optional<NodeCredential>();
    return std::optional(std::move(credential));
}

}  // namespace picket::nodeagent
