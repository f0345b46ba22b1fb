#include "apiserver/routes/selection.hpp"

#include "apiserver/registry/strategy.hpp"
#include "common/api/status.hpp"
#include "common/base/encoding.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::apiserver {
namespace {

bool can_select_by(const Resource& resource, std::string_view field) {
    if (field == "metadata.name") return true;
    if (field == "metadata.namespace") return resource.namespaced;
    const auto fields = registry::strategy_for(resource).selectable_fields(Json::object());
    return std::ranges::any_of(fields, [&](const auto& known) { return known.first == field; });
}

std::string_view value_of(const storage::StoredObject& object, std::string_view field) {
    if (field == "metadata.name") return object.key.name;
    if (field == "metadata.namespace") return object.key.namespace_name;
    return object.attributes.field(field);
}

/// Puts the requirement where the store has an index for it; false if it has none (left).
bool use_index(const FieldRequirement& wanted, storage::Filter& filter) {
    if (!wanted.equal || wanted.value.empty()) return false;
    if (wanted.field == "metadata.name" && filter.name.empty()) {
        filter.name = wanted.value;
        return true;
    }
    if (wanted.field == "metadata.namespace") {
        if (filter.namespace_name.empty()) filter.namespace_name = wanted.value;
        return filter.namespace_name == wanted.value;
    }
    if (wanted.field == "metadata.name" || filter.field) return false;
    filter.field = {wanted.field, wanted.value};
    return true;
}

/// What no index answers.
struct Remainder {
    LabelSelector labels;
    std::vector<FieldRequirement> fields;

    bool operator()(const storage::StoredObject& object) const {
        return std::ranges::all_of(
                   fields,
                   [&](const FieldRequirement& wanted) {
                       return (value_of(object, wanted.field) == wanted.value) == wanted.equal;
                   }) &&
               labels.matches(object.attributes.labels);
    }
};

constexpr int kTokenVersion = 1;

}  // namespace

Result<storage::Filter> make_filter(
    const Resource& resource, const std::string& namespace_name, const ListOptions& options) {
    storage::Filter filter;
    filter.namespace_name = namespace_name;
    Remainder remainder{options.label_selector, {}};
    for (const auto& wanted : options.field_selector) {
        if (!can_select_by(resource, wanted.field)) {
            return bad_request(fmt::format("field label not supported: {}", wanted.field));
        }
        if (!use_index(wanted, filter)) remainder.fields.push_back(wanted);
    }
    if (!remainder.labels.empty() || !remainder.fields.empty()) {
        filter.predicate = std::move(remainder);
    }
    return filter;
}

std::string encode_continue_token(const ContinueToken& token) {
    const Json document = {
        {"v", kTokenVersion},
        {"rv", token.revision},
        {"ns", token.namespace_name},
        {"name", token.name}};
    return base64url_encode(document.dump());
}

Result<ContinueToken> decode_continue_token(std::string_view text) {
    std::string standard(text);
    std::ranges::replace(standard, '-', '+');
    std::ranges::replace(standard, '_', '/');
    const auto refuse = [] { return bad_request("continue key is not valid"); };
    const auto decoded = base64_decode(standard);
    if (!decoded) return refuse();
    const auto document = Json::parse(*decoded, nullptr, false);
    if (!document.is_object() || document.value("v", Json()) != kTokenVersion) return refuse();
    try {
        return ContinueToken{
            document.at("rv").get<storage::Revision>(),
            document.at("ns").get<std::string>(),
            document.at("name").get<std::string>()};
    } catch (const Json::exception&) {
        return refuse();
    }
}

}  // namespace picket::apiserver
