#pragma once
#include "common/base/error.hpp"
#include "common/base/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace picket {

/// The `Status` object of a failure, and back. `from_status` keys on `reason`, failing that on
/// `code`.
[[nodiscard]] Json to_status(const Error& error);
[[nodiscard]] Error from_status(const Json& status);
/// An error from an HTTP answer: its Status body if it is one, otherwise what the code alone says.
[[nodiscard]] Error error_from_response(unsigned http_code, std::string_view body);

/// `resource` is qualified as messages show it: "daemonsets.apps", "pods".
[[nodiscard]] Error not_found_error(std::string_view resource, std::string_view name);
[[nodiscard]] Error already_exists_error(std::string_view resource, std::string_view name);
/// "Operation cannot be fulfilled on daemonsets.apps "x": <why>"; an empty `why` is the
/// stale-version text.
[[nodiscard]] Error conflict_error(
    std::string_view resource, std::string_view name, std::string_view why = {});
/// 422: "DaemonSet.apps "x" is invalid: …" with every cause.
[[nodiscard]] Error invalid_error(
    std::string_view group,
    std::string_view kind,
    std::string_view name,
    std::vector<FieldError> causes);
[[nodiscard]] Error bad_request(std::string message);

}  // namespace picket
