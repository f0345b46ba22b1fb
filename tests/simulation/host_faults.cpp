/// What goes wrong on hosts: agents, engines, clocks, wires, power.
#include "tests/simulation/faults.hpp"

#include <fmt/format.h>

#include <array>

namespace picket::simulation {

std::string Faults::stop_agent() {
    auto& host = any_host();
    const bool killed = random_.fraction() < 0.5;
    killed ? host.kill_agent() : host.stop_agent();
    later(a_while(120), [&host] { host.start_agent(); });
    return fmt::format("agent of {} {} for a while", host.name(), killed ? "is killed" : "stops");
}

std::string Faults::power_off() {
    auto& host = any_host();
    host.power_off();
    later(a_while(180), [&host] { host.power_on(); });
    return "host " + host.name() + " loses its power for a while";
}

/// Both ways or one, loudly or not; in the end what hung arrives late, or is lost.
void Faults::part(SimulatedWire& wire, std::chrono::milliseconds length) {
    const auto way = below(4);
    if (way == 0) {
        wire.refuse();
    } else {
        wire.hang(way != 1, way != 2);
    }
    const bool lost = random_.fraction() < 0.5;
    later(length, [&wire, lost] {
        if (lost) wire.cut();
        wire.mend();
    });
}

std::string Faults::part_host() {
    auto& host = any_host();
    if (!host.is_on()) return host.name() + " is off";
    part(host.wire(), a_while(120));
    return host.name() + " is parted from the server for a while";
}

std::string Faults::cut_host() {
    auto& host = any_host();
    host.wire().cut();
    return "the connections of " + host.name() + " are cut";
}

std::string Faults::shift_clock() {
    auto& host = any_host();
    const auto shift = std::chrono::seconds(static_cast<int>((random_.fraction() - 0.5) * 14'400));
    host.clock().set_shift(shift);
    later(a_while(120), [&host] { host.clock().set_shift({}); });
    return fmt::format("the clock of {} is wrong by {} s", host.name(), shift.count());
}

std::string Faults::crash_engine() {
    auto& host = any_host();
    host.crash_engine();
    later(a_while(20), [&host] {
        if (host.is_on()) host.engine().set_away(false);
    });
    return "engine of " + host.name() + " crashes with all containers";
}

std::string Faults::spoil_pulls() {
    auto& host = any_host();
    auto& weather = host.weather();
    weather.pulls_fail = random_.fraction() < 0.5;
    if (!weather.pulls_fail) weather.slowest_pull = std::chrono::seconds(90);
    later(a_while(120), [&weather] {
        weather.pulls_fail = false;
        weather.slowest_pull = std::chrono::seconds(5);
    });
    return fmt::format(
        "pulls of {} {} for a while", host.name(), weather.pulls_fail ? "fail" : "are slow");
}

std::string Faults::kill_container() {
    auto& host = any_host();
    const auto running = host.running();
    if (running.empty()) return "nothing runs on " + host.name();
    const auto& victim = running[below(running.size())];
    const int code = random_.fraction() < 0.5 ? 0 : 1;
    host.engine().end_container(victim.id, code);
    return fmt::format("{} on {} exits with {}", victim.name, host.name(), code);
}

std::string Faults::drop_container() {
    auto& host = any_host();
    const auto all = host.engine().containers();
    if (all.empty()) return "no container on " + host.name();
    const auto& victim = all[below(all.size())];
    host.engine().drop_container(victim.id);
    return fmt::format("{} on {} is removed", victim.name, host.name());
}

std::string Faults::fail_engine_call() {
    static constexpr std::array<const char*, 6> kVerbs{
        "create", "start", "pull", "stop", "list", "remove"};
    auto& host = any_host();
    const auto* verb = kVerbs[below(kVerbs.size())];
    host.engine().fail_next(
        verb, Error{.reason = Reason::InternalError, .message = "the engine is tired"});
    return fmt::format("the next {} on {} fails", verb, host.name());
}

std::string Faults::take_engine_away() {
    auto& host = any_host();
    host.engine().set_away(true);
    later(a_while(60), [&host] { host.engine().set_away(false); });
    return "engine of " + host.name() + " is away for a while";
}

}  // namespace picket::simulation
