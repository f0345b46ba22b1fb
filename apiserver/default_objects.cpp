#include "apiserver/default_objects.hpp"

#include "apiserver/routes/object_writer.hpp"
#include "common/base/json_text.hpp"

#include <nlohmann/json.hpp>

namespace picket::embedded {
extern const std::string_view default_objects_json;
}  // namespace picket::embedded

namespace picket::apiserver {

Awaitable<Result<void>> ensure_default_objects(Services& services) {
    const auto objects = parse_json(embedded::default_objects_json);
    for (const auto& each : objects) {
        auto object = each;
        const auto made = co_await ensure_object(services, std::move(object));
        if (!made) co_return made.error();
    }
    co_return Ok();
}

}  // namespace picket::apiserver
