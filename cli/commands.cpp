#include "cli/commands/commands.hpp"

#include <array>

namespace picket::cli {
namespace {

constexpr std::string_view kRun = "Run picket";
constexpr std::string_view kLook = "Look";
constexpr std::string_view kInside = "Inside a pod";
constexpr std::string_view kChange = "Change";
constexpr std::string_view kHosts = "Hosts and access";

constexpr std::array kCommands = {
    Command{
        "server",
        "Run API server and controllers in one process",
        kRun,
        Arguments::None,
        define_server},
    Command{"apiserver", "Run the API server alone", kRun, Arguments::None, define_apiserver},
    Command{"controller", "Run the controllers alone", kRun, Arguments::None, define_controller},
    Command{"agent", "Run the agent of this host", kRun, Arguments::None, define_agent},
    Command{
        "up",
        "Run server and agent on this machine, in the foreground",
        kRun,
        Arguments::None,
        define_up},
    Command{
        "get",
        "Show objects as a table, YAML, JSON or names",
        kLook,
        Arguments::Resources,
        define_get},
    Command{
        "describe",
        "Show objects in detail, with their events",
        kLook,
        Arguments::Resources,
        define_describe},
    Command{
        "why",
        "Show for each host what a DaemonSet does there, and why",
        kLook,
        Arguments::DaemonSets,
        define_why},
    Command{
        "plan",
        "Show what applying files would do on each host",
        kLook,
        Arguments::None,
        define_plan},
    Command{"logs", "Show what a container wrote", kLook, Arguments::Pods, define_logs},
    Command{"top", "Show what hosts and pods use", kLook, Arguments::None, define_top},
    Command{"exec", "Run a command in a container", kInside, Arguments::Pods, define_exec},
    Command{
        "attach",
        "Join a container's own input and output",
        kInside,
        Arguments::Pods,
        define_attach},
    Command{
        "port-forward",
        "Reach ports of a pod from here",
        kInside,
        Arguments::Pods,
        define_port_forward},
    Command{"cp", "Copy files to and from a container", kInside, Arguments::None, define_cp},
    Command{
        "version",
        "Show the versions of client and server",
        kLook,
        Arguments::None,
        define_version},
    Command{"apply", "Make objects be as files say", kChange, Arguments::None, define_apply},
    Command{
        "create",
        "Create objects from files or arguments",
        kChange,
        Arguments::None,
        define_create},
    Command{"delete", "Delete objects", kChange, Arguments::Resources, define_delete},
    Command{"label", "Set or remove labels", kChange, Arguments::Resources, define_label},
    Command{
        "annotate", "Set or remove annotations", kChange, Arguments::Resources, define_annotate},
    Command{
        "rollout",
        "Follow, undo or restart a rollout",
        kChange,
        Arguments::DaemonSets,
        define_rollout},
    Command{"cordon", "Mark nodes as unschedulable", kHosts, Arguments::Nodes, define_cordon},
    Command{"uncordon", "Mark nodes as schedulable", kHosts, Arguments::Nodes, define_uncordon},
    Command{
        "drain",
        "Cordon a node and remove the pods that no DaemonSet keeps there",
        kHosts,
        Arguments::Nodes,
        define_drain},
    Command{
        "token", "Create, list and delete access tokens", kHosts, Arguments::None, define_token},
    Command{
        "backup",
        "Save the server's whole state to a file, while it serves",
        kHosts,
        Arguments::None,
        define_backup},
    Command{
        "restore",
        "Make a data directory from a backup, while no server runs on it",
        kHosts,
        Arguments::None,
        define_restore},
    Command{
        "completion",
        "Print the completion script of a shell",
        kHosts,
        Arguments::Shells,
        define_completion},
};

}  // namespace

std::span<const Command> all_commands() {
    return kCommands;
}

}  // namespace picket::cli
