#pragma once

namespace picket {

/// The deleter of an object that a C library made: std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>.
template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};

}  // namespace picket
