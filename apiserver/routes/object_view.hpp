#pragma once
/// Stored objects in the version and shape a client asked for. Where that is the stored version
/// itself, the stored bytes are the answer and nothing is parsed or encoded. Pure.
#include "apiserver/routes/negotiation.hpp"
#include "apiserver/storage/store.hpp"
#include "common/api/resource.hpp"
#include "common/base/clock.hpp"
#include "common/base/json.hpp"
#include "common/http/message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace picket::apiserver {

/// What the rows of a Table carry beside their cells.
enum class IncludeObject { None, Metadata, Object };
[[nodiscard]] Result<IncludeObject> parse_include_object(const http::Url& url);

struct ObjectView {
    const Resource& resource;
    std::string group_version;
    Accepted accepted;
    IncludeObject include_object = IncludeObject::Metadata;
    TimePoint now;

    /// True where stored bytes can be sent as they are.
    [[nodiscard]] bool verbatim() const {
        return accepted.shape == Shape::Object && group_version == resource.group_versions.front();
    }
};

/// `metadata` of a list.
struct ListMeta {
    storage::Revision revision = 0;
    std::string continue_token;
    std::optional<std::size_t> remaining;
};

[[nodiscard]] http::Bytes render_object(const ObjectView& view, const http::Bytes& stored);
[[nodiscard]] std::vector<http::Bytes> render_list(
    const ObjectView& view, const std::vector<storage::StoredPtr>& objects, const ListMeta& meta);

/// One line of a watch. `first`: a Table carries its columns only then.
[[nodiscard]] std::vector<http::Bytes> render_watch_event(
    const ObjectView& view, storage::Event::Type type, const http::Bytes& stored, bool first);
/// A line that says "you have seen everything up to here"; `initial_end` marks the end of the
/// initial list.
[[nodiscard]] http::Bytes render_bookmark(
    const ObjectView& view, storage::Revision revision, bool initial_end);
[[nodiscard]] http::Bytes render_watch_error(const Error& error);

/// An object of the stored version as a client of `group_version` sees it.
[[nodiscard]] Json in_version(
    const Resource& resource, Json object, std::string_view group_version);

}  // namespace picket::apiserver
