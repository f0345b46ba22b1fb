#pragma once
/// Objects and the way of a write, as the API server goes it, for the tests of the rules.
#include "apiserver/registry/strategy.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace picket::registry::test {

inline constexpr const char* kModern = "apps/v1";
inline constexpr const char* kLegacy = "extensions/v1beta1";

[[nodiscard]] RequestContext context(std::string group_version);
[[nodiscard]] TimePoint test_now();

/// A valid manifest, as a user writes it.
[[nodiscard]] Json daemonset_manifest(const std::string& group_version = kModern);
[[nodiscard]] Json pod_manifest();

struct Admitted {
    Json object;
    std::vector<FieldError> errors;
};

/// `manifest` changed by a merge patch in JSON text; numbers in a path do not address list
/// elements.
[[nodiscard]] Json patched(Json manifest, const std::string& merge_patch);

/// Schema check, defaults, preparation and validation of a create, in the version the manifest
/// names.
[[nodiscard]] Admitted create(const Json& manifest);
/// The same of an update of `old`, a stored object; `manifest` is in the version it names.
[[nodiscard]] Admitted update(const Json& manifest, const Json& old);

/// "FieldValueInvalid spec.selector", sorted: what tables compare.
[[nodiscard]] std::vector<std::string> causes(const std::vector<FieldError>& errors);

}  // namespace picket::registry::test
