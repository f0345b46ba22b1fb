#pragma once
/// The addresses of a service, out of its pods. Pure.
#include "common/api/pod.hpp"
#include "common/api/service.hpp"
#include "common/base/json.hpp"

#include <memory>
#include <string>
#include <vector>

namespace picket::controller {

inline constexpr std::string_view kServiceNameLabel = "kubernetes.io/service-name";
inline constexpr std::string_view kManagedByLabel = "endpointslice.kubernetes.io/managed-by";
inline constexpr std::string_view kSliceManager = "endpointslice-controller.k8s.io";
/// A slice is full with so many endpoints; an Endpoints object is cut off after so many addresses.
inline constexpr std::size_t kMaxSliceEndpoints = 100;
inline constexpr std::size_t kMaxAddresses = 1000;

/// An object that is compared and written as a whole.
struct WholeObject {
    ObjectMeta meta;
    Json object;
    static WholeObject parse(const Json& object);
};

using ServicePods = std::vector<std::shared_ptr<const Pod>>;
using WholeObjects = std::vector<std::shared_ptr<const WholeObject>>;

/// Whether the pod has a place among the addresses: it has an IP and has not ended.
[[nodiscard]] bool has_address(const Pod& pod);

/// The Endpoints object as it should be. Pods that are being deleted are left out.
[[nodiscard]] Json plan_endpoints(const Service& service, const ServicePods& pods);
/// Whether a write would change nothing that the plan says.
[[nodiscard]] bool same_endpoints(const Json& present, const Json& wanted);

/// What to do about the slices of a service. An endpoint stays in the slice it is in, so that one
/// pod's change is the change of one slice.
struct SlicePlan {
    std::vector<Json> create;
    std::vector<Json> update;  ///< with the resourceVersion they were planned from
    std::vector<ObjectMeta> remove;
};
[[nodiscard]] SlicePlan plan_slices(
    const Service& service, const ServicePods& pods, const WholeObjects& present);

}  // namespace picket::controller
