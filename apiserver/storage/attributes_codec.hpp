#pragma once
#include "apiserver/storage/attributes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace picket::storage {

/// The attributes of an object as they lie in the file, beside its bytes, so that a start need not
/// parse every object. `version` is that of the rules that took them out of the object: attributes
/// of another version are not decoded, but taken out anew.
[[nodiscard]] std::string encode_attributes(const Attributes& attributes, std::uint32_t version);
[[nodiscard]] std::optional<Attributes> decode_attributes(
    std::string_view encoded, std::uint32_t version);

}  // namespace picket::storage
