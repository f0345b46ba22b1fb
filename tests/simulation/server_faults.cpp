/// What goes wrong with the server and the controllers.
#include "tests/simulation/faults.hpp"

#include <algorithm>

namespace picket::simulation {

std::chrono::milliseconds Faults::delays_creates(std::chrono::milliseconds length) {
    auto& until = interference_.ambiguous_until;
    until = std::max(until, loop_.elapsed() + length + std::chrono::seconds(45));
    return length;
}

std::string Faults::stop_server() {
    const auto length = a_while(40);
    cluster_.stop_server();
    later(length, [this] { cluster_.start_server(); });
    return "the server stops for a while";
}

std::string Faults::kill_server() {
    if (!cluster_.server_runs()) return "no server to kill";
    const auto length = a_while(20);
    cluster_.kill_server();
    later(length, [this] { cluster_.start_server(); });
    return "the server is killed";
}

std::string Faults::fill_disk() {
    cluster_.disk().set_full(true);
    later(a_while(30), [this] { cluster_.disk().set_full(false); });
    return "the server's disk is full for a while";
}

std::string Faults::part_controllers() {
    if (random_.fraction() < 0.3) {
        (void)delays_creates({});
        cluster_.controllers_wire().cut();
        return "the connections of the controllers are cut";
    }
    part(cluster_.controllers_wire(), delays_creates(a_while(60)));
    return "the controllers are parted from the server for a while";
}

std::string Faults::stop_controllers() {
    const auto length = delays_creates(a_while(30));
    cluster_.stop_controllers();
    later(length, [this] { cluster_.start_controllers(); });
    return "the controllers stop for a while";
}

}  // namespace picket::simulation
