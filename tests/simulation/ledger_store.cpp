#include "tests/simulation/ledger_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <utility>

namespace picket::simulation {
namespace {

using namespace storage;

/// Notes how the write ended, also when its caller was cancelled.
class Entry {
public:
    Entry(Ledger& ledger, ObjectKey key) : ledger_(ledger), key_(std::move(key)) {
        ledger_.begin(key_);
    }
    ~Entry() { ended_ ? ledger_.end(key_) : ledger_.abandon(key_); }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    void end(const Result<Written>& written, bool durable) {
        ended_ = true;
        if (!written || written->change == Written::Change::None) return;
        ledger_.saw(written->object->revision);
        if (durable) ledger_.acknowledge(key_, *written);
    }

private:
    Ledger& ledger_;
    ObjectKey key_;
    bool ended_ = false;
};

Mutation watched(Mutation mutation, std::shared_ptr<bool> durable) {
    return [mutation = std::move(mutation), durable = std::move(durable)](
               const StoredPtr& current, Revision next) -> Result<Outcome> {
        auto outcome = mutation(current, next);
        if (!outcome) return outcome;
        if (const auto* put = std::get_if<Put>(&*outcome)) *durable = !put->volatile_write;
        return outcome;
    };
}

std::string place(const ObjectKey& key) {
    return fmt::format("{} {}/{}", key.resource, key.namespace_name, key.name);
}

}  // namespace

void Ledger::acknowledge(const ObjectKey& key, const Written& written) {
    if (!listening_) return;
    uncertain_.erase(key);
    auto& promise = promises_[key];
    if (written.object->revision < promise.revision) return;
    promise = {written.object->revision, written.change == Written::Change::Removed};
}

void Ledger::end(const ObjectKey& key) {
    const auto entry = in_flight_.find(key);
    if (entry != in_flight_.end() && --entry->second <= 0) in_flight_.erase(entry);
}

void Ledger::abandon(const ObjectKey& key) {
    uncertain_.insert(key);
    end(key);
}

void Ledger::stop_listening() {
    listening_ = false;
    for (const auto& [key, count] : in_flight_) uncertain_.insert(key);
    in_flight_.clear();
}

std::vector<std::string> Ledger::audit(const Store& store) {
    std::vector<std::string> broken;
    listening_ = true;
    if (store.revision() < highest_) {
        broken.push_back(fmt::format(
            "the server begins again at revision {}, after {}", store.revision(), highest_));
    }
    for (auto& [key, promise] : promises_) {
        const auto stored = store.get(key);
        const auto revision = stored ? stored->revision : 0;
        if (uncertain_.contains(key)) {
            promise = {std::max(revision, promise.revision), !stored};
        } else if (promise.removed && stored && revision <= promise.revision) {
            broken.push_back("an acknowledged removal is lost: " + place(key));
        } else if (!promise.removed && revision < promise.revision) {
            broken.push_back(fmt::format(
                "an acknowledged write is lost: {} is at revision {}, not {}",
                place(key),
                revision,
                promise.revision));
        }
    }
    uncertain_.clear();
    return broken;
}

Awaitable<Result<Written>> LedgerStore::write(ObjectKey key, Mutation mutation) {
    const auto durable = std::make_shared<bool>(true);
    Entry entry(ledger_, key);
    auto written = co_await store_->write(std::move(key), watched(std::move(mutation), durable));
    entry.end(written, *durable);
    co_return written;
}

Awaitable<std::vector<Result<Written>>> LedgerStore::write_all(std::vector<WriteOrder> orders) {
    std::deque<Entry> entries;
    std::vector<std::shared_ptr<bool>> durable;
    for (auto& order : orders) {
        entries.emplace_back(ledger_, order.key);
        durable.push_back(std::make_shared<bool>(true));
        order.mutation = watched(std::move(order.mutation), durable.back());
    }
    auto written = co_await store_->write_all(std::move(orders));
    for (std::size_t i = 0; i < written.size(); ++i) entries[i].end(written[i], *durable[i]);
    co_return written;
}

}  // namespace picket::simulation
