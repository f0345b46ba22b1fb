#pragma once
#include <cstdint>
#include <random>
#include <string>

namespace picket {

/// Names, ids and jitter. Seeded in tests and simulations; `from_system()` otherwise. Not for
/// secrets: those come from `random_secret()`.
class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}
    [[nodiscard]] static Random from_system();

    /// The random end of a generated name: `length` letters of Kubernetes' safe alphabet.
    [[nodiscard]] std::string name_suffix(std::size_t length = 5);
    [[nodiscard]] std::string uuid();
    /// Evenly in [0, 1).
    [[nodiscard]] double fraction();

private:
    std::mt19937_64 engine_;
};

/// While one lives, from_system() on this thread draws from this seed, so that a simulation
/// replays.
class FixedSystemSeed {
public:
    explicit FixedSystemSeed(std::uint64_t seed);
    ~FixedSystemSeed();
    FixedSystemSeed(const FixedSystemSeed&) = delete;
    FixedSystemSeed& operator=(const FixedSystemSeed&) = delete;

private:
    friend class Random;
    std::mt19937_64 engine_;
};

/// `bytes` of the operating system's cryptographic randomness, as lower-case hex. Throws if there
/// is none.
[[nodiscard]] std::string random_secret(std::size_t bytes);

}  // namespace picket
