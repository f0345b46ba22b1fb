#include "common/schema/catalog.hpp"

#include "common/base/json_text.hpp"
#include "common/schema/embedded.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>
#include <unordered_map>

namespace picket::schema {
namespace {

using Kind = Field::Kind;

constexpr std::string_view kMetaGroupVersion = "meta.k8s.io/v1";

struct Scalar {
    Kind kind;
    int bits;
};

const std::unordered_map<std::string_view, Scalar>& scalars() {
    static const std::unordered_map<std::string_view, Scalar> names = {
        {"string", {Kind::String, 64}},
        {"int32", {Kind::Integer, 32}},
        {"int64", {Kind::Integer, 64}},
        {"number", {Kind::Number, 64}},
        {"boolean", {Kind::Boolean, 64}},
        {"object", {Kind::Any, 64}},
        {"IntOrString", {Kind::IntOrString, 32}},
        {"Quantity", {Kind::Quantity, 64}},
        {"Time", {Kind::Time, 64}},
        {"MicroTime", {Kind::MicroTime, 64}},
        {"base64", {Kind::Base64, 64}},
    };
    return names;
}

/// Takes the prefix "[]" or "map[string]" off a type's notation and says what it stood for.
Kind take_container(std::string_view& notation) {
    for (const auto& [prefix, kind] :
         {std::pair<std::string_view, Kind>{"[]", Kind::List}, {"map[string]", Kind::Map}}) {
        if (!notation.starts_with(prefix)) continue;
        notation.remove_prefix(prefix.size());
        return kind;
    }
    return Kind::Object;
}

std::shared_ptr<const Json> optional_json(const Json& line, const char* name) {
    const auto found = line.find(name);
    return found == line.end() ? nullptr : std::make_shared<const Json>(*found);
}

std::vector<std::string> strings(const Json& line, const char* name) {
    return line.value(name, std::vector<std::string>());
}

/// `"merge": "set"` or `"merge": ["name"]`.
void set_merge(Field& field, const Json& line) {
    field.list_keys = strings(line, "list_keys");
    const auto found = line.find("merge");
    if (found == line.end()) return;
    field.merge = found->is_array() ? ListMerge::ByKey : ListMerge::Set;
    if (field.merge == ListMerge::Set) return;
    found->get_to(field.merge_keys);
    field.list_keys = field.merge_keys;
}

}  // namespace

const Field* Type::find(std::string_view field) const {
    const auto found = std::lower_bound(
        fields.begin(), fields.end(), field, [](const Field& one, std::string_view wanted) {
            return one.name < wanted;
        });
    return found != fields.end() && found->name == field ? &*found : nullptr;
}

Catalog::Catalog(const std::vector<std::string_view>& files) {
    std::vector<Json> parsed;
    parsed.reserve(files.size());
    for (const auto file : files) parsed.push_back(parse_json(file));
    // Types refer to each other across files, so all names are known before the first field is
    // read.
    for (const auto& file : parsed) declare_types(file);
    for (const auto& file : parsed) define_types(file);
}

void Catalog::declare_types(const Json& file) {
    const auto package = file.at("package").get<std::string>();
    for (const auto& declared : file.at("types")) {
        Type& type = types_.emplace_back();
        declared.at("type").get_to(type.name);
        type.package = package;
        by_package_.emplace(QualifiedName{package, type.name}, &type);
        by_name_.emplace(type.name, &type);
    }
}

void Catalog::define_types(const Json& file) {
    const auto package = file.at("package").get<std::string>();
    for (const auto& declared : file.at("types")) {
        Type& type = *by_package_.at({package, declared.at("type").get<std::string>()});
        declared.at("about").get_to(type.description);
        type.atomic = declared.value("atomic", false);
        const auto& lines = declared.at("fields");
        type.fields.reserve(lines.size());
        for (const auto& line : lines) type.fields.push_back(make_field(package, line));
        std::sort(type.fields.begin(), type.fields.end(), [](const Field& a, const Field& b) {
            return a.name < b.name;
        });
    }
    declare_kinds(package, file.at("group_version"), strings(file, "kinds"));
    const auto also = file.value("also", Json::object());
    for (const auto& [version, kinds] : also.items()) {
        declare_kinds(package, version, kinds.get<std::vector<std::string>>());
    }
}

void Catalog::declare_kinds(
    const std::string& package,
    const std::string& group_version,
    const std::vector<std::string>& kinds) {
    for (const auto& kind : kinds) {
        kinds_.emplace(QualifiedName{group_version, kind}, by_package_.at({package, kind}));
    }
}

/// A type of the same package goes before one of the same name elsewhere.
const Type* Catalog::resolve(const std::string& package, const std::string& name) const {
    if (const auto own = by_package_.find({package, name}); own != by_package_.end()) {
        return own->second;
    }
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) throw std::logic_error("schema data names no type " + name);
    return found->second;
}

