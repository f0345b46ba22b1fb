#pragma once
#include "cli/session.hpp"
#include "cli/write_options.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace picket::cli {

/// How objects are deleted.
struct RemovalOptions {
    std::string cascade = "background";
    std::optional<int> grace_seconds = std::nullopt;
    bool force = false;
    bool now = false;
    bool wait = true;
    std::chrono::milliseconds timeout{0};  ///< of the wait; 0: for ever
    DryRun dry_run = DryRun::None;
};
void add_removal_options(CLI::App& app, RemovalOptions& options);

/// The DeleteOptions object of the request. Pure; throws UsageError for options that contradict
/// each other.
[[nodiscard]] Json delete_options_body(const RemovalOptions& options);
/// "deleted", "force deleted", "deleted (server dry run)".
[[nodiscard]] std::string_view removal_word(const RemovalOptions& options);

/// An object whose deletion the server took on.
struct Removal {
    client::Target target;
    std::string uid;  ///< a new object of the same name is not the one that was deleted
};
[[nodiscard]] Result<Removal> start_removal(
    Session& session, const client::Target& target, const RemovalOptions& options);
/// Returns when the object is gone, if the options say to wait; Timeout when it takes longer than
/// they allow.
[[nodiscard]] Result<void> await_removal(
    Session& session, const Removal& removal, const RemovalOptions& options);

}  // namespace picket::cli
