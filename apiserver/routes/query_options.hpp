#pragma once
/// The query parameters of Kubernetes' requests, and DeleteOptions, which may also come as a body.
#include "apiserver/registry/strategy.hpp"
#include "apiserver/storage/store.hpp"
#include "common/api/label_selector.hpp"
#include "common/base/json.hpp"
#include "common/base/result.hpp"
#include "common/http/message.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace picket::apiserver {

enum class FieldValidation { Strict, Warn, Ignore };

/// Of create, update, patch and delete.
struct WriteOptions {
    bool dry_run = false;
    FieldValidation field_validation = FieldValidation::Warn;
    /// The client named a directive itself, so it wants every kind of strictness (duplicate keys
    /// too).
    bool field_validation_named = false;
};
[[nodiscard]] Result<WriteOptions> parse_write_options(const http::Url& url);

enum class VersionMatch { Unset, NotOlderThan, Exact };

/// Of list, watch and deletecollection.
struct ListOptions {
    LabelSelector label_selector;
    std::vector<FieldRequirement> field_selector;
    std::size_t limit = 0;
    std::string continue_token;
    /// Nothing: not given. 0: any state will do.
    std::optional<storage::Revision> resource_version;
    VersionMatch version_match = VersionMatch::Unset;
    // Watch only:
    std::optional<std::chrono::seconds> timeout;
    bool allow_bookmarks = false;
    std::optional<bool> send_initial_events;
};
enum class Reading { List, Watch };
[[nodiscard]] Result<ListOptions> parse_list_options(const http::Url& url, Reading reading);
/// The version that a read must not be older than.
[[nodiscard]] Result<std::optional<storage::Revision>> parse_wanted_version(const http::Url& url);

struct DeleteOptions {
    std::optional<std::int64_t> grace_period_seconds;
    std::optional<registry::Propagation> propagation;
    std::string precondition_uid;
    std::string precondition_resource_version;
    bool dry_run = false;
};
/// `body` is a DeleteOptions object or null, BadRequest for anything else: what is misunderstood
/// must not delete; the query fills in what the body leaves out.
[[nodiscard]] Result<DeleteOptions> parse_delete_options(const http::Url& url, const Json& body);

}  // namespace picket::apiserver
