#include "apiserver/auth/access_request.hpp"

namespace picket::apiserver {

std::string AccessRequest::qualified_resource() const {
    return subresource.empty() ? resource : resource + "/" + subresource;
}

std::string AccessRequest::effective_name() const {
    if (!name.empty()) return name;
    for (const auto& wanted : field_selector) {
        if (wanted.equal && wanted.field == "metadata.name") return wanted.value;
    }
    return {};
}

}  // namespace picket::apiserver
