#include "common/base/field_error.hpp"
#include "common/schema/path.hpp"
#include "common/schema/scalar_forms.hpp"
#include "common/schema/schema.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::schema {
namespace {

using Kind = Field::Kind;

bool is_zero(const Json& value) {
    switch (value.type()) {
        case Json::value_t::boolean:
            return !value.get<bool>();
        case Json::value_t::string:
            return value.get_ref<const std::string&>().empty();
        case Json::value_t::number_integer:
        case Json::value_t::number_unsigned:
        case Json::value_t::number_float:
            return value == 0;
        default:
            return value.empty();
    }
}

/// Absent, or one of the values that Kubernetes cannot tell from absent: null, "" and [].
bool lacks(const Json& document, const std::string& name) {
    const auto found = document.find(name);
    if (found == document.end() || found->is_null()) return true;
    return (found->is_string() || found->is_array()) && is_zero(*found);
}

/// A value that asks for nothing, or for what happens anyway, needs no warning.
bool deserves_warning(const Field& field, const Json& value) {
    if (field.honoured()) return false;
    if (!field.without_warning) return !is_zero(value);
    const Json& silent = *field.without_warning;
    return std::find(silent.begin(), silent.end(), value) == silent.end();
}

class Checker {
public:
    void check_object(const Type& type, const Json& value, const Path& path, bool inside_stored);
    [[nodiscard]] CheckResult take() { return std::move(result_); }

private:
    void check_required(const Type& type, const Json& document, const Path& path);
    void check_field(const Field& field, const Json& value, const Path& path, bool inside_stored);
    void check_list(const Field& field, const Json& value, const Path& path, bool inside_stored);
    void check_map(const Field& field, const Json& value, const Path& path, bool inside_stored);
    void check_element(const Field& field, const Json& value, const Path& path, bool inside_stored);
    void check_scalar(const Field& field, const Json& value, const Path& path);
    void check_enum(const Field& field, const Json& value, const Path& path);
    void report_type(const Path& path, std::string_view fault);

    CheckResult result_;
};

void Checker::report_type(const Path& path, std::string_view fault) {
    auto text = path.text();
    if (!text.empty()) text += ": ";
    result_.type_errors.push_back(text.append(fault));
}

void Checker::check_object(
    const Type& type, const Json& value, const Path& path, bool inside_stored) {
    if (!value.is_object()) return report_type(path, mismatch("object", value));
    for (const auto& [name, member] : value.get_ref<const Json::object_t&>()) {
        const Path here = path.field(name);
        const Field* field = type.find(name);
        if (field == nullptr) {
            result_.unknown_fields.push_back(here.text());
        } else if (!member.is_null()) {
            check_field(*field, member, here, inside_stored);
        }
    }
    check_required(type, value, path);
}

void Checker::check_required(const Type& type, const Json& document, const Path& path) {
    for (const auto& field : type.fields) {
        if (!field.required || !lacks(document, field.name)) continue;
        result_.errors.push_back(field::required(path.field(field.name).text()));
    }
}

void Checker::check_field(
    const Field& field, const Json& value, const Path& path, bool inside_stored) {
    if (!inside_stored && deserves_warning(field, value)) {
        result_.stored_only.push_back(path.text() + ": " + field.stored_reason);
    }
    const bool stored = inside_stored || !field.honoured();
    switch (field.kind) {
        case Kind::Object:
            return check_object(*field.type, value, path, stored);
        case Kind::List:
            return check_list(field, value, path, stored);
        case Kind::Map:
            return check_map(field, value, path, stored);
        default:
            return check_scalar(field, value, path);
    }
}

void Checker::check_list(
    const Field& field, const Json& value, const Path& path, bool inside_stored) {
    if (!value.is_array()) return report_type(path, mismatch("list", value));
    for (std::size_t i = 0; i < value.size(); ++i) {
        check_element(field, value[i], path.index(i), inside_stored);
    }
}

void Checker::check_map(
    const Field& field, const Json& value, const Path& path, bool inside_stored) {
    if (!value.is_object()) return report_type(path, mismatch("object", value));
    for (const auto& [name, member] : value.get_ref<const Json::object_t&>()) {
        if (!member.is_null()) check_element(field, member, path.key(name), inside_stored);
    }
}

void Checker::check_element(
    const Field& field, const Json& value, const Path& path, bool inside_stored) {
    if (field.element_kind == Kind::Object) {
        return check_object(*field.type, value, path, inside_stored);
    }
    check_scalar(field, value, path);
}

void Checker::check_scalar(const Field& field, const Json& value, const Path& path) {
    if (const auto fault = scalar_fault(field.element_kind, field.bits, value)) {
        return report_type(path, *fault);
    }
    if (!field.enum_values.empty()) check_enum(field, value, path);
}

void Checker::check_enum(const Field& field, const Json& value, const Path& path) {
    const auto& text = value.get_ref<const std::string&>();
    const bool absent = text.empty() && field.kind == Kind::String;  // reported if required
    if (absent || std::ranges::find(field.enum_values, text) != field.enum_values.end()) return;
    const std::vector<std::string_view> supported(
        field.enum_values.begin(), field.enum_values.end());
    result_.errors.push_back(field::not_supported(path.text(), value, supported));
}

}  // namespace

CheckResult check(const Type& type, const Json& document, std::string_view path) {
    Checker checker;
    checker.check_object(type, document, Path(path), false);
    return checker.take();
}

}  // namespace picket::schema
