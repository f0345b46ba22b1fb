/// picket-bench: measures durable writes, watches and memory, and prints one table.
#include "common/base/log.hpp"
#include "tests/bench/benches.hpp"
#include "tests/bench/run_folder.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <iostream>

using namespace picket::bench;

namespace {

void run(Settings settings, const std::string& parent) {
    const RunFolder folder(parent);
    settings.folder = folder.path();
    Table table;
    const auto wanted = [&](std::string_view rows) {
        return settings.only.empty() || settings.only == rows;
    };
    if (wanted("disk")) disk_bench(table, settings);
    if (wanted("store")) store_bench(table, settings);
    if (wanted("churn") && settings.churn > 0) decay_bench(table, settings);
    if (settings.picket.empty()) return;
    if (wanted("api")) api_bench(table, settings);
    if (wanted("cluster") && settings.hosts > 0) cluster_bench(table, settings);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Measures picket on this machine");
    Settings settings;
    std::string parent = std::filesystem::temp_directory_path();
    app.add_option("--folder", parent, "where to write: the disk to measure")
        ->capture_default_str();
    app.add_option("--picket", settings.picket, "the picket executable; without it no API rows");
    app.add_option("--objects", settings.objects, "pods in the start-up row")
        ->capture_default_str();
    app.add_option("--churn", settings.churn, "writes of the decay rows; 0: none");
    app.add_option("--hosts", settings.hosts, "hosts of the cluster rows; 0: none")
        ->capture_default_str();
    app.add_option("--only", settings.only, "only these rows: disk, store, churn, api, cluster")
        ->check(CLI::IsMember({"disk", "store", "churn", "api", "cluster"}));
    long milliseconds = settings.duration.count();
    app.add_option("--milliseconds", milliseconds, "length of each load")->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    settings.duration = std::chrono::milliseconds(milliseconds);
    picket::set_log_level("warn");
    try {
        run(settings, parent);
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "picket-bench: " << error.what() << '\n';
        return 1;
    }
}