void Catalog::set_type(Field& field, const std::string& package, std::string_view notation) const {
    const Kind container = take_container(notation);
    const auto scalar = scalars().find(notation);
    const bool plain = scalar != scalars().end();
    const Kind inner = plain ? scalar->second.kind : Kind::Object;
    if (plain) field.bits = scalar->second.bits;
    if (!plain) field.type = resolve(package, std::string(notation));
    field.kind = container == Kind::Object ? inner : container;
    field.element_kind = inner;
}

Field Catalog::make_field(const std::string& package, const Json& line) const {
    Field field;
    line.at("name").get_to(field.name);
    set_type(field, package, line.at("type").get_ref<const std::string&>());
    field.required = line.value("required", false);
    field.stored_reason = line.value("stored", "");
    field.without_warning = optional_json(line, "without_warning");
    field.default_value = optional_json(line, "default");
    field.zero_is_absent = line.value("zero_is_absent", false);
    field.enum_values = strings(line, "enum");
    set_merge(field, line);
    field.retain_keys = line.value("retain_keys", false);
    field.atomic = line.value("atomic", false);
    line.at("about").get_to(field.description);
    return field;
}

const Type* Catalog::find_kind(std::string_view group_version, std::string_view kind) const {
    for (const auto candidate : {group_version, kMetaGroupVersion}) {
        const auto found = kinds_.find(QualifiedName{std::string(candidate), std::string(kind)});
        if (found != kinds_.end()) return found->second;
    }
    return nullptr;
}

std::map<std::string, const Type*> Catalog::kinds_of(std::string_view group_version) const {
    std::map<std::string, const Type*> found;
    for (const auto& [name, type] : kinds_) {
        if (name.first == group_version) found.emplace(name.second, type);
    }
    return found;
}

const Catalog& catalog() {
    static const Catalog all(
        {embedded::meta_v1_json,
         embedded::core_v1_json,
         embedded::pod_v1_json,
         embedded::container_v1_json,
         embedded::volume_v1_json,
         embedded::pod_status_v1_json,
         embedded::node_v1_json,
         embedded::apps_v1_json,
         embedded::extensions_v1beta1_json,
         embedded::coordination_v1_json,
         embedded::policy_v1_json,
         embedded::picket_v1_json,
         embedded::service_v1_json,
         embedded::discovery_v1_json,
         embedded::rbac_v1_json,
         embedded::scheduling_v1_json,
         embedded::networking_v1_json,
         embedded::policy_v1beta1_json,
         embedded::storage_v1_json,
         embedded::runtimeclass_v1_json,
         embedded::apiextensions_v1_json,
         embedded::admissionregistration_v1_json,
         embedded::apiregistration_v1_json,
         embedded::autoscaling_v2_json,
         embedded::flowcontrol_v1_json,
         embedded::persistentvolume_v1_json,
         embedded::authentication_v1_json,
         embedded::authorization_v1_json});
    return all;
}

const Type* find_kind(std::string_view group_version, std::string_view kind) {
    return catalog().find_kind(group_version, kind);
}

}  // namespace picket::schema
