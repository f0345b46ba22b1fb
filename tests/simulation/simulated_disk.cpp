#include "tests/simulation/simulated_disk.hpp"

#include "apiserver/registry/strategy.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace picket::simulation {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
    const std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    if (file) content << file.rdbuf();
    return std::move(content).str();
}

void replace(const fs::path& path, const std::string& content) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

fs::path beside(const fs::path& path, const char* suffix) {
    return fs::path(path.string() + suffix);
}

/// Every third cluster forgets so soon that who was away for half a minute must list anew.
std::size_t history_of(std::uint64_t seed) {
    return seed % 3 == 0 ? 100 : storage::SqliteStoreOptions().history_events;
}

storage::Attributes attributes_of_stored(const std::string& name, const std::string& bytes) {
    for (const auto& resource : all_resources()) {
        if (resource.qualified_name() == name)
            return registry::attributes_of(resource, Json::parse(bytes));
    }
    return {};
}

}  // namespace

SimulatedDisk::SimulatedDisk(
    boost::asio::any_io_executor executor, fs::path folder, std::uint64_t seed, bool real)
    : executor_(std::move(executor)),
      path_(std::move(folder) / "picket.db"),
      real_(real),
      memory_(seed, history_of(seed)) {}

Result<std::unique_ptr<storage::SqliteStore>> SimulatedDisk::open() {
    auto opened = real_ ? open_file()
                        : Result<std::unique_ptr<storage::SqliteStore>>(
                              std::make_unique<MemoryStore>(executor_, memory_));
    if (!opened) return opened;
    file_ = real_ ? opened->get() : nullptr;
    auto noted = std::make_unique<LedgerStore>(std::move(*opened), ledger_);
    store_ = noted.get();
    return std::unique_ptr<storage::SqliteStore>(std::move(noted));
}

Result<std::unique_ptr<storage::SqliteStore>> SimulatedDisk::open_file() {
    storage::SqliteStoreOptions options;
    options.path = path_.string();
    options.attributes = attributes_of_stored;
    options.history_events = memory_.history_events;
    options.reports = reports_.get_executor();
    return storage::SqliteStore::open(executor_, std::move(options));
}

bool SimulatedDisk::answer() {
    if (idle()) return false;
    do {
        reports_.run_one();
    } while (!idle());
    return true;
}

/// The log first: a checkpoint meanwhile only moves to the main file what the log still has.
SimulatedDisk::Image SimulatedDisk::read() const {
    Image image;
    image.log = content_of(beside(path_, "-wal"));
    image.main = content_of(path_);
    return image;
}

void SimulatedDisk::remember() {
    if (real_) remembered_ = read();
}

void SimulatedDisk::kill() {
    ledger_.stop_listening();
    store_ = nullptr;
    if (!real_) return;
    (void)answer();
    remains_ = read();
    const auto& before = remembered_.log;
    const auto& after = remains_.log;
    // A log that was begun anew has been copied to the main file and synced before: nothing tears.
    if (before.empty() || !after.starts_with(before)) return;
    const auto grown = static_cast<double>(after.size() - before.size());
    const auto kept =
        before.size() + static_cast<std::size_t>(memory_.random.fraction() * (grown + 1));
    remains_ = {after.substr(0, kept), remembered_.main};
    if (memory_.random.fraction() < 0.5) remains_.log.append(after.size() - kept, '\x5a');
}

void SimulatedDisk::leave_remains() {
    if (!real_ || remains_.main.empty()) return;
    std::error_code ignored;  // it may not be there
    fs::remove(beside(path_, "-shm"), ignored);
    replace(path_, remains_.main);
    replace(beside(path_, "-wal"), remains_.log);
    remains_ = {};
    remembered_ = {};
}

}  // namespace picket::simulation
