#include "apiserver/auth/token.hpp"

#include "common/base/encoding.hpp"
#include "common/base/random.hpp"

#include <nlohmann/json.hpp>
#include <openssl/crypto.h>

namespace picket::apiserver {
namespace {

// Secrets are shorter than a fingerprint, so that the three-part join token cannot be misread.
constexpr std::size_t kSecretBytes = 24;
constexpr std::size_t kFingerprintLength = 64;

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool is_fingerprint(std::string_view text) {
    return text.size() == kFingerprintLength &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string_view without_fingerprint(std::string_view text) {
    const auto dot = text.rfind('.');
    if (dot == std::string_view::npos || !is_fingerprint(text.substr(dot + 1))) return text;
    return text.substr(0, dot);
}

Json spec_of(const TokenRecord& record) {
    Json spec = {{"user", record.user.name}, {"groups", record.user.groups}};
    if (!record.agent_id.empty()) spec["agentId"] = record.agent_id;
    if (!record.description.empty()) spec["description"] = record.description;
    if (record.expires) spec["expirationTime"] = format_time(*record.expires);
    return spec;
}

}  // namespace

std::optional<BearerToken> parse_bearer_token(std::string_view text) {
    const auto token = without_fingerprint(text);
    const auto dot = token.rfind('.');
    if (dot == std::string_view::npos || dot == 0 || dot + 1 == token.size()) return std::nullopt;
    return BearerToken{std::string(token.substr(0, dot)), std::string(token.substr(dot + 1))};
}

BearerToken make_bearer_token(std::string id) {
    return {std::move(id), random_secret(kSecretBytes)};
}

std::string random_token_id() {
    return random_secret(5);
}

bool TokenRecord::accepts(std::string_view secret, TimePoint now) const {
    return equal_in_constant_time(sha256_hex(secret), secret_hash) && (!expires || now < *expires);
}

Json to_json(const TokenRecord& record, std::string_view id) {
    return {
        {"apiVersion", kTokenGroupVersion},
        {"kind", kTokenKind},
        {"metadata", {{"name", id}, {"creationTimestamp", format_time(record.created)}}},
        {"spec", spec_of(record)},
        {"hash", record.secret_hash}};
}

Result<TokenRecord> parse_token_record(const Json& object) try {
    const auto& spec = object.at("spec");
    TokenRecord record;
    record.secret_hash = object.at("hash").get<std::string>();
    record.user.name = spec.at("user").get<std::string>();
    record.user.groups = spec.value("groups", std::vector<std::string>());
    record.agent_id = spec.value("agentId", "");
    record.description = spec.value("description", "");
    record.created =
        parse_time(object.at("metadata").value("creationTimestamp", "")).value_or(TimePoint{});
    if (spec.contains("expirationTime")) {
        record.expires = parse_time(spec["expirationTime"].get<std::string>());
    }
    return record;
} catch (const Json::exception& failure) {
    return Error{Reason::Invalid, std::string("not a token: ") + failure.what()};
}

}  // namespace picket::apiserver
