#pragma once
#include "common/base/result.hpp"
#include "common/http/message.hpp"

#include <string>
#include <string_view>

namespace picket::apiserver {

/// The shape a client wants its answer in. Every shape is JSON, which may be written as YAML.
enum class Shape {
    Object,           ///< the kind itself
    Table,            ///< columns and cells, for people
    PartialMetadata,  ///< kind, apiVersion and metadata only
    AggregatedDiscovery,
};

struct Accepted {
    Shape shape = Shape::Object;
    /// Of the shape's own group: "v1" or "v1beta1" of meta.k8s.io, "v2" or "v2beta1" of
    /// apidiscovery.k8s.io.
    std::string version;
};

/// The first shape of the Accept header that this server can give; no header accepts anything.
/// NotAcceptable if there is none.
[[nodiscard]] Result<Accepted> negotiate(const http::Headers& headers);
/// The same for discovery documents: aggregated or legacy.
[[nodiscard]] Result<Accepted> negotiate_discovery(const http::Headers& headers);

/// Whether YAML stands before JSON: then the answer is written as YAML, whatever its shape.
[[nodiscard]] bool wants_yaml(const http::Headers& headers);
/// Whether the whole schema is wanted as protobuf; otherwise as JSON.
[[nodiscard]] Result<bool> negotiate_openapi_v2(const http::Headers& headers);

/// "application/json; charset=utf-8" → "application/json"; empty if there is none.
[[nodiscard]] std::string media_type(const http::Headers& headers);

}  // namespace picket::apiserver
