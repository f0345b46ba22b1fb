#pragma once
#include "cli/manifest.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace picket::cli {

enum class DryRun { None, Client, Server };

/// What every command that writes objects has in common.
struct WriteOptions {
    DryRun dry_run = DryRun::None;
    std::optional<OutputFormat> output = std::nullopt;
};
void add_write_options(CLI::App& app, WriteOptions& options);

/// fieldManager, fieldValidation and dryRun of a write.
[[nodiscard]] client::Query write_query(DryRun dry_run, std::string_view field_manager);

/// "daemonset.apps/web created (server dry run)", or the object in the format asked for.
void print_written(const Json& object, std::string_view what, const WriteOptions& options);

/// One of several objects failed: says which, on stderr, and that the command as a whole failed.
int report_failure(const Manifest& manifest, const Error& error);

}  // namespace picket::cli
