#include "nodeagent/runtime/kernel_oom_kills.hpp"

#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <fstream>

namespace picket::nodeagent {
namespace {

const std::string kFirst(64, 'a');
const std::string kSecond(64, '7');

std::string record(const std::string& home) {
    return "6,19224,11787490977,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=" +
           std::string(64, 'c') + ",mems_allowed=0,oom_memcg=/docker/" + std::string(64, 'd') +
           ",task_memcg=" + home + ",task=tail,pid=27577,uid=0\n";
}

}  // namespace

TEST_CASE("a kill's record names the container that lost a process") {
    CHECK(oom_killed_container(record("/docker/" + kFirst)) == kFirst);
    CHECK(oom_killed_container(record("/system.slice/docker-" + kFirst + ".scope")) == kFirst);
    CHECK(oom_killed_container(record("/docker/" + kFirst + "/init")) == kFirst);
    CHECK(oom_killed_container(record("/user.slice")).empty());
    CHECK(oom_killed_container(record("/docker/" + kFirst.substr(1))).empty());
    CHECK(oom_killed_container("6,1,2,-;eth0: link up").empty());
    CHECK(oom_killed_container("6,1,2,-;a program says ,task_memcg=/docker/" + kFirst).empty());
    CHECK(oom_killed_container("").empty());
}

TEST_CASE("the kernel's log is read on from where it was left") {
    const picket::testing::TemporaryDirectory folder;
    const auto path = folder.path() / "kmsg";
    std::ofstream log(path);
    KernelOomKills kills(path);

    CHECK_FALSE(kills.killed(kFirst));
    log << record("/docker/" + kFirst) << std::flush;
    CHECK(kills.killed(kFirst));
    CHECK_FALSE(kills.killed(kSecond));
    log << record("/docker/" + kSecond) << std::flush;
    CHECK(kills.killed(kSecond));
    CHECK(kills.killed(kFirst));
}

TEST_CASE("a log that cannot be read tells nothing") {
    CHECK_FALSE(KernelOomKills("/nowhere/kmsg").killed(kFirst));
}

}  // namespace picket::nodeagent
