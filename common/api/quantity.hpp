#pragma once
#include "common/base/json.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace picket {

/// An amount of a resource as Kubernetes writes it: "500m", "1.5Gi", "2e3", 4. Exact down to nano;
/// finer parts are rounded up (away from zero), as are results of value() and milli_value().
/// Amounts beyond 2^63-1 become that limit.
class Quantity {
public:
    Quantity() = default;
    [[nodiscard]] static Quantity of(std::int64_t value) {
        return Quantity(Nano{value} * kNano, Form::Decimal);
    }
    [[nodiscard]] static Quantity of_milli(std::int64_t milli) {
        return Quantity(Nano{milli} * (kNano / 1000), Form::Decimal);
    }
    /// Shown with Ki, Mi, Gi …
    [[nodiscard]] static Quantity of_bytes(std::int64_t bytes) {
        return Quantity(Nano{bytes} * kNano, Form::Binary);
    }

    /// Nothing if the text is no quantity.
    [[nodiscard]] static std::optional<Quantity> parse(std::string_view text);
    /// A JSON string or number.
    [[nodiscard]] static std::optional<Quantity> from_json(const Json& value);

    /// The canonical form: no fraction, the largest suffix that keeps it exact, in the family it
    /// was written in.
    [[nodiscard]] std::string to_string() const;
    [[nodiscard]] std::int64_t value() const;
    [[nodiscard]] std::int64_t milli_value() const;
    [[nodiscard]] bool is_zero() const { return nano_ == 0; }
    [[nodiscard]] bool is_negative() const { return nano_ < 0; }

    Quantity& operator+=(const Quantity& other);
    Quantity& operator-=(const Quantity& other);
    [[nodiscard]] friend Quantity operator+(Quantity a, const Quantity& b) { return a += b; }
    [[nodiscard]] friend Quantity operator-(Quantity a, const Quantity& b) { return a -= b; }
    /// By amount; how it was written does not matter.
    [[nodiscard]] friend bool operator==(const Quantity& a, const Quantity& b) {
        return a.nano_ == b.nano_;
    }
    [[nodiscard]] friend std::strong_ordering operator<=>(const Quantity& a, const Quantity& b) {
        return a.nano_ <=> b.nano_;
    }

private:
    // 2^63-1 units in nano need 94 bits.
    __extension__ using Nano = __int128;
    static constexpr std::int64_t kNano = 1'000'000'000;
    enum class Form { Decimal, Binary, Exponent };

    Quantity(Nano nano, Form form);
    [[nodiscard]] std::int64_t scaled(std::int64_t unit) const;
    [[nodiscard]] std::string binary_text() const;
    [[nodiscard]] std::string decimal_text() const;

    Nano nano_ = 0;
    Form form_ = Form::Decimal;
};

}  // namespace picket
