/// What an engine might send. The first byte chooses what it is taken for.
#include "nodeagent/runtime/docker_container_json.hpp"
#include "nodeagent/runtime/docker_log_frames.hpp"
#include "nodeagent/runtime/docker_messages.hpp"
#include "nodeagent/runtime/image_name.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <nlohmann/json.hpp>

using namespace picket;
using namespace picket::fuzz;
using namespace picket::nodeagent;

namespace {

void feed_frames(std::string_view bytes, std::size_t piece) {
    DockerLogFrames frames;
    std::size_t payload = 0;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        payload += frames.feed(bytes.substr(at, piece)).size();
    must_hold(payload <= bytes.size(), "a payload is a part of what came");
}

/// The runtime takes a JSON exception for an engine that cannot be understood; nothing else may
/// come.
void read_container(std::string_view text) {
    const auto document = Json::parse(text, nullptr, false);
    if (document.is_discarded()) return;
    const auto attempt = [&document](const auto& parse) {
        try {
            (void)parse(document);
        } catch (const Json::exception&) {  // refused
        }
    };
    attempt(parse_container);
    attempt(parse_image);
    attempt(parse_info);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto text = text_of(data + 1, size - 1);
    switch (data[0] % 6) {
        case 0:
            (void)docker_error(400U + data[0], text);
            break;
        case 1:
            (void)parse_progress_line(text);
            break;
        case 2:
            (void)parse_event_line(text);
            break;
        case 3:
            feed_frames(text, 1 + data[0]);
            break;
        case 4:
            (void)parse_image_name(text);
            break;
        default:
            read_container(text);
            break;
    }
    return 0;
}
