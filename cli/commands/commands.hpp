#pragma once
#include "cli/command.hpp"

namespace picket::cli {

// Run picket.
Action define_server(CLI::App& app);
Action define_apiserver(CLI::App& app);
Action define_controller(CLI::App& app);
Action define_agent(CLI::App& app);
Action define_up(CLI::App& app);

// Look.
Action define_get(CLI::App& app);
Action define_describe(CLI::App& app);
Action define_why(CLI::App& app);
Action define_plan(CLI::App& app);
Action define_logs(CLI::App& app);
Action define_exec(CLI::App& app);
Action define_attach(CLI::App& app);
Action define_port_forward(CLI::App& app);
Action define_cp(CLI::App& app);
Action define_top(CLI::App& app);
Action define_version(CLI::App& app);

// Change.
Action define_apply(CLI::App& app);
Action define_create(CLI::App& app);
Action define_delete(CLI::App& app);
Action define_label(CLI::App& app);
Action define_annotate(CLI::App& app);
Action define_rollout(CLI::App& app);

// Hosts and access.
Action define_cordon(CLI::App& app);
Action define_uncordon(CLI::App& app);
Action define_drain(CLI::App& app);
Action define_token(CLI::App& app);
Action define_backup(CLI::App& app);
Action define_restore(CLI::App& app);
Action define_completion(CLI::App& app);

}  // namespace picket::cli
