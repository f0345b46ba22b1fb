#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace picket {

/// Why a request failed, in Kubernetes' words (`Status.reason`). The mapping to HTTP codes and back
/// is in common/base/error.cpp and nowhere else.
enum class Reason {
    BadRequest,
    Unauthorized,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    NotAcceptable,
    AlreadyExists,
    Conflict,
    Expired,
    RequestEntityTooLarge,
    UnsupportedMediaType,
    Invalid,
    TooManyRequests,
    InternalError,
    ServiceUnavailable,
    Timeout,
};

/// What is wrong with one field (`Status.details.causes[].reason`, there prefixed with
/// "FieldValue").
enum class CauseType {
    Required,
    Invalid,
    NotSupported,
    Forbidden,
    Duplicate,
    NotFound,
    TooLong,
    TooMany,
    TypeInvalid,
    /// Not about a field's value: a cause whose reason is given in `FieldError::detail_reason`.
    Other,
};

/// One problem at one field path. `message` is the body that Kubernetes prints after the path, for
/// example `Invalid value: -1: must be greater than or equal to 0`. Build it with the functions in
/// field_error.hpp.
struct FieldError {
    CauseType type = CauseType::Invalid;
    std::string field;
    std::string message;
    std::string detail_reason;  ///< only for CauseType::Other, for example "FieldManagerConflict"
};

/// A failure a caller can provoke or must handle. It is rendered as a `Status` object by
/// common/api/status. Messages name the object and the act, lower case, no full stop.
struct Error {
    Reason reason = Reason::InternalError;
    std::string message;
    std::vector<FieldError> causes = {};

    // `Status.details`: what the error is about. Empty where it is about no object.
    std::string name = {};
    std::string group = {};
    std::string kind = {};  ///< the Kind for Invalid, the plural resource for the others
    std::string uid = {};
    std::optional<std::int32_t> retry_after_seconds = {};
};

/// "NotFound", as in `Status.reason`.
[[nodiscard]] std::string_view reason_name(Reason reason);
[[nodiscard]] std::optional<Reason> parse_reason(std::string_view name);
/// The HTTP status code of a reason, and the reason that stands for a code without a Status body.
[[nodiscard]] unsigned http_status(Reason reason);
[[nodiscard]] Reason reason_for_http_status(unsigned code);
/// "FieldValueInvalid", as in `Status.details.causes[].reason`.
[[nodiscard]] std::string_view cause_name(const FieldError& error);

}  // namespace picket
