#include "apiserver/auth/user_info.hpp"

#include <nlohmann/json.hpp>

namespace picket::apiserver {

Json user_info(const User& user) {
    Json info = {{"username", user.name}, {"groups", user.groups}};
    if (!user.uid.empty()) info["uid"] = user.uid;
    if (!user.extra.empty()) info["extra"] = user.extra;
    return info;
}

}  // namespace picket::apiserver
