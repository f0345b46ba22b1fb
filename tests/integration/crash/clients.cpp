#include "tests/integration/crash/clients.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <stdexcept>

namespace picket::crash {
namespace {

using client::ApiClient;
using client::PatchType;
using client::Target;

constexpr unsigned kNames = 24;
constexpr std::chrono::seconds kPatience{60};

Target config_maps(std::string name = {}) {
    return {"v1", "configmaps", "default", std::move(name)};
}

Revision version_in(const Json& metadata) {
    return std::stoull(metadata.at("resourceVersion").get<std::string>());
}

Seen seen_in(const Json& object) {
    const auto& metadata = object.at("metadata");
    return {
        metadata.at("name"),
        metadata.at("uid"),
        object.at("data").at("token"),
        metadata.at("labels").at("group"),
        version_in(metadata)};
}

/// kube-root-ca.crt is the server's own.
bool is_ours(const Json& object) {
    return object.contains("data") && object["data"].contains("token");
}

/// The server decided against the write. Any other failure leaves open whether it is there.
bool is_refusal(const Error& error) {
    return error.reason == Reason::NotFound || error.reason == Reason::AlreadyExists ||
           error.reason == Reason::Conflict;
}

/// One client that creates, replaces, patches and deletes the same few objects as all others.
class Writer {
public:
    Writer(Campaign& campaign, ApiClient& client) : campaign_(campaign), client_(client) {}

    /// False if the server did not answer.
    Awaitable<bool> write_once() {
        const auto name = fmt::format("k{}", campaign_.random() % kNames);
        if (campaign_.random() % 5 == 0) co_return co_await remove(name);
        const Write write{fmt::format("t{}", ++campaign_.tokens), campaign_.record.newest()};
        const auto answer = co_await send(name, write.token);
        if (answer) {
            campaign_.record.acknowledged(write, seen_in(*answer));
            campaign_.on_acknowledged();
        } else if (is_refusal(answer.error())) {
            campaign_.record.refused(write.token);
        } else {
            co_return false;
        }
        co_return true;
    }

private:
    Awaitable<Result<Json>> send(std::string name, std::string token) {
        Json object = {
            {"metadata", {{"name", name}, {"labels", {{"group", random_group()}}}}},
            {"data", {{"token", token}, {"padding", random_padding()}}}};
        switch (campaign_.random() % 3) {
            case 0:
                return client_.create(config_maps(), std::move(object));
            case 1:
                return client_.update(config_maps(name), std::move(object));
            default:
                return client_.patch(config_maps(name), PatchType::Merge, std::move(object));
        }
    }

    Awaitable<bool> remove(std::string name) {
        const auto answer = co_await client_.remove(config_maps(name), nullptr);
        if (!answer) co_return is_refusal(answer.error());
        campaign_.record.acknowledged_removal(answer->at("details").at("uid"));
        co_return true;
    }

    const char* random_group() { return campaign_.random() % 2 == 0 ? "a" : "b"; }

    /// Mostly small; now and then large enough that groups, pages and checkpoints come into play.
    std::string random_padding() {
        const auto size = campaign_.random() % (campaign_.random() % 16 == 0 ? 20'000 : 300);
        return std::string(size, 'x');
    }

    Campaign& campaign_;
    ApiClient& client_;
};

client::Query query_of(const Selection& selection) {
    client::Query query;
    if (!selection.group.empty()) query.emplace_back("labelSelector", "group=" + selection.group);
    if (!selection.name.empty())
        query.emplace_back("fieldSelector", "metadata.name=" + selection.name);
    return query;
}

SeenEvent::Type type_of_line(client::WatchLine::Type type) {
    switch (type) {
        case client::WatchLine::Type::Added:
            return SeenEvent::Type::Added;
        case client::WatchLine::Type::Deleted:
            return SeenEvent::Type::Deleted;
        default:
            return SeenEvent::Type::Modified;
    }
}

/// A watch may end because the server is gone, but never because the past is.
void require_kept(const Error& error) {
    if (error.reason == Reason::Expired) throw std::runtime_error(error.message);
}

}  // namespace

Revision revision_of(const Json& document) {
    return version_in(document.at("metadata"));
}

Awaitable<> write_until_gone(Campaign& campaign, std::unique_ptr<ApiClient> client) {
    Writer writer(campaign, *client);
    while (campaign.writes_left > 0) {
        --campaign.writes_left;
        if (!co_await writer.write_once()) co_return;
    }
}

Awaitable<> list_until_gone(Campaign& campaign, std::unique_ptr<ApiClient> client) {
    for (;;) {
        const auto floor = campaign.record.newest();
        const auto list = co_await client->list(config_maps());
        if (!list) co_return;
        std::vector<Seen> objects;
        for (const auto& object : list->at("items")) {
            if (is_ours(object)) objects.push_back(seen_in(object));
        }
        campaign.record.listed(floor, revision_of(*list), std::move(objects));
    }
}

Awaitable<> watch_until_gone(
    Campaign& campaign, std::string watcher, std::unique_ptr<ApiClient> client) {
    auto& position = campaign.resume_at.at(watcher);
    auto stream = co_await client->watch(
        config_maps(), std::to_string(position), query_of(campaign.watchers.at(watcher)));
    if (!stream) {
        require_kept(stream.error());
        co_return;
    }
    for (;;) {
        const auto line = co_await stream->next(kPatience);
        if (!line) require_kept(line.error());
        if (!line || !*line) co_return;
        const auto& [type, object] = **line;
        position = revision_of(object);
        if (type == client::WatchLine::Type::Bookmark || !is_ours(object)) continue;
        campaign.record.watched(watcher, {type_of_line(type), seen_in(object)});
    }
}

Awaitable<std::vector<SeenEvent>> history_between(
    std::unique_ptr<ApiClient> client, Revision from, Revision until) {
    std::vector<SeenEvent> events;
    auto stream = co_await client->watch(config_maps(), std::to_string(from));
    if (!stream) throw std::runtime_error(stream.error().message);
    for (Revision at = from; at < until;) {
        const auto line = co_await stream->next(kPatience);
        if (!line) throw std::runtime_error(line.error().message);
        if (!*line) throw std::runtime_error("the watch of the history ended early");
        const auto& [type, object] = **line;
        at = revision_of(object);
        if (is_ours(object)) events.push_back({type_of_line(type), seen_in(object)});
    }
    co_return events;
}

Awaitable<Revision> present_revision(Campaign& campaign, std::unique_ptr<ApiClient> client) {
    const auto list = co_await client->list(config_maps());
    if (!list) throw std::runtime_error(list.error().message);
    const auto revision = revision_of(*list);
    campaign.record.see(revision);
    co_return revision;
}

}  // namespace picket::crash
