#include "nodeagent/pod/pod_tokens.hpp"

#include <algorithm>

namespace picket::nodeagent {

std::set<TokenWish> wanted_tokens(const Pod& pod) {
    std::set<TokenWish> wishes;
    for (const auto& volume : pod.spec.volumes) {
        for (const auto& source : volume.sources) {
            if (source.kind != FileSource::Kind::ServiceAccountToken) continue;
            wishes.insert({source.audience, source.expiration_seconds});
        }
    }
    return wishes;
}

ServiceToken make_service_token(std::string text, TimePoint now, std::chrono::seconds life) {
    return {std::move(text), now + life * 4 / 5};
}

std::optional<TimePoint> next_renewal(const ServiceTokens& tokens) {
    std::optional<TimePoint> first;
    for (const auto& [wish, token] : tokens) {
        first = std::min(first.value_or(token.renew_at), token.renew_at);
    }
    return first;
}

}  // namespace picket::nodeagent
