#include "nodeagent/images/image_ledger.hpp"

#include "common/api/json_read.hpp"
#include "common/base/log.hpp"
#include "common/base/private_file.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace picket::nodeagent {
namespace {

Json pulled_image_to_json(const PulledImage& image) {
    return {
        {"names", image.names},
        {"pulled", format_time(image.pulled)},
        {"lastUsed", format_time(image.last_used)}};
}

}  // namespace

void ImageLedger::open() {
    const auto text = read_file_or_empty(file_);
    if (text.empty()) return;
    const auto json = Json::parse(text, nullptr, false);
    if (!json.is_object()) {
        logger("images")->error(
            "the list of pulled images is damaged; what it held is never removed path={}",
            file_.string());
        return;
    }
    for (const auto& [id, entry] : json.items()) {
        const auto pulled = json_read::time(entry, "pulled").value_or(TimePoint());
        const auto names = json_read::strings(entry, "names");
        images_[id] = {
            {names.begin(), names.end()},
            pulled,
            json_read::time(entry, "lastUsed").value_or(pulled)};
    }
}

Result<void> ImageLedger::add(const std::string& id, const std::string& name, TimePoint now) {
    auto& image = images_.try_emplace(id, PulledImage{{}, now, now}).first->second;
    image.names.insert(name);
    image.last_used = std::max(image.last_used, now);
    return save();
}

Result<void> ImageLedger::forget(const std::string& id) {
    images_.erase(id);
    return save();
}

void ImageLedger::mark_used(const std::string& id, TimePoint now) {
    const auto found = images_.find(id);
    if (found != images_.end()) found->second.last_used = std::max(found->second.last_used, now);
}

Result<void> ImageLedger::save() {
    Json json = Json::object();
    for (const auto& [id, image] : images_) json[id] = pulled_image_to_json(image);
    return update_private_file(file_, json.dump());
}

}  // namespace picket::nodeagent
