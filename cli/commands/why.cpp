#include "cli/commands/commands.hpp"
#include "cli/host_table.hpp"
#include "cli/json_path.hpp"
#include "cli/output.hpp"
#include "cli/resource_args.hpp"
#include "cli/session.hpp"
#include "common/base/clock.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::cli {
namespace {

struct WhyOptions {
    ConnectionOptions connection;
    OutputFormat output = OutputFormat::Table;
    std::vector<std::string> words;
};

/// "ds/NAME [NODE]", or "ds NAME [NODE]" as every other command takes it.
struct Question {
    ResourceArg set;
    std::string node;
};

Result<Question> parse_question(std::vector<std::string> words) {
    const bool slash = words.front().find('/') != std::string::npos;
    const std::size_t set_words = slash ? 1 : 2;
    if (words.size() < set_words || words.size() > set_words + 1)
        throw UsageError("name one DaemonSet, and a node if you like: ds/NAME [NODE]");
    Question question;
    if (words.size() > set_words) question.node = words.back();
    words.resize(set_words);
    auto arguments = parse_resource_args(words);
    if (!arguments) return arguments.error();
    if (arguments->size() != 1 || arguments->front().resource->plural != "daemonsets")
        throw UsageError("only a DaemonSet has a place on hosts: ds/NAME [NODE]");
    question.set = arguments->front();
    return question;
}

Result<int> why(const WhyOptions& options) {
    const auto question = parse_question(options.words);
    if (!question) return question.error();
    auto session = Session::open(options.connection);
    if (!session) return session.error();
    client::Query query;
    if (!question->node.empty()) query.emplace_back("node", question->node);
    auto placement = (*session)->get(
        {.group_version = "picket.dev/v1",
         .plural = "daemonsets",
         .namespace_name = (*session)->namespace_name(),
         .name = question->set.name,
         .subresource = "placement"},
        {.query = std::move(query)});
    if (!placement) return placement.error();
    if (options.output == OutputFormat::Table) {
        fmt::print("{}", format_placement(*placement, SystemClock().now()));
    } else {
        fmt::print("{}", format_object(*placement, options.output));
    }
    return kDone;
}

}  // namespace

Action define_why(CLI::App& app) {
    const auto options = std::make_shared<WhyOptions>();
    app.add_option("what", options->words, "ds/NAME [NODE]")->required();
    add_output_option(app, options->output, false);
    add_connection_options(app, options->connection);
    return [options] { return why(*options); };
}

}  // namespace picket::cli
