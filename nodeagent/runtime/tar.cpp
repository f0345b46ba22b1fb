#include "nodeagent/runtime/tar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace picket::nodeagent {
namespace {

constexpr std::size_t kBlock = 512;

struct Field {
    std::size_t offset;
    std::size_t size;
};
constexpr Field kName{0, 100};
constexpr Field kMode{100, 8};
constexpr Field kUser{108, 8};
constexpr Field kGroup{116, 8};
constexpr Field kSize{124, 12};
constexpr Field kTime{136, 12};
constexpr Field kChecksum{148, 8};
constexpr Field kType{156, 1};
constexpr Field kMagic{257, 8};

using Header = std::array<char, kBlock>;

void put(Header& header, Field field, std::string_view text) {
    std::copy_n(
        text.begin(),
        std::min(text.size(), field.size),
        header.begin() + static_cast<std::ptrdiff_t>(field.offset));
}

void put_octal(Header& header, Field field, std::size_t value) {
    put(header, field, fmt::format("{:0{}o}", value, field.size - 1));
}

// The sum is taken with the checksum field itself as blanks.
void put_checksum(Header& header) {
    put(header, kChecksum, "        ");
    const auto sum = std::accumulate(
        header.begin(), header.end(), std::size_t{0}, [](std::size_t total, char c) {
            return total + static_cast<unsigned char>(c);
        });
    put(header, kChecksum, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
}

Header make_header(std::string_view name, std::size_t size, unsigned mode) {
    Header header{};
    put(header, kName, name);
    put_octal(header, kMode, mode);
    put_octal(header, kUser, 0);
    put_octal(header, kGroup, 0);
    put_octal(header, kSize, size);
    put_octal(header, kTime, 0);
    put(header, kType, "0");
    put(header,
        kMagic,
        std::string_view(
            "ustar\0"
            "00",
            8));
    put_checksum(header);
    return header;
}

}  // namespace

void TarWriter::add_file(std::string_view name, std::string_view content, unsigned mode) {
    const auto header = make_header(name, content.size(), mode);
    bytes_.append(header.data(), header.size());
    bytes_ += content;
    bytes_.append((kBlock - content.size() % kBlock) % kBlock, '\0');
}

std::string TarWriter::finish() && {
    bytes_.append(2 * kBlock, '\0');
    return std::move(bytes_);
}

}  // namespace picket::nodeagent
