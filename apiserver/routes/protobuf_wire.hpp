#pragma once
/// Protobuf's wire format: fields with a number, and a varint or bytes. Knows no message.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace picket::apiserver {

enum class WireType : std::uint8_t { Varint = 0, Fixed64 = 1, Length = 2, Fixed32 = 5 };

struct WireField {
    std::uint32_t number;
    WireType type;
    std::uint64_t number_value;  // Varint
    std::string_view bytes;      // Length
};

/// Reads field after field; `failed()` once the bytes are no protobuf.
class WireReader {
public:
    explicit WireReader(std::string_view bytes) : rest_(bytes) {}

    std::optional<WireField> next() {
        if (rest_.empty() || failed_) return std::nullopt;
        const auto tag = varint();
        WireField field{
            static_cast<std::uint32_t>(tag >> 3U), static_cast<WireType>(tag & 7U), 0, {}};
        switch (field.type) {
            case WireType::Varint:
                field.number_value = varint();
                break;
            case WireType::Length:
                field.bytes = take(varint());
                break;
            case WireType::Fixed64:
                take(8);
                break;
            case WireType::Fixed32:
                take(4);
                break;
            default:
                failed_ = true;
        }
        if (failed_) return std::nullopt;
        return field;
    }
    [[nodiscard]] bool failed() const { return failed_; }

private:
    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (rest_.empty()) break;
            const auto byte = static_cast<std::uint8_t>(rest_.front());
            rest_.remove_prefix(1);
            value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
            if ((byte & 0x80U) == 0) return value;
        }
        failed_ = true;
        return 0;
    }
    std::string_view take(std::uint64_t size) {
        if (size > rest_.size()) {
            failed_ = true;
            return {};
        }
        const auto bytes = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return bytes;
    }

    std::string_view rest_;
    bool failed_ = false;
};

/// Writes field after field; what is written last follows what was written first.
class WireWriter {
public:
    WireWriter& text(std::uint32_t number, std::string_view value) {
        tag(number, WireType::Length);
        varint(value.size());
        bytes_ += value;
        return *this;
    }
    WireWriter& message(std::uint32_t number, const WireWriter& value) {
        return text(number, value.bytes_);
    }
    WireWriter& flag(std::uint32_t number, bool value) {
        tag(number, WireType::Varint);
        varint(value ? 1 : 0);
        return *this;
    }
    [[nodiscard]] std::string take() { return std::move(bytes_); }

private:
    void tag(std::uint32_t number, WireType type) {
        varint((std::uint64_t{number} << 3U) | static_cast<std::uint64_t>(type));
    }
    void varint(std::uint64_t value) {
        for (; value > 0x7f; value >>= 7U) bytes_ += static_cast<char>((value & 0x7fU) | 0x80U);
        bytes_ += static_cast<char>(value);
    }

    std::string bytes_;
};

}  // namespace picket::apiserver
