#include "apiserver/storage/log_space.hpp"

namespace picket::storage {
namespace {

/// Small against any store, and many pages: what lies at the edge of a cut is written anew.
constexpr std::size_t kSegmentBytes = 256U << 10U;

}  // namespace

void LogSpace::append(Revision place, std::size_t bytes) {
    if (segments_.empty() || segments_.back().bytes >= kSegmentBytes) segments_.push_back({});
    segments_.back().last = place;
    segments_.back().bytes += bytes;
    bytes_ += bytes;
}

Revision LogSpace::cut(Revision place) {
    Revision end = 0;
    while (!segments_.empty() && segments_.front().last < place) {
        end = segments_.front().last + 1;
        bytes_ -= segments_.front().bytes;
        segments_.pop_front();
    }
    return end;
}

}  // namespace picket::storage
