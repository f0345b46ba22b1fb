#include "cli/cordon.hpp"

#include "cli/json_path.hpp"

#include <nlohmann/json.hpp>

namespace picket::cli {

Result<void> set_unschedulable(
    Session& session, const std::string& node, bool unschedulable, const WriteOptions& options) {
    const client::Target target = {.group_version = "v1", .plural = "nodes", .name = node};
    auto object = session.get(target);
    if (!object) return object.error();
    const char* word = unschedulable ? "cordoned" : "uncordoned";
    const bool already = (at_path(*object, "/spec/unschedulable") == true) == unschedulable;
    if (already) {
        print_written(*object, std::string("already ") + word, options);
        return Ok();
    }
    const Json value = unschedulable ? Json(true) : Json();
    auto patched = session.patch(
        target,
        {{"spec", {{"unschedulable", value}}}},
        {.query = write_query(options.dry_run, "picket-cordon"),
         .content_type = "application/merge-patch+json"});
    if (!patched) return patched.error();
    print_written(*patched, word, options);
    return Ok();
}

}  // namespace picket::cli
