#pragma once
#include "cli/resource_args.hpp"
#include "cli/session.hpp"

#include <string>
#include <vector>

namespace picket::cli {

/// Which objects of a type: -A, -l, --field-selector.
struct SelectionOptions {
    bool all_namespaces = false;
    std::string labels = {};
    std::string fields = {};

    [[nodiscard]] bool selects() const { return !labels.empty() || !fields.empty(); }
};
void add_selection_options(CLI::App& app, SelectionOptions& options);

/// labelSelector and fieldSelector of the request.
[[nodiscard]] client::Query selector_query(const SelectionOptions& options);

/// The collection or object of an argument, seen from `namespace_name`. Throws UsageError for a
/// name together with -A or with selectors.
[[nodiscard]] client::Target selected_target(
    const SelectionOptions& options,
    const ResourceArg& argument,
    const std::string& namespace_name);

/// The named object, or every selected object of the collection. Each has its apiVersion and kind.
[[nodiscard]] Result<std::vector<Json>> fetch_objects(
    Session& session, const SelectionOptions& options, const ResourceArg& argument);

/// The items of a list answer with apiVersion and kind, which lists leave to the list itself.
[[nodiscard]] std::vector<Json> items_of(const ResourceArg& argument, Json list);

}  // namespace picket::cli
