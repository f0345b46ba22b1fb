#pragma once
#include "common/base/random.hpp"
#include "tests/simulation/chronicle.hpp"
#include "tests/simulation/cluster_view.hpp"
#include "tests/simulation/simulated_cluster.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace picket::simulation {

/// What goes wrong, and what users do meanwhile. Everything that breaks is mended by mend_all() at
/// the latest.
class Faults {
public:
    Faults(
        SimulatedLoop& loop,
        SimulatedCluster& cluster,
        const ClusterView& view,
        Interference& interference,
        Random& random)
        : loop_(loop),
          cluster_(cluster),
          view_(view),
          interference_(interference),
          random_(random) {}

    /// One more; says what was done.
    std::string strike();
    /// Mends what is due by now.
    void mend_due();
    void mend_all();
    /// Does what users meant to and could not while there was no server.
    void redo_missed();
    [[nodiscard]] std::string any_set();
    void create_set(const std::string& name, Json node_selector, Json max_surge);

private:
    using Fault = std::string (Faults::*)();
    struct Kind {
        int weight;
        Fault fault;
    };
    static const std::vector<Kind>& kinds();

    // Of hosts: host_faults.cpp.
    std::string stop_agent();
    std::string power_off();
    std::string part_host();
    std::string cut_host();
    std::string shift_clock();
    std::string crash_engine();
    std::string spoil_pulls();
    std::string kill_container();
    std::string drop_container();
    std::string fail_engine_call();
    std::string take_engine_away();
    void part(SimulatedWire& wire, std::chrono::milliseconds length);
    // Of the server and the controllers: server_faults.cpp.
    std::string stop_server();
    std::string kill_server();
    std::string fill_disk();
    std::string part_controllers();
    std::string stop_controllers();
    /// As long, and what controllers have asked for may arrive late until some time after it.
    std::chrono::milliseconds delays_creates(std::chrono::milliseconds length);
    // What users do: user_acts.cpp.
    std::string change_label();
    std::string taint_node();
    std::string untaint_node();
    std::string change_template();
    std::string change_strategy();
    std::string select_nodes();
    std::string remake_set();
    std::string create_pod();
    std::string delete_pod();
    std::string drain_node();
    std::string delete_node();
    std::string reinstall_node();
    std::string join_node();
    void patch_set(const std::string& set, Json patch);
    bool cordon(const std::string& node, const Json& value);
    void uncordon();
    void forget_lasting(const std::string& host);

    std::size_t below(std::size_t count) {
        return static_cast<std::size_t>(random_.fraction() * static_cast<double>(count));
    }
    SimulatedHost& any_host();
    void later(std::chrono::milliseconds delay, std::function<void()> mend);
    std::chrono::milliseconds a_while(int longest_seconds);

    SimulatedLoop& loop_;
    SimulatedCluster& cluster_;
    const ClusterView& view_;
    Interference& interference_;
    Random& random_;
    std::multimap<std::chrono::milliseconds, std::function<void()>> mends_;
    std::map<std::string, Json> sets_;
    std::set<std::string> cordoned_;
    int versions_ = 1;
    int bare_pods_ = 0;
};

}  // namespace picket::simulation
