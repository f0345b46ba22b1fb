#include "common/api/command_status.hpp"

#include "common/api/status.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>
#include <optional>

namespace picket {
namespace {

constexpr const char* kNonZero = "NonZeroExitCode";

std::optional<int> number_of(const std::string& text) {
    int code = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return code;
}

std::optional<int> code_in(const Json& status) {
    const auto details = status.value("details", Json::object());
    if (!details.is_object()) return std::nullopt;
    for (const auto& cause : details.value("causes", Json::array())) {
        if (cause.is_object() && cause.value("reason", std::string()) == "ExitCode")
            return number_of(cause.value("message", std::string()));
    }
    return std::nullopt;
}

}  // namespace

Json exit_status(int code) {
    if (code == 0) return {{"metadata", Json::object()}, {"status", "Success"}};
    return {
        {"metadata", Json::object()},
        {"status", "Failure"},
        {"reason", kNonZero},
        {"message",
         fmt::format("command terminated with non-zero exit code: exit status {}", code)},
        {"details",
         {{"causes", Json::array({{{"reason", "ExitCode"}, {"message", std::to_string(code)}}})}}}};
}

Result<int> exit_code_of(const Json& status) {
    if (!status.is_object()) return bad_request("the command's status is no object");
    if (status.value("status", Json()) == Json("Success")) return 0;
    if (status.value("reason", Json()) == Json(kNonZero)) {
        if (const auto code = code_in(status)) return *code;
    }
    return from_status(status);
}

}  // namespace picket
