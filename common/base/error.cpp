#include "common/base/error.hpp"

#include <algorithm>
#include <array>

namespace picket {
namespace {

struct ReasonRow {
    Reason reason;
    std::string_view name;
    unsigned code;
};

// Where two reasons share a code, the first row is what the code alone means.
constexpr std::array kReasons = {
    ReasonRow{Reason::BadRequest, "BadRequest", 400},
    ReasonRow{Reason::Unauthorized, "Unauthorized", 401},
    ReasonRow{Reason::Forbidden, "Forbidden", 403},
    ReasonRow{Reason::NotFound, "NotFound", 404},
    ReasonRow{Reason::MethodNotAllowed, "MethodNotAllowed", 405},
    ReasonRow{Reason::NotAcceptable, "NotAcceptable", 406},
    ReasonRow{Reason::Conflict, "Conflict", 409},
    ReasonRow{Reason::AlreadyExists, "AlreadyExists", 409},
    ReasonRow{Reason::Expired, "Expired", 410},
    ReasonRow{Reason::RequestEntityTooLarge, "RequestEntityTooLarge", 413},
    ReasonRow{Reason::UnsupportedMediaType, "UnsupportedMediaType", 415},
    ReasonRow{Reason::Invalid, "Invalid", 422},
    ReasonRow{Reason::TooManyRequests, "TooManyRequests", 429},
    ReasonRow{Reason::InternalError, "InternalError", 500},
    ReasonRow{Reason::ServiceUnavailable, "ServiceUnavailable", 503},
    ReasonRow{Reason::Timeout, "Timeout", 504},
};

const ReasonRow& row_of(Reason reason) {
    return *std::ranges::find(kReasons, reason, &ReasonRow::reason);
}

}  // namespace

std::string_view reason_name(Reason reason) {
    return row_of(reason).name;
}

std::optional<Reason> parse_reason(std::string_view name) {
    if (name == "Gone") return Reason::Expired;  // what servers before 1.17 said
    const auto row = std::ranges::find(kReasons, name, &ReasonRow::name);
    if (row == kReasons.end()) return std::nullopt;
    return row->reason;
}

unsigned http_status(Reason reason) {
    return row_of(reason).code;
}

Reason reason_for_http_status(unsigned code) {
    const auto row = std::ranges::find(kReasons, code, &ReasonRow::code);
    if (row != kReasons.end()) return row->reason;
    return code >= 500 ? Reason::InternalError : Reason::BadRequest;
}

std::string_view cause_name(const FieldError& error) {
    switch (error.type) {
        case CauseType::Required:
            return "FieldValueRequired";
        case CauseType::Invalid:
            return "FieldValueInvalid";
        case CauseType::NotSupported:
            return "FieldValueNotSupported";
        case CauseType::Forbidden:
            return "FieldValueForbidden";
        case CauseType::Duplicate:
            return "FieldValueDuplicate";
        case CauseType::NotFound:
            return "FieldValueNotFound";
        case CauseType::TooLong:
            return "FieldValueTooLong";
        case CauseType::TooMany:
            return "FieldValueTooMany";
        case CauseType::TypeInvalid:
            return "FieldValueTypeInvalid";
        case CauseType::Other:
            return error.detail_reason;
    }
    return "FieldValueInvalid";
}

}  // namespace picket
