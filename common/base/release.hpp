#pragma once
#include <string>

namespace picket {

/// Gives the memory of a text back. Assigning an empty string would keep it.
inline void release(std::string& text) {
    std::string().swap(text);
}

}  // namespace picket
