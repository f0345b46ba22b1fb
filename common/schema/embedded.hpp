#pragma once
/// The data files of this folder, as the build embeds them.
#include <string_view>

namespace picket::embedded {

extern const std::string_view meta_v1_json;
extern const std::string_view core_v1_json;
extern const std::string_view pod_v1_json;
extern const std::string_view container_v1_json;
extern const std::string_view volume_v1_json;
extern const std::string_view pod_status_v1_json;
extern const std::string_view node_v1_json;
extern const std::string_view apps_v1_json;
extern const std::string_view extensions_v1beta1_json;
extern const std::string_view coordination_v1_json;
extern const std::string_view policy_v1_json;
extern const std::string_view authentication_v1_json;
extern const std::string_view authorization_v1_json;
extern const std::string_view picket_v1_json;
extern const std::string_view service_v1_json;
extern const std::string_view discovery_v1_json;
extern const std::string_view rbac_v1_json;
extern const std::string_view scheduling_v1_json;
extern const std::string_view networking_v1_json;
extern const std::string_view policy_v1beta1_json;
extern const std::string_view storage_v1_json;
extern const std::string_view runtimeclass_v1_json;
extern const std::string_view apiextensions_v1_json;
extern const std::string_view admissionregistration_v1_json;
extern const std::string_view apiregistration_v1_json;
extern const std::string_view autoscaling_v2_json;
extern const std::string_view flowcontrol_v1_json;
extern const std::string_view persistentvolume_v1_json;

}  // namespace picket::embedded
