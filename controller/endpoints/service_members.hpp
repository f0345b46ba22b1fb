#pragma once
#include "common/api/pod.hpp"
#include "common/api/service.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace picket::controller {

/// Which pods belong to which service, kept by their changes, so that no change of one pod looks at
/// all the others.
class ServiceMembers {
public:
    using ServicePtr = std::shared_ptr<const Service>;
    using PodPtr = std::shared_ptr<const Pod>;

    /// The service as it is now, or null; `pods` are all of its namespace.
    void service_changed(
        const std::string& key, const ServicePtr& after, const std::vector<PodPtr>& pods);
    /// Keys of the services that the change concerns.
    [[nodiscard]] std::vector<std::string> pod_changed(
        const std::string& key, const PodPtr& before, const PodPtr& after);
    [[nodiscard]] const std::set<std::string>& pods_of(const std::string& service) const;

private:
    struct Entry {
        ServicePtr service;
        std::set<std::string> pods;
    };
    std::map<std::string, Entry> services_;  // by "namespace/name"
};

/// Whether two states of a pod look the same in a list of addresses.
[[nodiscard]] bool same_address(const Pod& before, const Pod& after);

}  // namespace picket::controller
