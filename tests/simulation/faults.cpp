#include "tests/simulation/faults.hpp"

#include <iterator>

namespace picket::simulation {

const std::vector<Faults::Kind>& Faults::kinds() {
    static const std::vector<Kind> all{
        {2, &Faults::stop_agent},       {2, &Faults::power_off},
        {3, &Faults::part_host},        {2, &Faults::cut_host},
        {1, &Faults::shift_clock},      {2, &Faults::kill_container},
        {1, &Faults::drop_container},   {2, &Faults::fail_engine_call},
        {1, &Faults::take_engine_away}, {1, &Faults::crash_engine},
        {2, &Faults::spoil_pulls},      {2, &Faults::change_label},
        {1, &Faults::taint_node},       {1, &Faults::untaint_node},
        {3, &Faults::change_template},  {2, &Faults::change_strategy},
        {2, &Faults::delete_pod},       {1, &Faults::delete_node},
        {1, &Faults::reinstall_node},   {1, &Faults::join_node},
        {1, &Faults::stop_server},      {2, &Faults::kill_server},
        {1, &Faults::fill_disk},        {2, &Faults::stop_controllers},
        {2, &Faults::part_controllers}, {2, &Faults::remake_set},
        {1, &Faults::select_nodes},     {2, &Faults::create_pod},
        {1, &Faults::drain_node}};
    return all;
}

std::string Faults::strike() {
    std::size_t total = 0;
    for (const auto& kind : kinds()) total += static_cast<std::size_t>(kind.weight);
    auto drawn = static_cast<int>(below(total));
    for (const auto& kind : kinds()) {
        drawn -= kind.weight;
        if (drawn < 0) return (this->*kind.fault)();
    }
    return {};
}

void Faults::later(std::chrono::milliseconds delay, std::function<void()> mend) {
    mends_.emplace(loop_.elapsed() + delay, std::move(mend));
}

void Faults::mend_due() {
    while (!mends_.empty() && mends_.begin()->first <= loop_.elapsed()) {
        const auto mend = mends_.extract(mends_.begin());
        mend.mapped()();
    }
}

void Faults::mend_all() {
    for (auto& [name, host] : cluster_.hosts()) host->engine().forget_failures();
    while (!mends_.empty()) {
        const auto mend = mends_.extract(mends_.begin());
        mend.mapped()();
    }
}

std::chrono::milliseconds Faults::a_while(int longest_seconds) {
    return std::chrono::milliseconds(
        1 + static_cast<int>(random_.fraction() * longest_seconds * 1000));
}

SimulatedHost& Faults::any_host() {
    auto entry = cluster_.hosts().begin();
    std::advance(entry, static_cast<std::ptrdiff_t>(below(cluster_.hosts().size())));
    return *entry->second;
}

}  // namespace picket::simulation
