#pragma once
/// Who manages which fields of an object: `metadata.managedFields`, and what server-side apply and
/// other writes do to it. Pure.
#include "common/base/clock.hpp"
#include "common/base/json.hpp"
#include "common/base/result.hpp"
#include "common/schema/field_set.hpp"
#include "common/schema/schema.hpp"

#include <optional>
#include <string>
#include <vector>

namespace picket::registry {

/// One entry. Name, operation, version and subresource together tell it from others.
struct FieldManager {
    std::string name;
    bool applies = false;     ///< operation Apply, else Update
    std::string api_version;  ///< the version the client speaks
    std::string subresource;
    std::string time;  ///< when its fields changed last
    schema::FieldSet fields;

    [[nodiscard]] bool same_entry(const FieldManager& other) const;
};
using FieldManagers = std::vector<FieldManager>;

/// Nothing if it is absent, empty or not of that form.
[[nodiscard]] std::optional<FieldManagers> parse_managed_fields(const Json& object);
/// Appliers first, each group by time. Null for none.
[[nodiscard]] Json format_managed_fields(FieldManagers managers);

/// Who writes: name, version and subresource of an entry to be.
struct FieldWriter {
    std::string name;
    std::string api_version;
    std::string subresource;
    TimePoint now;
};

/// An object may have this many entries of operation Update; of more, the oldest become one.
inline constexpr std::size_t kMaxUpdateManagers = 10;

/// A write that is no apply: the writer takes over what it changed, and everybody loses what is
/// gone. `before` is null for a new object. The documents are of the same version.
[[nodiscard]] FieldManagers managers_after_update(
    const schema::Type& type,
    const Json& before,
    const Json& after,
    FieldManagers managers,
    const FieldWriter& writer);

struct AppliedDocument {
    Json document;
    FieldManagers managers;
};

/// Applies `config` to `live` (null for a new object): what the writer applied before and now
/// leaves out goes, unless somebody else has it. Conflict, with a cause for each field, if the
/// config sets another value than one that somebody else manages; with `force` the field changes
/// hands instead. A status belongs to the subresource, everything else to the object itself.
[[nodiscard]] Result<AppliedDocument> apply_config(
    const schema::Type& type,
    const Json& live,
    Json config,
    FieldManagers managers,
    const FieldWriter& writer,
    bool force);

}  // namespace picket::registry
