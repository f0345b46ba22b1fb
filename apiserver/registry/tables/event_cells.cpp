#include "apiserver/registry/document.hpp"
#include "apiserver/registry/tables/cells.hpp"
#include "common/api/age.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <initializer_list>

namespace picket::registry {
namespace {

std::string first_of(std::initializer_list<std::string> texts) {
    const auto found =
        std::ranges::find_if(texts, [](const std::string& text) { return !text.empty(); });
    return found == texts.end() ? std::string() : *found;
}

std::string first_seen(const Json& event) {
    return first_of(
        {json_read::text(event, "firstTimestamp"), json_read::text(event, "eventTime")});
}

std::string last_seen(const Json& event) {
    return first_of(
        {text_at(event, {"series", "lastObservedTime"}),
         json_read::text(event, "lastTimestamp"),
         first_seen(event)});
}

/// "pod/web-x2"
std::string object_text(const Json& involved) {
    const auto kind = boost::algorithm::to_lower_copy(json_read::text(involved, "kind"));
    const auto name = json_read::text(involved, "name");
    return name.empty() ? kind : fmt::format("{}/{}", kind, name);
}

std::string source_text(const Json& event) {
    const auto component = first_of(
        {text_at(event, {"source", "component"}), json_read::text(event, "reportingComponent")});
    const auto host =
        first_of({text_at(event, {"source", "host"}), json_read::text(event, "reportingInstance")});
    return host.empty() ? component : fmt::format("{}, {}", component, host);
}

std::int64_t count_of(const Json& event) {
    const auto repeats = json_read::integer(member(event, "series"), "count");
    return std::max<std::int64_t>(1, repeats != 0 ? repeats : json_read::integer(event, "count"));
}

std::string trimmed(const std::string& text) {
    const auto end = text.find_last_not_of(" \t\r\n");
    return end == std::string::npos ? std::string() : text.substr(0, end + 1);
}

}  // namespace

Json event_cells(const Json& object, TimePoint now) {
    const auto& involved = member(object, "involvedObject");
    return {
        human_age(last_seen(object), now),
        json_read::text(object, "type"),
        json_read::text(object, "reason"),
        object_text(involved),
        json_read::text(involved, "fieldPath"),
        source_text(object),
        trimmed(json_read::text(object, "message")),
        human_age(first_seen(object), now),
        count_of(object),
        name_cell(object)};
}

}  // namespace picket::registry
