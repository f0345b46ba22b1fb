#pragma once
#include "apiserver/routes/call.hpp"

namespace picket::apiserver {

/// metrics.k8s.io/v1beta1. Agents are asked when somebody asks: nothing is collected meanwhile.
Awaitable<Result<http::Response>> get_node_metrics(Call call);
Awaitable<Result<http::Response>> list_node_metrics(Call call);
Awaitable<Result<http::Response>> get_pod_metrics(Call call);
Awaitable<Result<http::Response>> list_pod_metrics(Call call);

}  // namespace picket::apiserver
