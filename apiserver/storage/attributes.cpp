#include "apiserver/storage/attributes.hpp"

#include <algorithm>

namespace picket::storage {

std::string_view Attributes::field(std::string_view path) const {
    const auto found =
        std::ranges::find_if(fields, [path](const auto& entry) { return entry.first == path; });
    return found == fields.end() ? std::string_view{} : std::string_view(found->second);
}

}  // namespace picket::storage
