#pragma once
/// Builders and a store on a temporary file, for the tests of this folder.
#include "apiserver/storage/sqlite_store.hpp"
#include "tests/support/run_async.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace picket::storage::testing {

class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string pattern = std::filesystem::temp_directory_path() / "picket-store-XXXXXX";
        if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
        path_ = pattern;
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] std::string file(const std::string& name = "picket.db") const {
        return path_ / name;
    }

private:
    std::filesystem::path path_;
};

inline ObjectKey pod_key(const std::string& name, const std::string& namespace_name = "default") {
    return {"pods", namespace_name, name};
}

/// Builds a pod step by step: `a_pod("web", 7).on("n1").labeled("app", "web").build()`.
class PodBuilder {
public:
    PodBuilder(std::string name, Revision revision) {
        object_.key = pod_key(name);
        object_.revision = revision;
        object_.bytes = std::make_shared<const std::string>(name + "@" + std::to_string(revision));
    }
    PodBuilder&& in(std::string namespace_name) && {
        object_.key.namespace_name = std::move(namespace_name);
        return std::move(*this);
    }
    PodBuilder&& on(std::string node) && {
        object_.attributes.fields.emplace_back("spec.nodeName", std::move(node));
        return std::move(*this);
    }
    PodBuilder&& labeled(std::string key, std::string value) && {
        object_.attributes.labels[std::move(key)] = std::move(value);
        return std::move(*this);
    }
    PodBuilder&& with_bytes(std::size_t size) && {
        object_.bytes = std::make_shared<const std::string>(size, 'x');
        return std::move(*this);
    }
    [[nodiscard]] StoredPtr build() && {
        return std::make_shared<const StoredObject>(std::move(object_));
    }

private:
    StoredObject object_;
};
inline PodBuilder a_pod(std::string name, Revision revision) {
    return {std::move(name), revision};
}

inline Filter on_node(std::string node) {
    Filter filter;
    filter.field = {"spec.nodeName", std::move(node)};
    return filter;
}

inline std::vector<std::string> names_of(const std::vector<StoredPtr>& objects) {
    std::vector<std::string> names;
    for (const auto& object : objects) names.push_back(object->key.name);
    return names;
}

inline Mutation put(std::string bytes, Attributes attributes = {}) {
    return [bytes = std::move(bytes), attributes = std::move(attributes)](
               const StoredPtr&, Revision) -> Result<Outcome> {
        return Outcome{Put{.bytes = bytes, .attributes = attributes}};
    };
}

inline Mutation put_volatile(std::string bytes) {
    return [bytes = std::move(bytes)](const StoredPtr&, Revision) -> Result<Outcome> {
        return Outcome{Put{.bytes = bytes, .attributes = {}, .volatile_write = true}};
    };
}

inline Mutation removal(std::string bytes = "gone") {
    return [bytes = std::move(bytes)](const StoredPtr&, Revision) -> Result<Outcome> {
        return Outcome{Remove{bytes}};
    };
}

/// The value of a result that the test expects to be one.
template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return std::move(*result);
}

/// A store that a test opens, uses and reopens step by step.
class StoreFixture {
public:
    StoreFixture() { options.path = folder.file(); }
    ~StoreFixture() {
        watcher.reset();
        if (store) close();
    }

    void open() { store = must(SqliteStore::open(runner.executor(), options)); }
    void close() {
        runner.run(store->close());
        store.reset();
    }
    void reopen() {
        close();
        open();
    }
    /// What a crash leaves: nothing is tidied up.
    void drop_and_open() {
        store.reset();
        runner.poll();
        open();
    }

    Result<Written> write(ObjectKey key, Mutation mutation) {
        return runner.run(store->write(std::move(key), std::move(mutation)));
    }
    Revision put_pod(const std::string& name, const std::string& bytes = "{}") {
        return must(write(pod_key(name), put(bytes))).object->revision;
    }
    void watch(Revision from, Filter filter = {}, const std::string& resource = "pods") {
        watcher = must(store->watch(resource, std::move(filter), from));
    }
    std::vector<WatchEvent> events() { return must(runner.run(watcher->next())); }

    TemporaryFolder folder;
    picket::testing::AsyncRunner runner;
    SqliteStoreOptions options;
    std::unique_ptr<SqliteStore> store;
    std::unique_ptr<Watcher> watcher;
};

}  // namespace picket::storage::testing
