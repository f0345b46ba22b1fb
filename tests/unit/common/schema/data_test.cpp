#include "common/schema/catalog.hpp"
#include "common/schema/schema.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace picket::schema {
namespace {

using Kind = Field::Kind;

template <class Visit>
void for_each_field(Visit visit) {
    for (const auto& type : catalog().types()) {
        for (const auto& field : type.fields) visit(type, field);
    }
}

std::string qualified(const Type& type, const Field& field) {
    return type.name + "." + field.name;
}

struct KindRow {
    std::string_view group_version;
    std::string_view kind;
    bool known;
};

TEST_CASE("Schema data: kinds are found by group version", "[schema]") {
    const auto row = GENERATE(values<KindRow>({
        {"v1", "Namespace", true},
        {"v1", "Node", true},
        {"v1", "Pod", true},
        {"v1", "Event", true},
        {"v1", "ConfigMap", true},
        {"v1", "Secret", true},
        {"v1", "ServiceAccount", true},
        {"v1", "Binding", true},
        {"apps/v1", "DaemonSet", true},
        {"apps/v1", "ControllerRevision", true},
        {"extensions/v1beta1", "DaemonSet", true},
        {"coordination.k8s.io/v1", "Lease", true},
        {"picket.dev/v1", "Token", true},
        {"v1", "DeleteOptions", true},
        {"apps/v1", "DeleteOptions", true},
        {"v1", "DaemonSet", false},
        {"v1", "PodSpec", false},
        {"apps/v2", "DaemonSet", false},
    }));
    CAPTURE(row.group_version, row.kind);
    CHECK((find_kind(row.group_version, row.kind) != nullptr) == row.known);
}

TEST_CASE("Schema data: both DaemonSets share the pod template", "[schema]") {
    const auto template_of = [](std::string_view group_version) {
        return find_kind(group_version, "DaemonSet")->find("spec")->type->find("template")->type;
    };
    CHECK(template_of("apps/v1") == template_of("extensions/v1beta1"));
    CHECK(template_of("apps/v1")->name == "PodTemplateSpec");
}

TEST_CASE("Schema data: every type and field is described", "[schema]") {
    for (const auto& type : catalog().types()) {
        CAPTURE(type.name);
        CHECK(!type.description.empty());
    }
    for_each_field([](const Type& type, const Field& field) {
        CAPTURE(qualified(type, field));
        CHECK(!field.description.empty());
    });
}

TEST_CASE("Schema data: fields are unique and found by name", "[schema]") {
    for_each_field([](const Type& type, const Field& field) {
        CAPTURE(qualified(type, field));
        CHECK(type.find(field.name) == &field);
    });
    CHECK(find_kind("v1", "Pod")->find("nothing") == nullptr);
}

TEST_CASE("Schema data: enumerations are of words", "[schema]") {
    for_each_field([](const Type& type, const Field& field) {
        CAPTURE(qualified(type, field));
        CHECK((field.enum_values.empty() || field.element_kind == Kind::String));
    });
}

TEST_CASE("Schema data: merge keys are fields of the elements", "[schema]") {
    for_each_field([](const Type& type, const Field& field) {
        CAPTURE(qualified(type, field));
        CHECK((field.merge == ListMerge::Atomic || field.kind == Kind::List));
        if (field.merge == ListMerge::ByKey) REQUIRE(field.element_kind == Kind::Object);
        for (const auto& key : field.list_keys) CHECK(field.type->find(key) != nullptr);
    });
}

TEST_CASE("Schema data: every default is a value that the field accepts", "[schema]") {
    for_each_field([](const Type& type, const Field& field) {
        if (!field.default_value) return;
        CAPTURE(qualified(type, field));
        const auto result = check(type, {{field.name, *field.default_value}});
        CHECK(result.type_errors.empty());
        CHECK(result.unknown_fields.empty());
    });
}

}  // namespace
}  // namespace picket::schema
