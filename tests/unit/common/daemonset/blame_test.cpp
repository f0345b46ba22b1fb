/// The blame-aware rollout, and images first: what counts against maxUnavailable, and who waits.
#include "common/daemonset/host_state.hpp"
#include "common/daemonset/image_first.hpp"
#include "tests/unit/common/daemonset/plan_fixture.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::daemonset;
using namespace picket::testing;

namespace {

/// Each letter is a node with its pod:
///   O old, works      b old, broken by itself      c old, never worked since an update took its
///   host N new, works      n new, starting              x new, starting, its host was broken
///   before S old, silent node    s new, silent node . nothing         t old, stopping: its turn is
///   Taken      e the same, Excused
Fleet blamed(const DaemonSetBuilder& set, const std::string& picture) {
    Fleet fleet(set);
    fleet.at_time(1000);
    for (std::size_t i = 0; i < picture.size(); ++i) {
        const auto node = "n" + std::to_string(i);
        const auto old_pod = a_pod("p" + std::to_string(i)).hash("old").on(node);
        const auto new_pod = a_pod("p" + std::to_string(i)).hash("new").on(node);
        const auto letter = picture[i];
        const bool silent = letter == 'S' || letter == 's';
        fleet.with(silent ? a_node(node).silent(500) : a_node(node));
        if (letter == 'O' || letter == 'S') fleet.with(old_pod.ready());
        if (letter == 'b') fleet.with(old_pod.broken(100));
        if (letter == 'c') fleet.with(old_pod.starting(100).turn(PodTurn::Taken));
        if (letter == 'N' || letter == 's') fleet.with(new_pod.ready());
        if (letter == 'n') fleet.with(new_pod.starting(900).turn(PodTurn::Taken));
        if (letter == 'x') fleet.with(new_pod.starting(900).turn(PodTurn::Excused));
        if (letter == 't' || letter == 'e') fleet.with(old_pod.broken(990).terminating());
        if (letter == 't') fleet.turns[node] = PodTurn::Taken;
        if (letter == 'e') fleet.turns[node] = PodTurn::Excused;
    }
    return fleet;
}

}  // namespace

