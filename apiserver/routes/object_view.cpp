#include "apiserver/routes/object_view.hpp"

#include "apiserver/registry/strategy.hpp"
#include "apiserver/registry/table.hpp"
#include "common/api/status.hpp"
#include "common/base/field_error.hpp"
#include "common/base/json_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

std::string encode(const Json& document) {
    return format_json(document, BadUtf8::Replace);
}

std::string meta_version(const ObjectView& view) {
    return "meta.k8s.io/" + view.accepted.version;
}

Json partial_metadata(const Json& object, std::string_view api_version) {
    return {
        {"kind", "PartialObjectMetadata"},
        {"apiVersion", api_version},
        {"metadata", object.at("metadata")}};
}

Json list_metadata(const ListMeta& meta) {
    Json metadata = {{"resourceVersion", std::to_string(meta.revision)}};
    if (!meta.continue_token.empty()) metadata["continue"] = meta.continue_token;
    if (meta.remaining) metadata["remainingItemCount"] = *meta.remaining;
    return metadata;
}

Json table_row(const ObjectView& view, const Json& stored) {
    Json row = {
        {"cells", registry::table_cells(view.resource, stored, view.now)},
        {"conditions", registry::table_row_conditions(view.resource, stored)}};
    if (view.include_object == IncludeObject::Metadata) {
        row["object"] = partial_metadata(stored, meta_version(view));
    } else if (view.include_object == IncludeObject::Object) {
        row["object"] = in_version(view.resource, stored, view.group_version);
    }
    return row;
}

Json table(const ObjectView& view, Json metadata, Json rows, bool with_columns) {
    return {
        {"kind", "Table"},
        {"apiVersion", meta_version(view)},
        {"metadata", std::move(metadata)},
        {"columnDefinitions",
         with_columns ? registry::table_columns(view.resource) : Json::array()},
        {"rows", std::move(rows)}};
}

Json single_row_table(const ObjectView& view, const Json& stored, bool with_columns) {
    Json metadata = Json::object();
    const auto& own = stored.at("metadata");
    if (own.contains("resourceVersion")) metadata["resourceVersion"] = own["resourceVersion"];
    return table(view, std::move(metadata), Json::array({table_row(view, stored)}), with_columns);
}

/// One object in the shape of the view, parsed anew.
Json shaped(const ObjectView& view, const std::string& stored, bool with_columns) {
    auto object = parse_json(stored);
    switch (view.accepted.shape) {
        case Shape::Table:
            return single_row_table(view, object, with_columns);
        case Shape::PartialMetadata:
            return partial_metadata(object, meta_version(view));
        default:
            return in_version(view.resource, std::move(object), view.group_version);
    }
}

struct ListFrame {
    std::string kind;
    std::string api_version;
};

ListFrame list_frame(const ObjectView& view) {
    if (view.accepted.shape == Shape::PartialMetadata) {
        return {"PartialObjectMetadataList", meta_version(view)};
    }
    return {std::string(view.resource.kind) + "List", view.group_version};
}

std::vector<http::Bytes> render_items(
    const ObjectView& view, const std::vector<storage::StoredPtr>& objects, const ListMeta& meta) {
    static const auto kComma = http::bytes(",");
    static const auto kEnd = http::bytes("]}");
    const auto frame = list_frame(view);
    std::vector<http::Bytes> pieces;
    pieces.reserve(2 * objects.size() + 2);
    pieces.push_back(http::bytes(fmt::format(
        R"({{"kind":"{}","apiVersion":"{}","metadata":{},"items":[)",
        frame.kind,
        frame.api_version,
        encode(list_metadata(meta)))));
    for (std::size_t i = 0; i < objects.size(); ++i) {
        if (i > 0) pieces.push_back(kComma);
        pieces.push_back(render_object(view, objects[i]->bytes));
    }
    pieces.push_back(kEnd);
    return pieces;
}

http::Bytes render_table(
    const ObjectView& view, const std::vector<storage::StoredPtr>& objects, const ListMeta& meta) {
    Json rows = Json::array();
    for (const auto& object : objects) rows.push_back(table_row(view, parse_json(*object->bytes)));
    return http::bytes(encode(table(view, list_metadata(meta), std::move(rows), true)));
}

/// The start of a watch line, shared by all that need it.
const http::Bytes& event_prefix(storage::Event::Type type) {
    static const auto kAdded = http::bytes(R"({"type":"ADDED","object":)");
    static const auto kModified = http::bytes(R"({"type":"MODIFIED","object":)");
    static const auto kDeleted = http::bytes(R"({"type":"DELETED","object":)");
    switch (type) {
        case storage::Event::Type::Added:
            return kAdded;
        case storage::Event::Type::Modified:
            return kModified;
        case storage::Event::Type::Deleted:
            return kDeleted;
    }
    return kModified;
}

Json bookmark_object(const ObjectView& view, Json metadata) {
    if (view.accepted.shape == Shape::Table) {
        return table(view, std::move(metadata), Json::array(), false);
    }
    const bool partial = view.accepted.shape == Shape::PartialMetadata;
    return {
        {"kind", partial ? std::string_view("PartialObjectMetadata") : view.resource.kind},
        {"apiVersion", partial ? meta_version(view) : view.group_version},
        {"metadata", std::move(metadata)}};
}

}  // namespace

Result<IncludeObject> parse_include_object(const http::Url& url) {
    const auto text = url.parameter("includeObject").value_or(std::string_view());
    if (text.empty() || text == "Metadata") return IncludeObject::Metadata;
    if (text == "Object") return IncludeObject::Object;
    if (text == "None") return IncludeObject::None;
    return invalid_error(
        "meta.k8s.io",
        "TableOptions",
        "",
        {field::not_supported(
            "includeObject", std::string(text), {"", "None", "Metadata", "Object"})});
}

http::Bytes render_object(const ObjectView& view, const http::Bytes& stored) {
    if (view.verbatim()) return stored;
    return http::bytes(encode(shaped(view, *stored, true)));
}

std::vector<http::Bytes> render_list(
    const ObjectView& view, const std::vector<storage::StoredPtr>& objects, const ListMeta& meta) {
    if (view.accepted.shape == Shape::Table) return {render_table(view, objects, meta)};
    return render_items(view, objects, meta);
}

std::vector<http::Bytes> render_watch_event(
    const ObjectView& view, storage::Event::Type type, const http::Bytes& stored, bool first) {
    static const auto kEnd = http::bytes("}\n");
    const auto object =
        view.verbatim() ? stored : http::bytes(encode(shaped(view, *stored, first)));
    return {event_prefix(type), object, kEnd};
}

http::Bytes render_bookmark(const ObjectView& view, storage::Revision revision, bool initial_end) {
    Json metadata = {{"resourceVersion", std::to_string(revision)}};
    if (initial_end) metadata["annotations"] = {{"k8s.io/initial-events-end", "true"}};
    const Json line = {
        {"type", "BOOKMARK"}, {"object", bookmark_object(view, std::move(metadata))}};
    return http::bytes(encode(line) + "\n");
}

http::Bytes render_watch_error(const Error& error) {
    const Json line = {{"type", "ERROR"}, {"object", to_status(error)}};
    return http::bytes(encode(line) + "\n");
}

Json in_version(const Resource& resource, Json object, std::string_view group_version) {
    if (group_version == resource.group_versions.front()) return object;
    registry::strategy_for(resource).encode(object, group_version);
    object["apiVersion"] = group_version;
    return object;
}

}  // namespace picket::apiserver
