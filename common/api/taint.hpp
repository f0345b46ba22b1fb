#pragma once
#include "common/base/clock.hpp"
#include "common/base/json.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace picket {

/// Any stands for an absent effect, which only a toleration may have: it covers every effect.
enum class TaintEffect { Any, NoSchedule, PreferNoSchedule, NoExecute };
[[nodiscard]] TaintEffect parse_taint_effect(std::string_view text);
[[nodiscard]] std::string_view format_taint_effect(TaintEffect effect);

struct Taint {
    std::string key;
    std::string value = {};
    TaintEffect effect = TaintEffect::NoSchedule;
    std::optional<TimePoint> added = std::nullopt;

    static Taint parse(const Json& taint);
    /// Key and effect name a taint; value and time only describe it.
    [[nodiscard]] bool same_as(const Taint& other) const {
        return key == other.key && effect == other.effect;
    }
    /// "key=value:Effect", as kubectl prints it.
    [[nodiscard]] std::string to_string() const;
};
[[nodiscard]] Json to_json(const Taint& taint);

struct Toleration {
    std::string key = {};  ///< empty: every key (then the operator is Exists)
    bool exists = false;   ///< operator Exists; otherwise Equal
    std::string value = {};
    TaintEffect effect = TaintEffect::Any;
    std::optional<std::int64_t> seconds = std::nullopt;

    static Toleration parse(const Json& toleration);
    [[nodiscard]] bool covers(const Taint& taint) const;
    [[nodiscard]] bool operator==(const Toleration&) const = default;
};
[[nodiscard]] Json to_json(const Toleration& toleration);

[[nodiscard]] std::vector<Taint> parse_taints(const Json& list);
[[nodiscard]] std::vector<Toleration> parse_tolerations(const Json& list);
[[nodiscard]] bool tolerated(const Taint& taint, std::span<const Toleration> tolerations);

}  // namespace picket
