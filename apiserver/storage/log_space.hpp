#pragma once
#include "apiserver/storage/store.hpp"

#include <cstddef>
#include <deque>

namespace picket::storage {

/// How many bytes of rows lie in the file, in the order of their places, so that the oldest can be
/// dropped whole. Counted in segments: what is known of a single row lies elsewhere.
class LogSpace {
public:
    /// Places only grow.
    void append(Revision place, std::size_t bytes);
    /// Forgets the oldest segments that lie before `place` as a whole. Rows before the result may
    /// go; 0: none.
    Revision cut(Revision place);
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

private:
    struct Segment {
        Revision last;
        std::size_t bytes;
    };
    std::deque<Segment> segments_;
    std::size_t bytes_ = 0;
};

}  // namespace picket::storage
