/// A body on its way into the store: "apiVersion Kind" in the first line, then the document.
#include "apiserver/routes/body.hpp"
#include "apiserver/routes/object_draft.hpp"
#include "apiserver/routes/write_plan.hpp"
#include "common/schema/schema.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace picket;
using namespace picket::fuzz;

namespace {

void write_object(const Resource& resource, std::string_view version, std::string_view body) {
    auto decoded = apiserver::parse_json_body(body, true);
    if (!decoded) return;
    const apiserver::ObjectIdentity identity{
        resource, std::string(version), resource.namespaced ? "default" : "", ""};
    const registry::RequestContext context{std::string(version), "fuzzer", TimePoint{}};
    auto draft = apiserver::draft_object(identity, std::move(*decoded), {}, context);
    if (!draft) return;
    Random random(1);
    auto object = apiserver::plan_create(resource, std::move(*draft), random, context);
    if (!object) return;
    const auto* type = schema::find_kind(resource.group_versions.front(), resource.kind);
    if (type == nullptr) return;
    const auto found = schema::check(*type, *object);
    must_hold(found.errors.empty() && found.type_errors.empty(), "what is stored fits its schema");
    auto again = *object;
    schema::apply_defaults(*type, again);
    must_hold(again == *object, "defaults are complete after one round");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto [line, body] = split_line(text_of(data, size));
    const auto space = line.find(' ');
    if (space == std::string_view::npos) return 0;
    const auto version = line.substr(0, space);
    const auto* resource = find_resource_by_kind(version, line.substr(space + 1));
    if (resource != nullptr) write_object(*resource, version, body);
    return 0;
}
