/// `new` and `delete` of this executable: malloc's, with a pile of small blocks in front of it.
///
/// A request parses a document into hundreds of small nodes, copies some of them and frees them
/// all: a quarter of a pod's create was spent in malloc, most of it beyond its cache of seven
/// blocks a size. Here each thread piles up what it frees, by size, and takes it from there again.
/// What lies on a pile is an ordinary block of malloc, so malloc and `new` may be mixed as before,
/// and other threads may free it. Piles are bounded; threads that end give theirs back.
///
/// Not under sanitizers, which have an allocator of their own, nor in tests.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PICKET_PLAIN_NEW
#endif
#endif

#ifndef PICKET_PLAIN_NEW

#include <array>
#include <cstddef>
#include <cstdlib>
#include <malloc.h>
#include <new>
#include <utility>

namespace {

constexpr std::size_t kStep = 16;      // between the sizes of malloc's blocks
constexpr std::size_t kHead = 8;       // of a block; the rest of it is usable
constexpr std::size_t kLargest = 264;  // usable bytes of the largest block that is piled up
constexpr std::size_t kPiles = 1 + (kLargest - kHead) / kStep;
constexpr std::size_t kMostBytes = 48U << 10U;  // of one pile

struct Block {
    Block* next;
};

struct Pile {
    Block* top = nullptr;
    std::size_t room = kMostBytes;
};

/// Plain data: it stays usable while a thread's other objects are destroyed.
struct Piles {
    std::array<Pile, kPiles> all = {};
    bool open = false;
    bool closed = false;
};
constinit thread_local Piles piles;

struct GiveBack {
    GiveBack() { piles.open = true; }
    GiveBack(const GiveBack&) = delete;
    GiveBack& operator=(const GiveBack&) = delete;
    ~GiveBack() {
        piles.open = false;
        piles.closed = true;
        for (auto& pile : piles.all) {
            while (pile.top != nullptr) std::free(std::exchange(pile.top, pile.top->next));
        }
    }
};

/// The pile whose blocks have at least `size` usable bytes: 24, 40, 56 ...
std::size_t pile_for(std::size_t size) {
    return size <= kHead + kStep ? 1 : (size - kHead + kStep - 1) / kStep;
}

void* take(std::size_t size) {
    if (size > kLargest) return nullptr;
    auto& pile = piles.all[pile_for(size)];
    auto* block = pile.top;
    if (block == nullptr) return nullptr;
    pile.top = block->next;
    pile.room += pile_for(size) * kStep;
    return block;
}

bool put_back(void* memory) {
    const auto usable = malloc_usable_size(memory);
    if (usable > kLargest) return false;
    if (!piles.open) {
        if (piles.closed) return false;
        static thread_local GiveBack at_the_end;
    }
    const auto index = (usable - kHead) / kStep;
    auto& pile = piles.all[index];
    if (pile.room < index * kStep) return false;
    pile.room -= index * kStep;
    pile.top = new (memory) Block{pile.top};
    return true;
}

void* allocate(std::size_t size) {
    if (auto* block = take(size)) return block;
    for (;;) {
        if (auto* memory = std::malloc(size)) return memory;
        const auto handler = std::get_new_handler();
        if (handler == nullptr) throw std::bad_alloc();
        handler();
    }
}

}  // namespace

void* operator new(std::size_t size) {
    return allocate(size);
}

void operator delete(void* memory) noexcept {
    if (memory != nullptr && !put_back(memory)) std::free(memory);
}

void operator delete(void* memory, std::size_t /*size*/) noexcept {
    operator delete(memory);
}

#endif
