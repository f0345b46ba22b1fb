#include "common/base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <mutex>

namespace picket {
namespace {

std::mutex& creation() {
    static std::mutex mutex;
    return mutex;
}

}  // namespace

std::shared_ptr<spdlog::logger> logger(const std::string& component) {
    const std::lock_guard lock(creation());
    if (auto existing = spdlog::get(component)) return existing;
    auto created = spdlog::stderr_logger_mt(component);
    created->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %-5l %n: %v", spdlog::pattern_time_type::utc);
    created->set_level(spdlog::get_level());
    created->flush_on(spdlog::level::info);
    return created;
}

bool set_log_level(const std::string& level) {
    const auto parsed = spdlog::level::from_str(level);
    if (parsed == spdlog::level::off && level != "off") return false;
    spdlog::set_level(parsed);
    return true;
}

}  // namespace picket
