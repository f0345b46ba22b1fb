#pragma once
#include "common/api/object_meta.hpp"

#include <string>
#include <variant>
#include <vector>

namespace picket {

struct ServicePort {
    std::string name;
    std::string protocol;
    std::string app_protocol;
    std::int64_t number = 0;
    std::variant<std::int64_t, std::string> target = std::int64_t{0};  ///< a number or a name
};

/// What controllers read of a Service.
struct Service {
    ObjectMeta meta;
    Labels selector = {};  ///< empty: somebody else keeps its addresses
    std::vector<ServicePort> ports = {};
    bool external_name = false;
    bool publish_not_ready = false;

    static Service parse(const Json& object);

    [[nodiscard]] bool selects(const Labels& labels) const;
};

}  // namespace picket
