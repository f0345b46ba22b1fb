#include "common/base/random.hpp"

#include "common/base/encoding.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <stdexcept>
#include <string_view>

namespace picket {
namespace {

thread_local FixedSystemSeed* fixed_seed = nullptr;

}  // namespace

FixedSystemSeed::FixedSystemSeed(std::uint64_t seed) : engine_(seed) {
    if (fixed_seed != nullptr) throw std::logic_error("the seed is fixed already");
    fixed_seed = this;
}

FixedSystemSeed::~FixedSystemSeed() {
    fixed_seed = nullptr;
}

Random Random::from_system() {
    if (fixed_seed != nullptr) return Random{fixed_seed->engine_()};
    std::random_device device;
    return Random{(static_cast<std::uint64_t>(device()) << 32U) | device()};
}

std::string Random::name_suffix(std::size_t length) {
    // No vowels and no look-alikes: a generated name neither spells a word nor gets misread.
    static constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
    std::uniform_int_distribution<std::size_t> pick(0, kAlphabet.size() - 1);
    std::string suffix;
    for (std::size_t i = 0; i < length; ++i) suffix += kAlphabet[pick(engine_)];
    return suffix;
}

std::string Random::uuid() {
    const std::uint64_t high = (engine_() & ~0xF000ULL) | 0x4000ULL;  // version 4
    const std::uint64_t low =
        (engine_() & 0x3FFF'FFFF'FFFF'FFFFULL) | (1ULL << 63U);  // RFC 4122 variant
    return fmt::format(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32U,
        (high >> 16U) & 0xFFFFU,
        high & 0xFFFFU,
        low >> 48U,
        low & 0xFFFF'FFFF'FFFFULL);
}

double Random::fraction() {
    return std::uniform_real_distribution<double>(0.0, 1.0)(engine_);
}

std::string random_secret(std::size_t bytes) {
    std::string raw(bytes, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(raw.data()), static_cast<int>(bytes)) != 1) {
        throw std::runtime_error("the operating system gives no random bytes");
    }
    return hex_encode(raw);
}

}  // namespace picket
