#pragma once
#include "common/async/awaitable.hpp"
#include "common/base/json.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace picket::nodeagent {

/// The folder of `--pod-manifest-path`: every file in it whose name neither begins with a dot nor
/// ends with a tilde holds pods that this host runs, server or not. Changes are seen as they are
/// made. A file that cannot be used is reported and stops no other; what it said before goes on to
/// run until it is mended or removed, also when the agent was started anew meanwhile: what the
/// files held is kept in `memory`. Loop thread only.
class ManifestFolder {
public:
    /// Called with all pods of all files, at first and whenever they have changed.
    using OnPods = std::function<void(const std::vector<Json>& pods)>;

    ManifestFolder(
        boost::asio::any_io_executor executor,
        std::filesystem::path folder,
        std::string node,
        std::filesystem::path memory,
        OnPods on_pods);

    /// What the files held when an agent last read them. A file that is bad at the first look keeps
    /// these; one that is gone does not. Before run().
    std::vector<Json> remember();

    /// Until cancelled. Spawn it in the owner's TaskGroup.
    Awaitable<> run();

private:
    struct File {
        std::string digest;  ///< of the text that was looked at last
        std::vector<Json> pods;
    };

    void read();
    void read_one(const std::filesystem::path& path);
    void keep() const;
    void complain(const std::filesystem::path& path, const std::string& why);
    [[nodiscard]] std::vector<Json> all_pods();

    boost::asio::any_io_executor executor_;
    std::filesystem::path folder_;
    std::string node_;
    std::filesystem::path memory_;
    OnPods on_pods_;
    std::map<std::filesystem::path, File> files_;
    std::map<std::filesystem::path, std::string> complaints_;  ///< said once each
};

}  // namespace picket::nodeagent
