#include "cli/write_options.hpp"

#include "cli/choice.hpp"
#include "cli/resource_args.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <map>

namespace picket::cli {
namespace {

std::string_view dry_run_note(DryRun dry_run) {
    switch (dry_run) {
        case DryRun::None:
            return "";
        case DryRun::Client:
            return " (dry run)";
        case DryRun::Server:
            return " (server dry run)";
    }
    return "";
}

}  // namespace

void add_write_options(CLI::App& app, WriteOptions& options) {
    const std::map<std::string, DryRun> dry_runs = {
        {"none", DryRun::None}, {"client", DryRun::Client}, {"server", DryRun::Server}};
    const std::map<std::string, OutputFormat> formats = {
        {"yaml", OutputFormat::Yaml}, {"json", OutputFormat::Json}, {"name", OutputFormat::Name}};
    app.add_option(
           "--dry-run",
           options.dry_run,
           "server: checked by the server, not stored; client: not sent; none")
        ->transform(one_of(dry_runs))
        ->type_name("WHERE");
    app.add_option_function<OutputFormat>(
           "-o,--output",
           [&options](const OutputFormat& format) { options.output = format; },
           "yaml, json or name")
        ->transform(one_of(formats))
        ->type_name("FORMAT");
}

client::Query write_query(DryRun dry_run, std::string_view field_manager) {
    client::Query query = {
        {"fieldManager", std::string(field_manager)}, {"fieldValidation", "Strict"}};
    if (dry_run == DryRun::Server) query.emplace_back("dryRun", "All");
    return query;
}

void print_written(const Json& object, std::string_view what, const WriteOptions& options) {
    if (options.output) {
        const bool documents = *options.output == OutputFormat::Yaml;
        fmt::print("{}{}", documents ? "---\n" : "", format_object(object, *options.output));
    } else {
        fmt::print("{} {}{}\n", display_name_of(object), what, dry_run_note(options.dry_run));
    }
    std::fflush(stdout);
}

int report_failure(const Manifest& manifest, const Error& error) {
    fmt::print(stderr, "error: {}: {}\n", manifest.source, error.message);
    return kFailed;
}

}  // namespace picket::cli
