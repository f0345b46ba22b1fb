#include "nodeagent/images/image_collector.hpp"

#include "common/base/log.hpp"
#include "nodeagent/runtime/image_name.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <sys/statvfs.h>

namespace picket::nodeagent {
namespace {

/// Somebody has given it a name of his own: he wants it.
bool has_other_name(const ImageInfo& image, const PulledImage& pulled) {
    return std::ranges::any_of(image.tags, [&](const std::string& tag) {
        return std::ranges::none_of(
            pulled.names, [&](const std::string& name) { return same_image_name(tag, name); });
    });
}

}  // namespace

std::optional<DiskUse> disk_use_of(const std::string& folder) {
    struct statvfs facts {};
    if (folder.empty() || ::statvfs(folder.c_str(), &facts) != 0) return std::nullopt;
    return DiskUse{
        std::uint64_t{facts.f_blocks} * facts.f_frsize,
        std::uint64_t{facts.f_bavail} * facts.f_frsize};
}

Awaitable<Result<void>> ImageCollector::collect() {
    auto images = co_await gather();
    if (!images) co_return images.error();
    const auto plan =
        plan_image_collection(std::move(*images), co_await disk(), limits_, clock_.now());
    const bool full = plan.found_bytes < plan.wanted_bytes;
    if (full && !told_full_) {
        logger("images")->warn(
            "the engine's disk is over its limit, and no more images may go wanted_bytes={} "
            "found_bytes={}",
            plan.wanted_bytes,
            plan.found_bytes);
    }
    told_full_ = full;
    for (const auto& id : plan.remove) {
        if (auto removed = co_await remove(id); !removed) co_return removed;
    }
    co_return ledger_.save();
}

/// What is in the ledger and still on the host; what is not there any more is forgotten.
Awaitable<Result<std::vector<CollectableImage>>> ImageCollector::gather() {
    auto used = co_await used_ids();
    if (!used) co_return used.error();
    std::vector<CollectableImage> images;
    const auto known = ledger_.images();  // it may grow meanwhile
    for (const auto& [id, pulled] : known) {
        auto image = co_await runtime_.inspect_image(id);
        if (image) {
            const bool in_use = used->contains(id) || has_other_name(*image, pulled);
            if (in_use) ledger_.mark_used(id, clock_.now());
            images.push_back({id, image->size_bytes, pulled.last_used, in_use});
        } else if (image.error().reason == Reason::NotFound) {
            if (auto forgotten = ledger_.forget(id); !forgotten) co_return forgotten.error();
        } else {
            co_return image.error();
        }
    }
    co_return images;
}

Awaitable<Result<std::set<std::string>>> ImageCollector::used_ids() {
    auto used = co_await runtime_.images_in_use();
    if (!used) co_return used.error();
    for (const auto& name : wanted_names_()) {
        auto image = co_await runtime_.inspect_image(name);
        if (image) {
            used->insert(image->id);
        } else if (image.error().reason == Reason::ServiceUnavailable) {
            co_return image.error();
        }
    }
    co_return used;
}

Awaitable<std::optional<DiskUse>> ImageCollector::disk() {
    auto info = co_await runtime_.info();
    if (!info) co_return std::nullopt;
    co_return disk_use_of(info->root_dir);
}

/// By its names, of which the last takes the image with it; one without a name by its id.
Awaitable<Result<void>> ImageCollector::remove_names(std::string id) {
    auto image = co_await runtime_.inspect_image(id);
    if (!image) co_return image.error();
    if (image->tags.empty()) co_return co_await runtime_.remove_image(id);
    for (const auto& name : image->tags) {
        if (auto removed = co_await runtime_.remove_image(name); !removed) co_return removed;
    }
    co_return Ok();
}

/// A container that came meanwhile keeps it: the engine refuses.
Awaitable<Result<void>> ImageCollector::remove(std::string id) {
    const auto found = ledger_.images().find(id);
    if (found == ledger_.images().end()) co_return Ok();
    const auto name = fmt::format("{}", fmt::join(found->second.names, ","));
    auto removed = co_await remove_names(id);
    if (removed || removed.error().reason == Reason::NotFound) {
        logger("images")->info("removed image={} id={}", name, id);
        co_return ledger_.forget(id);
    }
    if (removed.error().reason != Reason::Conflict) co_return removed;
    logger("images")->info("kept image={} id={} why={}", name, id, removed.error().message);
    ledger_.mark_used(id, clock_.now());
    co_return Ok();
}

}  // namespace picket::nodeagent
