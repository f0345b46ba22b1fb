#include "tests/simulation/scenario.hpp"

#include "tests/simulation/chronicle.hpp"
#include "tests/simulation/faults.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <map>

namespace picket::simulation {
namespace {

using namespace std::chrono_literals;

/// The longest back-off is five minutes, and several may come after one another.
constexpr std::chrono::milliseconds kLongestSettling = 30min;
constexpr std::chrono::milliseconds kLookAgain = 2s;
/// Longer than a rebooted host has to wait until it is let in again.
constexpr std::chrono::milliseconds kRest = 45s;
constexpr std::chrono::milliseconds kSecondLook = 20s;
constexpr std::chrono::milliseconds kLongestRun = 2h;

class Scenario {
public:
    explicit Scenario(const ScenarioOptions& options)
        : options_(options),
          seed_(options.seed),
          random_(options.seed),
          cluster_(loop_, {options.seed, options.seed % 4 == 0}),
          faults_(loop_, cluster_, view_, interference_, random_) {
        loop_.on_quiet([this] { look(); });
    }
    ~Scenario() { loop_.on_quiet({}); }
    Scenario(const Scenario&) = delete;
    Scenario& operator=(const Scenario&) = delete;

    ScenarioResult run() {
        build();
        const auto strikes = options_.faults > 0 ? options_.faults : 4 + below(16);
        for (int i = 0; i < strikes && result_.complaints.empty(); ++i) strike();
        if (result_.complaints.empty()) settle();
        result_.simulated = loop_.elapsed();
        return std::move(result_);
    }

private:
    int below(int count) { return static_cast<int>(random_.fraction() * count); }

    /// Mostly few: what goes wrong with many goes wrong with few, and sooner.
    int some_hosts() {
        const auto part = random_.fraction();
        return 3 + static_cast<int>(part * part * part * part * 18);
    }

    void build() {
        const auto hosts = options_.hosts > 0 ? options_.hosts : some_hosts();
        for (int i = 0; i < hosts; ++i) cluster_.add_host();
        faults_.create_set("logs", Json::object(), 0);
        if (random_.fraction() < 0.6) {
            const auto surge = random_.fraction() < 0.3 ? Json(1) : Json(0);
            faults_.create_set("front", {{"tier", "front"}}, surge);
        }
    }

    void strike() {
        const auto calm = random_.fraction();
        loop_.run_for(std::chrono::milliseconds(1 + static_cast<int>(calm * calm * calm * 20'000)));
        faults_.mend_due();
        tell(faults_.strike());
        if (!result_.complaints.empty() || !cluster_.server_runs()) return;
        complain(check_placement(faults_.any_set(), cluster_));
    }

    void tell(const std::string& what) {
        result_.story.push_back(
            fmt::format("{:8.3f} s  {}", static_cast<double>(loop_.elapsed().count()) / 1e3, what));
    }

    void settle() {
        faults_.mend_all();
        tell("everything is mended");
        const auto end = loop_.elapsed() + kLongestSettling;
        Complaints open{"nothing was looked at"};
        while (!open.empty() && loop_.elapsed() < end && result_.complaints.empty()) {
            loop_.run_for(kLookAgain);
            faults_.redo_missed();
            open = check_settled(view_, cluster_, interference_.lasting);
        }
        if (open.empty() && result_.complaints.empty()) sync_again();
        if (!open.empty()) describe();
        for (auto& complaint : open) result_.complaints.push_back("does not settle: " + complaint);
    }

    /// Everything is as it should be and at rest, so whoever looks at it anew has nothing to do.
    void sync_again() {
        auto before = what_stands();
        for (auto then = Json(); then != before; before = what_stands()) {
            then = before;
            loop_.run_for(kRest);
            if (loop_.elapsed() > kLongestRun) return complain({"it does not come to rest"});
        }
        complain(check_settled(view_, cluster_, interference_.lasting));
        cluster_.stop_controllers();
        cluster_.start_controllers();
        loop_.run_for(kSecondLook);
        for (auto& [name, host] : cluster_.hosts()) {
            host->stop_agent();
            host->start_agent();
        }
        loop_.run_for(kSecondLook);
        const auto after = what_stands();
        if (after != before)
            complain({"a second look changes " + Json::diff(before, after).dump()});
    }

    /// The version of each object that controllers write, and each container with its start.
    Json what_stands() {
        auto all = Json::object();
        for (const auto* resource : {"pods", "daemonsets.apps", "controllerrevisions.apps"}) {
            const auto found = cluster_.store()->list(resource, {}, 0, std::nullopt);
            for (const auto& object : found.objects)
                all[fmt::format("{}/{}", resource, object->key.name)] = Json::parse(*object->bytes);
        }
        for (auto& [name, host] : cluster_.hosts()) {
            for (const auto& container : host->engine().containers())
                all[fmt::format("container {} on {}", container.name, name)] = container.id;
        }
        return all;
    }

    void complain(Complaints complaints) {
        if (complaints.empty()) return;
        result_.complaints = std::move(complaints);
        tell(result_.complaints.front());
    }

    /// What a reader of a failure wants to see first.
    void describe() {
        for (const auto& [name, set] : view_.sets) tell(fmt::format("{} is {}", name, set.image));
        for (const auto& [name, object] : view_.pods) {
            tell(fmt::format(
                "{} on {} of {} ready={} revision={}",
                name,
                object.pod.node_name,
                object.image,
                object.pod.ready,
                object.pod.meta.label(kRevisionHashLabel)));
        }
        const storage::Filter all;
        const auto revisions =
            cluster_.store()->list("controllerrevisions.apps", all, 0, std::nullopt).objects;
        for (const auto& revision : revisions) tell(*revision->bytes);
    }

    /// At every moment at which something was stored, or something happened on a host.
    void look() {
        if (cluster_.store() == nullptr || !result_.complaints.empty()) return;
        const auto revision = cluster_.store()->revision();
        std::uint64_t engines = 0;
        for (const auto& [name, host] : cluster_.hosts()) engines += host->engine().changes();
        if (revision == seen_ && engines == seen_engines_) return;
        seen_ = revision;
        seen_engines_ = engines;
        view_.look(*cluster_.store(), cluster_.server_starts());
        note_fingerprint(revision);
        ++result_.checks;
        auto complaints = chronicle_.look(view_, cluster_, interference_, loop_.elapsed());
        const bool ambiguous = loop_.elapsed() <= interference_.ambiguous_until;
        for (auto& complaint : check_always(view_, ambiguous))
            complaints.push_back(std::move(complaint));
        complain(std::move(complaints));
    }

    void note_fingerprint(storage::Revision revision) {
        auto& hash = result_.fingerprint;
        const auto mix = [&hash](std::uint64_t value) { hash = (hash ^ value) * 0x100000001b3ULL; };
        mix(revision);
        mix(static_cast<std::uint64_t>(loop_.elapsed().count()));
        for (const auto& [name, pod] : view_.pods) {
            for (const char letter : name) mix(static_cast<unsigned char>(letter));
            mix(pod.revision);
        }
    }

    ScenarioOptions options_;
    SimulatedLoop loop_;
    FixedSystemSeed seed_;
    Random random_;
    ScenarioResult result_;
    ClusterView view_;
    storage::Revision seen_ = 0;
    std::uint64_t seen_engines_ = 0;
    Interference interference_;
    Chronicle chronicle_;
    SimulatedCluster cluster_;
    Faults faults_;
};

}  // namespace

ScenarioResult run_scenario(const ScenarioOptions& options) {
    Scenario scenario(options);
    return scenario.run();
}

}  // namespace picket::simulation
