#pragma once
/// A disk that fails when a test says so: SQLite's own file system with faults put in.
namespace picket::storage::testing {

enum class Fault { WriteError, SyncError, Full, TruncateError };

/// While it lives, databases opened in this process are on it. One at a time.
class FaultyDisk {
public:
    FaultyDisk();
    ~FaultyDisk();
    FaultyDisk(const FaultyDisk&) = delete;
    FaultyDisk& operator=(const FaultyDisk&) = delete;

    /// The `first`-th operation from now that this fault concerns fails, and those after it until
    /// `count` have failed.
    static void fail(Fault fault, int first, int count);
    /// How many have failed since.
    [[nodiscard]] static int failures();
};

}  // namespace picket::storage::testing