TEST_CASE("Blame: what uses up maxUnavailable and what does not", "[daemonset][blame]") {
    struct Row {
        const char* name;
        std::int64_t max_unavailable;
        const char* nodes;
        Names deleted;
        Names deleted_by_kubernetes;
    };
    const std::vector<Row> rows{
        {"a silent node is left alone and blocks nobody", 1, "SOO", {"p1"}, {"p0"}},
        {"many silent nodes block nobody", 1, "SSSO", {"p3"}, {"p0", "p1", "p2"}},
        {"a broken daemon is replaced at once and blocks nobody", 1, "bOO", {"p0", "p1"}, {"p0"}},
        {"its successor does not block either", 1, "xOO", {"p1"}, {}},
        {"nor does it between the two pods", 1, "eOO", {"p1"}, {}},
        {"a host that the update took counts", 1, "nOO", {}, {}},
        {"also between the two pods", 1, "tOO", {}, {}},
        {"a host lost after its turn is a failure", 1, "sOO", {}, {}},
        {"what an earlier update broke stays its fault", 1, "cOO", {"p0"}, {"p0"}},
        {"a node whose pod went without a reason known counts", 1, ".OO", {}, {}},
        {"room for one more", 2, "nbSOO", {"p1", "p3"}, {"p1", "p2"}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        const auto set = a_daemonset("logs").rolling(row.max_unavailable);
        CHECK(deleted(blamed(set, row.nodes).plan()) == row.deleted);
        const auto plain = set.annotated(kRolloutPolicyAnnotation, "kubernetes");
        CHECK(deleted(blamed(plain, row.nodes).plan()) == row.deleted_by_kubernetes);
    }
}

TEST_CASE("Blame: a plan says whose fault the next pod's failure is", "[daemonset][blame]") {
    const auto plan = blamed(a_daemonset("logs").rolling(2), "ObcS").plan();
    const Turns expected{{"n0", PodTurn::Taken}, {"n1", PodTurn::Excused}, {"n2", PodTurn::Taken}};
    CHECK(plan.turns == expected);
}

TEST_CASE("Blame: an excuse ends when the host has worked again", "[daemonset][blame]") {
    Fleet fleet(a_daemonset("logs").rolling(1));
    fleet.with(a_node("n0"))
        .with(a_pod("p0").hash("new").on("n0").turn(PodTurn::Excused).broken(900));
    fleet.with(a_node("n1")).with(a_pod("p1").hash("old").on("n1").ready());
    CHECK(fleet.plan().idle());
}

TEST_CASE("Blame: a moment of readiness in a crash loop ends no excuse", "[daemonset][blame]") {
    auto crashing = a_pod("p0").hash("new").on("n0").turn(PodTurn::Excused).broken(900).view();
    crashing.trouble = PodTrouble::Crashing;
    REQUIRE(crashing.was_ready());
    CHECK(is_excused(crashing));
    crashing.trouble = PodTrouble::None;
    CHECK_FALSE(is_excused(crashing));
}

TEST_CASE("Blame: with surge a silent host gets no second pod", "[daemonset][blame]") {
    const auto set = a_daemonset("logs").rolling(0, 1);
    CHECK(created(blamed(set, "SOO").plan()) == Names{"n1"});
    CHECK(blamed(set, "SOO").plan().turns.at("n1") == PodTurn::Taken);
}

TEST_CASE("Blame: turns are forgotten when the next pod is there", "[daemonset][blame]") {
    auto fleet = blamed(a_daemonset("logs"), "tN");
    fleet.turns["n1"] = PodTurn::Taken;
    fleet.turns["gone"] = PodTurn::Excused;
    settle_turns(fleet.situations(), fleet.revision, fleet.turns);
    CHECK(fleet.turns == Turns{{"n0", PodTurn::Taken}});
}

TEST_CASE("Blame: the excused hosts are written down and read again", "[daemonset][blame]") {
    const Turns turns{
        {"n1", PodTurn::Excused}, {"n2", PodTurn::Taken}, {"n3.example.com", PodTurn::Excused}};
    CHECK(format_excused(turns) == "n1,n3.example.com");
    CHECK(
        parse_excused("n1,n3.example.com") ==
        Turns{{"n1", PodTurn::Excused}, {"n3.example.com", PodTurn::Excused}});
    CHECK(format_excused({}).empty());
    CHECK(parse_excused("").empty());
    CHECK(parse_excused(",n1,") == Turns{{"n1", PodTurn::Excused}});
    Turns many;
    for (int i = 0; i < 20'000; ++i)
        many["a-host-with-a-long-name-" + std::to_string(i)] = PodTurn::Excused;
    CHECK(format_excused(many).size() <= 128 * 1024);
}

TEST_CASE("Blame: a silent host is shown as set aside and catches up", "[daemonset][blame]") {
    auto fleet = blamed(a_daemonset("logs").rolling(1), "SN");
    auto situations = fleet.situations();
    const auto report =
        report_host({fleet.set, fleet.revision, situations, fleet.now}, situations.front());
    CHECK(report.state == HostState::SetAside);
    CHECK(report.since == at(500));
    CHECK(report.set_aside);
    CHECK(report.counts.number_ready == 0);
    fleet.with(a_node("n0"));
    CHECK(deleted(fleet.plan()) == Names{"p0"});
}

namespace {

/// An update to image "daemon:2". Each letter is a node with an old pod:
///   . not asked   a asked just now   l asked long ago, no answer   p pulls   q pulls for long
///   f failed   P pulled   o pulled for an older template   N new, works
///   u not asked, and its agent cannot be
Fleet pulling(const DaemonSetBuilder& set, const std::string& picture) {
    Fleet fleet(set.image("daemon:2"));
    fleet.at_time(1000);
    for (std::size_t i = 0; i < picture.size(); ++i) {
        const auto node = "n" + std::to_string(i);
        const auto old_pod = a_pod("p" + std::to_string(i)).hash("old").on(node).ready();
        const auto letter = picture[i];
        fleet.with(letter == 'u' ? a_node(node).labelled(kPrefetchLabel, "no") : a_node(node));
        if (letter == '.' || letter == 'u') fleet.with(old_pod);
        if (letter == 'a') fleet.with(old_pod.prefetch("new", 990));
        if (letter == 'l') fleet.with(old_pod.prefetch("new", 0));
        if (letter == 'p') fleet.with(old_pod.prefetch("new", 900, "Pulling"));
        if (letter == 'q') fleet.with(old_pod.prefetch("new", 0, "Pulling"));
        if (letter == 'f') fleet.with(old_pod.prefetch("new", 900, "ErrImagePull"));
        if (letter == 'P') fleet.with(old_pod.prefetch("new", 900, "Pulled"));
        if (letter == 'o') fleet.with(old_pod.prefetch("older", 900, "Pulled"));
        if (letter == 'N') fleet.with(old_pod.hash("new"));
    }
    return fleet;
}

}  // namespace

TEST_CASE("Image first: who is asked and who goes", "[daemonset][image-first]") {
    struct Row {
        const char* name;
        const char* nodes;
        Names asked;
        Names deleted;
    };
    const std::vector<Row> rows{
        {"nobody is stopped before the image is there", "....", {"p0", "p1"}, {}},
        {"the host that has it goes, another is asked", "Pa..", {"p2"}, {"p0"}},
        {"a slow pull does not hold up who has it", "pP..", {"p2"}, {"p1"}},
        {"a few pull ahead, not all", "ap..", {}, {}},
        {"a host that has it and waits for its turn is ahead, too", "PPa.", {}, {"p0"}},
        {"a pull that takes for ever gives up its place", "qa..", {"p2"}, {}},
        {"an agent that says it can and never answers goes by the plain rule",
         "la..",
         {"p2"},
         {"p0"}},
        {"an agent that cannot goes by the plain rule at once", "u...", {"p1", "p2"}, {"p0"}},
        {"an image nobody can pull stops no daemon and spreads no further", "ff..", {}, {}},
        {"an image that others have pulled passes over who cannot", "fN..", {"p2", "p3"}, {}},
        {"an answer about an older template is none", "o...", {"p0", "p1"}, {}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        const auto plan = pulling(a_daemonset("logs").rolling(1), row.nodes).plan();
        CHECK(plan.prefetches == row.asked);
        CHECK(deleted(plan) == row.deleted);
    }
}

TEST_CASE(
    "Image first: not for the same images, nor under the plain rule", "[daemonset][image-first]") {
    auto fleet = pulling(a_daemonset("logs").rolling(1), "..");
    fleet.set.pod_template.images = a_pod("p").view().images;
    CHECK(deleted(fleet.plan()) == Names{"p0"});
    CHECK(fleet.plan().prefetches.empty());
    const auto plain = a_daemonset("logs").annotated(kRolloutPolicyAnnotation, "kubernetes");
    CHECK(deleted(pulling(plain, "..").plan()) == Names{"p0"});
}

TEST_CASE(
    "Image first: a daemon that does not work is replaced at once", "[daemonset][image-first]") {
    Fleet fleet(a_daemonset("logs").image("daemon:2"));
    fleet.with(a_node("n0")).with(a_pod("p0").hash("old").on("n0").broken());
    CHECK(deleted(fleet.plan()) == Names{"p0"});
}

TEST_CASE(
    "Image first: the request names images, policies and secrets", "[daemonset][image-first]") {
    const auto set = a_daemonset("logs").pod_spec([](Json& spec) {
        spec["containers"][0]["imagePullPolicy"] = "IfNotPresent";
        spec["imagePullSecrets"] = Json::array({{{"name", "registry"}}});
    });
    const auto text = prefetch_request(set.view().pod_template, {"abc"}, at(5));
    CHECK(
        Json::parse(text) ==
        Json{
            {"revision", "abc"},
            {"images", Json::array({{{"image", "daemon:1"}, {"policy", "IfNotPresent"}}})},
            {"imagePullSecrets", Json::array({"registry"})},
            {"asked", format_time(at(5))}});
}

TEST_CASE(
    "Image first: the host waits for its image, in a state of its own",
    "[daemonset][image-first]") {
    const auto fleet = pulling(a_daemonset("logs").rolling(1), "a.");
    const auto situations = fleet.situations();
    const auto reports = report_hosts({fleet.set, fleet.revision, situations, fleet.now});
    CHECK(reports[0].state == HostState::WaitingForImage);
    CHECK(reports[0].since == at(990));
    CHECK(reports[1].state == HostState::WaitingForTurn);
}
