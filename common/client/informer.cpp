#include "common/client/informer.hpp"

#include "common/async/loop_clock.hpp"
#include "common/base/log.hpp"
#include "common/client/backoff.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace picket::client {
namespace {

constexpr std::chrono::milliseconds kFirstListRetry{100};
constexpr std::chrono::seconds kLongestListRetry{10};
constexpr std::size_t kPage = 500;
/// A watch is renewed now and then, so that load spreads over servers and a stuck connection does
/// not stay for ever.
constexpr std::chrono::seconds kShortestWatch{300};
/// How much longer than asked for a server may take to end a watch.
constexpr std::chrono::seconds kWatchGrace{30};
/// A watch that ends sooner, without a line, did not work.
constexpr std::chrono::seconds kHealthyWatch{1};

}  // namespace

Reflector::Reflector(
    ApiClient& api, Target target, Query query, Callbacks callbacks, std::uint64_t seed)
    : api_(api),
      target_(std::move(target)),
      query_(std::move(query)),
      callbacks_(std::move(callbacks)),
      random_(seed == 0 ? Random::from_system() : Random(seed)),
      redial_(api.executor()) {}

Awaitable<> Reflector::run() {
    for (;;) {
        const auto done = co_await step();
        if (done) continue;
        const bool expired = done.error().reason == Reason::Expired;
        if (expired) {
            version_.clear();
        } else {
            lost(done.error());
        }
        // A version that has expired is normal; one that expires again and again is not.
        if (expired && failures_ == 0) {
            ++failures_;
        } else {
            co_await pause();
        }
    }
}

Awaitable<Result<void>> Reflector::step() {
    using namespace boost::asio::experimental::awaitable_operators;
    auto done = co_await ((version_.empty() ? list_once() : watch_once()) || redial_.wait());
    if (done.index() == 0) co_return std::get<0>(std::move(done));
    co_return Ok();
}

Awaitable<> Reflector::pause() {
    const auto delay = backoff_delay(failures_++, kFirstListRetry, kLongestListRetry);
    co_await redial_.wait_for(with_jitter(delay, random_.fraction()));
}

Awaitable<Result<void>> Reflector::list_once() {
    auto list = co_await api_.list(target_, query_, kPage);
    if (!list) co_return list.error();
    auto version = object_version(*list);
    if (version.empty() || !list->contains("items")) {
        co_return Error{Reason::InternalError, "cannot use a list without version or items"};
    }
    auto& items = (*list)["items"];
    std::vector<Json> objects;
    objects.reserve(items.size());
    for (auto& item : items) objects.push_back(std::move(item));
    callbacks_.replace(std::move(objects));
    version_ = std::move(version);
    found();
    co_return Ok();
}

Awaitable<Result<void>> Reflector::watch_once() {
    const auto length =
        kShortestWatch + std::chrono::seconds{static_cast<int>(
                             random_.fraction() * static_cast<double>(kShortestWatch.count()))};
    auto query = query_;
    query.emplace_back("timeoutSeconds", std::to_string(length.count()));
    const auto began = LoopClock::now();
    auto watch = co_await api_.watch(target_, version_, std::move(query));
    if (!watch) co_return watch.error();
    found();
    bool healthy = false;
    for (;;) {
        auto line = co_await watch->next(length + kWatchGrace);
        if (!line) co_return line.error();
        if (!*line) break;
        healthy = true;
        failures_ = 0;
        take(std::move(**line));
    }
    if (healthy || LoopClock::now() - began >= kHealthyWatch) co_return Ok();
    co_await pause();  // a server that ends every watch at once must not be asked in a tight loop
    co_return Ok();
}

void Reflector::take(WatchLine line) {
    if (auto version = object_version(line.object); !version.empty()) version_ = std::move(version);
    if (line.type != WatchLine::Type::Bookmark) callbacks_.change(std::move(line));
}

void Reflector::lost(const Error& error) {
    if (std::exchange(contact_, Contact::Lost) == Contact::Lost) return;
    logger("client")->warn("lost contact collection={} error={}", target_.plural, error.message);
    if (callbacks_.contact) callbacks_.contact(&error);
}

void Reflector::found() {
    if (std::exchange(contact_, Contact::Kept) == Contact::Kept) return;
    logger("client")->debug("contact collection={}", target_.plural);
    if (callbacks_.contact) callbacks_.contact(nullptr);
}

std::string object_version(const Json& object) {
    const auto metadata = object.find("metadata");
    return metadata == object.end() ? std::string() : metadata->value("resourceVersion", "");
}

std::string object_key(const Json& object) {
    const auto metadata = object.find("metadata");
    if (metadata == object.end()) return {};
    const auto name = metadata->value("name", "");
    const auto namespace_name = metadata->value("namespace", "");
    return namespace_name.empty() ? name : fmt::format("{}/{}", namespace_name, name);
}

}  // namespace picket::client
