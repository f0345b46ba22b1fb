#pragma once
/// Pieces that the descriptions of several kinds share.
#include "cli/describe/report.hpp"
#include "common/base/clock.hpp"
#include "common/base/json.hpp"

#include <nlohmann/json.hpp>

#include <vector>

namespace picket::cli {

/// Name, namespace, labels, annotations.
void report_metadata(Report& report, const Json& object);
/// Containers as a pod spec asks for them; with their present state where `statuses` has it.
void report_containers(Report& report, const Json& pod_spec, const Json& statuses);
void report_volumes(Report& report, const Json& pod_spec);
void report_conditions(Report& report, const Json& conditions);
/// Oldest first; "<none>" without any.
void report_events(Report& report, std::vector<Json> events, TimePoint now);

}  // namespace picket::cli
