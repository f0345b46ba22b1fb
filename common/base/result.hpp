#pragma once
#include "common/base/error.hpp"

#include <boost/system/result.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace picket {

/// A value or an Error. What a caller can provoke or must handle is returned this way; what means
/// "this process is broken" throws. Use: `auto r = f(); if (!r) return r.error();`
template <class T>
class [[nodiscard]] Result : public boost::system::result<T, Error> {
    using Base = boost::system::result<T, Error>;

public:
    using boost::system::result<T, Error>::result;

    /// A T is the value, also one that converts to everything, as Json does.
    template <class U>
    requires std::same_as<std::remove_cvref_t<U>, T> Result(U&& value)
        : Base(boost::system::in_place_value, std::forward<U>(value)) {}
};

/// Success of something that has no value: `return Ok();`
[[nodiscard]] inline Result<void> Ok() {
    return {};
}

}  // namespace picket
