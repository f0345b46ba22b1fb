#pragma once
#include "common/base/clock.hpp"
#include "nodeagent/pod/pod.hpp"

#include <chrono>
#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace picket::nodeagent {

/// A token that a volume of the pod shows: for whom, and how long it should be good.
struct TokenWish {
    std::string audience;  ///< empty: the API server
    std::int64_t seconds = 0;
    auto operator<=>(const TokenWish&) const = default;
};
[[nodiscard]] std::set<TokenWish> wanted_tokens(const Pod& pod);

struct ServiceToken {
    std::string text;
    TimePoint renew_at{};  ///< at four fifths of its life
};
using ServiceTokens = std::map<TokenWish, ServiceToken>;

[[nodiscard]] ServiceToken make_service_token(
    std::string text, TimePoint now, std::chrono::seconds life);
/// When the first of them wants to be renewed; nothing if there is none.
[[nodiscard]] std::optional<TimePoint> next_renewal(const ServiceTokens& tokens);

}  // namespace picket::nodeagent
